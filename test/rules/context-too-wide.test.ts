import rule from '../../rules/context-too-wide.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const api = dockerfile`FROM node:22
                       WORKDIR /app
                       COPY services/api/package.json ./
                       RUN npm install
                       COPY services/api/src src`
const path = 'services/api/Dockerfile'
const files = { 'README.md': '', 'services/api/package.json': '', 'services/api/src/a.js': '' }

ruleTester(rule, {
  valid: [
    { name: 'the context is not known', code: api, path },
    { name: 'the context is the folder of the Dockerfile', code: api, files },
    { name: 'a file shared with others', code: api.replace('COPY services/api/src', 'COPY tsconfig.json services/api/src'), path, files },
    { name: 'the whole context', code: api.replace('COPY services/api/src src', 'COPY . .'), path, files },
    { name: 'a program of the same name as the folder, made before the build', code: dockerfile`FROM alpine:3.22
                                                                                           COPY wordcount /usr/bin/wordcount`, path: 'wordcount/Dockerfile', files: { 'wordcount/wordcount.go': '' } },
    { name: 'a bind mount of the whole context', code: api.replace('RUN', 'RUN --mount=target=/src'), path, files },
    { name: 'a wildcard that reaches other folders', code: api.replace('COPY services/api/src', 'COPY */shared'), path, files },
    { name: 'an unknown source', code: api.replace('COPY services/api/src', 'ARG DIR\nCOPY $DIR'), path, files },
    { name: 'nothing is copied', code: 'FROM node:22\nRUN npm -v\n', path, files },
  ],
  invalid: [
    { code: api, path, files, findings: [{ at: 'COPY services/api/package.json ./', message: '"COPY services/api/package.json ./" and all other steps take their files from services/api, while the context is a folder above, which builders other than BuildKit send as a whole: build with services/api as the context and shorten the sources.' }] },
    { name: 'two services', code: api.replace('COPY services/api/src', 'COPY services/shared services/api/src'), path, files, findings: [{ at: /^COPY/, message: /take their files from services,/ }] },
    { name: 'a wildcard inside', code: api.replace('package.json', 'package*.json'), path, files, findings: [{ at: /^COPY/, message: /from services\/api,/ }] },
  ],
})
