import { describe, expect, it, test } from 'vitest'
import { noEndOf, withCommand, withoutCommand } from '../../src/edits/scripts.ts'
import { parse } from '../../src/syntax/parse.ts'
import { toBuild } from '../../src/model/to-build.ts'
import { applyEdits, type TextEdit } from '../../src/text.ts'
import type { Build, RunStep } from '../../src/model/build.ts'

const buildOf = (text: string): { readonly build: Build; readonly run: RunStep } => {
  const syntax = parse(text)
  expect(syntax.problems, 'the case itself has a syntax error').toEqual([])
  const build = toBuild(syntax, {})
  return { build, run: build.stages.flatMap(({ steps }) => steps).find((step): step is RunStep => step.kind === 'run')! }
}

/** The file after the edit; null where there is none. The result must be one that the engine reads. */
function edited(text: string, edit: (build: Build, run: RunStep) => TextEdit | null): string | null {
  const { build, run } = buildOf(text)
  const made = edit(build, run)
  if (made === null) return null
  const after = applyEdits(text, [made])
  expect(parse(after).problems).toEqual([])
  return after
}

const FROM = 'FROM debian\n'
const plus = (run: string, command = 'c'): string | null => edited(FROM + run, (build, step) => withCommand(build, step, command))?.slice(FROM.length) ?? null

