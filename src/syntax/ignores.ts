// Suppression comments: ours, hadolint's and BuildKit's. Says what each one names and covers;
// which of our rules a foreign name stands for is for the engine to judge.
import type { Comment, Syntax } from './parse.ts'
import type { Span } from '../text.ts'

export interface Ignore {
  readonly dialect: 'cachemiss' | 'hadolint' | 'buildkit'
  /** Index of the instruction it covers, the number of instructions when none follows; null for the whole file. */
  readonly instruction: number | null
  /** As written. BuildKit's may be `all`. Empty when it names nothing. */
  readonly names: readonly { readonly name: string; readonly span: Span }[]
  readonly span: Span
}

/** In the order of the text. */
export function ignoresOf(syntax: Syntax): readonly Ignore[] {
  const directives = syntax.directives
  const comments = syntax.comments.filter(({ span }) => !directives.some(directive => overlap(directive.span, span)))
  const file = directives.filter(directive => directive.name === 'check').map(({ value, span }) => check(value, span, null))
  const own = comments.flatMap(comment => pragma(syntax.text, comment) ?? [])
  return [...file, ...own, ...checks(syntax, comments)].sort((a, b) => a.span.start - b.span.start)
}

const overlap = (a: Span, b: Span): boolean => a.start < b.end && b.start < a.end

const opening = /^#\s*(?:cachemiss\s+(ignore|ignore-file)|hadolint\s+(global\s+)?ignore)\s*=\s*/

function pragma(text: string, { span, before }: Comment): Ignore | null {
  const content = text.slice(span.start, span.end)
  const match = opening.exec(content)
  if (match === null) return null
  const [{ length }, ours, global] = match
  const file = ours === 'ignore-file' || global !== undefined
  return { dialect: ours === undefined ? 'hadolint' : 'cachemiss', instruction: file ? null : before, names: listed(content, length, span.start), span }
}

/** The comma-separated names from `from` on; what follows them is the reason. */
function listed(content: string, from: number, offset: number): Ignore['names'] {
  const name = /[^\s,]+/y
  const comma = /\s*,\s*/y
  const names = []
  for (let at = from; ; at = comma.lastIndex) {
    name.lastIndex = at
    const match = name.exec(content)
    if (match === null || match[0].startsWith('--')) return names
    names.push({ name: match[0], span: { start: offset + at, end: offset + name.lastIndex } })
    comma.lastIndex = name.lastIndex
    if (!comma.test(content)) return names
  }
}

/**
 * `# check=` comments above instructions. As in BuildKit the first one above an instruction wins, an empty comment
 * cuts off those above it, and comments inside an instruction do not count (parser.go `Parse`, linter.go
 * `WithMergedConfigFromComments`).
 */
function checks({ text, instructions }: Syntax, comments: readonly Comment[]): readonly Ignore[] {
  const found = new Map<number, Ignore>()
  for (const { span, before } of comments) {
    const instruction = instructions[before]
    if (instruction === undefined || span.start >= instruction.span.start) continue
    const content = text.slice(span.start + 1, span.end).trim()
    const value = /^check\s*=\s*(.+)$/i.exec(content)?.[1]
    if (content === '') found.delete(before)
    else if (value !== undefined && !found.has(before)) found.set(before, check(value, span, before))
  }
  return [...found.values()]
}

const check = (value: string, span: Span, instruction: number | null): Ignore =>
  ({ dialect: 'buildkit', instruction, names: skipped(value).map(name => ({ name, span })), span })

/** Names of `skip=`; none where an option is not one of BuildKit's, which then reads none of them (`ParseLintOptions`). */
function skipped(value: string): readonly string[] {
  const options = value.split(' ', 1)[0]!.split(';').map(option => option.split('=').map(part => part.trim()))
  if (!options.every(([key, list]) => list !== undefined && /^(skip|error|experimental)$/.test(key!))) return []
  return options.flatMap(([key, list]) => (key === 'skip' ? list!.split(',') : [])).map(name => name.trim()).filter(name => name !== '')
}
