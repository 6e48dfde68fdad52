// Points at the install that shares a RUN with a build. What only the build reads is worked out in src/facts/combined-builds.ts.
import { combinedBuildFix } from '../src/edits/combined-builds.ts'
import { combinedBuilds, type CombinedBuild } from '../src/facts/combined-builds.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { installCosts, otherInstall } from '../src/data/typical-costs.ts'
import { listed, quoted } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { defineRule, mendingBy } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a RUN that installs a project's dependencies from its manifests and builds the project as well, when the manifests
 * come in by one copy and the sources by another, or by a bind mount of the whole context. It looks into the context: silent
 * where the manifests name scripts or local packages that need the sources, and where the RUN has a cache mount. A copy that
 * brings manifests and sources together is the matter of `copy-source-before-install`.
 *
 * ## Why it matters
 *
 * A RUN is executed as a whole: an edit of a source file that only the build reads
 * [re-runs](https://docs.docker.com/build/cache/invalidation/) the install in front of it. In a RUN of its own above the
 * sources, the install is taken from the cache until a manifest changes.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /app
 * COPY package.json package-lock.json ./
 * COPY src ./src
 * RUN npm ci && npm run build
 * CMD ["node", "dist/server.js"]
 * ```
 *
 * ```file package.json
 * { "scripts": { "build": "tsc" } }
 * ```
 *
 * ```files
 * package-lock.json
 * src/server.ts
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
 * RUN npm run build
 * CMD ["node", "dist/server.js"]
 * ```
 *
 * ## When not to use it
 *
 * When install, build and clean-up share a RUN on purpose, to leave nothing behind in an image of one stage.
 *
 * ## Cost model
 *
 * One edit of a file that only the build reads. Seconds are those of the install, from the table of typical costs.
 *
 * ## Fix safety
 *
 * Suggested: scripts that run during the install no longer find the sources. The manifests do not name such scripts, but those of
 * dependencies, and settings that are not known, could read them.
 */
export default defineRule({
  id: 'build-combined-with-install',
  summary: 'One RUN installs dependencies and builds the project',
  category: 'order',
  severity: 'info',
  fixable: 'suggested',

  *check(build) {
    for (const combined of combinedBuilds(build)) {
      const { install, builder, sources, step } = combined
      const fix = combinedBuildFix(build, combined)
      yield {
        at: install,
        message: messageOf(build, combined),
        related: [{ at: builder.command, message: 'the same RUN builds the project' }, ...sources === step ? [] : [{ at: sources, message: 'only the build reads these files' }]],
        cost: { seconds: (installCosts[install.manager] ?? otherInstall).seconds, bytes: 0 },
        mending: mendingBy('split', step),
        ...typeof fix === 'string' ? { noFix: fix } : { fix },
      }
    }
  },
})

function messageOf(build: Build, { install, builder, sources, step, needs }: CombinedBuild): string {
  const command = `"${quotedCommand(build, install.command.command, 40)}"`
  const second = `"${quotedCommand(build, builder.command, 40)}"`
  return sources === step
    ? `${command} re-runs when any file of the bound context changes, because ${second} stands in the same RUN: bind only ${listed(needs)} in a RUN of its own above line ${lineOf(build, step.span)}.`
    : `${command} needs nothing of "${quoted(sources, 40)}" (line ${lineOf(build, sources.span)}), but re-runs with it, because ${second} stands in the same RUN: give the install a RUN of its own above that line.`
}
