import rule from '../../rules/package-index-update-alone.ts'
import { dockerfile } from '../support/dockerfile.ts'
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
    { name: 'an upgrade in between uses the index, too', code: 'FROM debian\nRUN apt-get update\nRUN apt-get -y upgrade\nRUN apt-get install -y curl\n', findings: [{ at: 'apt-get update', message: '"apt-get update" is cached on its own, so "apt-get install -y curl" (line 4), once it is changed, installs from an old package index, or fails on packages that are gone: put both into one RUN, with the upgrade of line 3 in between.' }] },
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
    },
    {
      name: 'a repository added in the step of the refresh, an upgrade in a step of its own, settings in between',
      code: dockerfile`
        FROM ubuntu:24.04
        RUN add-apt-repository ppa:ondrej/php && apt-get update
        RUN apt-get -y upgrade
        ENV DEBIAN_FRONTEND=noninteractive
        RUN sudo apt-get install -y php`,
      findings: [{ at: 'apt-get update', message: /"sudo apt-get install -y php" \(line 5\)/ }],
    },
    { name: 'the exec form', code: 'FROM debian\nRUN ["apt-get", "update"]\nRUN ["apt-get", "install", "-y", "curl"]\n', findings: [{ at: '"apt-get", "update"', message: /cached on its own/ }] },
    { name: 'pacman', code: 'FROM archlinux\nRUN pacman -Sy\nRUN pacman -S --noconfirm git\n', findings: [{ at: 'pacman -Sy', message: /pacman -S --noconfirm git/ }] },
    { name: 'only some folder of the context below', code: 'FROM debian\nCOPY conf /etc/app\nRUN apt-get update\nRUN apt-get install -y curl\n', findings: [{ at: 'apt-get update', message: /./ }] },
  ],
})
