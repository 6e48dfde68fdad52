// A removal that comes too late: it goes into the RUN that stores the files, or is not needed because they are mounted instead of copied.
import { commandsOf, type NormalCommand } from '../facts/commands.ts'
import { quotedCommand } from '../facts/command-text.ts'
import { isWithin } from '../facts/image-paths.ts'
import { quoted } from '../facts/instruction-text.ts'
import { indexRefreshes, installsOf } from '../facts/installs.ts'
import type { LateRemoval } from '../facts/late-removals.ts'
import { lineOf } from '../facts/lines.ts'
import { isUnknown } from '../facts/lone-refreshes.ts'
import { shippedSteps } from '../facts/shipped-steps.ts'
import { stagesBelow } from '../facts/stage-trees.ts'
import type { Build, CopyStep, RunStep } from '../model/build.ts'
import type { Fix } from '../rule.ts'
import { joined } from './joined-runs.ts'
import { mountFix, withoutRemoval } from './mounted-copies.ts'
import { NO_END, withCommand } from './scripts.ts'

/** More steps are not made into one: each would be lost to the cache. */
const MOST_JOINED = 4

/** The fix, or a clause that says why there is none. */
export function removalFix(build: Build, late: LateRemoval): Fix | string {
  const steps = [...new Set(late.stored.map(({ deposit }) => deposit.step))]
  if (late.stored.every(({ deposit }) => deposit.isAptIndex)) return listsFix(build, late, steps as readonly RunStep[])
  const copies = steps.filter((step): step is CopyStep => step.kind === 'copy' || step.kind === 'add')
  if (copies.length === 0) return joinFix(build, late, steps as readonly RunStep[])
  const [copy] = copies
  if (steps.length > 1) return `${steps.length} steps store what it removes`
  if (late.commands.length > 1) return 'several commands remove the files'
  return mountFix(build, { copy: copy!, step: late.step, removal: late.commands[0]! })
}

/** All RUN steps from the one that stores the files to the one that removes them, where nothing else stands between. */
function joinFix(build: Build, { step }: LateRemoval, from: readonly RunStep[]): Fix | string {
  const { instructions } = step.stage
  const first = Math.min(...from.map(run => instructions.indexOf(run)))
  const runs = instructions.slice(first, instructions.indexOf(step) + 1)
  const other = first === -1 ? undefined : runs.find(instruction => instruction.kind !== 'run')
  if (first === -1) return 'the files come from another stage'
  if (other) return `"${quoted(other, 40)}" (line ${lineOf(build, other.span)}) stands between the steps`
  if (runs.length > MOST_JOINED) return `${runs.length} RUN steps would have to be one`
  const merged = joined(build, runs as readonly RunStep[])
  if ('reason' in merged) return merged.reason
  const title = runs.length === 2 ? 'Merge the RUN into the one above' : `Merge the ${runs.length} RUN steps into one`
  return { title, edits: merged.edits, ...step.mounts.length > 0 ? { safety: 'suggested', assumes: 'no command notices that it shares the mounts with those above' } : { safety: 'safe' } }
}

const LISTS = '/var/lib/apt/lists'

/** Package lists go at the end of each RUN that fetched them, where nothing below installs from them. */
function listsFix(build: Build, late: LateRemoval, runs: readonly RunStep[]): Fix | string {
  const direct = joinFix(build, late, runs)
  if (typeof direct !== 'string') return direct
  const users = usersOfLists(build, late, runs)
  const user = users.find(needsLists)
  if (user) return `"${quoted(user, 40)}" (line ${lineOf(build, user.span)}) still installs from the package lists`
  const script = users.flatMap(run => commandsOf(run) as readonly NormalCommand[]).find(isUnknown)
  const isSudo = late.commands[0]!.command.wrappers.includes('sudo')
  const added = runs.map(run => withCommand(build, run, `${isSudo ? 'sudo ' : ''}rm -rf ${LISTS}/*`))
  const edits = added.filter(edit => edit !== null)
  if (edits.length < added.length) return NO_END
  return {
    title: `Remove the package lists at the end of ${runs.length > 1 ? 'each' : 'the'} RUN that fetches them`,
    ...script ? { safety: 'suggested', assumes: `"${quotedCommand(build, script.command, 40)}" does not install from the package lists` } : { safety: 'safe' },
    edits: [...edits, ...late.commands.length > 1 ? [] : withoutRemoval(build, late.step, late.commands[0]!, path => isWithin(path, LISTS)) ?? []], drops: [`${LISTS}/**`],
  }
}

/** Steps that find the lists now and would not then: up to the removal, and in other stages that stand on one that fetched them. */
function usersOfLists(build: Build, { step }: LateRemoval, runs: readonly RunStep[]): readonly RunStep[] {
  const shipped = shippedSteps(build)
  const chain = shipped.slice(shipped.indexOf(runs[0]!) + 1, shipped.indexOf(step))
  const others = build.stages.filter(stage => !shipped.some(own => own.stage === stage) && runs.some(run => stagesBelow(stage).includes(run.stage))).flatMap(({ steps }) => steps)
  return [...chain, ...others].filter(other => other.kind === 'run')
}

/** It installs or searches before it fetches lists of its own. */
function needsLists(step: RunStep): boolean {
  const commands = commandsOf(step)
  if (commands === 'opaque') return true
  const refreshed = indexRefreshes(step).find(({ manager }) => manager === 'apt')?.command.command.span.start ?? Infinity
  return installsOf(step).some(({ manager, span }) => manager === 'apt' && span.start < refreshed) || commands.some(({ program, command }) => /^(?:apt-cache|apt-file|aptitude)$/.test(program ?? '') && command.span.start < refreshed)
}
