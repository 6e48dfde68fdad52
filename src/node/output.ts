// Reports and their places: standard output, or files that appear whole or not at all.
import { mkdirSync, realpathSync, statSync, writeFileSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { UsageError } from '../index.ts'
import { straying } from './paths.ts'
import { commit, prepare } from './replace.ts'

/** Replaces a file in one step and keeps its mode; a link stays one where it may be followed. Devices and pipes are written to. */
export function writeWhole(cwd: string, path: string, text: string): void {
  const asked = resolve(cwd, path)
  try {
    // The report of a pull request holds its text, and it can make what one asks for a link.
    const link = straying(asked)
    if (link !== null) throw new UsageError(`${path} is ${link}`, 'Name the place that it leads to.')
    mkdirSync(dirname(asked), { recursive: true })
    const stats = statSync(asked, { throwIfNoEntry: false })
    const file = stats ? realpathSync(asked) : asked
    if (stats?.isDirectory()) throw new UsageError(`${path} is a folder`)
    if (stats && !stats.isFile()) writeFileSync(file, text)
    else commit(prepare(file, text, stats ?? null))
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`${path} cannot be written: ${(error as Error).message}`)
  }
}
