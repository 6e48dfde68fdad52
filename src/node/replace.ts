// A file's new content is written beside it and then takes its place in one step, so that nobody ever sees half of it.
import { closeSync, fchmodSync, fchownSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import type { Stats } from 'node:fs'
import { dirname, join } from 'node:path'

/** Content that waits for its place. */
export interface Prepared { readonly temporary: string; readonly file: string }

/**
 * `like` is the file that is replaced: its mode is kept, and its owner where that is allowed. What need not be `isLasting` may be lost with
 * the power. Throws and leaves nothing behind.
 */
export function prepare(file: string, content: string, like: Stats | null, { isLasting = true }: { readonly isLasting?: boolean } = {}): Prepared {
  // A short name of its own: that of the file may be as long as names can be.
  const temporary = join(dirname(file), `.cachemiss-${process.pid}-${process.hrtime.bigint().toString(36)}.tmp`)
  const opened = openSync(temporary, 'wx', like === null ? 0o666 : 0o600)
  try {
    try {
      writeFileSync(opened, content)
      if (like !== null) resemble(opened, like)
      if (isLasting) fsyncSync(opened)
    } finally {
      closeSync(opened)
    }
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
  return { temporary, file }
}

/** The owner first: a change of it takes bits from the mode. */
function resemble(opened: number, { uid, gid, mode }: Stats): void {
  try {
    fchownSync(opened, uid, gid)
  } catch {
    // Only root may give files away; the one who fixes a file that others own and let him write gets it.
  }
  fchmodSync(opened, mode & 0o7777)
}

export function commit({ temporary, file }: Prepared): void {
  try {
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}

export function discard({ temporary }: Prepared): void {
  rmSync(temporary, { force: true })
}
