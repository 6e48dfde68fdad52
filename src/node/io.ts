// What a command may touch besides files: the streams and the environment of its process.
import type { UsageError } from '../errors.ts'
import { visible } from '../index.ts'
import type { Threads } from './threads.ts'

export interface OutputStream {
  write(text: string): void
  readonly isTTY: boolean
  /** Width of the terminal. */
  readonly columns: number | undefined
}

export interface Io {
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  /** Reports. */
  readonly stdout: OutputStream
  /** Messages. */
  readonly stderr: OutputStream
  stdin(): AsyncIterable<Uint8Array>
  /** Where the process can start threads for many files. */
  readonly threads?: Threads
}

/** Colours and shapes that a stream can show. A flag beats NO_COLOR, which beats FORCE_COLOR. */
export interface Look { readonly color: boolean; readonly links: boolean; readonly ascii: boolean; readonly width: number | undefined }

export function lookOf(stream: OutputStream, env: Io['env'], isPlain: boolean): Look {
  const { NO_COLOR = '', FORCE_COLOR: forced, TERM, CI = '', COLUMNS = '' } = env
  const isOff = isPlain || NO_COLOR !== ''
  const color = !isOff && (forced === undefined ? stream.isTTY && TERM !== 'dumb' : forced !== '0' && forced !== 'false')
  return {
    color,
    links: color && stream.isTTY && CI === '' && showsLinks(env),
    ascii: CI !== '' && !/utf-?8/i.test(env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || ''),
    width: /^[1-9]\d{0,4}$/.test(COLUMNS) ? Number(COLUMNS) : stream.columns,
  }
}

/** Terminals that are known to show links (OSC 8). */
const showsLinks = ({ TERM = '', TERM_PROGRAM = '', VTE_VERSION = '0', WT_SESSION, KONSOLE_VERSION }: Io['env']): boolean =>
  /^(?:iTerm\.app|WezTerm|vscode|Hyper|ghostty|Tabby)$/.test(TERM_PROGRAM) || /kitty|ghostty|alacritty|foot/.test(TERM) || Number(VTE_VERSION) >= 5000 || WT_SESSION !== undefined || KONSOLE_VERSION !== undefined

/** One message, on one line. */
export function complain(io: Pick<Io, 'stderr'>, message: string): void {
  io.stderr.write(`cachemiss: ${message}\n`)
}

/** An error and what to do about it, on one line. */
export const sentence = ({ message, hint }: UsageError): string => hint === undefined ? message : `${message}${/[.?!]$/.test(message) ? '' : '.'} ${hint}`

/** Several lines, each safe to show. A stack is such a text: it begins with a message, which may quote the input. */
export const visibleText = (text: string): string => text.split('\n').map(visible).join('\n')
