// The files a COPY or ADD puts on a file system: known ones entry by entry, unknown ones as such.
// Follows docopy in BuildKit's solver/llbsolver/file/backend.go and fsutil's copy/copy.go.
import type { CopyStep } from '../model/build.ts'
import { baseName, copyTarget } from '../model/paths.ts'
import { changedMode, ownerOf } from './file-modes.ts'
import { addEntry, addFolder, addUnknown, followLinks, isFolder, isTree, knownText, partsOf, unknownFiles, type FileSystem, type MutableFileSystem, type Unknown } from './filesystem.ts'
import { digestOf, isWild, selectorKey, takenFrom, type Selector, type Taken } from './selection.ts'
import { parentOf, type Entry, type Tree } from './tree.ts'

/** Where a copy puts things. */
export interface Destination {
  /** The destination, without slashes around it. */
  readonly folder: string
  /** Whether files go into it under their own name. */
  readonly isFolder: boolean
  /** Who `--chown` gives things to; null without it. */
  readonly owner: string | null
  /** An octal `--chmod`. */
  readonly mode: number | null
  /** Gives equal keys one short name. */
  readonly intern: (key: string) => string
}

export function destinationOn(files: MutableFileSystem, step: CopyStep, intern: Destination['intern']): Destination {
  const target = copyTarget(step.workdir ?? '/', step.target ?? '')
  const folder = followLinks(files, target)
  const count = step.sources.length + step.remotes.length + step.heredocs.length
  return { folder, isFolder: target.endsWith('/') || target.endsWith('/.') || count > 1 || isFolder(files, folder), owner: step.chown ? ownerOn(files, step.chown) : null, mode: step.chmod && /^[0-7]+$/.test(step.chmod) ? parseInt(step.chmod, 8) : null, intern }
}

/** Adds what the selectors take from a source. */
export function addCopied(files: MutableFileSystem, step: CopyStep, source: FileSystem, selectors: readonly Selector[], to: Destination): void {
  for (const selector of selectors) {
    // A wildcard that matches nothing makes no folder either.
    if (!isWild(selector)) makeFolder(files, to.isFolder ? to.folder : parentOf(to.folder), to)
    const parts = partsOf(source, selector)
    // What a RUN wrote may hide all below it: one piece, lest each copy of a copy has more of them.
    const written = parts.findIndex(part => !isTree(part) && part.runs.size > 0)
    if (written !== -1) addPart(files, step, to, JSON.stringify(parts.slice(written).map(part => partKey(part, selector, to))), (parts[written] as Unknown).runs)
    for (const part of parts.slice(0, written === -1 ? parts.length : written).reverse()) {
      if (isTree(part)) addKnown(files, step, part, selector, to)
      else addPart(files, step, to, partKey(part, selector, to))
    }
  }
}

/** Folders on the way get the owner and the octal mode of what is copied, less what the daemon's umask takes away. */
function makeFolder(files: MutableFileSystem, path: string, { owner, mode }: Destination): void {
  addFolder(files, path, owner ?? '', mode === null ? undefined : mode & ~0o022)
}

const partKey = (part: Tree | Unknown, selector: Selector, { intern }: Destination): string => (isTree(part) ? intern(digestOf(part, selector).strict) : `${part.id} ${selectorKey(selector)}`)

/** Files nobody can look into, brought by a copy: equal for equal sources. */
export function addPart(files: MutableFileSystem, { chown, chmod }: CopyStep, { folder, isFolder, intern }: Destination, from: string, runs?: ReadonlySet<string>): void {
  addUnknown(files, unknownFiles(intern(JSON.stringify(['part', from, folder, isFolder, chown, chmod])), { within: folder, ...(runs ? { runs } : {}) }))
}

function addKnown(files: MutableFileSystem, step: CopyStep, tree: Tree, selector: Selector, to: Destination): void {
  const unpacks = step.unpack ?? step.kind === 'add'
  for (const taken of takenFrom(tree, selector, true)) {
    const { entry, inner } = taken
    if (unpacks && inner === '' && entry.kind === 'file' && isArchive(taken.path, entry)) addPart(files, step, to, `unpacked ${entry.content}`)
    else if (inner !== '' || entry.kind !== 'dir') place(files, step, taken, isWild(selector), to)
    // Only the content of a folder is copied, so that one itself need not be there.
    else makeFolder(files, to.folder, to)
  }
}

function place(files: MutableFileSystem, step: CopyStep, { name, inner, entry, path }: Taken, isMatch: boolean, to: Destination): void {
  const { folder, isFolder, owner } = to
  // A match of a wildcard that leads to a folder is copied like one.
  const at = inner !== '' ? inner : isFolder ? name || baseName(path) : ''
  const target = folder === '' ? at : at === '' ? folder : `${folder}/${at}`
  if (isMatch || step.parents) makeFolder(files, parentOf(target), to)
  addEntry(files, target, owned(entry, step, owner ?? entry.owner))
}

/** `--chown` or USER on a file system: names are looked up in its own tables, where those are known. */
export function ownerOn(files: MutableFileSystem, chown: string): string {
  const table = (path: string): readonly (readonly string[])[] => (knownText(files, path) ?? '').split('\n').map(line => line.split(':'))
  return ownerOf(chown, name => {
    const [, , user, group] = table('etc/passwd').find(([first]) => first === name) ?? []
    return user === undefined || group === undefined ? undefined : { user, group }
  }, name => table('etc/group').find(([group]) => group === name)?.[2])
}

function owned(entry: Entry, step: CopyStep, owner: string): Entry {
  if (owner === entry.owner && !step.chmod) return entry
  if (!step.chmod || entry.kind === 'link') return { ...entry, owner }
  const mode = changedMode(entry.mode, step.chmod, entry.kind === 'dir')
  // Only an octal mode is one whatever the source has.
  return { ...entry, owner, mode: mode ?? entry.mode, origin: entry.kind === 'dir' && /^[0-7]+$/.test(step.chmod) ? null : entry.origin }
}

/** By its first bytes where they are known: gzip, bzip2, xz, zstd, or the mark of tar. Else by its name. Follows moby/go-archive. */
function isArchive(path: string, entry: Entry): boolean {
  if (!entry.content.startsWith('=')) return /\.(tar|tgz|tbz2?|txz|gz|bz2|xz|zst)$/i.test(path)
  const content = entry.content.slice(1)
  return content.slice(257, 262) === 'ustar' || /^(\x1f\x8b|BZh|\xfd7zXZ|\x28\xb5\x2f\xfd)/.test(content) || /\.(tar|tgz|tbz2?|txz|gz|bz2|xz|zst)$/i.test(path)
}
