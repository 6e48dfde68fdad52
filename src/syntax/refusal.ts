// How the checks say what BuildKit refuses.
import type { Span } from '../text.ts'

/** Why something is refused, and where, if that is less than the instruction's first line. */
export interface Refusal { readonly message: string; readonly span?: Span }

const LONGEST_QUOTE = 40
export const quote = (text: string): string => `"${text.length > LONGEST_QUOTE ? text.slice(0, LONGEST_QUOTE) + '…' : text}"`
export const didYouMean = (word: string | null): string => (word === null ? '' : ` (did you mean "${word}"?)`)
