// A recorded case as two build inputs: what it starts from, and what its change makes of that (fixtures/oracle/README.md).
import type { BuildInput } from '../../src/cache/compare.ts'

type FileValue = NonNullable<BuildInput['files']>[string]
type FileChange = FileValue | null
interface Change {
  files?: Record<string, FileChange>
  touch?: string[]
  dockerfile?: string
  dockerignore?: string
  buildArgs?: Record<string, string>
  secrets?: Record<string, string>
  target?: string
  options?: BuildInput['options']
  images?: Record<string, { files?: Record<string, FileChange>; config?: string[] }>
  contexts?: Record<string, { files?: Record<string, FileChange> }>
}
export interface OracleCase extends BuildInput {
  name: string
  tags: string[]
  change: Change
  engine: string
  expect: { line: number; stage: string; instruction: string; state: string }[]
}

/** Entries after a change: a value rewrites, an object without content changes mode or time only, null deletes with all below. */
function applyFiles(files: Record<string, FileValue>, change: Record<string, FileChange> = {}): Record<string, FileValue> {
  const result = { ...files }
  for (const [path, value] of Object.entries(change)) {
    if (value === null) {
      for (const below of Object.keys(result)) if (below === path || below.startsWith(`${path}/`)) delete result[below]
      const parent = path.slice(0, Math.max(0, path.lastIndexOf('/')))
      if (parent !== '' && !Object.keys(result).some(other => other === parent || other.startsWith(`${parent}/`))) result[parent] = { dir: true }
      continue
    }
    const known = result[path]
    const isAdjustment = typeof value === 'object' && value.content === undefined && value.symlink === undefined && !value.dir
    const old: FileValue = known === undefined ? {} : typeof known === 'string' ? { content: known } : known
    if (isAdjustment) result[path] = { ...(old as object), ...value }
    // What was a folder becomes a file, and the other way round.
    else {
      if (typeof value === 'string' || !value.dir) for (const below of Object.keys(result)) if (below.startsWith(`${path}/`)) delete result[below]
      result[path] = value
    }
  }
  return result
}

/** `before` and `after` of a case, with the Dockerfile and the ignore file where a change names them as files. */
export function inputsOf(entry: OracleCase): { before: BuildInput; after: BuildInput } {
  const { name: _name, tags: _tags, change, expect: _expect, engine, ...given } = entry
  const before: BuildInput = { ...given, linkMerges: given.linkMerges ?? engine.includes('containerd') }
  const file = before.options?.file ?? 'Dockerfile'
  const written: Record<string, FileValue> = { ...before.files }
  const changes = { ...change.files }
  const next = change.options?.file ?? file
  const other = written[next]
  // Another Dockerfile is one of the files, and the first one stays where it is.
  if (next !== file) written[file] = before.dockerfile
  let dockerfile = change.dockerfile ?? (next === file || other === undefined ? before.dockerfile : typeof other === 'string' ? other : other.content ?? '')
  let dockerignore = change.dockerignore ?? before.dockerignore
  const named = (path: string): FileChange | undefined => changes[path]
  if (typeof named(file) === 'string') {
    dockerfile = named(file) as string
    delete changes[file]
  }
  if (typeof named('.dockerignore') === 'string') dockerignore = named('.dockerignore') as string
  if (named('.dockerignore') === null) dockerignore = undefined
  delete changes['.dockerignore']
  const map = <T, R>(values: Record<string, T>, each: (value: T, key: string) => R): Record<string, R> => Object.fromEntries(Object.entries(values).map(([key, value]) => [key, each(value, key)]))
  const images = { ...before.images, ...map(change.images ?? {}, (value, key) => ({ ...before.images?.[key], ...value, files: applyFiles({ ...before.images?.[key]?.files }, value.files) })) }
  const contexts = { ...before.contexts, ...map(change.contexts ?? {}, (value, key) => ({ files: applyFiles({ ...before.contexts?.[key]?.files }, value.files) })) }
  const { dockerignore: _ignored, ...rest } = before
  return {
    before,
    after: {
      ...rest, dockerfile, ...(dockerignore === undefined ? {} : { dockerignore }),
      files: applyFiles(written, changes),
      ...(change.buildArgs ? { buildArgs: change.buildArgs } : {}),
      ...(change.target === undefined ? {} : { target: change.target }),
      options: { ...before.options, ...change.options },
      images, contexts,
    },
  }
}
