import rule from '../../rules/build-combined-with-install.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const combined = dockerfile`FROM node:22
                            WORKDIR /app
                            COPY package.json package-lock.json ./
                            COPY src ./src
                            RUN npm ci && npm run build
                            CMD ["node", "dist/a.js"]`
const project = { 'package.json': '{"scripts":{"build":"tsc"}}', 'package-lock.json': '{}', 'src/a.ts': '', 'src/b.ts': '' }
const bound = dockerfile`FROM node:22
                         WORKDIR /app
                         RUN --mount=type=bind,target=/app,rw npm ci && npm run build && cp -r dist /out`

ruleTester(rule, {
  valid: [
    { name: 'split', code: combined.replace('COPY src ./src\nRUN npm ci && npm run build', 'RUN npm ci\nCOPY src ./src\nRUN npm run build'), files: project },
    { name: 'one copy brings both: the copy is reported', code: combined.replace('COPY package.json package-lock.json ./\nCOPY src ./src', 'COPY . .'), files: project },
    { name: 'manifests, then everything: the copy is reported', code: combined.replace('COPY src ./src', 'COPY . .'), files: project },
    { name: 'the context is not known', code: combined },
    { name: 'a hook of the project needs the sources', code: combined, files: { ...project, 'package.json': '{"scripts":{"prepare":"node src/a.js","build":"tsc"}}' } },
    { name: 'a local package', code: combined, files: { ...project, 'package.json': '{"dependencies":{"b":"file:./src"}}' } },
    { name: 'downloads in a cache mount', code: combined.replace('RUN npm', 'RUN --mount=type=cache,target=/root/.npm npm'), files: project },
    { name: 'no build', code: combined.replace('npm run build', 'npm cache clean --force'), files: project },
    { name: 'a build that may not run', code: combined.replace('&& npm run build', '&& if [ -n "$X" ]; then npm run build; fi'), files: project },
    { name: 'the build comes first', code: combined.replace('npm ci && npm run build', 'npm run build && npm ci'), files: project },
    { name: 'an install that needs the sources', code: combined.replace('npm ci', 'pip install .'), files: project },
    { name: 'a named package', code: combined.replace('npm ci', 'npm install -g typescript'), files: project },
    { name: 'a compiler without a fetch step of its own', code: combined.replace('npm ci && npm run build', 'gradle build'), files: project },
    { name: 'install, build, prune on sources that are cloned', code: combined.replace(/COPY[^]*&&/, 'RUN git clone https://example.org/a . && npm ci &&'), files: project },
    { name: 'sources land where neither part looks', code: combined.replace('COPY src ./src', 'COPY src /docs'), files: project },
    { name: 'a step between that it may depend on', code: combined.replace('COPY src ./src', 'COPY src ./src\nRUN ./configure'), files: project },
    { name: 'a stage that is not needed', code: `${combined}FROM alpine\nRUN true\n`, files: project },
    { name: 'ONBUILD', code: dockerfile`FROM node:22 AS base
                                       WORKDIR /app
                                       ONBUILD COPY package.json package-lock.json ./
                                       ONBUILD COPY src ./src
                                       ONBUILD RUN npm ci && npm run build
                                       FROM base
                                       CMD ["node"]`, files: project },
    { name: 'Windows', code: combined.replace('node:22', 'node:22-nanoserver-ltsc2022'), files: project },
    { name: 'manifests bound one by one', code: bound.replace('target=/app,rw', 'source=package.json,target=/app/package.json'), files: project },
  ],
  invalid: [
    {
      code: combined, files: project,
      findings: [{
        at: 'npm ci', message: '"npm ci" needs nothing of "COPY src ./src" (line 4), but re-runs with it, because "npm run build" stands in the same RUN: give the install a RUN of its own above that line.',
        related: [{ at: 'npm run build' }, { at: 'COPY src ./src', message: 'only the build reads these files' }],
      }],
      fixed: 'FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY src ./src\nRUN npm run build\nCMD ["node", "dist/a.js"]\n',
    },
    { name: 'sources first', code: combined.replace('COPY package.json package-lock.json ./\nCOPY src ./src', 'COPY src ./src\nCOPY package.json package-lock.json ./'), files: project, findings: [{ at: 'npm ci', message: /COPY src \.\/src/ }], fixed: null },
    { name: 'a folder of the context', code: combined.replace('package.json package-lock.json', 'web/package.json web/package-lock.json').replace('src ./src', 'web/src ./src'), files: { 'web/package.json': '{}', 'web/package-lock.json': '', 'web/src/a.ts': '', 'web/src/b.ts': '' }, findings: [{ at: 'npm ci', message: /web\/src/ }], fixed: 'FROM node:22\nWORKDIR /app\nCOPY web/package.json web/package-lock.json ./\nRUN npm ci\nCOPY web/src ./src\nRUN npm run build\nCMD ["node", "dist/a.js"]\n' },
    { name: 'Go', code: dockerfile`FROM golang:1.25
                                   WORKDIR /src
                                   COPY go.mod go.sum ./
                                   COPY cmd ./cmd
                                   RUN go mod download && go build -o /app ./cmd/a
                                   CMD ["/app"]`, files: { 'go.mod': 'module a', 'go.sum': 'a v1 h1:b=', 'cmd/a/main.go': '', 'cmd/a/b.go': '' }, findings: [{ at: 'go mod download', message: /go build/ }], fixed: 'FROM golang:1.25\nWORKDIR /src\nCOPY go.mod go.sum ./\nRUN go mod download\nCOPY cmd ./cmd\nRUN go build -o /app ./cmd/a\nCMD ["/app"]\n' },
    { name: 'the whole context is bound', code: bound, files: project, findings: [{ at: 'npm ci', message: /^"npm ci" re-runs when any file of the bound context changes, because "npm run build" stands in the same RUN: bind only package\.json and package-lock\.json in a RUN of its own above line 3\.$/ }], fixed: null },
  ],
})
