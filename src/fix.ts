// Fixes of one file: picked so that they do not overlap, tried on a copy, and kept only where the model agrees; again until nothing is left.
import { withLines } from './edits/ignore-file.ts'
import { lineEndAt } from './edits/instructions.ts'
import { fileClasses, overFiles, rebuildSeconds } from './facts/rebuild-costs.ts'
import { examine, type Examined, type Input } from './lint.ts'
import { parse } from './syntax/parse.ts'
import { applyEdits, type Span, type TextEdit } from './text.ts'
import type { Build, IgnoreFile, Instruction } from './model/build.ts'
import { IGNORE_FILE, type ActiveRule, type Finding, type Fix } from './rule.ts'

export interface FixOptions {
  /** Also suggested fixes. */
  readonly unsafe?: boolean
  /** Only the fixes of these rules. */
  readonly rules?: readonly string[]
}
export interface AppliedFix {
  readonly rule: string
  readonly fix: Fix
  /** Of the finding that it mended. */
  readonly message: string
}
/**
 * A fix that was tried and not kept: a bug of its rule. `does-not-parse`: the engine would refuse the result; `still-found`: its own rule still reports
 * the place; `costs-more`: after a change of some file more would run again than before; `does-not-settle`: fixes call for fixes without end.
 */
export interface RefusedFix {
  readonly rule: string
  readonly fix: Fix
  readonly reason: 'does-not-parse' | 'still-found' | 'costs-more' | 'does-not-settle'
  /** In words: the message of the engine, the finding, the file. */
  readonly detail: string
  /** Where the finding stood in the text it was found in. */
  readonly finding: Finding
}
export interface FixResult {
  readonly text: string
  /** After all fixes; null when there is none. */
  readonly ignoreFile: IgnoreFile | null
  readonly applied: readonly AppliedFix[]
  readonly refused: readonly RefusedFix[]
  /** What is found in the result. */
  readonly findings: readonly Finding[]
  readonly rounds: number
}

/** Fixes may uncover work for others; a chain of twenty has never been seen. */
const MOST_ROUNDS = 20

export type Candidate = Finding & { readonly fix: Fix }
/** One state of the files, with everything that is known of it. */
export interface State { readonly seen: Examined; readonly input: Input }

/**
 * The file with all fixes that hold. Where the text has syntax errors nothing is changed. Surroundings are found once, before the first fix.
 */
export function fix(given: Input, active: readonly ActiveRule[], options: FixOptions = {}, known: readonly string[] | null = null): FixResult {
  let state = stateOf(given, active, known)
  const applied: AppliedFix[] = []
  const refused = new Map<string, RefusedFix>()
  let rounds = 0
  while (state.seen.build) {
    const candidates = candidatesIn(state, options).filter(({ key }) => !refused.has(key))
    if (candidates.length === 0) break
    if (rounds === MOST_ROUNDS) {
      for (const each of candidates) refused.set(each.key, refusal(each, 'does-not-settle', `after ${MOST_ROUNDS} rounds`))
      break
    }
    rounds++
    const outcome = accepted(state, { kept: [], refused: [], reached: state }, apart(candidates, state.seen), input => stateOf(input, active, known))
    for (const each of outcome.refused) refused.set(each.finding.key, each)
    applied.push(...outcome.kept.map(({ rule, fix: mended, message }) => ({ rule, fix: mended, message })))
    state = outcome.reached
  }
  return { text: state.input.text, ignoreFile: state.input.ignoreFile ?? null, applied, refused: [...refused.values()], findings: state.seen.findings, rounds }
}

export function stateOf(input: Input, active: readonly ActiveRule[], known: readonly string[] | null): State {
  const seen = examine(input, active, known)
  const { surround: _, ...settled } = seen.input
  return { seen, input: settled }
}

