// A folder as the build context: listed, looked at and read only when asked. Links are never followed, so nothing outside
// of the folder shows and no loop exists; what may not be read counts as not there.
import type { ContextFiles, FileEntry } from '../index.ts'
import { disk as onDisk } from './disk.ts'
import type { Disk } from './disk.ts'

/** A rule that reads a file wants a manifest or a script. */
const mostBytes = 10_000_000

/**
 * `folder` is absolute; `shown` is how the user would write it, given where it is not the Dockerfile's own.
 *
 * Of a `.git` folder only the files right inside are listed. They tell that it is there and that every commit changes it;
 * below lie git's objects, which can be many times the context, and which nobody counts as files of the project.
 */
export function openFolder(folder: string, shown?: string, disk: Disk = onDisk): ContextFiles {
  const root = folder.endsWith('/') ? folder : `${folder}/`
  const found = new Map<string, Kind>()
  return {
    ...(shown !== undefined && { folder: shown }),
    list: skip => list(root, disk, skip),
    find(path) {
      const known = found.get(path)
      if (known !== undefined) return known
      const kind = kindOf(root, path, disk)
      found.set(path, kind)
      return kind
    },
    read: path => isBehindLink(root, path, disk) ? null : disk.text(root + path, mostBytes),
  }
}

type Kind = 'file' | 'folder' | 'link' | null

function kindOf(root: string, path: string, disk: Disk): Kind {
  const kind = isBehindLink(root, path, disk) ? null : disk.kind(root + path)
  return kind === 'other' ? null : kind
}

/** In the order of a walk: the entries of each folder by name. */
function list(root: string, disk: Disk, skip: (folder: string) => boolean = () => false): readonly FileEntry[] {
  const found: FileEntry[] = []
  const walk = (prefix: string, isGit: boolean): void => {
    for (const { name, kind } of disk.entries(root + prefix) ?? []) {
      const path = prefix + name
      if (kind !== 'folder') {
        if (kind !== 'other') found.push(fileEntry(root + path, path, kind === 'link', disk))
      } else if (!isGit && !skip(path)) walk(`${path}/`, name === '.git')
    }
  }
  walk('', false)
  return found
}

type Figures = ReturnType<Disk['figures']>
interface LazyEntry extends FileEntry { readonly file: string; readonly disk: Disk; figures?: Figures }

/**
 * Size and mode take a system call for each file, and few rules ask for them. All entries share these accessors: in an
 * object literal each would be a hidden class of its own.
 */
const lazily = {
  get size() {
    return figuresOf(this as unknown as LazyEntry)?.size ?? 0
  },
  get mode() {
    return figuresOf(this as unknown as LazyEntry)?.mode ?? 0
  },
}

function figuresOf(entry: LazyEntry): Figures {
  if (entry.figures === undefined) entry.figures = entry.disk.figures(entry.file)
  return entry.figures
}

function fileEntry(file: string, path: string, isLink: boolean, disk: Disk): FileEntry {
  const entry = Object.create(lazily) as { path: string; file: string; disk: Disk; figures: undefined; link?: string }
  entry.path = path
  entry.file = file
  entry.disk = disk
  entry.figures = undefined
  if (isLink) entry.link = disk.target(file)
  return entry as unknown as FileEntry
}

/** Whether a link stands in for one of the folders above a path. */
function isBehindLink(root: string, path: string, disk: Disk): boolean {
  for (let at = path.indexOf('/'); at !== -1; at = path.indexOf('/', at + 1)) {
    const kind = disk.kind(root + path.slice(0, at))
    if (kind === null || kind === 'link') return true
  }
  return false
}
