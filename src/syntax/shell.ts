// The only importer of unbash: a RUN script → its simple commands, or 'opaque' when no reader can be sure.
// Never throws, and its work is bounded: what nests too deeply or unfolds too far is opaque.
import { forEachChild, parse } from 'unbash'
import type { Command as CommandNode, HereDoc, ParsedScript, Redirection, SyntaxNode, Word as WordNode } from 'unbash'
import type { Script } from '../model/build.ts'
import type { Span } from '../text.ts'
import type { Assignment, Command, Redirect, Word } from './shell-command.ts'
import { applyEffects } from './shell-effects.ts'
import { createScope, directoryAt, optionsAfter, type Lookup, type ShellOptions } from './shell-scope.ts'
import { assignedNames, DEEPEST, walkList, walkApart, type Place, type ReadingState, type WalkState } from './shell-walk.ts'
import { expandWhole, expandWord, scriptOfHeredoc, scriptOfWords } from './shell-words.ts'
import { baseName, scriptPlace, unwrap, type ScriptPlace, type Unwrapped } from './shell-wrappers.ts'

// For the other files of this reader: unbash's own types, under names that do not clash with ours.
export type { AndOr as AndOrNode, Command as CommandNode, HereDoc as HereDocNode, Pipeline as PipelineNode, Statement as StatementNode, SyntaxNode, Word as WordNode, WordPart as WordPartNode } from 'unbash'
export type { Assignment, Command, Redirect, Word } from './shell-command.ts'
export type { Lookup, ShellOptions } from './shell-scope.ts'

/** unbash reads the inside of each `$(…)` anew when asked, so a text costs its length times this. */
const DEEPEST_SUBSTITUTION = 10
/** Characters of nested scripts read in all, besides the script itself. */
const MOST_NESTED = 4_194_304
/** unbash recurses without a limit through `f() g() h() …` and `coproc coproc …`. */
const CHAINED = /\([\s\\]*\)|\b(?:coproc|function)\b/g
const MOST_CHAINED = 1000

const NO_OPTIONS: ShellOptions = { errexit: null, xtrace: null, pipefail: null }
const FRESH_OPTIONS: ShellOptions = { errexit: false, xtrace: false, pipefail: false }
const START: Place = { joinedBy: null, conditional: false, status: 'returned', depth: 0, piped: false, negated: false, level: 0, substitutions: 0, within: [], input: null }

/** `environment`: a string where the value is known; anything else means unknown. */
export function readScript(script: Script, environment: Lookup = () => null): readonly Command[] | 'opaque' {
  const walk = startWalk(script, environment, NO_OPTIONS)
  walkScript(walk, START)
  return walk.reading.isOpaque ? 'opaque' : walk.reading.found
}

/** The exec form: one command without a shell, unless it is itself `sh -c …`. */
export function readArguments(words: readonly Pick<Word, 'text' | 'value' | 'span'>[], environment: Lookup = () => null): readonly Command[] | 'opaque' {
  const first = words[0]
  if (!first) return []
  const walk = startWalk({ text: '', offset: at => at }, environment, FRESH_OPTIONS)
  const plain = words.map(word => ({ ...word, glob: false }))
  const unwrapped = unwrap(plain)
  const at = scriptPlace(plain, unwrapped.program)
  const inner = at?.kind === 'word' ? plain[at.at] : undefined
  const command = emit(walk, { words: plain, assignments: [], redirects: [], span: { start: first.span.start, end: words.at(-1)!.span.end } }, START, unwrapped, inner !== undefined)
  if (at?.kind === 'word' && inner) walkFresh(walk, wordScript(inner), { ...START, within: startersOf(START, command) }, at.options)
  return walk.reading.isOpaque ? 'opaque' : walk.reading.found
}

function startWalk(script: Script, environment: Lookup, options: ShellOptions): WalkState {
  const reading: ReadingState = { found: [], isOpaque: false, nested: 0 }
  return {
    reading, script, environment, scope: createScope(environment), functions: new Map(), assigned: assignedNames(script.text), readCommand, readSubstitutions,
    state: { directory: '', stack: [], options, exports: new Map() },
  }
}

function wordScript({ value, span }: Word): Script {
  const text = value ?? ''
  const quotes = (span.end - span.start - text.length) / 2
  // With escapes in it only the whole has a place.
  return { text, offset: quotes === 0 || quotes === 1 ? at => span.start + quotes + at : () => span.start }
}

