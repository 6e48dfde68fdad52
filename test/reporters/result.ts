// Results for reporter tests: findings that point at quoted text, and random ones from hostile input.
import fc from 'fast-check'
import type { LintedFile, LintResult, Style } from '../../src/reporters/index.ts'
import type { Finding, Rule } from '../../src/rule.ts'
import type { Span } from '../../src/text.ts'

export const plain: Style = { color: false, docs: rule => `https://example.com/rules#${rule}`, help: rule => `## ${rule}\n\nSummary.\n\n### What it does\n\nReports \`x\`,\nand y.\n\n### Why it matters\n\nTime.\n` }

export const rule = (id: string, rest: Partial<Rule> = {}): Rule => ({ id, summary: `Summary of ${id}`, category: 'order', severity: 'warning', check: () => [], ...rest })

/** The place of a quotation in a text; the test is wrong when it is not there. */
export function spanOf(text: string, quoted: string): Span {
  const start = text.indexOf(quoted)
  if (start === -1) throw new Error(`not in the text: ${quoted}`)
  return { start, end: start + quoted.length }
}

export const finding = (span: Span, rest: Partial<Finding> = {}): Finding =>
  ({ rule: 'some-rule', severity: 'warning', path: 'Dockerfile', span, message: 'Something.', related: [], cost: null, fix: null, noFix: null, key: 'key', ...rest })

export const resultOf = (files: readonly LintedFile[], rules: readonly Rule[] = []): LintResult => ({ version: '1.2.3', rules, files })

/** One Dockerfile with its findings. */
export const dockerfileWith = (text: string, ...findings: readonly Finding[]): LintResult => resultOf([{ path: 'Dockerfile', text, findings }])

const hostilePiece = fc.constantFrom('RUN x', ' ', '\t', '\n', '\r\n', '\r', '\x1b[31m', '\x1b]8;;http://x\x07', '\x7f', '\x9b', '\u202e', '\u2066', '\u2028', '\ud800', '\udc00', '😀', '字', '[a](1)', '\\[', '{0}', '\0', '\ufeff', '-'.repeat(150), '::error::', '%',
  '::set-output name=a::b', '##[add-mask]x', '##vso[task.complete result=Failed;]x', ']]>', '<script>alert(1)</script>', '<!--', '-->', '"', "'", '&lt;', '```', '`', '|', '@me', '\ufffe', '#', '##')
export const hostileText = fc.oneof(fc.array(hostilePiece, { maxLength: 40 }).map(pieces => pieces.join('')), fc.string({ unit: 'binary', maxLength: 300 }))
/** Names that a file can have on Linux: anything but NUL and a slash. */
export const hostilePath = fc.array(fc.constantFrom('a', 'Dockerfile', ' ', '#', '%', ':', '::', ',', ';', ']', '\n', '\r', '"', "'", '<', '&', 'ü', '字', '😀', '\u200f', '\u202e', '%0A', '%3A', '%AZP25', '##[', '\\', '`', '@a', '='), { minLength: 1, maxLength: 8 }).map(pieces => pieces.join(''))

const anySpan = fc.record({ start: fc.integer({ min: -5, max: 400 }), end: fc.integer({ min: -5, max: 400 }) })

const fixOf = (length: number): fc.Arbitrary<Finding['fix']> => fc.record({
  title: hostileText,
  safety: fc.constantFrom('safe' as const, 'suggested' as const),
  edits: fc.uniqueArray(fc.nat(length), { maxLength: 6 }).map(offsets => offsets.sort((a, b) => a - b)).chain(offsets => fc.array(hostileText, { minLength: 3, maxLength: 3 })
    .map(texts => Array.from({ length: offsets.length >> 1 }, (_, index) => ({ span: { start: offsets[2 * index]!, end: offsets[2 * index + 1]! }, text: texts[index]! })))),
  ignoreLines: fc.array(hostileText, { maxLength: 2 }),
  ignoreEdits: fc.array(fc.record({ span: fc.constant({ start: 0, end: 0 }), text: hostileText }), { maxLength: 1 }),
  assumes: hostileText,
  drops: fc.array(hostileText, { maxLength: 2 }),
})

const findingIn = (path: string, length: number): fc.Arbitrary<Finding> => fc.record({
  rule: fc.oneof(fc.constant('some-rule'), hostileText.filter(id => id !== '')),
  severity: fc.constantFrom('error' as const, 'warning' as const, 'info' as const),
  path: fc.constant(path),
  span: anySpan,
  message: hostileText,
  related: fc.array(fc.record({ span: anySpan, message: hostileText }), { maxLength: 12 }),
  cost: fc.option(fc.record({ seconds: fc.double(), bytes: fc.double() })),
  fix: fc.option(fixOf(length)),
  noFix: fc.option(hostileText),
  key: fc.constant('key'),
})

const anyFile: fc.Arbitrary<LintedFile> = fc.tuple(hostileText, hostileText, fc.option(hostileText)).chain(([path, text, ignored]) => {
  const known = ignored === null ? [] : [findingIn('.dockerignore', ignored.length)]
  const findings = fc.array(fc.oneof(findingIn(path, text.length), findingIn('elsewhere', 0), ...known), { maxLength: 4 })
  return findings.map(found => ({ path, text, findings: found, ...ignored !== null && { ignoreFile: { path: '.dockerignore', text: ignored } } }))
})

/** What hostile input could lead to; the spans are not even in the text. */
export const anyResult: fc.Arbitrary<LintResult> = fc.uniqueArray(anyFile, { maxLength: 3, selector: file => file.path }).map(files => resultOf(files, [rule('some-rule')]))

/** What must never reach a terminal; a line feed is the only control that a report needs. */
export const rawControl = /[\0-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069]|\p{Cs}/u
