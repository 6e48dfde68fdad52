// The user's own text, short enough to stand in a sentence.
import type { Instruction } from '../model/build.ts'

/** The instruction on one line, cut after `length` characters. */
export const quoted = (instruction: Pick<Instruction, 'text'>, length = 60): string => quotedText(instruction.text, length)

/** A piece of the file on one line, continuations joined. */
export function quotedText(text: string, length = 60): string {
  const line = text.replace(/[\\`]?[ \t]*\r?\n/g, ' ').replace(/\s+/g, ' ')
  return line.length > length ? `${line.slice(0, length - 1).trimEnd()}…` : line
}

/** "a", "a and b", "a, b and c"; more than `most` end in "and N more". */
export function listed(items: readonly string[], most = 4): string {
  const shown = items.length > most ? [...items.slice(0, most - 1), `${items.length - most + 1} more`] : items
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)!}`
}
