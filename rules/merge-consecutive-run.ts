// Reports only where one step would be better than several; what is gained is worked out in src/facts/merge-gains.ts.
import { markForCopy } from '../src/edits/copied-marks.ts'
import { joined } from '../src/edits/joined-runs.ts'
import { mergedInstalls } from '../src/edits/merged-installs.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { listed, quoted } from '../src/facts/instruction-text.ts'
import type { Install } from '../src/facts/installs.ts'
import { lineOf } from '../src/facts/lines.ts'
import { isQuick, quickSteps, repeatedInstalls, rewrites } from '../src/facts/merge-gains.ts'
import { isForShipping } from '../src/facts/shipping.ts'
import { defineRule, type Report } from '../src/rule.ts'
import type { Build, RunStep } from '../src/model/build.ts'

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
 * RUN mkdir /data \
 *     && chmod 700 /data \
 *     && useradd --system app \
 *     && chown app /data
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
 *
 * ## Fix safety
 *
 * Merging whole scripts is safe: none is offered where one would notice what another one leaves in the shell (a folder, a variable,
 * `set`), or would no longer stop at its first failure. Installs become one command, which is suggested: packages that are installed
 * together may bring other dependencies along than one after the other. So are steps with mounts, which then share them.
 */
export default defineRule({
  id: 'merge-consecutive-run',
  summary: 'Neighbouring RUN steps would be better as one',
  category: 'layers',
  severity: 'warning',
  fixable: 'safe',
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
      ...installFix(build, [first, ...rest]),
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
      ...isQuick(by.step) ? joinFix(build, [write.command.step, by.step]) : { noFix: `"${quoted(by.step, 40)}" does more, which is better kept in a step of its own` },
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
      ...joinFix(build, runs),
    }
  }
}

function joinFix(build: Build, runs: readonly RunStep[]): Pick<Report, 'fix' | 'noFix'> {
  const mark = markForCopy(build, runs)
  if (mark) return { noFix: `COPY could do "${quotedCommand(build, mark.command, 40)}", and the RUN would go` }
  const merged = joined(build, runs)
  if ('reason' in merged) return { noFix: merged.reason }
  const title = runs.length === 2 ? 'Merge the RUN into the one above' : `Merge the ${runs.length} RUN steps into one`
  return { fix: { title, edits: merged.edits, ...runs[0]!.mounts.length > 0 ? { safety: 'suggested', assumes: 'no command notices that it shares the mounts with those above' } : { safety: 'safe' } } }
}

function installFix(build: Build, installs: readonly Install[]): Pick<Report, 'fix' | 'noFix'> {
  const merged = mergedInstalls(build, installs)
  if ('reason' in merged) return { noFix: merged.reason }
  return { fix: { title: 'Install the packages in one RUN', safety: 'suggested', assumes: `${installs[0]!.manager} brings the same packages when it installs these together`, edits: merged.edits } }
}
