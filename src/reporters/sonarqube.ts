// `sonarqube`: generic issues in the form of SonarQube 10.3 and later. Its scanner aborts on a place that is not in the file,
// so columns are stated only where they hold.
import type { Finding, Severity } from '../rule.ts'
import type { Span } from '../text.ts'
import { json, oneLine } from './escape.ts'
import type { LintResult } from './index.ts'
import { clamp, lastLineOf, rangeOf, reportedFiles, type ReportedFile } from './reported-files.ts'

const impacts = { error: 'HIGH', warning: 'MEDIUM', info: 'LOW' } as const
const ranks: Readonly<Record<Severity, number>> = { error: 2, warning: 1, info: 0 }
/** Of these only a few are of use in its page. */
const relatedLimit = 100

export function reportSonarqube(result: LintResult): string {
  const files = reportedFiles(result)
  return json({ rules: ruleEntries(result, files.flatMap(({ findings }) => findings)), issues: files.flatMap(issuesOf) })
}

function issuesOf(file: ReportedFile): readonly object[] {
  // Its lines end at a lone CR as well, and a byte order mark is no column.
  const hasColumns = file.text !== null && !/\r(?!\n)|^\ufeff/.test(file.text)
  const location = (span: Span, message: string, fallback: string): object =>
    ({ message: oneLine(message) || fallback, filePath: file.path, ...file.text !== null && { textRange: textRange(file, file.text, span, hasColumns) } })
  return file.findings.map(({ rule, span, message, related }) => ({
    ruleId: rule,
    primaryLocation: location(span, message, rule),
    ...related.length > 0 && file.text !== null && { secondaryLocations: related.slice(0, relatedLimit).map(entry => location(entry.span, entry.message, 'related place')) },
  }))
}

/** Rules that found something, each as severe as its most severe finding here: an issue has no severity of its own. */
function ruleEntries({ rules }: LintResult, findings: readonly Finding[]): readonly object[] {
  const severities = new Map<string, Severity>()
  for (const { rule, severity } of findings) if (ranks[severity] >= ranks[severities.get(rule) ?? 'info']) severities.set(rule, severity)
  const summaries = new Map(rules.map(({ id, summary }) => [id, summary]))
  return [...severities].sort(([a], [b]) => (a < b ? -1 : 1)).map(([id, severity]) => ({
    id,
    name: oneLine(summaries.get(id) ?? id) || id,
    engineId: 'cachemiss',
    cleanCodeAttribute: 'EFFICIENT',
    impacts: [{ softwareQuality: 'MAINTAINABILITY', severity: impacts[severity] }],
  }))
}

function textRange(file: ReportedFile, text: string, span: Span, hasColumns: boolean): object {
  const range = rangeOf(file, span)
  const startLine = range.line
  const endLine = lastLineOf(range)
  const first = file.lines!.span(startLine)
  const last = file.lines!.span(endLine)
  const { start, end } = clamp(span, text)
  const startColumn = Math.min(start, first.end) - first.start
  const endColumn = Math.min(end, last.end) - last.start
  const isSome = startLine < endLine ? startColumn < first.end - first.start && endColumn > 0 : startColumn < endColumn
  return hasColumns && isSome ? { startLine, endLine, startColumn, endColumn } : { startLine }
}
