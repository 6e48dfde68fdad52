// What would go wrong if the ignore file hid more than it does: which Dockerfile of the context names or takes what it loses.
import { contextFilesOf, contextSelectors } from '../cache/context-reads.ts'
import type { Build, Context, Step } from '../model/build.ts'
import { baseName, insideRoot } from '../model/paths.ts'
import { wholeContextReaders } from './broad-copies.ts'
import { cdkDockerfiles } from './cdk-assets.ts'
import { contextUsers, type ContextUser } from './context-users.ts'
import { ignoreLine } from './ignore-lines.ts'
import { quoted } from './instruction-text.ts'
import { mayReadGit } from './version-control.ts'

/** Why the ignore file must not become this text, as a clause; null where nothing shows. `named`: paths that it hides, which a step or command may name. */
export function needOf(build: Build, text: string, named: readonly string[]): string | null {
  const after = build.context.ignoring(text)
  for (const user of contextUsers(build)) {
    const need = sourceLost(user, build.context, after) ?? mention(user, named) ?? (named.includes('.git') ? gitReader(user) : null)
    if (need !== null) return need
  }
  const staged = cdkDockerfiles(build).find(path => after.ignores(path) && !build.context.ignores(path))
  return staged === undefined ? null : `AWS CDK, which reads the ignore file as it copies the context, would leave ${staged} out`
}

const of = ({ name }: ContextUser): string => (name === null ? '' : ` of ${name}`)

/** A source that is gone, or of which nothing is left. */
function sourceLost(user: ContextUser, before: Context, after: Context): string | null {
  for (const step of user.build.stages.flatMap(({ steps }) => steps)) {
    const selectors = contextSelectors(step)
    const gone = selectors.find(({ path, include, wildcard }) => include.length === 0 && !(wildcard && /[*?[\\]/.test(path)) && insideRoot(path) !== '' && after.ignores(path) && !before.ignores(path))
    if (gone || selectors.length > 0 && isEmptied(user.build, step, after)) return `"${quoted(step)}"${of(user)} takes ${gone ? insideRoot(gone.path) : 'nothing else'}`
  }
  return null
}

function isEmptied(build: Build, step: Step, after: Context): boolean {
  const files = contextFilesOf(build, step)
  if (files === 'unknown' || files.size === 0) return false
  for (const path of files) if (!after.ignores(path)) return false
  return true
}

/** A step or a command of the image that names one of them. */
function mention(user: ContextUser, paths: readonly string[]): string | null {
  const names = paths.filter(path => path !== '.git').map(path => ({ path, text: new RegExp(`(?<![\\w.-])${baseName(path).replace(/[^\w-]/g, '\\$&')}(?![\\w-])`) }))
  for (const { instructions } of user.build.stages) {
    for (const instruction of instructions) {
      if (instruction.keyword === 'LABEL') continue
      const named = names.find(({ text }) => text.test(instruction.text))
      if (named) return `"${quoted(instruction)}"${of(user)} names ${named.path}`
    }
  }
  return null
}

const gitReader = (user: ContextUser): string | null =>
  (wholeContextReaders(user.build).length > 0 && mayReadGit(user.build) ? `a step of ${user.name ?? 'another stage'} may read .git` : null)

/** The line that lets a path through by its name, as somebody wanted; null without one. */
export function exceptionFor(build: Build, path: string): string | null {
  const line = build.context.ignorePatterns().find(({ isException, pattern }) => isException && (pattern === path || /^[^*?[\\]{3,}[^*?[\\/]\*$/.test(pattern) && path.startsWith(pattern.slice(0, -1)) && !path.slice(pattern.length - 1).includes('/')))
  return line ? ignoreLine(build, line) : null
}
