// Lines for the ignore file: how a path is written there, which of those wanted hide nothing that a build needs, and the text with them.
import { exceptionFor, needOf } from '../facts/ignore-needs.ts'
import { listed } from '../facts/instruction-text.ts'
import type { Build } from '../model/build.ts'
import type { Fix } from '../rule.ts'
import { lineEndAt } from './instructions.ts'

export interface IgnoreEntry {
  readonly line: string
  /** Paths of the context that it is there for. */
  readonly hides: readonly string[]
  /** Those that no step and no command may name. */
  readonly unnamed: readonly string[]
}

/** One line for one path that nothing names. */
export const entryFor = (path: string): IgnoreEntry => ({ line: lineFor(path), hides: [path], unnamed: [path] })

/** A path as a pattern that matches it alone; a folder without its slash. */
export const lineFor = (path: string): string => path.replace(/\/$/, '').replace(/[*?[\]\\]/g, '\\$&').replace(/^[#!]/, '\\$&')

/** The ignore file with more lines, each in the section for its kind or at the end, in its own style; a line that stands there already counts unless a `!` line follows. */
export function withLines(text: string, lines: readonly string[], lineEndOfNew = '\n'): string {
  const lineEnd = text.includes('\n') ? lineEndAt(text, text.length) : lineEndOfNew
  const written = text.split(/\r?\n/)
  const there = new Set(written.slice(written.findLastIndex(line => /^\s*!/.test(line)) + 1).map(line => line.replace(/^\//, '')))
  const slash = writesSlashes(written) ? '/' : ''
  const isCovered = (line: string): boolean => [line, `**/${line.slice(line.lastIndexOf('/') + 1)}`].some(each => there.has(each) || each !== line && lines.includes(each))
  const missing = lines.filter(line => !isCovered(line)).map(line => (/^(?:\/|\*\*)/.test(line) ? line : slash + line))
  if (missing.length === 0) return text
  const ends = missing.map(line => endOfSection(written, line))
  // From the bottom up, so that what stands above keeps its place.
  const placed = [...new Set(ends)].filter(at => at !== null).sort((one, other) => other - one)
    .reduce((all, at) => withLinesBelow(all, at, missing.filter((_, index) => ends[index] === at), lineEnd), text)
  const others = missing.filter((_, at) => ends[at] === null)
  const open = placed === '' || placed.endsWith('\n') ? '' : lineEnd
  return others.length === 0 ? placed : placed + open + (endsInSection(placed.split(/\r?\n/)) ? lineEnd : '') + others.map(line => line + lineEnd).join('')
}

function withLinesBelow(text: string, index: number, lines: readonly string[], lineEnd: string): string {
  let at = 0
  for (let line = 0; line <= index && at < text.length; line++) at = text.indexOf('\n', at) + 1 || text.length
  const open = text.slice(0, at).endsWith('\n') ? '' : lineEnd
  return text.slice(0, at) + open + lines.map(line => line + lineEnd).join('') + text.slice(at)
}

/** Kinds of lines, and the headings of sections where they belong. */
const KINDS: readonly { readonly line: RegExp; readonly heading: RegExp }[] = [
  { line: /(?:^|\/)[^/]*(?:Dockerfile|Containerfile|\.dockerignore|compose|docker-bake)[^/]*$/i, heading: /docker|container|compose/i },
  { line: /(?:^|\/)\.git(?:$|hub$|lab$|ignore$|attributes$|modules$|-)/, heading: /\bgit(?:hub|lab)?\b|version control|\bvcs\b/i },
  { line: /(?:^|\/)\.(?:github|gitlab|circleci|buildkite|travis|drone|woodpecker)|Jenkinsfile|azure-pipelines/, heading: /\bCI\b|continuous|github actions|pipelines?/ },
]

/** The last line of the section that such lines stand in, below any `!` line; null without one. Sections end with a blank line. */
function endOfSection(written: readonly string[], line: string): number | null {
  const from = written.findLastIndex(each => /^\s*!/.test(each)) + 1
  for (const { heading } of KINDS.filter(kind => kind.line.test(line))) {
    const head = written.findIndex((each, at) => at >= from && each.startsWith('#') && heading.test(each) && (at === 0 || written[at - 1]!.trim() === '') && /^[^#\s]/.test(written[at + 1] ?? ''))
    if (head === -1) continue
    const end = written.findIndex((each, at) => at > head && (each.trim() === '' || each.startsWith('#')))
    return (end === -1 ? written.length : end) - 1
  }
  return null
}

/** Whether lines that mean the top of the context mostly say so. */
function writesSlashes(lines: readonly string[]): boolean {
  const plain = lines.filter(line => /^[^\s#!*]/.test(line))
  return plain.length >= 3 && plain.filter(line => line.startsWith('/')).length * 3 > plain.length * 2
}

/** Whether what follows would seem to belong under a heading: the last of several paragraphs begins with a comment, or a comment ends the file. */
function endsInSection(lines: readonly string[]): boolean {
  const content = lines.at(-1) === '' ? lines.slice(0, -1) : lines
  if (content.length === 0 || content.at(-1)!.trim() === '') return false
  const blank = content.findLastIndex(line => line.trim() === '')
  return content.at(-1)!.startsWith('#') || blank !== -1 && content[blank + 1]!.startsWith('#')
}

export interface FittingLines {
  readonly entries: readonly IgnoreEntry[]
  /** Why others were left out, as clauses. */
  readonly reasons: readonly string[]
}

/** Those of the entries that hide what they are there for and nothing else that some build of this context needs. */
export function fittingLines(build: Build, wanted: readonly IgnoreEntry[]): FittingLines {
  const before = build.context.ignoreFile?.text ?? ''
  const reasons: string[] = []
  const entries = wanted.filter(({ line, hides, unnamed }) => {
    const text = withLines(before, [line])
    const wish = hides.map(path => exceptionFor(build, path)).find(found => found !== null) ?? null
    const reason = wish !== null ? `${wish} lets it in by name`
      : needOf(build, text, unnamed) ?? (hides.every(path => build.context.ignoring(text).ignores(path)) ? null : `no line at the end of ${ignorePath(build)} would keep ${hides[0]} out`)
    if (reason !== null) reasons.push(reason)
    return reason === null
  })
  return { entries, reasons }
}

export const ignorePath = ({ context: { ignoreFile } }: Build): string => ignoreFile?.path ?? '.dockerignore'

/** The context is a guess where it is not the folder of the Dockerfile. */
export const assuming = ({ context: { folder } }: Build, clause: string): string => (folder === null ? clause : `${folder === '.' ? 'the current folder' : folder} is the build context, and ${clause}`)

/** A fix that adds these lines. `assumes`: a clause. */
export const ignoring = (build: Build, lines: readonly string[], assumes: string): Fix => ({
  title: build.context.ignoreFile ? `Add ${listed(lines)} to ${ignorePath(build)}` : `Write a .dockerignore with ${listed(lines)}`,
  safety: 'suggested', assumes: assuming(build, assumes), edits: [], ignoreLines: lines,
})
