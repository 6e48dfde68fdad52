// From what a package manager's command installs: manifests, named packages, local projects, and in which folder.
import type { PackageManager, Reads, Verb } from '../data/package-managers.ts'
import type { Word } from '../syntax/shell.ts'
import { expandBraces } from './image-paths.ts'
import { findOption, type Operand } from './package-arguments.ts'
import type { PackageCommand } from './recognise.ts'

export interface PackageName {
  /** As the shell passes it; as written where it holds something unknown. */
  readonly text: string
  /** Without version; null when unknown. */
  readonly name: string | null
  /** As given, however loose; null when none is. A version that is a variable counts, as written. */
  readonly version: string | null
  /** `archive`: a package file. `remote`: an address or repository. `unknown`: any number of packages. */
  readonly kind: 'registry' | 'remote' | 'archive' | 'unknown'
  /** null for what xargs adds. */
  readonly word: Word | null
}

export interface Sources extends Reads {
  readonly directory: string | null
  readonly hasUnknownManifest: boolean
  /** Reads manifests other than those of local projects it installs. */
  readonly readsProject: boolean
  readonly locals: readonly string[]
  readonly packages: readonly PackageName[]
}

/** A path below another; absolute ones and those from a home stay. */
export function joinPath(folder: string, path: string): string {
  if (/^[/~]/.test(path) || folder === '') return cleanPath(path)
  return cleanPath(`${folder}/${path}`)
}

function cleanPath(path: string): string {
  const kept: string[] = []
  for (const part of path.split('/')) {
    if (part === '..' && kept.length > 0 && kept.at(-1) !== '..' && kept.at(-1) !== '~') kept.pop()
    else if (part === '..' && path.startsWith('/')) continue
    else if (part !== '' && part !== '.') kept.push(part)
  }
  return (path.startsWith('/') ? '/' : '') + kept.join('/')
}

const NOTHING: Reads = { manifests: [], lockfiles: [], extras: [] }
const REMOTE = /^(?:git\+|git@|git:|github:|gitlab:|bitbucket:|https?:|ssh:|ftp:|hg\+|svn\+|bzr\+)|\s@\s*(?:git\+|https?:|file:)/

export function readSources(match: PackageCommand): Sources {
  const { command, row, verb, found } = match
  const named = found.options.filter(option => row.manifestOptions?.includes(option.name))
  const files = named.map(option => option.value ?? null)
  const { packages, locals } = packagesOf(match)
  const isGlobal = findOption(found, row.globals) !== undefined
  // A prefix of a global install is where it goes, not where it comes from.
  const moved = isGlobal ? [] : found.options.filter(option => row.directories?.includes(option.name))
  const directory = moved.reduce<string | null>((folder, option) => (option.value === null || option.value === undefined ? null : folderFrom(folder, option.value)), command.directory)
  const targets = verb.takes === 'manifests' || verb.takes === 'projects' ? match.operands.map(operand => operand.value).filter(value => !row.noise?.test(value ?? '')) : []
  const reads = { ...(row.reads ?? NOTHING), ...verb.reads }
  const isWhole = verb.manifests === true || verb.manifests === 'bare' && packages.length === 0 && locals.length === 0 && targets.length === 0 && !isGlobal
  const isUnknown = (file: string | null): boolean => file === null || !isFile(file)
  const places = readPlaces({ row, reads, locals, files, targets, isWhole, isProject: verb.takes === 'projects' })
  return {
    directory, packages, locals, ...places,
    hasUnknownManifest: files.some(isUnknown) || targets.includes(null),
    readsProject: isWhole && places.manifests.length + places.lockfiles.length > 0 || [...files, ...targets].some(file => !isUnknown(file)),
  }
}

/** A folder that stays a relative one when the command's own is unknown is unknown, too. */
const folderFrom = (folder: string | null, path: string): string | null => (folder === null && !/^[/~]/.test(path) ? null : joinPath(folder ?? '', path))

/** Not an address, nor what comes in through a pipe. */
const isFile = (path: string): boolean => !REMOTE.test(path) && path !== '-' && !path.startsWith('/dev/')

interface Places {
  readonly row: PackageManager
  readonly reads: Reads
  readonly locals: readonly string[]
  readonly files: readonly (string | null)[]
  readonly targets: readonly (string | null)[]
  readonly isWhole: boolean
  readonly isProject: boolean
}

