// `checkstyle`: the XML of Checkstyle 4.3, which Jenkins, reviewdog and many editors read.
import { markup, visibleLines } from './escape.ts'
import type { LintResult } from './index.ts'
import { foundIn, reportedFiles, type ReportedFile } from './reported-files.ts'

export const reportCheckstyle = (result: LintResult): string =>
  `<?xml version="1.0" encoding="UTF-8"?>\n<checkstyle version="4.3">\n${reportedFiles(result).filter(({ findings }) => findings.length > 0).map(shownFile).join('')}</checkstyle>\n`

const shownFile = (file: ReportedFile): string => [
  `  <file name="${markup(file.path)}">`,
  ...foundIn(file).map(({ finding: { severity, message, rule }, range: { line, column } }) =>
    `    <error line="${line}" column="${column}" severity="${severity}" message="${markup(visibleLines(message).join('\n'))}" source="cachemiss.${markup(rule)}"/>`),
  '  </file>',
].map(line => `${line}\n`).join('')
