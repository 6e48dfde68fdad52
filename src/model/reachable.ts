// Which stages the target needs.
import type { Source, Stage } from './build.ts'

/** The stages one stage is built from, copies from or mounts from. */
export function dependencies(stage: Stage): readonly Stage[] {
  const found: Stage[] = stage.base.kind === 'stage' ? [stage.base.stage] : []
  if (stage.base.kind === 'named-context' && stage.base.replacesStage) return found
  const add = (source: Source): void => {
    if (source.kind === 'stage') found.push(source.stage)
  }
  for (const step of stage.steps) {
    if (step.kind === 'copy') add(step.from)
    else if (step.kind === 'run') for (const mount of step.mounts) add(mount.from)
  }
  return found
}

/** Marks the target and all it needs. */
export function markReachable(target: Stage): void {
  const pending = [target as { reachable: boolean } & Stage]
  for (let stage = pending.pop(); stage; stage = pending.pop()) {
    if (stage.reachable) continue
    stage.reachable = true
    pending.push(...(dependencies(stage) as typeof pending))
  }
}
