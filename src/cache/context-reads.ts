// What steps take from the build context, and whose key it is in.
import type { Build, Context, CopyStep, FileEntry, RunStep, Stage, Step } from '../model/build.ts'
import { goPattern, ignoreMatcher, unmatched } from '../model/globs.ts'
import { cleanPath, insideRoot } from '../model/paths.ts'
import { splitParents } from './operation.ts'
import { digestOf, type Selector } from './selection.ts'
import { treeOf, type Files, type Tree } from './tree.ts'

/** The step below: the one before in its stage, or the last of the stage it is built FROM. */
export function stepBelow(step: Step): Step | null {
  return step.stage.steps[step.index - 1] ?? lastStep(step.stage.base.kind === 'stage' ? step.stage.base.stage : null)
}

/** The last step of a stage; of the one it is built FROM when it has none. */
export function lastStep(stage: Stage | null): Step | null {
  for (let at = stage; at; at = at.base.kind === 'stage' ? at.base.stage : null) if (at.steps.length > 0) return at.steps.at(-1)!
  return null
}

/** What a step takes from the build context. */
export function contextSelectors(step: Step): readonly Selector[] {
  if (step.kind === 'workdir') return []
  if (step.kind === 'run') return step.mounts.filter(mount => mount.from.kind === 'context').map(mount => ({ path: mount.source ?? '/', wildcard: false, include: [], exclude: [] }))
  if (step.from.kind !== 'context') return []
  return step.sources.map(source => {
    const { path, include } = splitParents(step, source)
    return { path, include, exclude: step.exclude, wildcard: true }
  })
}

/** What is known of one list of context files; Dockerfiles of one context share it. */
interface ContextIndex {
  readonly paths: ReadonlySet<string>
  readonly links: ReadonlySet<string>
  readonly taken: Map<string, ReadonlySet<string>>
  tree: Tree | null
}
const indexes = new WeakMap<readonly FileEntry[], ContextIndex>()

function indexOf(build: Build): { files: readonly FileEntry[]; index: ContextIndex } | 'unknown' {
  const files = build.context.files()
  if (files === 'unknown') return files
  let index = indexes.get(files)
  if (!index) {
    const links = files.filter(file => file.link !== undefined).map(file => file.path)
    indexes.set(files, index = { paths: new Set(files.map(file => file.path)), links: new Set(links), taken: new Map(), tree: null })
  }
  return { files, index }
}

function treeIn(files: readonly FileEntry[], index: ContextIndex): Tree {
  if (index.tree) return index.tree
  const entries: Record<string, Files[string]> = {}
  for (const { path, link } of files) entries[path] = link === undefined ? { hash: path } : { symlink: link }
  return index.tree = treeOf([entries])
}

/** Files that one selector takes; folders left out. A tree of all files, which takes long to make, is needed only where links lead elsewhere. */
function taken(files: readonly FileEntry[], index: ContextIndex, selector: Selector): ReadonlySet<string> {
  const key = JSON.stringify([selector.path, selector.wildcard, selector.include, selector.exclude])
  const known = index.taken.get(key)
  if (known) return known
  const found = takenPlainly(files, index, selector) ?? takenFromTree(treeIn(files, index), selector)
  index.taken.set(key, found)
  return found
}

const takenFromTree = (tree: Tree, selector: Selector): ReadonlySet<string> => new Set(digestOf(tree, selector).paths.filter(entry => tree.get(entry)?.kind !== 'dir'))

