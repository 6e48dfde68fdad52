// Two RUN steps of one: some commands of its chain go into a RUN of their own further up. Nothing here judges whether they may.
import { commandsOf, type NormalCommand } from '../facts/commands.ts'
import { quoted } from '../facts/instruction-text.ts'
import type { Build, Instruction, RunStep } from '../model/build.ts'
import type { Command } from '../syntax/shell.ts'
import type { TextEdit } from '../text.ts'
import { blockOf, indentOf, lineEndAt } from './instructions.ts'
import { extentOf } from './scripts.ts'
import { topLevelOf } from './top-level.ts'

/** The edits, or a clause that says why there are none. */
export type Split = { readonly edits: readonly TextEdit[] } | { readonly reason: string }

interface Segment {
  readonly start: number
  readonly end: number
  readonly commands: readonly Command[]
  /** Comment lines between the segment above and this one. */
  readonly comments: readonly string[]
}

const NO_CHAIN = 'the commands of the RUN do not follow one another by "&&"'

/** Gives these commands, in their order, a RUN of their own above `target`; `set` at the head goes with both. */
export function splitRun(build: Build, run: RunStep, first: readonly NormalCommand[], target: Instruction, flags: { readonly first: string; readonly second: string }): Split {
  const segments = segmentsOf(build, run)
  if (typeof segments === 'string') return { reason: segments }
  const isSet = ({ commands }: Segment, at: number): boolean => at === 0 && segments.length > 1 && commands.length === 1 && commands[0]!.words[0]?.value === 'set'
  const chosen = new Set(first.map(({ command }) => command))
  const upper = segments.filter((segment, at) => isSet(segment, at) || segment.commands.some(command => chosen.has(command)))
  const lower = segments.filter((segment, at) => isSet(segment, at) || !upper.includes(segment))
  if (upper.some((segment, at) => !isSet(segment, at) && !segment.commands.filter(({ depth }) => depth === 0).every(command => chosen.has(command)))) return { reason: NO_CHAIN }
  const isEmpty = (part: readonly Segment[]): boolean => part.every(segment => isSet(segment, segments.indexOf(segment)))
  if (isEmpty(upper) || isEmpty(lower)) return { reason: 'nothing would be left of one of the steps' }
  return { edits: editsOf(build, run, segments, { upper, lower }, target, flags) }
}

/** The pieces between the operators at the top of the script; a text says why there are none. */
function segmentsOf(build: Build, run: RunStep): readonly Segment[] | string {
  const top = topLevelOf(run)
  const extent = extentOf(run)
  const commands = commandsOf(run)
  if (run.heredocs.length > 0) return 'the script is a here-document'
  if (!top || !extent || commands === 'opaque' || run.commands === 'opaque') return 'the script cannot be taken apart'
  const isByErrexit = top.separators.every(({ operator }) => operator === ';') && commands[0]?.program === 'set' && commands.slice(1).every(({ errexit }) => errexit)
  if (!isByErrexit && !top.separators.every(({ operator }) => operator === '&&' || operator === '|')) return NO_CHAIN
  const cuts = top.separators.filter(({ operator }) => operator !== '|').map(({ offset, operator }) => ({ offset, end: offset + operator.length }))
  const bounds = [{ offset: extent.start, end: extent.start }, ...cuts]
  const found = bounds.map(({ end }, at) => segmentOf(build, run, end, cuts[at]?.offset ?? extent.end))
  const isBetween = (start: number, end: number): readonly string[] => build.comments.filter(({ span }) => span.start >= start && span.end <= end).map(({ span }) => build.text.slice(span.start, span.end).trim())
  return found.map((segment, at) => ({ ...segment, comments: at === 0 ? [] : isBetween(found[at - 1]!.end, segment.start) }))
}

