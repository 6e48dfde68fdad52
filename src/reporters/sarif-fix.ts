// A fix as SARIF states it: at best one replacement per file, because some readers apply only one.
import type { ArtifactChange, ArtifactLocation, Fix as SarifFix, Region, Replacement } from 'sarif'
import type { Fix } from '../rule.ts'
import { applyEdits, lineMap, type TextEdit } from '../text.ts'
import { visible } from './escape.ts'
import type { SourceText } from './index.ts'
import { rangeOf, type ReportedFile, type Range } from './reported-files.ts'

/** Edits are joined over at most this many characters between the first and the last, so that output stays linear. */
const joined = 2000

export const region = ({ line, column, endLine, endColumn }: Range): Region => ({ startLine: line, startColumn: column, endLine, endColumn })

/** None where it could not be told whole: without the text, or when it creates an ignore file. */
export function sarifFixes(fix: Fix | null, file: ReportedFile, locate: (path: string) => ArtifactLocation): readonly SarifFix[] {
  if (fix === null || file.text === null) return []
  const { ignoreLines = [], edits, title, safety } = fix
  if (ignoreLines.length > 0 && file.ignoreFile === null) return []
  const appended = file.ignoreFile && ignoreLines.length > 0 ? [appending(file.ignoreFile, ignoreLines)] : []
  const isSame = file.ignoreFile?.path === file.path
  const changes = [
    ...change(file, file.text, isSame ? [...edits, ...appended] : edits, locate),
    ...(file.ignoreFile && !isSame ? change({ ...file, ...file.ignoreFile, lines: lineMap(file.ignoreFile.text) }, file.ignoreFile.text, appended, locate) : []),
  ]
  return changes.length === 0 ? [] : [{ description: { text: visible(title) || 'Fix' }, artifactChanges: changes, properties: { safety } }]
}

function appending({ text }: SourceText, lines: readonly string[]): TextEdit {
  const lineEnd = text.includes('\r\n') ? '\r\n' : '\n'
  const start = text === '' || text.endsWith('\n') ? '' : lineEnd
  return { span: { start: text.length, end: text.length }, text: start + lines.map(line => line + lineEnd).join('') }
}

const change = (file: ReportedFile, text: string, edits: readonly TextEdit[], locate: (path: string) => ArtifactLocation): ArtifactChange[] =>
  edits.length === 0 ? [] : [{
    artifactLocation: locate(file.path),
    replacements: join(text, edits).map((edit, _, all) => replacement(file, fromLineBefore(text, edit, all))),
  }]

const replacement = (file: ReportedFile, { span, text }: TextEdit): Replacement =>
  ({ deletedRegion: region(rangeOf(file, span)), insertedContent: { text } })

/** One edit instead of several, unless they lie far apart or are not in order. */
function join(text: string, edits: readonly TextEdit[]): readonly TextEdit[] {
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
