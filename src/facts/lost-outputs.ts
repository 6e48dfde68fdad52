// Files that a step writes into a cache mount and another one needs from the image, where they never arrive.
import { contextFilesOf } from '../cache/context-reads.ts'
import type { Build, CopyStep, RunStep, Stage, Step } from '../model/build.ts'
import type { Span } from '../text.ts'
import { parseImageReference } from '../model/image-reference.ts'
import { cacheMounts, mountOver, type CacheMount } from './cache-mounts.ts'
import { isTransparent } from './costly-steps.ts'
import { fact } from './fact.ts'
import { imageCommands, startedCommands } from './image-command.ts'
import { absolutePath, baseName, destinationOf, isWithin } from './image-paths.ts'
import { rootOf, stagesBelow } from './stage-trees.ts'
import { kindOfFile, shippedStages } from './stages.ts'

export interface LostOutput {
  readonly cache: CacheMount
  /** What is missing. */
  readonly path: string
  /** What needs it. */
  readonly reader: { readonly span: Span }
  readonly how: 'copied' | 'started'
}

export const lostOutputs = fact((build: Build): readonly LostOutput[] => {
  // Folders of the base image may hold anything; what lies below the working directory is the project's own.
  const mounts = cacheMounts(build).filter(({ path, step, mount }) => path !== null && step.workdir !== null && step.workdir !== '/' && isWithin(path, step.workdir) && path !== step.workdir && !mount.options.has('from') && !mount.readonly && standsOnKnownImage(step.stage))
  return mounts.length === 0 ? [] : [...copiedOut(build, mounts), ...startedThere(build, mounts)]
})

/** Docker's own images, and some others, hold no projects; what anybody else has put into his nobody knows. */
export function standsOnKnownImage(stage: Stage): boolean {
  const { base } = rootOf(stage)
  if (base.kind === 'scratch') return true
  const name = base.kind === 'image' && base.ref !== null ? parseImageReference(base.ref)?.name.replace(/^.*\/library\//, '') : undefined
  return name !== undefined && /^(?:[^/]+|mcr\.microsoft\.com\/.+|oven\/bun|ghcr\.io\/astral-sh\/uv|gcr\.io\/distroless\/.+|denoland\/deno)$/.test(name)
}

const copiedOut = (build: Build, mounts: readonly CacheMount[]): readonly LostOutput[] => build.stages.filter(({ reachable }) => reachable).flatMap(({ steps }) => steps.flatMap(step => {
  if (step.kind === 'workdir' || step.kind === 'run' || step.from.kind !== 'stage' || step.onbuild) return []
  const { stage } = step.from
  return step.sources.flatMap(source => {
    const path = plainPart(source)
    const cache = path === null ? undefined : mountFor(build, mounts, stage, path)
    return cache ? [{ cache, path: path!, reader: step, how: 'copied' as const }] : []
  })
}))

/** The path as far as it holds no pattern: the folder that is searched. */
function plainPart(source: string): string | null {
  if (source.includes('$')) return null
  const path = absolutePath('/', source)
  return path === null ? null : path.replace(/\/[^/]*[*?[].*$/s, '')
}

function startedThere(build: Build, mounts: readonly CacheMount[]): readonly LostOutput[] {
  if (kindOfFile(build) === 'development') return []
  const { entrypoint, command } = imageCommands(build)
  const set = entrypoint ?? command
  const [started] = set ? startedCommands(set) : []
  const path = started?.program.includes('/') && !started.program.includes('$') ? absolutePath(build.target.workdir, started.program) : null
  const cache = path === null ? undefined : mountFor(build, mounts, build.target, path)
  return cache && shippedStages(build).includes(cache.step.stage) ? [{ cache, path: path!, reader: set!.setting, how: 'started' }] : []
}

/** The mount in a stage that keeps this path out of the image, as far as nothing else puts it there. */
function mountFor(build: Build, mounts: readonly CacheMount[], stage: Stage, path: string): CacheMount | undefined {
  const chain = stagesBelow(stage)
  const cache = mounts.findLast(({ step, path: mounted }) => chain.includes(step.stage) && isWithin(path, mounted!))
  return cache && !chain.some(({ steps }) => steps.some(step => mayWrite(build, step, path))) ? cache : undefined
}

function mayWrite(build: Build, step: Step, path: string): boolean {
  if (step.kind === 'workdir') return step.path !== null && isWithin(step.path, path)
  return step.kind === 'run' ? runMayWrite(step, path) : copyMayWrite(build, step, path)
}

const runMayWrite = (step: RunStep, path: string): boolean =>
  !mountOver(step, path) && (!isTransparent(step) || /\b(?:cp|mv|ln|tar|unzip|rsync|install|tee|touch|mkdir)\b/.test(step.text))

/** Whether a copy may bring this path. */
export function copyMayWrite(build: Build, step: CopyStep, path: string): boolean {
  const folder = destinationOf(step)
  if (folder === null || isWithin(folder, path)) return true
  if (!isWithin(path, folder)) return false
  // Nothing that is copied bears the name of the first folder below the destination.
  const first = path.slice(folder === '/' ? 1 : folder.length + 1).split('/')[0]!
  if (step.from.kind === 'context' && !step.hasUnknownSource && step.remotes.length === 0 && step.sources.every(source => isFile(source) && baseName(source) !== first)) return false
  const files = step.from.kind === 'context' ? contextFilesOf(build, step) : 'unknown'
  return files === 'unknown' || [...files].some(file => file.split('/').includes(first))
}

/** By its name: `package.json`, `yarn.lock*`. */
const isFile = (source: string): boolean => /[\w*]\.\w+\*?$/.test(source) && !source.includes('**')
