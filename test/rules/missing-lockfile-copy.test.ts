import { expect, test } from 'vitest'
import { lint } from '../../src/lint.ts'
import { activeRule, inputOf } from '../support/input.ts'
import rule from '../../rules/missing-lockfile-copy.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const project = { 'package.json': '{}', 'package-lock.json': '{}', 'src/a.js': '' }
const npm = (copy: string, command = 'npm install'): string => `FROM node:22\nWORKDIR /app\n${copy}\nRUN ${command}\nCOPY src ./src\n`
/** A project of another tool whose manifest alone is copied. */
const other = (manifest: string, command: string): string => `FROM debian:bookworm\nWORKDIR /app\nCOPY ${manifest} ./\nRUN ${command}\n`

/** Lock files that are taken to fit when they are empty. */
const FITTING: readonly string[] = ['composer.lock', 'poetry.lock', 'Pipfile.lock', 'mix.lock', 'bun.lock']

ruleTester(rule, {
  valid: [
    { name: 'both are copied', code: npm('COPY package.json package-lock.json ./'), files: project },
    { name: 'a wildcard covers it', code: npm('COPY package*.json ./'), files: project },
    { name: 'a copy of its own, later', code: npm('COPY package.json ./\nCOPY package-lock.json ./'), files: project },
    { name: 'everything is copied', code: npm('COPY . .'), files: project },
    { name: 'a bind mount brings it', code: npm('COPY package.json ./', '--mount=type=bind,source=package-lock.json,target=package-lock.json npm install'), files: project },
    { name: 'the context is bound', code: npm('COPY package.json ./', '--mount=type=bind,target=/app npm install'), files: project },
    { name: 'there is none', code: npm('COPY package.json ./'), files: { 'package.json': '{}', 'src/a.js': '' } },
    { name: 'it is ignored', code: npm('COPY package.json ./'), files: project, ignore: 'package-lock.json\n' },
    { name: 'it is not in git', code: npm('COPY package.json ./'), files: { ...project, '.gitignore': 'node_modules\n/package-lock.json\n' } },
    { name: 'the lock file of another tool is copied', code: npm('COPY package.json yarn.lock ./'), files: { ...project, 'yarn.lock': '' } },
    { name: 'the one of the monorepo lies elsewhere', code: npm('COPY web/package.json ./'), files: { 'package-lock.json': '{}', 'web/package.json': '{}', 'src/a.js': '' } },
    { name: 'the context is not known', code: npm('COPY package.json ./') },
    { name: 'without it the command fails', code: npm('COPY package.json ./', 'npm ci'), files: project },
    { name: 'the same of yarn berry', code: npm('COPY package.json ./', 'yarn install --immutable'), files: { ...project, 'yarn.lock': '' } },
    { name: 'a stage may bring it', code: dockerfile`FROM node:22 AS pruned
                                                   WORKDIR /app
                                                   COPY . .
                                                   FROM node:22
                                                   WORKDIR /app
                                                   COPY package.json ./
                                                   COPY --from=pruned /app/out/ ./
                                                   RUN npm install`, files: project },
    { name: 'a command makes it', code: npm('COPY package.json ./', 'npm install --package-lock-only && npm install'), files: project },
    { name: 'a script may make it', code: npm('COPY package.json prepare.sh ./\nRUN ./prepare.sh'), files: { ...project, 'prepare.sh': '' } },
    { name: 'the second install finds the one that the first wrote', code: npm('COPY package.json ./', 'npm install --package-lock-only\nRUN npm install'), files: project },
    { name: 'a branch for each tool', code: npm('COPY package.json ./', 'if [ -f yarn.lock ]; then yarn; else npm install; fi'), files: project },
    { name: 'named packages', code: npm('COPY package.json ./', 'npm install express'), files: project },
    { name: 'global packages', code: npm('COPY package.json ./', 'npm install -g pnpm@10.0.0'), files: project },
    { name: 'the sum of a workspace is not that of the module', code: other('go.mod', 'go mod download'), files: { 'go.mod': 'module a\n', 'go.work.sum': '' } },
    { name: 'a stage that is not needed', code: `${npm('COPY package.json ./')}FROM alpine\nRUN true\n`, files: project },
    { name: 'npm is told to read none', code: npm('COPY package.json ./', 'npm install --no-package-lock'), files: project },
    { name: 'an npm that cannot read it', code: npm('COPY package.json ./').replace('node:22', 'node:14-alpine'), files: { ...project, 'package-lock.json': '{"lockfileVersion": 3}' } },
    { name: 'it locks nothing', code: other('go.mod', 'go mod download'), files: { 'go.mod': 'module a\n', 'go.sum': '' } },
    { name: 'Windows', code: dockerfile`FROM mcr.microsoft.com/windows/servercore:ltsc2022
                                        WORKDIR /app
                                        COPY package.json ./
                                        RUN npm install`, files: project },
  ],
  invalid: [
    {
      code: npm('COPY package.json ./'), files: project,
      findings: [{
        at: 'COPY package.json ./', message: '"COPY package.json ./" brings package.json but not package-lock.json, so "npm install" (line 4) takes the newest versions that the ranges allow on the day it runs, and a changed package-lock.json does not run it again; copy package-lock.json as well.',
        related: [{ at: 'npm install', message: 'dependencies are installed here' }],
      }],
      fixed: npm('COPY package.json package-lock.json ./'),
    },
    { name: 'under a new name', code: npm('COPY package.json /app/package.json'), files: project, findings: [{ at: /^COPY/, message: /but not package-lock\.json/ }], fixed: npm('COPY package.json package-lock.json /app/') },
    { name: 'in a folder', code: npm('COPY web/package.json ./'), files: { 'web/package.json': '{}', 'web/package-lock.json': '{}', 'src/a.js': '' }, findings: [{ at: /^COPY/, message: /brings package\.json but not web\/package-lock\.json, .*copy package-lock\.json as well/ }], fixed: npm('COPY web/package.json web/package-lock.json ./') },
    { name: 'a bind mount', code: npm('COPY src ./src', '--mount=type=bind,source=package.json,target=package.json npm install'), files: project, findings: [{ at: /^RUN/, message: /bind package-lock\.json as well/ }], fixed: null },
    { name: 'in the stage below', code: npm('COPY package.json ./').replace('RUN', 'FROM node:22 AS next\nRUN').replace('FROM node:22\n', 'FROM node:22 AS base\n').replace('node:22 AS next', 'base'), files: project, findings: [{ at: 'COPY package.json ./', message: /npm install/ }], fixed: npm('COPY package.json package-lock.json ./').replace('RUN', 'FROM node:22 AS next\nRUN').replace('FROM node:22\n', 'FROM node:22 AS base\n').replace('node:22 AS next', 'base') },
    { name: 'two installs of one copy', code: npm('COPY package.json ./', 'npm install && cd /app && npm install --omit=dev'), files: project, findings: [{ at: /^COPY/, message: /"npm install" \(line 4\)/ }], fixed: npm('COPY package.json package-lock.json ./', 'npm install && cd /app && npm install --omit=dev') },
    { name: 'go has checksums', code: other('go.mod', 'go mod download'), files: { 'go.mod': 'module a\n', 'go.sum': 'example.com/a v1.0.0 h1:a=\n' }, findings: [{ at: /^COPY/, message: /"go mod download" \(line 4\) compares no module with its checksum there, and a changed go\.sum/ }], fixed: other('go.mod go.sum', 'go mod download') },
    ...([['composer.json', 'composer.lock', 'composer install --no-scripts'], ['pyproject.toml', 'poetry.lock', 'poetry install --no-root'], ['Pipfile', 'Pipfile.lock', 'pipenv install --system'], ['Gemfile', 'Gemfile.lock', 'bundle install'], ['mix.exs', 'mix.lock', 'mix deps.get'], ['package.json', 'yarn.lock', 'yarn install --frozen-lockfile'], ['package.json', 'pnpm-lock.yaml', 'pnpm install'], ['package.json', 'bun.lock', 'bun install']] as const)
      .map(([manifest, lock, command]) => ({ name: command, code: other(manifest, command), files: { [manifest]: '', [lock]: '' }, findings: [{ at: /^COPY/, message: new RegExp(`but not ${lock.replace('.', '\\.')}`) }], fixed: FITTING.includes(lock) ? other(`${manifest} ${lock}`, command) : null })),
    ...([
      ['the exec form', 'COPY ["package.json", "./"]', 'COPY ["package.json", "package-lock.json", "./"]'],
      ['into a folder without its slash', 'COPY package.json /app', 'COPY package.json package-lock.json /app/'],
      ['under the same name here', 'COPY package.json package.json', 'COPY package.json package-lock.json ./'],
      ['among others, with flags', 'COPY --chown=node:node .npmrc package.json tsconfig.json ./', 'COPY --chown=node:node .npmrc package.json package-lock.json tsconfig.json ./'],
      ['by a wildcard', 'COPY package.jso? ./', 'COPY package.jso? package-lock.json ./'],
      ['over several lines', 'COPY \\\n  # manifests\n  package.json \\\n  ./', 'COPY \\\n  # manifests\n  package.json package-lock.json \\\n  ./'],
    ] as const).map(([name, copy, fixed]) => ({ name, code: npm(copy), files: { ...project, '.npmrc': '', 'tsconfig.json': '' }, findings: [{ at: /^COPY/, message: /but not package-lock\.json/ }], fixed: npm(fixed) })),
    { name: 'lower case, CRLF, no final newline', code: 'from node:22\r\nworkdir /app\r\nadd package.json .\r\nrun npm install', files: project, findings: [{ at: /^add/, message: /but not/ }], fixed: 'from node:22\r\nworkdir /app\r\nadd package.json package-lock.json .\r\nrun npm install' },
    { name: 'a lock file that does not fit', code: npm('COPY package.json ./'), files: { ...project, 'package.json': '{"dependencies": {"a": "^1.0.0"}}' }, findings: [{ at: /^COPY/, message: /but not/ }], fixed: null },
    { name: 'a folder that is a variable', code: npm('ARG TO=/app\nCOPY package.json $TO'), files: project, findings: [{ at: /^COPY/, message: /but not/ }], fixed: null },
  ],
})

test.each([
  ['npm', npm('COPY package.json ./'), 'Dockerfile', 'warning'],
  ['an image for development', npm('COPY package.json ./'), 'Dockerfile.dev', 'info'],
  ['go, whose versions stand in the manifest', other('go.mod', 'go mod download'), 'Dockerfile', 'info'],
])('says of %s', (_, code, path, severity) => {
  const files = { ...project, 'go.mod': 'module a\n', 'go.sum': 'example.com/a v1.0.0 h1:a=\n' }
  expect(lint(inputOf({ code, path, files }), [activeRule(rule)]).map(finding => finding.severity)).toEqual([severity])
})
