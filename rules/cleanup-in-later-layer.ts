// Points at the removal that comes too late. What was stored where is worked out in src/facts/late-removals.ts.
import { removalFix } from '../src/edits/late-removals.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { listed } from '../src/facts/instruction-text.ts'
import { commentAbove } from '../src/facts/comments.ts'
import { sizeText } from '../src/facts/copied-files.ts'
import { lateRemovals, type LateRemoval } from '../src/facts/late-removals.ts'
import { lineOf } from '../src/facts/lines.ts'
import { isForShipping, saysOtherwise } from '../src/facts/shipping.ts'
import { defineRule } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'
import type { Span } from '../src/text.ts'

/** A comment that gives another reason for a removal than space. */
const OTHER_PURPOSE = /for test|secret|secur|credential|conflict/i

/**
 * ## What it does
 *
 * Reports a RUN that removes what an earlier step of the image stored: files that a RUN downloaded, unpacked, cloned or
 * built, or that COPY and ADD brought; package lists and caches; installed packages (`apt-get purge`, `apk del`,
 * `npm prune`). Only what the earlier step certainly wrote counts, and only in stages that ship. Copied files of less than
 * `minKilobytes` are not worth a word; where the context is not known, scripts, settings and manifests are taken to be that
 * small. `apt-get clean` is left alone: Docker's Debian and Ubuntu images keep no package files anyway. In images for
 * development and tests it is information.
 *
 * ## Why it matters
 *
 * Each step adds a layer on top of the ones below, which stay as they are. A removal further up only hides the files with
 * [whiteouts](https://github.com/opencontainers/image-spec/blob/main/layer.md#whiteouts): the layer that holds them is still
 * pushed, pulled and stored. Space comes back only where the files never enter a layer: removed in the RUN that makes them,
 * bind-mounted instead of copied, kept in a cache mount, or left behind in a builder stage.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * COPY tool.deb /tmp/tool.deb
 * RUN dpkg -i /tmp/tool.deb && rm /tmp/tool.deb
 * CMD ["tool"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * RUN --mount=type=bind,source=tool.deb,target=/tmp/tool.deb dpkg -i /tmp/tool.deb
 * CMD ["tool"]
 * ```
 *
 * ## When not to use it
 *
 * When the image is squashed after the build (a comment that says so is understood), or the files have to go for another
 * reason than their size.
 *
 * ## Cost model
 *
 * No change is simulated. Bytes are those of the context files that the removal hits; of everything else no size is stated.
 *
 * ## Fix safety
 *
 * Merging neighbouring RUN steps is safe, as of `merge-consecutive-run`, and so is the removal of package lists in the RUN that fetched
 * them. A mount instead of a COPY is suggested: what it brings is not there for other steps.
 */
export default defineRule({
  id: 'cleanup-in-later-layer',
  summary: 'Files are removed in a later layer than the one that stores them',
  category: 'layers',
  severity: 'warning',
  fixable: 'safe',
  options: {
    minKilobytes: { type: 'number', default: 500, doc: 'Files that are smaller together are not reported.' },
  },

  *check(build, { minKilobytes }) {
    if (saysOtherwise(build)) return
    for (const late of lateRemovals(build)) {
      if (OTHER_PURPOSE.test(commentAbove(build, late.step))) continue
      const bytes = late.stored.reduce((sum, hit) => sum + (hit.bytes ?? (hit.isSmall ? 0 : Infinity)), 0)
      if (bytes < minKilobytes * 1000) continue
      const fix = removalFix(build, late)
      yield {
        at: late.commands[0]!.command,
        message: messageOf(build, late, bytes),
        related: places(late).map(at => ({ at, message: 'this layer keeps the files' })),
        ...(!isForShipping(build) && { lowered: true }),
        ...typeof fix === 'string' ? { noFix: fix } : { fix },
      }
    }
  },
})

function messageOf(build: Build, late: LateRemoval, bytes: number): string {
  const removals = late.commands.map(({ command }) => `"${quotedCommand(build, command)}"`)
  const names = places(late).map(at => `"${quotedCommand(build, at, 50)}" (line ${lineOf(build, at.span)})`)
  const size = Number.isFinite(bytes) ? ` of ${sizeText(bytes)}` : ''
  return `${listed(removals, 3)} ${removals.length > 1 ? 'free' : 'frees'} no space, because the ${names.length > 1 ? 'layers' : 'layer'} of ${listed(names, 3)} ${names.length > 1 ? 'keep' : 'keeps'} the files${size}; ${adviceOf(late)}.`
}

/** Files of a copy can be lent to the RUN that wants them; those of a RUN can go with it. */
function adviceOf({ stored }: LateRemoval): string {
  if (stored.every(({ deposit }) => deposit.isAptIndex)) return 'remove them in the RUN that stores them'
  const isLent = stored.map(({ deposit: { step } }) => step.kind === 'copy' || step.kind === 'add' && step.remotes.length === 0)
  if (!isLent.includes(true)) return 'store, use and remove them in one RUN'
  return isLent.includes(false) ? 'bind-mount what is copied, and remove the rest in the RUN that stores it' : 'bind-mount them in the RUN that uses them ("--mount=type=bind")'
}

/** The first command or instruction of each step that stored something. */
const places = ({ stored }: LateRemoval): readonly { readonly span: Span }[] => [...new Map(stored.toReversed().map(({ deposit }) => [deposit.step, deposit.at])).values()].sort((a, b) => a.span.start - b.span.start)
