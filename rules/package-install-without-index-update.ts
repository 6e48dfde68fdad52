// Points at the install that uses an index it has not fetched. Where that came from is worked out in src/facts/index-users.ts.
import { refreshedInstalls } from '../src/edits/refreshes.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { indexUsers, type IndexUsers } from '../src/facts/index-users.ts'
import { listed } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { defineRule, type Report } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports an install by apt, pacman or xbps that does not refresh the package index in its own RUN and so takes the one that
 * an earlier RUN fetched and left there, also one of a stage below. dnf, yum, zypper and apk look at the age of their index
 * themselves. An install for which no step fetched an index is left alone: it works only if all of it is there already.
 * A RUN that does nothing but refresh is the matter of `package-index-update-alone`. It is silent when the index lies in a
 * mount, when a script or a wrapper such as `install-packages` may have refreshed it, when only package files are installed,
 * and when the whole context is copied further up: then every edit refreshes the index, too.
 *
 * ## Why it matters
 *
 * A RUN that does not change is taken from the cache, with the index of the day it last ran. When a later RUN is edited
 * weeks after that, only that one is executed: it gets outdated packages, or fails because the server no longer has them.
 * Docker's [build best practices](https://docs.docker.com/build/building/best-practices/#apt-get) ask for the refresh in the
 * RUN that installs.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * RUN apt-get update && apt-get install -y --no-install-recommends curl
 * RUN curl -fsSL https://example.com/tool-1.2.tar.gz | tar -xz -C /opt
 * RUN apt-get install -y --no-install-recommends git
 * CMD ["git", "--version"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * RUN apt-get update && apt-get install -y --no-install-recommends curl
 * RUN curl -fsSL https://example.com/tool-1.2.tar.gz | tar -xz -C /opt
 * RUN apt-get update && apt-get install -y --no-install-recommends git
 * CMD ["git", "--version"]
 * ```
 *
 * ## When not to use it
 *
 * When every build runs without a cache, or the package sources point at a snapshot that never changes.
 *
 * ## Cost model
 *
 * The change is an edit of the install: it runs again, the refresh above it does not. Nothing is estimated.
 *
 * ## Fix safety
 *
 * Suggested: the install may find newer packages than the first refresh did, and a package source that can no longer be reached stops
 * the build. An install right below the RUN that refreshes the index becomes part of that. No fix is offered where a step in between changes the package sources.
 */
export default defineRule({
  id: 'package-install-without-index-update',
  summary: 'Packages are installed from a package index that another step fetched',
  category: 'stale',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    if (SNAPSHOT.test(build.text)) return
    for (const users of indexUsers(build)) {
      const { refresh, installs } = users
      const [first, ...others] = installs
      if (!first) continue
      const more = others.length === 0 ? '' : ` and ${others.length} more (${others.length > 1 ? 'lines' : 'line'} ${listed(others.map(({ span }) => String(lineOf(build, span))), 6)})`
      const { command } = refresh.command
      yield {
        at: first,
        message: `"${quotedCommand(build, first)}"${more} ${more === '' ? 'uses' : 'use'} the package index that "${quotedCommand(build, command, 40)}" (line ${lineOf(build, command.span)}) left, which may be weeks old when only ${more === '' ? 'this step runs' : 'these steps run'} again: ${ADVICE[first.manager] ?? `put "${first.command.program ?? 'apt-get'} update &&" before it in the same RUN`}.`,
        related: [{ at: command, message: 'the index was fetched here' }, ...others.map(at => ({ at, message: 'uses the same index' }))],
        ...fixOf(build, users),
      }
    }
  },
})

function fixOf(build: Build, users: IndexUsers): Pick<Report, 'fix' | 'noFix'> {
  const made = refreshedInstalls(build, users)
  if (typeof made === 'string') return { noFix: made }
  const title = made.isMerged ? 'Install in the RUN that refreshes the package index' : `Refresh the package index in ${users.installs.length === 1 ? 'the RUN' : 'each RUN'} that installs from it`
  return { fix: { title, safety: 'suggested', assumes: 'the packages may be newer than those of the first refresh', edits: made.edits } }
}

const ADVICE: Readonly<Record<string, string>> = { pacman: 'use "pacman -Syu" in the same RUN', xbps: 'add "-S"' }

/** Package sources of one day, which never change. */
const SNAPSHOT = /snapshot\.(?:debian|ubuntu)\.(?:org|com)|archive\.archlinux\.org/
