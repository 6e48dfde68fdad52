// An ignore file beside the Dockerfile, while the context is another folder.
import { quoted } from '../src/facts/instruction-text.ts'
import { unreadIgnoreFile } from '../src/facts/unread-ignore-files.ts'
import { defineRule } from '../src/rule.ts'

/**
 * ## What it does
 *
 * Reports a `.dockerignore` that lies beside the Dockerfile while the build context is a folder above, from which a step
 * copies the folder of the Dockerfile. It is silent where the context is not known, where another Dockerfile lies in the
 * same folder, and where a script, compose file or workflow names the folder as a context.
 *
 * ## Why it matters
 *
 * The engine reads one ignore file: the one named after the Dockerfile, which stands beside it, or else the `.dockerignore`
 * at the top of the context. Nobody reads the others, so what they name is sent, copied and part of the key all the same
 * ([Docker docs: filename and location](https://docs.docker.com/build/concepts/context/#filename-and-location)).
 *
 * ## Bad
 *
 * ```dockerfile api/Dockerfile
 * FROM node:22
 * WORKDIR /app
 * COPY shared shared
 * COPY api .
 * ```
 *
 * ```files
 * shared/log.js
 * api/server.js
 * ```
 *
 * ```file api/.dockerignore
 * node_modules
 * ```
 *
 * ## Good
 *
 * ```dockerfile api/Dockerfile
 * FROM node:22
 * WORKDIR /app
 * COPY shared shared
 * COPY api .
 * ```
 *
 * ```file api/.dockerignore
 * ```
 *
 * ```dockerignore
 * api/node_modules
 * ```
 *
 * ## When not to use it
 *
 * When a script that the rule cannot see builds the folder on its own.
 *
 * ## Cost model
 *
 * No change is simulated and no cost stated: what comes along depends on the host.
 */
export default defineRule({
  id: 'ignore-file-never-read',
  summary: 'An ignore file lies where no build reads it',
  category: 'context',
  severity: 'warning',

  *check(build) {
    const unread = unreadIgnoreFile(build)
    if (!unread) return
    const { context } = build
    const { step, path, folder } = unread
    const inForce = context.ignoreFile?.path ?? (context.folder === null || context.folder === '.' ? '.dockerignore' : `${context.folder}/.dockerignore`)
    yield {
      at: step,
      message: `"${quoted(step)}" is not filtered by ${path}, which no build reads because ${context.folder === null || context.folder === '.' ? 'the context is a folder above' : `the context is ${context.folder}`}: delete that file, or move the lines that are still wanted to ${inForce} with "${folder}/" in front.`,
    }
  },
})
