// `junit`: a suite for each file and a test for each finding, as the schema of Jenkins' xUnit plugin has it. A clean file is one
// test that passes, because an empty suite counts as failed in places. Information passes too: it asks for nothing.
import { markup, visible, visibleLines } from './escape.ts'
import { appliedLines, fixLines } from './fix-lines.ts'
import type { LintResult, Style } from './index.ts'
import { foundIn, reportedFiles, type Found, type ReportedFile } from './reported-files.ts'
import { terminal as terminalFor, type Terminal } from './terminal.ts'

export function reportJunit(result: LintResult, style: Style): string {
  const terminal = terminalFor({ ...style, color: false, links: false })
  const suites = reportedFiles(result).map(file => suite(file, terminal))
  if (suites.length === 0) suites.push({ tests: 1, failures: 0, lines: ['  <testsuite name="cachemiss" tests="1" failures="0" errors="0" time="0">', ...passed('no Dockerfile to lint', 'cachemiss'), '  </testsuite>'] })
  const sum = (of: 'tests' | 'failures'): number => suites.reduce((total, each) => total + each[of], 0)
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="cachemiss" tests="${sum('tests')}" failures="${sum('failures')}" errors="0" time="0">`,
    ...suites.flatMap(({ lines }) => lines),
    '</testsuites>',
  ].map(line => `${line}\n`).join('')
}

interface Suite { readonly tests: number; readonly failures: number; readonly lines: readonly string[] }

function suite(file: ReportedFile, terminal: Terminal): Suite {
  const tests = Math.max(1, file.findings.length)
  const failures = file.findings.filter(({ severity }) => severity !== 'info').length
  const path = markup(file.path)
  const applied = appliedLines(file.applied, terminal)
  return {
    tests, failures,
    lines: [
      `  <testsuite name="${path}" file="${path}" tests="${tests}" failures="${failures}" errors="0" time="0">`,
      ...file.findings.length === 0 ? passed('no findings', file.path) : foundIn(file).flatMap(test),
      ...applied.length === 0 ? [] : [`    <system-out>${markup(applied.join('\n'))}</system-out>`],
      '  </testsuite>',
    ],
  }
}

const passed = (name: string, path: string): readonly string[] => [`    <testcase name="${name}" classname="${markup(path)}" time="0"/>`]

function test({ file: { path }, finding, range: { line, column } }: Found): readonly string[] {
  const lines = visibleLines(finding.message)
  const text = markup([`${visible(path)}:${line}:${column}`, ...lines, ...fixLines(finding)].join('\n'))
  return [
    `    <testcase name="${markup(`${finding.rule} ${path}:${line}:${column}`)}" classname="${markup(path)}" time="0">`,
    finding.severity === 'info' ? `      <system-out>${text}</system-out>` : `      <failure type="${finding.severity}" message="${markup(lines[0]!)}">${text}</failure>`,
    '    </testcase>',
  ]
}
