import { describe, expect, test } from 'vitest'
import { parse, type InstructionNode } from '../../src/syntax/parse.ts'
import type { Span } from '../../src/text.ts'
import { dockerfile } from '../support/dockerfile.ts'

const only = (line: string, head = ''): InstructionNode => parse(`${head}${line}`).instructions[0]!
const keywords = (text: string): readonly string[] => parse(text).instructions.map(({ keyword }) => keyword)
const flags = (line: string, head = ''): readonly string[] => only(line, head).flags.map(({ name, value }) => (value === null ? name : `${name}: ${value}`))
const words = (line: string, head = ''): readonly string[] => only(line, head).words.map(({ text }) => text)
const json = (line: string): readonly string[] | undefined => only(line).json?.map(({ value }) => value)

// Section 3 of docs/design: texts that mislead other readers of Dockerfiles.
describe('what misleads other parsers', () => {
  test('a here-document that quotes or an escape keep from being one', () => {
    const text = dockerfile`
      FROM a
      RUN sh -c 'cat <<EOF >x'
      USER u`
    expect(keywords(text)).toEqual(['FROM', 'RUN', 'USER'])
    expect(keywords(text.replace(/'.*'/, '"a <<EOF b"'))).toEqual(['FROM', 'RUN', 'USER'])
    expect(keywords(text.replace(/'.*'/, '\\<<EOF'))).toEqual(['FROM', 'RUN', 'USER'])
  })
  test('here-documents with a blank, quotes and a descriptor', () => {
    const { instructions } = parse(dockerfile`
      FROM a
      RUN cat << 'EOF' > /x
      $x
      EOF
      RUN 3<<EOF cat /dev/fd/3
      y
      EOF
      USER u`)
    expect(instructions.map(({ keyword }) => keyword)).toEqual(['FROM', 'RUN', 'RUN', 'USER'])
    expect(instructions.flatMap(({ heredocs }) => heredocs)).toMatchObject([{ body: '$x\n', expands: false, descriptor: 0 }, { body: 'y\n', expands: true, descriptor: 3 }])
  })
  test('a doubled escape at the end of a line', () => {
    expect(keywords(dockerfile`
      FROM a
      WORKDIR C:\\
      RUN x`)).toEqual(['FROM', 'WORKDIR', 'RUN'])
  })
  test('a comment with an equals sign above a directive', () => {
    const syntax = parse(dockerfile`
      # a note = something
      # escape=\`
      FROM a
      RUN b \`
      USER u`)
    expect([syntax.escape, syntax.directives, syntax.instructions.length]).toEqual(['\\', [], 3])
  })
  test('JSON with blanks, escapes, comments, or something after it', () => {
    const { instructions } = parse(dockerfile`
      FROM a
      CMD ["a b", "\u0041"] 
      ENTRYPOINT ["x", \
        # why
        "y"]
      RUN ["a"] && b
      CMD ["a",]`)
    expect(instructions.slice(1).map(node => node.json?.map(({ value }) => value) ?? node.rest.text)).toEqual([['a b', 'A'], ['x', 'y'], '["a"] && b', '["a",]'])
  })
  test('an ARG of several names', () => expect(words('ARG A=1 B=2 C')).toEqual(['A=1', 'B=2', 'C']))
  test('several flags, quoted and repeated', () => {
    const line = 'COPY --link --from=b --chown="1:1" --exclude=*.md --exclude=**/x a\\b c'
    expect(flags(line)).toEqual(['link', 'from: b', 'chown: 1:1', 'exclude: *.md', 'exclude: **/x'])
    expect(words(line)).toEqual(['a\\b', 'c'])
  })
  test('quotes that group in a flag, and the end of flags', () => {
    const line = 'RUN --mount=type=bind,target="/a b" --network=none -- --weird'
    expect([flags(line), only(line).rest.text]).toEqual([['mount: type=bind,target=/a b', 'network: none'], '--weird'])
  })
  test('a registry with a port, a tag and a digest', () => expect(words('FROM reg:5000/a/b:t@sha256:0000')).toEqual(['reg:5000/a/b:t@sha256:0000']))
  test('nested substitutions', () => {
    const syntax = parse('ARG V=22\nFROM node:${V%.*}-${X:-${Y:-slim}} AS s\n')
    expect(syntax.problems).toEqual([])
    expect(syntax.instructions[1]!.words.map(({ text }) => text)).toEqual(['node:${V%.*}-${X:-${Y:-slim}}', 'AS', 's'])
  })
})

