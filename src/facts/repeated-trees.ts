// Dependency trees that two steps of the shipped image put into the same folder, so that two layers hold them.
import type { Build, CopyStep, RunStep, Step } from '../model/build.ts'
import { fact } from './fact.ts'
import { filledBy, placesOfTrees, sourceOf, treeOf } from './dependency-trees.ts'
import { installs, installsOf, type Install } from './installs.ts'
import { shippedSteps } from './shipped-steps.ts'
import { shippedStages } from './stages.ts'

export interface RepeatedTree {
  /** The folder in the image. */
  readonly tree: string
  readonly first: Filling
  readonly second: Filling
  /** Files of one origin with one owner keep their times, so that image stores which compare layers hold them once. */
  readonly isSame: boolean
}
export interface Filling {
  readonly step: CopyStep | RunStep
  /** What made the tree, in this stage or in the one it is copied from. */
  readonly install: Install
}

/** Trees of one image that are followed. */
const MOST_TREES = 20

export const repeatedTrees = fact((build: Build): readonly RepeatedTree[] => {
  const steps = shippedSteps(build)
  // At least one of the two is a copy.
  if (!steps.some(step => step.kind === 'copy' && step.from.kind === 'stage') || build.target.windows) return []
  const trees = [...placesOfTrees(shippedStages(build), installs(build))].slice(0, MOST_TREES)
  return trees.flatMap(tree => {
    const fillings = steps.flatMap(step => fillingOf(step, tree) ?? [])
    const at = fillings.findIndex((filling, index) => index > 0 && (filling.step.kind !== 'run' || replaces(filling.install) && fillings[index - 1]!.step.kind !== 'run'))
    const [first, second] = at === -1 ? [] : [fillings[at - 1], fillings[at]]
    return first && second ? [{ tree, first, second, isSame: first.install === second.install && ownerOf(first) === ownerOf(second) }] : []
  })
})

const ownerOf = ({ step }: Filling): string => (step.kind === 'run' ? 'none' : `${step.chown} ${step.chmod}`)

function fillingOf(step: Step, tree: string): Filling | null {
  if (step.onbuild || step.kind === 'workdir') return null
  if (step.kind === 'run') {
    const install = installsOf(step).findLast(other => treeOf(other) === tree && !other.command.command.conditional)
    return install ? { step, install } : null
  }
  if (step.from.kind !== 'stage' || step.exclude.length > 0) return null
  const source = sourceOf(step, tree)
  const install = source === null || source === 'unknown' ? null : filledBy(step.from.stage, source)
  return install ? { step, install } : null
}

/** Others only add and take away what differs. */
const replaces = ({ manager, verb }: Install): boolean => manager === 'npm' && /^(?:ci|clean-install|ic|install-clean)$/.test(verb)
