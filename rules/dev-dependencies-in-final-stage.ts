// Dependencies for developers and tests end up in the shipped image.
import { insertedAbove, keywordLike } from '../src/edits/instructions.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { shippedDevelopment, type ShippedDevelopment } from '../src/facts/development-shipped.ts'
import { listed } from '../src/facts/instruction-text.ts'
import { stagesBelow } from '../src/facts/stage-trees.ts'
import { defineRule, type Report } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports an install of a project with npm, pnpm, Yarn, Bun, Composer, uv, Poetry or Bundler that brings development
 * dependencies into the image that ships: in a shipped stage, or in a builder stage whose `node_modules`, `vendor` or `.venv`
 * is copied out. Only manifests in the build context count that list known tools of development and tests there. It is silent
 * where an option, variable or setting leaves them out, where they are pruned later, where the start command, its scripts or
 * those of the manifest call one of them or cannot be read, and in images that names, comments or the start command show to be
 * for development or tests.
 *
 * ## Why it matters
 *
 * Test runners, compilers and linters often weigh more than what the program needs, and they are in
 * [the layer](https://github.com/opencontainers/image-spec/blob/main/layer.md) that is pushed, pulled and scanned each time.
 * An upgrade of a linter then changes that layer and everything above it.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /app
 * COPY package.json package-lock.json ./
 * RUN npm ci
 * COPY src ./src
 * CMD ["node", "src/server.js"]
 * ```
 *
 * ```file package.json
 * {"dependencies": {"express": "^5.0.0"}, "devDependencies": {"eslint": "^9.0.0", "vitest": "^4.0.0"}}
 * ```
 *
 * ```files
 * package-lock.json
 * src/server.js
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /app
 * COPY package.json package-lock.json ./
 * RUN npm ci --omit=dev
 * COPY src ./src
 * CMD ["node", "src/server.js"]
 * ```
 *
 * ## When not to use it
 *
 * When the program loads one of these packages itself although the manifest calls it a development dependency.
 *
 * ## Cost model
 *
 * Nothing is simulated. How much of the layer they take is not known, so that no size is stated.
 *
 * ## Fix safety
 *
 * Suggested: the program may load one of these packages in a way that its start command does not show, and behave otherwise under
 * a variable such as NODE_ENV. Where a later command of the stage builds or tests, there is no fix: it may need them.
 */
export default defineRule({
  id: 'dev-dependencies-in-final-stage',
  summary: 'Development dependencies are installed in the shipped image',
  category: 'layers',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    for (const shipped of shippedDevelopment(build)) {
      const { install, tools, remedy, isCopied, servesBuild } = shipped
      const where = isCopied ? 'whose result is copied into the image that ships' : 'in the image that ships'
      yield {
        at: install,
        message: `"${quotedCommand(build, install)}", ${where}, also installs development dependencies (${listed(tools, 3)}), which its start command does not call; ${adviceOf(remedy, isCopied, servesBuild)}.`,
        ...fixOf(build, shipped),
      }
    }
  },
})

function adviceOf(remedy: string, isCopied: boolean, servesBuild: boolean): string {
  if (isCopied && servesBuild) return `copy from a stage that installs with "${remedy}" instead`
  const action = remedy.startsWith('ENV ') ? `set "${remedy}" above it` : remedy.startsWith('yarn ') ? `use "${remedy}"` : `add "${remedy}"`
  return servesBuild ? `${action}, and build in another stage` : action
}

function fixOf(build: Build, { install, tools, remedy, servesBuild }: ShippedDevelopment): Pick<Report, 'fix' | 'noFix'> {
  const { step, command } = install
  if (servesBuild) return { noFix: `a later command of the stage may need ${listed(tools, 3)}` }
  const other = build.stages.find(stage => stage !== build.target && !stagesBelow(build.target).includes(stage) && stagesBelow(stage).slice(1).includes(step.stage))
  if (other) return { noFix: `stage "${other.label}", which is built on it, may need ${listed(tools, 3)}` }
  const assumes = `the program does not load ${listed(tools, 3)}`
  if (remedy.startsWith('ENV ')) {
    const setting = remedy.slice('ENV '.length)
    return { fix: { title: `Set ${setting} above the install`, safety: 'suggested', assumes: `${assumes}, and runs the same with ${setting}`, edits: [insertedAbove(build, step, [`${keywordLike(build, step, 'ENV')} ${setting}`])] } }
  }
  const last = command.command.words.at(-1)
  if (!remedy.startsWith('--') || step.form === 'exec' || !last) return { noFix: remedy.startsWith('--') ? 'the RUN is in exec form' : `"${remedy}" takes a plugin in some releases of Yarn` }
  return { fix: { title: `Add ${remedy} to "${quotedCommand(build, install, 40)}"`, safety: 'suggested', assumes, edits: [{ span: { start: last.span.end, end: last.span.end }, text: ` ${remedy}` }] } }
}
