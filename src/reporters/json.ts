// `json`, a stable API: its shape changes only together with `schemaVersion`.
import type { Finding, Fix } from '../rule.ts'
import { json } from './escape.ts'
import type { LintResult } from './index.ts'
import { rangeOf, reportedFiles, summarise, type ReportedFile } from './reported-files.ts'

export function reportJson(result: LintResult): string {
  const { files, errors, warnings, infos, fixable } = summarise(result)
  return json({
    schemaVersion: 1,
    tool: { name: 'cachemiss', version: result.version },
    files: reportedFiles(result).map(file => ({ path: file.path, findings: file.findings.map(finding => plainFinding(finding, file)) })),
    summary: { files, errors, warnings, infos, fixable },
  })
}

const plainFinding = (finding: Finding, file: ReportedFile) => ({
  rule: finding.rule,
  severity: finding.severity,
  message: finding.message,
  ...rangeOf(file, finding.span),
  related: finding.related.map(({ span, message }) => ({ message, ...rangeOf(file, span) })),
  cost: finding.cost && { seconds: finding.cost.seconds, bytes: finding.cost.bytes },
  fix: finding.fix && plainFix(finding.fix),
})

const plainFix = ({ title, safety, edits }: Fix) => ({
  title,
  safety,
  edits: edits.map(({ span, text }) => ({ start: span.start, end: span.end, text })),
})
