// Steps that use one folder of the engine at the same time, or for things that do not go together.
import type { Build } from '../model/build.ts'
import { osOf, imageFigure } from './base-images.ts'
import { areNested, cacheMounts, usersOf, type CacheMount } from './cache-mounts.ts'
import { fact } from './fact.ts'
import { cacheDirectories, type Install } from './installs.ts'
import { isForPlatforms, mayRunTogether, runsPerPlatform } from './step-order.ts'
import { rootOf } from './stage-trees.ts'

export interface SharedUse {
  readonly cache: CacheMount
  readonly install: Install
  /** The other step; null for the same one on another platform. */
  readonly other: CacheMount | null
}

/** They fail or spoil the folder when two of them work in it; the other ones of the table lock or rename what they write. */
const EXCLUSIVE: readonly string[] = ['apt', 'dnf', 'yum', 'microdnf', 'zypper', 'pacman', 'maven', 'gradle', 'sbt']
/** Of more mounts on one folder no more are compared. */
const MOST_COMPARED = 30

const byFolder = fact((build: Build): readonly (readonly CacheMount[])[] => {
  const groups = new Map<string, CacheMount[]>()
  for (const cache of cacheMounts(build)) {
    if (cache.folder === null || cache.path === null) continue
    const group = groups.get(cache.folder)
    if (group) group.push(cache)
    else groups.set(cache.folder, [cache])
  }
  return [...groups.values()].map(group => group.slice(0, MOST_COMPARED))
})

/** All mounts on the same folder of the engine, itself among them. */
export const matesOf = (build: Build, cache: CacheMount): readonly CacheMount[] => byFolder(build).find(group => group.includes(cache)) ?? [cache]

const isShared = ({ mount }: CacheMount): boolean => mount.sharing === null || mount.sharing === 'shared'
const exclusiveUser = (cache: CacheMount): Install | undefined => usersOf(cache).find(install => (EXCLUSIVE.includes(install.manager) || isOfYarn(cache, install, 'classic')) && !install.offline)

/** Whether the folder can only be that of this yarn: 1 unpacks packages into it as they come, later ones put whole archives there. */
function isOfYarn({ path }: CacheMount, install: Install, wanted: 'classic' | 'berry'): boolean {
  const flavours = cacheDirectories(install).flatMap(({ path: folder, flavour }) => (folder !== null && path !== null && areNested(folder, path) ? [flavour] : []))
  return install.manager === 'yarn' && flavours.length > 0 && flavours.every(flavour => flavour === wanted)
}

/** In default mode, for a manager that wants the folder for itself. */
export const isUnlocked = (cache: CacheMount): boolean => isShared(cache) && exclusiveUser(cache) !== undefined

/** Folders in default mode where two steps of managers that want them for themselves may meet: the first mount, and one it meets. */
export const unlockedMounts = fact((build: Build): readonly SharedUse[] => byFolder(build).flatMap((group): readonly SharedUse[] => {
  const users = group.flatMap(cache => (isShared(cache) && exclusiveUser(cache) ? [{ cache, install: exclusiveUser(cache)! }] : []))
  for (const [at, one] of users.entries()) {
    const other = users.slice(at + 1).find(({ cache, install }) => install.manager === one.install.manager && mayRunTogether(one.cache.step, cache.step))
    if (other) return [{ ...one, other: other.cache }]
  }
  const alone = isForPlatforms(build) ? users.find(({ cache }) => runsPerPlatform(build, cache.step.stage)) : undefined
  return alone ? [{ ...alone, other: null }] : []
}))

/** Managers whose cache many may write to at once. */
const LOCKS_ITSELF: readonly string[] = ['npm', 'pnpm', 'pip', 'uv', 'go', 'bun', 'composer']
const canShare = (cache: CacheMount): Install | undefined => usersOf(cache).find(install => LOCKS_ITSELF.includes(install.manager) || isOfYarn(cache, install, 'berry'))

/** Private, for a manager that locks its cache itself. */
export const isNeedlesslyPrivate = (cache: CacheMount): boolean => cache.mount.sharing === 'private' && canShare(cache) !== undefined

