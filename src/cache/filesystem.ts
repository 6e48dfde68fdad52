// What a file system holds, as far as a reader of the Dockerfile can know: files that COPY and ADD brought, below, between and
// above what RUN wrote or an image came with. Enough to decide by content what later copies and mounts see.
import { insideRoot } from '../model/paths.ts'
import { digestOf, isPlain, isWild, MISSING, selectorKey, type Digest, type Selector } from './selection.ts'
import { MOST_LINKS, parentOf, resolvePath, type Entry, type Tree } from './tree.ts'

/** Files nobody can look into. */
export interface Unknown {
  /** Equal for equal files. */
  readonly id: string
  /** The RUN steps whose output it may be, by the identity of their vertices. */
  readonly runs: ReadonlySet<string>
  /** The folder or file they are in; '' for anywhere. */
  readonly within: string
  /** The root file system of an image. */
  readonly isImage: boolean
}
/** Bottom first: what is above hides what is below. */
export interface FileSystem { readonly sections: readonly (Tree | Unknown)[] }
/** A file system being built. */
export interface MutableFileSystem extends FileSystem {
  readonly sections: (Tree | Unknown)[]
  /** Of all known entries, hidden or not. */
  readonly kinds: Map<string, Entry['kind']>
  /** The topmost section while it is known, to add to. */
  top: Map<string, Entry> | null
}

const NONE: ReadonlySet<string> = new Set()
export const isTree = (section: Tree | Unknown): section is Tree => section instanceof Map

export const unknownFiles = (id: string, more: Partial<Unknown> = {}): Unknown => ({ id, runs: NONE, within: '', isImage: false, ...more })

/** A copy to build on. */
export function forkFiles({ sections }: FileSystem): MutableFileSystem {
  const kinds = new Map<string, Entry['kind']>()
  for (const section of sections) if (isTree(section)) for (const [path, entry] of section) kinds.set(path, entry.kind)
  return { sections: [...sections], kinds, top: null }
}

export function addUnknown(files: MutableFileSystem, unknown: Unknown): void {
  files.sections.push(unknown)
  files.top = null
}

/** What a RUN leaves: its identity says all there is to say of what it ran on. */
export const writtenFiles = (id: string): Unknown => unknownFiles(id, { runs: new Set([id]) })

export function addWritten(files: MutableFileSystem, id: string): void {
  files.sections.splice(0, Infinity, writtenFiles(id))
  files.top = null
}

export function addEntry(files: MutableFileSystem, path: string, entry: Entry): void {
  if (!files.top) files.sections.push(files.top = new Map())
  files.top.set(path, entry)
  files.kinds.set(path, entry.kind)
}

/** Folders that every base image has: a copy to one of them goes into it. */
const USUAL_FOLDERS = new Set(['', 'bin', 'dev', 'etc', 'home', 'lib', 'mnt', 'opt', 'proc', 'root', 'run', 'sbin', 'srv', 'sys', 'tmp', 'usr', 'usr/bin', 'usr/lib', 'usr/local', 'usr/local/bin', 'var'])

export function isFolder(files: MutableFileSystem, path: string): boolean {
  const kind = files.kinds.get(path)
  return kind === undefined ? path === '' || (USUAL_FOLDERS.has(path) && files.sections.some(section => !isTree(section))) : kind === 'dir'
}

/** The text of a file that is known and that nothing unknown can hide. */
export function knownText({ sections }: MutableFileSystem, path: string): string | null {
  for (const section of [...sections].reverse()) {
    const entry = isTree(section) ? section.get(path) : null
    if (entry) return entry.kind === 'file' && entry.content.startsWith('=') ? entry.content.slice(1) : null
    if (!isTree(section) && (section.within === '' || `${path}/`.startsWith(`${section.within}/`))) return null
  }
  return null
}

/** Where a path leads, as far as links on it are known. */
export function followLinks(files: MutableFileSystem, path: string): string {
  const pending = insideRoot(path).split('/').reverse()
  let at = ''
  for (let hops = 0; pending.length > 0;) {
    const next = insideRoot(`${at}/${pending.pop()!}`)
    const link = files.kinds.get(next) === 'link' && ++hops < MOST_LINKS ? files.sections.findLast((section): section is Tree => isTree(section) && section.has(next))!.get(next)!.content : null
    if (link === null) at = next
    else pending.push(...link.split('/').reverse())
    if (link?.startsWith('/')) at = ''
  }
  return at
}

/** A folder with all above it; what exists stays as it is. */
export function addFolder(files: MutableFileSystem, path: string, owner: string, mode = 0o755): void {
  const missing: string[] = []
  for (let at = followLinks(files, path); at !== '' && !isFolder(files, at); at = parentOf(at)) missing.push(at)
  for (const folder of missing.reverse()) addEntry(files, folder, { kind: 'dir', mode, content: '', owner, mtime: null, origin: null })
}

