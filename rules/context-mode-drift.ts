// Permission bits that another checkout would not have.
import { assumedContext } from '../src/facts/broad-copies.ts'
import { quoted } from '../src/facts/instruction-text.ts'
import { openModes } from '../src/facts/open-modes.ts'
import { defineRule } from '../src/rule.ts'

/**
 * ## What it does
 *
 * Reports a copy or bind mount of context files that their group or everybody may write. git keeps no such bit: it comes
 * from the umask of whoever checked the files out. Off by default, as it concerns only those who share a cache between
 * machines. An executable bit that differs from git's is not looked for, and nothing is said where Windows invents the modes.
 *
 * ## Why it matters
 *
 * The permission bits of a file are in the key of the step that takes it, before any `--chmod`. A machine with umask 002
 * writes 664 where one with umask 022 writes 644, so neither finds anything in the cache of the other, from this step on
 * ([BuildKit: cache/contenthash](https://github.com/moby/buildkit/blob/master/cache/contenthash/filehash.go)).
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM node:22
 * COPY server.js /app/
 * CMD ["node", "/app/server.js"]
 * ```
 *
 * ```files
 * server.js 0664
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM node:22
 * COPY server.js /app/
 * CMD ["node", "/app/server.js"]
 * ```
 *
 * ```files
 * server.js 0644
 * ```
 *
 * ## When not to use it
 *
 * When all builds run on one machine, or all machines have the same umask.
 *
 * ## Cost model
 *
 * Considered: the same files with the group's write bit removed. The copy and every step after it run again.
 */
export default defineRule({
  id: 'context-mode-drift',
  summary: 'Copied files have permission bits that other checkouts lack',
  category: 'context',
  severity: 'info',
  recommended: false,

  *check(build) {
    const modes = openModes(build)
    if (!modes) return
    const { step, count, path, mode } = modes
    const others = count === 1 ? '' : ` and ${count - 1} more`
    yield {
      at: step,
      message: `"${quoted(step)}"${assumedContext(build)} takes ${path} with mode ${mode.toString(8)}${others}: modes are in its key, so a machine that checks out with umask 022 shares no cache with this one; do so here as well, or run "chmod -R go-w ." before the build.`,
    }
  },
})
