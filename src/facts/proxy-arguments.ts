// Predefined proxy arguments that a stage declares although nothing in it expands them.
import type { Build, Instruction, RunStep, Setting, Stage } from '../model/build.ts'
import { fact } from './fact.ts'
import { heirsOf, stagesBelow } from './stage-trees.ts'

export interface DeclaredProxy {
  /** The ARG instructions of one stage that declare some. */
  readonly settings: readonly Setting[]
  /** As declared. */
  readonly names: readonly string[]
  /** An ENV or ARG of a stage below that gives one of them a value. */
  readonly setElsewhere: Instruction | null
  /** The RUN steps that have them in their key: of this stage and of those built FROM it. */
  readonly runs: readonly RunStep[]
}

/** BuildKit: frontend/dockerui/build.go takes them in any case; the engine sets both cases for each RUN. */
const PREDEFINED = /^(?:https?|ftp|no|all)_proxy$/i
const isArgument = (instruction: Instruction): instruction is Setting => instruction.kind === 'setting' && instruction.keyword === 'ARG' && !instruction.onbuild

/** Nobody declares them in more stages. */
const MOST_STAGES = 40

export const declaredProxies = fact((build: Build): readonly DeclaredProxy[] => build.stages.filter(({ reachable, windows, instructions }) => reachable && !windows && instructions.some(instruction => isArgument(instruction) && namesIn(build, instruction).length > 0)).slice(0, MOST_STAGES).flatMap(stage => {
  const settings = stage.instructions.filter((instruction): instruction is Setting => isArgument(instruction) && namesIn(build, instruction).length > 0)
  const [first] = settings
  if (!first) return []
  const users = heirsOf(build, stage)
  const names = [...new Set(settings.flatMap(setting => namesIn(build, setting)))].filter(name => !users.some(user => isNamed(user, name)))
  const kept = settings.filter(setting => namesIn(build, setting).some(name => names.includes(name)))
  const top = kept[0]
  if (!top) return []
  const runs = users.flatMap(({ steps }) => steps).filter((step): step is RunStep => step.kind === 'run' && (step.stage !== stage || step.span.start > top.span.start))
  const setElsewhere = stagesBelow(stage).slice(1).flatMap(({ instructions }) => instructions).find(each => each.kind === 'setting' && each.assigns.some(({ name, value }) => value !== null && names.some(other => other.toLowerCase() === name.toLowerCase())))
  return runs.length === 0 ? [] : [{ settings: kept, names, setElsewhere: setElsewhere ?? null, runs }]
}))

/** Those without a value of the file's own, which would be lost. */
const namesIn = ({ text, globals }: Build, { assigns }: Setting): readonly string[] =>
  assigns.filter(({ name, span }) => PREDEFINED.test(name) && span !== null && !globals.get(name)?.value && /^[^=]*(?:=(?:""|'')?)?$/.test(text.slice(span.start, span.end))).map(({ name }) => name)

/** Whether any instruction but the declarations names it, in whatever case. */
const isNamed = ({ instructions }: Stage, name: string): boolean => instructions.some(instruction => {
  if (isArgument(instruction)) return new RegExp(`\\$\\{?${name}\\b`, 'i').test(instruction.text)
  return [instruction.text, ...'heredocs' in instruction ? instruction.heredocs.map(({ body }) => body) : []].some(text => new RegExp(`\\b${name}\\b`, 'i').test(text))
})
