// Text → Syntax. Boundaries come from segment.ts, values from our own reading of the joined line (line.ts).
import type { Flag, Heredoc, Script } from '../model/build.ts'
import type { Span } from '../text.ts'
import { problemsOf } from './check.ts'
import { readStrings, splitBlanks, splitLine, splitQuoted, type Token } from './line.ts'
import { segment, type Segment } from './segment.ts'

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
export type { Token } from './line.ts'

export interface InstructionNode {
  /** Upper case. For an ONBUILD the trigger is in `trigger`. */
  readonly keyword: string
  readonly keywordSpan: Span
  /** From the keyword to the end of its last line, here-document bodies included. */
  readonly span: Span
  /** The end of the instruction's own lines, before its here-documents. */
  readonly lineEnd: number
  /** The logical line, keyword first, trimmed. */
  readonly text: string
  readonly flags: readonly Flag[]
  /** What follows the flags, as one text with the place of each character. */
  readonly rest: Script
  /** Strings of a JSON array, when `rest` is one; null otherwise. */
  readonly json: readonly { readonly value: string; readonly span: Span }[] | null
  /** `rest` split as the engine does for this keyword, quotes kept. */
  readonly words: readonly Token[]
  readonly heredocs: readonly Heredoc[]
  readonly blankLines: readonly Span[]
  readonly trigger: InstructionNode | null
}

/** Reads one Dockerfile; never throws. */
export function parse(text: string): Syntax {
  const { directives, escape, comments, segments, problems } = segment(text)
  const instructions = segments.map(part => readNode(part, part.logical, escape, false))
  const syntax = { text, directives, escape, comments, instructions, problems }
  return problems.length > 0 ? syntax : { ...syntax, problems: problemsOf(syntax) }
}

/** Instructions whose JSON form counts. BuildKit: parser.go, dispatch. */
const JSON_FORM = new Set(['ADD', 'COPY', 'CMD', 'ENTRYPOINT', 'RUN', 'SHELL', 'VOLUME'])
/** Instructions split outside quotes; the others at any blank. BuildKit: line_parsers.go, parseWords. */
const QUOTED_WORDS = new Set(['ARG', 'ENV', 'LABEL'])

/** A trigger has no trigger of its own: the engine refuses ONBUILD in an ONBUILD. */
function readNode(part: Segment, line: Script, escape: string, isTrigger: boolean): InstructionNode {
  const { keyword, keywordSpan, flags, rest } = splitLine(line, escape)
  return {
    keyword, keywordSpan, flags, rest,
    json: JSON_FORM.has(keyword) ? readStrings(rest) : null,
    span: { start: keywordSpan.start, end: part.span.end },
    lineEnd: part.lineEnd,
    text: line.text,
    words: QUOTED_WORDS.has(keyword) ? splitQuoted(rest, escape) : splitBlanks(rest),
    heredocs: part.heredocs,
    blankLines: part.blankLines,
    trigger: keyword === 'ONBUILD' && !isTrigger && rest.text !== '' ? readNode(part, rest, escape, true) : null,
  }
}
