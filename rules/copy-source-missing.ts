// A file that COPY or ADD names is nowhere. When that is certain is worked out in src/facts/missing-sources.ts.
import { quoted } from '../src/facts/instruction-text.ts'
import { missingSource, sameInOtherCase } from '../src/facts/missing-sources.ts'
import { defineRule } from '../src/rule.ts'

/**
 * ## What it does
 *
 * Reports a script, manifest or settings file that COPY or ADD names and that neither the build context nor another folder
 * of the repository that could be the context has. It speaks of one file among at least two others that are there, in a
 * folder that is there, or of one project among at least three that lie side by side. It is silent about archives, programs
 * and folders, which are often made before the build, about what git ignores or keeps in a submodule, and about names that a
 * script, workflow or Makefile mentions.
 *
 * ## Why it matters
 *
 * A source without wildcards must exist: the engine looks it up to compute the key of the step, finds nothing, and the
 * build fails with `"/…": not found` before the step runs
 * ([Docker docs: COPY](https://docs.docker.com/reference/dockerfile/#copy)).
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /app
 * COPY package.json package-lock.json tsconfig.base.json ./
 * RUN npm ci
 * ```
 *
 * ```files
 * package.json
 * package-lock.json
 * server.js
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /app
 * COPY package.json package-lock.json ./
 * RUN npm ci
 * ```
 *
 * ## When not to use it
 *
 * When something that the rule cannot see writes the file before the build.
 *
 * ## Cost model
 *
 * Nothing is simulated: the build fails.
 */
export default defineRule({
  id: 'copy-source-missing',
  summary: 'A copied file does not exist',
  category: 'context',
  severity: 'warning',

  *check(build) {
    const missing = missingSource(build)
    if (!missing) return
    const { folder } = build.context
    const other = sameInOtherCase(build, missing.path)
    yield {
      at: { span: missing.span },
      message: `"${quoted(missing.step)}" fails, because ${missing.path} is not in ${folder === null ? 'the folder of this Dockerfile' : folder === '.' ? 'the context' : folder} nor in a folder above, and nothing seems to make it: ${other === null ? 'add the file or take it out of this step' : `write ${other}, as the file is called`}.`,
    }
  },
})
