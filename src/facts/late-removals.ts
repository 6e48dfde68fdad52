// What a RUN takes away that an earlier step of the image stored for good: its layer keeps it, whatever later ones hide.
import type { Build, RunStep, Step } from '../model/build.ts'
import { wastedArchives } from './archives.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { copyDeposit, lastingDeposits, removalsOf, runDeposits, type Deposit, type Hit } from './deposits.ts'
import { fact } from './fact.ts'
import { isUnknown, loneRefreshes } from './lone-refreshes.ts'
import { isCachePlace } from './package-traces.ts'
import { shippedSteps } from './shipped-steps.ts'

export interface LateRemoval {
  readonly step: RunStep
  /** In the order of the text. */
  readonly commands: readonly NormalCommand[]
  readonly stored: readonly (Hit & { readonly deposit: Deposit })[]
}

/** Comparisons of a removal with what may be removed; a file that needs more was written by a program. */
const MOST_COMPARED = 200_000

/** One for each step that removes something too late. A removal that also serves what its own step made says nothing of earlier ones. */
export const lateRemovals = fact((build: Build): readonly LateRemoval[] => {
  const open = new Set<Deposit>()
  const found: LateRemoval[] = []
  let left = MOST_COMPARED
  // A refresh on its own belongs into the step that installs; its index then goes where that one's goes.
  const steps = shippedSteps(build)
  // What comes after the last removal need not be known, and most files remove nothing late.
  const last = steps.findLastIndex(step => step.kind === 'run' && !step.stage.windows && removalsOf(step).length > 0)
  if (last < 1) return found
  const lone = new Set<Step>(loneRefreshes(build).map(({ refresh }) => refresh.step))
  // An archive that was copied to be unpacked need not be copied: that saves more than its removal.
  const archives = new Set<Step>(wastedArchives(build).filter(({ waste }) => waste === 'copied').map(({ step }) => step))
  for (const step of steps.slice(0, last + 1)) {
    if (step.onbuild) continue
    if ((step.kind === 'copy' || step.kind === 'add') && !archives.has(step)) open.add(copyDeposit(build, step))
    if (step.kind !== 'run' || step.stage.windows) continue
    left -= removalsOf(step).length * open.size
    const late = left > 0 ? removedLate(step, open) : null
    if (late) found.push(late)
    for (const deposit of lastingDeposits(step)) if (!lone.has(step)) open.add(deposit)
  }
  return found
})

/** Takes what is gone, or moved, out of `open`; of copied files there may be more. */
function removedLate(step: RunStep, open: Set<Deposit>): LateRemoval | null {
  const commands = new Set<NormalCommand>()
  const stored = new Map<Deposit, Hit>()
  for (const { pattern, command, how } of removalsOf(step)) {
    if (servesItsOwn(step, pattern, command)) continue
    for (const deposit of open) {
      const hit = deposit.hit(pattern)
      if (!hit) continue
      if (deposit.step.kind === 'run' || how === 'moves') open.delete(deposit)
      if (how === 'moves') continue
      commands.add(command)
      stored.set(deposit, { ...hit, bytes: hit.bytes === null ? null : hit.bytes + (stored.get(deposit)?.bytes ?? 0) })
    }
  }
  return stored.size > 0 ? { step, commands: [...commands], stored: [...stored].map(([deposit, hit]) => ({ ...hit, deposit })) } : null
}

/** Whether its own step made what it removes, or may have: a script can have left anything in a folder that is emptied. */
function servesItsOwn(step: RunStep, pattern: string, { command }: NormalCommand): boolean {
  const commands = commandsOf(step)
  const isBefore = ({ span }: Pick<Deposit['at'], 'span'>): boolean => span.start < command.span.start
  if (runDeposits(step).some(deposit => isBefore(deposit.at) && deposit.hit(pattern))) return true
  const isOpen = isCachePlace(pattern) || pattern.endsWith('*')
  return isOpen && commands !== 'opaque' && commands.some(other => isBefore(other.command) && isUnknown(other))
}
