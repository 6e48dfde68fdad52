import { describe, expect, test } from 'vitest'
import { joined } from '../../src/edits/joined-runs.ts'
import { examine } from '../../src/lint.ts'
import { parse } from '../../src/syntax/parse.ts'
import { applyEdits } from '../../src/text.ts'
import { inputOf } from '../support/input.ts'

/** The file with all its RUN steps in one, or why not. */
function merged(...lines: readonly string[]): string {
  const build = examine(inputOf({ code: ['FROM debian', ...lines].join('\n') }), [], null).build!
  const result = joined(build, build.stages[0]!.steps.filter(step => step.kind === 'run'))
  if ('reason' in result) return `no: ${result.reason}`
  const text = applyEdits(build.text, result.edits)
  expect(parse(text).problems).toEqual([])
  return text.slice('FROM debian\n'.length)
}

describe('layout', () => {
  test.each([
    ['lines of their own', ['RUN a', 'RUN b', 'RUN c'], 'RUN a \\\n    && b \\\n    && c'],
    ['indentation of the instruction', ['  RUN a', '  RUN b'], '  RUN a \\\n      && b'],
    ['the style of the first', ['RUN a \\', '  && b', 'RUN c'], 'RUN a \\\n  && b \\\n  && c'],
    ['operators at the end', ['RUN a && \\', '\tb', 'RUN c'], 'RUN a && \\\n\tb && \\\n\tc'],
    ['a lower one in another style', ['RUN a \\', '  && b', 'RUN c && \\', '     d && e'], 'RUN a \\\n  && b \\\n  && c \\\n  && d && e'],
    ['the style of the lower one', ['RUN a', 'RUN b && \\', '    c'], 'RUN a && \\\n    b && \\\n    c'],
    ['arguments on lines of their own stay', ['RUN a', 'RUN b \\', '      c \\', '      d', 'RUN e'], 'RUN a \\\n    && b \\\n      c \\\n      d \\\n    && e'],
    ['blank lines go, trailing blanks too', ['RUN a  ', '', '', 'RUN b'], 'RUN a \\\n    && b'],
    ['comments', ['RUN a', '# Why.', '', '# Really.', 'RUN b'], 'RUN a \\\n    # Why.\n    # Really.\n    && b'],
    ['comments, operators at the end', ['RUN a && \\', '  b', '# Why.', 'RUN c'], 'RUN a && \\\n  b && \\\n  # Why.\n  c'],
    ['comments inside', ['RUN a \\', '  # Why.', '  && b', 'RUN c'], 'RUN a \\\n  # Why.\n  && b \\\n    && c'],
    ['line ends', ['RUN a\r', 'RUN b\r', ''], 'RUN a \\\r\n    && b\r\n'],
    ['set -e with ;', ['RUN set -eux; \\', '    a; \\', '    b', 'RUN set -eux; \\', '    c'], 'RUN set -eux; \\\n    a; \\\n    b; \\\n    c'],
    ['set -e with ; on one line', ['RUN set -e; a', 'RUN set -e; b'], 'RUN set -e; a; \\\n    b'],
    ['set -e with &&', ['RUN set -ex && a', 'RUN set -ex && b'], 'RUN set -ex && a \\\n    && b'],
    ['a trailing ;', ['RUN a;', 'RUN b;'], 'RUN a \\\n    && b'],
    ['the ; of find', ['RUN find /a -exec rm {} \\;', 'RUN b'], 'RUN find /a -exec rm {} \\; \\\n    && b'],
    ['alternatives', ['RUN a || true', 'RUN b || true', 'RUN c'], 'RUN a || true \\\n    && (b || true) \\\n    && c'],
    ['redirects', ['RUN echo a > /b', 'RUN echo c >> /b 2>&1'], 'RUN echo a > /b \\\n    && echo c >> /b 2>&1'],
    ['compound commands', ['RUN if a; then b; fi', 'RUN for x in 1 2; do c $x; done', 'RUN (d; e)'], 'RUN if a; then b; fi \\\n    && for x in 1 2; do c $x; done \\\n    && (d; e)'],
    ['a function at the end', ['RUN a', 'RUN f() { b; c; }; f'], 'no: "f() { b; c; }; f" goes on after a failure, so that "&&" cannot join it'],
    ['a case', ['RUN a', 'RUN case $(uname -m) in x86_64) b;; *) c;; esac'], 'RUN a \\\n    && case $(uname -m) in x86_64) b;; *) c;; esac'],
    ['braces', ['RUN a', 'RUN { b; c; }'], 'RUN a \\\n    && { b; c; }'],
    ['quotes that hold operators', ['RUN echo "a; b" \'c && d\'', 'RUN sh -c "e; f"'], 'RUN echo "a; b" \'c && d\' \\\n    && sh -c "e; f"'],
    ['a test', ['RUN a', 'RUN [ -f /x ] && b'], 'RUN a \\\n    && [ -f /x ] && b'],
    ['a pipe', ['RUN a | b', 'RUN c'], 'RUN a | b \\\n    && c'],
    ['an upper one that goes on', ['RUN a; b', 'RUN c'], 'RUN a; b \\\n    && c'],
    ['another escape character', ['# escape=`', 'FROM debian', 'RUN a', 'RUN b'], 'x'],
  ])('%s', (name, lines, text) => {
    if (name !== 'another escape character') return expect(merged(...lines)).toBe(text)
    const build = examine(inputOf({ code: '# escape=`\nFROM debian\nRUN a\nRUN b\n' }), [], null).build!
    const result = joined(build, build.stages[0]!.steps.filter(step => step.kind === 'run'))
    expect('edits' in result && applyEdits(build.text, result.edits)).toBe('# escape=`\nFROM debian\nRUN a `\n    && b\n')
  })
})

