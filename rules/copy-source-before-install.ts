// A copy of the sources stands before the install of the dependencies.
import { assuming } from '../src/edits/ignore-file.ts'
import { namesOf } from '../src/edits/manifest-copies.ts'
import { splitCopy } from '../src/edits/split-copy.ts'
import { assumedContext } from '../src/facts/broad-copies.ts'
import { copySplit } from '../src/facts/copy-splits.ts'
import { earlyCopies, hasMoreToDo, type EarlyCopy } from '../src/facts/early-copies.ts'
import { listed, quoted, quotedText } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { costOfAll } from '../src/facts/step-costs.ts'
import { defineRule, mendingBy, type Fix } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

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
 * ```file package.json
 * {"dependencies": {"express": "^5.0.0"}}
 * ```
 *
 * ```files
 * package-lock.json
 * server.js
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
 *
 * ## Fix safety
 *
 * Suggested: the copy goes below the install, and the files that the install reads are copied in its place. Which these are is read from the
 * manifests; a dependency that looks at other files of the project while it is installed would no longer find them. No fix is offered where
 * that is known to happen, where a step between may need the sources, where the context is not known, and where the install asks for a lock file
 * that the context does not hold. What the install writes into the
 * project, such as `node_modules`, goes into the ignore file, so that the copy brings no other machine's over it. A lock file that is not in
 * this checkout, but may be in others, is copied by a pattern: `package*.json`, `yarn.lock*`.
 */
export default defineRule({
  id: 'copy-source-before-install',
  summary: 'Sources are copied before dependencies are installed',
  category: 'order',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    for (const early of earlyCopies(build)) {
      const { copy, installs, needs, files } = early
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
        ...fixOf(build, early, command),
      }
    }
  },
})

/** What it needs, and how to part it from the rest; of an unknown context only the usual names. */
function adviceOf(needs: readonly string[], isKnown: boolean, isMixed: boolean): string {
  const need = needs.length === 0 ? 'only its manifests' : isKnown ? `only ${listed(needs)}` : `only manifests such as ${listed(needs)}`
  return ` but needs ${need}; copy ${isKnown && needs.length === 1 ? 'that' : 'these'} first, ${isMixed ? 'split the RUN to give the install one of its own' : 'then install'}, and copy the rest below`
}

function fixOf(build: Build, { copy, installs }: EarlyCopy, command: string): { readonly fix: Fix } | { readonly noFix: string } {
  const split = copySplit(build, copy, installs)
  const found = 'reason' in split ? split : splitCopy(build, split)
  if ('reason' in split || 'reason' in found) return { noFix: 'reason' in split ? split.reason : 'reason' in found ? found.reason : '' }
  const [{ files, needs, part }, { ignoreLines }] = [split, found]
  return { fix: {
    title: files.length === 0 ? `Move "${quoted(copy, 40)}" below "${command}"` : `Copy ${listed(namesOf(files))} before "${command}"${part === null ? '' : ', in a RUN of its own,'} and the rest after it`,
    safety: 'suggested', edits: found.edits, ...ignoreLines.length > 0 && { ignoreLines },
    assumes: assuming(build, `"${command}" needs no other file of the project than ${listed(namesOf(needs))}${ignoreLines.length > 0 ? `, and no build needs ${listed(ignoreLines)} of the context` : ''}`),
  } }
}