function walkScript(walk: WalkState, place: Place): void {
  let chained = 0
  for (const _ of walk.script.text.matchAll(CHAINED)) chained++
  if (chained > MOST_CHAINED) walk.reading.isOpaque = true
  else walkParsed(walk, parse(walk.script.text), place)
}

function walkParsed(walk: WalkState, parsed: ParsedScript, place: Place): void {
  if (parsed.errors?.length || place.level > DEEPEST || place.substitutions > DEEPEST_SUBSTITUTION) walk.reading.isOpaque = true
  else walkList(walk, parsed.commands, { ...place, joinedBy: null, negated: false, input: null })
}

/** A new shell sees what was exported and what the step's environment holds, and leaves no trace. */
function walkFresh(walk: WalkState, script: Script, place: Place, options: readonly (string | null)[]): void {
  if (!spend(walk, script)) return
  const { scope, state, environment } = walk
  const lookup: Lookup = name => (state.exports.has(name) ? state.exports.get(name) : scope.assigned(name) ? null : environment(name))
  walkScript({
    ...walk, script, environment: lookup, scope: createScope(lookup), functions: new Map(), assigned: assignedNames(script.text),
    state: { ...state, options: optionsAfter(FRESH_OPTIONS, options) },
  }, { ...place, depth: place.depth + 1, level: place.level + 1, piped: place.piped })
}

/** eval: in the same shell. */
function walkEval(walk: WalkState, nodes: readonly WordNode[], place: Place): void {
  const script = scriptOfWords(nodes, walk.script, walk.scope)
  if (!spend(walk, script)) return
  const inner: WalkState = { ...walk, script, assigned: assignedNames(script.text) }
  walkScript(inner, { ...place, level: place.level + 1 })
  walk.state = inner.state
  if (nodes.some(node => expandWhole(node, walk.scope) === null)) walk.scope.forgetAll()
}

function spend(walk: WalkState, script: Script): boolean {
  walk.reading.nested += script.text.length
  if (walk.reading.nested > MOST_NESTED) walk.reading.isOpaque = true
  return !walk.reading.isOpaque
}

const spanOf = (script: Script, start: number, end: number): Span => ({ start: script.offset(start), end: script.offset(Math.max(start, end - 1)) + (end > start ? 1 : 0) })

function readCommand(walk: WalkState, node: CommandNode, place: Place): void {
  const { words, nodes } = wordsOf(walk, node)
  const redirects = node.redirects.map(redirect => toRedirect(walk, redirect))
  const simple: Simple = { words, redirects, assignments: assignmentsOf(walk, node), span: spanOf(walk.script, node.pos, node.end) }
  const unwrapped = unwrap(words)
  const found = walk.functions.has(words[unwrapped.program]?.value ?? '') ? null : scriptPlace(words, unwrapped.program)
  const input = node.redirects.findLast(redirect => redirect.type === 'HereDoc') ?? (redirects.some(redirect => redirect.operator.startsWith('<')) ? null : place.input)
  const at = found?.kind === 'input' && !input ? null : found
  const command = emit(walk, simple, place, unwrapped, at !== null)
  readSubstitutions(walk, node.prefix, place)
  if (node.name) readSubstitutions(walk, [node.name], place)
  readSubstitutions(walk, node.suffix, place)
  if (at) readInner(walk, at, nodes, input, { ...place, within: startersOf(place, command) })
  applyEffects(walk, command, node)
}

const startersOf = ({ within }: Place, { wrappers, words, program }: Command): readonly string[] => [...within, ...wrappers, baseName(words[program]?.value ?? '')]

function readInner(walk: WalkState, at: ScriptPlace, nodes: readonly WordNode[], input: HereDoc | null, place: Place): void {
  if (at.kind === 'eval') walkEval(walk, [...new Set(nodes.slice(at.from))], place)
  else walkFresh(walk, at.kind === 'word' ? scriptOfWords([nodes[at.at]!], walk.script, walk.scope) : scriptOfHeredoc(input!, walk.script, walk.scope), place, at.options)
}

