// Whether the context is a folder above all that the build takes from it.
import { contextSelectors } from '../cache/context-reads.ts'
import type { Build } from '../model/build.ts'
import { insideRoot } from '../model/paths.ts'
import { contextReaders, type ContextReader } from './broad-copies.ts'
import { fact } from './fact.ts'

export interface WideContext {
  /** The first step that reads it. */
  readonly step: ContextReader
  /** The folder below it that would do, relative to it. */
  readonly folder: string
}

/** Null where the context is the Dockerfile's own folder or not known, and where a source lies at its top or may lie anywhere. */
export const wideContext = fact((build: Build): WideContext | null => {
  const { repository } = build.context
  const [step] = contextReaders(build)
  if (!step || repository?.contextFolder == null || repository.contextFolder === repository.ownFolder) return null
  if (build.stages.some(stage => stage.reachable && stage.steps.some(other => other.kind !== 'run' && other.kind !== 'workdir' && other.from.kind === 'context' && other.hasUnknownSource))) return null
  const prefix = repository.contextFolder === '' ? '' : `${repository.contextFolder}/`
  if (!repository.ownFolder.startsWith(prefix)) return null
  const own = repository.ownFolder.slice(prefix.length)
  let common = own.split('/')
  for (const reader of contextReaders(build)) {
    if (reader.onbuild) return null
    for (const { path } of contextSelectors(reader)) common = common.slice(0, shared(common, insideRoot(path).split('/')))
  }
  // `COPY api` beside a folder `api` that holds the Dockerfile: a program that the build of the same name made may be meant.
  if (!own.includes('/') && contextReaders(build).every(reader => contextSelectors(reader).every(({ path }) => insideRoot(path) === own))) return null
  return common.length === 0 ? null : { step, folder: common.join('/') }
})

/** How many folders two paths share; a wildcard is no folder. */
function shared(one: readonly string[], other: readonly string[]): number {
  const end = one.findIndex((part, at) => part !== other[at] || /[*?[\\]/.test(part))
  return end === -1 ? one.length : end
}
