// Offsets in a text and what the protocol calls positions: a line, and a column in the unit that client and server agreed on.
import type { Position, Range } from 'vscode-languageserver'
import type { TextDocument } from 'vscode-languageserver-textdocument'
import type { Span } from '../../index.ts'

export type Encoding = 'utf-16' | 'utf-8' | 'utf-32'

/** The first of the client's that is known here. */
export const encodingOf = (offered: readonly string[] | undefined): Encoding =>
  offered?.find((name): name is Encoding => name === 'utf-16' || name === 'utf-8' || name === 'utf-32') ?? 'utf-16'

function positionAt(document: TextDocument, offset: number, encoding: Encoding): Position {
  const at = document.positionAt(offset)
  if (encoding === 'utf-16' || at.character === 0) return at
  const start = document.offsetAt({ line: at.line, character: 0 })
  return { line: at.line, character: width(document.getText().slice(start, start + at.character), encoding) }
}

export const rangeOf = (document: TextDocument, { start, end }: Span, encoding: Encoding): Range =>
  ({ start: positionAt(document, start, encoding), end: positionAt(document, end, encoding) })

/** A position beyond the end of its line is that end, one beyond the last line the end of the text. */
export const offsetAt = (document: TextDocument, position: Position, encoding: Encoding): number => document.offsetAt(inUtf16(document, position, encoding))

/** The same place as the library wants it. */
export function inUtf16(document: TextDocument, { line, character }: Position, encoding: Encoding): Position {
  if (encoding === 'utf-16' || character <= 0 || line < 0) return { line, character }
  const text = document.getText()
  const end = document.offsetAt({ line: line + 1, character: 0 })
  const start = document.offsetAt({ line, character: 0 })
  let at = start
  for (let left = character; left > 0 && at < end;) {
    const code = text.codePointAt(at)!
    left -= encoding === 'utf-32' ? 1 : bytesOf(code)
    // A position inside of a character is its beginning.
    if (left < 0) break
    at += code > 0xffff ? 2 : 1
  }
  return { line, character: at - start }
}

const bytesOf = (code: number): number => (code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4)

function width(text: string, encoding: Exclude<Encoding, 'utf-16'>): number {
  if (encoding === 'utf-8') return Buffer.byteLength(text)
  let count = 0
  for (let at = 0; at < text.length; at += text.codePointAt(at)! > 0xffff ? 2 : 1) count++
  return count
}