describe('one more command', () => {
  it.each<[string, string, string]>([
    ['one line', 'RUN a && b\n', 'RUN a && b && c\n'],
    ['no line end', 'RUN a', 'RUN a && c'],
    ['lower case, indented', '  run a\n', '  run a && c\n'],
    ['trailing blanks', 'RUN a  \n', 'RUN a && c  \n'],
    ['flags', 'RUN --network=none a\n', 'RUN --network=none a && c\n'],
    ['an operator at the end of lines', 'RUN a && \\\n    b\n', 'RUN a && \\\n    b && \\\n    c\n'],
    ['an operator without a blank', 'RUN a &&\\\n  b\n', 'RUN a &&\\\n  b && \\\n  c\n'],
    ['an operator at the start of lines', 'RUN a \\\n  && b\n', 'RUN a \\\n  && b \\\n  && c\n'],
    ['tabs', 'RUN a \\\n\t&& b\n', 'RUN a \\\n\t&& b \\\n\t&& c\n'],
    ['arguments below the last command', 'RUN a && b \\\n      x \\\n      y\n', 'RUN a && b \\\n      x \\\n      y \\\n      && c\n'],
    ['arguments below, operators at the start', 'RUN a \\\n  && b \\\n      x\n', 'RUN a \\\n  && b \\\n      x \\\n  && c\n'],
    ['arguments below, operators at the end', 'RUN a && \\\n  b \\\n    x\n', 'RUN a && \\\n  b \\\n    x && \\\n  c\n'],
    ['CRLF', 'RUN a && \\\r\n    b\r\n', 'RUN a && \\\r\n    b && \\\r\n    c\r\n'],
    ['comments between the lines', 'RUN a && \\\n    # why\n    b\n', 'RUN a && \\\n    # why\n    b && \\\n    c\n'],
    ['a comment behind the last line', 'RUN a \\\n    && b \\\n    # why\n', 'RUN a \\\n    && b \\\n    && c \\\n    # why\n'],
    ['a blank continued line at the end', 'RUN a && \\\n    b \\\n\n', 'RUN a && \\\n    b && \\\n    c \\\n\n'],
    ['without set -e: it follows the last command alone', 'RUN a; b\n', 'RUN a; b && c\n'],
    ['set -e and `;`', 'RUN set -e; a; b\n', 'RUN set -e; a; b; c\n'],
    ['a trailing `;`', 'RUN set -e; a; b;\n', 'RUN set -e; a; b; c\n'],
    ['a trailing `;` without set -e', 'RUN a && b;\n', 'RUN a && b && c\n'],
    ['set -eux on lines of its own', 'RUN set -eux; \\\n\ta; \\\n\tb\n', 'RUN set -eux; \\\n\ta; \\\n\tb; \\\n\tc\n'],
    ['set -ex and `&&`', 'RUN set -ex \\\n    && a \\\n    && b\n', 'RUN set -ex \\\n    && a \\\n    && b \\\n    && c\n'],
    ['set -e, `;` and a list at the end, which set -e does not stop at', 'RUN set -e; a; b && x\n', 'RUN set -e; a; b && x && c\n'],
    ['the same in a group', 'RUN set -e; a; { b && x; }\n', 'RUN set -e; a; { b && x; } && c\n'],
    ['the same with a subshell', 'RUN set -e; a; b && (x)\n', 'RUN set -e; a; b && (x) && c\n'],
    ['a negation', 'RUN set -e; a; ! b\n', 'RUN set -e; a; ! b && c\n'],
    ['a condition at the end', 'RUN a; if b; then x; fi\n', 'RUN a; if b; then x; fi && c\n'],
    ['the same with set -e', 'RUN set -e; a; if b; then x; fi\n', 'RUN set -e; a; if b; then x; fi; c\n'],
    ['a loop', 'RUN for i in 1 2; do a; done\n', 'RUN for i in 1 2; do a; done && c\n'],
    ['a case', 'RUN case x in x) a ;; esac\n', 'RUN case x in x) a ;; esac && c\n'],
    ['a pipe', 'RUN a | b\n', 'RUN a | b && c\n'],
    ['an alternative', 'RUN a || b\n', 'RUN a || b && c\n'],
    ['an alternative that leaves', 'RUN a || exit 1\n', 'RUN a || exit 1 && c\n'],
    ['a group', 'RUN { a; b; }\n', 'RUN { a; b; } && c\n'],
    ['a subshell at the end', 'RUN a && (b; x)\n', 'RUN a && (b; x) && c\n'],
    ['bash -c', 'RUN bash -c "a && b"\n', 'RUN bash -c "a && b" && c\n'],
    ['a redirection', 'RUN a > /dev/null 2>&1\n', 'RUN a > /dev/null 2>&1 && c\n'],
    ['the end of find', 'RUN a && find / -exec rm {} \\;\n', 'RUN a && find / -exec rm {} \\; && c\n'],
    ['a here-document with set -e', 'RUN <<EOF\nset -e\na\nEOF\n', 'RUN <<EOF\nset -e\na\nc\nEOF\n'],
    ['the same, indented', 'RUN <<-EOF\n\tset -e\n\ta \\\n\t\tx\n\tEOF\n', 'RUN <<-EOF\n\tset -e\n\ta \\\n\t\tx\n\tc\n\tEOF\n'],
    ['the same with CRLF', 'RUN <<EOF\r\nset -e\r\na\r\nEOF\r\n', 'RUN <<EOF\r\nset -e\r\na\r\nc\r\nEOF\r\n'],
    ['one that ends with a condition', 'RUN <<EOF\nset -e\nif a; then\n  b\nfi\nEOF\n', 'RUN <<EOF\nset -e\nif a; then\n  b\nfi\nc\nEOF\n'],
  ])('%s', (_, before, after) => expect(plus(before)).toBe(after))

  test('with backtick as the escape', () => {
    const text = '# escape=`\nFROM debian\nRUN a && `\n  b\n'
    expect(edited(text, (build, run) => withCommand(build, run, 'c'))).toBe('# escape=`\nFROM debian\nRUN a && `\n  b && `\n  c\n')
  })
  test('under a SHELL with -e', () => {
    const text = 'FROM debian\nSHELL ["/bin/bash", "-eo", "pipefail", "-c"]\nRUN <<EOF\na\nEOF\n'
    expect(edited(text, (build, run) => withCommand(build, run, 'c'))).toBe('FROM debian\nSHELL ["/bin/bash", "-eo", "pipefail", "-c"]\nRUN <<EOF\na\nc\nEOF\n')
  })

  it.each<[string, string, string]>([
    ['the exec form', 'RUN ["a"]\n', 'the RUN is in exec form, which takes one command'],
    ['a comment of the shell', 'RUN a # why\n', 'the script ends in a way that another command cannot follow'],
    ['a process in the background', 'RUN a &\n', 'the script ends in a way that another command cannot follow'],
    ['a script that leaves', 'RUN a; exit 0\n', 'the script leaves by itself before its end'],
    ['one that becomes another program', 'RUN a && exec b\n', 'the script leaves by itself before its end'],
    ['a script nobody can read', 'RUN if\n', 'the script ends in a way that another command cannot follow'],
    ['a subshell alone', 'RUN (a && b)\n', 'the script ends in a way that another command cannot follow'],
    ['a here-document without set -e', 'RUN <<EOF\na\nb\nEOF\n', 'the here-document runs without "set -e", so one more line would hide a failure above it'],
    ['one that ends with a list', 'RUN <<EOF\nset -e\na && b\nEOF\n', 'the here-document runs without "set -e", so one more line would hide a failure above it'],
    ['a here-document of one command', 'RUN cat <<EOF > /x\na\nEOF\n', 'the here-document runs without "set -e", so one more line would hide a failure above it'],
    ['a here-document that is a script file', 'RUN <<EOF\n#!/bin/sh\nset -e\na\nEOF\n', 'the here-document is a file with an interpreter of its own'],
    ['a here-document beside a script with set -e', 'RUN set -e; cat <<EOF > /x; b\na\nEOF\n', 'the RUN has a here-document that is not the whole script'],
  ])('none: %s', (_, run, reason) => {
    expect(plus(run)).toBeNull()
    expect(noEndOf(buildOf(FROM + run).run)).toBe(reason)
  })
  test('none on Windows', () => {
    expect(edited('FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN a\n', (build, run) => withCommand(build, run, 'c'))).toBeNull()
  })
})

