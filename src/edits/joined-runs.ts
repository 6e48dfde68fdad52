// One RUN of several that stand right below one another. Whether that is worth it, callers know.
import { quotedText } from '../facts/instruction-text.ts'
import type { Build, RunStep } from '../model/build.ts'
import type { Command } from '../syntax/shell.ts'
import type { Span, TextEdit } from '../text.ts'
import { indentOf, lineEndAt } from './instructions.ts'
import { extentOf, NO_END } from './scripts.ts'
import { leakOf } from './shell-leaks.ts'
import { topLevelOf, type TopLevel } from './top-level.ts'

/** The edits, or a clause that says why there are none. */
export type Joined = { readonly edits: readonly TextEdit[] } | { readonly reason: string }

/** One argument of a process holds 128 KiB at most, and the script is one. */
const LONGEST_SCRIPT = 100_000
/** Nobody would want to read more in one; each is compared with each. */
const MOST_RUNS = 40
/** Comments that speak to a tool about the instruction right below them. */
const DIRECTIVE = /^#\s*(?:cachemiss|hadolint|checkov|trivy|kics|nosemgrep|nosonar|tally|check\s*=)/i

/** Makes one RUN of these, with the comments between them, in the style of the first; the flags are those of the first. */
export function joined(build: Build, runs: readonly RunStep[]): Joined {
  if (runs.length > MOST_RUNS) return { reason: `${runs.length} RUN steps are too many for one` }
  const parts = runs.map((run, at) => partOf(build, run, runs[at - 1]))
  const refused = parts.find((part): part is string => typeof part === 'string') ?? runs.slice(1).map((run, at) => neighbourReason(runs[at]!, run, runs.slice(0, at + 1))).find(reason => reason !== null)
  if (refused !== undefined) return { reason: refused }
  const known = parts as readonly Part[]
  const isByErrexit = known.every((part, at) => stopsByErrexit(part, at === known.length - 1)) && new Set(known.map(({ set }) => set?.text)).size === 1
  const unfit = isByErrexit ? undefined : known.slice(1).find(({ top }) => top.separators.some(({ operator }) => /^[;&]$/.test(operator)))
  if (unfit) return { reason: `"${quotedText(unfit.text, 40)}" goes on after a failure, so that "&&" cannot join it` }
  const style = styleOf(build, known, isByErrexit ? ';' : '&&')
  const head = known[0]!.set?.text
  const text = known.slice(1).map(part => withComments(style, part.comments) + (isByErrexit ? withoutSet(part, head) : chained(build, part, style, head))).join('')
  if (known[0]!.text.length + text.length > LONGEST_SCRIPT) return { reason: 'the merged script would be too long for one command' }
  return { edits: [{ span: { start: known[0]!.extent.end, end: runs.at(-1)!.span.end }, text }] }
}

interface Part {
  readonly run: RunStep
  readonly extent: Span
  /** As written in the file. */
  readonly text: string
  readonly top: TopLevel
  /** `set …` as the first of several commands, and where the next one starts in `text`. */
  readonly set: { readonly text: string; readonly end: number } | null
  /** Comment lines between the RUN above and this one. */
  readonly comments: readonly string[]
}

