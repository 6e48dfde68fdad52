import rule from '../../rules/no-op-run.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const fine = (name: string, ...lines: readonly string[]): { readonly name: string; readonly code: string } => ({ name, code: `FROM debian\nCOPY a /a\n${lines.join('\n')}\n` })

ruleTester(rule, {
  valid: [
    fine('a reason is given', '# Otherwise old Docker fails to find the layer.', 'RUN true', 'COPY b /b'),
    fine('and holds for the next one', '# A fix for moby#36573.', 'RUN true', 'COPY b /b', 'RUN true', 'COPY c /c'),
    fine('it waits for another stage', 'RUN --mount=from=busybox,target=/x true'),
    fine('it writes', 'RUN echo a > /etc/a'),
    fine('it is piped', 'RUN echo a | tee /etc/a'),
    fine('what it does hangs on an argument', 'ARG EXTRA=true', 'RUN $EXTRA'),
    fine('what it prints hangs on an argument', 'ARG V', 'RUN echo $V'),
    fine('what it prints is found out', 'RUN echo $(id)'),
    fine('it fails where something is missing', 'RUN test -f /a'),
    fine('something else beside it', 'RUN true && ls /a'),
    fine('it sets a variable', 'RUN A=1'),
    fine('a way to run the rest again', 'RUN echo "2024-05-01 refresh"'),
    fine('a script nobody can read', 'RUN true && if'),
    fine('ONBUILD', 'ONBUILD RUN true'),
    fine('a here-document', 'RUN <<EOF', 'true', 'EOF'),
    { name: 'a stage that is not built', code: 'FROM debian AS a\nCOPY a /a\nRUN true\nFROM debian\nCOPY a /a\n' },
    { name: 'the stage has nothing else', code: 'FROM debian\nRUN true\n' },
    { name: 'Windows', code: 'FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nCOPY a /a\nRUN echo x\n' },
    { name: 'made for a test', path: 'integration/testdata/Dockerfile', code: 'FROM debian\nCOPY a /a\nRUN true\n' },
  ],
  invalid: [
    {
      code: dockerfile`
        FROM debian
        COPY a /a
        RUN true
        COPY b /b`,
      findings: [{ at: 'RUN true', message: '"RUN true" does nothing and still makes a step with an empty layer, which re-runs whenever a step above it does; delete it.' }],
      fixed: dockerfile`
        FROM debian
        COPY a /a
        COPY b /b`,
    },
    { name: 'in a builder stage', code: 'FROM debian AS a\nCOPY a /a\nRUN :\nFROM debian\nCOPY --from=a /a /a\n', findings: [{ at: 'RUN :', message: /does nothing/ }], fixed: 'FROM debian AS a\nCOPY a /a\nFROM debian\nCOPY --from=a /a /a\n' },
    { name: 'an empty echo', code: 'FROM debian\nCOPY a /a\nRUN echo\n', findings: [{ at: 'RUN echo', message: /does nothing/ }], fixed: 'FROM debian\nCOPY a /a\n' },
    { name: 'exec form', code: 'FROM debian\nCOPY a /a\nRUN ["true"]\n', findings: [{ at: 'RUN ["true"]', message: /does nothing/ }], fixed: 'FROM debian\nCOPY a /a\n' },
    { name: 'talk', code: 'FROM debian\nCOPY a /a\nRUN echo "Install dependencies ..."\n', findings: [{ at: 'RUN echo "Install dependencies ..."', message: /only writes to the log/ }], fixed: 'FROM debian\nCOPY a /a\n' },
    { name: 'between blank lines, CRLF', code: 'FROM debian\r\nCOPY a /a\r\n\r\nrun true\r\n\r\nCOPY b /b\r\n', findings: [{ at: 'run true', message: /does nothing/ }], fixed: 'FROM debian\r\nCOPY a /a\r\n\r\nCOPY b /b\r\n' },
    { name: 'on two lines, without a last line end', code: 'FROM debian\nCOPY a /a\nRUN true && \\\n  :', findings: [{ at: /^RUN/, message: /does nothing/ }], fixed: 'FROM debian\nCOPY a /a' },
    { name: 'two of them', code: 'FROM debian\nCOPY a /a\nRUN true\nRUN :\nCOPY b /b\n', findings: [{ at: 'RUN true', message: /does nothing/ }, { at: 'RUN :', message: /does nothing/ }], fixed: 'FROM debian\nCOPY a /a\nCOPY b /b\n' },
  ],
})
