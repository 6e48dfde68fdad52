import { expect, test } from 'vitest'
import rule from '../../rules/system-upgrade-in-build.ts'
import { lint } from '../../src/lint.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { activeRule } from '../support/input.ts'
import { ruleTester } from '../support/rule-tester.ts'

const on = (base: string, script: string, name = script): { readonly name: string; readonly code: string } => ({ name, code: `FROM ${base}\nRUN ${script}\nCMD ["sh"]\n` })

ruleTester(rule, {
  valid: [
    on('debian:12', 'apt-get update && apt-get install -y curl'),
    on('debian:12', 'apt-get update && apt-get upgrade -y openssl', 'named packages'),
    on('debian:12', 'apt-get update && apt-get install -y --only-upgrade openssl'),
    on('debian:12', 'apt-get upgrade --dry-run'),
    on('alpine:3.22', 'apk upgrade --no-cache libssl3'),
    on('fedora:43', 'dnf upgrade -y --security', 'security fixes only'),
    on('fedora:43', 'dnf upgrade -y --advisory=FEDORA-2025-1'),
    on('centos:7', 'yum update-minimal -y'),
    on('opensuse/leap:15.6', 'zypper -n patch'),
    on('archlinux', 'pacman -Syu --noconfirm', 'a partial upgrade is not supported'),
    on('opensuse/tumbleweed', 'zypper -n dup', 'a distribution that rolls'),
    on('kalilinux/kali-rolling', 'apt-get update && apt-get full-upgrade -y'),
    on('debian:sid', 'apt-get update && apt-get upgrade -y'),
    on('debian:testing-slim', 'apt-get update && apt-get upgrade -y'),
    on('alpine:edge', 'apk upgrade --no-cache'),
    on('$BASE', 'apt-get update && apt-get upgrade -y', 'a base nobody knows'),
    on('scratch', 'apt-get update && apt-get upgrade -y', 'a file system of its own'),
    on('debian:12', "sed -i 's/bookworm/trixie/' /etc/apt/sources.list && apt-get update && apt-get dist-upgrade -y", 'other package sources'),
    on('fedora:43', 'dnf --installroot /target upgrade -y', 'another file system tree'),
    on('debian:12', 'if [ -n "$UPGRADE" ]; then apt-get upgrade -y; fi', 'an upgrade that may not run'),
    on('debian:12', 'apt-get upgrade -y && if', 'a script nobody can read'),
    on('python:3.13', 'pip install --upgrade pip', 'not the system'),
    { name: 'sources changed by a copy', code: 'FROM debian:12\nCOPY backports.sources /etc/apt/sources.list.d/\nRUN apt-get update && apt-get upgrade -y\n' },
    { name: 'a date that runs it again', code: 'FROM debian:12\nARG BUILD_DATE\nRUN apt-get update && apt-get upgrade -y\n' },
    { name: 'a counter that runs it again', code: 'FROM debian:12\nARG CACHEBUST=1\nRUN apt-get update && apt-get upgrade -y\n' },
    { name: 'a stage that is not built', code: 'FROM debian:12 AS a\nRUN apt-get update && apt-get upgrade -y\nFROM scratch\nCOPY a /\n' },
    { name: 'ONBUILD', code: 'FROM debian:12 AS a\nONBUILD RUN apt-get update && apt-get upgrade -y\nFROM a\n' },
    { name: 'Windows', code: 'FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nRUN apt-get upgrade -y\n' },
  ],
  invalid: [
    {
      ...on('debian:12', 'apt-get update && apt-get upgrade -y'),
      findings: [{ at: 'apt-get upgrade -y', message: '"apt-get upgrade -y" brings the base image up to date only in builds that do not take this step from the cache, and stores each upgraded file a second time: build on a newer base image (a newer tag, or `docker build --pull`) instead.' }],
    },
    { ...on('ubuntu:24.04', 'apt-get update && apt-get -y dist-upgrade'), findings: [{ at: 'apt-get -y dist-upgrade', message: /up to date only/ }] },
    { ...on('alpine:3.22', 'apk --no-cache upgrade'), findings: [{ at: 'apk --no-cache upgrade', message: /up to date only/ }] },
    { ...on('fedora:43', 'dnf -y update && dnf clean all'), findings: [{ at: 'dnf -y update', message: /up to date only/ }] },
    { ...on('amazonlinux:2', 'yum update -y'), findings: [{ at: 'yum update -y', message: /up to date only/ }] },
    { ...on('mcr.microsoft.com/azurelinux/base/core:3.0', 'tdnf update -y'), findings: [{ at: 'tdnf update -y', message: /up to date only/ }] },
    { ...on('opensuse/leap:15.6', 'zypper -n update'), findings: [{ at: 'zypper -n update', message: /up to date only/ }] },
    { ...on(`debian:12@sha256:${'0'.repeat(64)}`, 'apt-get update && apt-get upgrade -y', 'a digest'), findings: [{ at: 'apt-get upgrade -y', message: /raise the digest of the base image instead/ }] },
    { ...on('alpine:3.22.1', 'apk upgrade --no-cache', 'a patch version'), findings: [{ at: 'apk upgrade --no-cache', message: /raise the tag of the base image instead/ }] },
    { ...on('python:3.6', 'apt-get update && apt-get upgrade -y', 'an image that nobody builds again'), findings: [{ at: 'apt-get upgrade -y', message: /: build on a base image that is still maintained instead\.$/ }] },
    { ...on('rockylinux:8.9', 'dnf update -y', 'an image whose name was given up'), findings: [{ at: 'dnf update -y', message: /still maintained/ }] },
    { ...on('ubuntu:18.04', 'apt-get update && apt-get upgrade -y', 'the last image of a release has all its fixes'), findings: [{ at: 'apt-get upgrade -y', message: /docker build --pull/ }] },
    {
      name: 'in a builder stage nothing is stored twice',
      code: 'FROM debian:12 AS build\nRUN apt-get update && apt-get upgrade -y\nFROM scratch\nCOPY --from=build /app /app\n',
      findings: [{ at: 'apt-get upgrade -y', message: /not take this step from the cache: build on/ }],
    },
  ],
})

