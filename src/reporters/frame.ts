// The code frame: the lines a finding speaks of with its places underlined. A few lines of bounded length,
// whatever the input, and one column per character, so that marks stand under what they mean.
import type { Finding } from '../rule.ts'
import type { LineMap, Span } from '../text.ts'
import { isRunnerMark, visible, visibleLines } from './escape.ts'
import { clamp } from './reported-files.ts'
import type { Terminal, Tone } from './terminal.ts'

const mainLines = 3
const relatedPlaces = 8
const tabStop = 4
/** Columns left of the code, beside the line number. */
const margin = 7
/** How far a line is searched for something that is not blank. */
const scanned = 200

/** An underlined part of one line. */
interface Mark { readonly line: number; readonly span: Span; readonly sign: '^' | '-'; readonly tone: Tone; readonly note: string }
/** Part of a line as shown; `columns` holds the column of each offset from `from` on, and last that of the end. */
interface View { readonly shown: string; readonly from: number; readonly columns: readonly number[] }

export function frame(text: string, lines: LineMap, finding: Finding, terminal: Terminal): readonly string[] {
  const span = clamp(finding.span, text)
  const marks = [...mainMarks(text, lines, span, finding.severity), ...relatedMarks(text, lines, finding.related, terminal)]
  const numbers = shownLines(text, lines, span, marks)
  const gutter = `${numbers.at(-1)!}`.length
  const room = { ...terminal, width: terminal.width - gutter - margin }
  const row = (label: string, content: string): string => 
    `    ${terminal.paint('faint', `${label.padStart(gutter)} ${terminal.bar}`)}${content === '' ? '' : ` ${content}`}`
  const gap = `    ${terminal.paint('faint', terminal.gap.padStart(gutter))}`
  return [
    ...numbers.flatMap((line, index) => [
      ...(index > 0 && line > numbers[index - 1]! + 1 ? [gap] : []),
      ...lineRows(text, lines.span(line), marks.filter(mark => mark.line === line), room).map(({ isCode, content }) => row(isCode ? `${line}` : '', content)),
    ]),
    ...(lastLine(lines, span) > numbers.at(-1)! ? [gap] : []),
  ]
}

/** The line of a span's last character: a span that ends with a line end does not reach the next line. */
const lastLine = (lines: LineMap, { start, end }: Span): number => lines.position(Math.max(start, end - 1)).line

/** The first lines of the finding's own span; blanks before continuation lines are not underlined, blank lines are left out. */
function mainMarks(text: string, lines: LineMap, span: Span, tone: Tone): readonly Mark[] {
  const first = lines.position(span.start).line
  const last = Math.min(lastLine(lines, span), first + mainLines - 1)
  const marks: Mark[] = [{ line: first, span: within(span, lines.span(first)), sign: '^', tone, note: '' }]
  for (let line = first + 1; line <= last; line++) {
    const content = lines.span(line)
    const blanks = text.slice(content.start, Math.min(content.end, content.start + scanned)).search(/\S/)
    if (blanks !== -1) marks.push({ line, span: within(span, { start: content.start + blanks, end: content.end }), sign: '^', tone, note: '' })
  }
  return marks
}

/** The part of a span that lies in another; empty at its end when it starts behind. */
function within(span: Span, outer: Span): Span {
  const start = Math.min(Math.max(span.start, outer.start), outer.end)
  return { start, end: Math.max(start, Math.min(span.end, outer.end)) }
}

/** Related places are marked on their first line only, where their message stands. */
function relatedMarks(text: string, lines: LineMap, related: Finding['related'], terminal: Terminal): readonly Mark[] {
  const rest = related.length - relatedPlaces
  return related.slice(0, relatedPlaces).map(({ span, message }, index) => {
    const inText = clamp(span, text)
    const line = lines.position(inText.start).line
    const more = rest > 0 && index === relatedPlaces - 1 ? ` (and ${rest} more ${rest === 1 ? 'place' : 'places'})` : ''
    const note = terminal.paint('related', visibleLines(message).join(' ') + more)
    return { line, span: within(inText, lines.span(line)), sign: '-', tone: 'related', note }
  })
}

/** Every marked line, and the one before the finding for orientation unless it is blank. */
function shownLines(text: string, lines: LineMap, span: Span, marks: readonly Mark[]): readonly number[] {
  const before = lines.position(span.start).line - 1
  const { start, end } = before > 0 ? lines.span(before) : { start: 0, end: 0 }
  const isBlank = text.slice(start, Math.min(end, start + scanned)).trim() === ''
  return [...new Set([...isBlank ? [] : [before], ...marks.map(mark => mark.line)])].sort((a, b) => a - b)
}

interface Row { readonly isCode: boolean; readonly content: string }
/** A line and its marks; a mark outside the part that is shown gets the line once more, cut around it. */
function lineRows(text: string, line: Span, marks: readonly Mark[], terminal: Terminal): readonly Row[] {
  let part = view(text, line, marks[0]?.span ?? { start: line.start, end: line.start }, terminal)
  const rows: Row[] = [{ isCode: true, content: part.shown }]
  for (const { span, sign, tone, note } of marks) {
    if (span.start < part.from || (span.start >= drawnTo(part) && drawnTo(part) < line.end)) {
      part = view(text, line, span, terminal)
      rows.push({ isCode: true, content: part.shown })
    }
    const from = column(part, span.start)
    const signs = sign.repeat(Math.max(1, column(part, span.end) - from))
    rows.push({ isCode: false, content: `${' '.repeat(from)}${terminal.paint(tone, signs)}${note === '' ? '' : ` ${note}`}` })
  }
  return rows
}

const drawnTo = ({ from, columns }: View): number => from + columns.length - 1
const column = ({ from, columns }: View, offset: number): number => columns[Math.min(Math.max(offset - from, 0), columns.length - 1)]!

/** The whole line where it fits, else the part around the focus. */
function view(text: string, line: Span, focus: Span, { width, cut }: Terminal): View {
  const whole = draw(text, line.start, line.end, width, '')
  if (drawnTo(whole) === line.end) return whole
  const room = width - 2 * cut.length
  const lead = room >> 2
  const head = draw(text, line.start, line.end, room, '')
  if (focus.start - line.start <= lead || focus.end <= drawnTo(head)) return { ...head, shown: head.shown + cut }
  const from = focus.start - lead
  const splitsPair = /^[\ud800-\udbff][\udc00-\udfff]/.test(text.slice(from - 1, from + 1))
  const part = draw(text, splitsPair ? from + 1 : from, line.end, room, cut)
  return drawnTo(part) === line.end ? part : { ...part, shown: part.shown + cut }
}

/** Draws from an offset on as far as the room goes: tabs as blanks, control characters spelled out. */
function draw(text: string, from: number, end: number, room: number, prefix: string): View {
  const columns: number[] = []
  let shown = prefix
  let at = prefix.length
  for (let offset = from; offset < end;) {
    const char = String.fromCodePoint(text.codePointAt(offset)!)
    const cell = char === '\t' ? ' '.repeat(tabStop - (at - prefix.length) % tabStop) : char === '#' && isRunnerMark(text, offset) ? '\\x23' : visible(char)
    const taken = cell === char ? 1 : cell.length
    if (at + taken > room + prefix.length) break
    for (let unit = 0; unit < char.length; unit++) columns.push(at)
    shown += cell
    at += taken
    offset += char.length
  }
  columns.push(at)
  return { shown, from, columns }
}
