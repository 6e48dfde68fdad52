// Text → Syntax. The only importer of dockerfile-ast, which sees a masked copy and gives ranges only (see segment.ts for boundaries).
import type { Flag, Heredoc, Script } from '../model/build.ts'
import type { Span } from '../text.ts'

/** One Dockerfile as written: immutable, spans into the original text. */
export interface Syntax {
  readonly text: string
  readonly directives: readonly { readonly name: 'syntax' | 'escape' | 'check'; readonly value: string; readonly span: Span }[]
  readonly escape: '\\' | '`'
  readonly comments: readonly Comment[]
  readonly instructions: readonly InstructionNode[]
  /** What the engine's parser would refuse; the file then has no other findings. */
  readonly problems: readonly Problem[]
}

/** A comment line: from `#` to its end. `before` is the index of the instruction it stands above or in; the number of instructions when none follows. */
export interface Comment { readonly span: Span; readonly text: string; readonly before: number }
export interface Problem { readonly span: Span; readonly message: string }

export interface InstructionNode {
  /** Upper case. For an ONBUILD the trigger is in `trigger`. */
  readonly keyword: string
  readonly keywordSpan: Span
  readonly span: Span
  /** The logical line, keyword first, trimmed. */
  readonly text: string
  readonly flags: readonly Flag[]
  /** What follows the flags, as one text with the place of each character. */
  readonly rest: Script
  /** Strings of a JSON array, when `rest` is one; null otherwise. */
  readonly json: readonly { readonly value: string; readonly span: Span }[] | null
  /** `rest` split at blanks outside quotes, undecoded. */
  readonly words: readonly { readonly text: string; readonly span: Span }[]
  readonly heredocs: readonly Heredoc[]
  readonly trigger: InstructionNode | null
}
