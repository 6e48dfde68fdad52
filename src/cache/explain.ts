// Why a step of the second build is executed, as its first cause.
import type { Stage, Step } from '../model/build.ts'
import type { Cause, Comparison } from './compare.ts'
import type { Vertex } from './graph.ts'
import { environmentList } from './operation.ts'
import type { VertexSource } from './sources.ts'
import { digestOf, selectorKey } from './selection.ts'
import { parentOf, type Entry } from './tree.ts'

const NOTE = 'the change is one that engines are known to overlook: folder modes, equal size and time, or files moved below a wildcard'

export function explain(comparison: Comparison, vertex: Vertex): Cause {
  if (vertex.forced) return { kind: 'option', name: vertex.forced }
  const found = comparison.outcome(vertex)
  if (found.state === 'maybe') {
    if (found.doubt.kind === 'engine') return { kind: 'engine', note: NOTE }
    if (found.doubt.kind === 'output') return outputCause(comparison, vertex.sources[found.doubt.source]!)
  }
  return rootCause(comparison, vertex) ?? sourceCause(comparison, vertex) ?? ownCause(comparison, vertex)
}

/** What lies below was not found: a step was executed there, or the base is another. */
function rootCause(comparison: Comparison, vertex: Vertex): Cause | null {
  let { root } = vertex
  // A merge stands for the copy it puts on what lies below, unless that was found.
  for (; root && !root.step; root = root.root) if (isExecuted(comparison, root.part!)) return stepCause(root.part!)
  if (root) return isExecuted(comparison, root) ? stepCause(root) : null
  return baseCause(comparison, vertex)
}

const isExecuted = (comparison: Comparison, vertex: Vertex): boolean => comparison.outcome(vertex).state !== 'hit'
const stepCause = ({ line, stage }: Vertex): Cause => ({ kind: 'step', line, stage })

function baseCause(comparison: Comparison, vertex: Vertex): Cause | null {
  const stage = bottomOf((vertex.step ?? vertex.part?.step)!.stage)
  const { base } = stage
  const known = memo(comparison, 'bases', () => new Set(comparison.before.vertices.flatMap(({ root, rootId }) => (root ? [] : [rootId]))))
  if (known.has(lowest(vertex).rootId) || (base.kind !== 'image' && base.kind !== 'named-context')) return null
  // A folder on the client's side is never found as a root file system.
  if (base.kind === 'named-context') return { kind: 'option', name: 'build-context' }
  const { before, after } = comparison
  if (stage.platform === null && before.settings.platform !== after.settings.platform) return { kind: 'option', name: 'platform' }
  return counterpart(comparison, vertex) ? { kind: 'image', ref: base.ref ?? base.text } : null
}

function lowest(vertex: Vertex): Vertex {
  let at = vertex
  while (at.root) at = at.root
  return at
}

/** The first one of a chain of stages. */
function bottomOf(stage: Stage): Stage {
  let at = stage
  while (at.base.kind === 'stage') at = at.base.stage
  return at
}

function outputCause(comparison: Comparison, source: VertexSource): Cause {
  const runs = source.content.unknown.flatMap(unknown => [...unknown.runs])
  const writer = runs.map(id => comparison.after.byId.get(id)).findLast(run => run && comparison.outcome(run).state !== 'hit')
  const step = writer ?? source.vertex
  return step ? { kind: 'output', line: step.line, stage: step.stage } : { kind: 'engine', note: NOTE }
}

/** Same operation on the same root as a step of the first build, other content. */
function sourceCause(comparison: Comparison, vertex: Vertex): Cause | null {
  const byRoot = memo(comparison, 'roots', () => new Map([...comparison.before.vertices].reverse().map(other => [`${other.operation} ${other.rootId}`, other])))
  const candidate = byRoot.get(`${vertex.operation} ${vertex.rootId}`) ?? comparison.before.byOperation.get(vertex.operation)?.[0]
  if (!candidate || candidate.sources.length !== vertex.sources.length) return null
  for (const [index, source] of vertex.sources.entries()) {
    const other = candidate.sources[index]!
    if (other.content.key === source.content.key) continue
    switch (source.kind) {
      case 'context':
      case 'named-context': return { kind: 'files', paths: differingPaths(comparison, other, source) }
      case 'image': return { kind: 'image', ref: source.name }
      case 'remote': return { kind: 'remote', url: source.name }
      case 'text': return { kind: 'instruction' }
      case 'stage': return stageCause(comparison, source)
    }
  }
  return null
}

/** The first step of the copied stage that was executed; its last one when all were found. */
function stageCause(comparison: Comparison, source: VertexSource): Cause {
  const known = memo(comparison, 'first', () => new Map<Vertex, Vertex | null>())
  const chain: Vertex[] = []
  let at = source.vertex
  for (; at && !known.has(at); at = at.root) chain.push(at)
  let first = at ? known.get(at)! : null
  for (const vertex of chain.reverse()) {
    const own = vertex.part ?? vertex
    known.set(vertex, first ??= isExecuted(comparison, own) ? own : null)
  }
  const step = first ?? source.vertex
  return step ? stepCause(step) : { kind: 'instruction' }
}

