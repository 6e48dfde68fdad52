import { expect, it } from 'vitest'
import rule from '../../rules/missing-dockerignore.ts'
import { lint } from '../../src/lint.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { activeRule, inputOf } from '../support/input.ts'
import { ruleTester } from '../support/rule-tester.ts'

const node = dockerfile`FROM node:22
                        WORKDIR /app
                        COPY . .
                        CMD ["node", "server.js"]`

ruleTester(rule, {
  valid: [
    { name: 'a project that is vendored', code: node, path: 'third_party/a/Dockerfile', files: { 'server.js': '', '.git/HEAD': '' } },
    { name: 'what the tests of a parser read', code: node, path: 'parser/testfiles/a/Dockerfile', files: { 'server.js': '', '.git/HEAD': '' } },
    { name: 'the context is not known', code: node },
    { name: 'an ignore file exists, even an empty one', code: node, files: { 'server.js': '', '.git/HEAD': '' }, ignore: '' },
    { name: 'an ignore file of the Dockerfile itself', code: node, files: { 'server.js': '' }, input: { ignoreFile: { path: 'Dockerfile.dockerignore', text: '*\n!server.js\n' } } },
    { name: 'only narrow copies', code: dockerfile`FROM node:22
                                                  COPY package.json server.js ./
                                                  COPY src/ src/`, files: { 'server.js': '', 'package.json': '{}', 'src/a.js': '', '.git/HEAD': '' } },
    { name: 'the copy comes from a stage', code: dockerfile`FROM node:22 AS build
                                                           RUN echo built > /out
                                                           FROM scratch
                                                           COPY --from=build . .`, files: { '.git/HEAD': '' } },
    { name: 'the stage is not needed', code: dockerfile`FROM node:22 AS unused
                                                       COPY . .
                                                       FROM node:22
                                                       COPY server.js .`, files: { 'server.js': '', '.git/HEAD': '' } },
    { name: 'a step asks git, which would see that the Dockerfile is gone', code: node.replace('COPY . .', 'COPY . .\nRUN git describe --tags --dirty > version'), files: { 'server.js': '', '.git/HEAD': '' } },
    { name: 'the Dockerfile is read', code: node.replace('COPY . .', 'COPY . .\nRUN ./check Dockerfile'), files: { 'server.js': '' } },
    { name: 'nothing in the context that changes by itself', code: node, path: 'docker/Dockerfile', files: { 'server.js': '' }, input: { repository: { files: { list: () => [], read: () => null }, ownFolder: 'docker', contextFolder: 'app' } } },
  ],
  invalid: [
    {
      code: node, files: { 'server.js': '', '.git/HEAD': '', 'node_modules/a/index.js': '' },
      findings: [{ at: 'COPY . .', message: 'The context has no .dockerignore, so "COPY . ." takes the whole context of 4 files, also .git, node_modules and Dockerfile: any change of them re-runs this step and all after it; write a .dockerignore that names them.' }],
      fixedIgnore: '.git\nDockerfile\n.dockerignore\n',
    },
    {
      name: 'the Dockerfile itself; hardly any work follows', code: node, files: { 'server.js': '' },
      findings: [{ at: 'COPY . .', message: /also Dockerfile: any change of it re-runs.*names it\.$/ }],
      fixedIgnore: 'Dockerfile\n.dockerignore\n',
    },
    {
      name: 'the Dockerfile in a folder of the context', code: node, path: 'docker/Dockerfile', files: { 'server.js': '' },
      findings: [{ at: 'COPY . .', message: /also docker\/Dockerfile: any change of it/ }],
      fixedIgnore: 'docker/Dockerfile\n.dockerignore\n',
    },
    {
      name: 'the Dockerfile itself; an install follows', code: node.replace('COPY . .', 'COPY . .\nRUN npm ci'), files: { 'server.js': '', 'package.json': '{}' },
      findings: [{ at: 'COPY . .', message: /also Dockerfile: any change of it re-runs/ }],
      fixedIgnore: 'Dockerfile\n.dockerignore\n',
    },
    {
      name: 'a bind mount of the whole context',
      code: dockerfile`FROM golang:1.25
                       RUN --mount=type=bind,target=/src cat /src/main.c`,
      files: { 'main.c': '', '.git/HEAD': '' },
      findings: [{ at: /^RUN --mount/, message: /takes the whole context/ }],
      fixedIgnore: '.git\nDockerfile\n.dockerignore\n',
    },
    {
      name: 'one finding for a file, at the first such copy',
      code: dockerfile`FROM node:22 AS build
                       COPY ./ /src
                       FROM node:22
                       COPY --from=build /src /src
                       ADD * /app/`,
      files: { 'server.js': '', '.git/HEAD': '' },
      findings: [{ at: 'COPY ./ /src', message: /also \.git and Dockerfile:/ }],
      fixedIgnore: '.git\nDockerfile\n.dockerignore\n',
    },
    {
      name: 'an application: what is there, what is installed, what describes the build',
      code: dockerfile`FROM node:22
                       WORKDIR /app
                       COPY package.json package-lock.json ./
                       RUN npm ci
                       COPY . .
                       CMD ["node", "server.js"]`,
      files: {
        'package.json': '{"dependencies": {"express": "5"}}', 'package-lock.json': '{}', 'server.js': '', '.git/HEAD': '', '.env': 'API_KEY=1', '.gitignore': '.env\ncoverage\n', 'coverage/index.html': '', 'compose.yaml': '',
        '.github/workflows/ci.yml': '', 'Dockerfile.dev': 'FROM node:22\nCOPY package.json server.js ./\nRUN npm install\n', 'debug.log': { size: 90_000_000 }, 'README.md': '',
      },
      findings: [{ at: 'COPY . .', message: /also \.git, coverage and Dockerfile/ }],
      fixedIgnore: '.git\nnode_modules\ncoverage\n.env\ndebug.log\nDockerfile*\n.dockerignore\ncompose.yaml\n.github\n',
    },
    {
      name: 'what the host installed and no step installs stays', code: node, files: { 'server.js': '', '.gitignore': 'node_modules\n', 'node_modules/a/index.js': '' },
      findings: [{ at: 'COPY . .', message: /also node_modules and Dockerfile/ }],
      fixedIgnore: 'Dockerfile\n.dockerignore\n',
    },
    {
      name: 'output of the host that another Dockerfile ships stays', files: { 'src/main.rs': '', 'Cargo.toml': '', '.gitignore': 'target\n', 'target/release/app': '', 'Dockerfile.ci': 'FROM debian:13\nCOPY target/release/app /app\n' },
      code: dockerfile`FROM rust:1
                       COPY . .
                       RUN cargo build --release`,
      findings: [{ at: 'COPY . .', message: /also target and Dockerfile/ }],
      fixedIgnore: 'Dockerfile*\n.dockerignore\n',
    },
    {
      name: 'output of the host that the image makes', files: { 'src/main.rs': '', 'Cargo.toml': '', '.gitignore': 'target\n', 'target/release/app': '' },
      code: dockerfile`FROM rust:1
                       COPY . .
                       RUN cargo build --release`,
      findings: [{ at: 'COPY . .', message: /also target and Dockerfile/ }],
      fixedIgnore: 'target\nDockerfile\n.dockerignore\n',
    },
    {
      name: 'another Dockerfile stamps a version and copies the Dockerfile', code: node,
      files: { 'server.js': '', '.git/HEAD': '', 'Dockerfile.release': 'FROM golang:1.25\nCOPY . .\nRUN make\n', 'Dockerfile.meta': 'FROM scratch\nCOPY Dockerfile /\nCOPY Dockerfile.release /\nCOPY Dockerfile.meta /\n' },
      findings: [{ at: 'COPY . .', message: /also \.git and Dockerfile/ }], fixed: null,
    },
    {
      name: 'AWS CDK copies the context, and finds its Dockerfile by the base name', path: 'api/Dockerfile', code: node, files: { 'server.js': '', '.git/HEAD': '', 'cdk.json': '{}' },
      findings: [{ at: 'COPY . .', message: /also \.git and api\/Dockerfile/ }],
      fixedIgnore: '.git\n.dockerignore\n', remaining: 0,
    },
    {
      name: 'line ends of Windows', code: node.replaceAll('\n', '\r\n'), files: { 'server.js': '', '.git/HEAD': '' },
      findings: [{ at: 'COPY . .', message: /also \.git and Dockerfile/ }],
      fixedIgnore: '.git\r\nDockerfile\r\n.dockerignore\r\n',
    },
  ],
})

it.each([
  ['the Dockerfile alone, and hardly any work', 'CMD ["node"]', {}, 'info'],
  ['the Dockerfile alone, and an install', 'RUN npm ci', { 'package.json': '{}' }, 'warning'],
  ['.git', 'CMD ["node"]', { '.git/HEAD': '' }, 'warning'],
])('says of %s', (_, line, files, severity) => {
  expect(lint(inputOf({ code: `${node}\n${line}\n`, files: { 'server.js': '', ...files } }), [activeRule(rule)]).map(finding => finding.severity)).toEqual([severity])
})
