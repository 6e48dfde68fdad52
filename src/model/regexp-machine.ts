// Matches texts with a regexp that is taken apart into states. All ways through the states are followed at once, as Go's engine does, so a
// match takes at most the number of states times the length of the text: no pattern makes it backtrack.

/** Of a code point. */
export type Test = (code: number) => boolean
/** Of a place between two characters. */
export type Edge = (text: string, at: number) => boolean

/** One state; without a note the next state follows it. */
export type State =
  | { readonly kind: 'char'; readonly code: number }
  | { readonly kind: 'set'; readonly test: Test }
  /** Zero or more of `test`. */
  | { readonly kind: 'many'; readonly test: Test }
  /** The next `size` states may be left out. */
  | { readonly kind: 'option'; readonly size: number }
  | { readonly kind: 'edge'; readonly holds: Edge }
  /** Matches whatever follows in the text. */
  | { readonly kind: 'end' }

export const atStart: Edge = (_, at) => at === 0
export const atEnd: Edge = (text, at) => at === text.length

/** Whether one of the `ways`, the alternatives of a regexp, matches somewhere in a text. */
export function machine(ways: readonly (readonly State[])[]): (text: string) => boolean {
  const states: State[] = []
  const starts: number[] = []
  for (const way of ways) {
    starts.push(states.length)
    for (const state of way) states.push(state)
    states.push({ kind: 'end' })
  }
  const { needle, tail } = literals(ways.length === 1 ? ways[0]! : [])
  const run: Run = {
    states, starts, searched: starts.filter(start => !isEdge(states[start], atStart)),
    seen: new Float64Array(states.length), pending: [], lists: [toList(states), toList(states)], clock: 0, done: false,
  }
  return text => text.endsWith(tail) && text.includes(needle) && follow(run, text)
}

const isEdge = (state: State | undefined, edge: Edge): boolean => state?.kind === 'edge' && state.holds === edge

/** The longest text in every match, and the one every match ends with: they send most paths away before the states are followed. */
function literals(states: readonly State[]): { readonly needle: string; readonly tail: string } {
  let needle = ''
  let row = ''
  let optional = 0
  for (const state of states) {
    if (state.kind === 'edge') continue
    row = state.kind === 'char' && optional === 0 ? row + String.fromCodePoint(state.code) : ''
    optional = state.kind === 'option' ? state.size : Math.max(0, optional - 1)
    if (row.length > needle.length) needle = row
  }
  return { needle, tail: isEdge(states.at(-1), atEnd) ? row : '' }
}

/** Indexes of states. */
interface List { readonly items: Int32Array; size: number }
const toList = (states: readonly State[]): List => ({ items: new Int32Array(states.length), size: 0 })

/** Buffers are made once: making them for each text took most of the time. */
interface Run {
  readonly states: readonly State[]
  readonly starts: readonly number[]
  /** Starts that may stand inside the text. */
  readonly searched: readonly number[]
  /** By state, the clock at its last entry: no state is entered twice at one place. */
  readonly seen: Float64Array
  readonly pending: number[]
  /** States at this place and at the next, in turns. */
  readonly lists: readonly [List, List]
  clock: number
  done: boolean
}

function follow(run: Run, text: string): boolean {
  const { states, searched } = run
  let [now, next] = run.lists
  run.done = false
  now.size = 0
  run.clock++
  for (const start of run.starts) enter(run, start, text, 0, now)
  for (let at = 0; !run.done && at < text.length && (now.size > 0 || searched.length > 0); ) {
    const code = text.codePointAt(at)!
    at += code > 0xffff ? 2 : 1
    next.size = 0
    run.clock++
    for (let item = 0; item < now.size; item++) {
      const index = now.items[item]!
      const state = states[index]!
      if (state.kind === 'char') {
        if (state.code === code) enter(run, index + 1, text, at, next)
      } else if (state.kind === 'many') {
        if (state.test(code)) enter(run, index, text, at, next)
      } else if (state.kind === 'set' && state.test(code)) enter(run, index + 1, text, at, next)
    }
    for (const start of searched) enter(run, start, text, at, next)
    ;[now, next] = [next, now]
  }
  return run.done
}

/** Puts on the list a state and all that can be reached from it without a character. */
function enter(run: Run, first: number, text: string, at: number, list: List): void {
  const { states, seen, pending } = run
  pending.push(first)
  for (let index = pending.pop(); index !== undefined; index = pending.pop()) {
    if (seen[index] === run.clock) continue
    seen[index] = run.clock
    const state = states[index]!
    if (state.kind === 'option') pending.push(index + 1 + state.size, index + 1)
    else if (state.kind === 'end') run.done = true
    else if (state.kind !== 'edge') {
      list.items[list.size++] = index
      if (state.kind === 'many') pending.push(index + 1)
    } else if (state.holds(text, at)) pending.push(index + 1)
  }
}