/** What selectors take. Equal keys: equal content. */
export interface Content {
  readonly key: string
  /** Of all but what is known to lie on top. */
  readonly below: string
  readonly unknown: readonly Unknown[]
  /** Known files on top: they differ for sure when their entries do. */
  readonly top: readonly { readonly tree: Tree; readonly paths: readonly string[] }[]
  /** The key as an engine sees it that overlooks some changes. */
  lax(): string
}

/** `intern` gives equal digests one short name. */
export function contentOf(files: FileSystem, selectors: readonly Selector[], intern: (key: string) => string): Content {
  const found = selectors.map(selector => ({ selector, parts: partsOf(files, selector) }))
  const keyOf = (skipsTop: boolean, digest: (of: Digest) => string): string => JSON.stringify(found.map(({ selector, parts }) => parts.flatMap((part, index) => {
    if (!isTree(part)) return [`${part.id} ${selectorKey(selector)}`]
    if (skipsTop && index === 0) return []
    const text = digest(digestOf(part, selector))
    return text === MISSING ? [] : [intern(text)]
  })))
  let lax: string | undefined
  return {
    key: keyOf(false, digest => digest.strict),
    below: keyOf(true, digest => digest.strict),
    unknown: found.flatMap(({ parts }) => parts.filter(part => !isTree(part)) as Unknown[]),
    top: found.flatMap(({ selector, parts: [first] }) => (first && isTree(first) ? [{ tree: first, paths: digestOf(first, selector).paths }] : [])),
    lax: () => lax ??= keyOf(false, digest => digest.lax()),
  }
}

const merged = new WeakMap<FileSystem, Map<string, readonly (Tree | Unknown)[]>>()

/** The sections that matter to a selector, topmost first, known ones in one piece where nothing unknown lies between. */
export function partsOf(files: FileSystem, selector: Selector): readonly (Tree | Unknown)[] {
  if (files.sections.length === 1) return files.sections
  let known = merged.get(files)
  if (!known) merged.set(files, known = new Map())
  const matters = files.sections.map(section => isTree(section) || mayHold(files, section, selector))
  const key = matters.map(Number).join('')
  let parts = known.get(key)
  if (!parts) known.set(key, parts = joined(files.sections.filter((_, index) => matters[index])))
  return isSettled(parts, selector) ? parts.slice(0, 1) : parts
}

function joined(sections: readonly (Tree | Unknown)[]): readonly (Tree | Unknown)[] {
  const parts: (Tree | Unknown)[] = []
  for (const section of sections) {
    const last = parts.at(-1)
    if (last && isTree(last) && isTree(section)) parts[parts.length - 1] = new Map([...last, ...section])
    else parts.push(section)
  }
  return parts.reverse()
}

/** Whether unknown files may be among what a selector takes. */
function mayHold(files: FileSystem, { within }: Unknown, selector: Selector): boolean {
  const path = fixedPart(selector)
  return within === '' || path === '' || `${path}/`.startsWith(`${within}/`) || `${within}/`.startsWith(`${path}/`) || hasLinkAbove(files, path)
}

/** The part of a source before the first wildcard. */
function fixedPart(selector: Selector): string {
  const path = insideRoot(selector.path)
  return isWild(selector) ? path.slice(0, Math.max(0, path.slice(0, path.search(/[*?[]/)).lastIndexOf('/'))) : path
}

function hasLinkAbove({ sections }: FileSystem, path: string): boolean {
  for (let at = path; at !== ''; at = parentOf(at)) if (sections.some(section => isTree(section) && section.get(at)?.kind === 'link')) return true
  return false
}

/** Whether what is known on top is all there is: a file, or a folder that was not there before, with nothing below but images. */
function isSettled(parts: readonly (Tree | Unknown)[], selector: Selector): boolean {
  const [first, ...below] = parts
  if (!first || !isTree(first) || !isPlain(selector)) return false
  const path = resolvePath(first, insideRoot(selector.path), true)
  const kind = path === null ? undefined : first.get(path)?.kind
  return kind === 'file' || (kind === 'dir' && below.every(part => !isTree(part) && part.isImage))
}

/** Whether some RUN may have written part of it. */
export const isWritten = (content: Content): boolean => content.unknown.some(({ runs }) => runs.size > 0)

/** Whether two contents that differ may turn out equal once the steps behind them ran. */
export function mayEqual(before: Content, after: Content): boolean {
  if (!isWritten(before) && !isWritten(after)) return false
  if (before.below === after.below) return false
  const known = new Map(before.top.flatMap(({ tree, paths }) => paths.map(path => [path, tree.get(path)!] as const)))
  return !after.top.some(({ tree, paths }) => paths.some(path => {
    const entry = known.get(path)
    const own = tree.get(path)!
    return entry !== undefined && (entry.kind !== 'dir' || own.kind !== 'dir') && (entry.kind !== own.kind || entry.mode !== own.mode || entry.owner !== own.owner || entry.content !== own.content)
  }))
}
