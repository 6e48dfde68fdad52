import { describe, expect, test } from 'vitest'
import { withOutputs, wordsOf } from './doc-commands.ts'
import { anchorsOf, codeSpansOf, fencesOf, linksOf } from './doc-pages.ts'

const page = (...lines: readonly string[]): string => lines.map(line => `${line}\n`).join('')

describe('a page', () => {
  test('has fences, also indented ones', () => {
    expect(fencesOf(page('a', '```sh by-hand', 'x', '', '```', '- b', '', '  ```json', '  {', '    "a": 1', '  }', '  ```'))).toEqual([
      { language: 'sh', attributes: 'by-hand', text: 'x\n\n', line: 2 }, { language: 'json', attributes: '', text: '{\n  "a": 1\n}\n', line: 8 },
    ])
    expect(() => fencesOf('a\n```\nb\n')).toThrow('line 2: the fence is not closed')
  })
  test('has anchors as GitHub makes them', () => {
    expect([...anchorsOf(page('# A `b` & [c](d)!', '## A b', '## A b', '```', '# no', '```', '<a id="x"></a>'))]).toEqual(['a-b--c', 'a-b', 'a-b-1', 'x'])
  })
  test('has links outside of code', () => {
    expect(linksOf(page('[a](b.md#c) and ![d](e.png "f")', '`[g](h)`', '```', '[i](j)', '```', '[k]: l.md')).map(({ target }) => target)).toEqual(['b.md#c', 'e.png', 'l.md'])
  })
  test('has code in its text', () => expect(codeSpansOf(page('a `b c` ``d`e``', '```', '`no`', '```'))).toEqual([{ code: 'b c', line: 1 }, { code: 'd`e', line: 1 }]))
})

describe('commands of a page', () => {
  test('print what they print', async () => {
    const old = page('a', '```console', '$ cd fixtures/ignored && echo one \\', '  two | cat', 'old', '', '$ cachemiss --nope', '$ echo $?', '```', '```sh', '$ rm -rf /', '```')
    const now = page('a', '```console', '$ cd fixtures/ignored && echo one \\', '  two | cat', 'one two', '', '$ cachemiss --nope', 'cachemiss: unknown option --nope. See cachemiss --help.', '$ echo $?', '2', '```', '```sh', '$ rm -rf /', '```')
    expect(await withOutputs(old)).toBe(now)
    expect(await withOutputs(now)).toBe(now)
  })
  test('may leave lines out, as long as the others are so', async () => {
    const shown = page('```console', "$ printf 'a\\nb\\nc\\n'", 'a', '…', '```')
    expect(await withOutputs(shown)).toBe(shown)
    expect(await withOutputs(shown.replace('\na\n', '\nx\n'))).toBe(shown.replace('\n…\n', '\nb\nc\n'))
  })
  test('find what earlier ones left', async () => {
    expect(await withOutputs(page('```console', '$ echo hello > note && cat note', '```', '- b', '', '  ```console', '  $ cat note', '  ```'))).toContain('\n  $ cat note\n  hello\n  ```\n')
  })
  test('are few programs', async () => {
    await expect(withOutputs(page('```console', '$ curl example.com', '```'))).rejects.toThrow('may not run curl')
    await expect(withOutputs(page('```console', 'no command', '```'))).rejects.toThrow('begins with a command')
  })
  test('are split into words', () => expect(wordsOf(`a 'b c' "d"e --f='g h'`)).toEqual(['a', 'b c', 'de', '--f=g h']))
})
