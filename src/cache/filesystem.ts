// What a stage's file system holds, as far as a reader of the Dockerfile can know: files that COPY and ADD brought,
// below, between and above whatever RUN wrote. Enough to decide by content what later copies and mounts see.
import type { CopyStep } from '../model/build.ts'
import { baseName, cleanPath, copyTarget, insideRoot } from '../model/paths.ts'
import { digestOf, takenFrom, type Digest, type Entry, type Selector, type Tree } from './tree.ts'

/** One change to a file system, on top of another. */
export interface Layer {
  readonly below: Layer | null
  /** Known entries; null for a layer nobody can look into. */
  readonly tree: Tree | null
  /** Of an unknown layer: equal for equal results. */
  readonly id: string
  /** The RUN steps whose output this layer holds. */
  readonly runs: ReadonlySet<string>
}
/** What a selector takes, as far as known. Equal keys: equal content. */
export interface Content {
  readonly key: string
  /** The key as engines see it that overlook some changes. */
  readonly lax: string
  /** Steps whose unknown output is part of it. */
  readonly runs: ReadonlySet<string>
  /** Entries nothing unknown lies above: they differ for sure when their digests do. */
  readonly known: ReadonlyMap<string, string>
}

const NONE: ReadonlySet<string> = new Set()

export const unknownLayer = (below: Layer | null, id: string, runs: ReadonlySet<string> = NONE): Layer => ({ below, tree: null, id, runs })
export const knownLayer = (below: Layer | null, tree: Tree): Layer => ({ below, tree, id: '', runs: NONE })

/** A file system as alternating known trees and unknown layers, topmost first. */
function sections(top: Layer | null): readonly (Layer | Tree)[] {
  const found: (Layer | Tree)[] = []
  let merged = new Map<string, Entry>()
  for (let layer = top; layer; layer = layer.below) {
    if (layer.tree) for (const [path, entry] of layer.tree) {
      const above = merged.get(path)
      // A folder that exists keeps its header unless something above set it.
      if (!above) merged.set(path, entry)
    }
    else {
      if (merged.size > 0) found.push(merged)
      merged = new Map()
      found.push(layer)
    }
  }
  if (merged.size > 0) found.push(merged)
  return found
}

const isTree = (section: Layer | Tree): section is Tree => section instanceof Map

/** What these selectors take from a file system. */
export function contentOf(top: Layer | null, selectors: readonly Selector[]): Content {
  const parts = sections(top)
  const first = parts[0]
  const runs = new Set<string>()
  const known = new Map<string, string>()
  const keys: string[] = []
  const lax: string[] = []
  for (const selector of selectors) {
    const upper = first && isTree(first) ? digestOf(first, selector) : null
    if (upper) noteKnown(first as Tree, upper, known)
    const settled = upper && isWholeFile(first as Tree, selector)
    for (const section of settled ? [first as Tree] : parts) {
      if (isTree(section)) {
        const digest = section === first && upper ? upper : digestOf(section, selector)
        keys.push(digest.strict)
        lax.push(digest.lax)
      } else {
        keys.push(`?${section.id}`)
        lax.push(`?${section.id}`)
        for (const run of section.runs) runs.add(run)
      }
    }
  }
  return { key: JSON.stringify(keys), lax: JSON.stringify(lax), runs, known }
}

function noteKnown(tree: Tree, digest: Digest, known: Map<string, string>): void {
  for (const path of digest.paths) {
    const entry = tree.get(path)!
    if (entry.kind !== 'dir') known.set(path, `${entry.kind}${entry.mode}${entry.owner}${entry.content}`)
  }
}

/** A single file that is known: nothing below matters. */
function isWholeFile(tree: Tree, selector: Selector): boolean {
  const entry = tree.get(insideRoot(selector.path))
  return entry?.kind === 'file' && selector.include.length === 0 && selector.exclude.length === 0
}

