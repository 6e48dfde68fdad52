// Places in a text and edits of it. Offsets are UTF-16 code units, ends are exclusive;
// lines and columns are derived only where something is shown to a person or another tool.

export interface Span { readonly start: number; readonly end: number }
export interface TextEdit { readonly span: Span; readonly text: string }
/** 1-based line and 1-based column in UTF-16 code units; a tab is one column. */
export interface Position { readonly line: number; readonly column: number }

/** Lines of a text. Only LF ends a line, as in BuildKit's parser; a CR before it belongs to no line's content. */
export interface LineMap {
  /** Start offset of each line. */
  readonly starts: readonly number[]
  position(offset: number): Position
  /** Content of a 1-based line, without its line end. */
  span(line: number): Span
}

export function lineMap(text: string): LineMap {
  const starts = [0]
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  const indexOf = (offset: number): number => {
    let low = 0
    let high = starts.length - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if (starts[middle]! <= offset) low = middle
      else high = middle - 1
    }
    return low
  }
  return {
    starts,
    position(offset) {
      const index = indexOf(offset)
      return { line: index + 1, column: offset - starts[index]! + 1 }
    },
    span(line) {
      const start = starts[line - 1] ?? text.length
      let end = line < starts.length ? starts[line]! - 1 : text.length
      if (end > start && text[end - 1] === '\r') end--
      return { start, end }
    },
  }
}

/** The text with all edits applied; edits must lie in it and must not overlap. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = [...edits].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end)
  let result = ''
  let at = 0
  for (const { span, text: replacement } of sorted) {
    if (span.start < at || span.end < span.start || span.end > text.length) throw new Error(`edit ${span.start}-${span.end} overlaps or lies outside the text`)
    result += text.slice(at, span.start) + replacement
    at = span.end
  }
  return result + text.slice(at)
}
