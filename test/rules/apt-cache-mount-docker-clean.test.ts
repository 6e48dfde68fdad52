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
    },
    { name: 'to keep packages is not to remove the hook', code: `FROM golang:1.26-bookworm\nRUN echo 'Binary::apt::APT::Keep-Downloaded-Packages "true";' > /etc/apt/apt.conf.d/keep-cache\nRUN ${MOUNT} ${INSTALL}\n`, findings: [{ at: MOUNT, message: /docker-clean removes them/ }] },
    { name: 'other settings leave the hook', code: `FROM debian:12\nRUN echo 'Acquire::Retries "3";' > /etc/apt/apt.conf.d/80-retries\nRUN ${MOUNT} ${INSTALL}\n`, findings: [{ at: MOUNT, message: /docker-clean/ }] },
    { name: 'NVIDIA\'s image made from Ubuntu', code: `FROM nvcr.io/nvidia/cuda:12.9.1-devel-ubuntu24.04\nRUN ${MOUNT} ${INSTALL}\n`, findings: [{ at: MOUNT, message: /docker-clean/ }] },
    { name: 'an image made from Debian', code: `FROM python:3.13-slim\nRUN ${MOUNT} ${INSTALL}\n`, findings: [{ at: MOUNT, message: /docker-clean/ }] },
    { name: 'apt removes packages by itself, too', code: `FROM ubuntu:22.04\nRUN ${MOUNT} apt update && apt install -y curl\n`, findings: [{ at: MOUNT, message: /before it, and set Binary::apt::APT::Keep-Downloaded-Packages to "true"\.$/ }] },
    {
      name: 'one finding stands for all mounts of the file',
      code: dockerfile`
        FROM debian:12 AS build
        RUN --mount=type=cache,target=/var/cache/apt/archives apt-get update && apt-get install -y gcc
        FROM debian:12
        RUN --mount=type=cache,target=/var/cache/apt apt-get update && apt-get install -y curl
        COPY --from=build /app /app`,
      findings: [{ at: /archives/, message: /\(so it is with 1 more mount of this file\)/, related: [{ at: 'apt-get install -y gcc' }, { at: '--mount=type=cache,target=/var/cache/apt' }] }],
    },
    { name: 'the hook is removed after the install', code: `FROM debian:12\nRUN ${MOUNT} ${INSTALL}\nRUN rm /etc/apt/apt.conf.d/docker-clean\n`, findings: [{ at: MOUNT, message: /docker-clean/ }] },
  ],
})
