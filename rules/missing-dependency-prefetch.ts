// Points at the command that fetches what an earlier step could have. What counts is decided in src/facts/dependency-fetches.ts.
import { assuming } from '../src/edits/ignore-file.ts'
import { namesOf } from '../src/edits/manifest-copies.ts'
import { prefetched } from '../src/edits/split-copy.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { assumedContext } from '../src/facts/broad-copies.ts'
import { installCosts, otherInstall } from '../src/data/typical-costs.ts'
import { missingFetches, type MissingFetch } from '../src/facts/dependency-fetches.ts'
import { listed, quoted } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { prefetch } from '../src/facts/prefetches.ts'
import { defineRule, mendingBy, type Fix } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a command that compiles a project and fetches its dependencies on the way, above which a copy brings manifests and
 * sources in one, when the tool has a command that only fetches: `go mod download`, `dotnet restore`,
 * `mvn dependency:go-offline`, `lein deps`, `sbt update`, `swift package resolve`, cargo-chef for cargo, and `pnpm fetch` for
 * an install whose hooks need the sources. It looks into the context: there must be dependencies to fetch, and manifests that are enough to fetch them. Silent with a cache or bind
 * mount, with a vendor folder, for Maven builds of several modules, and after an earlier command of the same tool. An
 * install that stands behind the sources is the matter of `copy-source-before-install`.
 *
 * ## Why it matters
 *
 * A RUN is executed whenever a file of the copy below it changed
 * ([cache invalidation](https://docs.docker.com/build/cache/invalidation/)), and starts from what the steps below it left:
 * without dependencies. So each edit of a source file downloads them all again; cargo compiles them again as well.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM golang:1.25 AS build
 * WORKDIR /src
 * COPY . .
 * RUN go build -o /bin/app ./cmd/app
 *
 * FROM scratch
 * COPY --from=build /bin/app /app
 * ENTRYPOINT ["/app"]
 * ```
 *
 * ```files
 * go.mod
 * cmd/app/main.go
 * ```
 *
 * ```file go.sum
 * golang.org/x/text v0.30.0 h1:abc=
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM golang:1.25 AS build
 * WORKDIR /src
 * COPY go.mod go.sum ./
 * RUN go mod download
 * COPY . .
 * RUN go build -o /bin/app ./cmd/app
 *
 * FROM scratch
 * COPY --from=build /bin/app /app
 * ENTRYPOINT ["/app"]
 * ```
 *
 * ## When not to use it
 *
 * When nothing keeps a cache between two builds. Maven's goal leaves out some plug-ins, which are then fetched by the build.
 *
 * ## Cost model
 *
 * One edit of any file that the copy brings. Seconds are those of an install by the same tool, from the table of typical
 * costs.
 *
 * ## Fix safety
 *
 * Suggested: the command that fetches fails where the build does not: a repository that is gone, a dependency that the build never asks for, a
 * manifest that reads other files of the project. Offered for tools that do so without another stage, and for pnpm only where package.json
 * holds no settings that say what is built.
 */
export default defineRule({
  id: 'missing-dependency-prefetch',
  summary: 'A compile step fetches the dependencies again after every edit',
  category: 'order',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    for (const missing of missingFetches(build)) {
      yield {
        at: missing.install,
        message: messageOf(build, missing),
        related: [{ at: missing.copy, message: 'manifests and sources come in together' }],
        cost: { seconds: (installCosts[missing.install.manager] ?? otherInstall).seconds, bytes: 0 },
        mending: mendingBy('split', missing.install.step),
        ...fixOf(build, missing),
      }
    }
  },
})

function messageOf(build: Build, { install, copy, fetch, isCooked, needs, files }: MissingFetch): string {
  const command = `"${quotedCommand(build, install.command.command, 50)}"`
  const above = `above "${quoted(copy, 40)}" (line ${lineOf(build, copy.span)})`
  const cause = `again when any of ${files} context files${assumedContext(build)} changes`
  return isCooked
    ? `${command} fetches and compiles all dependencies ${cause}: build them ${above} with "${fetch}" from the recipe that "cargo chef prepare" makes in a stage of its own.`
    : `${command} fetches all dependencies ${cause}: copy ${listed(needs)} and run "${fetch}" ${above}.`
}

function fixOf(build: Build, missing: MissingFetch): { readonly fix: Fix } | { readonly noFix: string } {
  const plan = prefetch(build, missing)
  if ('reason' in plan) return { noFix: plan.reason }
  const found = prefetched(build, plan)
  if ('reason' in found) return { noFix: found.reason }
  const names = plan.files.length === 0 ? '' : ` from ${listed(namesOf(plan.files))}`
  return { fix: {
    title: `Run "${plan.command}"${names} above the copy of the sources`, safety: 'suggested', edits: found.edits,
    assumes: assuming(build, `"${plan.command}" succeeds with ${plan.files.length === 0 ? 'its manifests' : listed(namesOf(plan.files))} alone`),
  } }
}
