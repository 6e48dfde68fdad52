// A refresh of the package index in the RUN that installs from it: moved there, or one more.
import { quotedCommand, quotedRun } from '../facts/command-text.ts'
import { commandsOf } from '../facts/commands.ts'
import { commentAbove } from '../facts/comments.ts'
import { quoted } from '../facts/instruction-text.ts'
import type { IndexUsers } from '../facts/index-users.ts'
import { cleanups, indexRefreshes, installsOf, type IndexRefresh, type Install } from '../facts/installs.ts'
import { lineOf } from '../facts/lines.ts'
import type { LoneRefresh } from '../facts/lone-refreshes.ts'
import { CHANGES_SOURCES } from '../facts/system-upgrades.ts'
import type { Build, Instruction, RunStep, Step } from '../model/build.ts'
import type { TextEdit } from '../text.ts'
import { asUserOf, changedWord, isLiteral, withCommandBefore, withOption } from './commands.ts'
import { blockOf, linesOf, removedWithComments } from './instructions.ts'
import { joined } from './joined-runs.ts'

/** `beside`: a setting between the two that the refresh did not see so far. */
export type Refreshed = { readonly edits: readonly TextEdit[]; readonly runs: readonly RunStep[]; readonly beside: Instruction | null } | { readonly reason: string }

/** Merges the refresh, and an upgrade between them, into the RUN of the install. */
export function refreshedIn(build: Build, { refresh, installs, upgrade }: LoneRefresh): Refreshed {
  const upper = refresh.step
  const [install, ...others] = installs
  const lower = install!.step
  if (others.length > 0) return { reason: `stages ${installs.map(({ step }) => `"${step.stage.label}"`).join(' and ')} install from the same index` }
  if (lower.stage !== upper.stage) return { reason: `the install stands in another stage, "${lower.stage.label}"` }
  const runs = [upper, ...upgrade && upgrade.step !== lower ? [upgrade.step] : [], lower]
  const made = joined(build, runs)
  if ('edits' in made) return { edits: made.edits, runs, beside: null }
  const { instructions } = upper.stage
  const between = instructions.slice(instructions.indexOf(upper) + 1, instructions.indexOf(lower))
  const other = between.find(instruction => instruction.kind !== 'setting' && instruction.kind !== 'workdir' && !runs.some(run => run === instruction) || /^(?:USER|SHELL|ONBUILD)$/.test(instruction.keyword))
  if (other) return { reason: `"${quoted(other)}" (line ${lineOf(build, other.span)}) stands between them` }
  return runs.length === 2 ? moved(build, upper, lower, between, made.reason) : made
}

/** Variables that the package managers, or what fetches for them, look at. */
const REACHES_REFRESH = /proxy$|^(?:PATH|TMPDIR|HOME|GNUPGHOME)$|^(?:APT|DPKG|LD|SSL|CURL|PACMAN|XBPS|EMERGE|PORTAGE|GIT)_/i

/** Past settings only: what a COPY between them brings would run the refresh again with each edit. */
function moved(build: Build, upper: RunStep, lower: RunStep, between: readonly Instruction[], reason: string): Refreshed {
  const [command, ...others] = upper.commands === 'opaque' ? [] : upper.commands
  const first = lower.commands === 'opaque' ? undefined : lower.commands[0]
  if (between.length === 0 || !command || others.length > 0 || !first || upper.flags.length + lower.flags.length > 0) return { reason }
  const text = build.text.slice(command.span.start, command.span.end)
  const isPlain = !text.includes('\n') && command.redirects.length === 0 && command.words.every(word => isLiteral(build, upper, word)) && first.words[0]?.value !== 'set' && first.depth === 0
  const edit = isPlain ? withCommandBefore(build, lower, first, text) : null
  const beside = between.find(each => each.kind === 'setting' && each.assigns.some(({ name }) => REACHES_REFRESH.test(name))) ?? null
  const comments = build.text.slice(blockOf(build, upper).start, linesOf(build, upper).start)
  const { start } = blockOf(build, lower)
  const carried = comments === '' ? [] : [{ span: { start, end: start }, text: comments }]
  return edit ? { edits: [removedWithComments(build, upper), ...carried, edit], runs: [upper, lower], beside } : { reason: `"${quotedCommand(build, command, 40)}" cannot be put before "${quotedCommand(build, first, 40)}" as it is` }
}

