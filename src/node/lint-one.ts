// One Dockerfile with its config and its surroundings: read, linted or fixed, and what came of it. Without fixing nothing is kept
// from one to the next but what is known of the disk.
import { UsageError, parseBuild, rules } from '../index.ts'
import type { Build, FailOn, LintedFile, ResolvedConfig } from '../index.ts'
import { resolverOf } from './config-file.ts'
import type { ConfigSearch, FoundConfig } from './config-file.ts'
import type { FoundFile } from './discover.ts'
import { fixOne, lintedFile } from './fix-run.ts'
import type { FixingState, Subject } from './fix-run.ts'
import { foreignKind } from './foreign-files.ts'
import { sentence } from './io.ts'
import type { Surround } from './place.ts'
import type { KnownRules } from './plugins.ts'
import { readDockerfile } from './read-dockerfile.ts'
import type { ResultCache } from './result-cache.ts'
import type { LintOptions, Problem } from './run.ts'

export interface Linting {
  readonly options: LintOptions
  readonly surround: Surround
  readonly search: ConfigSearch
  readonly stdin: FoundFile | null
  /** Absolute paths that were named one by one. */
  readonly named: ReadonlySet<string>
  /** Standard input as it was read, then as it was fixed. */
  readonly texts: string[]
  readonly fixing: FixingState | null
  readonly cache: ResultCache | null
  readonly known: KnownRules
  settingsOf(found: FoundConfig | null): Settings
}
/** What a config means for an absolute path. */
type Settings = (file: string) => ResolvedConfig

/** A file, and what its config says fails the run. */
export interface Linted {
  readonly path: string
  /** Absolute; null for standard input that has no place. */
  readonly place: string | null
  readonly problem: Problem | null
  /** null for what could not be linted. */
  readonly file: LintedFile | null
  readonly failOn: FailOn
  /** The names of its stages, where a target was asked for; null where nobody can tell. */
  readonly stages: readonly string[] | null
  /** While fixing: the same, looked at again where an ignore file was fixed since. */
  readonly again: (() => LintedFile) | null
}

/** Dockerfiles under one config share what it means, and its mistake. */
export function settings({ rules: ruleOverrides = {} }: LintOptions, { rules: all, loaded }: KnownRules = { rules, loaded: [] }): Linting['settingsOf'] {
  const known = new Map<FoundConfig | null, Settings>()
  return found => {
    const settled = known.get(found)
    if (settled) return settled
    const made = resolverOf(all, found, { ruleOverrides, loaded })
    known.set(found, made)
    return made
  }
}

/** null for what is left out. Never rejects: what went wrong is a problem. */
export async function lintOne(found: FoundFile, linting: Linting): Promise<Linted | 'template' | null> {
  const { options, search, stdin, texts, fixing } = linting
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
    const cached = linting.cache?.open(config, resolved.context) ?? null
    const subject = subjectOf(found, { text, config, resolved }, linting, cached?.surround ?? linting.surround)
    const { file, problem, again } = fixing ? await fixOne(subject, fixing) : { file: cached ? cached.linted(subject) : lintedFile(subject, null), problem: null, again: null }
    const foreign = file.findings[0]?.rule === 'syntax-error' && !linting.named.has(found.file) ? foreignKind(found.path, text) : null
    if (foreign) return foreign === 'template' ? 'template' : null
    if (found === stdin) texts.push(file.text)
    const place = found !== stdin ? found.file : options.stdin?.path === undefined ? null : found.file
    return { path: found.path, place, problem, file, failOn: options.failOn ?? resolved.failOn, stages: options.target === undefined ? null : stagesOf(file), again }
  } catch (error) {
    return failed(found, problemOf(error, found.path))
  }
}

interface Read { readonly text: string; readonly config: FoundConfig | null; readonly resolved: ResolvedConfig }

function subjectOf(found: FoundFile, { text, config, resolved }: Read, { options, stdin, known }: Linting, surround: Surround): Subject {
  const target = options.target ?? resolved.target
  const hasPlace = found !== stdin || options.stdin?.path !== undefined || options.context !== undefined
  const otherRules = resolved.hasMoreRules ? null : known.rules.slice(rules.length).map(({ id }) => id)
  const input = { path: found.path, text, otherRules, ...target !== null && { target }, ...hasPlace && { surround: (build: Build) => surround(found.file, build, config, resolved.context) } }
  return { file: found.file, input, rules: resolved.rules, isStdin: found === stdin }
}

/** null where the syntax allows no model. */
function stagesOf({ path, text, findings }: LintedFile): readonly string[] | null {
  if (findings.some(({ rule }) => rule === 'syntax-error')) return null
  return parseBuild(text, path).stages.flatMap(({ name, index }) => [name ?? String(index), String(index)])
}

/** What could not be linted, and why. */
export const failed = ({ path }: FoundFile, problem: Problem): Linted => ({ path, place: null, problem, file: null, failOn: 'never', stages: null, again: null })

export function problemOf(error: unknown, path: string): Problem {
  if (error instanceof UsageError) return { path: null, message: sentence(error) }
  if (!(error instanceof Error)) return { path, message: String(error), stack: String(error) }
  return { path, message: error.message, stack: (error.cause instanceof Error ? error.cause : error).stack ?? error.message }
}
