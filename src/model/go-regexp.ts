// The part of Go's regexp syntax that moby/patternmatcher can produce from an ignore pattern, which it leaves to `regexp.Compile`:
// `\d`, `\b`, `\pL`, `[[:alpha:]]`, `a|b` and `a{2}` keep their regexp meaning there, and `\R` is an error.
// Source: Go `regexp/syntax` parse.go and its package documentation (https://pkg.go.dev/regexp/syntax).

import { atEnd, atStart, machine, type Edge, type State, type Test } from './regexp-machine.ts'

/** `bad` stands in for an exception: once set, the result is thrown away. */
interface Cursor {
  /** Code points. */
  readonly chars: readonly string[]
  /** Where the last `:]` stands: without it, looking for one at every `[:` would be quadratic. */
  readonly lastColon: number
  at: number
  bad: boolean
}

const inRanges = (ranges: string): Test => code => {
  for (let at = 0; at < ranges.length; at += 2) if (code >= ranges.charCodeAt(at) && code <= ranges.charCodeAt(at + 1)) return true
  return false
}
const not = (test: Test): Test => code => !test(code)
const not10: Test = code => code !== 10

const word = inRanges('09AZaz__')
const perl: Readonly<Record<string, Test>> = { d: inRanges('09'), w: word, s: inRanges('\t\n\f\r  ') }
const posix: Readonly<Record<string, Test>> = {
  alnum: inRanges('09AZaz'), alpha: inRanges('AZaz'), ascii: inRanges('\0\x7f'), blank: inRanges('\t\t  '), cntrl: inRanges('\0\x1f\x7f\x7f'),
  digit: inRanges('09'), graph: inRanges('!~'), lower: inRanges('az'), print: inRanges(' ~'), punct: inRanges('!/:@[`{~'),
  space: inRanges('\t\r  '), upper: inRanges('AZ'), word, xdigit: inRanges('09AFaf'),
}
const controls: Readonly<Record<string, number>> = { a: 7, f: 12, n: 10, r: 13, t: 9, v: 11 }
const isWordAt = (text: string, at: number): boolean => at >= 0 && at < text.length && word(text.charCodeAt(at))
const edges: Readonly<Record<string, Edge>> = {
  A: atStart,
  z: atEnd,
  b: (text, at) => isWordAt(text, at - 1) !== isWordAt(text, at),
  B: (text, at) => isWordAt(text, at - 1) === isWordAt(text, at),
}

/** Most states a regexp may have; the engine takes some millions, which only a hostile row of `{1000}` reaches. */
const mostStates = 100_000

/**
 * Reads a regexp of the form patternmatcher writes: `^` and `$`, characters, classes, a star after a class, an optional `.*` with a slash in
 * parentheses, `.*`, backslash escapes, `|` and `{2,3}`. Null where `regexp.Compile` fails, and for `\p{Script}`, which is not looked up.
 */
export function goRegexp(source: string): ((text: string) => boolean) | null {
  const chars = [...source]
  const lastColon = chars.findLastIndex((char, at) => char === ':' && chars[at + 1] === ']')
  const cursor: Cursor = { chars, lastColon, at: 0, bad: false }
  const ways: (readonly State[])[] = []
  do ways.push(readWay(cursor))
  while (!cursor.bad && chars[cursor.at++] === '|')
  if (cursor.bad) return null
  return machine(ways)
}

/** What stands up to a `|` or the end. */
function readWay(cursor: Cursor): readonly State[] {
  const states: State[] = []
  let repeatable = false
  while (!cursor.bad && cursor.at < cursor.chars.length && cursor.chars[cursor.at] !== '|') {
    const times = readTimes(cursor)
    if (times) {
      if (repeatable) for (const state of repeated(states.pop()!, times)) states.push(state)
      else cursor.bad = true
      repeatable = false
    } else {
      const found = readItem(cursor)
      for (const state of found) states.push(state)
      // Go refuses to repeat a repetition.
      repeatable = found.length > 0 ? found.at(-1)!.kind !== 'many' && found[0]!.kind !== 'option' : repeatable
    }
    if (states.length > mostStates) cursor.bad = true
  }
  return states
}