/** Whether two contents that differ may turn out equal once the steps behind them ran. */
export function mayEqual(before: Content, after: Content): boolean {
  if (before.runs.size === 0 && after.runs.size === 0) return false
  if (before.runs.size === after.runs.size && [...before.runs].every(run => after.runs.has(run))) return false
  for (const [path, digest] of after.known) {
    const other = before.known.get(path)
    if (other !== undefined && other !== digest) return false
  }
  return true
}

/** Folders that every base image has: a copy to one of them goes into it. */
const USUAL_FOLDERS = new Set(['', 'bin', 'dev', 'etc', 'home', 'lib', 'mnt', 'opt', 'proc', 'root', 'run', 'sbin', 'srv', 'sys', 'tmp', 'usr', 'usr/bin', 'usr/lib', 'usr/local', 'usr/local/bin', 'var'])

/** A new folder with all above it. An existing one stays as it is. */
export function withFolder(top: Layer | null, path: string, owner: string): Layer {
  const tree = new Map<string, Entry>()
  let at = ''
  for (const part of insideRoot(path).split('/')) {
    at = at === '' ? part : `${at}/${part}`
    if (!isFolder(top, at)) tree.set(at, { kind: 'dir', mode: 0o755, content: '', owner, mtime: null })
  }
  return knownLayer(top, tree)
}

function isFolder(top: Layer | null, path: string): boolean {
  let hasUnknown = false
  for (let layer = top; layer; layer = layer.below) {
    const entry = layer.tree?.get(path)
    if (entry) return entry.kind === 'dir'
    hasUnknown ||= !layer.tree
  }
  return path === '' || (hasUnknown && USUAL_FOLDERS.has(path))
}

/** The layer a COPY or ADD makes of a known source tree; null where the result cannot be told, such as for an archive. */
export function copiedLayer(top: Layer | null, step: CopyStep, source: Tree, selectors: readonly Selector[]): Layer | null {
  const unpacks = step.unpack ?? step.kind === 'add'
  const target = copyTarget(step.workdir ?? '/', step.target ?? '')
  const folder = insideRoot(target)
  const tree = new Map<string, Entry>()
  const into = target.endsWith('/') || target.endsWith('/.') || selectors.length > 1 || isFolder(top, folder)
  for (const selector of selectors) {
    for (const taken of takenFrom(source, selector)) {
      if (unpacks && taken.entry.kind === 'file' && /\.(tar|tgz|tbz2?|txz|gz|bz2|xz|zst)$/i.test(taken.path)) return null
      const place = placeOf(taken, step, folder, into)
      if (place !== null && (taken.inner !== '' || taken.entry.kind !== 'dir')) tree.set(place, owned(taken.entry, step))
    }
  }
  const below = withFolder(top, into ? folder || '/' : cleanPath(`/${folder}/..`), '')
  return knownLayer(addMissingFolders(tree, below), tree)
}

function placeOf(taken: { readonly path: string; readonly name: string; readonly inner: string; readonly entry: Entry }, step: CopyStep, folder: string, into: boolean): string | null {
  const join = (name: string): string => insideRoot(`${folder}/${name}`)
  if (step.parents) return join(taken.name)
  if (taken.inner !== '') return join(taken.inner)
  return taken.entry.kind === 'dir' ? join('') : into ? join(baseName(taken.path)) : folder
}

function addMissingFolders(tree: Map<string, Entry>, below: Layer): Layer {
  let layer = below
  for (const path of tree.keys()) {
    const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')))
    if (parent !== '' && !tree.has(parent) && !isFolder(layer, parent)) layer = withFolder(layer, parent, '')
  }
  return layer
}

function owned(entry: Entry, step: CopyStep): Entry {
  const owner = step.chown ?? entry.owner
  if (step.chmod === null || entry.kind === 'link') return { ...entry, owner }
  // A symbolic mode is applied to whatever the source has.
  return /^[0-7]+$/.test(step.chmod) ? { ...entry, owner, mode: parseInt(step.chmod, 8) } : { ...entry, owner: `${owner} ${step.chmod}` }
}
