// The costly first part of a RUN above the copies that its second part reads.
import { quotedCommand } from '../facts/command-text.ts'
import type { NormalCommand } from '../facts/commands.ts'
import { commandsOf } from '../facts/commands.ts'
import { quoted, quotedText } from '../facts/instruction-text.ts'
import { cleanups, indexRefreshes, installsOf } from '../facts/installs.ts'
import { lateModes } from '../facts/late-modes.ts'
import { isUnknown } from '../facts/lone-refreshes.ts'
import type { MixedRun } from '../facts/mixed-runs.ts'
import { isShipped } from '../facts/stages.ts'
import type { Build, RunStep } from '../model/build.ts'
import type { Fix } from '../rule.ts'
import type { TextEdit } from '../text.ts'
import { modeFix } from './copied-modes.ts'
import { removed } from './instructions.ts'
import { changeBetween, splitRun } from './split-runs.ts'

/** The fix, or a clause that says why there is none. */
export function mixedRunFix(build: Build, mixed: MixedRun): Fix | string {
  const { step, first, highest, costly, copies } = mixed
  if (highest && highest.stage !== step.stage) return 'the copies stand in another stage'
  const moved = withCleaning(build, step, first)
  if (typeof moved === 'string') return moved
  const flags = flagsOf(build, mixed)
  const change = highest && changeBetween(highest, step, moved.every(command => isAnywhere(step, command)))
  if (typeof flags === 'string' || change) return typeof flags === 'string' ? flags : change!
  const split = splitRun(build, step, moved, highest ?? step, flags)
  if ('reason' in split) return split.reason
  const last = copies[0]
  const marked = markedByCopy(build, step, moved)
  const edits = marked ? [split.edits[0]!, ...marked.edits] : split.edits
  const assumed = marked?.assumes ? `, and ${marked.assumes}` : ''
  return {
    title: `Give "${quotedCommand(build, costly[0]!.command, 40)}" a RUN of its own${highest ? ` above "${quoted(highest, 40)}"` : ''}${marked ? `, and set the mode with COPY --chmod=${marked.mode}` : ''}`, safety: 'suggested',
    assumes: `${last ? `nothing of that step looks at the files of "${quotedText(last.text, 40)}"` : 'nothing of that step looks at the bound files'}${assumed}`,
    edits,
  }
}

/** Where the rest only changes the mode of what was copied, the COPY does so, and the RUN goes. */
function markedByCopy(build: Build, step: RunStep, moved: readonly NormalCommand[]): { readonly edits: readonly TextEdit[]; readonly assumes: string | undefined; readonly mode: string } | null {
  const all = commandsOf(step)
  const late = lateModes(build).find(each => each.step === step)
  const fix = late && all !== 'opaque' && all.every(command => moved.includes(command) || late.commands.includes(command)) ? modeFix(build, late) : null
  if (!late || fix === null || typeof fix === 'string') return null
  const flags = fix.edits.filter(({ span }) => span.end < step.span.start)
  return { edits: [...flags, removed(build, step)], assumes: 'assumes' in fix ? fix.assumes : undefined, mode: late.mode }
}

/** The first part with the clean-up that its layer needs; a text says why that cannot be had. */
function withCleaning(build: Build, step: RunStep, first: readonly NormalCommand[]): readonly NormalCommand[] | string {
  const all = commandsOf(step)
  if (all === 'opaque') return 'the script cannot be read'
  const managers = new Set(installsOf(step).filter(({ command }) => first.includes(command)).map(({ manager }) => manager))
  const rest = all.filter(command => !first.includes(command))
  const later = cleanups(step).filter(({ command, manager }) => rest.includes(command) && managers.has(manager)).map(({ command }) => command)
  if (later.length === 0) return first
  const isMixed = later.find(command => command.program === 'rm' && command.words.slice(1).some(({ value }) => value !== null && !/^-/.test(value) && !/(?:^|\/)(?:apt|apk|yum|dnf|lists|cache|\.cache|pip)(?:\/|$)/.test(value)))
  const again = installsOf(step).find(({ command, manager }) => rest.includes(command) && managers.has(manager)) ?? indexRefreshes(step).find(({ command }) => rest.includes(command))
  const open = rest.find(command => !later.includes(command) && isUnknown(command))
  if (open) return isShipped(build, step.stage) ? `"${quotedCommand(build, open.command, 40)}" may need the package index, which has to go from the layer of the first part` : first
  if (!isMixed && !again) return all.filter(command => first.includes(command) || later.includes(command))
  if (!isShipped(build, step.stage)) return first
  return isMixed ? `"${quotedCommand(build, isMixed.command, 40)}" cleans up after both parts` : `"${quotedCommand(build, again!.command.command, 40)}" needs the package index, which has to go from the layer of the first part`
}

/** Whether it does the same in any folder. */
const isAnywhere = (step: RunStep, command: NormalCommand): boolean => installsOf(step).some(install => install.command === command && install.row.ecosystem === 'os') || [...cleanups(step), ...indexRefreshes(step)].some(found => found.command === command)
  || /^(?:set|true|:)$/.test(command.program ?? '') || command.words.slice(1).every(({ value }) => value !== null && /^(?:\/|-)/.test(value)) && /^(?:mkdir|ln|chmod|chown|rm)$/.test(command.program ?? '')

/** Only the second part needs what is bound from the context. */
function flagsOf({ text }: Build, { step, highest }: MixedRun): { readonly first: string; readonly second: string } | string {
  const written = step.flags.map(({ span }) => text.slice(span.start, span.end))
  if (written.length === 0) return { first: '', second: '' }
  const isBind = (flag: string): boolean => /^--mount=(?:.*,)?type=bind(?:,|$)/.test(flag)
  if (!written.every(isBind) || highest) return 'the flags of the RUN may be needed by both parts'
  return { first: '', second: written.map(flag => `${flag} `).join('') }
}