/** Blanks, continued lines and comments around the commands belong to none of them. */
function segmentOf(build: Build, { commands }: RunStep, from: number, to: number): Omit<Segment, 'comments'> {
  const { text, escape } = build
  const found = (commands as readonly Command[]).filter(({ span }) => span.start >= from && span.end <= to)
  let start = from
  for (let match; (match = new RegExp(`^(?:[ \\t\\r\\n]|${escape === '\\' ? '\\\\' : escape}[ \\t]*\\r?\\n|#[^\\n]*\\n)`).exec(text.slice(start, to)));) start += match[0].length
  const end = endBefore(build, from, to)
  return { start, end: Math.max(start, end), commands: found }
}

/** Where the last command before `to` ends: blanks, continued lines and comments left out. */
function endBefore({ text, escape, comments }: Build, from: number, to: number): number {
  let end = to
  for (;;) {
    while (end > from && /\s/.test(text[end - 1]!)) end--
    const comment = comments.find(({ span }) => span.start >= from && span.start < end && span.end >= end)
    if (comment) end = comment.span.start
    else if (end > from && text[end - 1] === escape && /^[ \t]*\r?\n/.test(text.slice(end, to))) end--
    else return end
  }
}

function editsOf(build: Build, run: RunStep, segments: readonly Segment[], { upper, lower }: { readonly upper: readonly Segment[]; readonly lower: readonly Segment[] }, target: Instruction, flags: { readonly first: string; readonly second: string }): readonly TextEdit[] {
  const { text } = build
  const lineEnd = lineEndAt(text, run.span.start)
  const keyword = text.slice(run.span.start, run.span.start + 3)
  const script = (part: readonly Segment[]): string => joinedSegments(build, run, segments, part)
  // Comments before the first command of a part cannot stay inside it.
  const head = lower.filter(segment => segment !== segments[0])[0]
  const rest = (head?.comments ?? []).map(comment => indentOf(build, run) + comment + lineEnd).join('')
  const at = target === run ? run.span.start - indentOf(build, run).length : blockOf(build, target).start
  const isApart = target !== run && (at === 0 || /\n[ \t]*\r?\n$/.test(text.slice(0, at)))
  const own = `${indentOf(build, target)}${keyword} ${flags.first}${script(upper)}${lineEnd}${isApart ? lineEnd : ''}`
  return [{ span: { start: at, end: at }, text: own }, { span: { start: run.span.start - indentOf(build, run).length, end: run.span.end }, text: `${rest}${indentOf(build, run)}${keyword} ${flags.second}${script(lower)}` }]
}

function joinedSegments({ text, escape }: Build, run: RunStep, segments: readonly Segment[], part: readonly Segment[]): string {
  const gaps = segments.slice(1).map((segment, at) => text.slice(segments[at]!.end, segment.start))
  const isCommented = (gap: string): boolean => /\n[ \t]*#/.test(gap)
  const style = gaps.find(gap => gap.includes('\n') && !isCommented(gap)) ?? gaps.find(gap => !isCommented(gap)) ?? ` ${escape}${lineEndAt(text, run.span.start)}    && `
  return part.map((segment, at) => {
    const written = text.slice(segment.start, segment.end)
    if (at === 0) return written
    const isNext = segments.indexOf(segment) === segments.indexOf(part[at - 1]!) + 1
    return (isNext ? gaps[segments.indexOf(segment) - 1]! : style) + written
  }).join('')
}

/** An instruction between these two that changes what the commands of the RUN find; null where none does. */
export function changeBetween(upper: Instruction, run: RunStep, isAnywhere: boolean): string | null {
  const { instructions } = run.stage
  const between = instructions.slice(instructions.indexOf(upper) + 1, instructions.indexOf(run))
  const found = between.find(instruction => instruction.kind === 'run' || instruction.kind === 'workdir' && !isAnywhere || instruction.kind === 'setting' && /^(?:ENV|ARG|USER|SHELL)$/.test(instruction.keyword) || instruction.kind === 'setting' && instruction.keyword === 'WORKDIR' && !isAnywhere)
  return found ? `"${quoted(found, 40)}" stands between, and the commands may need it` : null
}
