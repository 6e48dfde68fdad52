// Points at cache mounts that hold, in one folder, what does not go together. See src/facts/shared-mounts.ts.
import { idsOfTheirOwn } from '../src/edits/mount-ids.ts'
import { quotedText } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { collidingMounts, type Collision } from '../src/facts/shared-mounts.ts'
import { defineRule, mendingBy } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports cache mounts that are one folder for the builder although their contents do not go together: apt's package lists for
 * two distributions or releases, the caches of two ecosystems under one explicit `id`, and cargo's `target` folder in a file made
 * for several platforms (some stage says `--platform=$BUILDPLATFORM`) in a stage that runs on each of them. Caches that tell
 * their contents apart by content, version or platform (npm, pip, go, apk and so on) are safe to share and not reported.
 *
 * ## Why it matters
 *
 * A cache mount is found by its [id](https://docs.docker.com/reference/dockerfile/#run---mounttypecache), which is the target when
 * none is given; stages, platforms and even other Dockerfiles of the builder share it. apt removes the lists of sources it does
 * not know, so each distribution throws away what the other has fetched. Files that cargo compiled for one platform are replaced by
 * those for the other, and may be copied out as its result.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM debian:bookworm-slim AS build
 * RUN --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y gcc
 *
 * FROM ubuntu:24.04
 * RUN --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y curl
 * COPY --from=build /usr/bin/gcc /opt/gcc
 * CMD ["curl"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM debian:bookworm-slim AS build
 * RUN --mount=type=cache,id=apt-debian-12,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y gcc
 *
 * FROM ubuntu:24.04
 * RUN --mount=type=cache,id=apt-ubuntu-24.04,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y curl
 * COPY --from=build /usr/bin/gcc /opt/gcc
 * CMD ["curl"]
 * ```
 *
 * ## When not to use it
 *
 * When the platforms are built one after another, each on a builder of its own.
 *
 * ## Cost model
 *
 * No change is simulated and no seconds are stated.
 *
 * ## Fix safety
 *
 * Suggested: under its new id the folder starts empty, and what finds it by the old one, such as another Dockerfile, shares it no more.
 */
export default defineRule({
  id: 'cache-mount-id-collision',
  summary: 'Cache mounts with contents that do not go together share one folder',
  category: 'buildkit',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    for (const collision of collidingMounts(build)) {
      const { cache, other, how } = collision
      const edits = idsOfTheirOwn(build, collision)
      yield {
        at: cache.mount,
        message: messageOf(build, collision),
        ...(other && { related: [{ at: other.mount, message: 'this mount is the same folder' }] }),
        mending: mendingBy('rewrite', cache.mount),
        // Lists are small and fetched again by themselves.
        ...(how === 'system' && { lowered: true }),
        ...typeof edits === 'string' ? { noFix: edits } : { fix: { title: TITLES[how], safety: 'suggested', assumes: 'nothing outside this file fills or reads the folder by its present id', edits } },
      }
    }
  },
})

const TITLES = { system: 'Give the mounts of each distribution an id of their own', tool: 'Give the mounts of each tool an id of their own', platform: 'Give the mount an id for each platform' } as const

function messageOf(build: Build, { cache, other, how, systems }: Collision): string {
  const target = quotedText(cache.mount.target ?? '', 50)
  const line = other ? `line ${lineOf(build, other.mount.span)}` : ''
  if (how === 'system') return `"${target}" is one folder for ${systems![0]} here and ${systems![1]} in ${line}, and each "apt-get update" removes the package lists of the other: give each mount an id of its own, such as "id=apt-${systems![0]}".`
  if (how === 'tool') return `"id=${quotedText(cache.mount.id ?? '', 40)}" is one folder for "${target}" here and "${quotedText(other!.mount.target ?? '', 50)}" in ${line}, which hold the caches of different tools: give each an id of its own.`
  return `"${target}" is one folder for all platforms that this stage is built for, and each replaces what cargo compiled for the other: add "id=target-$TARGETARCH" to the mount, with "ARG TARGETARCH" above.`
}
