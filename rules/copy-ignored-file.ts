// A source of COPY or ADD, or of a bind mount, is kept out of the build by the ignore file.
import { assumedContext } from '../src/facts/broad-copies.ts'
import { ignoredSources } from '../src/facts/ignored-sources.ts'
import { ignoreLine } from '../src/facts/ignore-lines.ts'
import { quoted } from '../src/facts/instruction-text.ts'
import { defineRule } from '../src/rule.ts'

/**
 * ## What it does
 *
 * Reports a source of COPY or ADD, or of a bind mount, that lies in the build context but is excluded by the ignore file
 * with everything below it. Wildcards are left alone: they copy what they find. So is a source that is not in the folder
 * now: another step may make it, in another folder.
 *
 * ## Why it matters
 *
 * What the ignore file excludes is never sent to the engine, so the step cannot find it and the build fails with
 * `"/…": not found`. BuildKit's own check of this name only warns, and says nothing of folders and bind mounts
 * ([Docker docs: CopyIgnoredFile](https://docs.docker.com/reference/build-checks/copy-ignored-file/)).
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM nginx:1.29
 * COPY dist /usr/share/nginx/html
 * ```
 *
 * ```files
 * dist/index.html
 * ```
 *
 * ```dockerignore
 * node_modules
 * dist
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM nginx:1.29
 * COPY dist /usr/share/nginx/html
 * ```
 *
 * ```dockerignore
 * node_modules
 * ```
 *
 * ## When not to use it
 *
 * When the file is built with another folder as its context: name that folder with `--context` or in the config.
 *
 * ## Cost model
 *
 * Nothing is simulated: the build fails before the step runs.
 */
export default defineRule({
  id: 'copy-ignored-file',
  summary: 'A copied file is excluded by the ignore file',
  category: 'context',
  severity: 'error',

  *check(build) {
    const { ignoreFile } = build.context
    for (const { step, path, span, by } of ignoredSources(build)) {
      yield {
        at: { span },
        message: `"${quoted(step)}" fails, because ${ignoreLine(build, by)} keeps ${path}${assumedContext(build)} out of the build: take that line out of ${ignoreFile!.path}, or add "!${path}" below it.`,
      }
    }
  },
})
