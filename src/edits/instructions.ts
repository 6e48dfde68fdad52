// Edits of whole instructions: their lines, the comments that belong to them, their flags. Nothing here judges whether an edit is right.
// Every edit keeps what it does not name: comments, indentation, and the line ends of the lines it stands beside.
import type { Build, CopyStep, Flag, Instruction, RunStep } from '../model/build.ts'
import type { Span, TextEdit } from '../text.ts'
import { lineAfter, lineStart, withoutGap } from './lines.ts'

/** The line end at this place, so that files with mixed ones keep theirs. */
export function lineEndAt(text: string, offset: number): '\r\n' | '\n' {
  const at = text.indexOf('\n', offset)
  const known = at === -1 ? text.lastIndexOf('\n') : at
  return known > 0 && text[known - 1] === '\r' ? '\r\n' : '\n'
}

/** The whole lines of an instruction, with their line end. */
export const linesOf = ({ text }: Build, { span }: { readonly span: Span }): Span => ({ start: lineStart(text, span.start), end: lineAfter(text, Math.max(span.start, span.end)) })

/** The same with the comment lines right above, no blank line between; directives are none. */
export function blockOf(build: Build, instruction: { readonly span: Span }): Span {
  const { start, end } = linesOf(build, instruction)
  return { start: firstCommentAbove(build, start), end }
}

function firstCommentAbove({ text, comments }: Build, start: number): number {
  const byLine = new Set(comments.map(({ span }) => lineStart(text, span.start)))
  let first = start
  while (first > 0) {
    const above = lineStart(text, first - 1)
    // What speaks of the whole file stays at its top.
    if (!byLine.has(above) || /^\s*#\s*(?:cachemiss ignore-file|hadolint global|(?:syntax|escape|check)\s*=)/i.test(text.slice(above, first))) break
    first = above
  }
  return first
}

/** Indentation of the line an instruction starts on. */
export const indentOf = ({ text }: Build, { span }: { readonly span: Span }): string => /^[ \t]*/.exec(text.slice(lineStart(text, span.start), span.start))![0]

/** A keyword in the case of the instruction it stands beside. */
export const keywordLike = ({ text }: Build, { span }: Instruction, keyword: string): string => (/^[a-z]/.test(text.slice(span.start, span.end)) ? keyword.toLowerCase() : keyword)

/** Takes an instruction out; its comments stay. Of two blank lines that would meet one goes. */
export function removed(build: Build, instruction: Instruction): TextEdit {
  return { span: withoutGap(build.text, linesOf(build, instruction)), text: '' }
}

/** The same with the comments right above it, which speak of nothing else then. */
export const removedWithComments = (build: Build, instruction: Instruction): TextEdit => ({ span: withoutGap(build.text, blockOf(build, instruction)), text: '' })

/** New lines above an instruction and its comments, indented as it is. */
export function insertedAbove(build: Build, instruction: Instruction, lines: readonly string[]): TextEdit {
  const { start } = blockOf(build, instruction)
  return { span: { start, end: start }, text: lines.map(line => indentOf(build, instruction) + line + lineEndAt(build.text, instruction.span.start)).join('') }
}

/** New lines below an instruction, indented as it is. */
export function insertedBelow(build: Build, instruction: Instruction, lines: readonly string[]): TextEdit {
  const { end } = linesOf(build, instruction)
  const lineEnd = lineEndAt(build.text, instruction.span.start)
  const indented = lines.map(line => indentOf(build, instruction) + line)
  const isOpen = end === build.text.length && !build.text.endsWith('\n')
  return { span: { start: end, end }, text: isOpen ? indented.map(line => lineEnd + line).join('') : indented.map(line => line + lineEnd).join('') }
}

/** Another text for an instruction, from its keyword to its end. */
export const rewritten = ({ span }: Instruction, text: string): TextEdit => ({ span, text })

/** `flags`, such as `--link`, behind the keyword, before flags that are there. */
export function withFlags({ text }: Build, { span }: RunStep | CopyStep, flags: readonly string[]): TextEdit {
  const at = span.start + /^\S+/.exec(text.slice(span.start, span.end))![0].length
  return { span: { start: at, end: at }, text: flags.map(flag => ` ${flag}`).join('') }
}

/** Another text for a flag, `--name=value` and all. */
export const changedFlag = ({ span }: Flag, text: string): TextEdit => ({ span, text })

/** Takes a flag or another word out, with the blanks before it; on a line of its own with its line, and with the continuation above the last one. */
export function withoutWord({ text }: Build, { span: { start, end } }: { readonly span: Span }): TextEdit {
  const above = lineStart(text, start)
  const rest = /^[ \t]*[\\`][ \t]*\r?\n/.exec(text.slice(end, lineAfter(text, end)))
  if (rest && /^[ \t]*$/.test(text.slice(above, start))) return { span: { start: above, end: end + rest[0].length }, text: '' }
  // The last word, on a line of its own: nothing is left to continue.
  const isLast = above > 0 && /^[ \t]*$/.test(text.slice(above, start)) && /^[ \t]*(?:\r?\n|$)/.test(text.slice(end, lineAfter(text, end)))
  const continued = isLast ? /[ \t]*[\\`][ \t]*\r?\n$/.exec(text.slice(lineStart(text, above - 1), above)) : null
  if (continued) return { span: { start: above - continued[0].length, end }, text: '' }
  const blanks = /[ \t]*$/.exec(text.slice(above, start))![0].length
  return { span: { start: start - blanks, end }, text: '' }
}
