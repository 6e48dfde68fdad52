// The fix that makes one stage of an install which two stages do.
import type { DuplicateStep } from '../facts/duplicate-steps.ts'
import { listed, quoted } from '../facts/instruction-text.ts'
import { obstacleToTop } from '../facts/moved-steps.ts'
import type { Build, RunStep } from '../model/build.ts'
import type { Report } from '../rule.ts'
import { blockOf, lineEndAt, removedWithComments } from './instructions.ts'

/** Free names are looked for in this order. */
const NAMES = ['base', 'common', 'shared']

const assumption = (first: RunStep, labels: readonly string[]): string =>
  `"${quoted(first, 40)}" needs nothing that stands above it in ${labels.length === 1 ? 'stage' : 'stages'} ${listed(labels)}, and all of that works the same after it`

/** A suggested fix where the install can stand first in both, else why there is none. */
export function sharedStage(build: Build, { first, second }: DuplicateStep): Pick<Report, 'fix' | 'noFix'> {
  const { text, stages } = build
  const stageText = (at: number): string => text.slice(stages[at]!.span.start, stages[at]!.span.end)
  const [one, other] = [first.stage, second.stage]
  const before = obstacleToTop(build, second)
  // A stage of nothing but the install is what the other one can be built FROM.
  if (one.name !== null && one.instructions.length === 1 && other.base.kind === 'image' && other.index > one.index && !/\s--/.test(stageText(one.index) + stageText(other.index))) return before === null ? { fix: { title: `Build stage ${other.label} FROM stage ${one.name}`, safety: 'suggested', assumes: assumption(first, [other.label]), edits: [{ span: other.base.span, text: one.name }, removedWithComments(build, second)] } } : { noFix: before }
  if (one.base.kind !== 'image' || other.base.kind !== 'image' || stages.some(({ base }) => base.kind === 'stage' && (base.stage === one || base.stage === other))) return { noFix: 'the stages are built FROM one another, or others FROM them' }
  if (/\s--/.test(stageText(one.index)) || /\s--/.test(stageText(other.index))) return { noFix: 'FROM names a platform' }
  if (/\bfrom=\d/i.test(text)) return { noFix: 'stages are named by their number, which would change' }
  const name = NAMES.find(each => stages.every(stage => stage.name !== each))
  if (name === undefined) return { noFix: `the names ${NAMES.join(', ')} are taken` }
  const obstacle = obstacleToTop(build, first) ?? before
  if (obstacle !== null) return { noFix: obstacle }
  const lineEnd = lineEndAt(text, one.span.start)
  const [above, moved] = [blockOf(build, one).start, blockOf(build, first)]
  const keyword = /^from/.test(stageText(one.index)) ? ['from', 'as'] : ['FROM', 'AS']
  const run = text.slice(moved.start, moved.end).replace(/\r?\n$/, '')
  return {
    fix: {
      title: `Install once in a stage "${name}" that both are built FROM`, safety: 'suggested',
      assumes: assumption(first, [one.label, other.label]),
      edits: [
        { span: { start: above, end: above }, text: `${keyword[0]!} ${one.base.text} ${keyword[1]!} ${name}${lineEnd}${run}${lineEnd}${lineEnd}` },
        { span: one.base.span, text: name }, { span: other.base.span, text: name },
        removedWithComments(build, first), removedWithComments(build, second),
      ],
    },
  }
}
