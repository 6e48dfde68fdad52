// Large files that only this host has reach a copy of the whole context.
import { sizeText } from '../src/facts/copied-files.ts'
import { entryFor, fittingLines, ignoring } from '../src/edits/ignore-file.ts'
import { assumedContext } from '../src/facts/broad-copies.ts'
import { listed, quoted } from '../src/facts/instruction-text.ts'
import { largeFiles } from '../src/facts/large-files.ts'
import { defineRule, IGNORE_FILE } from '../src/rule.ts'

/**
 * ## What it does
 *
 * Reports a copy or bind mount of the whole build context that takes a file of at least `megabytes` along which no image
 * can need: dumps, databases, media and data that git ignores, so that a checkout builds without them, and logs, backups,
 * crash dumps and disk images even from the repository. Build output, archives, packages and models that git ignores may
 * be there for the image and are left alone, and so is what DVC keeps and what an instruction names. A pointer of Git LFS
 * is as small as it is.
 *
 * ## Why it matters
 *
 * The file is read, sent to the engine and stored in a layer, and its content is in the key: a new dump re-runs the copy
 * and all steps after it
 * ([Docker docs: .dockerignore](https://docs.docker.com/build/concepts/context/#dockerignore-files)).
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM python:3.13
 * WORKDIR /app
 * COPY . .
 * CMD ["python", "app.py"]
 * ```
 *
 * ```files
 * app.py
 * production.sql 52000000
 * ```
 *
 * ```file .gitignore
 * *.sql
 * ```
 *
 * ```dockerignore
 * .git
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM python:3.13
 * WORKDIR /app
 * COPY . .
 * CMD ["python", "app.py"]
 * ```
 *
 * ```dockerignore
 * .git
 * production.sql
 * ```
 *
 * ## When not to use it
 *
 * When the file is put there for the image although git ignores it.
 *
 * ## Cost model
 *
 * Considered: a change of the file, alone. The bytes are those of the files named, of which each build stores a new copy.
 *
 * ## Fix safety
 *
 * Suggested: the program may read the file where it runs. None is offered when a Dockerfile of the same context names one of the
 * files.
 */
export default defineRule({
  id: 'context-includes-large-files',
  summary: 'Large files that no image needs reach a copy of the whole context',
  category: 'context',
  severity: 'warning',
  fixable: 'suggested',
  options: {
    megabytes: { type: 'number', default: 10, doc: 'Files that are smaller are not reported.' },
  },

  *check(build, { megabytes }) {
    const large = largeFiles(build, megabytes * 1_000_000)
    if (!large) return
    const { step, files } = large
    const names = listed(files.map(({ path, size, isGitIgnored }) => `${path} (${sizeText(size)}${isGitIgnored ? ', ignored by git' : ''})`))
    const isMany = files.length > 1
    const them = listed(files.map(({ path }) => path))
    const { entries, reasons: [noFix] } = fittingLines(build, files.map(({ path }) => entryFor(path)))
    yield {
      at: step,
      message: `"${quoted(step)}"${assumedContext(build)} takes ${names} along, which ${files.every(({ isLeftover }) => isLeftover) ? 'no image needs' : 'other checkouts do without'}: ${isMany ? 'they are' : 'it is'} sent${step.kind === 'run' ? '' : ' and stored'} with every change; add ${listed(files.map(({ path }) => `"${path}"`))} to ${build.context.ignoreFile?.path ?? 'a .dockerignore'}.`,
      cost: { seconds: 0, bytes: files.reduce((sum, { size }) => sum + size, 0) },
      mending: IGNORE_FILE,
      ...noFix === undefined ? { fix: ignoring(build, entries.map(({ line }) => line), `no program of an image reads ${them}`) } : { noFix },
    }
  },
})
