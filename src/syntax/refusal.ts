// How the checks say what BuildKit refuses.
import type { Span } from '../text.ts'

/** Why something is refused, and where, if that is less than the instruction's first line. */
export interface Refusal { readonly message: string; readonly span?: Span }

const LONGEST_QUOTE = 40

/** The user's own text, on one line and cut short. */
export function quote(text: string): string {
  const line = text.slice(0, LONGEST_QUOTE + 1).replace(/\s+/g, ' ')
  const shown = line.length > LONGEST_QUOTE ? `${line.slice(0, LONGEST_QUOTE)}…` : line
  return shown.includes('"') ? `'${shown}'` : `"${shown}"`
}
export const didYouMean = (word: string | null): string => (word === null ? '' : ` (did you mean "${word}"?)`)
