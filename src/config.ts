// From config data to what applies to one Dockerfile: which rules at which severity with which options, and the rest.
// Data in, data out; a config with a mistake is refused as a whole, because half a config surprises.
import { configProblems, pluginsOf, presets, ruleProblems } from './config-problems.ts'
import type { Place, Problem } from './config-problems.ts'
import { UsageError } from './errors.ts'
import { cleanPath } from './model/paths.ts'
import { pathGlob } from './path-glob.ts'
import type { ActiveRule, Options, Rule, Severity } from './rule.ts'
import type { Position } from './text.ts'

export type RuleSetting = Severity | 'off' | { readonly severity?: Severity | 'off'; readonly options?: Readonly<Record<string, unknown>> }
export type RuleSettings = Readonly<Record<string, RuleSetting>>
export type FailOn = Severity | 'never'

export interface Settings {
  readonly rules?: RuleSettings
  /** Relative to the config file. */
  readonly context?: string
  readonly target?: string
}

/** `.cachemissrc.json`, or the `cachemiss` key of package.json. */
export interface Config extends Settings {
  readonly $schema?: string
  /** `cachemiss:recommended` is what applies without a config; files begin with `./` or `../`, anything else is a package. Later wins. */
  readonly extends?: string | readonly string[]
  /** Globs are relative to the config file; later wins. */
  readonly overrides?: readonly (Settings & { readonly files: readonly string[] })[]
  /** Files not to lint, also when named. */
  readonly ignore?: readonly string[]
  readonly failOn?: FailOn
  /** Package names; loading them is the caller's decision. */
  readonly plugins?: readonly string[]
}

/** The text a config was read from, so that a mistake can be shown where it stands. */
export interface ConfigSource {
  readonly name: string
  /** Of the value there, or of its key; null when there is no such place. */
  position(place: Place, part: 'key' | 'value'): Position | null
}

/** A config that another one extends, read by the caller. */
export interface ExtendedConfig {
  readonly config: unknown
  readonly source?: ConfigSource
  /** Its globs and `context` are relative to it. Absolute and with `/`, as that of the config that is resolved. */
  readonly folder: string
  /** What it extends itself: one for each entry of `extends`, null for presets. */
  readonly extended: readonly (ExtendedConfig | null)[]
}

export interface ConfigOptions {
  /** Merged last, for every file: the command line's `--rule`. */
  readonly ruleOverrides?: RuleSettings
  readonly source?: ConfigSource
  /** The folder of the config; only needed where it extends others. */
  readonly folder?: string
  /** What it extends: one for each entry of `extends`, null for presets. */
  readonly extended?: readonly (ExtendedConfig | null)[]
  /** Plugins whose rules are among the rules. Where a config lists others, a rule that nobody knows may be one of theirs, and is no mistake. */
  readonly loaded?: readonly string[]
  /** Plugins that another config lists for this one too. */
  readonly plugins?: readonly string[]
}

/** What applies to one Dockerfile. */
export interface ResolvedConfig {
  readonly rules: readonly ActiveRule[]
  /** As written: relative to the config file. */
  readonly context: string | null
  readonly target: string | null
  readonly failOn: FailOn
  /** Not to be linted. */
  readonly ignored: boolean
  /** Whether there are rules of plugins that nobody has loaded. */
  readonly hasMoreRules: boolean
}

/** What applies to the Dockerfile at `path`, relative to the config file and with `/`. Throws a UsageError. */
export function resolveConfig(rules: readonly Rule[], config: unknown, options: ConfigOptions & { readonly path?: string } = {}): ResolvedConfig {
  return configResolver(rules, config, options)(options.path)
}

