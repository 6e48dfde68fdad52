// `.git` passes the ignore file and reaches a copy of the whole context.
import { defineRule, IGNORE_FILE } from '../src/rule.ts'
import { entryFor, fittingLines, ignoring } from '../src/edits/ignore-file.ts'
import { assumedContext, wholeContextReaders } from '../src/facts/broad-copies.ts'
import { quoted } from '../src/facts/instruction-text.ts'
import { mayReadGit, sentGitFolder } from '../src/facts/version-control.ts'

/**
 * ## What it does
 *
 * Reports a copy or bind mount of the whole build context where an ignore file exists but lets `.git` through, and no
 * step reads it. Without any ignore file, `missing-dockerignore` speaks instead.
 *
 * ## Why it matters
 *
 * `.git` is part of the context unless it is ignored. Every commit, fetch or branch switch changes files in it, and
 * their content is in the key of the copy: it and all steps after it run again even when no source file changed. The
 * history also ends up in the image
 * ([Docker docs: build context](https://docs.docker.com/build/concepts/context/#dockerignore-files)).
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
 * .git/HEAD
 * ```
 *
 * ```dockerignore
 * node_modules
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
 * .git
 * ```
 *
 * ## When not to use it
 *
 * When the build stamps a version from the repository. The rule is silent when a step names git, runs a build tool that
 * may look for the repository, or runs a script it cannot read; and in a worktree or submodule, where `.git` is a file
 * that commits do not change. Builds from a git context leave `.git` out by themselves.
 *
 * ## Cost model
 *
 * Considered: a change of one file below `.git`, alone. The copy and every step after it run again.
 *
 * ## Fix safety
 *
 * Suggested: a script or tool may ask git for a version where no step shows it. None is offered when another Dockerfile or target
 * of the same context may read `.git`, or a `!` line lets it in by name.
 */
export default defineRule({
  id: 'context-includes-vcs-directory',
  summary: 'The .git folder reaches a copy of the whole context',
  category: 'context',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    const step = wholeContextReaders(build)[0]
    if (!step || build.context.ignoreFile === null || !sentGitFolder(build) || mayReadGit(build)) return
    const { entries, reasons: [noFix] } = fittingLines(build, [entryFor('.git')])
    yield {
      at: step,
      message: `"${quoted(step)}" takes .git along${assumedContext(build)}, so that every commit re-runs this step and all after it: add ".git" to ${build.context.ignoreFile.path}.`,
      mending: IGNORE_FILE,
      ...entries.length > 0 ? { fix: ignoring(build, entries.map(({ line }) => line), 'no build of this context reads .git') } : { noFix: noFix! },
    }
  },
})
