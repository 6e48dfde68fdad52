// A manifest is copied for an install, its lock file is not.
import { withSource } from '../src/edits/added-sources.ts'
import { assumedContext } from '../src/facts/broad-copies.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { baseName } from '../src/facts/image-paths.ts'
import { quoted } from '../src/facts/instruction-text.ts'
import type { Install } from '../src/facts/installs.ts'
import { lineOf } from '../src/facts/lines.ts'
import { mayFit } from '../src/facts/lock-fit.ts'
import { lockedInstalls, type LockedInstall } from '../src/facts/lockfiles.ts'
import { isForShipping } from '../src/facts/shipping.ts'
import { defineRule, type Fix } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

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
 * ```file package-lock.json
 * {"lockfileVersion": 3, "packages": {"": {"dependencies": {"express": "^5.0.0"}}}}
 * ```
 *
 * ```files
 * src/server.js
 * ```
 *
 * ## Good
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
 * ## When not to use it
 *
 * When the build is meant to take the newest versions, as a library does that tests against them.
 *
 * ## Cost model
 *
 * No change is simulated and no cost assumed: the finding is about what a cached layer holds.
 *
 * ## Fix safety
 *
 * Suggested: the install then takes the versions of the lock file, which may be older than those it took so far. Some tools fail where the
 * lock file does not fit the manifest; no fix is offered where that is known.
 */
export default defineRule({
  id: 'missing-lockfile-copy',
  summary: 'A manifest is copied before an install, its lock file is not',
  category: 'order',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    const seen = new Set<string>()
    for (const locked of lockedInstalls(build)) {
      const { install, manifest, missing } = locked
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
        ...fixOf(build, locked, missing),
      }
    }
  },
})

function fixOf(build: Build, { install, manifest: { by, path } }: LockedInstall, missing: string): { readonly fix: Fix } | { readonly noFix: string } {
  const name = baseName(missing)
  if (by.kind === 'run') return { noFix: `the install may want to write ${name}, which it cannot where that is bound` }
  if (!mayFit(build, install.manager, path, missing)) return { noFix: `${name} does not fit ${baseName(path)}` }
  const added = withSource(build, by, path, missing)
  return 'reason' in added ? { noFix: added.reason } : { fix: { title: `Copy ${name} as well`, safety: 'suggested', edits: added.edits, reruns: [missing], assumes: `${name} fits ${baseName(path)} and is meant for this image` } }
}
