// Points at the refresh: it is what has to move.
import { refreshedIn } from '../src/edits/refreshes.ts'
import { quotedCommand, quotedRun } from '../src/facts/command-text.ts'
import { listed, quoted } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { loneRefreshes, type LoneRefresh } from '../src/facts/lone-refreshes.ts'
import { isRefreshed } from '../src/facts/system-upgrades.ts'
import { defineRule, type Report } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a RUN that refreshes the package index and does not use it, while a later RUN of the stage, or of a stage built
 * FROM it, installs from that index. It knows apt, pacman, xbps and emerge. dnf, yum, zypper and apk (since apk-tools 2.10)
 * look at the age of their index themselves, so for them the step is only superfluous. Nothing is said when a step in
 * between adds a repository or runs a script, when the index lies in a cache mount, or when the whole context is copied
 * further up (then an edit of the Dockerfile refreshes the index, too), or a date or counter is declared (`REFRESHED_AT`).
 *
 * ## Why it matters
 *
 * `apt-get update` never changes as an instruction, so BuildKit takes it from the cache for as long as nothing below it
 * changes. When a package is added weeks later, only the install runs, with the old index: it gets outdated packages, or
 * fails because the server no longer has them. The
 * [build best practices](https://docs.docker.com/build/building/best-practices/#apt-get) ask for one RUN with both.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * RUN apt-get update
 * RUN apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
 * CMD ["curl", "--version"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * RUN apt-get update \
 *     && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
 * CMD ["curl", "--version"]
 * ```
 *
 * ## When not to use it
 *
 * When every build runs without a cache, or the package sources point at a snapshot that never changes.
 *
 * ## Cost model
 *
 * The change is an edit of the later install: it runs again, the refresh above it does not. Nothing is estimated.
 *
 * ## Fix safety
 *
 * Safe where both RUN steps stand right below one another and nothing of the first reaches the second: the merged step does the same
 * in the same order. Suggested where an `ENV` or `ARG` between them is in force for the refresh from then on.
 */
export default defineRule({
  id: 'package-index-update-alone',
  summary: 'The package index is refreshed in a RUN of its own, so later installs use a cached one',
  category: 'stale',
  severity: 'warning',
  fixable: 'safe',

  *check(build) {
    for (const lone of loneRefreshes(build)) {
      const { refresh, installs, upgrade } = lone
      if (isRefreshed(refresh.step)) continue
      const [first] = installs
      yield {
        at: refresh.command.command,
        message: `"${quotedCommand(build, refresh.command.command)}" is cached on its own, so "${quotedCommand(build, first!)}" (line ${lineOf(build, first!.span)}), once it is changed, installs from an old package index, or fails on packages that are gone: put both into one RUN${upgrade ? `, with the upgrade of line ${lineOf(build, upgrade.span)} in between` : ''}.`,
        related: installs.map(install => ({ at: install, message: 'this install uses the cached index' })),
        ...fixOf(build, lone),
      }
    }
  },
})

function fixOf(build: Build, lone: LoneRefresh): Pick<Report, 'fix' | 'noFix'> {
  const made = refreshedIn(build, lone)
  if ('reason' in made) return { noFix: made.reason }
  const { edits, runs: [first, ...others], beside } = made
  const title = `Merge "${quotedRun(build, first!, 40)}" into ${listed(others.map(run => `"${quotedRun(build, run, 40)}"`))}`
  return { fix: beside ? { title, safety: 'suggested', assumes: `"${quoted(beside)}" changes nothing for "${quotedCommand(build, lone.refresh.command.command, 40)}"`, edits } : { title, safety: 'safe', edits } }
}
