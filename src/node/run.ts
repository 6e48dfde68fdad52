// Lints files: finds them, lints one after the other in the order of their paths, and gathers what the engine says.
// One bad file costs one problem, never the run. Writes only where fixing, a baseline or the cache asks for it.
import { resolve } from 'node:path'
import { configResolver, rules } from '../index.ts'
import type { FailOn, LintResult, LintedFile, RuleSettings } from '../index.ts'
import { openBaseline } from './baseline-file.ts'
import { changedSince } from './changed-files.ts'
import type { Changes } from './changed-files.ts'
import { configSearch } from './config-file.ts'
import { discover } from './discover.ts'
import type { FoundFile } from './discover.ts'
import { startFixing } from './fix-run.ts'
import type { ChangedFile, FixRequest, FixingState, Refused, Searched } from './fix-run.ts'
import { gathering } from './gather.ts'
import type { Gathering, Totals } from './gather.ts'
import { lintOne, settings } from './lint-one.ts'
import type { Linting } from './lint-one.ts'
import { version } from './package.ts'
import { places, surroundingsAt } from './place.ts'
import { withPlugins } from './plugins.ts'
import type { ReadText } from './read-dockerfile.ts'
import { resultCache } from './result-cache.ts'
import type { CacheOptions } from './result-cache.ts'
import { shareFiles } from './threads.ts'
import type { Threads } from './threads.ts'

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
  /** More paths, as they stand: no globs. With them an empty `paths` stands for nothing. */
  readonly files?: readonly string[]
  /** Lints only what changed since a commit: the Dockerfile or what it is linted with. */
  readonly changedSince?: string
  /** A file with findings that are accepted: they are not reported. */
  readonly baseline?: string
  /** Writes that file anew; what is found is accepted then. */
  readonly updateBaseline?: boolean
  /** Keeps results from run to run. Not while fixing. */
  readonly cache?: CacheOptions
  /** Takes each file when all is known of it, in order. */
  readonly onLinted?: (file: LintedFile) => void
  /** Whether the result holds the files. Default: true. */
  readonly keepsFiles?: boolean
  /** Loads the plugins that the config at the root of the repository lists: they are code. */
  readonly allowPlugins?: boolean
  /** Shares many files among threads. */
  readonly threads?: Threads | undefined
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
  /** Of all files, also where `files` does not hold them. */
  readonly totals: Totals
  /** Findings that the baseline says are not there any more. */
  readonly stale: number
  /** How many findings the baseline accepts now; null where it was not updated. */
  readonly accepted: number | null
  /** Fixes that did not hold, which are bugs of their rules. */
  readonly refused: readonly Refused[]
  /** What fixing in the mode `diff` would change. */
  readonly diff?: { readonly changed: readonly ChangedFile[]; readonly fixes: number }
  /** What the search for cheaper rebuilds found, file by file. */
  readonly searched?: readonly Searched[]
  /** What fixing made of standard input; its own text where there was nothing to fix. */
  readonly stdinText?: string
}

/**
 * Lints Dockerfiles, folders and globs; the current folder when there are none. Paths in the result are relative to the
 * current folder. Rejects with a UsageError when the options themselves are wrong.
 */
