// Something stands in the file for no other purpose than to defeat the cache.
import { cacheBusters, type CacheBuster } from '../src/facts/cache-busters.ts'
import { quotedRun } from '../src/facts/command-text.ts'
import { quotedText } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { costOfAll } from '../src/facts/step-costs.ts'
import type { Build } from '../src/model/build.ts'
import { defineRule, mendingBy } from '../src/rule.ts'

/**
 * ## What it does
 *
 * Reports an `ARG` or `ENV` that says by its name that it is there to defeat the cache (`CACHEBUST`, `REFRESHED_AT`) and that
 * nothing uses for anything else, and an `ADD` of an address that answers something else each time, such as random.org. It is
 * silent when a comment above explains the purpose, and when no RUN with an effect stands below.
 *
 * ## Why it matters
 *
 * Every variable with a value is in the key of all later RUN steps of its stage and of the stages built FROM it, so a new
 * value runs all of them, not only the one that was meant; a random download does so on each build. Builders can be told what
 * to run afresh without an edit: `--no-cache-filter` names stages
 * ([Docker docs: docker buildx build](https://docs.docker.com/reference/cli/docker/buildx/build/#no-cache-filter)). A
 * repository that is fetched by `ADD` with its git address is fetched again when its branch has a new commit, and only then.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM node:22-slim AS site
 * ARG CACHEBUST=1
 * RUN npm install -g @example/site-builder@3
 * CMD ["site-builder"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM node:22-slim AS site
 * RUN npm install -g @example/site-builder@3
 * CMD ["site-builder"]
 * ```
 *
 * ## When not to use it
 *
 * When the builder cannot be given options, as on some hosting platforms: say so in a comment above.
 *
 * ## Cost model
 *
 * Another value of the variable, or another answer, re-runs each RUN below. The cost is theirs, from the table of typical
 * costs.
 */
export default defineRule({
  id: 'cache-bust-hack',
  summary: 'A dummy variable or a random download defeats the cache',
  category: 'stale',
  severity: 'warning',

  *check(build) {
    for (const buster of cacheBusters(build)) {
      if (buster.isExplained) continue
      yield {
        at: buster.at,
        message: messageOf(build, buster),
        related: buster.steps.slice(0, 5).map(at => ({ at, message: buster.name === null ? 'runs again on each build' : 'runs again with each new value' })),
        cost: costOfAll(buster.steps),
        mending: mendingBy('rewrite', buster.instruction),
      }
    }
  },
})

function messageOf(build: Build, { at, name, stage, steps, hasStepsAbove }: CacheBuster): string {
  const [first, ...rest] = steps
  const what = `"${quotedText(build.text.slice(at.span.start, at.span.end))}"`
  const cause = name === null ? 'fetches something else on each build, which re-runs' : 'is there only to defeat the cache: each new value re-runs'
  const more = rest.length === 0 ? '' : ` and ${rest.length} more RUN ${rest.length === 1 ? 'step' : 'steps'}`
  const clone = /\bgit\s+clone\b/.test(first!.text)
  const place = hasStepsAbove ? 'move what is meant into a stage of its own and build with --no-cache-filter' : stage.name === null ? 'name the stage and build with --no-cache-filter' : `build with --no-cache-filter ${stage.name}`
  const instead = clone ? 'fetch the repository by ADD with its git address, which follows new commits' : `${place} when it should run afresh`
  return `${what} ${cause} "${quotedRun(build, first!, 40)}" (line ${lineOf(build, first!.span)})${more}, changed or not; delete it, and ${instead}.`
}
