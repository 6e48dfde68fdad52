// What changed in a work tree, as git sees it: against the last commit, or against a given one.
import { UsageError } from '../index.ts'
import { runGit, withoutOwnFilters } from './git.ts'

export interface TreeChange {
  /** Relative to the top of the work tree, with `/`. */
  readonly path: string
  readonly kind: 'modified' | 'added' | 'deleted'
}
export interface TreeChanges {
  /** Absolute path of the work tree's top. */
  readonly top: string
  /** The commit it is compared with; null in a repository without commits. */
  readonly commit: string | null
  readonly changes: readonly TreeChange[]
}

async function output(folder: string, args: readonly string[]): Promise<{ readonly text: string; readonly error: string | null }> {
  let text = ''
  const { error } = await runGit(folder, args, piece => {
    text += piece
  })
  return { text, error }
}

/** The work tree around a folder; null when there is none. */
export async function treeTop(folder: string): Promise<string | null> {
  const { text, error } = await output(folder, ['rev-parse', '--show-toplevel'])
  return error === null ? text.replace(/\n$/, '') : null
}

/** The commit that a revision names; null when it names none. */
export async function commitOf(folder: string, revision: string): Promise<string | null> {
  const { text, error } = await output(folder, ['rev-parse', '--verify', '--quiet', '--end-of-options', `${revision}^{commit}`])
  return error === null ? text.trim() : null
}

/** Where the current branch left that of a commit; the commit itself where nobody can tell. */
export async function mergeBase(top: string, commit: string): Promise<string> {
  const { text, error } = await output(top, ['merge-base', commit, 'HEAD'])
  return error === null ? text.trim() : commit
}

/** Whether older commits were left out of a clone. */
export async function isShallow(top: string): Promise<boolean> {
  const { text } = await output(top, ['rev-parse', '--is-shallow-repository'])
  return text.trim() === 'true'
}

/** Changed, new and removed files, untracked ones included unless git ignores them. UsageError when `since` names no commit. */
export async function changesIn(top: string, since: string | null): Promise<TreeChanges> {
  const revision = since ?? 'HEAD'
  const commit = await commitOf(top, revision)
  if (commit === null && since !== null) throw new UsageError(`git knows no commit "${since}"`, 'Give a commit, branch or tag, such as --since origin/main.')
  const untracked = await output(top, ['ls-files', '--others', '--exclude-standard', '-z'])
  const filters = await withoutOwnFilters(top)
  if (typeof filters === 'string') throw new UsageError(filters)
  const tracked = commit === null
    ? await output(top, ['ls-files', '--cached', '-z'])
    : await output(top, [...filters, 'diff', '--name-status', '--no-renames', '--no-ext-diff', '--no-textconv', '--ignore-submodules=dirty', '-z', commit, '--'])
  const fields = tracked.text.split('\0').filter(field => field !== '')
  const changes: TreeChange[] = commit === null
    ? fields.map(path => ({ path, kind: 'added' }))
    : fields.flatMap((status, index) => (index % 2 === 0 ? [{ path: fields[index + 1]!, kind: status === 'A' ? 'added' : status === 'D' ? 'deleted' : 'modified' } as const] : []))
  for (const path of untracked.text.split('\0')) if (path !== '') changes.push({ path, kind: 'added' })
  return { top, commit, changes }
}

/** A file's text in a commit; null when it is not in it. */
export async function textIn(top: string, commit: string, path: string): Promise<string | null> {
  const { text, error } = await output(top, ['cat-file', 'blob', `${commit}:${path}`])
  return error === null ? text : null
}
