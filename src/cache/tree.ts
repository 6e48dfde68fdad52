// Files as a cache key sees them: a tree of entries, in the engine's order, with links that can be followed.
import { admits } from '../model/context.ts'
import { insideRoot } from '../model/paths.ts'

/** Files of a build input: path → content, or content or its hash with mode (octal) and mtime (seconds), a link's target, or a folder. */
export type Files = Readonly<Record<string, string | { readonly content?: string; readonly hash?: string; readonly mode?: string; readonly symlink?: string; readonly dir?: true; readonly mtime?: number }>>

export interface Entry {
  readonly kind: 'file' | 'dir' | 'link'
  /** Permission bits; those of links count for nothing. */
  readonly mode: number
  /** Content or its hash; a link's target; '' for a folder. */
  readonly content: string
  /** `uid:gid` or names; '' for root's. */
  readonly owner: string
  readonly mtime: number | null
  /** Which file of which context it was sent as: the engine compares it with what it kept of the last build. null for what nobody sent. */
  readonly origin: string | null
}
/** Paths are relative to the root, without leading or trailing slash; every folder above an entry is an entry. */
export type Tree = ReadonlyMap<string, Entry>

export const parentOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))

function entryOf(value: Files[string], origin: string | null, isFolder: boolean): Entry {
  if (typeof value === 'string') return isFolder ? folderEntry(origin) : { kind: 'file', mode: 0o644, content: `=${value}`, owner: '', mtime: null, origin }
  const mtime = value.mtime ?? null
  const mode = value.mode === undefined ? null : parseInt(value.mode, 8)
  if (value.dir || isFolder) return { kind: 'dir', mode: mode ?? 0o755, content: '', owner: '', mtime, origin }
  if (value.symlink !== undefined) return { kind: 'link', mode: 0o777, content: value.symlink, owner: '', mtime, origin }
  return { kind: 'file', mode: mode ?? 0o644, content: value.content !== undefined ? `=${value.content}` : `#${value.hash ?? ''}`, owner: '', mtime, origin }
}

const folderEntry = (origin: string | null): Entry => ({ kind: 'dir', mode: 0o755, content: '', owner: '', mtime: null, origin })

/** The tree of these files, later sets on top, folders above them added; with an ignore file, only what it lets through. `context`: whose files they are, when they are sent. */
export function treeOf(sets: readonly Files[], ignoreText?: string, context?: string): Tree {
  const isSent = admits(ignoreText)
  const given = new Map<string, Files[string]>()
  for (const files of sets) for (const path of Object.keys(files)) given.set(insideRoot(path), files[path]!)
  given.delete('')
  // Folders that exist only because something is in them.
  const folders = new Set<string>()
  for (const path of given.keys()) for (let above = parentOf(path); above !== '' && !folders.has(above); above = parentOf(above)) folders.add(above)
  const tree = new Map<string, Entry>()
  const add = (path: string): void => {
    const origin = context === undefined ? null : `${context}/${path}`
    const value = given.get(path)
    tree.set(path, value === undefined ? folderEntry(origin) : entryOf(value, origin, folders.has(path)))
  }
  const addWithFolders = (path: string): void => {
    if (!isSent(path)) return
    // A folder that is ignored comes along with what is not.
    for (let at = path; at !== '' && !tree.has(at); at = parentOf(at)) add(at)
  }
  for (const path of given.keys()) addWithFolders(path)
  for (const path of folders) addWithFolders(path)
  return tree
}

interface Order { readonly paths: readonly string[]; readonly keys: readonly string[] }
/** Trees are asked many times: sorted paths are kept. */
const orders = new WeakMap<Tree, Order>()

/** Sorted the way the engine walks: a folder comes before what is in it, and names compare part by part. */
function orderOf(tree: Tree): Order {
  const known = orders.get(tree)
  if (known) return known
  const keys = [...tree.keys()].map(sortKey).sort()
  const order = { keys, paths: keys.map(key => key.replaceAll('\0', '/')) }
  orders.set(tree, order)
  return order
}

const sortKey = (path: string): string => path.replaceAll('/', '\0')

/** All paths below a folder, in the engine's order. */
export function pathsUnder(tree: Tree, folder: string): readonly string[] {
  const { paths, keys } = orderOf(tree)
  if (folder === '') return paths
  const key = sortKey(`${folder}/`)
  let low = 0
  let high = keys.length
  while (low < high) {
    const middle = (low + high) >> 1
    if (keys[middle]! < key) low = middle + 1
    else high = middle
  }
  let end = low
  while (end < keys.length && keys[end]!.startsWith(key)) end++
  return paths.slice(low, end)
}

/** Links that BuildKit follows before it gives up (cache/contenthash, maxSymlinkLimit). */
export const MOST_LINKS = 255

/** The path after following links in its folders and, if asked, its last part; null when it leads nowhere. */
export function resolvePath(tree: Tree, path: string, followsLast: boolean): string | null {
  const pending = path === '' ? [] : path.split('/').reverse()
  let at = ''
  for (let hops = 0; pending.length > 0;) {
    const next = insideRoot(`${at}/${pending.pop()!}`)
    const entry = tree.get(next)
    if (next !== '' && !entry) return null
    if (entry?.kind === 'link' && (followsLast || pending.length > 0)) {
      if (++hops > MOST_LINKS) return null
      // A link within a link's folder is relative to that folder, which has no links left in it.
      if (entry.content.startsWith('/')) at = ''
      pending.push(...entry.content.split('/').filter(part => part !== '').reverse())
    } else at = next
  }
  return at
}
