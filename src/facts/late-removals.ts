// What a RUN takes away that an earlier step of the image stored for good: its layer keeps it, whatever later ones hide.
import type { Build, RunStep } from '../model/build.ts'
import type { NormalCommand } from './commands.ts'
import { copyDeposit, runDeposits, type Deposit, type Hit } from './deposits.ts'
import { fact } from './fact.ts'
import { shippedSteps } from './shipped-steps.ts'
import { fileRemovals, type FileRemoval } from './writes.ts'

export interface LateRemoval {
  readonly step: RunStep
  readonly command: NormalCommand
  readonly stored: readonly (Hit & { readonly deposit: Deposit })[]
}

/** By step, in the order of the build. A removal that also serves what its own step made says nothing of earlier ones. */
export const lateRemovals = fact((build: Build): readonly LateRemoval[] => {
  const open = new Set<Deposit>()
  const found: LateRemoval[] = []
  for (const step of shippedSteps(build)) {
    if (step.kind === 'copy' || step.kind === 'add') open.add(copyDeposit(build, step))
    if (step.kind !== 'run' || step.stage.windows) continue
    const own = runDeposits(step)
    const removals = fileRemovals(step)
    for (const { pattern, command, how } of removals) {
      if (own.some(deposit => deposit.at.span.start < command.command.span.start && deposit.hit(pattern))) continue
      const stored = [...open].flatMap(deposit => {
        const hit = deposit.hit(pattern)
        return hit ? [{ ...hit, deposit }] : []
      })
      if (stored.length > 0 && how === 'removes') found.push({ step, command, stored })
      for (const { deposit } of stored) if (deposit.step.kind === 'run') open.delete(deposit)
    }
    for (const deposit of own) if (!removals.some(removal => isLater(removal, deposit))) open.add(deposit)
  }
  return found
})

/** Whether the step takes its own deposit away again. */
const isLater = ({ pattern, command }: FileRemoval, deposit: Deposit): boolean => command.command.span.start > deposit.at.span.start && deposit.hit(pattern) !== null
