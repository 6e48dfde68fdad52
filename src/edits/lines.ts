// Lines of a text by offsets, and the blank lines around them.
import type { Span } from '../text.ts'

/** Where the line of this place starts. */
export const lineStart = (text: string, offset: number): number => text.lastIndexOf('\n', offset - 1) + 1
/** Just behind the line end, or the end of the text. */
export const lineAfter = (text: string, offset: number): number => text.indexOf('\n', offset) + 1 || text.length

/** Whether a blank line, or nothing, stands above the line that starts here. */
export const isBlankAbove = (text: string, start: number): boolean => start === 0 || /(?:^|\n)[ \t]*\r?\n$/.test(text.slice(Math.max(0, text.lastIndexOf('\n', start - 2)), start))
/** The same below a line that ends here. */
export const isBlankBelow = (text: string, end: number): boolean => end >= text.length || /^[ \t]*(?:\r?\n|$)/.test(text.slice(end, lineAfter(text, end)))

/** Whole lines that go, with one of two blank lines that would meet; at the end of the file with all blank ones above, and it ends with a line end only if it did. */
export function withoutGap(text: string, { start, end }: Span): Span {
  if (end < text.length) return { start, end: isBlankAbove(text, start) && isBlankBelow(text, end) ? lineAfter(text, end) : end }
  // Up to the end of the last line that says something.
  const above = text.indexOf('\n', text.slice(0, start).trimEnd().length)
  if (above === -1 || above >= start) return { start, end }
  return { start: text.endsWith('\n') ? above + 1 : text[above - 1] === '\r' ? above - 1 : above, end }
}
