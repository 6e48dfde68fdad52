// The user's own words of one command, short enough to stand in a sentence.
import type { Build, RunStep } from '../model/build.ts'
import type { Span } from '../text.ts'
import { commandsOf } from './commands.ts'
import { quoted } from './instruction-text.ts'

/** On one line, without line continuations and the comments between them, cut after `length` characters. */
export function quotedCommand({ text }: Build, { span }: { readonly span: Span }, length = 60): string {
  const written = text.slice(span.start, span.end).replace(/[\\`][ \t]*\r?\n(?:[ \t]*(?:#[^\n]*)?\n)*/g, ' ').replace(/\s+/g, ' ').trim()
  return written.length > length ? `${written.slice(0, length - 1).trimEnd()}…` : written
}

/** A RUN as written; of one that is a here-document the first command, since its own line says nothing. */
export function quotedRun(build: Build, run: RunStep, length = 60): string {
  const commands = run.heredocs.length > 0 && /^RUN\s+(?:--\S+\s+)*<</i.test(run.text) ? commandsOf(run) : 'opaque'
  const first = commands === 'opaque' ? undefined : commands.find(({ program }) => program !== null && program !== 'set')
  return first ? quotedCommand(build, first.command, length) : quoted(run, length)
}
