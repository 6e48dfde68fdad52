// Dockerfile, compose and CI files reach a copy of the whole context that work follows.
import { buildFileEntries } from '../src/edits/build-files.ts'
import { fittingLines, ignoring } from '../src/edits/ignore-file.ts'
import { assumedContext } from '../src/facts/broad-copies.ts'
import { sentBuildFiles } from '../src/facts/build-files.ts'
import { listed, quoted } from '../src/facts/instruction-text.ts'
import { costOfAll } from '../src/facts/step-costs.ts'
import { defineRule, IGNORE_FILE } from '../src/rule.ts'

/**
 * ## What it does
 *
 * Reports a copy or bind mount of the whole build context that takes the Dockerfile itself, compose and bake files or the
 * settings of a CI system along, when RUN steps follow that it re-runs. Without any ignore file, `missing-dockerignore`
 * speaks instead. It is silent when a step names the file, and when the build asks git for a version: a tracked file that
 * is left out would make the work tree look changed. Where nothing of known cost follows it is information.
 *
 * ## Why it matters
 *
 * These files are context files like any other, and the content of all of them is in the key of the copy. A comment added
 * to the Dockerfile, a port changed in the compose file or a new CI job re-runs the copy and every step after it, although
 * the image comes out the same. The engine reads the Dockerfile and the ignore file on its own way: both can be ignored
 * ([Docker docs: .dockerignore](https://docs.docker.com/build/concepts/context/#dockerignore-files)).
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /app
 * COPY package.json package-lock.json ./
 * RUN npm ci
 * COPY . .
 * RUN npm run build
 * ```
 *
 * ```files
 * package.json
 * package-lock.json
 * src/index.js
 * compose.yaml
 * .github/workflows/ci.yml
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
 * COPY package.json package-lock.json ./
 * RUN npm ci
 * COPY . .
 * RUN npm run build
 * ```
 *
 * ```dockerignore
 * node_modules
 * Dockerfile
 * .dockerignore
 * compose.yaml
 * .github
 * ```
 *
 * ## When not to use it
 *
 * When the image reads these files: a tool that checks them, or tests of the repository that run in the build.
 *
 * ## Cost model
 *
 * Considered: an edit of one of the files, alone. All RUN steps after the copy, and those of stages built FROM its stage,
 * run again; their typical cost is added up.
 *
 * ## Fix safety
 *
 * Suggested: a script of the build, a test or the program itself may read one of the files. None is offered when a Dockerfile of the same
 * context names one of them, and lines that a `!` line contradicts are not written.
 */
export default defineRule({
  id: 'context-includes-build-files',
  summary: 'Dockerfile, compose or CI files reach a copy of the whole context',
  category: 'context',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    const { ignoreFile } = build.context
    const sent = ignoreFile && sentBuildFiles(build)
    if (!sent) return
    const { step, runs, names } = sent
    const cost = costOfAll(runs)
    const after = runs.filter(run => run !== step).length
    const again = after === 0 ? 'this step' : `it and ${after === 1 ? 'the RUN step' : `${after} RUN steps`} after it`
    const { entries, reasons: [noFix] } = fittingLines(build, buildFileEntries(build, names))
    yield {
      at: step,
      message: `"${quoted(step)}" takes ${listed(names, 5)} along${assumedContext(build)}, so that any edit there, even of a comment, re-runs ${again}: add ${names.length > 1 ? 'them' : 'it'} to ${ignoreFile.path}.`,
      cost,
      mending: IGNORE_FILE,
      ...(cost.seconds < 5 && { lowered: true }),
      ...noFix === undefined ? { fix: ignoring(build, entries.map(({ line }) => line), `no step and no program of an image reads ${listed(entries.flatMap(({ unnamed }) => unnamed), 3)}`) } : { noFix },
    }
  },
})
