// Text from the input made safe to show. Whatever a terminal, log viewer, CI runner or page could obey, reorder or hide becomes
// visible; nothing else changes.

/** Controls (C0, DEL, C1), bidirectional marks and overrides, line separators, zero-width space, byte order mark, lone surrogates. */
const unsafe = /[\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029\u200b\ufeff]/gu

const hex = (char: string, digits: number): string => char.charCodeAt(0).toString(16).padStart(digits, '0')

/** One line without any control character: ESC becomes `\x1b`, a right-to-left override `\u202e`. */
export const withoutControls = (text: string): string =>
  text.replace(unsafe, char => char <= '\xff' ? `\\x${hex(char, 2)}` : `\\u${hex(char, 4)}`)

// What CI runners obey in a log: GitHub's `::` at the start of a line and `##[` anywhere, Azure's `##vso[` anywhere.
const runnerMark = /#(?=#(?:vso)?\[)/g
const commandStart = /^(\s*):(?=:)/
export const isRunnerMark = (text: string, at: number): boolean => text.startsWith('##[', at) || text.startsWith('##vso[', at)

/** The same, and no command of a CI runner, also where a line begins with it: `::` becomes `\x3a:`, `##[` becomes `\x23#[`. */
export const visible = (text: string): string =>
  withoutControls(text.replace(commandStart, '$1\\x3a').replace(runnerMark, '\\x23'))

/** The lines of a message, each safe to show; a tab quoted from the input is a space. */
export const visibleLines = (message: string): readonly string[] =>
  message.split(/\r?\n/).map(line => visible(line.replaceAll('\t', ' ')))

/** All of a message on one line. */
export const oneLine = (message: string): string => visibleLines(message).filter(line => line.trim() !== '').join(' ')

/** A value as JSON that is safe to print too: the same value for a parser, no raw control character but the line ends. */
export const json = (value: unknown): string => `${safelySpelled(JSON.stringify(value, null, 2))}\n`

/** The same on one line. */
export const jsonLine = (value: unknown): string => `${safelySpelled(JSON.stringify(value))}\n`

const safelySpelled = (written: string): string =>
  written.replace(unsafe, char => char === '\n' ? char : `\\u${hex(char, 4)}`).replace(runnerMark, '\\u0023')

// Beyond what `unsafe` holds: what XML 1.0 has no character for, and its own marks.
const xmlUnsafe = /[&<>"'\p{Cc}\p{Cs}\p{Bidi_Control}\u2028\u2029\u200b\ufeff\ufffe\uffff]|#(?=#(?:vso)?\[)/gu
const xmlNames: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' }

/** Text in XML and HTML, also in attributes, all on one line. What neither can hold is spelled out as `visible` does it. */
export const markup = (text: string): string => text.replace(xmlUnsafe, char =>
  xmlNames[char] ?? (/[\0-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]|\p{Cs}/u.test(char) ? `\\${char <= '\xff' ? 'x' : 'u'}${hex(char, char <= '\xff' ? 2 : 4)}` : `&#${char.charCodeAt(0)};`))

/** A path as a URI reference: relative stays relative, absolute (also with a drive letter) becomes a file address. */
export function uri(path: string): string {
  const [first = '', ...rest] = path.replace(/^(\.\/+)+/, '').replace(/\p{Cs}/gu, '\ufffd').split('/')
  const tail = rest.map(segment => `/${encodeURIComponent(segment)}`).join('')
  if (first === '' && rest.length > 0) return `file://${tail}`
  return /^[a-z]:$/i.test(first) ? `file:///${first}${tail}` : encodeURIComponent(first) + tail
}
