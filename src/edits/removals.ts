// Edits that take whole instructions out, with the comments that speak of nothing else.
import type { Build, Instruction } from '../model/build.ts'
import type { TextEdit } from '../text.ts'
import { blockOf, linesOf } from './instructions.ts'
import { withoutGap } from './lines.ts'

/** Nobody indents further. */
const MOST_INDENT = 200

/** Of two blank lines that would meet one goes. A comment right above goes as well, unless another instruction of its kind follows right below and stays. */
export function withoutInstructions(build: Build, instructions: readonly Instruction[]): readonly TextEdit[] {
  const { text } = build
  const sorted = [...instructions].sort((a, b) => a.span.start - b.span.start)
  const edits: TextEdit[] = []
  for (let at = sorted.length - 1; at >= 0; at--) {
    const [lines, block, below] = [linesOf(build, sorted[at]!), blockOf(build, sorted[at]!), edits[0]]
    // What goes right below is one piece with it.
    const isPart = below?.span.start === lines.end
    const end = isPart ? below.span.end : lines.end
    const keepsComments = new RegExp(`^[ \\t]*${sorted[at]!.keyword}\\b`, 'i').test(text.slice(end, end + MOST_INDENT))
    const span = { start: keepsComments ? lines.start : block.start, end }
    if (isPart) edits.shift()
    edits.unshift({ span, text: '' })
  }
  return edits.map(({ span }) => ({ span: withoutGap(text, span), text: '' }))
}