function readPlaces({ row, reads, locals, files, targets, isWhole, isProject }: Places): Reads {
  const plain = files.filter((file): file is string => file !== null && isFile(file))
  const operands = targets.filter((target): target is string => target !== null && !REMOTE.test(target))
  const isFolder = (path: string): boolean => isProject || !/\.[A-Za-z]\w*$/.test(path.replace(/^(?:\.{1,2}\/)*/, ''))
  const folders = [...operands.filter(isFolder), ...row.localsInProject ? [] : locals]
  const named = [...plain, ...operands.filter(path => !isFolder(path))].map(path => cleanPath(path))
  // A named manifest stands for the usual one, and the lock file lies beside it.
  const beside = named.map(path => path.slice(0, Math.max(0, path.lastIndexOf('/')))).filter(folder => !folder.startsWith('/'))
  const usual = isWhole && named.length === 0 && folders.length === 0 || row.localsInProject && locals.length > 0 ? [''] : []
  const under = (names: readonly string[], bases: readonly string[]): readonly string[] => [...new Set(bases.flatMap(base => names.map(name => joinPath(base, name))))]
  const all = [...usual, ...folders, ...isWhole || operands.length > 0 ? beside : []]
  return {
    manifests: [...named, ...under(reads.manifests, [...usual, ...folders])],
    lockfiles: under(reads.lockfiles, all),
    extras: under(reads.extras, [...new Set([...all, ...named.length > 0 ? [''] : []])]),
  }
}

const namesPackages = ({ takes }: Verb): boolean => takes === 'packages' || takes === 'package' || takes === 'versioned'

function packagesOf({ row, verb, found, operands }: PackageCommand): { readonly packages: readonly PackageName[]; readonly locals: readonly string[] } {
  const packages: PackageName[] = []
  // What it installs then follows from the sources.
  if (findOption(found, row.withSources)) return { packages, locals: [] }
  const locals: string[] = []
  const local = verb.local ?? row.local
  const projects = found.options.filter(option => row.projectOptions?.includes(option.name)).map(({ value, word }) => ({ value: value ?? null, word, isProject: true }))
  const given: readonly (Operand & { readonly isProject: boolean })[] = [...projects, ...namesPackages(verb) ? operands.slice(0, verb.takes === 'packages' ? undefined : 1).map(operand => ({ ...operand, isProject: false })) : []]
  const versionGiven = verb.takes === 'versioned' ? operands[1] : found.options.find(option => row.versionOptions?.includes(option.name))
  const versionBeside = versionGiven?.value === null ? versionGiven.word?.text : versionGiven?.value
  for (const { value, word, isProject } of given) {
    for (const text of value === null ? [null] : word?.glob ? expandBraces(value) : [value]) {
      const isArchive = text !== null && !REMOTE.test(text) && row.archive?.test(text) === true
      if (text !== null && !REMOTE.test(text) && !isArchive && (isProject || local?.test(text))) locals.push(localPath(text))
      else packages.push(packageName(row, text, word, isArchive, versionBeside))
    }
  }
  const isGlobal = findOption(found, row.globals) !== undefined
  if (packages.length === 0 && locals.length === 0 && verb.takes !== 'projects' && (verb.defaultsToProject || isGlobal && verb.manifests === 'bare')) locals.push('')
  return { packages, locals }
}

/** Without what says how to install it: `.[dev]`, `file:`, a trailing slash. */
const localPath = (text: string): string => cleanPath(text.replace(/^(?:file|link):(?:\/\/(?=\/))?/, '').replace(/\[[^\]]*\]$/, ''))

function packageName(row: PackageManager, value: string | null, word: Word | null, isArchive: boolean, versionOption: string | null | undefined): PackageName {
  const text = value ?? word?.text.replace(/^(["'])(.*)\1$/s, '$2') ?? ''
  if (value === null) {
    // `nginx=$VERSION`: the name is known, and that there is a version.
    const groups = /^[\w@./+-]*[A-Za-z]/.test(text) ? row.version?.exec(text)?.groups : undefined
    const name = groups?.['name']
    return name && !/[$`]/.test(name) && groups['version'] ? { text, name, version: groups['version'], kind: 'registry', word } : { text, name: null, version: null, kind: 'unknown', word }
  }
  if (isArchive) return { text, name: null, version: null, kind: 'archive', word }
  if (REMOTE.test(text)) return { text, name: null, version: null, kind: 'remote', word }
  const groups = row.version?.exec(text)?.groups
  return { text, name: groups?.['name'] ?? text, version: groups?.['version'] ?? versionOption ?? null, kind: 'registry', word }
}
