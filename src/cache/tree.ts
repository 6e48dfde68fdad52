// Files as a cache key sees them: a tree of entries, and digests of what an instruction selects from it.
// Follows BuildKit's cache/contenthash/checksum.go. Digests here are strings that are equal when the engine's would be.
import { admits } from '../model/context.ts'
import { goPattern, ignoreMatcher, isWildcard, type IgnoreMatcher, type Visit } from '../model/globs.ts'
import { baseName, insideRoot } from '../model/paths.ts'

/** Files of a build input: path → content, or content or its hash with mode (octal) and mtime (seconds), a link's target, or a folder. */
export type Files = Readonly<Record<string, string | { readonly content?: string; readonly hash?: string; readonly mode?: string; readonly symlink?: string; readonly dir?: true; readonly mtime?: number }>>

export interface Entry {
  readonly kind: 'file' | 'dir' | 'link'
  /** Permission bits; those of links count for nothing. */
  readonly mode: number
  /** Content or its hash; a link's target; '' for a folder. */
  readonly content: string
  /** `uid:gid` or names, as far as they differ from root's. */
  readonly owner: string
  readonly mtime: number | null
}
/** Paths are relative to the root, without leading or trailing slash; every folder above an entry is an entry. */
export type Tree = ReadonlyMap<string, Entry>

const FOLDER: Entry = { kind: 'dir', mode: 0o755, content: '', owner: '', mtime: null }

const entryOf = (value: Files[string]): Entry => {
  if (typeof value === 'string') return { kind: 'file', mode: 0o644, content: `=${value}`, owner: '', mtime: null }
  const mtime = value.mtime ?? null
  if (value.symlink !== undefined) return { kind: 'link', mode: 0o777, content: value.symlink, owner: '', mtime }
  if (value.dir) return { ...FOLDER, mode: value.mode === undefined ? 0o755 : parseInt(value.mode, 8), mtime }
  const content = value.content !== undefined ? `=${value.content}` : `#${value.hash ?? ''}`
  return { kind: 'file', mode: value.mode === undefined ? 0o644 : parseInt(value.mode, 8), content, owner: '', mtime }
}

const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

/** The tree of these files, folders above them added; with an ignore file, only what it lets through. */
export function treeOf(files: Files, ignoreText?: string): Tree {
  const isSent = admits(ignoreText)
  const tree = new Map<string, Entry>()
  const add = (path: string, entry: Entry): void => {
    for (let above = parentOf(path); above !== '' && !tree.has(above); above = parentOf(above)) tree.set(above, FOLDER)
    if (path !== '') tree.set(path, entry)
  }
  for (const [path, value] of Object.entries(files)) {
    const inside = insideRoot(path)
    if (inside !== '' && isSent(inside)) add(inside, entryOf(value))
  }
  // A folder that is mentioned itself keeps its own mode, also when only something below it is sent.
  for (const [path, value] of Object.entries(files)) {
    const inside = insideRoot(path)
    if (tree.get(inside) === FOLDER && typeof value !== 'string' && value.dir) tree.set(inside, entryOf(value))
  }
  return withImpliedFolders(files, tree, isSent)
}

/** Folders that only exist because something in them does are sent even when all of that is ignored. */
function withImpliedFolders(files: Files, tree: Map<string, Entry>, isSent: (path: string) => boolean): Tree {
  const seen = new Set<string>()
  for (const path of Object.keys(files)) {
    for (let above = parentOf(insideRoot(path)); above !== '' && !seen.has(above); above = parentOf(above)) {
      seen.add(above)
      if (tree.has(above) || !isSent(above)) continue
      tree.set(above, FOLDER)
      for (let higher = parentOf(above); higher !== '' && !tree.has(higher); higher = parentOf(higher)) tree.set(higher, FOLDER)
    }
  }
  return tree
}

/** What one instruction takes from one tree. */
export interface Selector {
  /** As written in the instruction, variables expanded. */
  readonly path: string
  /** Wildcards count: COPY and ADD, not bind mounts. */
  readonly wildcard: boolean
  readonly include: readonly string[]
  readonly exclude: readonly string[]
}
/** `strict` is what a fresh look at the files gives; `lax` leaves out what engines are known to overlook. `files`: the paths it came from. */
export interface Digest { readonly strict: string; readonly lax: string; readonly paths: readonly string[] }

