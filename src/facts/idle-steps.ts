// RUN steps that leave everything as it was, whatever the build arguments are.
import type { Build, RunStep } from '../model/build.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { fact } from './fact.ts'
import { rootOf } from './stage-trees.ts'

export interface IdleStep {
  readonly step: RunStep
  /** It prints something. */
  readonly talks: boolean
}

/** In needed stages, whose other steps are the reason to build them. Steps with flags are left out: they wait for another stage. */
export const idleSteps = fact((build: Build): readonly IdleStep[] => build.stages.flatMap(stage =>
  (!stage.reachable || stage.windows || rootOf(stage).base.kind === 'scratch' || stage.steps.length < 2 ? [] : stage.steps.flatMap(step => (step.kind === 'run' ? idle(step) : [])))))

function idle(step: RunStep): readonly IdleStep[] {
  if (step.onbuild || step.flags.length > 0 || step.heredocs.length > 0 || step.text.length > 300) return []
  const commands = commandsOf(step)
  if (commands === 'opaque' || commands.length === 0 || !commands.every(isIdle)) return []
  return [{ step, talks: commands.some(({ words }) => words.length > 1) }]
}

/** Words that hold a variable or a substitution may run, or print, what only the build knows. */
const isIdle = ({ program, words, command }: NormalCommand): boolean =>
  /^(?:true|:|echo)$/.test(program ?? '') && command.redirects.length === 0 && !command.piped && command.depth === 0 && command.assignments.length === 0
  && words.every(({ text }) => !/[$`]/.test(text))
