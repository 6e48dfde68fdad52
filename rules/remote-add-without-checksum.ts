// Points at the address. Which ones count is decided in src/facts/remote-adds.ts.
import { quotedText } from '../src/facts/instruction-text.ts'
import { unverifiedFiles } from '../src/facts/remote-adds.ts'
import { defineRule } from '../src/rule.ts'

/**
 * ## What it does
 *
 * Reports an ADD of an HTTP address without `--checksum`. Addresses of servers in the local network, of the API of a code
 * host (a known way to run what follows when something changed there) and of Git repositories are left alone, and so are
 * files that a later RUN verifies. An address that names no version is an information: it may be meant to move.
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
    for (const { url, span, isVersioned } of unverifiedFiles(build)) {
      if (API.test(url)) continue
      const what = isVersioned ? 'add "--checksum=sha256:…"' : 'name a version and add "--checksum=sha256:…"'
      yield {
        at: { span },
        message: `"${quotedText(build.text.slice(span.start, span.end), 90)}" is asked for on every build, and another answer changes the image and re-runs what follows: ${what}.`,
        ...!isVersioned && { lowered: true },
      }
    }
  },
})

/** Answers change whenever something is pushed, and are fetched for that. */
const API = /^https?:\/\/(?:api\.|[^/]*\/api\/)|\/commits?\/|\/git\/refs\/|[?&]t(?:ime)?=|random|worldtimeapi/i
