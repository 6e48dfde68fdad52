// A manifest is copied for an install, its lock file is not.
import { assumedContext } from '../src/facts/broad-copies.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { baseName } from '../src/facts/image-paths.ts'
import { quoted } from '../src/facts/instruction-text.ts'
import type { Install } from '../src/facts/installs.ts'
import { lineOf } from '../src/facts/lines.ts'
import { lockedInstalls } from '../src/facts/lockfiles.ts'
import { isForShipping } from '../src/facts/shipping.ts'
import { defineRule } from '../src/rule.ts'

/** With no lock file at all they resolve anew, whatever they are told; others fail, so that a build which works has one. */
const RESOLVES_ANYWAY: readonly string[] = ['composer', 'poetry', 'go']
const worksWithout = ({ manager, frozen, flavour }: Install): boolean => frozen !== true || RESOLVES_ANYWAY.includes(manager) || manager === 'yarn' && flavour !== 'berry'

/**
 * ## What it does
 *
 * Reports an install that is given its manifest by a copy or bind mount, but not the lock file that lies beside the manifest
 * in the build context. It is silent when any lock file of the same ecosystem is brought, may come from a stage or be made
 * by an earlier command, is kept out of the context or out of git, when the command would fail without one (`npm ci`,
 * `--frozen-lockfile`), and when the tool would not read it. Go modules, whose versions stand in `go.mod`, and images for
 * development and tests are information.
 *
 * ## Why it matters
 *
 * Without its lock file the install picks whatever versions are newest on the day it runs. The lock file is in no key either
 * ([BuildKit: solver/llbsolver/ops/file.go](https://github.com/moby/buildkit/blob/master/solver/llbsolver/ops/file.go)): the
 * key of a copy holds the selected files only. So an updated lock file does not run the install again, and two machines with
 * the same key hold different packages.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /app
 * COPY package.json ./
 * RUN npm install
 * COPY src ./src
 * CMD ["node", "src/server.js"]
 * ```
 *
 * ```file package.json
 * {"dependencies": {"express": "^5.0.0"}}
 * ```
 *
 * ```files
 * package-lock.json
 * src/server.js
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
 * When the build is meant to take the newest versions, as a library does that tests against them.
 *
 * ## Cost model
 *
 * No change is simulated and no cost assumed: the finding is about what a cached layer holds.
 */
export default defineRule({
  id: 'missing-lockfile-copy',
  summary: 'A manifest is copied before an install, its lock file is not',
  category: 'order',
  severity: 'warning',

  *check(build) {
    const seen = new Set<string>()
    for (const { install, manifest, missing } of lockedInstalls(build)) {
      const { by } = manifest
      if (missing === null || !worksWithout(install) || seen.has(`${by.span.start} ${missing}`)) continue
      seen.add(`${by.span.start} ${missing}`)
      const name = baseName(missing)
      const command = `"${quotedCommand(build, install, 40)}" (line ${lineOf(build, install.span)})`
      const result = install.manager === 'go' ? 'compares no module with its checksum there' : 'takes the newest versions that the ranges allow on the day it runs'
      yield {
        at: by,
        message: `"${quoted(by)}" brings ${baseName(manifest.path)} but not ${missing}${assumedContext(build)}, so ${command} ${result}, and a changed ${name} does not run it again; ${by.kind === 'run' ? 'bind' : 'copy'} ${name} as well.`,
        related: [{ at: install, message: 'dependencies are installed here' }],
        // The versions of Go modules stand in go.mod.
        ...(install.manager === 'go' || !isForShipping(build) ? { lowered: true as const } : {}),
      }
    }
  },
})
