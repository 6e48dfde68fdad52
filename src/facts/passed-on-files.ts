// What gives files another owner or mode on their way through a stage.
import type { CopyStep, Instruction, Stage } from '../model/build.ts'
import { commandsOf } from './commands.ts'
import { stagesBelow } from './stage-trees.ts'

/** The first instruction of a stage that may change owner or mode of files that these copies take from it and do not set themselves; null: none. */
export function ownerOrModeOf(copies: readonly CopyStep[], from: Stage): Instruction | null {
  const [keepsOwner, keepsMode] = [copies.some(({ chown }) => chown === null), copies.some(({ chmod }) => chmod === null)]
  for (const step of stagesBelow(from).toReversed().flatMap(({ steps }) => steps)) {
    if ((step.kind === 'copy' || step.kind === 'add') && (keepsOwner && step.chown !== null || keepsMode && step.chmod !== null || step.kind === 'add' && step.remotes.length > 0)) return step
    const commands = step.kind === 'run' ? commandsOf(step) : []
    if (commands === 'opaque' || commands.some(({ program }) => keepsOwner && /^(?:chown|chgrp|install)$/.test(program ?? '') || keepsMode && /^(?:chmod|install|setfacl)$/.test(program ?? ''))) return step
  }
  return null
}
