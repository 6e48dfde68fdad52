// The text of a Dockerfile, or in one line why it is none.
import { isUtf8 } from 'node:buffer'
import { closeSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'

export type ReadText = { readonly text: string } | { readonly reason: string }

const mostBytes = 10 * 1024 * 1024
const tooLarge: ReadText = { reason: 'larger than 10 MB' }
/** Nobody writes more, and each takes some 10 KB while it is looked at. */
const mostLines = 50_000
/** Of the shell; each takes about 1 KB. */
const mostCommands = 500_000

export function readDockerfile(file: string): ReadText {
  try {
    const opened = openSync(file, 'r')
    try {
      const stats = fstatSync(opened)
      if (stats.isDirectory()) return { reason: 'a folder' }
      if (stats.size > mostBytes) return tooLarge
      return textOf(stats.isFile() ? readFileSync(opened) : readPipe(opened))
    } finally {
      closeSync(opened)
    }
  } catch (error) {
    return { reason: reasonOf(error as NodeJS.ErrnoException) }
  }
}

/** What comes from standard input, no further than anybody would write. */
export async function readStream(stream: AsyncIterable<Uint8Array>): Promise<ReadText> {
  const pieces: Uint8Array[] = []
  let size = 0
  for await (const piece of stream) {
    pieces.push(piece)
    size += piece.length
    if (size > mostBytes) break
  }
  return textOf(Buffer.concat(pieces))
}

/** A device may have no end. */
function readPipe(opened: number): Buffer {
  const pieces: Buffer[] = []
  for (let size = 0; size <= mostBytes;) {
    const piece = Buffer.alloc(65_536)
    const read = readSync(opened, piece)
    if (read === 0) break
    pieces.push(piece.subarray(0, read))
    size += read
  }
  return Buffer.concat(pieces)
}

export function textOf(given: Uint8Array): ReadText {
  if (given.length > mostBytes) return tooLarge
  const bytes = Buffer.from(given.buffer, given.byteOffset, given.length)
  const text = bytes.toString('utf8')
  if (text.includes('\0')) return { reason: /^(?:\xff\xfe|\xfe\xff)/.test(bytes.toString('latin1', 0, 2)) ? 'UTF-16, and Docker reads UTF-8 only' : 'binary, no Dockerfile' }
  const reason = tooMuchIn(text)
  if (reason !== null) return { reason }
  // What stands for bytes that are none may also stand in the file itself.
  return text.includes('\ufffd') && !isUtf8(bytes) ? { reason: 'not UTF-8' } : { text }
}

function tooMuchIn(text: string): string | null {
  if (text.length < mostLines) return null
  let lines = 0
  let commands = 0
  for (let at = 0; at < text.length; at++) {
    const char = text[at]
    if (char === '\n') lines++
    else if (char === ';' || char === '&' || char === '|') commands++
  }
  if (lines > mostLines) return `more than ${mostLines} lines`
  return commands > mostCommands ? `more than ${mostCommands} commands` : null
}

function reasonOf({ code, message }: NodeJS.ErrnoException): string {
  if (code === 'ENOENT') return 'no such file'
  return code === 'EACCES' ? 'permission denied' : message
}
