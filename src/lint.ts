// The pipeline for one file: text → syntax → build → findings.
import { lowerDeliberate } from './deliberate.ts'
import { vendoredReason } from './facts/vendored-files.ts'
import { openContext } from './model/context.ts'
import { toBuild } from './model/to-build.ts'
import { joinMended } from './mending.ts'
import { placesOf, withKeys } from './places.ts'
import { suppress, unusedFindings } from './suppress.ts'
import { ignoresOf } from './syntax/ignores.ts'
import { parse } from './syntax/parse.ts'
import type { Build, ContextFiles, IgnoreFile, Repository } from './model/build.ts'
import type { Unkeyed } from './places.ts'
import type { ActiveRule, Finding, Report } from './rule.ts'
import type { Suppression } from './suppress.ts'
import type { Ignore } from './syntax/ignores.ts'
import type { Problem, Syntax } from './syntax/parse.ts'

/** Everything the engine knows about the world. Later evidence (history, durations, workflows) becomes further optional fields. */
export interface Input {
  readonly path: string
  readonly text: string
  /** The ignore file in force: the Dockerfile's own, else the context's. */
  readonly ignoreFile?: IgnoreFile
  readonly context?: ContextFiles
  readonly repository?: Repository
  /** Gives them instead, once the build is known: which folder is the context may hang on what is copied from it. */
  readonly surround?: (build: Build) => Surroundings
  readonly target?: string
  /** Rules that exist and do not run here, beyond those that are known anyway; null where there are some that nobody can name. */
  readonly otherRules?: readonly string[] | null
}
export type Surroundings = Pick<Input, 'ignoreFile' | 'context' | 'repository'>

/** `known` are the ids of all rules, running or not; without them a suppression comment is not checked for typing errors. */
export function lint(input: Input, active: readonly ActiveRule[], known: readonly string[] | null = null): readonly Finding[] {
  return examine(input, active, known).findings
}

/** What one look at a file gives; `build` is null where the syntax allows none. */
export interface Examined {
  /** With the surroundings that were found. */
  readonly input: Input
  readonly build: Build | null
  /** As they are told. */
  readonly findings: readonly Finding[]
  /** The same before those that one edit mends become one. */
  readonly apart: readonly Finding[]
  /** What names that edit. */
  readonly mendings: ReadonlyMap<Finding, string | undefined>
}

export function examine(given: Input, active: readonly ActiveRule[], known: readonly string[] | null = null): Examined {
  const syntax = parse(given.text)
  if (syntax.problems.length > 0) {
    const findings = syntaxErrors(syntax, given, active)
    return { input: given, build: null, findings, apart: findings, mendings: new Map() }
  }
  const { input, build } = surrounded(given, toBuild(syntax, given))
  const places = placesOf(syntax, input.path, build, input.ignoreFile?.text ?? '')
  const order = byPosition(input.path)
  const ignores = ignoresOf(syntax)
  const reported = active.flatMap(entry => run(entry, build, input)).sort((a, b) => order(a.finding, b.finding))
  const stamped = lowerDeliberate(reported, syntax, ignores, active, places)
  const found = withKeys(stamped.map(({ finding }) => finding), places)
  const mendings = new Map(found.map((finding, index) => [finding, stamped[index]!.mending]))
  const { kept, unused: uncalled } = suppress(found, ignores, places)
  const unused = uncalled.length === 0 ? uncalled : idle(uncalled, ignores, input, build, active)
  const about = unusedFindings(ignores, unused, { path: input.path, active, known: input.otherRules === null ? null : known && [...known, ...input.otherRules ?? []], instructions: syntax.instructions.length })
  const joined = joinMended(kept, finding => mendings.get(finding))
  const findings = about.length === 0 ? joined : [...joined, ...suppress(withKeys(about, places), ignores, places).kept].sort(order)
  return { input, build, findings, apart: kept, mendings }
}

