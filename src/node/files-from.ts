// A list of paths, one on each line, or between NUL characters as `git ls-files -z` and `find -print0` write them.
import { readFileSync, statSync } from 'node:fs'
import { resolve } from 'node:path'
import { UsageError } from '../index.ts'
import { unreadable } from './named-file.ts'

const mostBytes = 100_000_000

export interface ListSource { readonly cwd: string; stdin(): AsyncIterable<Uint8Array> }

/** The paths as they stand there; `-` is standard input. Rejects with a UsageError. */
export async function pathsFrom(source: string, { cwd, stdin }: ListSource): Promise<readonly string[]> {
  const text = source === '-' ? await streamed(stdin()) : readList(resolve(cwd, source), source)
  const paths = text.includes('\0') ? text.split('\0') : text.replace(/^\uFEFF/, '').split(/\r?\n/)
  return paths.filter(path => path.trim() !== '')
}

const tooLarge = (): UsageError => new UsageError(`--files-from: the list is larger than ${mostBytes / 1_000_000} MB`)

async function streamed(stream: AsyncIterable<Uint8Array>): Promise<string> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of stream) {
    pieces.push(piece)
    size += piece.length
    if (size > mostBytes) throw tooLarge()
  }
  return Buffer.concat(pieces).toString('utf8')
}

/** What a shell's <(…) gives is no regular file, and fine. */
function readList(file: string, name: string): string {
  try {
    const stats = statSync(file)
    if (stats.isDirectory()) throw new UsageError(`--files-from: ${name} is a folder`, `To lint what lies in it, write ${name} without an option.`)
    if (stats.size > mostBytes) throw tooLarge()
    return readFileSync(file, 'utf8')
  } catch (error) {
    throw unreadable(error, `--files-from: ${name}`)
  }
}
