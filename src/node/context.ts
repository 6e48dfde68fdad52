// A folder as the build context: listed, looked at and read only when asked. Links are never followed, so nothing outside
// of the folder shows and no loop exists; what may not be read counts as not there.
import { lstatSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'
import type { Dirent, Stats } from 'node:fs'
import type { ContextFiles, FileEntry } from '../index.ts'

/** A rule that reads a file wants a manifest or a script. */
const mostBytes = 10_000_000

/**
 * `folder` is absolute; `shown` is how the user would write it, given where it is not the Dockerfile's own.
 *
 * Of a `.git` folder only the files right inside are listed. They tell that it is there and that every commit changes it;
 * below lie git's objects, which can be many times the context, and which nobody counts as files of the project.
 */
export function openFolder(folder: string, shown?: string): ContextFiles {
  const root = folder.endsWith('/') ? folder : `${folder}/`
  const found = new Map<string, Kind>()
  return {
    ...(shown !== undefined && { folder: shown }),
    list: skip => list(root, skip),
    find(path) {
      const known = found.get(path)
      if (known !== undefined) return known
      const kind = kindOf(root, path)
      found.set(path, kind)
      return kind
    },
    read: path => isBehindLink(root, path) ? null : textOf(root + path),
  }
}

type Kind = 'file' | 'folder' | 'link' | null

function kindOf(root: string, path: string): Kind {
  const stats = isBehindLink(root, path) ? null : statsOf(root + path)
  if (stats === null) return null
  return stats.isDirectory() ? 'folder' : stats.isSymbolicLink() ? 'link' : stats.isFile() ? 'file' : null
}

/** In the order of a walk: the entries of each folder by name. */
function list(root: string, skip: (folder: string) => boolean = () => false): readonly FileEntry[] {
  const found: FileEntry[] = []
  const walk = (prefix: string, isGit: boolean): void => {
    for (const entry of entriesOf(root + prefix)) {
      const path = prefix + entry.name
      if (!entry.isDirectory()) {
        if (entry.isFile() || entry.isSymbolicLink()) found.push(fileEntry(root + path, path, entry.isSymbolicLink()))
      } else if (!isGit && !skip(path)) walk(`${path}/`, entry.name === '.git')
    }
  }
  walk('', false)
  return found
}

function entriesOf(folder: string): readonly Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))
  } catch {
    return []
  }
}

interface LazyEntry extends FileEntry { readonly file: string; stats?: Stats | null }

/**
 * Size and mode take a system call for each file, and few rules ask for them. All entries share these accessors: in an
 * object literal each would be a hidden class of its own.
 */
const lazily = {
  get size() {
    return statsFor(this as unknown as LazyEntry)?.size ?? 0
  },
  get mode() {
    return (statsFor(this as unknown as LazyEntry)?.mode ?? 0) & 0o7777
  },
}

function statsFor(entry: LazyEntry): Stats | null {
  if (entry.stats === undefined) entry.stats = statsOf(entry.file)
  return entry.stats
}

function fileEntry(file: string, path: string, isLink: boolean): FileEntry {
  const entry = Object.create(lazily) as { path: string; file: string; stats: undefined; link?: string }
  entry.path = path
  entry.file = file
  entry.stats = undefined
  if (isLink) entry.link = targetOf(file)
  return entry as unknown as FileEntry
}

function statsOf(file: string): Stats | null {
  try {
    return lstatSync(file, { throwIfNoEntry: false }) ?? null
  } catch {
    return null
  }
}

function targetOf(link: string): string {
  try {
    return readlinkSync(link)
  } catch {
    return ''
  }
}

/** Whether a link stands in for one of the folders above a path. */
function isBehindLink(root: string, path: string): boolean {
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    if (statsOf(root + path.slice(0, at))?.isSymbolicLink() !== false) return true
  }
  return false
}

/** null for what is no regular file, and for what is larger than any manifest. */
function textOf(file: string): string | null {
  const stats = statsOf(file)
  if (!stats?.isFile() || stats.size > mostBytes) return null
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return null
  }
}
