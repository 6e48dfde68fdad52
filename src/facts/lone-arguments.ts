// ARGs that nothing but one RUN uses: without it they would only be in the way.
import type { Build, Instruction, RunStep, Setting, Stage } from '../model/build.ts'
import { isTransparent, onlyInstalls } from './costly-steps.ts'
import { stagesFrom } from './stage-trees.ts'
import { mentions, wholeText } from './tool-variables.ts'

/** Those of its own stage, each an instruction of its own, whose value nothing else names, nor a step that nobody understands may read. */
export function loneArguments(build: Build, run: RunStep): readonly Setting[] {
  const { instructions } = run.stage
  const above = instructions.slice(0, instructions.indexOf(run))
  return above.filter((each): each is Setting => {
    if (each.kind !== 'setting' || each.keyword !== 'ARG' || each.assigns.length !== 1) return false
    const [{ name }] = each.assigns as [Setting['assigns'][number]]
    return mentions(wholeText(run), [name]) && !isUsed(build, run.stage, instructions.slice(instructions.indexOf(each) + 1).filter(other => other !== run), name)
  })
}

/** By one of these instructions, or in a stage that inherits it. */
function isUsed(build: Build, stage: Stage, instructions: readonly Instruction[], name: string): boolean {
  for (const each of instructions) {
    if (each.kind === 'setting' && each.keyword === 'ARG' && each.assigns.some(variable => variable.name === name)) return false
    if (mentions(wholeText(each), [name]) || each.kind === 'run' && !isTransparent(each) && !onlyInstalls(each)) return true
  }
  return stagesFrom(build, stage).some(user => isUsed(build, user, user.instructions, name))
}
