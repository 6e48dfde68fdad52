// A fetched archive that nothing removes. What becomes of it is worked out in src/facts/archives.ts.
import { withoutArchive } from '../src/edits/unpacked-archives.ts'
import { isAddable, wastedArchives, type WastedArchive } from '../src/facts/archives.ts'
import { unpackedBy } from '../src/facts/archive-commands.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { commandsOf, type NormalCommand } from '../src/facts/commands.ts'
import { baseName } from '../src/facts/image-paths.ts'
import { lineOf } from '../src/facts/lines.ts'
import { isForShipping } from '../src/facts/shipping.ts'
import { defineRule, mendingBy, type Report } from '../src/rule.ts'
import type { Build, RunStep } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports an archive that a RUN downloads with `curl` or `wget`, or that ADD fetches from an address, which a RUN of the same
 * image unpacks and nothing removes. One that is removed in a later RUN is the matter of `cleanup-in-later-layer`, one that COPY
 * brings that of `copy-archive-then-extract`. It is silent in builder stages, of images for development and tests, where
 * something else uses the archive, and where a script or a command whose names are not known may remove it.
 *
 * ## Why it matters
 *
 * What a RUN leaves behind is in its layer for good, so the image holds the archive and its content: both are pushed, pulled and
 * stored. A file that is gone when the RUN ends never enters a layer
 * ([Docker docs: best practices for RUN](https://docs.docker.com/build/building/best-practices/#run)).
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/lib.tar.gz /usr/src/
 * RUN wget -q https://example.com/app.tar.gz && tar -xzf app.tar.gz -C /opt
 * CMD ["/opt/app/run"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * ADD --checksum=sha256:24454f830cdb571e2c4ad15481119c43b3cafd48dd869a9b2945d1036d1dc68d https://example.com/lib.tar.gz /usr/src/
 * RUN wget -q https://example.com/app.tar.gz && tar -xzf app.tar.gz -C /opt && rm app.tar.gz
 * CMD ["/opt/app/run"]
 * ```
 *
 * ## When not to use it
 *
 * When the image is squashed after the build (a comment that says so is understood), or has to ship the archive as well.
 *
 * ## Cost model
 *
 * No change is simulated, and no size is stated: only the server knows it.
 *
 * ## Fix safety
 *
 * Suggested, where one RUN downloads and unpacks it: a program in the image may read the archive itself.
 */
export default defineRule({
  id: 'archive-left-in-layer',
  summary: 'A downloaded archive stays in the image after it was unpacked',
  category: 'layers',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    const archives = wastedArchives(build).filter(({ waste }) => waste === 'left')
    if (archives.length === 0 || !isForShipping(build)) return
    const seen = new Set<number>()
    for (const archive of archives) {
      const { at, extraction, step } = archive
      if (seen.has(at.span.start)) continue
      seen.add(at.span.start)
      yield {
        at,
        message: `"${quotedCommand(build, at)}" leaves ${JSON.stringify(baseName(archive.path))} in the image beside the content that "${quotedCommand(build, extraction.command, 40)}" (line ${lineOf(build, extraction.command.span)}) takes out of it; ${adviceOf(build, archive)}.`,
        related: [{ at: extraction.command, message: 'it is unpacked here' }],
        mending: mendingBy('clean', step),
        ...fixOf(build, archive),
      }
    }
  },
})

function fixOf(build: Build, archive: WastedArchive): Pick<Report, 'fix' | 'noFix'> {
  const made = withoutArchive(build, archive)
  if ('reason' in made) return { noFix: made.reason }
  return { fix: { title: `End the RUN with "${made.removal}"`, safety: 'suggested', assumes: `nothing uses ${JSON.stringify(baseName(archive.path))} once it is unpacked`, edits: [made.edit], drops: [archive.path] } }
}

function adviceOf({ text }: Build, { step, path, extraction }: WastedArchive): string {
  if (step.kind !== 'run') {
    const { isPlain, folder } = unpackedBy(extraction.step).find(({ command }) => command === extraction) ?? {}
    const isKept = !commandsOfStep(extraction.step).some(({ program }) => /^(?:rm|mv|make|cd|find)$/.test(program ?? ''))
    return `${isAddable(path) && isPlain && folder && isKept ? `let "ADD --unpack=true" do it, into "${folder}" (Dockerfile 1.17), or ` : ''}download, unpack and remove it in one RUN`
  }
  if (extraction.step !== step) return 'download, unpack and remove it in one RUN'
  // As the user spells it, where that still means the same at the end.
  const written = extraction.words.map(({ span }) => text.slice(span.start, span.end)).find(word => word.endsWith(baseName(path)) && !word.startsWith('-'))
  const isSame = written?.startsWith('/') || commandsOfStep(step).at(-1)?.directory === extraction.directory
  return `append "&& rm ${written !== undefined && isSame ? written : path}" to the same RUN`
}

const commandsOfStep = (step: RunStep): readonly NormalCommand[] => {
  const commands = commandsOf(step)
  return commands === 'opaque' ? [] : commands
}
