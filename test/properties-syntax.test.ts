// What holds for the syntax of any text at all, Dockerfile or not.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { masked } from '../src/syntax/mask.ts'
import { nodesOf } from '../src/syntax/nodes.ts'
import { parse, type InstructionNode, type Syntax } from '../src/syntax/parse.ts'
import { segment } from '../src/syntax/segment.ts'
import { expand } from '../src/syntax/words.ts'
import type { Span } from '../src/text.ts'
import { anyDockerfile } from './support/arbitraries.ts'

const vocabulary = fc.constantFrom(
  'FROM', 'RUN', 'COPY', 'ADD', 'ENV', 'ARG', 'LABEL', 'ONBUILD', 'CMD', 'HEALTHCHECK', 'SHELL', 'from', 'Run', 'AS', 'NONE', 'a', 'b=c', 'x:1@y', '--from=a', '--mount=type=cache,target=/x', '--link', '--', '["a",', '"b"]', '[]', '<<E', '<<-"E F"', '3<<E', 'E', 'E F',
  '#', '# c', '# escape=`', '#syntax=x', '\\', '\\\\', '`', '``', '"', "'", '$A', '${B:-c}', '${C%.*}', '${', '}', '$', ' ', '  ', '\t', '\v', '\r', '\n', '\n', '\n', '\r\n', '\\\n', '\\ \n', '`\r\n', '\\\n#\n', '\\\n\n', '\u00a0', '\u0085', '\u2028', '\uFEFF', '\0', 'é', '😀', '\uD83D',
)
const line = fc.tuple(fc.array(vocabulary, { maxLength: 8 }), fc.constantFrom('', ' ')).map(([words, blank]) => words.join(blank))
const lines = fc.tuple(fc.array(line, { maxLength: 12 }), fc.constantFrom('\n', '\r\n', ' \\\n', '`\n')).map(([all, end]) => all.join(end))
const text = fc.oneof(anyDockerfile, { weight: 2, arbitrary: lines }, fc.string({ unit: 'binary', maxLength: 300 }), fc.string({ unit: 'grapheme', maxLength: 300 }))

const holds = (name: string, check: (syntax: Syntax) => void): void => test(name, () => fc.assert(fc.property(text, source => check(parse(source))), { numRuns: 1500 }))

const upper = (word: string): string => word.replace(/[a-z]+/g, letters => letters.toUpperCase())
/** Every instruction and trigger. */
const nodesIn = ({ instructions }: Syntax): readonly InstructionNode[] => instructions.flatMap(node => (node.trigger ? [node, node.trigger] : [node]))
/** All spans of a syntax, but for those of the nodes. */
const spansIn = (syntax: Syntax): readonly Span[] => [
  ...syntax.directives.map(({ span }) => span), ...syntax.comments.map(({ span }) => span), ...syntax.problems.map(({ span }) => span),
  ...nodesIn(syntax).flatMap(node => [
    node.span, node.keywordSpan, { start: node.span.start, end: node.lineEnd }, ...node.blankLines, ...node.flags.map(({ span }) => span), ...node.words.map(({ span }) => span), ...(node.json ?? []).map(({ span }) => span),
    ...node.heredocs.map(({ bodySpan }) => bodySpan),
  ]),
]

