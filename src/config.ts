// From config data to what applies to one Dockerfile: which rules at which severity with which options, and the rest.
// Data in, data out; a config with a mistake is refused as a whole, because half a config surprises.
import { configProblems, ruleProblems } from './config-problems.ts'
import type { Place, Problem } from './config-problems.ts'
import { UsageError } from './errors.ts'
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
  /** `cachemiss:recommended` is what applies without a config. */
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

export interface ConfigOptions {
  /** Merged last, for every file: the command line's `--rule`. */
  readonly ruleOverrides?: RuleSettings
  readonly source?: ConfigSource
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
}

/** What applies to the Dockerfile at `path`, relative to the config file and with `/`. Throws a UsageError. */
export function resolveConfig(rules: readonly Rule[], config: unknown, options: ConfigOptions & { readonly path?: string } = {}): ResolvedConfig {
  return configResolver(rules, config, options)(options.path)
}

/** The same for many files: one check of the config, and one result for all files to which the same overrides apply. */
export function configResolver(rules: readonly Rule[], config: unknown, options: ConfigOptions = {}): (path?: string) => ResolvedConfig {
  const checked = checkedConfig(rules, config, options)
  const overrides = (checked.overrides ?? []).map(settings => ({ settings, covers: globList(settings.files) }))
  const isIgnored = globList(checked.ignore ?? [])
  const resolved = new Map<string, Omit<ResolvedConfig, 'ignored'>>()
  return path => {
    const applying = overrides.flatMap(({ covers }, index) => path !== undefined && covers(path) ? [index] : [])
    const key = applying.join()
    let result = resolved.get(key)
    if (!result) {
      result = merged(rules, checked, [checked, ...applying.map(index => overrides[index]!.settings), { rules: options.ruleOverrides ?? {} }])
      resolved.set(key, result)
    }
    return { ...result, ignored: path !== undefined && isIgnored(path) }
  }
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

function checkedConfig(rules: readonly Rule[], config: unknown, { source, ruleOverrides }: ConfigOptions): Config {
  const ids = new Set<string>()
  for (const { id } of rules) {
    if (ids.has(id)) throw new UsageError(`two rules are called ${JSON.stringify(id)}`)
    ids.add(id)
  }
  refuse([...configProblems(rules, config === undefined ? {} : config)], ({ place, part }) => {
    const at = source?.position(place, part)
    return (source?.name ?? 'config') + (at ? `:${at.line}:${at.column}` : '')
  })
  refuse([...ruleProblems(rules, ruleOverrides ?? {}, [])], () => '--rule')
  return (config ?? {}) as Config
}

function refuse(problems: readonly Problem[], where: (problem: Problem) => string): void {
  const [first, ...others] = problems
  if (!first) return
  const more = others.length === 0 ? '' : ` (and ${others.length} more ${others.length === 1 ? 'problem' : 'problems'})`
  throw new UsageError(`${where(first)}: ${first.message}${more}`, first.hint)
}

/** Whether one of the globs fits; `!` takes back what earlier ones fitted, and a list that begins with it takes back from everything. */
function globList(globs: readonly string[]): (path: string) => boolean {
  const tests = globs.map(glob => {
    const isTakingBack = glob.startsWith('!')
    return { isTakingBack, fits: pathGlob(isTakingBack ? glob.slice(1) : glob) }
  })
  const startsWithAll = tests[0]?.isTakingBack ?? false
  return path => tests.reduce((isIn, { isTakingBack, fits }) => isIn === isTakingBack && fits(path) ? !isTakingBack : isIn, startsWithAll)
}

/** Later layers win: key by key, and a rule's severity and each of its options on their own. */
function merged(rules: readonly Rule[], config: Config, layers: readonly Settings[]): Omit<ResolvedConfig, 'ignored'> {
  const presets = [config.extends ?? 'cachemiss:recommended'].flat()
  const active = rules.flatMap((rule): readonly ActiveRule[] => {
    const isInPreset = presets.some(preset => preset === 'cachemiss:all' || rule.recommended !== false)
    let severity: Severity | 'off' = isInPreset ? rule.severity : 'off'
    const options: Record<string, unknown> = {}
    for (const [name, spec] of Object.entries(rule.options ?? {})) options[name] = spec.default
    for (const layer of layers) {
      const setting = layer.rules && Object.hasOwn(layer.rules, rule.id) ? layer.rules[rule.id]! : {}
      severity = (typeof setting === 'string' ? setting : setting.severity) ?? severity
      if (typeof setting === 'object') Object.assign(options, setting.options)
    }
    return severity === 'off' ? [] : [{ rule, severity, options: options as Options }]
  })
  const last = (key: 'context' | 'target'): string | null => layers.reduce<string | null>((value, layer) => layer[key] ?? value, null)
  return { rules: active, context: last('context'), target: last('target'), failOn: config.failOn ?? 'warning' }
}
