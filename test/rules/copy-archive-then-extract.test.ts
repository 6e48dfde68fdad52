import { expect, test } from 'vitest'
import archiveLeft from '../../rules/archive-left-in-layer.ts'
import lateCleanup from '../../rules/cleanup-in-later-layer.ts'
import aptLists from '../../rules/apt-lists-not-removed.ts'
import rule from '../../rules/copy-archive-then-extract.ts'
import { lint } from '../../src/lint.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { activeRule, inputOf } from '../support/input.ts'
import { ruleTester } from '../support/rule-tester.ts'

const fine = (name: string, ...lines: readonly string[]): { readonly name: string; readonly code: string } => ({ name, code: `FROM debian\n${lines.join('\n')}\nCMD ["/opt/a/run"]\n` })

ruleTester(rule, {
  valid: [
    fine('ADD unpacks', 'ADD a.tar.gz /opt/'),
    fine('ADD has unpacked it already', 'ADD a.tar.gz /tmp/', 'RUN tar -xf /tmp/a.tar.gz -C /opt'),
    fine('mounted', 'RUN --mount=type=bind,source=a.zip,target=/tmp/a.zip unzip /tmp/a.zip'),
    fine('not unpacked', 'COPY a.zip /srv/'),
    fine('used for something else', 'COPY a.zip /srv/', 'RUN unzip /srv/a.zip -d /opt', 'RUN tool load /srv/a.zip'),
    { name: 'the image starts it', code: 'FROM debian\nCOPY a.zip /srv/\nRUN unzip /srv/a.zip -d /opt\nCMD ["run", "/srv/a.zip"]\n' },
    fine('moved', 'COPY a.zip /tmp/', 'RUN unzip /tmp/a.zip && mv /tmp/a.zip /srv/'),
    fine('another file', 'COPY a.zip /tmp/', 'RUN unzip /tmp/b.zip'),
    fine('a package, not an archive', 'COPY a.deb /tmp/', 'RUN dpkg -i /tmp/a.deb'),
    fine('unpacked under a condition', 'COPY a.zip /tmp/', 'RUN if [ -n "$X" ]; then unzip /tmp/a.zip; fi'),
    fine('a source nobody knows', 'ARG F', 'COPY $F /tmp/', 'RUN unzip /tmp/$F'),
    fine('a download: that is what archive-left-in-layer says', 'RUN wget https://example.com/a.zip && unzip a.zip'),
    fine('so is ADD of an address', 'ADD https://example.com/a.zip /tmp/', 'RUN unzip /tmp/a.zip'),
    fine('squashed', '# docker build --squash', 'COPY a.zip /tmp/', 'RUN unzip /tmp/a.zip'),
    fine('ONBUILD', 'ONBUILD COPY a.zip /tmp/', 'RUN unzip /tmp/a.zip'),
    { name: 'a builder stage', code: 'FROM debian AS a\nCOPY a.zip /tmp/\nRUN unzip /tmp/a.zip -d /opt\nFROM debian\nCOPY --from=a /opt /opt\n' },
    { name: 'Windows', code: 'FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nCOPY a.zip /tmp/\nRUN tar -xf /tmp/a.zip\n' },
    { name: 'a small one', code: 'FROM debian\nCOPY a.zip /tmp/\nRUN unzip /tmp/a.zip\nCMD ["a"]\n', files: { 'a.zip': { size: 30_000 } } },
  ],
  invalid: [
    {
      code: 'FROM debian\nCOPY a.tar.gz /tmp/\nRUN tar -xzf /tmp/a.tar.gz -C /opt && rm /tmp/a.tar.gz\nCMD ["/opt/a/run"]\n',
      files: { 'a.tar.gz': { size: 20_000_000 } },
      findings: [{
        at: 'COPY a.tar.gz /tmp/',
        message: '"COPY a.tar.gz /tmp/" stores an archive (about 20 MB) in the image beside the content that "tar -xzf /tmp/a.tar.gz -C /opt" (line 3) takes out of it; "ADD a.tar.gz /opt" unpacks it without storing it.',
        related: [{ at: 'tar -xzf /tmp/a.tar.gz -C /opt', message: 'it is unpacked here' }, { at: 'rm /tmp/a.tar.gz', message: 'this frees no space' }],
      }],
      fixed: 'FROM debian\nADD a.tar.gz /opt\nCMD ["/opt/a/run"]\n',
    },
    { name: 'a zip is not unpacked by ADD', code: 'FROM debian\nADD a.zip /tmp/b.zip\nRUN unzip /tmp/b.zip && rm /tmp/b.zip\nCMD ["a"]\n', findings: [{ at: /^ADD/, message: /; mount it for that RUN instead with "--mount=type=bind,source=a\.zip,target=\/tmp\/b\.zip", and drop the removal\.$/ }], fixed: 'FROM debian\nRUN --mount=type=bind,source=a.zip,target=/tmp/b.zip unzip /tmp/b.zip\nCMD ["a"]\n' },
    { name: 'nor can it leave out folders', code: 'FROM debian\nCOPY a.tgz /tmp/\nRUN tar -xf /tmp/a.tgz --strip-components=1\nCMD ["a"]\n', findings: [{ at: /^COPY/, message: /--mount=type=bind,source=a\.tgz/ }], fixed: 'FROM debian\nRUN --mount=type=bind,source=a.tgz,target=/tmp/a.tgz tar -xf /tmp/a.tgz --strip-components=1\nCMD ["a"]\n' },
    { name: 'or take a part', code: 'FROM debian\nCOPY a.tgz /tmp/\nRUN tar -xf /tmp/a.tgz a/bin\nCMD ["a"]\n', findings: [{ at: /^COPY/, message: /--mount=type=bind/ }], fixed: 'FROM debian\nRUN --mount=type=bind,source=a.tgz,target=/tmp/a.tgz tar -xf /tmp/a.tgz a/bin\nCMD ["a"]\n' },
    { name: 'from a stage', code: 'FROM debian AS b\nFROM debian\nCOPY --from=b /out/a.tgz /tmp/a.tgz\nRUN cd /tmp && tar xf a.tgz\nCMD ["a"]\n', findings: [{ at: /^COPY/, message: /--mount=type=bind,from=b,source=\/out\/a\.tgz,target=\/tmp\/a\.tgz"\.$/ }], fixed: 'FROM debian AS b\nFROM debian\nRUN --mount=type=bind,from=b,source=/out/a.tgz,target=/tmp/a.tgz cd /tmp && tar xf a.tgz\nCMD ["a"]\n' },
    { name: 'into a folder that may be one', code: 'FROM debian\nCOPY a.tgz /tmp\nRUN tar -xf /tmp/a.tgz -C /opt\nCMD ["a"]\n', findings: [{ at: /^COPY/, message: /ADD a\.tgz \/opt/ }], fixed: 'FROM debian\nADD a.tgz /opt\nCMD ["a"]\n' },
    { name: 'one of several files', code: 'FROM debian\nCOPY a.tgz b.tgz /tmp/\nRUN tar -xf /tmp/b.tgz -C /opt\nCMD ["a"]\n', findings: [{ at: /^COPY/, message: /ADD unpacks it into "\/opt"/ }], fixed: null },
    { name: 'in a folder', code: 'FROM debian\nCOPY data /data\nRUN tar -xf /data/a.tgz -C /opt\nCMD ["a"]\n', files: { 'data/a.tgz': { size: 5_000_000 } }, findings: [{ at: /^COPY/, message: /about 5 MB/ }], fixed: null },
    { name: 'from the standard input', code: 'FROM debian\nCOPY a.tgz /tmp/\nRUN tar -xz -C /opt < /tmp/a.tgz\nCMD ["a"]\n', findings: [{ at: /^COPY/, message: /"ADD a\.tgz \/opt"/ }], fixed: 'FROM debian\nADD a.tgz /opt\nCMD ["a"]\n' },
    { name: 'a smaller one when asked for', code: 'FROM debian\nCOPY a.zip /tmp/\nRUN unzip /tmp/a.zip\nCMD ["a"]\n', files: { 'a.zip': { size: 30_000 } }, options: { minKilobytes: 10 }, findings: [{ at: /^COPY/, message: /about 30 kB/ }], fixed: 'FROM debian\nRUN --mount=type=bind,source=a.zip,target=/tmp/a.zip unzip /tmp/a.zip\nCMD ["a"]\n' },
    { name: 'removed in the same RUN, in lower case, CRLF', code: 'from debian\r\ncopy a.tar.gz /tmp/a.tar.gz\r\nrun set -ex && \\\r\n    tar -xzf /tmp/a.tar.gz -C /opt && \\\r\n    rm /tmp/a.tar.gz && \\\r\n    ln -s /opt/a /a\r\ncmd ["a"]\r\n', findings: [{ at: /^copy/, message: /./ }], fixed: 'from debian\r\nadd a.tar.gz /opt\r\nrun set -ex && \\\r\n    ln -s /opt/a /a\r\ncmd ["a"]\r\n' },
    { name: 'removed by another RUN', code: 'FROM debian\nCOPY a.zip /tmp/a.zip\nRUN unzip /tmp/a.zip\nRUN rm /tmp/*.zip\nCMD ["a"]\n', findings: [{ at: /^COPY/, message: /./ }], fixed: null },
    { name: 'a mount that is long gets a line of its own', code: 'FROM debian\nCOPY third-party/distributions/application-server-1.2.3.zip /opt/application-server/application-server.zip\nRUN unzip -q /opt/application-server/application-server.zip -d /opt/application-server && rm /opt/application-server/application-server.zip\nCMD ["a"]\n', findings: [{ at: /^COPY/, message: /./ }], fixed: 'FROM debian\nRUN --mount=type=bind,source=third-party/distributions/application-server-1.2.3.zip,target=/opt/application-server/application-server.zip \\\n    unzip -q /opt/application-server/application-server.zip -d /opt/application-server\nCMD ["a"]\n' },
    { name: 'an old frontend', code: '# syntax=docker/dockerfile:1.1\nFROM debian\nCOPY a.zip /tmp/a.zip\nRUN unzip /tmp/a.zip\nCMD ["a"]\n', findings: [{ at: /^COPY/, message: /./ }], fixed: null },
  ],
})

const rules = [rule, archiveLeft, lateCleanup, aptLists].map(one => activeRule(one))
test.each([
  ['copied, unpacked and left', 'COPY a.zip /tmp/\nRUN unzip /tmp/a.zip', ['copy-archive-then-extract']],
  ['copied, unpacked and removed', 'COPY a.zip /tmp/\nRUN unzip /tmp/a.zip && rm /tmp/a.zip', ['copy-archive-then-extract']],
  ['copied, unpacked and removed later', 'COPY a.zip /tmp/\nRUN unzip /tmp/a.zip\nRUN rm -rf /tmp/*', ['copy-archive-then-extract']],
  ['fetched by ADD and removed later', 'ADD https://example.com/a.zip /tmp/\nRUN unzip /tmp/a.zip && rm /tmp/a.zip', ['cleanup-in-later-layer']],
  ['fetched by ADD and left', 'ADD https://example.com/a.zip /tmp/\nRUN unzip /tmp/a.zip', ['archive-left-in-layer']],
  ['downloaded and removed later', 'RUN wget -P /tmp https://example.com/a.zip && unzip /tmp/a.zip\nRUN rm /tmp/a.zip', ['cleanup-in-later-layer']],
  ['downloaded and left', 'RUN wget -P /tmp https://example.com/a.zip && unzip /tmp/a.zip', ['archive-left-in-layer']],
  ['lists removed later', 'RUN apt-get update && apt-get install -y curl\nRUN rm -rf /var/lib/apt/lists/*', ['cleanup-in-later-layer']],
])('one rule alone speaks of what is %s', (_, lines, expected) => {
  const code = dockerfile`
    FROM debian
    ${lines.split('\n').join('\n    ')}
    CMD ["a"]`
  expect(lint(inputOf({ code }), rules).map(finding => finding.rule)).toEqual(expected)
})