interface Times { readonly min: number; readonly max: number }

/** `{2}`, `{2,}` or `{2,3}`; null for any other brace, which is a character. */
function readTimes(cursor: Cursor): Times | null {
  if (cursor.chars[cursor.at] !== '{') return null
  let close = cursor.at + 1
  while (/^[0-9,]$/.test(cursor.chars[close] ?? '')) close++
  const found = /^\{(0|[1-9][0-9]*)(,?)(0|[1-9][0-9]*|)\}$/.exec(cursor.chars.slice(cursor.at, close + 1).join(''))
  if (!found || (found[2] === '' && found[3] !== '')) return null
  cursor.at = close + 1
  const min = Number(found[1])
  const max = found[2] === '' ? min : found[3] === '' ? Infinity : Number(found[3])
  if (min > 1000 || (max > 1000 && max < Infinity) || min > max) cursor.bad = true
  return cursor.bad ? { min: 0, max: 0 } : { min, max }
}

function repeated(state: State, { min, max }: Times): readonly State[] {
  if (state.kind === 'edge') return min === 0 ? [] : [state]
  const states = Array.from({ length: min }, () => state)
  if (max < Infinity) return [...states, ...Array.from({ length: max - min }, () => [{ kind: 'option', size: 1 } as const, state]).flat()]
  const test: Test = state.kind === 'char' ? code => code === state.code : state.kind === 'set' ? state.test : not10
  return [...states, { kind: 'many', test }]
}

function readItem(cursor: Cursor): readonly State[] {
  const char = cursor.chars[cursor.at]!
  if (char === '\\') return readBackslash(cursor)
  if (char === '[') {
    const test = readClass(cursor)
    if (cursor.chars[cursor.at] !== '*') return [{ kind: 'set', test }]
    cursor.at++
    return [{ kind: 'many', test }]
  }
  if (char === '(') {
    cursor.at += '(.*/)?'.length
    return [{ kind: 'option', size: 2 }, { kind: 'many', test: not10 }, literal('/')]
  }
  if (char === '.') {
    cursor.at += '.*'.length
    return [{ kind: 'many', test: not10 }]
  }
  cursor.at++
  if (char === '^') return [{ kind: 'edge', holds: atStart }]
  if (char === '$') return [{ kind: 'edge', holds: atEnd }]
  return [literal(char)]
}

const literal = (char: string): State => ({ kind: 'char', code: char.codePointAt(0)! })

function readBackslash(cursor: Cursor): readonly State[] {
  const { chars } = cursor
  const name = chars[cursor.at + 1] ?? ''
  if (Object.hasOwn(edges, name)) {
    cursor.at += 2
    return [{ kind: 'edge', holds: edges[name]! }]
  }
  if (name === 'Q') {
    const start = cursor.at + 2
    let end = start
    while (end < chars.length && !(chars[end] === '\\' && chars[end + 1] === 'E')) end++
    cursor.at = end + 2
    return chars.slice(start, end).map(literal)
  }
  const test = readNamedSet(cursor)
  return [test ? { kind: 'set', test } : { kind: 'char', code: readEscape(cursor) }]
}

/** `\d`, `\W`, `\pL`: a set in or outside brackets; null when something else stands there. */
function readNamedSet(cursor: Cursor): Test | null {
  const name = cursor.chars[cursor.at] === '\\' ? cursor.chars[cursor.at + 1] ?? '' : ''
  const lower = name.toLowerCase()
  const found = Object.hasOwn(perl, lower) ? perl[lower]! : lower === 'p' ? readCategory(cursor) : null
  if (!found) return null
  cursor.at += 2
  return name === lower ? found : not(found)
}

