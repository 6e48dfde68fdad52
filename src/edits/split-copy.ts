// Splits a copy of the sources: what an install needs stays in its place, the copy itself goes below the install.
import type { NormalCommand } from '../facts/commands.ts'
import type { CopySplit } from '../facts/copy-splits.ts'
import type { Prefetch } from '../facts/prefetches.ts'
import type { Build, CopyStep, Instruction } from '../model/build.ts'
import type { TextEdit } from '../text.ts'
import { dependencyEntry, hostFolderUser } from './host-dependencies.ts'
import { fittingLines } from './ignore-file.ts'
import { blockOf, indentOf, insertedAbove, keywordLike, lineEndAt, linesOf, removed } from './instructions.ts'
import { manifestCopies } from './manifest-copies.ts'
import { splitRun } from './split-runs.ts'

/** The edits, with lines for the ignore file, or a clause that says why there are none. */
export type SplitEdits = { readonly edits: readonly TextEdit[]; readonly ignoreLines: readonly string[] } | { readonly reason: string }

const OTHER_FOLDER = 'the working directory changes between the copy and its new place'

/** As `split` has it. */
export function splitCopy(build: Build, split: CopySplit): SplitEdits {
  const { copy, last, files, target, part } = split
  const copies = manifestCopies(build, copy, files)
  if ('reason' in copies) return copies
  const ignored = keptOut(build, split)
  if ('reason' in ignored) return ignored
  if (part !== null) return withPart(build, split, part, { lines: copies.lines, ignoreLines: ignored.lines })
  const text = retargeted(build, copy, target)
  return text === null ? { reason: OTHER_FOLDER } : { edits: [replaced(build, copy, copies.lines), insertedBlock(build, copy, last, text)], ignoreLines: ignored.lines }
}

/** The commands that install in a RUN of their own above the copy, with what they need. */
function withPart(build: Build, { copy, last }: CopySplit, part: readonly NormalCommand[], { lines, ignoreLines }: { readonly lines: readonly string[]; readonly ignoreLines: readonly string[] }): SplitEdits {
  const flags = last.flags.map(({ span }) => `${build.text.slice(span.start, span.end)} `).join('')
  const run = splitRun(build, last, part, copy, { first: flags, second: flags })
  return 'reason' in run ? run : { edits: [...lines.length > 0 ? [insertedAbove(build, copy, lines)] : [], ...run.edits], ignoreLines }
}

/** What installs fill stays out of every build of this context: none may want it. */
function keptOut(build: Build, { outputs }: CopySplit): { readonly lines: readonly string[] } | { readonly reason: string } {
  // What else stands here, nobody runs.
  const user = outputs.flatMap(({ folders }) => folders).filter(path => /(?:^|\/)(?:node_modules|\.venv|vendor)$/.test(path)).map(path => hostFolderUser(build, path)).find(found => found !== null)
  if (user !== undefined) return { reason: user }
  const wanted = outputs.map(({ folders, pattern }) => (pattern === null ? dependencyEntry(build, folders[0]!) : { line: pattern, hides: folders, unnamed: [] }))
  const { entries, reasons } = fittingLines(build, wanted)
  return entries.length < wanted.length ? { reason: reasons[0]! } : { lines: entries.map(({ line }) => line) }
}

/** A RUN that fetches, and what it needs, above the copy; or the copy, with that RUN before it, further down. */
export function prefetched(build: Build, { copy, files, command, above, target }: Prefetch): SplitEdits {
  const copies = manifestCopies(build, copy, files)
  if ('reason' in copies) return copies
  const run = `${keywordLike(build, above, 'RUN')} ${command}`
  const [block, place, lineEnd] = [blockOf(build, copy), blockOf(build, above), lineEndAt(build.text, copy.span.start)]
  // Comments that stood apart still do.
  const apart = block.start < linesOf(build, copy).start && /(?:^|\n)[ \t]*\r?\n$/.test(build.text.slice(0, block.start)) ? lineEnd : ''
  if (above.span.start <= copy.span.start) {
    const inserted = insertedAbove(build, above, [...copies.lines, run])
    const isApart = above === copy ? apart !== '' : /(?:^|\n)[ \t]*\r?\n$/.test(build.text.slice(0, place.start))
    return { edits: [{ ...inserted, text: inserted.text + (isApart ? lineEnd : '') }], ignoreLines: [] }
  }
  const text = retargeted(build, copy, target)
  if (text === null) return { reason: OTHER_FOLDER }
  const gap = /(?:^|\n)[ \t]*\r?\n$/.test(build.text.slice(0, place.start)) ? lineEnd : ''
  const written = `${indentOf(build, above)}${run}${lineEnd}${apart}${build.text.slice(block.start, copy.span.start)}${text}${lineEnd}${gap}`
  return { edits: [replaced(build, copy, copies.lines), { span: { start: place.start, end: place.start }, text: written }], ignoreLines: [] }
}

/** The manifests in place of the copy and its comments. */
function replaced(build: Build, copy: CopyStep, lines: readonly string[]): TextEdit {
  const span = blockOf(build, copy)
  const [indent, lineEnd] = [indentOf(build, copy), lineEndAt(build.text, copy.span.start)]
  if (lines.length === 0) return { span: { start: span.start, end: removed(build, copy).span.end }, text: '' }
  return { span, text: lines.map(line => indent + line.replaceAll('\n', lineEnd) + lineEnd).join('') }
}

/** The copy with its comments below the install, with blank lines around it where it had them. */
function insertedBlock(build: Build, copy: CopyStep, last: Instruction, text: string): TextEdit {
  const { text: file } = build
  const [block, lines] = [blockOf(build, copy), linesOf(build, copy)]
  const at = linesOf(build, last).end
  const lineEnd = lineEndAt(file, copy.span.start)
  const isBlankAt = (offset: number): boolean => /^[ \t]*(?:\r?\n|$)/.test(file.slice(offset, offset + 200))
  const isApart = isBlankAt(lines.end) || block.start < lines.start && /\n[ \t]*\r?\n$/.test(file.slice(0, block.start))
  const needsGap = isBlankAt(lines.end) && at < file.length && !isBlankAt(at)
  const written = file.slice(block.start, copy.span.start) + text
  if (at === file.length && !file.endsWith('\n')) return { span: { start: at, end: at }, text: `${lineEnd}${isApart ? lineEnd : ''}${written}` }
  return { span: { start: at, end: at }, text: `${isApart ? lineEnd : ''}${written}${lineEnd}${needsGap ? lineEnd : ''}` }
}

/** With an absolute destination where there is one; null where the last word is not the destination as written. */
function retargeted({ text: file }: Build, copy: CopyStep, target: string | null): string | null {
  const text = file.slice(copy.span.start, copy.span.end)
  if (target === null) return text
  const [word] = /\S+$/.exec(text) ?? []
  return word !== copy.target ? null : text.slice(0, -word.length) + (/\/\.?$|^\.$/.test(word) && target !== '/' ? `${target}/` : target)
}
