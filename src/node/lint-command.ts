// The default command: lints and reports. Reports go to standard output or files, all else to standard error.
import { relative } from 'node:path'
import { UsageError, nearest, parseRuleOverrides, reporters, rules, visible } from '../index.ts'
import type { FailOn, LintResult, ReporterName, Style } from '../index.ts'
import { complain, lookOf } from './io.ts'
import type { Io } from './io.ts'
import { settleOptimiser } from './optimiser.ts'
import { writeWhole } from './output.ts'
import { commands } from './options.ts'
import type { Arguments, Values } from './options.ts'
import { rulesPage } from './package.ts'
import { progressOn } from './progress.ts'
import { readStream } from './read-dockerfile.ts'
import { lintFiles } from './run.ts'
import type { LintRun, Problem } from './run.ts'

/** `file` is null for standard output. */
interface Report { readonly format: ReporterName; readonly file: string | null }

/** The exit code. Rejects with a UsageError. */
export async function lintCommand({ values, paths }: Arguments, io: Io): Promise<number> {
  const reports = reportsOf(values)
  const maxWarnings = limitOf(values['max-warnings'])
  const failOn = failOnOf(values['fail-on'])
  const progress = progressOn(io)
  const filename = values['stdin-filename']
  if (filename !== undefined && !paths.includes('-')) throw new UsageError('--stdin-filename is given, but no path is -', 'Write - for the Dockerfile on standard input.')
  const run = await lintFiles(paths, {
    cwd: io.cwd, rules: parseRuleOverrides(values.rule), onFile: (done, total) => { if (done === 0) settleOptimiser(total); progress.show(done, total) },
    ...values.config !== undefined && { config: values.config }, ...values.context !== undefined && { context: values.context },
    ...values.target !== undefined && { target: values.target }, ...failOn && { failOn },
    stdin: { read: () => readStream(io.stdin()), ...filename !== undefined && { path: filename } },
  }).finally(progress.clear)
  for (const { path, message } of run.warnings) complain(io, `warning: ${place(path)}${visible(message)}`)
  const problems = [...run.problems, ...await write(reports, values, run, io)]
  for (const problem of problems) complain(io, lineFor(problem))
  for (const { stack } of problems) if (stack !== undefined) io.stderr.write(`${stack}\n`)
  if (run.files.length === 0 && problems.length === 0) complain(io, 'no Dockerfile to lint')
  const hasFailed = run.hasFailed || tooManyWarnings(run, maxWarnings, io)
  if (values.quiet && run.hasFailed && errorsOnly(run).every(file => file.findings.length === 0)) {
    complain(io, 'failed because of findings that --quiet hides; --fail-on error lets them pass')
  }
  return problems.length > 0 ? 2 : hasFailed ? 1 : 0
}

function reportsOf(values: Values): readonly Report[] {
  const written = values['output-file']
  const reports = (values.format.length === 0 ? ['text'] : values.format).map((value): Report => {
    const [, name, file] = /^([^=]*)=?(.*)$/s.exec(value)!
    if (!isFormat(name!)) throw new UsageError(`--format: there is no format ${JSON.stringify(name)}`, hintAt(name!, Object.keys(reporters)))
    return { format: name, file: file || null }
  })
  const shown = reports.filter(({ file }) => file === null)
  if (shown.length > 1) throw new UsageError(`--format: ${shown.map(({ format }) => format).join(' and ')} cannot both go to ${written === undefined ? 'standard output' : written}`, `Give one a file: --format ${shown[1]!.format}=FILE.`)
  if (written === undefined) return reports
  if (shown.length === 0) throw new UsageError('--output-file: every format has a file already')
  return reports.map(report => report.file === null ? { ...report, file: written } : report)
}

const isFormat = (name: string): name is ReporterName => Object.hasOwn(reporters, name)

function hintAt(word: string, words: readonly string[]): string {
  const near = words.find(known => word !== '' && known.startsWith(word)) ?? nearest(word, words)
  return near === null ? `Choose one of ${words.join(', ')}.` : `Did you mean ${near}?`
}

function limitOf(value: string | undefined): number {
  if (value === undefined) return Infinity
  if (!/^\d{1,9}$/.test(value)) throw new UsageError(`--max-warnings: ${JSON.stringify(value)} is no number`)
  return Number(value)
}

const failOns: readonly FailOn[] = ['error', 'warning', 'info', 'never']
function failOnOf(value: string | undefined): FailOn | null {
  const found = failOns.find(name => name === value)
  if (value !== undefined && !found) throw new UsageError(`--fail-on: ${JSON.stringify(value)} is no severity`, hintAt(value, failOns))
  return found ?? null
}

/** Gives back what went wrong: the other reports are written all the same. */
async function write(reports: readonly Report[], values: Values, run: LintRun, io: Io): Promise<readonly Problem[]> {
  const result: LintResult = values.quiet ? { ...run, files: errorsOnly(run) } : run
  const problems: Problem[] = []
  for (const { format, file } of reports) {
    // People read above why nothing was linted; tools want a report all the same.
    if (format === 'text' && run.files.length === 0) continue
    const style = await styleOf(format, file === null, values, io)
    const text = reporters[format](await placed(format, result, io.cwd), style)
    if (file === null) io.stdout.write(text)
    else {
      try {
        writeWhole(io.cwd, file, text)
      } catch (error) {
        if (!(error instanceof UsageError)) throw error
        problems.push({ path: null, message: error.message })
      }
    }
  }
  return problems
}

const errorsOnly = (run: LintResult): LintResult['files'] => run.files.map(file => ({ ...file, findings: file.findings.filter(({ severity }) => severity === 'error') }))

async function styleOf(format: ReporterName, isShown: boolean, values: Values, io: Io): Promise<Style> {
  const { width, ...look } = lookOf(io.stdout, io.env, values['no-color'])
  const ruleDoc = format === 'sarif' ? (await import('../data/docs.ts')).ruleDoc : null
  return {
    ...isShown ? { ...look, ...width !== undefined && { width } } : { color: false, ascii: look.ascii },
    docs: rule => rulesPage === '' || !rules.some(({ id }) => id === rule) ? '' : `${rulesPage}#${rule}`,
    help: rule => ruleDoc?.(rule) ?? '',
  }
}

/** Code hosts want paths from the top of the repository, people those from where they stand. */
async function placed(format: ReporterName, result: LintResult, cwd: string): Promise<LintResult> {
  if (format !== 'sarif') return result
  const { repositoryTop, rebased } = await import('./repository-paths.ts')
  const top = repositoryTop(cwd)
  return top === null ? result : rebased(result, relative(top, cwd))
}

function tooManyWarnings(run: LintRun, most: number, io: Io): boolean {
  const warnings = run.files.flatMap(file => file.findings).filter(({ severity }) => severity === 'warning').length
  if (warnings <= most) return false
  complain(io, `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}, and --max-warnings is ${most}`)
  return true
}

const place = (path: string | null): string => path === null ? '' : `${visible(path)}: `

function lineFor({ path, message }: Problem): string {
  const near = path !== null && message.startsWith('no such file') ? nearest(path, commands) : null
  return `${place(path)}${visible(message)}${near === null ? '' : `; did you mean the command ${near}?`}`
}
