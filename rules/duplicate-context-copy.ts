// The same files of the context are copied twice to the same place.
import { withoutCopies } from '../src/edits/repeated-copies.ts'
import { earlyCopies } from '../src/facts/early-copies.ts'
import { quoted } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { isManifestName } from '../src/facts/manifest-names.ts'
import { repeatedCopies } from '../src/facts/repeated-copies.ts'
import { defineRule } from '../src/rule.ts'
import type { CopyStep } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a COPY or ADD from the build context whose files another one of the same image brings as well: each from the same
 * path, to the same place, with the same owner and mode. Between the two stands nothing that could read or change a file, at
 * most installs of named OS packages, so that one of them can go. Manifests that are copied for an install above the sources
 * are no duplicates, and where the install comes too late (`copy-source-before-install`) that is what is said. Only manifests
 * that are copied ahead for nothing are a warning, for an install is missing between; the rest is information.
 *
 * ## Why it matters
 *
 * Both copies are steps with a key of their own, so an edit of one of these files executes both
 * ([BuildKit: solver/llbsolver/ops/file.go](https://github.com/moby/buildkit/blob/master/solver/llbsolver/ops/file.go)). In
 * Docker's classic image store both layers hold the files as well. And the reader looks for a reason that is not there: often
 * the install that belonged between the two.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM nginx:1.29
 * WORKDIR /usr/share/nginx/html
 * COPY assets ./assets
 * COPY . .
 * ```
 *
 * ```files
 * index.html
 * assets/logo.svg
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM nginx:1.29
 * WORKDIR /usr/share/nginx/html
 * COPY . .
 * ```
 *
 * ## When not to use it
 *
 * When the two copies are kept apart for a stage that another file builds from.
 *
 * ## Cost model
 *
 * No change is simulated, and no cost is stated: copying files of the context takes little time.
 *
 * ## Fix safety
 *
 * Safe where the words of the two instructions say that the files come to the same place, whatever the context holds. Suggested where only the files
 * of today's context say so, and for manifests copied ahead of the rest: perhaps it is the install that stands in the wrong place.
 */
export default defineRule({
  id: 'duplicate-context-copy',
  summary: 'Files of the context are copied twice to the same place',
  category: 'order',
  severity: 'warning',
  fixable: 'safe',

  *check(build) {
    const repeated = repeatedCopies(build)
    const early = new Set<CopyStep>(repeated.length === 0 ? [] : earlyCopies(build).map(({ copy }) => copy))
    for (const duplicate of repeated) {
      const { copies, by, files } = duplicate
      const [first] = copies
      if (!first || early.has(by) || copies.some(copy => early.has(copy))) continue
      const others = copies.length > 1 ? ` and ${copies.length - 1} more` : ''
      const isEarly = first.span.start < by.span.start
      yield {
        at: first,
        message: `"${quoted(first)}"${others} ${others ? 'are' : 'is'} needless, because "${quoted(by)}" (line ${lineOf(build, by.span)}) brings ${files === 1 ? 'the file' : `all ${files} files`} to the same place and nothing in between reads ${files === 1 ? 'it' : 'them'}; delete ${others ? 'them' : 'it'}${isEarly ? `, or put the step that needs ${others ? 'them' : 'it'} in between` : ''}.`,
        related: [...copies.slice(1).map(copy => ({ at: copy, message: 'needless as well' })), { at: by, message: `this brings ${files === 1 ? 'it' : 'them'}` }],
        ...withoutCopies(build, duplicate),
        // Manifests ahead of the rest: the install that was to stand between them is gone, or misplaced.
        ...(isEarly && copies.some(({ sources }) => sources.some(isManifestName)) ? {} : { lowered: true as const }),
      }
    }
  },
})
