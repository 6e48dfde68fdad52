import { expect, test } from 'vitest'
import { lint } from '../../src/lint.ts'
import { activeRule, inputOf } from '../support/input.ts'
import rule from '../../rules/cleanup-in-later-layer.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const late = (name: string, first: string, removal: string, at: string | RegExp = removal): { readonly name: string; readonly code: string; readonly findings: readonly { readonly at: string | RegExp; readonly message: RegExp }[] } =>
  ({ name, code: `FROM example\nRUN ${first}\nRUN ${removal}\n`, findings: [{ at, message: /frees no space, because the layer of ".+" \(line 2\) keeps the files; (?:store|remove)/ }] })
const fine = (name: string, ...lines: readonly string[]): { readonly name: string; readonly code: string } => ({ name, code: `FROM example\n${lines.join('\n')}\n` })

ruleTester(rule, {
  valid: [
    fine('the same RUN', 'RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*'),
    fine('the same RUN, a download', 'RUN curl -o /tmp/a.tgz https://example.com/a.tgz && tar -xf /tmp/a.tgz -C /opt && rm /tmp/a.tgz', 'RUN rm -rf /tmp/*'),
    fine('moved away in the same RUN', 'RUN curl -o /tmp/tool https://example.com/tool && mv /tmp/tool /usr/bin/tool', 'RUN rm -rf /tmp/*'),
    fine('files of the base image', 'RUN rm -rf /usr/share/doc /var/lib/apt/lists/*'),
    fine('packages of the base image', 'RUN apt-get purge -y python3'),
    fine('Docker keeps no package files', 'RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*', 'RUN apt-get clean && apt-get autoremove -y'),
    fine('nothing is kept', 'RUN apk add --no-cache curl', 'RUN rm -rf /var/cache/apk/*'),
    fine('the later step cleans up after itself', 'RUN apt-get update && apt-get install -y curl', 'RUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*'),
    fine('the later step may have filled it: a script', 'RUN apt-get update && apt-get install -y curl', 'RUN ./install.sh && rm -rf /var/lib/apt/lists/*'),
    fine('a refresh on its own is what package-index-update-alone says', 'RUN apt-get update', 'RUN apt-get install -y curl && rm -rf /var/lib/apt/lists/*'),
    fine('a cache mount', 'RUN --mount=type=cache,target=/var/lib/apt apt-get update && apt-get install -y curl', 'RUN rm -rf /var/lib/apt/lists/*'),
    fine('a cache mount of yum', 'RUN --mount=type=cache,target=/var/cache/yum yum install -y git', 'RUN yum clean all'),
    fine('a tmpfs', 'RUN --mount=type=tmpfs,target=/tmp curl -o /tmp/a.tgz https://example.com/a.tgz', 'RUN rm -rf /tmp/*'),
    fine('the removal hits a mount', 'RUN curl -o /tmp/a.tgz https://example.com/a.tgz', 'RUN --mount=type=cache,target=/tmp rm -rf /tmp/*'),
    fine('a download that may not happen', 'RUN if true; then curl -o /tmp/a.tgz https://example.com/a.tgz; fi', 'RUN rm -f /tmp/a.tgz'),
    fine('a removal that may not happen', 'RUN curl -o /tmp/a.tgz https://example.com/a.tgz', 'RUN test -d /x && rm /tmp/a.tgz'),
    fine('to the standard output', 'RUN curl -fsSL https://example.com/a.tgz | tar -xz -C /opt', 'RUN wget -qO- https://example.com/b | sh', 'RUN rm -rf /tmp/*'),
    fine('something else', 'RUN curl -o /tmp/a.tgz https://example.com/a.tgz', 'RUN rm -rf /tmp/b.tgz /tmp/b*'),
    fine('a name nobody knows', 'ARG V', 'RUN curl -o /tmp/$V https://example.com/a.tgz', 'RUN rm -rf /tmp/$V'),
    fine('a part of what a copy brought', 'COPY . /app', 'RUN rm -rf /app/node_modules'),
    fine('a small file', 'COPY requirements.txt /tmp/', 'RUN pip install -r /tmp/requirements.txt && rm /tmp/requirements.txt'),
    fine('small files', 'COPY scripts/*.sh /tmp/scripts/', 'RUN bash /tmp/scripts/install.sh && rm -rf /tmp/scripts'),
    fine('a small download', 'RUN curl -o /tmp/setup.sh https://example.com/setup.sh', 'RUN rm /tmp/setup.sh'),
    fine('a script nobody can read', 'RUN curl -o /tmp/a.tgz https://example.com/a.tgz', 'RUN rm -rf /tmp/* && if'),
    fine('production dependencies only', 'RUN npm ci --omit=dev', 'RUN npm prune --omit=dev'),
    fine('another reason than space, as a comment says', 'COPY . /go/src/app', '# No sources for testing.', 'RUN rm -rf /go'),
    { name: 'copied, then removed, in a stage that is copied from', code: dockerfile`
      FROM node:22 AS build
      COPY . /src
      RUN apt-get update && apt-get install -y gcc
      RUN cp -r /src/dist /app && rm -rf /src /var/lib/apt/lists/* && apt-get purge -y gcc
      FROM node:22-slim
      COPY --from=build /app /app` },
    { name: 'between stages', code: dockerfile`
      FROM debian AS build
      RUN curl -o /tmp/a.tgz https://example.com/a.tgz
      FROM debian
      RUN rm -rf /tmp/*` },
    fine('squashed', '# docker build --squash', 'RUN curl -o /tmp/a.tgz https://example.com/a.tgz', 'RUN rm /tmp/a.tgz'),
    fine('ONBUILD', 'ONBUILD RUN curl -o /tmp/a.tgz https://example.com/a.tgz', 'RUN rm /tmp/a.tgz'),
    { name: 'Windows', code: 'FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN curl -o /tmp/a.zip https://example.com/a.zip\nRUN rm /tmp/a.zip\n' },
    { name: 'the context says that it is small', code: 'FROM debian\nCOPY data /tmp/data\nRUN rm -rf /tmp/data\n', files: { 'data/a.bin': { size: 20_000 } } },
    { name: 'the context says that it is not there', code: 'FROM debian\nCOPY . /app\nRUN rm -rf /app/vendor\n', files: { 'src/a.bin': { size: 20_000_000 } } },
  ],
  invalid: [
    {
      name: 'lists of apt',
      code: 'FROM debian\nRUN apt-get update && apt-get install -y curl\nRUN apt-get clean && rm -rf /var/lib/apt/lists/*\n',
      findings: [{
        at: 'rm -rf /var/lib/apt/lists/*',
        message: '"rm -rf /var/lib/apt/lists/*" frees no space, because the layer of "apt-get update" (line 2) keeps the files; remove them in the RUN that stores them.',
        related: [{ at: 'apt-get update', message: 'this layer keeps the files' }],
      }],
      fixed: 'FROM debian\nRUN apt-get update && apt-get install -y curl \\\n    && apt-get clean && rm -rf /var/lib/apt/lists/*\n',
    },
    { ...late('dist-clean', 'apt-get update && apt-get install -y curl', 'apt-get dist-clean'), fixed: 'FROM example\nRUN apt-get update && apt-get install -y curl \\\n    && apt-get dist-clean\n' },
    { ...late('yum', 'yum install -y git', 'yum clean all'), fixed: 'FROM example\nRUN yum install -y git \\\n    && yum clean all\n' },
    { ...late('dnf, by hand', 'dnf install -y git', 'rm -rf /var/cache/dnf'), fixed: 'FROM example\nRUN dnf install -y git \\\n    && rm -rf /var/cache/dnf\n' },
    { ...late('apk', 'apk update && apk add curl', 'rm -rf /var/cache/apk/*'), fixed: 'FROM example\nRUN apk update && apk add curl \\\n    && rm -rf /var/cache/apk/*\n' },
    { ...late('packages', 'apt-get update && apt-get install -y gcc make && rm -rf /var/lib/apt/lists/*', 'apt-get purge -y --auto-remove gcc'), fixed: 'FROM example\nRUN apt-get update && apt-get install -y gcc make && rm -rf /var/lib/apt/lists/* \\\n    && apt-get purge -y --auto-remove gcc\n' },
    { ...late('packages of yum', 'yum install -y gcc && yum clean all', 'yum remove -y gcc'), fixed: 'FROM example\nRUN yum install -y gcc && yum clean all \\\n    && yum remove -y gcc\n' },
    { ...late('a virtual package', 'apk add --no-cache --virtual .build-deps gcc musl-dev', 'apk del .build-deps'), fixed: 'FROM example\nRUN apk add --no-cache --virtual .build-deps gcc musl-dev \\\n    && apk del .build-deps\n' },
    { ...late('curl -o', 'curl -fsSL -o /tmp/a.tgz https://example.com/a.tgz', 'tar -xf /tmp/a.tgz -C /opt && rm /tmp/a.tgz', 'rm /tmp/a.tgz'), fixed: 'FROM example\nRUN curl -fsSL -o /tmp/a.tgz https://example.com/a.tgz \\\n    && tar -xf /tmp/a.tgz -C /opt && rm /tmp/a.tgz\n' },
    { ...late('curl -O', 'cd /tmp && curl -LO https://example.com/a.tgz', 'rm -f /tmp/a.tgz'), fixed: 'FROM example\nRUN cd /tmp && curl -LO https://example.com/a.tgz \\\n    && rm -f /tmp/a.tgz\n' },
    { ...late('curl with a redirection', 'curl https://example.com/a.tgz > /tmp/a.tgz', 'rm -f /tmp/a.tgz'), fixed: 'FROM example\nRUN curl https://example.com/a.tgz > /tmp/a.tgz \\\n    && rm -f /tmp/a.tgz\n' },
    { ...late('wget', 'wget -P /tmp https://example.com/a.tgz?raw=1', 'rm -rf /tmp/*'), fixed: 'FROM example\nRUN wget -P /tmp https://example.com/a.tgz?raw=1 \\\n    && rm -rf /tmp/*\n' },
    { ...late('wget -O', 'wget -q https://example.com/a -O /tmp/a.tgz', 'rm /tmp/*.tgz'), fixed: 'FROM example\nRUN wget -q https://example.com/a -O /tmp/a.tgz \\\n    && rm /tmp/*.tgz\n' },
    { ...late('git clone', 'git clone --depth 1 https://example.com/tool.git /src', 'make -C /src install && rm -rf /src', 'rm -rf /src'), fixed: 'FROM example\nRUN git clone --depth 1 https://example.com/tool.git /src \\\n    && make -C /src install && rm -rf /src\n' },
    { ...late('git clone into a folder named after it', 'cd /opt && git clone https://example.com/tool.git', 'rm -rf /opt/tool/.git'), fixed: 'FROM example\nRUN cd /opt && git clone https://example.com/tool.git \\\n    && rm -rf /opt/tool/.git\n' },
    { ...late('tar -C', 'mkdir /tmp/x && curl https://example.com/a.tgz | tar -xz -C /tmp/x', 'rm -rf /tmp/x'), fixed: 'FROM example\nRUN mkdir /tmp/x && curl https://example.com/a.tgz | tar -xz -C /tmp/x \\\n    && rm -rf /tmp/x\n' },
    { ...late('unzip', 'unzip -q a.zip -d /tmp/x', 'rm -rf /tmp/x'), fixed: 'FROM example\nRUN unzip -q a.zip -d /tmp/x \\\n    && rm -rf /tmp/x\n' },
    { ...late('make in a folder', 'cd /usr/src/tool && make && make install', 'rm -rf /usr/src/tool'), fixed: 'FROM example\nRUN cd /usr/src/tool && make && make install \\\n    && rm -rf /usr/src/tool\n' },
    { ...late('find -delete', 'wget -P /tmp https://example.com/a.tgz', 'find /tmp -type f -delete'), fixed: 'FROM example\nRUN wget -P /tmp https://example.com/a.tgz \\\n    && find /tmp -type f -delete\n' },
    { ...late('npm prune', 'npm ci && npm run build', 'npm prune --omit=dev'), fixed: 'FROM example\nRUN npm ci && npm run build \\\n    && npm prune --omit=dev\n' },
    {
      name: 'a copy',
      code: 'FROM debian\nCOPY tool.deb /tmp/tool.deb\nRUN dpkg -i /tmp/tool.deb && rm /tmp/tool.deb\n',
      findings: [{ at: 'rm /tmp/tool.deb', message: /layer of "COPY tool.deb \/tmp\/tool.deb" \(line 2\) keeps/, related: [{ at: 'COPY tool.deb /tmp/tool.deb' }] }],
      fixed: 'FROM debian\nRUN --mount=type=bind,source=tool.deb,target=/tmp/tool.deb dpkg -i /tmp/tool.deb\n',
    },
    { name: 'ADD from an address', code: 'FROM debian\nADD https://example.com/a.tgz /tmp/\nRUN tar -xf /tmp/a.tgz -C /opt && rm /tmp/a.tgz\n', findings: [{ at: 'rm /tmp/a.tgz', message: /ADD https/ }], fixed: null },
    { name: 'a folder copied from a stage', code: 'FROM a AS a\nFROM debian\nCOPY --from=a /wheels /wheels\nRUN pip install /wheels/app.whl && rm -rf /wheels\n', findings: [{ at: 'rm -rf /wheels', message: /COPY --from=a/ }], fixed: 'FROM a AS a\nFROM debian\nRUN --mount=type=bind,from=a,source=/wheels,target=/wheels pip install /wheels/app.whl\n' },
    {
      name: 'the context says how much',
      code: 'FROM debian\nCOPY . /app\nRUN rm -rf /app/vendor\n',
      files: { 'vendor/a.bin': { size: 20_000_000 }, 'src/a': { size: 5 } },
      findings: [{ at: 'rm -rf /app/vendor', message: /keeps the files of about 20 MB; bind-mount them in the RUN that uses them \("--mount=type=bind"\)\.$/ }],
      fixed: null,
    },
    { name: 'an option for smaller files', code: 'FROM debian\nCOPY a.bin /tmp/\nRUN rm /tmp/a.bin\n', files: { 'a.bin': { size: 20_000 } }, options: { minKilobytes: 10 }, findings: [{ at: 'rm /tmp/a.bin', message: /about 20 kB/ }], fixed: null },
    {
      name: 'several removals, several steps, a stage below',
      code: dockerfile`
        FROM alpine AS base
        RUN apk add --no-cache --virtual .deps gcc
        FROM base
        ADD https://example.com/a.tgz /tmp/
        RUN apk del .deps && rm -rf /tmp/*`,
      findings: [{ at: 'apk del .deps', message: /^"apk del \.deps" and "rm -rf \/tmp\/\*" free no space, because the layers of "apk add .*" \(line 2\) and "ADD .*" \(line 4\) keep the files; store, use and remove them in one RUN\.$/ }],
      fixed: null,
    },
    { name: 'the exec form', code: 'FROM debian\nRUN ["git", "clone", "https://example.com/a.git", "/src"]\nRUN ["rm", "-rf", "/src"]\n', findings: [{ at: '"rm", "-rf", "/src"', message: /frees no space/ }], fixed: null },
    {
      name: 'lists of a RUN further up, with other steps in between',
      code: 'FROM debian\nRUN apt-get update && \\\n    apt-get install -y curl\nENV A=1\nRUN sudo apt-get clean && \\\n    sudo rm -rf /var/lib/apt/lists/*\nCMD ["a"]\n',
      findings: [{ at: /rm -rf/, message: /./ }],
      fixed: 'FROM debian\nRUN apt-get update && \\\n    apt-get install -y curl && \\\n    sudo rm -rf /var/lib/apt/lists/*\nENV A=1\nRUN sudo apt-get clean\nCMD ["a"]\n',
    },
    { name: 'lists that are used in between', code: 'FROM debian\nRUN apt-get update && apt-get install -y curl\nENV A=1\nRUN apt-get install -y git\nRUN rm -rf /var/lib/apt/lists/*\nCMD ["a"]\n', findings: [{ at: /^rm/, message: /./ }], fixed: null },
    { name: 'lists that another stage uses', code: 'FROM debian AS base\nRUN apt-get update && apt-get install -y curl\nENV A=1\nRUN rm -rf /var/lib/apt/lists/*\nCMD ["a"]\nFROM base AS build\nRUN apt-get install -y git\nFROM base\nCOPY --from=build /x /x\nCMD ["a"]\n', findings: [{ at: /^rm/, message: /./ }], fixed: null },
    { name: 'a folder that a script writes to', code: 'FROM debian\nCOPY installer /tmp/installer\nRUN cd /tmp/installer && ./install.sh && rm -rf /tmp/installer\nCMD ["a"]\n', files: { 'installer/install.sh': 'x', 'installer/data': { size: 9_000_000 } }, findings: [{ at: /^rm/, message: /./ }], fixed: 'FROM debian\nRUN --mount=type=bind,source=installer,target=/tmp/installer,rw \\\n    cd /tmp/installer && ./install.sh\nCMD ["a"]\n' },
    { name: 'a file that changes', code: 'FROM debian\nCOPY tool.deb /tmp/tool.deb\nRUN chmod 600 /tmp/tool.deb && dpkg -i /tmp/tool.deb && rm /tmp/tool.deb\nCMD ["a"]\n', findings: [{ at: /^rm/, message: /./ }], fixed: null },
    { name: 'used by another RUN as well', code: 'FROM debian\nCOPY tool.deb /tmp/tool.deb\nRUN cp /tmp/tool.deb /opt\nRUN dpkg -i /tmp/tool.deb && rm /tmp/tool.deb\nCMD ["a"]\n', findings: [{ at: /^rm/, message: /./ }], fixed: null },
    { name: 'more is removed', code: 'FROM debian\nCOPY tool.deb /tmp/tool.deb\nRUN dpkg -i /tmp/tool.deb && rm -rf /tmp/tool.deb /var/tmp/x\nCMD ["a"]\n', findings: [{ at: /^rm/, message: /./ }], fixed: null },
    { name: 'a variable in the name', code: 'FROM debian\nARG V=1\nCOPY tool-$V.deb /tmp/tool.deb\nRUN dpkg -i /tmp/tool.deb && rm /tmp/tool.deb\nCMD ["a"]\n', findings: [{ at: /^rm/, message: /./ }], fixed: null },
    { name: 'five steps', code: 'FROM debian\nRUN wget -P /tmp https://example.com/a.deb\nRUN touch /a\nRUN touch /b\nRUN touch /c\nRUN dpkg -i /tmp/a.deb && rm /tmp/a.deb\nCMD ["a"]\n', findings: [{ at: /^rm/, message: /./ }], fixed: null },
    { name: 'an old frontend', code: '# syntax=docker/dockerfile:1.1\nFROM debian\nCOPY tool.deb /tmp/tool.deb\nRUN dpkg -i /tmp/tool.deb && rm /tmp/tool.deb\nCMD ["a"]\n', findings: [{ at: /^rm/, message: /./ }], fixed: null },
  ],
})

test.each([['Dockerfile', 'warning'], ['.devcontainer/Dockerfile', 'info'], ['Dockerfile.test', 'info']])('says of %s', (path, severity) => {
  const code = 'FROM debian\nRUN apt-get update && apt-get install -y curl\nRUN rm -rf /var/lib/apt/lists/*\nCMD ["curl"]\n'
  expect(lint(inputOf({ code, path }), [activeRule(rule)]).map(finding => finding.severity)).toEqual([severity])
})
