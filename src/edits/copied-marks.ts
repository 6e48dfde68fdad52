// Changes of a mode or owner that COPY could make instead: merged with others, they would have to stay.
import type { NormalCommand } from '../facts/commands.ts'
import { lateModes } from '../facts/late-modes.ts'
import { lateOwners } from '../facts/late-ownership.ts'
import type { Build, RunStep } from '../model/build.ts'
import { modeFix } from './copied-modes.ts'
import { ownerFix } from './copied-owners.ts'

/** The first of them in these steps that a fix would take out. */
export function markForCopy(build: Build, runs: readonly RunStep[]): NormalCommand | undefined {
  const modes = lateModes(build).filter(late => runs.includes(late.step) && late.isAll && typeof modeFix(build, late) !== 'string').map(({ command }) => command)
  const owners = lateOwners(build).filter(late => runs.includes(late.step) && late.copies.some(({ isSmall }) => !isSmall) && typeof ownerFix(build, late) !== 'string').map(({ change }) => change.command)
  return [...modes, ...owners][0]
}
