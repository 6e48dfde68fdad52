// The surroundings of a Dockerfile: its build context and the ignore file in force there.
import { statSync } from 'node:fs'
import { dirname, isAbsolute, relative, resolve, sep } from 'node:path'
import { UsageError } from '../index.ts'
import type { Build, ContextFiles, Surroundings } from '../index.ts'
import { contextChooser } from './choose-context.ts'
import { contextFolder } from './config-file.ts'
import type { FoundConfig } from './config-file.ts'
import { openFolder } from './context.ts'

/** `context` is what the config says of this Dockerfile. Throws a UsageError when that cannot be. */
export type Surround = (dockerfile: string, build: Build, config: FoundConfig | null, context: string | null) => Surroundings

/** Contexts whose lists are kept, the latest used: one that many Dockerfiles share stays, and memory does not grow with their number. */
const mostOpen = 8

/** `context` replaces whatever else would say it. */
export function surroundings({ cwd, context }: { readonly cwd: string; readonly context?: string | undefined }): Surround {
  const given = context === undefined ? null : resolve(cwd, context)
  if (given !== null && !statSync(given, { throwIfNoEntry: false })?.isDirectory()) throw new UsageError(`--context: ${JSON.stringify(context)} is no folder`)
  const chooser = contextChooser()
  const opened = new Map<string, ContextFiles>()
  const open = (folder: string, isOwn: boolean): ContextFiles => {
    const key = `${isOwn} ${folder}`
    const files = opened.get(key) ?? openFolder(folder, isOwn ? undefined : shownPath(cwd, folder))
    opened.delete(key)
    opened.set(key, files)
    if (opened.size > mostOpen) opened.delete(opened.keys().next().value!)
    return files
  }
  const repositories = new Map<string, ContextFiles>()
  const repositoryAt = (top: string): ContextFiles => {
    const files = repositories.get(top) ?? openFolder(top)
    repositories.set(top, files)
    return files
  }
  return (dockerfile, build, config, configured) => {
    const said = given ?? (config !== null && configured !== null ? contextFolder(config, configured) : null)
    const folder = said ?? chooser.choose(dockerfile, () => build)
    const ignoreFile = chooser.ignoreFile(dockerfile, folder)
    const top = chooser.top(dockerfile)
    return {
      ...(ignoreFile && { ignoreFile: { path: shownPath(cwd, ignoreFile.file), text: ignoreFile.text } }),
      ...(folder !== null && { context: open(folder, folder === dirname(dockerfile)) }),
      ...(top !== null && { repository: { files: repositoryAt(top), ownFolder: pathIn(top, dirname(dockerfile))!, contextFolder: folder === null ? null : pathIn(top, folder) } }),
    }
  }
}

/** '' for the folder itself, null for what lies elsewhere. */
function pathIn(folder: string, path: string): string | null {
  const found = relative(folder, path).split(sep).join('/')
  return found === '..' || found.startsWith('../') || isAbsolute(found) ? null : found
}

/** As the user would write it. */
export const shownPath = (cwd: string, path: string): string => relative(cwd, path).split(sep).join('/') || '.'
