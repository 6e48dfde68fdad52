// Files with secrets reach a copy into the image.
import { entryFor, fittingLines, ignoring } from '../src/edits/ignore-file.ts'
import { secretsReader } from '../src/edits/secrets.ts'
import { assumedContext } from '../src/facts/broad-copies.ts'
import { listed, quoted } from '../src/facts/instruction-text.ts'
import { sentSecrets } from '../src/facts/sent-secrets.ts'
import { isForShipping } from '../src/facts/shipping.ts'
import { defineRule } from '../src/rule.ts'

/**
 * ## What it does
 *
 * Reports a copy of a whole folder into a stage that ships, or from which `COPY --from` takes that folder, when it takes
 * files along that hold secrets by their name (`.env`, private keys, key stores, credentials) and that git ignores, so that
 * they exist on this host alone. Where no
 * `.env` is there now it still speaks when git ignores that file and a template beside it, such as `.env.example`, has a
 * line for a secret. Templates, public keys, files in the repository, and files that an instruction names are left alone.
 * No value is read.
 *
 * ## Why it matters
 *
 * What a copy stores can be read by everybody who has the image, even when a later step removes it: each layer stays as it
 * is. The content is in the key of the copy as well, so that any change of a local setting re-runs it and all steps after
 * it ([Docker docs: build secrets](https://docs.docker.com/build/building/secrets/)).
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
 * .env
 * ```
 *
 * ```file .gitignore
 * .env
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
 * COPY . .
 * CMD ["node", "server.js"]
 * ```
 *
 * ```dockerignore
 * node_modules
 * .env
 * ```
 *
 * ## When not to use it
 *
 * When images stay on the machine that builds them.
 *
 * ## Cost model
 *
 * Considered: a change of the file, alone. The copy and every step after it run again.
 *
 * ## Fix safety
 *
 * Suggested: a program that reads the file where it runs must get its settings in another way from then on, such as `--env-file` or
 * a mounted secret. None is offered when a step runs a program of the project on a copy that takes an `.env` file along, which may
 * read it, and when an image for developers takes it.
 */
export default defineRule({
  id: 'context-includes-secrets',
  summary: 'Files that hold secrets reach a copy into the image',
  category: 'context',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    const secrets = isForShipping(build) ? sentSecrets(build) : null
    if (!secrets) return
    const { copy, paths, expected, carrier } = secrets
    const step = `"${quoted(copy)}"${assumedContext(build)}`
    const mend = `add ${listed(paths.map(path => `"${path}"`))} to ${build.context.ignoreFile?.path ?? 'a .dockerignore'}`
    const { entries, reasons } = fittingLines(build, paths.map(path => entryFor(path)))
    const noFix = secretsReader(build, paths) ?? reasons[0]
    // No mending, although the same file mends others: a secret must not be told as a note to them.
    yield {
      at: copy,
      message: expected === null
        ? `${step} stores ${listed(paths)}, which git ignores, in a layer${carrier ? `, and "${quoted(carrier, 40)}" in one` : ''} that everybody who has the image can read: ${mend}.`
        : `Nothing keeps ${paths[0]} out of ${step}: on a host that has this file, which git ignores, its values such as ${expected} end up in the image; ${mend}.`,
      ...noFix === undefined ? { fix: ignoring(build, entries.map(({ line }) => line), `no program reads ${listed(paths)} in its image`) } : { noFix },
      ...(carrier && { related: [{ at: carrier, message: 'what was copied gets into the image here' }] }),
    }
  },
})
