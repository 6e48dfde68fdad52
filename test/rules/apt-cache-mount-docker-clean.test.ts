import { expect, test } from 'vitest'
import { lint } from '../../src/lint.ts'
import { activeRule, inputOf } from '../support/input.ts'
import rule from '../../rules/apt-cache-mount-docker-clean.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const MOUNT = '--mount=type=cache,target=/var/cache/apt,sharing=locked'
const INSTALL = 'apt-get update && apt-get install -y curl'

ruleTester(rule, {
  valid: [
    { name: 'the hook is removed in the same RUN', code: `FROM debian:12\nRUN ${MOUNT} rm -f /etc/apt/apt.conf.d/docker-clean && ${INSTALL}\n` },
    { name: 'the hook is removed in an earlier RUN', code: `FROM debian:12\nRUN rm -f /etc/apt/apt.conf.d/docker-clean\nRUN ${MOUNT} ${INSTALL}\n` },
    { name: 'the hook is removed in the stage below', code: `FROM debian:12 AS base\nRUN rm /etc/apt/apt.conf.d/docker-clean\nFROM base\nRUN ${MOUNT} ${INSTALL}\n` },
    { name: 'the hook is overwritten', code: `FROM ubuntu:24.04\nRUN ${MOUNT} echo 'Binary::apt::APT::Keep-Downloaded-Packages "true";' > /etc/apt/apt.conf.d/docker-clean && ${INSTALL}\n` },
    { name: 'a setting takes the hook away', code: `FROM ubuntu:24.04\nRUN echo '#clear DPkg::Post-Invoke;' > /etc/apt/apt.conf.d/zz && ${INSTALL}\nRUN ${MOUNT} ${INSTALL}\n` },
    { name: 'all settings are removed', code: `FROM ubuntu:24.04\nRUN rm -rf /etc/apt/apt.conf.d/*\nRUN ${MOUNT} ${INSTALL}\n` },
    { name: 'a here-document removes the hook', code: `FROM debian:12\nRUN <<EOF\nrm -f /etc/apt/apt.conf.d/docker-clean\nEOF\nRUN ${MOUNT} ${INSTALL}\n` },
    { name: 'another file is laid over the hook', code: `FROM debian:12\nRUN ${MOUNT} --mount=type=bind,source=keep,target=/etc/apt/apt.conf.d/docker-clean ${INSTALL}\n` },
    { name: 'settings of the project', code: `FROM debian:12\nCOPY apt.conf /etc/apt/\nRUN ${MOUNT} ${INSTALL}\n` },
    { name: 'a script before it', code: `FROM debian:12\nCOPY setup.sh /\nRUN /setup.sh\nRUN ${MOUNT} ${INSTALL}\n` },
    { name: 'only the lists are mounted', code: `FROM debian:12\nRUN --mount=type=cache,target=/var/lib/apt ${INSTALL}\n` },
    { name: 'no install in it', code: `FROM debian:12\nRUN ${MOUNT} apt-get update\n` },
    { name: 'no mount', code: `FROM debian:12\nRUN ${INSTALL}\n` },
    { name: 'an image nobody knows', code: `FROM registry.example.com/debian-base\nRUN ${MOUNT} ${INSTALL}\n` },
    { name: 'not Debian', code: 'FROM alpine:3.22\nRUN --mount=type=cache,target=/var/cache/apk apk add apt\n' },
    { name: 'a stage that is not built', code: `FROM debian:12 AS old\nRUN ${MOUNT} ${INSTALL}\nFROM debian:12\nCMD ["sh"]\n` },
    { name: 'precision 15: Windows', code: `FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nRUN ${MOUNT} ${INSTALL}\n` },
  ],
  invalid: [
    {
      code: `FROM debian:bookworm-slim\nRUN ${MOUNT} ${INSTALL}\n`,
      findings: [{ at: MOUNT, message: 'The cache mount on "/var/cache/apt" keeps no packages, because the image\'s hook /etc/apt/apt.conf.d/docker-clean removes them after "apt-get install -y curl": run "rm -f /etc/apt/apt.conf.d/docker-clean" before it.', related: [{ at: 'apt-get install -y curl' }] }],
      fixed: 'FROM debian:bookworm-slim\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked rm -f /etc/apt/apt.conf.d/docker-clean && apt-get update && apt-get install -y curl\n',
    },
    { name: 'to keep packages is not to remove the hook', code: `FROM golang:1.26-bookworm\nRUN echo 'Binary::apt::APT::Keep-Downloaded-Packages "true";' > /etc/apt/apt.conf.d/keep-cache\nRUN ${MOUNT} ${INSTALL}\n`, findings: [{ at: MOUNT, message: /docker-clean removes them/ }], fixed: 'FROM golang:1.26-bookworm\nRUN echo \'Binary::apt::APT::Keep-Downloaded-Packages "true";\' > /etc/apt/apt.conf.d/keep-cache\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked rm -f /etc/apt/apt.conf.d/docker-clean && apt-get update && apt-get install -y curl\n' },
    { name: 'other settings leave the hook', code: `FROM debian:12\nRUN echo 'Acquire::Retries "3";' > /etc/apt/apt.conf.d/80-retries\nRUN ${MOUNT} ${INSTALL}\n`, findings: [{ at: MOUNT, message: /docker-clean/ }], fixed: 'FROM debian:12\nRUN echo \'Acquire::Retries "3";\' > /etc/apt/apt.conf.d/80-retries\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked rm -f /etc/apt/apt.conf.d/docker-clean && apt-get update && apt-get install -y curl\n' },
    { name: 'NVIDIA\'s image made from Ubuntu', code: `FROM nvcr.io/nvidia/cuda:12.9.1-devel-ubuntu24.04\nRUN ${MOUNT} ${INSTALL}\n`, findings: [{ at: MOUNT, message: /docker-clean/ }], fixed: 'FROM nvcr.io/nvidia/cuda:12.9.1-devel-ubuntu24.04\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked rm -f /etc/apt/apt.conf.d/docker-clean && apt-get update && apt-get install -y curl\n' },
    { name: 'an image made from Debian', code: `FROM python:3.13-slim\nRUN ${MOUNT} ${INSTALL}\n`, findings: [{ at: MOUNT, message: /docker-clean/ }], fixed: 'FROM python:3.13-slim\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked rm -f /etc/apt/apt.conf.d/docker-clean && apt-get update && apt-get install -y curl\n' },
    { name: 'apt removes packages by itself, too', code: `FROM ubuntu:22.04\nRUN ${MOUNT} apt update && apt install -y curl\n`, findings: [{ at: MOUNT, message: /before it, and set Binary::apt::APT::Keep-Downloaded-Packages to "true"\.$/ }], fixed: 'FROM ubuntu:22.04\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked rm -f /etc/apt/apt.conf.d/docker-clean && echo \'Binary::apt::APT::Keep-Downloaded-Packages "true";\' > /etc/apt/apt.conf.d/keep-cache && apt update && apt install -y curl\n' },
    { name: 'apt, on lines that end with &&', code: `FROM ubuntu:22.04\nRUN ${MOUNT} \\\n    apt update && \\\n    apt install -y curl\n`, findings: [{ at: MOUNT, message: /docker-clean/ }], fixed: `FROM ubuntu:22.04\nRUN ${MOUNT} \\\n    rm -f /etc/apt/apt.conf.d/docker-clean && \\\n    echo 'Binary::apt::APT::Keep-Downloaded-Packages "true";' > /etc/apt/apt.conf.d/keep-cache && \\\n    apt update && \\\n    apt install -y curl\n` },
    { name: 'apt, on lines that begin with &&', code: `FROM ubuntu:22.04\nRUN ${MOUNT} \\\n    apt update \\\n    && apt install -y curl\n`, findings: [{ at: MOUNT, message: /docker-clean/ }], fixed: `FROM ubuntu:22.04\nRUN ${MOUNT} \\\n    rm -f /etc/apt/apt.conf.d/docker-clean \\\n    && echo 'Binary::apt::APT::Keep-Downloaded-Packages "true";' > /etc/apt/apt.conf.d/keep-cache \\\n    && apt update \\\n    && apt install -y curl\n` },
    {
      name: 'one finding stands for all mounts of the file',
      code: dockerfile`
        FROM debian:12 AS build
        RUN --mount=type=cache,target=/var/cache/apt/archives apt-get update && apt-get install -y gcc
        FROM debian:12
        RUN --mount=type=cache,target=/var/cache/apt apt-get update && apt-get install -y curl
        COPY --from=build /app /app`,
      findings: [{ at: /archives/, message: /\(so it is with 1 more mount of this file\)/, related: [{ at: 'apt-get install -y gcc' }, { at: '--mount=type=cache,target=/var/cache/apt' }] }],
      fixed: null,
    },
    { name: 'the hook is removed after the install', code: `FROM debian:12\nRUN ${MOUNT} ${INSTALL}\nRUN rm /etc/apt/apt.conf.d/docker-clean\n`, findings: [{ at: MOUNT, message: /docker-clean/ }], fixed: 'FROM debian:12\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked rm -f /etc/apt/apt.conf.d/docker-clean && apt-get update && apt-get install -y curl\nRUN rm /etc/apt/apt.conf.d/docker-clean\n' },
    { name: 'several lines, each begun by &&', code: `FROM debian:12\nRUN ${MOUNT} \\\n    apt-get update \\\n    && apt-get install -y \\\n        curl\n`, findings: [{ at: MOUNT, message: /docker-clean/ }], fixed: 'FROM debian:12\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\\n    rm -f /etc/apt/apt.conf.d/docker-clean \\\n    && apt-get update \\\n    && apt-get install -y \\\n        curl\n' },
    { name: 'several lines, each ended by &&', code: `FROM debian:12\r\nRUN ${MOUNT} \\\r\n    set -eux; \\\r\n    apt-get update && \\\r\n    apt-get install -y curl\r\n`, findings: [{ at: MOUNT, message: /docker-clean/ }], fixed: 'FROM debian:12\r\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked \\\r\n    set -eux; \\\r\n    rm -f /etc/apt/apt.conf.d/docker-clean; \\\r\n    apt-get update && \\\r\n    apt-get install -y curl\r\n' },
    { name: 'a here-document', code: `FROM debian:12\nRUN ${MOUNT} <<EOF\n  set -e\n  apt-get update\n  apt-get install -y curl\nEOF\n`, findings: [{ at: MOUNT, message: /docker-clean/ }], fixed: 'FROM debian:12\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked <<EOF\n  set -e\n  rm -f /etc/apt/apt.conf.d/docker-clean\n  apt-get update\n  apt-get install -y curl\nEOF\n' },
    { name: 'sudo', code: `FROM debian:12\nRUN ${MOUNT} sudo apt-get update && sudo apt-get install -y curl\n`, findings: [{ at: MOUNT, message: /docker-clean/ }], fixed: 'FROM debian:12\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked sudo rm -f /etc/apt/apt.conf.d/docker-clean && sudo apt-get update && sudo apt-get install -y curl\n' },
    { name: 'once for all steps on top of one another', code: `FROM debian:12 AS a\nRUN ${MOUNT} ${INSTALL}\nRUN ${MOUNT} apt-get update && apt-get install -y gcc\nFROM a\nRUN ${MOUNT} apt-get update && apt-get install -y make\n`, findings: [{ at: MOUNT, message: /with 2 more mounts/ }], fixed: 'FROM debian:12 AS a\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked rm -f /etc/apt/apt.conf.d/docker-clean && apt-get update && apt-get install -y curl\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked apt-get update && apt-get install -y gcc\nFROM a\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked apt-get update && apt-get install -y make\n' },
    { name: 'in each stage on its own', code: `FROM debian:12 AS a\nRUN ${MOUNT} ${INSTALL}\nFROM debian:12\nRUN ${MOUNT} apt-get update && apt-get install -y gcc\nCOPY --from=a /a /a\n`, findings: [{ at: MOUNT, message: /with 1 more mount/ }], fixed: 'FROM debian:12 AS a\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked rm -f /etc/apt/apt.conf.d/docker-clean && apt-get update && apt-get install -y curl\nFROM debian:12\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked rm -f /etc/apt/apt.conf.d/docker-clean && apt-get update && apt-get install -y gcc\nCOPY --from=a /a /a\n' },
    { name: 'no fix: a later step would leave its packages in the image', code: `FROM debian:12\nRUN ${MOUNT} ${INSTALL}\nRUN apt-get update && apt-get install -y gcc && rm -rf /var/lib/apt/lists/*\n`, findings: [{ at: MOUNT, message: /docker-clean/ }], fixed: null },
    { name: 'no fix: apt would write beside the mount', code: 'FROM debian:12\nRUN --mount=type=cache,target=/var/cache/apt/archives apt-get update && apt-get install -y gcc\n', findings: [{ at: /archives/, message: /docker-clean/ }], fixed: null },
    { name: 'no fix: in a branch', code: `FROM debian:12\nRUN ${MOUNT} if true; then ${INSTALL}; fi\n`, findings: [{ at: MOUNT, message: /docker-clean/ }], fixed: null },
    { name: 'no fix: the exec form', code: `FROM debian:12\nRUN ${MOUNT} ["apt-get", "install", "-y", "curl"]\n`, findings: [{ at: MOUNT, message: /docker-clean/ }], fixed: null },
  ],
})

test.each([
  ['apt-get', 'Remove /etc/apt/apt.conf.d/docker-clean before the install', 'nothing that is installed on top of the image counts on docker-clean'],
  ['apt', 'Remove /etc/apt/apt.conf.d/docker-clean and write /etc/apt/apt.conf.d/keep-cache before the install', 'nothing that is installed on top of the image counts on docker-clean, nor on apt to remove its downloads, which keep-cache forbids'],
])('says what it writes for %s', (program, title, assumes) => {
  const [finding] = lint(inputOf({ code: `FROM debian:12\nRUN ${MOUNT} ${program} update && ${program} install -y curl\n` }), [activeRule(rule)])
  expect(finding?.fix).toMatchObject({ title, assumes })
})
