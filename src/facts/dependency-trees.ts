// The folders that installs fill with a project's dependencies, and whose work the one in a stage is.
import { lastStep, stepBelow } from '../cache/context-reads.ts'
import type { Build, CopyStep, RunStep, Stage, Step } from '../model/build.ts'
import { commandsOf, variableAt } from './commands.ts'
import { fact } from './fact.ts'
import { absolutePath, baseName, covers, destinationOf, isMounted, isWithin } from './image-paths.ts'
import { joinPath } from './install-sources.ts'
import { installsOf, type Install } from './installs.ts'
import { isUnknown } from './lone-refreshes.ts'
import { packageRemovals } from './package-traces.ts'
import { parseImageReference } from '../model/image-reference.ts'
import { rootOf } from './stage-trees.ts'
import { fileRemovals } from './writes.ts'

/** Where the dependencies of a project come to lie; null when unknown, or not in a folder of their own. */
export function treeOf(install: Install): string | null {
  const { manager, directory, from, global, effect, row, step } = install
  if (global || effect !== 'install' || !from.includes('manifests') || !directory?.startsWith('/')) return null
  const folder = folderName(install)
  const tree = folder === null ? null : joinPath(directory, folder)
  if (manager === 'bundler') return gemFolder(install)
  return row.name !== manager || tree === null || isMounted(step, tree) ? null : tree
}

function folderName({ manager, options, command }: Install): string | null {
  if (options.some(({ name }) => /^--(?:modules-(?:folder|dir)|virtual-store-dir|lockfile-only|no-install)$/.test(name))) return null
  switch (manager) {
    case 'npm': case 'yarn': case 'pnpm': case 'bun': return 'node_modules'
    case 'composer': return variableAt(command, 'COMPOSER_VENDOR_DIR') === undefined ? 'vendor' : null
    case 'uv': return variableAt(command, 'UV_PROJECT_ENVIRONMENT') === undefined ? '.venv' : null
    default: return null
  }
}

/** Official ruby images keep gems in one place, unless told otherwise. */
function gemFolder({ command, step, options }: Install): string | null {
  const { base } = rootOf(step.stage)
  const isOfficial = base.kind === 'image' && base.ref !== null && /^(?:library\/)?ruby$/.test(parseImageReference(base.ref)?.name ?? '')
  if (options.some(({ name }) => name === '--path')) return null
  const set = variableAt(command, 'BUNDLE_PATH')
  return set === undefined ? isOfficial ? '/usr/local/bundle' : null : set?.startsWith('/') ? set : null
}

/** What is known of a stage by now; a tree that is being looked for has none yet. */
const filledIn = fact((_: Stage) => new Map<string, Install | null>())

/** The command whose work lies at this path at the end of a stage; null when it is gone, pruned, or nobody can tell. */
export function filledBy(stage: Stage, tree: string, left: number = MOST_STAGES): Install | null {
  const known = filledIn(stage)
  const found = known.get(tree)
  if (found !== undefined || known.size > MOST_TREES || left === 0) return found ?? null
  known.set(tree, null)
  const install = findFilling(stage, tree, left - 1)
  known.set(tree, install)
  return install
}

/** Trees of one stage that are followed. */
const MOST_TREES = 100
/** Stages that a tree is followed through: more are longer than a stack. */
const MOST_STAGES = 1000

function findFilling(stage: Stage, tree: string, left: number): Install | null {
  for (let at: Step | null = lastStep(stage); at; at = stepBelow(at)) {
    if (at.kind === 'run') {
      const found = filledByRun(at, tree)
      if (found !== undefined) return found
    } else if (at.kind !== 'workdir') {
      const source = sourceOf(at, tree)
      if (source === null || at.from.kind !== 'stage') continue
      if (source === 'unknown' || at.exclude.length > 0) return null
      const found = filledBy(at.from.stage, source, left)
      if (found || destinationOf(at) === tree) return found
    }
  }
  return null
}

