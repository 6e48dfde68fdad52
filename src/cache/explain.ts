// Why a step of the second build is executed, as its first cause.
import type { Step } from '../model/build.ts'
import type { Cause, Comparison } from './compare.ts'
import type { Vertex, VertexSource } from './graph.ts'
import { environmentList } from './operation.ts'
import { digestOf, type Entry } from './tree.ts'

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

/** The vertex below was not found, or another image lies there. */
function rootCause(comparison: Comparison, vertex: Vertex): Cause | null {
  const { root } = vertex
  if (root) {
    if (comparison.outcome(root).state === 'hit') return null
    // A merge stands for the copy it puts on what lies below, unless that was executed itself.
    const step = root.step || !root.part || comparison.outcome(root.part).state === 'hit' ? nearestStep(root) : root.part
    return { kind: 'step', line: step.line, stage: step.stage }
  }
  const isKnown = [...comparison.before.byId.values()].some(candidate => candidate.rootId === vertex.rootId)
  const base = vertex.step?.stage.base
  return !isKnown && base?.kind === 'image' && counterpart(comparison, vertex) ? { kind: 'image', ref: base.ref ?? base.text } : null
}

const nearestStep = (vertex: Vertex): Vertex => (vertex.step || !vertex.root ? vertex : nearestStep(vertex.root))

function outputCause(comparison: Comparison, source: VertexSource): Cause {
  const writer = [...source.content.runs].map(id => comparison.after.byId.get(id)).findLast(run => run && comparison.outcome(run).state !== 'hit')
  const step = writer ?? source.vertex
  return step ? { kind: 'output', line: step.line, stage: step.stage } : { kind: 'engine', note: NOTE }
}

/** Same operation on the same root as a step of the first build, other content. */
function sourceCause(comparison: Comparison, vertex: Vertex): Cause | null {
  const candidates = (comparison.before.byOperation.get(vertex.operation) ?? []).filter(candidate => candidate.sources.length === vertex.sources.length)
  const candidate = candidates.find(other => other.rootId === vertex.rootId) ?? candidates[0]
  if (!candidate) return null
  for (const [index, source] of vertex.sources.entries()) {
    const other = candidate.sources[index]!
    if (other.content.key === source.content.key) continue
    switch (source.kind) {
      case 'context':
      case 'named-context': return { kind: 'files', paths: differingPaths(other, source) }
      case 'image': return { kind: 'image', ref: source.name }
      case 'remote': return { kind: 'remote', url: source.name }
      case 'text': return { kind: 'instruction' }
      case 'stage': return stageCause(comparison, source)
    }
  }
  return null
}

function stageCause(comparison: Comparison, source: VertexSource): Cause {
  let last = source.vertex
  for (let vertex = source.vertex; vertex; vertex = vertex.root) if (vertex.step && comparison.outcome(vertex).state !== 'hit') last = vertex
  return last ? { kind: 'step', line: last.line, stage: last.stage } : { kind: 'instruction' }
}

function differingPaths(before: VertexSource, after: VertexSource): readonly string[] {
  const same = (a: Entry | undefined, b: Entry | undefined): boolean => a?.kind === b?.kind && a?.mode === b?.mode && a?.content === b?.content
  const taken = (source: VertexSource): readonly string[] => (source.tree ? source.selectors.flatMap(selector => digestOf(source.tree!, selector).paths) : [])
  const paths = [...new Set([...taken(before), ...taken(after)])].filter(path => !same(before.tree?.get(path), after.tree?.get(path)))
  // A folder that appears with its files says nothing more than they do.
  const files = paths.filter(path => !paths.some(other => other.startsWith(`${path}/`)))
  return files.sort()
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
  const stage = comparison.before.build.stages.find(candidate => candidate.label === step.stage.label) ?? comparison.before.build.stages[step.stage.index]
  if (!stage) return null
  const other = stage.steps.find(candidate => candidate.text === step.text) ?? (stage.steps[step.index]?.kind === step.kind ? stage.steps[step.index] : undefined)
  return (other && comparison.before.ofStep.get(other)) ?? null
}
