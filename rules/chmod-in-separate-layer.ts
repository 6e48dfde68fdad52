// Points at the chmod, which is what has to go. Which files it hits is decided in src/facts/late-modes.ts.
import { modeFix } from '../src/edits/copied-modes.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { sizeText } from '../src/facts/copied-files.ts'
import { listed, quoted } from '../src/facts/instruction-text.ts'
import { lateModes, type LateMode } from '../src/facts/late-modes.ts'
import { lineOf } from '../src/facts/lines.ts'
import { isForShipping } from '../src/facts/shipping.ts'
import { defineRule, mendingBy } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a `chmod` of files that COPY or ADD brought into the image from the build context or an address: where it stores
 * `minKilobytes` or more a second time, and, as information, where the RUN does nothing else, so that it could go. Files that
 * come from another stage have their mode from there and are left alone, as are builder stages and images for development and
 * tests.
 *
 * ## Why it matters
 *
 * A layer holds whole files. A changed mode makes a changed file, so the layer of the RUN stores each of them again; and a RUN of
 * its own starts a container whenever something above it changed. The mode can be
 * [given to COPY](https://docs.docker.com/reference/dockerfile/#copy---chown---chmod) instead: in octal, or since Dockerfile 1.14
 * also in letters.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM alpine:3.22
 * COPY entrypoint.sh /entrypoint.sh
 * RUN chmod +x /entrypoint.sh
 * ENTRYPOINT ["/entrypoint.sh"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM alpine:3.22
 * COPY --chmod=755 entrypoint.sh /entrypoint.sh
 * ENTRYPOINT ["/entrypoint.sh"]
 * ```
 *
 * ## When not to use it
 *
 * Where the file is also built by the old builder of Docker, which does not know `--chmod`.
 *
 * ## Cost model
 *
 * No change is simulated. Bytes are those of the context files that change their mode; no time is stated for a RUN that
 * could go.
 *
 * ## Fix safety
 *
 * Safe for files that the `chmod` gives an octal mode. "+x" becomes `--chmod=755`, which is suggested: in the build context the
 * files have to have the modes that git gives them. So is a folder (nothing else may lie in it), and what ADD fetches, which
 * all may read then.
 */
export default defineRule({
  id: 'chmod-in-separate-layer',
  summary: 'A RUN changes the mode of copied files, which COPY could set',
  category: 'layers',
  severity: 'warning',
  fixable: 'safe',
  options: {
    minKilobytes: { type: 'number', default: 500, doc: 'Copied files that are smaller together are reported only where the RUN could go, and as information.' },
  },

  *check(build, { minKilobytes }) {
    const found = lateModes(build)
    if (found.length === 0 || !isForShipping(build)) return
    for (const late of found) {
      const bytes = late.copies.reduce((sum, { bytes: size, isSmall }) => sum + (size ?? (isSmall ? 0 : Infinity)), 0)
      const isBig = late.changes && bytes >= minKilobytes * 1000
      if (!isBig && !late.isAll) continue
      const fix = modeFix(build, late)
      yield {
        at: late.command.command,
        message: messageOf(build, late, isBig ? bytes : null),
        related: late.copies.map(({ copy }) => ({ at: copy, message: isBig ? 'the files are stored here first' : 'the files come from here' })),
        ...(isBig && Number.isFinite(bytes) && { cost: { seconds: 0, bytes } }),
        ...(late.copies.length === 1 && { mending: mendingBy('rewrite', late.copies[0]!.copy) }),
        ...(!isBig && { lowered: true }),
        ...typeof fix === 'string' ? { noFix: fix } : { fix },
      }
    }
  },
})

function messageOf(build: Build, { command, more, copies, mode, isAll }: LateMode, bytes: number | null): string {
  const text = `"${quotedCommand(build, command.command)}"${more > 0 ? ` and ${more} more` : ''}`
  const names = listed(copies.map(({ copy }) => `"${quoted(copy, 40)}" (line ${lineOf(build, copy.span)})`), 3)
  const advice = `"${copies[0]!.copy.keyword} --chmod=${mode}"${/^[0-7]+$/.test(mode) ? '' : ' (Dockerfile 1.14)'} sets it on the way${isAll ? ' and saves the RUN' : ''}`
  if (bytes === null) return `${text} ${more > 0 ? 'make' : 'makes'} a step and a layer only to change the mode of what ${names} brought; ${advice}.`
  return `${text} ${more > 0 ? 'store' : 'stores'} what ${names} brought a second time with another mode${Number.isFinite(bytes) ? ` (${sizeText(bytes)})` : ''}; ${advice}.`
}
