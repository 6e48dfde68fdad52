import { expect, test } from 'vitest'
import rule from '../../rules/package-index-update-alone.ts'
import { lint } from '../../src/lint.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { activeRule } from '../support/input.ts'
import { ruleTester } from '../support/rule-tester.ts'

ruleTester(rule, {
  valid: [
    { name: 'a date that runs it again', code: 'FROM debian\nENV REFRESHED_AT 2026-06-01\nRUN apt-get update\nRUN apt-get install -y curl\n' },
    { name: 'one RUN with both', code: 'FROM debian\nRUN apt-get update && apt-get install -y curl\n' },
    { name: 'a here-document holds both', code: dockerfile`
      FROM debian
      RUN <<EOF
      apt-get update
      apt-get install -y curl
      EOF` },
    { name: 'the lists lie in a cache mount', code: dockerfile`
      FROM debian
      RUN --mount=type=cache,target=/var/lib/apt apt-get update
      RUN --mount=type=cache,target=/var/lib/apt apt-get install -y curl` },
    { name: 'the lists lie in a mount of the install alone', code: dockerfile`
      FROM debian
      RUN apt-get update
      RUN --mount=type=cache,target=/var/lib/apt/lists apt-get install -y curl` },
    { name: 'a repository is added in between', code: dockerfile`
      FROM ubuntu
      RUN apt-get update
      RUN add-apt-repository ppa:ondrej/php
      RUN apt-get install -y php` },
    { name: 'a source list is written in between', code: dockerfile`
      FROM debian
      RUN apt-get update
      RUN echo "deb https://example.com stable main" > /etc/apt/sources.list.d/example.list
      RUN apt-get install -y example` },
    { name: 'a release package is installed in between', code: dockerfile`
      FROM debian
      RUN apt-get update
      RUN dpkg -i example-release.deb
      RUN apt-get install -y example` },
    { name: 'a script from the network may refresh', code: dockerfile`
      FROM node:22
      RUN apt-get update
      RUN curl -fsSL https://example.com/setup.sh | bash -
      RUN apt-get install -y example` },
    { name: 'the install refreshes by itself: the first step is only wasted', code: dockerfile`
      FROM debian
      RUN apt-get update
      RUN apt-get update && apt-get install -y curl` },
    { name: 'an option that refreshes', code: 'FROM debian:trixie\nRUN apt-get update\nRUN apt-get install --update -y curl\n' },
    { name: 'nothing is installed later: a base image for others', code: 'FROM debian\nRUN apt-get update\n' },
    { name: 'the step uses what it refreshed', code: 'FROM debian\nRUN apt-get update && apt-get install -y curl\nRUN apt-get install -y git\n' },
    { name: 'an upgrade uses it, too', code: 'FROM debian\nRUN apt-get update && apt-get upgrade -y\nRUN apt-get install -y git\n' },
    { name: 'a script after it may install', code: 'FROM debian\nRUN apt-get update && ./install.sh\nRUN apt-get install -y git\n' },
    { name: 'apk looks at the age of its index itself', code: 'FROM alpine\nRUN apk update\nRUN apk add curl\n' },
    { name: 'so does dnf', code: 'FROM fedora\nRUN dnf makecache\nRUN dnf install -y curl\n' },
    { name: 'so does zypper', code: 'FROM opensuse/leap\nRUN zypper refresh\nRUN zypper install -y curl\n' },
    { name: 'a refresh that may not run', code: 'FROM debian\nRUN if true; then apt-get update; fi\nRUN apt-get install -y curl\n' },
    { name: 'an install that may not run', code: 'FROM debian\nRUN apt-get update\nRUN if true; then apt-get install -y curl; fi\n' },
    { name: 'only a file at hand is installed', code: 'FROM debian\nRUN apt-get update\nRUN apt-get install -y /tmp/tool.deb\n' },
    { name: 'a script nobody can read in between', code: 'FROM debian\nRUN apt-get update\nRUN if ; then\nRUN apt-get install -y curl\n' },
    { name: 'the other manager', code: 'FROM debian\nRUN apt-get update\nRUN apk add curl\n' },
    { name: 'another stage that does not stand on it', code: 'FROM debian AS a\nRUN apt-get update\nFROM debian\nRUN apt-get install -y curl\n' },
    { name: 'the whole context below: an edit of the Dockerfile refreshes it', code: dockerfile`
      FROM debian
      COPY . /app
      RUN apt-get update
      RUN apt-get install -y curl` },
    { name: 'Windows', code: 'FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN apt-get update\nRUN apt-get install -y curl\n' },
    { name: 'ONBUILD', code: 'FROM debian AS a\nONBUILD RUN apt-get update\nFROM a\nRUN apt-get install -y curl\n' },
  ],
  invalid: [
    {
      name: 'an upgrade in between uses the index, too', code: 'FROM debian\nRUN apt-get update\nRUN apt-get -y upgrade\nRUN apt-get install -y curl\n', findings: [{ at: 'apt-get update', message: '"apt-get update" is cached on its own, so "apt-get install -y curl" (line 4), once it is changed, installs from an old package index, or fails on packages that are gone: put both into one RUN, with the upgrade of line 3 in between.' }],
      fixed: 'FROM debian\nRUN apt-get update \\\n    && apt-get -y upgrade \\\n    && apt-get install -y curl\n',
    },
    {
      code: dockerfile`
        FROM debian:bookworm-slim
        RUN apt-get update
        RUN apt-get install -y curl && rm -rf /var/lib/apt/lists/*`,
      findings: [{
        at: 'apt-get update', line: 2,
        message: '"apt-get update" is cached on its own, so "apt-get install -y curl" (line 3), once it is changed, installs from an old package index, or fails on packages that are gone: put both into one RUN.',
        related: [{ at: 'apt-get install -y curl', message: 'this install uses the cached index' }],
      }],
      fixed: dockerfile`
        FROM debian:bookworm-slim
        RUN apt-get update \
            && apt-get install -y curl && rm -rf /var/lib/apt/lists/*`,
    },
    {
      name: 'a builder stage counts as well',
      code: dockerfile`
        FROM debian AS build
        RUN apt-get update
        WORKDIR /src
        RUN apt-get install -y gcc
        FROM scratch
        COPY --from=build /src /`,
      findings: [{ at: 'apt-get update', message: /line 4/ }],
      fixed: dockerfile`
        FROM debian AS build
        WORKDIR /src
        RUN apt-get update && apt-get install -y gcc
        FROM scratch
        COPY --from=build /src /`,
    },
    {
      name: 'the install stands in stages built FROM it',
      code: dockerfile`
        FROM debian AS base
        RUN apt-get update
        FROM base AS build
        RUN apt-get install -y gcc
        FROM base
        RUN apt-get install -y curl`,
      findings: [{ at: 'apt-get update', message: /install -y gcc" \(line 4\)/, related: [{ at: 'apt-get install -y gcc' }, { at: 'apt-get install -y curl' }] }],
      fixed: null,
    },
    { name: 'the install stands in one stage built FROM it', code: 'FROM debian AS base\nRUN apt-get update\nFROM base\nRUN apt-get install -y curl\n', findings: [{ at: 'apt-get update', message: /line 4/ }], fixed: null },
    {
      name: 'a repository added in the step of the refresh, an upgrade in a step of its own, settings in between',
      code: dockerfile`
        FROM ubuntu:24.04
        RUN add-apt-repository ppa:ondrej/php && apt-get update
        RUN apt-get -y upgrade
        ENV DEBIAN_FRONTEND=noninteractive
        RUN sudo apt-get install -y php`,
      findings: [{ at: 'apt-get update', message: /"sudo apt-get install -y php" \(line 5\)/ }],
      fixed: null,
    },
    { name: 'the exec form', code: 'FROM debian\nRUN ["apt-get", "update"]\nRUN ["apt-get", "install", "-y", "curl"]\n', findings: [{ at: '"apt-get", "update"', message: /cached on its own/ }], fixed: null },
    {
      name: 'pacman', code: 'FROM archlinux\nRUN pacman -Sy\nRUN pacman -S --noconfirm git\n', findings: [{ at: 'pacman -Sy', message: /pacman -S --noconfirm git/ }],
      fixed: 'FROM archlinux\nRUN pacman -Sy \\\n    && pacman -S --noconfirm git\n',
    },
    {
      name: 'only some folder of the context below', code: 'FROM debian\nCOPY conf /etc/app\nRUN apt-get update\nRUN apt-get install -y curl\n', findings: [{ at: 'apt-get update', message: /./ }],
      fixed: 'FROM debian\nCOPY conf /etc/app\nRUN apt-get update \\\n    && apt-get install -y curl\n',
    },
    {
      name: 'settings in between', code: 'FROM debian\nRUN apt-get update -qq\n\nENV DEBIAN_FRONTEND=noninteractive\n\n# tools\nRUN apt-get install -y \\\n    curl \\\n    git\nCMD ["git"]\n', findings: [{ at: 'apt-get update -qq', message: /./ }],
      fixed: 'FROM debian\n\nENV DEBIAN_FRONTEND=noninteractive\n\n# tools\nRUN apt-get update -qq && apt-get install -y \\\n    curl \\\n    git\nCMD ["git"]\n',
    },
    {
      name: 'a setting in between that the refresh would see', code: 'FROM debian\nRUN sudo apt-get update\nENV http_proxy=http://proxy:3128\nRUN sudo apt-get install -y curl\n', findings: [{ at: 'sudo apt-get update', message: /./ }],
      fixed: 'FROM debian\nENV http_proxy=http://proxy:3128\nRUN sudo apt-get update && sudo apt-get install -y curl\n',
    },
    {
      name: 'a comment in between, CRLF, lower case', code: 'from debian\r\nrun apt-get update\r\n# tools\r\nrun apt-get install -y curl\r\n', findings: [{ at: 'apt-get update', message: /./ }],
      fixed: 'from debian\r\nrun apt-get update \\\r\n    # tools\r\n    && apt-get install -y curl\r\n',
    },
    {
      name: 'the style of the lower one', code: 'FROM debian\nRUN apt-get update\nRUN apt-get install -y curl && \\\n  rm -rf /var/lib/apt/lists/*', findings: [{ at: 'apt-get update', message: /./ }],
      fixed: 'FROM debian\nRUN apt-get update && \\\n  apt-get install -y curl && \\\n  rm -rf /var/lib/apt/lists/*',
    },
    {
      name: 'comments of both', code: 'FROM debian\n# fresh lists\nRUN apt-get update\nENV LANG=C\n# tools\nRUN apt-get install -y curl\n', findings: [{ at: 'apt-get update', message: /./ }],
      fixed: 'FROM debian\nENV LANG=C\n# fresh lists\n# tools\nRUN apt-get update && apt-get install -y curl\n',
    },
    { name: 'another user in between', code: 'FROM debian\nRUN apt-get update\nUSER root\nRUN apt-get install -y curl\n', findings: [{ at: 'apt-get update', message: /./ }], fixed: null },
    { name: 'a copy in between', code: 'FROM debian\nRUN apt-get update\nCOPY packages.txt /\nRUN xargs -a /packages.txt apt-get install -y curl\n', findings: [{ at: 'apt-get update', message: /./ }], fixed: null },
    { name: 'other mounts', code: 'FROM debian\nRUN apt-get update\nRUN --mount=type=cache,target=/var/cache/apt apt-get install -y curl\n', findings: [{ at: 'apt-get update', message: /./ }], fixed: null },
    { name: 'a here-document', code: 'FROM debian\nRUN apt-get update\nRUN <<EOF\napt-get install -y curl\nEOF\n', findings: [{ at: 'apt-get update', message: /./ }], fixed: null },
    { name: 'a script that goes on after a failure', code: 'FROM debian\nRUN apt-get update\nRUN apt-get install -y curl; true\n', findings: [{ at: 'apt-get update', message: /./ }], fixed: null },
  ],
})

const fixOf = (code: string): unknown => lint({ text: code, path: 'Dockerfile' }, [activeRule(rule)]).map(({ fix, noFix }) => (fix ? [fix.safety, fix.title, fix.assumes] : noFix))
test('what the fix says', () => {
  expect(fixOf('FROM debian\nRUN apt-get update\nRUN apt-get upgrade -y\nRUN apt-get install -y curl\n')).toEqual([['safe', 'Merge "RUN apt-get update" into "RUN apt-get upgrade -y" and "RUN apt-get install -y curl"', undefined]])
  expect(fixOf('FROM debian\nRUN apt-get update\nENV http_proxy=http://proxy:3128\nRUN apt-get install -y curl\n')).toEqual([['suggested', 'Merge "RUN apt-get update" into "RUN apt-get install -y curl"', '"ENV http_proxy=http://proxy:3128" changes nothing for "apt-get update"']])
  expect(fixOf('FROM debian\nRUN apt-get update\nCOPY a /\nRUN apt-get install -y curl\n')).toEqual(['"COPY a /" (line 3) stands between them'])
  expect(fixOf('FROM debian AS a\nRUN apt-get update\nFROM a AS b\nRUN apt-get install -y curl\nFROM a\nRUN apt-get install -y git\n')).toEqual(['stages "b" and "2" install from the same index'])
})
