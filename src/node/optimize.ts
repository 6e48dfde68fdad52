// `cachemiss optimize`: the spelling of each Dockerfile that is cheapest to build again, as a diff, with what each change wins.
// Writes only with --fix.
import { UsageError, visible } from '../index.ts'
import { lineMap } from '../text.ts'
import { readOptions } from './command-options.ts'
import { complain, lookOf, type Io } from './io.ts'
import { optimizeJson, optimizeText } from './optimize-report.ts'
import { version } from './package.ts'
import { progressOn } from './progress.ts'
import { lintFiles } from './run.ts'

const OPTIONS = {
  fix: { type: 'boolean' },
  target: { type: 'string' },
  context: { type: 'string' },
  config: { type: 'string' },
  format: { type: 'string' },
  'no-color': { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
} as const

const OPTIMIZE_HELP = `Usage: cachemiss optimize [path…]

Tries the fixes, safe and suggested, and other orders of the steps, and prints as a diff what
makes a rebuild after an edit cheapest, with what each change wins and what it assumes.

  --fix                    write it
  --target STAGE           the stage that is built; default: the last
  --context DIR            the build context; default: found out
  --config FILE            read this config instead of the nearest one
  --format text|json       default: text
  --no-color               plain text
`

/** 0 when it ran, 2 when some Dockerfile could not be looked at. UsageError for wrong arguments. */
export async function optimize(args: readonly string[], io: Io): Promise<number> {
  const { values, positionals: paths } = readOptions('optimize', OPTIONS, args)
  if (values.help) {
    io.stdout.write(OPTIMIZE_HELP)
    return 0
  }
  const format = values.format ?? 'text'
  if (format !== 'text' && format !== 'json') throw new UsageError(`optimize has no format "${format}"`, 'It has text and json.')
  if (paths.includes('-')) throw new UsageError('optimize reads no standard input', 'Name the Dockerfile.')
  const progress = progressOn(io)
  let at: readonly [number, number] = [0, 1]
  const run = await lintFiles(paths, {
    cwd: io.cwd, onFile: (done, total) => progress.show(...at = [done, total]),
    fix: { mode: values.fix ? 'write' : 'diff', unsafe: true, search: { onTry: tries => progress.show(...at, tries) } },
    ...values.config !== undefined && { config: values.config }, ...values.context !== undefined && { context: values.context }, ...values.target !== undefined && { target: values.target },
  }).finally(progress.clear)
  for (const { path, message } of run.warnings) complain(io, `warning: ${path === null ? '' : `${visible(path)}: `}${visible(message)}`)
  const changed = run.diff?.changed ?? run.fixed?.changed ?? []
  const { unifiedDiff } = await import('./diff.ts')
  const searched = run.searched ?? []
  if (format === 'json') io.stdout.write(optimizeJson(searched, version))
  else if (searched.length > 0) io.stdout.write(optimizeText(searched, { diff: await unifiedDiff(changed), isWritten: values.fix ?? false, color: lookOf(io.stdout, io.env, values['no-color'] ?? false).color }))
  const refused = run.files.flatMap(({ path, text, findings }) => findings.filter(({ rule }) => rule === 'syntax-error').slice(0, 1).map(({ span, message }) => ({ path: `${path}:${lineMap(text).position(span.start).line}`, message })))
  const problems = [...run.problems, ...refused]
  for (const { path, message } of problems) complain(io, `${path === null ? '' : `${visible(path)}: `}${visible(message)}`)
  if (run.files.length === 0 && problems.length === 0) complain(io, 'no Dockerfile to optimize')
  return problems.length > 0 ? 2 : 0
}
