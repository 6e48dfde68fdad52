// Members of a workspace are copied after the install that is meant for all of them.
import { assuming } from '../src/edits/ignore-file.ts'
import { withMembers } from '../src/edits/member-manifests.ts'
import { assumedContext } from '../src/facts/broad-copies.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { listed } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { missingMembers, type MissingMembers } from '../src/facts/missing-members.ts'
import { costOf } from '../src/facts/step-costs.ts'
import { defineRule, type Fix } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports an install that is given the manifest of an npm, pnpm, Yarn or Bun workspace, or of a .NET project, but not the
 * manifests of all members or referenced projects, where a later command of the stage installs for them after the sources have
 * been copied. Installs that name their members (`--filter`, `--workspace`, `yarn workspaces focus`) are left alone, and so
 * are manifests that may come from a stage or a script (`turbo prune`). Without a later command that installs again nobody
 * needs the members, and nothing is said.
 *
 * ## Why it matters
 *
 * The early install sees no member and leaves out what they depend on. The later one downloads it, in a step that stands on the
 * sources, and a step is executed whenever the one below it was
 * ([BuildKit: solver/edge.go](https://github.com/moby/buildkit/blob/master/solver/edge.go)): every edit of a source file
 * downloads these packages again.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /app
 * COPY package.json yarn.lock ./
 * RUN yarn install --frozen-lockfile
 * COPY . .
 * RUN yarn install --frozen-lockfile && yarn build
 * ```
 *
 * ```file package.json
 * {"private": true, "workspaces": ["packages/*"]}
 * ```
 *
 * ```file packages/api/package.json
 * {"name": "api", "dependencies": {"express": "^5.0.0"}}
 * ```
 *
 * ```file packages/web/package.json
 * {"name": "web", "dependencies": {"vue": "^3.5.0"}}
 * ```
 *
 * ```files
 * yarn.lock
 * packages/web/index.js
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /app
 * COPY package.json yarn.lock ./
 * COPY packages/api/package.json ./packages/api/
 * COPY packages/web/package.json ./packages/web/
 * RUN yarn install --frozen-lockfile
 * COPY . .
 * RUN yarn install --frozen-lockfile && yarn build
 * ```
 *
 * ## When not to use it
 *
 * When the early install is only there for tools of the root, and the members are few and small.
 *
 * ## Cost model
 *
 * Seconds are those that the table of typical costs gives for the later step; how much of it the members cause is
 * not known.
 *
 * ## Fix safety
 *
 * Suggested: the first install then works on all members. It fails where one of them needs its sources to be installed; what the manifests
 * tell of that is checked. The later install stays, and finds its packages there.
 */
export default defineRule({
  id: 'workspace-manifests-incomplete',
  summary: 'Manifests of workspace members are missing when dependencies are installed',
  category: 'order',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    for (const missing of missingMembers(build)) {
      const { install, manifest, members, again } = missing
      const command = quotedCommand(build, install, 50)
      yield {
        at: install,
        message: `"${command}" finds no ${listed(members, 3)}${assumedContext(build)}, so what ${members.length > 1 ? 'they need' : 'it needs'} is installed by "${quotedCommand(build, again, 50)}" (line ${lineOf(build, again.span)}), which every source edit re-runs; copy ${members.length > 1 ? 'these manifests' : 'this manifest'} above line ${lineOf(build, install.span)} as well, ${members.length > 1 ? 'each ' : ''}into its folder.`,
        related: [{ at: manifest.by, message: 'the first manifest comes from here' }, { at: again, message: 'the rest is installed here' }],
        cost: costOf(again.step),
        ...fixOf(build, missing),
      }
    }
  },
})

function fixOf(build: Build, missing: MissingMembers): { readonly fix: Fix } | { readonly noFix: string } {
  const found = withMembers(build, missing)
  if ('reason' in found) return { noFix: found.reason }
  const command = quotedCommand(build, missing.install, 50)
  return { fix: { title: `Copy ${listed(found.files, 3)} before "${command}"`, safety: 'suggested', edits: found.edits, reruns: found.files, assumes: assuming(build, `"${command}" needs no other file of these projects`) } }
}
