// Points at cache mounts that two steps may use at once in a mode that does not suit them. See src/facts/shared-mounts.ts.
import { changedMounts, OPAQUE_MOUNT } from '../src/edits/mounts.ts'
import type { CacheMount } from '../src/facts/cache-mounts.ts'
import { listed, quotedText } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { isNeedlesslyPrivate, isUnlocked, matesOf, privateMounts, unlockedMounts, type SharedUse } from '../src/facts/shared-mounts.ts'
import { defineRule, mendingBy, type Report } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a cache mount in the default mode, `shared`, that two steps of one build may use at the same time for a package
 * manager that wants the folder for itself: apt, dnf, yum, microdnf, zypper, pacman, Maven, Gradle, sbt, yarn 1. Two steps may meet when
 * neither stage waits for the other. A step may also meet itself where the file is made for several platforms (some stage says
 * `--platform=$BUILDPLATFORM`) and the step runs on each of them. The other way round, `sharing=private` is mentioned as
 * information where the tool could share its cache. Nothing is said of a folder that only one step uses.
 *
 * ## Why it matters
 *
 * BuildKit runs stages side by side, and a `shared` folder is given to all steps that ask for it. apt and dnf then fail because
 * the other one holds their lock, now and then, depending on timing; Gradle waits for a lock until it gives up; Maven may read a
 * file that is half written. With [`sharing=locked`](https://docs.docker.com/reference/dockerfile/#run---mounttypecache) the
 * second step waits. The mode is not in the key, apart from the first time it is added.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM debian:bookworm-slim AS build
 * RUN --mount=type=cache,target=/var/lib/apt apt-get update && apt-get install -y gcc
 * COPY main.c .
 * RUN gcc -o /app main.c
 *
 * FROM debian:bookworm-slim
 * RUN --mount=type=cache,target=/var/lib/apt apt-get update && apt-get install -y curl
 * COPY --from=build /app /app
 * CMD ["/app"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM debian:bookworm-slim AS build
 * RUN --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y gcc
 * COPY main.c .
 * RUN gcc -o /app main.c
 *
 * FROM debian:bookworm-slim
 * RUN --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y curl
 * COPY --from=build /app /app
 * CMD ["/app"]
 * ```
 *
 * ## When not to use it
 *
 * When the builder runs one step at a time (`max-parallelism = 1`).
 *
 * ## Cost model
 *
 * No change is simulated: the loss is a build that fails now and then.
 */
export default defineRule({
  id: 'cache-mount-sharing',
  summary: 'A cache mount is shared by steps that get in each other\'s way',
  category: 'buildkit',
  severity: 'warning',
  fixable: 'safe',

  *check(build) {
    const unlocked = unlockedMounts(build)
    for (const [index, { cache, install, other }] of unlocked.entries()) {
      // One finding for all folders that two steps share.
      const isSame = (use: SharedUse): boolean => use.cache.step === cache.step && use.other?.step === other?.step
      if (unlocked.findIndex(isSame) < index) continue
      const alike = unlocked.filter(isSame)
      const targets = listed(alike.map(use => `"${quotedText(use.cache.mount.target ?? '', 50)}"`))
      const mates = other ? `may run at the same time as line ${lineOf(build, other.mount.span)}, which shares ${alike.length > 1 ? 'these folders' : 'its folder'}` : 'runs for several platforms at the same time, which share its folder'
      yield {
        at: cache.mount,
        message: `The step that mounts ${targets} for ${NAMES[install.manager] ?? install.manager} ${mates}, and ${CLASHES[install.manager] ?? FAILS}: add "sharing=locked" to ${other ? alike.length > 1 ? 'these mounts of both steps' : 'both mounts' : 'the mount'}.`,
        ...(other && { related: alike.flatMap(use => (use.other ? [{ at: use.other.mount, message: 'this step uses the same folder' }] : [])) }),
        mending: mendingBy('rewrite', cache.mount),
        ...(!other && { lowered: true }),
        ...mended(build, 'Add sharing=locked to', 'locked', alike.flatMap(use => matesOf(build, use.cache).filter(isUnlocked))),
      }
    }
    for (const { cache, other } of privateMounts(build)) {
      yield {
        at: cache.mount,
        message: `"sharing=private" gives the step that mounts "${quotedText(cache.mount.target ?? '', 50)}" and line ${lineOf(build, other!.mount.span)} a folder each when they run at the same time, so both download the same: leave it out, since the tool locks its cache itself.`,
        related: [{ at: other!.mount, message: 'this step could share the folder' }],
        mending: mendingBy('rewrite', cache.mount),
        lowered: true,
        ...mended(build, 'Leave sharing=private out of', null, matesOf(build, cache).filter(isNeedlesslyPrivate)),
      }
    }
  },
})

/** The mode is no part of the image: all mounts on the folder may have another one. */
function mended(build: Build, what: string, sharing: string | null, caches: readonly CacheMount[]): Pick<Report, 'fix' | 'noFix'> {
  const edits = changedMounts(build, caches.map(({ mount }) => ({ mount, changes: { sharing } })))
  const targets = [...new Set(caches.map(({ mount }) => `"${quotedText(mount.target ?? '', 50)}"`))]
  return edits ? { fix: { title: `${what} ${caches.length === 1 ? 'the mount' : `the ${caches.length} mounts`} on ${listed(targets)}`, safety: 'safe', edits } } : { noFix: OPAQUE_MOUNT }
}

const NAMES: Readonly<Record<string, string>> = { maven: 'Maven', gradle: 'Gradle', yarn: 'yarn 1' }
const FAILS = 'it fails while another one holds its lock'
const CLASHES: Readonly<Record<string, string>> = {
  maven: 'one may read a file that the other has half written',
  gradle: 'one may wait for the lock of the other until it gives up',
  yarn: 'one may read a package that the other has half written',
  sbt: 'one may read a file that the other has half written',
  pacman: 'one may read a file that the other has half written',
}
