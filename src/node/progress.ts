// How far a long run is, on the terminal only, and only when somebody has begun to wait.
import type { Io } from './io.ts'

export interface Progress {
  /** `tries` count what was tried of one file. */
  show(done: number, total: number, tries?: number): void
  clear(): void
}

const patience = 300
const interval = 100

export function progressOn({ stderr, env }: Io): Progress {
  if (!stderr.isTTY || env['CI'] || env['TERM'] === 'dumb') return { show: () => {}, clear: () => {} }
  let next = performance.now() + patience
  let isShown = false
  return {
    show(done, total, tries) {
      if (performance.now() < next) return
      next = performance.now() + interval
      isShown = true
      stderr.write(`\r${done} of ${total} files${tries === undefined ? '' : `, ${tries} tried`}\x1b[K`)
    },
    clear() {
      if (isShown) stderr.write('\r\x1b[K')
      isShown = false
    },
  }
}
