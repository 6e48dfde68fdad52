// One waste, one finding: rules that look at the same RUN do not report it twice.
import { expect, it } from 'vitest'
import combined from '../rules/build-combined-with-install.ts'
import early from '../rules/copy-source-before-install.ts'
import prefetch from '../rules/missing-dependency-prefetch.ts'
import mixes from '../rules/run-mixes-inputs.ts'
import { lint } from '../src/lint.ts'
import { activeRule, inputOf } from './support/input.ts'

const node = { 'package.json': '{"scripts":{"build":"tsc"}}', 'package-lock.json': '{}', 'src/a.ts': '', 'src/b.ts': '' }
const go = { 'go.mod': 'module a\nrequire example.com/x v1.0.0\n', 'go.sum': 'a v1 h1:b=\n', 'cmd/main.go': '', 'cmd/b.go': '' }

it.each<readonly [string, string, Readonly<Record<string, string>>, readonly string[]]>([
  ['sources before an install that shares its RUN with a build', 'COPY . .\nRUN npm ci && npm run build', node, ['copy-source-before-install']],
  ['the same with packages of the system', 'COPY . .\nRUN apk add --no-cache git && npm ci && npm run build', node, ['copy-source-before-install']],
  ['the same with a fetch', 'COPY . .\nRUN go mod download && go build ./cmd', go, ['copy-source-before-install']],
  ['packages, install and build in one RUN', 'COPY package.json package-lock.json ./\nCOPY src ./src\nRUN apk add --no-cache git && npm ci && npm run build', node, ['run-mixes-inputs']],
  ['install and build in one RUN', 'COPY package.json package-lock.json ./\nCOPY src ./src\nRUN npm ci && npm run build', node, ['build-combined-with-install']],
  ['packages and a build that fetches', 'COPY . .\nRUN apk add --no-cache git && go build ./cmd', go, ['run-mixes-inputs']],
  ['a build that fetches', 'COPY . .\nRUN go build ./cmd', go, ['missing-dependency-prefetch']],
])('%s', (_, steps, files, expected) => {
  const findings = lint(inputOf({ code: `FROM alpine:3.22\nWORKDIR /app\n${steps}\nCMD ["a"]\n`, files }), [combined, early, prefetch, mixes].map(rule => activeRule(rule)))
  expect(findings.map(({ rule }) => rule)).toEqual(expected)
})
