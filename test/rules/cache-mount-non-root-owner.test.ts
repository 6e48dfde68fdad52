import rule from '../../rules/cache-mount-non-root-owner.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const NPM = '--mount=type=cache,target=/home/node/.npm'
const asNode = (mount: string, command = 'npm ci'): string => `FROM node:22\nUSER node\nRUN ${mount} ${command}\n`

ruleTester(rule, {
  valid: [
    { name: 'root', code: 'FROM node:22\nRUN --mount=type=cache,target=/root/.npm npm ci\n' },
    { name: 'root by number', code: 'FROM node:22\nUSER node\nUSER 0:0\nRUN --mount=type=cache,target=/root/.npm npm ci\n' },
    { name: 'an owner', code: asNode(`${NPM},uid=1000,gid=1000`) },
    { name: 'an owner whose name is not known', code: 'FROM debian:12\nUSER app\nRUN --mount=type=cache,target=/home/app/.npm,uid=4242 npm ci\n' },
    { name: 'a user of the image that has got another number', code: `FROM node:22\nRUN usermod -u 1001 node && groupmod -g 1001 node\nUSER node\nRUN ${NPM},uid=1001,gid=1001 npm ci\n` },
    { name: 'a mode', code: asNode(`${NPM},mode=0777`) },
    { name: 'a folder that is seeded', code: asNode(`${NPM},from=busybox`) },
    { name: 'a mount that is read only', code: asNode(`${NPM},readonly`) },
    { name: 'sudo', code: asNode(NPM, 'sudo npm ci') },
    { name: 'a helper that becomes root', code: asNode(NPM, 'sudo chown node /home/node/.npm && npm ci') },
    { name: 'an image whose user is not known', code: 'FROM example.com/base\nRUN --mount=type=cache,target=/home/app/.npm npm ci\n' },
    { name: 'a user that hangs on a variable', code: 'FROM node:22\nARG WHO\nUSER $WHO\nRUN --mount=type=cache,target=/home/node/.npm npm ci\n' },
    { name: 'a step of root gives the folder away', code: `FROM node:22\nRUN ${NPM} chown node /home/node/.npm\nUSER node\nRUN ${NPM} npm ci\n` },
    { name: 'a step of root fills the folder', code: 'FROM golang:1.25\nRUN --mount=type=cache,target=/go/pkg/mod go mod download\nUSER 1000\nRUN --mount=type=cache,target=/go/pkg/mod go build .\n' },
    { name: 'a mount in the wrong place is the matter of another rule', code: asNode('--mount=type=cache,target=/root/.npm') },
    { name: 'another kind of mount', code: asNode('--mount=type=tmpfs,target=/home/node/.npm') },
    { name: 'a script nobody can read', code: asNode(NPM, 'npm ci && if') },
    { name: 'a stage that is not built', code: `FROM node:22 AS old\nUSER node\nRUN ${NPM} npm ci\nFROM node:22\nCMD ["node"]\n` },
    { name: 'precision 15: Windows', code: 'FROM mcr.microsoft.com/windows/nanoserver:ltsc2022\nUSER ContainerUser\nRUN --mount=type=cache,target=C:/npm npm ci\n' },
  ],
  invalid: [
    {
      code: asNode(NPM),
      findings: [{ at: NPM, message: 'The cache mount on "/home/node/.npm" belongs to root and "npm ci" runs as "node", who cannot write to it: add "uid=1000,gid=1000" to the mount.', related: [{ at: 'npm ci' }] }],
      fixed: 'FROM node:22\nUSER node\nRUN --mount=type=cache,target=/home/node/.npm,uid=1000,gid=1000 npm ci\n',
    },
    { name: 'a variable says where, and the folder is still root\'s', code: `FROM node:24-alpine\nENV NODE_ENV=production\nUSER node\nENV NPM_CONFIG_CACHE=/home/node/.npm\nRUN ${NPM} npm ci --only=production\n`, findings: [{ at: NPM, message: /runs as "node"/ }], fixed: 'FROM node:24-alpine\nENV NODE_ENV=production\nUSER node\nENV NPM_CONFIG_CACHE=/home/node/.npm\nRUN --mount=type=cache,target=/home/node/.npm,uid=1000,gid=1000 npm ci --only=production\n' },
    { name: 'a number', code: 'FROM debian:12\nUSER 1001:1001\nRUN --mount=type=cache,target=/cache,id=c make\n', findings: [{ at: /cache/, message: /and the step runs as "1001", who cannot write to it: add "uid=1001,gid=1001"/ }], fixed: 'FROM debian:12\nUSER 1001:1001\nRUN --mount=type=cache,target=/cache,id=c,uid=1001,gid=1001 make\n' },
    { name: 'a user made in the file', code: 'FROM python:3.13\nRUN useradd -m app\nUSER app\nRUN --mount=type=cache,target=/home/app/.cache/pip pip install -r requirements.txt\n', findings: [{ at: /pip/, message: /add the numbers of "app" in "uid=…,gid=…" to the mount\.$/ }], fixed: null },
    { name: 'somebody else\'s', code: asNode(`${NPM},uid=1001`), findings: [{ at: /npm/, message: /belongs to user 1001/ }], fixed: 'FROM node:22\nUSER node\nRUN --mount=type=cache,target=/home/node/.npm,uid=1000,gid=1000 npm ci\n' },
    { name: 'a group alone gives no right to write', code: asNode(`${NPM},gid=1000`), findings: [{ at: /npm/, message: /belongs to root/ }], fixed: 'FROM node:22\nUSER node\nRUN --mount=type=cache,target=/home/node/.npm,gid=1000,uid=1000 npm ci\n' },
    { name: 'an image that runs as another user', code: 'FROM mambaorg/micromamba\nRUN --mount=type=cache,target=/opt/conda/pkgs micromamba install -y -n base python\n', findings: [{ at: /pkgs/, message: /runs as "mambauser".*uid=57439/ }], fixed: 'FROM mambaorg/micromamba\nRUN --mount=type=cache,target=/opt/conda/pkgs,uid=57439,gid=57439 micromamba install -y -n base python\n' },
    {
      name: 'a user that hangs on a variable with a value',
      code: dockerfile`
        FROM php:8.3
        ARG RUNTIME_UID=33
        ENV COMPOSER_CACHE_DIR=/cache/composer
        USER ${'${RUNTIME_UID}'}
        RUN --mount=type=cache,target=/cache/composer,sharing=locked composer install`,
      findings: [{ at: /composer/, message: /runs as "33"/ }],
      fixed: 'FROM php:8.3\nARG RUNTIME_UID=33\nENV COMPOSER_CACHE_DIR=/cache/composer\nUSER ${RUNTIME_UID}\nRUN --mount=type=cache,target=/cache/composer,sharing=locked,uid=33,gid=33 composer install\n',
    },
    { name: 'a group that USER names', code: 'FROM debian:12\nUSER 1001:0\nRUN --mount=type=cache,target=/cache,sharing=locked \\\n    make\n', findings: [{ at: /cache/, message: /add "uid=1001,gid=0"/ }], fixed: 'FROM debian:12\nUSER 1001:0\nRUN --mount=type=cache,target=/cache,sharing=locked,uid=1001,gid=0 \\\n    make\n' },
    { name: 'no fix: a mount in quotes', code: asNode('--mount=type=cache,"target=/home/node/.npm"'), findings: [{ at: /npm/, message: /add "uid=1000,gid=1000"/ }], fixed: null },
  ],
})
