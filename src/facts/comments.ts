// What a Dockerfile says about itself in comments.
import type { Build, Instruction } from '../model/build.ts'

/** The comment lines right above an instruction, blank lines passed over. */
export function commentAbove({ text }: Build, { span }: Instruction): string {
  const found: string[] = []
  for (let end = text.lastIndexOf('\n', span.start - 1); end > 0;) {
    const start = text.lastIndexOf('\n', end - 1)
    const line = text.slice(start + 1, end).trim()
    if (line !== '' && !line.startsWith('#')) break
    if (line !== '') found.unshift(line)
    end = start
  }
  return found.join('\n')
}
