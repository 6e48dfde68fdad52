import { expect, test } from 'vitest'
import { lint } from '../../src/lint.ts'
import { activeRule, inputOf } from '../support/input.ts'
import rule from '../../rules/merge-consecutive-run.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const fine = (name: string, ...lines: readonly string[]): { readonly name: string; readonly code: string } => ({ name, code: `FROM debian\n${lines.join('\n')}\nCMD ["app"]\n` })
const A = 'RUN apt-get update && apt-get install -y a && rm -rf /var/lib/apt/lists/*'
const B = 'RUN apt-get update && apt-get install -y b && rm -rf /var/lib/apt/lists/*'
const QUICK = ['RUN mkdir /data', 'RUN chmod 700 /data', 'RUN useradd app']

ruleTester(rule, {
  valid: [
    fine('one step', A, 'CMD ["app"]'),
    fine('two quick ones', 'RUN mkdir /data', 'RUN chmod 700 /data'),
    fine('a costly and a cheap one', A, 'RUN mkdir /data'),
    fine('packages of the distribution, then of a language', A, 'RUN pip install flask', 'RUN npm install -g yarn'),
    fine('steps that do real work', 'RUN ./configure', 'RUN make', 'RUN make install'),
    fine('an unknown command among quick ones', 'RUN mkdir /data', 'RUN setup-data', 'RUN useradd app'),
    fine('different flags', ...QUICK.slice(0, 2), 'RUN --network=none useradd app'),
    fine('different mounts', 'RUN mkdir /a', 'RUN --mount=type=cache,target=/c touch /c/a', 'RUN chmod 700 /a'),
    fine('the lists in a cache mount', 'RUN --mount=type=cache,target=/var/lib/apt apt-get update && apt-get install -y a', 'RUN --mount=type=cache,target=/var/lib/apt apt-get update && apt-get install -y b'),
    fine('USER in between', 'RUN mkdir /data', 'RUN chmod 700 /data', 'USER app', 'RUN touch /data/a'),
    fine('SHELL in between', 'RUN mkdir /data', 'SHELL ["/bin/bash", "-c"]', 'RUN chmod 700 /data', 'RUN useradd app'),
    fine('ENV in between', A, 'ENV X=1', B),
    fine('ARG in between', A, 'ARG X', B),
    fine('WORKDIR in between', 'RUN mkdir /data', 'RUN chmod 700 /data', 'WORKDIR /data', 'RUN touch a'),
    fine('COPY in between', A, 'COPY b.list /etc/apt/sources.list.d/', B),
    fine('the exec form', 'RUN ["mkdir", "/data"]', 'RUN ["chmod", "700", "/data"]', 'RUN ["useradd", "app"]'),
    { name: 'here-documents', code: dockerfile`
      FROM debian
      RUN <<EOF
      mkdir /a
      EOF
      RUN <<EOF
      mkdir /b
      EOF
      RUN <<EOF
      mkdir /c
      EOF` },
    fine('a script nobody can read', 'RUN mkdir /data', 'RUN chmod 700 /data && if', 'RUN useradd app'),
    fine('a comment gives a reason', A, '# A layer of its own: it changes more often.', B),
    fine('a comment above gives a reason', '# Separate steps, so that they stay in the cache.', ...QUICK),
    fine('a comment tells the two apart', A, '# For the tests of the module.', B),
    fine('comments between quick steps', 'RUN mkdir /data', '# Only the owner.', 'RUN chmod 700 /data', '# Accounts.', 'RUN useradd app'),
    fine('a hadolint comment', ...QUICK.slice(0, 2), '# hadolint ignore=DL3059', 'RUN useradd app'),
    fine('a repository is added in between', 'RUN apt-get update && apt-get install -y curl', 'RUN curl -fsSL https://example.com/key -o /etc/apt/keyrings/a.asc && echo "deb https://example.com a main" > /etc/apt/sources.list.d/a.list && apt-get update && apt-get install -y a'),
    fine('a package that adds a repository', 'RUN yum install -y epel-release && yum clean all', 'RUN yum install -y nginx && yum clean all'),
    fine('another repository', 'RUN apk add --no-cache a', 'RUN apk add --no-cache --repository https://example.com/edge b'),
    fine('packages that go again', 'RUN apk add --no-cache --virtual .deps gcc', 'RUN apk add --no-cache curl'),
    fine('the index is still there', 'RUN yum install -y a', 'RUN yum install -y b'),
    fine('an install without a refresh is a matter of its own', 'RUN apt-get update && apt-get install -y a', 'RUN apt-get install -y b'),
    fine('two managers', 'RUN apt-get update && apt-get install -y a', 'RUN pacman -Sy b'),
    fine('a refresh on its own', 'RUN apt-get update', 'RUN apt-get install -y a'),
    fine('steps that do nothing', 'RUN echo a', 'RUN echo b', 'RUN true'),
    fine('a mode that files have anyway', 'RUN curl -o /opt/a.war https://example.com/a.war', 'RUN chmod 644 /opt/a.war'),
    fine('a small file', 'RUN curl -o /opt/a.sh https://example.com/a.sh', 'RUN chmod +x /opt/a.sh'),
    fine('a file that is gone by then', 'RUN curl -o /opt/a.zip https://example.com/a.zip && rm /opt/a.zip', 'RUN chmod -R 700 /opt'),
    fine('only its folder', 'RUN curl -o /opt/a.war https://example.com/a.war', 'RUN chmod 700 /opt'),
    fine('not right below', 'RUN curl -o /opt/a.war https://example.com/a.war', 'COPY x /x', 'RUN chmod 700 /opt/a.war'),
    fine('a few files out of an archive', 'WORKDIR /opt/nifi/scripts', 'RUN curl -fSL https://example.com/nifi.tar.gz | tar xz --strip 4 nifi/nifi-docker/sh/', 'RUN chown -R nifi:nifi /opt/nifi && apt-get update && apt-get install -y jq'),
    { name: 'a builder stage', code: dockerfile`
      FROM debian AS build
      ${A}
      ${B}
      ${QUICK.join('\n      ')}
      FROM scratch
      COPY --from=build /data /data` },
    { name: 'an image for developers', path: 'Dockerfile.dev', code: `FROM debian\n${A}\n${B}\n` },
    { name: 'a test image', path: 'tests/Dockerfile', code: `FROM debian\n${A}\n${B}\n` },
    { name: 'Windows', code: 'FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nRUN mkdir a\nRUN mkdir b\nRUN mkdir c\n' },
    { name: 'ONBUILD', code: 'FROM debian AS a\nONBUILD RUN mkdir /a\nONBUILD RUN mkdir /b\nONBUILD RUN mkdir /c\nFROM a\nCMD ["a"]\n' },
    { name: 'options', code: `FROM debian\n${A}\n${B}\n${QUICK.join('\n')}\n`, options: { minInstalls: 3, minQuickSteps: 4 } },
  ],
  invalid: [
    {
      name: 'no fix: COPY could set the mode',
      code: 'FROM alpine:3.22\nCOPY a.sh /opt/a.sh\nRUN chmod +x /opt/a.sh\nRUN mkdir /data\nRUN ln -s /data /d\nCMD ["/opt/a.sh"]\n',
      findings: [{ at: 'RUN chmod +x /opt/a.sh', message: /3 RUN steps/ }],
      fixed: null,
    },
    {
      code: `FROM debian\n${A}\n${B}\nCMD ["a"]\n`,
      findings: [{
        at: A, message: '"apt-get install -y b" (line 3) refreshes the package index again after "apt-get install -y a"; one RUN would do so once and make one layer.',
        related: [{ at: 'apt-get install -y b' }],
      }],
      fixed: 'FROM debian\nRUN apt-get update && apt-get install -y a b && rm -rf /var/lib/apt/lists/*\nCMD ["a"]\n',
    },
    {
      name: 'three of apk',
      code: 'FROM alpine\nRUN apk add --no-cache a\n\nRUN apk add --no-cache b\nRUN apk add --no-cache c\nCMD ["a"]\n',
      findings: [{ at: 'RUN apk add --no-cache a', message: /^"apk add --no-cache b" and 1 more \(lines 4 and 5\) refresh the package index again/, related: [{ at: /b$/ }, { at: /c$/ }] }],
      fixed: 'FROM alpine\nRUN apk add --no-cache a b c\nCMD ["a"]\n',
    },
    { name: 'yum, cleaned in between', code: 'FROM centos:7\nRUN yum install -y a && yum clean all\nRUN yum install -y b && yum clean all\nCMD ["a"]\n', findings: [{ at: 'RUN yum install -y a && yum clean all', message: /refreshes the package index again/ }], fixed: 'FROM centos:7\nRUN yum install -y a b && yum clean all\nCMD ["a"]\n' },
    {
      name: 'quick steps',
      code: `FROM debian\n${QUICK.join('\n')}\nCMD ["a"]\n`,
      findings: [{ at: 'RUN mkdir /data', message: '3 RUN steps in a row (lines 2 to 4) only run quick commands such as "RUN mkdir /data"; one RUN would make one layer of them.', related: [{ at: 'RUN chmod 700 /data' }, { at: 'RUN useradd app' }] }],
      fixed: 'FROM debian\nRUN mkdir /data \\\n    && chmod 700 /data \\\n    && useradd app\nCMD ["a"]\n',
    },
    { name: 'settings of tools, lines into files', code: 'FROM node:22\nRUN npm config set fund false\nRUN echo "a=b" >> /etc/environment\nRUN sed -i s/a/b/ /etc/environment\nCMD ["node"]\n', findings: [{ at: 'RUN npm config set fund false', message: /3 RUN steps in a row/ }], fixed: 'FROM node:22\nRUN npm config set fund false \\\n    && echo "a=b" >> /etc/environment \\\n    && sed -i s/a/b/ /etc/environment\nCMD ["node"]\n' },
    { name: 'the same mounts', code: 'FROM debian\nRUN --mount=type=cache,target=/c mkdir /a\nRUN --mount=type=cache,target=/c mkdir /b\nRUN --mount=type=cache,target=/c mkdir /d\n', findings: [{ at: 'RUN --mount=type=cache,target=/c mkdir /a', message: /3 RUN steps/ }], fixed: 'FROM debian\nRUN --mount=type=cache,target=/c mkdir /a \\\n    && mkdir /b \\\n    && mkdir /d\n' },
    {
      name: 'a download stored again',
      code: 'FROM debian\n# Compose.\nRUN curl -fsSL https://example.com/compose -o /usr/local/bin/compose\n# Make it run.\nRUN chmod +x /usr/local/bin/compose\nCMD ["compose"]\n',
      findings: [{ at: 'chmod +x /usr/local/bin/compose', message: /^"chmod \+x \/usr\/local\/bin\/compose" stores again what "curl -fsSL .+" \(line 3\) has just stored; do both in one RUN to store it once\.$/, related: [{ at: /^curl/ }] }],
      fixed: 'FROM debian\n# Compose.\nRUN curl -fsSL https://example.com/compose -o /usr/local/bin/compose \\\n    # Make it run.\n    && chmod +x /usr/local/bin/compose\nCMD ["compose"]\n',
    },
    { name: 'an unpacked archive with another owner', code: 'FROM php:8-apache\nWORKDIR /var/www/html\nRUN curl -fsSL https://example.com/a.tgz | tar -xz --strip 1\nRUN chown -R www-data:www-data .\nCMD ["a"]\n', findings: [{ at: 'chown -R www-data:www-data .', message: /stores again what "tar -xz --strip 1" \(line 3\)/ }], fixed: 'FROM php:8-apache\nWORKDIR /var/www/html\nRUN curl -fsSL https://example.com/a.tgz | tar -xz --strip 1 \\\n    && chown -R www-data:www-data .\nCMD ["a"]\n' },
    { name: 'a clone', code: 'FROM debian\nRUN git clone https://example.com/a.git /opt/a\nRUN chmod -R o-rwx /opt/a\nCMD ["a"]\n', findings: [{ at: 'chmod -R o-rwx /opt/a', message: /git clone/ }], fixed: 'FROM debian\nRUN git clone https://example.com/a.git /opt/a \\\n    && chmod -R o-rwx /opt/a\nCMD ["a"]\n' },
    {
      name: 'a stage the shipped one is built FROM',
      code: `FROM debian AS base\n${A}\n${B}\nFROM base\nCMD ["a"]\n`,
      findings: [{ at: A, message: /refreshes/ }],
      fixed: 'FROM debian AS base\nRUN apt-get update && apt-get install -y a b && rm -rf /var/lib/apt/lists/*\nFROM base\nCMD ["a"]\n',
    },
    {
      name: 'packages on lines of their own, clean-up in the last one only',
      code: 'FROM debian\r\nRUN apt-get update \\\r\n    && apt-get install -y \\\r\n        a \\\r\n        b\r\nRUN apt-get update && apt-get install -y c b && rm -rf /var/lib/apt/lists/*\r\nCMD ["a"]\r\n',
      findings: [{ at: /./s, message: /refreshes/ }],
      fixed: 'FROM debian\r\nRUN apt-get update \\\r\n    && apt-get install -y \\\r\n        a \\\r\n        b \\\r\n        c \\\r\n    && rm -rf /var/lib/apt/lists/*\r\nCMD ["a"]\r\n',
    },
    { name: 'other options', code: `FROM debian\n${A}\nRUN apt-get update && apt-get install -y --no-install-recommends b && rm -rf /var/lib/apt/lists/*\nCMD ["a"]\n`, findings: [{ at: A, message: /refreshes/ }], fixed: null },
    { name: 'comments among the packages', code: 'FROM debian\nRUN apt-get update && apt-get install -y a\nRUN apt-get update && apt-get install -y \\\n  # why\n  b\nCMD ["a"]\n', findings: [{ at: /a$/, message: /refreshes/ }], fixed: null },
    { name: 'one of them sets something up', code: 'FROM debian\nRUN apt-get update && apt-get install -y a\nRUN echo x > /etc/b && apt-get update && apt-get install -y b\nCMD ["a"]\n', findings: [{ at: /a$/, message: /refreshes/ }], fixed: null },
    {
      name: 'in lower case, without a line end, in the style of the file',
      code: 'from debian\nrun mkdir /a && \\\n  mkdir /b\n\nrun mkdir /c\nrun mkdir /d && \\\n      mkdir /e',
      findings: [{ at: /^run/, message: /3 RUN steps/ }],
      fixed: 'from debian\nrun mkdir /a && \\\n  mkdir /b && \\\n  mkdir /c && \\\n  mkdir /d && \\\n  mkdir /e',
    },
    { name: 'a folder that would hold for the next', code: 'FROM debian\nRUN mkdir /a && cd /a && touch b\nRUN mkdir c\nRUN useradd app\nCMD ["a"]\n', findings: [{ at: /^RUN/, message: /3 RUN steps/ }], fixed: null },
    { name: 'a repeated write in a step that does more', code: 'FROM debian\nRUN git clone https://example.com/a.git /opt/a\nRUN make -C /opt/a && chmod -R o-rwx /opt/a\nCMD ["a"]\n', findings: [{ at: /^chmod/, message: /git clone/ }], fixed: null },
  ],
})

test.each([['quick steps', QUICK.join('\n'), 'info'], ['installs', `${A}\n${B}`, 'warning']])('says of %s', (_, lines, severity) => {
  expect(lint(inputOf({ code: `FROM debian\n${lines}\nCMD ["a"]\n` }), [activeRule(rule)]).map(finding => finding.severity)).toEqual([severity])
})
