// A stage that no build of this file reaches. Who uses which stage is in src/facts/unused-stages.ts.
import { isFinalLooking, mayBeAskedFor, unusedStages, type UnusedStage } from '../src/facts/unused-stages.ts'
import { listed, quotedText } from '../src/facts/instruction-text.ts'
import { isForShipping } from '../src/facts/shipping.ts'
import { defineRule } from '../src/rule.ts'
import type { Build, Stage } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a stage that the last one does not need and no other stage uses. A stage with a name can be asked for with `--target`,
 * from places that a Dockerfile does not show. So of those it speaks only when the name is that of a helper (`build`, `deps`,
 * `venv` and the like), the stage says nothing of how it is run, and no file of the build context asks for it. It is silent where
 * a build argument chooses among stages, where a target is configured, and of stages without steps.
 *
 * ## Why it matters
 *
 * BuildKit [builds only the stages that the target needs](https://docs.docker.com/build/building/multi-stage/#differences-between-legacy-builder-and-buildkit),
 * so this one costs no time. It is read and maintained for nothing, though, and often it is what remains of a `COPY --from`
 * that was lost.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM golang:1.26
 * WORKDIR /src
 * COPY . .
 * RUN go build -o /app .
 *
 * FROM alpine:3.22
 * COPY app /usr/local/bin/
 * CMD ["app"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM golang:1.26 AS build
 * WORKDIR /src
 * COPY . .
 * RUN go build -o /app .
 *
 * FROM alpine:3.22
 * COPY --from=build /app /usr/local/bin/
 * CMD ["app"]
 * ```
 *
 * ## When not to use it
 *
 * When the stage is built by its number or name from a script that the linter does not see.
 *
 * ## Cost model
 *
 * Nothing is simulated: an unused stage costs no build time.
 */
export default defineRule({
  id: 'unused-stage',
  summary: 'A stage is never used',
  category: 'layers',
  severity: 'info',

  *check(build) {
    const found = unusedStages(build)
    const isMany = found.filter(({ stage }) => isFinalLooking(stage)).length > 1
    for (const unused of found) {
      const { stage } = unused
      // Several that say what to run are several images in one file.
      if (stage.steps.length === 0 || isMany && isFinalLooking(stage) || stage.name !== null && !isForgotten(build, stage)) continue
      yield { at: stage, message: messageOf(build, unused), related: unused.below.map(other => ({ at: other, message: 'only used by it' })) }
    }
  },
})

const HELPER = /^(?:[\w.-]*[-_])?(?:build|builder|buildenv|compile|compiler|deps|dependencies|install|installer|download|downloads|downloader|fetch|fetcher|venv|vendor|assets|node[-_]?modules|packages|wheels|cache|base|builder-base|build-base)$/

const isForgotten = (build: Build, stage: Stage): boolean =>
  HELPER.test(stage.name ?? '') && !isFinalLooking(stage) && isForShipping(build) && !mayBeAskedFor(build, stage)

function messageOf({ text, target }: Build, { stage, below }: UnusedStage): string {
  const also = below.length > 0 ? `, nor ${listed(below.map(({ label }) => `"${label}"`))}, which only it uses` : ''
  const last = target.name === null ? 'the last stage' : `"${target.name}"`
  return `"${quotedText(text.slice(stage.span.start, stage.span.end))}" begins a stage that is never built${also}: ${last} does not need it, and ${stage.name === null ? 'it has no name to ask for' : 'no other stage copies from it'}; copy from it what was meant to ship, or delete it.`
}
