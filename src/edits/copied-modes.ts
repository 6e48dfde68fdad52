// The mode of copied files, given to their COPY instead of set by a later chmod.
import { commandsOf, type NormalCommand } from '../facts/commands.ts'
import { commentAbove } from '../facts/comments.ts'
import { quotedCommand } from '../facts/command-text.ts'
import { baseName, destinationOf } from '../facts/image-paths.ts'
import { listed, quoted } from '../facts/instruction-text.ts'
import { entriesOf, type LateMode } from '../facts/late-modes.ts'
import { lineOf } from '../facts/lines.ts'
import { shippedSteps } from '../facts/shipped-steps.ts'
import { folderIsThere, isFileSource } from '../facts/sure-folders.ts'
import type { Build, CopyStep, RunStep } from '../model/build.ts'
import type { Fix } from '../rule.ts'
import type { TextEdit } from '../text.ts'
import { frontendLacks } from './frontend-limits.ts'
import { removed, removedWithComments, withFlags } from './instructions.ts'
import { withoutCommand } from './scripts.ts'

/** The fix, or a clause that says why there is none. */
export function modeFix(build: Build, late: LateMode): Fix | string {
  const { copies, mode } = late
  const reason = frontendLacks(build, `${copies[0]!.copy.keyword} --chmod`) ?? reasonAgainst(build, late)
  if (reason !== null) return reason
  const gone = withoutChange(build, late)
  if (typeof gone === 'string') return gone
  const assumes = assumptionOf(build, late)
  return {
    title: `Set the mode with ${copies[0]!.copy.keyword} --chmod=${mode}${gone.some(({ span }) => span.start <= late.step.span.start) ? ' and drop the RUN' : ''}`, ...assumes === null ? { safety: 'safe' } : { safety: 'suggested', assumes },
    edits: [...copies.map(({ copy }) => withFlags(build, copy, [`--chmod=${mode}`])), ...gone],
  }
}

function reasonAgainst(build: Build, { step, copies, mode, commands, isWhole, isRecursive, isAbsolute }: LateMode): string | null {
  const first = commands[0]!
  if (!/^0?[0-7]{3}$/.test(mode)) return `"${mode}" in a --chmod takes a new frontend`
  if (!isWhole) return `"${quotedCommand(build, first.command)}" changes other files than the copied ones, or not all of them`
  if (isRecursive && !/^0?755$/.test(mode)) return `COPY --chmod=${mode} would leave the folder itself with mode 755`
  const other = isAbsolute ? undefined : copies.flatMap(({ copy }) => entriesOf(build, copy)).find(entry => !(mode === '744' ? [0o644, 0o744] : [0o644, 0o664, 0o755, 0o775]).includes(entry.mode & 0o777))
  if (other) return `${other.path} has mode ${(other.mode & 0o777).toString(8)} in the build context, and --chmod=${mode} would not keep the rest of it`
  const user = between(build, copies.map(({ copy }) => copy), step).find(run => mentions(run, copies.map(({ copy }) => copy)))
  return user ? `"${quoted(user, 40)}" (line ${lineOf(build, user.span)}) uses the files before their mode changes` : null
}

/** Steps that may see the files between the copies and the change. */
function between(build: Build, copies: readonly CopyStep[], until: RunStep): readonly RunStep[] {
  const steps = shippedSteps(build)
  const from = Math.min(...copies.map(copy => steps.indexOf(copy)))
  return steps.slice(from + 1, steps.indexOf(until)).filter(step => step.kind === 'run')
}

/** It copies or moves them, which takes the mode along, or nobody can tell. */
function mentions(run: RunStep, copies: readonly CopyStep[]): boolean {
  const names = copies.flatMap(copy => [...copy.sources.map(baseName), baseName(destinationOf(copy) ?? '')]).filter(name => name !== '' && name !== '.')
  if (!names.some(name => run.text.includes(name))) return false
  const commands = commandsOf(run)
  return commands === 'opaque' || commands.some(({ program, words }) => !/^(?:sed|dos2unix|grep|cat|echo|test|\[|chown|chgrp|ls|sha256sum|mkdir)$/.test(program ?? '') && words.some(({ text }) => names.some(name => text.includes(name))))
}

function withoutChange(build: Build, { step, isAll, commands }: LateMode): readonly TextEdit[] | string {
  const all = commandsOf(step)
  const isAlone = isAll || step.flags.length === 0 && all !== 'opaque' && all.every(command => commands.includes(command) || command.program === 'set')
  if (isAlone) return [/chmod|execut|permission|\bmode\b|\brights?\b|runnable/i.test(commentAbove(build, step)) ? removedWithComments(build, step) : removed(build, step)]
  const edits = commands.map(({ command }) => withoutCommand(build, step, command))
  const kept = edits.filter(edit => edit !== null)
  return kept.length === edits.length && kept.length === 1 ? kept : `"${quotedCommand(build, commands[0]!.command)}" cannot be taken out of its RUN`
}

/** What has to hold for the same image; null where the file itself proves it. */
function assumptionOf(build: Build, { copies, commands, isAbsolute, isRecursive, mode }: LateMode): string | null {
  const sources = [...new Set(copies.flatMap(({ copy }) => [...copy.sources, ...copy.remotes]).map(source => source.replace(/^\.\//, '')))]
  const [have, are] = sources.length > 1 ? ['have', 'are files'] : ['has', 'is a file']
  const remote = copies.find(({ copy }) => copy.remotes.length > 0)
  const wild = commands.flatMap(wildcardsOf)[0]
  const made = /^0?[0-7](?:5|7)(?:5|7)$/.test(mode) ? undefined : copies.find(({ copy }) => !folderIsThere(build, copy))
  const isUnsure = isAbsolute && !isRecursive && copies.some(({ copy }) => !copy.sources.every(source => isFileSource(build, copy, source)))
  const assumed = [
    ...isAbsolute ? [] : [remote ? `all may read and run what ADD fetches (mode ${mode}; "${quotedCommand(build, commands[0]!.command, 30)}" makes it 711)` : `${listed(sources, 3)} ${have} mode ${mode === '744' ? '644' : '644 or 755'} in the build context`],
    ...isRecursive ? [`nothing else lies in the folder of "${quoted(copies[0]!.copy, 40)}"`] : [],
    ...wild !== undefined ? [`nothing else matches ${wild}`] : [],
    ...made ? [`the folder of "${quoted(made.copy, 40)}" is there already`] : [],
    ...isUnsure ? [`${listed(sources, 3)} ${are}`] : [],
  ]
  return assumed.length > 0 ? listed(assumed) : null
}

const wildcardsOf = ({ words }: NormalCommand): readonly string[] => words.slice(1).filter(({ glob }) => glob).map(({ text }) => text)
