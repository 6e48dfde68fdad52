import { describe, expect, test } from 'vitest'
import { readHeredocWord, segment, type Segment } from '../../src/syntax/segment.ts'

// What is right was asked of BuildKit's own parser.

const linesOf = (text: string): readonly string[] => segment(text).segments.map(({ logical }) => logical.text)
const only = (text: string): Segment => {
  const { segments, problems } = segment(text)
  if (segments.length !== 1) throw new Error(`${segments.length} segments, ${problems[0]?.message}`)
  return segments[0]!
}
const problem = (text: string): string | undefined => segment(text).problems[0]?.message

describe('lines', () => {
  test('end at LF, and a CR before it is no content', () => {
    expect(linesOf('FROM a\r\nRUN b\r\r\nRUN c\rd\n')).toEqual(['FROM a', 'RUN b', 'RUN c\rd'])
    expect(linesOf('FROM a\rRUN b')).toEqual(['FROM a\rRUN b'])
  })
  test('may start with a byte order mark, and only the file may', () => {
    expect(linesOf('\uFEFFFROM a\n\uFEFFRUN b')).toEqual(['FROM a', '\uFEFFRUN b'])
    expect(segment('\uFEFFFROM a').segments[0]!.span).toEqual({ start: 1, end: 7 })
    expect(segment('\uFEFF# escape=`\nFROM a').escape).toBe('`')
  })
  test('lose blanks at both ends, also those outside ASCII', () => expect(linesOf(' \t FROM a \u00a0\n\u2003RUN b')).toEqual(['FROM a', 'RUN b']))
  test('may be blank', () => expect(linesOf('\n \t\n\u00a0\nFROM a\n\n\n')).toEqual(['FROM a']))
  test.each(['', '\n', '\uFEFF', '# only a comment', ' \n#\n'])('%j holds no instructions', text => expect(problem(text)).toBe('The file has no instructions.'))

  test('are at most 65,535 bytes long', () => {
    const run = (length: number, letter = 'x'): string => `FROM a\nRUN ${letter.repeat(length)}`
    expect([problem(run(65_531)), problem(`${run(65_531)}\n`), problem(run(32_765, 'é')), problem(run(65_531) + ' \\\n'.repeat(2) + 'x'.repeat(60_000))]).toEqual([undefined, undefined, undefined, 'Line 2 is longer than the 65535 bytes that BuildKit reads.'])
    expect([problem(run(65_532)), problem(`${run(65_532)}\n`), problem(run(32_766, 'é')), problem(`FROM a\n#${'x'.repeat(65_535)}`)]).toEqual(Array(4).fill('Line 2 is longer than the 65535 bytes that BuildKit reads.'))
    expect(problem(`FROM a\nRUN <<E\n${'x'.repeat(65_536)}\nE\n`)).toMatch(/^Line 3/)
    expect(problem(`FROM a\nRUN a${` \\\n${'x'.repeat(60_000)}`.repeat(20)}`)).toBeUndefined()
  })
})

