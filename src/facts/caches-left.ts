// What package managers download for themselves, their caches and indexes, that ends up in a layer of the image. apt's lists, which
// have rules of their own, are not among it.
import { packageManagers, type Ecosystem } from '../data/package-managers.ts'
import type { Build, RunStep, Step } from '../model/build.ts'
import { cleanups, type Cleanup } from './cleanups.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { fact } from './fact.ts'
import { covers, isMounted, isWithin, SOME_NAME } from './image-paths.ts'
import { cacheDirectories, cacheSwitchedOff, indexRefreshes, installsOf, type CacheDirectory, type Install } from './installs.ts'
import { lateRemovals } from './late-removals.ts'
import { isUnknown } from './lone-refreshes.ts'
import { accountOf } from './package-caches.ts'
import { shippedSteps } from './shipped-steps.ts'
import { fileRemovals } from './writes.ts'

export interface CacheLeft {
  readonly step: RunStep
  /** In the table; of the managers of one family the one that is called first. */
  readonly manager: string
  readonly ecosystem: Ecosystem
  /** Those that fill it, in the order of the text; none cleans up after them. */
  readonly commands: readonly NormalCommand[]
  /** The same with what each does. */
  readonly fillings: readonly Filling[]
  /** The install that the first command is; null for a refresh of the index. */
  readonly install: Install | null
  /** A folder of the cache; null when not known for certain. */
  readonly path: string | null
}

/** A command that fills a cache; `install` and `path` as above. */
export interface Filling { readonly manager: string; readonly command: NormalCommand; readonly install: Install | null; readonly path: string | null }

/** They share their folders, or may be one another under another name. */
const FAMILY: Readonly<Record<string, string>> = { dnf: 'rpm', yum: 'rpm', microdnf: 'rpm', tdnf: 'rpm', pipenv: 'pip', pipx: 'pip', 'pip-sync': 'pip', bundler: 'gem' }
const familyOf = (manager: string): string => FAMILY[manager] ?? manager

/** Arch Linux's image empties pacman's cache after each transaction (archlinux-docker, package-cleanup.hook). */
const WITH_INDEX = ['apk', 'dnf', 'yum', 'microdnf', 'tdnf', 'zypper']

/** Indexes of the distribution's package managers, and conda's packages: what is there already is not fetched again, so one for each family. */
export const systemCachesLeft = fact((build: Build): readonly CacheLeft[] => {
  const found = cachesLeft(build, step => [
    ...indexRefreshes(step).filter(({ option, manager, keepsIndex }) => option === null && keepsIndex && WITH_INDEX.includes(manager)).map(({ manager, command }) => ({ manager, command, install: null, path: null })),
    ...installsOf(step).filter(install => WITH_INDEX.includes(install.manager) ? fetchesIndex(install) : install.manager === 'conda' && install.effect !== 'build' && !cacheSwitchedOff(install) && !install.offline)
      .map(install => ({ manager: install.manager, command: install.command, install, path: null })),
  ])
  const byFamily = new Map<string, CacheLeft>()
  for (const left of found) {
    const known = byFamily.get(familyOf(left.manager))
    byFamily.set(familyOf(left.manager), known ? { ...known, commands: [...known.commands, ...left.commands], fillings: [...known.fillings, ...left.fillings] } : left)
  }
  return [...byFamily.values()]
})