export async function lintFiles(paths: readonly string[] = [], options: LintOptions = {}): Promise<LintRun> {
  const cwd = options.cwd ?? process.cwd()
  const search = await configSearch({ cwd, file: options.config, ...options.allowPlugins && { plugins: 'loaded' } })
  const known = options.allowPlugins ? await withPlugins(search) : { rules, loaded: [] }
  configResolver(known.rules, {}, { ruleOverrides: options.rules ?? {} })
  const stdin = options.stdin && paths.includes('-') ? { file: resolve(cwd, options.stdin.path ?? 'Dockerfile'), path: options.stdin.path ?? '<stdin>' } : null
  const named = stdin ? paths.filter(path => path !== '-') : paths
  const found = await discover(named, { cwd, ...(stdin || options.files) && { listed: options.files ?? [] } })
  const absolute = new Set([...named, ...options.files ?? []].map(path => resolve(cwd, path)))
  const fixing = options.fix ? startFixing(options.fix, cwd, absolute) : null
  const opened = options.cache && !fixing && !options.allowPlugins ? resultCache(options.cache, { cwd, context: options.context }) : null
  const cache = typeof opened === 'string' ? null : opened
  const place = places({ cwd, context: options.context })
  const linting: Linting = { options, search, stdin, named: absolute, texts: [], fixing, cache, known, surround: surroundingsAt(place), settingsOf: settings(options, known) }
  const changes = options.changedSince === undefined ? null : await changedSince(options.changedSince, { search, settingsOf: linting.settingsOf, place })
  const baseline = options.baseline === undefined ? null : await openBaseline(cwd, options.baseline, options.updateBaseline ?? false)
  const gathered = gathering({ isFixing: fixing !== null, keepsFiles: options.keepsFiles ?? true, onLinted: options.onLinted, baseline, target: options.target })
  const { templates, notes } = await lintAll([...found.files, ...stdin ? [stdin] : []], { linting, changes, gathered })
  const { files, problems, ...figures } = gathered.end()
  cache?.end()
  const accepted = baseline?.write?.() ?? null
  const warnings = [...found.warnings, ...leftOut(templates), ...[...notes, ...changes?.notes ?? [], ...typeof opened === 'string' ? [opened] : []].map(message => ({ path: null, message })), ...once(fixing?.warnings ?? [])]
  return {
    version, rules: known.rules, files, problems: once([...found.problems, ...problems]), warnings, ...figures, accepted, refused: fixing?.refused ?? [],
    ...options.fix?.search && { searched: fixing!.searched }, ...fixing && fixedBy(fixing, linting.texts),
  }
}

interface Lints { readonly linting: Linting; readonly changes: Changes | null; readonly gathered: Gathering }

interface Seen { readonly templates: readonly string[]; readonly notes: readonly string[] }

/** In the order given; gives back the templates that were left out, and what the search for configs has to say. */
async function lintAll(all: readonly FoundFile[], { linting, changes, gathered }: Lints): Promise<Seen> {
  const templates: string[] = []
  const { onFile } = linting.options
  if (all.length > 0) onFile?.(0, all.length)
  const shared = changes ? null : shareFiles(all, linting, file => lintOne(file, linting))
  try {
    for (const [index, file] of all.entries()) {
      if (index > 0) onFile?.(index, all.length)
      if (changes && file !== linting.stdin && !await changes.touch(file)) continue
      const one = shared ? await shared.at(index) : await lintOne(file, linting)
      if (one === 'template') templates.push(file.path)
      else if (one) gathered.add(one)
    }
  } finally {
    await shared?.end()
  }
  return { templates, notes: shared?.notes() ?? linting.search.warnings() }
}

function fixedBy({ request, changed, fixes }: FixingState, texts: readonly string[]): Pick<LintRun, 'fixed' | 'diff' | 'stdinText'> {
  const all = [...changed.values()]
  const text = texts.at(-1)
  return request.mode === 'diff' ? { diff: { changed: all, fixes } } : { fixed: { isDryRun: request.mode === 'dry-run', changed: all }, ...text !== undefined && { stdinText: text } }
}

function leftOut(templates: readonly string[]): readonly Problem[] {
  const [first, ...others] = templates
  if (first === undefined) return []
  const which = others.length === 0 ? `${first} is a template` : `${first} and ${others.length} more are templates`
  return [{ path: null, message: `${which} that no engine would read as they are, and left out; name one to lint it` }]
}

/** A broken config is one problem, however many Dockerfiles lie below it. */
function once(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>()
  return problems.filter(({ path, message }) => {
    const key = `${path} ${message}`
    return !seen.has(key) && seen.add(key)
  })
}
