// The context reaches a broad copy unfiltered because no ignore file exists.
import { defineRule, IGNORE_FILE } from '../src/rule.ts'
import { assumedContext, contextFileCount, wholeContextReaders } from '../src/facts/broad-copies.ts'
import { contextCargo } from '../src/facts/context-cargo.ts'
import { listed, quoted } from '../src/facts/instruction-text.ts'

/**
 * ## What it does
 *
 * Reports a copy or bind mount of the whole build context where no ignore file exists, neither `.dockerignore` in the
 * context nor one named after the Dockerfile, and the context holds something that no image needs: a `.git` folder,
 * installed dependencies, the Dockerfile itself.
 *
 * ## Why it matters
 *
 * Everything in the context that is not ignored is part of what `COPY . .` copies, and its content and permission bits
 * are in the key of that step. The Dockerfile is a context file like any other: editing a comment in it re-runs the copy
 * and everything after it. With `.git` in the context, so does every commit
 * ([Docker docs: .dockerignore](https://docs.docker.com/build/concepts/context/#dockerignore-files)).
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
 * .git
 * Dockerfile
 * .dockerignore
 * ```
 *
 * ## When not to use it
 *
 * When the context is a folder that a script fills with exactly what the image needs. Where the context is not known the
 * rule is silent.
 *
 * ## Cost model
 *
 * Simulated: a change of each file named, alone. The copy and every step after it run again.
 */
export default defineRule({
  id: 'missing-dockerignore',
  summary: 'The whole context is copied and no ignore file exists',
  category: 'context',
  severity: 'warning',

  *check(build) {
    const { context } = build
    const step = wholeContextReaders(build)[0]
    if (!step || context.ignoreFile !== null || context.has('Dockerfile') === 'unknown') return
    const cargo = contextCargo(build)
    if (cargo.length === 0) return
    const count = contextFileCount(build, step)
    const files = count === null ? '' : ` of ${count} ${count === 1 ? 'file' : 'files'}`
    yield {
      at: step,
      message: `"${quoted(step)}" takes the whole context${files}${assumedContext(build)} and no .dockerignore exists, so ${listed(cargo)} ${cargo.length === 1 ? 'is' : 'are'} in its key: any change there re-runs it and all steps after it.`,
      mending: IGNORE_FILE,
    }
  },
})
