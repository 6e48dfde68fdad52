// A copy of the sources stands before the install of the dependencies.
import { assumedContext } from '../src/facts/broad-copies.ts'
import { earlyCopies, hasMoreToDo } from '../src/facts/early-copies.ts'
import { listed, quoted, quotedText } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { costOfAll } from '../src/facts/step-costs.ts'
import { defineRule, mendingBy } from '../src/rule.ts'

/**
 * ## What it does
 *
 * Reports a copy from the build context that brings an install its manifests together with files the install does not
 * need. An install counts when its command says what it reads: `npm ci`, `pip install -r`, `go mod download`,
 * `bundle install` and the like. It is silent when the manifests name scripts, local packages or class maps that need
 * the sources, when the dependencies were installed before the copy already, and when the copy holds nothing else.
 *
 * ## Why it matters
 *
 * A step is executed whenever the step below it was, and a copy is executed when the content, name or mode of any file
 * it selects changed. So every edit of a source file downloads and installs all dependencies again, although no manifest
 * changed ([BuildKit: solver/llbsolver/ops/file.go](https://github.com/moby/buildkit/blob/master/solver/llbsolver/ops/file.go)).
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /app
 * COPY . .
 * RUN npm ci
 * CMD ["node", "server.js"]
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
 * CMD ["node", "server.js"]
 * ```
 *
 * ## When not to use it
 *
 * When the sources and the dependencies always change together, or when nothing keeps a cache between two builds.
 *
 * ## Cost model
 *
 * Considered: a change of each context file, alone. Counted are the files that execute the install through this copy. The
 * cost is that of the steps with the installs, from the table of typical costs.
 */
export default defineRule({
  id: 'copy-source-before-install',
  summary: 'Sources are copied before dependencies are installed',
  category: 'order',
  severity: 'warning',

  *check(build) {
    for (const { copy, installs, needs, files } of earlyCopies(build)) {
      const [first] = installs
      if (!first) continue
      const command = quotedText(build.text.slice(first.span.start, first.span.end), 40)
      const which = files === null ? 'any file of the context' : `any of ${files} context files`
      yield {
        at: copy,
        message: `"${quoted(copy)}" comes before "${command}" (line ${lineOf(build, first.span)}), which re-runs when ${which}${assumedContext(build)} changes${adviceOf(needs, files !== null, hasMoreToDo(first))}.`,
        related: installs.map(install => ({ at: install, message: 'dependencies are installed here' })),
        cost: costOfAll(new Set(installs.map(({ step }) => step))),
        mending: mendingBy('move', copy),
      }
    }
  },
})

/** What it needs, and how to part it from the rest; of an unknown context only the usual names. */
function adviceOf(needs: readonly string[], isKnown: boolean, isMixed: boolean): string {
  const need = needs.length === 0 ? 'only its manifests' : isKnown ? `only ${listed(needs)}` : `only manifests such as ${listed(needs)}`
  return ` but needs ${need}; copy ${isKnown && needs.length === 1 ? 'that' : 'these'} first, ${isMixed ? 'split the RUN to give the install one of its own' : 'then install'}, and copy the rest below`
}
