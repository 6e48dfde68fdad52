// Files of a size nobody writes: what grows faster than they do, or calls itself once for each stage, fails here or takes for ever.
import { expect, test } from 'vitest'
import { lint, resolveConfig, rules } from '../src/index.ts'
import { contextOf } from './support/input.ts'

const active = resolveConfig(rules, { extends: 'cachemiss:all' }).rules
const files = { 'package.json': '{}', 'package-lock.json': '{}', 'go.mod': 'module x\n', 'requirements.txt': 'flask\n', 'src/a.js': '', '.env.example': 'SECRET_KEY=\n', '.gitignore': '.env\n' }
const times = (count: number, text: (index: number) => string): string => Array.from({ length: count }, (_, index) => text(index)).join('')

test.each([
  ['stages that copy from one another', `FROM node:22 AS s0\nRUN x\n${times(4000, at => `FROM node:22 AS s${at + 1}\nCOPY --from=s${at} /app /app\nCOPY --from=s${at} /lib /lib\nRUN npm run build\n`)}`],
  ['stages built on one another', `FROM node:22 AS s0\n${times(4000, at => `FROM s${at} AS s${at + 1}\nCOPY . .\nRUN pip install x\n`)}`],
  ['copies and installs by turns', `FROM node:22\nWORKDIR /app\n${times(2000, () => 'COPY . .\nRUN npm ci\n')}`],
  ['a folder, a copy and an install each', `FROM node:22\n${times(1000, at => `WORKDIR /a${at}\nCOPY package.json ./\nRUN npm install\n`)}`],
  ['folders in one another', `FROM node:22\n${times(1000, at => `WORKDIR w${at}\nCOPY . .\nRUN npm ci\n`)}`],
  ['here-documents', `FROM node:22\n${times(2000, () => 'RUN <<EOF\nmake\nnpm ci\nEOF\n')}`],
  ['volatile variables', `FROM node:22\n${times(2000, at => `ARG GIT_SHA_${at}\nENV COMMIT_${at}=$GIT_SHA_${at}\n`)}RUN npm ci\n`],
  ['cache mounts', `FROM golang:1.23\n${times(1500, at => `RUN --mount=type=cache,target=/root/.cache/go-build --mount=type=cache,target=/c${at} go build -o /o${at} ./x\n`)}`],
  ['bind mounts', `FROM golang:1.23\nWORKDIR /s\n${times(2000, at => `RUN --mount=type=bind,target=. go build -o /x${at}\n`)}`],
  ['downloads and removals', `FROM debian:12\n${times(1500, at => `RUN wget -O /tmp/a${at}.tgz http://x && tar xzf /tmp/a${at}.tgz\nRUN rm -rf /tmp/a${at}.tgz\n`)}`],
  ['changes of owner and mode', `FROM node:22\n${times(1500, at => `COPY a${at} /a${at}\nRUN chown -R node /a${at} && chmod 755 /a${at}\n`)}`],
  ['a script of 5,000 commands', `FROM debian:12\nRUN <<EOF\nset -e\n${times(5000, at => `apt-get install -y p${at} && rm -rf /x${at}\n`)}EOF\n`],
  ['shells in shells', `FROM debian:12\n${times(500, () => `RUN ${'sh -c "'.repeat(30)}x${'"'.repeat(30)}\n`)}`],
  ['unbalanced quotes', `FROM debian:12\n${times(2000, at => `RUN echo "x ${at}\n`)}`],
])('%s', (_, text) => {
  for (const context of [undefined, contextOf(files)]) {
    for (const finding of lint({ path: 'Dockerfile', text, ...context && { context } }, active)) expect(finding.span.end).toBeLessThanOrEqual(text.length)
  }
})

test('a chain of stages longer than a stack', () => {
  const text = `FROM node:22 AS s0\nRUN npm ci\n${times(12_000, at => `FROM scratch AS s${at + 1}\nCOPY --from=s${at} / /\n`)}`
  expect(lint({ path: 'Dockerfile', text }, active.filter(({ rule }) => rule.id === 'dependency-tree-copied-twice')).map(({ rule }) => rule)).not.toContain('syntax-error')
}, 60_000)
