// Points into the ignore file. What is wrong with a line is worked out in src/facts/ignore-mistakes.ts.
import { mended } from '../src/edits/ignore-patterns.ts'
import { assumedContext, wholeContextReaders } from '../src/facts/broad-copies.ts'
import { ignoreMistakes, type IgnoreMistake } from '../src/facts/ignore-mistakes.ts'
import { ignoreLine, ignoreText } from '../src/facts/ignore-lines.ts'
import { quoted } from '../src/facts/instruction-text.ts'
import { defineRule } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports lines of the ignore file in force that the engine reads in another way than they look:
 *
 * - a name that a `.gitignore` would match in every folder (`node_modules`, `__pycache__`, `*.pyc`, `bin`, `obj`,
 *   `target`), when a project further down in the context makes a folder of that name and all of the context is copied;
 * - a `!` line that a later line overrules; a name in other case than the file; a comment behind a pattern; quotes;
 *   `.` or `../x`, which match nothing;
 * - as information, a `#` that does not stand in the first column, and `dir/*` for a folder that git ignores, which sends
 *   the empty folder.
 *
 * Leading and trailing slashes are harmless, and a leading one says that the top is meant. Patterns for what is not there
 * are left alone: it may be there tomorrow.
 *
 * ## Why it matters
 *
 * A pattern is matched against the whole path from the top of the context; only a double star crosses folders. What it
 * misses is sent, copied and part of the key of the copy, so that a build on the host re-runs all steps after it
 * ([Docker docs: .dockerignore](https://docs.docker.com/build/concepts/context/#dockerignore-files);
 * [moby/patternmatcher](https://github.com/moby/patternmatcher/blob/main/patternmatcher.go)).
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /app
 * COPY . .
 * CMD ["node", "server.js"]
 * ```
 *
 * ```files
 * server.js
 * docs/guide.md
 * ```
 *
 * ```dockerignore
 * node_modules
 * docs   # not for the image
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /app
 * COPY . .
 * CMD ["node", "server.js"]
 * ```
 *
 * ```dockerignore
 * node_modules
 * # not for the image
 * docs
 * ```
 *
 * ## When not to use it
 *
 * When the project further down is never installed or built where it lies.
 *
 * ## Cost model
 *
 * No change is simulated and no cost stated: what comes along depends on the host.
 *
 * ## Fix safety
 *
 * Suggested: a line that begins to work keeps out what has been sent so far, or lets in what has not. None is offered where files of the
 * repository would be hidden that a step, a manifest or another Dockerfile of the same context names.
 */
export default defineRule({
  id: 'ineffective-dockerignore-pattern',
  summary: 'A line of the ignore file does not do what it looks like',
  category: 'context',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    for (const mistake of ignoreMistakes(build)) {
      yield {
        at: { span: mistake.line.span, file: 'ignore' },
        message: `"${ignoreText(build.context.ignoreFile!.text, mistake.line.span)}" ${explained(build, mistake)}.`,
        ...((mistake.kind === 'indented comment' || mistake.kind === 'folder left') && { lowered: true }),
        ...mended(build, mistake),
      }
    }
  },
})

function explained(build: Build, mistake: IgnoreMistake): string {
  const assumed = assumedContext(build)
  const copy = (): string => `"${quoted(wholeContextReaders(build)[0]!, 40)}"${assumed}`
  switch (mistake.kind) {
    case 'indented comment': return 'is a pattern and no comment, because blanks stand before the "#": begin it in the first column'
    case 'trailing comment': return `does not match ${mistake.meant}, because a "#" behind a pattern is part of it: put the comment on a line of its own`
    case 'nothing': return 'matches nothing, because patterns are compared with paths inside the context: remove it, or write "*" to ignore everything'
    case 'quotes': return `does not match ${mistake.meant}, because quotes are part of a pattern: remove them`
    case 'case': return `does not match ${mistake.path}${assumed}, because patterns are case-sensitive: write it as the file is called`
    case 'order': return `has no effect, because ${ignoreLine(build, mistake.by)} ignores it again: move it below that line`
    case 'top only': return `matches only at the top of the context, unlike in a .gitignore, so ${mistake.reaches} reaches ${copy()} and re-runs it whenever it changes: write "${mistake.meant}"`
    case 'folder left': return `matches what is in ${mistake.folder}, not the folder itself, so ${copy()} re-runs when the empty folder comes or goes: write "${mistake.folder}"`
  }
}
