// The authority on boundaries: directives, comments, instructions, continuations and here-documents, in one linear pass.
// Follows BuildKit's frontend/dockerfile/parser/parser.go and directives.go.
import type { Heredoc, Script } from '../model/build.ts'
import { lineMap, type Span } from '../text.ts'
import type { Comment, Problem, Syntax } from './parse.ts'
import { expand, isSpace } from './words.ts'

export interface Segment {
  /** Where the instruction starts, and where its last line ends; here-documents included. */
  readonly span: Span
  /** The end of the instruction's own lines, before its here-documents. */
  readonly lineEnd: number
  /** The joined line, blanks around it trimmed. */
  readonly logical: Script
  readonly heredocs: readonly Heredoc[]
  /** Blank lines inside the continuation. */
  readonly blankLines: readonly Span[]
}
export interface Segments {
  readonly directives: Syntax['directives']
  readonly escape: '\\' | '`'
  readonly comments: readonly Comment[]
  readonly segments: readonly Segment[]
  readonly problems: readonly Problem[]
}

/** The longest physical line the engine's scanner takes, in bytes, its line end included. */
const LONGEST_LINE = 65_535
const DIRECTIVE = /^#\s*([a-zA-Z][a-zA-Z0-9]*)\s*=\s*(.+?)\s*$/
const CAN_HOLD_HEREDOC = /^(?:ONBUILD[\t\v\f\r ]+)?(?:RUN|COPY|ADD)(?![^\t\v\f\r ])/i

interface Scan {
  readonly text: string
  readonly starts: readonly number[]
  readonly directives: Syntax['directives'][number][]
  readonly comments: Comment[]
  readonly segments: Segment[]
  readonly problems: Problem[]
  escape: '\\' | '`'
  header: boolean
  line: number
}

export function segment(text: string): Segments {
  const { starts } = lineMap(text)
  const scan: Scan = { text, starts, directives: [], comments: [], segments: [], problems: [], escape: '\\', header: true, line: 0 }
  checkLineLengths(scan)
  while (scan.line < starts.length && scan.problems.length === 0) readLine(scan)
  if (scan.problems.length === 0 && scan.segments.length === 0) scan.problems.push({ span: { start: 0, end: Math.min(text.length, firstLineEnd(scan)) }, message: 'The file has no instructions.' })
  const { directives, escape, comments, segments, problems } = scan
  return { directives, escape, comments, segments, problems }
}

const firstLineEnd = (scan: Scan): number => lineEnd(scan, 0)
const lineStart = (scan: Scan, line: number): number => (line === 0 && scan.text.charCodeAt(0) === 0xfeff ? 1 : scan.starts[line]!)
/** End of a line's content: the engine drops every CR before the LF. */
function lineEnd(scan: Scan, line: number): number {
  const start = lineStart(scan, line)
  let end = line + 1 < scan.starts.length ? scan.starts[line + 1]! - 1 : scan.text.length
  while (end > start && scan.text.charCodeAt(end - 1) === 13) end--
  return end
}
function skipSpace(text: string, start: number, end: number): number {
  let at = start
  while (at < end && isSpace(text[at]!)) at++
  return at
}

function checkLineLengths(scan: Scan): void {
  for (let line = 0; line < scan.starts.length; line++) {
    const start = scan.starts[line]!
    const end = scan.starts[line + 1] ?? scan.text.length
    // A UTF-16 unit is at most three bytes.
    if ((end - start) * 3 <= LONGEST_LINE) continue
    if (new TextEncoder().encode(scan.text.slice(start, end)).length <= LONGEST_LINE) continue
    scan.problems.push({ span: { start, end: Math.min(end, start + 80) }, message: `Line ${line + 1} is longer than the ${LONGEST_LINE} bytes that the engine reads.` })
    return
  }
}

/** Where the escape character of a continuation stands, or -1. A doubled one does not continue. */
function continuation(scan: Scan, start: number, end: number): number {
  const { text, escape } = scan
  let at = end - 1
  while (at >= start && (text[at] === ' ' || text[at] === '\t')) at--
  return at >= start && text[at] === escape && (at === start || text[at - 1] !== escape) ? at : -1
}

function readLine(scan: Scan): void {
  const { text } = scan
  const end = lineEnd(scan, scan.line)
  const start = skipSpace(text, lineStart(scan, scan.line), end)
  if (scan.header) scan.header = readDirective(scan, start, end)
  if (text[start] === '#') {
    scan.comments.push({ span: { start, end }, text: text.slice(start, end), before: scan.segments.length })
    scan.line++
  } else if (start === end) scan.line++
  else if (scan.problems.length === 0) readInstruction(scan, start, end)
}

/** Whether the header goes on: only while each line is a known directive. */
function readDirective(scan: Scan, start: number, end: number): boolean {
  const match = DIRECTIVE.exec(scan.text.slice(start, end))
  const name = match?.[1]!.toLowerCase()
  if (!match || (name !== 'syntax' && name !== 'escape' && name !== 'check')) return false
  const span = { start, end }
  if (scan.directives.some(directive => directive.name === name)) {
    scan.problems.push({ span, message: `Only one "${name}" directive can be used.` })
    return false
  }
  const value = match[2]!
  if (name === 'escape') {
    if (value !== '\\' && value !== '`') {
      scan.problems.push({ span, message: `The escape character "${value.slice(0, 20)}" is neither a backslash nor a backtick.` })
      return false
    }
    scan.escape = value
  }
  scan.directives.push({ name, value, span })
  return true
}

