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

/** The first comment line right above an instruction, or between its lines, that this matches; null where there is none. */
export function commentSaying({ text }: Build, { span }: Instruction, pattern: RegExp): string | null {
  const above: string[] = []
  for (let end = text.lastIndexOf('\n', span.start - 1); end > 0;) {
    const start = text.lastIndexOf('\n', end - 1)
    const line = text.slice(start + 1, end).trim()
    if (!line.startsWith('#')) break
    above.unshift(line)
    end = start
  }
  const within = (text.slice(span.start, span.end).match(/^[ \t]*#.*$/gm) ?? []).map(line => line.trim())
  return [...above, ...within].find(line => pattern.test(line)) ?? null
}

/** Of the package index, where a command that fetches it goes. */
export const ABOUT_INDEX = /\b(?:index|indexes|updat\w*|refresh\w*|--no-cache)\b/i
/** Of a clean-up or a cache that somebody left as it is on purpose. */
export const ABOUT_KEEPING = /(?:\b(?:not?|never|avoid|without|keep\w*|kept|need\w*|leave|preserv\w*|reus\w*)\b|n't\b)[^.]*(?:\bcach\w*|\bclean\w*|\blists\b|\bpurg\w*|--no-cache)|(?:\bcach\w*|\bclean\w*|\blists\b)[^.]*\b(?:keep|kept|needed|required|later|break\w*|fail\w*|not)\b/i
