// The build context after ignoring, over files that are listed and read only when somebody asks.
import type { Context, ContextFiles, FileEntry, IgnoreFile } from './build.ts'
import { contextFilter, ignoreMatcher, readIgnoreFile } from './globs.ts'
import { insideRoot } from './paths.ts'

/** Which paths an ignore file lets into the build; everything when there is none. A malformed pattern fails the build, so it says nothing here. */
export function admits(ignoreText: string | undefined): (path: string) => boolean {
  if (ignoreText === undefined) return () => true
  const matcher = ignoreMatcher(readIgnoreFile(ignoreText).patterns.map(entry => entry.pattern))
  return matcher ? contextFilter(matcher) : () => true
}

export function openContext(world: { readonly ignoreFile?: IgnoreFile; readonly context?: ContextFiles }): Context {
  const { context, ignoreFile } = world
  let filter: ((path: string) => boolean) | null = null
  let listed: readonly FileEntry[] | null = null
  let known: ReadonlySet<string> | null = null
  const isSent = (path: string): boolean => {
    filter ??= admits(ignoreFile?.text)
    return filter(path)
  }
  const files = (): readonly FileEntry[] => {
    listed ??= context ? context.list().filter(entry => isSent(entry.path)) : []
    return listed
  }
  return {
    folder: context?.folder ?? null,
    ignoreFile: ignoreFile ?? null,
    files: () => (context ? files() : 'unknown'),
    has(path) {
      if (!context) return 'unknown'
      known ??= withFolders(files())
      const inside = insideRoot(path)
      return inside === '' || known.has(inside)
    },
    read(path) {
      if (!context) return 'unknown'
      const inside = insideRoot(path)
      return isSent(inside) ? context.read(inside) : null
    },
    ignores: path => !isSent(insideRoot(path)),
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
