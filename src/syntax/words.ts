// Words as the engine reads them: quotes, escapes and variables of ARG, ENV, COPY, FROM and their like.
// Follows BuildKit's frontend/dockerfile/shell/lex.go; RUN, CMD and ENTRYPOINT in shell form are the shell's.

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
}

const SPACE = /[\t\n\v\f\r \u0085\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000]/
/** Go's unicode.IsSpace. */
export const isSpace = (character: string): boolean => SPACE.test(character)
const NAME = /[\p{L}\p{N}_]/u
const DIGIT = /[0-9]/
const SPECIAL = '@*#?-$!0'
/** Go's stacks grow; ours do not. No real file nests deeper. */
const DEEPEST = 200

class LexError extends Error {}

/** Expands a word as the engine would; never throws. `escape` is the escape character of the file. */
export function expand(word: string, lookup: Lookup, escape = '\\', options: LexOptions = {}): Expansion {
  if (!/[$'"<]/.test(word) && !word.includes(escape) && !SPACE.test(word)) return { value: word, words: word === '' ? [] : [word], used: [], error: null }
  const lexer: Lexer = { source: word, lookup, escape, options, at: 0, unknown: false, used: [] }
  try {
    const { text, words } = readUntil(lexer, '', options.raw === true, 0)
    return { value: lexer.unknown ? null : text, words, used: lexer.used, error: null }
  } catch (error) {
    if (!(error instanceof LexError)) throw error
    return { value: null, words: [], used: lexer.used, error: error.message }
  }
}

interface Lexer {
  readonly source: string
  readonly lookup: Lookup
  readonly escape: string
  readonly options: LexOptions
  readonly used: string[]
  at: number
  unknown: boolean
}

function readUntil(lexer: Lexer, stop: string, rawEscapes: boolean, depth: number): { text: string; words: string[] } {
  const { source, escape, options } = lexer
  const words: string[] = []
  let text = ''
  let word = ''
  const endWord = (): void => {
    if (word !== '') words.push(word)
    word = ''
  }
  const add = (piece: string): void => {
    text += piece
    word += piece
  }
  const addSplit = (piece: string): void => {
    text += piece
    for (const character of piece) {
      if (isSpace(character)) endWord()
      else word += character
    }
  }
  while (lexer.at < source.length) {
    const character = source[lexer.at]!
    if (character === stop) {
      lexer.at++
      endWord()
      return { text, words }
    }
    if (character === '$') addSplit(readDollar(lexer, depth))
    else if (character === '<') add(readAngle(lexer))
    else if (character === "'" && !options.ignoreQuotes) add(readSingleQuoted(lexer))
    else if (character === '"' && !options.ignoreQuotes) add(readDoubleQuoted(lexer, rawEscapes, depth))
    else if (character === escape) {
      lexer.at++
      if (rawEscapes) add(character)
      if (lexer.at < source.length) add(source[lexer.at++]!)
    } else {
      lexer.at++
      addSplit(character)
    }
  }
  if (stop !== '') throw new LexError(`unexpected end of statement while looking for matching ${stop}`)
  endWord()
  return { text, words }
}

/** Blanks after `<<` belong to the here-document's word. */
function readAngle(lexer: Lexer): string {
  const start = lexer.at++
  if (lexer.source[lexer.at] === '<') {
    lexer.at++
    while (/[\t\r ]/.test(lexer.source[lexer.at] ?? '')) lexer.at++
  }
  return lexer.source.slice(start, lexer.at)
}

function readSingleQuoted(lexer: Lexer): string {
  const start = lexer.at
  const end = lexer.source.indexOf("'", start + 1)
  if (end === -1) throw new LexError('unexpected end of statement while looking for matching single-quote')
  lexer.at = end + 1
  return lexer.options.raw ? lexer.source.slice(start, end + 1) : lexer.source.slice(start + 1, end)
}

function readDoubleQuoted(lexer: Lexer, rawEscapes: boolean, depth: number): string {
  const { source, escape } = lexer
  const quote = lexer.options.raw ? '"' : ''
  let text = quote
  lexer.at++
  for (;;) {
    const character = source[lexer.at]
    if (character === undefined) throw new LexError('unexpected end of statement while looking for matching double-quote')
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

function readName(lexer: Lexer): string {
  const { source } = lexer
  const start = lexer.at
  const first = source[start]
  if (first === undefined) return ''
  if (SPECIAL.includes(first)) lexer.at++
  else {
    const allowed = DIGIT.test(first) ? DIGIT : NAME
    while (lexer.at < source.length && allowed.test(source[lexer.at]!)) lexer.at++
  }
  return source.slice(start, lexer.at)
}

/** undefined: not set. What nobody can know counts as empty and makes the whole expansion unknown. */
function look(lexer: Lexer, name: string): string | undefined {
  lexer.used.push(name)
  const value = lexer.lookup(name)
  if (value !== null) return value
  lexer.unknown = true
  return ''
}

function readDollar(lexer: Lexer, depth: number): string {
  if (depth > DEEPEST) throw new LexError('substitutions are nested too deeply')
  const { source, options } = lexer
  lexer.at++
  if (source[lexer.at] !== '{') {
    const name = readName(lexer)
    if (name === '') return '$'
    return look(lexer, name) ?? (options.keepUnset ? `$${name}` : '')
  }
  lexer.at++
  const next = source[lexer.at]
  if (next === undefined) throw new LexError("syntax error: missing '}'")
  if (next === '{' || next === '}' || next === ':') throw new LexError('syntax error: bad substitution')
  const name = readName(lexer)
  const operator = source[lexer.at++]
  if (operator === '}') return look(lexer, name) ?? (options.keepUnset ? `\${${name}}` : '')
  if (operator === '/') return readReplacement(lexer, name, depth)
  if (operator !== undefined && ':+-?#%'.includes(operator)) return readModified(lexer, name, operator, depth)
  throw new LexError(`unsupported modifier (${operator ?? 'end of line'}) in substitution`)
}

function readNested(lexer: Lexer, stop: string, rawEscapes: boolean, depth: number, missing: string): string {
  try {
    return readUntil(lexer, stop, rawEscapes, depth + 1).text
  } catch (error) {
    if (error instanceof LexError && lexer.at >= lexer.source.length) throw new LexError(missing)
    throw error
  }
}

function readReplacement(lexer: Lexer, name: string, depth: number): string {
  const all = lexer.source[lexer.at] === '/'
  if (all) lexer.at++
  const pattern = readNested(lexer, '/', true, depth, "syntax error: missing '/' in ${}")
  const replacement = readNested(lexer, '}', true, depth, "syntax error: missing '}'")
  const value = look(lexer, name)
  if (value === undefined && lexer.options.keepUnset) return `\${${name}/${pattern}/${replacement}}`
  return substitute(value ?? '', pattern, replacement, all)
}

function readModified(lexer: Lexer, name: string, first: string, depth: number): string {
  const nullIsUnset = first === ':'
  const operator = nullIsUnset ? lexer.source[lexer.at++] ?? '' : first
  const trims = operator === '#' || operator === '%'
  const modifier = (nullIsUnset ? ':' : '') + operator
  if (nullIsUnset && trims) throw new LexError(`unsupported modifier (${modifier}) in substitution`)
  const word = readNested(lexer, '}', trims, depth, "syntax error: missing '}'")
  const value = look(lexer, name)
  if (lexer.options.keepUnset && value === undefined) return `\${${name}${modifier}${word}}`
  const unset = value === undefined || (nullIsUnset && value === '')
  switch (operator) {
    case '-': return unset ? word : value
    case '+': return unset ? '' : word
    case '?':
      // A variable nobody can know may well be set when the build runs.
      if (unset && !lexer.unknown) throw new LexError(`${name}: ${word || (value === undefined ? 'is not allowed to be unset' : 'is not allowed to be empty')}`)
      return value ?? ''
    case '#': return trim(value ?? '', word, false)
    case '%': return trim(value ?? '', word, true)
    default: throw new LexError(`unsupported modifier (${modifier}) in substitution`)
  }
}

/** The engine's shell patterns: `*` and `?`, no brackets. Errors are those of a bad escape. */
function patternSource(pattern: string, greedy: boolean): string {
  let out = ''
  for (let i = 0; i < pattern.length; i++) {
    const character = pattern[i]!
    if (character === '*') {
      if (!out.endsWith(greedy ? '[^\\n]*' : '[^\\n]*?')) out += greedy ? '[^\\n]*' : '[^\\n]*?'
    } else if (character === '?') out += '[^\\n]'
    else if (character === '\\') {
      const next = pattern[i + 1]
      if (next === '}' || next === '/') continue
      if (next !== '*' && next !== '?' && next !== '\\') throw new LexError(`invalid pattern (${pattern}) in substitution: invalid escape '\\${next ?? ''}'`)
      out += '\\' + next
      i++
    } else out += character.replace(/[[\]{}.+()|^$/]/, '\\$&')
  }
  return out
}

/** Values longer than this are cut short with wildcards only by a hostile file: a RegExp would take polynomial time. */
const LONGEST = 10_000

function match(pattern: string, value: string, greedy: boolean, anchor: string): RegExpExecArray | null {
  const source = patternSource(pattern, greedy)
  const stars = source.split('[^\\n]*').length - 1
  if (stars > 1 && value.length ** Math.min(stars, 4) > LONGEST ** 2) throw new LexError(`pattern (${pattern.slice(0, 40)}) is too complex`)
  return new RegExp(anchor + source).exec(value)
}

const reverse = (text: string): string => [...text].reverse().join('')
/** Backwards, but an escape stays before what it escapes. */
const reversePattern = (pattern: string): string => (pattern.match(/\\[^]|[^]/gu) ?? []).reverse().join('')

function trim(value: string, word: string, suffix: boolean): string {
  const operator = suffix ? '%' : '#'
  const greedy = word.startsWith(operator)
  const pattern = greedy ? word.slice(1) : word
  const text = suffix ? reverse(value) : value
  const found = match(suffix ? reversePattern(pattern) : pattern, text, greedy, '^')
  const rest = found ? text.slice(found[0].length) : text
  return suffix ? reverse(rest) : rest
}

function substitute(value: string, pattern: string, replacement: string, all: boolean): string {
  const found = match(pattern, value, true, '')
  if (!found) return value
  if (!all) return value.slice(0, found.index) + replacement + value.slice(found.index + found[0].length)
  // Go's ReplaceAllString reads $1 and ${name} in the replacement; the patterns have no groups, so those are empty.
  const plain = replacement.replace(/\$(\$|\{\w+\}|\w+)/g, (_, reference: string) => (reference === '$' ? '$' : ''))
  return value.replace(new RegExp(patternSource(pattern, true), 'g'), () => plain)
}