const severityOf = (code: string, path = 'Dockerfile'): string | undefined => lint({ text: code, path }, [activeRule(rule)])[0]?.severity
test('a comment that gives a reason, a pinned base image, one of others, a builder stage and a development image make it an information', () => {
  const upgrade = 'RUN apt-get update && apt-get upgrade -y'
  expect(severityOf(`FROM debian:12\n${upgrade}\nCMD ["sh"]\n`)).toBe('warning')
  expect(severityOf(`FROM debian:12\n# Security fixes\n${upgrade}\nCMD ["sh"]\n`)).toBe('info')
  expect(severityOf(dockerfile`
    FROM debian:12
    RUN apt-get update && \
        # for CVE-2024-1234
        apt-get upgrade -y
    CMD ["sh"]`)).toBe('info')
  expect(severityOf(`FROM debian:12 AS build\n${upgrade}\nFROM scratch\nCOPY --from=build /a /\n`)).toBe('info')
  for (const base of ['debian:12.5', 'python:3.11.2-slim', 'debian:bookworm-20251117', 'rockylinux:8.9', `debian:12@sha256:${'0'.repeat(64)}`]) expect(severityOf(`FROM ${base}\n${upgrade}\n${base.startsWith('rocky') ? 'RUN dnf -y update\n' : ''}CMD ["sh"]\n`), base).toBe('info')
  expect(severityOf(`FROM registry.example.com/team/base:2\n${upgrade}\nCMD ["sh"]\n`)).toBe('info')
  for (const base of ['ubuntu:24.04', 'python:3.13', 'public.ecr.aws/ubuntu/ubuntu:24.04', 'mcr.microsoft.com/dotnet/aspnet:10.0']) expect(severityOf(`FROM ${base}\n${upgrade}\nCMD ["sh"]\n`), base).toBe('warning')
  expect(severityOf(`FROM debian:12\n${upgrade}\nCMD ["sh"]\n`, 'Dockerfile.dev')).toBe('info')
})
