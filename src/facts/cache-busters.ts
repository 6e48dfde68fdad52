// What stands in a file only to defeat the cache: variables that nothing uses, downloads of random numbers.
import type { Build, Instruction, RunStep, Setting, Stage, Step } from '../model/build.ts'
import type { Span } from '../text.ts'
import { commandsOf } from './commands.ts'
import { commentAbove } from './comments.ts'
import { fact } from './fact.ts'
import { heirsOf } from './stage-trees.ts'
import { isBustingName } from './volatile-variables.ts'

export interface CacheBuster {
  readonly at: { readonly span: Span }
  readonly stage: Stage
  readonly instruction: Instruction
  /** The variable; null for a download. */
  readonly name: string | null
  /** A comment above says what it is for. */
  readonly isExplained: boolean
  /** Whether steps above it in its stage take time as well: they are not meant. */
  readonly hasStepsAbove: boolean
  /** The RUN steps that it re-runs, of its stage and those built FROM it, in the order of the file. */
  readonly steps: readonly RunStep[]
}

/** Pages that say something else each time. */
const RANDOM = /^https?:\/\/(?:www\.)?(?:random\.org\/|worldtimeapi\.org\/|worldclockapi\.com\/|timeapi\.io\/|date\.jsontest\.com|time\.jsontest\.com|httpbin\.org\/uuid|uuidgenerator\.net\/api|uuidtools\.com\/api|google\.com\/?$)/i
/** Or in a language that nobody here reads. */
const EXPLAINS = /[\u0370-\u1fff\u3000-\uffff]|cach|bust|refresh|rebuil|invalidat|force|fresh|renew|bump|every build|each build|up.to.date|latest/i

export const cacheBusters = fact((build: Build): readonly CacheBuster[] => build.stages.filter(({ reachable, instructions }) => reachable && instructions.some(mayBust)).slice(0, MOST_STAGES).flatMap(stage => {
  const named = stage.instructions.filter(instruction => !instruction.onbuild && mayBust(instruction)).slice(0, MOST_BUSTERS)
  const [first] = named.flatMap(instruction => bustersIn(build, instruction))
  if (!first) return []
  const steps = heirsOf(build, stage).flatMap(heir => heir.steps).filter((step): step is RunStep => step.kind === 'run' && (step.stage !== stage || step.span.start > first.instruction.span.start) && !onlyTalks(step))
  return steps.length === 0 ? [] : [{ ...first, stage, steps, hasStepsAbove: stage.steps.some(step => step.kind === 'run' && step.span.start < first.instruction.span.start && !onlyTalks(step)), isExplained: EXPLAINS.test(commentAbove(build, first.instruction)) }]
}))

/** Nobody needs more of them. */
const MOST_BUSTERS = 5
const MOST_STAGES = 20

const mayBust = (instruction: Instruction): boolean =>
  instruction.kind === 'add' ? instruction.remotes.some(url => RANDOM.test(url)) : instruction.kind === 'setting' && instruction.assigns.some(({ name }) => isBustingName(name))

function bustersIn(build: Build, instruction: Instruction): readonly Pick<CacheBuster, 'at' | 'instruction' | 'name'>[] {
  if (instruction.kind === 'add') return !isReadLater(instruction) ? [{ at: instruction, instruction, name: null }] : []
  if (instruction.kind !== 'setting' || instruction.keyword !== 'ARG' && instruction.keyword !== 'ENV') return []
  return instruction.assigns.filter(({ name }) => isBustingName(name) && !isUsed(build, name, instruction)).map(({ name, span }) => ({ at: instruction.assigns.length > 1 && span ? { span } : instruction, instruction, name }))
}

/** Whether a later step names the file that was fetched. */
function isReadLater(add: Step & { readonly kind: 'copy' | 'add' }): boolean {
  const name = /([^/]+)\/?$/.exec(add.target ?? '')?.[1]
  return name === undefined || name === '.' || /\/dev\/null$/.test(add.target ?? '') ? false : add.stage.steps.some(step => step.index > add.index && step.text.includes(name) && !/\brm\b/.test(step.text))
}

/** Whether anything but an echo, a comment or the query of an address has a use for the variable. */
const isUsed = (build: Build, name: string, setting: Setting): boolean => build.stages.some(({ instructions }) => instructions.some(instruction => {
  if (instruction === setting || instruction.kind === 'setting' && instruction.keyword === 'ARG') return false
  const mention = new RegExp(`\\$\\{?${name.replace(/\W/g, '')}\\b`)
  if (instruction.kind !== 'run') return instruction.kind === 'setting' ? instruction.keyword !== 'ENV' && mention.test(instruction.text) : mention.test(instruction.text.replace(/\?\S*/g, ''))
  const commands = commandsOf(instruction)
  if (commands === 'opaque') return mention.test(instruction.text) || instruction.heredocs.some(({ body }) => mention.test(body))
  return commands.some(({ program, words }) => !/^(?:echo|printf|true|:)$/.test(program ?? '') && words.some(({ text }) => mention.test(text.replace(/\?\S*$/, ''))))
}))

/** Takes no time: it only prints. */
const onlyTalks = (step: RunStep): boolean => {
  const commands = commandsOf(step)
  return commands !== 'opaque' && commands.every(({ program, words }) => words.length === 0 || /^(?:echo|printf|true|:|test|\[|mkdir|chmod|set)$/.test(program ?? ''))
}
