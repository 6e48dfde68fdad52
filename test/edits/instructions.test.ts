import { describe, expect, test } from 'vitest'
import {
  blockOf, changedFlag, indentOf, insertedAbove, insertedBelow, keywordLike, lineEndAt, linesOf, removed, removedWithComments, rewritten, withFlags, withoutWord,
} from '../../src/edits/instructions.ts'
import { toBuild } from '../../src/model/to-build.ts'
import { parse } from '../../src/syntax/parse.ts'
import { applyEdits, type TextEdit } from '../../src/text.ts'
import type { Build, CopyStep, Instruction, RunStep } from '../../src/model/build.ts'

const buildOf = (text: string): Build => {
  const tree = parse(text)
  expect(tree.problems).toEqual([])
  return toBuild(tree, {})
}
/** The instruction that starts with this, whatever the case. */
function find(build: Build, start: string): Instruction {
  const found = build.stages.flatMap(({ instructions }) => instructions).find(({ span }) => build.text.slice(span.start, span.end).toLowerCase().startsWith(start.toLowerCase()))
  if (!found) throw new Error(`no instruction starts with ${start}`)
  return found
}
const after = (text: string, edits: (build: Build) => TextEdit | readonly TextEdit[]): string => {
  const build = buildOf(text)
  const made = edits(build)
  const result = applyEdits(text, 'span' in made ? [made] : made)
  expect(parse(result).problems).toEqual([])
  return result
}
/** The same files with other line ends. */
const crlf = (text: string): string => text.replaceAll('\n', '\r\n')
type Row = readonly [name: string, given: string, wanted: string]
/** Each row with both line ends. */
const both = (rows: readonly Row[]): readonly Row[] => rows.flatMap(([name, given, wanted]): readonly Row[] => [[name, given, wanted], [`${name}, CRLF`, crlf(given), crlf(wanted)]])

describe('where an instruction stands', () => {
  const text = '# syntax=docker/dockerfile:1\nFROM a\n\n# one\n  # two\n  RUN b \\\n# inside\n  && c\n# cachemiss ignore-file=x\nCOPY d /d\n# hadolint global ignore=DL1\n# of it\nRUN <<EOF\ne\nEOF\nLABEL f=g'
  test.each<readonly [string, string, string]>([
    ['RUN b', '  RUN b \\\n# inside\n  && c\n', '# one\n  # two\n  RUN b \\\n# inside\n  && c\n'],
    ['COPY', 'COPY d /d\n', 'COPY d /d\n'],
    ['RUN <<EOF', 'RUN <<EOF\ne\nEOF\n', '# of it\nRUN <<EOF\ne\nEOF\n'],
    ['LABEL', 'LABEL f=g', 'LABEL f=g'],
  ])('%s', (start, lines, block) => {
    const build = buildOf(text)
    const cut = ({ start: from, end }: { readonly start: number; readonly end: number }): string => text.slice(from, end)
    expect(cut(linesOf(build, find(build, start)))).toBe(lines)
    expect(cut(blockOf(build, find(build, start)))).toBe(block)
  })
  test('a directive is no comment', () => {
    const build = buildOf('# escape=`\n# of the base\nFROM a\nRUN b\n')
    expect(blockOf(build, build.stages[0]!)).toEqual({ start: 11, end: 32 })
    expect(blockOf(buildOf('# syntax=a\nFROM b\n'), { span: { start: 11, end: 17 } })).toEqual({ start: 11, end: 18 })
  })
  test.each([['FROM a\n  RUN b\n', '  '], ['FROM a\n\tRUN b\n', '\t'], ['FROM a\nRUN b\n', ''], ['FROM a\r\n \t RUN b', ' \t ']])('indentation of %j', (text, indent) => {
    const build = buildOf(text)
    expect(indentOf(build, find(build, 'RUN'))).toBe(indent)
  })
  test.each([['RUN a', 'COPY'], ['run a', 'copy'], ['Run a', 'COPY']])('a keyword beside %s', (line, keyword) => {
    const build = buildOf(`FROM b\n${line}\n`)
    expect(keywordLike(build, find(build, 'RUN'), 'COPY')).toBe(keyword)
  })
  test.each([['a\nb', 0, '\n'], ['a\r\nb\nc', 0, '\r\n'], ['a\r\nb\nc', 3, '\n'], ['a\r\nb', 4, '\r\n'], ['a\nb', 3, '\n'], ['a', 0, '\n'], ['', 0, '\n'], ['\na', 0, '\n']])('the line end in %j at %i', (text, at, wanted) => {
    expect(lineEndAt(text, at)).toBe(wanted)
  })
})

