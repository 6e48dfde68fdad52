// Paths on this machine: how the user would write them, where they really lead, and the repository that they lie in.
import { realpathSync, statSync } from 'node:fs'
import { basename, dirname, join, relative, sep } from 'node:path'

export const slashed = (path: string): string => path.split(sep).join('/')

/** As the user would write it. */
export const shownPath = (cwd: string, path: string): string => slashed(relative(cwd, path)) || '.'

/** Through links; what may not be looked at counts as not there. */
export function isThere(path: string): boolean {
  try {
    return statSync(path, { throwIfNoEntry: false }) !== undefined
  } catch {
    return false
  }
}

/** Where a path really leads; for what is not there yet, where it would be. */
export function realPlace(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return dirname(path) === path ? path : join(realPlace(dirname(path)), basename(path))
  }
}

/** Both are real paths. */
export const isInside = (path: string, folder: string): boolean => `${path}${sep}`.startsWith(folder.endsWith(sep) ? folder : `${folder}${sep}`)

/** The folder with `.git` among a folder and those above it, as they are called; null where none has one. */
export function topAbove(folder: string): string | null {
  for (let at = folder; ; at = dirname(at)) {
    if (isThere(join(at, '.git'))) return at
    if (dirname(at) === at) return null
  }
}

/** The real one; null outside of a repository. */
export const repositoryTop = (folder: string): string | null => topAbove(realpathSync(folder))

/** Whether a path lies among git's own files. */
export const isOfGit = (path: string): boolean => path.split(sep).includes('.git')

/**
 * What kind of link makes a path lead elsewhere than a pull request may make it lead; null where none does. Each repository counts that it lies
 * in, as it is called: out of one a link may lead into another.
 */
export function straying(path: string): 'a link into .git' | 'a link that leaves the repository' | null {
  const real = realPlace(path)
  if (real === path) return null
  if (isOfGit(real) && !isOfGit(path)) return 'a link into .git'
  for (let at = dirname(path); ; at = dirname(at)) {
    if (isThere(join(at, '.git')) && !isInside(real, realPlace(at))) return 'a link that leaves the repository'
    if (dirname(at) === at) return null
  }
}
