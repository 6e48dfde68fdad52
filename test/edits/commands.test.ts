import { describe, expect, it } from 'vitest'
import { asUserOf, changedWord, withCommandBefore, withOption, withoutListed, withWordsBehind } from '../../src/edits/commands.ts'
import { parse } from '../../src/syntax/parse.ts'
import { toBuild } from '../../src/model/to-build.ts'
import { applyEdits, type TextEdit } from '../../src/text.ts'
import type { Build, RunStep } from '../../src/model/build.ts'
import type { Command, Word } from '../../src/syntax/shell.ts'

const FROM = 'FROM debian\n'
interface Place { readonly build: Build; readonly run: RunStep; readonly commands: readonly Command[] }

/** The file after the edit, without its FROM; null where there is none. The result must be one that the engine reads. */
function edited(text: string, edit: (place: Place) => TextEdit | null): string | null {
  const build = toBuild(parse(FROM + text), {})
  const run = build.stages.flatMap(({ steps }) => steps).find((step): step is RunStep => step.kind === 'run')!
  const made = edit({ build, run, commands: run.commands === 'opaque' ? [] : run.commands })
  if (made === null) return null
  const after = applyEdits(FROM + text, [made])
  expect(parse(after).problems).toEqual([])
  return after.slice(FROM.length)
}

const startsWith = (commands: readonly Command[], name: string): Command => commands.find(({ words, program }) => words[program]?.text === name || words[0]?.text === name)!
const wordIn = (commands: readonly Command[], text: string): Word => commands.flatMap(({ words }) => words).find(word => word.text === text || word.value === text)!

describe('a command before another one', () => {
  it.each<[string, string, string]>([
    ['the first', 'RUN b\n', 'RUN a && b\n'],
    ['the first, on several lines', 'RUN b \\\n    x\n', 'RUN a && b \\\n    x\n'],
    ['in a chain', 'RUN x && b && y\n', 'RUN x && a && b && y\n'],
    ['on a line of its own', 'RUN x && \\\n    b\n', 'RUN x && \\\n    a && \\\n    b\n'],
    ['with the operator', 'RUN x \\\n    && b\n', 'RUN x \\\n    && a \\\n    && b\n'],
    ['after `;`', 'RUN x; b\n', 'RUN x; a && b\n'],
    ['after `;` with set -e', 'RUN set -e; b; y\n', 'RUN set -e; a; b; y\n'],
    ['on a line of its own with set -e', 'RUN set -e; \\\n\tb\n', 'RUN set -e; \\\n\ta; \\\n\tb\n'],
    ['CRLF', 'RUN x && \\\r\n  b\r\n', 'RUN x && \\\r\n  a && \\\r\n  b\r\n'],
    ['before its variables', 'RUN V=1 b\n', 'RUN a && V=1 b\n'],
    ['before sudo', 'RUN sudo b\n', 'RUN a && sudo b\n'],
    ['in a subshell', 'RUN (b)\n', 'RUN (a && b)\n'],
    ['left of a pipe', 'RUN b | y\n', 'RUN a && b | y\n'],
    ['in a here-document', 'RUN <<EOF\nx\n  b\nEOF\n', 'RUN <<EOF\nx\n  a && b\nEOF\n'],
    ['in one with set -e', 'RUN <<EOF\nset -e\n  b\nEOF\n', 'RUN <<EOF\nset -e\n  a\n  b\nEOF\n'],
  ])('%s', (_, before, after) => expect(edited(before, ({ build, run, commands }) => withCommandBefore(build, run, startsWith(commands, 'b'), 'a'))).toBe(after))

  it.each<[string, string]>([
    ['right of a pipe', 'RUN x | b\n'], ['right of `||`', 'RUN x || b\n'], ['left of `||`', 'RUN b || x\n'], ['negated', 'RUN ! b\n'], ['a condition', 'RUN if b; then x; fi\n'],
    ['in a substitution', 'RUN x $(b)\n'], ['the exec form', 'RUN ["b"]\n'], ['below a comment of a here-document', 'RUN <<EOF\n# why\nb\nEOF\n'],
  ])('none: %s', (_, text) => expect(edited(text, ({ build, run, commands }) => withCommandBefore(build, run, startsWith(commands, 'b'), 'a'))).toBeNull())
})

