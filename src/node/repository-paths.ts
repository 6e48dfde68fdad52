// Paths as code hosts know them: from the top of the repository.
import { realpathSync, statSync } from 'node:fs'
import { dirname, join, posix, sep } from 'node:path'
import type { LintResult } from '../index.ts'

/** The folder with `.git` that a folder lies in; null outside of a work tree. */
export function repositoryTop(folder: string): string | null {
  for (let at = realpathSync(folder); ; at = dirname(at)) {
    if (statSync(join(at, '.git'), { throwIfNoEntry: false })) return at
    if (dirname(at) === at) return null
  }
}

/** The result with `prefix` before all paths: that of the current folder from the top. */
export function rebased(result: LintResult, prefix: string): LintResult {
  const folder = prefix.split(sep).join('/')
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
