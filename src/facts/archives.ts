// Archives that stay in a layer of the image although only what is in them is used. Each is classified once, by the edit that
// keeps all of it out, so that one rule alone speaks of it.
import type { Build, CopyStep, RunStep, Step } from '../model/build.ts'
import type { Span } from '../text.ts'
import { unpackedBy } from './archive-commands.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { copiedFiles, sourceFile } from './copied-files.ts'
import { removalsOf } from './deposits.ts'
import { fact } from './fact.ts'
import { imageCommands } from './image-command.ts'
import { absolutePath, baseName, covers, destinationOf, isMounted } from './image-paths.ts'
import { isUnknown } from './lone-refreshes.ts'
import { shippedSteps } from './shipped-steps.ts'
import { certainCommands, fileWrites } from './writes.ts'

export interface StoredArchive {
  /** The step whose layer holds it, and the instruction or command that put it there. */
  readonly step: CopyStep | RunStep
  readonly at: { readonly span: Span }
  /** Where it lies in the image. */
  readonly path: string
  /** null: not known. */
  readonly bytes: number | null
}
export interface WastedArchive extends StoredArchive {
  readonly extraction: NormalCommand
  /** Takes it away in a step after the one that stored it, which frees nothing. */
  readonly removal: NormalCommand | null
  /**
   * `copied`: from the context, a stage or an image, where it can stay. `late`: it was fetched, and removed by a later step.
   * `left`: it was fetched, and nothing removes it.
   */
  readonly waste: 'copied' | 'late' | 'left'
}

const ARCHIVE = /\.(?:tar(?:\.(?:gz|bz2|xz|zst|zstd|lz|lzma|Z))?|tgz|tbz2?|txz|tzst|zip|7z)$/i
/** What ADD unpacks by itself, as its documentation says; the engine knows zstd, too. */
export const isAddable = (path: string): boolean => /\.(?:tar(?:\.(?:gz|bz2|xz))?|tgz|tbz2?|txz)$/i.test(path)
const mayUnpack = (path: string): boolean => isAddable(path) || /\.(?:tar\.zst|tzst)$/i.test(path)

/** More in one image are not followed: each is compared with each step. */
const MOST_ARCHIVES = 50
const MOST_UNPACKED = 100

export const wastedArchives = fact((build: Build): readonly WastedArchive[] => {
  const steps = shippedSteps(build).filter(step => !step.onbuild && !step.stage.windows)
  const unpacked = steps.flatMap(step => (step.kind === 'run' ? unpackedBy(step) : [])).slice(0, MOST_UNPACKED)
  if (unpacked.length === 0) return []
  return steps.flatMap((step, at) => storedBy(build, step).filter(({ path }) => unpacked.some(({ pattern }) => meant(pattern, path))).map(archive => ({ archive, at })))
    .slice(0, MOST_ARCHIVES).flatMap(({ archive, at }) => wasted(build, archive, steps.slice(at)) ?? [])
})

const storedBy = (build: Build, step: Step): readonly StoredArchive[] =>
  (step.kind === 'workdir' ? [] : step.kind === 'run' ? downloadedBy(step) : copiedBy(build, step))

const downloadedBy = (step: RunStep): readonly StoredArchive[] => fileWrites(step)
  .filter(({ how, path }) => how === 'downloads' && ARCHIVE.test(path.replace(/\?.*$/, ''))).map(({ path, command }) => ({ step, at: command.command, path, bytes: null }))

function copiedBy(build: Build, step: CopyStep): readonly StoredArchive[] {
  const target = destinationOf(step)
  if (target === null || step.remotes.length + step.sources.length === 0 || step.unpack === true) return []
  const files = copiedFiles(build, step)
  const isUnpacked = (path: string): boolean => step.kind === 'add' && step.from.kind === 'context' && mayUnpack(path) && step.unpack !== false
  if (files !== 'unknown') return files.filter(({ path }) => ARCHIVE.test(path) && !isUnpacked(path)).map(({ path, size }) => ({ step, at: step, path, bytes: size }))
  const remotes = step.remotes.map(url => ({ source: sourceFile(url), isRemote: true }))
  return [...step.sources.map(source => ({ source, isRemote: false })), ...remotes]
    .filter(({ source, isRemote }) => ARCHIVE.test(source) && (isRemote || !isUnpacked(source)))
    .flatMap(({ source }) => placesOf(step, target, source).map(path => ({ step, at: step, path, bytes: null })))
}

