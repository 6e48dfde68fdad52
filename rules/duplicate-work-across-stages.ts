// Points at the second of two equal installs. Which steps are one for the engine is asked of src/cache, the rest of src/facts/duplicate-steps.ts.
import { sharedStage } from '../src/edits/shared-stages.ts'
import { duplicateSteps } from '../src/facts/duplicate-steps.ts'
import { quoted } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { costOf } from '../src/facts/step-costs.ts'
import { defineRule } from '../src/rule.ts'

/**
 * ## What it does
 *
 * Reports a RUN that installs what a RUN of another stage installs on the same base image with the same words, when the
 * steps below differ only by what the install does not need: sources, folders, variables. Only steps that do nothing but
 * install are compared, and only where manifests, users and the settings of the package manager are the same. Steps that
 * are equal down to the base image are one step for the engine, run once and are not reported.
 *
 * ## Why it matters
 *
 * BuildKit runs equal steps on equal inputs once, in whatever stage they stand
 * ([solver/jobs.go](https://github.com/moby/buildkit/blob/master/solver/jobs.go)). A RUN depends on the step below it and on
 * every variable that was declared before, so one COPY or ENV too early makes two steps of one: both are executed, stored and
 * exported to the cache.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM debian:bookworm-slim AS build
 * WORKDIR /src
 * COPY . .
 * RUN apt-get update && apt-get install -y --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/*
 * RUN ./build.sh /out
 *
 * FROM debian:bookworm-slim
 * RUN apt-get update && apt-get install -y --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/*
 * COPY --from=build /out /app
 * CMD ["/app/server"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM debian:bookworm-slim AS base
 * RUN apt-get update && apt-get install -y --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/*
 *
 * FROM base AS build
 * WORKDIR /src
 * COPY . .
 * RUN ./build.sh /out
 *
 * FROM base
 * COPY --from=build /out /app
 * CMD ["/app/server"]
 * ```
 *
 * ## When not to use it
 *
 * When the stages are meant to drift apart, or are built one at a time on machines that share no cache.
 *
 * ## Cost model
 *
 * A build without cache. The cost is that of the second install, from the table of typical costs.
 *
 * ## Fix safety
 *
 * Suggested where the install can be the first step of both stages: it becomes a stage that both are built FROM. A package that looks at what stood below
 * the install, or brings the same files, would leave another image.
 */
export default defineRule({
  id: 'duplicate-work-across-stages',
  summary: 'Two stages run the same install that could be one step',
  category: 'layers',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    for (const duplicate of duplicateSteps(build)) {
      const { first, second } = duplicate
      yield {
        at: second,
        message: `"${quoted(second, 60)}" does again what line ${lineOf(build, first.span)} did in stage "${first.stage.label}", because the steps below the two differ: move it to a stage of its own that both are built FROM, and it runs once.`,
        related: [{ at: first, message: 'the same install on the same base image' }],
        cost: costOf(second),
        ...sharedStage(build, duplicate),
      }
    }
  },
})
