import { expect, test } from 'vitest'
import { lint } from '../../src/lint.ts'
import { activeRule, inputOf } from '../support/input.ts'
import rule from '../../rules/unpinned-base-image.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const built = (from: string): string => dockerfile`
  FROM ${from}
  COPY . /src
  RUN make -C /src
  CMD ["/src/app"]`

const served = (from: string): string => dockerfile`
  FROM ${from}
  COPY . /src
  RUN /src/build
  ENTRYPOINT ["/src/run"]`

ruleTester(rule, {
  valid: [
    ...['node:22', 'node:22-alpine', 'node:22.11.0', 'debian:bookworm', 'debian:12-slim', 'ubuntu:24.04', 'ubuntu:noble', 'alpine:3.20', 'fedora:41', 'buildpack-deps:bookworm-curl', 'node:jod-slim', 'node:lts-jod', 'golang:1'].map(from =>
      ({ name: `within one release: ${from}`, code: built(from) })),
    ...['debian:stable-20240211-slim', 'alpine:edge-20240923', 'debian:sid-20240211'].map(from => ({ name: `a moving name with a date: ${from}`, code: built(from) })),
    { name: 'a digest', code: built(`node:latest@sha256:${'a'.repeat(64)}`) },
    { name: 'a digest without a tag', code: built(`node@sha256:${'a'.repeat(64)}`) },
    { name: 'scratch', code: built('scratch') },
    ...['myapp-base', 'myapp-base:latest', 'acme/base:latest', 'app', 'localhost:5000/base', 'registry.example.com/team/base:latest', 'ghcr.io/acme/base', 'quay.io/acme/base:stable'].map(from =>
      ({ name: `may be built in the same repository: ${from}`, code: built(from) })),
    ...['centos', 'java:latest', 'openjdk:alpine'].map(from => ({ name: `no longer updated: ${from}`, code: built(from) })),
    ...['node:lts-buster', 'rust:slim-buster', 'python:alpine3.10', 'maven:alpine'].map(from => ({ name: `nobody builds that variant any more: ${from}`, code: built(from) })),
    ...['gcr.io/distroless/base-debian12', 'registry.access.redhat.com/ubi9/ubi-minimal:latest', 'gcr.io/distroless/static-debian12:nonroot'].map(from =>
      ({ name: `the release stands in the name: ${from}`, code: built(from) })),
    { name: 'a stage of that name', code: dockerfile`
        FROM node:22 AS golang
        RUN npm install --global serve@14
        FROM golang
        COPY . .
        CMD ["serve"]` },
    { name: 'an argument without a value', code: dockerfile`
        ARG IMAGE
        FROM \${IMAGE}
        COPY . .
        RUN make` },
    { name: 'a tag without a value', code: dockerfile`
        ARG VERSION
        FROM node:\${VERSION}
        COPY . .
        RUN npm ci` },
    { name: 'somebody else keeps it', path: 'vendor/github.com/acme/tail/Dockerfile', code: 'FROM golang\nCOPY . .\nRUN go build ./...\n' },
    { name: 'a copy that a generator of sites made', path: '_site/solution/ml/Dockerfile', code: 'FROM golang\nCOPY . .\nRUN go build ./...\n' },
    { name: 'packages of edge need a base that goes along', code: 'FROM alpine\nRUN apk add --no-cache dsniff --repository https://dl-cdn.alpinelinux.org/alpine/edge/testing\nCMD ["dsniff"]\n' },
    { name: 'an argument whose default is a version', code: dockerfile`
        ARG VERSION=22
        FROM node:\${VERSION}
        COPY . .
        RUN npm ci` },
    { name: "the builder's choice, by default an image of somebody's account", code: dockerfile`
        ARG BASE=quay.io/jupyter/scipy-notebook
        FROM $BASE
        COPY . .
        RUN pip install -r requirements.txt` },
    { name: 'a stage that is never built', code: dockerfile`
        FROM node:latest AS docs
        RUN npm ci
        FROM node:22
        COPY . .
        RUN npm ci` },
    { name: 'nothing runs again but copies', code: dockerfile`
        FROM nginx:alpine
        RUN rm /etc/nginx/conf.d/default.conf
        COPY dist /usr/share/nginx/html` },
    { name: 'nothing runs after what is copied from it', code: dockerfile`
        FROM composer AS composer
        FROM php:8.4-cli
        RUN docker-php-ext-install pdo_mysql
        COPY --from=composer /usr/bin/composer /usr/bin/composer
        CMD ["php"]` },
    { name: 'Windows', code: built('mcr.microsoft.com/windows/servercore') },
    { name: 'a tool image: it takes nothing along and says nothing to run', code: dockerfile`
        FROM alpine
        RUN apk add --no-cache jq` },
    { name: 'a development container', path: '.devcontainer/Dockerfile', code: built('node:latest') },
    { name: 'an image for tests', path: 'Dockerfile.test', code: built('node:latest') },
    { name: 'the folder is named after the channel', path: 'alpine/edge/Dockerfile', code: built('alpine:edge') },
    { name: 'a folder named after the variant says nothing of the tag', path: 'alpine/Dockerfile', code: built('node:22-alpine') },
    { name: "hadolint's check is switched off", code: dockerfile`
        # hadolint ignore=DL3007
        FROM node:latest
        COPY . .
        RUN npm ci` },
    { name: 'a named context cannot be told from an image nobody knows', code: built('shared') },
    { name: 'built without the cache, as a comment says', code: `# docker build --no-cache . -t app\n${built('alpine')}` },
  ],
  invalid: [
    {
      name: 'a stage for another target stands on the same image',
      code: dockerfile`
        FROM golang:alpine AS tools
        RUN go install example.com/lint@v1.2.3
        FROM golang:alpine
        WORKDIR /src
        COPY . .
        RUN go build -o /bin/server .
        CMD ["server"]`,
      findings: [{ at: 'golang:alpine', line: 3, message: /moving tag/ }],
      fixed: dockerfile`
        FROM golang:1.27-alpine AS tools
        RUN go install example.com/lint@v1.2.3
        FROM golang:1.27-alpine
        WORKDIR /src
        COPY . .
        RUN go build -o /bin/server .
        CMD ["server"]`,
    },
    ...([
      ['a file for a version manager', 'golang:alpine', { '.go-version': '1.19.4\n' }, 'golang:1.19-alpine'],
      ['a toolchain', 'golang', { 'go.mod': 'module a\n\ngo 1.24.0\n\ntoolchain go1.25.3\n' }, 'golang:1.25'],
      ['the Go of the module', 'golang', { 'go.mod': 'module a\n\ngo 1.24\n' }, 'golang:1.24'],
      ['a module from before Go 1.21, which names the oldest', 'golang', { 'go.mod': 'module a\n\ngo 1.16\n' }, null],
      ['a line of Node', 'node:lts-alpine', { '.nvmrc': 'lts/iron\n' }, 'node:20-alpine'],
      ['engines of one release', 'node', { 'package.json': '{"engines": {"node": "^22.3.0"}}' }, 'node:22'],
      ['engines that allow the newest', 'node', { 'package.json': '{"engines": {"node": ">=18"}}' }, 'node:26'],
      ['engines that do not', 'node', { 'package.json': '{"engines": {"node": ">=18 <23"}}' }, null],
      ['Python', 'python:slim', { '.python-version': '3.12\n' }, 'python:3.12-slim'],
      ['a system that the older one may not have', 'python:slim-trixie', { '.python-version': '3.9\n' }, null],
      ['less than a tag takes', 'python', { '.python-version': '3\n' }, 'python:3.14'],
      ['another Dockerfile of the context', 'node', { 'Dockerfile.dev': 'FROM node:20.3-alpine\nCOPY . .\n' }, 'node:20'],
      ['other Dockerfiles that differ', 'node', { 'Dockerfile.dev': 'FROM node:20\nCOPY . .\n', 'Dockerfile.test': 'FROM node:22\nCOPY . .\n' }, null],
    ] as const).map(([name, ref, files, fixed]) => ({ name: `the repository names a version: ${name}`, code: built(ref), files, findings: [{ at: ref, message: /name the version/ }], fixed: fixed && built(fixed) })),
    { name: 'a comment says that the version is overridden', code: `# NOTE: the actual go version will be overridden\n${built('golang')}`, findings: [{ at: 'golang', message: /has no tag/ }], fixed: null },
    {
      code: dockerfile`
        FROM node
        WORKDIR /app
        COPY . .
        RUN npm ci
        CMD ["node", "server.js"]`,
      findings: [{ at: 'node', message: /^`node` has no tag: each new image of `node:latest` re-runs all 3 steps of this stage; name the version \(`node:\d+` in 2026-08\)\.$/ }],
      fixed: dockerfile`
        FROM node:26
        WORKDIR /app
        COPY . .
        RUN npm ci
        CMD ["node", "server.js"]`,
    },
    {
      name: 'several stages: one finding, every FROM is mended',
      code: dockerfile`
        FROM node:lts-alpine AS deps
        COPY package.json package-lock.json ./
        RUN npm ci
        FROM --platform=$BUILDPLATFORM docker.io/library/golang:alpine AS tool
        COPY . .
        RUN go build -o /tool
        FROM node:lts-alpine
        COPY --from=deps /node_modules /node_modules
        COPY --from=tool /tool /usr/bin/tool
        CMD ["node"]`,
      findings: [
        { at: 'node:lts-alpine', line: 1, message: /^`node:lts-alpine` is a moving tag: each new image under it re-runs all 4 steps of these stages; name the version \(`node:24-alpine` in .*\)\.$/, related: [{ at: 'node:lts-alpine', message: 'the same image' }] },
        { at: 'docker.io/library/golang:alpine', message: /re-runs both steps of this stage/ },
      ],
      fixed: dockerfile`
        FROM node:24-alpine AS deps
        COPY package.json package-lock.json ./
        RUN npm ci
        FROM --platform=$BUILDPLATFORM docker.io/library/golang:1.27-alpine AS tool
        COPY . .
        RUN go build -o /tool
        FROM node:24-alpine
        COPY --from=deps /node_modules /node_modules
        COPY --from=tool /tool /usr/bin/tool
        CMD ["node"]`,
    },
    {
      name: 'stages built FROM it run again as well',
      code: dockerfile`
        FROM debian:sid-slim AS base
        FROM base
        COPY . /src
        RUN make -C /src
        CMD ["/src/app"]`,
      findings: [{ at: 'debian:sid-slim', message: /re-runs every step of what is built FROM it/ }],
      fixed: null,
    },
    {
      name: 'a default that moves',
      code: dockerfile`
        ARG VERSION=latest
        FROM node:\${VERSION}
        COPY . .
        RUN npm ci`,
      findings: [{ at: 'node:${VERSION}', message: /^`node:\$\{VERSION\}`, which is `node:latest` by default, is a moving tag/ }],
      fixed: null,
    },
    {
      name: 'an image that only lends a file',
      code: dockerfile`
        FROM composer:latest AS composer
        FROM php:8.4-cli
        COPY --from=composer /usr/bin/composer /usr/bin/composer
        COPY . .
        RUN composer install
        CMD ["php", "index.php"]`,
      findings: [{ at: 'composer:latest', message: /re-runs what follows `COPY --from=composer \/usr\/bin\/composer \/usr\/bin\/composer` \(line 3\) when what is copied has changed; name the version \(`composer:2` in .*\)\.$/ }],
      fixed: dockerfile`
        FROM composer:2 AS composer
        FROM php:8.4-cli
        COPY --from=composer /usr/bin/composer /usr/bin/composer
        COPY . .
        RUN composer install
        CMD ["php", "index.php"]`,
    },
    {
      name: 'no fix: the newest release has no yarn',
      code: dockerfile`
        FROM node:alpine AS builder
        WORKDIR /app
        COPY package.json yarn.lock ./
        RUN yarn
        COPY . .
        CMD ["node", "server.js"]`,
      findings: [{ at: 'node:alpine', message: /; name a version \(below 26: later ones have no yarn\)\.$/ }],
      fixed: null,
    },
    {
      name: 'no fix: what the image starts is gone',
      code: dockerfile`
        FROM node:latest
        COPY . .
        RUN npm ci
        CMD ["yarn", "start"]`,
      findings: [{ at: 'node:latest', message: /have no yarn/ }],
      fixed: null,
    },
    {
      name: 'no fix: corepack is gone as well',
      code: dockerfile`
        FROM node:latest
        RUN corepack enable
        COPY . .
        RUN pnpm install
        CMD ["node", "server.js"]`,
      findings: [{ at: 'node:latest', message: /below 25: later ones have no corepack/ }],
      fixed: null,
    },
    {
      name: 'yarn is installed',
      code: dockerfile`
        FROM node:alpine
        RUN npm install -g yarn
        COPY . .
        RUN yarn
        CMD ["node", "server.js"]`,
      findings: [{ at: 'node:alpine', message: /name the version \(`node:26-alpine`/ }],
      fixed: dockerfile`
        FROM node:26-alpine
        RUN npm install -g yarn
        COPY . .
        RUN yarn
        CMD ["node", "server.js"]`,
    },
    {
      name: 'a release that has yarn',
      code: dockerfile`
        FROM node:lts-alpine
        COPY . .
        RUN yarn
        CMD ["node", "server.js"]`,
      findings: [{ at: 'node:lts-alpine', message: /`node:24-alpine`/ }],
      fixed: dockerfile`
        FROM node:24-alpine
        COPY . .
        RUN yarn
        CMD ["node", "server.js"]`,
    },
    ...([
      ['mirror.gcr.io/library/busybox:latest', 'mirror.gcr.io/library/busybox:1.38'], ['rust:slim-bookworm', 'rust:1.98-slim-bookworm'], ['node:lts-bookworm', 'node:24-bookworm'], ['nginx:stable', 'nginx:1.30'],
      ['mcr.microsoft.com/dotnet/sdk', 'mcr.microsoft.com/dotnet/sdk:10.0'], ['arm64v8/alpine', 'arm64v8/alpine:3.24'],
      ['debian:testing', null], ['alpine:edge', null], ['registry.fedoraproject.org/fedora', null], ['gcr.io/distroless/base:debug', null], ['google/cloud-sdk', null],
    ] as const).map(([from, to]) => ({ code: served(from), findings: [{ at: from, message: /is a moving tag|has no tag/ }], fixed: to && served(to) })),
  ],
})