/** `COPY a.tgz /tmp` puts it into the folder where there is one. */
function placesOf(step: CopyStep, target: string, source: string): readonly string[] {
  const inside = absolutePath(target, baseName(source))!
  return step.sources.length + step.remotes.length > 1 || /(?:^|\/)\.{0,2}$/.test(step.target ?? '') ? [inside] : ARCHIVE.test(target) ? [target] : [inside, target]
}

/** `steps`: from the one that stores it to the last. */
function wasted(build: Build, archive: StoredArchive, steps: readonly Step[]): WastedArchive | null {
  const runs = steps.filter(step => step.kind === 'run')
  const isAfter = ({ step, command }: NormalCommand): boolean => step !== archive.step || command.span.start > archive.at.span.start
  const extraction = runs.flatMap(unpackedBy).find(({ command, pattern }) => isAfter(command) && meant(pattern, archive.path))?.command
  if (!extraction || runs.some(step => isMounted(step, archive.path) || usesOtherwise(step, archive)) || isStarted(build, archive)) return null
  const removal = runs.flatMap(removalsOf).find(({ command, pattern }) => isAfter(command) && covers(pattern, archive.path))
  if (removal?.how === 'moves' || removal?.command.step === archive.step) return null
  if (archive.step.kind === 'run' && mayRemove(archive.step, archive)) return null
  const isFetched = archive.step.kind === 'run' || archive.step.remotes.length > 0
  return { ...archive, extraction, removal: removal?.command ?? null, waste: !isFetched ? 'copied' : removal ? 'late' : 'left' }
}

const meant = (pattern: string, path: string): boolean => pattern === path || covers(pattern, path) && pattern.split('/').length === path.split('/').length

/** Commands that look at a file and leave it alone, or whose use of it is known. */
const HARMLESS = /^(?:tar|bsdtar|unzip|7za?|7zz|sha\d+sum|shasum|md5sum|b2sum|gpgv?|cosign|minisign|openssl|echo|printf|grep|ls|test|\[|stat|file|du|chmod|chown|curl|wget|aria2c|rm|z?cat|gzip|gunzip|xz|xzcat|bzip2|bzcat|zstd|pv|set|cd)$/

/** Something else reads the archive, or may: then it is wanted for itself. */
function usesOtherwise(step: RunStep, { path }: StoredArchive): boolean {
  const name = baseName(path)
  if (!step.text.includes(name)) return false
  const commands = commandsOf(step)
  if (commands === 'opaque') return true
  return commands.some(({ program, words }) => !HARMLESS.test(program ?? '') && words.some(({ value, text }) => (value ?? text).includes(name)))
}

const isStarted = (build: Build, { path }: StoredArchive): boolean => {
  const { entrypoint, command } = imageCommands(build)
  return [entrypoint, command].some(set => set?.words.some(word => word.includes(baseName(path))))
}

/** Whether something later in the step removes files under conditions or by names that are not known. */
function mayRemove(step: RunStep, { at, path }: StoredArchive): boolean {
  const commands = commandsOf(step)
  const certain = new Set(certainCommands(step))
  return commands === 'opaque' || commands.some(command => {
    const { program, words, command: { span, wrappers } } = command
    if (span.start < at.span.start) return false
    if (/^(?:trap|unlink|shred|cleanup?)$/.test(program ?? '') || isUnknown(command) || wrappers.includes('xargs')) return true
    if (program === 'find') return words.slice(1).some(({ value }) => value === null || /^(?:\.|\/)/.test(value) && (value === '.' || covers(value, path)))
    return (program === 'rm' || program === 'mv') && (!certain.has(command) || words.some(({ value }) => value === null))
  })
}
