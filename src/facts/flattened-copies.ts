// Copies that put several files of one name into one folder, so that the last one is all that is left.
import { packageManagers } from '../data/package-managers.ts'
import type { Build, CopyStep } from '../model/build.ts'
import { insideRoot } from '../model/paths.ts'
import { contextReaders } from './broad-copies.ts'
import { fact } from './fact.ts'
import { baseName } from './image-paths.ts'
import { matchesOf } from './origins.ts'

export interface FlattenedCopy {
  readonly copy: CopyStep
  readonly name: string
  /** Context paths in the order they are copied; empty when the context is not known. */
  readonly paths: readonly string[]
  /** The destination is written with a wildcard, which is no more than a name there. */
  readonly hasWildTarget: boolean
}

let known: ReadonlySet<string> | null = null
/** Manifests and lock files; globs among the names are left out. Made when first asked for. */
const manifestNames = (): ReadonlySet<string> => known ??= new Set(packageManagers.flatMap(({ reads, verbs }) => [reads, ...verbs.map(verb => verb.reads)])
  .flatMap(reads => [...reads?.manifests ?? [], ...reads?.lockfiles ?? []]).map(baseName).filter(name => !/[*?[]/.test(name)))

/** Of each copy and manifest name one. */
export const flattenedCopies = fact((build: Build): readonly FlattenedCopy[] => {
  const copies = contextReaders(build).filter((step): step is CopyStep => step.kind === 'copy' && !step.parents && step.exclude.length === 0 && hasFolderNames(step))
  return copies.flatMap(copy => flattenedIn(build, copy))
})

/** Only a source that leads through a folder can bring a name twice. */
const hasFolderNames = ({ sources }: CopyStep): boolean => sources.some(source => /[*?[].*\//.test(source)) || sources.filter(source => insideRoot(source).includes('/')).length > 0 && sources.length > 1

function flattenedIn(build: Build, copy: CopyStep): readonly FlattenedCopy[] {
  const hasWildTarget = copy.target !== null && copy.target.includes('*')
  const byName = new Map<string, Set<string>>()
  for (const source of copy.sources) for (const path of manifestsOf(build, source)) byName.set(baseName(path), (byName.get(baseName(path)) ?? new Set()).add(path))
  const found = [...byName].filter(([, paths]) => paths.size > 1).map(([name, paths]) => ({ copy, name, paths: [...paths], hasWildTarget }))
  // Nobody names a folder so.
  const meant = copy.sources.find(source => /[*].*\//.test(source) && manifestNames().has(baseName(source)))
  return found.length === 0 && hasWildTarget && meant !== undefined && build.context.source === null ? [{ copy, name: baseName(meant), paths: [], hasWildTarget }] : found
}

/** Of a folder the content is copied, which keeps its folders: only files that the source names count. */
function manifestsOf(build: Build, source: string): readonly string[] {
  const clean = insideRoot(source)
  const isWild = /[*?[]/.test(clean)
  if (!manifestNames().has(baseName(clean)) && !/[*?[]/.test(baseName(clean))) return []
  const paths = isWild ? matchesOf(build, clean) : build.context.has(clean) === true ? [clean] : []
  return paths.filter(path => manifestNames().has(baseName(path)) && path.split('/').length === clean.split('/').length)
}
