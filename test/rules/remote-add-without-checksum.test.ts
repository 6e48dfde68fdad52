import { expect, test } from 'vitest'
import rule from '../../rules/remote-add-without-checksum.ts'
import { lint } from '../../src/lint.ts'
import { activeRule } from '../support/input.ts'
import { ruleTester } from '../support/rule-tester.ts'

const add = (rest: string, name = rest): { readonly name: string; readonly code: string } => ({ name, code: `FROM debian\nADD ${rest}\n` })
const tini = 'https://github.com/krallin/tini/releases/download/v0.19.0/tini'

ruleTester(rule, {
  valid: [
    add(`--checksum=sha256:${'0'.repeat(64)} ${tini} /tini`, 'a checksum'),
    { name: 'a checksum from an argument', code: `FROM debian\nARG SUM\nADD --checksum=$SUM ${tini} /tini\n` },
    add('https://github.com/moby/buildkit.git#v0.20.1 /src', 'a repository'),
    add('https://github.com/moby/buildkit.git#3b8eaa1a2b1d5ea4b7a4f1b0a8d1c2e3f4a5b6c7 /src', 'a commit of a repository'),
    add('git@github.com:moby/buildkit.git /src'),
    add('tool.tar.gz /opt/', 'a file of the context'),
    add('http://localhost:8000/tool.tar.gz /opt/', 'a local server'),
    add('http://127.0.0.1/tool.tar.gz /opt/'),
    add('http://192.168.1.5/tool.tar.gz /opt/'),
    add('http://fileserver/tool.tar.gz /opt/'),
    add('https://artifacts.corp/tool-1.2.3.tar.gz /opt/'),
    add('https://api.github.com/repos/moby/buildkit/git/refs/heads/master /version.json', 'a way to run what follows'),
    { name: 'a file that follows a branch on purpose', code: 'FROM debian\nADD https://raw.githubusercontent.com/a/b/master/setup.sh /setup.sh\nADD https://api.github.com/repos/a/b/git/refs/heads/master /.hash\n' },
    add('https://www.random.org/strings/?num=1 /uuid', 'a way to defeat the cache'),
    { name: 'a file for each platform', code: 'FROM debian\nARG TARGETARCH\nADD https://example.com/tool-1.2.3-${TARGETARCH} /tool\n' },
    { name: 'an address nobody knows', code: 'FROM debian\nARG URL\nADD $URL /opt/\n' },
    { name: 'verified by a checksum', code: `FROM debian\nADD ${tini} /tini\nRUN echo "93dcc18a  /tini" | sha256sum -c -\n` },
    { name: 'verified by its signature', code: `FROM debian\nADD ${tini} /tini\nRUN gpg --batch --verify /tini.asc /tini\n` },
    { name: 'a stage that is not built', code: `FROM debian AS a\nADD ${tini} /tini\nFROM scratch\nCOPY a /\n` },
    { name: 'ONBUILD', code: `FROM debian AS a\nONBUILD ADD ${tini} /tini\nFROM a\n` },
    { name: 'Windows, where the classic builder knows no checksum', code: `FROM mcr.microsoft.com/windows/servercore:ltsc2022\nADD ${tini} C:/tini\n` },
    ...['integration/dockerfiles/Dockerfile_add', 'parser/testfiles/nagios/Dockerfile'].map(path => ({ name: `what a test of a builder reads: ${path}`, code: `FROM debian\nADD ${tini} /tini\n`, path })),
    { name: 'COPY', code: 'FROM debian\nCOPY a /b\n' },
  ],
  invalid: [
    {
      ...add(`${tini} /tini`),
      findings: [{ at: tini, message: `"${tini}" is requested on every build, and if the server sends something else, the image changes and what follows re-runs: add "--checksum=sha256:…".` }],
    },
    { name: 'a version from an argument', code: 'FROM debian\nARG TINI_VERSION=v0.19.0\nADD https://github.com/krallin/tini/releases/download/${TINI_VERSION}/tini /tini\n', findings: [{ at: /TINI_VERSION/, message: /: add "--checksum/ }] },
    { ...add('https://example.com/latest/tool.tar.gz /opt/'), findings: [{ at: 'https://example.com/latest/tool.tar.gz', message: /name a version and add/ }] },
    { ...add('https://raw.githubusercontent.com/moby/buildkit/master/README.md /'), findings: [{ at: /README/, message: /name a version/ }] },
    { ...add('https://download.example.com/Setup.exe /'), findings: [{ at: /Setup/, message: /: take it from an address that names a version, if there is one, and add "--checksum/ }] },
    { ...add('https://github.com/openssl/openssl/archive/OpenSSL_1_1_1m.tar.gz /'), findings: [{ at: /OpenSSL/, message: /: add/ }] },
    { ...add('https://a.example/x-1.0.tgz https://b.example/y-2.0.tgz /opt/', 'two addresses: a checksum needs an ADD with one source'), findings: [{ at: 'https://a.example/x-1.0.tgz', message: /: give it an ADD of its own with/ }, { at: 'https://b.example/y-2.0.tgz', message: /give it an ADD/ }] },
    { ...add('https://a.example/x-1.0.tgz y.tgz /opt/', 'an address and a file'), findings: [{ at: 'https://a.example/x-1.0.tgz', message: /give it an ADD of its own/ }] },
    { name: 'another file is verified', code: `FROM debian\nADD ${tini} /tini\nRUN sha256sum -c /other.sum\n`, findings: [{ at: tini, message: /is requested/ }] },
  ],
})

test('an address without a version, one that a bot raises, and a helper are an information', () => {
  const severityOf = (url: string, path = 'Dockerfile', comment = ''): string | undefined => lint({ path, text: `FROM debian\n${comment}ADD ${url} /x\nCMD ["/x"]\n` }, [activeRule(rule)])[0]?.severity
  expect(severityOf('https://example.com/tool-1.2.3.tar.gz')).toBe('warning')
  expect(severityOf('https://example.com/latest/tool-1.2.3.tar.gz')).toBe('info')
  expect(severityOf('https://example.com/tool-1.2.3.tar.gz', 'Dockerfile', '# renovate: datasource=github-releases depName=a/tool\n')).toBe('info')
  expect(severityOf('https://example.com/tool-1.2.3.tar.gz', 'Dockerfile.test')).toBe('info')
})
