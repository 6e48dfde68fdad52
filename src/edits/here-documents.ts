// Edits of here-documents that are scripts.
import type { Build, Heredoc } from '../model/build.ts'
import type { TextEdit } from '../text.ts'
import { lineEndAt } from './instructions.ts'

/** A line more before all others, below `#!`, indented as the first of them. */
export function withFirstLine({ text }: Build, { bodySpan: { start, end } }: Heredoc, line: string): TextEdit {
  const body = text.slice(start, end)
  const at = start + (/^[ \t]*#![^\n]*\n/.exec(body)?.[0].length ?? 0)
  const indent = /^(?:[ \t]*\r?\n)*([ \t]*)/.exec(text.slice(at, end))?.[1] ?? ''
  return { span: { start: at, end: at }, text: `${indent}${line}${lineEndAt(text, at)}` }
}
