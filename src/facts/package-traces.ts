// What package managers leave in a layer, installed packages and caches, and what takes it away again. Each has a place: a path below
// names that no file has, so that removals of all kinds are matched in one way.
import type { PackageManager } from '../data/package-managers.ts'
import type { RunStep } from '../model/build.ts'
import { cleanups } from './cleanups.ts'
import { variableAt, type NormalCommand } from './commands.ts'
import { fact } from './fact.ts'
import { folderOf, isMounted, SOME_NAME } from './image-paths.ts'
import { cacheDirectories, cacheSwitchedOff, indexRefreshes, installsOf, type Install } from './installs.ts'
import { argumentWords, hasOption, optionValue, parseWords } from './operands.ts'
import { certainCommands } from './writes.ts'

export interface Trace { readonly place: string; readonly command: NormalCommand }

const cachePlace = (manager: string, kind: string): string => `/${SOME_NAME}cache/${manager}/${kind}`
export const isCachePlace = (place: string): boolean => place.startsWith(`/${SOME_NAME}cache/`)
const packagePlace = (manager: string, name: string): string => `/${SOME_NAME}package/${manager}/${name.replaceAll('/', '|')}`

export const aptLists = '/var/lib/apt/lists'
const APT_INDEX = cachePlace('apt', 'index')
export const isAptIndex = ({ place }: Trace): boolean => place === APT_INDEX

/** Left by commands that run whenever the step does. */
export const packageTraces = fact((step: RunStep): readonly Trace[] => tracesOf(step).slice(0, MOST_TRACES))

/** More in one step are not followed: each is compared with each removal. */
const MOST_TRACES = 200

const tracesOf = (step: RunStep): readonly Trace[] => [
  ...indexRefreshes(step).filter(({ command, keepsIndex, manager, row }) =>
    keepsIndex && !command.command.conditional && !isIndexMounted(step, row) && manager !== 'nix').map(({ command, manager }) => ({ command, place: cachePlace(manager, 'index') })),
  ...installsOf(step).filter(({ command }) => !command.command.conditional).flatMap(install => [...cachesLeft(install), ...packagesLeft(install)]
    .map(place => ({ place, command: install.command }))),
]

/** apt counts two folders as its index; what matters are the lists. */
export const isIndexMounted = (step: RunStep, { name, caches }: Pick<PackageManager, 'name' | 'caches'>): boolean =>
  (name === 'apt' ? isMounted(step, aptLists) : caches.some(({ kind, paths }) => kind === 'index' && isMounted(step, paths[0]!)))

const REFRESHES_ITSELF = ['apk', 'dnf', 'yum', 'microdnf', 'tdnf', 'zypper']

function cachesLeft(install: Install): readonly string[] {
  const { manager, row, step, effect } = install
  if (row.ecosystem === 'os') {
    const isKept = REFRESHES_ITSELF.includes(manager) && !cacheSwitchedOff(install) && !row.caches.some(({ paths }) => isMounted(step, paths[0]!))
    return isKept ? [cachePlace(manager, 'index')] : []
  }
  // An image nobody knows may switch the cache off or move it.
  const isKept = (effect === 'install' || effect === 'fetch') && !cacheSwitchedOff(install)
    && cacheDirectories(install).some(({ kind, path, certain }) => kind === 'download' && certain && path !== null && !isMounted(step, path))
  return isKept ? [cachePlace(manager, 'download')] : []
}

function packagesLeft(install: Install): readonly string[] {
  const { manager, row, packages, options, from, effect, command, step } = install
  if (effect !== 'install') return []
  if (manager === 'npm' || manager === 'pnpm') return from.includes('manifests') && !leavesOutDevelopment(install) ? [packagePlace(manager, 'development')] : []
  const virtual = manager === 'apk' ? options.find(({ name }) => name === '-t' || name === '--virtual')?.value : null
  if (row.ecosystem !== 'os' && manager !== 'pip' || isMounted(step, folderOf(command) ?? '')) return []
  return [...virtual ? [virtual] : [], ...packages.flatMap(({ name }) => name ?? [])].map(name => packagePlace(manager, name))
}

const leavesOutDevelopment = ({ command, options }: Install): boolean =>
  /^(production|)$/.test(variableAt(command, 'NODE_ENV') ?? 'unset') || variableAt(command, 'NODE_ENV') === null
  || options.some(({ name, value }) => /^(--omit|--only|--production|--prod|-P)$/.test(name) && value !== 'false')

/** What commands that run whenever the step does take away. */
export const packageRemovals = fact((step: RunStep): readonly Trace[] => removalsIn(step).slice(0, MOST_TRACES))

const removalsIn = (step: RunStep): readonly Trace[] => [
  ...cleanups(step).filter(({ command, complete }) => complete && !command.command.conditional).flatMap(({ command, manager, kinds, path }) =>
    (manager === 'apt' && path !== null && path !== aptLists ? [] : kinds.map(kind => ({ command, place: cachePlace(manager, kind) })))),
  ...certainCommands(step).flatMap(command => uninstalled(command).map(place => ({ place, command }))),
]

interface Uninstaller { readonly manager: string; readonly verbs: readonly string[]; readonly short: string; readonly long: readonly string[] }
const APT: Uninstaller = { manager: 'apt', verbs: ['remove', 'purge', 'autoremove', 'autopurge'], short: 'otc', long: ['--option', '--target-release', '--config-file'] }
const rpm = (manager: string): Uninstaller => ({ manager, verbs: ['remove', 'erase', 'autoremove'], short: 'cxdeR', long: ['--setopt', '--enablerepo', '--disablerepo', '--releasever', '--exclude', '--installroot'] })
const UNINSTALLERS: Readonly<Record<string, Uninstaller>> = {
  'apt-get': APT, apt: APT, aptitude: APT,
  apk: { manager: 'apk', verbs: ['del'], short: 'pX', long: ['--root', '--repository'] },
  yum: rpm('yum'), dnf: rpm('dnf'), microdnf: rpm('microdnf'), tdnf: rpm('tdnf'),
  zypper: { manager: 'zypper', verbs: ['remove', 'rm'], short: 'R', long: ['--root'] },
  pip: { manager: 'pip', verbs: ['uninstall'], short: 'r', long: ['--requirement'] },
}

function uninstalled(command: NormalCommand): readonly string[] {
  const { program } = command
  if (program === 'npm' || program === 'pnpm') return prunes(command) ? [packagePlace(program, 'development')] : []
  const row = Object.hasOwn(UNINSTALLERS, program ?? '') ? UNINSTALLERS[program!]! : null
  if (!row || command.command.wrappers.includes('xargs')) return []
  const parsed = parseWords(argumentWords(command), row)
  const [verb, ...names] = parsed.operands
  if (!row.verbs.includes(verb?.value ?? '') || hasOption(parsed, '-s', '--dry-run', '--simulate')) return []
  return names.flatMap(({ value }) => (value === null ? [] : [packagePlace(row.manager, value)]))
}

/** `npm prune --production`, `pnpm prune --prod`: development dependencies go. */
function prunes(command: NormalCommand): boolean {
  const parsed = parseWords(argumentWords(command), { short: '', long: [] })
  if (parsed.operands[0]?.value !== 'prune') return false
  return hasOption(parsed, '--production', '--prod') || optionValue(parsed, '--omit') === 'dev' || parsed.operands.some(({ value }) => value === 'dev') && hasOption(parsed, '--omit') || variableAt(command, 'NODE_ENV') === 'production'
}