const MISSING: Digest = { strict: 'missing', lax: 'missing', paths: [] }
const EMPTY: Digest = { strict: 'empty', lax: 'empty', paths: [] }

/** Sorted the way the engine walks: a folder comes before what is in it, and names compare part by part. */
export function sortedPaths(tree: Tree): readonly string[] {
  return [...tree.keys()].map(path => path.replaceAll('/', '\0')).sort().map(path => path.replaceAll('\0', '/'))
}

/** Trees are asked many times: sorted paths are kept. */
const sorted = new WeakMap<Tree, readonly string[]>()
const pathsOf = (tree: Tree): readonly string[] => {
  const known = sorted.get(tree)
  if (known) return known
  const paths = sortedPaths(tree)
  sorted.set(tree, paths)
  return paths
}

export function digestOf(tree: Tree, selector: Selector): Digest {
  const path = insideRoot(selector.path)
  const filters = selector.include.length > 0 || selector.exclude.length > 0
  const wild = selector.wildcard && isWildcard(path)
  if (!filters && !wild) {
    const resolved = resolve(tree, path, true)
    return resolved === null ? MISSING : plainDigest(tree, resolved)
  }
  return filteredDigest(tree, path, wild, selector)
}

/** A file: its own header and content. A folder: everything below it with names. */
function plainDigest(tree: Tree, path: string): Digest {
  const entry = tree.get(path)
  if (entry && entry.kind !== 'dir') return { strict: record(entry), lax: record(entry, true), paths: [path] }
  const strict: string[] = entry ? [record(entry)] : []
  const lax: string[] = []
  const paths: string[] = []
  for (const below of under(tree, path)) {
    const found = tree.get(below)!
    const name = path === '' ? below : below.slice(path.length + 1)
    strict.push(name, record(found))
    lax.push(name, record(found, true))
    paths.push(below)
  }
  return { strict: `dir ${JSON.stringify(strict)}`, lax: `dir ${JSON.stringify(lax)}`, paths }
}

/** Engines overlook a changed folder mode, and changed bytes of the same size and time. */
function record(entry: Entry, lax = false): string {
  if (entry.kind === 'dir') return `d${lax ? '' : entry.mode.toString(8)}:${entry.owner}`
  if (entry.kind === 'link') return `l:${entry.content}:${entry.owner}`
  const content = lax && entry.mtime !== null && entry.content.startsWith('=') ? `@${entry.mtime}/${new TextEncoder().encode(entry.content).length}` : entry.content
  return `f${entry.mode.toString(8)}:${entry.owner}:${content}`
}

/** All paths below a folder, in the engine's order. */
function under(tree: Tree, folder: string): readonly string[] {
  const paths = pathsOf(tree)
  if (folder === '') return paths
  const key = `${folder}/`.replaceAll('/', '\0')
  let low = 0
  let high = paths.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (paths[middle]!.replaceAll('/', '\0') < key) low = middle + 1
    else high = middle
  }
  let end = low
  while (end < paths.length && paths[end]!.startsWith(`${folder}/`)) end++
  return paths.slice(low, end)
}

/** The path after following links in its folders and, if asked, its last part; null when it leads nowhere. */
function resolve(tree: Tree, path: string, last: boolean): string | null {
  let pending = path === '' ? [] : path.split('/')
  let at = ''
  for (let hops = 0; pending.length > 0;) {
    const next = insideRoot(`${at}/${pending[0]!}`)
    pending = pending.slice(1)
    const entry = tree.get(next)
    if (next !== '' && !entry) return null
    if (entry?.kind === 'link' && (last || pending.length > 0)) {
      if (++hops > 255) return null
      const target = entry.content.startsWith('/') ? entry.content : `${parentOf(next)}/${entry.content}`
      pending = [...insideRoot(target).split('/').filter(part => part !== ''), ...pending]
      at = ''
    } else at = next
  }
  return at
}

