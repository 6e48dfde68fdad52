// Points at apt's cache mount where the image's own hook empties it. See src/facts/docker-clean.ts.
import { assumedOfHook, HOOK, withKept, withoutHook } from '../src/edits/docker-clean.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { cleanedMounts, type CleanedMount } from '../src/facts/docker-clean.ts'
import { quotedText } from '../src/facts/instruction-text.ts'
import { stagesBelow } from '../src/facts/stage-trees.ts'
import { defineRule, mendingBy, type Report } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a cache mount on apt's package cache (`/var/cache/apt`) in a stage that stands on Docker's Debian or Ubuntu images,
 * or on images known to be made from them, as long as nothing in the file may take the hook away: a file more in
 * `/etc/apt/apt.conf.d`, such as one with `Keep-Downloaded-Packages`, leaves it in force. It is silent on images it does not
 * know, and where a script runs before the install. One finding stands for all such mounts of a file.
 *
 * ## Why it matters
 *
 * Those images carry `/etc/apt/apt.conf.d/docker-clean`, a
 * [hook](https://github.com/debuerreotype/debuerreotype/blob/master/scripts/debuerreotype-minimizing-config) that removes the
 * package files after each install, so that they do not end up in layers. It does the same in a mount: nothing is there the next
 * time, and every execution downloads all packages again. Docker's
 * [example](https://docs.docker.com/reference/dockerfile/#example-cache-apt-packages) removes the hook first.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \
 *     --mount=type=cache,target=/var/lib/apt,sharing=locked \
 *     apt-get update && apt-get install -y --no-install-recommends curl
 * CMD ["curl", "--version"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * RUN --mount=type=cache,target=/var/cache/apt,sharing=locked \
 *     --mount=type=cache,target=/var/lib/apt,sharing=locked \
 *     rm -f /etc/apt/apt.conf.d/docker-clean && \
 *     apt-get update && apt-get install -y --no-install-recommends curl
 * CMD ["curl", "--version"]
 * ```
 *
 * ## When not to use it
 *
 * When the image below is not Docker's own although it has its name, and has no such hook.
 *
 * ## Cost model
 *
 * No change is simulated and no seconds are stated: what a download costs depends on the packages.
 *
 * ## Fix safety
 *
 * Suggested: the hook is gone from the image, so that packages installed on top of it, by another Dockerfile or in a container, stay
 * in `/var/cache/apt`. The command `apt` removes them even without the hook, so where it installs a setting goes into the image as well,
 * `/etc/apt/apt.conf.d/keep-cache`. No fix is offered where a step of this file would leave packages there.
 */
export default defineRule({
  id: 'apt-cache-mount-docker-clean',
  summary: 'The image empties the cache that is mounted for apt',
  category: 'buildkit',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    const [first, ...others] = cleanedMounts(build)
    if (!first) return
    const { cache, install } = first
    const more = install.command.program === 'apt-get' ? '' : ', and set Binary::apt::APT::Keep-Downloaded-Packages to "true"'
    const also = others.length === 0 ? '' : ` (so it is with ${others.length} more ${others.length === 1 ? 'mount' : 'mounts'} of this file)`
    yield {
      at: cache.mount,
      message: `The cache mount on "${quotedText(cache.mount.target ?? '', 40)}" keeps no packages, because the image's hook /etc/apt/apt.conf.d/docker-clean removes them after "${quotedCommand(build, install.command.command, 40)}"${also}: run "rm -f /etc/apt/apt.conf.d/docker-clean" before it${more}.`,
      related: [{ at: install, message: 'these packages are downloaded each time' }, ...others.map(other => ({ at: other.cache.mount, message: 'this one keeps none either' }))],
      mending: mendingBy('cache', install),
      ...mended(build, [first, ...others]),
    }
  },
})

/** In the first step of each image: those on top of it have no hook either. */
function mended(build: Build, all: readonly CleanedMount[]): Pick<Report, 'fix' | 'noFix'> {
  const steps = [...new Set(all.map(({ cache }) => cache.step))]
  const first = steps.filter(step => !steps.some(other => other.stage === step.stage ? other.index < step.index : stagesBelow(step.stage).includes(other.stage)))
  const found = first.map(step => withoutHook(build, step, all.find(({ cache }) => cache.step === step)!.cache.path!, steps))
  const reason = found.find(each => typeof each === 'string')
  if (typeof reason === 'string') return { noFix: reason }
  return {
    fix: {
      title: `Remove ${HOOK}${withKept(first)} before the install`, safety: 'suggested', assumes: assumedOfHook(first),
      edits: found.flatMap(each => (typeof each === 'string' ? [] : each)), drops: [HOOK],
    },
  }
}
