// Which stages stand on which: a new base image, or another one, reaches every stage built FROM the one that names it.
import type { Build, CopyStep, Stage } from '../model/build.ts'

/** The stage at the bottom of the chain, which names an image, `scratch` or a named context. */
export function rootOf(stage: Stage): Stage {
  let root = stage
  while (root.base.kind === 'stage') root = root.base.stage
  return root
}

/** The needed stages at whose bottom this one is, itself among them. */
export const stagesOn = ({ stages }: Build, root: Stage): readonly Stage[] => stages.filter(stage => stage.reachable && rootOf(stage) === root)

/** Copies in needed stages that take files out of one of these. */
export const copiesFrom = ({ stages }: Build, sources: readonly Stage[]): readonly CopyStep[] =>
  stages.filter(({ reachable }) => reachable).flatMap(({ steps }) => steps).filter((step): step is CopyStep =>
    (step.kind === 'copy' || step.kind === 'add') && step.from.kind === 'stage' && sources.includes(step.from.stage))