/** undefined: the step leaves the tree alone. */
function filledByRun(run: RunStep, tree: string): Install | null | undefined {
  const commands = commandsOf(run)
  if (commands === 'opaque') return null
  const installs = installsOf(run).filter(install => treeOf(install) === tree)
  const last = installs.at(-1)
  const after = last?.span.start ?? -1
  const isGone = fileRemovals(run).some(({ pattern, command }) => command.command.span.start > after && (covers(pattern, tree) || isWithin(pattern, tree) && pattern.slice(tree.length) === '/*'))
  const isPruned = packageRemovals(run).some(({ place, command }) => command.command.span.start > after && /\/(?:npm|pnpm)\/development$/.test(place)) || commands.some(entry => entry.command.span.start > after && (prunes(entry.words.map(({ value }) => value ?? '?').join(' ')) || isUnknown(entry)))
  // `find . -name node_modules | xargs rm -rf`
  const isNamed = commands.some(({ command, program, words }) => command.span.start > after && /^(?:find|rm|mv|rsync|xargs)$/.test(program ?? '') && words.some(({ text }) => text.includes(baseName(tree))))
  if (isGone || isPruned || isNamed) return null
  return last ? last.command.command.conditional ? null : last : undefined
}

const prunes = (text: string): boolean => /\b(?:npm|pnpm|yarn|bun)\b.*\bprune\b|\bworkspaces focus\b.*--production|\bbundle clean\b|\b(?:node-prune|autoclean|modclean)\b/.test(text)

/** Where in its source a copy finds what it puts at this path; null: it puts nothing there. */
export function sourceOf(copy: CopyStep, path: string): string | null | 'unknown' {
  const target = destinationOf(copy)
  if (target === null) return 'unknown'
  if (!isWithin(path, target)) return null
  const rest = path.slice(target === '/' ? 1 : target.length + 1)
  for (const source of copy.sources) {
    const clean = absolutePath('/', source)
    // Names with an extension are files; what other wildcards match may be folders, whose content lands here.
    if (clean !== null && /[*?[][^/]*$/.test(clean) && /\.[A-Za-z]+\*?$/.test(clean)) continue
    if (clean === null || /[*?[]/.test(clean) || copy.parents) return 'unknown'
    if (rest !== '' && copy.sources.length > 1 && baseName(clean).includes('.') && !baseName(clean).startsWith('.')) continue
    return absolutePath(clean, rest)
  }
  return copy.hasUnknownSource ? 'unknown' : null
}

/** Places in the image at which a tree of one of these installs may lie in the shipped stages: its own, and where copies put it. */
export function placesOfTrees(stages: readonly Stage[], installs: readonly Install[]): ReadonlySet<string> {
  const own = new Map<Stage, Set<string>>()
  for (const install of installs) {
    const tree = treeOf(install)
    if (tree !== null) own.set(install.step.stage, (own.get(install.step.stage) ?? new Set()).add(tree))
  }
  const known = new Map<Stage, Set<string>>()
  // In the order of the file, so that what one stage takes of another is known by then: a chain of stages may be longer than a stack.
  if (own.size > 0) for (const stage of withSources(stages)) treesIn(stage, own, known)
  return new Set(own.size === 0 ? [] : stages.flatMap(stage => [...treesIn(stage, own, known)]))
}

/** Stages with all that they stand on or take from, in order. */
function withSources(stages: readonly Stage[]): readonly Stage[] {
  const found = new Set(stages)
  for (const { base, steps } of found) {
    if (base.kind === 'stage') found.add(base.stage)
    for (const step of steps) if (step.kind === 'copy' && step.from.kind === 'stage') found.add(step.from.stage)
  }
  return [...found].sort((a, b) => a.index - b.index)
}

function treesIn(stage: Stage, own: ReadonlyMap<Stage, ReadonlySet<string>>, known: Map<Stage, Set<string>>): ReadonlySet<string> {
  const before = known.get(stage)
  if (before) return before
  const found = new Set(own.get(stage))
  known.set(stage, found)
  if (stage.base.kind === 'stage') for (const tree of treesIn(stage.base.stage, own, known)) found.add(tree)
  for (const step of stage.steps) {
    if (step.kind !== 'copy' || step.from.kind !== 'stage' || found.size > MOST_TREES) continue
    const target = destinationOf(step)
    const [source] = step.sources
    const folder = source === undefined || step.sources.length > 1 || target === null ? null : absolutePath('/', source)
    if (folder !== null) for (const tree of treesIn(step.from.stage, own, known)) if (isWithin(tree, folder)) found.add(absolutePath(target!, tree.slice(folder === '/' ? 1 : folder.length + 1))!)
  }
  return found
}

/** The trees that are there when the image is done, with the command that made each. */
export const treesOf = (build: Build, installs: readonly Install[], stages: readonly Stage[]): readonly { readonly tree: string; readonly install: Install }[] =>
  [...placesOfTrees(stages, installs)].slice(0, MOST_TREES).flatMap(tree => {
    const install = filledBy(build.target, tree)
    return install ? [{ tree, install }] : []
  })
