import rule from '../../rules/platform-arg-before-shared-step.ts'
import { ruleTester } from '../support/rule-tester.ts'

const install = 'RUN apt-get update && apt-get install -y git'
const ends = 'RUN GOARCH=$TARGETARCH go build -o /out/app .\nFROM gcr.io/distroless/static\nCOPY --from=build /out/app /app\n'
const pinned = 'FROM --platform=$BUILDPLATFORM golang:1.25 AS build'
/** A builder stage of these lines, and a stage that ships what it built. */
const stage = (...lines: readonly string[]): string => `${lines.join('\n')}\n${ends}`

ruleTester(rule, {
  valid: [
    { name: 'declared below', code: stage(pinned, install, 'ARG TARGETARCH') },
    { name: 'not pinned to the build platform', code: stage('FROM golang:1.25 AS build', 'ARG TARGETARCH', install) },
    { name: 'runs on the target platform', code: stage('FROM --platform=$TARGETPLATFORM golang:1.25 AS build', 'ARG TARGETARCH', install) },
    { name: 'the base image differs', code: stage('FROM --platform=$BUILDPLATFORM tools:${TARGETARCH} AS build', 'ARG TARGETARCH', install) },
    { name: 'the stage ships', code: `FROM --platform=$BUILDPLATFORM debian\nARG TARGETARCH\n${install}\nRUN curl -o /a https://example.org/$TARGETARCH\n` },
    { name: 'of the build platform', code: stage(pinned, 'ARG BUILDARCH', 'ARG BUILDPLATFORM', install, 'ARG TARGETARCH') },
    { name: 'the same on most platforms', code: stage(pinned, 'ARG TARGETOS', install, 'ARG TARGETARCH') },
    { name: 'a default stands for all platforms', code: stage(pinned, 'ARG TARGETARCH=amd64', install) },
    { name: 'the install uses it', code: stage(pinned, 'ARG TARGETARCH', 'RUN apt-get update && apt-get install -y gcc-$TARGETARCH') },
    { name: 'the install uses another one', code: stage(pinned, 'ARG TARGETPLATFORM TARGETARCH', 'RUN apt-get update && if [ "$TARGETARCH" = arm64 ]; then apt-get install -y gcc-aarch64-linux-gnu; fi') },
    ...['RUN xx-apt-get install -y gcc', 'RUN ./install.sh', 'RUN make tools', 'RUN echo $TARGETPLATFORM', 'RUN go build ./...', 'RUN dotnet restore', 'RUN if ; then'].map(step => ({ name: `point 7: a step that may read it: ${step}`, code: stage(pinned, 'ARG TARGETARCH', step, install) })),
    { name: 'an ENV made from it steers the tool', code: stage(pinned, 'ARG TARGETARCH', 'ENV GOARCH=$TARGETARCH', 'COPY go.mod go.sum ./', 'RUN go mod download') },
    { name: 'packages of one architecture', code: stage(pinned, 'ARG TARGETARCH', 'RUN dpkg --add-architecture arm64 && apt-get update && apt-get install -y zlib1g-dev:arm64') },
    { name: 'files of the target platform come before', code: stage(pinned, 'COPY --from=tonistiigi/xx / /', 'ARG TARGETARCH', install) },
    { name: 'files of a stage for the target platform come before', code: `FROM alpine AS data\nRUN true\n${stage(pinned, 'COPY --from=data / /data', 'ARG TARGETARCH', install)}` },
    { name: 'the stage below runs on the target platform', code: `FROM golang:1.25 AS base\nRUN true\n${stage('FROM base AS build', 'ARG TARGETARCH', install)}` },
    { name: 'a stage that is not needed', code: `${pinned}\nARG TARGETARCH\n${install}\nFROM debian\nRUN true\n` },
    { name: 'nothing costly', code: stage(pinned, 'ARG TARGETARCH', 'RUN mkdir /out') },
  ],
  invalid: [
    {
      code: stage(pinned, 'ARG TARGETARCH', install),
      findings: [{
        at: 'ARG TARGETARCH', message: '"ARG TARGETARCH" comes before "RUN apt-get update && apt-get install -y git" (line 3), which does not use TARGETARCH but runs again for each target platform; move it below that RUN.',
        related: [{ at: install, message: 'the same for all platforms' }],
      }],
      fixed: stage(pinned, install, 'ARG TARGETARCH'),
    },
    {
      name: 'several arguments and installs', code: stage(pinned, 'ARG TARGETOS', 'ARG TARGETPLATFORM', install, 'COPY go.mod go.sum ./', 'ARG TARGETARCH', 'ARG TARGETVARIANT', 'RUN go mod download'),
      findings: [{ at: 'ARG TARGETPLATFORM', message: /and 1 more install, which do not use TARGETPLATFORM but run again .* move it and the ARG of lines 6 and 7 below the last of them\.$/, related: [{ at: 'ARG TARGETARCH' }, { at: 'ARG TARGETVARIANT' }, { at: install }, { at: 'RUN go mod download' }] }],
      fixed: stage(pinned, install, 'COPY go.mod go.sum ./', 'RUN go mod download', 'ARG TARGETOS', 'ARG TARGETPLATFORM', 'ARG TARGETARCH', 'ARG TARGETVARIANT'),
    },
    { name: 'one line declares several', code: stage(pinned, 'ARG TARGETOS TARGETARCH', install), findings: [{ at: 'ARG TARGETOS TARGETARCH', message: /does not use TARGETARCH but/ }], fixed: stage(pinned, install, 'ARG TARGETOS TARGETARCH') },
    { name: 'a platform written out', code: stage('FROM --platform=linux/amd64 golang:1.25 AS build', 'ARG TARGETARCH', install), findings: [{ at: 'ARG TARGETARCH', message: /apt-get/ }], fixed: stage('FROM --platform=linux/amd64 golang:1.25 AS build', install, 'ARG TARGETARCH') },
    { name: 'point 5: built FROM a pinned stage', code: `${pinned.replace('build', 'base')}\nRUN true\n${stage('FROM base AS build', 'ARG TARGETARCH', install)}`, findings: [{ at: 'ARG TARGETARCH', message: /line 5/ }], fixed: `${pinned.replace('build', 'base')}\nRUN true\n${stage('FROM base AS build', install, 'ARG TARGETARCH')}` },
    { name: 'files of a pinned stage come before', code: `FROM --platform=$BUILDPLATFORM tonistiigi/xx AS xx\n${stage(pinned, 'COPY --from=xx / /', 'ARG TARGETARCH', install)}`, findings: [{ at: 'ARG TARGETARCH', message: /apt-get/ }], fixed: `FROM --platform=$BUILDPLATFORM tonistiigi/xx AS xx\n${stage(pinned, 'COPY --from=xx / /', install, 'ARG TARGETARCH')}` },
    { name: 'fix: a variable that stays', code: stage(pinned, 'ARG TARGETARCH GOFLAGS', 'RUN go mod download'), findings: [{ at: 'ARG TARGETARCH GOFLAGS', message: /does not use TARGETARCH but/ }], fixed: stage(pinned, 'ARG GOFLAGS', 'RUN go mod download', 'ARG TARGETARCH') },
    { name: 'fix: in paragraphs, above what may read it', code: stage(pinned, '', '# set by buildx', 'ARG TARGETOS', 'ARG TARGETARCH', '', install, '', '# compile', 'RUN ./build.sh', ''), findings: [{ at: 'ARG TARGETARCH', message: /apt-get/ }], fixed: stage(pinned, '', install, '', '# set by buildx', 'ARG TARGETOS', 'ARG TARGETARCH', '', '# compile', 'RUN ./build.sh', '') },
  ],
})