describe('directives', () => {
  const read = (text: string): readonly string[] => segment(`${text}\nFROM a\n`).directives.map(({ name, value }) => `${name}: ${value}`)

  test.each([
    ['# syntax=docker/dockerfile:1', ['syntax: docker/dockerfile:1']],
    ['#syntax = a b ', ['syntax: a b']],
    ['#\u00a0 \tESCAPE\t=\t`  ', ['escape: `']],
    ['  # Check=skip=all;error=true', ['check: skip=all;error=true']],
    ['# check=skip=all\n# escape=`\n# syntax=x', ['check: skip=all', 'escape: `', 'syntax: x']],
    ['\n# escape=`', []],
    ['# a comment\n# escape=`', []],
    ['# a note = something\n# escape=`', []],
    ['# other=x\n# escape=`', []],
    ['#\n# escape=`', []],
    ['# escape', []],
    ['# escape=', []],
    ['#!/usr/bin/env x\n# escape=`', []],
    ['FROM b\n# escape=`', []],
  ])('%j', (text, expected) => expect(read(text)).toEqual(expected))

  test('set the escape character', () => {
    expect(segment('# escape=`\nFROM a\nRUN b `\n c \\\nUSER d').segments.map(({ logical }) => logical.text)).toEqual(['FROM a', 'RUN b  c \\', 'USER d'])
    expect([segment('# escape=`\nFROM a').escape, segment('# escape=\\\nFROM a').escape, segment('# note\n# escape=`\nFROM a').escape]).toEqual(['`', '\\', '\\'])
  })
  test.each([
    ['# escape=`\n# escape=`', 'Only one "escape" directive can be used.'],
    ['# syntax=a\n# check=b\n# SYNTAX=a', 'Only one "syntax" directive can be used.'],
    ['# escape=x', 'The escape character "x" is neither a backslash nor a backtick.'],
    ['# escape=\\\\', 'The escape character "\\\\" is neither a backslash nor a backtick.'],
    ['# escape= ', 'The escape character " " is neither a backslash nor a backtick.'],
  ])('%j is refused', (text, message) => expect(segment(`${text}\nFROM a\n`).problems).toMatchObject([{ message }]))
  test('are comments too', () => expect(segment('# escape=`\nFROM a').comments).toEqual([{ span: { start: 0, end: 10 }, text: '# escape=`', before: 0 }]))
})

describe('continuations', () => {
  test.each([
    ['RUN a \\\n  b', 'RUN a   b'],
    ['RUN ec\\\nho', 'RUN echo'],
    ['RU\\\nN a', 'RUN a'],
    ['RUN a \\ \t\nb', 'RUN a b'],
    ['RUN a \\\r\nb', 'RUN a b'],
    ['RUN a \\\r\r\nb', 'RUN a b'],
    ['RUN a \\\n\\\nb', 'RUN a b'],
    ['RUN a \\', 'RUN a'],
    ['RUN a \\\n', 'RUN a'],
    ['RUN a \\\n\n \n', 'RUN a'],
    ['RUN a \\\n# c\n#d\n  b', 'RUN a   b'],
    ['RUN a \\\n\t # c\n b', 'RUN a  b'],
    ['RUN a \\\n# c \\\n b', 'RUN a  b'],
    ['RUN a \\\n\n\nb', 'RUN a b'],
    ['RUN a \\\n \u00a0\nb', 'RUN a b'],
    ['\\\nRUN a', 'RUN a'],
    ['RUN a # b \\\n c', 'RUN a # b  c'],
    ['RUN a \\ b', 'RUN a \\ b'],
    ['RUN a \\\u00a0', 'RUN a \\'],
  ])('%j is %j', (text, expected) => expect(only(text).logical.text).toBe(expected))

  test.each(['WORKDIR C:\\\\\nRUN x', 'WORKDIR C:\\\\\\\nRUN x', 'WORKDIR C:\\\\ \nRUN x', 'RUN a `\nRUN x', 'RUN a \\#\nRUN x'])('%j does not continue', text => expect(linesOf(text)).toHaveLength(2))

  test('keep the place of each character', () => {
    const text = 'FROM a\r\nRUN ab \\\r\n# c\r\n\r\n  cd \\\r\n\tef\r\n'
    const { logical, span, lineEnd } = segment(text).segments[1]!
    expect(logical.text).toBe('RUN ab   cd \tef')
    expect([...logical.text].map((_, at) => text[logical.offset(at)]).join('')).toBe(logical.text)
    expect([text.slice(span.start, span.end), lineEnd]).toEqual(['RUN ab \\\r\n# c\r\n\r\n  cd \\\r\n\tef', span.end])
  })
  test('know their blank lines and comments', () => {
    const text = 'FROM a\nRUN a \\\n\n# c\n  \n b\n# d\n'
    const { segments, comments } = segment(text)
    expect(segments[1]!.blankLines.map(({ start, end }) => text.slice(start, end))).toEqual(['', '  '])
    expect(comments.map(comment => [comment.text, comment.before])).toEqual([['# c', 1], ['# d', 2]])
  })
  test('that meet the end of the file have no blank line or comment after it', () => {
    expect(only('RUN a \\\n').blankLines).toEqual([])
    expect(segment('RUN a \\\n# b\n').comments).toMatchObject([{ text: '# b', before: 1 }])
  })
})

