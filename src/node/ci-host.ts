// What a CI host shows besides the log of a run: annotations in its own commands, and GitHub's job summary.
import { appendFileSync, statSync } from 'node:fs'
import { azureIssues, githubAnnotations, reporters, uri, visible } from '../index.ts'
import type { LintResult, Style } from '../index.ts'
import { complain } from './io.ts'
import type { Io } from './io.ts'
import { fromTop, fromWorkspace } from './repository-paths.ts'

/** The commands of the host that this runs on, to follow a text report; none elsewhere. GitLab and Buildkite have none in their logs. */
export function annotations(result: LintResult, io: Io): string {
  if (io.env['GITHUB_ACTIONS'] === 'true') return githubAnnotations(fromWorkspace(result, io))
  return io.env['TF_BUILD']?.toLowerCase() === 'true' ? azureIssues(fromTop(result, io.cwd)) : ''
}

/** GitHub refuses a summary of more than 1 MiB, all steps of a file together. */
const mostBytes = 900 * 1024

/** Adds the Markdown report to the summary of the step, where there is one. It is a bonus: what stops it is a warning. */
export function writeJobSummary(result: LintResult, style: Style, io: Io): void {
  const { GITHUB_STEP_SUMMARY: file = '' } = io.env
  if (file === '') return
  try {
    const written = statSync(file, { throwIfNoEntry: false })?.size ?? 0
    if (written >= mostBytes) return
    const text = reporters.markdown(fromWorkspace(result, io), { ...style, limit: mostBytes - written, place: placeOn(io.env) })
    appendFileSync(file, written === 0 ? text : `\n${text}`)
  } catch (error) {
    complain(io, `warning: the job summary cannot be written: ${visible((error as Error).message)}`)
  }
}

/** The address of lines of a file in the repository; '' where the host does not say which. */
function placeOn({ GITHUB_SERVER_URL: server = '', GITHUB_REPOSITORY: repository = '', GITHUB_SHA: commit = '' }: Io['env']): NonNullable<Style['place']> {
  const isKnown = /^https?:\/\/[\w.:-]+$/.test(server) && /^[\w.-]+\/[\w.-]+$/.test(repository) && /^[0-9a-f]{40,64}$/.test(commit)
  return (path, line, endLine) => (!isKnown || path.startsWith('../') || path === '<stdin>' ? '' :
    `${server}/${repository}/blob/${commit}/${uri(path)}#L${line}-L${endLine}`)
}
