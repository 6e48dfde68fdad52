// The copies that re-run steps which need nothing of them: for each step the one that changes most.
import type { Build, CopyStep, RunStep } from '../model/build.ts'
import { changingCopy, type CargoKind, type ChangingCopy } from './changing-copies.ts'
import { fact } from './fact.ts'
import { movableSteps } from './movable-steps.ts'

export interface EarlySourceCopy {
  readonly copy: CopyStep
  readonly change: ChangingCopy
  /** The highest copy above which the steps can be moved. */
  readonly highest: CopyStep
  /** In the order of the file. */
  readonly steps: readonly RunStep[]
  /** Steps that have to move along. */
  readonly along: readonly RunStep[]
}

const RANK: readonly CargoKind[] = ['source', 'manifests', 'output', 'sources']

export const earlySourceCopies = fact((build: Build): readonly EarlySourceCopy[] => {
  const found = new Map<CopyStep, { readonly change: ChangingCopy; highest: CopyStep; readonly steps: RunStep[]; readonly along: Set<RunStep> }>()
  for (const { step, above, along } of movableSteps(build)) {
    const changing = above.flatMap(copy => {
      const change = changingCopy(build, copy)
      return change ? [{ copy, change }] : []
    })
    const worst = changing.toReversed().reduce<typeof changing[number] | null>((best, entry) => (best === null || RANK.indexOf(entry.change.kind) > RANK.indexOf(best.change.kind) ? entry : best), null)
    if (!worst) continue
    const known = found.get(worst.copy) ?? { change: worst.change, highest: above.at(-1)!, steps: [], along: new Set() }
    found.set(worst.copy, known)
    known.steps.push(step)
    // All of them go to one place: where the least movable one can.
    if (above.at(-1)!.span.start > known.highest.span.start) known.highest = above.at(-1)!
    for (const other of along) known.along.add(other)
  }
  return [...found].map(([copy, { along, ...entry }]) => ({ copy, ...entry, along: [...along].filter(step => step.span.start > entry.highest.span.start && !entry.steps.includes(step)) }))
})
