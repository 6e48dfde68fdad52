// A fix as SARIF states it: at best one replacement per file, because some readers apply only one.
import type { ArtifactChange, ArtifactLocation, Fix as SarifFix, Region, Replacement } from 'sarif'
import type { Fix } from '../rule.ts'
import { applyEdits, lineMap, type LineMap, type TextEdit } from '../text.ts'
import { visible } from './escape.ts'
import type { LintedFile, SourceText } from './index.ts'
import { rangeIn, type Range } from './reported-files.ts'

/** Edits are joined over at most this many characters between the first and the last, so that output stays linear. */
const joined = 2000

export const region = ({ line, column, endLine, endColumn }: Range): Region => ({ startLine: line, startColumn: column, endLine, endColumn })

export type SarifFixes = (fix: Fix | null, owner: LintedFile) => readonly SarifFix[]

/** For the findings of one run: many of them may edit one file. `owner` is what the finding is of. */
export function sarifFixes(locate: (path: string) => ArtifactLocation): SarifFixes {
  const known = new Map<SourceText, LineMap>()
  const linesOf = (file: SourceText): LineMap => {
    const lines = known.get(file) ?? lineMap(file.text)
    known.set(file, lines)
    return lines
  }
  const change = (file: SourceText, edits: readonly TextEdit[]): readonly ArtifactChange[] => edits.length === 0 ? [] : [{
    artifactLocation: locate(file.path),
    replacements: join(file.text, edits).map((edit, _, all) => replacement(file.text, linesOf(file), fromLineBefore(file.text, edit, all))),
  }]
  return (fix, owner) => {
    if (fix === null) return []
    const { edits, ignoreEdits = [], ignoreLines = [], title, safety, assumes } = fix
    const { ignoreFile } = owner
    // What creates a file cannot be told: a replacement needs something to replace.
    if (!ignoreFile && ignoreEdits.length + ignoreLines.length > 0) return []
    const changes = [...change(owner, edits), ...ignoreFile ? change(ignoreFile, [...ignoreEdits, ...appending(ignoreFile, ignoreLines)]) : []]
    return changes.length === 0 ? [] : [{
      description: { text: visible(title) || 'Fix' }, artifactChanges: changes, properties: { safety, ...assumes !== undefined && { assumes: visible(assumes) } },
    }]
  }
}

function appending({ text }: SourceText, lines: readonly string[]): readonly TextEdit[] {
  const there = new Set(text.split(/\r?\n/))
  const missing = lines.filter(line => !there.has(line))
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n'
  const start = text === '' || text.endsWith('\n') ? '' : lineEnd
  return missing.length === 0 ? [] : [{ span: { start: text.length, end: text.length }, text: start + missing.map(line => line + lineEnd).join('') }]
}

const replacement = (source: string, lines: LineMap, { span, text }: TextEdit): Replacement =>
  ({ deletedRegion: region(rangeIn(source, lines, span)), insertedContent: { text } })

/** One edit instead of several, unless they lie far apart or are not in order. */
export function join(text: string, edits: readonly TextEdit[]): readonly TextEdit[] {
  const start = edits[0]!.span.start
  const end = edits.at(-1)!.span.end
  const isInOrder = edits.every(({ span }, index) => span.start >= (edits[index - 1]?.span.end ?? 0) && span.end >= span.start)
  if (edits.length < 2 || !isInOrder || end > text.length || end - start > joined) return edits
  const shifted = edits.map(edit => ({ span: { start: edit.span.start - start, end: edit.span.end - start }, text: edit.text }))
  return [{ span: { start, end }, text: applyEdits(text.slice(start, end), shifted) }]
}

/** VS Code's viewer moves a start in the indentation to the first character behind it, so the edit starts at the end of the line before. */
function fromLineBefore(text: string, edit: TextEdit, all: readonly TextEdit[]): TextEdit {
  const { start, end } = edit.span
  if (start === 0 || text[start - 1] !== '\n' || !/[ \t]/.test(text[start] ?? '')) return edit
  const lineEnd = text[start - 2] === '\r' ? '\r\n' : '\n'
  const moved = start - lineEnd.length
  const isTaken = all.some(other => other !== edit && other.span.end > moved && other.span.start < end)
  return isTaken ? edit : { span: { start: moved, end }, text: lineEnd + edit.text }
}