describe('keywords', () => {
  test('have any case and come back in capitals', () => expect(keywords('from a\nRun b\nONbuild run c')).toEqual(['FROM', 'RUN', 'ONBUILD']))
  test('end at a blank', () => {
    expect(keywords('FROM\ta\nRUN\vb\nENV\ff=1')).toEqual(['FROM', 'RUN', 'ENV'])
    expect(only('RUN\u00a0x').keyword).toBe('RUN\u00a0X')
  })
  test('may be broken over lines', () => {
    const node = only('R\\\nU\\\nN x')
    expect([node.keyword, node.keywordSpan, node.text]).toEqual(['RUN', { start: 0, end: 7 }, 'RUN x'])
  })
  test('are ASCII: letters whose capital is one are not taken for it', () => expect(keywords('FROM a\nuſer x\nONBUıLD RUN x')).toEqual(['FROM', 'UſER', 'ONBUıLD']))
  test('may stand alone', () => expect(only('RUN')).toMatchObject({ keyword: 'RUN', rest: { text: '' }, words: [], flags: [], json: null }))
})

describe('flags', () => {
  test.each([
    ['RUN --mount=type=cache,target=/a --mount=type=secret,id=b c', ['mount: type=cache,target=/a', 'mount: type=secret,id=b'], 'c'],
    ['RUN --a', ['a'], ''],
    ['RUN --a=', ['a: '], ''],
    ['RUN --a=b=c d', ['a: b=c'], 'd'],
    ['RUN   --a\t--b  c', ['a', 'b'], 'c'],
    ['RUN -a --b', [], '-a --b'],
    ['RUN a --b', [], 'a --b'],
    ['RUN -- a', [], 'a'],
    ['RUN --', [], ''],
    ['RUN --a -- --b', ['a'], '--b'],
    ['RUN --a --', ['a'], ''],
    ['RUN ---a b', ['-a'], 'b'],
    [`RUN --a='b c' d`, ['a: b c'], 'd'],
    [`RUN --a="b'c" d`, [`a: b'c`], 'd'],
    ['RUN --a=b"c d"e f', ['a: bc de'], 'f'],
    ['RUN --a="b\\"c" d', ['a: b"c'], 'd'],
    ['RUN --a=b\\ c d', ['a: b c'], 'd'],
    ['RUN --a=\\"b\\" d', ['a: "b"'], 'd'],
    [`RUN --a='b\\'c' d`, [`a: b'c`], 'd'],
    ['RUN "--a" b', [], '"--a" b'],
    ['RUN --a="b c', ['a: b c'], ''],
    ['RUN --a="" b', ['a: '], 'b'],
    ['RUN --a \\\n  --b=c \\\n  # d\n  e', ['a', 'b: c'], 'e'],
    ['COPY --from=a ["b", "c"]', ['from: a'], '["b", "c"]'],
    ['RUN \u00a0--a b', [], '--a b'],
  ])('%j', (line, expected, rest) => expect([flags(line), only(line).rest.text]).toEqual([expected, rest]))

  test('know the escape character of the file', () => expect(flags('RUN --a="b`"c" --d=e\\ f', '# escape=`\n')).toEqual(['a: b"c', 'd: e\\']))
  test('have spans with their quotes', () => {
    const text = 'FROM a\nRUN --a="b c" \\\n  --d e'
    expect(parse(text).instructions[1]!.flags.map(({ span }) => text.slice(span.start, span.end))).toEqual(['--a="b c"', '--d'])
  })
})

describe('words', () => {
  test.each([
    ['COPY a "b c" d', ['a', '"b', 'c"', 'd']],
    ['COPY a\\ b c', ['a\\', 'b', 'c']],
    ['ADD\ta\v\fb', ['a', 'b']],
    ['EXPOSE 80  443/udp', ['80', '443/udp']],
    ['COPY a\u00a0b c', ['a\u00a0b', 'c']],
    ['ENV A=1 B="2 3" C=4\\ 5', ['A=1', 'B="2 3"', 'C=4\\ 5']],
    [`ENV A='b c' D=e'f g'h`, [`A='b c'`, `D=e'f g'h`]],
    ['ENV A="b \\" c" D', ['A="b \\" c"', 'D']],
    [`ENV A='b \\' C=d`, [`A='b \\'`, 'C=d']],
    ['ENV A="b c', ['A="b c']],
    ['ENV A b  c', ['A', 'b', 'c']],
    ['LABEL a=b\u00a0c=d', ['a=b', 'c=d']],
    ['LABEL "a b"=c', ['"a b"=c']],
    ['ARG A=1 \\\n  B="2 \\\n 3"', ['A=1', 'B="2  3"']],
    ['ARG A=b\\\\ c', ['A=b\\\\', 'c']],
    ['ENV A=b \\\u00a0', ['A=b']],
    ['FROM', []],
  ])('%j', (line, expected) => expect(words(line)).toEqual(expected))

  test('know the escape character of the file', () => expect(words('ENV A=b` c D=e\\ F=g', '# escape=`\n')).toEqual(['A=b` c', 'D=e\\', 'F=g']))
  test('have spans, also over lines', () => {
    const text = 'ENV A=1 \\\n# c\n  B="2 \\\n 3" C'
    const spans = only(text).words.map(({ span }) => text.slice(span.start, span.end))
    expect(spans).toEqual(['A=1', 'B="2 \\\n 3"', 'C'])
  })
})

