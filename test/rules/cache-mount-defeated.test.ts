import rule from '../../rules/cache-mount-defeated.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const PIP = '--mount=type=cache,target=/root/.cache/pip'
const APT = '--mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt/lists,sharing=locked'

ruleTester(rule, {
  valid: [
    `FROM python:3.13\nRUN ${PIP} pip install -r requirements.txt\n`,
    { name: 'no mount', code: 'FROM python:3.13\nRUN pip install --no-cache-dir -r requirements.txt\n' },
    { name: 'one of two commands uses the cache', code: `FROM python:3.13\nRUN ${PIP} pip install --no-cache-dir -U pip && pip install -r requirements.txt\n` },
    { name: 'the switch is that of another tool', code: `FROM python:3.13-alpine\nRUN ${PIP} apk add --no-cache gcc && pip install -r requirements.txt\n` },
    { name: 'the variable is that of another tool', code: `FROM python:3.13\nENV UV_NO_CACHE=1\nRUN ${PIP} pip install -r requirements.txt\n` },
    { name: 'the variable comes after the step', code: `FROM python:3.13\nRUN ${PIP} pip install -r requirements.txt\nENV PIP_NO_CACHE_DIR=1\n` },
    { name: 'a folder for many tools', code: 'FROM python:3.13\nRUN --mount=type=cache,target=/root/.cache pip install --no-cache-dir -r requirements.txt && uv sync\n' },
    { name: 'a script may use it', code: `FROM python:3.13\nRUN ${PIP} pip install --no-cache-dir -r requirements.txt && ./build.sh\n` },
    { name: 'a clean-up of another folder', code: `FROM python:3.13\nRUN ${PIP} pip install -r requirements.txt && rm -rf /root/.npm /tmp/*\n` },
    { name: 'lists removed that are not in the mount', code: 'FROM debian:12\nRUN --mount=type=cache,target=/var/cache/apt apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n' },
    { name: 'some files of the mount', code: `FROM debian:12\nRUN ${APT} apt-get update && apt-get install -y curl && rm -f /var/cache/apt/pkgcache.bin\n` },
    { name: 'a folder of the mount, of which more is kept', code: 'FROM ruby:3.4\nRUN --mount=type=cache,target=/usr/local/bundle bundle install && rm -rf /usr/local/bundle/cache\n' },
    { name: 'a clean-up that may not run', code: `FROM python:3.13\nARG CLEAN\nRUN ${PIP} pip install -r requirements.txt; if [ -n "$CLEAN" ]; then pip cache purge; fi\n` },
    { name: 'a clean-up in another RUN', code: `FROM python:3.13\nRUN ${PIP} pip install -r requirements.txt\nRUN pip cache purge\n` },
    { name: 'NuGet\'s switch is about its http cache', code: 'FROM mcr.microsoft.com/dotnet/sdk:9.0\nWORKDIR /src\nRUN --mount=type=cache,target=/root/.nuget/packages dotnet restore --no-cache app.csproj\n' },
    { name: 'the hook is the matter of another rule', code: `FROM debian:12\nRUN ${APT} apt-get update && apt-get install -y curl\n` },
    { name: 'apk keeps packages in this folder', code: 'FROM alpine:3.22\nRUN --mount=type=cache,target=/etc/apk/cache apk add curl\n' },
    { name: 'apk is told to keep packages', code: 'FROM alpine:3.22\nRUN ln -s /var/cache/apk /etc/apk/cache\nRUN --mount=type=cache,target=/var/cache/apk apk add curl\n' },
    { name: 'apk in an image nobody knows', code: 'FROM example.com/base\nRUN --mount=type=cache,target=/var/cache/apk apk add curl\n' },
    { name: 'dnf keeps packages', code: 'FROM fedora:42\nRUN --mount=type=cache,target=/var/cache/libdnf5 dnf install -y --setopt=keepcache=1 curl\n' },
    { name: 'dnf is configured elsewhere', code: 'FROM fedora:42\nCOPY dnf.conf /etc/dnf/dnf.conf\nRUN --mount=type=cache,target=/var/cache/libdnf5 dnf install -y curl\n' },
    { name: 'zypper keeps packages', code: 'FROM opensuse/leap:15.6\nRUN --mount=type=cache,target=/var/cache/zypp zypper modifyrepo --keep-packages --all && zypper install -y curl\n' },
    { name: 'a script nobody can read', code: `FROM python:3.13\nRUN ${PIP} pip install --no-cache-dir -r requirements.txt && if\n` },
    { name: 'precision 15: Windows', code: 'FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nRUN --mount=type=cache,target=C:/pip pip install --no-cache-dir -r requirements.txt\n' },
  ],
  invalid: [
    {
      name: 'an option',
      code: `FROM python:3.13\nRUN ${PIP} pip install --no-cache-dir -r requirements.txt\n`,
      findings: [{ at: PIP, message: 'The cache mount on "/root/.cache/pip" stays empty, because "pip install --no-cache-dir -r requirements.txt" uses no cache because of --no-cache-dir: drop that option.', related: [{ at: /^pip install/ }] }],
      fixed: 'FROM python:3.13\nRUN --mount=type=cache,target=/root/.cache/pip pip install -r requirements.txt\n',
    },
    { name: 'a variable', code: `FROM python:3.13\nENV PIP_NO_CACHE_DIR=off\nRUN ${PIP} pip install -r requirements.txt\n`, findings: [{ at: PIP, message: /uses no cache while PIP_NO_CACHE_DIR is set: drop that variable\.$/ }], fixed: null },
    { name: 'a variable of the stage below', code: `FROM python:3.13 AS base\nENV UV_NO_CACHE=1\nFROM base\nRUN --mount=type=cache,target=/root/.cache/uv uv sync\n`, findings: [{ at: /uv/, message: /UV_NO_CACHE is set/ }], fixed: null },
    { name: 'apk', code: 'FROM alpine:3.22\nRUN --mount=type=cache,target=/var/cache/apk apk add --no-cache curl\n', findings: [{ at: /apk/, message: /because of --no-cache: drop that option and mount "target=\/etc\/apk\/cache", since apk keeps packages only there\.$/ }], fixed: 'FROM alpine:3.22\nRUN --mount=type=cache,target=/etc/apk/cache apk add --update-cache curl\n' },
    { name: 'a cleaner, where the hook of the image is gone', code: `FROM debian:12\nRUN rm -f /etc/apt/apt.conf.d/docker-clean\nRUN ${APT} apt-get update && apt-get install -y curl && apt-get clean\n`, findings: [{ at: /cache\/apt/, message: /empties it: drop that command, since/ }], fixed: 'FROM debian:12\nRUN rm -f /etc/apt/apt.conf.d/docker-clean\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt/lists,sharing=locked apt-get update && apt-get install -y curl\n' },
    { name: 'a cleaner', code: `FROM debian:12\nRUN ${APT} apt-get update && apt-get install -y curl && apt-get clean\n`, findings: [{ at: /cache\/apt/, message: 'The cache mount on "/var/cache/apt" never helps, because "apt-get clean" in the same RUN empties it: drop that command and remove /etc/apt/apt.conf.d/docker-clean, which empties it as well, since what lies in a mount is in no layer.' }], fixed: 'FROM debian:12\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt/lists,sharing=locked apt-get update && apt-get install -y curl\n' },
    { name: 'a removal', code: `FROM debian:12\nRUN ${APT} apt-get update && apt-get install -y curl && rm -rf /var/lib/apt/lists/*\n`, findings: [{ at: /lists/, message: /"rm -rf \/var\/lib\/apt\/lists\/\*"/ }], fixed: 'FROM debian:12\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt/lists,sharing=locked apt-get update && apt-get install -y curl\n' },
    { name: 'a removal of the packages', code: `FROM debian:12\nRUN ${APT} apt-get update && apt-get install -y curl && rm -rf /var/cache/apt/archives/*.deb\n`, findings: [{ at: /cache\/apt/, message: /never helps/ }], fixed: 'FROM debian:12\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt/lists,sharing=locked apt-get update && apt-get install -y curl\n' },
    { name: 'a removal of all that lies in a folder of many', code: 'FROM python:3.13\nRUN --mount=type=cache,target=/root/.cache pip install -r requirements.txt; rm -rf /root/.cache/*\n', findings: [{ at: /cache/, message: /never helps/ }], fixed: 'FROM python:3.13\nRUN --mount=type=cache,target=/root/.cache pip install -r requirements.txt\n' },
    { name: 'a folder inside each of two mounts: one command, one finding', code: 'FROM ruby:3.4-slim\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update -qq && apt-get install -y git && rm -rf /var/lib/apt/lists /var/cache/apt/archives\n', findings: [{ at: /cache\/apt/, message: /never helps/ }], fixed: 'FROM ruby:3.4-slim\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt,sharing=locked apt-get update -qq && apt-get install -y git\n' },
    { name: 'npm', code: 'FROM node:22\nRUN --mount=type=cache,target=/root/.npm npm ci && npm cache clean --force\n', findings: [{ at: /npm/, message: /"npm cache clean --force"/ }], fixed: 'FROM node:22\nRUN --mount=type=cache,target=/root/.npm npm ci\n' },
    {
      name: 'apk keeps nothing by itself: one finding for the file',
      code: dockerfile`
        FROM alpine:3.22 AS build
        RUN --mount=type=cache,target=/var/cache/apk apk add gcc
        FROM alpine:3.22
        RUN --mount=type=cache,target=/var/cache/apk apk add curl
        COPY --from=build /app /app`,
      findings: [{ at: /apk/, line: 2, message: /keeps no packages, because "apk add gcc" stores them in \/etc\/apk\/cache, if there is such a folder: mount "target=\/etc\/apk\/cache" instead\.$/, related: [{ at: 'apk add gcc' }, { at: '--mount=type=cache,target=/var/cache/apk' }] }],
      fixed: 'FROM alpine:3.22 AS build\nRUN --mount=type=cache,target=/etc/apk/cache apk add gcc\nFROM alpine:3.22\nRUN --mount=type=cache,target=/etc/apk/cache apk add curl\nCOPY --from=build /app /app\n',
    },
    { name: 'dnf', code: 'FROM fedora:42\nRUN --mount=type=cache,target=/var/cache/libdnf5 dnf install -y curl\n', findings: [{ at: /libdnf5/, message: /add "--setopt=keepcache=1"\.$/ }], fixed: 'FROM fedora:42\nRUN --mount=type=cache,target=/var/cache/libdnf5 dnf install --setopt=keepcache=1 -y curl\n' },
    { name: 'zypper', code: 'FROM opensuse/leap:15.6\nRUN --mount=type=cache,target=/var/cache/zypp zypper install -y curl\n', findings: [{ at: /zypp/, message: /zypper modifyrepo --keep-packages --all/ }], fixed: 'FROM opensuse/leap:15.6\nRUN --mount=type=cache,target=/var/cache/zypp zypper modifyrepo --keep-packages --all && zypper install -y curl\n' },
    { name: 'an option on a line of its own', code: `FROM python:3.13\nRUN ${PIP} \\\n    pip install \\\n        --no-cache-dir \\\n        -r requirements.txt\n`, findings: [{ at: PIP, message: /because of --no-cache-dir/ }], fixed: 'FROM python:3.13\nRUN --mount=type=cache,target=/root/.cache/pip \\\n    pip install \\\n        -r requirements.txt\n' },
    { name: 'each command of the RUN', code: `FROM python:3.13\nRUN ${PIP} pip install --no-cache-dir -U wheel && pip install --no-cache-dir -r requirements.txt\n`, findings: [{ at: PIP, message: /because of --no-cache-dir/ }], fixed: 'FROM python:3.13\nRUN --mount=type=cache,target=/root/.cache/pip pip install -U wheel && pip install -r requirements.txt\n' },
    { name: 'no fix: a part of the cache lies beside the mount', code: 'FROM python:3.13\nRUN --mount=type=cache,target=/root/.cache/pypoetry/artifacts poetry install --no-cache\n', findings: [{ at: /pypoetry/, message: /because of --no-cache/ }], fixed: null },
    { name: 'no fix: the option stands in a variable', code: `FROM python:3.13\nENV OPTIONS=--no-cache-dir\nRUN ${PIP} pip install $OPTIONS -r requirements.txt\n`, findings: [{ at: PIP, message: /because of --no-cache-dir/ }], fixed: null },
    { name: 'one of the folders that are removed', code: `FROM debian:12\nRUN ${APT} apt-get update && apt-get install -y curl && rm -rf /tmp/x /var/lib/apt/lists/*\n`, findings: [{ at: /lists/, message: /never helps/ }], fixed: 'FROM debian:12\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt/lists,sharing=locked apt-get update && apt-get install -y curl && rm -rf /tmp/x\n' },
    { name: 'a clean-up on a line of its own', code: `FROM debian:12\nRUN ${APT} \\\n    apt-get update \\\n    && apt-get install -y curl \\\n    && rm -rf /var/lib/apt/lists/* \\\n    && echo done\n`, findings: [{ at: /lists/, message: /never helps/ }], fixed: 'FROM debian:12\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt/lists,sharing=locked \\\n    apt-get update \\\n    && apt-get install -y curl \\\n    && echo done\n' },
    { name: 'a clean-up that decides how the RUN ends', code: `FROM debian:12\nRUN ${APT} apt-get update && apt-get install -y curl; rm -rf /var/lib/apt/lists/*\n`, findings: [{ at: /lists/, message: /never helps/ }], fixed: 'FROM debian:12\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt/lists,sharing=locked apt-get update && apt-get install -y curl\n' },
    { name: 'the same with errexit', code: `FROM debian:12\nRUN ${APT} set -e; apt-get update; apt-get install -y curl; rm -rf /var/lib/apt/lists/*\n`, findings: [{ at: /lists/, message: /never helps/ }], fixed: 'FROM debian:12\nRUN --mount=type=cache,target=/var/cache/apt,sharing=locked --mount=type=cache,target=/var/lib/apt/lists,sharing=locked set -e; apt-get update; apt-get install -y curl\n' },
    { name: 'no fix: a removal of more than is mounted', code: `FROM python:3.13\nRUN ${PIP} pip install -r requirements.txt && rm -rf /root/.cache || true\n`, findings: [{ at: PIP, message: /never helps/ }], fixed: null },
    { name: 'no fix: the cleaner empties more than is mounted', code: 'FROM debian:12\nRUN rm -f /etc/apt/apt.conf.d/docker-clean\nRUN --mount=type=cache,target=/var/cache/apt/archives,sharing=locked apt-get update && apt-get install -y curl && apt-get clean\n', findings: [{ at: /archives/, message: /never helps/ }], fixed: null },
    { name: 'no fix: the mount runs over two lines', code: 'FROM alpine:3.22\nRUN --mount=type=cache,\\\ntarget=/var/cache/apk apk add curl\n', findings: [{ at: /cache/, message: /keeps no packages/ }], fixed: null },
  ],
})
