// The context reaches a broad copy unfiltered because no ignore file exists.
import { defineRule, IGNORE_FILE } from '../src/rule.ts'
import { fittingLines, ignoring } from '../src/edits/ignore-file.ts'
import { firstEntries } from '../src/edits/new-ignore-file.ts'
import { assumedContext, contextFileCount, wholeContextReaders } from '../src/facts/broad-copies.ts'
import { ownPath } from '../src/facts/build-files.ts'
import { contextCargo } from '../src/facts/context-cargo.ts'
import { listed, quoted } from '../src/facts/instruction-text.ts'
import { costOfAll } from '../src/facts/step-costs.ts'
import { runsFrom } from '../src/facts/steps-after.ts'

/**
 * ## What it does
 *
 * Reports a copy or bind mount of the whole build context where no ignore file exists, neither `.dockerignore` in the
 * context nor one named after the Dockerfile, and the context holds something that no image needs: a `.git` folder,
 * installed dependencies, the Dockerfile itself (unless a step may ask git, which would call the work tree changed without it).
 * Where that is the Dockerfile alone and little work follows it is information.
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
 * Considered: a change of each file named, alone. All RUN steps after the copy, and those of stages built FROM its stage, run
 * again; their typical cost is added up.
 *
 * ## Fix safety
 *
 * Suggested: a script of the build, a test or the program itself may read what is left out. Only what lies in the context or is installed
 * there by the same commands is written; what another Dockerfile of the same context names, copies or may read is not.
 */
export default defineRule({
  id: 'missing-dockerignore',
  summary: 'The whole context is copied and no ignore file exists',
  category: 'context',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    const { context } = build
    const step = wholeContextReaders(build)[0]
    if (!step || context.ignoreFile !== null || context.has('Dockerfile') === 'unknown') return
    const cargo = contextCargo(build)
    if (cargo.length === 0) return
    const cost = costOfAll(runsFrom(build, step))
    const count = contextFileCount(build, step)
    const files = count === null ? '' : ` of ${count} ${count === 1 ? 'file' : 'files'}`
    const them = cargo.length === 1 ? 'it' : 'them'
    const isWork = cost.seconds >= 5 || cargo.some(name => name !== ownPath(build))
    const { entries, reasons } = fittingLines(build, firstEntries(build, step))
    const isAnything = entries.some(({ line }) => line !== '.dockerignore')
    yield {
      at: step,
      message: `The context has no .dockerignore, so "${quoted(step)}"${assumedContext(build)} takes the whole context${files}, also ${listed(cargo)}: any change of ${them} re-runs this step and all after it; write a .dockerignore that names ${them}.`,
      cost,
      mending: IGNORE_FILE,
      ...isAnything ? { fix: ignoring(build, entries.map(({ line }) => line), `no step and no program of an image reads ${listed(entries.flatMap(({ line }) => (line === '.dockerignore' ? [] : [line])), 3)}`) }
        : { noFix: reasons[0] ?? `what is in ${listed(cargo)} may be needed` },
      ...(!isWork && { lowered: true }),
    }
  },
})
