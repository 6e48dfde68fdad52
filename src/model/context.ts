// The build context after ignoring, over files that are listed and read only when somebody asks.
import type { Context, ContextFiles, ContextPattern, FileEntry, IgnoreFile, Repository } from './build.ts'
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
/** And the filter, which remembers folders. */
const filters = new WeakMap<ContextFiles, Map<string | undefined, Filter>>()

function sent(context: ContextFiles, ignoreText: string | undefined, filter: Filter): Sent {
  return shared(lists, context, ignoreText, () => ({ files: context.list(filter.isClosed).filter(entry => filter.isSent(entry.path)), paths: null }))
}

function shared<T>(known: WeakMap<ContextFiles, Map<string | undefined, T>>, context: ContextFiles, ignoreText: string | undefined, make: () => T): T {
  let byText = known.get(context)
  if (!byText) known.set(context, byText = new Map<string | undefined, T>())
  let found = byText.get(ignoreText)
  if (found === undefined) byText.set(ignoreText, found = make())
  return found
}

export function openContext(world: { readonly ignoreFile?: IgnoreFile; readonly context?: ContextFiles; readonly repository?: Repository }): Context {
  const { context, ignoreFile, repository } = world
  let made: Filter | null = null
  let patterns: readonly ContextPattern[] | null = null
  const filter = (): Filter => made ??= context ? shared(filters, context, ignoreFile?.text, () => filterOf(ignoreFile?.text)) : filterOf(ignoreFile?.text)
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
      if (found === 'file' || found === 'link') return filter().isSent(inside)
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
    ignorePatterns: () => (patterns ??= ignoreFile ? patternsOf(ignoreFile.text) : []),
    ignores: path => !filter().isSent(insideRoot(path)),
    ignoring: text => openContext({ ...world, ignoreFile: { path: ignoreFile?.path ?? '.dockerignore', text } }),
    source: context ?? null,
    repository: repository ?? null,
  }
}

function patternsOf(text: string): readonly ContextPattern[] {
  const { patterns, problems } = readIgnoreFile(text)
  return problems.length > 0 ? [] : patterns.map(({ pattern, span }) => {
    const isException = pattern.startsWith('!')
    const plain = isException ? pattern.slice(1) : pattern
    const matcher = ignoreMatcher([plain])
    return { pattern: plain, isException, span, matches: path => matcher !== null && matcher.matches(path) }
  })
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
