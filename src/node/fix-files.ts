// Writes what fixing made of files. Whatever speaks against it leaves the file as it is and costs one line. Loaded on demand.
import { isUtf8 } from 'node:buffer'
import { accessSync, constants, lstatSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { dirname, sep } from 'node:path'
import { commit, discard, prepare } from './replace.ts'
import type { Prepared } from './replace.ts'
import { repositoryTop } from './paths.ts'

/** `file` is absolute; `before` is the text that was read, null where no file was. */
export interface FileChange { readonly file: string; readonly before: string | null; readonly text: string }
export interface Written {
  /** Why nothing was written, and which file is to blame. */
  readonly failure: { readonly file: string; readonly reason: string } | null
  /** Files with other names (hard links), which keep the old text. */
  readonly linked: readonly string[]
}

/** What is prepared to be written, and the file that it replaces as it was then. */
interface Waiting { readonly change: FileChange; readonly prepared: Prepared; readonly stats: Stats | null }

/**
 * Writes all of these files or none.
 * A link is followed to what lies below its own folder, its repository or one of the `roots`.
 */
export function writeChanges(changes: readonly FileChange[], roots: readonly string[]): Written {
  const waiting: Waiting[] = []
  const failed = (file: string, reason: string): Written => {
    for (const { prepared } of waiting) discard(prepared)
    return { failure: { file, reason }, linked: [] }
  }
  for (const change of changes) {
    const found = attempted(() => waitingFor(change, roots))
    if (typeof found === 'string') return failed(change.file, found)
    waiting.push(found)
  }
  for (const { change, prepared: { file }, stats } of waiting) if (!isSame(stats, file)) return failed(change.file, changed)
  for (const [index, { change, prepared: each }] of waiting.entries()) {
    const problem = attempted(() => commit(each))
    if (typeof problem !== 'string') continue
    for (const done of waiting.slice(0, index)) attempted(() => putBack(done))
    return failed(change.file, problem)
  }
  return { failure: null, linked: waiting.flatMap(({ change, stats }) => (stats !== null && stats.nlink > 1 ? [change.file] : [])) }
}

function putBack({ change: { before }, prepared: { file }, stats }: Waiting): void {
  if (before === null) rmSync(file)
  else commit(prepare(file, before, stats))
}

const changed = 'it changed since it was read'

/** A reason instead of what speaks against it. */
function waitingFor(change: FileChange, roots: readonly string[]): Waiting | string {
  const { file, before, text } = change
  const entry = lstatSync(file, { throwIfNoEntry: false })
  if (before === null) return entry ? 'there is one already, and it was not read' : { change, prepared: prepare(file, text, null), stats: null }
  if (!entry) return 'it is gone'
  const real = entry.isSymbolicLink() ? realpathSync(file) : file
  if (real.split(sep).includes('.git')) return 'it is a link into .git'
  if (entry.isSymbolicLink() && !mayFollow(file, real, roots)) return `it is a link to ${real}, outside of the given paths and the repository`
  const stats = statSync(real)
  if (!stats.isFile()) return 'it is no regular file'
  // Replacing it would be possible all the same: for that the folder counts.
  if ((stats.mode & 0o222) === 0) return 'it is read-only'
  accessSync(real, constants.W_OK)
  const bytes = readFileSync(real)
  if (!isUtf8(bytes)) return 'it is not UTF-8'
  return bytes.equals(Buffer.from(before)) ? { change, prepared: prepare(real, text, stats), stats } : changed
}

/** A link in a pull request must not lead to the user's own files, nor into git's. */
function mayFollow(link: string, real: string, roots: readonly string[]): boolean {
  const own = realpathSync(dirname(link))
  const isBelow = (folder: string): boolean => real.startsWith(folder.endsWith(sep) ? folder : folder + sep)
  return isBelow(own) || isBelow(repositoryTop(own) ?? own) || roots.some(root => isBelow(realFolder(root)))
}

/** A glob stands for no folder, and nothing lies below it. */
function realFolder(path: string): string {
  try {
    return realpathSync(path)
  } catch {
    return path
  }
}

function isSame(before: Stats | null, file: string): boolean {
  const now = statSync(file, { throwIfNoEntry: false })
  return before === null ? now === undefined : now?.ino === before.ino && now.size === before.size && now.mtimeMs === before.mtimeMs && now.ctimeMs === before.ctimeMs
}

const reasons: Readonly<Record<string, string>> = {
  EACCES: 'permission denied', EPERM: 'permission denied', EROFS: 'the file system is read-only', ENOSPC: 'no space is left on the device', EDQUOT: 'the disk quota is used up',
}

function attempted<T>(work: () => T): T | string {
  try {
    return work()
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException
    return reasons[code] ?? message
  }
}
