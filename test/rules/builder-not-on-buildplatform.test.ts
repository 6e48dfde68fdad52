import rule from '../../rules/builder-not-on-buildplatform.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const COMPILE = 'CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o /out/app ./cmd/app'
const built = (parts: { readonly from?: string; readonly args?: string; readonly run?: string; readonly copy?: string }): string =>
  `FROM ${parts.from ?? 'golang:1.23'} AS build\nWORKDIR /src\n${parts.args ?? 'ARG TARGETOS TARGETARCH'}\nCOPY . .\nRUN ${parts.run ?? COMPILE}\nFROM alpine:3.20\n${parts.copy ?? 'COPY --from=build /out/app /app'}\nCMD ["/app"]\n`
const finding = { at: 'FROM golang:1.23 AS build', message: /^"FROM golang:1\.23 AS build" runs on the platform of the image, so when that is not the builder's own everything up to "go build/ }

ruleTester(rule, {
  valid: [
    { name: 'pinned to the build platform', code: built({ from: '--platform=$BUILDPLATFORM golang:1.23' }) },
    { name: 'pinned to some platform', code: built({ from: '--platform=linux/amd64 golang:1.23' }) },
    { name: 'an image of one architecture', code: built({ from: 'arm64v8/golang:1.23' }) },
    { name: 'a single platform: nothing is cross-compiled', code: built({ args: 'ENV CI=1', run: 'CGO_ENABLED=0 go build -o /out/app' }) },
    { name: 'the platform is named, but not compiled for', code: built({ run: 'CGO_ENABLED=0 go build -o /out/app' }) },
    { name: 'cgo needs a C compiler for the target', code: built({ run: 'GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o /out/app' }) },
    { name: 'cgo switched on', code: built({ run: 'CGO_ENABLED=1 GOARCH=$TARGETARCH go build -o /out/app' }) },
    { name: 'an architecture of its own', code: built({ run: 'CGO_ENABLED=0 GOARCH=amd64 go build -o /out/app' }) },
    { name: 'a default takes the place of the platform', code: built({ args: 'ARG TARGETARCH=arm64' }) },
    { name: 'what is compiled is run', code: built({ run: `${COMPILE} && /out/app --version` }) },
    { name: 'a tool is compiled and run', code: built({ run: `go install example.com/gen@v1 && ${COMPILE}` }) },
    { name: 'code is generated', code: built({ run: `go generate ./... && ${COMPILE}` }) },
    { name: 'tests run', code: built({ run: `go test ./... && ${COMPILE}` }) },
    { name: 'something else runs', code: built({ run: `make assets && ${COMPILE}` }) },
    { name: 'native tools are fetched', code: built({ run: `curl -o /bin/protoc https://example.com/$TARGETARCH && ${COMPILE}` }) },
    { name: 'native programs are copied out as well', code: built({ copy: 'COPY --from=build /out/app /usr/bin/git /bin/' }) },
    { name: 'a mount takes from it', code: `${built({})}RUN --mount=from=build,target=/b true\n` },
    { name: 'the stage ships', code: 'FROM golang:1.23\nARG TARGETARCH\nRUN CGO_ENABLED=0 GOARCH=$TARGETARCH go build -o /app\nCMD ["/app"]\n' },
    { name: 'a script nobody can read', code: built({ run: `${COMPILE} && if` }) },
    { name: 'native modules', code: dockerfile`
      FROM node:22 AS build
      ARG TARGETARCH
      RUN npm ci
      FROM node:22
      COPY --from=build /node_modules /node_modules` },
  ],
  invalid: [
    {
      code: built({}),
      findings: [{
        at: 'FROM golang:1.23 AS build',
        message: '"FROM golang:1.23 AS build" runs on the platform of the image, so when that is not the builder\'s own everything up to "go build -o /out/app ./cmd/app" (line 5) is emulated and slow, although that command cross-compiles for $TARGETARCH: add "--platform=$BUILDPLATFORM" to FROM.',
        related: [{ at: 'go build -o /out/app ./cmd/app' }],
      }],
      fixed: 'FROM --platform=$BUILDPLATFORM golang:1.23 AS build\nWORKDIR /src\nARG TARGETOS TARGETARCH\nCOPY . .\nRUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o /out/app ./cmd/app\nFROM alpine:3.20\nCOPY --from=build /out/app /app\nCMD ["/app"]\n',
    },
    { name: 'ENV', code: built({ args: 'ARG TARGETARCH\nENV CGO_ENABLED=0 GOARCH=${TARGETARCH}', run: 'go build -o /out/app' }), findings: [finding], fixed: 'FROM --platform=$BUILDPLATFORM golang:1.23 AS build\nWORKDIR /src\nARG TARGETARCH\nENV CGO_ENABLED=0 GOARCH=${TARGETARCH}\nCOPY . .\nRUN go build -o /out/app\nFROM alpine:3.20\nCOPY --from=build /out/app /app\nCMD ["/app"]\n' },
    { name: 'exported', code: built({ run: 'export CGO_ENABLED=0 GOARCH=$TARGETARCH && go build -o /out/app' }), findings: [finding], fixed: 'FROM --platform=$BUILDPLATFORM golang:1.23 AS build\nWORKDIR /src\nARG TARGETOS TARGETARCH\nCOPY . .\nRUN export CGO_ENABLED=0 GOARCH=$TARGETARCH && go build -o /out/app\nFROM alpine:3.20\nCOPY --from=build /out/app /app\nCMD ["/app"]\n' },
    { name: 'beside tools of the stage', code: built({ run: `apk add --no-cache git ca-certificates && mkdir -p /out && ${COMPILE}`, copy: 'COPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/\nCOPY --from=build /out/app /app' }), findings: [finding], fixed: 'FROM --platform=$BUILDPLATFORM golang:1.23 AS build\nWORKDIR /src\nARG TARGETOS TARGETARCH\nCOPY . .\nRUN apk add --no-cache git ca-certificates && mkdir -p /out && CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o /out/app ./cmd/app\nFROM alpine:3.20\nCOPY --from=build /etc/ssl/certs/ca-certificates.crt /etc/ssl/certs/\nCOPY --from=build /out/app /app\nCMD ["/app"]\n' },
    { name: 'without a name for the output', code: built({ run: 'CGO_ENABLED=0 GOARCH=$TARGETARCH go build ./cmd/app', copy: 'COPY --from=build /src/app /app' }), findings: [finding], fixed: 'FROM --platform=$BUILDPLATFORM golang:1.23 AS build\nWORKDIR /src\nARG TARGETOS TARGETARCH\nCOPY . .\nRUN CGO_ENABLED=0 GOARCH=$TARGETARCH go build ./cmd/app\nFROM alpine:3.20\nCOPY --from=build /src/app /app\nCMD ["/app"]\n' },
    {
      name: 'stages on one another: the one that names the image', code: dockerfile`
        FROM golang:1.23 AS base
        FROM base AS build
        WORKDIR /src
        ARG TARGETARCH
        RUN CGO_ENABLED=0 GOARCH=$TARGETARCH go build -o /app
        FROM scratch
        COPY --from=build /app /app`,
      findings: [{ at: 'FROM golang:1.23 AS base', message: /emulated/ }],
      fixed: 'FROM --platform=$BUILDPLATFORM golang:1.23 AS base\nFROM base AS build\nWORKDIR /src\nARG TARGETARCH\nRUN CGO_ENABLED=0 GOARCH=$TARGETARCH go build -o /app\nFROM scratch\nCOPY --from=build /app /app\n',
    },
    { name: 'lower case', code: built({}).replace('FROM golang:1.23 AS', 'from  golang:1.23 as'), findings: [{ at: /^from/, message: /emulated/ }], fixed: 'from --platform=$BUILDPLATFORM  golang:1.23 as build\nWORKDIR /src\nARG TARGETOS TARGETARCH\nCOPY . .\nRUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o /out/app ./cmd/app\nFROM alpine:3.20\nCOPY --from=build /out/app /app\nCMD ["/app"]\n' },
    { name: 'no fix: the file has a value of its own for it', code: `ARG BUILDPLATFORM=linux/amd64\n${built({})}`, findings: [{ at: /^FROM/, message: /emulated/ }], fixed: null },
  ],
})