/** `\pL`, `\p{Lu}` */
function readCategory(cursor: Cursor): Test {
  const from = cursor.at + 2
  const found = /^(?:[CLMNPSZ]|\{(\^?)(C[cfos]?|L[lmotu]?|M[cen]?|N[dlo]?|P[cdefios]?|S[ckmo]?|Z[lps]?)\})/.exec(cursor.chars.slice(from, from + 5).join(''))
  if (!found) cursor.bad = true
  const name = found?.[2] ?? found?.[0] ?? 'L'
  cursor.at += found?.[0].length ?? 1
  // Go's C leaves out code points that are not assigned.
  const set = new RegExp(name === 'C' ? '[\\p{Cc}\\p{Cf}\\p{Co}\\p{Cs}]' : `\\p{${name}}`, 'u')
  const test: Test = code => set.test(String.fromCodePoint(code))
  return found?.[1] === '^' ? not(test) : test
}

/** One character, escaped or not. */
function readEscape(cursor: Cursor): number {
  const { chars } = cursor
  const char = chars[cursor.at++]
  if (char === undefined) return fail(cursor)
  if (char !== '\\') return char.codePointAt(0)!
  const name = chars[cursor.at++] ?? ''
  if (Object.hasOwn(controls, name)) return controls[name]!
  const octal = /^(?:0[0-7]{0,2}|[1-7][0-7]{1,2})/.exec(chars.slice(cursor.at - 1, cursor.at + 2).join(''))
  if (octal) {
    cursor.at += octal[0].length - 1
    return Number.parseInt(octal[0], 8)
  }
  if (name === 'x') {
    const hex = /^(?:([0-9a-fA-F]{2})|\{(?=[^}]{1,9}\})0*([0-9a-fA-F]+)\})/.exec(chars.slice(cursor.at, cursor.at + 12).join(''))
    const code = Number.parseInt(hex?.[1] ?? hex?.[2] ?? '', 16)
    cursor.at += hex?.[0].length ?? 0
    return code <= 0x10ffff ? code : fail(cursor)
  }
  return /^[\0-\x7f]$/.test(name) && !/[0-9A-Za-z]/.test(name) ? name.charCodeAt(0) : fail(cursor)
}

function fail(cursor: Cursor): number {
  cursor.bad = true
  return 0
}

function readClass(cursor: Cursor): Test {
  const { chars } = cursor
  cursor.at++
  const negated = chars[cursor.at] === '^'
  if (negated) cursor.at++
  const parts: Test[] = []
  for (let first = true; !cursor.bad && (first || chars[cursor.at] !== ']'); first = false) {
    parts.push(readPosix(cursor) ?? readNamedSet(cursor) ?? readRange(cursor))
  }
  cursor.at++
  const any: Test = parts.length === 1 ? parts[0]! : code => parts.some(part => part(code))
  return negated ? not(any) : any
}

function readPosix(cursor: Cursor): Test | null {
  const { chars, at: start } = cursor
  if (chars[start] !== '[' || chars[start + 1] !== ':' || cursor.lastColon < start + 2) return null
  let end = start + 2
  while (!(chars[end] === ':' && chars[end + 1] === ']')) end++
  const name = chars.slice(start + 2, end).join('')
  const plain = name.replace(/^\^/, '')
  if (!Object.hasOwn(posix, plain)) cursor.bad = true
  cursor.at = end + 2
  const test = posix[plain] ?? not10
  return name === plain ? test : not(test)
}

function readRange(cursor: Cursor): Test {
  const { chars } = cursor
  const low = readEscape(cursor)
  let high = low
  if (chars[cursor.at] === '-' && chars[cursor.at + 1] !== undefined && chars[cursor.at + 1] !== ']') {
    cursor.at++
    high = readEscape(cursor)
    if (high < low) cursor.bad = true
  }
  return code => code >= low && code <= high
}
