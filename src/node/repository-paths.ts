// Paths as code hosts know them: from the top of the repository.
import { realpathSync, statSync } from 'node:fs'
import { isAbsolute, posix, relative, resolve, sep } from 'node:path'
import type { LintResult } from '../index.ts'
import type { Io } from './io.ts'
import { repositoryTop, slashed } from './paths.ts'

/** Paths from the top of the repository that `cwd` lies in; as they are outside of one. */
export function fromTop(result: LintResult, cwd: string): LintResult {
  const top = repositoryTop(cwd)
  return top === null ? result : rebased(result, relative(top, realpathSync(cwd)))
}

/** The same from where GitHub's runner has the repository, which need not have a `.git`. */
export function fromWorkspace(result: LintResult, { cwd, env: { GITHUB_WORKSPACE: workspace = '' } }: Pick<Io, 'cwd' | 'env'>): LintResult {
  if (!isAbsolute(workspace) || !statSync(workspace, { throwIfNoEntry: false })?.isDirectory()) return fromTop(result, cwd)
  const prefix = relative(realpathSync(resolve(workspace)), realpathSync(cwd))
  return prefix === '..' || prefix.startsWith(`..${sep}`) || isAbsolute(prefix) ? fromTop(result, cwd) : rebased(result, prefix)
}

/** The result with `prefix` before all paths: that of the current folder from the top. */
function rebased(result: LintResult, prefix: string): LintResult {
  const folder = slashed(prefix)
  const moved = (path: string): string => path === '<stdin>' ? path : posix.join(folder, path)
  return {
    ...result,
    files: result.files.map(file => ({
      ...file,
      path: moved(file.path),
      ...file.ignoreFile && { ignoreFile: { ...file.ignoreFile, path: moved(file.ignoreFile.path) } },
      findings: file.findings.map(finding => ({ ...finding, path: moved(finding.path) })),
    })),
  }
}
