import { expect, test } from 'vitest'
import rule from '../../rules/apt-lists-not-removed.ts'
import { lint } from '../../src/lint.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { activeRule } from '../support/input.ts'
import { ruleTester } from '../support/rule-tester.ts'

const cleaned = (cleanup: string): { readonly name: string; readonly code: string } =>
  ({ name: cleanup, code: `FROM debian\nRUN apt-get update && apt-get install -y curl && ${cleanup}\n` })

ruleTester(rule, {
  valid: [
    cleaned('rm -rf /var/lib/apt/lists/*'),
    cleaned('rm -rf /var/lib/apt/lists'),
    cleaned('rm -r /var/lib/apt/lists/'),
    cleaned('rm -rf "/var/lib/apt/lists"'),
    cleaned('rm -rf /var/lib/apt/*'),
    cleaned('rm -rf /var/lib/{apt,cache,log}/ /tmp/*'),
    cleaned('rm -rf /var/lib/apt/lists/*.* /var/lib/apt/lists/*'),
    cleaned('cd /var/lib/apt/lists && rm -rf *'),
    cleaned('find /var/lib/apt/lists -type f -delete'),
    cleaned('find /var/lib/apt/lists -mindepth 1 -exec rm -rf {} +'),
    cleaned('apt-get dist-clean'),
    cleaned('apt-get distclean -y'),
    cleaned('sudo rm -rf /var/lib/apt/lists/*'),
    cleaned('/usr/local/bin/cleanup.sh'),
    cleaned('./scripts/clean'),
    cleaned('docker-image-cleanup'),
    cleaned('if true; then rm -rf /var/lib/apt/lists/*; fi'),
    { name: 'a here-document', code: dockerfile`
      FROM debian
      RUN <<EOF
      apt-get update
      apt-get install -y curl
      rm -rf /var/lib/apt/lists/*
      EOF` },
    { name: 'variables', code: 'FROM debian\nENV LISTS=/var/lib/apt/lists\nRUN apt-get update && apt-get install -y curl && rm -rf $LISTS/*\n' },
    { name: 'a function of the script', code: 'FROM debian\nRUN tidy() { rm -rf /var/lib/apt/lists/*; }; apt-get update && apt-get install -y curl && tidy\n' },
    { name: 'a cache mount on the lists', code: 'FROM debian\nRUN --mount=type=cache,target=/var/lib/apt/lists apt-get update && apt-get install -y curl\n' },
    { name: 'a cache mount on the folder above', code: 'FROM debian\nRUN --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y curl\n' },
    { name: 'a tmpfs', code: 'FROM debian\nRUN --mount=type=tmpfs,target=/var/lib/apt apt-get update && apt-get install -y curl\n' },
    { name: 'a builder stage', code: dockerfile`
      FROM debian AS build
      RUN apt-get update && apt-get install -y gcc
      FROM scratch
      COPY --from=build /bin/app /app` },
    { name: 'removed in a later RUN: that is what cleanup-in-later-layer says', code: 'FROM debian\nRUN apt-get update && apt-get install -y curl\nRUN rm -rf /var/lib/apt/lists/*\n' },
    { name: 'a refresh on its own: that is what package-index-update-alone says', code: 'FROM debian\nRUN apt-get update\nRUN apt-get install -y curl\n' },
    { name: 'a refresh on its own for images built on this one', code: 'FROM debian\nRUN apt-get update\n' },
    { name: 'what the script does with it is unknown', code: 'FROM debian\nRUN apt-get update && ./install.sh\n' },
    { name: 'a wrapper that refreshes and cleans', code: 'FROM pypy:3\nRUN install-packages curl\n' },
    { name: 'a refresh that may not run', code: 'FROM debian\nRUN apt-get install -y curl || (apt-get update && apt-get install -y curl)\n' },
    { name: 'a script nobody can read', code: 'FROM debian\nRUN apt-get update && apt-get install -y curl && if\n' },
    { name: 'an install without a refresh', code: 'FROM debian\nRUN apt-get install -y curl\n' },
    { name: 'Alpine', code: 'FROM alpine\nRUN apk update && apk add curl\n' },
    { name: 'Windows', code: 'FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nRUN apt-get update && apt-get install -y curl\n' },
    { name: 'ONBUILD', code: 'FROM debian AS a\nONBUILD RUN apt-get update && apt-get install -y curl\nFROM a\nCMD ["curl"]\n' },
    { name: 'a development container', path: '.devcontainer/Dockerfile', code: 'FROM debian\nRUN apt-get update && apt-get install -y curl\n' },
    { name: 'a test image', path: 'Dockerfile.test', code: 'FROM debian\nRUN apt-get update && apt-get install -y curl\n' },
    ...['docs/Containerfile', 'hack/proto/Dockerfile', 'parser/testfiles/nginx/Dockerfile', 'playwright/compose/keycloak/Dockerfile', 'scripts/Dockerfile.sign.deb', 'dev/docker/Dockerfile']
      .map(path => ({ name: `a helper by its place: ${path}`, path, code: 'FROM debian\nRUN apt-get update && apt-get install -y curl\nCMD ["curl"]\n' })),
    ...['deps', 'validate', 'upload-artifact'].map(stage => ({ name: `a last stage that is no product: ${stage}`, code: `FROM debian AS ${stage}\nRUN apt-get update && apt-get install -y curl\n` })),
    { name: 'an image that runs a development server', code: 'FROM node:22\nRUN apt-get update && apt-get install -y curl\nCMD ["npm", "run", "dev"]\n' },
    { name: 'a later RUN installs from these lists, and would fail without them', code: 'FROM debian\nRUN apt-get update && apt-get install -y curl\nRUN apt-get install -y git\nCMD ["git"]\n' },
    { name: 'a stage built on this one does', code: 'FROM debian AS base\nRUN apt-get update && apt-get install -y curl\nFROM base AS build\nRUN apt-get install -y gcc\nFROM base\nCOPY --from=build /app /app\nCMD ["/app"]\n' },
    { name: 'an image that builds', path: 'build.Dockerfile', code: 'FROM debian\nRUN apt-get update && apt-get install -y gcc\n' },
    { name: 'a stage for developers under another name', code: 'FROM debian AS dev\nRUN apt-get update && apt-get install -y gcc\nFROM dev AS final\nCMD ["sh"]\n' },
    { name: 'the head of the file says so', code: '# Assembles the full dev environment.\nFROM debian\nRUN apt-get update && apt-get install -y gcc\nCMD ["sh"]\n' },
    { name: 'squashed', code: 'FROM debian\n# The image is built with --squash.\nRUN apt-get update && apt-get install -y gcc\nCMD ["sh"]\n' },
  ],
  invalid: [
    { name: 'a comment speaks of the lists', code: 'FROM debian:bookworm-slim\n# keep the lists: users install more\nRUN apt-get update && apt-get install -y curl\nCMD ["curl"]\n', findings: [{ at: 'apt-get update', message: /./ }], fixed: null },
    {
      name: 'a script in between has left the lists to the install below it',
      code: 'FROM debian:12\nRUN apt-get update && apt-get install -y curl && bash setup_22.x && apt-get install -y nodejs\n',
      findings: [{ at: /apt-get update|apt-get install/, message: /leaves apt's package lists/ }],
      fixed: 'FROM debian:12\nRUN apt-get update && apt-get install -y curl && bash setup_22.x && apt-get install -y nodejs && rm -rf /var/lib/apt/lists/*\n',
    },
    {
      code: 'FROM debian\nRUN apt-get update && apt-get install -y curl\n',
      findings: [{ at: 'apt-get update', message: '"apt-get update" leaves apt\'s package lists in the image, about 22 MB that nothing uses any more: end this RUN with "rm -rf /var/lib/apt/lists/*".' }],
      fixed: 'FROM debian\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n',
    },
    {
      name: 'who is not root has to remove them with sudo',
      code: 'FROM example\nUSER app\nRUN sudo apt-get update && sudo apt-get install -y curl\n',
      findings: [{ at: 'sudo apt-get update', message: '"sudo apt-get update" leaves apt\'s package lists in the image, where nothing uses them any more: end this RUN with "sudo rm -rf /var/lib/apt/lists/*".' }],
      fixed: 'FROM example\nUSER app\nRUN sudo apt-get update && sudo apt-get install -y curl && sudo rm -rf /var/lib/apt/lists/*\n',
    },
    {
      name: 'also where sudo runs a shell',
      code: 'FROM example\nUSER app\nRUN sudo sh -c "apt-get update && apt-get install -y curl"\n',
      findings: [{ at: 'apt-get update', message: /end this RUN with "sudo rm -rf/ }],
      fixed: 'FROM example\nUSER app\nRUN sudo sh -c "apt-get update && apt-get install -y curl" && sudo rm -rf /var/lib/apt/lists/*\n',
    },
    {
      name: 'another user, whose rights are not known', code: 'FROM example\nUSER app\nRUN su -c "apt-get update && apt-get install -y curl"\n',
      findings: [{ at: 'apt-get update', message: /leaves/ }], fixed: null,
    },
    {
      name: 'a later RUN has lists of its own',
      code: 'FROM debian\nRUN apt-get update && apt-get install -y curl\nRUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*\nRUN apt-get install -y jq\nCMD ["git"]\n',
      findings: [{ at: 'apt-get update', line: 2, message: /leaves/ }],
      fixed: 'FROM debian\nRUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\nRUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*\nRUN apt-get install -y jq\nCMD ["git"]\n',
    },
    {
      name: 'a removal before the install does not count', code: 'FROM debian\nRUN rm -rf /var/lib/apt/lists/* && apt-get update && apt-get install -y curl\n', findings: [{ at: 'apt-get update', message: /leaves/ }],
      fixed: 'FROM debian\nRUN rm -rf /var/lib/apt/lists/* && apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n',
    },
    {
      name: 'nor does one of something else', code: 'FROM debian\nRUN apt-get update && apt-get install -y curl && apt-get clean && rm -rf /var/cache/apt/* /var/lib/apt/lits/*\n', findings: [{ at: 'apt-get update', message: /leaves/ }],
      fixed: 'FROM debian\nRUN apt-get update && apt-get install -y curl && apt-get clean && rm -rf /var/cache/apt/* /var/lib/apt/lits/* && rm -rf /var/lib/apt/lists/*\n',
    },
    {
      name: 'the last of two refreshes', code: 'FROM debian\nRUN apt-get update && apt-get install -y gnupg && apt-get update && apt-get install -y curl\n', findings: [{ at: 'apt-get update', message: /leaves/ }],
      fixed: 'FROM debian\nRUN apt-get update && apt-get install -y gnupg && apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n',
    },
    {
      name: 'an upgrade', code: 'FROM debian\nRUN apt update && apt upgrade -y\nCMD ["sh"]\n', findings: [{ at: 'apt update', message: /leaves/ }],
      fixed: 'FROM debian\nRUN apt update && apt upgrade -y && rm -rf /var/lib/apt/lists/*\nCMD ["sh"]\n',
    },
    {
      name: 'an option that refreshes', code: 'FROM debian:trixie\nRUN apt-get install --update -y curl\n', findings: [{ at: 'apt-get install --update -y curl', message: /leaves/ }],
      fixed: 'FROM debian:trixie\nRUN apt-get install --update -y curl && rm -rf /var/lib/apt/lists/*\n',
    },
    {
      name: 'a stage the shipped one is built FROM, and a later RUN that only cleans up after itself',
      code: dockerfile`
        FROM debian AS base
        RUN apt-get update && apt-get install -y curl
        FROM base
        RUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*
        CMD ["git"]`,
      findings: [{ at: 'apt-get update', line: 2, message: /leaves/ }],
      fixed: dockerfile`
        FROM debian AS base
        RUN apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*
        FROM base
        RUN apt-get update && apt-get install -y git && rm -rf /var/lib/apt/lists/*
        CMD ["git"]`,
    },
    {
      name: 'a mount over something else', code: 'FROM debian\nRUN --mount=type=cache,target=/var/cache/apt apt-get update && apt-get install -y curl\n', findings: [{ at: 'apt-get update', message: /leaves/ }],
      fixed: 'FROM debian\nRUN --mount=type=cache,target=/var/cache/apt apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n',
    },
    {
      name: 'operators at the end of lines, CRLF', code: 'FROM debian\r\nRUN apt-get update && \\\r\n    apt-get install -y \\\r\n        curl\r\nCMD ["curl"]\r\n', findings: [{ at: 'apt-get update', message: /leaves/ }],
      fixed: 'FROM debian\r\nRUN apt-get update && \\\r\n    apt-get install -y \\\r\n        curl && \\\r\n    rm -rf /var/lib/apt/lists/*\r\nCMD ["curl"]\r\n',
    },
    {
      name: 'operators at the start of lines, with comments',
      code: dockerfile`
        FROM debian
        RUN apt-get update \
          # for the health check
          && apt-get install -y curl
        CMD ["curl"]`,
      findings: [{ at: 'apt-get update', message: /leaves/ }],
      fixed: dockerfile`
        FROM debian
        RUN apt-get update \
          # for the health check
          && apt-get install -y curl \
          && rm -rf /var/lib/apt/lists/*
        CMD ["curl"]`,
    },
    {
      name: 'set -eux, in lower case, without a last line end', code: 'from debian\nrun set -eux; \\\n\tapt-get update; \\\n\tapt-get install -y curl', findings: [{ at: 'apt-get update', message: /leaves/ }],
      fixed: 'from debian\nrun set -eux; \\\n\tapt-get update; \\\n\tapt-get install -y curl; \\\n\trm -rf /var/lib/apt/lists/*',
    },
    {
      name: 'a here-document with set -e', code: 'FROM debian\nRUN <<EOF\nset -e\napt-get update\napt-get install -y curl\nEOF\n', findings: [{ at: 'apt-get update', message: /leaves/ }],
      fixed: 'FROM debian\nRUN <<EOF\nset -e\napt-get update\napt-get install -y curl\nrm -rf /var/lib/apt/lists/*\nEOF\n',
    },
    { name: 'a here-document that ends as its last line does', code: 'FROM debian\nRUN <<EOF\napt-get update\napt-get install -y curl\nEOF\n', findings: [{ at: 'apt-get update', message: /leaves/ }], fixed: null },
    { name: 'the exec form', code: 'FROM debian\nRUN ["sh", "-c", "apt-get update && apt-get install -y curl"]\n', findings: [{ at: 'apt-get update', message: /leaves/ }], fixed: null },
  ],
})

const found = (more: string): readonly (readonly unknown[])[] => lint({ text: `FROM debian\nRUN apt-get update && apt-get install -y curl\n${more}CMD ["curl"]\n`, path: 'Dockerfile' }, [activeRule(rule)])
  .map(({ fix, noFix }) => [fix?.safety, fix?.assumes ?? noFix, fix?.drops])
test.each([
  ['', 'safe', null],
  ['COPY . .\nRUN npm ci && ./configure && . venv/bin/activate && docker-php-ext-install zip\n', 'safe', null],
  ['COPY . .\nRUN ./setup.sh\n', 'suggested', '"./setup.sh" installs nothing from these lists'],
  ['RUN rosdep-install -y\n', 'suggested', '"rosdep-install -y" installs nothing from these lists'],
  ['RUN npx playwright install-deps\n', 'suggested', '"npx playwright install-deps" installs nothing from these lists'],
  ['RUN apt-get update\nRUN ./setup.sh\n', 'safe', null],
  ['RUN ["/setup.sh"]\n', 'suggested', '"RUN ["/setup.sh"]" installs nothing from these lists'],
  ['RUN if\n', 'suggested', '"RUN if" installs nothing from these lists'],
])('safe only where all commands below can be read: %j', (more, safety, assumes) => {
  expect(found(more)).toEqual([[safety, assumes, ['/var/lib/apt/lists/**']]])
})

const bytesOn = (base: string, more = ''): readonly (number | undefined)[] =>
  lint({ text: `FROM ${base}\nRUN apt-get update && apt-get install -y curl\n${more}CMD ["curl"]\n`, path: 'Dockerfile' }, [activeRule(rule)]).map(({ cost }) => cost?.bytes)
test('the lists of known releases have a size, once for each image', () => {
  expect(bytesOn('debian:12-slim')).toEqual([19_865_908])
  expect(bytesOn('eclipse-temurin:21-jre-jammy')).toEqual([82_308_078])
  expect(bytesOn('nvidia/cuda:12.4.1-runtime-ubuntu22.04')).toEqual([82_308_078])
  expect(bytesOn('debian:jessie')).toEqual([undefined])
  expect(bytesOn('example')).toEqual([undefined])
  expect(bytesOn('debian:12', 'COPY sources.list /etc/apt/sources.list\n')).toEqual([undefined])
  expect(lint({ text: 'FROM debian:12\nRUN apt-get update\nRUN apt-get install -y curl\nRUN apt-get update && apt-get install -y git\n', path: 'Dockerfile' }, [activeRule(rule)]).map(({ cost }) => cost)).toEqual([null])
  expect(bytesOn('debian:12', 'RUN apt-get update && apt-get install -y git\n')).toEqual([19_865_908, undefined])
})