export function candidatesIn({ seen, input }: State, { unsafe = false, rules }: FixOptions): readonly Candidate[] {
  const mayWriteIgnoreFile = input.context !== undefined
  return seen.apart.filter((finding): finding is Candidate => finding.fix !== null && (unsafe || finding.fix.safety === 'safe')
    && (rules?.includes(finding.rule) ?? true) && (mayWriteIgnoreFile || (finding.fix.ignoreLines ?? []).length === 0))
}

/**
 * Those that can be applied together: safe ones first, then the first in the file. Of those that one edit would mend the first: it may do for all.
 * Rules do not know of one another, so that of several which change one instruction one goes first: the others look at what it made of it.
 */
function apart(candidates: readonly Candidate[], { mendings, build }: Examined): readonly Candidate[] {
  const inOrder = [...candidates.filter(({ fix: { safety } }) => safety === 'safe'), ...candidates.filter(({ fix: { safety } }) => safety !== 'safe')]
  const [taken, takenOfIgnoreFile]: readonly [TextEdit[], TextEdit[]] = [[], []]
  const mended = new Set<string | undefined>()
  const instructions = (build?.stages ?? []).flatMap(stage => stage.instructions.filter(({ onbuild }) => !onbuild))
  const changers = new Map<Instruction, string>()
  return inOrder.filter(candidate => {
    const { edits, ignoreEdits = [] } = candidate.fix
    const mending = mendings.get(candidate)
    const changed = changedBy(edits, instructions)
    const isFree = areClear(edits, taken) && areClear(ignoreEdits, takenOfIgnoreFile) && !mended.has(mending)
      && changed.every(instruction => (changers.get(instruction) ?? candidate.rule) === candidate.rule)
    if (isFree) {
      for (const instruction of changed) changers.set(instruction, candidate.rule)
      if (mending !== undefined && mending !== IGNORE_FILE) mended.add(mending)
      taken.push(...edits)
      takenOfIgnoreFile.push(...ignoreEdits)
    }
    return isFree
  })
}

const areClear = (edits: readonly TextEdit[], taken: readonly TextEdit[]): boolean => edits.every(({ span: a }) => taken.every(({ span: b }) => a.end < b.start || b.end < a.start))

/** The instructions, given in the order of the text, that these edits reach into; lines put between two are in neither. */
const changedBy = (edits: readonly TextEdit[], instructions: readonly Instruction[]): readonly Instruction[] => edits.flatMap(({ span: { start, end } }) => {
  let low = 0
  let high = instructions.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (instructions[middle]!.span.end < start || instructions[middle]!.span.end === start && end > start) low = middle + 1
    else high = middle
  }
  const found: Instruction[] = []
  for (let at = low; at < instructions.length && instructions[at]!.span.start < end; at++) found.push(instructions[at]!)
  return found
})

export interface Outcome { readonly kept: readonly Candidate[]; readonly refused: readonly RefusedFix[]; readonly reached: State }

/** Adds as many of these fixes as hold to those that were kept, all of one state. Where some do not hold, halves are tried, so that one bad fix costs few tries. */
export function accepted(from: State, before: Outcome, more: readonly Candidate[], examined: (input: Input) => State): Outcome {
  if (more.length === 0) return before
  const kept = [...before.kept, ...more]
  const reached = examined(applied(from.input, kept))
  const problem = problemWith(from, reached, kept)
  if (problem === null) return { ...before, kept, reached }
  const [only, ...others] = more
  // Beside others it may fail because of them: then it waits for the next round, where what it finds is new.
  if (others.length === 0) return before.kept.length > 0 ? before : { ...before, refused: [...before.refused, refusal(only!, ...problem)] }
  const half = more.length >> 1
  return accepted(from, accepted(from, before, more.slice(0, half), examined), more.slice(half), examined)
}

const refusal = (finding: Candidate, reason: RefusedFix['reason'], detail: string): RefusedFix => ({ rule: finding.rule, fix: finding.fix, reason, detail, finding })

