// `markdown`: a report for job summaries and comments, in GitHub's flavour. What the input says stays text: no tag, link, image,
// mention or reference comes from it.
import { oneLine, visible, visibleLines } from './escape.ts'
import { appliedLines, fixLines } from './fix-lines.ts'
import { frame } from './frame.ts'
import type { LintResult, Style } from './index.ts'
import { timeInWords } from './impact.ts'
import { foundIn, lastLineOf, reportedFiles, type Found, type ReportedFile } from './reported-files.ts'
import { terminal as terminalFor, type Terminal } from './terminal.ts'
import { totals } from './text.ts'
import { utf8Length } from './utf8.ts'

const frameWidth = 100

export function reportMarkdown(result: LintResult, style: Style): string {
  const terminal = terminalFor({ ...style, color: false, links: false, ascii: false, width: frameWidth })
  const opening = `## cachemiss\n\n${totals(result, terminal).join('  \n')}\n`
  const { text, left } = within(style.limit ?? Infinity, opening, blocks(result, style, terminal))
  return left === 0 ? text : `${text}\n… ${left} more\n`
}

/** `findings` is how many it tells of. */
interface Block { readonly text: string; readonly findings: number }

function* blocks(result: LintResult, style: Style, terminal: Terminal): Iterable<Block> {
  for (const file of reportedFiles(result)) {
    if (file.findings.length + file.applied.length === 0) continue
    const applied = appliedLines(file.applied, terminal).map(line => (line.startsWith(' ') ? `  ${inline(line.trim())}\n` : `- ${inline(line)}\n`)).join('')
    yield { text: `\n### ${code(visible(file.path))}\n${applied === '' ? '' : `\n${applied}`}`, findings: 0 }
    for (const found of foundIn(file)) yield { text: block(found, file, style, terminal), findings: 1 }
  }
}

/** Room for the line that says how many are left out. */
const reserve = 40

/** Whole blocks, as long as they fit; behind the first that does not there is nothing. */
function within(limit: number, opening: string, all: Iterable<Block>): { readonly text: string; readonly left: number } {
  const texts = [opening]
  let size = utf8Length(opening) + reserve
  let left = 0
  let isFull = false
  for (const { text, findings } of all) {
    size += limit === Infinity ? 0 : utf8Length(text)
    isFull ||= size > limit
    if (isFull) left += findings
    else texts.push(text)
  }
  return { text: texts.join(''), left }
}

function block({ finding, range }: Found, file: ReportedFile, style: Style, terminal: Terminal): string {
  const [sentence = '', ...evidence] = visibleLines(finding.message)
  const time = timeInWords(finding)
  const below = [...evidence.map(line => line.trim()).filter(line => line !== ''), ...time === null ? [] : [`typical cost: ${time}`]]
  const place = file.text === null ? '' : `, ${link(`line ${range.line}`, style.place?.(file.path, range.line, lastLineOf(range)) ?? '')}`
  const fixes = fixLines(finding)
  return [
    `\n- **${finding.severity}**${place}: ${inline(sentence)} ${link(code(visible(finding.rule)), style.docs(finding.rule))}\n`,
    ...below.map(line => `\n  ${inline(line)}\n`),
    ...file.text === null || file.lines === null ? [] : [fenced(frame(file.text, file.lines, finding, terminal))],
    ...fixes.length === 0 ? [] : [`\n  ${fixes.map(inline).join('  \n  ')}\n`],
  ].join('')
}

function fenced(rows: readonly string[]): string {
  const fence = '`'.repeat(Math.max(3, ...rows.map(row => longestRun(row) + 1)))
  return `\n  ${[fence, ...rows.map(row => row.slice(4).trimEnd()), fence].join('\n  ')}\n`
}

const longestRun = (text: string): number => Math.max(0, ...(text.match(/`+/g) ?? []).map(run => run.length))

/** A code span that holds any one line. */
export function code(text: string): string {
  const ticks = '`'.repeat(longestRun(text) + 1)
  const pad = /^[` ]|[` ]$/.test(text) ? ' ' : ''
  return text === '' ? '' : `${ticks}${pad}${text}${pad}${ticks}`
}

/** Quotations become code; the rest is plain text on one line. */
export const inline = (text: string): string =>
  oneLine(text).split(/("[^"]+"|`[^`]+`)/).map((part, index) => (index % 2 === 0 ? escaped(part) : code(part.slice(1, -1)))).join('')

// A comment parts what GitHub would link by itself, where a backslash does not help: mentions, issues, addresses.
const special = /[\\`*_[\]|~$]|[<>&]|[@#](?=\w)|:(?=\/\/)|\bwww(?=\.)/gi
const entities: Readonly<Record<string, string>> = { '<': '&lt;', '>': '&gt;', '&': '&amp;' }
const escaped = (text: string): string => text.replace(special, match =>
  entities[match] ?? (/^[@#:w]/i.test(match) ? `${match}<!-- -->` : `\\${match}`))

const link = (text: string, address: string): string => (address === '' ? text : `[${text}](<${visible(address).replace(/[<>\\\s]/g, encodeURIComponent)}>)`)
