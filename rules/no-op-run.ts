// A RUN that changes nothing: what its commands do is decided in src/facts/idle-steps.ts.
import { removed } from '../src/edits/instructions.ts'
import { commentAbove } from '../src/facts/comments.ts'
import { idleSteps } from '../src/facts/idle-steps.ts'
import { quoted } from '../src/facts/instruction-text.ts'
import { defineRule } from '../src/rule.ts'

/** Where a file is there to be parsed or built by a test. */
const TESTED = /(?:^|\/)(?:test\w*|integration|fixtures?|examples?\/lint)\//i
/** An echo that is edited to run everything below it again. */
const BUSTS_CACHE = /\d|cache|bust|force|rebuil|invalidat|refresh/i

/**
 * ## What it does
 *
 * Reports a RUN of nothing but `true`, `:` and `echo` to the log: it leaves the file system as it was. A comment right above the
 * RUN is taken for its reason, so nothing is said then; nor is it of an `echo` that looks like a way to run later steps again, or of
 * files that tests parse or build. RUN steps with flags are left alone: a mount makes the step wait for
 * another stage. So is a command that comes from a variable, because a build argument may put something else there.
 *
 * ## Why it matters
 *
 * A RUN is a step whatever it does: a container is started for it, an empty layer is added to the image, and it runs again with
 * each step above it. `RUN true` between two copies was a way around a fault of old storage drivers
 * ([moby#37965](https://github.com/moby/moby/issues/37965)) that BuildKit does not have.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * COPY bin/ /usr/local/bin/
 * RUN true
 * COPY share/ /usr/local/share/
 * CMD ["app"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * COPY bin/ /usr/local/bin/
 * COPY share/ /usr/local/share/
 * CMD ["app"]
 * ```
 *
 * ## When not to use it
 *
 * When the image is also built without BuildKit on a storage driver that needs the cut.
 *
 * ## Cost model
 *
 * No change is simulated, and no time is stated: it is the start of one container.
 */
export default defineRule({
  id: 'no-op-run',
  summary: 'A RUN does nothing',
  category: 'layers',
  severity: 'warning',
  fixable: 'safe',

  *check(build) {
    const idle = idleSteps(build)
    // The reason given for the first holds for others like it.
    const explained = new Set(idle.filter(({ step }) => commentAbove(build, step) !== '').map(({ step }) => step.text))
    for (const { step, talks } of idle) {
      if (explained.has(step.text) || TESTED.test(build.path) || talks && BUSTS_CACHE.test(step.text)) continue
      yield {
        at: step,
        message: `"${quoted(step)}" ${talks ? 'only writes to the log' : 'does nothing'} and still makes a step with an empty layer, which re-runs whenever a step above it does; delete it.`,
        ...(talks && { lowered: true }),
        fix: { title: `Delete "${quoted(step, 40)}"`, safety: 'safe', edits: [removed(build, step)] },
      }
    }
  },
})
