// An install has its lock file and may depart from it all the same.
import { heldToLock } from '../src/edits/strict-installs.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { baseName } from '../src/facts/image-paths.ts'
import { looseInstalls, type LooseInstall } from '../src/facts/loose-installs.ts'
import { isForShipping } from '../src/facts/shipping.ts'
import { strictReason } from '../src/facts/strict-installs.ts'
import { defineRule, type Fix } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/** They change what is locked only where the manifest no longer fits it, and say so. */
const HARDLY_DEPARTS: readonly string[] = ['cargo', 'mix']

/**
 * ## What it does
 *
 * Reports an install of a project that finds its lock file, copied from the build context, and may still resolve versions
 * anew: `npm install`, `pnpm install`, `yarn`, `bun install`, `bundle install`, `pipenv install`, `uv sync`, `cargo build`,
 * `mix deps.get` and the like, without what holds them to the lock file. It is silent where an option, variable, command or
 * configuration file holds them, for global and named packages, for commands that renew versions on purpose, and where a
 * command of the Dockerfile makes or changes the lock file. It is silent, too, where the strict form would fail at once: the
 * lock file does not fit the manifest, or the image's npm is too old for `npm ci` or for such a lock file; and where another
 * command of the stage keeps to the lock file already. `cargo` and `mix`, and images for development and tests, are information.
 *
 * ## Why it matters
 *
 * The key of the step is made of its text and the files it is given
 * ([BuildKit: solver/llbsolver/ops/exec.go](https://github.com/moby/buildkit/blob/master/solver/llbsolver/ops/exec.go)). When
 * manifest and lock file stop fitting, such a command resolves what is newest on that day, in the image only: the same key
 * then stands for different packages on different machines, and nobody notices. The strict form fails instead.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /app
 * COPY package.json package-lock.json ./
 * RUN npm install
 * COPY src ./src
 * CMD ["node", "src/server.js"]
 * ```
 *
 * ```file package.json
 * {"dependencies": {"express": "^5.0.0"}}
 * ```
 *
 * ```file package-lock.json
 * {"lockfileVersion": 3, "packages": {"": {"dependencies": {"express": "^5.0.0"}}}}
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /app
 * COPY package.json package-lock.json ./
 * RUN npm ci
 * COPY src ./src
 * CMD ["node", "src/server.js"]
 * ```
 *
 * ## When not to use it
 *
 * When developers edit manifests without a package manager at hand and rely on the image to resolve them.
 *
 * ## Cost model
 *
 * No change is simulated and no cost assumed: the finding is about what a cached layer holds.
 *
 * ## Fix safety
 *
 * Suggested: the strict form fails where manifest and lock file do not fit, or where the tool is too old or too new for the lock file. Both are
 * checked as far as the files tell. `npm ci` also removes `node_modules` first; no fix is offered where something else put files there. The same
 * install in a stage that only another target reaches is changed along.
 */
export default defineRule({
  id: 'install-ignores-lockfile',
  summary: 'An install may depart from the lock file it is given',
  category: 'order',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    for (const loose of looseInstalls(build)) {
      const { install, lock } = loose
      const ships = isForShipping(build)
      // The variable stays in the image, where developers could then add no gem.
      if (install.manager === 'bundler' && !ships) continue
      const name = baseName(lock.path)
      yield {
        at: install,
        message: `"${quotedCommand(build, install)}" resolves versions anew, without failing, when ${name} does not fit the manifest, so one cache key can stand for different packages; ${adviceOf(loose)}.`,
        related: [{ at: lock.by, message: `${name} comes from here` }],
        ...(!ships || HARDLY_DEPARTS.includes(install.manager) ? { lowered: true as const } : {}),
        ...fixOf(build, loose),
      }
    }
  },
})

function adviceOf({ install, remedy }: LooseInstall): string {
  if (install.manager === 'npm') return `use "${remedy}"${install.options.length > 0 ? ' with the same options' : ''}, which keeps to the lock file or fails`
  if (install.manager === 'bundler' && !remedy.startsWith('ENV ')) return `run "${remedy}" above it, and it keeps to the lock file or fails`
  return remedy.startsWith('ENV ') ? `set "${remedy}" above it, and it keeps to the lock file or fails` : `add "${remedy}", and it keeps to the lock file or fails`
}

function fixOf(build: Build, loose: LooseInstall): { readonly fix: Fix } | { readonly noFix: string } {
  const { install, manifest, lock } = loose
  const reason = strictReason(build, loose)
  const edits = reason === null ? heldToLock(build, loose) : null
  if (edits === null) return { noFix: reason ?? 'the command is not written out' }
  const command = quotedCommand(build, install)
  return { fix: { title: titleOf(loose, command), safety: 'suggested', edits, assumes: `${baseName(lock.path)} fits ${baseName(manifest.path)} and the ${install.manager} of the image` } }
}

function titleOf({ install: { manager }, remedy }: LooseInstall, command: string): string {
  if (remedy.startsWith('ENV ')) return `Set ${remedy.slice(4)} above "${command}"`
  if (manager === 'bundler') return `Run "${remedy}" above "${command}"`
  return manager === 'npm' ? `Use "npm ci" instead of "${command}"` : `Add ${remedy} to "${command}"`
}
