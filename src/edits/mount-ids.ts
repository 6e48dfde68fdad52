// Ids that keep apart what cache mounts must not share.
import { cacheMounts, type CacheMount } from '../facts/cache-mounts.ts'
import { baseName } from '../facts/image-paths.ts'
import { matesOf, releaseOf, soleUser, type Collision } from '../facts/shared-mounts.ts'
import { runsPerPlatform } from '../facts/step-order.ts'
import type { Build } from '../model/build.ts'
import type { TextEdit } from '../text.ts'
import { insertedAbove, keywordLike } from './instructions.ts'
import { changedMounts, OPAQUE_MOUNT } from './mounts.ts'

/** An id for each of the mounts on one folder that is known to hold something else than the others; a clause where that cannot be. */
export function idsOfTheirOwn(build: Build, collision: Collision): readonly TextEdit[] | string {
  const mates = matesOf(build, collision.cache)
  const named = mates.flatMap(cache => {
    const part = partOf(build, collision, cache)
    return part === null ? [] : [{ cache, id: `${cache.mount.id || shortName(cache.path!)}-${part}` }]
  })
  const taken = named.find(({ id }) => cacheMounts(build).some(other => other.mount.id === id))
  if (taken) return `another mount has "id=${taken.id}" already`
  const edits = changedMounts(build, named.map(({ cache: { mount }, id }) => ({ mount, changes: { id } })))
  return edits ? [...edits, ...collision.how === 'platform' ? declarations(build, named.map(({ cache }) => cache)) : []] : OPAQUE_MOUNT
}

/** What tells this mount from the others; null where nobody can say. */
function partOf(build: Build, { how }: Collision, cache: CacheMount): string | null {
  if (how === 'system') return releaseOf(cache)
  if (how === 'tool') return soleUser(cache)?.install.manager ?? null
  return runsPerPlatform(build, cache.step.stage) ? '$TARGETARCH' : null
}

const shortName = (path: string): string => (/^\/var\/lib\/apt\b/.test(path) ? path.endsWith('/lists') ? 'apt-lists' : 'apt' : baseName(path))

/** `ARG TARGETARCH` above the first step of each stage that has not declared it. */
function declarations(build: Build, caches: readonly CacheMount[]): readonly TextEdit[] {
  const steps = caches.map(({ step }) => step).filter(({ environment }) => !environment.get('TARGETARCH'))
  return steps.filter((step, index) => steps.findIndex(({ stage }) => stage === step.stage) === index).map(step => insertedAbove(build, step, [`${keywordLike(build, step, 'ARG')} TARGETARCH`]))
}
