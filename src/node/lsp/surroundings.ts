// The surroundings of a Dockerfile in an editor: those on disk, but for what is open there and perhaps not saved.
import { dirname, join, resolve } from 'node:path'
import type { ContextFiles, IgnoreFile, Surroundings } from '../../index.ts'
import type { OpenText } from '../config-text.ts'
import { shownPath } from '../paths.ts'
import { surroundings } from '../place.ts'
import type { Surround } from '../place.ts'

export function openSurroundings(folder: string, openText: OpenText): Surround {
  const onDisk = surroundings({ cwd: folder })
  // The engine keeps lists by the object that stands for a context, so there is one for each.
  const overlaid = new WeakMap<ContextFiles, ContextFiles>()
  const overlay = (files: ContextFiles, at: string): ContextFiles => {
    const known = overlaid.get(files) ?? { ...files, read: (path: string) => openText(join(at, path)) ?? files.read(path) }
    overlaid.set(files, known)
    return known
  }
  return (dockerfile, build, config, context) => {
    const found = onDisk(dockerfile, build, config, context)
    const at = found.context && contextFolder(found.context, dockerfile, folder)
    const ignoreFile = ignoreFileOf(found, dockerfile, at, folder, openText)
    return { ...found, ...ignoreFile && { ignoreFile }, ...found.context && { context: overlay(found.context, at!) } }
  }
}

/** Absolute. */
export const contextFolder = (context: Pick<ContextFiles, 'folder'>, dockerfile: string, root: string): string =>
  (context.folder === undefined ? dirname(dockerfile) : resolve(root, context.folder))

/** The Dockerfile's own, else that of the context. */
function ignoreFileOf({ ignoreFile }: Surroundings, dockerfile: string, context: string | undefined, root: string, openText: OpenText): IgnoreFile | undefined {
  const own = `${dockerfile}.dockerignore`
  const isOwn = ignoreFile !== undefined && resolve(root, ignoreFile.path) === own
  const files = isOwn || context === undefined ? [own] : [own, join(context, '.dockerignore')]
  const file = files.find(each => openText(each) !== undefined)
  return file === undefined ? ignoreFile : { path: shownPath(root, file), text: openText(file)! }
}
