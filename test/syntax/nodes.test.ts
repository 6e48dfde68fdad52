import { describe, expect, test } from 'vitest'
import { masked } from '../../src/syntax/mask.ts'
import { nodesOf, type Nodes } from '../../src/syntax/nodes.ts'
import { parse } from '../../src/syntax/parse.ts'
import type { Span } from '../../src/text.ts'
import { dockerfile } from '../support/dockerfile.ts'

/** What the ranges of each instruction cover. */
function read(text: string): readonly unknown[] {
  const cut = (span: Span | null): string | null => span && text.slice(span.start, span.end)
  return nodesOf(parse(text)).map(({ image, stageName, properties }: Nodes) => ({
    ...(image && { image: [image.span, image.name, image.tag, image.digest].map(cut) }),
    ...(stageName && { stageName: cut(stageName) }),
    ...(properties && { properties: properties.map(({ name, value }) => [cut(name), cut(value)]) }),
  }))
}
const only = (line: string): unknown => read(line)[0]

describe('images', () => {
  test.each([
    ['node:22', 'node', '22', null],
    ['node', 'node', null, null],
    ['reg:5000/a/b:t@sha256:0000', 'reg:5000/a/b', 't', 'sha256:0000'],
    ['reg:5000/a/b', 'reg:5000/a/b', null, null],
    ['localhost:5000/a@sha256:00', 'localhost:5000/a', null, 'sha256:00'],
    ['ghcr.io/a/b:1.2-x', 'ghcr.io/a/b', '1.2-x', null],
    ['$BASE', '$BASE', null, null],
    ['${BASE:-node:22}', '${BASE:-node:22}', null, null],
    ['node:${V%.*}-${X:-${Y:-slim}}', 'node', '${V%.*}-${X:-${Y:-slim}}', null],
    ['${R:-docker.io/}a:$T', '${R:-docker.io/}a', '$T', null],
    ['a:${T}@${D:-sha256:00}', 'a', '${T}', '${D:-sha256:00}'],
    ['a:', 'a', '', null],
  ])('%j', (image, name, tag, digest) => {
    expect([only(`FROM ${image}`), only(`FROM --platform=linux/amd64 \\\n# c\n  ${image} AS s`)]).toEqual([{ image: [image, name, tag, digest] }, { image: [image, name, tag, digest], stageName: 's' }])
  })
  test('may be broken over lines', () => expect(only('FROM no\\\nde:2\\\n2 AS s')).toEqual({ image: ['no\\\nde:2\\\n2', 'no\\\nde', '2\\\n2', null], stageName: 's' }))
  test.each(['FROM "node:22"', 'FROM a\\b', 'FROM'])('%j has none that can be taken apart', line => expect(only(line)).toEqual({}))
})

test('a value does not begin within its name', () => {
  expect(only('LABEL FROM \\ \t FROM')).toEqual({ properties: [['FROM', '\\ \t FROM']] })
})

describe('stage names', () => {
  test.each([['FROM a AS b', 'b'], ['from a as B', 'B'], ['FROM --x a \\\n As \\\n# c\n b', 'b']])('%j', (line, stageName) => expect(only(line)).toMatchObject({ stageName }))
  test.each(['FROM a', 'FROM a b c', 'FROM a AS'])('%j has none', line => expect(only(line)).not.toHaveProperty('stageName'))
})

describe('properties', () => {
  test.each<[string, readonly (readonly [string, string | null])[]]>([
    ['ENV A=1', [['A', '1']]],
    ['ENV A=1 B="2 3" C=', [['A', '1'], ['B', '"2 3"'], ['C', '']]],
    ['ENV A b c', [['A', 'b c']]],
    ['ENV A  "b c"', [['A', '"b c"']]],
    ['ENV A=1 \\\n  # c\n  B=2 \\\n\n  C=3', [['A', '1'], ['B', '2'], ['C', '3']]],
    ['ENV A="1 \\\n  2" B=3', [['A', '"1 \\\n  2"'], ['B', '3']]],
    ['ENV A=b\\ c D=$E', [['A', 'b\\ c'], ['D', '$E']]],
    ['ENV A=b=c', [['A', 'b=c']]],
    ['ENV A=${B:-c d=e}', [['A', '${B:-c'], ['d', 'e}']]],
    ['LABEL "a b"=c d.e="f"', [['"a b"', 'c'], ['d.e', '"f"']]],
    ['LABEL a <<b', [['a', '<<b']]],
    ['ARG A', [['A', null]]],
    ['ARG A=1', [['A', '1']]],
    ['ARG A=1 B=2 C', [['A', '1'], ['B', '2'], ['C', null]]],
    ['ARG A B=2', [['A', null], ['B', '2']]],
    ['ARG A \\\n  B \\\n  C=d', [['A', null], ['B', null], ['C', 'd']]],
    ['ONBUILD ENV A=1 B=2', [['A', '1'], ['B', '2']]],
    ['ONBUILD \\\n arg A', [['A', null]]],
  ])('%j', (line, properties) => expect(only(line)).toEqual({ properties }))
  test.each(['ENV', 'ENV A\\\nB=1'])('%j has none that can be told apart', line => expect(only(line)).not.toHaveProperty('properties.0'))
})

