// Points at the mount that is set up in vain. What defeats it is worked out in src/facts/defeated-mounts.ts.
import { undefeated } from '../src/edits/defeats.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { cleanedMounts } from '../src/facts/docker-clean.ts'
import { defeatedMounts, type DefeatedMount } from '../src/facts/defeated-mounts.ts'
import { quotedText } from '../src/facts/instruction-text.ts'
import { defineRule, mendingBy } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a cache mount that never holds anything for the next execution: the command is told not to use its cache
 * (`--no-cache-dir`, `PIP_NO_CACHE_DIR`, `apk add --no-cache`), the same RUN empties the folder (`apt-get clean`,
 * `rm -rf /var/lib/apt/lists/*`, `npm cache clean`), or the package manager throws packages away unless told otherwise: apk
 * without `/etc/apk/cache`, dnf without `keepcache`, zypper without `keeppackages`. Of dnf and zypper this is said as
 * information, since their package lists do stay. What Docker's Debian and Ubuntu images do to apt's cache is the matter of
 * `apt-cache-mount-docker-clean`.
 *
 * ## Why it matters
 *
 * A [cache mount](https://docs.docker.com/build/cache/optimize/#use-cache-mounts) is in no layer, so nothing in it has to be
 * removed to keep the image small, and nothing saved by not using it. With the switch or the clean-up in place, each execution
 * downloads everything again, as if there were no mount.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM python:3.13-slim
 * WORKDIR /app
 * COPY requirements.txt ./
 * RUN --mount=type=cache,target=/root/.cache/pip pip install --no-cache-dir -r requirements.txt
 * CMD ["python", "-m", "http.server"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM python:3.13-slim
 * WORKDIR /app
 * COPY requirements.txt ./
 * RUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt
 * CMD ["python", "-m", "http.server"]
 * ```
 *
 * ## When not to use it
 *
 * When the mount is there only to keep a folder out of the layer; a `tmpfs` mount says so better.
 *
 * ## Cost model
 *
 * No change is simulated and no seconds are stated: what a download costs depends on the packages.
 *
 * ## Fix safety
 *
 * Safe where the switch or the clean-up only concerns what is mounted, so that nothing else gets into the layer. Suggested where a
 * package manager is set up to keep its packages, and where the status of the RUN was that of the clean-up.
 */
export default defineRule({
  id: 'cache-mount-defeated',
  summary: 'A cache mount is switched off or emptied by its own RUN',
  category: 'buildkit',
  severity: 'warning',
  fixable: 'safe',

  *check(build) {
    const all = defeatedMounts(build)
    const like = (a: DefeatedMount, b: DefeatedMount): boolean => a.defeat.how === 'not-kept' && b.defeat.how === 'not-kept' && a.defeat.install.manager === b.defeat.install.manager
    for (const [index, defeated] of all.entries()) {
      // A setting of the manager: one finding stands for all its mounts.
      if (all.findIndex(other => like(other, defeated)) < index && defeated.defeat.how === 'not-kept') continue
      const { cache, defeat } = defeated
      const cause = defeat.how === 'emptied' ? defeat.command.command : defeat.install.command.command
      const others = all.slice(index + 1).filter(other => like(other, defeated))
      const fix = undefeated(build, defeated, others)
      const isPartial = defeat.how === 'not-kept' && defeat.install.manager !== 'apk'
      yield {
        at: cache.mount,
        message: messageOf(build, { cache, defeat }),
        related: [{ at: cause, message: defeat.how === 'emptied' ? 'the cache is emptied here' : 'nothing is kept here' }, ...others.map(other => ({ at: other.cache.mount, message: 'this one keeps none either' }))],
        mending: mendingBy('cache', cause),
        ...(isPartial && { lowered: true }),
        ...typeof fix === 'string' ? { noFix: fix } : { fix },
      }
    }
  },
})

function messageOf(build: Build, { cache, defeat }: DefeatedMount): string {
  const mount = `The cache mount on "${quotedText(cache.mount.target ?? '', 50)}"`
  const command = `"${quotedCommand(build, (defeat.how === 'emptied' ? defeat.command : defeat.install.command).command, 50)}"`
  if (defeat.how === 'emptied') {
    const hook = cleanedMounts(build).some(cleaned => cleaned.cache === cache) ? ' and remove /etc/apt/apt.conf.d/docker-clean, which empties it as well' : ''
    return `${mount} never helps, because ${command} in the same RUN empties it: drop that command${hook}, since what lies in a mount is in no layer.`
  }
  if (defeat.how === 'switched-off') {
    const cause = defeat.by === 'option' ? `of ${defeat.name}` : `${defeat.name} is set`
    return `${mount} stays empty, because ${command} uses no cache${defeat.by === 'option' ? ' because ' : ' while '}${cause}: drop that ${defeat.by}${defeat.install.manager === 'apk' ? APK_KEEPS : ''}.`
  }
  return `${mount} keeps no packages, because ${command} ${HOW[defeat.install.manager]}.`
}

const APK_KEEPS = ' and mount "target=/etc/apk/cache", since apk keeps packages only there'
const HOW: Readonly<Record<string, string>> = {
  apk: 'stores them in /etc/apk/cache, if there is such a folder: mount "target=/etc/apk/cache" instead',
  dnf: 'removes them after the install: add "--setopt=keepcache=1"',
  zypper: 'removes them after the install: run "zypper modifyrepo --keep-packages --all" before it',
}
