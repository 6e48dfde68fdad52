// The fix that puts RUN steps above copies they need nothing of.
import { quotedRun } from '../facts/command-text.ts'
import { listed, quoted } from '../facts/instruction-text.ts'
import { stepsToMove } from '../facts/moved-steps.ts'
import type { Build, CopyStep, RunStep, Step } from '../model/build.ts'
import type { Report } from '../rule.ts'
import { headOf, movedTogetherAbove } from './moves.ts'

/** A suggested fix, or why there is none. */
export function stepsAbove(build: Build, steps: readonly RunStep[], target: CopyStep): Pick<Report, 'fix' | 'noFix'> {
  const head = headOf(build, target)
  const onTop = stepsToMove(build, steps, target, head)
  const [place, result] = 'obstacle' in onTop && head !== target ? [target, stepsToMove(build, steps, target)] : [head, onTop]
  if ('obstacle' in result) return { noFix: result.obstacle }
  const { moved, passed } = result
  const runs = moved.filter((each): each is RunStep => each.kind === 'run')
  const settings = moved.filter(each => each.kind === 'setting')
  const along = settings.length === 0 ? '' : ` and the ${listed([...new Set(settings.map(({ keyword }) => keyword))])} ${settings.length === 1 ? 'that' : 'instructions that'} ${runs.length === 1 ? 'it needs' : 'they need'}`
  return {
    fix: {
      title: `Move ${runs.length === 1 ? 'the RUN' : `the ${runs.length} RUN instructions`}${along} above "${quoted(target, 40)}"`, safety: 'suggested',
      assumes: assumption(build, runs, passed), edits: movedTogetherAbove(build, moved, place),
    },
  }
}

function assumption(build: Build, runs: readonly RunStep[], passed: readonly Step[]): string {
  const name = (step: Step): string => `"${step.kind === 'run' ? quotedRun(build, step, 40) : quoted(step, 40)}"`
  const several = (steps: readonly Step[]): string => listed(steps.map(name), 3)
  const copies = passed.filter(({ kind }) => kind !== 'run')
  const others = passed.filter(({ kind }) => kind === 'run')
  const [it, does] = runs.length === 1 ? ['it', 'neither reads nor replaces'] : ['them', 'neither read nor replace']
  const copied = `${several(runs)} ${does} anything that ${several(copies)} ${copies.length === 1 ? 'brings' : 'bring'}`
  return others.length === 0 ? copied : `${copied}, and ${several(others)} ${others.length === 1 ? 'works' : 'work'} the same after ${it}`
}
