// Points at the removal that comes too late. What was stored where is worked out in src/facts/late-removals.ts.
import { quotedCommand } from '../src/facts/command-text.ts'
import { listed, quoted } from '../src/facts/instruction-text.ts'
import { lateRemovals, type LateRemoval } from '../src/facts/late-removals.ts'
import { lineOf } from '../src/facts/lines.ts'
import { defineRule } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * x
 */
export default defineRule({
  id: 'cleanup-in-later-layer',
  summary: 'Files are removed in a later layer than the one that stores them',
  category: 'layers',
  severity: 'warning',
  options: {
    minKilobytes: { type: 'number', default: 100, doc: 'Files that are smaller together are not reported.' },
  },

  *check(build, { minKilobytes }) {
    if (build.comments.some(({ span }) => /squash/i.test(build.text.slice(span.start, span.end)))) return
    for (const late of lateRemovals(build)) {
      if (late.step.onbuild) continue
      const bytes = late.stored.reduce((sum, hit) => sum + (hit.bytes ?? (hit.isSmall ? 0 : Infinity)), 0)
      if (bytes < minKilobytes * 1000) continue
      yield {
        at: late.command.command,
        message: messageOf(build, late),
        related: late.stored.map(({ deposit }) => ({ at: deposit.at, message: 'this layer keeps the files' })),
      }
    }
  },
})

function messageOf(build: Build, { command, stored }: LateRemoval): string {
  const names = stored.map(({ deposit }) => `"${quotedCommand(build, deposit.at, 40)}" (line ${lineOf(build, deposit.at.span)})`)
  return `"${quotedCommand(build, command.command)}" frees no space, because the layer of ${listed(names, 3)} keeps the files.`
}
