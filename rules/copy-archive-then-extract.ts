// An archive is copied into the image and unpacked there: what it is and where it goes is worked out in src/facts/archives.ts.
import { archiveFix } from '../src/edits/added-archives.ts'
import { isAddable, wastedArchives, type WastedArchive } from '../src/facts/archives.ts'
import { unpackedBy } from '../src/facts/archive-commands.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { sizeText } from '../src/facts/copied-files.ts'
import { quoted } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { isForShipping, saysOtherwise } from '../src/facts/shipping.ts'
import { defineRule, mendingBy } from '../src/rule.ts'
import type { Build, CopyStep } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a COPY, or an ADD that does not unpack it, of an archive which a RUN of the same image unpacks with `tar`, `unzip` or
 * `7z`. Whether something removes the archive afterwards makes no difference: its layer keeps it. Archives of less than
 * `minKilobytes` are not worth a word. It is silent where a command or the image itself uses the archive for something else,
 * and in builder stages, whose layers do not ship; images for development and tests are told as information.
 *
 * ## Why it matters
 *
 * Each step adds a layer on top of the ones below, which stay as they are: the image holds the archive and its content, and
 * both are pushed, pulled and stored. ADD unpacks tar archives of the build context by itself
 * ([Docker docs: ADD](https://docs.docker.com/reference/dockerfile/#adding-local-tar-archives)); all others can be mounted for
 * the one RUN that unpacks them.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * COPY app.tar.gz /tmp/
 * RUN tar -xzf /tmp/app.tar.gz -C /opt
 * CMD ["/opt/app/run"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * ADD app.tar.gz /opt
 * CMD ["/opt/app/run"]
 * ```
 *
 * ## When not to use it
 *
 * When the image is squashed after the build (a comment that says so is understood).
 *
 * ## Cost model
 *
 * No change is simulated. Bytes are those of the archive in the build context; where that is not known, no size is stated.
 *
 * ## Fix safety
 *
 * Suggested: ADD gives the files the numeric owners of the archive, where `tar` looks up names first, and makes the folder where it is
 * missing. An archive that is mounted instead is not there for other steps.
 */
export default defineRule({
  id: 'copy-archive-then-extract',
  summary: 'An archive is copied into the image and unpacked there',
  category: 'layers',
  severity: 'warning',
  fixable: 'suggested',
  options: {
    minKilobytes: { type: 'number', default: 500, doc: 'Archives that are smaller are not reported.' },
  },

  *check(build, { minKilobytes }) {
    if (saysOtherwise(build)) return
    const seen = new Set<CopyStep>()
    for (const archive of wastedArchives(build)) {
      const { step, waste, bytes, extraction } = archive
      if (waste !== 'copied' || step.kind === 'run' || seen.has(step) || (bytes ?? Infinity) < minKilobytes * 1000) continue
      seen.add(step)
      const fix = archiveFix(build, archive, step)
      yield {
        at: step,
        message: messageOf(build, archive, step),
        related: [{ at: extraction.command, message: 'it is unpacked here' }, ...archive.removal ? [{ at: archive.removal.command, message: 'this frees no space' }] : []],
        ...(bytes !== null && { cost: { seconds: 0, bytes } }),
        mending: mendingBy('rewrite', step),
        ...(!isForShipping(build) && { lowered: true }),
        ...typeof fix === 'string' ? { noFix: fix } : { fix },
      }
    }
  },
})

function messageOf(build: Build, archive: WastedArchive, step: CopyStep): string {
  const { bytes, extraction } = archive
  const size = bytes === null ? '' : ` (${sizeText(bytes)})`
  return `"${quoted(step)}" stores an archive${size} in the image beside the content that "${quotedCommand(build, extraction.command, 40)}" (line ${lineOf(build, extraction.command.span)}) takes out of it; ${adviceOf(archive, step)}.`
}

/** ADD does what plain `tar -x` does; everything else needs the archive at hand for one RUN. */
function adviceOf({ path, extraction, removal }: WastedArchive, step: CopyStep): string {
  const unpacking = unpackedBy(extraction.step).find(({ command }) => command === extraction)
  const source = step.sources.length === 1 && !/[*?[]/.test(step.sources[0]!) ? step.sources[0]! : null
  if (step.from.kind === 'context' && isAddable(path) && unpacking?.isPlain && unpacking.folder !== null) {
    return source === null ? `ADD unpacks it into "${unpacking.folder}" without storing it` : `"ADD ${source} ${unpacking.folder}" unpacks it without storing it`
  }
  const from = step.from.kind === 'stage' ? `from=${step.from.stage.label},` : step.from.kind === 'image' ? `from=${step.from.ref},` : step.from.kind === 'named-context' ? `from=${step.from.name},` : ''
  const rest = removal && removal.step === extraction.step ? ', and drop the removal' : ''
  return `mount it for that RUN instead with "--mount=type=bind,${from}source=${source ?? '…'},target=${path}"${rest}`
}
