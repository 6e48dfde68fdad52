// What is wrong with a config, in the order in which it stands there, and what to write instead.
// Accepts exactly what the JSON schema of `schema.ts` accepts.
import { nearest } from './nearest.ts'
import type { OptionSpec, OptionSpecs, Rule, Severity } from './rule.ts'

/** Keys and list positions from the outside in. */
export type Place = readonly (string | number)[]
export interface Problem {
  readonly place: Place
  /** Whether the key or its value is to blame. */
  readonly part: 'key' | 'value'
  readonly message: string
  readonly hint?: string
}
type Problems = Iterable<Problem>
type Check = (value: unknown, place: Place) => Problems
type Fields = Readonly<Record<string, Check>>

export const presets: readonly string[] = ['cachemiss:recommended', 'cachemiss:all']
export const severities: readonly string[] = ['error', 'warning', 'info']
/** Longer ones are refused: nobody writes them, and the time to match grows with them. */
export const longestGlob = 1000
/** An absolute or home path, an address, a backslash: none of them is a folder relative to the config file. */
export const notRelative = /^[/~]|^[A-Za-z]:|:\/\/|\\/
/** A leading `/`, a backslash before an ordinary character, an extended glob: they fit nothing, or not what was meant. */
export const notOurGlob = /^!?\/|\\(?![*?[\]{}(),!\\])|[!@?*+]\(/

/** As npm allows them; never a path, an address or a module of Node with its `node:`. */
export const packageName = /^(?!node_modules$)(?:@[a-z0-9-][a-z0-9._-]*\/)?[a-z0-9-][a-z0-9._-]*$/
export const longestPackageName = 214
/** A path that begins with ./ or ../, or a package and perhaps a file in it. */
export const extendable = /^(?:\.\.?\/[^\\\u0000-\u001f]*[^\\/\u0000-\u001f]|(?:@[a-z0-9-][a-z0-9._-]*\/)?[a-z0-9-][a-z0-9._-]*(?:\/(?!\.\.?(?:\/|$))[^\\/\u0000-\u001f]+)*)$/
export const longestExtended = 1000
export const ruleId = /^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$/

/** What other tools write for our severities; `default` stands for the rule's own. */
const foreignSeverities = new Map(Object.entries({
  off: ['0', 'false', 'none', 'ignore', 'disable', 'disabled', 'never', 'no', 'null'],
  info: ['note', 'notice', 'hint', 'style', 'information', 'information only', 'suggestion'],
  warning: ['1', 'warn', 'warnings'],
  error: ['2', 'err', 'errors', 'fatal', 'critical'],
  default: ['true', 'on', 'enable', 'enabled', 'yes', 'default'],
}).flatMap(([ours, theirs]) => theirs.map(name => [name, ours] as const)))

/** What other tools call our keys. */
const foreignKeys: Readonly<Record<string, string>> = {
  exclude: 'ignore', excludes: 'ignore', ignorePatterns: 'ignore', ignoreFiles: 'ignore', preset: 'extends', presets: 'extends', plugin: 'plugins',
  ignored: 'rules', override: 'overrides', 'failure-threshold': 'failOn', threshold: 'failOn', stage: 'target', level: 'severity',
}

const show = (value: unknown): string => {
  const text = JSON.stringify(value) ?? String(value)
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}
const listed = (words: readonly string[]): string => {
  const quoted = words.map(word => `"${word}"`)
  return quoted.length < 2 ? quoted.join('') : `${quoted.slice(0, -1).join(', ')} or ${quoted.at(-1)}`
}
/** As it would be written in code: `overrides[0].files`. */
const written = (place: Place): string => place.map((part, index) => typeof part === 'number' ? `[${part}]` : index === 0 ? part : `.${part}`).join('')
const named = (place: Place): string => place.length === 0 ? 'the config' : show(written(place))
const meant = (word: string, candidates: Iterable<string>): string | undefined => {
  const near = nearest(word, candidates)
  return near === null ? undefined : `Did you mean "${near}"?`
}
const problem = (place: Place, part: Problem['part'], message: string, hint?: string): Problem =>
  ({ place, part, message, ...hint === undefined ? {} : { hint } })
const must = (value: unknown, place: Place, be: string, hint?: string): Problem =>
  problem(place, 'value', `${named(place)} must be ${be}, not ${show(value)}`, hint)

/** Everything wrong in a config; with `hasMore` there are rules that nobody has loaded, and an id that could be one of them is none. */
export function configProblems(rules: readonly Rule[], config: unknown, hasMore: boolean): Problems {
  const settings: Fields = {
    rules: (value, place) => ruleProblems(rules, value, place, hasMore),
    context: folder,
    target: text,
  }
  const override = object({ files: globs(1), ...settings }, ['files'])
  return object({ $schema: string, extends: extendedNames, overrides: list('objects', override), ignore: globs(0), failOn, plugins: list('package names', plugin), ...settings })(config, [])
}

/** Everything wrong in a `rules` object. */
export function* ruleProblems(rules: readonly Rule[], value: unknown, place: Place, hasMore = false): Problems {
  const byId = new Map(rules.map(rule => [rule.id, rule]))
  if (!isObject(value)) return yield must(value, place, 'an object')
  for (const [id, setting] of Object.entries(value)) {
    const rule = byId.get(id)
    const at = [...place, id]
    if (rule) yield* settingProblems(rule, setting, at)
    else if (hasMore && isRuleId(id)) yield* settingProblems({ id, severity: 'warning', options: null }, setting, at)
    else yield problem(at, 'key', `unknown rule ${show(id)}`, meant(id, byId.keys()) ?? (hasMore && id.includes('/') ? `The rules of plugins have no prefix: write ${show(id.slice(id.lastIndexOf('/') + 1))}.` : undefined))
  }
}

/** A rule as far as its settings are concerned; null where nobody knows its options. */
interface Settable { readonly id: string; readonly severity: Severity; readonly options?: OptionSpecs | null }

function* settingProblems(rule: Settable, value: unknown, place: Place): Problems {
  const specs = Object.entries(rule.options ?? {})
  const options: Check = function* (given, at) {
    if (!isObject(given)) return yield must(given, at, 'an object')
    if (rule.options === null) return
    for (const [name, option] of Object.entries(given)) {
      const spec = specs.find(([known]) => known === name)?.[1]
      if (spec) yield* optionProblems(spec, option, [...at, name])
      else yield problem([...at, name], 'key', `rule "${rule.id}" has no option ${show(name)}`, meant(name, specs.map(([known]) => known)) ?? optionNames(specs.map(([known]) => known)))
    }
  }
  const severity: Check = (given, at) => severityProblems(rule, given, at)
  if (!isObject(value)) return yield* severity(value, place)
  for (const found of object({ severity, options })(value, place)) {
    const key = found.place.at(-1)
    const isOption = found.place.length === place.length + 1 && found.part === 'key' && specs.some(([name]) => name === key)
    yield isOption ? { ...found, hint: `Options belong into "options": {"options": ${show({ [key!]: value[key!] })}}.` } : found
  }
}

const optionNames = (names: readonly string[]): string => names.length === 0 ? 'It has no options.' : `It has ${names.map(name => `"${name}"`).join(', ')}.`

function* severityProblems(rule: Settable, value: unknown, place: Place): Problems {
  const allowed = [...severities, 'off']
  if (allowed.includes(value as string)) return
  const translate = (given: unknown): string | undefined => {
    const ours = allowed.find(name => name === given) ?? foreignSeverities.get(String(given).toLowerCase())
    return ours === 'default' ? rule.severity : ours
  }
  if (Array.isArray(value)) {
    const setting = { severity: translate(value[0]) ?? rule.severity, ...isObject(value[1]) ? { options: value[1] } : {} }
    return yield must(value, place, `a severity or an object`, `Write ${value.length > 1 ? show(setting) : show(setting.severity)}.`)
  }
  const ours = translate(value)
  yield must(value, place, listed(allowed), ours ? `Write "${ours}".` : typeof value === 'string' ? meant(value, allowed) : undefined)
}

function* optionProblems(spec: OptionSpec, value: unknown, place: Place): Problems {
  if (spec.type === 'list') yield* list('strings', string, typeof value === 'string' ? `Write ${show([value])}.` : undefined)(value, place)
  else if (typeof value !== spec.type || Number.isNaN(value)) yield must(value, place, spec.type === 'number' ? 'a number' : 'true or false')
}

/** Exactly these keys. */
function object(fields: Fields, required: readonly string[] = []): Check {
  return function* (value, place) {
    if (!isObject(value)) return yield must(value, place, 'an object')
    for (const [key, part] of Object.entries(value)) {
      const at = [...place, key]
      const check = Object.hasOwn(fields, key) ? fields[key]! : null
      const theirs = Object.hasOwn(foreignKeys, key) ? foreignKeys[key]! : ''
      // An explicit undefined, which only code can write, is as good as no key.
      if (check && part !== undefined) yield* check(part, at)
      else if (!check) yield problem(at, 'key', `unknown key ${show(written(at))}`, Object.hasOwn(fields, theirs) ? `Ours is called "${theirs}".` : meant(key, Object.keys(fields)))
    }
    for (const key of required) if (value[key] === undefined) yield problem(place, 'value', `${named(place)} lacks "${key}"`)
  }
}

function list(of: string, check: Check, hint?: string): Check {
  return function* (value, place) {
    if (!Array.isArray(value)) return yield must(value, place, `a list of ${of}`, hint ?? (typeof value === 'string' ? `Write ${show([value])}.` : undefined))
    for (const [index, item] of value.entries()) yield* check(item, [...place, index])
  }
}

const string: Check = function* (value, place) {
  if (typeof value !== 'string') yield must(value, place, 'a string')
}
const text: Check = function* (value, place) {
  if (typeof value !== 'string' || value === '') yield must(value, place, 'a string that is not empty')
}

const folder: Check = function* (value, place) {
  if (typeof value !== 'string' || value === '') return yield must(value, place, 'a folder, relative to the config file')
  if (notRelative.test(value)) yield must(value, place, 'a folder, relative to the config file and with /', value.includes('\\') ? `Write ${show(value.replaceAll('\\', '/'))}.` : undefined)
}

const globs = (atLeast: number): Check => function* (value, place) {
  yield* list('globs', glob)(value, place)
  if (Array.isArray(value) && value.length < atLeast) yield must(value, place, 'a list of at least one glob')
}

const glob: Check = function* (value, place) {
  if (typeof value !== 'string' || value === '') return yield must(value, place, 'a glob')
  if ([...value].length > longestGlob) return yield problem(place, 'value', `${named(place)} is longer than ${longestGlob} characters`)
  if (!notOurGlob.test(value)) return
  if (/^!?\//.test(value)) yield must(value, place, 'a glob relative to the config file', `Write ${show(value.replace(/^(!?)\/+/, '$1'))}.`)
  else if (/[!@?*+]\(/.test(value)) yield must(value, place, 'a glob without an extended pattern', 'For alternatives write {a,b}; list exceptions as globs of their own that begin with "!".')
  else yield must(value, place, 'a glob with / between folders', `Write ${show(value.replaceAll('\\', '/'))}.`)
}

const failOn: Check = function* (value, place) {
  const allowed = [...severities, 'never']
  if (allowed.includes(value as string)) return
  const ours = foreignSeverities.get(String(value).toLowerCase()) ?? (value === 'off' ? 'off' : undefined)
  const hint = ours === 'off' ? 'never' : ours === 'default' ? undefined : ours
  yield must(value, place, listed(allowed), hint ? `Write "${hint}".` : typeof value === 'string' ? meant(value, allowed) : undefined)
}

const extendedNames: Check = function* (value, place) {
  if (typeof value !== 'string') return yield* list('presets, files and packages', extended)(value, place)
  yield* extended(value, place)
}
const extended: Check = function* (value, place) {
  if (presets.includes(value as string)) return
  if (typeof value === 'string' && [...value].length > longestExtended) return yield problem(place, 'value', `${named(place)} is longer than ${longestExtended} characters`)
  if (isExtendable(value)) return
  const slashed = typeof value === 'string' ? value.replaceAll('\\', '/') : ''
  const hint = typeof value !== 'string' ? undefined : meant(value, presets) ?? (slashed !== value && isExtendable(slashed) ? `Write ${show(slashed)}.` : undefined)
  yield must(value, place, `${presets.map(name => `"${name}"`).join(', ')}, a path that begins with ./ or ../, or the name of a package`, hint)
}
const plugin: Check = function* (value, place) {
  if (!isPackageName(value)) yield must(value, place, 'the name of a package')
}

/** Whether it names a file or a package, and no preset. */
export const isExtendable = (value: unknown): value is string => typeof value === 'string' && [...value].length <= longestExtended && extendable.test(value)
export const isPackageName = (value: unknown): value is string => typeof value === 'string' && value.length <= longestPackageName && packageName.test(value)
const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)
/** The plugins that a config lists, whatever else is wrong with it. */
export const pluginsOf = (config: unknown): readonly unknown[] => isObject(config) && Object.hasOwn(config, 'plugins') && Array.isArray(config['plugins']) ? config['plugins'] : []
export const isRuleId = (value: unknown): value is string => typeof value === 'string' && ruleId.test(value)
