// Edits of the parser directives at the top of a file: they count only there, one to a line, with nothing else above.
import type { Build } from '../model/build.ts'
import type { Span, TextEdit } from '../text.ts'
import { lineEndAt } from './instructions.ts'

/** A byte order mark, the line that names an interpreter, and other directives stay above. */
const ABOVE = /^\uFEFF?(?:#![^\n]*\n)?(?:#[ \t]*(?:escape|check)[ \t]*=[^\n]*\n)*/i

/** `# syntax=` with this image, below the other directives. */
export function syntaxAdded({ text }: Build, directive: string): TextEdit {
  const at = ABOVE.exec(text)![0].length
  return { span: { start: at, end: at }, text: directive + lineEndAt(text, at) }
}

/** Another image for a directive that is there. */
export function syntaxChanged({ text }: Build, { span, image }: { readonly span: Span; readonly image: string }, to: string): TextEdit {
  const start = text.indexOf(image, text.indexOf('=', span.start))
  return { span: { start, end: start + image.length }, text: to }
}

/** Moves a directive that stands too low to the top. */
export function syntaxMoved(build: Build, { start, end }: Span): readonly TextEdit[] {
  const { text } = build
  const from = text.lastIndexOf('\n', start) + 1
  const next = text.indexOf('\n', end)
  const to = next === -1 ? text.length : next + 1
  // Of two blank lines that would meet one goes.
  const blank = /(?:^|\n)\uFEFF?[ \t]*\r?\n$/.test(text.slice(0, from)) ? /^[ \t]*\r?\n/.exec(text.slice(to))?.[0].length ?? 0 : 0
  return [syntaxAdded(build, text.slice(start, end).trimEnd()), { span: { start: from, end: to + blank }, text: '' }]
}
