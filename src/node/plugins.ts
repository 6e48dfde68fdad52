// Loads plugins: the packages that the config at the root of the repository lists, and only when the command line allows it.
// They are code. What they hand over is checked before anything relies on it, so that a mistake in one is told with its name.
import { builtinModules, createRequire } from 'node:module'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { UsageError, isRuleId, rules as builtIn } from '../index.ts'
import type { OptionSpec, Rule } from '../index.ts'
import { configSearch } from './config-file.ts'
import type { ConfigSearch } from './config-file.ts'
import { checkedReports } from './plugin-reports.ts'

export interface KnownRules {
  /** The built-in ones, and after them those of plugins. */
  readonly rules: readonly Rule[]
  /** The plugins they come from. */
  readonly loaded: readonly string[]
}

/** Rejects with a UsageError. */
export async function knownRules({ cwd, config, allowPlugins }: { readonly cwd: string; readonly config?: string | undefined; readonly allowPlugins: boolean }): Promise<KnownRules> {
  return allowPlugins ? withPlugins(await configSearch({ cwd, file: config, plugins: 'loaded' })) : { rules: builtIn, loaded: [] }
}

/** The built-in rules and those of the plugins that count. Rejects with a UsageError. */
export async function withPlugins(search: ConfigSearch): Promise<KnownRules> {
  const { names, places, folder } = await search.plugins()
  const owners = new Map<string, string | null>(builtIn.map(({ id }) => [id, null]))
  const rules: Rule[] = [...builtIn]
  for (const [index, name] of names.entries()) {
    if (names.indexOf(name) !== index) continue
    const at = `${places[index]}: plugin ${JSON.stringify(name)}`
    for (const given of exportedBy(name, folder, at)) {
      const rule = checkedRule(given, name, at)
      const owner = owners.get(rule.id)
      if (owner !== undefined) throw new UsageError(`${at} has a rule ${JSON.stringify(rule.id)}, and so has ${owner === null ? 'cachemiss' : owner === name ? 'itself' : JSON.stringify(owner)}`)
      owners.set(rule.id, name)
      rules.push(rule)
    }
  }
  return { rules, loaded: [...new Set(names)] }
}

/** What V8 runs from recorded bytecode cannot import, so this is require, which takes modules of both kinds. */
function exportedBy(name: string, folder: string, at: string): readonly unknown[] {
  const modules = join(folder, 'node_modules')
  if (builtinModules.includes(name)) throw new UsageError(`${at} is a module of Node`)
  if (!statSync(join(modules, name), { throwIfNoEntry: false })?.isDirectory()) {
    throw new UsageError(`${at} is not installed`, 'It is looked for in node_modules at the root of the repository.')
  }
  let exported: unknown
  try {
    exported = createRequire(join(modules, '_.cjs'))(name)
  } catch (error) {
    throw new UsageError(`${at} cannot be loaded: ${whyNot(error)}`)
  }
  const list: unknown = typeof exported === 'object' && exported !== null ? (exported as { readonly rules?: unknown }).rules : undefined
  if (!Array.isArray(list)) throw new UsageError(`${at} exports no list of rules`, 'It is exported as "rules".')
  return list
}

function whyNot(error: unknown): string {
  const code = error instanceof Error ? (error as NodeJS.ErrnoException).code : undefined
  if (code === 'ERR_PACKAGE_PATH_NOT_EXPORTED') return 'its package.json has no "main", and no "default" in "exports"'
  if (code === 'ERR_REQUIRE_ASYNC_MODULE') return 'it awaits something at its top level'
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n')
  return line.length > 300 ? `${line.slice(0, 299)}…` : line
}

const categories: readonly unknown[] = ['order', 'stale', 'layers', 'context', 'buildkit', 'pinning', 'ci', 'log'] satisfies readonly Rule['category'][]
const severities: readonly unknown[] = ['error', 'warning', 'info'] satisfies readonly Rule['severity'][]

type Unchecked<T> = { readonly [K in keyof T]?: unknown }

function checkedRule(given: unknown, plugin: string, at: string): Rule {
  const { id, summary, category, severity, recommended, fixable, options, check } = (typeof given === 'object' && given !== null ? given : {}) as Unchecked<Rule>
  if (!isRuleId(id)) throw new UsageError(`${at} has a rule whose id is ${quoted(id)}`, 'An id is words in lower case with dashes between them.')
  const must = (isRight: boolean, key: string, what: string): void => {
    if (!isRight) throw new UsageError(`${at}: "${key}" of its rule "${id}" must be ${what}`)
  }
  must(typeof summary === 'string' && /^[^\n]{1,500}$/.test(summary), 'summary', 'one line of text')
  must(categories.includes(category), 'category', `one of ${categories.join(', ')}`)
  must(severities.includes(severity), 'severity', severities.join(', '))
  must(recommended === undefined || typeof recommended === 'boolean', 'recommended', 'false, or left out')
  must(fixable === undefined || fixable === 'safe' || fixable === 'suggested', 'fixable', 'safe or suggested')
  must(options === undefined || (typeof options === 'object' && options !== null && Object.values(options).every(isOptionSpec)), 'options', 'by name {type, default, doc}')
  must(typeof check === 'function', 'check', 'a function')
  const rule = given as Rule
  return {
    id, summary: rule.summary, category: rule.category, severity: rule.severity, ...recommended === false && { recommended }, ...rule.fixable && { fixable: rule.fixable }, ...rule.options && { options: rule.options },
    check: (build, values) => checkedReports(() => rule.check(build, values), build, plugin),
  }
}

function isOptionSpec(spec: unknown): spec is OptionSpec {
  const { type, default: value, doc } = (typeof spec === 'object' && spec !== null ? spec : {}) as Unchecked<OptionSpec>
  if (typeof doc !== 'string') return false
  return type === 'list' ? Array.isArray(value) && value.every(one => typeof one === 'string') : (type === 'boolean' || type === 'number') && typeof value === type
}

const quoted = (value: unknown): string => (typeof value === 'string' ? JSON.stringify(value) : String(typeof value)).slice(0, 60)
