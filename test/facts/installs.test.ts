import { describe, expect, it } from 'vitest'
import { cacheDirectories, cacheSwitchedOff, cleanups, filesRead, indexRefreshes, installs, installsOf } from '../../src/facts/installs.ts'
import type { Build, RunStep } from '../../src/model/build.ts'
import { parse } from '../../src/syntax/parse.ts'
import { toBuild } from '../../src/model/to-build.ts'
import { dockerfile } from '../support/dockerfile.ts'

const build = (text: string): Build => toBuild(parse(text), {})
const lastRun = (text: string): RunStep => build(text).stages.at(-1)!.steps.findLast(step => step.kind === 'run')!
const run = (command: string): RunStep => lastRun(`FROM debian\nWORKDIR /app\nRUN ${command}\n`)

describe('installs', () => {
  it('finds them in all stages, in order', () => {
    const found = installs(build(dockerfile`
      FROM node:22 AS web
      WORKDIR /web
      RUN apt-get update && apt-get install -y git \
       && npm ci
      FROM golang:1.24
      WORKDIR /src
      RUN go mod download
      RUN ["go", "build", "./..."]`))
    expect(found.map(({ manager, verb, directory }) => [manager, verb, directory])).toEqual([['apt', 'install', '/web'], ['npm', 'ci', '/web'], ['go', 'mod download', '/src'], ['go', 'build', '/src']])
  })

  it('points at the command', () => {
    const text = 'FROM node:22\nRUN x && \\\n  npm ci --omit=dev \\\n  && y\n'
    const { span } = installs(build(text))[0]!
    expect(text.slice(span.start, span.end)).toBe('npm ci --omit=dev')
  })

  it('follows the folder', () => {
    expect(installsOf(run('cd web && npm ci && (cd api; npm ci) && npm ci; cd "$X"; npm ci')).map(install => install.directory)).toEqual(['/app/web', '/app/web/api', '/app/web', null])
  })

  it('looks into scripts and through runners', () => {
    expect(installsOf(run(`bash -c "npm ci" && sudo -u node pip install x && poetry run pip install y`)).map(install => install.manager)).toEqual(['npm', 'pip', 'pip'])
    const [yarn] = installsOf(lastRun('FROM debian\nRUN <<EOF\nset -e\ncd /srv\nyarn --immutable\nEOF\n'))
    expect(yarn).toMatchObject({ manager: 'yarn', directory: '/srv', frozen: true })
  })

  it('is silent where it cannot be sure', () => {
    for (const command of ['echo "npm ci"', 'which npm', 'npm $X', 'sudo $Y npm ci', 'cat <<E\nnpm ci\nE', 'printf "npm ci" > x.sh', 'npm ci --help', '"npm ci"', 'npm  "ci x"']) expect(installsOf(run(command))).toEqual([])
    expect(installsOf(lastRun('FROM debian\nSHELL ["pwsh", "-c"]\nRUN npm ci\n'))).toEqual([])
  })

  it('reads variables that freeze or silence', () => {
    const state = (text: string): unknown => installsOf(lastRun(`FROM debian\n${text}\n`)).map(({ frozen, runsScripts }) => [frozen, runsScripts])
    expect(state('ENV CI=1\nRUN pnpm i')).toEqual([[true, true]])
    expect(state('ARG CI\nRUN pnpm i')).toEqual([['unknown', true]])
    expect(state('RUN CI=true pnpm i')).toEqual([[true, true]])
    expect(state('ENV CI=1\nRUN yarn')).toEqual([['unknown', true]])
    expect(state('ENV CI=false\nRUN pnpm i')).toEqual([[false, true]])
    expect(state('RUN export BUNDLE_FROZEN=1 && bundle install')).toEqual([[true, false]])
    expect(state('ENV npm_config_ignore_scripts=true\nRUN npm ci')).toEqual([[true, false]])
  })

  it('splits lists in variables', () => {
    const [install] = installsOf(lastRun('FROM debian\nENV TOOLS="git curl"\nRUN apt-get install -y $TOOLS jq=$X\n'))
    expect(install!.packages.map(({ name, version, kind }) => [name, version, kind])).toEqual([['git', null, 'registry'], ['curl', null, 'registry'], ['jq', '$X', 'registry']])
  })

  it('gives the paths it reads', () => {
    expect(filesRead(installsOf(run('cargo fetch'))[0]!)).toEqual(['/app/Cargo.toml', '/app/Cargo.lock', '/app/.cargo/config.toml', '/app/.cargo/config', '/app/rust-toolchain', '/app/rust-toolchain.toml'])
    expect(filesRead(installsOf(lastRun('FROM acme/base\nRUN pip install -r /r.txt -r a.txt\n'))[0]!)).toEqual(['/r.txt', 'a.txt'])
  })

  it('marks another root', () => {
    const [install] = installsOf(run('dnf install -y --installroot /rootfs bash'))
    expect(install!.intoOtherRoot).toBe(true)
    expect(cacheDirectories(install!).map(({ path }) => path)).toEqual([null, null, null, null])
  })
})

