// Fixes the files of one run, one after the other. An ignore file that several Dockerfiles share keeps what was fixed for the earlier ones.
import { posix, resolve } from 'node:path'
import { fix, lint, optimize } from '../index.ts'
import type { ActiveRule, FixOptions, FixResult, IgnoreFile, Input, LintedFile, LintResult, Optimized, RefusedFix, Surroundings } from '../index.ts'
import { lineMap } from '../text.ts'
import type { Problem } from './run.ts'

export interface FixRequest extends FixOptions {
  /** Write the files; report as if they were written; or say what would change and report as without fixing. */
  readonly mode: 'write' | 'dry-run' | 'diff'
  /** Instead of fixing what is found: look for what is cheapest to build again, and tell each try. */
  readonly search?: { readonly onTry: (tries: number) => void }
}
/** What the search found for one Dockerfile. */
export interface Searched extends Optimized { readonly path: string }
export type ChangedFile = NonNullable<LintResult['fixed']>['changed'][number]
/** A fix that did not hold: a bug of its rule. */
export interface Refused { readonly rule: string; readonly path: string; readonly line: number; readonly reason: string }

/** What one run has fixed so far. */
export interface FixingState {
  readonly request: FixRequest
  readonly cwd: string
  /** Where links may lead. */
  readonly roots: readonly string[]
  /** Ignore files after the fixes so far, by absolute path. */
  readonly ignoreFiles: Map<string, string>
  readonly changed: Map<string, ChangedFile>
  readonly refused: Refused[]
  readonly searched: Searched[]
  readonly warnings: Problem[]
  fixes: number
  /** How often an ignore file was fixed. */
  ignoreFileFixes: number
}

/** A Dockerfile and all that it takes to look at it again. */
export interface Subject {
  readonly file: string
  readonly input: Input
  readonly rules: readonly ActiveRule[]
  /** No file is written for standard input. */
  readonly isStdin: boolean
}
export interface FixedFile {
  readonly file: LintedFile
  readonly problem: Problem | null
  /** The same, looked at again where an ignore file was fixed since. */
  readonly again: () => LintedFile
}
/** What became of a Dockerfile. */
type Outcome = Pick<FixResult, 'text' | 'ignoreFile' | 'applied' | 'findings'>

export const startFixing = (request: FixRequest, cwd: string, named: Iterable<string>): FixingState =>
  ({ request, cwd, roots: [cwd, ...named], ignoreFiles: new Map(), changed: new Map(), refused: [], searched: [], warnings: [], fixes: 0, ignoreFileFixes: 0 })

export async function fixOne(subject: Subject, fixing: FixingState): Promise<FixedFile> {
  const { input, seen } = surrounded(subject, fixing)
  const result = fixing.request.search ? searchedFor(input, subject, fixing) : fix(input, subject.rules, fixing.request)
  const before = seen.found.ignoreFile ?? null
  const outcome = subject.isStdin ? forStdin(subject, result, before, fixing) : result
  const changes = changesOf(subject, outcome, before)
  const problem = await written(subject, changes, fixing)
  if (problem === null) keep(changes, outcome, fixing)
  fixing.refused.push(...result.refused.map(each => described(each, subject, result)))
  const isAsBefore = problem !== null || fixing.request.mode === 'diff'
  const { text, ignoreFile, applied, findings } = outcome
  const look = isAsBefore ? () => lintedFile(subject, fixing) : () => ({ ...lintedFile({ ...subject, input: { ...subject.input, text } }, fixing), applied })
  const file = isAsBefore ? look() : { path: subject.input.path, text, ...ignoreFile && { ignoreFile }, applied, findings }
  const { ignoreFileFixes } = fixing
  return { file, problem, again: () => (fixing.ignoreFileFixes === ignoreFileFixes || fixing.request.mode === 'diff' ? file : look()) }
}

/** The outcome of a search, told as that of fixing. */
function searchedFor(input: Input, { rules }: Subject, { request, searched }: FixingState): FixResult {
  const found = optimize(input, rules, request.search)
  if (found === null) return fix(input, rules)
  searched.push({ ...found, path: input.path })
  const { text, ignoreFile, findings, improvements } = found
  return { text, ignoreFile, findings, applied: improvements.map(({ rule, fix: made }) => ({ rule: rule ?? '', fix: made, message: '' })), refused: [], rounds: improvements.length }
}

/** What linting gives; while fixing with ignore files as they are by now. */
export function lintedFile(subject: Subject, fixing: FixingState | null): LintedFile {
  const { input, seen } = surrounded(subject, fixing?.request.mode === 'diff' ? null : fixing)
  const findings = lint(input, subject.rules)
  const { ignoreFile } = seen.found
  return { path: input.path, text: input.text, ...ignoreFile && { ignoreFile }, findings }
}

