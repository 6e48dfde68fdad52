import { expect, test } from 'vitest'
import rule from '../../rules/package-cache-not-cleaned.ts'
import { lint } from '../../src/lint.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { activeRule } from '../support/input.ts'
import { ruleTester } from '../support/rule-tester.ts'

const run = (script: string, base = 'fedora:43', name = script): { readonly name: string; readonly code: string } =>
  ({ name, code: `FROM ${base}\nRUN ${script}\nCMD ["sh"]\n` })

ruleTester(rule, {
  valid: [
    run('dnf install -y git && dnf clean all'),
    run('dnf -y install git && dnf -y clean all'),
    run('dnf install -y git && rm -rf /var/cache/dnf'),
    run('dnf install -y git && rm -rf /var/cache/*'),
    run('dnf5 install -y git && rm -rf /var/cache/libdnf5/*'),
    run('yum install -y git && dnf clean all', 'rockylinux:9'),
    run('yum install -y git && rm -rf /var/cache/yum', 'centos:7'),
    run('microdnf install git && microdnf clean all', 'registry.access.redhat.com/ubi9/ubi-minimal'),
    run('tdnf install -y git && tdnf clean all', 'mcr.microsoft.com/azurelinux/base/core:3.0'),
    run('zypper -n in git && zypper clean -a', 'opensuse/leap:15.6'),
    run('zypper -n in git && zypper cc --all', 'opensuse/leap:15.6'),
    run('apk add --no-cache git', 'alpine:3.22'),
    run('apk --no-cache add git', 'alpine:3.22'),
    run('apk update --no-cache', 'alpine:3.22'),
    run('apk add git && rm -rf /var/cache/apk/*', 'alpine:3.22'),
    run('apk add -U git && rm /var/cache/apk/*', 'alpine:3.22'),
    run('apk add --no-network --virtual .run $deps', 'alpine:3.22'),
    run('apk add --allow-untrusted /tmp/tool.apk', 'alpine:3.22'),
    run('apk add $APK_OPTIONS git', 'alpine:3.22', 'options nobody knows'),
    run('apk add --root /target git', 'alpine:3.22', 'another file system tree'),
    run('dnf --installroot /target install -y git', 'fedora:43', 'another file system tree of dnf'),
    run('dnf install -y --setopt=cachedir=/tmp/dnf git && rm -rf /tmp/dnf', 'fedora:43', 'a moved cache'),
    run('--mount=type=cache,target=/var/cache/dnf dnf install -y git', 'fedora:43', 'a cache mount'),
    run('--mount=type=cache,target=/var/cache dnf install -y git', 'fedora:43', 'a cache mount on the folder above'),
    run('--mount=type=cache,target=/etc/apk/cache apk add git', 'alpine:3.22', 'a cache mount where apk looks first'),
    run('--mount=type=cache,target=/var/cache/zypper zypper -n in git', 'opensuse/leap:15.6', 'a mount on a wrong folder: that is what cache-mount-wrong-target says'),
    run('--mount=type=cache,target=/var/cache/tdnf tdnf install -y git', 'mcr.microsoft.com/azurelinux/base/core:3.0'),
    run('--mount=type=tmpfs,target=/var/cache/dnf dnf install -y git', 'fedora:43', 'a tmpfs'),
    run('--mount=type=cache,target=/opt/conda/pkgs conda install -y numpy', 'condaforge/miniforge3'),
    run('conda install -y numpy && conda clean -afy', 'condaforge/miniforge3'),
    run('micromamba install -y -n base -f env.yml && micromamba clean --all --yes', 'mambaorg/micromamba'),
    run('conda install -y numpy && rm -rf "${CONDA_DIR}/pkgs"', 'condaforge/miniforge3'),
    run('mamba install -y numpy && fix-permissions /opt/conda && mamba clean --all -f -y', 'quay.io/jupyter/base-notebook'),
    run('pacman -Syu --noconfirm git', 'archlinux', 'a hook of the image empties the cache'),
    run('apt-get update && apt-get install -y git', 'debian', 'apt has a rule of its own'),
    run('dnf install -y git && /usr/local/bin/cleanup.sh', 'fedora:43', 'a script that may clean up'),
    run('dnf install -y git && tidy() { dnf clean all; }; tidy', 'fedora:43', 'a function'),
    run('if [ -n "$EXTRA" ]; then dnf install -y $EXTRA; fi', 'fedora:43', 'an install that may not run'),
    run('dnf install -y git && if', 'fedora:43', 'a script nobody can read'),
    { name: 'a here-document', code: dockerfile`
      FROM fedora:43
      RUN <<EOF
      dnf install -y git
      dnf clean all
      EOF
      CMD ["git"]` },
    { name: 'a builder stage', code: 'FROM fedora:43 AS build\nRUN dnf install -y gcc\nFROM scratch\nCOPY --from=build /app /app\n' },
    { name: 'cleaned in a later RUN: that is what cleanup-in-later-layer says', code: 'FROM fedora:43\nRUN dnf install -y git\nRUN dnf clean all\nCMD ["git"]\n' },
    { name: 'Windows', code: 'FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nRUN apk add git\n' },
    { name: 'ONBUILD', code: 'FROM fedora:43 AS a\nONBUILD RUN dnf install -y git\nFROM a\nCMD ["git"]\n' },
    { name: 'a development container', path: '.devcontainer/Dockerfile', code: 'FROM fedora:43\nRUN dnf install -y git\n' },
    { name: 'squashed', code: 'FROM fedora:43\n# The image is built with --squash.\nRUN dnf install -y git\nCMD ["git"]\n' },
  ],
  invalid: [
    {
      name: 'steps that another stage has in common with the image',
      code: dockerfile`
        FROM alpine:3.22 AS build
        RUN apk add git
        RUN apk add gcc
        FROM alpine:3.22
        RUN apk add git
        RUN apk add curl
        COPY --from=build /app /app
        CMD ["/app"]`,
      findings: [{ at: 'apk add git', line: 5, message: /index/ }],
      fixed: dockerfile`
        FROM alpine:3.22 AS build
        RUN apk add --no-cache git
        RUN apk add gcc
        FROM alpine:3.22
        RUN apk add --no-cache git
        RUN apk add --no-cache curl
        COPY --from=build /app /app
        CMD ["/app"]`,
    },
    {
      name: 'no fix: a step in common that would go',
      code: dockerfile`
        FROM alpine:3.22 AS build
        RUN apk update
        RUN apk add gcc
        FROM alpine:3.22
        RUN apk update
        RUN apk add curl
        COPY --from=build /app /app
        CMD ["/app"]`,
      findings: [{ at: 'apk update', line: 5, message: /index/ }],
      fixed: null,
    },
    {
      name: 'the same words on another base are another step',
      code: dockerfile`
        FROM alpine:3.21 AS build
        RUN apk add git
        FROM alpine:3.22
        RUN apk add git
        COPY --from=build /app /app
        CMD ["/app"]`,
      findings: [{ at: 'apk add git', line: 4, message: /index/ }],
      fixed: dockerfile`
        FROM alpine:3.21 AS build
        RUN apk add git
        FROM alpine:3.22
        RUN apk add --no-cache git
        COPY --from=build /app /app
        CMD ["/app"]`,
    },
    { name: 'a comment speaks of the refresh', code: "FROM alpine:3.22\n# It's important to update the index first.\nRUN apk update && apk upgrade --no-cache busybox\nCMD [\"sh\"]\n", findings: [{ at: 'apk update', message: /./ }], fixed: null },
    { name: 'a comment speaks of the cache', code: 'FROM fedora:43\n# The metadata cache must not be cleaned: plug-ins are installed at the start.\nRUN dnf install -y nginx\nCMD ["nginx"]\n', findings: [{ at: /^dnf/, message: /./ }], fixed: null },
    { name: 'a comment apart speaks of another', code: 'FROM fedora:43\n# Do not clean anything below /srv.\n\nRUN dnf install -y nginx\nCMD ["nginx"]\n', findings: [{ at: /^dnf/, message: /./ }], fixed: 'FROM fedora:43\n# Do not clean anything below /srv.\n\nRUN dnf install -y nginx && dnf clean all\nCMD ["nginx"]\n' },
    {
      ...run('dnf install -y git'),
      findings: [{ at: 'dnf install -y git', message: '"dnf install -y git" leaves the metadata of the package repositories in the image: append "&& dnf clean all" to this RUN.' }],
      fixed: 'FROM fedora:43\nRUN dnf install -y git && dnf clean all\nCMD ["sh"]\n',
    },
    { ...run('dnf clean all && dnf install -y git'), findings: [{ at: 'dnf install -y git', message: /leaves/ }], fixed: 'FROM fedora:43\nRUN dnf clean all && dnf install -y git && dnf clean all\nCMD ["sh"]\n' },
    {
      ...run('dnf install -y git && dnf clean packages', 'fedora:43', 'packages are not kept anyway'), findings: [{ at: 'dnf install -y git', message: /metadata/ }],
      fixed: 'FROM fedora:43\nRUN dnf install -y git && dnf clean packages && dnf clean all\nCMD ["sh"]\n',
    },
    {
      ...run('dnf install -y git && rm -rf /var/cache/apt', 'fedora:43', 'another folder'), findings: [{ at: 'dnf install -y git', message: /leaves/ }],
      fixed: 'FROM fedora:43\nRUN dnf install -y git && rm -rf /var/cache/apt && dnf clean all\nCMD ["sh"]\n',
    },
    { ...run('yum -y update', 'centos:7'), findings: [{ at: 'yum -y update', message: /append "&& yum clean all"/ }], fixed: 'FROM centos:7\nRUN yum -y update && yum clean all\nCMD ["sh"]\n' },
    {
      ...run('zypper -n in git && zypper clean', 'opensuse/leap:15.6', 'zypper clean leaves the metadata'), findings: [{ at: 'zypper -n in git', message: /append "&& zypper clean --all"/ }],
      fixed: 'FROM opensuse/leap:15.6\nRUN zypper -n in git && zypper clean && zypper clean --all\nCMD ["sh"]\n',
    },
    {
      ...run('conda install -y numpy', 'condaforge/miniforge3'), findings: [{ at: 'conda install -y numpy', message: '"conda install -y numpy" leaves the downloaded packages and the index in the image: append "&& conda clean --all --yes" to this RUN.' }],
      fixed: 'FROM condaforge/miniforge3\nRUN conda install -y numpy && conda clean --all --yes\nCMD ["sh"]\n',
    },
    { ...run('mamba install -y numpy', 'condaforge/miniforge3'), findings: [{ at: 'mamba install -y numpy', message: /append "&& mamba clean --all --yes"/ }], fixed: 'FROM condaforge/miniforge3\nRUN mamba install -y numpy && mamba clean --all --yes\nCMD ["sh"]\n' },
    {
      ...run('apk add git', 'alpine:3.22'),
      findings: [{ at: 'apk add git', message: '"apk add git" leaves the package index in the image: add "--no-cache" to fetch one without keeping it.' }],
      fixed: 'FROM alpine:3.22\nRUN apk add --no-cache git\nCMD ["sh"]\n',
    },
    {
      ...run('apk add gcc && ./autogen.sh && ./configure && make', 'alpine:3.22', 'scripts that build do not clean up'), findings: [{ at: 'apk add gcc', message: /leaves/ }],
      fixed: 'FROM alpine:3.22\nRUN apk add --no-cache gcc && ./autogen.sh && ./configure && make\nCMD ["sh"]\n',
    },
    { ...run('apk update && apk add --no-cache git', 'alpine:3.22'), findings: [{ at: 'apk update', message: /: drop this command, as "--no-cache" fetches/ }], fixed: 'FROM alpine:3.22\nRUN apk add --no-cache git\nCMD ["sh"]\n' },
    {
      ...run('apk update && apk add git', 'alpine:3.22'), findings: [{ at: 'apk update', message: /: use "apk add --no-cache" instead, which fetches one without keeping it\.$/, related: [{ at: 'apk add git' }] }],
      fixed: 'FROM alpine:3.22\nRUN apk add --no-cache git\nCMD ["sh"]\n',
    },
    {
      name: 'later steps have to follow', code: 'FROM alpine:3.22\nRUN apk add git\nRUN apk add curl\nCMD ["git"]\n', findings: [{ at: 'apk add git', message: /add "--no-cache" here and in line 3 to fetch/, related: [{ at: 'apk add curl' }] }],
      fixed: 'FROM alpine:3.22\nRUN apk add --no-cache git\nRUN apk add --no-cache curl\nCMD ["git"]\n',
    },
    {
      name: 'later steps of dnf have to follow, too', code: 'FROM fedora:43\nRUN sudo dnf install -y git\nRUN sudo dnf install -y jq\nRUN sudo dnf install -y curl\nCMD ["git"]\n', findings: [{ at: /install -y git/, message: /append "&& sudo dnf clean all" to this RUN and to those of lines 3 and 4\.$/, related: [{ at: /jq/ }, { at: /curl/ }] }],
      fixed: 'FROM fedora:43\nRUN sudo dnf install -y git && sudo dnf clean all\nRUN sudo dnf install -y jq && sudo dnf clean all\nRUN sudo dnf install -y curl && sudo dnf clean all\nCMD ["git"]\n',
    },
    {
      ...run('--mount=type=cache,target=/var/cache/apt dnf install -y git', 'fedora:43', 'a mount over something else'), findings: [{ at: 'dnf install -y git', message: /leaves/ }],
      fixed: 'FROM fedora:43\nRUN --mount=type=cache,target=/var/cache/apt dnf install -y git && dnf clean all\nCMD ["sh"]\n',
    },
    {
      name: 'what one step left is there for the next: one finding',
      code: 'FROM alpine:3.22 AS base\nRUN apk update\nFROM base\nRUN apk add git\nCMD ["git"]\n',
      findings: [{ at: 'apk update', message: /leaves/, related: [{ at: 'apk add git' }] }],
      fixed: 'FROM alpine:3.22 AS base\nFROM base\nRUN apk add --no-cache git\nCMD ["git"]\n',
    },
    {
      name: 'a later clean-up that serves its own install',
      code: 'FROM centos:7\nRUN yum install -y tar\nRUN yum install -y wget && yum clean all\nCMD ["wget"]\n',
      findings: [{ at: 'yum install -y tar', message: /leaves/ }],
      fixed: 'FROM centos:7\nRUN yum install -y tar && yum clean all\nRUN yum install -y wget && yum clean all\nCMD ["wget"]\n',
    },
    {
      name: 'options that refresh the index, wherever they stand', code: 'FROM alpine:3.22\nRUN apk add -U git && apk --update add curl && apk add -Uv jq\nCMD ["git"]\n', findings: [{ at: 'apk add -U git', message: /leaves/ }],
      fixed: 'FROM alpine:3.22\nRUN apk add --no-cache git && apk --no-cache add curl && apk add --no-cache -Uv jq\nCMD ["git"]\n',
    },
    {
      name: 'an upgrade, operators at the start of lines', code: 'FROM alpine:3.22\nRUN apk update \\\n    && apk upgrade \\\n    && apk add \\\n        git \\\n        jq\nCMD ["git"]\n', findings: [{ at: 'apk update', message: /leaves/ }],
      fixed: 'FROM alpine:3.22\nRUN apk upgrade --no-cache \\\n    && apk add --no-cache \\\n        git \\\n        jq\nCMD ["git"]\n',
    },
    {
      name: 'set -ex, CRLF', code: 'FROM alpine:3.22\r\nRUN set -ex; \\\r\n    apk update; \\\r\n    apk add git\r\nCMD ["git"]\r\n', findings: [{ at: 'apk update', message: /leaves/ }],
      fixed: 'FROM alpine:3.22\r\nRUN set -ex; \\\r\n    apk add --no-cache git\r\nCMD ["git"]\r\n',
    },
    {
      name: 'an update of its own, with a comment that speaks of both', code: 'FROM alpine:3.22\n# tools\nRUN apk update\nRUN apk add git\nCMD ["git"]\n', findings: [{ at: 'apk update', message: /leaves/ }],
      fixed: 'FROM alpine:3.22\n# tools\nRUN apk add --no-cache git\nCMD ["git"]\n',
    },
    {
      name: 'a here-document with set -e', code: 'FROM fedora:43\nRUN <<EOF\nset -e\ndnf install -y git\nEOF\nCMD ["git"]\n', findings: [{ at: 'dnf install -y git', message: /leaves/ }],
      fixed: 'FROM fedora:43\nRUN <<EOF\nset -e\ndnf install -y git\ndnf clean all\nEOF\nCMD ["git"]\n',
    },
    { name: 'a here-document without', code: 'FROM fedora:43\nRUN <<EOF\ndnf install -y git\nEOF\nCMD ["git"]\n', findings: [{ at: 'dnf install -y git', message: /leaves/ }], fixed: null },
    { name: 'the exec form', code: 'FROM fedora:43\nRUN ["dnf", "install", "-y", "git"]\nCMD ["git"]\n', findings: [{ at: /dnf/, message: /leaves/ }], fixed: null },
    { name: 'the exec form of apk', code: 'FROM alpine:3.22\nRUN ["apk", "add", "git"]\nCMD ["git"]\n', findings: [{ at: /apk/, message: /leaves/ }], fixed: null },
    { name: 'an update whose failure is let pass', code: 'FROM alpine:3.22\nRUN (apk update || true) && apk add git\nCMD ["git"]\n', findings: [{ at: 'apk update', message: /leaves/ }], fixed: null },
    { name: 'something that reads the index', code: 'FROM alpine:3.22\nRUN apk update && apk add git\nRUN apk policy git\nCMD ["git"]\n', findings: [{ at: 'apk update', message: /leaves/ }], fixed: null },
    { name: 'a later install that must not fetch', code: 'FROM fedora:43\nRUN dnf install -y git\nRUN dnf -C repoquery git\nCMD ["git"]\n', findings: [{ at: 'dnf install -y git', message: /leaves/ }], fixed: null },
    { name: 'a manager that goes', code: 'FROM registry.access.redhat.com/ubi9/ubi-minimal\nRUN microdnf install -y git && rpm -e microdnf\nCMD ["git"]\n', findings: [{ at: 'microdnf install -y git', message: /leaves/ }], fixed: null },
    { name: 'conda in a shell of its own', code: 'FROM condaforge/miniforge3\nRUN bash -lc "conda install -y numpy"\nCMD ["git"]\n', findings: [{ at: 'conda install -y numpy', message: /leaves/ }], fixed: null },
  ],
})

