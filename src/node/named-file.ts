// The text of a file that somebody names; what is wrong with it is one line that begins with the name.
import { readFileSync, statSync } from 'node:fs'
import { UsageError } from '../errors.ts'

/** null where there is none. Only of a regular file, and no huge one: a pipe or a device would never end. Throws a UsageError. */
export function namedText(file: string, name: string, mostBytes: number): string | null {
  try {
    const stats = statSync(file)
    if (!stats.isFile()) throw new UsageError(`${name} is no file`)
    if (stats.size > mostBytes) throw new UsageError(`${name} is larger than ${mostBytes / 1_000_000} MB`)
    return readFileSync(file, 'utf8').replace(/^\uFEFF/, '')
  } catch (error) {
    if (isMissing(error)) return null
    throw unreadable(error, name)
  }
}

const isMissing = (error: unknown): boolean => ['ENOENT', 'ENOTDIR', 'ENAMETOOLONG', 'ELOOP'].includes((error as NodeJS.ErrnoException).code ?? '')

/** What to throw for what reading has thrown. */
export function unreadable(error: unknown, name: string): UsageError {
  if (error instanceof UsageError) return error
  if (isMissing(error)) return new UsageError(`${name} does not exist`)
  const { code, message } = error as NodeJS.ErrnoException
  return new UsageError(`${name} cannot be read: ${code === 'EACCES' ? 'permission denied' : message}`)
}
