// apt's package lists that end up in the image.
import { aptListBytes, releaseNames } from '../data/apt-lists.ts'
import type { Build, RunStep, Stage } from '../model/build.ts'
import { imageFigure } from './base-images.ts'
import { cleanups } from './cleanups.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { lastingDeposits, type Deposit } from './deposits.ts'
import { fact } from './fact.ts'
import { mayInstall } from './index-users.ts'
import { indexRefreshes, installsOf } from './installs.ts'
import { lateRemovals } from './late-removals.ts'
import { isUnknown, loneRefreshes } from './lone-refreshes.ts'
import { aptLists } from './package-traces.ts'
import { shippedSteps } from './shipped-steps.ts'
import { rootOf, stagesFrom } from './stage-trees.ts'

export interface AptListsLeft {
  /** Where they were fetched. */
  readonly deposit: Deposit
  /** The command that fetches them. */
  readonly command: NormalCommand
  /** The first command of a later step that may install from them unseen: a script, a tool that installs. null when there is none. */
  readonly mayUse: NormalCommand | RunStep | null
  /** What they take; null when the release is not known, or an earlier step has stored them already. */
  readonly bytes: number | null
}

/** apt's package lists that stay in the image for nothing. */
export const aptListsLeft = fact((build: Build): readonly AptListsLeft[] => {
  const lone = new Set(loneRefreshes(build).map(({ refresh }) => refresh.step))
  const late = new Set(lateRemovals(build).flatMap(({ stored }) => stored.map(({ deposit }) => deposit)))
  const stored = shippedSteps(build).flatMap(step => {
    const deposit = step.kind === 'run' && !step.onbuild && !step.stage.windows ? lastingDeposits(step).findLast(({ isAptIndex }) => isAptIndex) : undefined
    return deposit && step.kind === 'run' ? [{ step, deposit }] : []
  })
  return stored.flatMap(({ step, deposit }, at) => {
    if (lone.has(step) || late.has(deposit) || !usesAndKeeps(step, deposit) || isNeededLater(build, step.stage, step.index + 1)) return []
    const commands = commandsOf(step)
    const command = commands === 'opaque' ? undefined : commands.find(({ command: { span } }) => span === deposit.at.span)
    // A second refresh writes only what has changed since.
    return command ? [{ deposit, command, mayUse: unseenUser(build, step.stage, step.index + 1), bytes: at === 0 ? bytesOn(build, step.stage) : null }] : []
  })
})

/** What looks like a script or an installer and leaves apt alone. */
const OF_OTHERS = /^docker-php-ext-|(?:^|\/)(?:activate|configure|config|gradlew|mvnw|pip\d?|python\d?|npm)$/

function unseenUser(build: Build, stage: Stage, from: number): NormalCommand | RunStep | null {
  for (const step of stage.steps.slice(from)) {
    if (step.kind !== 'run') continue
    const commands = commandsOf(step)
    if (commands === 'opaque') return step
    const refreshes = new Set(indexRefreshes(step).filter(({ manager, command }) => manager === 'apt' && !command.command.conditional).map(({ command }) => command))
    for (const command of commands) {
      if (refreshes.has(command)) return null
      if ((isUnknown(command) || mayInstall(command)) && !OF_OTHERS.test((/^(?:source|\.)$/.test(command.program ?? '') ? command.words[1] : command.words[0])?.value ?? '')) return step.form === 'exec' ? step : command
    }
  }
  return stagesFrom(build, stage).filter(({ reachable }) => reachable).map(next => unseenUser(build, next, 0)).find(user => user !== null) ?? null
}

/** The step uses the lists, and nothing in it after them may take them away. */
function usesAndKeeps(step: RunStep, { at }: Deposit): boolean {
  const commands = commandsOf(step)
  const installs = installsOf(step).filter(({ manager }) => manager === 'apt')
  if (commands === 'opaque' || installs.length === 0) return false
  // What stands above an install has left it the lists.
  const from = Math.max(at.span.start, ...installs.map(({ command, span }) => (command.command.conditional ? 0 : span.start)))
  const mayClean = commands.some(command => command.command.span.start > from && (isUnknown(command) || /clean|tidy|purge|shrink|slim|strip/i.test(command.program ?? '')))
  return !mayClean && !cleanups(step).some(({ manager, kinds, path, command }) => manager === 'apt' && kinds.includes('index') && (path === null || path === aptLists) && command.command.span.start > at.span.start)
}

/** Whether a step above, here or in a stage built FROM here, installs without lists of its own: it would fail without these. */
function isNeededLater(build: Build, stage: Stage, from: number): boolean {
  for (const step of stage.steps.slice(from)) {
    if (step.kind !== 'run') continue
    if (indexRefreshes(step).some(({ manager }) => manager === 'apt')) return false
    if (installsOf(step).some(({ manager }) => manager === 'apt')) return true
  }
  return stagesFrom(build, stage).some(next => isNeededLater(build, next, 0))
}

/** Other package sources than the release's own, by a file that replaces them. */
const OTHER_SOURCES = /\/etc\/apt\/(?:sources\.list(?!\.d)|sources\.list\.d\/(?:debian|ubuntu)\.sources)/

function bytesOn({ text }: Build, stage: Stage): number | null {
  const { base } = rootOf(stage)
  if (base.kind !== 'image' || base.ref === null || OTHER_SOURCES.test(text)) return null
  const named = /[:-](bullseye|bookworm|trixie|bionic|focal|jammy|noble|resolute)\b/.exec(base.ref)?.[1]
  const { os, how } = imageFigure(base.ref)
  const release = named === undefined ? /ubuntu[:-]?\d\d\.04/.exec(base.ref)?.[0].replace(/ubuntu[:-]?/, 'ubuntu-') ?? (how === 'nearest' ? undefined : os) : releaseNames[named]
  return release === undefined || !Object.hasOwn(aptListBytes, release) ? null : aptListBytes[release]!
}
