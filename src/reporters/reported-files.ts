// The files a result speaks of: every linted one, and any other (an ignore file) that findings point into.
import type { Finding } from '../rule.ts'
import { lineMap, type LineMap, type Span } from '../text.ts'
import type { Applied, LintedFile, LintResult } from './index.ts'

export interface ReportedFile {
  readonly path: string
  /** null when the result does not carry it. */
  readonly text: string | null
  /** null without a text, and where there is no finding to place. */
  readonly lines: LineMap | null
  /** Whether it was linted itself: a Dockerfile, not its ignore file. */
  readonly linted: boolean
  readonly findings: readonly Finding[]
  /** The linted file that each finding is of, and whose texts its fix edits. */
  readonly owners: ReadonlyMap<Finding, LintedFile>
  readonly applied: readonly Applied[]
}

/** 1-based, UTF-16 columns, end exclusive. */
export interface Range { readonly line: number; readonly column: number; readonly endLine: number; readonly endColumn: number }

/** In the order of the result; findings in an ignore file that several Dockerfiles share stand together. */
export function reportedFiles(result: Pick<LintResult, 'files'>): readonly ReportedFile[] {
  const files = new Map<string, Omit<ReportedFile, 'lines'> & { readonly findings: Finding[] }>()
  const owners = new Map<Finding, LintedFile>()
  for (const file of result.files) {
    const { path, text, ignoreFile, findings, applied = [] } = file
    files.set(path, { path, text, linted: true, owners, applied, findings: files.get(path)?.findings ?? [] })
    for (const finding of findings) {
      owners.set(finding, file)
      const known = files.get(finding.path)
      const own = ignoreFile?.path === finding.path ? ignoreFile : null
      if (known) known.findings.push(finding)
      else files.set(finding.path, { path: finding.path, text: own?.text ?? null, linted: false, owners, applied: [], findings: [finding] })
    }
  }
  return [...files.values()].map(file => ({ ...file, lines: file.text !== null && file.findings.length > 0 ? lineMap(file.text) : null }))
}

/** Keeps a span inside the text, whatever a rule said. */
export function clamp(span: Span, text: string): Span {
  const start = Math.min(Math.max(span.start, 0), text.length)
  return { start, end: Math.min(Math.max(span.end, start), text.length) }
}

/** The start of the file where its text is not known. */
export const rangeOf = ({ text, lines }: ReportedFile, span: Span): Range =>
  text === null || lines === null ? { line: 1, column: 1, endLine: 1, endColumn: 1 } : rangeIn(text, lines, span)

export function rangeIn(text: string, lines: LineMap, span: Span): Range {
  const { start, end } = clamp(span, text)
  const from = lines.position(start)
  const to = lines.position(end)
  return { line: from.line, column: from.column, endLine: to.line, endColumn: to.column }
}

/** A finding with its place. */
export interface Found { readonly file: ReportedFile; readonly finding: Finding; readonly range: Range }

export const foundIn = (file: ReportedFile): readonly Found[] => file.findings.map(finding => ({ file, finding, range: rangeOf(file, finding.span) }))

/** The line of a range's last character: what ends with a line end does not reach the next line. */
export const lastLineOf = ({ line, endLine, endColumn }: Range): number => (endColumn === 1 && endLine > line ? endLine - 1 : endLine)

export interface Summary {
  /** Linted files, and those of them with findings. */
  readonly files: number
  readonly affected: number
  readonly errors: number
  readonly warnings: number
  readonly infos: number
  /** Findings with a fix, safe or suggested, and those of them with a safe one. */
  readonly fixable: number
  readonly safelyFixable: number
  /** Fixes that were applied. */
  readonly fixed: number
}

export function summarise(result: LintResult): Summary {
  const findings = result.files.flatMap(file => file.findings)
  const count = (test: (finding: Finding) => boolean): number => findings.filter(test).length
  return {
    files: result.files.length,
    affected: result.files.filter(file => file.findings.length > 0).length,
    errors: count(finding => finding.severity === 'error'),
    warnings: count(finding => finding.severity === 'warning'),
    infos: count(finding => finding.severity === 'info'),
    fixable: count(finding => finding.fix !== null),
    safelyFixable: count(finding => finding.fix?.safety === 'safe'),
    fixed: result.files.reduce((sum, { applied = [] }) => sum + applied.length, 0),
  }
}
