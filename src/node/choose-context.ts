// Which folder is the build context when nobody says: the one under which the sources of COPY and ADD exist.
// Only existence is checked, nothing is listed; where the repository leaves it open, a comment may say it, or else the answer is null.
import { basename, dirname, join, resolve, sep } from 'node:path'
import { contextEvidence, contextHints, goPattern, isWildcard, openContext, statedContext } from '../index.ts'
import type { Build, Context } from '../index.ts'
import { disk as onDisk } from './disk.ts'
import type { Disk } from './disk.ts'

export interface FoundIgnoreFile { readonly file: string; readonly text: string }
/** For many Dockerfiles; what was looked up for one is remembered for the next. Paths are absolute. */
export interface ContextChooser {
  /** The context of a Dockerfile; `build` is asked for only where there is a choice, and null where it cannot be parsed. */
  choose(dockerfile: string, build: () => Build | null): string | null
  /** The ignore file in force: the Dockerfile's own, else that of the context. */
  ignoreFile(dockerfile: string, context: string | null): FoundIgnoreFile | null
  /** The top of its repository, null where there is none. */
  top(dockerfile: string): string | null
}

interface Candidate { readonly folder: string; readonly context: Context; readonly hasIgnoreFile: boolean }
/** What is known of the disk. */
interface Memory { readonly disk: Disk; readonly exists: Map<string, boolean>; readonly names: Map<string, readonly string[]> }

const mostBytes = 1_000_000
/** Folders looked into for one wildcard, so that a hostile one cannot walk the disk. */
const mostLooks = 200

export function contextChooser(disk: Disk = onDisk): ContextChooser {
  const tops = new Map<string, string | null>()
  const ignoreFiles = new Map<string, FoundIgnoreFile | null>()
  const candidates = new Map<string, Candidate>()
  const memory: Memory = { disk, exists: new Map(), names: new Map() }
  const topOf = (folder: string): string | null => remembered(tops, folder, () => {
    if (disk.isThere(`${folder}/.git`)) return folder
    return dirname(folder) === folder ? null : topOf(dirname(folder))
  })
  const ignoreFileAt = (file: string, top: string | null): FoundIgnoreFile | null => remembered(ignoreFiles, file, () => readInside(file, top ?? dirname(file), disk))
  const ownIgnoreFile = (dockerfile: string): FoundIgnoreFile | null => ignoreFileAt(`${dockerfile}.dockerignore`, topOf(dirname(dockerfile)))
  const ignoreFileIn = (folder: string): FoundIgnoreFile | null => ignoreFileAt(`${folder}/.dockerignore`, topOf(folder))
  return {
    top: dockerfile => topOf(dirname(dockerfile)),
    ignoreFile: (dockerfile, context) => ownIgnoreFile(dockerfile) ?? (context === null ? null : ignoreFileIn(context)),
    choose(dockerfile, build) {
      const own = dirname(dockerfile)
      const top = topOf(own)
      if (top === own) return own
      const parsed = build()
      const sources = parsed ? contextEvidence(parsed) : []
      // Without a repository nothing says how far up a context may lie.
      if (top === null && sources.length === 0) return holdsOthers(own, basename(dockerfile), disk) ? own : null
      const ownIgnore = ownIgnoreFile(dockerfile)
      const entries = (top === null ? [own] : upTo(own, top)).map(folder =>
        remembered(candidates, `${folder}\0${ownIgnore?.file}`, () => candidate(folder, ownIgnore ?? ignoreFileIn(folder), ignoreFileIn(folder) !== null)))
      return fitting(entries, sources, [], memory) ?? fitting(entries, sources, parsed ? contextHints(parsed) : [], memory) ?? stated(dockerfile, parsed, entries) ?? (onlyFirst(entries.map(entry => entry.hasIgnoreFile)) ? own : null)
    },
  }
}

function remembered<T>(known: Map<string, T>, key: string, find: () => T): T {
  const value = known.get(key)
  if (value !== undefined) return value
  const found = find()
  known.set(key, found)
  return found
}

