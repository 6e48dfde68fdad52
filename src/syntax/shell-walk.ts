// The structure of a script: lists, pipelines, branches, loops and functions, and what each does to what is known.
import type { Script } from '../model/build.ts'
import type { Command } from './shell-command.ts'
import type { AndOrNode, CommandNode, HereDocNode, PipelineNode, StatementNode, SyntaxNode } from './shell.ts'
import { mergeStates, type Lookup, type Scope, type ShellState } from './shell-scope.ts'

/** Reading one text from the outside in: what all its nested scripts share. */
export interface ReadingState {
  readonly found: Command[]
  isOpaque: boolean
  nested: number
}

/** Where in a script a node stands. */
export interface Place {
  readonly joinedBy: Command['joinedBy']
  readonly conditional: boolean
  readonly status: Command['status']
  readonly depth: number
  readonly piped: boolean
  readonly negated: boolean
  /** Compound commands and scripts around it. */
  readonly level: number
  readonly substitutions: number
  readonly within: readonly string[]
  /** What `cat <<EOF |` feeds into it. */
  readonly input: HereDocNode | null
}

/** One script, and its shell at the point reached: `state` moves on as the walk does. */
export interface WalkState {
  readonly reading: ReadingState
  readonly script: Script
  readonly scope: Scope
  readonly environment: Lookup
  readonly assigned: AssignedNames
  /** Names of its functions, and whether their bodies change the folder. */
  readonly functions: Map<string, boolean>
  state: ShellState
  readonly readCommand: (walk: WalkState, node: CommandNode, place: Place) => void
  readonly readSubstitutions: (walk: WalkState, nodes: readonly SyntaxNode[], place: Place) => void
}

export const DEEPEST = 64

/** Names that a part of a script may give a value to, from its text alone: too many rather than too few. */
export type AssignedNames = (start: number, end: number) => ReadonlySet<string>

const ASSIGNED = /(?<![A-Za-z0-9_])([A-Za-z_]\w*)(?:\[[^\]\n]{0,100}\])?(?:\+|[-*/%&|^]|<<|>>)?=|\b(?:for|select|read|unset|getopts|mapfile|readarray|let|printf)\b([^;&|\n]{0,300})/g

export function assignedNames(text: string): AssignedNames {
  let names: { readonly at: number; readonly name: string }[] | null = null
  return (start, end) => {
    names ??= [...text.matchAll(ASSIGNED)].flatMap(match => (match[1] ? [match[1]] : match[2]!.match(/[A-Za-z_]\w*/g) ?? []).map(name => ({ at: match.index, name })))
    let low = 0
    for (let high = names.length; low < high;) {
      const middle = (low + high) >> 1
      if (names[middle]!.at < start) low = middle + 1
      else high = middle
    }
    const found = new Set<string>()
    for (let index = low; index < names.length && names[index]!.at < end; index++) found.add(names[index]!.name)
    return found
  }
}

/** A statement's command, or the list that stands for a body unbash could not place. */
type AnyNode = StatementNode['command'] | { readonly type: 'CompoundList'; readonly commands: readonly StatementNode[] }
type NodeOf<T extends StatementNode['command']['type']> = Extract<StatementNode['command'], { readonly type: T }>

export function walkList(walk: WalkState, statements: readonly StatementNode[], place: Place): void {
  let joinedBy: Place['joinedBy'] = null
  const last = statements.at(-1)
  for (const statement of statements) {
    if (walk.reading.isOpaque) return
    const { command, background } = statement
    const here: Place = { ...place, joinedBy, status: background ? 'read' : statement === last ? place.status : 'dropped' }
    if (background) walkApart(walk, () => walkNode(walk, command, here))
    else walkNode(walk, command, here)
    joinedBy = background ? '&' : ';'
  }
}

/** In a shell of its own: nothing it sets lasts. */
export function walkApart(walk: WalkState, visit: () => void): void {
  const { state } = walk
  walk.scope.enter()
  visit()
  walk.scope.leave(false)
  walk.state = state
}

