// The fix that puts ARGs, and settings made from them, below the steps that do not use them: right above what uses them first.
import { quotedRun } from '../facts/command-text.ts'
import { listed, quoted } from '../facts/instruction-text.ts'
import { isInert, settingsToMove, type Assigned, type MovedSettings } from '../facts/moved-settings.ts'
import type { Build, Instruction, RunStep, Setting } from '../model/build.ts'
import type { Fix, Report } from '../rule.ts'
import { keywordLike } from './instructions.ts'
import { attachedAbove, headOf, movedTogetherAbove, movedTogetherBelow, withoutVariables, type NewLine } from './moves.ts'

/** Safe where every RUN that is passed is understood, else suggested; or why there is none. */
export function settingsBelow(build: Build, variables: readonly Assigned[], steps: readonly RunStep[]): Pick<Report, 'fix' | 'noFix'> {
  const result = settingsToMove(build, variables, steps)
  if ('obstacle' in result) return { noFix: result.obstacle }
  const edits = editsOf(build, result)
  if (edits === null) return { noFix: 'a comment stands between the variables of one instruction' }
  const { passed, names, reader } = result
  const place = reader ? `right above "${quoted(reader, 40)}"` : `below "${quotedRun(build, passed.at(-1)!, 40)}"`
  const title = `Move ${namesOf(result)} ${place}`
  const unsure = passed.filter(run => !isInert(run))
  if (unsure.length === 0) return { fix: { title, safety: 'safe', edits } }
  const them = listed(unsure.map(run => `"${quotedRun(build, run, 40)}"`), 3)
  return { fix: { title, safety: 'suggested', assumes: `no code that ${them} ${unsure.length === 1 ? 'installs' : 'install'} reads ${names.length === 1 ? names[0]! : listed(names)}`, edits } }
}

function namesOf({ moved, taken }: MovedSettings): string {
  const written = (keyword: string, names: readonly string[]): readonly string[] => (names.length === 0 ? [] : [`${keyword} ${listed(names)}`])
  const of = (keyword: string): readonly string[] => [...moved.flatMap(setting => (setting.keyword === keyword ? setting.assigns.map(({ name }) => name) : [])), ...taken.flatMap(({ setting, variable }) => (setting.keyword === keyword ? variable.name : []))]
  const labels = moved.filter(({ keyword }) => keyword === 'LABEL').length
  return listed([...written('ARG', of('ARG')), ...written('ENV', of('ENV')), ...labels === 0 ? [] : [labels === 1 ? 'the LABEL' : 'the LABELs']])
}

function editsOf(build: Build, { moved, taken, reader, isNamed, passed }: MovedSettings): Fix['edits'] | null {
  const settings = [...new Set(taken.map(({ setting }) => setting))]
  const cuts = settings.map(setting => withoutVariables(build, setting, taken.filter(entry => entry.setting === setting).map(({ variable }) => variable.span!)))
  if (cuts.some(cut => cut === null)) return null
  const lines = settings.map((setting): NewLine => ({ at: setting.span.start, text: lineWith(build, setting, taken) }))
  const isOnlyArguments = moved.every(({ keyword }) => keyword !== 'LABEL')
  const edits = !reader ? movedTogetherBelow(build, moved, passed.at(-1)!, lines) : isNamed && isOnlyArguments ? attachedAbove(build, moved, reader, lines) : movedTogetherAbove(build, moved, placeAbove(build, reader, passed), lines)
  return [...edits, ...cuts.flatMap(cut => cut ?? [])]
}

/** Above the paragraph that the reader ends, as long as that is below the steps that are passed. */
function placeAbove(build: Build, reader: Instruction, passed: readonly RunStep[]): Instruction {
  const head = headOf(build, reader)
  return head.span.start > (passed.at(-1)?.span.start ?? 0) ? head : reader
}

const lineWith = (build: Build, setting: Setting, taken: readonly Assigned[]): string =>
  `${keywordLike(build, setting, setting.keyword)} ${taken.filter(entry => entry.setting === setting).map(({ variable: { span } }) => build.text.slice(span!.start, span!.end)).join(' ')}`