describe('cache directories', () => {
  const caches = (text: string): string[] => cacheDirectories(installsOf(lastRun(text))[0]!).map(({ kind, path, certain, movedBy }) => `${kind} ${path}${certain ? '' : ' ?'}${movedBy ? ` by ${movedBy}` : ''}`)
  it.each<[string, string[]]>([
    ['FROM node:22\nRUN npm ci', ['download /root/.npm']],
    ['FROM node:22\nUSER node\nRUN npm ci', ['download /home/node/.npm']],
    ['FROM node:22\nUSER 1000:1000\nRUN npm ci', ['download /home/node/.npm']],
    ['FROM debian\nUSER app\nRUN npm ci', ['download /home/app/.npm ?']],
    ['FROM debian\nUSER 1000\nRUN npm ci', ['download null ?']],
    ['FROM example.com/base\nRUN npm ci', ['download /root/.npm ?']],
    ['FROM mcr.microsoft.com/azurelinux/base/core:3.0\nRUN npm install -g a', ['download /root/.npm']],
    ['FROM registry.access.redhat.com/ubi9/nodejs-22\nRUN npm ci', ['download /root/.npm ?']],
    ['FROM example.com/base\nUSER root\nRUN npm ci', ['download /root/.npm ?']],
    ['FROM node:22\nENV npm_config_cache=/cache\nRUN npm ci', ['download /cache by npm_config_cache']],
    ['FROM node:22\nARG npm_config_cache\nRUN npm ci', ['download null ? by npm_config_cache']],
    ['FROM node:22\nRUN npm ci --cache /tmp/x', ['download /tmp/x by --cache']],
    ['FROM node:22\nWORKDIR /app\nRUN npm ci --cache .npm', ['download /app/.npm by --cache']],
    ['FROM node:22\nRUN npm ci --cache $X', ['download null ? by --cache']],
    ['FROM node:22\nENV HOME=/srv\nRUN npm ci', ['download /srv/.npm']],
    ['FROM node:22\nRUN sudo -u node npm ci', ['download null ?']],
    [`FROM node:22\nRUN su node -c 'npm ci'`, ['download null ?']],
    ['FROM node:22 AS a\nFROM a\nRUN npm ci', ['download /root/.npm']],
    ['FROM mirror.gcr.io/library/golang:1\nRUN go mod download', ['download /go/pkg/mod by GOPATH', 'build /root/.cache/go-build']],
    ['FROM golang:1\nENV GOMODCACHE=/m\nRUN go mod download', ['download /m by GOMODCACHE', 'build /root/.cache/go-build']],
    ['FROM debian\nRUN go mod download', ['download /root/go/pkg/mod', 'build /root/.cache/go-build']],
    ['FROM rust:1\nWORKDIR /src\nRUN cargo build', ['download /usr/local/cargo/registry by CARGO_HOME', 'download /usr/local/cargo/git/db by CARGO_HOME', 'store /usr/local/cargo/bin by CARGO_HOME', 'build /src/target']],
    ['FROM debian\nRUN apt-get install -y x', ['index /var/lib/apt/lists', 'download /var/cache/apt/archives', 'index /var/cache/apt']],
    ['FROM node:22\nRUN yarn install --immutable', ['download /root/.yarn/berry/cache', 'index /root/.yarn/berry/metadata']],
    ['FROM node:22\nRUN yarn --prefer-offline', ['download /usr/local/share/.cache/yarn']],
    ['FROM node:22\nUSER node\nRUN yarn --prefer-offline', ['download /home/node/.cache/yarn']],
    ['FROM python:3\nENV XDG_CACHE_HOME=/c\nRUN pip install x', ['download /c/pip by XDG_CACHE_HOME']],
    ['FROM gradle:8\nRUN gradle build', ['download /home/gradle/.gradle/caches by GRADLE_USER_HOME', 'build /home/gradle/.gradle/caches by GRADLE_USER_HOME', 'download /home/gradle/.gradle/wrapper by GRADLE_USER_HOME']],
  ])('%j', (text, expected) => expect(caches(`${text}\n`)).toEqual(expected))

  const off = (text: string): unknown => {
    const found = cacheSwitchedOff(installsOf(lastRun(`${text}\n`))[0]!)
    return found && `${found.by} ${found.name}`
  }
  it.each<[string, string | null]>([
    ['FROM python:3\nRUN pip install x', null],
    ['FROM python:3\nRUN pip install --no-cache-dir x', 'option --no-cache-dir'],
    ['FROM python:3\nENV PIP_NO_CACHE_DIR=1\nRUN pip install x', 'variable PIP_NO_CACHE_DIR'],
    ['FROM python:3\nENV PIP_NO_CACHE_DIR=off\nRUN pip install x', 'variable PIP_NO_CACHE_DIR'],
    ['FROM python:3\nENV PIP_NO_CACHE_DIR=\nRUN pip install x', null],
    ['FROM python:3\nENV UV_NO_CACHE=0\nRUN uv sync', null],
    ['FROM python:3\nRUN UV_NO_CACHE=1 uv sync', 'variable UV_NO_CACHE'],
    ['FROM alpine\nRUN apk add --no-cache x', 'option --no-cache'],
  ])('is off in %j: %s', (text, expected) => expect(off(text)).toBe(expected))
})