/** In a branch: what it sets is uncertain afterwards. */
function walkBranch(walk: WalkState, visit: () => void): void {
  const { state } = walk
  walk.scope.enter()
  visit()
  walk.scope.leave(true)
  walk.state = mergeStates(state, walk.state)
}

function walkNode(walk: WalkState, node: AnyNode, place: Place): void {
  if (place.level >= DEEPEST) walk.reading.isOpaque = true
  if (walk.reading.isOpaque) return
  switch (node.type) {
    case 'Command': return walk.readCommand(walk, node, place)
    case 'AndOr': return walkAndOr(walk, node, place)
    case 'Pipeline': return walkPipeline(walk, node, place)
    default: return walkCompound(walk, node, place, { ...place, joinedBy: null, negated: false, input: null, level: place.level + 1 })
  }
}

type CompoundNode = Exclude<AnyNode, { readonly type: 'Command' | 'AndOr' | 'Pipeline' }>

function walkCompound(walk: WalkState, node: CompoundNode, place: Place, inner: Place): void {
  switch (node.type) {
    case 'CompoundList': return walkList(walk, node.commands, inner)
    case 'BraceGroup': return walkList(walk, node.body.commands, inner)
    case 'Subshell': return walkApart(walk, () => walkList(walk, node.body.commands, { ...inner, depth: place.depth + 1 }))
    case 'Coproc': return walkApart(walk, () => walkNode(walk, node.body, inner))
    case 'Redirected':
      walkNode(walk, node.command, place)
      // The redirections of a compound command, as a command of their own that does nothing else.
      return walk.readCommand(walk, { type: 'Command', pos: node.redirects[0]?.pos ?? node.end, end: node.end, name: undefined, prefix: node.redirects, suffix: [], args: [], redirects: node.redirects }, inner)
    case 'If': return walkIf(walk, node, inner)
    case 'Case':
      walk.readSubstitutions(walk, [node.word, ...node.items.flatMap(item => item.pattern)], place)
      return node.items.forEach(item => walkBranch(walk, () => walkList(walk, item.body.commands, { ...inner, conditional: true })))
    case 'For': case 'Select': case 'While': case 'ArithmeticFor': return walkLoop(walk, node, inner)
    case 'Function': return walkFunction(walk, node, { ...inner, conditional: true, status: 'read' })
    case 'TestCommand': case 'ArithmeticCommand':
      forgetAssigned(walk, node)
      return walk.readSubstitutions(walk, [node], place)
  }
}

function walkIf(walk: WalkState, node: NodeOf<'If'>, inner: Place): void {
  walkList(walk, node.clause.commands, { ...inner, status: 'read' })
  const branch = ({ commands }: { readonly commands: readonly StatementNode[] }, status: Place['status']): void => walkBranch(walk, () => walkList(walk, commands, { ...inner, conditional: true, status }))
  branch(node.then, inner.status)
  for (const { clause, then } of node.elif) {
    branch(clause, 'read')
    branch(then, inner.status)
  }
  if (node.else) branch(node.else, inner.status)
}

function walkLoop(walk: WalkState, node: NodeOf<'For' | 'Select' | 'While' | 'ArithmeticFor'>, inner: Place): void {
  if (node.type === 'For' || node.type === 'Select') walk.readSubstitutions(walk, node.wordlist ?? [], inner)
  else if (node.type === 'ArithmeticFor') walk.readSubstitutions(walk, [node.initialize, node.test, node.update].filter(part => part !== undefined), inner)
  walkBranch(walk, () => {
    // An earlier round may have set what stands further down.
    forgetAssigned(walk, node)
    if (movesAbout(walk, node)) walk.state = { ...walk.state, directory: null, stack: [] }
    if (node.type === 'While') walkList(walk, node.clause.commands, { ...inner, status: 'read' })
    walkList(walk, node.body.commands, { ...inner, conditional: true })
  })
}