describe('nothing leaks', () => {
  test.each([
    ['a folder, absolute paths', ['RUN cd /a && touch b', 'RUN chmod 755 /c']],
    ['a folder, another one', ['RUN cd /a && make', 'RUN cd /b && make']],
    ['back again', ['WORKDIR /a', 'RUN cd b && cd .. && c', 'RUN d']],
    ['a folder in a subshell', ['RUN (cd /a && b)', 'RUN c']],
    ['a variable that nobody asks for', ['RUN V=1 && curl $V', 'RUN mkdir /a']],
    ['a variable of one command', ['RUN V=1 a', 'RUN echo $V']],
    ['set -x', ['RUN set -x && a', 'RUN b; ']],
    ['set -u, no variables', ['RUN set -u && a', 'RUN b']],
  ])('%s', (_, lines) => expect(merged(...lines)).not.toMatch(/^no:/))
})

describe('refused', () => {
  test.each([
    ['a folder', ['RUN cd /a && b', 'RUN chmod 755 c'], '"cd /a" would hold for the next one as well'],
    ['a folder in a branch', ['RUN if a; then cd /b; fi', 'RUN c'], '"cd /b" would hold for the next one as well'],
    ['the home', ['RUN cd && a', 'RUN ./b'], /cd/],
    ['a variable', ['RUN V=1 && a', 'RUN echo ${V}'], 'the variable V would be set for the next one as well'],
    ['a variable that is passed on', ['ENV V=0', 'RUN V=1 && a', 'RUN b'], /variable V/],
    ['an export', ['RUN export V=1 && a', 'RUN b'], /variable V/],
    ['PATH', ['RUN PATH=/a:$PATH && b', 'RUN chmod 755 /c'], /variable PATH/],
    ['umask', ['RUN umask 077 && a', 'RUN b'], '"umask 077" would hold for the next one as well'],
    ['exec', ['RUN exec a', 'RUN b'], /exec a/],
    ['exit', ['RUN a || exit 0', 'RUN b'], /exit 0/],
    ['a sourced file', ['RUN . /a && b', 'RUN c'], /\. \/a/],
    ['a function', ['RUN f() { a; } && f', 'RUN b'], /what "f" leaves/],
    ['set -e for a list', ['RUN set -e && a', 'RUN if b; then c; d; fi'], /set -e/],
    ['set -e for a loop', ['RUN set -e && a', 'RUN for x in 1 2; do b; done'], /set -e/],
    ['set -u', ['RUN set -u && a', 'RUN b $C'], /set -u/],
    ['pipefail', ['RUN set -o pipefail && a', 'RUN b | c'], /pipefail/],
    ['another option', ['RUN set -f && a', 'RUN b'], /set -f/],
    ['a leak past the next one', ['RUN V=1 && a', 'RUN b', 'RUN echo $V'], /variable V/],
    ['the status', ['RUN a', 'RUN echo $?'], /state of its shell/],
    ['a lower one that goes on', ['RUN a', 'RUN b; c'], '"b; c" goes on after a failure, so that "&&" cannot join it'],
    ['a lower one that goes on to a branch', ['RUN a', 'RUN b; if c; then d; fi'], /goes on/],
    ['set -e in the lower one only', ['RUN a', 'RUN set -e; b; c'], /goes on/],
    ['set -e with ; after a chain', ['RUN set -e; a && b', 'RUN set -e; c'], /goes on/],
    ['set -e with ; after a branch', ['RUN set -e; if a; then b && c; fi', 'RUN set -e; d'], /goes on/],
    ['set -e with ; after !', ['RUN set -e; ! a', 'RUN set -e; b'], /goes on/],
    ['background', ['RUN a & b', 'RUN c'], /background/],
    ['background in the lower one', ['RUN a', 'RUN b & c'], /goes on after a failure/],
    ['background at the end', ['RUN a &', 'RUN c'], /another command cannot follow/],
    ['a service', ['RUN service mysql start && a', 'RUN b'], /process running/],
    ['a file of each RUN', ['RUN echo 1 >> /etc/hosts', 'RUN b'], 'every RUN gets its own /etc/hosts'],
    ['a shell comment', ['RUN a # b', 'RUN c'], /another command cannot follow/],
    ['a here-document', ['RUN a', 'RUN <<EOF', 'b', 'EOF'], 'a here-document cannot be part of a chain'],
    ['exec form', ['RUN ["a"]', 'RUN b'], 'the exec form has no shell'],
    ['ENV in between', ['RUN a', 'ENV A=1', 'RUN b'], 'they do not stand right below one another'],
    ['other flags', ['RUN a', 'RUN --network=none b'], 'their flags differ'],
    ['a tmpfs', ['RUN --mount=type=tmpfs,target=/t a', 'RUN --mount=type=tmpfs,target=/t b'], /mount/],
    ['a login shell', ['SHELL ["/bin/bash", "-lc"]', 'RUN a', 'RUN b'], /start-up files/],
    ['BASH_ENV', ['ENV BASH_ENV=/etc/x', 'RUN a', 'RUN b'], /start-up files/],
    ['a comment for a tool', ['RUN a', '# hadolint ignore=DL3008', 'RUN b'], /speaks of the RUN below it/],
    ['a commented instruction', ['RUN a', '# RUN c', 'RUN b'], /stands between them/],
    ['the user changes', ['USER app', 'RUN sudo usermod -u 1 app', 'RUN b'], /user/],
    ['too many', Array.from({ length: 41 }, (_, at) => `RUN a${at}`), '41 RUN steps are too many for one'],
    ['too long', [`RUN echo ${'a'.repeat(60_000)}`, `RUN echo ${'b'.repeat(60_000)}`], /too long/],
  ])('%s', (_, lines, reason) => {
    const text = merged(...lines)
    expect(text).toMatch(/^no: /)
    if (typeof reason === 'string') expect(text).toBe(`no: ${reason}`)
    else expect(text).toMatch(reason)
  })
})