test.each([
  ['node:lts', '`node:24`, which `node:lts` stood for in 2026-08, is the release that is wanted'],
  ['debian:testing', 'no table says which version `debian:testing` stands for'],
  ['node:${V}', '`node:${V}` is put together from an argument'],
])('says what the fix of %s assumes, or why there is none', (from, text) => {
  const [finding] = lint(inputOf({ code: `ARG V=lts\n${served(from)}` }), [activeRule(rule)])
  expect(finding?.fix?.assumes ?? finding?.noFix).toBe(text)
})

test.each([
  ['a server for developers', 'Dockerfile', 'FROM node:lts\nCOPY . .\nRUN npm install\nCMD ["npm", "run", "dev"]\n', 'info'],
  ['a tool of the repository', 'tools/convert/Dockerfile', 'FROM node:lts\nCOPY . .\nRUN npm install\nCMD ["node", "a.js"]\n', 'info'],
  ['the choice of the builder', 'Dockerfile', 'ARG GO=latest\nARG IMAGE=golang:$GO\nFROM $IMAGE\nCOPY . .\nRUN make\nCMD ["/a"]\n', 'info'],
  ['scripts of developers', 'hack/dockerfiles/docs.Dockerfile', 'FROM node:lts\nCOPY . .\nRUN npm install\nCMD ["node", "a.js"]\n', 'info'],
  ['an image that ships', 'Dockerfile', 'FROM node:lts\nCOPY . .\nRUN npm install\nCMD ["node", "a.js"]\n', 'warning'],
])('says of %s', (_, path, code, severity) => {
  expect(lint(inputOf({ code, path }), [activeRule(rule)]).map(finding => finding.severity)).toEqual([severity])
})

test.each([
  ['debian:sid-slim', 'info', /; a tag with a date holds it still\.$/], ['alpine:edge', 'info', /date/], ['debian:testing', 'info', /date/],
  ['debian:stable', 'warning', /; name a release\.$/], ['debian', 'warning', /; name a release\.$/],
] as const)('says of %s', (from, severity, message) => {
  const [finding] = lint(inputOf({ code: served(from) }), [activeRule(rule)])
  expect(finding).toMatchObject({ severity, message: expect.stringMatching(message) })
})
