// The build context after ignoring, over files that are listed and read only when somebody asks.
import type { Context, ContextFiles, FileEntry, IgnoreFile } from './build.ts'
import { contextFilter, ignoreMatcher, readIgnoreFile } from './globs.ts'
import { insideRoot } from './paths.ts'

interface Filter {
  isSent(path: string): boolean
  /** Whether nothing below a folder is sent, so that nobody needs to look into it. Asked of a folder after those above it. */
  isClosed(folder: string): boolean
}
/** The files that are sent, and when asked for all paths: with the folders they lie in. */
interface Sent { readonly files: readonly FileEntry[]; paths: ReadonlySet<string> | null }

/** Which paths an ignore file lets into the build; everything when there is none. A malformed pattern fails the build, so it says nothing here. */
export const admits = (ignoreText: string | undefined): (path: string) => boolean => filterOf(ignoreText).isSent

function filterOf(ignoreText: string | undefined): Filter {
  const matcher = ignoreText === undefined ? null : ignoreMatcher(readIgnoreFile(ignoreText).patterns.map(entry => entry.pattern))
  if (matcher === null) return { isSent: () => true, isClosed: () => false }
  const isSent = contextFilter(matcher)
  return { isSent, isClosed: folder => !isSent(folder) && matcher.prunes(folder) }
}

/** Several Dockerfiles of one context share its list, which can be long: by the files, and by the text of the ignore file. */
const lists = new WeakMap<ContextFiles, Map<string | undefined, Sent>>()

function sent(context: ContextFiles, ignoreText: string | undefined, filter: Filter): Sent {
  const known = lists.get(context) ?? new Map<string | undefined, Sent>()
  lists.set(context, known)
  let found = known.get(ignoreText)
  if (!found) {
    const files = context.list(filter.isClosed).filter(entry => filter.isSent(entry.path))
    known.set(ignoreText, found = { files, paths: null })
  }
  return found
}

export function openContext(world: { readonly ignoreFile?: IgnoreFile; readonly context?: ContextFiles }): Context {
  const { context, ignoreFile } = world
  let made: Filter | null = null
  const filter = (): Filter => made ??= filterOf(ignoreFile?.text)
  return {
    folder: context?.folder ?? null,
    ignoreFile: ignoreFile ?? null,
    files: () => (context ? sent(context, ignoreFile?.text, filter()).files : 'unknown'),
    has(path) {
      if (!context) return 'unknown'
      const inside = insideRoot(path)
      if (inside === '') return true
      const found = context.find?.(inside)
      if (found === null) return false
      // A folder is sent when something in it is.
      if (found === 'file') return filter().isSent(inside)
      if (filter().isClosed(inside)) return false
      const list = sent(context, ignoreFile?.text, filter())
      list.paths ??= withFolders(list.files)
      return list.paths.has(inside)
    },
    read(path) {
      if (!context) return 'unknown'
      const inside = insideRoot(path)
      return filter().isSent(inside) ? context.read(inside) : null
    },
    ignores: path => !filter().isSent(insideRoot(path)),
  }
}

function withFolders(files: readonly FileEntry[]): ReadonlySet<string> {
  const paths = new Set<string>()
  for (const { path } of files) {
    let at = path
    while (at !== '' && !paths.has(at)) {
      paths.add(at)
      at = at.slice(0, Math.max(0, at.lastIndexOf('/')))
    }
  }
  return paths
}