function readInstruction(scan: Scan, start: number, firstEnd: number): void {
  const pieces: { start: number; end: number }[] = []
  const blankLines: Span[] = []
  let from = start
  let end = firstEnd
  let last = firstEnd
  for (;;) {
    const mark = continuation(scan, from, end)
    pieces.push({ start: from, end: mark === -1 ? end : mark })
    last = end
    scan.line++
    if (mark === -1) break
    if (!nextPiece(scan, blankLines)) break
    from = lineStart(scan, scan.line)
    end = lineEnd(scan, scan.line)
  }
  const logical = join(scan.text, pieces)
  const heredocs = readHeredocs(scan, logical, { start, end: last })
  const bodyEnd = heredocs.length > 0 ? lineEnd(scan, scan.line - 1) : last
  scan.segments.push({ span: { start, end: bodyEnd }, lineEnd: last, logical, heredocs, blankLines })
}

/** Goes to the next line that belongs to a continued instruction: comments and blank lines in between do not. */
function nextPiece(scan: Scan, blankLines: Span[]): boolean {
  const { text } = scan
  for (; scan.line < scan.starts.length; scan.line++) {
    const lineAt = lineStart(scan, scan.line)
    const end = lineEnd(scan, scan.line)
    const start = skipSpace(text, lineAt, end)
    if (start === end) {
      // What follows the last line end is no line.
      if (scan.line + 1 < scan.starts.length) blankLines.push({ start: lineAt, end })
    } else if (text[start] === '#') scan.comments.push({ span: { start, end }, text: text.slice(start, end), before: scan.segments.length })
    else return true
  }
  return false
}

/** Joins the pieces of a logical line and trims it. */
function join(text: string, pieces: readonly { start: number; end: number }[]): Script {
  const parts = pieces.map(piece => text.slice(piece.start, piece.end))
  const whole = parts.join('')
  let low = 0
  let high = whole.length
  while (low < high && isSpace(whole[low]!)) low++
  while (high > low && isSpace(whole[high - 1]!)) high--
  const bounds: number[] = []
  let at = -low
  for (const part of parts) {
    bounds.push(at)
    at += part.length
  }
  const last = pieces.length - 1
  return {
    text: whole.slice(low, high),
    offset(position) {
      let left = 0
      let right = last
      while (left < right) {
        const middle = (left + right + 1) >> 1
        if (bounds[middle]! <= position) left = middle
        else right = middle - 1
      }
      return Math.min(pieces[left]!.start + position - bounds[left]!, pieces[left]!.end)
    },
  }
}

/** A part of a script, with the places of its characters. */
export function slice(script: Script, start: number, end = script.text.length): Script {
  return { text: script.text.slice(start, end), offset: at => script.offset(at + start) }
}

const HEREDOC_WORD = /^(\d*)<<(-?)\s*([^<]*)$/
const unset = (): undefined => undefined

function readHeredocs(scan: Scan, logical: Script, line: Span): Heredoc[] {
  if (!logical.text.includes('<<') || !CAN_HOLD_HEREDOC.test(logical.text) || isJsonForm(logical.text)) return []
  const found: Heredoc[] = []
  // Always a backslash here, even under `# escape=` backtick; an unbalanced quote or brace means no here-document at all.
  for (const word of expand(logical.text, unset, '\\', { raw: true, keepUnset: true }).words) {
    const opening = readHeredocWord(word)
    if (!opening) continue
    const heredoc = readBody(scan, opening)
    if (!heredoc) {
      scan.problems.push({ span: line, message: `The here-document "${opening.name}" has no end.` })
      break
    }
    found.push(heredoc)
  }
  return found
}

function isJsonForm(text: string): boolean {
  const array = /^(?:ONBUILD\s+)?[A-Za-z]+\s+(?:--\S+\s+)*(\[[^]*)$/i.exec(text)
  return array !== null && readJsonArray(array[1]!) !== null
}

/** The values of a JSON array; null when the engine would not take the text for JSON. */
export function readJsonArray(text: string): readonly unknown[] | null {
  const start = skipSpace(text, 0, text.length)
  if (text[start] !== '[') return null
  try {
    const value: unknown = JSON.parse(text.slice(start))
    return Array.isArray(value) ? value : null
  } catch {
    return null
  }
}

interface HeredocWord { readonly name: string; readonly descriptor: number; readonly chomps: boolean; readonly expands: boolean }

/** Reads a word such as `<<EOF`, `3<<-"EOF"`; null for any other. BuildKit: parser.ParseHeredoc. */
export function readHeredocWord(word: string): HeredocWord | null {
  const match = HEREDOC_WORD.exec(word)
  if (!match || match[3] === '') return null
  const plain = expand(match[3]!, unset, '\\', { keepUnset: true })
  if (plain.words.length !== 1) return null
  const name = plain.words[0]!
  const quoted = expand(match[3]!, unset, '\\', { keepUnset: true, raw: true }).words[0] ?? ''
  const quotes = (text: string): number => text.split(/['"]/).length
  return { name, descriptor: Number(match[1] || 0), chomps: match[2] === '-', expands: quotes(name) === quotes(quoted) }
}

function readBody(scan: Scan, opening: HeredocWord): Heredoc | null {
  const { text, starts } = scan
  const start = starts[scan.line] ?? text.length
  const lines: string[] = []
  for (; scan.line < starts.length; scan.line++) {
    const from = starts[scan.line]!
    const next = starts[scan.line + 1] ?? text.length
    // What follows the last line end is no line.
    if (from === text.length) break
    const content = text.slice(from, next)
    const bare = content.replace(/[\r\n]+$/, '')
    if ((opening.chomps ? bare.replace(/^\t+/, '') : bare) === opening.name) {
      scan.line++
      return { ...opening, body: lines.join(''), bodySpan: { start, end: from } }
    }
    lines.push(opening.chomps ? content.replace(/^\t+/, '') : content)
  }
  return null
}