/** The same for many files: one check of the configs, and one result for all files to which the same overrides apply. */
export function configResolver(rules: readonly Rule[], config: unknown, options: ConfigOptions = {}): (path?: string) => ResolvedConfig {
  const folder = options.folder ?? ''
  const { checked, hasMoreRules } = checkedConfigs(rules, config, options)
  const stack = stackOf(checked, folder)
  const isIgnored = globLists(stack.flatMap(entry => typeof entry === 'string' || !entry.config.ignore ? [] : [{ globs: entry.config.ignore, ...entry }]))
  const resolved = new Map<string, Merged>()
  return path => {
    const applying = stack.map(entry => typeof entry === 'string' || path === undefined ? [] : entry.overrides.flatMap(({ covers }, index) => covers(entry.seen(path)) ? [index] : []))
    const key = applying.join(';')
    let result = resolved.get(key)
    if (!result) {
      const settings = stack.flatMap((entry, at): readonly (string | Settings)[] =>
        typeof entry === 'string' ? [entry] : [entry.config, ...applying[at]!.map(index => entry.overrides[index]!.settings)].map(entry.moved))
      result = merged(rules, [...settings, { rules: options.ruleOverrides ?? {} }])
      resolved.set(key, result)
    }
    return { ...result, hasMoreRules, ignored: path !== undefined && isIgnored(path) }
  }
}

/** A config in its place among those that make one. */
interface Layer {
  readonly config: Config
  readonly overrides: readonly { readonly settings: Settings; readonly covers: (path: string) => boolean }[]
  /** A path as its globs see it. */
  seen(path: string): string
  /** Its settings as the config that is resolved would write them. */
  moved(settings: Settings): Settings
}
interface Checked { readonly config: Config; readonly folder: string; readonly extended: readonly (Checked | null)[] }

const recommended = presets[0]!

/** Presets and configs, later ones win: what a config extends comes before it. A preset that nobody names comes first of all. */
function stackOf(top: Checked, folder: string): readonly (string | Layer)[] {
  let hasDefault = false
  const flat = ({ config, extended, folder: own }: Checked): readonly (string | Layer)[] => {
    hasDefault ||= config.extends === undefined
    const below = [config.extends ?? []].flat().flatMap((entry, index) => extended[index] ? flat(extended[index]) : [entry])
    const down = relativePath(folder, own)
    const layer: Layer = {
      config, overrides: (config.overrides ?? []).map(settings => ({ settings, covers: globLists([{ globs: settings.files }]) })),
      seen: path => down === '' ? path : relativePath(own, cleanPath(`${folder}/${path}`)),
      moved: settings => down === '' || settings.context === undefined ? settings : { ...settings, context: cleanPath(`${down}/${settings.context}`) },
    }
    return [...below, layer]
  }
  const stack = flat(top)
  return hasDefault ? [recommended, ...stack] : stack
}

/** '' for the folder itself. */
function relativePath(from: string, to: string): string {
  const [start, end] = [from.split('/'), to.split('/')]
  let common = 0
  while (common < start.length && common < end.length && start[common] === end[common]) common++
  return [...start.slice(common).map(() => '..'), ...end.slice(common)].join('/')
}

/** Splits `--rule` arguments of the form `id=severity`; whether they mean anything is checked with the config. */
export function parseRuleOverrides(settings: readonly string[]): RuleSettings {
  return Object.fromEntries(settings.map(setting => {
    const [, id, separator, severity] = /^([^=:]*)([=:]?)(.*)$/s.exec(setting)!
    if (separator === '=' && id !== '') return [id!, severity as RuleSetting]
    throw new UsageError(`--rule: ${JSON.stringify(setting)} is not of the form id=severity`,
      `Write --rule ${id === '' ? 'id' : id}=${separator === ':' && severity !== '' ? severity : 'off'}.`)
  }))
}

function checkedConfigs(rules: readonly Rule[], config: unknown, options: ConfigOptions): { readonly checked: Checked; readonly hasMoreRules: boolean } {
  const ids = new Set<string>()
  for (const { id } of rules) {
    if (ids.has(id)) throw new UsageError(`two rules are called ${JSON.stringify(id)}`)
    ids.add(id)
  }
  const { source, ruleOverrides = {}, folder = '', extended = [], plugins = [], loaded = [] } = options
  const top: ExtendedConfig = { config: config === undefined ? {} : config, folder, extended, ...source && { source } }
  const listed = (one: ExtendedConfig): readonly unknown[] => [...pluginsOf(one.config), ...one.extended.flatMap(other => other ? listed(other) : [])]
  const hasMoreRules = [...plugins, ...listed(top)].some(name => !loaded.includes(name as string))
  const checked = checkedConfig(rules, top, hasMoreRules)
  refuse([...ruleProblems(rules, ruleOverrides, [])], () => '--rule')
  return { checked, hasMoreRules }
}

