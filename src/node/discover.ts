// From what was typed to the Dockerfiles to lint. A named file is taken whatever its name; folders and globs are
// listed by git where there is a work tree, so that `.gitignore` counts, and by walking elsewhere.
import { accessSync, constants, lstatSync, readdirSync, realpathSync, statSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { basename, dirname, join, resolve, sep } from 'node:path'
import { isInside, isOfGit, isThere, realPlace, shownPath, straying, topAbove } from './paths.ts'

export interface FoundFile {
  /** Absolute. */
  readonly file: string
  /** Relative to the current folder, with `/`. */
  readonly path: string
}

export interface Discovered {
  /** Each file once, in the order of their paths. */
  readonly files: readonly FoundFile[]
  /** What was asked for and cannot be had: exit code 2. */
  readonly problems: readonly Note[]
  /** What the user should know about how it was searched. */
  readonly warnings: readonly Note[]
}

export interface Note { readonly path: string; readonly message: string }

/** Paths below the folder that was listed; those of the warnings are absolute. */
interface Found { readonly files: readonly string[]; readonly warnings: readonly Note[] }
/** The same with absolute paths, and the folder that links among them may not leave. */
interface Listing extends Found { readonly within: string }
type IsWanted = (path: string) => boolean
interface Candidate extends FoundFile { readonly isLink: boolean; readonly real: string }

const dockerfile = /^(?:dockerfile|containerfile)(?:\..+)?$|\.(?:dockerfile|containerfile)$/i
/** Beside Dockerfiles lie notes, backups and scripts named after them, and templates that are no Dockerfiles yet. */
const notDockerfile = /~$|\.(?:dockerignore|containerignore|md|markdown|rst|adoc|html?|pdf|bak|backup|old|orig|rej|sw[a-p]|tmp|diff|patch|log|sh|ps1|bat|cmd|json|ya?ml|toml|lock|sig|sha256|j2|jinja2?|tmpl|tpl|template|erb|ejs|hbs|mustache|gotmpl|in|m4|njk|liquid|tt)$/i
const globbing = /[*?[\]{}]/

export const isDockerfileName = (name: string): boolean => dockerfile.test(name) && !notDockerfile.test(name)

/** `listed` are more paths, none of them a glob. */
export interface Searching { readonly cwd: string; readonly listed?: readonly string[] }

/** The Dockerfiles that these files, folders and globs stand for; without any paths and list those of the current folder. */
export async function discover(paths: readonly string[], { cwd, listed }: Searching): Promise<Discovered> {
  const candidates: Candidate[] = []
  const problems: Note[] = []
  const warnings = new Map<string, Note>()
  const describe = describer(cwd)
  const asked = paths.length === 0 && !listed ? ['.'] : paths
  for (const [index, path] of [...asked, ...listed ?? []].entries()) {
    const typed = sep === '\\' ? path.replaceAll('\\', '/') : path
    const file = resolve(cwd, typed)
    const stats = path === '' ? 'no such file or folder' : statsOf(file)
    if (typeof stats !== 'string' && !stats.isDirectory()) {
      const message = straying(file) ?? unreadable(file, stats)
      if (message === null) candidates.push(describe(file, lstatSync(file)))
      else problems.push({ path, message })
    } else if (typeof stats !== 'string' || index < asked.length && globbing.test(typed)) {
      const listing = typeof stats === 'string' ? await matched(typed, cwd) : await inFolder(file, rest => isDockerfileName(basename(rest)))
      if (typeof listing === 'string') problems.push({ path, message: listing })
      else {
        for (const path of listing.files) {
          candidates.push(...reachable(path, listing.within, describe))
          if (isUnnamable(path)) problems.push({ path: shownPath(cwd, path), message: `not linted: ${unnamable}` })
        }
        for (const { path: folder, message: reason } of listing.warnings) warnings.set(folder, { path: shownPath(cwd, folder), message: reason })
      }
    } else problems.push({ path, message: stats })
  }
  return { files: once(candidates), problems, warnings: [...warnings.values()] }
}

/** Of several names for one file the real one comes first, then the first in order. */
function once(candidates: readonly Candidate[]): readonly FoundFile[] {
  const inOrder = (a: FoundFile, b: FoundFile): number => a.path < b.path ? -1 : Number(a.path > b.path)
  const kept = new Map<string, FoundFile>()
  for (const { real, file, path } of [...candidates].sort((a, b) => Number(a.isLink) - Number(b.isLink) || inOrder(a, b))) {
    if (!kept.has(real)) kept.set(real, { file, path })
  }
  return [...kept.values()].sort(inOrder)
}

function describer(cwd: string): (file: string, stats: Stats) => Candidate {
  const folders = new Map<string, string>()
  return (file, stats) => {
    const folder = dirname(file)
    const realFolder = folders.get(folder) ?? realpathSync(folder)
    folders.set(folder, realFolder)
    const isLink = stats.isSymbolicLink()
    return { file, path: shownPath(cwd, file), isLink, real: isLink ? realPlace(file) : join(realFolder, basename(file)) }
  }
}

function statsOf(file: string): Stats | string {
  try {
    return statSync(file)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ENAMETOOLONG') return 'no such file or folder'
    if (code === 'EACCES') return 'permission denied'
    return code === 'ELOOP' ? 'a symbolic link that leads back to itself' : message
  }
}

/** A named pipe is fine: that is what a shell's <(…) gives. */
function unreadable(file: string, stats: Stats): string | null {
  if (!stats.isFile() && !stats.isFIFO() && !stats.isCharacterDevice()) return 'neither a file nor a folder'
  try {
    accessSync(file, constants.R_OK)
    return null
  } catch {
    return 'permission denied'
  }
}

/** A file that was come across, unless it is gone, no regular file, or a link to something outside: nobody named it. */
function reachable(file: string, within: string, describe: (file: string, stats: Stats) => Candidate): readonly Candidate[] {
  try {
    const stats = lstatSync(file)
    if (!stats.isSymbolicLink()) return stats.isFile() ? [describe(file, stats)] : []
    const real = realpathSync(file)
    return statSync(real).isFile() && isInside(real, within) && !isOfGit(real) ? [describe(file, stats)] : []
  } catch {
    return []
  }
}

const unnamable = 'its name is not UTF-8'
/** Of a name that is no text the bytes are lost, and with them the file. */
const isUnnamable = (path: string): boolean => path.includes('\ufffd') && !isThere(path)

/** What a glob fits. A folder that it fits is searched like a named one. */
async function matched(glob: string, cwd: string): Promise<Listing | string> {
  const segments = glob.split('/')
  const fixed = segments.findIndex(segment => globbing.test(segment) || segment.includes('\\'))
  const base = resolve(cwd, segments.slice(0, fixed).join('/') || (glob.startsWith('/') ? '/' : '.'))
  const stats = statsOf(base)
  if (typeof stats === 'string' || !stats.isDirectory()) return { files: [], within: base, warnings: [] }
  const { pathGlob } = await import('../path-glob.ts')
  const fits = pathGlob(segments.slice(fixed).join('/').replace(/\/+$/, ''))
  const last = segments.at(-1)!
  const saysName = !/^\**$/.test(last)
  const isFolderFitting: IsWanted = path => {
    for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) if (fits(path.slice(0, at))) return true
    return false
  }
  return inFolder(base, path => {
    const name = basename(path)
    const suffix = notDockerfile.exec(name)?.[0]
    if (suffix !== undefined && !last.endsWith(suffix)) return false
    if ((saysName || dockerfile.test(name)) && fits(path)) return true
    return isDockerfileName(name) && isFolderFitting(path)
  })
}

