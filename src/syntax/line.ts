// One logical line: its keyword, its flags, and what follows them as words or as JSON.
// Follows BuildKit's frontend/dockerfile/parser/split_command.go and line_parsers.go.
import type { Flag, Script } from '../model/build.ts'
import type { Span } from '../text.ts'
import { skipSpace, slice, spanOf } from './script.ts'
import { isSpace } from './words.ts'

/** One word as the engine splits it, quotes kept. */
export interface Token { readonly text: string; readonly span: Span }

export interface Line {
  /** Upper case. */
  readonly keyword: string
  readonly keywordSpan: Span
  readonly flags: readonly Flag[]
  /** What follows the flags. */
  readonly rest: Script
}

const BLANKS = /[\t\v\f\r ]+/
const WORD = /[^\t\v\f\r ]+/g
const STRING = /"(?:[^"\\]|\\[^])*"/g
const ASCII_LETTERS = /[a-z]+/g

export function splitLine(line: Script, escape: string): Line {
  const blank = BLANKS.exec(line.text)
  const keywordEnd = blank ? blank.index : line.text.length
  const { flags, end } = readFlags(line, blank ? keywordEnd + blank[0].length : keywordEnd, escape)
  return {
    // Other letters stay: the upper case of some of them is that of an ASCII letter, and the engine compares in lower case.
    keyword: line.text.slice(0, keywordEnd).replace(ASCII_LETTERS, letters => letters.toUpperCase()),
    keywordSpan: spanOf(line, 0, keywordEnd),
    flags,
    rest: slice(line, skipSpace(line.text, end)),
  }
}

/** BuildKit: split_command.go, extractBuilderFlags. Quotes group and go away, `--` ends the flags. */
function readFlags(line: Script, from: number, escape: string): { flags: Flag[]; end: number } {
  const { text } = line
  const flags: Flag[] = []
  let at = from
  for (;;) {
    const start = skipAsciiSpace(text, at)
    if (!text.startsWith('--', start)) return { flags, end: start }
    const word = readFlagWord(text, start, escape)
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

/** The engine reads flags byte by byte, so that a no-break space is two bytes here and no blank. */
const isAsciiSpace = (character: string): boolean => character <= ' ' && isSpace(character)

function skipAsciiSpace(text: string, start: number): number {
  let at = start
  while (at < text.length && isAsciiSpace(text[at]!)) at++
  return at
}

function readFlagWord(text: string, from: number, escape: string): { value: string; end: number } {
  let value = ''
  let quote = ''
  let at = from
  for (; at < text.length; at++) {
    const character = text[at]!
    if (quote !== '' && character === quote) quote = ''
    else if (character === escape) value += text[++at] ?? ''
    else if (quote !== '') value += character
    else if (isAsciiSpace(character)) break
    else if (character === '"' || character === "'") quote = character
    else value += character
  }
  return { value, end: Math.min(at, text.length) }
}

/** Words at any blank; quotes mean nothing. */
export function splitBlanks(script: Script): readonly Token[] {
  const tokens: Token[] = []
  for (const match of script.text.matchAll(WORD)) tokens.push({ text: match[0], span: spanOf(script, match.index, match.index + match[0].length) })
  return tokens
}

/** BuildKit: line_parsers.go, parseWords. Quotes stay; an escape keeps what follows it in the word. */
export function splitQuoted(script: Script, escape: string): readonly Token[] {
  const { text } = script
  const tokens: Token[] = []
  for (let at = skipSpace(text, 0); at < text.length; at = skipSpace(text, at)) {
    const start = at
    let quote = ''
    let word = ''
    for (; at < text.length; at++) {
      const character = text[at]!
      if (quote === '' && isSpace(character)) break
      if (character === escape && quote !== "'") {
        // An escape at the very end goes away.
        if (at + 1 < text.length) word += character + text[++at]!
        continue
      }
      if (quote === '' && (character === '"' || character === "'")) quote = character
      else if (character === quote) quote = ''
      word += character
    }
    if (word !== '') tokens.push({ text: word, span: spanOf(script, start, at) })
  }
  return tokens
}

/** The values of a JSON array; null when the engine would not take the text for JSON. */
export function readJsonArray(text: string): readonly unknown[] | null {
  const start = skipSpace(text, 0)
  if (text[start] !== '[') return null
  try {
    const value: unknown = JSON.parse(text.slice(start))
    if (!Array.isArray(value)) return null
    let isTooLarge = false
    // Go refuses numbers that are out of range.
    if (!value.every(isString)) JSON.parse(text.slice(start), (_, part: unknown) => { isTooLarge ||= part === Infinity || part === -Infinity })
    return isTooLarge ? null : value
  } catch {
    return null
  }
}

const isString = (value: unknown): value is string => typeof value === 'string'

/** The strings of a JSON array of nothing else, quotes included in their spans. */
export function readStrings(rest: Script): readonly { readonly value: string; readonly span: Span }[] | null {
  const values = readJsonArray(rest.text)
  if (!values || !values.every(isString)) return null
  const places = [...rest.text.matchAll(STRING)]
  return values.map((value, index) => {
    const place = places[index]!
    return { value, span: spanOf(rest, place.index, place.index + place[0].length) }
  })
}
