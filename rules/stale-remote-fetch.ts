// Points at the command that fetches. What moves is decided in src/facts/moving-fetches.ts.
import { addedRepository } from '../src/edits/cloned-repositories.ts'
import { isVendored } from '../src/facts/broad-copies.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { commentAbove } from '../src/facts/comments.ts'
import { movingFetches, type MovingFetch } from '../src/facts/moving-fetches.ts'
import { isForShipping } from '../src/facts/shipping.ts'
import { defineRule, type Report } from '../src/rule.ts'
import type { Build, RunStep } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a RUN that fetches something that moves: a clone of a branch (the default one, `main`, `master`, `develop` and the
 * like), an address of the latest release or of a file on a branch, an installer that is piped into a shell without a
 * version. It is silent when a commit or tag is checked out afterwards, a checksum is compared, a version is named anywhere
 * (in the address, an argument, a variable named after the tool), or a date, counter or commit is declared that runs the step
 * again. For development and test images, and under a comment that asks for the latest, it is an information.
 *
 * ## Why it matters
 *
 * The key of a RUN is its text and what stands below it, not what it finds on the network. So the step stays as it was on the
 * day it last ran, however often upstream is fixed, and the same text gives another image on another machine. ADD of a
 * [Git repository](https://docs.docker.com/reference/dockerfile/#adding-files-from-a-git-repository) takes the commit into
 * the key. Better still is a tag or commit behind the address (`#v0.19.0`): then every machine builds the same.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM gcc:15
 * RUN git clone https://github.com/krallin/tini.git /src
 * RUN make -C /src
 * CMD ["/src/tini"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM gcc:15
 * ADD --keep-git-dir=true https://github.com/krallin/tini.git /src
 * RUN make -C /src
 * CMD ["/src/tini"]
 * ```
 *
 * ## When not to use it
 *
 * When every build runs without a cache and is meant to take the latest.
 *
 * ## Cost model
 *
 * No change is simulated: what changes is upstream, and the step does not notice.
 *
 * ## Fix safety
 *
 * Suggested, for a RUN that only clones: ADD asks the server in each build and runs what follows again after each commit. It fetches the
 * newest commit without a branch and without its history (`git pull` does not work there), submodules included, with the git of the builder.
 * Which version to name instead only the author knows.
 */
export default defineRule({
  id: 'stale-remote-fetch',
  summary: 'A RUN fetches something that moves, and the cache keeps it as it was',
  category: 'stale',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    if (isVendored(build)) return
    for (const { step, fetches } of movingFetches(build)) {
      const [first, ...others] = fetches
      if (!first) continue
      const isMeant = /latest|newest|nightly|bleeding|always|head\b/i.test(commentAbove(build, step))
      yield {
        at: first.command.command,
        message: `"${quotedCommand(build, first.command.command, 70)}" ${WHAT[first.kind](first)} on the day this step runs, and the cache keeps that however often it changes there: ${adviceOn(first)}.`,
        related: others.map(({ command, kind }) => ({ at: command.command, message: kind === 'clone' ? 'clones a branch, too' : 'fetches something that moves, too' })),
        ...(isMeant || !isForShipping(build)) && { lowered: true },
        ...fixOf(build, step, fetches),
      }
    }
  },
})

function fixOf(build: Build, step: RunStep, fetches: readonly MovingFetch[]): Pick<Report, 'fix' | 'noFix'> {
  const made = addedRepository(build, step, fetches)
  if ('reason' in made) return { noFix: made.reason }
  return { fix: { title: 'Let ADD fetch the repository, with the commit in its key', safety: 'suggested', assumes: 'nothing pulls from the clone or needs its branch or history, its submodules, if it has any, can be fetched, and the builder has git', edits: [made.edit] } }
}

const WHAT: Readonly<Record<MovingFetch['kind'], (fetch: MovingFetch) => string>> = {
  clone: ({ what }) => `takes whatever ${what === null ? 'the default branch' : `"${what}"`} holds`,
  download: ({ what }) => `takes whatever "${what!}" stands for`,
  installer: () => 'runs whatever script the server has',
}

function adviceOn({ kind, what }: MovingFetch): string {
  if (kind === 'clone') return 'clone a tag or check out a commit, or use ADD with "#" and the commit after the address'
  if (kind === 'installer') return 'name a version, in the address or as the installer takes it'
  const branch = /(?:^|\/)(master|main|develop|HEAD)$/.exec(what ?? '')?.[1]
  return branch === undefined ? 'name a version' : `put a tag or commit in place of "${branch}"`
}