/** A link that leads out of the repository is not followed: its text could end up in a report. */
function readInside(file: string, top: string, disk: Disk): FoundIgnoreFile | null {
  const text = disk.textInside(file, top, mostBytes)
  return text === null ? null : { file, text }
}

/** The folder and those above it, up to the top of the repository or of the foreign project that lies in it. */
function upTo(folder: string, top: string): readonly string[] {
  const folders = [folder]
  for (let at = folder; at !== top && !vendored.test(dirname(at)); at = dirname(at)) folders.push(dirname(at))
  return folders
}

const vendored = /(?:^|[\\/])(?:vendor|node_modules|third[-_]party)$/

function candidate(folder: string, ignoreFile: FoundIgnoreFile | null, hasIgnoreFile: boolean): Candidate {
  return { folder, hasIgnoreFile, context: openContext(ignoreFile ? { ignoreFile: { path: ignoreFile.file, text: ignoreFile.text } } : {}) }
}

/**
 * The folder that has every source which any of them has, and one that no other has. Some may be missing everywhere, as
 * what a build makes first; but not most of them, or the sources come from a folder that is not there yet. Hints may be
 * missing, and decide only what the sources leave open.
 */
function fitting(candidates: readonly Candidate[], sources: readonly (readonly string[])[], hints: readonly (readonly string[])[], memory: Memory): string | null {
  const found = candidates.map(entry => [...sources, ...hints].map(alternatives => alternatives.some(source => isThere(entry, source, memory))))
  const best = found.findIndex(own => own.includes(true) && found.every(other => other === own || (other.every((has, at) => own[at] || !has) && own.some((has, at) => has && !other[at]))))
  if (best === -1) return null
  // A wildcard that matches nothing is how one copies what may not be there.
  const missing = sources.filter((alternatives, at) => !found[best]![at] && !alternatives.every(isWildcard))
  const known = sources.length + found[best]!.slice(sources.length).filter(Boolean).length
  return missing.length * 2 <= known ? candidates[best]!.folder : null
}

/** What a comment of the file says, if the command names this file and one of the candidates. */
function stated(dockerfile: string, build: Build | null, candidates: readonly Candidate[]): string | null {
  const said = build && statedContext(build)
  if (!said) return null
  const named = join(sep, said.dockerfile ?? join(said.folder, 'Dockerfile'))
  if (!dockerfile.endsWith(named)) return null
  const folder = resolve(dockerfile.slice(0, -named.length) || sep, said.folder)
  return candidates.some(entry => entry.folder === folder) ? folder : null
}

/** Whether the source, or something that its wildcards match, is in the folder and sent to the build. Links count, wherever they lead: a build would take them too. */
function isThere({ folder, context }: Candidate, source: string, { disk, exists, names }: Memory): boolean {
  const segments = source.split('/')
  let looks = mostLooks
  const below = (path: string, at: number): boolean => {
    const segment = segments[at]
    if (segment === undefined) return remembered(exists, `${folder}/${path}`, () => disk.kind(`${folder}/${path}`) !== null) && isSent(path)
    const prefix = path === '' ? '' : `${path}/`
    if (!isWildcard(segment)) return below(prefix + segment, at + 1)
    const pattern = goPattern(segment)
    return pattern !== null && looks-- > 0 && remembered(names, `${folder}/${path}`, () => namesIn(`${folder}/${path}`, disk)).some(name => pattern.matches(name) && below(prefix + name, at + 1))
  }
  // Below an ignored folder a `!` pattern may let something through.
  const isSent = (path: string): boolean => !context.ignores(path) || (/^\s*!/m.test(context.ignoreFile?.text ?? '') && namesIn(`${folder}/${path}`, disk).length > 0)
  return below('', 0)
}

const namesIn = (folder: string, disk: Disk): readonly string[] => (disk.entries(folder) ?? []).map(({ name }) => name)

/** A Dockerfile that lies alone may have been put there alone, by a tool that checks one file. */
const holdsOthers = (folder: string, name: string, disk: Disk): boolean => namesIn(folder, disk).some(other => other !== name)

const onlyFirst = ([first, ...others]: readonly boolean[]): boolean => first === true && !others.includes(true)
