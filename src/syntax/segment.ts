// The authority on boundaries: directives, comments, instructions, continuations and here-documents, in one linear pass.
// Follows BuildKit's frontend/dockerfile/parser/parser.go and directives.go.
import type { Heredoc, Script } from '../model/build.ts'
import { lineMap, type Span } from '../text.ts'
import { readJsonArray, splitLine } from './line.ts'
import type { Comment, Problem, Syntax } from './parse.ts'
import { quote } from './refusal.ts'
import { joined, skipSpace } from './script.ts'
import { expand } from './words.ts'

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

/** The longest physical line the engine's scanner takes, in bytes, without its line feed. */
const LONGEST_LINE = 65_535
const DIRECTIVE = /^([a-zA-Z][a-zA-Z0-9]*)[\t\n\f\r ]*=([^]*)$/
/** Go's `\s`, where a regular expression of ours would be quadratic. */
const isGoBlank = (character: string | undefined): boolean => character === ' ' || character === '\t' || character === '\f' || character === '\r' || character === '\n'

interface ScanState {
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
  const scan: ScanState = { text, starts, directives: [], comments: [], segments: [], problems: [], escape: '\\', header: true, line: 0 }
  checkLineLengths(scan)
  while (scan.line < starts.length && scan.problems.length === 0) readLine(scan)
  if (scan.problems.length === 0 && scan.segments.length === 0) scan.problems.push({ span: { start: 0, end: lineEnd(scan, 0) }, message: 'The file has no instructions.' })
  const { directives, escape, comments, segments, problems } = scan
  return { directives, escape, comments, segments, problems }
}

const lineStart = (scan: ScanState, line: number): number => (line === 0 && scan.text.charCodeAt(0) === 0xfeff ? 1 : scan.starts[line]!)
/** Start of the next line; past the last one, the end of the text. */
const nextStart = (scan: ScanState, line: number): number => scan.starts[line + 1] ?? scan.text.length

/** End of a line's content: the engine drops every CR before the LF. */
function lineEnd(scan: ScanState, line: number): number {
  const start = lineStart(scan, line)
  let end = line + 1 < scan.starts.length ? scan.starts[line + 1]! - 1 : scan.text.length
  while (end > start && scan.text.charCodeAt(end - 1) === 13) end--
  return end
}

function checkLineLengths(scan: ScanState): void {
  for (let line = 0; line < scan.starts.length; line++) {
    const start = scan.starts[line]!
    const end = line + 1 < scan.starts.length ? scan.starts[line + 1]! - 1 : scan.text.length
    // A UTF-16 unit is at most three bytes.
    if ((end - start) * 3 <= LONGEST_LINE) continue
    if (new TextEncoder().encode(scan.text.slice(start, end)).length <= LONGEST_LINE) continue
    scan.problems.push({ span: { start, end: start + 80 }, message: `Line ${line + 1} is longer than the ${LONGEST_LINE} bytes that BuildKit reads.` })
    return
  }
}

/** Where the escape character of a continuation stands, or -1. A doubled one does not continue. */
function continuation(scan: ScanState, start: number, end: number): number {
  const { text, escape } = scan
  let at = end - 1
  while (at >= start && (text[at] === ' ' || text[at] === '\t')) at--
  return at >= start && text[at] === escape && (at === start || text[at - 1] !== escape) ? at : -1
}

function readLine(scan: ScanState): void {
  const { text } = scan
  const end = lineEnd(scan, scan.line)
  const start = skipSpace(text, lineStart(scan, scan.line), end)
  if (scan.header) scan.header = readDirective(scan, start, end)
  if (text[start] === '#') addComment(scan, start, end)
  else if (start !== end && scan.problems.length === 0) return readInstruction(scan, start, end)
  scan.line++
}

function addComment(scan: ScanState, start: number, end: number): void {
  scan.comments.push({ span: { start, end }, text: scan.text.slice(start, end), before: scan.segments.length })
}

/** Whether the header goes on: only while each line is a known directive. */
function readDirective(scan: ScanState, start: number, end: number): boolean {
  if (scan.text[start] !== '#') return false
  const match = DIRECTIVE.exec(scan.text.slice(skipSpace(scan.text, start + 1, end), end))
  const name = match?.[1]!.toLowerCase()
  if (!match || (name !== 'syntax' && name !== 'escape' && name !== 'check')) return false
  const value = directiveValue(match[2]!)
  if (value === null) return false
  const span = { start, end }
  const refuse = (message: string): boolean => {
    scan.problems.push({ span, message })
    return false
  }
  if (scan.directives.some(directive => directive.name === name)) return refuse(`Only one "${name}" directive can be used.`)
  if (name === 'escape') {
    if (value !== '\\' && value !== '`') return refuse(`The escape character ${quote(value)} is neither a backslash nor a backtick.`)
    scan.escape = value
  }
  scan.directives.push({ name, value, span })
  return true
}

