// Edits that move whole instructions with the comments above them, in the way of the file: what stood apart between blank lines stands apart again.
import { baseName } from '../model/paths.ts'
import type { Build, Instruction, Setting } from '../model/build.ts'
import type { Span, TextEdit } from '../text.ts'
import { blockOf, lineEndAt, linesOf } from './instructions.ts'
import { isBlankAbove, isBlankBelow, lineAfter, withoutGap } from './lines.ts'

/** A line to write among those that are moved, where one at this offset of the file would come. */
export interface NewLine { readonly at: number; readonly text: string }

/** Moves instructions, in their order, above another one of the file and its comments. */
export function movedTogetherAbove(build: Build, instructions: readonly Instruction[], target: Instruction, lines: readonly NewLine[] = []): readonly TextEdit[] {
  const heads = /\S/.test(commentsOf(build, target)) && headsAll(build, instructions, target)
  return movedTo(build, instructions, (heads ? linesOf : blockOf)(build, target).start, lines)
}

/** Comments that speak of copying, or to a linter, are those of the copy below them alone. */
const OF_COPY = /\b(?:cop(?:y|ies|ied|ying)|add(?:s|ed|ing)?|files?|sources?|code|ignore)\b/i
const BLANK_OR_COMMENT = /\n[ \t]*(?:#[^\n]*|\r?)\n/

/** Whether the comment above the target heads all of what stands below it in its paragraph: then it stays on top. */
function headsAll(build: Build, instructions: readonly Instruction[], target: Instruction): boolean {
  const { start } = linesOf(build, target)
  const isInParagraph = (group: Span): boolean => group.start > start && !BLANK_OR_COMMENT.test(build.text.slice(start, group.start)) && !isCommented(build.text, group)
  return !OF_COPY.test(commentsOf(build, target)) && groupsOf(build, instructions).every(isInParagraph)
}

/** The same below another one. */
export const movedTogetherBelow = (build: Build, instructions: readonly Instruction[], target: Instruction, lines: readonly NewLine[] = []): readonly TextEdit[] =>
  movedTo(build, instructions, linesOf(build, target).end, lines)

/**
 * The first of the settings and folders right above an instruction that share a comment with it, as in a paragraph "copy the sources" which sets
 * its folder first; the instruction itself where there are none.
 */
export function headOf(build: Build, target: Instruction): Instruction {
  const { instructions } = target.stage
  let head = target
  for (let at = instructions.indexOf(target); at > 0 && blockOf(build, instructions[at]!).start === linesOf(build, instructions[at]!).start; at--) {
    const above = instructions[at - 1]!
    const isPart = above.kind === 'workdir' || above.keyword === 'ENV' || above.keyword === 'ARG'
    if (!isPart || above.onbuild || linesOf(build, above).end !== linesOf(build, instructions[at]!).start) return target
    head = above
  }
  return blockOf(build, head).start < linesOf(build, head).start ? head : target
}

/** Moves settings right above the instruction that uses them, below its comments unless these speak to a linter: no blank line comes between. */
export const attachedAbove = (build: Build, instructions: readonly Instruction[], target: Instruction, lines: readonly NewLine[] = []): readonly TextEdit[] =>
  movedTo(build, instructions, (/\bignore\b/.test(commentsOf(build, target)) ? blockOf : linesOf)(build, target).start, lines, true)

/** `isHeaded`: a comment above it, below a blank line, begins a paragraph. */
interface Piece { readonly at: number; readonly isApart: boolean; readonly isHeaded: boolean; readonly text: string }

function movedTo(build: Build, instructions: readonly Instruction[], to: number, lines: readonly NewLine[], attached = false): readonly TextEdit[] {
  const { text } = build
  const groups = groupsOf(build, instructions)
  const lineEnd = lineEndAt(text, instructions[0]?.span.start ?? to)
  const indent = /^[ \t]*/.exec(text.slice(to))![0]
  const pieces: readonly Piece[] = [
    ...groups.map(group => ({ at: group.start, isApart: !attached && isApart(text, group), isHeaded: !attached && isBlankAbove(text, group.start) && isCommented(text, group), text: ended(text.slice(group.start, group.end), lineEnd) })),
    ...lines.map(line => ({ at: line.at, isApart: false, isHeaded: false, text: indent + line.text + lineEnd })),
  ].sort((a, b) => a.at - b.at)
  const written = pieces.map((piece, at) => ((piece.isApart && pieces[at - 1]?.isApart) || (piece.isHeaded && at > 0) ? lineEnd : '') + piece.text).join('')
  const gap = !attached && groups.length > 0 && hasGap(text, groups, to) ? lineEnd : ''
  const inserted = (isBlankAbove(text, to) ? '' : gap) + written + (isBlankBelow(text, to) ? '' : gap)
  const isOpen = to === text.length && !text.endsWith('\n')
  return [{ span: { start: to, end: to }, text: isOpen ? lineEnd + inserted.replace(/\r?\n$/, '') : inserted }, ...groups.map(group => ({ span: withoutGap(text, group), text: '' }))]
}

/** Whether blank lines belong around what is put here: where a paragraph starts or ends, and what is put there comes from another one or meets a comment. */
function hasGap(text: string, groups: readonly Span[], to: number): boolean {
  const isSeparate = groups.every(({ start, end }) => /\n[ \t]*\r?\n/.test(start < to ? text.slice(end - 1, to) : text.slice(Math.max(0, to - 1), start)))
  const isOnEdge = isBlankAbove(text, to) || isBlankBelow(text, to)
  const meetsComment = groups[0]!.start > to && isCommented(text, { start: to, end: to })
  const isOwn = groups.every(group => isApart(text, group) || isBlankAbove(text, group.start) && isCommented(text, group))
  return isSeparate && isOwn || isOnEdge && (isSeparate || meetsComment)
}

const isCommented = (text: string, { start }: Span): boolean => /^[ \t]*#/.test(text.slice(start, lineAfter(text, start)))
/** A paragraph of its own. */
const isApart = (text: string, { start, end }: Span): boolean => isBlankAbove(text, start) && isBlankBelow(text, end)

/** The comment lines right above. */
const commentsOf = (build: Build, instruction: Instruction): string => build.text.slice(blockOf(build, instruction).start, linesOf(build, instruction).start)

const ended = (written: string, lineEnd: string): string => (written.endsWith('\n') ? written : written + lineEnd)

/** The lines of the instructions; those with nothing but blank lines between are one group. */
function groupsOf(build: Build, instructions: readonly Instruction[]): readonly Span[] {
  const groups: Span[] = []
  for (const instruction of [...instructions].sort((a, b) => a.span.start - b.span.start)) {
    const block = headsOthers(build, instruction, instructions) ? linesOf(build, instruction) : blockOf(build, instruction)
    const last = groups.at(-1)
    if (last && build.text.slice(last.end, block.start).trim() === '') groups[groups.length - 1] = { start: last.start, end: block.end }
    else groups.push(block)
  }
  return groups
}

/** Whether the comment above a setting or a copy speaks of those below it as well, which stay: then it stays with them. */
function headsOthers(build: Build, instruction: Instruction, moved: readonly Instruction[]): boolean {
  const comments = commentsOf(build, instruction)
  const { instructions } = instruction.stage
  if (comments === '' || instruction.kind === 'run') return false
  let at = instructions.indexOf(instruction)
  const isNextOfParagraph = (): boolean => instructions[at + 1]?.keyword === instruction.keyword && linesOf(build, instructions[at + 1]!).start === linesOf(build, instructions[at]!).end
  while (isNextOfParagraph() && moved.includes(instructions[at]!)) at++
  if (moved.includes(instructions[at]!)) return false
  const named = instruction.kind === 'setting' ? instruction.assigns.map(({ name }) => name) : instruction.kind === 'workdir' ? [] : instruction.sources.map(source => baseName(source.replace(/\/+$/, '')))
  return !named.some(name => name.length > 1 && comments.includes(name))
}

/** Takes variables out of an instruction that assigns others as well; null where a comment stands among them. */
export function withoutVariables({ text, comments }: Build, { assigns }: Setting, gone: readonly Span[]): readonly TextEdit[] | null {
  const spans = assigns.flatMap(({ span }) => span ?? [])
  const isGone = ({ start }: Span): boolean => gone.some(span => span.start === start)
  const firstKept = spans.findIndex(span => !isGone(span))
  if (firstKept === -1) return null
  // With the blanks behind a word, up to the first that stays; of the others with those before.
  const gapOf = (at: number): Span => (at < firstKept ? { start: spans[at]!.end, end: spans[at + 1]!.start } : { start: spans[at - 1]!.end, end: spans[at]!.start })
  const places = spans.flatMap((span, at) => (isGone(span) ? [{ span, gap: gapOf(at) }] : []))
  const isPlain = places.every(({ gap }) => /^(?:\s|[\\`])*$/.test(text.slice(gap.start, gap.end)) && !comments.some(({ span }) => span.start < gap.end && span.end > gap.start))
  return isPlain ? places.map(({ span, gap }) => ({ span: { start: Math.min(span.start, gap.start), end: Math.max(span.end, gap.end) }, text: '' })) : null
}
