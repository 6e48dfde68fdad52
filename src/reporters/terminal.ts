// What a terminal can show: the only place that writes escape sequences.
import type { Severity } from '../rule.ts'
import { visible } from './escape.ts'
import type { Style } from './index.ts'

/** Select Graphic Rendition parameters (ECMA-48). */
const renditions = { error: '31', warning: '33', info: '36', path: '4', faint: '2', related: '34', strong: '1' } as const satisfies Record<Severity, string> & Readonly<Record<string, string>>
export type Tone = keyof typeof renditions

export interface Terminal {
  readonly width: number
  /** Between line numbers and code; for left-out lines; for the cut-off part of a line. */
  readonly bar: string
  readonly gap: string
  readonly cut: string
  paint(tone: Tone, text: string): string
  /** A rule's name, linked to its page. */
  ruleName(rule: string): string
}

export function terminal(style: Style): Terminal {
  const paint = (tone: Tone, text: string): string => style.color && text !== '' ? `\x1b[${renditions[tone]}m${text}\x1b[0m` : text
  const link = (address: string, text: string): string => style.links === true && address !== '' ? `\x1b]8;;${visible(address)}\x1b\\${text}\x1b]8;;\x1b\\` : text
  return {
    width: Math.max(style.width ?? 120, 40),
    ...(style.ascii === true ? { bar: '|', gap: ':', cut: '...' } : { bar: '│', gap: '⋮', cut: '…' }),
    paint,
    ruleName: rule => link(style.docs(rule), paint('faint', visible(rule))),
  }
}
