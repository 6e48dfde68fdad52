// What steps take from the build context, and whose key it is in.
import type { Build, CopyStep, FileEntry, RunStep, Stage, Step } from '../model/build.ts'
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
  readonly hasLinks: boolean
  readonly taken: Map<string, ReadonlySet<string>>
  tree: Tree | null
}
const indexes = new WeakMap<readonly FileEntry[], ContextIndex>()

function indexOf(build: Build): { files: readonly FileEntry[]; index: ContextIndex } | 'unknown' {
  const files = build.context.files()
  if (files === 'unknown') return files
  let index = indexes.get(files)
  if (!index) indexes.set(files, index = { paths: new Set(files.map(file => file.path)), hasLinks: files.some(file => file.link !== undefined), taken: new Map(), tree: null })
  return { files, index }
}

function treeIn(files: readonly FileEntry[], index: ContextIndex): Tree {
  if (index.tree) return index.tree
  const entries: Record<string, Files[string]> = {}
  for (const { path, link } of files) entries[path] = link === undefined ? { hash: path } : { symlink: link }
  return index.tree = treeOf([entries])
}

/** Files that one selector takes; folders left out. Plain paths need no tree, as long as no link can lie on them. */
function taken(files: readonly FileEntry[], index: ContextIndex, selector: Selector): ReadonlySet<string> {
  const key = JSON.stringify([selector.path, selector.wildcard, selector.include, selector.exclude])
  const known = index.taken.get(key)
  if (known) return known
  const path = insideRoot(selector.path)
  const isPlain = selector.include.length === 0 && selector.exclude.length === 0 && !(selector.wildcard && /[*?[\\]/.test(path))
  let found: ReadonlySet<string>
  if (isPlain && path === '') found = index.paths
  else if (isPlain && !index.hasLinks) found = index.paths.has(path) ? new Set([path]) : new Set(files.filter(file => file.path.startsWith(`${path}/`)).map(file => file.path))
  else {
    const tree = treeIn(files, index)
    found = new Set(digestOf(tree, selector).paths.filter(entry => tree.get(entry)?.kind !== 'dir'))
  }
  index.taken.set(key, found)
  return found
}

/** The context files whose content is in the key of this step itself; folders left out. */
export function contextFilesOf(build: Build, step: Step): ReadonlySet<string> | 'unknown' {
  const selectors = contextSelectors(step)
  if (selectors.length === 0) return new Set()
  const context = indexOf(build)
  if (context === 'unknown') return context
  const sets = selectors.map(selector => taken(context.files, context.index, selector))
  return sets.length === 1 ? sets[0]! : new Set(sets.flatMap(set => [...set]))
}

/** The steps whose context files re-run this one when they change: itself and all below it, nearest last. */
export function contextReadersBelow(step: Step): readonly (CopyStep | RunStep)[] {
  const found: (CopyStep | RunStep)[] = []
  for (let at: Step | null = step; at; at = stepBelow(at)) if (at.kind !== 'workdir' && contextSelectors(at).length > 0) found.unshift(at)
  return found
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
  const context = indexOf(build)
  if (context === 'unknown') return context
  const { files, index } = context
  const found = patterns.flatMap(pattern => {
    const path = insideRoot(`${folder}/${pattern}`)
    if (!/[*?[\\!]/.test(pattern) && index.paths.has(path)) return [path]
    return index.hasLinks || /[*?[\\!]/.test(pattern) ? [...taken(files, index, { path: folder, wildcard: false, include: [pattern], exclude: [] })] : []
  })
  return [...new Set(found)]
}
