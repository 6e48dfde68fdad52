// Cache mounts of RUN steps: where they lie, which of them are one folder of the engine, and which commands keep something there.
import type { Build, Mount, RunStep } from '../model/build.ts'
import { cleanPath } from '../model/paths.ts'
import { fact } from './fact.ts'
import { absolutePath, isWithin } from './image-paths.ts'
import { cacheDirectories, installsOf, type Install } from './installs.ts'

export interface CacheMount {
  readonly step: RunStep
  readonly mount: Mount
  /** Absolute and clean; null when it hangs on something unknown. */
  readonly path: string | null
  /** Mounts with the same one share a folder of the engine; null when it hangs on something unknown. */
  readonly folder: string | null
}

/** Nobody writes more by hand. */
const MOST_MOUNTS = 50

export const cacheMountsOf = fact((step: RunStep): readonly CacheMount[] => step.mounts.filter(({ type }) => type === 'cache').slice(0, MOST_MOUNTS).map(mount => {
  const hasUnknown = namesUnknown(step, mount)
  const path = !mount.target || hasUnknown('target', 'dst', 'destination') ? null : absolutePath(step.workdir, mount.target)
  return { step, mount, path, folder: hasUnknown('id', ...mount.id ? [] : ['target', 'dst', 'destination'], 'uid', 'gid', 'mode', 'from', 'source') ? null : folderOf(mount) }
}))

/** Whether one of these options holds a variable that the file gives no value: the image below may. */
function namesUnknown({ flags, environment }: RunStep, { span }: Mount): (...names: readonly string[]) => boolean {
  const written = flags.find(flag => flag.span === span)?.value ?? ''
  return (...names) => written.split(',').some(field => names.includes(field.split('=')[0]!.trim().toLowerCase())
    && [...field.matchAll(/\$\{?(\w+)/g)].some(([, name]) => (environment.get(name!)?.value ?? null) === null))
}

/** Those of stages that are built and run Linux; triggers of other images aside. */
export const cacheMounts = fact((build: Build): readonly CacheMount[] => build.stages.filter(({ reachable, windows }) => reachable && !windows).flatMap(stage =>
  stage.steps.flatMap(step => (step.kind === 'run' && !step.onbuild ? cacheMountsOf(step) : []))))

/** Owner, mode and seed make it another folder, as the id does. BuildKit: solver/llbsolver/mounts/mount.go, getRefCacheDir. */
function folderOf({ id, target, options }: Mount): string {
  return [id || cleanPath(target ?? ''), ...['uid', 'gid', 'mode', 'from', 'source'].map(name => options.get(name) ?? '')].join(' ')
}

/** Whether one of the paths lies in the other. */
export const areNested = (a: string, b: string): boolean => isWithin(a, b) || isWithin(b, a)

/** Whether an install keeps a cache in this mount, or may: what hangs on something unknown may lie anywhere. */
export const mayUse = (install: Install, { path }: CacheMount): boolean => path === null || cacheDirectories(install).some(directory => directory.path === null || areNested(directory.path, path))

/** The installs of the step that keep a cache in this mount, as far as is known. */
export const usersOf = fact((cache: CacheMount): readonly Install[] => installsOf(cache.step).filter(install => cache.path !== null && cacheDirectories(install).some(directory => directory.path !== null && areNested(directory.path, cache.path!))))

/** The mount that a folder of the image lies under in this step. */
export const mountOver = (step: RunStep, folder: string): CacheMount | undefined => cacheMountsOf(step).find(({ path }) => path !== null && isWithin(folder, path))

/** The text of the file with all mounts of steps blanked out: what else is said of a path. */
export const textBesideMounts = fact(({ text, stages }: Build): string => {
  const spans = stages.flatMap(stage => stage.steps.flatMap(step => (step.kind === 'run' ? step.mounts.map(({ span }) => span) : []))).sort((a, b) => a.start - b.start)
  let rest = ''
  let at = 0
  for (const { start, end } of spans) {
    if (start < at) continue
    rest += `${text.slice(at, start)} `
    at = end
  }
  return rest + text.slice(at)
})