describe('the syntax of any text', () => {
  holds('has spans in the text', syntax => {
    for (const { start, end } of spansIn(syntax)) {
      expect(start).toBeGreaterThanOrEqual(0)
      expect(end).toBeGreaterThanOrEqual(start)
      expect(end).toBeLessThanOrEqual(syntax.text.length)
    }
  })

  holds('has one problem at most, said in one line', ({ problems, instructions }) => {
    expect(problems.length).toBeLessThanOrEqual(1)
    for (const { message } of problems) expect(message).toMatch(/^["'A-Z][^\n\r]*\.$/)
    // The model starts from stages, and from problems there is none.
    if (problems.length === 0) expect(instructions.some(({ keyword, words }) => keyword === 'FROM' && words.length > 0)).toBe(true)
  })

  holds('has instructions one after another', ({ instructions }) => {
    for (const [index, { span, lineEnd }] of instructions.entries()) {
      expect(lineEnd).toBeLessThanOrEqual(span.end)
      if (index > 0) expect(span.start).toBeGreaterThan(instructions[index - 1]!.span.end)
    }
  })

  holds('has comments between and inside of instructions, never in their text', ({ comments, instructions, text: source }) => {
    for (const [index, { span, text: content, before }] of comments.entries()) {
      expect(content).toBe(source.slice(span.start, span.end))
      expect(content).toMatch(/^#[^\n]*$/)
      if (index > 0) expect(span.start).toBeGreaterThan(comments[index - 1]!.span.end)
      if (before > 0 && before <= instructions.length) expect(span.start).toBeGreaterThan(instructions[before - 1]!.span.end)
      if (before < instructions.length) expect(span.end).toBeLessThanOrEqual(Math.max(instructions[before]!.lineEnd, instructions[before]!.span.start))
    }
    const covers = (offset: number): boolean => comments.some(({ span }) => offset >= span.start && offset < span.end)
    for (const { rest } of instructions) for (let at = 0; at < rest.text.length; at++) expect(covers(rest.offset(at))).toBe(false)
  })

  holds('has keywords as written', syntax => {
    for (const { keyword, keywordSpan, text: whole } of nodesIn(syntax)) {
      const written = syntax.text.slice(keywordSpan.start, keywordSpan.end)
      expect(upper(whole).startsWith(keyword)).toBe(true)
      if (!written.includes('\n')) expect(upper(written)).toBe(keyword)
    }
  })

  holds('knows the place of every character behind the flags', syntax => {
    for (const { rest } of nodesIn(syntax)) expect([...rest.text.split('').keys()].map(at => syntax.text[rest.offset(at)]).join('')).toBe(rest.text)
  })

  holds('has words and strings as written', syntax => {
    for (const { words, json, span, lineEnd } of nodesIn(syntax)) {
      let last = span.start
      for (const word of words) {
        const written = syntax.text.slice(word.span.start, word.span.end)
        expect(word.span.start).toBeGreaterThanOrEqual(last)
        expect(word.span.end).toBeLessThanOrEqual(lineEnd)
        // An escape at the very end of a line goes away.
        if (!written.includes('\n')) expect([written, written.slice(0, -1)]).toContain(word.text)
        last = word.span.end
      }
      for (const { value, span: place } of json ?? []) {
        const written = syntax.text.slice(place.start, place.end)
        if (!written.includes('\n')) expect(JSON.parse(written)).toBe(value)
      }
    }
  })

  holds('has flags as written', syntax => {
    for (const { name, value, span } of nodesIn(syntax).flatMap(({ flags }) => flags)) {
      const written = syntax.text.slice(span.start, span.end)
      if (/["'\\`\n]/.test(written)) expect(written).toMatch(/^-/)
      else expect(written).toBe(`--${name}${value === null ? '' : `=${value}`}`)
    }
  })

  holds('has here-documents with their ends', syntax => {
    for (const { heredocs, span } of nodesIn(syntax)) {
      for (const { name, body, bodySpan, chomps } of heredocs) {
        const written = syntax.text.slice(bodySpan.start, bodySpan.end)
        expect(body).toBe(chomps ? written.replace(/(^|\n)\t+/g, '$1') : written)
        const [end = ''] = syntax.text.slice(bodySpan.end, span.end).split('\n')
        expect(end.replace(/\r+$/, '').replace(chomps ? /^\t+/ : '', '')).toBe(name)
      }
    }
  })

  holds('has nothing in blank lines', syntax => {
    for (const { start, end } of nodesIn(syntax).flatMap(({ blankLines }) => blankLines)) expect(syntax.text.slice(start, end)).toMatch(/^[\s\u0085]*$/)
  })

  holds('has nodes within its words', syntax => {
    expect(masked(syntax).length).toBe(syntax.text.length)
    for (const [index, { image, stageName, properties }] of nodesOf(syntax).entries()) {
      const node = syntax.instructions[index]!
      const { words, lineEnd, span } = node.trigger ?? node
      if (image) expect([image.span, image.name.start, (image.digest ?? image.tag ?? image.name).end]).toEqual([words[0]!.span, words[0]!.span.start, words[0]!.span.end])
      if (stageName) expect(stageName).toEqual(words[2]!.span)
      let last = span.start
      for (const { name, value } of properties ?? []) {
        expect(name.start).toBeGreaterThanOrEqual(last)
        if (value) expect(value.start).toBeGreaterThan(name.end - 1)
        last = (value ?? name).end
        expect(last).toBeGreaterThanOrEqual(name.end)
        expect(last).toBeLessThanOrEqual(lineEnd)
      }
    }
  })
})

test('line ends of Windows change no instruction', () => {
  fc.assert(fc.property(text, source => {
    const unix = source.replace(/\r/g, '')
    const read = (content: string): unknown => segment(content).segments.map(({ logical, heredocs }) => [logical.text, heredocs.map(({ name, body }) => [name, body.replace(/\r\n/g, '\n')])])
    expect(read(unix.replace(/\n/g, '\r\n'))).toEqual(read(unix))
  }), { numRuns: 1500 })
})

test('blank and comment lines between the lines of an instruction change only its places', () => {
  fc.assert(fc.property(text, fc.constantFrom('\n', ' \t\n', '# c\n', '#\n\n  # "d \\\n'), (source, between) => {
    const before = parse(source.replace(/\\\n/g, '\\\n\n'))
    const after = parse(source.replace(/\\\n/g, `\\\n${between}`))
    fc.pre(before.escape === '\\' && before.instructions.every(({ heredocs }) => heredocs.length === 0) && before.problems.length === 0)
    expect(after.instructions.map(node => [node.text, node.words.map(word => word.text)])).toEqual(before.instructions.map(node => [node.text, node.words.map(word => word.text)]))
  }), { numRuns: 1500 })
})

test('any word expands, or says why not', () => {
  const piece = fc.constantFrom('$', '${', '}', ':-', '-', '+', '?', '#', '%', '/', '//', '*', 'A', 'B', 'n', ' ', '"', "'", '\\', '`', '<', '<<', 'é', '😀', '\uD83D', '\n', '\uFEFF', '٣', '\\}', '$$', '$1')
  const value = fc.option(fc.oneof(fc.string(), fc.constantFrom('', 'a.b', 'x/y/z', '$A', '**')), { nil: undefined })
  fc.assert(fc.property(fc.array(piece, { maxLength: 20 }), value, fc.constantFrom('\\', '`'), (pieces, known, escape) => {
    const word = pieces.join('')
    const { value: result, error, words, malformed } = expand(word, name => (name === 'A' ? known : name === 'n' ? null : undefined), escape)
    if (error !== null) expect([result, words]).toEqual([null, []])
    else expect(malformed).toBe(false)
    // What is malformed is so whatever the variables hold.
    if (malformed) expect(expand(word, () => 'x', escape).malformed && expand(word, () => null, escape).malformed).toBe(true)
  }), { numRuns: 5000 })
})
