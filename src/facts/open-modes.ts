// Context files whose permission bits are not those of a checkout with umask 022.
import { contextFilesOf } from '../cache/context-reads.ts'
import type { Build } from '../model/build.ts'
import { contextReaders, type ContextReader } from './broad-copies.ts'
import { fact } from './fact.ts'

export interface OpenModes {
  /** The first step that takes some of them. */
  readonly step: ContextReader
  /** Files that others than their owner may write, and the first of them with its mode. */
  readonly count: number
  readonly path: string
  readonly mode: number
}

const OTHERS_WRITE = 0o022
/** What Node says of every file on Windows. */
const WINDOWS = 0o666

/** Null without a repository: then no other checkout need exist. */
export const openModes = fact((build: Build): OpenModes | null => {
  const { context } = build
  const readers = contextReaders(build).filter(step => !step.onbuild && !step.stage.windows)
  const files = readers.length === 0 || context.repository === null ? 'unknown' : context.files()
  if (files === 'unknown' || files.every(({ mode, link }) => link !== undefined || (mode & 0o777) === WINDOWS)) return null
  const modes = new Map(files.flatMap(({ path, mode, link }) => (link === undefined && (mode & OTHERS_WRITE) !== 0 ? [[path, mode & 0o777] as const] : [])))
  for (const step of modes.size === 0 ? [] : readers) {
    const taken = contextFilesOf(build, step)
    const hits = taken === 'unknown' ? [] : [...taken].filter(path => modes.has(path))
    if (hits.length > 0) return { step, count: hits.length, path: hits[0]!, mode: modes.get(hits[0]!)! }
  }
  return null
})
