// Points at the mount that no cache lies under. Where tools keep theirs is worked out in src/facts/misplaced-mounts.ts.
import { movedMount } from '../src/edits/moved-mounts.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { quotedText } from '../src/facts/instruction-text.ts'
import { misplacedMounts, type MisplacedMount } from '../src/facts/misplaced-mounts.ts'
import { accountOf } from '../src/facts/package-caches.ts'
import { defineRule, mendingBy } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a cache mount whose target is not where the command of that RUN keeps its cache: under the home of another user
 * (`/root/.npm` below `USER node`), under a folder that the image has moved (`/root/.cargo` in Docker's own `rust` image), under
 * a mistyped path, or under a `~`, which the builder does not expand. It knows the default folders of package managers, the
 * options and variables that move them, and what official images set. It is silent when the image is not known, when anything
 * else in the file or a settings file of the project names a cache folder, and when another mount of the RUN is in the right place.
 *
 * ## Why it matters
 *
 * The mount stays empty. What the command downloads goes into the layer, where the next execution does not find it: every
 * execution downloads everything again, and the image is larger for it. The builder takes the
 * [target](https://docs.docker.com/reference/dockerfile/#run---mounttypecache) as a path of the image; it knows nothing of homes.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /home/node/app
 * USER node
 * COPY --chown=node package.json package-lock.json ./
 * RUN --mount=type=cache,target=/root/.npm npm ci
 * CMD ["node", "server.js"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /home/node/app
 * USER node
 * COPY --chown=node package.json package-lock.json ./
 * RUN --mount=type=cache,target=/home/node/.npm,uid=1000,gid=1000 npm ci
 * CMD ["node", "server.js"]
 * ```
 *
 * ## When not to use it
 *
 * When a settings file outside the build context moves the cache to the target.
 *
 * ## Cost model
 *
 * No change is simulated and no seconds are stated: what a download costs depends on the dependencies.
 *
 * ## Fix safety
 *
 * Safe for root, where the image is known and nothing else needs what lies in the cache: only the cache goes from the layer into the
 * mount. Suggested for other users, whose number the mount has to name, and where a `~` stands for a folder of no known tool.
 */
export default defineRule({
  id: 'cache-mount-wrong-target',
  summary: 'A cache mount lies where the tool keeps no cache',
  category: 'buildkit',
  severity: 'warning',
  fixable: 'safe',

  *check(build) {
    for (const misplaced of misplacedMounts(build)) {
      const { mount } = misplaced.cache
      yield {
        at: mount,
        message: messageOf(build, misplaced),
        ...(misplaced.install && { related: [{ at: misplaced.install, message: 'this command keeps its cache elsewhere' }] }),
        mending: mendingBy('rewrite', mount),
        ...movedMount(build, misplaced),
      }
    }
  },
})

function messageOf(build: Build, { cache, how, install, right }: MisplacedMount): string {
  const written = quotedText(cache.mount.target ?? '', 60)
  if (how === 'literal') return `"target=${written}" is a folder called "~" in the image, because the builder does not expand it: write the home out, as in "target=${accountOf(cache.step).isRoot === false ? '/home/…' : '/root'}${written.replace(/^(?:\.\/)?~/, '')}".`
  const command = `"${quotedCommand(build, install!.command.command, 40)}"`
  const { user, isRoot, uid } = accountOf(cache.step)
  const who = isRoot === false ? `, run as user "${user}",` : ''
  const owner = isRoot === false && uid !== null ? `,uid=${uid},gid=${uid}` : ''
  if (!right) return `"target=${written}" stays empty, because ${command} runs as user "${user}", whose home is not /root: mount the cache folder of that user instead.`
  const why = right.movedBy === null ? '' : ` (set by ${right.movedBy})`
  // Folders above a mount belong to root, and pnpm leaves a store whose surroundings it cannot write to.
  const mend = install!.manager === 'pnpm' && isRoot === false ? `add "--store-dir=/pnpm/store" and mount "target=/pnpm/store${owner}"` : `mount "target=${right.path}${owner}"`
  return `"target=${written}" stays empty, because ${command}${who} keeps its cache in ${right.path}${why}: ${mend} instead.`
}