/** By the paths alone; null where that would take more than they say: links on the way, `--exclude`, classes in wildcards. */
function takenPlainly(files: readonly FileEntry[], index: ContextIndex, { path: written, wildcard, include, exclude }: Selector): ReadonlySet<string> | null {
  const path = insideRoot(written)
  const isWild = wildcard && /[*?[\\]/.test(path)
  if (exclude.length > 0 || include.length > 1 || isWild && (include.length > 0 || /[[\\]/.test(path))) return null
  if (!isWild && include.length === 0 && path === '') return index.paths
  const parts = path === '' ? [] : path.split('/')
  const folder = isWild ? parts.slice(0, parts.findIndex(part => /[*?]/.test(part))).join('/') : path
  if (isOnLink(index.links, folder)) return null
  if (!isWild && include.length === 0 && index.paths.has(path)) return new Set([path])
  const isMeant = isWild ? wildcardMatcher(path, parts.length) : include.length > 0 ? inclusion(include[0]!, path) : () => true
  if (isMeant === null) return null
  const below = folder === '' ? '' : `${folder}/`
  return new Set(inWalkOrder(files.map(file => file.path).filter(file => (file === folder || file.startsWith(below)) && isMeant(file))))
}

function isOnLink(links: ReadonlySet<string>, path: string): boolean {
  if (links.size === 0) return false
  for (let at = path; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/')))) if (links.has(at)) return true
  return false
}

/** `*` and `?` match no slash, so that a match has as many parts as the pattern; what lies below it comes along. */
function wildcardMatcher(pattern: string, depth: number): ((path: string) => boolean) | null {
  const compiled = goPattern(pattern)
  return compiled && (path => {
    let end = -1
    for (let part = 0; part < depth; part++) {
      end = path.indexOf('/', end + 1)
      if (end === -1) return part === depth - 1 && compiled.matches(path)
    }
    return compiled.matches(path.slice(0, end))
  })
}

/** A pattern of `--parents` takes what it matches, and all below. */
function inclusion(pattern: string, folder: string): ((path: string) => boolean) | null {
  const matcher = pattern.trim().startsWith('!') ? null : ignoreMatcher([pattern])
  if (!matcher) return null
  const cut = folder === '' ? 0 : folder.length + 1
  const above = new Map<string, boolean>()
  if (folder !== '' && matcher.matches('')) return () => true
  const isIn = (inner: string): boolean => {
    const known = above.get(inner)
    if (known !== undefined) return known
    const slash = inner.lastIndexOf('/')
    const found = slash !== -1 && isIn(inner.slice(0, slash)) || matcher.verdict(inner, unmatched)
    above.set(inner, found)
    return found
  }
  return path => {
    const inner = path.slice(cut)
    const slash = inner.lastIndexOf('/')
    return slash !== -1 && isIn(inner.slice(0, slash)) || matcher.verdict(inner, unmatched)
  }
}

/** In the order of the engine, which nearly every list of files has already. */
function inWalkOrder(paths: readonly string[]): readonly string[] {
  const keyed = paths.map(path => path.replaceAll('/', '\0'))
  return keyed.every((key, at) => at === 0 || keyed[at - 1]! <= key) ? paths : keyed.sort().map(key => key.replaceAll('\0', '/'))
}

/** The file that a plain path names, none or one, told without a list of all files; null where only the list tells. */
function namedFile({ context }: Build, { path, wildcard, include, exclude }: Selector): readonly string[] | null {
  return include.length + exclude.length > 0 || wildcard && /[*?[\\]/.test(path) ? null : lookUp(context, insideRoot(path))
}

function lookUp({ source, ignores }: Context, path: string): readonly string[] | null {
  if (!source?.find || path === '') return null
  const found = source.find(path)
  if (found === 'file') return ignores(path) ? [] : [path]
  // Nothing may also mean that a link stands on the way.
  const slash = path.lastIndexOf('/')
  return found === null && (slash === -1 || source.find(path.slice(0, slash)) === 'folder') ? [] : null
}

/** The context files whose content is in the key of this step itself; folders left out. */
export function contextFilesOf(build: Build, step: Step): ReadonlySet<string> | 'unknown' {
  const selectors = contextSelectors(step)
  if (selectors.length === 0) return new Set()
  const named = selectors.map(selector => namedFile(build, selector))
  if (named.every(file => file !== null)) return new Set(named.flat())
  const context = indexOf(build)
  if (context === 'unknown') return context
  const sets = selectors.map(selector => taken(context.files, context.index, selector))
  return sets.length === 1 ? sets[0]! : new Set(sets.flatMap(set => [...set]))
}

/** Nobody writes more steps by hand; those far below are not looked at. */
const MOST_STEPS = 400

/** The steps whose context files re-run this one when they change: itself and all below it, nearest last. */
export function contextReadersBelow(step: Step): readonly (CopyStep | RunStep)[] {
  const found: (CopyStep | RunStep)[] = []
  let count = 0
  for (let at: Step | null = step; at && count < MOST_STEPS; at = stepBelow(at), count++) if (at.kind !== 'workdir' && contextSelectors(at).length > 0) found.push(at)
  return found.reverse()
}

/** The context path a file of the image came from, when one copy put it there unchanged; null when that cannot be told. */
export function contextPathOf(step: CopyStep, path: string): string | null {
  if (step.from.kind !== 'context' || step.target === null || step.parents) return null
  const folder = step.target.startsWith('/') ? cleanPath(step.target) : step.workdir === null ? null : cleanPath(`${step.workdir}/${step.target}`)
  if (folder === null) return null
  const inside = cleanPath(path)
  if (inside !== folder && !inside.startsWith(folder === '/' ? '/' : `${folder}/`)) return null
  const rest = inside.slice(folder === '/' ? 1 : folder.length + 1)
  const [source] = step.sources
  return step.sources.length === 1 && source !== undefined && !/[*?[]/.test(source) ? insideRoot(`${source}/${rest}`) : null
}

/** Files of the context below a folder ('' for the root) that fit one of these patterns, relative to it; 'unknown' without a list of files. */
export function contextMatches(build: Build, folder: string, patterns: readonly string[]): readonly string[] | 'unknown' {
  const named = patterns.map(pattern => (/[*?[\\!]/.test(pattern) ? null : lookUp(build.context, insideRoot(`${folder}/${pattern}`))))
  if (named.every(file => file !== null)) return [...new Set(named.flat())]
  const context = indexOf(build)
  if (context === 'unknown') return context
  const { files, index } = context
  const found = patterns.flatMap(pattern => {
    const path = insideRoot(`${folder}/${pattern}`)
    if (!/[*?[\\!]/.test(pattern) && index.paths.has(path)) return [path]
    return index.links.size > 0 || /[*?[\\!]/.test(pattern) ? [...taken(files, index, { path: folder, wildcard: false, include: [pattern], exclude: [] })] : []
  })
  return [...new Set(found)]
}
