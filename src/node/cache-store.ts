// Results in the user's own cache folder, each in a file with a checksum. Never inside of what is linted: a change under review must not
// bring results along. What is damaged, foreign or too large is not there; several processes may read and write at once.
import { lstatSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { dirname, isAbsolute, join } from 'node:path'
import type { Io } from './io.ts'
import { commit, prepare } from './replace.ts'

export interface CacheStore {
  /** null where there is none that can be used. */
  read(name: string): unknown
  write(name: string, value: unknown): void
  /** Old results go when there are too many. */
  end(): void
}

const mostEntryBytes = 20_000_000
const oldest = 30 * 24 * 3600 * 1000
const cleaningInterval = 3600 * 1000

/** The folder for cached results of this user; null where nothing says which that is. */
export function cacheFolder(env: Io['env'], platform: NodeJS.Platform = process.platform): string | null {
  const { XDG_CACHE_HOME = '', LOCALAPPDATA = '', HOME = '' } = env
  const given = [XDG_CACHE_HOME, platform === 'win32' ? LOCALAPPDATA : HOME && join(HOME, platform === 'darwin' ? 'Library/Caches' : '.cache')].find(isAbsolute)
  return given === undefined ? null : join(given, 'cachemiss')
}

/** Why it cannot be used, instead. The folder is made where it is missing. */
export function cacheStore(folder: string, mostBytes: number, hash: (text: string) => string): CacheStore | string {
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    const { uid, mode } = statSync(folder)
    const own = process.getuid?.()
    if (own !== undefined && (uid !== own || (mode & 0o022) !== 0)) return 'others may write there'
  } catch (error) {
    return (error as Error).message
  }
  let written = 0
  const fileOf = (name: string): string => join(folder, name.slice(0, 2), name.slice(2))
  return {
    read: name => contentOf(fileOf(name), hash),
    write(name, value) {
      const body = JSON.stringify(value)
      if (body.length > mostEntryBytes) return
      const file = fileOf(name)
      try {
        mkdirSync(dirname(file), { recursive: true, mode: 0o700 })
        commit(prepare(file, `${hash(body)}\n${body}`, null, { isLasting: false }))
        written += body.length
      } catch {
        // A full disk or a folder that is gone: then the next run computes it again.
      }
    },
    end() {
      clean(folder, mostBytes, written)
    },
  }
}

function contentOf(file: string, hash: (text: string) => string): unknown {
  try {
    const stats = lstatSync(file, { throwIfNoEntry: false })
    if (!stats?.isFile() || stats.size > 2 * mostEntryBytes) return null
    const text = readFileSync(file, 'utf8')
    const at = text.indexOf('\n')
    const body = text.slice(at + 1)
    return at > 0 && text.slice(0, at) === hash(body) ? JSON.parse(body) as unknown : null
  } catch {
    return null
  }
}

/** Looks at all files, so not after each run that adds a few. */
function clean(folder: string, mostBytes: number, written: number): void {
  try {
    const mark = join(folder, 'cleaned')
    const now = Date.now()
    const last = statSync(mark, { throwIfNoEntry: false })?.mtimeMs ?? 0
    if (written < mostBytes / 10 && now - last < cleaningInterval) return
    const files = readdirSync(folder, { withFileTypes: true }).filter(entry => entry.isDirectory() && /^[\da-f]{2}$/.test(entry.name)).flatMap(({ name }) => filesIn(join(folder, name)))
    if (files.length === 0) return
    writeFileSync(mark, '')
    let total = files.reduce((sum, { size }) => sum + size, 0)
    for (const { file, size, mtimeMs } of files.sort((a, b) => a.mtimeMs - b.mtimeMs)) {
      const isLeftBehind = file.endsWith('.tmp') && now - mtimeMs > cleaningInterval
      if (total <= mostBytes && now - mtimeMs < oldest && !isLeftBehind) continue
      rmSync(file, { force: true })
      total -= size
    }
  } catch {
    // Another process cleans at the same time.
  }
}

const filesIn = (folder: string): readonly { readonly file: string; readonly size: number; readonly mtimeMs: number }[] => readdirSync(folder).flatMap(name => {
  const file = join(folder, name)
  const stats = lstatSync(file, { throwIfNoEntry: false })
  return stats?.isFile() ? [{ file, size: stats.size, mtimeMs: stats.mtimeMs }] : []
})
