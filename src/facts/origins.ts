// Where a file of the image comes from: which copy or bind mount brings it, and from which path of the context.
import { contextFilesOf, contextMatches, stepBelow } from '../cache/context-reads.ts'
import type { Build, CopyStep, RunStep, Step } from '../model/build.ts'
import { insideRoot } from '../model/paths.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { fact } from './fact.ts'
import { absolutePath, baseName, destinationOf, isWithin } from './image-paths.ts'
import { isUnknown } from './lone-refreshes.ts'
import { fileRemovals, fileWrites } from './writes.ts'

export interface Origin {
  /** In the context. */
  readonly path: string
  readonly by: CopyStep | RunStep
}

/** The newest origin of a file that a RUN finds at this path; null: no copy or mount brings it; 'unknown': one from elsewhere may. */
export function originOf(build: Build, run: RunStep, path: string): Origin | null | 'unknown' {
  const mounted = byMount(build, run, path)
  if (mounted) return mounted
  for (let at: Step | null = stepBelow(run); at; at = stepBelow(at)) {
    const found = at.kind === 'copy' || at.kind === 'add' ? broughtBy(build, at, path) : null
    if (found !== null) return found
  }
  return null
}

function byMount(build: Build, run: RunStep, path: string): Origin | null | 'unknown' {
  for (const { type, target, from, source } of run.mounts) {
    const folder = target === null ? null : absolutePath(run.workdir, target)
    if (type === 'secret' || type === 'ssh' || folder !== null && !isWithin(path, folder)) continue
    if (folder === null || type !== 'bind' || from.kind !== 'context') return 'unknown'
    const file = insideRoot(`${source ?? ''}/${path.slice(folder.length)}`)
    const has = build.context.has(file)
    if (has !== false) return has === true ? { path: file, by: run } : has
  }
  return null
}

/** What one copy puts at this path. */
export function broughtBy(build: Build, copy: CopyStep, path: string): Origin | null | 'unknown' {
  const target = destinationOf(copy)
  if (target !== null && !isWithin(path, target)) return null
  const files = copy.from.kind === 'context' ? contextFilesOf(build, copy) : 'unknown'
  if (target === null || files === 'unknown') return 'unknown'
  const rest = path.slice(target === '/' ? 1 : target.length + 1)
  for (const source of copy.sources.toReversed()) {
    const file = fileAt(build, copy, source, rest, files)
    if (file !== null) return { path: file, by: copy }
  }
  return copy.hasUnknownSource || copy.remotes.length > 0 || copy.heredocs.length > 0 || copy.kind === 'add' && copy.sources.some(source => /\.(?:tar|tgz|tbz2?|txz|t?gz|bz2|xz|zst)(?:\.\w+)?$/.test(source)) ? 'unknown' : null
}

/** `rest`: the path below the destination. */
function fileAt(build: Build, copy: CopyStep, source: string, rest: string, files: ReadonlySet<string>): string | null {
  if (copy.parents) {
    const pivot = source.indexOf('/./')
    const file = insideRoot(pivot === -1 ? rest : `${source.slice(0, pivot)}/${rest}`)
    return rest !== '' && files.has(file) ? file : null
  }
  if (/[*?[]/.test(source)) {
    const file = placesOfWildcards(build)(copy, source).get(rest)
    return file !== undefined && files.has(file) ? file : null
  }
  const clean = insideRoot(source)
  // A single file may get a new name.
  if (files.has(clean)) return rest === baseName(clean) || rest === '' && copy.sources.length === 1 ? clean : null
  const file = insideRoot(`${clean}/${rest}`)
  return rest !== '' && files.has(file) ? file : null
}

/** Where the matches of one wildcard come to lie below the destination: files under their last name, folders with their content. */
const placesOfWildcards = fact((build: Build) => {
  const known = new Map<CopyStep, Map<string, ReadonlyMap<string, string>>>()
  return (copy: CopyStep, source: string): ReadonlyMap<string, string> => {
    const ofCopy = known.get(copy) ?? new Map<string, ReadonlyMap<string, string>>()
    known.set(copy, ofCopy)
    let places = ofCopy.get(source)
    if (!places) ofCopy.set(source, places = new Map(matchesOf(build, source).map(file => [placeOf(source, file), file])))
    return places
  }
})

/** Context files that a source with wildcards selects, in the order they are copied. */
export function matchesOf(build: Build, source: string): readonly string[] {
  const found = contextMatches(build, '', [insideRoot(source)])
  return found === 'unknown' ? [] : [...found].sort()
}

const placeOf = (source: string, file: string): string => {
  const rest = file.split('/').slice(insideRoot(source).split('/').length).join('/')
  return rest === '' ? baseName(file) : rest
}

/** Whether a command may make, change or remove a file before the install reads it: one that names it, a script nobody knows, a download. */
export function mayBeTouched(run: RunStep, path: string, before: number): boolean {
  for (let at: Step | null = run; at; at = stepBelow(at)) if (at.kind === 'run' && touches(at, path, at === run ? before : Infinity)) return true
  return false
}

function touches(run: RunStep, path: string, before: number): boolean {
  const commands = commandsOf(run)
  const text = run.script?.text ?? run.argv.join(' ')
  if (commands === 'opaque' || text.includes(baseName(path))) return true
  const isEarly = (command: { readonly span: { readonly start: number } }): boolean => command.span.start < before
  const folder = path.slice(0, path.lastIndexOf('/'))
  const copies = ({ program, words }: NormalCommand): boolean => program === 'git' || (program === 'cp' || program === 'mv') && words.some(({ glob, value }) => glob || /^-\w*[ra]/i.test(value ?? '-r'))
  return commands.some(entry => isEarly(entry.command) && (isUnknown(entry) || copies(entry)))
    || fileWrites(run).some(write => isEarly(write.command.command) && (write.how === 'clones' || write.how === 'unpacks') && isWithin(folder, write.path.replace(/\/[^/]*$/, '')))
    || fileRemovals(run).some(({ command, pattern }) => isEarly(command.command) && /[*?]$/.test(pattern) && isWithin(path, pattern.replace(/\/[^/]*$/, '')))
}
