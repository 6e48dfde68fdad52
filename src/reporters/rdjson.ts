// `rdjson`: what reviewdog reads. Columns count bytes of UTF-8. A suggestion is one replacement of whole lines: reviewdog posts each
// on its own, and half of a fix is none.
import type { Fix } from '../rule.ts'
import { lineMap, type LineMap, type Span, type TextEdit } from '../text.ts'
import { json, visibleLines } from './escape.ts'
import { fixLines } from './fix-lines.ts'
import type { LintResult, LintedFile, Style } from './index.ts'
import { clamp, reportedFiles, type ReportedFile } from './reported-files.ts'
import { join } from './sarif-fix.ts'
import { utf8Offsets } from './utf8.ts'

const severities = { error: 'ERROR', warning: 'WARNING', info: 'INFO' } as const
/** Longer lines are not repeated for each finding, so that output stays linear. */
const mostReplaced = 4000

export function reportRdjson(result: LintResult, style: Style): string {
  return json({ source: { name: 'cachemiss' }, diagnostics: reportedFiles(result).flatMap(file => diagnostics(file, style)) })
}

function diagnostics(file: ReportedFile, style: Style): readonly object[] {
  const rangeOf = ranges(file)
  return file.findings.map(finding => {
    const { rule, severity, message, span, related, fix } = finding
    const address = style.docs(rule)
    const suggestion = fix && suggestionOf(fix, file, file.owners.get(finding)!)
    return {
      // Who takes a suggestion with one click should have read what it assumes.
      message: [...visibleLines(message), ...fixLines(finding)].join('\n'),
      location: { path: file.path, ...rangeOf(span) },
      severity: severities[severity],
      code: { value: rule, ...address !== '' && { url: address } },
      ...suggestion && { suggestions: [suggestion] },
      ...related.length > 0 && { related_locations: related.map(entry => ({ message: visibleLines(entry.message).join('\n'), location: { path: file.path, ...rangeOf(entry.span) } })) },
    }
  })
}

function ranges({ text, lines }: ReportedFile): (span: Span) => object {
  if (text === null || lines === null) return () => ({})
  const bytesBefore = utf8Offsets(text)
  const position = (offset: number): object => {
    const { line } = lines.position(offset)
    return { line, column: bytesBefore(offset) - bytesBefore(lines.starts[line - 1]!) + 1 }
  }
  return span => {
    const { start, end } = clamp(span, text)
    return { range: { start: position(start), end: position(end) } }
  }
}

interface Suggestion { readonly range: { readonly start: { readonly line: number }; readonly end: { readonly line: number } }; readonly text: string }

/** The lines that a fix touches, first to last, as they become; null where other files or places far apart are fixed too. */
function suggestionOf({ edits, ignoreEdits = [], ignoreLines = [] }: Fix, { path, text, lines }: ReportedFile, owner: LintedFile): Suggestion | null {
  if (edits.length === 0 || ignoreEdits.length + ignoreLines.length > 0 || text === null || owner.path !== path) return null
  const [edit, ...others] = join(text, edits)
  if (others.length > 0 || edit!.span.end > text.length) return null
  const map = lines ?? lineMap(text)
  const { first, last, isWhole } = touched(edit!, text, map)
  const from = map.starts[first - 1]!
  const to = Math.max(edit!.span.end, map.span(last).end)
  if (to - from > mostReplaced) return null
  const whole = text.slice(from, edit!.span.start) + edit!.text + text.slice(edit!.span.end, to)
  const shown = isWhole || to === text.length ? whole.replace(/\r?\n$/, '') : whole
  // Without any text the lines go away, which is more than to empty them.
  return shown === '' && !(isWhole && edit!.text === '') ? null : { range: { start: { line: first }, end: { line: last } }, text: shown }
}

function touched({ span: { start, end }, text: inserted }: TextEdit, text: string, { starts, position }: LineMap): { readonly first: number; readonly last: number; readonly isWhole: boolean } {
  const first = position(start).line
  const last = position(end).line
  const isFromStart = start === starts[first - 1]
  // What comes behind the last line end has no line yet.
  if (isFromStart && start === text.length && first > 1) return { first: first - 1, last: first - 1, isWhole: true }
  // Whole lines are replaced without the line below them.
  const isWhole = isFromStart && end > start && end === starts[last - 1] && (inserted === '' || inserted.endsWith('\n'))
  return { first, last: isWhole ? last - 1 : last, isWhole }
}
