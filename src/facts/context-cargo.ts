// What a context holds that no image needs and that changes all the time.
import type { Build } from '../model/build.ts'
import { fact } from './fact.ts'
import { mayReadGit, sentGitFolder } from './version-control.ts'

/** Folders that tools fill on the developer's machine, at the root of a context. */
const GENERATED = ['node_modules', '.venv', 'venv', '__pycache__', 'target', '.next', '.gradle', '.idea', '.vscode', 'coverage', '.terraform']

/** Names of what comes into a build with the whole context, most volatile first. Empty when the context is not known. */
export const contextCargo = fact((build: Build): readonly string[] => {
  const { context } = build
  const found: string[] = []
  if (sentGitFolder(build) && !mayReadGit(build)) found.push('.git')
  found.push(...GENERATED.filter(name => context.has(name) === true))
  const own = build.path.slice(build.path.lastIndexOf('/') + 1)
  if (context.has(own) === true) found.push(own)
  return found
})
