// The default command: lints, fixes where asked for, and reports. Reports go to standard output or files, all else to standard error;
// but where standard output takes a diff or the Dockerfile from standard input, nothing else does.
import { UsageError, nearest, parseRuleOverrides, visible } from '../index.ts'
import type { FailOn } from '../index.ts'
import { pathsFrom } from './files-from.ts'
import { fixRequestOf, idleRules } from './fix-options.ts'
import type { FixRequest } from './fix-run.ts'
import { complain, lookOf, visibleText } from './io.ts'
import type { Io } from './io.ts'
import { settleOptimiser } from './optimiser.ts'
import { commands } from './options.ts'
import type { Arguments, Values } from './options.ts'
import { knownRules } from './plugins.ts'
import { progressOn } from './progress.ts'
import { readStream } from './read-dockerfile.ts'
import { hintAt, reportsOf, streamed, writeReports } from './reports.ts'
import { cacheOptions } from './result-cache.ts'
import { lintFiles } from './run.ts'
import type { LintOptions, LintRun, Problem } from './run.ts'

/** The exit code. Rejects with a UsageError. */
export async function lintCommand({ values, paths }: Arguments, io: Io): Promise<number> {
  const allowPlugins = values['allow-plugins']
  const fixing = fixRequestOf(values, (await knownRules({ cwd: io.cwd, config: values.config, allowPlugins: allowPlugins && values['fix-rule'].length > 0 })).rules)
  const { reports, ...streaming } = streamed(reportsOf(values, fixing), values, io, fixing !== null)
  const maxWarnings = limitOf(values['max-warnings'])
  const failOn = failOnOf(values['fail-on'])
  const progress = progressOn(io)
  const filename = values['stdin-filename']
  if (filename !== undefined && !paths.includes('-')) throw new UsageError('--stdin-filename is given, but no path is -', 'Write - for the Dockerfile on standard input.')
  const run = await lintFiles(paths, {
    ...streaming, ...await scaleOf(values, paths, io, fixing !== null),
    cwd: io.cwd, threads: io.threads, allowPlugins, rules: parseRuleOverrides(values.rule), onFile: (done, total) => { if (done === 0) settleOptimiser(total); progress.show(done, total) },
    ...values.config !== undefined && { config: values.config }, ...values.context !== undefined && { context: values.context },
    ...values.target !== undefined && { target: values.target }, ...failOn && { failOn }, ...fixing && { fix: fixing },
    stdin: { read: () => readStream(io.stdin()), ...filename !== undefined && { path: filename } },
  }).finally(progress.clear)
  for (const { path, message } of [...fixing ? idleRules(fixing, run.rules) : [], ...run.warnings]) complain(io, `warning: ${place(path)}${visible(message)}`)
  const isFixedStdin = fixing?.mode === 'write' && paths.includes('-')
  if (fixing) await writeFixed(run, fixing, { isFixedStdin, isPlain: values['no-color'] }, io)
  const problems = [...run.problems, ...await writeReports(reports, { values, run, io, shown: isFixedStdin ? io.stderr : io.stdout })]
  for (const problem of problems) complain(io, lineFor(problem))
  for (const { stack } of problems) if (stack !== undefined) io.stderr.write(`${visibleText(stack)}\n`)
  if (run.totals.files === 0 && problems.length === 0) complain(io, values['changed-since'] === undefined ? 'no Dockerfile to lint' : `no Dockerfile changed since ${visible(values['changed-since'])}`)
  if (run.accepted !== null) complain(io, `${visible(values.baseline!)} lists ${counted(run.accepted, 'finding')} now`)
  if (run.stale > 0) complain(io, `${visible(values.baseline!)} lists ${counted(run.stale, 'finding')} that ${run.stale === 1 ? 'is' : 'are'} there no more; --update-baseline takes ${run.stale === 1 ? 'it' : 'them'} out`)
  const hasFailed = run.hasFailed || run.accepted === null && tooManyWarnings(run, maxWarnings, io)
  if (values.quiet && run.hasFailed && run.totals.errors === 0) {
    complain(io, 'failed because of findings that --quiet hides; --fail-on error lets them pass')
  }
  return problems.length > 0 ? 2 : hasFailed ? 1 : 0
}

/** What is for many files: which of them, and what is known of them from before. */
async function scaleOf(values: Values, paths: readonly string[], io: Io, isFixing: boolean): Promise<LintOptions> {
  const { baseline, 'update-baseline': updateBaseline, 'files-from': source, 'changed-since': revision } = values
  if (updateBaseline && baseline === undefined) throw new UsageError('--update-baseline needs a file', 'Write --baseline FILE --update-baseline.')
  if (baseline !== undefined && isFixing) throw new UsageError('--baseline and fixing do not go together: what is accepted would be fixed too', 'Fix without it, then write it anew with --update-baseline.')
  if (source === '-' && paths.includes('-')) throw new UsageError('--files-from - and the path - cannot both read standard input')
  return {
    ...source !== undefined && { files: await pathsFrom(source, io) }, ...revision !== undefined && { changedSince: revision },
    ...baseline !== undefined && { baseline, updateBaseline }, ...values.cache && { cache: cacheOptions(io) },
  }
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

function tooManyWarnings(run: LintRun, most: number, io: Io): boolean {
  const { warnings } = run.totals
  if (warnings <= most) return false
  complain(io, `${warnings} ${warnings === 1 ? 'warning' : 'warnings'}, and --max-warnings is ${most}`)
  return true
}

const place = (path: string | null): string => path === null ? '' : `${visible(path)}: `

function lineFor({ path, message }: Problem): string {
  const near = path !== null && message.startsWith('no such file') ? nearest(path, commands) : null
  return `${place(path)}${visible(message)}${near === null ? '' : `; did you mean the command ${near}?`}`
}
