// `gitlab`: the Code Quality report that merge requests show. Findings are told apart by fingerprint, never by line.
import { json, oneLine } from './escape.ts'
import { fingerprint } from './fingerprint.ts'
import type { LintResult } from './index.ts'
import { foundIn, reportedFiles } from './reported-files.ts'

/** GitLab's words; a slow build is neither critical nor a blocker. */
const severities = { error: 'major', warning: 'minor', info: 'info' } as const

export function reportGitlab(result: LintResult): string {
  const times = new Map<string, number>()
  return json(reportedFiles(result).flatMap(foundIn).map(({ file, finding, range }) => {
    const known = fingerprint([file.path, finding.rule, finding.key])
    // Equal ones would become one entry.
    const nth = times.get(known) ?? 0
    times.set(known, nth + 1)
    return {
      description: oneLine(finding.message),
      check_name: `cachemiss/${finding.rule}`,
      fingerprint: nth === 0 ? known : fingerprint([known, `${nth}`]),
      severity: severities[finding.severity],
      location: { path: file.path.replace(/^(?:\.\/+)+/, ''), lines: { begin: range.line } },
    }
  }))
}
