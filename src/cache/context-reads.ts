// What steps take from the build context, and whose key it is in.
import type { Build, CopyStep, RunStep, Stage, Step } from '../model/build.ts'
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

interface ContextTree { readonly tree: Tree; readonly taken: WeakMap<Step, ReadonlySet<string>> }
const trees = new WeakMap<Build, ContextTree>()

function contextTree(build: Build): ContextTree | 'unknown' {
  const known = trees.get(build)
  if (known) return known
  const files = build.context.files()
  if (files === 'unknown') return files
  const entries: Record<string, Files[string]> = {}
  for (const { path, link } of files) entries[path] = link === undefined ? { hash: path } : { symlink: link }
  const made = { tree: treeOf([entries]), taken: new WeakMap() }
  trees.set(build, made)
  return made
}

/** The context files whose content is in the key of this step itself; folders left out. */
export function contextFilesOf(build: Build, step: Step): ReadonlySet<string> | 'unknown' {
  const selectors = contextSelectors(step)
  if (selectors.length === 0) return new Set()
  const context = contextTree(build)
  if (context === 'unknown') return context
  let taken = context.taken.get(step)
  if (!taken) {
    const paths = selectors.flatMap(selector => digestOf(context.tree, selector).paths)
    context.taken.set(step, taken = new Set(paths.filter(path => context.tree.get(path)?.kind !== 'dir')))
  }
  return taken
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
  const context = contextTree(build)
  if (context === 'unknown') return context
  const found = patterns.flatMap(pattern => digestOf(context.tree, { path: folder, wildcard: false, include: [pattern], exclude: [] }).paths)
  return [...new Set(found)].filter(path => context.tree.get(path)?.kind !== 'dir')
}
