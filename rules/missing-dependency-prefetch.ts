// Points at the command that fetches what an earlier step could have. What counts is decided in src/facts/dependency-fetches.ts.
import { quotedCommand } from '../src/facts/command-text.ts'
import { assumedContext } from '../src/facts/broad-copies.ts'
import { installCosts, otherInstall } from '../src/data/typical-costs.ts'
import { missingFetches, type MissingFetch } from '../src/facts/dependency-fetches.ts'
import { listed, quoted } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { defineRule, mendingBy } from '../src/rule.ts'
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
 */
export default defineRule({
  id: 'missing-dependency-prefetch',
  summary: 'A compile step fetches the dependencies again after every edit',
  category: 'order',
  severity: 'warning',

  *check(build) {
    for (const missing of missingFetches(build)) {
      yield {
        at: missing.install,
        message: messageOf(build, missing),
        related: [{ at: missing.copy, message: 'manifests and sources come in together' }],
        cost: { seconds: (installCosts[missing.install.manager] ?? otherInstall).seconds, bytes: 0 },
        mending: mendingBy('split', missing.install.step),
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
