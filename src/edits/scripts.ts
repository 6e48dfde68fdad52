// Edits of the script inside a RUN: a command more, a command less. null where the script allows none:
// exec form, Windows, a script nobody can read, an end that swallows what is appended. Nothing here judges whether an edit is right.
import { commandsOf } from '../facts/commands.ts'
import type { Build, RunStep } from '../model/build.ts'
import type { Command } from '../syntax/shell.ts'
import type { Span, TextEdit } from '../text.ts'
import { lineEndAt } from './instructions.ts'
import { topLevelOf } from './top-level.ts'

/** Where a shell-form script without here-documents starts and ends in the file, blanks and a trailing `;` left out. */
export function extentOf(run: RunStep): Span | null {
  const { script, commands } = run
  if (run.form !== 'shell' || run.onbuild || run.stage.windows || run.heredocs.length > 0 || script === null || commands === 'opaque' || commands.length === 0) return null
  const text = script.text.replace(/[\s;]+$/, '')
  const start = /^\s*/.exec(text)![0].length
  const last = Math.max(...commands.map(({ span }) => span.end))
  // The `\;` of find belongs to its command.
  const end = Math.max(last, script.offset(text.length - 1) + 1)
  // Behind the last command may stand what closes a list or loop, but no comment, which would swallow the rest, and no `&`.
  const behind = tailAfter(run, last)
  return /^(?:[\s;)}"']|fi|done|esac)*$/.test(behind) ? { start: script.offset(start), end } : null
}

/** The script from this place of the file on. */
function tailAfter({ script }: RunStep, offset: number): string {
  let at = script!.text.length
  while (at > 0 && script!.offset(at - 1) >= offset) at--
  return script!.text.slice(at)
}

/** Why a script cannot be added to, for `noFix`. */
export const NO_END = 'the script ends in a way that another command cannot follow'

/** The same, as closely as the script tells. */
export function noEndOf(run: RunStep): string {
  if (run.form === 'exec') return 'the RUN is in exec form, which takes one command'
  if (run.scriptFile) return 'the here-document is a file with an interpreter of its own'
  if (run.heredocs.length > 0) return stopsAtFailures(run) ? 'the RUN has a here-document that is not the whole script' : 'the here-document runs without "set -e", so one more line would hide a failure above it'
  return endsEarly(run) ? 'the script leaves by itself before its end' : NO_END
}

/** The command of the script that ends last, not inside a subshell or `sh -c`. */
const lastCommand = (run: RunStep): Command | undefined =>
  run.commands === 'opaque' ? undefined : run.commands.filter(({ depth }) => depth === 0).at(-1)

/** Runs one more command after all others, if they went well, in the style of the script. */
export function withCommand(build: Build, run: RunStep, command: string): TextEdit | null {
  const heredoc = heredocWith(build, run, command)
  if (heredoc) return heredoc
  const extent = extentOf(run)
  const last = lastCommand(run)
  if (!extent || !last || last.status === 'dropped' || endsEarly(run)) return null
  return { span: { start: extent.end, end: scriptEnd(run) }, text: joiner(build, run, extent) + command }
}

/** Leaves the shell, or becomes another program, on the way that is always taken. */
const endsEarly = ({ commands }: RunStep): boolean => commands !== 'opaque' && commands.some(({ depth, conditional, joinedBy, words }) =>
  depth === 0 && !conditional && joinedBy !== '||' && /^(?:exit|exec|return)$/.test(words[0]?.value ?? ''))

/** Past a trailing `;`. */
const scriptEnd = ({ script }: RunStep): number => script!.offset(script!.text.trimEnd().length - 1) + 1

/** A line more in the one here-document that is the script; only where `set -e` is on, else its last status would be another. */
function heredocWith({ text }: Build, run: RunStep, command: string): TextEdit | null {
  const [body, ...others] = run.heredocs
  if (!body || others.length > 0 || run.scriptFile || run.commands === 'opaque' || run.onbuild || run.stage.windows || !/^RUN\s+(?:--\S+\s+)*<<-?\s*\S+\s*$/i.test(run.text.split('\n')[0]!)) return null
  if (!stopsAtFailures(run) || endsEarly(run)) return null
  const at = body.bodySpan.end
  // A word further right may be part of a longer command.
  const indent = /(?:^|\n)([ \t]*)$/.exec(text.slice(body.bodySpan.start, run.commands[0]!.span.start))?.[1] ?? ''
  return { span: { start: at, end: at }, text: `${indent}${command}${lineEndAt(text, at)}` }
}