describe('comments', () => {
  test('are lines that begin with #, after blanks of any kind', () => {
    expect(segment('# a\n\t #b\r\n\u00a0# c\nFROM a # d\nRUN \\#\n').comments.map(({ text }) => text)).toEqual(['# a', '#b', '# c'])
  })
  test('are none in a here-document', () => expect(segment('RUN <<E\n# a\nE\n# b\n').comments.map(({ text }) => text)).toEqual(['# b']))
})

describe('here-documents', () => {
  const heredocs = (text: string): readonly (readonly [string, string])[] => segment(text).segments.flatMap(part => part.heredocs.map(({ name, body }) => [name, body] as const))

  test.each([
    ['RUN <<EOF\na\nb\nEOF\n', [['EOF', 'a\nb\n']]],
    ['RUN cat <<EOF > /x\na\nEOF', [['EOF', 'a\n']]],
    ['RUN cat << EOF\na\nEOF', [['EOF', 'a\n']]],
    ['RUN <<A <<B\na\nA\nb\nB\n', [['A', 'a\n'], ['B', 'b\n']]],
    ['RUN <<A && <<A\na\nA\nb\nA\n', [['A', 'a\n'], ['A', 'b\n']]],
    ['COPY <<a <<b /x\n1\na\n2\nb\n', [['a', '1\n'], ['b', '2\n']]],
    ['ADD <<a /x\n1\na\n', [['a', '1\n']]],
    ['copy <<a /x\n1\na\n', [['a', '1\n']]],
    ['ONBUILD RUN <<E\nx\nE\n', [['E', 'x\n']]],
    ['ONBUILD \\\n COPY <<E /x\nx\nE\n', [['E', 'x\n']]],
    ['RUN --mount=type=cache,target=/x <<E\nx\nE\n', [['E', 'x\n']]],
    ['RUN --mount="type=bind,target=/a b" <<E\nx\nE\n', [['E', 'x\n']]],
    ['RUN a \\\n  <<E \\\n  b\nx\nE\n', [['E', 'x\n']]],
    // The terminator is the whole line.
    ['RUN <<E\nE \n E\nEE\nE\n', [['E', 'E \n E\nEE\n']]],
    ['RUN <<E\n\tE\nE\n', [['E', '\tE\n']]],
    ['RUN <<-E\n\t\ta\n\t b\n\tE\n', [['E', 'a\n b\n']]],
    ['RUN <<-A <<B\n\ta\n\tA\n\tb\nB\n', [['A', 'a\n'], ['B', '\tb\n']]],
    ['RUN <<E\r\na\r\nE\r\n', [['E', 'a\r\n']]],
    ['RUN <<E\nE', [['E', '']]],
    ['RUN <<"E F"\nx\nE F\n', [['E F', 'x\n']]],
    ['RUN cat <<EOF; x\ny\nEOF;\n', [['EOF;', 'y\n']]],
    ['RUN $(cat <<EOF)\ny\nEOF)\n', [['EOF)', 'y\n']]],
    ['RUN $(( 1 << 2 ))\ny\n2\n', [['2', 'y\n']]],
    ['RUN <<E\\OF\nx\nEOF\n', [['EOF', 'x\n']]],
    ['# escape=`\nRUN <<E `\n b\nx\nE\n', [['E', 'x\n']]],
    ['# escape=`\nRUN "a`" <<E\nx\nE\n', [['E', 'x\n']]],
  ])('%j', (text, expected) => expect(heredocs(text)).toEqual(expected))

  test.each([
    'RUN a \\<<EOF', 'RUN "a <<EOF b"', "RUN sh -c 'cat <<EOF >x'", 'RUN a "b <<EOF', "RUN it's <<EOF", 'RUN ${x <<EOF', 'RUN a<<EOF', 'RUN <<<EOF', 'RUN <<', 'RUN <<- EOF', 'RUN <<""', 'RUN x<<E', 'RUN <<E<',
    'RUN a <<E${x:-y}', 'ENV A=<<EOF', 'CMD cat <<EOF', 'ENTRYPOINT <<EOF', 'HEALTHCHECK CMD <<EOF', 'LABEL a <<EOF', 'ONBUILD ENV a <<EOF', 'ONBUILD ONBUILD RUN <<EOF', 'NOTHING <<EOF', 'RUN ["a", "<<EOF"]', 'RUN --mount="a b" ["<<EOF"]',
    'ONBUILD RUN ["<<EOF"]', 'COPY ["<<EOF", "/x"]', 'RUN\u00a0<<EOF',
  ])('%j has none', text => {
    expect(segment(`${text}\nUSER u\n`)).toMatchObject({ problems: [], segments: [{ heredocs: [] }, {}] })
  })
  test('are not kept from text that only looks like JSON', () => expect(heredocs('RUN [ -f a ] <<E\nx\nE\n')).toEqual([['E', 'x\n']]))

  test('are spans of the file', () => {
    const text = 'FROM a\nRUN <<-A <<B b\n\tx\n\tA\ny\nB\nUSER u\n'
    const part = segment(text).segments[1]!
    expect(text.slice(part.span.start, part.span.end)).toBe('RUN <<-A <<B b\n\tx\n\tA\ny\nB')
    expect(text.slice(part.span.start, part.lineEnd)).toBe('RUN <<-A <<B b')
    expect(part.heredocs.map(({ bodySpan }) => text.slice(bodySpan.start, bodySpan.end))).toEqual(['\tx\n', 'y\n'])
  })
  test.each(['RUN <<EOF\na\n', 'RUN <<EOF', 'RUN <<EOF\nEOF \n', 'RUN <<EOF\n\tEOF\n', 'RUN <<A <<B\nA\n'])('%j does not end', text => {
    const { problems } = segment(`FROM a\n${text}`)
    expect(problems).toMatchObject([{ span: { start: 7 }, message: expect.stringMatching(/^The here-document "(EOF|B)" has no end: no line is just its name\.$/) }])
  })
})

