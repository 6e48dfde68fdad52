// What a simple command does to the shell that runs it: variables, folder, options.
import type { Command, Word } from './shell-command.ts'
import { directoryAt, optionsAfter, withExport } from './shell-scope.ts'
import type { WalkState } from './shell-walk.ts'
import { expandWhole } from './shell-words.ts'
import type { CommandNode } from './shell.ts'

/** Scripts that are sourced everywhere and set nothing but paths and names of their own. */
const HARMLESS = /(?:^|\/)(?:activate|nvm\.sh|conda\.sh|mamba\.sh|cargo\/env|\.bashrc|\.profile|sdkman-init\.sh|asdf\.sh|bash_completion)$/
const MOST_PUSHED = 20
const DECLARES = /^(?:export|declare|typeset|readonly|local)$/

export function applyEffects(walk: WalkState, command: Command, node: CommandNode): void {
  if (command.words.length === 0) return assignAll(walk, node, false)
  const [first, ...rest] = command.words
  const name = first!.value
  if (name === null) return
  if (walk.functions.get(name)) walk.state = { ...walk.state, directory: null, stack: [] }
  if (DECLARES.test(name)) return declare(walk, node, rest, name)
  switch (name) {
    case 'cd': case 'pushd': case 'popd': return changeDirectory(walk, name, rest)
    case 'set':
      walk.state = { ...walk.state, options: optionsAfter(walk.state.options, rest.map(word => word.value)) }
      return
    case '.': case 'source':
      if (!HARMLESS.test(rest[0]?.value ?? rest[0]?.text.replace(/["']/g, '') ?? '')) walk.scope.forgetAll()
      return
    case 'read': case 'mapfile': case 'readarray': case 'getopts': case 'unset': case 'let': case 'printf':
      for (const word of rest) for (const found of word.text.match(/[A-Za-z_]\w*/g) ?? []) if (name !== 'printf' || rest[0]?.value === '-v') walk.scope.assign(found, null)
  }
}

function assignAll(walk: WalkState, node: CommandNode, exports: boolean): void {
  for (const part of [...node.prefix, ...node.suffix]) {
    if (part.type !== 'Assignment') continue
    const added = part.value.type === 'Word' && !part.index ? expandWhole(part.value, walk.scope) : null
    const before = part.append ? walk.scope.get(part.name) : ''
    const value = added === null || before === null ? null : before + added
    walk.scope.assign(part.name, value)
    // What came from the step's environment is exported already.
    if (exports || walk.state.exports.has(part.name) || typeof walk.environment(part.name) === 'string') walk.state = withExport(walk.state, part.name, walk.scope.get(part.name))
  }
}

function declare(walk: WalkState, node: CommandNode, rest: readonly Word[], name: string): void {
  const exports = name === 'export' || rest.some(word => /^-\w*x/.test(word.value ?? ''))
  assignAll(walk, { ...node, prefix: [], args: node.args, redirects: node.redirects }, exports)
  if (!exports) return
  for (const { value } of rest) if (value !== null && /^[A-Za-z_]\w*$/.test(value)) walk.state = withExport(walk.state, value, walk.scope.get(value))
}

function changeDirectory(walk: WalkState, name: 'cd' | 'pushd' | 'popd', rest: readonly Word[]): void {
  const { state } = walk
  const operands = rest.filter(word => word.value === null || !/^-[LPe@n]*$|^--$/.test(word.value) || word.value === '-')
  const target = operands[0]
  if (name === 'popd') {
    const [previous, ...stack] = state.stack
    walk.state = { ...state, directory: previous ?? null, stack }
    return
  }
  // `cd -`, wildcards and stack positions lead somewhere, but not where the text says.
  const isPlain = target && !target.glob && !/^[-+]/.test(target.value ?? '')
  const directory = target ? (isPlain ? directoryAt(state.directory, target.value) : null) : name === 'cd' ? '~' : null
  walk.state = { ...state, directory, stack: name === 'pushd' ? [state.directory, ...state.stack.slice(0, MOST_PUSHED - 1)] : state.stack }
}