/** From the one behind `first` to `last` itself, through the stages that lie between them. */
function stepsBetween(first: Step, last: Step): readonly Step[] {
  const steps: Step[] = []
  for (let { stage } = last; ; stage = stage.base.stage) {
    steps.unshift(...stage.steps.slice(stage === first.stage ? first.index + 1 : 0, stage === last.stage ? last.index + 1 : undefined))
    if (stage === first.stage || stage.base.kind !== 'stage') return steps
  }
}

/** Refreshes the index right before an install that uses one of another step; or says why it cannot. */
function refreshedBefore(build: Build, install: Install, refresh: IndexRefresh): TextEdit | string {
  const { command, step, manager } = install
  const source = stepsBetween(refresh.step, step).find(between => CHANGES_SOURCES.test(between.kind === 'run' ? between.script?.text ?? between.text : between.text))
  if (source) return `"${source.kind === 'run' ? quotedRun(build, source, 40) : quoted(source, 40)}" (line ${lineOf(build, source.span)}) changes the package sources, which may not be ready to be refreshed`
  const quotedInstall = `"${quotedCommand(build, install, 40)}"`
  if (manager === 'pacman' || manager === 'xbps') {
    const verb = command.words.slice(1).find(({ value }) => (manager === 'pacman' ? value === '-S' : value?.startsWith('-')))
    const edit = manager === 'pacman' ? verb && changedWord(build, step, verb, '-Syu') : command.words[0] && withOption(build, step, command.words[0], '-S')
    return edit ?? `${quotedInstall} does not stand in the script as it runs`
  }
  const { words } = refresh.command
  const written = refresh.option === null && words.every(word => isLiteral(build, refresh.step, word)) ? words.map(({ text }) => text).join(' ') : `${command.program ?? 'apt-get'} update`
  const before = asUserOf(command.command, written)
  const edit = before === null ? null : withCommandBefore(build, step, command.command, before)
  return edit ?? (before === null ? `${quotedInstall} runs as another user than the RUN` : step.form === 'exec' ? 'the RUN is in exec form' : `nothing can be put before ${quotedInstall}`)
}

/** All installs that use the index of one refresh: where they stand right below it, or below one another, in one RUN with it, else each with a refresh of its own. */
export function refreshedInstalls(build: Build, { refresh, installs }: IndexUsers): { readonly edits: readonly TextEdit[]; readonly isMerged: boolean } | string {
  const groups: { readonly install: Install | null; readonly runs: RunStep[] }[] = [{ install: null, runs: [refresh.step] }]
  for (const install of installs) {
    const last = groups.at(-1)!
    if (isRightBelow(build, install.step, last.runs.at(-1)!) && 'edits' in joined(build, [...last.runs, install.step])) last.runs.push(install.step)
    else groups.push({ install, runs: [install.step] })
  }
  const made = groups.flatMap(({ install }) => (install ? [refreshedBefore(build, install, refresh)] : []))
  const reason = made.find((each): each is string => typeof each === 'string')
  if (reason !== undefined) return reason
  const merged = groups.flatMap(({ runs }) => (runs.length > 1 ? [joined(build, runs)] : []))
  return { edits: [...made.flatMap(each => (typeof each === 'string' ? [] : [each])), ...merged.flatMap(each => ('edits' in each ? each.edits : []))], isMerged: made.length === 0 }
}

/** Both do nothing but install packages of the system, and no comment tells them apart. */
function isRightBelow(build: Build, run: RunStep, above: RunStep): boolean {
  const { instructions } = run.stage
  return above.stage === run.stage && instructions[instructions.indexOf(run) - 1] === above && commentAbove(build, run) === '' && [run, above].every(onlyInstalls)
}

function onlyInstalls(run: RunStep): boolean {
  const known = new Set([...installsOf(run).filter(({ row }) => row.ecosystem === 'os'), ...indexRefreshes(run), ...cleanups(run)].map(({ command }) => command))
  const commands = commandsOf(run)
  return commands !== 'opaque' && commands.every(command => known.has(command) || /^(?:set|rm|true|:)$/.test(command.program ?? ''))
}
