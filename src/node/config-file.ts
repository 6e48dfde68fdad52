// Finds and reads config: the nearest `.cachemissrc.json`, or `cachemiss` key of package.json, above a Dockerfile.
// Each folder is looked at once, however many Dockerfiles lie below it. Config is data; none of it is run or judged here.
import { lstatSync, readdirSync, realpathSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { UsageError, configResolver, isPackageName, pluginsOf } from '../index.ts'
import type { Config, ConfigOptions, ExtendedConfig, ResolvedConfig, Rule } from '../index.ts'
import { configName, packageKey, readConfig, readFrom, readNamed, readPackage } from './config-text.ts'
import type { OpenText, ReadConfig, Shown } from './config-text.ts'
import { extendedReader } from './extended-config.ts'
import { isInside, isThere, realPlace, repositoryTop, shownPath, slashed, topAbove } from './paths.ts'

export interface FoundConfig extends ReadConfig {
  /** What it extends, as `resolveConfig` takes it. */
  readonly extended: readonly (ExtendedConfig | null)[]
  /** Itself and all it extends; absolute. */
  readonly files: readonly string[]
  /** What the config at the root of the repository lists. */
  readonly plugins: readonly string[]
}

/** The plugins that count: those of the config at the root. */
export interface RootPlugins {
  readonly names: readonly string[]
  /** Where packages are looked for. */
  readonly folder: string
  /** Where each name stands, as `file:line:column`. */
  readonly places: readonly string[]
}

export interface ConfigSearch {
  /** The config for a Dockerfile, whether that exists or not; null when there is none. Rejects with a UsageError. */
  find(dockerfile: string): Promise<FoundConfig | null>
  /** Rejects with a UsageError where one of them can be no package. */
  plugins(): Promise<RootPlugins>
  /** One line each, about what was met and not read. */
  warnings(): readonly string[]
}

export interface SearchOptions {
  readonly cwd: string
  /** Replaces the search: then every Dockerfile has this config. */
  readonly file?: string | undefined
  /** Whether plugins are loaded; where they are not, a warning says what would: the command line can `ask` for it, an editor never does. */
  readonly plugins?: 'loaded' | 'ask' | 'never'
  /** Texts that count instead of those on disk. */
  readonly open?: OpenText
}

/** Where other tools' users would put a config of this one. */
const foreign = /^(?:\.?cachemiss\.config\.(?:[cm]?[jt]s|jsonc?|ya?ml|toml)|\.?cachemissrc(?:\.(?:[cm]?[jt]s|jsonc|json5|ya?ml|toml))?|cachemissrc\.json|\.?cachemiss\.(?:ya?ml|toml)|\.cachemiss\.jsonc?)$/
const foreignInConfigFolder = /^\.?cachemiss(?:rc|\.config|rc\.config)?\.(?:[cm]?[jt]s|jsonc?|json5|ya?ml|toml)$|^\.?cachemissrc$/

/** What was looked up is remembered: after a change of a config, search anew. */
export async function configSearch({ cwd, file, plugins = 'ask', open }: SearchOptions): Promise<ConfigSearch> {
  const shown: Shown = Object.assign((path: string) => shownPath(cwd, path), open && { open })
  const warnings = new Set<string>()
  const root = topAbove(cwd) ?? cwd
  const extending = extendedReader(shown)
  const named = file === undefined ? null : await readNamed(resolve(cwd, file), shown, '--config')
  const own = remembered((folder: string) => ownConfig(folder, shown))
  const nearest = remembered(async (folder: string): Promise<ReadConfig | null> => {
    const { config, isTop, notes } = await own(folder)
    for (const line of notes) warnings.add(line)
    return config ?? (isTop ? null : nearest(dirname(folder)))
  })
  const rootConfig = async (): Promise<ReadConfig | null> => named === null ? (await own(root)).config : isWithin(named.file, root) ? named : null
  // Where that one is broken it is said at the Dockerfiles it is for.
  const listing = remembered(async () => rootConfig().catch(() => null))
  const complete = remembered(async (config: ReadConfig): Promise<FoundConfig> => {
    const listed = await listing(root)
    const names = pluginsOf(listed?.config).filter(isPackageName)
    const { extended, configs } = await extending.read(config, repositoryTop(dirname(config.file)))
    for (const line of pluginWarnings(listed, [config, ...configs], plugins)) warnings.add(line)
    return { ...config, extended, files: [config, ...configs].map(one => one.file), plugins: names }
  })
  // A named config with a mistake is told before anything is linted.
  if (named) await complete(named)
  return {
    async find(path) {
      const config = named ?? await nearest(dirname(resolve(cwd, path)))
      return config && complete(config)
    },
    plugins: async () => rootPlugins(await rootConfig(), root),
    warnings: () => [...warnings],
  }
}

/** What a found config means for a Dockerfile, given as an absolute path. Throws a UsageError. */
export function resolverOf(rules: readonly Rule[], found: FoundConfig | null, options: Pick<ConfigOptions, 'loaded' | 'ruleOverrides'> = {}): (dockerfile: string) => ResolvedConfig {
  if (!found) return configResolver(rules, undefined, options)
  const folder = dirname(found.file)
  const resolver = configResolver(rules, found.config, { ...options, source: found.source, extended: found.extended, plugins: found.plugins, folder: slashed(folder) })
  return dockerfile => resolver(shownPath(folder, dockerfile))
}

function remembered<K, V>(find: (key: K) => Promise<V>): (key: K) => Promise<V> {
  const known = new Map<K, Promise<V>>()
  return key => {
    const value = known.get(key) ?? find(key)
    known.set(key, value)
    return value
  }
}

/** What the search meets in one folder. */
interface Own { readonly config: ReadConfig | null; readonly isTop: boolean; readonly notes: readonly string[] }

async function ownConfig(folder: string, shown: Shown): Promise<Own> {
  const names = namesIn(folder)
  const notes = foreignFiles(folder, names).map(path => `${shown(path)} is not read: ${readFrom}.`)
  const file = join(folder, configName)
  const astray = names.has(configName) ? strayLink(file) : null
  if (astray !== null) throw new UsageError(`${shown(file)} is ${astray}`, 'Name it on the command line: --config.')
  const rc = names.has(configName) ? await readConfig(file, shown) : null
  const fromPackage = names.has('package.json') && strayLink(join(folder, 'package.json')) === null ? await readPackage(join(folder, 'package.json'), shown, rc === null) : null
  if (rc && fromPackage) notes.push(`The "${packageKey}" key of ${fromPackage.source.name} is not read, because ${rc.source.name} lies beside it.`)
  return { config: rc ?? fromPackage, isTop: names.has('.git') || dirname(folder) === folder, notes }
}

function isWithin(file: string, folder: string): boolean {
  try {
    return isInside(realpathSync(file), realpathSync(folder))
  } catch {
    return false
  }
}

/** A pull request can make it a link, and a mistake in it is quoted: what is no JSON file must not be read. */
function strayLink(file: string): 'a link that leaves the repository' | 'a link to no JSON file' | null {
  try {
    if (!lstatSync(file).isSymbolicLink() || !isThere(file)) return null
  } catch {
    return null
  }
  const top = repositoryTop(dirname(file))
  if (top !== null) return isWithin(file, top) ? null : 'a link that leaves the repository'
  return realPlace(file).endsWith('.json') ? null : 'a link to no JSON file'
}

function rootPlugins(config: ReadConfig | null, folder: string): RootPlugins {
  const names: string[] = []
  const places = pluginsOf(config?.config).map((name, index) => {
    const at = config!.source.position(['plugins', index], 'value')
    const place = config!.source.name + (at ? `:${at.line}:${at.column}` : '')
    if (!isPackageName(name)) throw new UsageError(`${place}: "plugins[${index}]" must be the name of a package, not ${JSON.stringify(name)?.slice(0, 60)}`)
    names.push(name)
    return place
  })
  return { names, places, folder }
}

function pluginWarnings(root: ReadConfig | null, configs: readonly ReadConfig[], plugins: NonNullable<SearchOptions['plugins']>): readonly string[] {
  const names = pluginsOf(root?.config).filter(isPackageName)
  const counting = new Set(names)
  const others = configs.flatMap(({ config, source }) => {
    const more = pluginsOf(config).filter(name => isPackageName(name) && !counting.has(name))
    return more.length === 0 ? [] : [`${source.name} lists plugins (${quoted(more)}), which count only in the config at the root of the current repository`]
  })
  if (!root || names.length === 0 || plugins === 'loaded') return others
  return [`${root.source.name} lists plugins (${quoted(names)}), which are loaded only ${plugins === 'ask' ? 'with --allow-plugins' : 'on the command line'}`, ...others]
}

const quoted = (names: readonly unknown[]): string => names.slice(0, 3).map(name => JSON.stringify(name)).join(', ') + (names.length > 3 ? ` and ${names.length - 3} more` : '')

/**
 * The folder that a config calls the build context, absolute. One outside the config's repository is refused:
 * a pull request can change the config, and the names of files elsewhere are none of its business.
 */
export function contextFolder(found: FoundConfig, context: string): string {
  const own = dirname(found.file)
  const folder = resolve(own, context)
  const real = realFolder(folder)
  const said = (): string => whoSays(folder, { ...found, folder: own }) ?? `${found.source.name}: the context ${JSON.stringify(context)}`
  if (real === null) throw new UsageError(`${said()} is no folder`)
  const top = repositoryTop(own)
  if (top !== null && !isInside(real, top)) throw new UsageError(`${said()} lies outside the repository`, 'Name it on the command line: --context.')
  return folder
}

/** The config among those that make one that calls a folder the context, and how it writes that. */
function whoSays(context: string, { config, source, folder, extended }: ExtendedConfig): string | null {
  const { context: own, overrides = [] } = config as Config
  const written = [...overrides.map(settings => settings.context), own].find(text => text !== undefined && resolve(folder, text) === context)
  if (written !== undefined) return `${source?.name ?? ''}: the context ${JSON.stringify(written)}`
  for (const one of [...extended].reverse()) {
    const below = one && whoSays(context, one)
    if (below) return below
  }
  return null
}

function realFolder(folder: string): string | null {
  try {
    return statSync(folder).isDirectory() ? realpathSync(folder) : null
  } catch {
    return null
  }
}

/** Folders that do not exist or may not be listed can still lie below a config. */
function namesIn(folder: string): ReadonlySet<string> {
  try {
    return new Set(readdirSync(folder))
  } catch {
    return new Set([configName, 'package.json', '.git'].filter(name => isThere(join(folder, name))))
  }
}

function foreignFiles(folder: string, names: ReadonlySet<string>): readonly string[] {
  const here = [...names].filter(name => foreign.test(name)).sort()
  const below = names.has('.config') ? [...namesIn(join(folder, '.config'))].filter(name => foreignInConfigFolder.test(name)).sort() : []
  return [...here, ...below.map(name => join('.config', name))].map(name => join(folder, name))
}
