// compare(before, after): which steps of the second build the engine takes from the cache that the first one left, and why not the others.
import type { Step } from '../model/build.ts'
import { lineMap } from '../text.ts'
import { explain } from './explain.ts'
import { mayEqual } from './filesystem.ts'
import { toGraph, type Graph, type Vertex } from './graph.ts'
import type { BuildInput } from './input.ts'

export type { BuildInput } from './input.ts'

export interface StepVerdict {
  /** 1-based first line in the second Dockerfile; for an ONBUILD trigger that of the FROM that pulled it in. */
  readonly line: number
  /** The AS name in lower case, else the 0-based index. */
  readonly stage: string
  readonly instruction: string
  readonly state: 'cached' | 'executed' | 'not-built'
  /** false: no reader of the Dockerfile can know. `state` is then `executed`, the cautious answer. */
  readonly certain: boolean
  /** Why it is executed, or why the answer is not certain. */
  readonly because?: Cause
}
/** First cause as plain data. `step`: the one below, or the one copied or mounted from. `output`, `engine`: why it is not certain. */
export type Cause =
  | { readonly kind: 'instruction' } | { readonly kind: 'variable'; readonly name: string } | { readonly kind: 'files'; readonly paths: readonly string[] }
  | { readonly kind: 'step' | 'output'; readonly line: number; readonly stage: string } | { readonly kind: 'image'; readonly ref: string } | { readonly kind: 'remote'; readonly url: string }
  | { readonly kind: 'option'; readonly name: string } | { readonly kind: 'engine'; readonly note: string }

/** What the solver finds: a result, none, or one only if steps behind it write the same bytes again or the engine overlooks a change. */
export type Outcome =
  | { readonly state: 'hit' } | { readonly state: 'miss' }
  | { readonly state: 'maybe'; readonly candidates: readonly Vertex[]; readonly doubt: Doubt }
export type Doubt = { readonly kind: 'root' } | { readonly kind: 'output'; readonly source: number } | { readonly kind: 'engine' }

/** Both builds, and what became of each vertex of the second. */
export interface Comparison {
  readonly before: Graph
  readonly after: Graph
  outcome(vertex: Vertex): Outcome
  /** 1-based line of a step of the second build. */
  lineOf(step: Step): number
}

/**
 * The verdict for each step of the second build, in file order, when it runs right after the first on the same builder.
 * Throws UsageError when one of the Dockerfiles has a syntax error or lacks the target.
 */
export function compare(before: BuildInput, after: BuildInput): StepVerdict[] {
  const comparison = compareGraphs(before, after)
  const { build } = comparison.after
  return build.stages.flatMap(stage => stage.steps.map(step => verdict(comparison, step)))
}

export function compareGraphs(before: BuildInput, after: BuildInput): Comparison {
  const names = new Map<string, string>()
  const intern = (key: string): string => {
    const known = names.get(key)
    if (known !== undefined) return known
    const name = `#${names.size}`
    names.set(key, name)
    return name
  }
  const checksums = statedChecksums([before, after])
  const first = toGraph(before, intern, checksums)
  const second = toGraph(after, intern, checksums)
  const outcomes = new Map<Vertex, Outcome>()
  const outcome = (vertex: Vertex): Outcome => {
    const known = outcomes.get(vertex) ?? findOutcome(first, vertex, outcome)
    outcomes.set(vertex, known)
    return known
  }
  // In build order, so that no chain of steps is walked by recursion.
  for (const vertex of second.byId.values()) outcome(vertex)
  const lines = lineMap(second.build.text)
  return { before: first, after: second, outcome, lineOf: step => lines.position(step.span.start).line }
}

function statedChecksums(inputs: readonly BuildInput[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const { dockerfile } of inputs) {
    for (const match of dockerfile.matchAll(/--checksum=(\S+)[^\n]*?\s(https?:\/\/\S+|git@\S+)/g)) found.set(match[2]!, match[1]!)
  }
  return found
}

function findOutcome(before: Graph, vertex: Vertex, outcome: (vertex: Vertex) => Outcome): Outcome {
  if (vertex.forced) return { state: 'miss' }
  if (before.byId.has(vertex.id)) return { state: 'hit' }
  const candidates: Vertex[] = []
  let doubt: Doubt | null = null
  for (const candidate of before.byOperation.get(vertex.operation) ?? []) {
    const found = doubtBetween(candidate, vertex, outcome)
    if (!found) continue
    candidates.push(candidate)
    doubt ??= found
  }
  return doubt ? { state: 'maybe', candidates, doubt } : { state: 'miss' }
}

/** Why a result of the first build might still serve; null when it cannot. The operations are equal. */
function doubtBetween(candidate: Vertex, vertex: Vertex, outcome: (vertex: Vertex) => Outcome): Doubt | null {
  const root = sameOrDoubted(candidate.rootId, candidate.root, vertex.rootId, vertex.root, outcome)
  if (root === 'different') return null
  const part = sameOrDoubted(candidate.part?.id ?? '', candidate.part, vertex.part?.id ?? '', vertex.part, outcome)
  if (part === 'different' || candidate.sources.length !== vertex.sources.length) return null
  let doubt: Doubt | null = root === 'doubted' || part === 'doubted' ? { kind: 'root' } : null
  for (const [index, source] of vertex.sources.entries()) {
    const other = candidate.sources[index]!
    if (other.content.key === source.content.key) continue
    if (mayEqual(other.content, source.content)) doubt ??= { kind: 'output', source: index }
    else if (other.content.lax === source.content.lax) doubt ??= { kind: 'engine' }
    else return null
  }
  return doubt
}

function sameOrDoubted(beforeId: string, before: Vertex | null, afterId: string, after: Vertex | null, outcome: (vertex: Vertex) => Outcome): 'same' | 'doubted' | 'different' {
  if (beforeId === afterId) return 'same'
  const found = after && before ? outcome(after) : null
  return found?.state === 'maybe' && found.candidates.includes(before!) ? 'doubted' : 'different'
}

function verdict(comparison: Comparison, step: Step): StepVerdict {
  const vertex = comparison.after.ofStep.get(step)
  const common = { line: comparison.lineOf(step), stage: step.stage.label, instruction: instructionText(step) }
  if (!vertex) return { ...common, state: 'not-built', certain: true }
  const found = comparison.outcome(vertex)
  if (found.state === 'hit') return { ...common, state: 'cached', certain: true }
  return { ...common, state: 'executed', certain: found.state === 'miss', because: explain(comparison, vertex) }
}

/** The instruction on one line, cut where it gets long. */
const instructionText = (step: Step): string => (step.onbuild ? 'ONBUILD ' : '') + step.text.replace(/\s+/g, ' ').slice(0, 120)
