// `json`, a stable API: its shape changes only together with `schemaVersion`.
import type { Finding, Fix } from '../rule.ts'
import type { TextEdit } from '../text.ts'
import { json } from './escape.ts'
import type { Applied, LintResult } from './index.ts'
import { rangeOf, reportedFiles, summarise, type ReportedFile } from './reported-files.ts'

export function reportJson(result: LintResult): string {
  const { files, errors, warnings, infos, fixable, fixed } = summarise(result)
  const reported = reportedFiles(result)
  // An ignore file without findings may have been changed all the same.
  const others = (result.fixed?.changed ?? []).filter(({ path }) => !reported.some(file => file.path === path))
  return json({
    schemaVersion: 1,
    tool: { name: 'cachemiss', version: result.version },
    files: [
      ...reported.map(file => ({ path: file.path, findings: file.findings.map(finding => plainFinding(finding, file)), ...fixing(file, result) })),
      ...others.map(({ path }) => ({ path, findings: [], ...fixing({ path, applied: [] }, result) })),
    ],
    summary: { files, errors, warnings, infos, fixable, ...result.fixed && { fixed }, ...result.baselined !== undefined && { baselined: result.baselined } },
  })
}

/** A finding as `json` and `ndjson` state it. */
export const plainFinding = (finding: Finding, file: ReportedFile) => ({
  rule: finding.rule,
  severity: finding.severity,
  message: finding.message,
  ...rangeOf(file, finding.span),
  related: finding.related.map(({ span, message }) => ({ message, ...rangeOf(file, span) })),
  cost: finding.cost && { seconds: finding.cost.seconds, bytes: finding.cost.bytes },
  fix: finding.fix && plainFix(finding.fix),
  noFix: finding.noFix,
})

const plainFix = (fix: Fix) => ({
  ...described(fix),
  edits: plainEdits(fix.edits),
  ignoreEdits: plainEdits(fix.ignoreEdits ?? []),
  ignoreLines: fix.ignoreLines ?? [],
})

const described = ({ title, safety, assumes, drops = [] }: Fix) => ({ title, safety, assumes: assumes ?? null, drops })
const plainEdits = (edits: readonly TextEdit[]) => edits.map(({ span, text }) => ({ start: span.start, end: span.end, text }))

/** What was applied; where nothing was written also what the file would be, null for one that stays as it is. */
function fixing({ path, applied }: { readonly path: string; readonly applied: readonly Applied[] }, { fixed }: LintResult) {
  if (!fixed) return {}
  const changed = fixed.changed.find(file => file.path === path)
  return {
    applied: applied.map(({ rule, message, fix }) => ({ rule, message, ...described(fix) })),
    ...fixed.isDryRun && { output: changed?.text ?? null },
  }
}
