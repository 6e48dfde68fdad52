// What a context holds that no image needs and that changes all the time.
import type { Build } from '../model/build.ts'
import { isVendored } from './broad-copies.ts'
import { isMentioned, ownPath } from './build-files.ts'
import { fact } from './fact.ts'
import { mayReadGit, sentGitFolder } from './version-control.ts'

/** Folders that tools fill on the developer's machine, at the root of a context. */
const GENERATED = ['node_modules', '.venv', 'venv', '__pycache__', 'target', '.next', '.gradle', '.idea', '.vscode', 'coverage', '.terraform']

/** Names of what comes into a build with the whole context, most volatile first. Empty when the context is not known. */
export const contextCargo = fact((build: Build): readonly string[] => {
  if (isVendored(build)) return []
  const { context } = build
  const found: string[] = []
  if (sentGitFolder(build) && !mayReadGit(build)) found.push('.git')
  found.push(...GENERATED.filter(name => context.has(name) === true))
  // Git, where it is asked, would see that a file is gone and call the work tree changed.
  if (sentGitFolder(build) && mayReadGit(build)) return found
  const own = ownPath(build)
  if (context.has(own) === true && !isMentioned(build, own)) found.push(own)
  return found
})
