// What an instruction selects from a tree, and its digest: a string that is equal when the engine's would be.
// Follows BuildKit's cache/contenthash/checksum.go.
import { goPattern, ignoreMatcher, isWildcard, type IgnoreMatcher, type Visit } from '../model/globs.ts'
import { baseName, insideRoot } from '../model/paths.ts'
import { parentOf, pathsUnder, resolvePath, type Entry, type Tree } from './tree.ts'

/** What one instruction takes from one tree. */
export interface Selector {
  /** As written in the instruction, variables expanded. */
  readonly path: string
  /** Wildcards count: COPY and ADD, not bind mounts. */
  readonly wildcard: boolean
  readonly include: readonly string[]
  readonly exclude: readonly string[]
}
export const everything: Selector = { path: '/', wildcard: false, include: [], exclude: [] }

/** `strict` is what a fresh look at the files gives; `lax` leaves out what the engine is known to overlook. `paths`: where it came from. */
export interface Digest { readonly strict: string; readonly paths: readonly string[]; lax(): string }

export const MISSING = 'missing'
const EMPTY: Digest = { strict: 'empty', paths: [], lax: () => 'empty' }

export const isWild = (selector: Selector): boolean => selector.wildcard && isWildcard(selector.path)
const isFiltered = (selector: Selector): boolean => selector.include.length > 0 || selector.exclude.length > 0
/** One path with all below it. */
export const isPlain = (selector: Selector): boolean => !isWild(selector) && !isFiltered(selector)

const digests = new WeakMap<Tree, Map<string, Digest>>()
const names = new WeakMap<Selector, string>()

/** Equal for selectors that take the same. */
export function selectorKey(selector: Selector): string {
  const known = names.get(selector)
  if (known !== undefined) return known
  const name = JSON.stringify([insideRoot(selector.path), isWild(selector), selector.include, selector.exclude])
  names.set(selector, name)
  return name
}

export function digestOf(tree: Tree, selector: Selector): Digest {
  let known = digests.get(tree)
  if (!known) digests.set(tree, known = new Map())
  const key = selectorKey(selector)
  let digest = known.get(key)
  if (!digest) known.set(key, digest = isPlain(selector) ? pathDigest(tree, insideRoot(selector.path)) : filteredDigest(tree, selector))
  return digest
}

function pathDigest(tree: Tree, path: string): Digest {
  const resolved = resolvePath(tree, path, true)
  return resolved === null ? { strict: MISSING, paths: [], lax: () => MISSING } : plainDigest(tree, resolved)
}

function once(make: () => string): () => string {
  let made: string | undefined
  return () => made ??= make()
}

/** A file: its own header and content. A folder: its header and everything below it with names. */
function plainDigest(tree: Tree, path: string): Digest {
  const entry = tree.get(path)
  if (entry && entry.kind !== 'dir') return { strict: strictRecord(entry), paths: [path], lax: () => laxRecord(entry) }
  const paths = pathsUnder(tree, path)
  const cut = path === '' ? 0 : path.length + 1
  const list = (record: (entry: Entry) => string): string => `dir ${JSON.stringify([entry ? record(entry) : '', ...paths.flatMap(below => [below.slice(cut), record(tree.get(below)!)])])}`
  return { strict: list(strictRecord), paths, lax: once(() => list(laxRecord)) }
}

function strictRecord(entry: Entry): string {
  if (entry.kind === 'dir') return `d${entry.mode.toString(8)}:${entry.owner}`
  return entry.kind === 'link' ? `l:${entry.content}:${entry.owner}` : `f${entry.mode.toString(8)}:${entry.owner}:${entry.content}`
}

/** For what is sent, the mode of a folder goes unnoticed, and so do bytes of the same size and time (fsutil diff_containerd.go, diskwriter.go). */
function laxRecord(entry: Entry): string {
  if (entry.origin === null) return strictRecord(entry)
  if (entry.kind === 'dir') return `d@${entry.origin}:${entry.owner}`
  if (entry.kind === 'link' || entry.mtime === null || !entry.content.startsWith('=')) return strictRecord(entry)
  return `f${entry.mode.toString(8)}:${entry.owner}@${entry.origin} ${entry.mtime} ${new TextEncoder().encode(entry.content).length}`
}

