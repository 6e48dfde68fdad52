// Manifests of several folders land in one, where each overwrites the one before.
import { withParents } from '../src/edits/parents-copies.ts'
import { assumedContext } from '../src/facts/broad-copies.ts'
import { flattenedCopies } from '../src/facts/flattened-copies.ts'
import { listed, quoted } from '../src/facts/instruction-text.ts'
import { defineRule, mendingBy, type Fix } from '../src/rule.ts'
import type { Build, CopyStep } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a COPY that brings manifests or lock files of the same name from several folders of the build context into one
 * folder of the image. It looks at what is in the context: a wildcard with a single match is fine, and so are `--parents`
 * and files of different names. Where the context is not known it speaks only of a destination that holds a wildcard itself,
 * which COPY takes for a name.
 *
 * ## Why it matters
 *
 * COPY keeps the last name of what a wildcard matches and drops the folders before it
 * ([Dockerfile reference: COPY --parents](https://docs.docker.com/reference/dockerfile/#copy---parents)). Files of one name
 * overwrite one another, and only the last is left. The install then knows one project of all, while the key of the copy
 * still holds every match: an edit of a manifest that is thrown away re-runs the install.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /app
 * COPY packages/api/package.json packages/web/package.json ./packages/
 * ```
 *
 * ```files
 * packages/api/package.json
 * packages/web/package.json
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * # syntax=docker/dockerfile:1.20
 * FROM node:22
 * WORKDIR /app
 * COPY --parents packages/api/package.json packages/web/package.json ./
 * ```
 *
 * ## When not to use it
 *
 * When the files are equal, or only one of them is there when the image is built.
 *
 * ## Cost model
 *
 * Nothing is simulated and no cost assumed: what counts is which files the context holds.
 *
 * ## Fix safety
 *
 * Suggested: the files come to lie somewhere else, each in its folder. A step that looks for the one that was left finds it no longer. The
 * frontend that `# syntax=` asks for is fetched by the build, from a registry.
 */
export default defineRule({
  id: 'wildcard-copy-flattens-manifests',
  summary: 'Manifests of several folders are copied into one and overwrite each other',
  category: 'order',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    for (const { copy, name, paths, hasWildTarget } of flattenedCopies(build)) {
      const what = paths.length === 0 ? `every ${name} it matches` : `${listed(paths)}${assumedContext(build)}`
      const where = hasWildTarget ? 'one folder that is really called "*"' : 'one folder'
      yield {
        at: copy,
        message: `"${quoted(copy)}" puts ${what} into ${where}, where only the last ${name} is left; write "COPY --parents" with syntax docker/dockerfile:1.20 or newer, or one COPY for each folder.`,
        mending: mendingBy('rewrite', copy),
        ...fixOf(build, copy),
      }
    }
  },
})

function fixOf(build: Build, copy: CopyStep): { readonly fix: Fix } | { readonly noFix: string } {
  const found = withParents(build, copy)
  if ('reason' in found) return { noFix: found.reason }
  return { fix: { title: 'Keep the folders with --parents', safety: 'suggested', edits: found.edits, assumes: 'what follows expects each of these files in a folder as in the build context' } }
}
