// Which stages stand on which: a new base image, or another one, reaches every stage built FROM the one that names it.
import type { Build, CopyStep, Stage } from '../model/build.ts'
import { fact } from './fact.ts'

/** The stage at the bottom of the chain, which names an image, `scratch` or a named context. */
export function rootOf(stage: Stage): Stage {
  const passed: Stage[] = []
  let root = stage
  while (root.base.kind === 'stage') {
    const known = roots.get(root)
    if (known) {
      root = known
      break
    }
    passed.push(root)
    root = root.base.stage
  }
  for (const each of passed) roots.set(each, root)
  return root
}
const roots = new WeakMap<Stage, Stage>()

/** The stage, then those it is built FROM, down to the one that names an image. */
export function stagesBelow(stage: Stage): readonly Stage[] {
  const found = [stage]
  for (let { base } = stage; base.kind === 'stage'; { base } = base.stage) found.push(base.stage)
  return found
}

/** Over any number of stages; none is built from itself. */
export function isBuiltFrom(stage: Stage, below: Stage): boolean {
  for (let { base } = stage; base.kind === 'stage'; { base } = base.stage) if (base.stage === below) return true
  return false
}

/** The needed stages at whose bottom this one is, itself among them. */
export const stagesOn = ({ stages }: Build, root: Stage): readonly Stage[] => stages.filter(stage => stage.reachable && rootOf(stage) === root)

/** Copies in needed stages that take files out of one of these. */
export const copiesFrom = ({ stages }: Build, sources: readonly Stage[]): readonly CopyStep[] =>
  stages.filter(({ reachable }) => reachable).flatMap(({ steps }) => steps).filter((step): step is CopyStep =>
    (step.kind === 'copy' || step.kind === 'add') && step.from.kind === 'stage' && sources.includes(step.from.stage))

const usersOf = fact((build: Build): ReadonlyMap<Stage, readonly Stage[]> => {
  const found = new Map<Stage, Stage[]>()
  for (const stage of build.stages) {
    if (stage.base.kind !== 'stage') continue
    const known = found.get(stage.base.stage)
    if (known) known.push(stage)
    else found.set(stage.base.stage, [stage])
  }
  return found
})

/** The stages built FROM this one, needed or not, in the order of the file. */
export const stagesFrom = (build: Build, stage: Stage): readonly Stage[] => usersOf(build).get(stage) ?? []

/** Nobody builds more stages on one. */
const MOST_STAGES = 200

/** This stage and the needed ones that inherit from it. */
export function heirsOf(build: Build, stage: Stage): readonly Stage[] {
  const found = [stage]
  for (let at = 0; at < found.length && found.length < MOST_STAGES; at++) found.push(...stagesFrom(build, found[at]!).filter(({ reachable }) => reachable))
  return found
}
