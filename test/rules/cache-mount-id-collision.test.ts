import rule from '../../rules/cache-mount-id-collision.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const LISTS = '--mount=type=cache,target=/var/lib/apt,sharing=locked'
const apt = (one: string, other: string, first = LISTS, second = LISTS): string =>
  `FROM ${one} AS build\nRUN ${first} apt-get update && apt-get install -y gcc\nFROM ${other}\nRUN ${second} apt-get update && apt-get install -y curl\nCOPY --from=build /app /app\n`
const cargo = (mount: string, build = 'cargo build --release', platform = ''): string =>
  `FROM --platform=$BUILDPLATFORM node:22 AS web\nRUN npm run build\nFROM ${platform}rust:1.90 AS build\nARG TARGETARCH\nWORKDIR /src\nRUN ${mount} ${build} && cp target/release/app /app\nFROM debian:12\nCOPY --from=build /app /app\nCOPY --from=web /dist /dist\n`

ruleTester(rule, {
  valid: [
    { name: 'the same release', code: apt('debian:bookworm', 'python:3.13-bookworm') },
    { name: 'ids of their own', code: apt('debian:bookworm', 'ubuntu:24.04', `${LISTS},id=a`, `${LISTS},id=b`) },
    { name: 'a release that is not known', code: apt('debian:bookworm', 'example.com/base') },
    { name: 'different owners are different folders', code: apt('debian:bookworm', 'ubuntu:24.04', `${LISTS},uid=0`, LISTS) },
    { name: 'packages alone have their version in their names', code: apt('debian:bookworm', 'ubuntu:24.04', '--mount=type=cache,target=/var/cache/apt,sharing=locked', '--mount=type=cache,target=/var/cache/apt,sharing=locked') },
    { name: 'apk tells releases apart', code: 'FROM alpine:3.20 AS a\nRUN --mount=type=cache,target=/etc/apk/cache apk add gcc\nFROM alpine:3.22\nRUN --mount=type=cache,target=/etc/apk/cache apk add curl\nCOPY --from=a /a /a\n' },
    { name: 'content-addressed caches are safe', code: 'FROM --platform=$BUILDPLATFORM node:20 AS a\nRUN --mount=type=cache,target=/root/.npm npm ci\nFROM node:22-alpine\nRUN --mount=type=cache,target=/root/.npm npm ci --omit=dev\nCOPY --from=a /dist /dist\n' },
    { name: 'one id, one tool, two targets', code: 'FROM node:22 AS a\nRUN --mount=type=cache,id=npm,target=/root/.npm npm ci\nFROM node:22\nUSER node\nRUN --mount=type=cache,id=npm,target=/home/node/.npm npm ci\nCOPY --from=a /dist /dist\n' },
    { name: 'one folder for many tools, which keep to folders of their own', code: 'FROM golang:1.25 AS a\nRUN --mount=type=cache,id=c,target=/root/.cache go build .\nFROM python:3.13\nRUN --mount=type=cache,id=c,target=/root/.cache pip install -r requirements.txt\nCOPY --from=a /a /a\n' },
    { name: 'an id for each platform', code: cargo('--mount=type=cache,id=target-$TARGETARCH,target=/src/target') },
    { name: 'an id from a platform variable nobody declared', code: cargo('--mount=type=cache,id=target-$TARGETPLATFORM,target=/src/target') },
    { name: 'cargo keeps platforms apart when it is told one', code: cargo('--mount=type=cache,target=/src/target', 'cargo build --release --target $TARGET') },
    { name: 'a stage on the builder\'s platform runs once', code: cargo('--mount=type=cache,target=/src/target', 'cargo build --release', '--platform=$BUILDPLATFORM ') },
    { name: 'one platform, as far as the file says', code: 'FROM rust:1.90 AS build\nWORKDIR /src\nRUN --mount=type=cache,target=/src/target cargo build --release && cp target/release/app /app\nFROM debian:12\nCOPY --from=build /app /app\n' },
    { name: 'cargo\'s registry is the same for all', code: cargo('--mount=type=cache,target=/usr/local/cargo/registry') },
    { name: 'private', code: cargo('--mount=type=cache,target=/src/target,sharing=private') },
    { name: 'a stage that is not built', code: `FROM ubuntu:24.04 AS old\nRUN ${LISTS} apt-get update && apt-get install -y gcc\nFROM debian:12\nRUN ${LISTS} apt-get update && apt-get install -y curl\n` },
    { name: 'precision 15: Windows', code: apt('mcr.microsoft.com/windows/nanoserver:ltsc2022', 'mcr.microsoft.com/windows/servercore:ltsc2022') },
  ],
  invalid: [
    {
      name: 'lists of two distributions',
      code: apt('debian:bookworm', 'ubuntu:24.04'),
      findings: [{ at: LISTS, line: 2, message: '"/var/lib/apt" is one folder for debian-12 here and ubuntu-24.04 in line 4, and each "apt-get update" removes the package lists of the other: give each mount an id of its own, such as "id=apt-debian-12".', related: [{ at: LISTS }] }],
      fixed: 'FROM debian:bookworm AS build\nRUN --mount=type=cache,id=apt-debian-12,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y gcc\nFROM ubuntu:24.04\nRUN --mount=type=cache,id=apt-ubuntu-24.04,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y curl\nCOPY --from=build /app /app\n',
    },
    { name: 'lists of two releases', code: apt('debian:bullseye-slim', 'python:3.13-slim-bookworm'), findings: [{ at: LISTS, message: /debian-11 here and debian-12/ }], fixed: 'FROM debian:bullseye-slim AS build\nRUN --mount=type=cache,id=apt-debian-11,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y gcc\nFROM python:3.13-slim-bookworm\nRUN --mount=type=cache,id=apt-debian-12,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y curl\nCOPY --from=build /app /app\n' },
    { name: 'the folder of the lists alone', code: apt('debian:12', 'debian:13', '--mount=type=cache,target=/var/lib/apt/lists', '--mount=type=cache,target=/var/lib/apt/lists'), findings: [{ at: /lists/, message: /debian-12 here and debian-13/ }], fixed: 'FROM debian:12 AS build\nRUN --mount=type=cache,id=apt-lists-debian-12,target=/var/lib/apt/lists apt-get update && apt-get install -y gcc\nFROM debian:13\nRUN --mount=type=cache,id=apt-lists-debian-13,target=/var/lib/apt/lists apt-get update && apt-get install -y curl\nCOPY --from=build /app /app\n' },
    {
      name: 'one id for two tools',
      code: dockerfile`
        FROM node:22 AS web
        RUN --mount=type=cache,id=deps,target=/root/.npm npm ci
        FROM python:3.13
        RUN --mount=type=cache,id=deps,target=/root/.cache/pip pip install -r requirements.txt
        COPY --from=web /dist /dist`,
      findings: [{ at: /npm/, message: '"id=deps" is one folder for "/root/.npm" here and "/root/.cache/pip" in line 4, which hold the caches of different tools: give each an id of its own.' }],
      fixed: 'FROM node:22 AS web\nRUN --mount=type=cache,id=deps-npm,target=/root/.npm npm ci\nFROM python:3.13\nRUN --mount=type=cache,id=deps-pip,target=/root/.cache/pip pip install -r requirements.txt\nCOPY --from=web /dist /dist\n',
    },
    { name: 'compiled files of several platforms', code: cargo('--mount=type=cache,target=/src/target'), findings: [{ at: /target/, message: /one folder for all platforms .* add "id=target-\$TARGETARCH" to the mount/ }], fixed: 'FROM --platform=$BUILDPLATFORM node:22 AS web\nRUN npm run build\nFROM rust:1.90 AS build\nARG TARGETARCH\nWORKDIR /src\nRUN --mount=type=cache,id=target-$TARGETARCH,target=/src/target cargo build --release && cp target/release/app /app\nFROM debian:12\nCOPY --from=build /app /app\nCOPY --from=web /dist /dist\n' },
    { name: 'an id that both have', code: apt('debian:bookworm', 'ubuntu:24.04', `${LISTS},id=lists`, `${LISTS},id=lists`), findings: [{ at: /lists/, message: /one folder for debian-12 here/ }], fixed: 'FROM debian:bookworm AS build\nRUN --mount=type=cache,target=/var/lib/apt,sharing=locked,id=lists-debian-12 apt-get update && apt-get install -y gcc\nFROM ubuntu:24.04\nRUN --mount=type=cache,target=/var/lib/apt,sharing=locked,id=lists-ubuntu-24.04 apt-get update && apt-get install -y curl\nCOPY --from=build /app /app\n' },
    { name: 'a third stage of the same distribution shares with the first', code: `FROM debian:12 AS a\nRUN ${LISTS} apt-get update && apt-get install -y gcc\nFROM debian:12 AS b\nRUN ${LISTS} apt-get update && apt-get install -y make\nFROM ubuntu:24.04\nRUN ${LISTS} apt-get update && apt-get install -y curl\nCOPY --from=a /a /a\nCOPY --from=b /b /b\n`, findings: [{ at: LISTS, line: 2, message: /ubuntu-24\.04 in line 6/ }], fixed: 'FROM debian:12 AS a\nRUN --mount=type=cache,id=apt-debian-12,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y gcc\nFROM debian:12 AS b\nRUN --mount=type=cache,id=apt-debian-12,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y make\nFROM ubuntu:24.04\nRUN --mount=type=cache,id=apt-ubuntu-24.04,target=/var/lib/apt,sharing=locked apt-get update && apt-get install -y curl\nCOPY --from=a /a /a\nCOPY --from=b /b /b\n' },
    { name: 'the platform is not declared', code: cargo('--mount=type=cache,target=/src/target').replace('ARG TARGETARCH\n', '').replace('WORKDIR', 'workdir').replace('\nRUN --mount', '\n# compile\nrun --mount'), findings: [{ at: /target/, message: /with "ARG TARGETARCH" above/ }], fixed: 'FROM --platform=$BUILDPLATFORM node:22 AS web\nRUN npm run build\nFROM rust:1.90 AS build\nworkdir /src\narg TARGETARCH\n# compile\nrun --mount=type=cache,id=target-$TARGETARCH,target=/src/target cargo build --release && cp target/release/app /app\nFROM debian:12\nCOPY --from=build /app /app\nCOPY --from=web /dist /dist\n' },
    { name: 'no fix: the id is taken', code: apt('debian:bookworm', 'ubuntu:24.04', `--mount=type=cache,id=apt-debian-12,target=/var/cache/apt ${LISTS}`), findings: [{ at: LISTS, message: /one folder/ }], fixed: null },
    { name: 'no fix: a mount in quotes', code: apt('debian:bookworm', 'ubuntu:24.04', '--mount=type=cache,"target=/var/lib/apt",sharing=locked'), findings: [{ at: /lib/, message: /one folder/ }], fixed: null },
  ],
})