describe('readHeredocWord', () => {
  test.each([
    ['<<EOF', { name: 'EOF', descriptor: 0, chomps: false, expands: true }],
    ['<<-EOF', { name: 'EOF', descriptor: 0, chomps: true, expands: true }],
    ['3<<EOF', { name: 'EOF', descriptor: 3, chomps: false, expands: true }],
    ['12<<-"EOF"', { name: 'EOF', descriptor: 12, chomps: true, expands: false }],
    ["<<'EOF'", { name: 'EOF', descriptor: 0, chomps: false, expands: false }],
    ['<<E"O"F', { name: 'EOF', descriptor: 0, chomps: false, expands: false }],
    ['<<  EOF', { name: 'EOF', descriptor: 0, chomps: false, expands: true }],
    ['<<"E\'F"', { name: "E'F", descriptor: 0, chomps: false, expands: false }],
    ['<<E\\"F', { name: 'E"F', descriptor: 0, chomps: false, expands: true }],
    ['<<$EOF', { name: '$EOF', descriptor: 0, chomps: false, expands: true }],
    ['<</x', { name: '/x', descriptor: 0, chomps: false, expands: true }],
  ])('%j', (word, expected) => expect(readHeredocWord(word)).toEqual(expected))
  test.each(['<<', '<<-', '<< ', 'a<<EOF', '-1<<EOF', '<<<EOF', '<EOF', '<<E<F', '<<""', '<<a b', 'EOF', ''])('%j is none', word => expect(readHeredocWord(word)).toBeNull())
  test('takes linear time', () => {
    const start = performance.now()
    expect(readHeredocWord(`<<${' '.repeat(1_000_000)}<`)).toBeNull()
    expect(performance.now() - start).toBeLessThan(500)
  })
})