/** Wildcards, `--exclude` and `--parents`: a list of what is taken, folders by their header only. */
function filteredDigest(tree: Tree, selector: Selector): Digest {
  const taken = takenFrom(tree, selector, false)
  if (taken.length === 0) return EMPTY
  const paths = taken.map(found => found.path)
  const records = taken.map(({ entry, path, follows }) => {
    const target = follows && entry.kind === 'link' ? resolvePath(tree, path, true) : null
    return target === null ? { strict: strictRecord(entry), lax: () => laxRecord(entry) } : plainDigest(tree, target)
  })
  if (records.length === 1 && baseName(insideRoot(selector.path)) === baseName(paths[0]!)) return { ...records[0]!, paths }
  return {
    paths,
    strict: `list ${JSON.stringify(taken.map(({ name, inner }, index) => [inner === '' ? name : `${name}/${inner}`, records[index]!.strict]))}`,
    // Before BuildKit 0.26 only base names counted.
    lax: once(() => `list ${JSON.stringify(taken.map(({ name, inner }, index) => [baseName(inner === '' ? name : inner), records[index]!.lax()]))}`),
  }
}

/** One entry of a selection. `name`: that of the source or match it belongs to. `inner`: its path in there, '' for the source itself. `follows`: a link here stands for its target. */
export interface Taken { readonly path: string; readonly name: string; readonly inner: string; readonly entry: Entry; readonly follows: boolean }

/** Every entry of a selection, in the engine's order. `followsSource`: a source that is a link stands for its target with all below it. */
export function takenFrom(tree: Tree, selector: Selector, followsSource: boolean): readonly Taken[] {
  const filters = { include: selector.include.length > 0 ? ignoreMatcher(selector.include) : null, exclude: selector.exclude.length > 0 ? ignoreMatcher(selector.exclude) : null }
  const path = insideRoot(selector.path)
  const sources = isWild(selector) ? matchesOf(tree, path) : [path]
  return sources.flatMap(source => {
    const resolved = resolvePath(tree, source, followsSource)
    return resolved === null ? [] : takeBelow(tree, resolved, baseName(source), filters)
  })
}

/** Paths that fit a wildcard, nothing below one that does. */
function matchesOf(tree: Tree, pattern: string): readonly string[] {
  const compiled = goPattern(pattern)
  if (!compiled) return []
  const parts = pattern.split('/')
  const prefix = parts.slice(0, parts.findIndex(part => isWildcard(part))).join('/')
  // Links in the part before the wildcard are followed; the paths keep the name that was asked for.
  const start = resolvePath(tree, prefix, true)
  if (start === null) return []
  const found: string[] = []
  let skip = ''
  for (const path of pathsUnder(tree, start)) {
    if (skip !== '' && path.startsWith(skip)) continue
    const rest = start === '' ? path : path.slice(start.length + 1)
    if (!compiled.matches(prefix === '' ? rest : `${prefix}/${rest}`)) continue
    skip = `${path}/`
    found.push(path)
  }
  return found
}

/** A path and all below it, filtered. Patterns are relative to the path. A folder is taken with something in it, whatever the patterns say of it. */
function takeBelow(tree: Tree, path: string, name: string, { include, exclude }: { include: IgnoreMatcher | null; exclude: IgnoreMatcher | null }): Taken[] {
  const all = path === '' ? pathsUnder(tree, '') : [path, ...pathsUnder(tree, path)]
  const cut = path === '' ? 0 : path.length + 1
  if (!include && !exclude) return all.map(found => ({ path: found, name, inner: found === path ? '' : found.slice(cut), entry: tree.get(found)!, follows: found === path }))
  const taken: Taken[] = []
  const visits = new Map<string, { include?: Visit; exclude?: Visit }>()
  // Folders above the current path; those up to `settled` are taken.
  const folders: Taken[] = []
  let settled = 0
  for (const found of all) {
    const entry = tree.get(found)!
    const inner = found === path ? '' : found.slice(cut)
    while (folders.length > 0 && !found.startsWith(`${folders.at(-1)!.path}/`)) folders.pop()
    settled = Math.min(settled, folders.length)
    const above = visits.get(parentOf(found))
    const visit = { ...(include ? { include: include.visit(inner, above?.include) } : {}), ...(exclude ? { exclude: exclude.visit(inner, above?.exclude) } : {}) }
    const isWanted = (!visit.include || visit.include.matched) && !(visit.exclude?.matched ?? false)
    const one: Taken = { path: found, name, inner, entry, follows: folders.length === 0 }
    if (isWanted) {
      for (; settled < folders.length; settled++) taken.push(folders[settled]!)
      taken.push(one)
    }
    if (entry.kind !== 'dir') continue
    visits.set(found, visit)
    if (isWanted) settled++
    folders.push(one)
  }
  return taken
}