/** The Dockerfile and its ignore file with these fixes, tried or not. */
export function applied(input: Input, fixes: readonly { readonly fix: Fix }[]): Input {
  const text = applyEdits(input.text, fixes.flatMap(each => each.fix.edits))
  const ignoreEdits = fixes.flatMap(each => each.fix.ignoreEdits ?? [])
  const ignoreLines = [...new Set(fixes.flatMap(each => each.fix.ignoreLines ?? []))]
  if (ignoreEdits.length + ignoreLines.length === 0) return { ...input, text }
  const { path, text: before } = input.ignoreFile ?? { path: newIgnoreFile(input), text: '' }
  return { ...input, text, ignoreFile: { path, text: withLines(applyEdits(before, ignoreEdits), ignoreLines, lineEndAt(input.text, 0)) } }
}

/** Where the engine looks for it: at the top of the context. */
function newIgnoreFile({ path, context }: Input): string {
  const folder = context?.folder ?? path.slice(0, path.lastIndexOf('/') + 1)
  return folder === '' || folder === '.' ? '.dockerignore' : `${folder.replace(/\/$/, '')}/.dockerignore`
}

/** Why the result cannot be kept; null where it can. */
function problemWith(from: State, to: State, kept: readonly Candidate[]): readonly [RefusedFix['reason'], string] | null {
  const { build } = to.seen
  if (!build) return ['does-not-parse', parse(to.input.text).problems[0]?.message ?? 'the engine would refuse it']
  const left = unmended(from, to, kept)
  return left ? ['still-found', left.message] : costlierFile(from.seen.build!, build, new Set(kept.flatMap(each => each.fix.reruns ?? [])))
}

/**
 * What is left where a rule finds as much as before, but for what comes next in a chain: a finding that was none before in a place that the
 * fixes did not write, and any that is left by fixes which make instructions fewer.
 */
function unmended(from: State, to: State, kept: readonly Candidate[]): Finding | undefined {
  for (const rule of new Set(kept.map(each => each.rule))) {
    const isOfRule = (each: Finding): boolean => each.rule === rule
    const [before, edits] = [from.seen.apart.filter(isOfRule), kept.filter(isOfRule).flatMap(({ fix: own }) => own.edits)]
    const [known, written] = [new Set(before.map(({ key }) => key)), spansOf(kept.flatMap(each => each.fix.edits))]
    const found = to.seen.apart.filter(isOfRule)
    const left = found.filter(({ key, path, span }) => known.has(key) || path !== to.input.path || written.some(({ start, end }) => start < span.end && span.start < end))
    const isLess = left.length <= Math.max(0, before.length - kept.filter(isOfRule).length)
    if (!isLess && !(found.length <= before.length && makeFewer(from.input.text, edits))) return left[0]
  }
  return undefined
}

const makeFewer = (text: string, edits: readonly TextEdit[]): boolean => parse(applyEdits(text, edits)).instructions.length < parse(text).instructions.length

/** Where the texts of these edits stand in the result. */
function spansOf(edits: readonly TextEdit[]): readonly Span[] {
  let moved = 0
  return [...edits].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end).map(({ span, text }) => {
    const start = span.start + moved
    moved += text.length - (span.end - span.start)
    return { start, end: start + text.length }
  })
}

/** A file whose change costs more than before; of those in `meant` that is what the fix is for. */
function costlierFile(before: Build, after: Build, meant: ReadonlySet<string>): readonly [RefusedFix['reason'], string] | null {
  const paths = fileClasses([before, after]).flatMap(({ paths: alike }) => alike.find(path => !meant.has(path)) ?? [])
  const [narrow, narrowAfter] = [overFiles(before, paths), overFiles(after, paths)]
  for (const path of paths) {
    const change = { kind: 'files', paths: [path] } as const
    const [old, now] = [rebuildSeconds(narrow, change), rebuildSeconds(narrowAfter, change)]
    if (now > old) return ['costs-more', `a change of ${path} costs about ${Math.round(now)} s instead of ${Math.round(old)} s`]
  }
  return null
}
