// Points at cache mounts that belong to root while the step runs as somebody else. See src/facts/mount-owners.ts.
import { changedMount, OPAQUE_MOUNT } from '../src/edits/mounts.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { quotedText } from '../src/facts/instruction-text.ts'
import { lockedOutUsers, type LockedOutUser } from '../src/facts/mount-owners.ts'
import { defineRule, mendingBy, type Report } from '../src/rule.ts'
import type { Build, RunStep } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a cache mount in a RUN that runs as another user than root and cannot write to it: the mount names no `uid`, or that of
 * somebody else. It counts what USER says and what some official images set. It is silent where the step may become root
 * (`sudo`, `gosu`), where the mount states a `mode`, and where a step of root has the same folder, which may have given it away.
 *
 * ## Why it matters
 *
 * A new cache mount belongs to root with mode 0755, [whatever lies at its target in the
 * image](https://github.com/moby/buildkit/issues/1237). npm, yarn, uv and go then fail with a permission error, pip goes on with
 * its cache switched off. Owner and group are set with `uid` and `gid`, which take numbers only. A `mode=0777` does not help
 * everywhere: the builder in Docker's own daemon applies a umask of 022 to it.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /home/node/app
 * COPY --chown=node package.json package-lock.json ./
 * USER node
 * RUN --mount=type=cache,target=/home/node/.npm npm ci
 * CMD ["node", "server.js"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /home/node/app
 * COPY --chown=node package.json package-lock.json ./
 * USER node
 * RUN --mount=type=cache,target=/home/node/.npm,uid=1000,gid=1000 npm ci
 * CMD ["node", "server.js"]
 * ```
 *
 * ## When not to use it
 *
 * When the user named is root under another name.
 *
 * ## Cost model
 *
 * No change is simulated: either the step fails, or each execution downloads everything again.
 *
 * ## Fix safety
 *
 * Suggested: the number of a user that the image names is that of the official image, and the folder starts empty under its new owner.
 */
export default defineRule({
  id: 'cache-mount-non-root-owner',
  summary: 'A cache mount belongs to root while the step runs as another user',
  category: 'buildkit',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    for (const lockedOut of lockedOutUsers(build)) {
      const { cache, install } = lockedOut
      yield {
        at: cache.mount,
        message: messageOf(build, lockedOut),
        ...(install && { related: [{ at: install, message: 'this command cannot write to the mount' }] }),
        mending: mendingBy('rewrite', cache.mount),
        ...mended(build, lockedOut),
      }
    }
  },
})

function mended(build: Build, { cache: { mount, step }, account: { user, uid } }: LockedOutUser): Pick<Report, 'fix' | 'noFix'> {
  if (uid === null) return { noFix: `the number of "${user}" is not known` }
  const group = groupOf(step, uid)
  const edit = changedMount(build, mount, { uid: String(uid), gid: group })
  if (!edit) return { noFix: OPAQUE_MOUNT }
  return { fix: { title: `Give the mount to "${user}" with uid=${uid},gid=${group}`, safety: 'suggested', assumes: /^\d+$/.test(user ?? '') ? `no other step needs the folder to be root's` : `"${user}" has the number ${uid} in the image`, edits: [edit] } }
}

/** As USER says, else that of the same number; the owner alone may write all the same. */
const groupOf = ({ user }: RunStep, uid: number): string => /^[^:]+:(\d+)$/.exec(user ?? '')?.[1] ?? String(uid)

function messageOf(build: Build, { cache, account, owner, install }: LockedOutUser): string {
  const target = quotedText(cache.mount.target ?? '', 50)
  const who = install ? `"${quotedCommand(build, install.command.command, 40)}" runs` : 'the step runs'
  const number = account.uid === null ? `the numbers of "${account.user}" in "uid=…,gid=…"` : `"uid=${account.uid},gid=${groupOf(cache.step, account.uid)}"`
  return `The cache mount on "${target}" belongs to ${owner === 0 ? 'root' : `user ${owner}`} and ${who} as "${account.user}", who cannot write to it: add ${number} to the mount.`
}