describe('taking an instruction out', () => {
  test.each(both([
    ['between others', 'FROM a\nRUN b\nRUN c\n', 'FROM a\nRUN c\n'],
    ['with all its lines', 'FROM a\nRUN b \\\n  && c \\\n# d\n  && e\nRUN c\n', 'FROM a\nRUN c\n'],
    ['its comments stay', 'FROM a\n# x\nRUN b\nRUN c\n', 'FROM a\n# x\nRUN c\n'],
    ['a paragraph', 'FROM a\n\nRUN b\n\nRUN c\n', 'FROM a\n\nRUN c\n'],
    ['blank lines with blanks', 'FROM a\n  \nRUN b\n\t\nRUN c\n', 'FROM a\n  \nRUN c\n'],
    ['the start of a paragraph', 'FROM a\n\nRUN b\nRUN c\n', 'FROM a\n\nRUN c\n'],
    ['the end of a paragraph', 'FROM a\nRUN b\n\nRUN c\n', 'FROM a\n\nRUN c\n'],
    ['the end of the file', 'FROM a\nRUN b\n', 'FROM a\n'],
    ['the end of the file, a paragraph', 'FROM a\n\nRUN b\n', 'FROM a\n'],
    ['the end of the file, without a line end', 'FROM a\nRUN b', 'FROM a'],
    ['a here-document', 'FROM a\nRUN <<EOF\nb\nEOF\nRUN c\n', 'FROM a\nRUN c\n'],
  ]))('%s', (_, given, wanted) => {
    expect(after(given, build => removed(build, find(build, given.includes('<<') ? 'RUN <<' : 'RUN b')))).toBe(wanted)
  })
  test.each(both([
    ['comments go', 'FROM a\n# x\n# y\nRUN b\nRUN c\n', 'FROM a\nRUN c\n'],
    ['a comment further up stays', 'FROM a\n# x\n\n# y\nRUN b\n\nRUN c\n', 'FROM a\n# x\n\nRUN c\n'],
    ['what speaks of the file stays', 'FROM a\n# cachemiss ignore-file=x\n# y\nRUN b\nRUN c\n', 'FROM a\n# cachemiss ignore-file=x\nRUN c\n'],
  ]))('with its comments: %s', (_, given, wanted) => {
    expect(after(given, build => removedWithComments(build, find(build, 'RUN b')))).toBe(wanted)
  })
  test('mixed line ends keep theirs', () => {
    expect(after('FROM a\r\nRUN b\nRUN c\r\nRUN d\n', build => removed(build, find(build, 'RUN b')))).toBe('FROM a\r\nRUN c\r\nRUN d\n')
  })
})

describe('new lines', () => {
  test.each(both([
    ['above', 'FROM a\nRUN b\n', 'FROM a\nX 1\nX 2\nRUN b\n'],
    ['above the comments', 'FROM a\n\n# x\n# y\nRUN b\n', 'FROM a\n\nX 1\nX 2\n# x\n# y\nRUN b\n'],
    ['indented', 'FROM a\n\tRUN b\n', 'FROM a\n\tX 1\n\tX 2\n\tRUN b\n'],
    ['above the last line, without a line end', 'FROM a\nRUN b', 'FROM a\nX 1\nX 2\nRUN b'],
    ['above an instruction of several lines', 'FROM a\nRUN b \\\n  c\n', 'FROM a\nX 1\nX 2\nRUN b \\\n  c\n'],
  ]))('%s', (_, given, wanted) => {
    const build = buildOf(given)
    expect(applyEdits(given, [insertedAbove(build, find(build, 'RUN b'), ['X 1', 'X 2'])])).toBe(wanted)
  })
  test.each(both([
    ['below', 'FROM a\nRUN b\nRUN c\n', 'FROM a\nRUN b\nX 1\nX 2\nRUN c\n'],
    ['below the last line', 'FROM a\nRUN b\n', 'FROM a\nRUN b\nX 1\nX 2\n'],
    ['below the last line, without a line end', 'FROM a\nRUN b', 'FROM a\nRUN b\nX 1\nX 2'],
    ['indented, below several lines', 'FROM a\n  RUN b \\\n    c\n\nRUN d\n', 'FROM a\n  RUN b \\\n    c\n  X 1\n  X 2\n\nRUN d\n'],
  ]))('%s', (_, given, wanted) => {
    const build = buildOf(given)
    expect(applyEdits(given, [insertedBelow(build, find(build, 'RUN b'), ['X 1', 'X 2'])])).toBe(wanted)
  })
  test('below a here-document', () => {
    const given = 'FROM a\nRUN <<EOF\nb\nEOF\nRUN c\n'
    const build = buildOf(given)
    expect(applyEdits(given, [insertedBelow(build, find(build, 'RUN <<'), ['X'])])).toBe('FROM a\nRUN <<EOF\nb\nEOF\nX\nRUN c\n')
  })
  test('the line ends are those of the neighbour', () => {
    const given = 'FROM a\r\nRUN b\nRUN c\r\n'
    const build = buildOf(given)
    expect(applyEdits(given, [insertedAbove(build, find(build, 'RUN b'), ['X'])])).toBe('FROM a\r\nX\nRUN b\nRUN c\r\n')
    expect(applyEdits(given, [insertedBelow(build, find(build, 'RUN c'), ['X'])])).toBe('FROM a\r\nRUN b\nRUN c\r\nX\r\n')
  })
})

