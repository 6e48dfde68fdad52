// `text`, for people: findings under the path of their file, each with its code and its fix, and one line of totals.
import type { Finding } from '../rule.ts'
import { visible, visibleLines } from './escape.ts'
import { appliedLines, fixableInWords, fixLines } from './fix-lines.ts'
import { frame } from './frame.ts'
import { impactInWords, timeInWords, weight } from './impact.ts'
import type { Fixed, LintResult, Style } from './index.ts'
import { rangeOf, reportedFiles, summarise, type ReportedFile } from './reported-files.ts'
import { terminal as terminalFor, type Terminal } from './terminal.ts'

export function reportText(result: LintResult, style: Style): string {
  const terminal = terminalFor(style)
  const blocks = reportedFiles(result)
    .filter(file => file.findings.length + file.applied.length > 0)
    .map(file => `${terminal.paint('path', visible(file.path))}\n${[...shownApplied(file, terminal), ...file.findings.map(finding => shownFinding(finding, file, terminal))].join('\n')}`)
  return [...blocks, [...totals(result, terminal), ...whereToBegin(result)].map(line => `${line}\n`).join('')].join('\n')
}

const shownApplied = ({ applied }: ReportedFile, terminal: Terminal): readonly string[] =>
  applied.length === 0 ? [] : [appliedLines(applied, terminal).map(line => `  ${line}\n`).join('')]

/** Message, code and fix, every line ended; without the file's text there is neither position nor code. */
function shownFinding(finding: Finding, file: ReportedFile, terminal: Terminal): string {
  const { line, column } = rangeOf(file, finding.span)
  const place = file.text === null ? '' : `${line}:${column}  `
  const [sentence = '', ...evidence] = visibleLines(finding.message)
  const indent = ' '.repeat(2 + place.length)
  return [
    `  ${place}${terminal.paint(finding.severity, finding.severity)}  ${sentence}   ${terminal.ruleName(finding.rule)}`,
    ...evidence.map(text => `${indent}${text}`.trimEnd()),
    ...costLine(finding, indent),
    ...(file.text === null || file.lines === null ? [] : ['', ...frame(file.text, file.lines, finding, terminal)]),
    ...fixLines(finding).map(text => `${indent}${text}`),
  ].map(text => `${text}\n`).join('')
}

/** Of time only: sizes come from figures, not from the table of typical costs, and stand in the message. */
function costLine(finding: Finding, indent: string): readonly string[] {
  const time = timeInWords(finding)
  return time === null ? [] : [`${indent}typical cost: ${time}`]
}

const fewFindings = 5
const mostNamed = 3

/** Of many findings those that cost most: a long list says nothing of what matters. */
function whereToBegin(result: LintResult): readonly string[] {
  const found = reportedFiles(result).flatMap(file => file.findings.map(finding => ({ file, finding, weight: weight(finding) })))
  const costly = found.filter(entry => entry.weight >= 1).sort((a, b) => b.weight - a.weight)
  // What two rules say of one line with the same cost is one place to begin.
  const named = new Set<string>()
  for (const { file, finding } of costly) {
    if (named.size < mostNamed) named.add(`${visible(file.path)}:${rangeOf(file, finding.span).line} (${impactInWords(finding)!})`)
  }
  return found.length <= fewFindings || named.size < 2 ? [] : [`most to gain: ${[...named].join(', ')}`]
}

/** What was found in all, what could be fixed and what was. */
export function totals(result: LintResult, { paint }: Pick<Terminal, 'paint'>): readonly string[] {
  const summary = summarise(result)
  const { files, affected, errors, warnings, infos, fixed } = summary
  const problems = errors + warnings + infos
  const inFiles = counted(files, 'file')
  const kinds = `${counted(errors, 'error')}, ${counted(warnings, 'warning')}, ${infos} info`
  return [
    problems === 0 ? `no ${result.hidden ? 'errors' : 'problems'} in ${inFiles}` : `${paint('strong', counted(problems, 'problem'))} (${kinds}) in ${files === 1 ? inFiles : `${affected} of ${inFiles}`}`,
    ...problems === 0 ? [] : [fixableInWords(summary)].filter(line => line !== null),
    ...result.fixed ? [fixedInWords(result.fixed, fixed, problems)] : [],
    ...result.hidden ? [`${counted(result.hidden, 'less severe problem')} not shown (--quiet)`] : [],
    ...result.baselined ? [`${counted(result.baselined, 'problem')} of the baseline left out`] : [],
  ]
}

/** Each fix counts for the finding that it mended. */
export const fixedInWords = ({ isDryRun, changed }: Fixed, fixed: number, left: number): string =>
  `${isDryRun ? 'would fix' : 'fixed'} ${fixed} of ${counted(fixed + left, 'problem')}${fixed === 0 ? '' : ` in ${counted(changed.length, 'file')}`}`

export const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`
