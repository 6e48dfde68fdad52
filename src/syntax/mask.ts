// The copy of a Dockerfile that dockerfile-ast gets to see: as long as the original, so that all offsets hold, and without
// what misleads it. Its gaps were found by comparing it with BuildKit's parser on real files and mutations of them.
import type { InstructionNode, Syntax } from './parse.ts'

/** The instructions it is asked about. */
const ASKED = new Set(['ARG', 'ENV', 'FROM', 'LABEL'])
/** It takes quadratic time for flags; a real FROM has one, and is far shorter. */
const LONGEST_FROM = 4096

/** Directives, keywords and what follows those it is asked about stay. All else becomes blanks: it costs time and holds its surprises. */
export function masked({ text, directives, comments, instructions, escape }: Syntax): string {
  const parts: string[] = []
  let at = 0
  const take = (start: number, end: number, kept: (piece: string) => string): void => {
    parts.push(blank(text.slice(at, start)), kept(text.slice(start, end)))
    at = end
  }
  // What it takes for a directive is not what the engine takes for one, and blanks behind it end its header.
  for (const { name, span } of directives) {
    const end = text.indexOf('\n', span.end)
    take(span.start, end === -1 ? text.length : end, line => (name === 'escape' ? '#escape=' : '#check=').padEnd(line.length - 1) + (name === 'escape' ? escape : 'x'))
  }
  let next = 0
  for (const node of instructions) {
    const { span, keywordSpan, lineEnd } = node
    let from = span.start
    if (!isAsked(node)) {
      take(from, keywordSpan.end, piece => neutral(piece, escape, false))
      continue
    }
    for (; next < comments.length && comments[next]!.span.start < lineEnd; next++) {
      const comment = comments[next]!.span
      if (comment.start < from) continue
      take(from, comment.start, piece => neutral(piece, escape, false))
      from = comment.end
    }
    take(from, lineEnd, piece => neutral(piece, escape, true))
  }
  return parts.join('') + blank(text.slice(at))
}

function isAsked({ keyword, trigger, span, lineEnd }: InstructionNode): boolean {
  const asked = trigger?.keyword ?? keyword
  return ASKED.has(asked) && (asked !== 'FROM' || lineEnd - span.start <= LONGEST_FROM)
}

const blank = (text: string): string => text.replace(/[^\n]/g, ' ')

/** A CR alone is a line end to it, `<<` in quotes a here-document, and a doubled escape continues a line. */
function neutral(text: string, escape: string, isEnd: boolean): string {
  const lines = text.replace(/[\r\v\f]/g, ' ').replaceAll('<<', '__').split('\n')
  return lines.map((line, index) => withoutEscapes(line, escape, isEnd && index === lines.length - 1)).join('\n')
}

/** Without the escape characters at its end that continue nothing. */
function withoutEscapes(line: string, escape: string, isLast: boolean): string {
  let end = line.length
  while (end > 0 && (line[end - 1] === ' ' || line[end - 1] === '\t')) end--
  let start = end
  while (start > 0 && line[start - 1] === escape) start--
  return end - start > 1 || (isLast && end > start) ? line.slice(0, start) + '_'.repeat(end - start) + line.slice(end) : line
}
