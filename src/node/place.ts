// The surroundings of a Dockerfile: its build context and the ignore file in force there.
import { statSync } from 'node:fs'
import { dirname, isAbsolute, relative, resolve } from 'node:path'
import { UsageError } from '../index.ts'
import type { Build, ContextFiles, Surroundings } from '../index.ts'
import { contextChooser } from './choose-context.ts'
import type { ContextChooser } from './choose-context.ts'
import { contextFolder } from './config-file.ts'
import type { FoundConfig } from './config-file.ts'
import { openFolder } from './context.ts'
import { shownPath, slashed } from './paths.ts'

/** `context` is what the config says of this Dockerfile. Throws a UsageError when that cannot be. */
export type Surround = (dockerfile: string, build: Build, config: FoundConfig | null, context: string | null) => Surroundings

/** Where the context of each Dockerfile lies; throws like Surround. */
export interface Places {
  readonly cwd: string
  readonly chooser: ContextChooser
  /** Absolute; null where it is not known. */
  context(dockerfile: string, build: () => Build | null, config: FoundConfig | null, configured: string | null): string | null
}

/** `context` replaces whatever else would say it. */
export function places({ cwd, context, chooser = contextChooser() }: { readonly cwd: string; readonly context?: string | undefined; readonly chooser?: ContextChooser }): Places {
  const given = context === undefined ? null : resolve(cwd, context)
  if (given !== null && !statSync(given, { throwIfNoEntry: false })?.isDirectory()) throw new UsageError(`--context: ${JSON.stringify(context)} is no folder`)
  return {
    cwd, chooser,
    context: (dockerfile, build, config, configured) => given ?? (config !== null && configured !== null ? contextFolder(config, configured) : null) ?? chooser.choose(dockerfile, build),
  }
}

/** Contexts whose lists are kept, the latest used: one that many Dockerfiles share stays, and memory does not grow with their number. */
const mostOpen = 8

export const surroundings = (options: { readonly cwd: string; readonly context?: string | undefined }): Surround => surroundingsAt(places(options))

export function surroundingsAt({ cwd, chooser, context }: Places, open: OpenFolders = rememberedFolders(cwd)): Surround {
  return (dockerfile, build, config, configured) => {
    const folder = context(dockerfile, () => build, config, configured)
    const ignoreFile = chooser.ignoreFile(dockerfile, folder)
    const own = dirname(dockerfile)
    const top = chooser.top(dockerfile)
    const files = open(folder, own, top)
    return {
      ...(ignoreFile && { ignoreFile: { path: shownPath(cwd, ignoreFile.file), text: ignoreFile.text } }),
      ...(files.context && { context: files.context }),
      ...(files.repository && { repository: { files: files.repository, ownFolder: pathIn(top!, own)!, contextFolder: folder === null ? null : pathIn(top!, folder) } }),
    }
  }
}

/** The context of a Dockerfile that lies in the folder `own`, and its repository. */
export type OpenFolders = (context: string | null, own: string, top: string | null) => { readonly context: ContextFiles | null; readonly repository: ContextFiles | null }

function rememberedFolders(cwd: string): OpenFolders {
  const opened = new Map<string, ContextFiles>()
  const repositories = new Map<string, ContextFiles>()
  const contextAt = (folder: string, isOwn: boolean): ContextFiles => {
    const key = `${isOwn} ${folder}`
    const files = opened.get(key) ?? openFolder(folder, isOwn ? undefined : shownPath(cwd, folder))
    opened.delete(key)
    opened.set(key, files)
    if (opened.size > mostOpen) opened.delete(opened.keys().next().value!)
    return files
  }
  const repositoryAt = (top: string): ContextFiles => {
    const files = repositories.get(top) ?? openFolder(top)
    repositories.set(top, files)
    return files
  }
  return (context, own, top) => ({ context: context === null ? null : contextAt(context, context === own), repository: top === null ? null : repositoryAt(top) })
}

/** '' for the folder itself, null for what lies elsewhere. */
function pathIn(folder: string, path: string): string | null {
  const found = slashed(relative(folder, path))
  return found === '..' || found.startsWith('../') || isAbsolute(found) ? null : found
}