/** `seen.found` are the surroundings, once they were asked for. */
function surrounded({ input }: Subject, fixing: FixingState | null): { readonly input: Input; readonly seen: { found: Surroundings } } {
  const seen: { found: Surroundings } = { found: {} }
  const { surround } = input
  if (!surround) return { input, seen }
  return { seen, input: { ...input, surround: build => seen.found = fixing ? withFixes(surround(build), input.path, fixing) : surround(build) } }
}

function withFixes(given: Surroundings, dockerfile: string, { cwd, ignoreFiles }: FixingState): Surroundings {
  const path = given.ignoreFile?.path ?? (given.context && posix.join(given.context.folder ?? posix.dirname(dockerfile), '.dockerignore'))
  const text = path === undefined ? undefined : ignoreFiles.get(resolve(cwd, path))
  return text === undefined ? given : { ...given, ignoreFile: { path: path!, text } }
}

/** Only the Dockerfile can be printed, so nothing else is fixed. */
function forStdin(subject: Subject, result: FixResult, before: IgnoreFile | null, fixing: FixingState): Outcome {
  const { ignoreFile, text } = result
  if (ignoreFile === null || ignoreFile.text === before?.text) return result
  fixing.warnings.push({ path: ignoreFile.path, message: 'left as it is: for standard input only the Dockerfile is fixed' })
  const findings = lint(surrounded({ ...subject, input: { ...subject.input, text } }, fixing).input, subject.rules)
  return { text, ignoreFile: before, applied: result.applied.filter(({ fix: { edits } }) => edits.length > 0), findings }
}

function changesOf({ input }: Subject, { text, ignoreFile }: Outcome, before: IgnoreFile | null): readonly ChangedFile[] {
  return [
    ...text === input.text ? [] : [{ path: input.path, before: input.text, text }],
    ...ignoreFile === null || ignoreFile.text === before?.text ? [] : [{ path: ignoreFile.path, before: before?.text ?? null, text: ignoreFile.text }],
  ]
}

/** Why they could not be written; null also where nothing is to be written. */
async function written({ file, input, isStdin }: Subject, changes: readonly ChangedFile[], { request, cwd, roots, warnings }: FixingState): Promise<Problem | null> {
  if (request.mode !== 'write' || isStdin || changes.length === 0) return null
  const { writeChanges } = await import('./fix-files.ts')
  const absolute = (path: string): string => (path === input.path ? file : resolve(cwd, path))
  const { failure, linked } = writeChanges(changes.map(({ path, before, text }) => ({ file: absolute(path), before, text })), roots)
  for (const { path } of changes) if (linked.includes(absolute(path))) warnings.push({ path, message: 'this file has other names (hard links), which keep the old text' })
  if (failure === null) return null
  const { path } = changes.find(change => absolute(change.path) === failure.file)!
  const others = changes.filter(change => change.path !== path).map(change => change.path)
  return { path, message: `not fixed${others.length === 0 ? '' : `, and so neither is ${others.join()}`}: ${failure.reason}` }
}

function keep(changes: readonly ChangedFile[], { applied, ignoreFile }: Outcome, fixing: FixingState): void {
  fixing.fixes += applied.length
  for (const { path, before, text } of changes) {
    const known = fixing.changed.get(path)
    fixing.changed.set(path, { path, before: known ? known.before : before, text })
    if (path !== ignoreFile?.path) continue
    fixing.ignoreFiles.set(resolve(fixing.cwd, path), text)
    fixing.ignoreFileFixes++
  }
}

const reasons: Readonly<Record<RefusedFix['reason'], string>> = {
  'does-not-parse': 'the engine would refuse the result', 'still-found': 'it mends nothing', 'costs-more': 'the result costs more', 'does-not-settle': 'fixes follow each other without end',
}

/** The line is that of the result where the finding is still there, and otherwise that of the text it was found in, as far as that is known. */
function described({ rule, reason, detail, finding }: RefusedFix, { input }: Subject, result: FixResult): Refused {
  const left = result.findings.find(({ key }) => key === finding.key)
  const isOfDockerfile = finding.path === input.path
  const text = isOfDockerfile ? (left ? result.text : input.text) : result.ignoreFile?.text ?? ''
  const { start } = (left ?? finding).span
  return { rule, path: finding.path, line: lineMap(text).position(Math.min(start, text.length)).line, reason: `${reasons[reason]} (${detail})` }
}
