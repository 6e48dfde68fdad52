// What empties the caches and indexes of package managers, by their own commands or by removing files, and what refreshes the indexes.
import { imageHomes, packageManagers, type CacheKind, type PackageManager } from '../data/package-managers.ts'
import type { RunStep } from '../model/build.ts'
import type { Word } from '../syntax/shell.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { fact } from './fact.ts'
import { expandBraces } from './image-paths.ts'
import { joinPath } from './install-sources.ts'
import { findOption, matchesPattern, type Option } from './package-arguments.ts'
import { packageCommandsOf } from './recognise.ts'

export interface Cleanup {
  readonly step: RunStep
  readonly command: NormalCommand
  readonly manager: string
  readonly kinds: readonly CacheKind[]
  /** The cache folder whose content goes, `~` for any home; null where the tool itself cleans. */
  readonly path: string | null
  /** Whether all of it goes. */
  readonly complete: boolean
  /** The operand that names the files; null where the tool itself cleans. */
  readonly word: Word | null
}

export interface IndexRefresh {
  readonly step: RunStep
  readonly command: NormalCommand
  readonly manager: string
  readonly row: PackageManager
  /** The option of an install that refreshes on the way; null for a command of its own. */
  readonly option: Option | null
  /** Whether the index stays in the layer, as far as the command goes: `apk add --no-cache` keeps none. */
  readonly keepsIndex: boolean
}

export const indexRefreshes = fact((step: RunStep): readonly IndexRefresh[] => packagesIn(step).flatMap(({ command, row, verb, found, operands }): readonly IndexRefresh[] => {
  if (findOption(found, row.roots)) return []
  const common = { step, command, manager: row.name, row, keepsIndex: findOption(found, row.cacheOff?.options) === undefined }
  if (verb.effect === 'refresh' || verb.bareEffect === 'refresh' && operands.length === 0) return [{ ...common, option: null }]
  if (verb.effect === 'clean') return []
  const option = findOption(found, row.refreshes) ?? found.options.find(({ name }) => row.refreshes?.some(pattern => pattern.includes('*') && matchesPattern(pattern, name)))
  return option ? [{ ...common, option }] : []
}))

export const cleanups = fact((step: RunStep): readonly Cleanup[] => {
  const commands = commandsOf(step)
  if (commands === 'opaque') return []
  return commands.flatMap(command => {
    const own = packageCommandsOf(command).flatMap(({ row, verb, found }): readonly Cleanup[] => (verb.effect === 'clean' && !findOption(found, row.roots) ? [{ step, command, manager: row.name, kinds: verb.cleans ?? [], path: null, complete: true, word: null }] : []))
    return [...own, ...removalsOf(command)]
  })
})

const packagesIn = (step: RunStep): ReturnType<typeof packageCommandsOf> => {
  const commands = commandsOf(step)
  return commands === 'opaque' ? [] : commands.flatMap(packageCommandsOf)
}

/** Files that go: those the word and the suffix name. `isPartial`: only some of them. */
interface Removed { readonly word: Word; readonly suffix: string; readonly isPartial: boolean }

