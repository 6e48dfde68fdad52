// Which reports are asked for, and where they go: standard output, or files that appear whole or not at all.
import { normalize } from 'node:path'
import { UsageError, ndjsonLines, nearest, reporters, rules } from '../index.ts'
import type { LintResult, LintedFile, ReporterName, Style } from '../index.ts'
import type { FixRequest } from './fix-run.ts'
import { annotations, writeJobSummary } from './ci-host.ts'
import { lookOf, sentence } from './io.ts'
import type { Io, OutputStream } from './io.ts'
import { writeWhole } from './output.ts'
import type { Values } from './options.ts'
import { rulesPage } from './package.ts'
import { fromTop, fromWorkspace } from './repository-paths.ts'
import type { LintRun, Problem } from './run.ts'

/** `file` is null for standard output. */
export interface Report { readonly format: ReporterName; readonly file: string | null }

/** Throws a UsageError. */
export function reportsOf(values: Values, fixing: FixRequest | null): readonly Report[] {
  const written = values['output-file']
  const isTaken = fixing?.mode === 'diff'
  if (isTaken && values.format.length === 0 && written === undefined) return []
  const reports = (values.format.length === 0 ? ['text'] : values.format).map((value): Report => {
    const [, name, file] = /^([^=]*)=?(.*)$/s.exec(value)!
    if (!isFormat(name!)) throw new UsageError(`--format: there is no format ${JSON.stringify(name)}`, hintAt(name!, Object.keys(reporters)))
    return { format: name, file: file || null }
  })
  const shown = reports.filter(({ file }) => file === null)
  if (shown.length > 1) throw new UsageError(`--format: ${shown.map(({ format }) => format).join(' and ')} cannot both go to ${written === undefined ? 'standard output' : written}`, `Give one a file: --format ${shown[1]!.format}=FILE.`)
  if (isTaken && shown.length > 0 && written === undefined) throw new UsageError('--diff: the diff and a report cannot both go to standard output', `Give the report a file: --format ${shown[0]!.format}=FILE.`)
  if (written !== undefined && shown.length === 0) throw new UsageError('--output-file: every format has a file already')
  return apart(reports.map(report => report.file === null && written !== undefined ? { ...report, file: written } : report))
}

/** The second of two reports would replace the first. */
function apart(reports: readonly Report[]): readonly Report[] {
  const known = new Map<string, ReporterName>()
  for (const { format, file } of reports) {
    if (file === null) continue
    const other = known.get(normalize(file))
    if (other) throw new UsageError(`--format: ${other} and ${format} cannot both go to ${file}`, 'Give each a file of its own.')
    known.set(normalize(file), format)
  }
  return reports
}

const isFormat = (name: string): name is ReporterName => Object.hasOwn(reporters, name)

export function hintAt(word: string, words: readonly string[]): string {
  const near = words.find(known => word !== '' && known.startsWith(word)) ?? nearest(word, words)
  return near === null ? `Choose one of ${words.join(', ')}.` : `Did you mean ${near}?`
}

/** A report that is written as the files come, and the reports that need all of them. */
export interface Streamed { readonly reports: readonly Report[]; readonly onLinted?: (file: LintedFile) => void; readonly keepsFiles?: boolean }

/** While fixing none: a later file may change what is said of an earlier one. */
export function streamed(reports: readonly Report[], { quiet }: Values, { stdout }: Io, isFixing: boolean): Streamed {
  const rest = reports.filter(({ format, file }) => isFixing || format !== 'ndjson' || file !== null)
  if (rest.length === reports.length) return { reports }
  return { reports: rest, keepsFiles: rest.length > 0, onLinted: file => stdout.write(ndjsonLines(quiet ? withErrorsOnly(file) : file)) }
}

interface Writing { readonly values: Values; readonly run: LintRun; readonly io: Io; readonly shown: OutputStream }

/** Gives back what went wrong: the other reports are written all the same. */
export async function writeReports(reports: readonly Report[], { values, run, io, shown }: Writing): Promise<readonly Problem[]> {
  const result: LintResult = values.quiet ? { ...run, files: run.files.map(withErrorsOnly), hidden: run.totals.warnings + run.totals.infos } : run
  const problems: Problem[] = []
  for (const { format, file } of reports) {
    // People read above why nothing was linted; tools want a report all the same.
    if (format === 'text' && run.files.length === 0) continue
    const style = await styleOf(format, file === null ? shown : null, values, io)
    const text = reporters[format](placed(format, result, io), style)
    if (file === null) {
      shown.write(text)
      // Only what was asked for by nobody has company.
      if (format === 'text' && values.format.length === 0 && shown === io.stdout) shown.write(annotations(result, io))
      if (format === 'github' && shown === io.stdout) writeJobSummary(result, style, io)
    } else {
      try {
        writeWhole(io.cwd, file, text)
      } catch (error) {
        if (!(error instanceof UsageError)) throw error
        problems.push({ path: null, message: sentence(error) })
      }
    }
  }
  return problems
}

const withErrorsOnly = (file: LintedFile): LintedFile => ({ ...file, findings: file.findings.filter(({ severity }) => severity === 'error') })

async function styleOf(format: ReporterName, shown: OutputStream | null, values: Values, io: Io): Promise<Style> {
  const { width, ...look } = lookOf(shown ?? io.stdout, io.env, values['no-color'])
  const ruleDoc = format === 'sarif' ? (await import('../data/docs.ts')).ruleDoc : null
  return {
    ...shown ? { ...look, ...width !== undefined && { width } } : { color: false, ascii: look.ascii },
    docs: rule => rulesPage === '' || !rules.some(({ id }) => id === rule) ? '' : `${rulesPage}#${rule}`,
    help: rule => ruleDoc?.(rule) ?? '',
  }
}

/**
 * Code hosts want paths from the top of the repository, people those from where they stand; so does reviewdog, which adds the
 * rest itself (rdjson, checkstyle), and CI servers take those of checkstyle and junit from the folder they run in.
 */
function placed(format: ReporterName, result: LintResult, io: Io): LintResult {
  if (format === 'github') return fromWorkspace(result, io)
  return format === 'sarif' || format === 'gitlab' || format === 'sonarqube' ? fromTop(result, io.cwd) : result
}