describe('words', () => {
  it.each<[string, string, string]>([
    ['an option', 'RUN pip install x\n', 'RUN pip install -o x\n'],
    ['at the end', 'RUN pip install', 'RUN pip install -o'],
    ['before a continuation', 'RUN pip install \\\n  x\n', 'RUN pip install -o \\\n  x\n'],
    ['in bash -c', 'RUN bash -c "pip install x"\n', 'RUN bash -c "pip install -o x"\n'],
    ['in a here-document with tabs', 'RUN <<-EOF\n\tpip install x\n\tEOF\n', 'RUN <<-EOF\n\tpip install -o x\n\tEOF\n'],
  ])('%s', (_, before, after) => expect(edited(before, ({ build, run, commands }) => withOption(build, run, wordIn(commands, 'install'), '-o'))).toBe(after))
  it.each(['RUN ["pip", "install"]\n', 'RUN pip "install"\n', 'RUN V=install; pip $V\n'])('no option where the word does not stand as it is: %j', text =>
    expect(edited(text, ({ build, run, commands }) => withOption(build, run, wordIn(commands, 'install'), '-o'))).toBeNull())

  it('another text', () => expect(edited('RUN pip install x\n', ({ build, run, commands }) => changedWord(build, run, wordIn(commands, 'x'), 'y'))).toBe('RUN pip install y\n'))

  it.each<[string, string, string]>([
    ['on one line', 'RUN i x y\n', 'RUN i x a b y\n'],
    ['on lines of their own', 'RUN i \\\n    x \\\n    y\n', 'RUN i \\\n    x \\\n    a \\\n    b \\\n    y\n'],
    ['behind the last', 'RUN i \\\r\n    x\r\n', 'RUN i \\\r\n    x \\\r\n    a \\\r\n    b\r\n'],
    ['behind several on a line', 'RUN i \\\n  y x\n', 'RUN i \\\n  y x a b\n'],
  ])('more of them: %s', (_, before, after) => expect(edited(before, ({ build, run, commands }) => withWordsBehind(build, run, wordIn(commands, 'x'), ['a', 'b']))).toBe(after))

  it.each<[string, string, string]>([
    ['on one line', 'RUN i x y\n', 'RUN i y\n'],
    ['the last on one line', 'RUN i y x && z\n', 'RUN i y && z\n'],
    ['on a line of its own', 'RUN i \\\n    x \\\n    y\n', 'RUN i \\\n    y\n'],
    ['alone on the last line', 'RUN i \\\n    y \\\n    x\nCMD z\n', 'RUN i \\\n    y\nCMD z\n'],
    ['the same at the end of the file, CRLF', 'RUN i \\\r\n    y \\\r\n    x', 'RUN i \\\r\n    y'],
    ['the last of a last line', 'RUN i \\\n    y x\nCMD z\n', 'RUN i \\\n    y\nCMD z\n'],
    ['first on the last line', 'RUN i \\\n    x y\nCMD z\n', 'RUN i \\\n    y\nCMD z\n'],
  ])('one less: %s', (_, before, after) => expect(edited(before, ({ build, run, commands }) => withoutListed(build, run, wordIn(commands, 'x')))).toBe(after))
})

it.each<[string, string | null]>([
  ['RUN b\n', 'c'], ['RUN sudo b\n', 'sudo c'], ['RUN sudo -E b\n', 'sudo c'], ['RUN sudo sh -c "b"\n', 'sudo c'], ['RUN bash -c "b"\n', 'c'], ['RUN su -c "b"\n', null], ['RUN gosu app b\n', null],
])('as the user of %j', (text, expected) => {
  edited(text, ({ commands }) => {
    expect(asUserOf(startsWith(commands, 'b'), 'c')).toBe(expected)
    return null
  })
})