describe('words of an instruction', () => {
  const step = (build: Build, start: string): RunStep | CopyStep => {
    const found = find(build, start)
    if (found.kind !== 'run' && found.kind !== 'copy' && found.kind !== 'add') throw new Error('no step')
    return found
  }
  test('another text', () => {
    expect(after('FROM a\n  run b \\\n  c\nRUN d\n', build => rewritten(find(build, 'run b'), 'RUN x'))).toBe('FROM a\n  RUN x\nRUN d\n')
  })
  test.each<Row>([
    ['none is there', 'FROM a\nCOPY b /c\n', 'FROM a\nCOPY --link --chmod=755 b /c\n'],
    ['before others', 'FROM a\nCOPY --chown=b b /c\n', 'FROM a\nCOPY --link --chmod=755 --chown=b b /c\n'],
    ['lower case and many blanks', 'FROM a\ncopy \t b /c\n', 'FROM a\ncopy --link --chmod=755 \t b /c\n'],
    ['a continued line', 'FROM a\nCOPY \\\n  b \\\n  /c\n', 'FROM a\nCOPY --link --chmod=755 \\\n  b \\\n  /c\n'],
    ['line ends', 'FROM a\r\nCOPY \\\r\n  b /c\r\n', 'FROM a\r\nCOPY --link --chmod=755 \\\r\n  b /c\r\n'],
    ['JSON', 'FROM a\nCOPY ["b", "/c"]\n', 'FROM a\nCOPY --link --chmod=755 ["b", "/c"]\n'],
  ])('flags where %s', (_, given, wanted) => {
    expect(after(given, build => withFlags(build, step(build, 'COPY'), ['--link', '--chmod=755']))).toBe(wanted)
  })
  test('another flag', () => {
    expect(after('FROM a\nCOPY --chown=b --link b /c\n', build => changedFlag(step(build, 'COPY').flags[0]!, '--chown=1:1'))).toBe('FROM a\nCOPY --chown=1:1 --link b /c\n')
  })
  test.each(both([
    ['the only one', 'FROM a\nCOPY --x=1 b /c\n', 'FROM a\nCOPY b /c\n'],
    ['the first of several', 'FROM a\nCOPY  --x=1 --link b /c\n', 'FROM a\nCOPY --link b /c\n'],
    ['the last of several', 'FROM a\nCOPY --link\t--x=1 b /c\n', 'FROM a\nCOPY --link b /c\n'],
    ['on a line of its own', 'FROM a\nCOPY --link \\\n    --x=1 \\\n    b /c\n', 'FROM a\nCOPY --link \\\n    b /c\n'],
    ['at the start of a line', 'FROM a\nCOPY \\\n    --x=1 b /c\n', 'FROM a\nCOPY \\\n b /c\n'],
    ['at the end of a line', 'FROM a\nCOPY --x=1 \\\n    b /c\n', 'FROM a\nCOPY \\\n    b /c\n'],
    ['with a comment above', 'FROM a\nCOPY --link \\\n# y\n    --x=1 \\\n    b /c\n', 'FROM a\nCOPY --link \\\n# y\n    b /c\n'],
    ['the last word, on a line of its own', 'FROM a\nARG b \\\n    --x=1\nRUN c\n', 'FROM a\nARG b\nRUN c\n'],
    ['the last word, with other words on its line', 'FROM a\nARG b \\\n    c --x=1\nRUN c\n', 'FROM a\nARG b \\\n    c\nRUN c\n'],
    ['the last word of the file', 'FROM a\nARG b \\\n    --x=1', 'FROM a\nARG b'],
  ]))('without %s', (_, given, wanted) => {
    const build = buildOf(given)
    const start = given.indexOf('--x=1')
    expect(applyEdits(given, [withoutWord(build, { span: { start, end: start + 5 } })])).toBe(wanted)
  })
  test('another escape character', () => {
    const given = '# escape=`\nFROM a\nCOPY --link `\n  --x=1 `\n  b /c\n'
    const start = given.indexOf('--x=1')
    expect(applyEdits(given, [withoutWord(buildOf(given), { span: { start, end: start + 5 } })])).toBe('# escape=`\nFROM a\nCOPY --link `\n  b /c\n')
  })
})
