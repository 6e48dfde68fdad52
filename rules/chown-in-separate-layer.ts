// Points at the chown: it is what has to go. Who owned the files before is decided in src/facts/late-ownership.ts.
import { ownerFix, ownerFor } from '../src/edits/copied-owners.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { sizeText } from '../src/facts/copied-files.ts'
import { listed, quoted } from '../src/facts/instruction-text.ts'
import { lateOwners, type LateOwner, type TakenCopy } from '../src/facts/late-ownership.ts'
import { lineOf } from '../src/facts/lines.ts'
import { isForShipping } from '../src/facts/shipping.ts'
import { defineRule } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a RUN that changes the owner of files which a COPY or ADD of the same image brought: with `chown` or `chgrp`,
 * recursively over their folder or by their name. Only stages that ship count. Files of less than `minKilobytes` are not
 * worth a word; where the context is not known, scripts, settings and manifests are taken to be that small. Images for
 * development and tests are left alone.
 *
 * ## Why it matters
 *
 * A layer holds whole files. A changed owner makes a changed file, so the layer of the RUN stores every one of them again:
 * they are pushed, pulled and kept twice, and each edit of a source file writes both layers anew. The owner can be
 * [given to COPY](https://docs.docker.com/reference/dockerfile/#copy---chown---chmod) instead. Files that already have the
 * owner are not stored again
 * ([overlay_linux.go](https://github.com/moby/buildkit/blob/master/util/overlay/overlay_linux.go), `sameDirent`), so a
 * `chown` that is still needed for what other steps made may stay; Docker's classic image store holds such files twice.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /app
 * COPY . .
 * RUN chown -R node:node /app
 * USER node
 * CMD ["node", "server.js"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM node:22
 * WORKDIR /app
 * COPY --chown=node:node . .
 * RUN chown node:node /app
 * USER node
 * CMD ["node", "server.js"]
 * ```
 *
 * ## When not to use it
 *
 * When the image is squashed after the build. A name given to `--chown` has to exist in the image before the COPY; a
 * number always works.
 *
 * ## Cost model
 *
 * No change is simulated. The bytes are those of the context files that the chown hits; nothing is said about them when
 * the context is not known.
 *
 * ## Fix safety
 *
 * Safe where the chown stays and nothing between could notice. Suggested where commands between it and the COPY find another owner
 * than before, and where the chown goes or keeps to the folder, because the COPY made all that is in it.
 */
export default defineRule({
  id: 'chown-in-separate-layer',
  summary: 'A RUN changes the owner of copied files, which stores them twice',
  category: 'layers',
  severity: 'warning',
  fixable: 'safe',
  options: {
    minKilobytes: { type: 'number', default: 500, doc: 'Copied files that are smaller together are not reported.' },
  },

  *check(build, { minKilobytes }) {
    if (!isForShipping(build)) return
    for (const all of lateOwners(build)) {
      const big = all.copies.filter(copy => !copy.isSmall || copy.bytes !== null)
      const late = big.length > 0 ? { ...all, copies: big } : all
      const bytes = late.copies.reduce((sum, copy) => sum + (copy.bytes ?? (copy.isSmall ? 0 : Infinity)), 0)
      if (bytes < minKilobytes * 1000) continue
      const fix = ownerFix(build, all)
      yield {
        at: late.change.command.command,
        message: messageOf(build, late, Number.isFinite(bytes) ? bytes : null),
        related: late.copies.map(({ copy }) => ({ at: copy, message: 'the files are stored here first' })),
        ...typeof fix === 'string' ? { noFix: fix } : { fix },
      }
    }
  },
})

function messageOf(build: Build, { change, copies, creation, mode }: LateOwner, bytes: number | null): string {
  const size = bytes === null ? '' : ` (${sizeText(bytes)})`
  const condition = creation ? ` once "${quotedCommand(build, creation.command, 40)}" stands above it` : ''
  return `"${quotedCommand(build, change.command.command)}" stores the files of ${copiesText(build, copies)} a second time${size}; "${copies[0]!.copy.keyword} --chown=${ownerFor({ change }, copies[0]!.copy)}${mode === null ? '' : ` --chmod=${mode}`}" sets their owner${mode === null ? '' : ' and mode'} without a copy${condition}.`
}

const copiesText = (build: Build, copies: readonly TakenCopy[]): string =>
  listed(copies.map(({ copy }) => `"${quoted(copy, 40)}" (line ${lineOf(build, copy.span)})`), 3)
