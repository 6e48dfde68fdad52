// Lints files: finds them, reads each with its config and its surroundings, and gathers what the engine says.
// One bad file costs one problem, never the run. Writes only where fixing asks for it; the texts of all linted files stay in memory.
import { dirname, resolve } from 'node:path'
import { UsageError, configResolver, nearest, parseBuild, rules } from '../index.ts'
import type { Build, FailOn, LintResult, LintedFile, ResolvedConfig, RuleSettings, Severity } from '../index.ts'
import { configSearch } from './config-file.ts'
import type { ConfigSearch, FoundConfig } from './config-file.ts'
import { discover } from './discover.ts'
import type { FoundFile } from './discover.ts'
import { fixOne, lintedFile, startFixing } from './fix-run.ts'
import type { ChangedFile, FixRequest, FixingState, Refused, Searched, Subject } from './fix-run.ts'
import { foreignKind } from './foreign-files.ts'
import { sentence } from './io.ts'
import { version } from './package.ts'
import { shownPath, surroundings } from './place.ts'
import type { Surround } from './place.ts'
import { readDockerfile } from './read-dockerfile.ts'
import type { ReadText } from './read-dockerfile.ts'

export interface LintOptions {
  /** Default: the current folder of the process. */
  readonly cwd?: string
  /** A config file, instead of the nearest one above each Dockerfile. */
  readonly config?: string
  /** Merged last, for every file. */
  readonly rules?: RuleSettings
  /** The build context of all files, instead of what config and repository say. */
  readonly context?: string
  /** The stage that is built. */
  readonly target?: string
  /** What fails the run, instead of what the config of each file says. */
  readonly failOn?: FailOn
  /** Stands for the path `-`. Without a path it has no folder: its context is not known and its config is that of the current folder. */
  readonly stdin?: { readonly read: () => Promise<ReadText>; readonly path?: string }
  /** Fixes what it can. Whatever the mode, no file is written for standard input. */
  readonly fix?: FixRequest
  /** Called before each file. */
  readonly onFile?: (done: number, total: number) => void
}

/** Why something could not be done; the rest was done all the same. */
export interface Problem {
  /** As the user would write it; null when it is about no file. */
  readonly path: string | null
  readonly message: string
  /** Of a bug. */
  readonly stack?: string
}
export interface LintRun extends LintResult {
  /** With one of them a run has failed, whatever was found: exit code 2. */
  readonly problems: readonly Problem[]
  readonly warnings: readonly Problem[]
  /** Whether a finding is as severe as what fails its file. */
  readonly hasFailed: boolean
  /** Fixes that did not hold, which are bugs of their rules. */
  readonly refused: readonly Refused[]
  /** What fixing in the mode `diff` would change. */
  readonly diff?: { readonly changed: readonly ChangedFile[]; readonly fixes: number }
  /** What the search for cheaper rebuilds found, file by file. */
  readonly searched?: readonly Searched[]
  /** What fixing made of standard input; its own text where there was nothing to fix. */
  readonly stdinText?: string
}

interface Linting {
  readonly options: LintOptions
  readonly surround: Surround
  readonly search: ConfigSearch
  readonly stdin: FoundFile | null
  /** Absolute paths that were named one by one. */
  readonly named: ReadonlySet<string>
  /** Templates that were found and left out. */
  readonly templates: string[]
  /** Standard input as it was read, then as it was fixed. */
  readonly texts: string[]
  readonly fixing: FixingState | null
  settingsOf(found: FoundConfig | null): Settings
}
/** What a config means for a path relative to the current folder. */
type Settings = (file: string) => ResolvedConfig
interface Linted {
  readonly path: string
  readonly problem: Problem | null
  /** The file as it is once all are fixed; null where there is nothing to report. */
  readonly look: (() => LintedFile) | null
  readonly failOn: FailOn
}

/**
 * Lints Dockerfiles, folders and globs; the current folder when there are none. Paths in the result are relative to the
 * current folder. Rejects with a UsageError when the options themselves are wrong.
 */
export async function lintFiles(paths: readonly string[] = [], options: LintOptions = {}): Promise<LintRun> {
  const cwd = options.cwd ?? process.cwd()
  configResolver(rules, {}, { ruleOverrides: options.rules ?? {} })
  const stdin = options.stdin && paths.includes('-') ? { file: resolve(cwd, options.stdin.path ?? 'Dockerfile'), path: options.stdin.path ?? '<stdin>' } : null
  const named = stdin ? paths.filter(path => path !== '-') : paths
  const search = await configSearch({ cwd, file: options.config })
  const found = stdin && named.length === 0 ? { files: [], problems: [], warnings: [] } : await discover(named, { cwd })
  const absolute = new Set(named.map(path => resolve(cwd, path)))
  const fixing = options.fix ? startFixing(options.fix, cwd, absolute) : null
  const linting: Linting = { options, search, stdin, named: absolute, templates: [], texts: [], fixing, surround: surroundings({ cwd, context: options.context }), settingsOf: settings(options) }
  const linted: Linted[] = []
  const all = [...found.files, ...stdin ? [stdin] : []]
  for (const [index, file] of all.entries()) {
    options.onFile?.(index, all.length)
    const one = await lintOne(file, linting)
    if (one) linted.push(one)
  }
  const { files, problems, hasFailed } = gathered(linted)
  if (options.target !== undefined) problems.push(...missingTarget(options.target, files))
  const warnings = [...found.warnings, ...leftOut(linting.templates), ...search.warnings().map(message => ({ path: null, message })), ...once(fixing?.warnings ?? [])]
  return { version, rules, files, problems: once([...found.problems, ...problems]), warnings, hasFailed, refused: fixing?.refused ?? [], ...options.fix?.search && { searched: fixing!.searched }, ...fixing && fixedBy(fixing, linting.texts) }
}

