// What becomes an annotation of a CI run: the most severe findings, and of each kind no more than the hosts show.
import type { Severity } from '../rule.ts'
import type { LintResult } from './index.ts'
import { foundIn, reportedFiles, type Found } from './reported-files.ts'

/** GitHub drops what comes after these in one step, without a word. */
export const mostOfAKind = 10

const ranks: Readonly<Record<Severity, number>> = { error: 0, warning: 1, info: 2 }

/** By severity, then by place. */
export function annotated(result: LintResult): { readonly shown: readonly Found[]; readonly rest: readonly Found[] } {
  const sorted = reportedFiles(result).flatMap(foundIn).sort((a, b) => ranks[a.finding.severity] - ranks[b.finding.severity]
    || compare(a.file.path, b.file.path) || a.range.line - b.range.line || a.range.column - b.range.column)
  const room: Record<Severity, number> = { error: mostOfAKind, warning: mostOfAKind, info: mostOfAKind }
  const shown: Found[] = []
  const rest: Found[] = []
  for (const found of sorted) (room[found.finding.severity]-- > 0 ? shown : rest).push(found)
  return { shown, rest }
}

const compare = (a: string, b: string): number => (a === b ? 0 : a < b ? -1 : 1)
