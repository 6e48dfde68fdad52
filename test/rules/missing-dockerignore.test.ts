import rule from '../../rules/missing-dockerignore.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const node = dockerfile`FROM node:22
                        WORKDIR /app
                        COPY . .
                        CMD ["node", "server.js"]`

ruleTester(rule, {
  valid: [
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
    { name: 'nothing in the context that changes by itself', code: node, path: 'docker/Dockerfile', files: { 'server.js': '' } },
  ],
  invalid: [
    {
      code: node, files: { 'server.js': '', '.git/HEAD': '', 'node_modules/a/index.js': '' },
      findings: [{ at: 'COPY . .', message: /^"COPY \. \." takes the whole context of 4 files and no \.dockerignore exists, so \.git, node_modules and Dockerfile are in its key/ }],
    },
    {
      name: 'the Dockerfile itself is in the key', code: node, files: { 'server.js': '' },
      findings: [{ at: 'COPY . .', message: /so Dockerfile is in its key/ }],
    },
    {
      name: 'a bind mount of the whole context',
      code: dockerfile`FROM golang:1.25
                       RUN --mount=type=bind,target=/src cat /src/main.c`,
      files: { 'main.c': '', '.git/HEAD': '' },
      findings: [{ at: /^RUN --mount/, message: /takes the whole context/ }],
    },
    {
      name: '.git is left out where a step may read it',
      code: dockerfile`FROM golang:1.25
                       COPY . /src
                       RUN cd /src && git describe --tags > version`,
      files: { 'main.c': '', '.git/HEAD': '' },
      findings: [{ at: 'COPY . /src', message: /so Dockerfile is in its key/ }],
    },
    {
      name: 'one finding for a file, at the first such copy',
      code: dockerfile`FROM node:22 AS build
                       COPY ./ /src
                       FROM node:22
                       COPY --from=build /src /src
                       ADD * /app/`,
      files: { 'server.js': '', '.git/HEAD': '' },
      findings: [{ at: 'COPY ./ /src', message: /\.git and Dockerfile/ }],
    },
  ],
})