/** More names than this are not told apart when a function body is read. */
const MOST_NAMES = 200

function walkFunction(walk: WalkState, node: NodeOf<'Function'>, body: Place): void {
  const { state } = walk
  walk.scope.enter()
  const all = walk.assigned(0, walk.script.text.length)
  if (all.size > MOST_NAMES) walk.scope.forgetAll()
  else for (const name of all) walk.scope.assign(name, null)
  walk.state = { ...state, directory: null, stack: [] }
  walkNode(walk, node.body, body)
  walk.scope.leave(false)
  walk.functions.set(node.name.value, movesAbout(walk, node))
  walk.state = state
  for (const name of walk.assigned(node.pos, node.end)) walk.scope.taint(name)
}

const movesAbout = (walk: WalkState, { pos, end }: { readonly pos: number; readonly end: number }): boolean => /\b(?:cd|pushd|popd)\b/.test(walk.script.text.slice(pos, end))

function forgetAssigned(walk: WalkState, node: { readonly pos: number; readonly end: number }): void {
  for (const name of walk.assigned(node.pos, node.end)) walk.scope.assign(name, null)
}

function walkAndOr(walk: WalkState, node: AndOrNode, place: Place): void {
  let before: ShellState | null = null
  const close = (): void => {
    if (!before) return
    walk.scope.leave(true)
    walk.state = mergeStates(before, walk.state)
    before = null
  }
  // Left of `||` a failure leads somewhere; left of `&&` it becomes that of the whole.
  const lastOr = node.operators.lastIndexOf('||') + 1
  node.commands.forEach((command, index) => {
    const operator = node.operators[index - 1]
    // After `a || b`, `&& c` runs whichever of the two worked.
    const isAfterTest = operator === '&&' && (before !== null && node.operators[index - 2] !== '||' || isTest(node.commands[index - 1]!))
    if (!isAfterTest) close()
    if (!before && (isAfterTest || operator === '||')) {
      before = walk.state
      walk.scope.enter()
    }
    const status = index < lastOr ? 'read' : place.status
    walkNode(walk, command, { ...place, joinedBy: operator ?? place.joinedBy, conditional: place.conditional || before !== null, status })
  })
  close()
}

/** Asks rather than does, so that what follows `&&` may well not run. */
function isTest(node: AnyNode): boolean {
  if (node.type === 'TestCommand' || node.type === 'ArithmeticCommand') return true
  if (node.type === 'Pipeline') return node.prefixes.some(prefix => prefix.type === 'Negation') || isTest(node.commands.at(-1)!)
  if (node.type !== 'Command') return false
  const name = node.name?.value ?? ''
  const first = node.args[0]?.type === 'Word' ? node.args[0].value : ''
  return /^(\[|test|type|which|hash|false)$/.test(name) || name === 'command' && /^-[vV]$/.test(first) || name === 'grep' && /^-\w*q/.test(first)
}

function walkPipeline(walk: WalkState, node: PipelineNode, place: Place): void {
  const negated = node.prefixes.some(prefix => prefix.type === 'Negation')
  if (node.commands.length === 1) return walkNode(walk, node.commands[0]!, { ...place, negated, status: negated ? 'read' : place.status })
  node.commands.forEach((command, index) => {
    const isLast = index === node.commands.length - 1
    const here: Place = {
      ...place, negated: negated && isLast, piped: place.piped || !isLast,
      joinedBy: index === 0 ? place.joinedBy : '|', input: index === 0 ? null : fedBy(node.commands[index - 1]!),
    }
    walkApart(walk, () => walkNode(walk, command, here))
  })
}

/** `cat <<EOF` hands its here-document on. */
function fedBy(node: AnyNode): HereDocNode | null {
  if (node.type !== 'Command' || node.name?.value !== 'cat') return null
  if (node.args.some(argument => argument.type !== 'Word' || argument.value !== '-')) return null
  return node.redirects.findLast(redirect => redirect.type === 'HereDoc') ?? null
}