function surrounded(input: Input, build: Build): { readonly input: Input; readonly build: Build } {
  if (!input.surround) return { input, build }
  const around = input.surround(build)
  return { input: { ...input, ...around }, build: { ...build, context: openContext(around) } }
}

/** Some rules let a comment speak for an instruction, and one of ours is a comment: it suppresses what such a rule says without it. */
function idle(unused: Suppression['unused'], ignores: readonly Ignore[], input: Input, { context }: Build, active: readonly ActiveRule[]): Suppression['unused'] {
  const named = new Set(unused.map(({ rule }) => rule))
  const silent = active.filter(({ rule }) => named.has(rule.id))
  const text = silent.length === 0 ? input.text : blanked(input.text, ignores.filter(({ dialect }) => dialect === 'cachemiss'))
  if (text === input.text) return unused
  const syntax = parse(text)
  if (syntax.problems.length > 0) return unused
  const build = { ...toBuild(syntax, input), context }
  const places = placesOf(syntax, input.path, build, input.ignoreFile?.text ?? '')
  const found = withKeys(silent.flatMap(entry => run(entry, build, input)).map(({ finding }) => finding), places)
  const still = new Set(suppress(found, ignores, places).unused.map(({ span }) => span.start))
  return unused.filter(({ span }) => still.has(span.start))
}

/** As long as before, so that all places stay; the comments are in the order of the text. */
function blanked(text: string, comments: readonly Ignore[]): string {
  const pieces: string[] = []
  let at = 0
  for (const { span: { start, end } } of comments) {
    pieces.push(text.slice(at, start), ' '.repeat(end - start))
    at = end
  }
  return pieces.join('') + text.slice(at)
}

/** A finding, and the edit that mends it. */
interface Stamped { readonly finding: Unkeyed; readonly mending: string | undefined }

function run({ rule, severity, options }: ActiveRule, build: Build, input: Input): readonly Stamped[] {
  try {
    return Array.from(rule.check(build, options), report => ({ finding: stamped(editable(report, build), rule.id, severity, input), mending: report.mending }))
  } catch (cause) {
    throw new Error(`rule ${rule.id} failed on ${input.path}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}

/** Without its fix where another tool writes the file. */
function editable(report: Report, build: Build): Report {
  const reason = report.fix ? vendoredReason(build) : null
  if (reason === null) return report
  const { fix: _, ...others } = report
  return { ...others, noFix: reason }
}

function stamped(report: Report, rule: string, severity: Unkeyed['severity'], input: Input): Unkeyed {
  const { at, message, related = [], cost = null, fix = null, noFix = null, lowered } = report
  const path = at.file === 'ignore' ? input.ignoreFile?.path : input.path
  if (path === undefined) throw new Error('a report points into an ignore file that is not there')
  return { rule, severity: lowered ? 'info' : severity, path, span: at.span, message, related: related.map(({ at: { span }, message: text }) => ({ span, message: text })), cost, fix, noFix }
}

function syntaxErrors(syntax: Syntax, { path }: Input, active: readonly ActiveRule[]): readonly Finding[] {
  const rule = 'syntax-error'
  const severity = active.find(entry => entry.rule.id === rule)?.severity ?? 'error'
  const stamp = ({ span, message }: Problem): Unkeyed => ({ rule, severity, path, span, message, related: [], cost: null, fix: null, noFix: null })
  return withKeys(syntax.problems.map(stamp).sort(byPosition(path)), placesOf(syntax, path, null, ''))
}

/** The Dockerfile before its ignore file, then by place; rules and messages settle the rest, so that the order of rules does not show. */
const byPosition = (path: string) => (a: Unkeyed, b: Unkeyed): number =>
  Number(a.path !== path) - Number(b.path !== path) || a.span.start - b.span.start || a.span.end - b.span.end || compare(a.rule, b.rule) || compare(a.message, b.message)
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0)