describe('clean-ups', () => {
  const cleaned = (command: string): string[] => cleanups(run(command)).map(({ manager, kinds, path, complete }) => `${manager} ${kinds.join('+')} ${path ?? 'itself'}${complete ? '' : ' partly'}`)
  it.each<[string, string[]]>([
    ...['rm -rf /var/lib/apt/lists/*', 'rm -rf /var/lib/apt/lists', 'rm -fr /var/lib/apt/lists/', 'rm -r -f -- /var/lib/apt/lists/*', 'rm /var/lib/apt/lists/* -rf', 'rm --recursive --force /var/lib/apt/lists', 'rm -rf /var/lib/apt/lists/*_*',
      'rm -rf "/var/lib/apt/lists/"*', 'rm -rf /var/lib/apt/*', 'rm -rf /var/lib/apt', 'rm -rf /var//lib/apt/lists/./*', 'rm -rf /tmp/* /var/lib/apt/lists/* /var/tmp/*', 'cd /var/lib/apt && rm -rf lists/*', 'sudo rm -rf /var/lib/apt/lists/*',
      'find /var/lib/apt/lists -type f -delete', 'find /var/lib/apt/lists -mindepth 1 -delete', 'find /var/lib/apt/lists -exec rm -rf {} +', 'L=/var/lib/apt/lists; rm -rf "$L"', 'rm -rf /var/lib/{apt,dpkg}/lists',
    ].map((command): [string, string[]] => [command, [...command.includes('/tmp/*') ? ['composer download /tmp/cache', 'pecl download /tmp/pear'] : [], 'apt index /var/lib/apt/lists']]),
    ...['rm -rf "/var/lib/apt/lists/*"', `rm -rf '/var/lib/apt/lists/*'`, 'echo rm -rf /var/lib/apt/lists/*', 'rm -rf $X', 'find / -name "*.pyc" -delete', 'find /var -type f -mtime +1 -delete', 'rm -rf /var/lib/dpkg', 'ls /var/lib/apt/lists/*'].map((command): [string, string[]] => [command, []]),
    ['rm -rf /var/lib/apt/lists/partial', ['apt index /var/lib/apt/lists partly']],
    ['rm -rf /var/lib/apt/lists/deb.debian.org*', ['apt index /var/lib/apt/lists partly']],
    ['rm -f /var/cache/apt/archives/*.deb', ['apt download /var/cache/apt/archives']],
    [`find /var/cache/apt/archives -name '*.deb' -delete`, ['apt download /var/cache/apt/archives']],
    ['rm -rf /var/cache/apt/*', ['apt download /var/cache/apt/archives', 'apt index /var/cache/apt']],
    ['rm -rf /var/cache/apk/*', ['apk index /var/cache/apk', 'apk download /var/cache/apk']],
    ['rm -rf ~/.npm', ['npm download ~/.npm']],
    ['rm -rf /root/.npm/_cacache', ['npm download ~/.npm partly']],
    ['rm -rf "$HOME/.npm"', ['npm download ~/.npm']],
    ['rm -rf /home/node/.npm', ['npm download ~/.npm']],
    ['rm -rf ${CARGO_HOME}/registry', ['cargo download $CARGO_HOME/registry']],
    ['rm -rf /usr/local/cargo/registry', ['cargo download /usr/local/cargo/registry']],
    ['apt-get clean', ['apt download itself']],
    ['apt-get dist-clean', ['apt download+index itself']],
    ['apt-get autoclean', []],
    ['dnf clean all', ['dnf download+index itself']],
    ['dnf clean all --installroot /rootfs', []],
    ['npm cache clean --force', ['npm download itself']],
    ['conda clean -afy', ['conda download+index itself']],
    ['python -m pip cache purge', ['pip download itself']],
    ['mix deps.clean --unused', ['mix build itself']],
  ])('%s', (command, expected) => expect(cleaned(command)).toEqual(expected))

  it('takes quoted wildcards of the exec form as written', () => {
    expect(cleanups(lastRun('FROM debian\nRUN ["rm", "-rf", "/var/lib/apt/lists/*"]\n'))).toEqual([])
  })
})

describe('index refreshes', () => {
  it.each<[string, string[]]>([
    ['apt-get update', ['apt']], ['apt update -qq', ['apt']], ['apt-get install --update x', ['apt --update']], ['apt-get --help update', []], ['apt-get install x', []],
    ['apk update', ['apk']], ['apk add -U x', ['apk -U']], ['apk --update add x', ['apk --update']], ['apk add --no-cache x', ['apk --no-cache gone']], ['apk add x', []],
    ['pacman -Sy', ['pacman']], ['pacman -Syu --noconfirm x', ['pacman -Syu']], ['pacman -S x', []], ['dnf makecache', ['dnf']], ['dnf -y install x', []],
    ['zypper ref', ['zypper']], ['cabal update', ['cabal']], ['echo apt-get update', []],
  ])('%s', (command, expected) => {
    expect(indexRefreshes(run(command)).map(({ manager, option, keepsIndex }) => `${manager}${option ? ` ${option.name}` : ''}${keepsIndex ? '' : ' gone'}`)).toEqual(expected)
  })
})
