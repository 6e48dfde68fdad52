// The RUN steps that run again when a step does.
import type { Build, RunStep, Stage, Step } from '../model/build.ts'

/** Of its own stage from the step on, itself included, and of all needed stages built FROM it, in the order of the file. */
export function runsFrom(build: Build, step: Step): readonly RunStep[] {
  const stages = new Set<Stage>([step.stage])
  const found: Step[] = step.stage.steps.slice(step.index)
  for (const stage of build.stages) {
    if (!stage.reachable || stage.base.kind !== 'stage' || !stages.has(stage.base.stage)) continue
    stages.add(stage)
    found.push(...stage.steps)
  }
  return found.filter(entry => entry.kind === 'run')
}