const fixOf = (code: string): unknown => lint({ text: code, path: 'Dockerfile' }, [activeRule(rule)]).map(({ fix, noFix }) => (fix ? [fix.safety, fix.title, fix.drops] : noFix))
test('what the fix says', () => {
  expect(fixOf('FROM fedora:43\nRUN dnf install -y git\nRUN dnf install -y jq\nCMD ["git"]\n')).toEqual([['safe', 'End 2 RUN steps with "dnf clean all"', ['/var/cache/dnf/**', '/var/cache/libdnf5/**']]])
  expect(fixOf('FROM condaforge/miniforge3\nRUN conda install -y numpy\nCMD ["git"]\n')).toEqual([['safe', 'End the RUN with "conda clean --all --yes"', ['/opt/conda/pkgs/**']]])
  expect(fixOf('FROM alpine:3.22\nRUN apk update && apk add git\nCMD ["git"]\n')).toEqual([['safe', 'Drop "apk update" and add --no-cache to apk add', ['/var/cache/apk/**']]])
  expect(fixOf('FROM alpine:3.22\nRUN apk update && apk add git\nRUN apk policy git\nCMD ["git"]\n')).toEqual(['"apk policy git" reads what they keep'])
  expect(fixOf('FROM registry.access.redhat.com/ubi9/ubi-minimal\nRUN microdnf install -y git && rpm -e microdnf\nCMD ["git"]\n')).toEqual(['"rpm -e microdnf" takes microdnf away'])
})
