// The process around the command line: its streams in, its exit code out. The bundle gives `start` to it and `work` to its threads.
import { fstatSync, statSync, writeSync } from 'node:fs'
import type { OutputStream } from './io.ts'
import { main } from './main.ts'

export { work } from './thread.ts'

/** Writes without the stream of the process, which takes two milliseconds to set up. */
function streamOf(name: 'stdout' | 'stderr', descriptor: number): OutputStream {
  let isTTY: boolean | undefined
  return {
    write: text => writeAll(descriptor, Buffer.from(text)),
    get isTTY() {
      return isTTY ??= isDevice(descriptor) && process[name].isTTY === true
    },
    get columns() {
      return this.isTTY ? process[name].columns : undefined
    },
  }
}

/** Terminals are, and so is the null device, which needs no stream to be told from one. */
function isDevice(descriptor: number): boolean {
  try {
    const stats = fstatSync(descriptor)
    return stats.isCharacterDevice() && stats.rdev !== statSync('/dev/null', { throwIfNoEntry: false })?.rdev
  } catch {
    return false
  }
}

function writeAll(descriptor: number, bytes: Uint8Array): void {
  for (let at = 0; at < bytes.length;) {
    try {
      at += writeSync(descriptor, bytes, at)
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException
      // Who closes the pipe, as head does, has read enough.
      if (code === 'EPIPE') process.exit()
      if (code !== 'EAGAIN') throw error
      // A pipe that does not block is full.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2)
    }
  }
}

/** The command line; `threads` is the module that threads run. */
export async function start(threads: string): Promise<void> {
  process.exitCode = await main(process.argv.slice(2), {
    cwd: process.cwd(), env: process.env, stdout: streamOf('stdout', 1), stderr: streamOf('stderr', 2), stdin: () => process.stdin, threads: { file: threads },
  })
}
