// Points at the command that fills the cache. Whether something empties it again is decided in src/facts/caches-left.ts.
import { withoutCache, type Cleaned } from '../src/edits/system-caches.ts'
import { systemCachesLeft, type CacheLeft } from '../src/facts/caches-left.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { listed } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { isForShipping } from '../src/facts/shipping.ts'
import { defineRule, mendingBy, type Report } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a RUN of the image in which dnf, yum, microdnf, tdnf, zypper, apk or conda stores what it downloaded for itself,
 * repository metadata or packages, without a clean-up after it in the same RUN. Every spelling of the clean-up counts, so
 * does a cache or tmpfs mount, and `apk --no-cache`. apk's index is a few megabytes, so it is only worth an information. A
 * clean-up in a later RUN is the matter of `cleanup-in-later-layer`, apt that of `apt-lists-not-removed`. pacman is left out:
 * Arch Linux's image empties its cache by itself. Nothing is said of builder stages, of images for development, tests or
 * builds, and where a script may clean up.
 *
 * ## Why it matters
 *
 * What a RUN leaves behind is in its layer for good: pushed, pulled and stored with the image. The metadata of dnf and yum
 * is often larger than the packages, and out of date soon after the build. Docker's
 * [build best practices](https://docs.docker.com/build/building/best-practices/#apt-get) clean up in the RUN that installs.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM fedora:43
 * RUN dnf install -y nginx
 * CMD ["nginx"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM fedora:43
 * RUN dnf install -y nginx && dnf clean all
 * CMD ["nginx"]
 * ```
 *
 * ## When not to use it
 *
 * When the image is meant to install packages as it runs, or is squashed after the build.
 *
 * ## Cost model
 *
 * No change is simulated, and no size is stated: it depends on the distribution and its repositories.
 */
export default defineRule({
  id: 'package-cache-not-cleaned',
  summary: 'The cache of the package manager stays in the image',
  category: 'layers',
  severity: 'warning',
  fixable: 'safe',

  *check(build) {
    if (!isForShipping(build)) return
    for (const left of systemCachesLeft(build)) {
      const [first, ...others] = left.commands
      if (!first) continue
      yield {
        at: first.command,
        message: `"${quotedCommand(build, first.command)}" leaves ${adviceOn(build, left)}.`,
        related: others.map(({ command }) => ({ at: command, message: 'fills the same cache' })),
        mending: mendingBy('cache', first.command),
        ...left.manager === 'apk' && { lowered: true },
        ...fixOf(withoutCache(build, left)),
      }
    }
  },
})

const fixOf = (made: Cleaned): Pick<Report, 'fix' | 'noFix'> => ('reason' in made ? { noFix: made.reason } : { fix: { ...made, safety: 'safe' } })

/** What stays, and what to do about it. */
function adviceOn(build: Build, { manager, install, step, commands }: CacheLeft): string {
  const [first] = commands
  const later = [...new Set(commands.filter(other => other.step !== step).map(({ command }) => String(lineOf(build, command.span))))]
  const lines = later.length === 0 ? '' : `${later.length === 1 ? 'line' : 'lines'} ${listed(later, 6)}`
  if (manager === 'apk') {
    const advice = install === null
      ? commands.length === 1 ? 'drop this command, as "--no-cache" fetches an index of its own and keeps none' : 'use "apk add --no-cache" instead, which fetches one without keeping it'
      : `add "--no-cache"${lines && ` here and in ${lines}`} to fetch one without keeping it`
    return `the package index in the image: ${advice}`
  }
  const program = first?.program ?? manager
  const command = { zypper: 'zypper clean --all', conda: `${program} clean --all --yes` }[manager] ?? `${program} clean all`
  const what = manager === 'conda' ? 'the downloaded packages and the index' : 'the metadata of the package repositories'
  return `${what} in the image: append "&& ${first?.command.wrappers.includes('sudo') ? 'sudo ' : ''}${command}" to this RUN${lines && ` and to those of ${lines}`}`
}
