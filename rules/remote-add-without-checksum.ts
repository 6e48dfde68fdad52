// Points at the address. Which ones count is decided in src/facts/remote-adds.ts.
import { quotedText } from '../src/facts/instruction-text.ts'
import { unverifiedFiles } from '../src/facts/remote-adds.ts'
import { isForShipping } from '../src/facts/shipping.ts'
import { defineRule } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports an ADD of an HTTP address without `--checksum`. Addresses of servers in the local network, of the API of a code
 * host (a known way to run what follows when something changed there; then addresses without a version are left alone, too)
 * and of Git repositories are not reported, nor are files that a later RUN verifies, nor addresses that differ by platform,
 * nor Dockerfiles that tests read (in `testdata`, `testfiles`, `integration`).
 * It is an information where the address names no version (it may be meant to move), where comments tell Renovate to raise
 * it (the checksum would stay behind), and in files for development, tests or builds.
 *
 * ## Why it matters
 *
 * Without a checksum BuildKit asks the server on every build, also when nothing else changed, and what it answers decides
 * whether the steps below run again. A server that is down fails the build; one that answers something else changes the
 * image without a word. With a checksum the step is looked up by that alone: no request on a hit, and a failure instead of
 * another file ([ADD --checksum](https://docs.docker.com/reference/dockerfile/#add---checksum), Dockerfile syntax 1.6).
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * ADD https://github.com/krallin/tini/releases/download/v0.19.0/tini /tini
 * ENTRYPOINT ["/tini", "--"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * ADD --checksum=sha256:93dcc18adc78c65a028a84799ecf8ad40c936fdfc5f2a57b1acda5a8117fa82c https://github.com/krallin/tini/releases/download/v0.19.0/tini /tini
 * ENTRYPOINT ["/tini", "--"]
 * ```
 *
 * ## When not to use it
 *
 * When the build is meant to follow what the server offers, and has to notice a change.
 *
 * ## Cost model
 *
 * No change is simulated. One request for each address on every build; how long it takes depends on the server.
 */
export default defineRule({
  id: 'remote-add-without-checksum',
  summary: 'ADD fetches an address without a checksum',
  category: 'stale',
  severity: 'warning',

  *check(build) {
    const files = OF_BUILDERS.test(build.path) ? [] : unverifiedFiles(build)
    const follows = files.some(({ url }) => API.test(url))
    for (const { step, url, span, isVersioned } of files) {
      const written = build.text.slice(span.start, span.end)
      if (API.test(url) || follows && !isVersioned || BY_PLATFORM.test(written)) continue
      const isAlone = step.remotes.length + step.sources.length === 1
      const version = isVersioned ? '' : MOVING.test(url) ? 'name a version and ' : 'take it from an address that names a version, if there is one, and '
      const what = `${version}${isAlone ? 'add' : 'give it an ADD of its own with'} "--checksum=sha256:…"`
      yield {
        at: { span },
        message: `"${quotedText(written, 90)}" is requested on every build, and if the server sends something else, the image changes and what follows re-runs: ${what}.`,
        ...(!isVersioned || !isForShipping(build) || isRaisedByBot(build)) && { lowered: true },
      }
    }
  },
})

/** What the tests of a builder read is an address on purpose, and few builders know the option. */
const OF_BUILDERS = /(?:^|\/)(?:testdata|testfiles|integration)\//

/** A version can stand in its place. */
const MOVING = /\/(?:latest|stable|nightly|master|main|head|develop|trunk)(?:[/.]|$)/i

/** Answers change whenever something is pushed, and are fetched for that. */
const API = /^https?:\/\/(?:api\.|[^/]*\/api\/)|\/commits?\/|\/git\/refs\/|[?&]t(?:ime)?=|random|worldtimeapi/i

/** Each platform has a file of its own, for which one checksum does not do. */
const BY_PLATFORM = /\$\{?(?:TARGET|BUILD)(?:ARCH|PLATFORM|OS|VARIANT)/

/** A bot that raises versions in the file would leave the checksum behind. */
const isRaisedByBot = ({ text, comments }: Build): boolean => comments.some(({ span }) => /renovate:/i.test(text.slice(span.start, span.end)))
