// Azure Pipelines' logging commands, which it shows as issues of the run. No format of its own: they follow a text report.
import { annotated } from './annotations.ts'
import { oneLine, withoutControls } from './escape.ts'
import type { LintResult } from './index.ts'
import type { Found } from './reported-files.ts'

/** Information has no issue type. */
export const azureIssues = (result: LintResult): string =>
  annotated(result).shown.filter(({ finding }) => finding.severity !== 'info').map(found => `${issue(found)}\n`).join('')

const issue = ({ file, finding, range: { line, column } }: Found): string => {
  const place = file.text === null ? '' : `linenumber=${line};columnnumber=${column};`
  return `##vso[task.logissue type=${finding.severity};sourcepath=${escaped(file.path)};${place}code=${escaped(finding.rule)};]${oneLine(finding.message).replaceAll('%', '%AZP25')}`
}

const codes: Readonly<Record<string, string>> = { '%': '%AZP25', '\r': '%0D', '\n': '%0A', ';': '%3B', ']': '%5D' }
/** Line ends can be told, other controls only spelled out. */
const escaped = (text: string): string => text.split(/([\r\n])/).map(part => codes[part] ?? withoutControls(part).replace(/[%;\]]/g, char => codes[char]!)).join('')
