// Two layers of the image hold the same dependencies.
import { quotedCommand } from '../src/facts/command-text.ts'
import { baseName } from '../src/facts/image-paths.ts'
import { quoted } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { repeatedTrees, type Filling } from '../src/facts/repeated-trees.ts'
import { defineRule } from '../src/rule.ts'

/**
 * ## What it does
 *
 * Reports a folder of installed dependencies (`node_modules`, `vendor`, `.venv`, the gems of a ruby image) that two steps of
 * the image that ships bring to the same place: two copies out of stages, or a copy and an install. Only trees that an install
 * in this file made count. Of installs above a copy all count, of those after one only `npm ci`, which begins with deleting
 * what is there; others add what is missing. `npm rebuild` installs nothing and is left alone.
 *
 * ## Why it matters
 *
 * A layer is not changed by those above it: what the second step writes is stored in addition
 * ([image-spec: layers](https://github.com/opencontainers/image-spec/blob/main/layer.md)). A dependency tree is often the
 * greatest part of an image. Where both copies come from one tree and keep owner and times, BuildKit leaves equal files out of
 * the second layer ([BuildKit: util/overlay/overlay_linux.go](https://github.com/moby/buildkit/blob/master/util/overlay/overlay_linux.go));
 * Docker's classic image store does not, and the files are copied again in any case.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM node:22 AS build
 * WORKDIR /app
 * COPY package*.json ./
 * RUN npm ci
 * COPY . .
 * RUN npm run build
 *
 * FROM node:22-slim
 * WORKDIR /app
 * COPY --from=build /app/node_modules ./node_modules
 * COPY --from=build /app ./
 * CMD ["node", "dist/server.js"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM node:22 AS build
 * WORKDIR /app
 * COPY package*.json ./
 * RUN npm ci
 * COPY . .
 * RUN npm run build
 *
 * FROM node:22-slim
 * WORKDIR /app
 * COPY --from=build /app/node_modules ./node_modules
 * COPY --from=build /app/dist ./dist
 * CMD ["node", "dist/server.js"]
 * ```
 *
 * ## When not to use it
 *
 * When the image is squashed after the build.
 *
 * ## Cost model
 *
 * Nothing is simulated, and no size is stated: it depends on what is installed.
 */
export default defineRule({
  id: 'dependency-tree-copied-twice',
  summary: 'Two layers hold the same dependency tree',
  category: 'layers',
  severity: 'info',

  *check(build) {
    const textOf = ({ step, install }: Filling): string => (step.kind === 'run' ? quotedCommand(build, install) : quoted(step))
    for (const { tree, first, second, isSame } of repeatedTrees(build)) {
      const advice = second.step.kind === 'run' ? 'leave it out of the copy' : first.step.kind === 'run' ? 'install or copy it, not both' : `delete one of the copies, or leave "${baseName(tree)}" out of it`
      const effect = isSame ? 'which repeats the work and, in Docker\'s classic image store, keeps it in two layers' : 'and both layers ship'
      yield {
        at: second.step.kind === 'run' ? second.install : second.step,
        message: `"${textOf(second)}" brings ${tree} a second time, after "${textOf(first)}" (line ${lineOf(build, first.step.span)}), ${effect}; ${advice}.`,
        related: [{ at: first.step.kind === 'run' ? first.install : first.step, message: 'this layer holds it already' }],
      }
    }
  },
})