function checkedConfig(rules: readonly Rule[], { config, source, folder, extended }: ExtendedConfig, hasMore: boolean): Checked {
  const where = ({ place, part }: Pick<Problem, 'place' | 'part'>): string => {
    const at = source?.position(place, part)
    return (source?.name ?? 'config') + (at ? `:${at.line}:${at.column}` : '')
  }
  refuse([...configProblems(rules, config, hasMore)], where)
  const entries = [(config as Config).extends ?? []].flat()
  const missing = entries.findIndex((entry, index) => !presets.includes(entry) && !extended[index])
  if (missing !== -1) {
    const place = Array.isArray((config as Config).extends) ? ['extends', missing] : ['extends']
    throw new UsageError(`${where({ place, part: 'value' })}: ${JSON.stringify(entries[missing])} cannot be extended here, because no files are read`, 'Hand over what is in it as "extended".')
  }
  return { config: config as Config, folder, extended: extended.map(one => one && checkedConfig(rules, one, hasMore)) }
}

function refuse(problems: readonly Problem[], where: (problem: Problem) => string): void {
  const [first, ...others] = problems
  if (!first) return
  const more = others.length === 0 ? '' : ` (and ${others.length} more ${others.length === 1 ? 'problem' : 'problems'})`
  throw new UsageError(`${where(first)}: ${first.message}${more}`, first.hint)
}

interface GlobList { readonly globs: readonly string[]; seen?(path: string): string }

/** Whether one of the globs fits; `!` takes back what earlier ones fitted, and a first one that begins with it takes back from everything. */
function globLists(lists: readonly GlobList[]): (path: string) => boolean {
  const tested = lists.filter(({ globs }) => globs.length > 0).map(({ globs, seen = path => path }) => ({
    seen,
    tests: globs.map(glob => {
      const isTakingBack = glob.startsWith('!')
      return { isTakingBack, fits: pathGlob(isTakingBack ? glob.slice(1) : glob) }
    }),
  }))
  const startsWithAll = tested[0]?.tests[0]?.isTakingBack ?? false
  return path => tested.reduce((isInBefore, { seen, tests }) => {
    const own = seen(path)
    return tests.reduce((isIn, { isTakingBack, fits }) => isIn === isTakingBack && fits(own) ? !isTakingBack : isIn, isInBefore)
  }, startsWithAll)
}

type Merged = Omit<ResolvedConfig, 'ignored' | 'hasMoreRules'>
/** Later ones win: key by key, and a rule's severity and each of its options on their own. A preset says the severities of its rules. */
function merged(rules: readonly Rule[], stack: readonly (string | Settings)[]): Merged {
  const active = rules.flatMap((rule): readonly ActiveRule[] => {
    let severity: Severity | 'off' = 'off'
    const options: Record<string, unknown> = {}
    for (const [name, spec] of Object.entries(rule.options ?? {})) options[name] = spec.default
    for (const entry of stack) {
      if (typeof entry === 'string') {
        if (entry !== recommended || rule.recommended !== false) severity = rule.severity
        continue
      }
      const setting = entry.rules && Object.hasOwn(entry.rules, rule.id) ? entry.rules[rule.id]! : {}
      severity = (typeof setting === 'string' ? setting : setting.severity) ?? severity
      if (typeof setting === 'object') Object.assign(options, setting.options)
    }
    return severity === 'off' ? [] : [{ rule, severity, options: options as Options }]
  })
  const last = <K extends 'context' | 'target' | 'failOn'>(key: K): Config[K] | undefined => stack.reduce<Config[K] | undefined>((value, entry) => (typeof entry === 'string' ? undefined : (entry as Config)[key]) ?? value, undefined)
  return { rules: active, context: last('context') ?? null, target: last('target') ?? null, failOn: last('failOn') ?? 'warning' }
}
