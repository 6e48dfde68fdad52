// Reports and their places: standard output, or files that appear whole or not at all.
import { chmodSync, mkdirSync, realpathSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { UsageError } from '../index.ts'

/** Replaces a file in one step and keeps its mode; a link stays one. Devices and pipes are written to. */
export function writeWhole(cwd: string, path: string, text: string): void {
  const asked = resolve(cwd, path)
  try {
    mkdirSync(dirname(asked), { recursive: true })
    const stats = statSync(asked, { throwIfNoEntry: false })
    const file = stats ? realpathSync(asked) : asked
    if (stats?.isDirectory()) throw new UsageError(`${path} is a folder`)
    if (stats && !stats.isFile()) writeFileSync(file, text)
    else replace(file, text, stats?.mode)
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(`${path} cannot be written: ${(error as Error).message}`)
  }
}

function replace(file: string, text: string, mode: number | undefined): void {
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}.tmp`)
  try {
    writeFileSync(temporary, text, { flag: 'wx' })
    if (mode !== undefined) chmodSync(temporary, mode & 0o7777)
    renameSync(temporary, file)
  } catch (error) {
    rmSync(temporary, { force: true })
    throw error
  }
}
