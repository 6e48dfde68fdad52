// Dependencies that the host installed reach a copy. Where they come to lie is worked out in src/facts/host-dependencies.ts.
import { dependencyEntry, hostFolderUser } from '../src/edits/host-dependencies.ts'
import { fittingLines, ignorePath, ignoring } from '../src/edits/ignore-file.ts'
import { assumedContext } from '../src/facts/broad-copies.ts'
import { hostDependencies } from '../src/facts/host-dependencies.ts'
import { quoted, quotedText } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { defineRule, IGNORE_FILE } from '../src/rule.ts'

/**
 * ## What it does
 *
 * Reports a copy that takes in the folder into which a package manager installs the dependencies of a project on the host:
 * `node_modules` (npm, yarn, pnpm, bun), `.venv` (uv, and Poetry where it is told to), `vendor` (Composer). It speaks where
 * the build installs the same dependencies into the same folder, the manifest lies in the context and nothing in the
 * ignore file names the folder, whether or not this host has one now. It is silent where the folder is there and git does
 * not ignore it: then it is part of the repository on purpose.
 *
 * ## Why it matters
 *
 * Copied after the install, the folder of the host replaces files that were installed for the image, among them programs
 * compiled for another system. Copied before, the install adds to it instead of starting afresh. Either way all its files
 * are sent, stored in a layer, and in the key of the copy: an install on the host re-runs the copy and what follows
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
 * ```
 *
 * ```file package.json
 * {"dependencies": {"express": "5.1.0"}}
 * ```
 *
 * ```files
 * package-lock.json
 * server.js
 * ```
 *
 * ```dockerignore
 * .git
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
 * ```
 *
 * ```dockerignore
 * .git
 * node_modules
 * ```
 *
 * ## When not to use it
 *
 * When images are only ever built from a fresh checkout on which nothing is installed.
 *
 * ## Cost model
 *
 * Considered: a change of one file in the folder, alone. The copy and every step after it run again.
 *
 * ## Fix safety
 *
 * Suggested: something that was installed on the host alone, such as a linked package or a patched file, may be needed. None is offered
 * when another Dockerfile of the same context takes the folder and installs nothing, or when a step names it in the context.
 */
export default defineRule({
  id: 'context-includes-dependencies',
  summary: 'Dependencies installed on the host reach a copy',
  category: 'context',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    for (const { copy, path, maker, order, files } of hostDependencies(build)) {
      const command = `"${quotedText(build.text.slice(maker.span.start, maker.span.end), 40)}" (line ${lineOf(build, maker.span)})`
      const count = files > 0 ? ` of ${files} ${files === 1 ? 'file' : 'files'}` : ''
      const harm = order === 'over' ? `takes precedence over what ${command} put there` : order === 'under' ? `is what ${command} adds to` : `is sent for nothing, since ${command} removes it`
      const entry = dependencyEntry(build, path)
      const user = hostFolderUser(build, path)
      const { reasons } = fittingLines(build, [entry])
      const noFix = user ?? reasons[0]
      yield {
        at: copy,
        message: `Nothing keeps ${path}${count} of the host out of "${quoted(copy)}"${assumedContext(build)}: it ${harm}, and a change in it re-runs the copy and all after it; add "${entry.line}" to ${build.context.ignoreFile ? ignorePath(build) : 'a .dockerignore'}.`,
        related: [{ at: maker, message: `${path} is made here` }],
        mending: IGNORE_FILE,
        ...noFix === undefined ? { fix: ignoring(build, [entry.line], `no build of this context needs what is in ${path} of the host`) } : { noFix },
      }
    }
  },
})
