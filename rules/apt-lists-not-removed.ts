// Points at the refresh that stores the lists. What takes them away again is decided in src/facts/apt-lists.ts.
import { asUserOf } from '../src/edits/commands.ts'
import { noEndOf, withCommand } from '../src/edits/scripts.ts'
import { aptListsLeft, type AptListsLeft } from '../src/facts/apt-lists.ts'
import { megabytes } from '../src/facts/base-images.ts'
import { quotedCommand, quotedRun } from '../src/facts/command-text.ts'
import { ABOUT_KEEPING, commentSaying } from '../src/facts/comments.ts'
import { quotedText } from '../src/facts/instruction-text.ts'
import { isForShipping } from '../src/facts/shipping.ts'
import { defineRule, type Report } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

const REMOVAL = 'rm -rf /var/lib/apt/lists/*'

/**
 * ## What it does
 *
 * Reports a RUN of the image that refreshes apt's package lists and uses them, and leaves them there. Every spelling that
 * removes them counts (`/var/lib/apt/lists`, a folder above it, `find -delete`, `apt-get dist-clean`), as long as it comes
 * after the refresh in the same RUN. A cache or tmpfs mount over the lists is as good. A removal in a later RUN is the
 * matter of `cleanup-in-later-layer`, a refresh in a RUN of its own that of `package-index-update-alone`. Nothing is said
 * of builder stages, of images for development, tests or builds, where a script may clean up, and where a later RUN still
 * installs from these lists (`package-install-without-index-update`).
 *
 * ## Why it matters
 *
 * The lists hold every package of the distribution, some 20 MB on Debian and 40 to 80 MB on Ubuntu, and are out of date soon after the build. What a
 * RUN leaves behind is in its layer for good: pushed, pulled and stored with the image. Docker's
 * [build best practices](https://docs.docker.com/build/building/best-practices/#apt-get) remove them in the RUN that
 * fetched them.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * RUN apt-get update && apt-get install -y --no-install-recommends curl
 * CMD ["curl", "--version"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
 * CMD ["curl", "--version"]
 * ```
 *
 * ## When not to use it
 *
 * When the image is meant to install packages as it runs, or is squashed after the build.
 *
 * ## Cost model
 *
 * No change is simulated. The bytes are those of the lists of this release of Debian or Ubuntu, measured in November 2026; of
 * other releases, and for a second refresh in the same image, which writes only what has changed, nothing is stated.
 *
 * ## Fix safety
 *
 * Safe where every command below it can be read; suggested where a later RUN starts a script, or a tool that installs packages, which
 * may rely on these lists.
 */
export default defineRule({
  id: 'apt-lists-not-removed',
  summary: 'The package lists of apt stay in the image',
  category: 'layers',
  severity: 'warning',
  fixable: 'safe',

  *check(build) {
    if (!isForShipping(build)) return
    for (const left of aptListsLeft(build)) {
      const { deposit: { at }, command, bytes } = left
      const waste = bytes === null ? 'where nothing uses them' : `about ${megabytes(bytes)} that nothing uses`
      yield {
        at,
        message: `"${quotedCommand(build, at)}" leaves apt's package lists in the image, ${waste} any more: end this RUN with "${asUserOf(command.command, REMOVAL) ?? REMOVAL}".`,
        ...bytes !== null && { cost: { seconds: 0, bytes } },
        ...fixOf(build, left),
      }
    }
  },
})

function fixOf(build: Build, { command: { command, step }, mayUse }: AptListsLeft): Pick<Report, 'fix' | 'noFix'> {
  const said = commentSaying(build, step, ABOUT_KEEPING)
  if (said !== null) return { noFix: `the comment "${quotedText(said, 50)}" speaks of what would change` }
  const removal = asUserOf(command, REMOVAL)
  const edit = removal === null ? null : withCommand(build, step, removal)
  if (!edit) return { noFix: removal === null ? 'another user than that of the RUN refreshes the lists' : noEndOf(step) }
  const common = { title: 'Remove the package lists at the end of the RUN', edits: [edit], drops: ['/var/lib/apt/lists/**'] }
  if (mayUse === null) return { fix: { ...common, safety: 'safe' } }
  const user = 'command' in mayUse ? quotedCommand(build, mayUse.command, 40) : quotedRun(build, mayUse, 40)
  return { fix: { ...common, safety: 'suggested', assumes: `"${user}" installs nothing from these lists` } }
}
