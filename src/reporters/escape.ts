// Text from the input made safe to show. Whatever a terminal, log viewer or page could obey, reorder or hide becomes visible;
// nothing else changes.

/** Controls (C0, DEL, C1), bidirectional marks and overrides, line separators, zero-width space, byte order mark, lone surrogates. */
const unsafe = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029\u200b\ufeff]/gu

const hex = (char: string, digits: number): string => char.charCodeAt(0).toString(16).padStart(digits, '0')

/** One line without any control character: ESC becomes `\x1b`, a right-to-left override `\u202e`. */
export const visible = (text: string): string =>
  text.replace(unsafe, char => char <= '\xff' ? `\\x${hex(char, 2)}` : `\\u${hex(char, 4)}`)

/** The lines of a message, each safe to show; a tab quoted from the input is a space. */
export const visibleLines = (message: string): readonly string[] =>
  message.split(/\r?\n/).map(line => visible(line.replaceAll('\t', ' ')))

/** A value as JSON that is safe to print too: the same value for a parser, no raw control character but the line ends. */
export const json = (value: unknown): string =>
  `${JSON.stringify(value, null, 2).replace(unsafe, char => char === '\n' ? char : `\\u${hex(char, 4)}`)}\n`

/** A path as a URI reference: relative stays relative, absolute (also with a drive letter) becomes a file address. */
export function uri(path: string): string {
  const [first = '', ...rest] = path.replace(/^(\.\/+)+/, '').replace(/\p{Cs}/gu, '\ufffd').split('/')
  const tail = rest.map(segment => `/${encodeURIComponent(segment)}`).join('')
  if (first === '' && rest.length > 0) return `file://${tail}`
  return /^[a-z]:$/i.test(first) ? `file:///${first}${tail}` : encodeURIComponent(first) + tail
}
