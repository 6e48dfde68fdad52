// What one change means for one Dockerfile: two build inputs made of the files as they are and as they were, and the verdicts in words.
import { compare, type BuildInput, type Cause, type StepVerdict } from './cache/compare.ts'
import type { FileEntry } from './model/build.ts'
import { admits } from './model/context.ts'
import { toBuild } from './model/to-build.ts'
import { parse } from './syntax/parse.ts'

/** A text before and after; null where the file is not there. */
export interface TextPair { readonly before: string | null; readonly after: string | null }
export interface FileChange { readonly path: string; readonly kind: 'modified' | 'added' | 'deleted' }
export interface ChangedBuild {
  readonly dockerfile: TextPair
  /** The ignore file in force. */
  readonly ignore: TextPair
  /** The context as it is now, before ignoring. */
  readonly entries: readonly FileEntry[]
  /** Relative to the context; paths outside of it do not count. */
  readonly changes: readonly FileChange[]
  /** New values of build arguments; a null value means: any other than before. */
  readonly buildArgs: ReadonlyMap<string, string | null>
  readonly isBaseUpdated: boolean
  readonly target?: string
}

/**
 * The verdicts for the Dockerfile as it is now, after a build of it as it was.
 * Throws UsageError when one of the two has a syntax error or the target is missing.
 */
export function explainChange(change: ChangedBuild): readonly StepVerdict[] {
  const after = change.dockerfile.after ?? ''
  // A Dockerfile that was not there before has no cache.
  const before = change.dockerfile.before ?? 'FROM scratch\n'
  const common = change.target === undefined ? {} : { target: change.target }
  const images = change.isBaseUpdated ? imagesOf(after) : []
  const input = (isAfter: boolean): BuildInput => ({
    dockerfile: isAfter ? after : before,
    options: { file: '../Dockerfile' },
    files: filesOf(change, isAfter),
    buildArgs: argumentsOf(change, isAfter),
    images: Object.fromEntries(images.map(ref => [ref, { files: { 'base image': isAfter ? 'updated' : 'as it was' } }])),
    ...(change.dockerfile.before === null && !isAfter ? {} : common),
  })
  return compare(input(false), input(true))
}

function filesOf(change: ChangedBuild, isAfter: boolean): NonNullable<BuildInput['files']> {
  const changed = new Map(change.changes.map(({ path, kind }) => [path, kind]))
  const isSent = admits((isAfter ? change.ignore.after : change.ignore.before) ?? undefined)
  const files: Record<string, NonNullable<BuildInput['files']>[string]> = {}
  const add = (path: string, value: NonNullable<BuildInput['files']>[string]): void => {
    if (isSent(path)) files[path] = value
  }
  for (const { path, link } of change.entries) {
    const kind = changed.get(path)
    if (kind === 'added' && !isAfter) continue
    if (kind !== undefined && !isAfter) add(path, { hash: `${path} as it was` })
    else add(path, link === undefined ? { hash: path } : { symlink: link })
  }
  const present = new Set(change.entries.map(entry => entry.path))
  for (const { path, kind } of change.changes) {
    if (present.has(path) || (kind === 'deleted' && isAfter) || (kind === 'added' && !isAfter)) continue
    add(path, { hash: isAfter ? path : `${path} as it was` })
  }
  return files
}

const argumentsOf = (change: ChangedBuild, isAfter: boolean): Record<string, string> =>
  Object.fromEntries([...change.buildArgs].flatMap(([name, value]) => (value === null ? [[name, isAfter ? 'another value' : 'one value']] : isAfter ? [[name, value]] : [])))

/** The external images of a file, for which an update may come. */
function imagesOf(text: string): readonly string[] {
  const syntax = parse(text)
  if (syntax.problems.length > 0) return []
  return toBuild(syntax, { buildArgs: {} }).stages.flatMap(({ base }) => (base.kind === 'image' && base.ref !== null ? [base.ref] : []))
}

/** The first cause of a verdict as the end of a sentence about the step. */
export function causeInWords(because: Cause, verdict: Pick<StepVerdict, 'stage'>): string {
  const place = (line: number, stage: string): string => (stage === verdict.stage ? `line ${line}` : `line ${line} (stage ${stage})`)
  switch (because.kind) {
    case 'instruction': return 'the instruction is new or changed'
    case 'variable': return `the value or place of ${because.name} changed`
    case 'files': return because.paths.length === 0 ? 'the files it takes changed' : `${because.paths.slice(0, 3).join(', ')}${because.paths.length > 3 ? ` and ${because.paths.length - 3} more` : ''} changed`
    case 'step': return `${place(because.line, because.stage)} runs`
    case 'output': return `it depends on what ${place(because.line, because.stage)} writes`
    case 'image': return `${because.ref} changed`
    case 'remote': return `${because.url} may have changed`
    case 'option': return `--${because.name} says so`
    case 'engine': return because.note
  }
}
