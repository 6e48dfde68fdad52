import rule from '../../rules/package-cache-not-cleaned.ts'
import { dockerfile } from '../support/dockerfile.ts'
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
      ...run('dnf install -y git'),
      findings: [{ at: 'dnf install -y git', message: '"dnf install -y git" leaves the metadata of the package repositories in the image: append "&& dnf clean all" to this RUN.' }],
    },
    { ...run('dnf clean all && dnf install -y git'), findings: [{ at: 'dnf install -y git', message: /leaves/ }] },
    { ...run('dnf install -y git && dnf clean packages', 'fedora:43', 'packages are not kept anyway'), findings: [{ at: 'dnf install -y git', message: /metadata/ }] },
    { ...run('dnf install -y git && rm -rf /var/cache/apt', 'fedora:43', 'another folder'), findings: [{ at: 'dnf install -y git', message: /leaves/ }] },
    { ...run('yum -y update', 'centos:7'), findings: [{ at: 'yum -y update', message: /append "&& yum clean all"/ }] },
    { ...run('zypper -n in git && zypper clean', 'opensuse/leap:15.6', 'zypper clean leaves the metadata'), findings: [{ at: 'zypper -n in git', message: /append "&& zypper clean --all"/ }] },
    { ...run('conda install -y numpy', 'condaforge/miniforge3'), findings: [{ at: 'conda install -y numpy', message: '"conda install -y numpy" leaves the downloaded packages and the index in the image: append "&& conda clean --all --yes" to this RUN.' }] },
    { ...run('mamba install -y numpy', 'condaforge/miniforge3'), findings: [{ at: 'mamba install -y numpy', message: /append "&& mamba clean --all --yes"/ }] },
    {
      ...run('apk add git', 'alpine:3.22'),
      findings: [{ at: 'apk add git', message: '"apk add git" leaves the package index in the image: add "--no-cache" to fetch one without keeping it.' }],
    },
    { ...run('apk add gcc && ./autogen.sh && ./configure && make', 'alpine:3.22', 'scripts that build do not clean up'), findings: [{ at: 'apk add gcc', message: /leaves/ }] },
    { ...run('apk update && apk add --no-cache git', 'alpine:3.22'), findings: [{ at: 'apk update', message: /: drop this command, as "--no-cache" fetches/ }] },
    { ...run('apk update && apk add git', 'alpine:3.22'), findings: [{ at: 'apk update', message: /: use "apk add --no-cache" instead, which fetches one without keeping it\.$/, related: [{ at: 'apk add git' }] }] },
    { name: 'later steps have to follow', code: 'FROM alpine:3.22\nRUN apk add git\nRUN apk add curl\nCMD ["git"]\n', findings: [{ at: 'apk add git', message: /add "--no-cache" here and in line 3 to fetch/, related: [{ at: 'apk add curl' }] }] },
    { name: 'later steps of dnf have to follow, too', code: 'FROM fedora:43\nRUN sudo dnf install -y git\nRUN sudo dnf install -y jq\nRUN sudo dnf install -y curl\nCMD ["git"]\n', findings: [{ at: /install -y git/, message: /append "&& sudo dnf clean all" to this RUN and to those of lines 3 and 4\.$/, related: [{ at: /jq/ }, { at: /curl/ }] }] },
    { ...run('--mount=type=cache,target=/var/cache/apt dnf install -y git', 'fedora:43', 'a mount over something else'), findings: [{ at: 'dnf install -y git', message: /leaves/ }] },
    {
      name: 'what one step left is there for the next: one finding',
      code: 'FROM alpine:3.22 AS base\nRUN apk update\nFROM base\nRUN apk add git\nCMD ["git"]\n',
      findings: [{ at: 'apk update', message: /leaves/, related: [{ at: 'apk add git' }] }],
    },
    {
      name: 'a later clean-up that serves its own install',
      code: 'FROM centos:7\nRUN yum install -y tar\nRUN yum install -y wget && yum clean all\nCMD ["wget"]\n',
      findings: [{ at: 'yum install -y tar', message: /leaves/ }],
    },
  ],
})
