// The cache mounts that installs without one lack: which step gets which, and why none can be given.
import type { Build, RunStep } from '../model/build.ts'
import { osOf } from './base-images.ts'
import type { CacheMount } from './cache-mounts.ts'
import { quotedCommand } from './command-text.ts'
import { cacheDirectories, type Install } from './installs.ts'
import { lineOf } from './lines.ts'
import { mountObstacle } from './mount-obstacles.ts'
import { accountOf } from './package-caches.ts'
import { rootOf } from './stage-trees.ts'
import { CONSUMED_LATER, sharesCache, type UncachedInstall } from './uncached-installs.ts'

export interface NewMounts {
  readonly install: Install
  /** As flags. Never empty. */
  readonly flags: readonly string[]
  readonly folders: readonly string[]
}

/** For each step that needs one; a clause that says why it cannot be, where any of them cannot get what it needs. */
export function newMounts(build: Build, uncached: UncachedInstall): readonly NewMounts[] | string {
  const steps = [...new Set(uncached.installs.map(({ step }) => step))].sort((a, b) => a.span.start - b.span.start)
  const cut = cutOff(build, uncached, steps)
  if (cut) return cut
  const wanted = steps.map(step => ofStep(uncached, uncached.installs.filter(install => install.step === step)))
  for (const { install, folders, mounts } of wanted) {
    const reason = folders.map(folder => mountObstacle(build, install, folder, steps)).find(found => found !== null) ?? mounts.map(mount => unfit(build, install, mount)).find(found => found !== null)
    if (reason) return reason
  }
  return wanted.filter(({ folders }) => folders.length > 0).map(({ install, folders, mounts }) => ({
    install, folders, flags: mounts.length > 0 ? mounts.map(({ mount }) => build.text.slice(mount.span.start, mount.span.end)) : folders.map(folder => mountFlag(install, folder)),
  }))
}

/**
 * A mount may be empty although the step that filled it is taken from the cache: those that read it have to be able to fetch by themselves.
 */
function cutOff(build: Build, { installs: [install], folders, same }: UncachedInstall, steps: readonly RunStep[]): string | null {
  const isFetched = same.length > 0 || cacheDirectories(install!).some(({ kind, path }) => kind === 'download' && path !== null && folders.includes(path))
  if (!CONSUMED_LATER.includes(install!.manager) || !isFetched || steps.length + same.length < 2) return null
  const offline = /\b(?:GOPROXY[= ]["']?off|CARGO_NET_OFFLINE)\b/.exec(build.text)
  if (offline) return `"${offline[0]}" keeps later steps from fetching what an empty mount lacks`
  const credentials = /\b(?:GOPRIVATE|insteadOf|CARGO_REGISTRIES_\w*TOKEN)\b|\.netrc\b/.exec(build.text)
  if (credentials) return `what "${credentials[0]}" is for may not be at hand in each step, and a mount may be empty when the step that filled it is not executed`
  const all = [...steps, ...same.map(({ step }) => step)]
  const keys = all.map(step => step.mounts.filter(({ type }) => type === 'secret' || type === 'ssh').map(({ type, id }) => `${type} ${id ?? ''}`).sort().join() + step.flags.some(({ name, value }) => name === 'network' && value === 'none'))
  const other = all.find((_, at) => keys[at] !== keys[0])
  return other ? `lines ${lineOf(build, all[0]!.span)} and ${lineOf(build, other.span)} do not have the same access to what is fetched` : null
}

interface Wanted { readonly install: Install; readonly folders: readonly string[]; readonly mounts: readonly CacheMount[] }

/** Of the folders that are asked for those that the commands of one step use. */
function ofStep({ same, folders }: UncachedInstall, installs: readonly Install[]): Wanted {
  const [install] = installs
  const mounts = same.filter(cache => installs.some(each => sharesCache(each, cache)))
  if (mounts.length > 0 && (install!.row.ecosystem !== 'python' || isAlpine(install!.step) === isAlpine(mounts[0]!.step))) return { install: install!, mounts, folders: mounts.map(({ path }) => path!) }
  const used = installs.flatMap(each => cacheDirectories(each).filter(({ kind }) => kind !== 'build' || each.effect === 'build').map(({ path }) => path))
  return { install: install!, mounts: [], folders: folders.filter(folder => used.includes(folder)) }
}

/** Why a mount of another step does not do here as it is written. */
function unfit(build: Build, { step, command }: Install, cache: CacheMount): string | null {
  const text = build.text.slice(cache.mount.span.start, cache.mount.span.end)
  const unknown = [...text.matchAll(/\$\{?(\w+)/g)].find(([, name]) => !step.environment.get(name!))
  if (/\s/.test(text)) return 'the mount of the other step runs over several lines'
  if (unknown) return `$${unknown[1]!}, which names the other mount, is not declared in this stage`
  if (accountOf(step).user !== accountOf(cache.step).user) return `"${quotedCommand(build, command.command, 40)}" runs as another user than the step with the mount`
  return null
}

/** The flag for a folder, with what its manager and its user need. */
function mountFlag(install: Install, folder: string): string {
  const { uid } = accountOf(install.step)
  const id = install.row.ecosystem === 'python' && isAlpine(install.step) ? `,id=${install.manager}-alpine` : ''
  return `--mount=type=cache${id},target=${folder}${uid ? `,uid=${uid},gid=${uid}` : ''}${isLocked(install) ? ',sharing=locked' : ''}`
}

/** What Python's managers compile is kept under a name that says nothing of the C library: on other systems it would not run. */
const isAlpine = ({ stage }: RunStep): boolean => {
  const { base } = rootOf(stage)
  return base.kind === 'image' && base.ref !== null && osOf(base.ref)?.family === 'alpine'
}

/** Only yarn 1 gets mounts, which cannot work with another one in its folder; cargo locks a file beside those that are mounted, which every step has for itself, and platforms of one build share them. */
export const isLocked = ({ row, manager }: Install): boolean => row.sharing === 'locked' || manager === 'yarn' || manager === 'cargo'
