// All that is copied lies in one folder below the context.
import { quoted } from '../src/facts/instruction-text.ts'
import { wideContext } from '../src/facts/wide-contexts.ts'
import { defineRule } from '../src/rule.ts'

/**
 * ## What it does
 *
 * Reports a build whose context is a folder above the Dockerfile although every COPY, ADD and bind mount takes its files
 * from one folder below that context. Off by default: BuildKit asks for no more than the paths that the Dockerfile names,
 * so such a context costs it next to nothing. The classic builder, Kaniko, Podman's remote client and build services that
 * pack the context into an archive read and send all of it.
 *
 * ## Why it matters
 *
 * Builders other than BuildKit pack the whole context before the first step, on every build, whatever is cached. A narrow
 * context also has an ignore file of its own, and no copy can widen by mistake
 * ([BuildKit: frontend/dockerui/context.go](https://github.com/moby/buildkit/blob/master/frontend/dockerui/context.go)).
 *
 * ## Bad
 *
 * ```dockerfile services/api/Dockerfile
 * FROM node:22
 * WORKDIR /app
 * COPY services/api/package.json ./
 * RUN npm install
 * COPY services/api/src src
 * ```
 *
 * ```files
 * README.md
 * services/api/package.json
 * services/api/src/server.js
 * ```
 *
 * ## Good
 *
 * ```dockerfile Dockerfile
 * FROM node:22
 * WORKDIR /app
 * COPY package.json ./
 * RUN npm install
 * COPY src src
 * ```
 *
 * ```files
 * package.json
 * src/server.js
 * ```
 *
 * ## When not to use it
 *
 * When all builds run on BuildKit, or all services of a repository are to be built in the same way.
 *
 * ## Cost model
 *
 * No change is simulated: nothing runs again. No cost is stated, since it depends on the builder.
 */
export default defineRule({
  id: 'context-too-wide',
  summary: 'The context is a folder above everything that is copied',
  category: 'context',
  severity: 'warning',
  recommended: false,

  *check(build) {
    const wide = wideContext(build)
    if (!wide) return
    const { folder } = build.context
    yield {
      at: wide.step,
      message: `"${quoted(wide.step)}" and all other steps take their files from ${wide.folder}, while the context is ${folder === null || folder === '.' ? 'a folder above' : folder}, which builders other than BuildKit send as a whole: build with ${wide.folder} as the context and shorten the sources.`,
      lowered: true,
    }
  },
})
