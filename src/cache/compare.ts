// compare(before, after): which steps of the second build the engine takes from the cache that the first one left, and why not the others.
import type { Build, Step } from '../model/build.ts'
import { lineMap } from '../text.ts'
import { explain } from './explain.ts'
import { toGraph, type Graph, type Vertex } from './graph.ts'
import type { BuildInput } from './input.ts'
import { outcomesOf, type Outcome } from './outcome.ts'

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

/** `read` is the build of both, where they differ in files only and somebody has it already. */
export function compareGraphs(before: BuildInput, after: BuildInput, read: Build | null = null): Comparison {
  const names = new Map<string, string>()
  let others = 0
  const shared = {
    checksums: statedChecksums([before, after]),
    unique: () => `!${others++}`,
    intern: (key: string): string => {
      const known = names.get(key)
      if (known !== undefined) return known
      const name = `#${names.size}`
      names.set(key, name)
      return name
    },
  }
  const first = toGraph(before, shared, false, read)
  const second = toGraph(after, shared, true, read)
  const outcomes = outcomesOf(first, second)
  const lines = lineMap(second.build.text)
  return { before: first, after: second, outcome: vertex => outcomes.get(vertex)!, lineOf: step => lines.position(step.span.start).line }
}

function statedChecksums(inputs: readonly BuildInput[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>()
  for (const { dockerfile } of inputs) {
    for (const match of dockerfile.matchAll(/--checksum=(\S+)[^\n]*?\s(https?:\/\/\S+|git@\S+)/g)) found.set(match[2]!, match[1]!)
  }
  return found
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