/** Without the blanks around it, unless there is nothing else; null when there is nothing at all. */
function directiveValue(text: string): string | null {
  let start = 0
  let end = text.length
  while (start < end - 1 && isGoBlank(text[start])) start++
  while (end > start + 1 && isGoBlank(text[end - 1])) end--
  return start === end ? null : text.slice(start, end)
}

function readInstruction(scan: ScanState, start: number, firstEnd: number): void {
  const parts: Span[] = []
  const blankLines: Span[] = []
  const firstComment = scan.comments.length
  let from = start
  let end = firstEnd
  for (;;) {
    const mark = continuation(scan, from, end)
    parts.push({ start: from, end: mark === -1 ? end : mark })
    scan.line++
    if (mark === -1 || !nextPart(scan, blankLines)) break
    from = lineStart(scan, scan.line)
    end = lineEnd(scan, scan.line)
  }
  // Where the file ends instead of the continuation, comments behind it are not in it.
  for (let at = firstComment; at < scan.comments.length; at++) if (scan.comments[at]!.span.start > end) scan.comments[at] = { ...scan.comments[at]!, before: scan.segments.length + 1 }
  const logical = joined(scan.text, parts)
  const heredocs = readHeredocs(scan, logical, { start, end })
  scan.segments.push({ span: { start, end: heredocs.length > 0 ? lineEnd(scan, scan.line - 1) : end }, lineEnd: end, logical, heredocs, blankLines })
}

/** Goes to the next line that belongs to a continued instruction: comments and blank lines in between do not. */
function nextPart(scan: ScanState, blankLines: Span[]): boolean {
  for (; scan.line < scan.starts.length; scan.line++) {
    const lineAt = lineStart(scan, scan.line)
    const end = lineEnd(scan, scan.line)
    const start = skipSpace(scan.text, lineAt, end)
    if (start === end) {
      // What follows the last line end is no line.
      if (lineAt < scan.text.length) blankLines.push({ start: lineAt, end })
    } else if (scan.text[start] === '#') addComment(scan, start, end)
    else return true
  }
  return false
}

function readHeredocs(scan: ScanState, logical: Script, line: Span): Heredoc[] {
  if (!logical.text.includes('<<') || !canHoldHeredocs(logical, scan.escape)) return []
  const found: Heredoc[] = []
  // Always a backslash here, even under `# escape=` backtick; an unbalanced quote or brace means no here-document at all.
  for (const word of expand(logical.text, unset, '\\', { raw: true, keepUnset: true }).words) {
    const opening = readHeredocWord(word)
    if (!opening) continue
    const heredoc = readBody(scan, opening)
    if (!heredoc) {
      scan.problems.push({ span: line, message: `The here-document ${quote(opening.name)} has no end: no line is just its name.` })
      break
    }
    found.push(heredoc)
  }
  return found
}

function canHoldHeredocs(logical: Script, escape: string): boolean {
  const line = splitLine(logical, escape)
  const { keyword, rest } = line.keyword === 'ONBUILD' ? splitLine(line.rest, escape) : line
  return (keyword === 'RUN' || keyword === 'COPY' || keyword === 'ADD') && !readJsonArray(rest.text)
}

const unset = (): undefined => undefined
const HEREDOC_WORD = /^(\d*)<<(-?)([^<]*)$/

interface HeredocWord { readonly name: string; readonly descriptor: number; readonly chomps: boolean; readonly expands: boolean }

/** Reads a word such as `<<EOF`, `3<<-"EOF"`; null for any other. BuildKit: parser.ParseHeredoc. */
export function readHeredocWord(word: string): HeredocWord | null {
  const match = HEREDOC_WORD.exec(word)
  if (!match) return null
  let start = 0
  while (isGoBlank(match[3]![start])) start++
  const written = match[3]!.slice(start)
  const { words } = expand(written, unset, '\\', { keepUnset: true })
  if (words.length !== 1) return null
  const name = words[0]!
  const quoted = expand(written, unset, '\\', { keepUnset: true, raw: true }).words[0] ?? ''
  const quotes = (text: string): number => text.split(/['"]/).length
  return { name, descriptor: Number(match[1] || 0), chomps: match[2] === '-', expands: quotes(name) === quotes(quoted) }
}

function readBody(scan: ScanState, opening: HeredocWord): Heredoc | null {
  const { text, starts } = scan
  const first = starts[scan.line] ?? text.length
  const lines: string[] = []
  for (; scan.line < starts.length; scan.line++) {
    const lineAt = starts[scan.line]!
    // What follows the last line end is no line.
    if (lineAt === text.length) break
    let start = lineAt
    if (opening.chomps) while (text[start] === '\t') start++
    if (text.slice(start, lineEnd(scan, scan.line)) === opening.name) {
      scan.line++
      return { ...opening, body: lines.join(''), bodySpan: { start: first, end: lineAt } }
    }
    lines.push(text.slice(start, nextStart(scan, scan.line)))
  }
  return null
}
