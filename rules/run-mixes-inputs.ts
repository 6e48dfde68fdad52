// Points at the RUN that wants to be two. What its parts read is worked out in src/facts/mixed-runs.ts.
import { mixedRunFix } from '../src/edits/mixed-runs.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { listed, quoted } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { mixedRuns, type MixedRun } from '../src/facts/mixed-runs.ts'
import { defineRule, mendingBy } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a RUN that first installs packages by name or downloads something, and then reads files of the build context: a
 * script, a manifest, sources. Each edit of these files repeats the first part, which needs none of them. Silent where the
 * first part may read the files (package lists, keys, settings of the package manager), where both parts share variables or
 * a folder, where the second part removes what the first one installed, and where the packages are in a cache mount. A
 * first part that is small, or files that hardly change, are said as information.
 *
 * ## Why it matters
 *
 * A RUN is executed as a whole, whenever one thing it stands on changed: its copies from the context are part of
 * [the chain of cache keys](https://docs.docker.com/build/cache/invalidation/). Only a step of its own above the copies
 * keeps the installed packages in the cache.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM python:3.13-slim
 * WORKDIR /app
 * COPY requirements.txt ./
 * RUN apt-get update && apt-get install -y --no-install-recommends libpq-dev && pip install -r requirements.txt
 * CMD ["python", "app.py"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM python:3.13-slim
 * WORKDIR /app
 * RUN apt-get update && apt-get install -y --no-install-recommends libpq-dev
 * COPY requirements.txt ./
 * RUN pip install -r requirements.txt
 * CMD ["python", "app.py"]
 * ```
 *
 * ## When not to use it
 *
 * When the files and the packages always change together, or when one layer less is worth more than the time.
 *
 * ## Cost model
 *
 * One edit of the files that the second part reads. The cost is that of the installs and downloads of the first part, from
 * the table of typical costs.
 *
 * ## Fix safety
 *
 * Suggested: the first part is taken to look at none of the files, which no longer are there when it runs. Clean-up of its
 * package manager goes with it; where other clean-up belongs to both parts, there is no fix.
 */
export default defineRule({
  id: 'run-mixes-inputs',
  summary: 'One RUN installs packages and reads files of the build context',
  category: 'order',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    for (const mixed of mixedRuns(build)) {
      const fix = mixedRunFix(build, mixed)
      yield {
        at: mixed.costly[0]!.command,
        message: messageOf(build, mixed),
        related: [{ at: mixed.reader.command, message: 'this part reads files of the build context' }, ...mixed.copies.map(at => ({ at, message: 'the files come from here' }))],
        cost: mixed.cost,
        mending: mendingBy('split', mixed.step),
        ...typeof fix === 'string' ? { noFix: fix } : { fix },
        ...mixed.isMinor ? { lowered: true as const } : {},
      }
    }
  },
})

function messageOf(build: Build, { costly, reader, copies, highest, step }: MixedRun): string {
  const commands = listed(costly.map(({ command }) => `"${quotedCommand(build, command, 50)}"`), 3)
  const several = costly.length > 1
  const from = copies.length > 0 ? copies.map(copy => `"${quoted(copy, 40)}" (line ${lineOf(build, copy.span)})`) : ['the bind mount of the build context']
  const place = `above line ${lineOf(build, (highest ?? step).span)}`
  return `${commands} ${several ? 'need' : 'needs'} nothing of the build context, but ${several ? 're-run' : 're-runs'} when a file of ${listed(from, 3)} changes, because "${quotedCommand(build, reader.command, 40)}" in the same RUN reads it: give ${several ? 'them' : 'it'} a RUN of ${several ? 'their' : 'its'} own ${place}.`
}
