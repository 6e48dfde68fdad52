// Points at the refresh that stores the lists. What takes them away again is decided in src/facts/apt-lists.ts.
import { aptListsLeft } from '../src/facts/apt-lists.ts'
import { megabytes } from '../src/facts/base-images.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { isForShipping } from '../src/facts/shipping.ts'
import { defineRule } from '../src/rule.ts'

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
 */
export default defineRule({
  id: 'apt-lists-not-removed',
  summary: 'The package lists of apt stay in the image',
  category: 'layers',
  severity: 'warning',

  *check(build) {
    if (!isForShipping(build)) return
    for (const { deposit: { at }, bytes } of aptListsLeft(build)) {
      const command = quotedCommand(build, at)
      const waste = bytes === null ? 'where nothing uses them' : `about ${megabytes(bytes)} that nothing uses`
      yield {
        at,
        message: `"${command}" leaves apt's package lists in the image, ${waste} any more: end this RUN with "${/^sudo\s/.test(command) ? 'sudo ' : ''}rm -rf /var/lib/apt/lists/*".`,
        ...bytes !== null && { cost: { seconds: 0, bytes } },
      }
    }
  },
})