/** What stands between the last command and one more: ` && `, or a line more where the script has several. */
function joiner(build: Build, run: RunStep, { end }: Span): string {
  const { text } = build
  const operator = usesErrexit(run) ? ';' : '&&'
  const written = text.slice(run.span.start, end)
  const lines = written.split('\n')
  const glue = operator === ';' ? '; ' : ' && '
  if (lines.length === 1) return glue
  const lineEnd = lineEndAt(text, run.span.start)
  const leading = lines.findLast(line => /^[ \t]*(?:&&|;)/.test(line))
  const indent = /^[ \t]*/.exec(leading ?? lines.findLast((_, index) => index > 0 && /(?:&&|;)[ \t]*[\\`][ \t]*\r?$/.test(lines[index - 1]!)) ?? lines.at(-1)!)![0]
  const isTrailing = leading === undefined && /(?:&&|;)[ \t]*[\\`][ \t]*\r?\n/.test(written)
  if (isTrailing || operator === ';') return `${operator === ';' ? '; ' : ' && '}${build.escape}${lineEnd}${indent}`
  return ` ${build.escape}${lineEnd}${indent}&& `
}

/** Whether the commands of the script follow one another by `;` with `set -e` on. */
const usesErrexit = (run: RunStep): boolean => lastCommand(run)?.options.errexit === true && /;/.test(run.script?.text ?? '') && stopsAtFailures(run)

/**
 * Whether `set -e` is on and stops the script at a failure of its last command. It does not within `a && b`, not even in a group: the
 * script as a whole fails, but one more command would run.
 */
function stopsAtFailures(run: RunStep): boolean {
  const commands = commandsOf(run)
  const top = topLevelOf(run)
  const last = commands === 'opaque' ? undefined : commands.findLast(({ command }) => command.depth === 0)
  if (!top || last?.errexit !== true || last.command.negated) return false
  const at = top.separators.findLastIndex(({ operator }) => operator === ';')
  if (top.separators.slice(at + 1).some(({ operator }) => operator !== '|')) return false
  return top.endsSimply || !/&&|\|\||!/.test(tailAfter(run, top.separators[at]?.offset ?? 0))
}

/** Takes one command of a `&&` chain out; null for the only one, and where its status or output is used otherwise. */
export function withoutCommand(build: Build, run: RunStep, command: Command): TextEdit | null {
  const isPlain = command.depth === 0 && !command.piped && !command.negated && !command.conditional && command.status !== 'read' && command.joinedBy !== '|' && command.joinedBy !== '||' && command.joinedBy !== '&'
  if (!isPlain || run.form !== 'shell' || run.onbuild || run.commands === 'opaque' || run.heredocs.length > 0) return null
  const { text } = build
  const end = commandEnd(command)
  const before = /(&&|;)(?:\s|[\\`][ \t]*\r?\n)*$/.exec(text.slice(run.span.start, command.span.start))
  if (before) {
    const blanks = /(?:[ \t]*[\\`][ \t]*\r?\n)?[ \t]*$/.exec(text.slice(run.span.start, run.span.start + before.index))![0].length
    return withoutComments(build, { start: run.span.start + before.index - blanks, end })
  }
  const after = /^(?:[ \t]|[\\`][ \t]*\r?\n)*(?:&&|;)(?:[ \t]|[\\`][ \t]*\r?\n)*/.exec(text.slice(end, run.span.end))
  // Nothing would be left in its group, or in the script.
  if (after && /^(?:$|[})]|(?:fi|done|esac)\b)/.test(text.slice(end + after[0].length, run.span.end))) return null
  return after ? withoutComments(build, { start: command.span.start, end: end + after[0].length }) : null
}

const commandEnd = ({ span, redirects }: Command): number => Math.max(span.end, ...redirects.map(redirect => redirect.span.end))

const withoutComments = ({ comments }: Build, span: Span): TextEdit | null =>
  (comments.some(comment => comment.span.start < span.end && comment.span.end > span.start) ? null : { span, text: '' })
