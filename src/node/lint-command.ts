// The default command: lints, fixes where asked for, and reports. Reports go to standard output or files, all else to standard error;
// but where standard output takes a diff or the Dockerfile from standard input, nothing else does.
import { relative } from 'node:path'
import { UsageError, nearest, parseRuleOverrides, reporters, rules, visible } from '../index.ts'
import type { FailOn, LintResult, ReporterName, Style } from '../index.ts'
import { fixRequestOf, idleRules } from './fix-options.ts'
import type { FixRequest } from './fix-run.ts'
import { complain, lookOf } from './io.ts'
import type { Io, OutputStream } from './io.ts'
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
  const fixing = fixRequestOf(values)
  const reports = reportsOf(values, fixing)
  const maxWarnings = limitOf(values['max-warnings'])
  const failOn = failOnOf(values['fail-on'])
  const progress = progressOn(io)
  const filename = values['stdin-filename']
  if (filename !== undefined && !paths.includes('-')) throw new UsageError('--stdin-filename is given, but no path is -', 'Write - for the Dockerfile on standard input.')
  const run = await lintFiles(paths, {
    cwd: io.cwd, rules: parseRuleOverrides(values.rule), onFile: (done, total) => { if (done === 0) settleOptimiser(total); progress.show(done, total) },
    ...values.config !== undefined && { config: values.config }, ...values.context !== undefined && { context: values.context },
    ...values.target !== undefined && { target: values.target }, ...failOn && { failOn }, ...fixing && { fix: fixing },
    stdin: { read: () => readStream(io.stdin()), ...filename !== undefined && { path: filename } },
  }).finally(progress.clear)
  for (const { path, message } of [...fixing ? idleRules(fixing) : [], ...run.warnings]) complain(io, `warning: ${place(path)}${visible(message)}`)
  const isFixedStdin = fixing?.mode === 'write' && paths.includes('-')
  if (fixing) await writeFixed(run, fixing, { isFixedStdin, isPlain: values['no-color'] }, io)
  const problems = [...run.problems, ...await write(reports, { values, run, io, shown: isFixedStdin ? io.stderr : io.stdout })]
  for (const problem of problems) complain(io, lineFor(problem))
  for (const { stack } of problems) if (stack !== undefined) io.stderr.write(`${stack}\n`)
  if (run.files.length === 0 && problems.length === 0) complain(io, 'no Dockerfile to lint')
  const hasFailed = run.hasFailed || tooManyWarnings(run, maxWarnings, io)
  if (values.quiet && run.hasFailed && errorsOnly(run).every(file => file.findings.length === 0)) {
    complain(io, 'failed because of findings that --quiet hides; --fail-on error lets them pass')
  }
  return problems.length > 0 ? 2 : hasFailed ? 1 : 0
}

/** Standard output, where it is not for reports, and what else is to be said of the fixes. */
async function writeFixed(run: LintRun, { unsafe = false, rules: named }: FixRequest, { isFixedStdin, isPlain }: { readonly isFixedStdin: boolean; readonly isPlain: boolean }, io: Io): Promise<void> {
  const { color } = lookOf(io.stdout, io.env, isPlain)
  if (isFixedStdin && run.stdinText !== undefined) io.stdout.write(io.stdout.isTTY ? (await import('./diff.ts')).shownText(run.stdinText, visible) : run.stdinText)
  if (run.diff) {
    const { shownDiff, unifiedDiff } = await import('./diff.ts')
    const { changed, fixes } = run.diff
    const diff = await unifiedDiff(changed)
    io.stdout.write(color || io.stdout.isTTY ? shownDiff(diff, color, visible) : diff)
    const found = run.files.flatMap(({ findings }) => findings)
    const more = unsafe || named ? 0 : found.filter(({ fix }) => fix?.safety === 'suggested').length
    complain(io, `would fix ${fixes} of ${counted(Math.max(fixes, found.length), 'problem')}${fixes === 0 ? '' : ` in ${counted(changed.length, 'file')}`}${more === 0 ? '' : `; ${more} more with --unsafe`}`)
  }
  for (const { rule, path, line, reason } of run.refused) complain(io, `refused the fix of ${visible(rule)} in ${visible(path)}:${line}: ${visible(reason)}; please report this`)
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

function reportsOf(values: Values, fixing: FixRequest | null): readonly Report[] {
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

interface Writing { readonly values: Values; readonly run: LintRun; readonly io: Io; readonly shown: OutputStream }

/** Gives back what went wrong: the other reports are written all the same. */
async function write(reports: readonly Report[], { values, run, io, shown }: Writing): Promise<readonly Problem[]> {
  const result: LintResult = values.quiet ? { ...run, files: errorsOnly(run) } : run
  const problems: Problem[] = []
  for (const { format, file } of reports) {
    // People read above why nothing was linted; tools want a report all the same.
    if (format === 'text' && run.files.length === 0) continue
    const style = await styleOf(format, file === null ? shown : null, values, io)
    const text = reporters[format](await placed(format, result, io.cwd), style)
    if (file === null) shown.write(text)
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

async function styleOf(format: ReporterName, shown: OutputStream | null, values: Values, io: Io): Promise<Style> {
  const { width, ...look } = lookOf(shown ?? io.stdout, io.env, values['no-color'])
  const ruleDoc = format === 'sarif' ? (await import('../data/docs.ts')).ruleDoc : null
  return {
    ...shown ? { ...look, ...width !== undefined && { width } } : { color: false, ascii: look.ascii },
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
