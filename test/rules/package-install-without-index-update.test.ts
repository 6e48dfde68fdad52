import rule from '../../rules/package-install-without-index-update.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const FIRST = 'RUN apt-get update && apt-get install -y curl'
const second = (step: string, name = step, first = FIRST): { readonly name: string; readonly code: string } => ({ name, code: `FROM debian\n${first}\n${step}\n` })

ruleTester(rule, {
  valid: [
    second('RUN apt-get update && apt-get install -y git'),
    second('RUN apt-get install --update -y git', 'an option that refreshes'),
    second('RUN apt-get install -U -y git'),
    second('RUN apt-get install -y /tmp/tool.deb', 'a package file'),
    second('RUN apt-get install -y -f', 'only what is missing'),
    second('RUN apt-get install -y --no-download git'),
    second('RUN --mount=type=cache,target=/var/lib/apt apt-get install -y git', 'a mount on the lists'),
    second('RUN if true; then apt-get install -y git; fi', 'an install that may not run'),
    second('RUN apt-get update || true\nRUN apt-get install -y git', 'refreshed on its own in between: that is what package-index-update-alone says'),
    second('RUN ./refresh.sh\nRUN apt-get install -y git', 'a script that may refresh'),
    second('RUN ./refresh.sh && apt-get install -y git', 'a script in the same step'),
    second('RUN install-packages wget\nRUN apt-get install -y git', 'a wrapper that refreshes and cleans by itself'),
    second('RUN npx playwright install-deps && apt-get install -y git', 'a tool that refreshes'),
    second('RUN apt-get install -y git', 'removed: then the install works only if git is there', `${FIRST} && rm -rf /var/lib/apt/lists/*`),
    second('RUN apt-get install -y git', 'apt-get dist-clean', `${FIRST} && apt-get dist-clean`),
    second('RUN rm -rf /var/lib/apt/lists/*\nRUN apt-get install -y git', 'removed by a later step'),
    second('RUN apt-get install -y git', 'may be removed', `${FIRST} && if [ -n "$CLEAN" ]; then rm -rf /var/lib/apt/lists/*; fi`),
    second('RUN apt-get install -y git', 'a script nobody can read', `${FIRST}\nRUN if`),
    second('RUN apt-get install -y git', 'refreshed in a mount', 'RUN --mount=type=cache,target=/var/lib/apt apt-get update && apt-get install -y curl'),
    second('RUN apt-get install -y git', 'an index of its own: that is what package-index-update-alone says', 'RUN apt-get update'),
    second('RUN apt-get install -y git\nRUN apt-get install -y vim', 'and for all that use it', 'RUN apt-get update'),
    second('RUN apt-get install -y git', 'an index in the image, or nothing to install', 'RUN true'),
    second('COPY --from=lists / /\nRUN apt-get install -y git', 'another file system', FIRST),
    second('RUN apt-get install -y git', 'an edit of the context refreshes as well', `COPY . /app\n${FIRST}`),
    { name: 'a snapshot', code: `FROM debian\nRUN echo 'deb http://snapshot.debian.org/archive/debian/20240101T000000Z bookworm main' > /etc/apt/sources.list\n${FIRST}\nRUN apt-get install -y git\n` },
    { name: 'apk looks at the age', code: 'FROM alpine\nRUN apk update && apk add curl\nRUN apk add git\n' },
    { name: 'so does dnf', code: 'FROM fedora:43\nRUN dnf makecache && dnf install -y curl\nRUN dnf install -y git\n' },
    { name: 'in another stage', code: `FROM debian AS a\n${FIRST}\nFROM debian\nCOPY --from=a /usr/bin/curl /usr/bin/\nRUN apt-get install -y git\n` },
    { name: 'a stage that is not built', code: `FROM debian AS a\n${FIRST}\nRUN apt-get install -y git\nFROM scratch\nCOPY a /\n` },
    { name: 'ONBUILD', code: `FROM debian AS a\n${FIRST}\nONBUILD RUN apt-get install -y git\nFROM a\n` },
    { name: 'Windows', code: `FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\n${FIRST}\nRUN apt-get install -y git\n` },
  ],
  invalid: [
    {
      ...second('RUN apt-get install -y git'),
      findings: [{
        at: 'apt-get install -y git',
        message: '"apt-get install -y git" uses the package index that "apt-get update" (line 2) left, which may be weeks old when only this step runs again: put "apt-get update &&" before it in the same RUN.',
        related: [{ at: 'apt-get update' }],
      }],
      fixed: `FROM debian\n${FIRST} \\\n    && apt-get install -y git\n`,
    },
    {
      ...second('RUN apt install -y git', 'after an upgrade', 'RUN apt update && apt upgrade -y'), findings: [{ at: 'apt install -y git', message: /put "apt update &&"/ }],
      fixed: 'FROM debian\nRUN apt update && apt upgrade -y \\\n    && apt install -y git\n',
    },
    {
      name: 'several steps, one finding', code: `FROM debian\n${FIRST}\nRUN apt-get install -y git\nRUN apt-get install -y vim\n`,
      findings: [{ at: 'apt-get install -y git', message: /and 1 more \(line 4\) use/, related: [{ at: 'apt-get update' }, { at: 'apt-get install -y vim' }] }],
      fixed: `FROM debian\n${FIRST} \\\n    && apt-get install -y git \\\n    && apt-get install -y vim\n`,
    },
    {
      name: 'several steps apart from the first: one refresh for both', code: `FROM debian\n${FIRST}\nCOPY a /a\nRUN apt-get install -y git\nRUN apt-get install -y vim\n`,
      findings: [{ at: 'apt-get install -y git', message: /and 1 more \(line 5\) use/ }],
      fixed: `FROM debian\n${FIRST}\nCOPY a /a\nRUN apt-get update && apt-get install -y git \\\n    && apt-get install -y vim\n`,
    },
    {
      name: 'several steps apart from one another', code: `FROM debian\n${FIRST}\nCOPY a /a\nRUN apt-get install -y git\nCOPY b /b\nRUN apt-get install -y vim\n`,
      findings: [{ at: 'apt-get install -y git', message: /and 1 more \(line 6\) use/ }],
      fixed: `FROM debian\n${FIRST}\nCOPY a /a\nRUN apt-get update && apt-get install -y git\nCOPY b /b\nRUN apt-get update && apt-get install -y vim\n`,
    },
    {
      name: 'a comment keeps them apart', code: `FROM debian\n${FIRST}\n# what changes often\nRUN apt-get install -y git\n`, findings: [{ at: 'apt-get install -y git', message: /uses/ }],
      fixed: `FROM debian\n${FIRST}\n# what changes often\nRUN apt-get update && apt-get install -y git\n`,
    },
    {
      name: 'the step above does more', code: `FROM debian\n${FIRST} && curl -fsSL https://example.com/a-1.2.tgz | tar -xz\nRUN apt-get install -y git\n`, findings: [{ at: 'apt-get install -y git', message: /uses/ }],
      fixed: `FROM debian\n${FIRST} && curl -fsSL https://example.com/a-1.2.tgz | tar -xz\nRUN apt-get update && apt-get install -y git\n`,
    },
    {
      name: 'a stage below',
      code: dockerfile`
        FROM debian AS base
        RUN apt-get update && apt-get install -y curl
        FROM base AS build
        RUN apt-get install -y gcc
        FROM base
        COPY --from=build /app /app`,
      findings: [{ at: 'apt-get install -y gcc', message: /\(line 2\) left/ }],
      fixed: dockerfile`
        FROM debian AS base
        RUN apt-get update && apt-get install -y curl
        FROM base AS build
        RUN apt-get update && apt-get install -y gcc
        FROM base
        COPY --from=build /app /app`,
    },
    {
      ...second('RUN apt-get install -y git', 'removing something else', `${FIRST} && rm -rf /var/cache/apt/archives/* && apt-get clean`), findings: [{ at: 'apt-get install -y git', message: /uses/ }],
      fixed: `FROM debian\n${FIRST} && rm -rf /var/cache/apt/archives/* && apt-get clean \\\n    && apt-get install -y git\n`,
    },
    {
      name: 'pacman', code: 'FROM archlinux\nRUN pacman -Syu --noconfirm curl\nRUN pacman -S --noconfirm git\n', findings: [{ at: 'pacman -S --noconfirm git', message: /use "pacman -Syu"/ }],
      fixed: 'FROM archlinux\nRUN pacman -Syu --noconfirm curl \\\n    && pacman -S --noconfirm git\n',
    },
    {
      name: 'pacman further down', code: 'FROM archlinux\nRUN pacman -Syu --noconfirm curl\nCOPY a /a\nRUN pacman -S --noconfirm git\n', findings: [{ at: 'pacman -S --noconfirm git', message: /use "pacman -Syu"/ }],
      fixed: 'FROM archlinux\nRUN pacman -Syu --noconfirm curl\nCOPY a /a\nRUN pacman -Syu --noconfirm git\n',
    },
    {
      ...second('RUN echo x && \\\n    apt-get install -y \\\n      git', 'operators at the end of lines'), findings: [{ at: /^apt-get install/, message: /uses/ }],
      fixed: second('RUN echo x && \\\n    apt-get update && \\\n    apt-get install -y \\\n      git').code,
    },
    {
      ...second('RUN echo x \\\n    && apt-get install -y git', 'operators at the start of lines'), findings: [{ at: /^apt-get install/, message: /uses/ }],
      fixed: second('RUN echo x \\\n    && apt-get update \\\n    && apt-get install -y git').code,
    },
    {
      ...second('RUN set -eux; \\\n    apt-get install -y git; \\\n    git --version', 'set -e'), findings: [{ at: /^apt-get install/, message: /uses/ }],
      fixed: second('RUN set -eux; \\\n    apt-get update; \\\n    apt-get install -y git; \\\n    git --version').code,
    },
    {
      ...second('RUN <<EOF\nset -e\napt-get install -y git\nEOF', 'a here-document'), findings: [{ at: /^apt-get install/, message: /uses/ }],
      fixed: second('RUN <<EOF\nset -e\napt-get update\napt-get install -y git\nEOF').code,
    },
    {
      ...second('RUN <<EOF\napt-get install -y git\nEOF', 'a here-document that goes on after a failure'), findings: [{ at: /^apt-get install/, message: /uses/ }],
      fixed: second('RUN <<EOF\napt-get update && apt-get install -y git\nEOF').code,
    },
    {
      name: 'sudo, CRLF, options of the refresh', code: 'from example\r\nuser app\r\nrun sudo apt-get -qq update && sudo apt-get install -y curl\r\nworkdir /a\r\nrun DEBIAN_FRONTEND=noninteractive sudo -E apt-get install -y git\r\n', findings: [{ at: /git$/, message: /uses/ }],
      fixed: 'from example\r\nuser app\r\nrun sudo apt-get -qq update && sudo apt-get install -y curl\r\nworkdir /a\r\nrun sudo apt-get -qq update && DEBIAN_FRONTEND=noninteractive sudo -E apt-get install -y git\r\n',
    },
    {
      name: 'an install that refreshes on its way', code: 'FROM debian:trixie\nRUN apt-get install --update -y curl\nCOPY a /a\nRUN apt-get install -y git\n', findings: [{ at: 'apt-get install -y git', message: /uses/ }],
      fixed: 'FROM debian:trixie\nRUN apt-get install --update -y curl\nCOPY a /a\nRUN apt-get update && apt-get install -y git\n',
    },
    {
      ...second('RUN echo "deb https://example.com/ a main" > /etc/apt/sources.list.d/a.list\nRUN apt-get install -y apt-transport-https', 'a source that needs what is installed'), findings: [{ at: /apt-transport-https$/, message: /uses/ }],
      fixed: null,
    },
    { ...second('RUN ["apt-get", "install", "-y", "git"]', 'the exec form'), findings: [{ at: /git/, message: /uses/ }], fixed: null },
    { ...second('RUN cat list | xargs apt-get install -y git', 'right of a pipe'), findings: [{ at: /git$/, message: /uses/ }], fixed: null },
    { ...second('RUN apt-get install -y git || apt-get install -y git-core', 'a failure that is let pass'), findings: [{ at: 'apt-get install -y git', message: /uses/ }], fixed: `FROM debian\n${FIRST} \\\n    && (apt-get install -y git || apt-get install -y git-core)\n` },
  ],
})
