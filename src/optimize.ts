// Looks for the spelling of a Dockerfile that costs least to build again: tries each fix and each allowed move of steps, keeps the one that
// wins most, and goes on until nothing wins. The same input gives the same answer; the number of tries is bounded, not the time.
import { movedTogetherAbove } from './edits/moves.ts'
import { expectedCost, universeOf, type ExpectedCost, type Universe } from './facts/change-kinds.ts'
import { listed, quoted } from './facts/instruction-text.ts'
import { stepMoves, type StepMove } from './facts/step-moves.ts'
import { accepted, candidatesIn, stateOf, type Candidate, type State } from './fix.ts'
import type { Input } from './lint.ts'
import type { Build, IgnoreFile } from './model/build.ts'
import type { ActiveRule, Finding, Fix } from './rule.ts'
import type { Span } from './text.ts'

export interface OptimizeOptions {
  /** Spellings that are looked at, at most; default 400. */
  readonly tries?: number
  /** Called after each. */
  readonly onTry?: (tries: number) => void
}
/** One change that was kept. Costs are seconds after the average change of a file, from the table of typical costs. */
export interface Improvement {
  /** null for a move of steps that no rule reports. */
  readonly rule: string | null
  readonly fix: Fix
  readonly before: number
  readonly after: number
}
export interface Optimized {
  readonly text: string
  readonly ignoreFile: IgnoreFile | null
  readonly before: ExpectedCost
  readonly after: ExpectedCost
  readonly improvements: readonly Improvement[]
  readonly findings: readonly Finding[]
  /** Whether nothing more was left to try. */
  readonly isComplete: boolean
}

const MOST_TRIES = 400
/** What wins less is noise of the table. */
const LEAST_GAIN = 0.1

interface Search {
  readonly original: Build
  readonly universe: Universe
  readonly most: number
  readonly examined: (input: Input) => State
  readonly onTry: (tries: number) => void
}
interface Best { readonly state: State; readonly cost: ExpectedCost; readonly candidate: Candidate }

/** null where the text has syntax errors. */
export function optimize(given: Input, active: readonly ActiveRule[], options: OptimizeOptions = {}, known: readonly string[] | null = null): Optimized | null {
  let state = stateOf(given, active, known)
  const original = state.seen.build
  if (!original) return null
  const universe = universeOf(original)
  const search: Search = { original, universe, most: options.tries ?? MOST_TRIES, examined: input => stateOf(input, active, known), onTry: options.onTry ?? (() => {}) }
  const before = expectedCost(original, original, universe)
  const improvements: Improvement[] = []
  let cost = before
  let tries = 0
  for (;;) {
    const { best, tried } = bestOf(state, cost, search, tries)
    tries = tried
    if (!best) break
    improvements.push({ rule: best.candidate.rule === '' ? null : best.candidate.rule, fix: best.candidate.fix, before: cost.all, after: best.cost.all })
    ;({ state, cost } = best)
  }
  return { text: state.input.text, ignoreFile: state.input.ignoreFile ?? null, before, after: cost, improvements, findings: state.seen.findings, isComplete: tries < search.most }
}

/** The candidate that wins most; of equals the first: safe fixes, then suggested ones, then moves, each in the order of the file. */
function bestOf(state: State, now: ExpectedCost, { original, universe, most, examined, onTry }: Search, from: number): { readonly best: Best | null; readonly tried: number } {
  let best: Best | null = null
  let tried = from
  for (const candidate of allCandidates(state)) {
    if (tried >= most) break
    onTry(++tried)
    const { reached, refused } = accepted(state, { kept: [], refused: [], reached: state }, [candidate], examined)
    if (refused.length > 0 || !reached.seen.build || errorsIn(reached) > errorsIn(state)) continue
    const cost = expectedCost(original, reached.seen.build, universe)
    if (cost.all < (best?.cost.all ?? now.all) - LEAST_GAIN) best = { state: reached, cost, candidate }
  }
  return { best, tried }
}

const errorsIn = ({ seen: { findings } }: State): number => findings.filter(({ severity }) => severity === 'error').length

function allCandidates(state: State): readonly Candidate[] {
  const fixes = candidatesIn(state, { unsafe: true })
  const isSafe = ({ fix }: Candidate): boolean => fix.safety === 'safe'
  const { build } = state.seen
  return [...fixes.filter(isSafe), ...fixes.filter(each => !isSafe(each)), ...build ? stepMoves(build).map(move => candidateOf(build, move, state.input.path)) : []]
}

/** A move as a fix of no rule. */
function candidateOf(build: Build, { moved, passed }: StepMove, path: string): Candidate {
  const [target] = passed
  const message = `${listed(moved.map(step => `"${quoted(step)}"`))} may stand above ${listed(passed.map(step => `"${quoted(step)}"`))}.`
  const span: Span = moved[0]!.span
  const fix: Fix = {
    title: `Move ${listed(moved.map(step => `"${quoted(step)}"`))} above "${quoted(target!)}"`, safety: 'suggested',
    assumes: 'neither reads what the other one writes', edits: movedTogetherAbove(build, moved, target!),
  }
  return { rule: '', severity: 'info', path, span, message, related: [], cost: null, fix, noFix: null, key: `move ${span.start} ${target!.span.start}` }
}