/** Without the command that starts like this. */
const minus = (run: string, start: string): string | null => edited(FROM + run, (build, step) => {
  const command = step.commands === 'opaque' ? undefined : step.commands.find(({ words }) => words.map(({ text }) => text).join(' ').startsWith(start))
  return withoutCommand(build, step, command!)
})?.slice(FROM.length) ?? null

describe('one command less', () => {
  it.each<[string, string, string, string]>([
    ['the first', 'RUN x && b\n', 'x', 'RUN b\n'],
    ['the first, with its line', 'RUN x && \\\n    b && \\\n    c\n', 'x', 'RUN b && \\\n    c\n'],
    ['the first, operators at the start', 'RUN x \\\n    && b \\\n    && c\n', 'x', 'RUN b \\\n    && c\n'],
    ['one in the middle', 'RUN a && x y && b\n', 'x', 'RUN a && b\n'],
    ['one in the middle, with its line', 'RUN a && \\\n    x && \\\n    b\n', 'x', 'RUN a && \\\n    b\n'],
    ['the same, operators at the start', 'RUN a \\\n    && x \\\n    && b\n', 'x', 'RUN a \\\n    && b\n'],
    ['the last', 'RUN a && x\n', 'x', 'RUN a\n'],
    ['the last, with its line', 'RUN a && \\\n    x\n', 'x', 'RUN a\n'],
    ['the last, operators at the start', 'RUN a \\\n    && x\n', 'x', 'RUN a\n'],
    ['with arguments on lines of their own', 'RUN a && \\\n    x \\\n      y \\\n      z && \\\n    b\n', 'x', 'RUN a && \\\n    b\n'],
    ['with a redirection', 'RUN a && x > /dev/null && b\n', 'x', 'RUN a && b\n'],
    ['with a variable', 'RUN a && V=1 x && b\n', 'x', 'RUN a && b\n'],
    ['under sudo', 'RUN sudo x && b\n', 'sudo x', 'RUN b\n'],
    ['between `;`', 'RUN set -e; x; b\n', 'x', 'RUN set -e; b\n'],
    ['on lines that end with `;`', 'RUN set -eux; \\\n    x; \\\n    b\n', 'x', 'RUN set -eux; \\\n    b\n'],
    ['CRLF', 'RUN a && \\\r\n    x && \\\r\n    b\r\n', 'x', 'RUN a && \\\r\n    b\r\n'],
    ['first in a group', 'RUN { x; b; }\n', 'x', 'RUN { b; }\n'],
    ['last in a group', 'RUN { a; x; }\n', 'x', 'RUN { a; }\n'],
    ['before a comment line', 'RUN a && \\\n    x && \\\n    # why\n    b\n', 'x', 'RUN a && \\\n    # why\n    b\n'],
  ])('%s', (_, before, start, after) => expect(minus(before, start)).toBe(after))

  it.each<[string, string, string]>([
    ['the only one', 'RUN x\n', 'x'],
    ['the only one, with a `;`', 'RUN x;\n', 'x'],
    ['the only one of a group', 'RUN { x; }\n', 'x'],
    ['left of a pipe', 'RUN x | b\n', 'x'],
    ['right of a pipe', 'RUN a | x\n', 'x'],
    ['left of `||`', 'RUN x || b\n', 'x'],
    ['right of `||`', 'RUN a || x\n', 'x'],
    ['a condition', 'RUN if x; then b; fi\n', 'x'],
    ['in a branch', 'RUN if a; then x; fi\n', 'x'],
    ['in a loop', 'RUN for i in 1; do x; done\n', 'x'],
    ['negated', 'RUN ! x && b\n', 'x'],
    ['in the background', 'RUN x & b\n', 'x'],
    ['in a subshell', 'RUN (x && b)\n', 'x'],
    ['in a substitution', 'RUN a $(x)\n', 'x'],
    ['a comment in between', 'RUN a && \\\n    # why\n    x\n', 'x'],
    ['the exec form', 'RUN ["x", "y"]\n', 'x'],
    ['a here-document', 'RUN <<EOF\nx\nb\nEOF\n', 'x'],
  ])('none: %s', (_, run, start) => expect(minus(run, start)).toBeNull())
})
