// Points at the upgrade. What speaks for one is decided in src/facts/system-upgrades.ts.
import { quotedCommand } from '../src/facts/command-text.ts'
import { isForShipping } from '../src/facts/shipping.ts'
import { isShipped } from '../src/facts/stages.ts'
import { systemUpgrades } from '../src/facts/system-upgrades.ts'
import { defineRule } from '../src/rule.ts'

/**
 * ## What it does
 *
 * Reports a RUN that upgrades all packages of the base image: `apt-get upgrade` and `dist-upgrade`, `apk upgrade`,
 * `dnf update`, `yum update`, `zypper update` without names. An upgrade of named packages or of security fixes only is left
 * alone, and so are distributions that roll, where a package goes with the whole system; files that change the package
 * sources; and files that declare a date, a counter or a commit, which runs the step again. A comment that gives a
 * reason, a base image that is no longer maintained, pinned to a patch version or digest (which brings no fixes by itself) or by others than Docker and the
 * distributions (who may rebuild it seldom), a builder stage and a development or test image make it an information.
 *
 * ## Why it matters
 *
 * The instruction never changes, so BuildKit takes it from the cache: it upgrades on the day the step last ran and not again,
 * while a build without that cache gives another image. In an image that ships, each upgraded file is stored twice, in the
 * base and in the layer of the upgrade. A rebuilt base image brings the same fixes without that: build with `--pull`, or let
 * a bot raise the digest. See Docker's
 * [build best practices](https://docs.docker.com/build/building/best-practices/#rebuild-your-images-often).
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * RUN apt-get update && apt-get upgrade -y && rm -rf /var/lib/apt/lists/*
 * CMD ["sh"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM debian:bookworm-20251117-slim
 * CMD ["sh"]
 * ```
 *
 * ## When not to use it
 *
 * When the image is built from scratch on a schedule, and the base image gets its fixes later than the package servers do.
 *
 * ## Cost model
 *
 * No change is simulated, and no size is stated: it depends on the age of the base image.
 */
export default defineRule({
  id: 'system-upgrade-in-build',
  summary: 'The packages of the base image are upgraded in the build',
  category: 'stale',
  severity: 'warning',

  *check(build) {
    for (const { install, isExplained, pin, isRebuilt, isEnded } of systemUpgrades(build)) {
      const { stage } = install.step
      const size = isShipped(build, stage) ? ', and stores each upgraded file a second time' : ''
      const advice = isEnded ? 'build on a base image that is still maintained' : pin === null ? 'build on a newer base image (a newer tag, or `docker build --pull`)' : `raise the ${pin} of the base image`
      yield {
        at: install,
        message: `"${quotedCommand(build, install)}" brings the base image up to date only in builds that do not take this step from the cache${size}: ${advice} instead.`,
        ...(isExplained || isEnded || pin !== null || !isRebuilt || !isShipped(build, stage) || !isForShipping(build)) && { lowered: true },
      }
    }
  },
})