/** Wildcards, `--exclude` and `--parents`: a list of what is taken, folders by their header only. */
function filteredDigest(tree: Tree, path: string, wild: boolean, selector: Selector): Digest {
  const include = selector.include.length > 0 ? ignoreMatcher(selector.include) : null
  const exclude = selector.exclude.length > 0 ? ignoreMatcher(selector.exclude) : null
  const taken = wild ? takeMatches(tree, path, include, exclude) : takeBelow(tree, path, path, include, exclude)
  if (taken.length === 0) return EMPTY
  const records = taken.map(found => {
    const target = found.follows && found.entry.kind === 'link' ? resolve(tree, found.path, true) : null
    return target === null ? { strict: record(found.entry), lax: record(found.entry, true) } : plainDigest(tree, target)
  })
  const paths = taken.map(found => found.path)
  const only = records.length === 1 && baseName(path) === baseName(paths[0]!) ? records[0]! : null
  if (only) return { strict: only.strict, lax: only.lax, paths }
  return {
    strict: `list ${JSON.stringify(records.map((entry, index) => [taken[index]!.name, entry.strict]))}`,
    // Before BuildKit 0.26 only base names counted.
    lax: `list ${JSON.stringify(records.map((entry, index) => [baseName(paths[index]!), entry.lax]))}`,
    paths,
  }
}

/** One entry of a selection. `name` is relative to the fixed part of the source, `inner` to the folder or match whose contents are copied ('' for a file itself). */
export interface Taken { readonly path: string; readonly name: string; readonly inner: string; readonly entry: Entry; readonly follows: boolean }

/** Every entry that a COPY of this selector writes, in the engine's order; a folder's own header comes as an entry whose `inner` is ''. */
export function takenFrom(tree: Tree, selector: Selector): readonly Taken[] {
  const path = insideRoot(selector.path)
  const include = selector.include.length > 0 ? ignoreMatcher(selector.include) : null
  const exclude = selector.exclude.length > 0 ? ignoreMatcher(selector.exclude) : null
  if (selector.wildcard && isWildcard(path)) return takeMatches(tree, path, include, exclude)
  const resolved = resolve(tree, path, true)
  return resolved === null ? [] : takeBelow(tree, resolved, resolved, include, exclude)
}


function takeMatches(tree: Tree, pattern: string, include: IgnoreMatcher | null, exclude: IgnoreMatcher | null): Taken[] {
  const compiled = goPattern(pattern)
  if (!compiled) return []
  const parts = pattern.split('/')
  const fixed = parts.slice(0, parts.findIndex(part => isWildcard(part)))
  // Links in the part before the wildcard are followed; the paths keep the name that was asked for.
  const start = resolve(tree, fixed.join('/'), true)
  if (start === null) return []
  const prefix = fixed.join('/')
  const taken: Taken[] = []
  let skip = ''
  for (const found of under(tree, start)) {
    if (skip !== '' && found.startsWith(skip)) continue
    const rest = start === '' ? found : found.slice(start.length + 1)
    const asked = prefix === '' ? rest : `${prefix}/${rest}`
    if (!compiled.matches(asked)) continue
    skip = `${found}/`
    taken.push(...takeBelow(tree, found, prefix, include, exclude))
  }
  return taken
}

/** A path and all below it, filtered; `base` is what names are relative to. Patterns are relative to the path. */
function takeBelow(tree: Tree, asked: string, base: string, include: IgnoreMatcher | null, exclude: IgnoreMatcher | null): Taken[] {
  const path = resolve(tree, asked, false)
  if (path === null) return []
  const taken: Taken[] = []
  const included = new Set<Taken>()
  const take = (one: Taken): void => {
    if (included.has(one)) return
    included.add(one)
    taken.push(one)
  }
  const visits = new Map<string, { include?: Visit; exclude?: Visit }>()
  const pending: Taken[] = []
  const all = path === '' ? under(tree, '') : [path, ...under(tree, path)]
  for (const found of all) {
    const entry = tree.get(found)!
    const candidate = found === path ? '' : found.slice(path === '' ? 0 : path.length + 1)
    while (pending.length > 0 && !found.startsWith(`${pending.at(-1)!.path}/`)) pending.pop()
    const above = visits.get(parentOf(found))
    const visit = { ...(include ? { include: include.visit(candidate, above?.include) } : {}), ...(exclude ? { exclude: exclude.visit(candidate, above?.exclude) } : {}) }
    const wanted = (!visit.include || visit.include.matched) && !(visit.exclude?.matched ?? false)
    const one: Taken = { path: found, name: base === '' ? found : found.slice(base.length + 1), inner: candidate, entry, follows: pending.length === 0 }
    if (entry.kind === 'dir') visits.set(found, visit)
    if (wanted) {
      pending.forEach(take)
      take(one)
    }
    if (entry.kind === 'dir') pending.push(one)
  }
  return taken
}
