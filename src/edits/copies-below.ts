// The fix that puts copies below the installs that need nothing of them.
import { quotedRun } from '../facts/command-text.ts'
import { listed, quoted } from '../facts/instruction-text.ts'
import { obstacleBelow } from '../facts/lowered-copies.ts'
import type { Build, CopyStep, RunStep } from '../model/build.ts'
import type { Report } from '../rule.ts'
import { movedTogetherBelow } from './moves.ts'

/** A suggested fix, or why there is none. */
export function copiesBelow(build: Build, all: readonly CopyStep[], steps: readonly RunStep[]): Pick<Report, 'fix' | 'noFix'> {
  const last = steps.at(-1)!
  const copies = [...all].sort((a, b) => a.span.start - b.span.start)
  const obstacle = obstacleBelow(build, copies, last)
  if (obstacle !== null) return { noFix: obstacle }
  const [it, one] = copies.length === 1 ? [`"${quoted(copies[0]!, 40)}"`, 'the COPY'] : [`what ${listed(copies.map(copy => `"${quoted(copy, 40)}"`), 3)} bring`, `the ${copies.length} COPY instructions`]
  const readers = listed(steps.map(step => `"${quotedRun(build, step, 40)}"`), 3)
  return {
    fix: {
      title: `Move ${one} below "${quotedRun(build, last, 40)}"`, safety: 'suggested',
      assumes: `no script of ${readers} reads ${copies.length === 1 ? `what ${it} brings` : it}`, edits: movedTogetherBelow(build, copies, last),
    },
  }
}
