import rule from '../../rules/copy-from-too-broad.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const built = (copy: string, build = 'RUN go build -o server .', end = ''): string => `FROM golang AS build\nWORKDIR /src\nCOPY . .\n${build}\n${end}FROM alpine\n${copy}\nCMD ["/app/server"]\n`

ruleTester(rule, {
  valid: [
    { name: 'only the result', code: built('COPY --from=build /src/server /app/') },
    { name: 'only the folder with the result', code: built('COPY --from=build /src/target/ /app/', 'RUN cargo build --release') },
    { name: 'another folder', code: built('COPY --from=build /out /app', 'RUN go build -o /out/ ./...') },
    { name: 'without what is not wanted', code: built('COPY --exclude=**/*.go --from=build /src /app') },
    { name: 'nothing is compiled: the sources run', code: built('COPY --from=build /src /app', 'RUN npm ci') },
    { name: 'tidied up after the build', code: built('COPY --from=build /src /app', 'RUN npm run build && rm -rf src test') },
    { name: 'nothing of the context came in', code: 'FROM golang AS build\nWORKDIR /src\nRUN go build ./cmd/a\nFROM alpine\nCOPY --from=build /src /app\n' },
    { name: 'squashed', code: 'FROM alpine AS a\nRUN apk add curl\nFROM scratch\nCOPY --from=a / /\n' },
    ...['["src/server.js"]', '["npm", "start"]', '["node", "."]'].map(command => ({ name: `Node runs the sources, or what nobody can read: ${command}`, code: `FROM node AS b\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nFROM node:slim\nCOPY --from=b /app /app\nCMD ${command}\n` })),
    { name: 'a root file system for something else', code: 'FROM ubuntu AS chroot\nRUN useradd a\nFROM debian\nCOPY --from=chroot / /chroot\n' },
    { name: 'a stage of nothing but some files', code: 'FROM scratch AS a\nCOPY a /usr/bin/a\nFROM alpine\nCOPY --from=a / /\n' },
    { name: 'a tool image made for this', code: 'FROM tonistiigi/xx AS xx\nFROM alpine\nCOPY --from=xx / /\n' },
    { name: 'the same base', code: 'FROM alpine AS base\nFROM base AS a\nRUN apk add curl\nFROM base\nCOPY --from=a / /\n' },
    { name: 'a builder stage', code: `${built('COPY --from=build /src /app').replace('FROM alpine', 'FROM alpine AS mid')}FROM scratch\nCOPY --from=mid /app/server /\n` },
    { name: 'a test image', path: 'Dockerfile.test', code: built('COPY --from=build /src /app') },
    { name: 'another image', code: 'FROM alpine\nCOPY --from=busybox / /\n' },
  ],
  invalid: [
    {
      code: built('COPY --from=build /src /app'),
      findings: [{
        at: 'COPY --from=build /src /app',
        message: '"COPY --from=build /src /app" takes the sources and everything else in "/src" along with what "go build -o server ." (line 4) builds there; copy only its result.',
        related: [{ at: 'COPY . .', message: 'the sources come in here' }, { at: 'go build -o server .', message: 'the program is built here' }],
      }],
    },
    { name: 'by a pattern', code: built('COPY --from=build /src/* /app/'), findings: [{ at: /^COPY --from/, message: /takes the sources/ }] },
    { name: 'Gradle, from a folder of the context', code: 'FROM gradle AS b\nWORKDIR /app\nCOPY ad/ ./\nRUN ./gradlew installDist\nFROM eclipse-temurin:21-jre\nCOPY --from=b /app/ ./\nCMD ["./run"]\n', findings: [{ at: /^COPY --from/, message: /"\.\/gradlew installDist" \(line 4\)/ }] },
    { name: 'Node.js', code: 'FROM node AS b\nWORKDIR /app\nCOPY . .\nRUN npm ci && npm run build\nFROM node:slim\nCOPY --from=b /app /app\nCMD ["node", "/app/dist"]\n', findings: [{ at: /^COPY --from/, message: /"npm run build" \(line 4\) builds there; copy only its result, and the packages it needs\.$/ }] },
    {
      name: 'sources in a stage below',
      code: dockerfile`
        FROM golang AS src
        WORKDIR /src
        COPY . .
        FROM src AS build
        RUN go build .
        FROM alpine
        COPY --from=build /src /src
        CMD ["/src/a"]`,
      findings: [{ at: 'COPY --from=build /src /src', message: /go build/ }],
    },
    { name: 'one system over another', code: 'FROM debian AS a\nRUN apt-get install -y x\nFROM alpine\nCOPY --from=a / /\nCMD ["x"]\n', findings: [{ at: 'COPY --from=a / /', message: /takes the whole file system of "a" and writes it over that of this stage's base image/ }] },
  ],
})
