// Edits of one command inside a RUN: an option or word more or less, another command right before it. null where its text cannot be changed that way.
import { commandsOf } from '../facts/commands.ts'
import type { Build, RunStep } from '../model/build.ts'
import type { Command, Word } from '../syntax/shell.ts'
import type { TextEdit } from '../text.ts'
import { lineEndAt, withoutWord } from './instructions.ts'

/** Whether a word stands in the file as the program gets it: not in JSON, in a variable or behind escapes. */
export const isLiteral = ({ text }: Build, run: RunStep, { span, value }: Pick<Word, 'span' | 'value'>): boolean =>
  run.form === 'shell' && !run.onbuild && text.slice(span.start, span.end) === value

/** `option` right behind a word, such as the verb. */
export const withOption = (build: Build, run: RunStep, word: Word, option: string): TextEdit | null =>
  (isLiteral(build, run, word) ? { span: { start: word.span.end, end: word.span.end }, text: ` ${option}` } : null)

/** Another text for a word. */
export const changedWord = (build: Build, run: RunStep, word: Word, text: string): TextEdit | null =>
  (isLiteral(build, run, word) ? { span: word.span, text } : null)

/** Runs one more command right before another one, which runs only if that went well, on a line of its own where the other has one. */
export function withCommandBefore(build: Build, run: RunStep, command: Command, before: string): TextEdit | null {
  if (run.form !== 'shell' || run.onbuild || run.stage.windows || run.commands === 'opaque') return null
  if (command.negated || command.status === 'read' || command.joinedBy === '|' || command.joinedBy === '||') return null
  const { text } = build
  const { start } = command.span
  const place = { start, end: start }
  const line = /[^\n]*$/.exec(text.slice(0, start))![0]
  const isAfterNewline = /^[ \t]*$/.test(line)
  const lineEnd = lineEndAt(text, run.span.start)
  // A comment right above speaks of the command, not of what would come between.
  if (run.heredocs.length > 0 && /(?:^|\n)[ \t]*#[^\n]*\n[ \t]*$/.test(text.slice(run.span.start, start))) return null
  if (run.heredocs.length > 0) return isAfterNewline && stops(run, command) ? { span: place, text: `${before}${lineEnd}${line}` } : { span: place, text: `${before} && ` }
  const leading = /^[ \t]*&&[ \t]*$/.exec(line)?.[0]
  if (leading) return { span: place, text: `${before} ${build.escape}${lineEnd}${leading}` }
  const operator = command.joinedBy === ';' && stops(run, command) ? '; ' : ' && '
  return { span: place, text: `${before}${operator}${isAfterNewline ? `${build.escape}${lineEnd}${line}` : ''}` }
}

/** Users of other names than root may be meant by these. */
const SWITCHES = /^(?:doas|su|su-exec|gosu|runuser|setuidgid|s6-setuidgid|setpriv)$/

/** Another command as the user that this one runs as; null where that takes more than `sudo`. */
export function asUserOf({ wrappers, within }: Command, text: string): string | null {
  const names = [...within, ...wrappers]
  return names.some(name => SWITCHES.test(name)) ? null : names.includes('sudo') ? `sudo ${text}` : text
}

/** Whether the script stops where this command fails. */
function stops(run: RunStep, command: Command): boolean {
  const commands = commandsOf(run)
  return commands !== 'opaque' && commands.find(other => other.command === command)?.errexit === true && (command.joinedBy === ';' || command.joinedBy === null)
}

/** More words behind another one of a list, on lines of their own where the other has one. */
export function withWordsBehind(build: Build, run: RunStep, word: Word, more: readonly string[]): TextEdit | null {
  if (!isLiteral(build, run, word)) return null
  const { text, escape } = build
  const { start, end } = word.span
  const indent = /(?:^|\n)([ \t]*)$/.exec(text.slice(0, start))?.[1]
  const isAlone = indent !== undefined && /^[ \t]*(?:[\\`][ \t]*)?(?:\r?\n|$)/.test(text.slice(end))
  return { span: { start: end, end }, text: more.map(each => (isAlone ? ` ${escape}${lineEndAt(text, run.span.start)}${indent}${each}` : ` ${each}`)).join('') }
}

/** A word less in a list, with the continuation above it where it stands alone on the last line. */
export function withoutListed(build: Build, run: RunStep, word: Word): TextEdit | null {
  if (!isLiteral(build, run, word)) return null
  const { start, end } = word.span
  const above = /[ \t]*[\\`][ \t]*\r?\n[ \t]*$/.exec(build.text.slice(run.span.start, start))
  const isLast = /^[ \t]*(?:\r?\n|$)/.test(build.text.slice(end))
  // The first of a line leaves the indentation to the next one.
  const blanks = above ? /^[ \t]+(?=[^\s\\`])/.exec(build.text.slice(end))?.[0].length : undefined
  if (blanks !== undefined) return { span: { start, end: end + blanks }, text: '' }
  return above && isLast ? { span: { start: start - above[0].length, end }, text: '' } : withoutWord(build, word)
}
