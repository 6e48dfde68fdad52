// `github`: workflow commands, which GitHub shows as annotations, and ordinary log lines for what it would drop.
import { annotated, mostOfAKind } from './annotations.ts'
import { compactLine } from './compact.ts'
import { visible, visibleLines, withoutControls } from './escape.ts'
import { fixLines } from './fix-lines.ts'
import type { LintResult } from './index.ts'
import { lastLineOf, type Found } from './reported-files.ts'
import { counted, totals } from './text.ts'

export function reportGithub(result: LintResult): string {
  const { shown, rest } = annotated(result)
  return [
    ...shown.map(command),
    ...rest.map(compactLine),
    ...rest.length === 0 ? [] : [`${counted(rest.length, 'finding')} without annotation: GitHub shows ${mostOfAKind} of each kind for a step`],
    ...totals(result, { paint: (_, text) => text }),
  ].map(line => `${line}\n`).join('')
}

/** Only the commands, to follow a report that already shows everything. */
export const githubAnnotations = (result: LintResult): string => annotated(result).shown.map(found => `${command(found)}\n`).join('')

const names = { error: 'error', warning: 'warning', info: 'notice' } as const

function command({ file, finding, range }: Found): string {
  const { line, column, endColumn } = range
  const endLine = lastLineOf(range)
  // The runner drops columns of more than one line with a complaint.
  const columns = line === range.endLine ? `,col=${column},endColumn=${Math.max(column, endColumn - 1)}` : ''
  const place = file.text === null ? '' : `,line=${line},endLine=${endLine}${columns}`
  const message = [...visibleLines(finding.message), ...fixLines(finding)].join('\n')
  return `::${names[finding.severity]} file=${property(file.path)}${place},title=${property(visible(finding.rule))}::${data(message)}`
}

const codes: Readonly<Record<string, string>> = { '%': '%25', '\r': '%0D', '\n': '%0A', ':': '%3A', ',': '%2C' }
const data = (text: string): string => text.replace(/[%\r\n]/g, char => codes[char]!)
/** Line ends can be told, other controls only spelled out. */
const property = (text: string): string => text.split(/([\r\n])/).map(part => codes[part] ?? withoutControls(part).replace(/[%:,]/g, char => codes[char]!)).join('')
