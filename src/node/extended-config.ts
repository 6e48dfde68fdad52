// What a config extends: other files and installed packages, read as data and never run. None may lie outside of the
// repository, whatever links say, and together they may not be larger than one config.
import { realpathSync, statSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { UsageError, configPresets, isExtendable, nearest } from '../index.ts'
import type { ExtendedConfig } from '../index.ts'
import { configName, mostBytes, readNamed } from './config-text.ts'
import type { ReadConfig, Shown } from './config-text.ts'
import { isInside, realPlace, slashed } from './paths.ts'

export interface Extended {
  readonly extended: readonly (ExtendedConfig | null)[]
  /** All that were read, each once; absolute. */
  readonly configs: readonly ReadConfig[]
}
export interface ExtendedReader {
  /** `top` is the folder that nothing may leave, null where there is no repository. Rejects with a UsageError. */
  read(config: ReadConfig, top: string | null): Promise<Extended>
}

const mostConfigs = 100

interface ReadingState {
  readonly top: string | null
  readonly found: Map<string, ReadConfig>
  left: number
  units: number
}
/** A config on the way, and those that led to it. */
interface Step { readonly config: ReadConfig; readonly real: string; readonly folder: string; readonly isInPackage: boolean; readonly above: Step | null }
interface Place { readonly text: string; readonly where: string }

/** For many configs; a file that several extend is read once. */
export function extendedReader(shown: Shown): ExtendedReader {
  const known = new Map<string, Promise<ReadConfig>>()
  const fileOf = (file: string, where: string): Promise<ReadConfig> => {
    const config = known.get(file) ?? readNamed(file, shown, where)
    known.set(file, config)
    return config
  }
  const below = async (step: Step, state: ReadingState): Promise<readonly (ExtendedConfig | null)[]> => {
    const extended: (ExtendedConfig | null)[] = []
    for (const place of placesIn(step.config)) extended.push(place && await one(step, place, state))
    return extended
  }
  const one = async (above: Step, place: Place, state: ReadingState): Promise<ExtendedConfig> => {
    const isPackage = !place.text.startsWith('.')
    const file = isPackage ? packageFile(above, place, state.top) : relativeFile(above, place)
    const real = realOf(file, state.top, place)
    refuseMissing(file, shown, place)
    refuseCycle(above, { real, name: shown(file) }, place)
    const config = await fileOf(file, place.where)
    if (!state.found.has(real)) state.units += config.length
    state.found.set(real, config)
    if (--state.left < 0) throw new UsageError(`${place.where}: more than ${mostConfigs} configs are extended`)
    if (state.units > mostBytes) throw new UsageError(`${place.where}: what is extended is larger than 1 MB in all`)
    // Who writes a package does not know the folders of those who extend it.
    const isInPackage = above.isInPackage || isPackage
    const step: Step = { config, real, folder: isInPackage ? above.folder : dirname(file), isInPackage, above }
    return { config: config.config, source: config.source, folder: slashed(step.folder), extended: await below(step, state) }
  }
  return {
    async read(config, top) {
      const state: ReadingState = { top, found: new Map(), left: mostConfigs, units: 0 }
      const extended = await below({ config, real: realpathSync(config.file), folder: dirname(config.file), isInPackage: false, above: null }, state)
      return { extended, configs: [...state.found.values()] }
    },
  }
}

/** What is to be read; null for presets, and for what is no such text: `resolveConfig` says so. */
function placesIn({ config, source }: ReadConfig): readonly (Place | null)[] {
  const names: unknown = typeof config === 'object' && config !== null && Object.hasOwn(config, 'extends') ? (config as { readonly extends: unknown }).extends : []
  return [names].flat().map((text: unknown, index) => {
    if (!isExtendable(text)) return null
    const at = source.position(Array.isArray(names) ? ['extends', index] : ['extends'], 'value')
    return { text, where: source.name + (at ? `:${at.line}:${at.column}` : '') }
  })
}

/** The file as it is called, else with `.json`. */
function relativeFile({ config }: Step, { text }: Place): string {
  const file = resolve(dirname(config.file), text)
  return isFile(file) || !isFile(`${file}.json`) ? file : `${file}.json`
}

/** In the nearest node_modules that has the package, from where the config is called as well as from where it really is. */
function packageFile({ config, real }: Step, { text, where }: Place, top: string | null): string {
  const [, name = '', file = ''] = /^((?:@[^/]*\/)?[^/]*)\/?(.*)$/s.exec(text)!
  const starts = new Set([dirname(config.file), dirname(real)])
  const folder = [...starts].flatMap(start => upFrom(start, top)).map(at => join(at, 'node_modules', name)).find(isFolder)
  if (folder === undefined) throw new UsageError(`${where}: the package ${JSON.stringify(name)} is not installed`, otherwise(text, config.file))
  const path = join(folder, file === '' ? configName : file)
  return isFile(path) || !isFile(`${path}.json`) ? path : `${path}.json`
}

function otherwise(text: string, file: string): string {
  const preset = configPresets.find(name => name.endsWith(`:${text}`)) ?? nearest(text, configPresets)
  if (preset !== null && preset !== undefined) return `Did you mean ${JSON.stringify(preset)}?`
  const path = resolve(dirname(file), text)
  return isFile(path) || isFile(`${path}.json`) ? `For the file write ${JSON.stringify(`./${text}`)}.` : 'A package is looked for in node_modules, here and in the folders above.'
}

function upFrom(folder: string, top: string | null): readonly string[] {
  const folders = [folder]
  for (let at = folder; at !== top && dirname(at) !== at; at = dirname(at)) folders.push(dirname(at))
  return top === null ? folders : folders.filter(at => isInside(realPlace(at), top))
}

/** A link may lead through the repository, not out of it. */
function realOf(file: string, top: string | null, { text, where }: Place): string {
  const outside = (): never => { throw new UsageError(`${where}: ${JSON.stringify(text)} lies outside the repository`) }
  if (top !== null && !isInside(realPlace(dirname(file)), top)) return outside()
  let real: string
  try {
    real = realpathSync(file)
  } catch {
    // Nothing to follow: that it is not there is said where it is read.
    return file
  }
  // Without a repository nothing says where one ends: then at least no other file is read, and quoted.
  if (top === null && !real.endsWith('.json')) throw new UsageError(`${where}: ${JSON.stringify(text)} is no JSON file`)
  return top === null || isInside(real, top) ? real : outside()
}

function refuseMissing(file: string, shown: Shown, { text, where }: Place): void {
  if (isFile(file)) return
  const inside = isFile(join(file, configName)) ? `Write ${JSON.stringify(`${text.replace(/\/$/, '')}/${configName}`)}.` : undefined
  throw new UsageError(`${where}: ${shown(file)} ${statsOf(file) ? 'is no file' : 'does not exist'}`, inside)
}

function refuseCycle(above: Step, next: { readonly real: string; readonly name: string }, { where }: Place): void {
  const chain: Step[] = []
  for (let step: Step | null = above; step; step = step.above) chain.unshift(step)
  const from = chain.findIndex(({ real }) => real === next.real)
  if (from === -1) return
  const names = [...chain.slice(from).map(({ config }) => config.source.name), next.name]
  throw new UsageError(`${where}: these configs extend each other: ${names.join(' → ')}`)
}

const isFile = (path: string): boolean => statsOf(path)?.isFile() ?? false
const isFolder = (path: string): boolean => statsOf(path)?.isDirectory() ?? false
function statsOf(path: string): ReturnType<typeof statSync> | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false })
  } catch {
    return undefined
  }
}
