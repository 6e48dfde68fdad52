// `html`: one page with everything in it, to be read without any script or network. Its policy forbids all but its own style.
import { markup, visible, visibleLines, withoutControls } from './escape.ts'
import { appliedLines, fixLines } from './fix-lines.ts'
import { frame } from './frame.ts'
import { style as css } from './html-style.ts'
import { timeInWords } from './impact.ts'
import type { LintResult, Style } from './index.ts'
import { foundIn, reportedFiles, summarise, type Found, type ReportedFile } from './reported-files.ts'
import { terminal as terminalFor, type Terminal } from './terminal.ts'
import { counted, totals } from './text.ts'

const frameWidth = 120

export function reportHtml(result: LintResult, style: Style): string {
  const terminal = terminalFor({ ...style, color: false, links: false, ascii: false, width: frameWidth })
  const files = reportedFiles(result).filter(file => file.findings.length + file.applied.length > 0)
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>cachemiss: ${markup(totals(result, terminal)[0]!)}</title>
<style>${css()}</style>
</head>
<body>
<header>
<h1>cachemiss</h1>
${totals(result, terminal).map(line => `<p>${markup(line)}</p>\n`).join('')}${filters(result)}</header>
<main>
${files.map(file => section(file, style, terminal)).join('')}</main>
<footer>cachemiss ${markup(result.version)}</footer>
</body>
</html>
`
}

/** Boxes that the style sheet reads. */
function filters(result: LintResult): string {
  const { errors, warnings, infos } = summarise(result)
  if (errors + warnings + infos === 0) return ''
  const box = (severity: string, label: string): string => `<label><input type="checkbox" id="show-${severity}" checked> ${label}</label>\n`
  return `<fieldset>\n<legend>Show</legend>\n${box('error', counted(errors, 'error'))}${box('warning', counted(warnings, 'warning'))}${box('info', `${infos} info`)}</fieldset>\n`
}

function section(file: ReportedFile, style: Style, terminal: Terminal): string {
  const applied = appliedLines(file.applied, terminal)
  return [
    `<section>\n<h2>${markup(visible(file.path))}</h2>\n`,
    ...applied.length === 0 ? [] : [`<ul class="applied">\n${applied.map(line => `<li${line.startsWith(' ') ? ' class="below"' : ''}>${markup(line.trim())}</li>\n`).join('')}</ul>\n`],
    ...foundIn(file).map(found => article(found, file, style, terminal)),
    '</section>\n',
  ].join('')
}

function article({ finding, range }: Found, file: ReportedFile, style: Style, terminal: Terminal): string {
  const [sentence = '', ...evidence] = visibleLines(finding.message)
  const time = timeInWords(finding)
  const below = [...evidence.filter(line => line.trim() !== ''), ...time === null ? [] : [`typical cost: ${time}`]]
  const place = file.text === null ? '' : ` <span class="place">${range.line}:${range.column}</span>`
  const rows = file.text === null || file.lines === null ? [] : frame(file.text, file.lines, finding, terminal).map(row => row.slice(4))
  return [
    `<article class="${finding.severity}">\n<p><strong>${finding.severity}</strong>${place} ${markup(sentence)} ${ruleName(finding.rule, style)}</p>\n`,
    ...below.map(line => `<p class="evidence">${markup(line)}</p>\n`),
    ...rows.length === 0 ? [] : [`<pre>${rows.map(markup).join('\n')}</pre>\n`],
    ...fixLines(finding).map(line => `<p class="fix">${markup(line)}</p>\n`),
    '</article>\n',
  ].join('')
}

function ruleName(rule: string, style: Style): string {
  const address = style.docs(rule)
  const name = `<code>${markup(visible(rule))}</code>`
  return /^https?:\/\//.test(address) ? `<a href="${markup(withoutControls(address))}" rel="noreferrer">${name}</a>` : name
}
