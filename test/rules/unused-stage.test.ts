import rule from '../../rules/unused-stage.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const unused = (name: string, rest = ''): string => `FROM golang AS ${name}\nCOPY . .\nRUN go build\n${rest}FROM alpine\nCOPY a.sh /\nCMD ["/a.sh"]\n`
const files = { 'a.sh': 'true' }

ruleTester(rule, {
  valid: [
    { name: 'all are used', code: 'FROM golang AS build\nRUN go build\nFROM alpine\nCOPY --from=build /a /a\n' },
    { name: 'used by its number', code: 'FROM golang\nRUN go build\nFROM alpine\nCOPY --from=0 /a /a\n' },
    { name: 'used by a mount', code: 'FROM golang AS build\nRUN go build\nFROM alpine\nRUN --mount=from=build,target=/x cp /x/a /a\n', files },
    { name: 'for developers', code: unused('dev'), files },
    { name: 'for tests', code: unused('run-test'), files },
    { name: 'an artifact, perhaps', code: unused('update'), files },
    { name: 'it says how it is run', code: unused('build', 'CMD ["go", "run", "."]\n'), files },
    { name: 'a compose file asks for it', code: unused('build'), files: { ...files, 'docker-compose.yml': 'services:\n  a:\n    build:\n      context: .\n      target: build\n' } },
    { name: 'a script asks for it', code: unused('build'), files: { ...files, 'scripts/make.sh': 'docker build --target=build .' } },
    { name: 'the context is not known', code: unused('build') },
    { name: 'an argument chooses', code: 'ARG WHICH=a\nFROM alpine AS a\nRUN x\nFROM alpine\nRUN y\nFROM ${WHICH}\nRUN z\n' },
    { name: 'with a default of its own', code: 'ARG WHICH\nFROM alpine AS build\nRUN x\nFROM alpine AS a\nFROM ${WHICH:-a}\nRUN z\n', files },
    { name: 'an argument chooses the stage to copy from', code: 'FROM alpine\nRUN x\nFROM alpine\nARG W\nCOPY --from=$W /a /a\n' },
    { name: 'a target is configured', code: unused('build'), files, target: 'build' },
    { name: 'a list of versions for a bot', code: 'FROM python:3.13 AS python\nFROM node:24 AS node\n', files },
    { name: 'several images in one file', code: 'FROM alpine AS b\nRUN x\nFROM scratch\nCOPY --from=b /a /\nCMD ["/a"]\nFROM scratch\nCOPY --from=b /b /\nCMD ["/b"]\nFROM scratch\nCOPY --from=b /c /\nCMD ["/c"]\n' },
  ],
  invalid: [
    {
      name: 'without a name',
      code: 'FROM golang:1.26\nRUN go build -o /app\nFROM alpine\nCOPY app /\nCMD ["/app"]\n',
      findings: [{ at: /^FROM golang:1\.26/, line: 1, message: '"FROM golang:1.26" begins a stage that is never built: the last stage does not need it, and it has no name to ask for; copy from it what was meant to ship, or delete it.' }],
    },
    { name: 'a helper', code: unused('build'), files, findings: [{ at: /^FROM golang AS build/, message: /no other stage copies from it/ }] },
    {
      name: 'with another that only it uses',
      code: dockerfile`
        FROM golang AS deps
        RUN go mod download
        FROM deps AS build
        RUN go build
        FROM alpine AS final
        COPY a.sh /
        CMD ["/a.sh"]`,
      files,
      findings: [{ at: /^FROM deps AS build/, message: /never built, nor "deps", which only it uses: "final" does not need it/, related: [{ at: /^FROM golang AS deps/ }] }],
    },
  ],
})
