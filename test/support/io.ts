// A command's streams and a folder for its files, for tests that run it in this process.
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { main } from '../../src/node/main.ts'
import type { Io } from '../../src/node/io.ts'

export interface Outcome { readonly code: number; readonly out: string; readonly err: string }
export interface Surroundings {
  readonly env?: Io['env']
  readonly stdin?: string | Uint8Array
  /** Columns of the terminal that both streams are; absent: no terminal. */
  readonly terminal?: number
}

/** Runs `cachemiss` as if typed in a folder. */
export async function cachemiss(cwd: string, args: readonly string[], { env = {}, stdin = '', terminal }: Surroundings = {}): Promise<Outcome> {
  const written = { out: '', err: '' }
  const stream = (name: 'out' | 'err'): Io['stdout'] => ({
    write: text => { written[name] += text },
    isTTY: terminal !== undefined,
    columns: terminal,
  })
  const input = async function* (): AsyncIterable<Uint8Array> {
    yield typeof stdin === 'string' ? new TextEncoder().encode(stdin) : stdin
  }
  const code = await main(args, { cwd, env, stdout: stream('out'), stderr: stream('err'), stdin: input })
  return { code, ...written }
}

/** A folder of its own under the real path of the system's temporary one. */
export function temporaryFolder(): { readonly path: string; write(files: Readonly<Record<string, string | Uint8Array>>): void; remove(): void } {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'cachemiss-')))
  return {
    path,
    write(files) {
      for (const [name, content] of Object.entries(files)) {
        mkdirSync(dirname(join(path, name)), { recursive: true })
        writeFileSync(join(path, name), content)
      }
    },
    remove: () => rmSync(path, { recursive: true, force: true }),
  }
}
