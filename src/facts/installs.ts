// Every command that installs dependencies: with which tool, from what, into what. No judgement: an install is what the table of
// package managers knows for one, anything else is none.
import type { Effect, PackageManager } from '../data/package-managers.ts'
import type { Build, RunStep } from '../model/build.ts'
import type { Span } from '../text.ts'
import { commandsOf, variableAt, type NormalCommand } from './commands.ts'
import { fact } from './fact.ts'
import { joinPath, readSources, type PackageName } from './install-sources.ts'
import { findOption, type Option } from './package-arguments.ts'
import { packageCommandsOf, type PackageCommand } from './recognise.ts'

export { cleanups, indexRefreshes, type Cleanup, type IndexRefresh } from './cleanups.ts'
export { cacheDirectories, cacheSwitchedOff, type CacheDirectory } from './package-caches.ts'
export type { PackageName } from './install-sources.ts'
export type { Option } from './package-arguments.ts'

export interface Install {
  readonly step: RunStep
  readonly command: NormalCommand
  /** Name in the table: `npm`, `pip`, `apt`. */
  readonly manager: string
  readonly row: PackageManager
  /** As written: `install`, `i`, `mod download`; '' when the program alone means it. */
  readonly verb: string
  /** `fetch` only downloads; `build` compiles and fetches what is missing; `upgrade` renews what is there, all of it when it names no packages. */
  readonly effect: Extract<Effect, 'install' | 'fetch' | 'build' | 'upgrade'>
  /** What says what to install. Empty when nobody can tell. */
  readonly from: readonly ('manifests' | 'packages' | 'local')[]
  /** Folder of the project, absolute or from `~`; null when unknown. `cd`, `--prefix`, `-C` and the like count. */
  readonly directory: string | null
  /** Names and globs relative to `directory`, or absolute: of alternatives all, whether or not they exist. */
  readonly manifests: readonly string[]
  readonly lockfiles: readonly string[]
  /** Configuration, patches and the tool's own files in the project that change what is installed. */
  readonly extras: readonly string[]
  /** Reads a manifest whose name is unknown. */
  readonly hasUnknownManifest: boolean
  /** Folders of projects it installs, relative to `directory` or absolute. */
  readonly locals: readonly string[]
  readonly packages: readonly PackageName[]
  /** Whether it needs more of the project than manifests, locks and extras. Scripts of the project aside. */
  readonly needsSources: boolean | 'unknown'
  /** Whether it runs scripts that the project's manifest may name, which may need sources. */
  readonly runsScripts: boolean
  /** Whether it keeps to the lock file or fails. 'unknown' also where no lock file has a say. */
  readonly frozen: boolean | 'unknown'
  /** For the system or the user, not for a project. */
  readonly global: boolean
  /** Into another file system tree (`--installroot`), where its index and caches may be, too. */
  readonly intoOtherRoot: boolean
  /** Told not to fetch anything. */
  readonly offline: boolean
  /** `classic` or `berry` for yarn, where the command shows it. */
  readonly flavour: string | null
  readonly options: readonly Option[]
  /** The command. */
  readonly span: Span
}

const INSTALLS: readonly Effect[] = ['install', 'fetch', 'build', 'upgrade']

export const installsOf = fact((step: RunStep): readonly Install[] => {
  const commands = commandsOf(step)
  return commands === 'opaque' ? [] : commands.flatMap(command => packageCommandsOf(command).flatMap(found => toInstall(found) ?? []))
})

export const installs = fact((build: Build): readonly Install[] => build.stages.flatMap(stage => stage.steps.flatMap(step => (step.kind === 'run' ? installsOf(step) : []))))

function toInstall(found: PackageCommand): Install | null {
  const { command, row, verb } = found
  const sources = readSources(found)
  const isLocal = sources.locals.length > 0
  const isBare = sources.packages.length === 0 && !isLocal
  const effect = (isLocal ? verb.localEffect : isBare ? verb.bareEffect : undefined) ?? (verb.effect === 'install' && findOption(found.found, row.downloads) ? 'fetch' : verb.effect)
  if (!INSTALLS.includes(effect)) return null
  const from = [...sources.readsProject || sources.hasUnknownManifest ? ['manifests' as const] : [], ...sources.packages.length > 0 ? ['packages' as const] : [], ...isLocal ? ['local' as const] : []]
  const global = findOption(found.found, row.globals) !== undefined || (verb.global === true && !isLocal)
  const { directory, manifests, lockfiles, extras, hasUnknownManifest, locals, packages } = sources
  return {
    step: command.step, command, manager: row.name, row, verb: found.named, effect: effect as Install['effect'], from,
    directory, manifests, lockfiles, extras, hasUnknownManifest, locals, packages, global,
    needsSources: needsSources(found, isLocal, packages),
    runsScripts: row.scriptsOff !== undefined && !global && from.includes('manifests') && effect === 'install' && !findOption(found.found, row.scriptsOff) && !isSwitchedOn(command, row.scriptsOffVariables),
    frozen: from.includes('manifests') || isLocal && effect === 'build' ? frozenState(found) : 'unknown',
    intoOtherRoot: findOption(found.found, row.roots) !== undefined,
    offline: findOption(found.found, row.offline) !== undefined,
    flavour: flavourOf(found), options: found.found.options, span: command.command.span,
  }
}

function needsSources({ found, row, verb }: PackageCommand, isLocal: boolean, packages: readonly PackageName[]): boolean | 'unknown' {
  if (isLocal) return true
  if (findOption(found, row.withSources)) return true
  const usual = verb.sources ?? false
  if (usual !== false && findOption(found, row.withoutSources)) return false
  if (usual === true && findOption(found, row.toleratesSources)) return 'unknown'
  // An operand that is all variable may be a folder, where the tool takes folders.
  const isUnsure = ({ kind, text }: PackageName): boolean => kind === 'archive' || kind === 'unknown' && row.local !== undefined && !/^["']?[A-Za-z]/.test(text)
  if (usual === false && packages.some(isUnsure)) return 'unknown'
  return usual
}

const isTrue = (value: string): boolean => value !== '' && !/^(?:0|false|no|off)$/i.test(value)
const isSwitchedOn = (command: NormalCommand, names: readonly string[] | undefined): boolean => names?.some(name => isTrue(variableAt(command, name) ?? '')) ?? false

function frozenState({ command, found, row, verb }: PackageCommand): boolean | 'unknown' {
  if (findOption(found, row.freezes)) return true
  // Said to be off: `--frozen-lockfile=false`.
  if (findOption(found, row.thaws) || found.options.some(option => row.freezes?.includes(option.name) && typeof option.value === 'string')) return false
  if (verb.frozen === true) return true
  if (isSwitchedOn(command, row.freezingVariables)) return true
  if (isSwitchedOn(command, row.maybeFreezingVariables) || row.freezingVariables?.some(name => variableAt(command, name) === null)) return 'unknown'
  return verb.frozen ?? false
}

function flavourOf({ found, row, named }: PackageCommand): string | null {
  const known = Object.entries(row.flavours ?? {}).find(([, marks]) => marks.includes(named) || findOption(found, marks))
  return known ? known[0] : null
}

/** Manifests, lock files and extras as paths: absolute where the folder is known, else relative to wherever the command runs. */
export const filesRead = ({ directory, manifests, lockfiles, extras }: Install): readonly string[] =>
  [...manifests, ...lockfiles, ...extras].map(name => (directory === null ? name : joinPath(directory, name)))

