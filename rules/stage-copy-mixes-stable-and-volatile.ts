// Points at a copy out of a stage that wants to be two. What it carries is worked out in src/facts/mixed-stage-copies.ts.
import { inTwoCopies } from '../src/edits/mixed-stage-copies.ts'
import { quoted } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { mixedStageCopies, type MixedStageCopy } from '../src/facts/mixed-stage-copies.ts'
import { defineRule, mendingBy } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a `COPY --from` of a stage into the image that takes a folder with installed dependencies (`node_modules`, `.venv`,
 * `vendor`) and the sources or build output around it in one. It needs the context, and speaks only where edits of sources
 * leave the dependencies as they are: they are installed from manifests alone, and no later step may write into their folder.
 * Bundlers that keep a cache in `node_modules` are known by the manifest. Silent where a later RUN changes the owner of the
 * files or removes some.
 *
 * ## Why it matters
 *
 * Each COPY is one layer, and a layer is pushed and pulled as a whole. The engine copies again when
 * [the content of any selected file](https://docs.docker.com/build/cache/invalidation/) changed, so each edit of a source
 * file stores and transfers all dependencies again. In a COPY of their own they stay one layer until a manifest changes.
 *
 * ## Bad
 *
 * ```dockerfile
 * # syntax=docker/dockerfile:1
 * FROM node:22 AS build
 * WORKDIR /app
 * COPY package.json package-lock.json ./
 * RUN npm ci
 * COPY src ./src
 *
 * FROM node:22-slim
 * WORKDIR /app
 * COPY --from=build /app ./
 * CMD ["node", "src/server.js"]
 * ```
 *
 * ```files
 * package.json
 * package-lock.json
 * src/server.js
 * src/routes.js
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * # syntax=docker/dockerfile:1
 * FROM node:22 AS build
 * WORKDIR /app
 * COPY package.json package-lock.json ./
 * RUN npm ci
 * COPY src ./src
 *
 * FROM node:22-slim
 * WORKDIR /app
 * COPY --from=build /app/node_modules ./node_modules
 * COPY --exclude=node_modules --from=build /app ./
 * CMD ["node", "src/server.js"]
 * ```
 *
 * ## When not to use it
 *
 * When the dependencies are a few megabytes, or the image is built for one machine and never pushed.
 *
 * ## Cost model
 *
 * One edit of a source file. No size is stated: what an install brings is not known without the registry.
 *
 * ## Fix safety
 *
 * Suggested where the file asks for a frontend that knows `--exclude`: the folder of the dependencies itself, not what is in it, comes to belong to root
 * and gets mode 755, unless the copy names an owner. The image gets one layer more.
 */
export default defineRule({
  id: 'stage-copy-mixes-stable-and-volatile',
  summary: 'One COPY carries installed dependencies together with sources',
  category: 'layers',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    for (const mixed of mixedStageCopies(build)) {
      yield {
        at: mixed.copy,
        message: messageOf(build, mixed),
        related: [{ at: mixed.install, message: 'installs the dependencies' }, { at: mixed.sources, message: 'brings what changes' }],
        mending: mendingBy('rewrite', mixed.copy),
        ...inTwoCopies(build, mixed),
      }
    }
  },
})

function messageOf(build: Build, { copy, tree, sources }: MixedStageCopy): string {
  return `"${quoted(copy, 60)}" puts "${tree}" into one layer with the files of "${quoted(sources, 40)}" (line ${lineOf(build, sources.span)}), so every edit of these stores and pushes all dependencies again: copy "${tree}" in a step of its own first, and then the rest by name, or with --exclude.`
}
