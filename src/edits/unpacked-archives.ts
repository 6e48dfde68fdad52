// An archive that one RUN downloads and unpacks: what removes it at the end.
import { quotedCommand } from '../facts/command-text.ts'
import { commandsOf, type NormalCommand } from '../facts/commands.ts'
import { folderOf, pathOf } from '../facts/image-paths.ts'
import { lineOf } from '../facts/lines.ts'
import type { WastedArchive } from '../facts/archives.ts'
import type { Build } from '../model/build.ts'
import type { TextEdit } from '../text.ts'
import { asUserOf } from './commands.ts'
import { noEndOf, withCommand } from './scripts.ts'

/** The edit that removes it, and the command in words; or why there is none. */
export function withoutArchive(build: Build, { step, path, extraction }: WastedArchive): { readonly edit: TextEdit; readonly removal: string } | { readonly reason: string } {
  const quoted = `"${quotedCommand(build, extraction.command, 40)}"`
  if (step.kind !== 'run') return { reason: 'what ADD fetches is in the layer before a RUN can remove it' }
  if (extraction.step !== step) return { reason: `${quoted} (line ${lineOf(build, extraction.command.span)}) unpacks it in a RUN of its own` }
  const name = nameAtEnd(build, path, extraction)
  if (name === null) return { reason: `the script ends in another folder than that of ${quoted}, and its name for the archive is a variable or relative` }
  const removal = asUserOf(extraction.command, `rm ${name}`)
  const edit = removal === null ? null : withCommand(build, step, removal)
  return edit ? { edit, removal: removal! } : { reason: removal === null ? `${quoted} runs as another user than the RUN` : noEndOf(step) }
}

/** The user's own name for it, where that still means the same at the end of the script; null where none does. */
function nameAtEnd(build: Build, path: string, extraction: NormalCommand): string | null {
  const word = extraction.words.slice(1).find(other => !other.glob && other.value !== null && pathOf(extraction, other.value) === path)
  if (!word) return null
  const written = build.text.slice(word.span.start, word.span.end)
  const isInSubshell = extraction.command.depth > 0
  if (!/["'$`\\]/.test(written)) return written.startsWith('/') ? written : !isInSubshell && endFolder(extraction) === folderOf(extraction) ? written : path
  return !isInSubshell && !written.includes('`') && (/^["']?\//.test(written) || endFolder(extraction) === folderOf(extraction)) ? written : null
}

/** Where the script is when its last command has run; null where that command changes the folder, or nobody can tell. */
function endFolder({ step }: NormalCommand): string | null {
  const commands = commandsOf(step)
  const last = commands === 'opaque' ? undefined : commands.findLast(({ command }) => command.depth === 0)
  return last && !/^(?:cd|pushd|popd)$/.test(last.program ?? '') ? folderOf(last) : null
}