test('other instructions have no nodes', () => {
  expect(read('FROM a\nRUN b=c\nCOPY d=e /\nONBUILD RUN x\nUSER u\nNONE x=y\n').slice(1)).toEqual([{}, {}, {}, {}, {}])
})

// Section 3 of docs/design, with an ENV behind each: where a reader goes astray, its range is wrong.
test.each([
  `RUN sh -c 'cat <<EOF >x'`, 'RUN echo "a <<EOF b"', 'RUN echo \\<<EOF', `RUN cat << 'EOF' > /x\n$x\nEOF`, 'RUN 3<<EOF cat /dev/fd/3\ny\nEOF', 'WORKDIR C:\\\\', 'ENV B=C:\\\\', 'CMD ["a b", "\\u0041"] ', 'ENTRYPOINT ["x", \\\n  # why\n  "y"]',
  'RUN ["a"] && b', 'CMD ["a",]', 'COPY --link --from=b --chown="1:1" --exclude=*.md --exclude=**/x a\\b c', 'RUN --mount=type=bind,target="/a b" --network=none -- --weird', 'RUN <<-E\n\tENV X=1\n\tE', 'RUN a \\\n\n# c \\\n  b', 'ENV A=b\rC=d',
  'LABEL a="\\\n# b\n c"', 'COPY <<"E F" /x\n\n#\nE F', 'RUN a \\\n\\\n  b', '# ENV x=y \\', '\\\nENV X=y', 'R\\\nUN x', 'ONBUILD ONBUILD ONBUILD', 'ENV A <<EOF',
])('%j leaves the next instruction alone', line => {
  for (const [head, end] of [['', '\n'], ['# escape=\\\n# syntax=docker/dockerfile:1 \n', '\n'], ['\uFEFF\n# a note = something\n', '\r\n']] as const) {
    const text = `${head}FROM a\n${line}\nENV N=1\nFROM b:1 AS c\n`.replaceAll('\n', end)
    expect(read(text).slice(-2)).toEqual([{ properties: [['N', '1']] }, { image: ['b:1', 'b', '1', null], stageName: 'c' }])
  }
})

describe('the copy dockerfile-ast reads', () => {
  test('is as long as the text and holds only what it is asked about', () => {
    const text = dockerfile`
      # syntax=x
      # escape=\`
      # note
      FROM a
      RUN cat <<E \`
        b
      x
      E
      ENV A=1 \`
        # c
        B=C:\`\`
      ONBUILD ENV D=e`
    const copy = masked(parse(text))
    expect(copy.length).toBe(text.length)
    expect(copy.split('\n').map(line => line.trimEnd())).toEqual(['#check=  x', '#escape= `', '', 'FROM a', 'RUN', '', '', '', 'ENV A=1 `', '', '  B=C:__', 'ONBUILD ENV D=e', ''])
  })
  test('knows the escape character from the header and from nowhere else', () => {
    const file = (head: string): unknown => read(`${head}\nFROM a\nENV A=1 \`\n  B=2\n`).at(-1)
    expect(file('# escape=`')).toEqual({ properties: [['A', '1'], ['B', '2']] })
    expect(file('# syntax = docker/dockerfile \r\n# escape = `  \r')).toEqual({ properties: [['A', '1'], ['B', '2']] })
    expect(read('# note = x\n# escape=`\nENV A=1 \\\n  B=2')).toEqual([{ properties: [['A', '1'], ['B', '2']] }])
  })
})

test('the answer is kept for the same syntax', () => {
  const syntax = parse('FROM a')
  expect(nodesOf(syntax)).toBe(nodesOf(syntax))
})

test('is bounded where dockerfile-ast is not', () => {
  const start = performance.now()
  for (const text of [`FROM a\nRUN ${'--a '.repeat(50_000)}`, `FROM ${'--a '.repeat(50_000)}b`, `${'FROM a\n# c\n'.repeat(5000)}`, `FROM a\nENV A=b${' \\\n  c=d'.repeat(10_000)}`, `${'FROM a\nRUN echo $X $Y ${Z}\n'.repeat(5000)}`]) nodesOf(parse(text))
  expect(performance.now() - start).toBeLessThan(5000)
})

test('needs nothing of Node', () => {
  const { Buffer } = globalThis
  try {
    Reflect.deleteProperty(globalThis, 'Buffer')
    expect(only('\uFEFFFROM a:1')).toMatchObject({ image: ['a:1', 'a', '1', null] })
  } finally {
    globalThis.Buffer = Buffer
  }
})