function gathered(linted: readonly Linted[]): { readonly files: LintedFile[]; readonly problems: Problem[]; readonly hasFailed: boolean } {
  const files: LintedFile[] = []
  const problems: Problem[] = []
  const told = new Set<string>()
  let hasFailed = false
  for (const { path, problem, look, failOn } of linted) {
    if (problem) problems.push(problem)
    if (look === null) continue
    try {
      const file = look()
      files.push(toldOnce(file, told))
      hasFailed ||= file.findings.some(({ severity }) => reaches(severity, failOn))
    } catch (error) {
      problems.push(problemOf(error, path))
    }
  }
  return { files, problems, hasFailed }
}

function fixedBy({ request, changed, fixes }: FixingState, texts: readonly string[]): Pick<LintRun, 'fixed' | 'diff' | 'stdinText'> {
  const all = [...changed.values()]
  const text = texts.at(-1)
  return request.mode === 'diff' ? { diff: { changed: all, fixes } } : { fixed: { isDryRun: request.mode === 'dry-run', changed: all }, ...text !== undefined && { stdinText: text } }
}

/** Dockerfiles under one config share what it means, and its mistake. */
function settings({ rules: ruleOverrides = {} }: LintOptions): Linting['settingsOf'] {
  const known = new Map<FoundConfig | null, Settings>()
  return found => {
    const settled = known.get(found)
    if (settled) return settled
    const resolver = configResolver(rules, found?.config, { ruleOverrides, ...found && { source: found.source } })
    const folder = found && dirname(found.file)
    const made: Settings = file => resolver(folder === null ? undefined : shownPath(folder, file))
    known.set(found, made)
    return made
  }
}

/** null for what is left out. */
async function lintOne(found: FoundFile, linting: Linting): Promise<Linted | null> {
  const { options, search, stdin, texts, fixing, surround } = linting
  try {
    const config = await search.find(found.file)
    const resolved = linting.settingsOf(config)(found.file)
    // Who has standard input fixed gets it back even so.
    if (resolved.ignored && !(found === stdin && fixing)) return null
    const read = found === stdin ? await options.stdin!.read() : readDockerfile(found.file)
    if ('reason' in read) return failed(found, { path: found.path, message: read.reason })
    const { text } = read
    if (found === stdin) texts.push(text)
    if (resolved.ignored) return null
    const hasPlace = found !== stdin || options.stdin?.path !== undefined || options.context !== undefined
    const target = options.target ?? resolved.target
    const input = { path: found.path, text, ...target !== null && { target }, ...hasPlace && { surround: (build: Build) => surround(found.file, build, config, resolved.context) } }
    const subject: Subject = { file: found.file, input, rules: resolved.rules, isStdin: found === stdin }
    const { file, problem, again } = fixing ? await fixOne(subject, fixing) : { file: lintedFile(subject, null), problem: null, again: null }
    const foreign = file.findings[0]?.rule === 'syntax-error' && !linting.named.has(found.file) ? foreignKind(found.path, text) : null
    if (foreign === 'template') linting.templates.push(found.path)
    if (foreign) return null
    if (found === stdin) texts.push(file.text)
    return { path: found.path, problem, look: again ?? (() => file), failOn: options.failOn ?? resolved.failOn }
  } catch (error) {
    return failed(found, problemOf(error, found.path))
  }
}

const failed = ({ path }: FoundFile, problem: Problem): Linted => ({ path, problem, look: null, failOn: 'never' })

/** Several Dockerfiles may share an ignore file: what is said of it is said at the first of them. */
function toldOnce(file: LintedFile, told: Set<string>): LintedFile {
  const findings = file.findings.filter(({ path, rule, severity, span, message }) => {
    if (path === file.path) return true
    const key = JSON.stringify([path, rule, severity, span.start, span.end, message])
    return !told.has(key) && told.add(key)
  })
  return findings.length === file.findings.length ? file : { ...file, findings }
}

function leftOut(templates: readonly string[]): readonly Problem[] {
  const [first, ...others] = templates
  if (first === undefined) return []
  const which = others.length === 0 ? `${first} is a template` : `${first} and ${others.length} more are templates`
  return [{ path: null, message: `${which} that no engine would read as they are, and left out; name one to lint it` }]
}

/** Of several Dockerfiles not all need to have the stage; where none has it, it was mistyped. */
function missingTarget(target: string, files: readonly LintedFile[]): readonly Problem[] {
  const names = new Set<string>()
  for (const { path, text, findings } of files) {
    if (findings.some(({ rule }) => rule === 'syntax-error')) return []
    for (const stage of parseBuild(text, path).stages) names.add(stage.name ?? String(stage.index)).add(String(stage.index))
  }
  if (files.length === 0 || names.has(target.toLowerCase())) return []
  const near = nearest(target, names)
  return [{ path: null, message: `no stage is called ${JSON.stringify(target)}${near === null ? '' : `; did you mean ${near}?`}` }]
}

function problemOf(error: unknown, path: string): Problem {
  if (error instanceof UsageError) return { path: null, message: sentence(error) }
  if (!(error instanceof Error)) return { path, message: String(error), stack: String(error) }
  return { path, message: error.message, stack: (error.cause instanceof Error ? error.cause : error).stack ?? error.message }
}

/** A broken config is one problem, however many Dockerfiles lie below it. */
function once(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>()
  return problems.filter(({ path, message }) => {
    const key = `${path} ${message}`
    return !seen.has(key) && seen.add(key)
  })
}

const ranks: Readonly<Record<FailOn, number>> = { info: 0, warning: 1, error: 2, never: 3 }
const reaches = (severity: Severity, failOn: FailOn): boolean => ranks[severity] >= ranks[failOn]
