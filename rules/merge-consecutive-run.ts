// Reports only where one step would be better than several; what is gained is worked out in src/facts/merge-gains.ts.
import { quotedCommand } from '../src/facts/command-text.ts'
import { listed, quoted } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { quickSteps, repeatedInstalls, rewrites } from '../src/facts/merge-gains.ts'
import { isForShipping } from '../src/facts/shipping.ts'
import { defineRule, type Report } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports RUN steps right below one another in a stage that ships, where one step would really be better:
 *
 * - `minInstalls` or more that install packages with the same manager and nothing else, each refreshing the index again;
 * - `minQuickSteps` or more that only set things up: `mkdir`, `ln`, `chmod`, `useradd`, `echo` into a file and the like;
 * - a `chmod` or `chown` that stores a second time what the RUN above downloaded or unpacked.
 *
 * The second kind is said as information: it gains layers, and next to no time.
 *
 * Anything else is a matter of taste and not reported. Steps with different flags, here-documents, the exec form or another
 * instruction between them stay apart, and so do steps under a comment that gives a reason. A comment between two steps, or
 * packages from other repositories, keep the first two kinds apart as well.
 *
 * ## Why it matters
 *
 * Every RUN starts a container and makes a layer. Separate steps are good where they let the cache keep an expensive one; for
 * quick ones, and for installs that refresh the index first, they only cost time and layers. A layer holds whole files, so a
 * changed mode or owner stores the file again
 * ([image specification](https://github.com/opencontainers/image-spec/blob/main/layer.md#change-types)).
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * RUN mkdir /data
 * RUN chmod 700 /data
 * RUN useradd --system app
 * RUN chown app /data
 * CMD ["sleep", "infinity"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * RUN mkdir /data && chmod 700 /data && useradd --system app && chown app /data
 * CMD ["sleep", "infinity"]
 * ```
 *
 * ## When not to use it
 *
 * When a tool measures the steps one by one, or while a Dockerfile is being worked on: separate steps are easier to debug.
 *
 * ## Cost model
 *
 * No change is simulated: the gain is the index refreshed once, one layer instead of several, and bytes that are stored once.
 */
export default defineRule({
  id: 'merge-consecutive-run',
  summary: 'Neighbouring RUN steps would be better as one',
  category: 'layers',
  severity: 'warning',
  options: {
    minInstalls: { type: 'number', default: 2, doc: 'Neighbouring RUN steps that install packages with the same manager, from how many on.' },
    minQuickSteps: { type: 'number', default: 3, doc: 'Neighbouring RUN steps that only set things up, from how many on.' },
  },

  *check(build, { minInstalls, minQuickSteps }) {
    if (!isForShipping(build)) return
    yield* installReports(build, minInstalls)
    yield* rewriteReports(build)
    yield* quickReports(build, minQuickSteps)
  },
})

function* installReports(build: Build, least: number): Iterable<Report> {
  for (const [first, ...rest] of repeatedInstalls(build)) {
    const second = rest[0]
    if (!first || !second || rest.length + 1 < least) continue
    const others = rest.length > 1 ? `"${quotedCommand(build, second)}" and ${rest.length - 1} more (lines ${listed(rest.map(({ step }) => String(lineOf(build, step.span))), 9)})` : `"${quotedCommand(build, second)}" (line ${lineOf(build, second.span)})`
    yield {
      at: first.step,
      message: `${others} ${rest.length > 1 ? 'refresh' : 'refreshes'} the package index again after "${quotedCommand(build, first)}"; one RUN would do so once and make one layer.`,
      related: rest.map(install => ({ at: install, message: 'refreshes the package index again' })),
    }
  }
}

function* rewriteReports(build: Build): Iterable<Report> {
  for (const { write, by } of rewrites(build)) {
    const { command } = write.command
    yield {
      at: by.command,
      message: `"${quotedCommand(build, by.command)}" stores again what "${quotedCommand(build, command, 50)}" (line ${lineOf(build, command.span)}) has just stored; do both in one RUN to store it once.`,
      related: [{ at: command, message: 'stored here first' }],
    }
  }
}

function* quickReports(build: Build, least: number): Iterable<Report> {
  for (const runs of quickSteps(build)) {
    const [first, ...rest] = runs
    if (!first || runs.length < least) continue
    yield {
      at: first,
      message: `${runs.length} RUN steps in a row (lines ${lineOf(build, first.span)} to ${lineOf(build, runs.at(-1)!.span)}) only run quick commands such as "${quoted(first, 40)}"; one RUN would make one layer of them.`,
      related: rest.map(run => ({ at: run, message: 'another layer' })),
      lowered: true,
    }
  }
}