/** Private folders where two steps could share one: the second finds nothing the first has fetched. */
export const privateMounts = fact((build: Build): readonly SharedUse[] => byFolder(build).flatMap((group): readonly SharedUse[] => {
  const users = group.flatMap(cache => {
    const install = cache.mount.sharing === 'private' ? canShare(cache) : undefined
    return install ? [{ cache, install }] : []
  })
  for (const [at, one] of users.entries()) {
    const other = users.slice(at + 1).find(({ cache }) => mayRunTogether(one.cache.step, cache.step))
    if (other) return [{ ...one, other: other.cache }]
  }
  return []
}))

export interface Collision extends SharedUse {
  /** `system`: package lists of two distributions. `platform`: compiled files of two platforms. `tool`: two tools under one id. */
  readonly how: 'system' | 'platform' | 'tool'
  readonly systems: readonly [string, string] | null
}

export const collidingMounts = fact((build: Build): readonly Collision[] => byFolder(build).flatMap(group => systemCollision(group) ?? toolCollision(group) ?? platformCollision(build, group) ?? []))

/** apt removes the lists of sources it does not know when it refreshes. */
function systemCollision(group: readonly CacheMount[]): Collision | null {
  const users = group.flatMap(cache => {
    const install = usersOf(cache).find(found => found.manager === 'apt' && /^\/var\/lib\/apt/.test(cache.path!))
    const system = install ? releaseOf(cache) : null
    return install && system !== null ? [{ cache, install, system }] : []
  })
  const [first] = users
  const other = first && users.find(({ system }) => system !== first.system)
  return other ? { how: 'system', cache: first.cache, install: first.install, other: other.cache, systems: [first.system, other.system] } : null
}

/** `debian-12`; null unless the release is known for sure. */
export function releaseOf({ step }: CacheMount): string | null {
  const { base } = rootOf(step.stage)
  if (base.kind !== 'image' || base.ref === null || osOf(base.ref) === null) return null
  const { os, how } = imageFigure(base.ref)
  if (os !== undefined && (how === 'exact' || how === 'alias')) return os
  const named = /(?<![a-z])(?:bullseye|bookworm|trixie|buster|jammy|noble|focal)(?![a-z])/.exec(base.ref)?.[0]
  const numbered = /(?:^|\/)(debian|ubuntu):(\d+(?:\.04)?)(?!\.?\d)/.exec(base.ref)
  return named ? CODE_NAMES[named]! : numbered ? `${numbered[1]}-${numbered[2]}` : null
}
const CODE_NAMES: Readonly<Record<string, string>> = { buster: 'debian-10', bullseye: 'debian-11', bookworm: 'debian-12', trixie: 'debian-13', focal: 'ubuntu-20.04', jammy: 'ubuntu-22.04', noble: 'ubuntu-24.04' }

/** One id for the caches of two tools, under two targets. */
function toolCollision(group: readonly CacheMount[]): Collision | null {
  const [first] = group.filter(({ mount }) => mount.id !== null && mount.id !== '').flatMap(cache => soleUser(cache) ?? [])
  if (!first) return null
  const other = group.flatMap(cache => soleUser(cache) ?? []).find(({ cache, install }) => cache.path !== first.cache.path && install.row.ecosystem !== first.install.row.ecosystem)
  return other ? { how: 'tool', cache: first.cache, install: first.install, other: other.cache, systems: null } : null
}

export function soleUser(cache: CacheMount): { readonly cache: CacheMount; readonly install: Install } | null {
  const users = usersOf(cache)
  const [install] = users
  return install && users.every(({ manager }) => manager === install.manager) ? { cache, install } : null
}

/** Build folders without the platform in their paths: what one platform puts there, the other takes for its own or throws away. */
function platformCollision(build: Build, group: readonly CacheMount[]): Collision | null {
  if (!isForPlatforms(build)) return null
  for (const cache of group) {
    if (!runsPerPlatform(build, cache.step.stage) || cache.mount.sharing === 'private') continue
    const install = usersOf(cache).find(found => found.manager === 'cargo' && found.effect === 'build' && !found.options.some(({ name }) => name === '--target')
      && cacheDirectories(found).some(({ kind, path }) => kind === 'build' && path === cache.path))
    if (install) return { how: 'platform', cache, install, other: null, systems: null }
  }
  return null
}
