// The user's own words of one command, short enough to stand in a sentence.
import type { Build } from '../model/build.ts'
import type { Span } from '../text.ts'

/** On one line, without line continuations and the comments between them, cut after `length` characters. */
export function quotedCommand({ text }: Build, { span }: { readonly span: Span }, length = 60): string {
  const written = text.slice(span.start, span.end).replace(/[\\`][ \t]*\r?\n(?:[ \t]*(?:#[^\n]*)?\n)*/g, ' ').replace(/\s+/g, ' ').trim()
  return written.length > length ? `${written.slice(0, length - 1).trimEnd()}…` : written
}
