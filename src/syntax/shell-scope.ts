// What is known of a shell's variables, working directory and options at one point of a script.
// Only what is certain counts as known: everything else is null, and work is bounded.

export interface ShellOptions {
  /** `set -e`, `set -x`, `set -o pipefail`; null where the script does not say, so that the way the shell was started decides. */
  readonly errexit: boolean | null
  readonly xtrace: boolean | null
  readonly pipefail: boolean | null
}

/** What a subshell inherits and cannot change for the shell that started it. */
export interface ShellState {
  /** Relative to where the script starts ('' there), absolute after a `cd` to an absolute path, `~` for the home; null when unknown. */
  readonly directory: string | null
  /** Of pushd. */
  readonly stack: readonly (string | null)[]
  readonly options: ShellOptions
  /** Variables the script gives to the programs it starts; a null value is unknown. */
  readonly exports: ReadonlyMap<string, string | null>
}

export type Lookup = (name: string) => string | null | undefined

export interface Scope {
  get(name: string): string | null
  assign(name: string, value: string | null): void
  /** From now on any variable may have any value. */
  forgetAll(): void
  /** Never known again: what a function assigns may happen at each call. */
  taint(name: string): void
  /** Whether the script itself gave it a value, known or not. */
  assigned(name: string): boolean
  enter(): void
  /** `kept`: what was assigned since `enter` may or may not have happened; else it did not. */
  leave(kept: boolean): void
}

const LONGEST_VALUE = 65_536
/** Characters all expansions of a script may produce; doubling a variable thirty times must not fill the memory. */
const MOST_EXPANDED = 4_194_304
const ANY = '*'

export function createScope(environment: Lookup): Scope {
  const frames: Map<string, string | null>[] = [new Map()]
  const tainted = new Set<string>()
  let expanded = 0
  const top = (): Map<string, string | null> => frames.at(-1)!
  const find = (name: string): string | null | undefined => {
    for (let at = frames.length - 1; at >= 0; at--) {
      const frame = frames[at]!
      const value = frame.get(name)
      if (value !== undefined) return value
      if (frame.has(ANY)) return null
    }
    return undefined
  }
  const forgetAll = (): void => {
    top().clear()
    top().set(ANY, null)
  }
  return {
    get(name) {
      if (tainted.has(name)) return null
      const found = find(name)
      const value = found === undefined ? environment(name) ?? null : found
      if (value !== null) expanded += value.length
      return expanded > MOST_EXPANDED ? null : value
    },
    assign: (name, value) => void top().set(name, value !== null && value.length > LONGEST_VALUE ? null : value),
    forgetAll,
    taint: name => void tainted.add(name),
    assigned: name => tainted.has(name) || find(name) !== undefined,
    enter: () => void frames.push(new Map()),
    leave(kept) {
      const gone = frames.pop()!
      if (!kept) return
      if (gone.has(ANY)) forgetAll()
      for (const name of gone.keys()) top().set(name, null)
    },
  }
}

/** Exports beyond this many are not followed: they are copied at each change. */
const MOST_EXPORTS = 200

export function withExport(state: ShellState, name: string, value: string | null): ShellState {
  if (state.exports.size >= MOST_EXPORTS && !state.exports.has(name)) return state
  return { ...state, exports: new Map(state.exports).set(name, value) }
}

const LONGEST_PATH = 4096

/** `target` seen from `base`; null when either is unknown. */
export function directoryAt(base: string | null, target: string | null): string | null {
  if (target === null) return null
  const whole = /^[/~]/.test(target) ? target : base === null ? null : base === '' ? target : `${base}/${target}`
  if (whole === null) return null
  const kept: string[] = []
  for (const part of whole.split('/')) {
    if (part === '' || part === '.') continue
    if (part !== '..') kept.push(part)
    else if (kept.length > 0 && kept.at(-1) !== '..' && kept.at(-1) !== '~') kept.pop()
    else if (!whole.startsWith('/')) kept.push('..')
  }
  // The folder above a home is anybody's guess.
  if (kept[0] === '~' && kept[1] === '..') return null
  const path = (whole.startsWith('/') ? '/' : '') + kept.join('/')
  return path.length > LONGEST_PATH ? null : path
}

/** State after a branch that may not have run. */
export function mergeStates(before: ShellState, after: ShellState): ShellState {
  const exports = after.exports === before.exports ? before.exports : new Map([...after.exports].map(([name, value]) => [name, before.exports.get(name) === value ? value : null]))
  return { ...before, directory: before.directory === after.directory ? before.directory : null, stack: before.stack === after.stack ? before.stack : [], exports }
}

const OPTION_NAMES: Readonly<Record<string, keyof ShellOptions>> = { e: 'errexit', x: 'xtrace', errexit: 'errexit', xtrace: 'xtrace', pipefail: 'pipefail' }

/** Options after `set …` or a shell started with these arguments; operands end them. */
export function optionsAfter(options: ShellOptions, words: readonly (string | null)[]): ShellOptions {
  let next = options
  for (let at = 0; at < words.length; at++) {
    const word = words[at]
    if (!word || !/^[-+][A-Za-z]/.test(word)) break
    for (const letter of word.slice(1)) {
      const option = OPTION_NAMES[letter === 'o' ? words[++at] ?? '' : letter]
      if (option) next = { ...next, [option]: word.startsWith('-') }
    }
  }
  return next
}
