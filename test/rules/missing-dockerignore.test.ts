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
    },
    {
      name: 'the Dockerfile itself; hardly any work follows', code: node, files: { 'server.js': '' },
      findings: [{ at: 'COPY . .', message: /also Dockerfile: any change of it re-runs.*names it\.$/ }],
    },
    {
      name: 'the Dockerfile in a folder of the context', code: node, path: 'docker/Dockerfile', files: { 'server.js': '' },
      findings: [{ at: 'COPY . .', message: /also docker\/Dockerfile: any change of it/ }],
    },
    {
      name: 'the Dockerfile itself; an install follows', code: node.replace('COPY . .', 'COPY . .\nRUN npm ci'), files: { 'server.js': '', 'package.json': '{}' },
      findings: [{ at: 'COPY . .', message: /also Dockerfile: any change of it re-runs/ }],
    },
    {
      name: 'a bind mount of the whole context',
      code: dockerfile`FROM golang:1.25
                       RUN --mount=type=bind,target=/src cat /src/main.c`,
      files: { 'main.c': '', '.git/HEAD': '' },
      findings: [{ at: /^RUN --mount/, message: /takes the whole context/ }],
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
