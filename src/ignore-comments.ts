// Where a comment goes that suppresses a finding: above its instruction, or for the whole file below the parser directives,
// which must stay the first lines of the file to be read at all.
import { parse } from './syntax/parse.ts'
import type { TextEdit } from './text.ts'

/** Stands for what only a person knows. */
const REASON = '-- reason'

/** Below a shebang stands no directive, but BuildKit still looks there for the one that names the frontend. */
const TOP = /^\ufeff?(?:#![^\n]*(?:\n|$)(?:#[ \t]*[a-z]+[ \t]*=[^\n]*(?:\n|$))*)?/i

/**
 * The edit that suppresses `rule` for the instruction at `offset`, or for the file; null where no comment can: outside of any instruction,
 * and in a text that the engine would refuse.
 */
export function ignoreComment(text: string, rule: string, place: { readonly offset: number } | 'file'): TextEdit | null {
  const { instructions, directives, problems } = parse(text)
  if (problems.length > 0) return null
  const lineEnd = /\r?\n/.exec(text)?.[0] ?? '\n'
  if (place === 'file') {
    const last = directives.at(-1)
    const start = last ? lineAfter(text, last.span.end) : TOP.exec(text)![0].length
    const open = start > 0 && last && text[start - 1] !== '\n' ? lineEnd : ''
    return { span: { start, end: start }, text: `${open}# cachemiss ignore-file=${rule} ${REASON}${lineEnd}` }
  }
  const instruction = instructions.find(({ span }) => span.start <= place.offset && place.offset <= span.end)
  if (!instruction) return null
  // What stands before an instruction on its line are blanks, which the comment repeats; or the byte order mark, which stays first.
  const line = text.lastIndexOf('\n', instruction.span.start - 1) + 1
  const [mark, indent] = /^(\ufeff?)([ \t]*)/.exec(text.slice(line, instruction.span.start))!.slice(1)
  const start = line + mark!.length
  return { span: { start, end: start }, text: `${indent}# cachemiss ignore=${rule} ${REASON}${lineEnd}` }
}

function lineAfter(text: string, offset: number): number {
  const end = text.indexOf('\n', offset)
  return end === -1 ? text.length : end + 1
}
