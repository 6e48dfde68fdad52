// The only importer of unbash: a RUN script → its simple commands, or 'opaque' when no reader can be sure.
import type { Span } from '../text.ts'

export interface Word {
  /** As written. */
  readonly text: string
  /** After quote removal and expansion of what is known; null when it depends on something unknown. */
  readonly value: string | null
  readonly span: Span
}
export interface Redirect { readonly operator: string; readonly fd: number | null; readonly target: Word | null; readonly span: Span }
/** One simple command, in the order of the text. */
export interface Command {
  /** Program and arguments. Never empty, unless the command only assigns or redirects. */
  readonly words: readonly Word[]
  readonly assignments: readonly { readonly name: string; readonly value: Word | null }[]
  readonly redirects: readonly Redirect[]
  readonly span: Span
  /** The operator before it at its own level; null at the start of a script, list or body. */
  readonly joinedBy: '&&' | '||' | ';' | '|' | '&' | null
  /** Stands in a body or branch that may not run: if, case, loop, function, right of `||`. */
  readonly conditional: boolean
  /** How deep in subshells, `$(…)` and `sh -c '…'` it stands. */
  readonly depth: number
  /** Its output goes into a pipe. */
  readonly piped: boolean
}
