// What COPY, ADD and bind mounts name although the ignore file keeps it out of the build.
import type { Build, ContextPattern } from '../model/build.ts'
import { insideRoot } from '../model/paths.ts'
import type { Span } from '../text.ts'
import { contextReaders, type ContextReader } from './broad-copies.ts'
import { fact } from './fact.ts'

export interface NamedSource {
  readonly step: ContextReader
  /** Relative to the context, clean. */
  readonly path: string
  /** Of the source, or of the mount. */
  readonly span: Span
}
export interface IgnoredSource extends NamedSource {
  /** The line that has the last word on it. */
  readonly by: ContextPattern
}

/** Sources in the context that are no wildcard, but one path each that must be there. Not those of ONBUILD: they run elsewhere. */
export const namedSources = fact((build: Build): readonly NamedSource[] => contextReaders(build).filter(step => !step.onbuild).flatMap((step): readonly NamedSource[] => {
  if (step.kind === 'run') {
    return step.mounts.flatMap(mount => (mount.from.kind === 'context' && mount.source !== null && insideRoot(mount.source) !== '' ? [{ step, path: insideRoot(mount.source), span: mount.span }] : []))
  }
  return step.parents ? [] : step.sources.flatMap((source, at) => (/[*?[\\]/.test(source) || insideRoot(source) === '' ? [] : [{ step, path: insideRoot(source), span: step.sourceSpans[at]! }]))
}))

/** Whether it lies in the context before ignoring, which only some contexts tell without a list. */
export function liesInContext(build: Build, path: string): boolean {
  const { source } = build.context
  if (source === null) return false
  if (source.find) return source.find(path) !== null
  return source.list().some(entry => entry.path === path || entry.path.startsWith(`${path}/`))
}

/** Those that lie in the folder and are not sent, nor anything below them. What is not there may come from another folder. */
export const ignoredSources = fact((build: Build): readonly IgnoredSource[] => {
  const { context } = build
  if (context.ignoreFile === null || context.source === null) return []
  return namedSources(build).flatMap(source => {
    if (!context.ignores(source.path) || !liesInContext(build, source.path) || context.has(source.path) !== false) return []
    const by = context.ignorePatterns().findLast(entry => !entry.isException && entry.matches(source.path))
    return by ? [{ ...source, by }] : []
  })
})