/** What is wanted below a folder; a message when it cannot be listed. */
async function inFolder(folder: string, isWanted: IsWanted): Promise<Listing | string> {
  try {
    accessSync(folder, constants.R_OK | constants.X_OK)
  } catch {
    return 'permission denied'
  }
  const real = realpathSync(folder)
  // Whether git itself agrees is seen when it is asked.
  const top = topAbove(real)
  const wanted: IsWanted = path => !/(?:^|\/)node_modules\//.test(path) && isWanted(path)
  const { files, warnings } = top === null ? await walked(folder, '', wanted) : await listedByGit(folder, '', wanted, real !== top)
  const isVendored = vendoredIn(folder)
  return { files: files.filter(path => !isVendored(path)).map(path => join(folder, path)), within: top ?? real, warnings }
}

/** Below a `vendor` folder that Go or Composer fills lie files of other projects, which nobody edits there. */
function vendoredIn(folder: string): IsWanted {
  const known = new Map<string, boolean>()
  return path => {
    const vendor = /^(?:.*?\/)?vendor(?=\/)/.exec(path)?.[0]
    if (vendor === undefined) return false
    const found = known.get(vendor) ?? ['modules.txt', 'composer'].some(mark => typeof statsOf(join(folder, vendor, mark)) !== 'string')
    known.set(vendor, found)
    return found
  }
}

/** `prefix` is the place below the folder that is listed, empty or ending in `/`. */
async function listedByGit(folder: string, prefix: string, isWanted: IsWanted, mayBeIgnored: boolean): Promise<Found> {
  const { isIgnored, listFiles } = await import('./git.ts')
  const here = join(folder, prefix)
  const [listing, ignored] = await Promise.all([listFiles(here, path => isWanted(prefix + path)), mayBeIgnored && isIgnored(here)])
  // Somebody who names an ignored folder wants it searched.
  if (ignored) return walked(folder, prefix, isWanted)
  if (listing.error !== null) {
    const { files, warnings } = await walked(folder, prefix, isWanted)
    return { files, warnings: [{ path: here, message: `.gitignore does not count here: ${listing.error}` }, ...warnings] }
  }
  const files = listing.files.map(path => prefix + path)
  const warnings: Note[] = []
  for (const repository of listing.repositories) {
    const below = `${prefix}${repository}/`
    // A submodule that is not checked out is an empty folder.
    if (/(?:^|\/)node_modules\//.test(below) || typeof statsOf(join(folder, below, '.git')) === 'string') continue
    const found = await listedByGit(folder, below, isWanted, false)
    files.push(...found.files)
    warnings.push(...found.warnings)
  }
  return { files, warnings }
}

/** Reads the folders itself; links are not followed, and a repository on the way is listed by git. */
async function walked(folder: string, prefix: string, isWanted: IsWanted): Promise<Found> {
  const files: string[] = []
  const warnings: Note[] = []
  const open = [prefix]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const entries = entriesOf(join(folder, at))
    if (entries === null) warnings.push({ path: join(folder, at), message: `not searched: ${isUnnamable(join(folder, at)) ? unnamable : 'permission denied'}` })
    else if (at !== prefix && entries.some(({ name }) => name === '.git')) {
      const found = await listedByGit(folder, at, isWanted, false)
      files.push(...found.files)
      warnings.push(...found.warnings)
    } else {
      for (const entry of entries) {
        if (!entry.isDirectory()) {
          if (isWanted(at + entry.name)) files.push(at + entry.name)
        } else if (entry.name !== '.git' && entry.name !== 'node_modules') open.push(`${at}${entry.name}/`)
      }
    }
  }
  return { files, warnings }
}

function entriesOf(folder: string): ReturnType<typeof readEntries> | null {
  try {
    return readEntries(folder)
  } catch {
    return null
  }
}

const readEntries = (folder: string) => readdirSync(folder, { withFileTypes: true })
