// Where a package manager keeps its caches at one command: by the user in force, the variables that move them and what official images set.
import { imageRows } from '../data/base-images.ts'
import { imageHomes, type CacheRow, type ImageHome } from '../data/package-managers.ts'
import type { RunStep, Stage } from '../model/build.ts'
import { parseImageReference } from '../model/image-reference.ts'
import type { Word } from '../syntax/shell.ts'
import { variableAt, type NormalCommand } from './commands.ts'
import { fact } from './fact.ts'
import { joinPath } from './install-sources.ts'
import { findOption, type Option } from './package-arguments.ts'
import type { Install } from './installs.ts'
import { rootOf } from './stage-trees.ts'

export interface CacheDirectory {
  readonly kind: CacheRow['kind']
  /** Absolute; null when it hangs on something unknown. */
  readonly path: string | null
  /** Whether user, home and variables are known and not merely assumed. */
  readonly certain: boolean
  /** Set by this option or variable; null for the default place. */
  readonly movedBy: string | null
  readonly flavour: string | null
  readonly row: CacheRow
}

interface Home { readonly path: string | null; readonly certain: boolean; readonly isRoot: boolean | 'unknown' }

export const cacheDirectories = fact((install: Install): readonly CacheDirectory[] => {
  const home = homeAt(install.command)
  return install.row.caches.filter(row => (row.user === undefined || row.user === (home.isRoot === false ? 'other' : 'root')) && (!install.flavour || !row.flavour || row.flavour === install.flavour)).map(row => resolve(install, row, home))
})

/** The option or variable that turns the cache off; null when none does. A variable of unknown value counts as none. */
export function cacheSwitchedOff(install: Install): { readonly by: 'option' | 'variable'; readonly name: string; readonly word: Word | null } | null {
  const { cacheOff } = install.row
  const option = findOption({ options: install.options, operands: [] }, cacheOff?.options)
  if (option) return { by: 'option', name: option.name, word: option.word }
  for (const { name, when } of cacheOff?.variables ?? []) {
    const value = variableAt(install.command, name) ?? ''
    if (value !== '' && (when === 'any' || !/^(?:0|false|no|off)$/i.test(value))) return { by: 'variable', name, word: null }
  }
  return null
}

function resolve(install: Install, row: CacheRow, home: Home): CacheDirectory {
  const common = { kind: row.kind, flavour: row.flavour ?? null, row }
  if (install.intoOtherRoot) return { ...common, path: null, certain: false, movedBy: null }
  const option: Option | undefined = install.options.findLast(({ name }) => row.options?.includes(name))
  if (option) {
    const path = option.value ? absoluteOrNull(install.command.directory, option.value, home) : null
    return { ...common, path, certain: path !== null, movedBy: option.name }
  }
  const image = imageOf(install.step)
  let isGuess = false
  for (const candidate of row.paths) {
    const name = /^\$(\w+)/.exec(candidate)?.[1]
    if (name === undefined) return { ...common, path: absoluteOrNull(install.directory, candidate, home), certain: !isGuess && (home.certain || !candidate.startsWith('~')), movedBy: null }
    const set = variableAt(install.command, name)
    const value = set === undefined ? image.home?.variables[name] : set
    if (value === null) return { ...common, path: null, certain: false, movedBy: name }
    if (value) return { ...common, path: absoluteOrNull(install.directory, value + candidate.slice(name.length + 1), home), certain: true, movedBy: name }
    // An image nobody knows may set it.
    isGuess ||= !image.known
  }
  return { ...common, path: null, certain: false, movedBy: null }
}

function absoluteOrNull(folder: string | null, path: string, home: Home): string | null {
  const joined = folder === null && !/^[/~]/.test(path) ? null : joinPath(folder ?? '', path)
  if (joined === null || joined.startsWith('/')) return joined
  return joined.startsWith('~') && home.path !== null ? joinPath(home.path, joined.slice(1).replace(/^\//, '')) : null
}

interface ImageFacts { readonly home: ImageHome | null; readonly known: boolean }

/** What the image below the stage is known to set. Official images are known to set nothing else that matters here. */
const imageFactsOf = fact((stage: Stage): ImageFacts => {
  const { base } = rootOf(stage)
  if (base.kind !== 'image') return { home: null, known: base.kind === 'scratch' }
  const name = (base.ref === null ? null : parseImageReference(base.ref)?.name) ?? ''
  const home = imageHomes.find(({ images }) => images.includes(name)) ?? null
  return { home, known: home !== null || BARE.test(name) || /^(?:[^/]+|mcr\.microsoft\.com\/dotnet\/[\w/-]+)$/.test(name) && imageRows(name) !== undefined }
})
/** Distributions in other registries: root's, with nothing set. */
const BARE = /^(?:mcr\.microsoft\.com\/azurelinux\/base\/core|quay\.io\/centos\/centos|registry\.access\.redhat\.com\/ubi\d+(?:\/ubi(?:-minimal)?)?)$/
const imageOf = (step: RunStep): ImageFacts => imageFactsOf(step.stage)

/** They run what follows as another user, whose home they may or may not set. */
const SWITCHES: readonly string[] = ['sudo', 'doas', 'su', 'su-exec', 'gosu', 'runuser', 'setuidgid', 's6-setuidgid', 'setpriv']

/** Who runs the commands of a step, as far as USER and the image tell. */
export interface Account {
  /** Name or number; null for the image's own, where that is not known. */
  readonly user: string | null
  readonly isRoot: boolean | 'unknown'
  /** Known for numbers, and for the users of official images. */
  readonly uid: number | null
}
export function accountOf(step: RunStep): Account {
  const { home: image, known } = imageOf(step)
  const user = step.user === null ? (image?.user?.isDefault ? image.user.name : null) : step.user.replace(/:.*$/s, '')
  const isRoot = user === null ? (known ? true : 'unknown') : user === 'root' || user === '0'
  return { user, isRoot, uid: isRoot === true ? 0 : /^\d+$/.test(user ?? '') ? Number(user) : user !== null && user === image?.user?.name && !isRenumbered(step, user) ? image.user.uid : null }
}

/** Whether a step of the file gives a user of the image another number, or makes one of that name. */
function isRenumbered(step: RunStep, user: string): boolean {
  for (let stage = step.stage; ; stage = stage.base.stage) {
    if (accountTexts(stage).includes(user)) return true
    if (stage.base.kind !== 'stage') return false
  }
}
const accountTexts = fact((stage: Stage): string => stage.steps.filter(({ text }) => /\b(?:usermod|useradd|userdel|adduser|deluser)\b/.test(text)).map(({ text }) => text).join('\n'))

/** Whether this command runs as another user than the step. */
export const switchesUser = ({ command }: NormalCommand): boolean => [...command.wrappers, ...command.within].some(name => SWITCHES.includes(name))

function homeAt(command: NormalCommand): Home {
  const { home: image } = imageOf(command.step)
  const { user, isRoot } = accountOf(command.step)
  if (switchesUser(command)) return { path: null, certain: false, isRoot: 'unknown' }
  const set = variableAt(command, 'HOME')
  if (set !== undefined) return { path: set, certain: set !== null, isRoot }
  if (isRoot !== false) return { path: '/root', certain: isRoot === true, isRoot }
  if (image?.user && (user === image.user.name || user === String(image.user.uid))) return { path: image.user.home, certain: true, isRoot }
  // Accounts made in the file usually get this home; numbers without an account get none.
  return /^\d*$/.test(user ?? '') ? { path: null, certain: false, isRoot } : { path: `/home/${user}`, certain: false, isRoot }
}
