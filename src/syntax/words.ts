// Words as the engine reads them: quotes, escapes and variables of ARG, ENV, COPY, FROM and their like.
// Follows BuildKit's frontend/dockerfile/shell/lex.go; RUN, CMD and ENTRYPOINT in shell form are the shell's.
import { replaced, trimmed, type Matched } from './patterns.ts'

/** `undefined`: not set; `null`: set or not, nobody can tell from here. */
export type Lookup = (name: string) => string | null | undefined

export interface LexOptions {
  /** Keep quotes and escape characters in the result. */
  readonly raw?: boolean
  /** Leave references to unset variables as written. */
  readonly keepUnset?: boolean
  /** Take quotes as ordinary characters: here-document bodies. */
  readonly ignoreQuotes?: boolean
}
export interface Expansion {
  /** null when it depends on a variable nobody can know. */
  readonly value: string | null
  /** `value` split at blanks outside quotes. */
  readonly words: readonly string[]
  /** Names of the variables that were looked at. */
  readonly used: readonly string[]
  /** What the engine would refuse; `value` is then null. */
  readonly error: string | null
  /** Whether the error is one of form, such as an open quote, and not of a value or an operator that a later frontend may know. */
  readonly malformed: boolean
}

const SPACE = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/
/** Go's unicode.IsSpace. */
export const isSpace = (character: string): boolean => SPACE.test(character)
const NAME = /[\p{L}\p{Nd}_]+/uy
const NUMBER = /\p{Nd}+/uy
const SPECIAL = '@*#?-$!'
/** What shells know after a name and the engine does not, or not yet; `${!n}` and `${#n}` besides. */
const LATER = '^,@['
/** Characters that mean nothing anywhere in a word. */
const PLAIN = /[^$<'"\\`}/\s\u0085]+/y
/** Go's stacks grow; ours do not. No real file nests deeper. */
const DEEPEST = 200

interface LexerState {
  readonly source: string
  readonly lookup: Lookup
  readonly escape: string
  readonly options: LexOptions
  readonly used: string[]
  at: number
  /** The word being read. The engine has one buffer for all levels of nesting: what stands before a nested word is lost to `words`. */
  word: string
  unknown: boolean
  /** Set once; nothing is read after it. */
  stopped: { readonly error: string | null; readonly malformed: boolean; readonly atEnd: boolean } | null
}

/** Expands a word as the engine would; never throws. `escape` is the escape character of the file. */
export function expand(word: string, lookup: Lookup, escape = '\\', options: LexOptions = {}): Expansion {
  if (!/[$'"<\uFEFF]/.test(word) && !word.includes(escape) && !SPACE.test(word)) return { value: word, words: word === '' ? [] : [word], used: [], error: null, malformed: false }
  // Go's scanner passes over a byte order mark at the start.
  const lexer: LexerState = { source: word, lookup, escape, options, at: word.startsWith('\uFEFF') ? 1 : 0, word: '', unknown: false, used: [], stopped: null }
  const { text, words } = readUntil(lexer, '', options.raw === true, 0)
  const { used, unknown, stopped } = lexer
  if (stopped) return { value: null, words: [], used, error: stopped.error, malformed: stopped.malformed }
  return { value: unknown ? null : text, words, used, error: null, malformed: false }
}

/** Ends the reading. The first error counts; without a message it is our limit that is reached, and the value unknown. */
function stop(lexer: LexerState, error: string | null, malformed = false): '' {
  lexer.stopped ??= { error, malformed, atEnd: lexer.at >= lexer.source.length }
  lexer.at = lexer.source.length
  return ''
}

function readUntil(lexer: LexerState, end: string, rawEscapes: boolean, depth: number): { text: string; words: string[] } {
  const { source } = lexer
  const words: string[] = []
  let text = ''
  lexer.word = ''
  while (lexer.at < source.length) {
    const character = source[lexer.at]!
    if (character === end) {
      lexer.at++
      endWord(lexer, words)
      return { text, words }
    }
    const { piece, splits } = readPiece(lexer, rawEscapes, depth)
    text += piece
    if (splits) addSplit(lexer, words, piece)
    else lexer.word += piece
  }
  if (end !== '') stop(lexer, `unexpected end of statement while looking for matching ${end}`, end === '}')
  endWord(lexer, words)
  return { text, words }
}

function endWord(lexer: LexerState, words: string[]): void {
  if (lexer.word !== '') words.push(lexer.word)
  lexer.word = ''
}

function addSplit(lexer: LexerState, words: string[], piece: string): void {
  for (const character of piece) {
    if (isSpace(character)) endWord(lexer, words)
    else lexer.word += character
  }
}

/** What stands next, up to the next character that means something. `splits`: blanks in it end a word. */
function readPiece(lexer: LexerState, rawEscapes: boolean, depth: number): { piece: string; splits: boolean } {
  const { source, escape, options } = lexer
  PLAIN.lastIndex = lexer.at
  const plain = PLAIN.exec(source)
  if (plain) {
    lexer.at = PLAIN.lastIndex
    return { piece: plain[0], splits: false }
  }
  const character = source[lexer.at]!
  if (character === '$') return { piece: readDollar(lexer, depth), splits: true }
  if (character === '<') return { piece: readAngle(lexer), splits: false }
  if (character === "'" && !options.ignoreQuotes) return { piece: readSingleQuoted(lexer), splits: false }
  if (character === '"' && !options.ignoreQuotes) return { piece: readDoubleQuoted(lexer, rawEscapes, depth), splits: false }
  lexer.at++
  if (character !== escape) return { piece: character, splits: true }
  return { piece: (rawEscapes ? character : '') + (source[lexer.at++] ?? ''), splits: false }
}

/** Blanks after `<<` belong to the here-document's word. */
function readAngle(lexer: LexerState): string {
  const start = lexer.at++
  if (lexer.source[lexer.at] === '<') {
    lexer.at++
    while (/[\t\r ]/.test(lexer.source[lexer.at] ?? '')) lexer.at++
  }
  return lexer.source.slice(start, lexer.at)
}

function readSingleQuoted(lexer: LexerState): string {
  const start = lexer.at
  const end = lexer.source.indexOf("'", start + 1)
  if (end === -1) {
    lexer.at = lexer.source.length
    return stop(lexer, 'unexpected end of statement while looking for matching single-quote', true)
  }
  lexer.at = end + 1
  return lexer.options.raw ? lexer.source.slice(start, end + 1) : lexer.source.slice(start + 1, end)
}

function readDoubleQuoted(lexer: LexerState, rawEscapes: boolean, depth: number): string {
  const { source, escape } = lexer
  const quote = lexer.options.raw ? '"' : ''
  let text = quote
  lexer.at++
  for (;;) {
    const character = source[lexer.at]
    if (character === undefined) return stop(lexer, 'unexpected end of statement while looking for matching double-quote', true)
    if (character === '$') {
      text += readDollar(lexer, depth)
      continue
    }
    lexer.at++
    if (character === '"') return text + quote
    if (character !== escape) {
      text += character
      continue
    }
    // An escape quotes only these; before anything else it stays, and with raw escapes it always does.
    const next = source[lexer.at]
    if (rawEscapes) text += character
    if (next === undefined) continue
    if (next === '"' || next === '$' || next === escape) text += source[lexer.at++]!
    else text += character
  }
}

function readName(lexer: LexerState): string {
  const { source } = lexer
  const start = lexer.at
  NUMBER.lastIndex = start
  NAME.lastIndex = start
  const match = NUMBER.exec(source) ?? NAME.exec(source)
  if (match) lexer.at += match[0].length
  else if (start < source.length && SPECIAL.includes(source[start]!)) lexer.at++
  return source.slice(start, lexer.at)
}

/** undefined: not set. What nobody can know counts as empty and makes the whole expansion unknown. */
function look(lexer: LexerState, name: string): string | undefined {
  lexer.used.push(name)
  const value = lexer.lookup(name)
  if (value !== null) return value
  lexer.unknown = true
  return ''
}

function readDollar(lexer: LexerState, depth: number): string {
  if (depth > DEEPEST) return stop(lexer, null)
  const { source, options } = lexer
  lexer.at++
  if (source[lexer.at] !== '{') {
    const name = readName(lexer)
    if (name === '') return '$'
    return look(lexer, name) ?? (options.keepUnset ? `$${name}` : '')
  }
  lexer.at++
  const next = source[lexer.at]
  if (next === undefined) return stop(lexer, "syntax error: missing '}'", true)
  if (next === '{' || next === '}' || next === ':') return stop(lexer, 'syntax error: bad substitution', true)
  const name = readName(lexer)
  const operator = source[lexer.at++]
  if (operator === '}') return look(lexer, name) ?? (options.keepUnset ? `\${${name}}` : '')
  if (operator === '/') return readReplacement(lexer, name, depth)
  if (operator !== undefined && ':+-?#%'.includes(operator)) return readModified(lexer, name, operator, depth)
  if (operator === undefined) return stop(lexer, "syntax error: missing '}'", true)
  return stop(lexer, `unsupported modifier (${operator}) in substitution`, name !== '!' && name !== '#' && !LATER.includes(operator))
}

function readNested(lexer: LexerState, end: string, rawEscapes: boolean, depth: number, missing: string): string {
  const { text } = readUntil(lexer, end, rawEscapes, depth + 1)
  // Whatever went wrong inside, at the end of the text it is the end that is missing. Shells know `${n/p}` without a second slash.
  if (lexer.stopped?.atEnd && lexer.stopped.error !== null) lexer.stopped = { error: missing, malformed: end === '}', atEnd: true }
  return text
}

function readReplacement(lexer: LexerState, name: string, depth: number): string {
  const all = lexer.source[lexer.at] === '/'
  if (all) lexer.at++
  const pattern = readNested(lexer, '/', true, depth, "syntax error: missing '/' in ${}")
  if (lexer.stopped) return ''
  const replacement = readNested(lexer, '}', true, depth, "syntax error: missing '}'")
  if (lexer.stopped) return ''
  const value = look(lexer, name)
  if (value === undefined && lexer.options.keepUnset) return `\${${name}/${pattern}/${replacement}}`
  return textOf(lexer, replaced(value ?? '', pattern, replacement, all), pattern)
}

function readModified(lexer: LexerState, name: string, first: string, depth: number): string {
  const nullIsUnset = first === ':'
  const operator = nullIsUnset ? lexer.source[lexer.at++] ?? '' : first
  const modifier = (nullIsUnset ? ':' : '') + operator
  const trims = operator === '#' || operator === '%'
  if (nullIsUnset && trims) return stop(lexer, `unsupported modifier (${modifier}) in substitution`)
  const word = readNested(lexer, '}', trims, depth, "syntax error: missing '}'")
  if (lexer.stopped) return ''
  const value = look(lexer, name)
  if (lexer.options.keepUnset && value === undefined) return `\${${name}${modifier}${word}}`
  const unset = value === undefined || (nullIsUnset && value === '')
  switch (operator) {
    case '-': return unset ? word : value
    case '+': return unset ? '' : word
    case '?':
      // A variable nobody can know may well be set when the build runs.
      if (unset && !lexer.unknown) return stop(lexer, `${name}: ${word || (value === undefined ? 'is not allowed to be unset' : 'is not allowed to be empty')}`)
      return value ?? ''
    case '#':
    case '%': return textOf(lexer, trimmed(value ?? '', word, operator), word)
    default: return stop(lexer, `unsupported modifier (${modifier}) in substitution`)
  }
}

function textOf(lexer: LexerState, result: Matched, pattern: string): string {
  if ('text' in result) return result.text
  return stop(lexer, result.problem === 'cost' ? null : `invalid pattern (${pattern}) in substitution: invalid escape`)
}