/** The words, and for each the node it comes from. An unquoted variable may stand for several. */
function wordsOf(walk: WalkState, node: CommandNode): { readonly words: readonly Word[]; readonly nodes: readonly WordNode[] } {
  const words: Word[] = []
  const nodes: WordNode[] = []
  for (const argument of node.name ? [node.name, ...node.args] : []) {
    const span = spanOf(walk.script, argument.pos, argument.end)
    if (argument.type === 'Assignment') {
      // An argument of export and its like, which the shell does not split.
      const inner = argument.value.type === 'Word' ? expandWhole(argument.value, walk.scope) : null
      words.push({ text: argument.text, value: inner === null ? null : argument.text.slice(0, argument.text.indexOf('=') + 1) + inner, span, glob: false })
      nodes.push(node.name!)
      continue
    }
    const { values, glob } = expandWord(argument, walk.scope)
    for (const value of values) {
      words.push({ text: argument.text, value, span, glob })
      nodes.push(argument)
    }
  }
  return { words, nodes }
}

const wholeWord = (walk: WalkState, node: { readonly text: string; readonly pos: number; readonly end: number }, value: string | null): Word =>
  ({ text: node.text, value, span: spanOf(walk.script, node.pos, node.end), glob: false })

const assignmentsOf = (walk: WalkState, node: CommandNode): readonly Assignment[] =>
  node.prefix.flatMap(part => (part.type === 'Assignment' ? [{ name: part.name, value: part.value.type === 'Word' ? wholeWord(walk, part.value, expandWhole(part.value, walk.scope)) : null }] : []))

function toRedirect(walk: WalkState, node: Redirection): Redirect {
  const common = { operator: node.operator, fd: node.descriptor?.type === 'FileDescriptor' ? node.descriptor.value : null, span: spanOf(walk.script, node.pos, node.end) }
  if (node.type !== 'HereDoc') return { ...common, body: null, target: node.target ? wholeWord(walk, node.target, expandWhole(node.target, walk.scope)) : null }
  const isPlain = node.delimiter?.quoted || !node.body.parts
  return { ...common, target: null, body: wholeWord(walk, node.body, isPlain ? scriptOfHeredoc(node, walk.script, walk.scope).text : null) }
}

type Simple = Pick<Command, 'words' | 'assignments' | 'redirects' | 'span'>

/** Every field is written out: with a spread this is by far the slowest line of the reader. */
function emit(walk: WalkState, { words, assignments, redirects, span }: Simple, place: Place, { program, wrappers, assigns, directory }: Unwrapped, unfolded: boolean): Command {
  const { joinedBy, conditional, status, depth, piped, negated, within } = place
  const { state, functions } = walk
  const command: Command = {
    words, redirects, span, joinedBy, conditional, status, depth, piped, negated, program, wrappers, within, unfolded,
    assignments: assigns.length === 0 ? assignments : [...assignments, ...assigns.map(index => assignmentOf(words[index]!))],
    callsFunction: functions.size > 0 && functions.has(words[program]?.value ?? ''),
    directory: directory === undefined ? state.directory : directoryAt(state.directory, directory),
    options: state.options, exports: state.exports,
  }
  walk.reading.found.push(command)
  return command
}

/** `NAME=value` as a word of env or sudo. */
function assignmentOf(word: Word): Assignment {
  const value = word.value!
  return { name: value.slice(0, value.indexOf('=')), value: { ...word, value: value.slice(value.indexOf('=') + 1) } }
}

/** Commands inside `$(…)`, backticks and `<(…)` anywhere below these nodes. */
function readSubstitutions(walk: WalkState, nodes: readonly SyntaxNode[], place: Place): void {
  const left = nodes.filter(node => node.type !== 'Word' || node.parts !== undefined).reverse()
  if (left.length === 0) return
  const found: SyntaxNode[] = []
  for (let node = left.pop(); node; node = left.pop()) {
    if (node.type === 'CommandExpansion' || node.type === 'ProcessSubstitution' || node.type === 'ArithmeticCommandExpansion') found.push(node)
    else {
      const children: SyntaxNode[] = []
      forEachChild(node, child => void children.push(child))
      while (children.length > 0) left.push(children.pop()!)
    }
  }
  for (const node of found) {
    if (!('script' in node) || !node.script || walk.reading.isOpaque) continue
    const { script } = node
    const inner = { ...place, depth: place.depth + 1, level: place.level + 1, substitutions: place.substitutions + 1, piped: false, status: 'read' as const }
    walkApart(walk, () => {
      // Between backslash-escaped backticks places are those of the decoded text.
      if (script.source === undefined) return walkParsed(walk, script, inner)
      const decoded: Script = { text: script.source, offset: () => walk.script.offset(node.pos) }
      const nested: WalkState = { ...walk, script: decoded, assigned: assignedNames(decoded.text) }
      walkParsed(nested, script, inner)
    })
  }
}