function removedWords(command: NormalCommand): readonly Removed[] {
  const operands = command.words.slice(1)
  if (command.program === 'rm') return operands.filter(word => !word.value?.startsWith('-')).map(word => ({ word, suffix: '', isPartial: false }))
  if (command.program !== 'find') return []
  const end = operands.findIndex(word => /^[-(!]/.test(word.value ?? ''))
  const rest = operands.slice(end === -1 ? operands.length : end).map(word => word.value)
  if (!rest.includes('-delete') && !(rest.includes('-exec') && /^(?:.*\/)?rm$/.test(rest[rest.indexOf('-exec') + 1] ?? ''))) return []
  const filters = rest.filter(value => value === null || /^-(?:i?name|i?path|i?regex|[acm]time|[acm]min|newer|size|user|perm|empty|maxdepth|o|not)$|^!$/.test(value))
  const name = filters.length === 1 && filters[0] === '-name' ? rest[rest.indexOf('-name') + 1] : null
  return operands.slice(0, end).map(word => ({ word, suffix: `/${name ?? '*'}`, isPartial: filters.length > 0 && !name }))
}

/** One entry for each cache folder: of several operands the one that takes most of it, the first among equals. */
function removalsOf(command: NormalCommand): readonly Cleanup[] {
  const found = new Map<Target, Cleanup>()
  for (const { word, suffix, isPartial } of removedWords(command)) {
    for (const path of pathsRemoved(command, word)) {
      const parts = partsOf(path + suffix)
      for (const target of targetsBelow(parts[0])) {
        if (found.get(target)?.complete) continue
        // Some files of a folder far above say nothing about this one.
        const coverage = isPartial && parts.length <= target.parts.length ? null : coverageOf(parts, target)
        const complete = coverage === 'all' && !isPartial
        if (coverage && (complete || !found.has(target))) found.set(target, { step: command.step, command, manager: target.manager, kinds: [target.kind], path: target.path, complete, word })
      }
    }
  }
  return [...found.values()]
}

/** In the form the targets have: `~` for any home, variables as written where their value is unknown. A quoted wildcard removes nothing. */
function pathsRemoved(command: NormalCommand, word: Word): readonly string[] {
  const written = word.value ?? word.text.replace(/\$\{(\w+)\}/g, '$$$1').replace(/["']/g, '')
  const hasWildcard = word.value === null ? /[*?]/.test(word.text.replace(/"[^"]*"|'[^']*'/g, '')) : word.glob
  if (!hasWildcard && /[*?]/.test(written)) return []
  return (hasWildcard ? expandBraces(written) : [written]).flatMap(value => {
    const path = withHome(value)
    if (/^[/~]/.test(path)) return [joinPath('', path)]
    if (path.startsWith('$')) return [path]
    return command.directory === null ? [] : [withHome(joinPath(command.directory, path))]
  })
}

const withHome = (path: string): string => path.replace(/^\$HOME(?=\/|$)/, '~').replace(/^\/(?:root|home\/[^/*]+)(?=\/|$)/, '~')

interface Target { readonly manager: string; readonly kind: CacheKind; readonly path: string; readonly parts: readonly string[] }

let known: ReadonlyMap<string, readonly Target[]> | null = null

/** Cache folders that a path which starts with this part may take in: all of them when it is a pattern or the root. */
const targetsBelow = (first: string | undefined): readonly Target[] => {
  known ??= allTargets()
  return first === undefined || /[*?]/.test(first) ? known.get('')! : known.get(first) ?? []
}

/** Every cache folder of the table, also where official images put it, by the first part of its path, and all under ''. */
function allTargets(): ReadonlyMap<string, readonly Target[]> {
  const all = packageManagers.flatMap(({ name, caches }) => caches.flatMap(({ kind, paths }) => paths.flatMap(placesOf).map(path => ({ manager: name, kind, path, parts: partsOf(path) }))))
  const unique = [...new Map(all.map(target => [`${target.manager} ${target.kind} ${target.path}`, target])).values()]
  const byFirst = new Map<string, Target[]>([['', unique]])
  for (const target of unique) byFirst.set(target.parts[0]!, [...byFirst.get(target.parts[0]!) ?? [], target])
  return byFirst
}

function placesOf(path: string): readonly string[] {
  const variable = /^\$(\w+)/.exec(path)
  if (!variable) return /^[/~]/.test(path) ? [path] : []
  const official = imageHomes.flatMap(({ variables }) => variables[variable[1]!] ?? [])
  return [path, ...official.map(value => withHome(joinPath('', value + path.slice(variable[0].length))))]
}

const partsOf = (path: string): readonly string[] => path.split('/').filter(part => part !== '')

/** Names that take all that matters in a folder of package files, or of apt's lists, which all have an underscore. */
const ALL_FILES = /^(?:\*+|\*\.\*)$/
const PACKAGE_FILES = /^\*\.(?:deb|apk|rpm|gem|tgz|zip|whl|conda)$/

function coverageOf(pattern: readonly string[], { parts, kind }: Target): 'all' | 'part' | null {
  const shared = Math.min(pattern.length, parts.length)
  for (let at = 0; at < shared; at++) if (!matchesName(pattern[at]!, parts[at]!)) return null
  if (pattern.length <= parts.length) return 'all'
  const rest = pattern.slice(parts.length)
  if (rest.every(part => ALL_FILES.test(part))) return 'all'
  const last = rest.at(-1)!
  if (PACKAGE_FILES.test(last)) return kind !== 'download' ? null : rest.length === 1 ? 'all' : 'part'
  return last === '*_*' && kind === 'index' && rest.length === 1 ? 'all' : 'part'
}

const matchesName = (pattern: string, name: string): boolean => (pattern.startsWith('*') && /^[.~$]/.test(name) ? false : matchesPattern(pattern.replaceAll('?', '*'), name))
