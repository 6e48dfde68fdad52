// Text → Syntax. Boundaries come from segment.ts, values from our own reading of the joined line.
import type { Flag, Heredoc, Script } from '../model/build.ts'
import type { Span } from '../text.ts'
import { problemsOf } from './check.ts'
import { readJsonArray, segment, slice, type Segment } from './segment.ts'
import { isSpace } from './words.ts'

/** One Dockerfile as written: immutable, spans into the original text. */
export interface Syntax {
  readonly text: string
  readonly directives: readonly { readonly name: 'syntax' | 'escape' | 'check'; readonly value: string; readonly span: Span }[]
  readonly escape: '\\' | '`'
  readonly comments: readonly Comment[]
  readonly instructions: readonly InstructionNode[]
  /** What the engine's parser would refuse; the file then has no other findings. */
  readonly problems: readonly Problem[]
}

/** A comment line: from `#` to its end. `before` is the index of the instruction it stands above or in; the number of instructions when none follows. */
export interface Comment { readonly span: Span; readonly text: string; readonly before: number }
export interface Problem { readonly span: Span; readonly message: string }
export interface Token { readonly text: string; readonly span: Span }

export interface InstructionNode {
  /** Upper case. For an ONBUILD the trigger is in `trigger`. */
  readonly keyword: string
  readonly keywordSpan: Span
  /** From the keyword to the end of its last line, here-document bodies included. */
  readonly span: Span
  /** The end of the instruction's own lines, before its here-documents. */
  readonly lineEnd: number
  /** The logical line, keyword first, trimmed. */
  readonly text: string
  readonly flags: readonly Flag[]
  /** What follows the flags, as one text with the place of each character. */
  readonly rest: Script
  /** Strings of a JSON array, when `rest` is one; null otherwise. */
  readonly json: readonly { readonly value: string; readonly span: Span }[] | null
  /** `rest` split as the engine does for this keyword, quotes kept. */
  readonly words: readonly Token[]
  readonly heredocs: readonly Heredoc[]
  readonly blankLines: readonly Span[]
  readonly trigger: InstructionNode | null
}

/** Reads one Dockerfile; never throws. */
export function parse(text: string): Syntax {
  const { directives, escape, comments, segments, problems } = segment(text)
  const instructions = segments.map(part => readNode(part, part.logical, escape))
  const syntax = { text, directives, escape, comments, instructions, problems }
  return problems.length > 0 ? syntax : { ...syntax, problems: problemsOf(syntax) }
}

const BLANKS = /[\t\v\f\r ]+/g
/** Instructions whose JSON form counts. BuildKit: parser.go, dispatch. */
const JSON_FORM = new Set(['ADD', 'COPY', 'CMD', 'ENTRYPOINT', 'RUN', 'SHELL', 'VOLUME'])
/** Instructions split outside quotes; the others at any blank. BuildKit: line_parsers.go, parseWords. */
const QUOTED_WORDS = new Set(['ARG', 'ENV', 'LABEL'])

function readNode(part: Segment, line: Script, escape: string): InstructionNode {
  BLANKS.lastIndex = 0
  const blank = BLANKS.exec(line.text)
  const keywordEnd = blank ? blank.index : line.text.length
  const keyword = line.text.slice(0, keywordEnd).toUpperCase()
  const { flags, end } = readFlags(line, blank ? BLANKS.lastIndex : line.text.length, escape)
  let start = end
  while (start < line.text.length && isSpace(line.text[start]!)) start++
  const rest = slice(line, start)
  const json = JSON_FORM.has(keyword) ? readStrings(rest) : null
  return {
    keyword, flags, rest, json,
    keywordSpan: { start: line.offset(0), end: line.offset(Math.max(0, keywordEnd - 1)) + Math.min(1, keywordEnd) },
    span: { start: line.offset(0), end: part.span.end },
    lineEnd: part.lineEnd,
    text: line.text,
    words: QUOTED_WORDS.has(keyword) ? splitQuoted(rest, escape) : splitBlanks(rest),
    heredocs: part.heredocs,
    blankLines: part.blankLines,
    trigger: keyword === 'ONBUILD' && rest.text !== '' ? readNode(part, rest, escape) : null,
  }
}

/** The place of [start, end) of a script in the file; exact also where it spans continued lines. */
export function spanOf(script: Script, start: number, end: number): Span {
  const from = script.offset(start)
  return { start: from, end: end > start ? script.offset(end - 1) + 1 : from }
}

/** BuildKit: split_command.go, extractBuilderFlags. Quotes group and go away, `--` ends the flags. */
function readFlags(line: Script, from: number, escape: string): { flags: Flag[]; end: number } {
  const { text } = line
  const flags: Flag[] = []
  let at = from
  for (;;) {
    while (at < text.length && isSpace(text[at]!)) at++
    if (!text.startsWith('--', at)) return { flags, end: at }
    const start = at
    const word = readFlagWord(text, at, escape)
    at = word.end
    if (word.value === '--') return { flags, end: at }
    const equals = word.value.indexOf('=')
    flags.push({
      name: equals === -1 ? word.value.slice(2) : word.value.slice(2, equals),
      value: equals === -1 ? null : word.value.slice(equals + 1),
      span: spanOf(line, start, at),
    })
  }
}

function readFlagWord(text: string, from: number, escape: string): { value: string; end: number } {
  let value = ''
  let quote = ''
  let at = from
  for (; at < text.length; at++) {
    const character = text[at]!
    if (character === escape) {
      if (at + 1 < text.length) value += text[++at]!
      else quote = ''
    } else if (quote !== '') {
      if (character === quote) quote = ''
      else value += character
    } else if (isSpace(character)) break
    else if (character === '"' || character === "'") quote = character
    else value += character
  }
  return { value, end: at }
}

function splitBlanks(script: Script): Token[] {
  const tokens: Token[] = []
  for (const match of script.text.matchAll(/[^\t\v\f\r ]+/g)) tokens.push({ text: match[0], span: spanOf(script, match.index, match.index + match[0].length) })
  return tokens
}

/** BuildKit: line_parsers.go, parseWords. Quotes stay; an escape keeps what follows it in the word. */
function splitQuoted(script: Script, escape: string): Token[] {
  const { text } = script
  const tokens: Token[] = []
  let at = 0
  for (;;) {
    while (at < text.length && isSpace(text[at]!)) at++
    if (at >= text.length) return tokens
    const start = at
    let quote = ''
    let word = ''
    for (; at < text.length; at++) {
      const character = text[at]!
      if (quote === '' && isSpace(character)) break
      if (character === escape && quote !== "'") {
        // An escape at the very end goes away.
        if (at + 1 >= text.length) continue
        word += character + text[++at]!
        continue
      }
      if (quote === '' && (character === '"' || character === "'")) quote = character
      else if (character === quote) quote = ''
      word += character
    }
    tokens.push({ text: word, span: spanOf(script, start, at) })
  }
}

function readStrings(rest: Script): InstructionNode['json'] {
  const values = readJsonArray(rest.text)
  if (!values || !values.every(value => typeof value === 'string')) return null
  const places = [...rest.text.matchAll(/"(?:[^"\\]|\\[^])*"/g)]
  return values.map((value, index) => {
    const place = places[index]!
    return { value, span: spanOf(rest, place.index, place.index + place[0].length) }
  })
}
