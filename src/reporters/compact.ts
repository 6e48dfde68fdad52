// `compact`: one line for each finding, as editors and problem matchers read it. Byte-stable: a change of its form is a breaking one.
import { oneLine, visible } from './escape.ts'
import type { LintResult } from './index.ts'
import { foundIn, reportedFiles, type Found } from './reported-files.ts'

export const reportCompact = (result: LintResult): string => reportedFiles(result).flatMap(foundIn).map(found => `${compactLine(found)}\n`).join('')

/** `path:line:column: severity: message [rule]` */
export const compactLine = ({ file, finding, range }: Found): string =>
  `${visible(file.path)}:${range.line}:${range.column}: ${finding.severity}: ${oneLine(finding.message)} [${visible(finding.rule)}]`