/** A text says why there is none. */
function partOf(build: Build, run: RunStep, above: RunStep | undefined): Part | string {
  const extent = extentOf(run)
  const top = topLevelOf(run)
  if (!extent || !top) return run.form === 'exec' ? 'the exec form has no shell' : run.heredocs.length > 0 ? 'a here-document cannot be part of a chain' : NO_END
  const comments = build.comments.map(({ span }) => span)
  if (comments.some(({ start }) => start >= extent.end && start < run.span.end)) return NO_END
  const text = build.text.slice(extent.start, extent.end)
  const between = above ? comments.filter(({ start, end }) => start >= above.span.end && end <= run.span.start).map(({ start, end }) => build.text.slice(start, end).trim()) : []
  const directive = between.find(comment => DIRECTIVE.test(comment))
  if (directive) return `"${quotedText(directive, 40)}" speaks of the RUN below it`
  const instruction = between.find(comment => /^#\s*(?:RUN|COPY|ADD|ENV|ARG|USER|WORKDIR|FROM|CMD|ENTRYPOINT)\s/.test(comment))
  if (instruction) return `"${quotedText(instruction, 40)}" stands between them`
  const [first, second] = outerCommands(run)
  const isSet = first && second && first.words[0]?.value === 'set' && /^\s*(?:\\\s*)?(?:&&|;)/.test(build.text.slice(first.span.end, second.span.start))
  return { run, extent, text, top, comments: between, set: isSet ? { text: build.text.slice(first.span.start, first.span.end), end: second.span.start - extent.start } : null }
}

const outerCommands = ({ commands }: RunStep): readonly Command[] => (commands === 'opaque' ? [] : commands.filter(({ depth }) => depth === 0))

const CONTAINED = /^(?:cache|secret|ssh)$/

function neighbourReason(above: RunStep, run: RunStep, before: readonly RunStep[]): string | null {
  const flags = ({ flags: given }: RunStep): string => given.map(({ name, value }) => `${name}=${value ?? ''}`).sort().join('\n')
  const at = run.stage.instructions.indexOf(run)
  if (run.stage !== above.stage || run.stage.instructions[at - 1] !== above) return 'they do not stand right below one another'
  if (flags(above) !== flags(run)) return 'their flags differ'
  if (run.mounts.some(({ type, readonly }) => !CONTAINED.test(type) && !(type === 'bind' && readonly))) return 'what one writes into its mount would be there for the next one'
  if (topLevelOf(above)?.separators.some(({ operator }) => operator === '&')) return 'a process in the background would go on beside the next one'
  // What the first one leaves holds for all below it.
  return before.map(upper => leakOf(upper, run)).find(leak => leak !== null) ?? null
}

/** `set -e; a; b`: with `;` before what follows it still stops at the first failure. */
function stopsByErrexit({ set, top, run }: Part, isLast: boolean): boolean {
  const last = outerCommands(run).at(-1)
  return set !== null && /\s-[a-z]*e/.test(set.text) && top.separators.every(({ operator }) => operator === ';') && (isLast || top.endsSimply && last !== undefined && !last.conditional && !last.negated)
}

const withoutSet = ({ text, set }: Part, head: string | undefined): string => (set && set.text === head ? text.slice(set.end) : text)

/** What stands between two commands of the result: the blanks and line ends around the operator. */
function styleOf(build: Build, parts: readonly Part[], operator: '&&' | ';'): string {
  for (const part of parts) {
    for (const separator of part.top.separators) {
      const glue = separator.operator === operator ? glueAt(build, part, separator.offset) : null
      if (glue && glue.text.split('\n').length === 2 && !/\n\s*;/.test(glue.text)) return glue.text
    }
  }
  const run = parts[0]!.run
  const lineEnd = `${build.escape}${lineEndAt(build.text, run.span.start)}${indentOf(build, run)}    `
  return operator === ';' ? `; ${lineEnd}` : ` ${lineEnd}&& `
}

/** The text between the commands on both sides of an operator, where that is all there is. */
function glueAt({ text, escape }: Build, { run, extent }: Part, offset: number): { readonly start: number; readonly end: number; readonly text: string } | null {
  const commands = outerCommands(run)
  const start = Math.max(extent.start, ...commands.map(({ span }) => span.end).filter(end => end <= offset))
  const end = Math.min(extent.end, ...commands.map(({ span }) => span.start).filter(at => at > offset))
  const glue = text.slice(start, end)
  const blanks = escape === '\\' ? '(?:[ \\t]|\\\\[ \\t]*\\r?\\n)*' : '(?:[ \\t]|`[ \\t]*\\r?\\n)*'
  return new RegExp(`^${blanks}(?:&&|;)${blanks}$`).test(glue) ? { start, end, text: glue } : null
}

/** Comments stand on lines of their own behind the line that is continued. */
function withComments(style: string, comments: readonly string[]): string {
  const at = style.indexOf('\n') + 1
  const lineEnd = style[at - 2] === '\r' ? '\r\n' : '\n'
  const indent = /^[ \t]*/.exec(style.slice(at))![0]
  return style.slice(0, at) + comments.map(comment => indent + comment + lineEnd).join('') + style.slice(at)
}

/** The part in the style of the others; in parentheses where it has alternatives. */
function chained(build: Build, part: Part, style: string, head: string | undefined): string {
  const isSame = part.set !== null && part.set.text === head
  const start = part.extent.start + (isSame ? part.set!.end : 0)
  if (part.top.separators.some(({ operator, offset }) => operator === '||' && offset >= start)) return `(${withoutSet(part, head)})`
  let [text, at] = ['', start]
  for (const { operator, offset } of part.top.separators) {
    const glue = operator === '&&' && offset >= start ? glueAt(build, part, offset) : null
    if (!glue?.text.includes('\n')) continue
    text += build.text.slice(at, glue.start) + style
    at = glue.end
  }
  return text + build.text.slice(at, part.extent.end)
}