describe('JSON form', () => {
  test.each([
    ['RUN ["a", "b c"]', ['a', 'b c']], ['CMD []', []], ['CMD [ ]', []], ['SHELL ["a"]', ['a']], ['VOLUME ["/a"]', ['/a']], ['ADD ["a", "b"]', ['a', 'b']],
    ['RUN ["\\u00e9\\n\\"\\\\\\/"]', ['é\n"\\/']], ['RUN \t["a"]', ['a']], ['RUN ["a" ,\t"b"]', ['a', 'b']], ['RUN --x ["a"]', ['a']], ['RUN ["a", \\\n "b"]', ['a', 'b']],
  ])('%j', (line, expected) => expect(json(line)).toEqual(expected))
  test.each([
    `RUN ['a']`, 'RUN ["a"', 'RUN ["a",]', 'RUN ["a"] b', 'RUN ["\t"]', 'RUN ["\\x"]', 'RUN [a]', 'RUN a ["b"]', 'RUN {"a": "b"}', 'RUN "a"', 'ENV ["a", "b"]', 'FROM ["a"]', 'HEALTHCHECK ["a"]', 'ONBUILD ["a"]', 'RUN ["a", 1]', 'RUN [1e999]',
  ])('%j is none', line => expect(json(line)).toBeUndefined())

  test('has spans of its strings, quotes included', () => {
    const text = 'FROM a\nCMD ["a\\"b", \\\n  # "no"\n  "c d"]'
    expect(parse(text).instructions[1]!.json!.map(({ span }) => text.slice(span.start, span.end))).toEqual(['"a\\"b"', '"c d"'])
  })
})

describe('ONBUILD', () => {
  test('holds its trigger', () => {
    const text = 'FROM a\nONBUILD  COPY --from=b \\\n  c d\n'
    const { keyword, trigger } = parse(text).instructions[1]!
    const cut = ({ start, end }: Span): string => text.slice(start, end)
    expect([keyword, trigger?.keyword, trigger?.text, trigger?.words.map(word => word.text)]).toEqual(['ONBUILD', 'COPY', 'COPY --from=b   c d', ['c', 'd']])
    expect([cut(trigger!.keywordSpan), cut(trigger!.span), ...trigger!.flags.map(({ span }) => cut(span))]).toEqual(['COPY', 'COPY --from=b \\\n  c d', '--from=b'])
  })
  test('shares its here-documents with it', () => expect(parse('FROM a\nONBUILD RUN <<E\nx\nE\n').instructions[1]!.trigger!.heredocs).toMatchObject([{ name: 'E', body: 'x\n' }]))
  test('has none when it is empty', () => expect(only('ONBUILD').trigger).toBeNull())
  test('does not nest, however often it is written', () => {
    expect(only('ONBUILD ONBUILD RUN x').trigger).toMatchObject({ keyword: 'ONBUILD', trigger: null })
    expect(parse(`FROM a\n${`${'ONBUILD '.repeat(7000)}\\\n`.repeat(20)}`).instructions).toHaveLength(2)
  })
})

describe('spans', () => {
  const text = '\uFEFF# escape=`\r\n\r\n  from a `\r\n  AS b\r\nRUN x <<E\r\ny\r\nE\r\n\r\nUSER u'
  const { instructions } = parse(text)
  const cut = ({ start, end }: Span): string => text.slice(start, end)

  test('of instructions go to the end of their last line', () => expect(instructions.map(({ span }) => cut(span))).toEqual(['from a `\r\n  AS b', 'RUN x <<E\r\ny\r\nE', 'USER u']))
  test('of their own lines leave here-documents out', () => expect(instructions.map(({ span, lineEnd }) => text.slice(span.start, lineEnd))).toEqual(['from a `\r\n  AS b', 'RUN x <<E', 'USER u']))
  test('of keywords and words are as written', () => {
    expect(instructions.map(({ keywordSpan }) => cut(keywordSpan))).toEqual(['from', 'RUN', 'USER'])
    expect(instructions[0]!.words.map(({ span }) => cut(span))).toEqual(['a', 'AS', 'b'])
  })
  test('of the rest lead back to the file', () => {
    const { rest } = instructions[0]!
    expect([...rest.text].map((_, at) => text[rest.offset(at)]).join('')).toBe('a   AS b')
  })
})

test('a file of nothing but Windows lines', () => {
  const { escape, instructions, problems } = parse(['# escape=`', 'FROM mcr.microsoft.com/windows/servercore', 'SHELL ["powershell", "-Command"]', 'COPY a.txt C:\\', 'RUN Get-Item C:\\ ; `', '    # why', '    dir', ''].join('\r\n'))
  expect([escape, problems, instructions.map(node => node.text)]).toEqual(['`', [], ['FROM mcr.microsoft.com/windows/servercore', 'SHELL ["powershell", "-Command"]', 'COPY a.txt C:\\', 'RUN Get-Item C:\\ ;     dir']])
})