/** Downloads of the package managers of languages that nothing in the image uses any more, in places known for certain. */
export const languageCachesLeft = fact((build: Build): readonly CacheLeft[] => cachesLeft(build, step => installsOf(step)
  .filter(({ row, effect, offline }) => row.ecosystem !== 'os' && row.name !== 'conda' && (effect === 'install' || effect === 'fetch') && !offline)
  .filter(install => !cacheSwitchedOff(install) && !installsFilesOnly(install) && !isConfigured(build, install) && !isRepeated(build, install) && (install.manager !== 'yarn' || isClassicYarn(build, install)))
  .flatMap(install => {
    const folders = foldersOf(install)
    const isKept = folders.length > 0 && folders.every(({ path }) => path === null || !/^\/dev\//.test(path) && !isMounted(step, path) && !isPartlyMounted(step, path)) && !isOfAnother(install, folders)
    const known = folders.find(({ path, certain }) => certain && path !== null)
    // Without variables it depends on the system's folders which of two composer takes.
    return isKept && known ? [{ manager: install.manager, command: install.command, install, path: install.manager === 'composer' && known.movedBy === null ? null : known.path }] : []
  })))

/** poetry finds all of it installed: by the same command further up, or in what a COPY takes out of a stage with one. Then it downloads nothing. */
function isRepeated(build: Build, install: Install): boolean {
  const { manager, from, step, verb } = install
  if (manager !== 'poetry' || !from.includes('manifests')) return false
  const steps = shippedSteps(build)
  const above = steps.slice(0, steps.indexOf(step))
  const copied = above.flatMap(copy => (copy.kind === 'copy' && copy.from.kind === 'stage' && copy.from.stage !== step.stage ? copy.from.stage.steps.map(each => ({ each, sources: copy.sources })) : []))
  const told = ({ options: given }: Install): string => given.filter(({ name }) => !IDLE.test(name)).map(({ name, value }) => `${name}=${value ?? ''}`).sort().join(' ')
  const isSame = (other: Install): boolean => other.manager === manager && other.verb === verb && other.from.includes('manifests') && told(other) === told(install)
  return above.some(each => each.kind === 'run' && installsOf(each).some(isSame))
    || copied.some(({ each, sources }) => each.kind === 'run' && installsOf(each).some(other => isSame(other) && sources.some(source => isWithin(other.directory ?? '', source) || /venv|site-packages/.test(source))))
}
/** Whether the project itself is installed, and what is printed, downloads nothing. */
const IDLE = /^(?:--no-root|-n|--no-interaction|--no-ansi|--ansi|-[qv]+|--quiet|--verbose|--compile|--no-directory)$/

/** A mount below the folder takes the bulk of it: `/root/.npm/_cacache`. */
const isPartlyMounted = ({ mounts }: RunStep, path: string): boolean =>
  mounts.some(({ type, target }) => (type === 'cache' || type === 'tmpfs') && isWithin(target ?? '', path))

/** pip, as root, keeps nothing in a folder that belongs to somebody else, as homes mostly do. */
const isOfAnother = ({ manager, step }: Install, folders: readonly CacheDirectory[]): boolean =>
  familyOf(manager) === 'pip' && accountOf(step).uid === 0 && folders.some(({ path }) => path?.startsWith('/home/'))

/** bundler's own cache holds lists only: the packages lie in that of RubyGems. */
const foldersOf = (install: Install): readonly CacheDirectory[] =>
  cacheDirectories(install).filter(({ kind, row }) => kind === 'download' && (install.manager !== 'bundler' || row.paths[0] === '$GEM_HOME/cache'))

/** Settings that may switch the cache off or move it. */
const SETTINGS: Readonly<Record<string, RegExp>> = {
  pip: /no-cache-dir *=|\bpip\d? config\b.*cache/, npm: /\bnpm config set .*cache|\bnpm set cache/, yarn: /\byarn config set .*cache/, composer: /\bcomposer config .*cache/, poetry: /\bpoetry config .*cache/,
  bundler: /\bbundle config .*path|--path\b|BUNDLE_PATH/,
}

/** Whether a step up to the install sets the manager up in a way that may matter; a configuration file that is copied may hold anything. */
function isConfigured(build: Build, { manager, step }: Install): boolean {
  if (manager === 'bundler' && step.environment.get('BUNDLE_PATH')) return true
  return configuredSteps(build).get(manager)?.has(step) ?? false
}

/** By manager, the steps that configure it or stand on one that does. */
const configuredSteps = fact((build: Build): ReadonlyMap<string, ReadonlySet<Step>> => new Map(Object.entries(SETTINGS).map(([manager, settings]) => {
  const steps = shippedSteps(build)
  const first = steps.findIndex(step => (step.kind === 'run' ? settings.test(step.text)
    : step.kind !== 'workdir' && manager === 'pip' && [...step.sources, step.target ?? ''].some(path => /(?:^|\/)\.?pip(?:\.conf)?\/?$/.test(path))))
  return [manager, new Set(first === -1 ? [] : steps.slice(first))]
})))

/** Only yarn 1 keeps a second copy that nobody reads: the later ones may run from their cache. */
function isClassicYarn({ context }: Build, { flavour }: Install): boolean {
  if (flavour !== null) return flavour === 'classic'
  const files = context.files()
  if (files === 'unknown' || files.some(({ path }) => /(?:^|\/)\.yarnrc\.yml$/.test(path))) return false
  const locks = files.filter(({ path }) => /(?:^|\/)yarn\.lock$/.test(path))
  return locks.length > 0 && locks.slice(0, 5).every(({ path }) => /^# yarn lockfile v1$/m.test((context.read(path) ?? '').slice(0, 300)))
}

function cachesLeft(build: Build, fillingsOf: (step: RunStep) => readonly Filling[]): readonly CacheLeft[] {
  return shippedSteps(build).flatMap(step => {
    if (step.kind !== 'run' || step.onbuild || step.stage.windows) return []
    const fillings = fillingsOf(step).filter(({ command }) => !command.command.conditional && !hasUnknownOptions(command))
    const families = [...new Set(fillings.map(({ manager }) => familyOf(manager)))]
    return families.flatMap(family => leftIn(build, step, family, fillings.filter(({ manager }) => familyOf(manager) === family).sort((a, b) => startOf(a.command) - startOf(b.command))))
  })
}

const startOf = ({ command }: NormalCommand): number => command.span.start

function leftIn(build: Build, step: RunStep, family: string, fillings: readonly Filling[]): readonly CacheLeft[] {
  const [first] = fillings
  const last = fillings.at(-1)
  if (!first || !last || isCacheMounted(step, family) || isCleaned(step, family, last) || fillings.some(({ command }) => removedLater(build).has(`${family} ${startOf(command)}`))) return []
  const { manager, install, path } = first
  return [{ step, manager, install, path, ecosystem: rowOf.get(manager) ?? 'other', commands: fillings.map(({ command }) => command), fillings }]
}

const rowOf: ReadonlyMap<string, Ecosystem> = new Map(packageManagers.map(({ name, ecosystem }) => [name, ecosystem]))

function fetchesIndex(install: Install): boolean {
  const { manager, effect, packages, options, intoOtherRoot, offline } = install
  const isMoved = options.some(({ name, value }) => /^(?:-C|--cacheonly|--cache-dir|--no-network|--no-refresh)$/.test(name) || name === '--setopt' && /cachedir/.test(value ?? 'cachedir'))
  const isOfFiles = packages.length > 0 && packages.every(({ kind }) => kind === 'archive')
  return effect !== 'build' && !intoOtherRoot && !offline && !isMoved && !cacheSwitchedOff(install) && !(manager === 'apk' && (isOfFiles || effect === 'fetch'))
}

/** Nothing is fetched, so nothing is cached. */
const installsFilesOnly = ({ packages, from, options }: Install): boolean =>
  options.some(({ name }) => name === '--no-deps') && !from.includes('manifests') && packages.every(({ kind }) => kind === 'archive')

/** `apk add $APK_OPTIONS curl`. */
const hasUnknownOptions = ({ words }: NormalCommand): boolean => words.some(({ value, text }) => value === null && /(?:OPT|FLAG|ARG)/i.test(text))

/** What those of languages use is asked for where their folders are known. A mount on a wrong folder is another matter. */
const isCacheMounted = (step: RunStep, family: string): boolean => MOUNTS[family] !== undefined
  && (step.mounts.some(({ type, target }) => (type === 'cache' || type === 'tmpfs') && MOUNTS[family]!.test(target ?? '')) || isMounted(step, '/var/cache/any'))
const MOUNTS: Readonly<Record<string, RegExp>> = { conda: /./, apk: /apk/, rpm: /dnf|yum/, zypper: /zypp/ }

/** Whether something after the command cleans up, or may do so. */
function isCleaned(step: RunStep, family: string, { command, path }: Filling): boolean {
  const commands = commandsOf(step)
  if (commands === 'opaque') return true
  const isAfter = (other: NormalCommand): boolean => startOf(other) > startOf(command)
  return cleanups(step).some(cleanup => isAfter(cleanup.command) && cleans(cleanup, family))
    || path !== null && fileRemovals(step).some(removal => isAfter(removal.command) && (covers(removal.pattern, path) || covers(removal.pattern, `${path}/${SOME_NAME}`)))
    || commands.some(other => isAfter(other) && (isUnknown(other) && !BUILDS.test(other.words[0]?.value ?? '') || /clean|tidy|shrink|slim/i.test(other.program ?? '') || mayRemove(other, family)))
}

/** Scripts of a project that has its own sources to look after. */
const BUILDS = /^(?:.*\/)?(?:configure|config|Configure|autogen\.sh|gradlew|mvnw|b2|bjam)$/

/** Without `--all`, zypper removes packages, of which it keeps none anyway; so does `dnf clean packages`. */
const cleans = ({ manager, kinds }: Cleanup, family: string): boolean =>
  familyOf(manager) === family && (!WITH_INDEX.includes(manager) || kinds.includes('index'))

/** Removes what a name or an unknown path makes look like a cache: `rm -rf "$BUNDLE_PATH"/ruby/3.3.0/cache`. */
const mayRemove = ({ program, words }: NormalCommand, family: string): boolean => /^(?:rm|find)$/.test(program ?? '')
  && words.some(({ value, text }) => (value === null || !/^(?:rpm|apk|zypper)$/.test(family)) && /cache|pkgs|conda|\.npm|composer/i.test(text) && !/^["']?\/var\/(?:cache|lib)\/(?:apt|apk|dnf|yum)/.test(text))

/** Commands whose cache a later step removes, by family and place: of them the late removal is reported. */
const removedLater = fact((build: Build): ReadonlySet<string> => new Set(lateRemovals(build).flatMap(({ step, commands, stored }) => {
  const late = new Set(commands)
  const families = new Set(cleanups(step).filter(cleanup => late.has(cleanup.command)).map(({ manager }) => familyOf(manager)))
  return [...families].flatMap(family => stored.map(({ deposit }) => `${family} ${deposit.at.span.start}`))
})))
