// A file that is copied for a single RUN. Which copies are that: src/facts/passing-copies.ts.
import { boundCopy } from '../src/edits/bound-copies.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { quoted } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { passingCopies, type PassingCopy } from '../src/facts/passing-copies.ts'
import { isForShipping } from '../src/facts/shipping.ts'
import { defineRule, mendingBy } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a COPY or ADD of files to `/tmp` or `/var/tmp` that one RUN reads and nothing else names: requirements, package
 * files, install scripts. Only files that the RUN certainly just reads count; it is silent when they are changed, moved, made
 * executable or unpacked, when a script looks at where it lies, and in builder stages, where a layer more does no
 * harm. A manifest that is copied to where the project lives is no matter of this rule.
 *
 * ## Why it matters
 *
 * The copy is a layer of the image that stays, even where the RUN removes the file. A
 * [bind mount](https://docs.docker.com/reference/dockerfile/#run---mounttypebind) puts the file there for that RUN alone: nothing
 * is stored, and the key of the RUN holds the content of the file just the same
 * ([BuildKit: solver/llbsolver/ops/exec.go](https://github.com/moby/buildkit/blob/master/solver/llbsolver/ops/exec.go)).
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM python:3.13
 * COPY requirements.txt /tmp/
 * RUN pip install --no-cache-dir -r /tmp/requirements.txt
 * CMD ["python"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM python:3.13
 * RUN --mount=type=bind,source=requirements.txt,target=/tmp/requirements.txt \
 *     pip install --no-cache-dir -r /tmp/requirements.txt
 * CMD ["python"]
 * ```
 *
 * ## When not to use it
 *
 * When the file is wanted in the image, or the Dockerfile has to work without BuildKit.
 *
 * ## Cost model
 *
 * No change is simulated. The files are small as a rule; no size is stated.
 *
 * ## Fix safety
 *
 * Suggested: the file is gone from the image, which something outside of the Dockerfile may look for, and a builder without mounts
 * cannot build it any more. No fix is offered where the RUN would remove or own the file.
 */
export default defineRule({
  id: 'bind-mount-instead-of-copy',
  summary: 'A file is copied for a single RUN',
  category: 'buildkit',
  severity: 'info',
  fixable: 'suggested',

  *check(build) {
    if (!isForShipping(build)) return
    for (const passing of passingCopies(build)) {
      const fix = boundCopy(build, passing)
      yield {
        at: passing.copy,
        message: messageOf(build, passing),
        related: [{ at: passing.use.command, message: 'read here' }],
        mending: mendingBy('rewrite', passing.copy),
        ...typeof fix === 'string' ? { noFix: fix } : { fix },
      }
    }
  },
})

function messageOf(build: Build, { copy, use, source, target, isRemoved }: PassingCopy): string {
  const stage = copy.from.kind === 'stage' ? `from=${copy.from.stage.label},` : ''
  const mount = `RUN --mount=type=bind,${stage}source=${source},target=${target}`
  const only = copy.sources.length > 1 ? 'files' : 'a file'
  const ending = copy.sources.length > 1 ? 'and so on for each' : isRemoved ? 'without the "rm", which frees nothing' : null
  return `"${quoted(copy)}" keeps ${only} in a layer of the image that only "${quotedCommand(build, use.command, 50)}" (line ${lineOf(build, use.command.span)}) needs: leave it out and write "${mount}"${ending === null ? '' : `, ${ending}`}.`
}