/** Context files that differ among those that two sources take; a folder only when nothing in it says as much. */
function differingPaths(comparison: Comparison, before: VertexSource, after: VertexSource): readonly string[] {
  const known = memo(comparison, 'paths', () => new Map<string, readonly string[]>())
  const key = JSON.stringify([before, after].map(({ name, selectors }) => [name, ...selectors.map(selectorKey)]))
  let paths = known.get(key)
  if (!paths) known.set(key, paths = differences(before, after))
  return paths
}

function differences(before: VertexSource, after: VertexSource): readonly string[] {
  const same = (a: Entry | undefined, b: Entry | undefined): boolean => a?.kind === b?.kind && a?.mode === b?.mode && a?.content === b?.content
  const taken = ({ tree, selectors }: VertexSource): readonly string[] => (tree ? selectors.flatMap(selector => digestOf(tree, selector).paths) : [])
  const paths = [...new Set([...taken(before), ...taken(after)])].filter(path => !same(before.tree?.get(path), after.tree?.get(path)))
  const folders = new Set<string>()
  for (const path of paths) for (let above = parentOf(path); above !== '' && !folders.has(above); above = parentOf(above)) folders.add(above)
  return paths.filter(path => !folders.has(path)).sort()
}

/** Other text, variables or options than the step it corresponds to. */
function ownCause(comparison: Comparison, vertex: Vertex): Cause {
  const step = vertex.step
  const other = counterpart(comparison, vertex)?.step
  if (!step || !other || step.text !== other.text || step.kind !== other.kind) return { kind: 'instruction' }
  const name = differingVariable(comparison, step, other)
  if (name !== null) return { kind: 'variable', name }
  const { before, after } = comparison
  if (before.settings.platform !== after.settings.platform) return { kind: 'option', name: 'platform' }
  const flags = Object.keys(after.settings.flags) as (keyof typeof after.settings.flags)[]
  const flag = flags.find(key => JSON.stringify(before.settings.flags[key]) !== JSON.stringify(after.settings.flags[key]))
  return flag && step.kind === 'run' ? { kind: 'option', name: OPTION_NAMES[flag] } : { kind: 'instruction' }
}

const OPTION_NAMES = { network: 'network', hosts: 'add-host', ulimits: 'ulimit', shmSize: 'shm-size', cgroupParent: 'cgroup-parent' } as const

function differingVariable(comparison: Comparison, step: Step, other: Step): string | null {
  const { before, after } = comparison
  for (const name of ['SOURCE_DATE_EPOCH', 'BUILDKIT_SANDBOX_HOSTNAME', 'BUILDKIT_CACHE_MOUNT_NS']) {
    const counts = name === 'SOURCE_DATE_EPOCH' ? step.kind === 'workdir' : step.kind === 'run'
    if (counts && before.settings.buildArgs[name] !== after.settings.buildArgs[name]) return name
  }
  if (step.kind !== 'run') {
    const used = step.inputs.flatMap(input => (input.kind === 'variable' ? [input.name] : []))
    return used.find(name => step.environment.get(name)?.value !== other.environment.get(name)?.value) ?? null
  }
  const now = environmentList(step.environment)
  const then = environmentList(other.environment)
  const earlier = new Set(then)
  const later = new Set(now)
  const entry = now.find(item => !earlier.has(item)) ?? then.find(item => !later.has(item)) ?? now.find((item, index) => then[index] !== item)
  return entry === undefined ? null : entry.slice(0, entry.indexOf('='))
}

/** The step of the first build that a reader would call the same one. */
function counterpart(comparison: Comparison, vertex: Vertex): Vertex | null {
  const { step } = vertex
  if (!step) return null
  const { stages } = comparison.before.build
  const byLabel = memo(comparison, 'stages', () => new Map([...stages].reverse().map(stage => [stage.label, stage])))
  const stage = byLabel.get(step.stage.label) ?? stages[step.stage.index]
  if (!stage) return null
  const byText = memo(comparison, stage, () => new Map([...stage.steps].reverse().map(candidate => [candidate.text, candidate])))
  const other = byText.get(step.text) ?? (stage.steps[step.index]?.kind === step.kind ? stage.steps[step.index] : undefined)
  return (other && comparison.before.ofStep.get(other)) ?? null
}

const memos = new WeakMap<Comparison, Map<unknown, unknown>>()

/** What is worked out once for a comparison, however many steps ask. */
function memo<T>(comparison: Comparison, name: unknown, make: () => T): T {
  let known = memos.get(comparison)
  if (!known) memos.set(comparison, known = new Map())
  if (!known.has(name)) known.set(name, make())
  return known.get(name) as T
}
