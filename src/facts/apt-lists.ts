// apt's package lists that end up in the image.
import type { Build, RunStep } from '../model/build.ts'
import { cleanups } from './cleanups.ts'
import { commandsOf } from './commands.ts'
import { lastingDeposits, type Deposit } from './deposits.ts'
import { fact } from './fact.ts'
import { installsOf } from './installs.ts'
import { lateRemovals } from './late-removals.ts'
import { isUnknown, loneRefreshes } from './lone-refreshes.ts'
import { aptLists } from './package-traces.ts'
import { shippedSteps } from './shipped-steps.ts'

/** apt's package lists that stay in the image: where they were fetched. */
export const aptListsLeft = fact((build: Build): readonly Deposit[] => {
  const lone = new Set(loneRefreshes(build).map(({ refresh }) => refresh.step))
  const late = new Set(lateRemovals(build).flatMap(({ stored }) => stored.map(({ deposit }) => deposit)))
  return shippedSteps(build).flatMap(step => {
    if (step.kind !== 'run' || step.onbuild || step.stage.windows || lone.has(step)) return []
    const deposit = lastingDeposits(step).findLast(({ isAptIndex }) => isAptIndex)
    return deposit && !late.has(deposit) && usesAndKeeps(step, deposit) ? [deposit] : []
  })
})

/** The step uses the lists, and nothing in it after them may take them away. */
function usesAndKeeps(step: RunStep, { at }: Deposit): boolean {
  const commands = commandsOf(step)
  if (commands === 'opaque' || !installsOf(step).some(({ manager }) => manager === 'apt')) return false
  const mayClean = commands.some(command => command.command.span.start > at.span.start && (isUnknown(command) || /clean|tidy|purge|shrink|slim|strip/i.test(command.program ?? '')))
  return !mayClean && !cleanups(step).some(({ manager, kinds, path, command }) => manager === 'apt' && kinds.includes('index') && (path === null || path === aptLists) && command.command.span.start > at.span.start)
}
