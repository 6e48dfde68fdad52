// A Dockerfile's own ignore file takes the place of the one in the context.
import { assumedContext, wholeContextReaders } from '../src/facts/broad-copies.ts'
import { listed, quoted } from '../src/facts/instruction-text.ts'
import { shadowedIgnoreFile } from '../src/facts/unread-ignore-files.ts'
import { defineRule } from '../src/rule.ts'

/**
 * ## What it does
 *
 * Reports a copy or bind mount of the whole context under an ignore file named after the Dockerfile
 * (`Dockerfile.dockerignore`), when the `.dockerignore` of the context names something that it does not and no image wants:
 * `.git` where no step may read it, dependency folders where the image installs its own, caches and settings of editors that
 * are there. Tests, build output and other names are left alone: to let them in may be why the file was written.
 *
 * ## Why it matters
 *
 * The engine reads one ignore file. The one named after the Dockerfile replaces the other as a whole, even when it is empty
 * ([Docker docs: filename and location](https://docs.docker.com/build/concepts/context/#filename-and-location)). What only
 * the other one names is sent, copied and in the key, so that a commit or an install on the host re-runs the copy.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /app
 * COPY . .
 * ```
 *
 * ```files
 * server.js
 * .git/HEAD
 * ```
 *
 * ```file Dockerfile.dockerignore
 * docs
 * ```
 *
 * ```dockerignore
 * .git
 * node_modules
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /app
 * COPY . .
 * ```
 *
 * ```file Dockerfile.dockerignore
 * docs
 * .git
 * node_modules
 * ```
 *
 * ```dockerignore
 * .git
 * node_modules
 * ```
 *
 * ## When not to use it
 *
 * When this image is meant to hold what the others leave out.
 *
 * ## Cost model
 *
 * Considered: a change of a file that comes along, alone. The copy and every step after it run again.
 */
export default defineRule({
  id: 'dockerignore-shadowed',
  summary: 'The ignore file of a Dockerfile hides the one of the context',
  category: 'context',
  severity: 'warning',

  *check(build) {
    const shadowed = shadowedIgnoreFile(build)
    if (!shadowed) return
    const { ignoreFile, folder } = build.context
    const step = wholeContextReaders(build)[0]!
    const hidden = folder === null || folder === '.' ? '.dockerignore' : `${folder}/.dockerignore`
    yield {
      at: step,
      message: `Nothing keeps ${listed(shadowed.lost)} out of "${quoted(step)}"${assumedContext(build)} although ${hidden} has ${shadowed.lost.length > 1 ? 'lines for them' : 'a line for it'}, because ${ignoreFile!.path} replaces that file as a whole: repeat ${shadowed.lost.length > 1 ? 'the lines' : 'the line'} there.`,
    }
  },
})
