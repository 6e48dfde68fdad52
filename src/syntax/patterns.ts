// The patterns of `${name#pattern}`, `${name%pattern}` and `${name/pattern/text}`: `*` and `?`, no brackets.
// They match what BuildKit's frontend/dockerfile/shell/lex.go matches through Go's regexp, in bounded time.

/** A code point that stands for itself, or one of these. */
type Token = number
const MANY: Token = -1
const ONE: Token = -2
const LINE_FEED = 10
/** Steps one expansion may take. No real value comes near; a hostile one would take quadratic time. */
const MOST_STEPS = 2_000_000

/** What comes out: the text, a pattern the engine refuses, or a match too dear to try. */
export type Matched = { readonly text: string } | { readonly problem: 'escape' | 'cost' }

/** The value without the part at its start (`#`) or end (`%`) that the word matches; a doubled operator takes the longest. */
export function trimmed(value: string, word: string, operator: '#' | '%'): Matched {
  const longest = word.startsWith(operator)
  const written = longest ? word.slice(1) : word
  const atEnd = operator === '%'
  const tokens = compile(atEnd ? backwards(written) : written)
  if (!tokens) return { problem: 'escape' }
  const text = pointsOf(value)
  const end = matchEnd(tokens, atEnd ? text.reverse() : text, 0, longest, { steps: 0 })
  if (end === TOO_DEAR) return { problem: 'cost' }
  if (end === -1) return { text: value }
  const rest = text.slice(end)
  return { text: textOf(atEnd ? rest.reverse() : rest) }
}

/** The value with the first match, or every one, replaced. */
export function replaced(value: string, pattern: string, replacement: string, all: boolean): Matched {
  const tokens = compile(pattern)
  if (!tokens) return { problem: 'escape' }
  const text = pointsOf(value)
  const budget = { steps: 0 }
  const parts: string[] = []
  let copied = 0
  for (let from = 0; from <= text.length;) {
    const found = search(tokens, text, from, budget)
    if (found === 'cost') return { problem: 'cost' }
    if (!found) break
    const { start, end } = found
    parts.push(textOf(text.slice(copied, start)))
    // Go leaves out an empty match right after another one.
    if (end > copied || start === 0) parts.push(all ? filledIn(replacement, textOf(text.slice(start, end))) : replacement)
    copied = end
    if (!all) break
    from = end > from ? end : from + 1
  }
  return { text: parts.join('') + textOf(text.slice(copied)) }
}

/** A value may be longer than a call can have arguments. */
const textOf = (points: readonly number[]): string => points.map(point => String.fromCodePoint(point)).join('')
const pointsOf = (text: string): number[] => Array.from(text, character => character.codePointAt(0)!)

/** Backwards, but an escape stays before what it escapes. */
const backwards = (pattern: string): string => (pattern.match(/\\[^]|[^]/gu) ?? []).reverse().join('')

/** null for an escape the engine does not know. Always a backslash, whatever the escape character of the file. */
function compile(pattern: string): readonly Token[] | null {
  // Go's scanner passes over a byte order mark at the start.
  const points = pointsOf(pattern.replace(/^\uFEFF/, ''))
  const tokens: Token[] = []
  for (let at = 0; at < points.length; at++) {
    const character = String.fromCodePoint(points[at]!)
    if (character === '*') tokens.push(MANY)
    else if (character === '?') tokens.push(ONE)
    else if (character !== '\\') tokens.push(points[at]!)
    else {
      const next = at + 1 < points.length ? String.fromCodePoint(points[at + 1]!) : ''
      // Inside braces these two need an escape, which is no part of the pattern.
      if (next === '}' || next === '/') continue
      if (next !== '*' && next !== '?' && next !== '\\') return null
      tokens.push(points[++at]!)
    }
  }
  return tokens
}

const TOO_DEAR = -2
interface Budget { steps: number }

/** Where a match from `start` on ends: the longest, or the shortest; -1 when there is none. All possible states advance together. */
function matchEnd(tokens: readonly Token[], text: readonly number[], start: number, longest: boolean, budget: Budget): number {
  let states = reachable(tokens, [0])
  let end = states.has(tokens.length) ? start : -1
  for (let at = start; at < text.length && states.size > 0 && (longest || end === -1); at++) {
    budget.steps += states.size
    if (budget.steps > MOST_STEPS) return TOO_DEAR
    const next: number[] = []
    for (const state of states) {
      const token = tokens[state]
      if (token === MANY ? text[at] !== LINE_FEED : token === ONE && text[at] !== LINE_FEED) next.push(token === MANY ? state : state + 1)
      else if (token === text[at]) next.push(state + 1)
    }
    states = reachable(tokens, next)
    if (states.has(tokens.length)) end = at + 1
  }
  return end
}

/** A star may match nothing. */
function reachable(tokens: readonly Token[], states: readonly number[]): Set<number> {
  const found = new Set<number>()
  for (const first of states) {
    let state = first
    while (!found.has(state)) {
      found.add(state)
      if (tokens[state] === MANY) state++
    }
  }
  return found
}

function search(tokens: readonly Token[], text: readonly number[], from: number, budget: Budget): { start: number; end: number } | 'cost' | null {
  for (let start = from; start <= text.length; start++) {
    const end = matchEnd(tokens, text, start, true, budget)
    if (end === TOO_DEAR) return 'cost'
    if (end !== -1) return { start, end }
  }
  return null
}

/** Go's ReplaceAllString reads `$0`, `$1` and `${name}` in the replacement; the patterns have no groups, so all but `$0` are empty. */
const filledIn = (replacement: string, match: string): string =>
  replacement.replace(/\$(?:\$|\{([\p{L}\p{Nd}_]+)\}|([\p{L}\p{Nd}_]+))/gu, (whole, braced?: string, bare?: string) => (whole === '$$' ? '$' : (braced ?? bare) === '0' ? match : ''))
