// Globs over paths for config and command line: `*`, `**`, `?`, `[a-z]`, `{a,b}` and `\` as in a shell, dot files included.
// A glob becomes a state machine whose states are all followed at once, so the time is linear in glob × path:
// globs and file names may come from a stranger, and a backtracking RegExp takes half a minute for `*a*a*a*a*b`.

type Accepts = (unit: string) => boolean
type Node =
  | { readonly kind: 'one'; readonly accepts: Accepts }
  | { readonly kind: 'run'; readonly accepts: Accepts }
  | { readonly kind: 'either'; readonly branches: readonly (readonly Node[])[] }
/** `accepts` is null where nothing is consumed. */
interface State { readonly accepts: Accepts | null; readonly next: readonly number[] }
interface Parsed { readonly nodes: readonly Node[]; readonly end: number }
/** `closes` holds where each brace that begins a choice ends. */
interface Source { readonly glob: string; readonly closes: ReadonlyMap<number, number> }

const isAny: Accepts = () => true
const isInSegment: Accepts = unit => unit !== '/'
const slash: Node = { kind: 'one', accepts: unit => unit === '/' }

/** Whether a relative path with `/` fits the glob. A leading `./` says nothing, a trailing `/` means everything below. */
export function pathGlob(glob: string): (path: string) => boolean {
  const { ups, rest } = climb(glob.replace(/^(?:\.\/)+/, '').replace(/\/$/, '/**'))
  let states: readonly State[] | undefined
  return path => {
    const from = climb(path)
    // Nothing but itself stands for `..`; only a leading `**/` reaches the folders above as well.
    if (from.ups !== ups && !(ups === 0 && rest.startsWith('**/'))) return false
    states ??= compile(parse({ glob: rest, closes: choices(rest) }, 0, null, true).nodes)
    return isAccepted(states, from.rest)
  }
}

function climb(path: string): { readonly ups: number; readonly rest: string } {
  const prefix = /^(?:\.\.\/)*/.exec(path)![0].length
  return { ups: prefix / 3, rest: path.slice(prefix) }
}

/** Parses up to the end, or to a `,` or `}` that belongs to the surrounding braces, whose end is `close`. */
function parse(source: Source, from: number, close: number | null, atStart: boolean): Parsed {
  const { glob } = source
  const isEnd = (at: number): boolean => at >= glob.length || (close !== null && (at === close || glob[at] === ','))
  const nodes: Node[] = []
  let at = from
  let isStart = atStart
  while (!isEnd(at)) {
    const isDeep = isStart && glob.startsWith('**', at) && (isEnd(at + 2) || glob[at + 2] === '/')
    const read = isDeep ? readDeep(glob, at) : source.closes.has(at) ? readChoice(source, at, isStart) : readOne(glob, at)
    nodes.push(...read.nodes)
    isStart = glob[read.end - 1] === '/'
    at = read.end
  }
  return { nodes, end: at }
}

/** `**` as a whole segment: any number of folders. */
function readDeep(glob: string, at: number): Parsed {
  const deep: Node = { kind: 'run', accepts: isAny }
  if (glob[at + 2] !== '/') return { nodes: [deep], end: at + 2 }
  return { nodes: [{ kind: 'either', branches: [[], [deep, slash]] }], end: at + 3 }
}

function readChoice(source: Source, open: number, isStart: boolean): Parsed {
  const close = source.closes.get(open)!
  const branches: (readonly Node[])[] = []
  let next = open + 1
  do {
    const { nodes, end } = parse(source, next, close, isStart)
    branches.push(nodes)
    next = end + 1
  } while (next <= close)
  return { nodes: [{ kind: 'either', branches }], end: close + 1 }
}

/** Braces without a comma or without an end are ordinary characters. */
function choices(glob: string): ReadonlyMap<number, number> {
  const closes = new Map<number, number>()
  const open: { readonly at: number; hasComma: boolean }[] = []
  for (let at = 0; at < glob.length; at++) {
    const innermost = open.at(-1)
    if (glob[at] === '\\') at++
    else if (glob[at] === '[') at = (readClass(glob, at)?.end ?? at + 1) - 1
    else if (glob[at] === '{') open.push({ at, hasComma: false })
    else if (glob[at] === ',' && innermost) innermost.hasComma = true
    else if (glob[at] === '}' && open.pop()?.hasComma) closes.set(innermost!.at, at)
  }
  return closes
}

function readOne(glob: string, at: number): Parsed {
  const unit = glob[at]!
  if (unit === '*') {
    let end = at + 1
    while (glob[end] === '*') end++
    return { nodes: [{ kind: 'run', accepts: isInSegment }], end }
  }
  if (unit === '?') return { nodes: [{ kind: 'one', accepts: isInSegment }], end: at + 1 }
  const found = unit === '[' ? readClass(glob, at) : null
  if (found) return found
  const isEscape = unit === '\\' && at + 1 < glob.length
  const literal = isEscape ? glob[at + 1]! : unit
  return { nodes: [{ kind: 'one', accepts: given => given === literal }], end: at + (isEscape ? 2 : 1) }
}

/** `[a-z]`, `[!a]`, `[^a]`; a `]` that comes first is one of the characters. */
function readClass(glob: string, open: number): Parsed | null {
  const isNegated = glob[open + 1] === '!' || glob[open + 1] === '^'
  const ranges: (readonly [string, string])[] = []
  let at = open + (isNegated ? 2 : 1)
  for (const first = at; at < glob.length && (glob[at] !== ']' || at === first); at++) {
    if (glob[at] === '\\') at++
    const low = glob[at] ?? ''
    const isRange = glob[at + 1] === '-' && at + 2 < glob.length && glob[at + 2] !== ']'
    if (isRange) at += 2
    ranges.push([low, glob[at]!])
  }
  if (at >= glob.length) return null
  const accepts: Accepts = unit => unit !== '/' && ranges.some(([low, high]) => low <= unit && unit <= high) !== isNegated
  return { nodes: [{ kind: 'one', accepts }], end: at + 1 }
}

/** The states from last to first, so that each knows its successor: 0 is the end, the last one the start. */
function compile(nodes: readonly Node[]): readonly State[] {
  const states: State[] = [{ accepts: null, next: [] }]
  const add = (accepts: Accepts | null, next: readonly number[]): number => states.push({ accepts, next }) - 1
  const chain = (rest: readonly Node[], end: number): number => rest.reduceRight((next, node) => {
    if (node.kind === 'one') return add(node.accepts, [next])
    if (node.kind === 'either') return add(null, node.branches.map(branch => chain(branch, next)))
    const loop = states.length + 1
    add(node.accepts, [loop])
    return add(null, [loop - 1, next])
  }, end)
  add(null, [chain(nodes, 0)])
  return states
}

function isAccepted(states: readonly State[], path: string): boolean {
  let current = reach(states, [states.length - 1])
  for (let at = 0; at < path.length; at++) {
    current = reach(states, current.flatMap(state => states[state]!.accepts?.(path[at]!) ? states[state]!.next : []))
    if (current.length === 0) return false
  }
  return current.includes(0)
}

/** These states and all that follow from them without consuming anything. */
function reach(states: readonly State[], from: readonly number[]): readonly number[] {
  const reached = new Set<number>()
  const open = [...from]
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (reached.has(at)) continue
    reached.add(at)
    if (states[at]!.accepts === null) open.push(...states[at]!.next)
  }
  return [...reached]
}
