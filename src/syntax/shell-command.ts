// What a shell script consists of, as far as rules need it: simple commands with where and under what conditions they stand.
import type { Span } from '../text.ts'
import type { ShellOptions } from './shell-scope.ts'

export interface Word {
  /** As written. */
  readonly text: string
  /** After quote removal and expansion of what is known, wildcards and braces as written; null when it depends on something unknown, which may be any number of words. */
  readonly value: string | null
  /** An unquoted variable that holds several words gives several, all with this span. */
  readonly span: Span
  /** Holds a wildcard or braces outside quotes, which the shell replaces. */
  readonly glob: boolean
}

export interface Redirect {
  readonly operator: string
  readonly fd: number | null
  /** A file or descriptor; null for a here-document. */
  readonly target: Word | null
  /** Of a here-document. */
  readonly body: Word | null
  readonly span: Span
}

/** A null value is an array. */
export interface Assignment { readonly name: string; readonly value: Word | null }

/** One simple command, in the order of the text. Made by `readScript` and `readArguments` only. */
export interface Command {
  /** Program and arguments. Never empty, unless the command only assigns or redirects. */
  readonly words: readonly Word[]
  /** Also those given to env and sudo. */
  readonly assignments: readonly Assignment[]
  readonly redirects: readonly Redirect[]
  readonly span: Span
  /** The operator before it at its own level; null at the start of a script, list or body. */
  readonly joinedBy: '&&' | '||' | ';' | '|' | '&' | null
  /** Stands in a body or branch that may not run: if, case, loop, function, right of `||`, right of `&&` after a test. */
  readonly conditional: boolean
  /** What becomes of its status: the script may end with it, what follows in its list drops it, or something else reads it: a condition, `||`, `!`, `&`, `$(…)`. */
  readonly status: 'returned' | 'dropped' | 'read'
  /** How deep in subshells, `$(…)` and `sh -c '…'` it stands. */
  readonly depth: number
  /** Its output goes into a pipe. */
  readonly piped: boolean
  /** Its status is inverted by `!`. */
  readonly negated: boolean
  /** Index of the word that names the program, after sudo, env, timeout and the like; the number of words when there is none or nobody can tell. */
  readonly program: number
  /** Names of what was passed over to get there. */
  readonly wrappers: readonly string[]
  /** The same around the script it stands in, and what started that: `sudo`, `su`, `bash`, outermost first. */
  readonly within: readonly string[]
  /** Its argument or input is a script whose commands follow in the list. */
  readonly unfolded: boolean
  /** Calls a function the script defines, whatever its name. */
  readonly callsFunction: boolean
  /** Relative to where the script starts ('' there), absolute after `cd /…`, `~` for the home; null when unknown. */
  readonly directory: string | null
  /** `set` options in force. */
  readonly options: ShellOptions
  /** Variables the script exported before it; a null value is unknown. */
  readonly exports: ReadonlyMap<string, string | null>
}
