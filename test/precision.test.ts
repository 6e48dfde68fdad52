// What must be known before a rule may speak, point by point: the whole default preset over small files, each made to tempt it.
import { describe, expect, test } from 'vitest'
import { lint } from '../src/index.ts'
import { dockerfile } from './support/dockerfile.ts'
import { contextOf, inputOf } from './support/input.ts'
import type { Finding } from '../src/index.ts'
import type { Given } from './support/input.ts'

const findings = (given: string | Given): readonly Finding[] => lint(inputOf(typeof given === 'string' ? { code: given } : given))
const rulesOf = (given: string | Given): readonly string[] => findings(given).map(({ rule }) => rule)
const only = (given: string | Given, ...rules: readonly string[]): readonly Finding[] => findings(given).filter(({ rule }) => rules.includes(rule))
/** `severity text` of the findings of one rule. */
const saidOf = (given: Given, rule: string): readonly string[] => only(given, rule).map(({ severity, span }) => `${severity} ${given.code.slice(span.start, span.end)}`)

const app = { 'package.json': '{"scripts":{"build":"vite build"}}', 'package-lock.json': '{"lockfileVersion":3}', 'src/index.js': '', 'src/a.js': '', 'README.md': '' }

describe('1. the context', () => {
  const code = dockerfile`
    FROM node:22
    WORKDIR /app
    COPY . .
    RUN npm ci
    CMD ["node", "src/index.js"]`
  test('is named where it is not the folder of the Dockerfile', () => {
    const input = { context: { ...contextOf(app), folder: '.' } }
    for (const { message } of only({ code, path: 'docker/Dockerfile', input }, 'copy-source-before-install')) expect(message).toContain('with . as the context')
    expect(rulesOf({ code, path: 'docker/Dockerfile', input })).toContain('copy-source-before-install')
  })
  test('when unknown has no holes', () => expect(only(code, 'missing-dockerignore', 'context-includes-build-files', 'context-includes-large-files')).toEqual([]))
})

test('2. a stage that an ARG in FROM picks, or that only a mount reaches, is used', () => {
  const code = dockerfile`
    ARG FLAVOUR=full
    FROM debian:13 AS full
    RUN echo full > /flavour
    FROM debian:13 AS tools
    RUN echo tool > /tool
    FROM $\{FLAVOUR}
    RUN --mount=type=bind,from=tools,source=/tool,target=/tool cp /tool /kept
    CMD ["cat", "/flavour"]`.replaceAll('$\\{', '${')
  expect(only(code, 'unused-stage')).toEqual([])
})

describe('3. what kind of file it is', () => {
  const code = dockerfile`
    FROM python:3.13-slim
    RUN apt-get update && apt-get install -y --no-install-recommends build-essential && rm -rf /var/lib/apt/lists/*
    WORKDIR /app
    COPY requirements.txt ./
    RUN pip install --no-cache-dir -r requirements.txt
    COPY src ./src
    CMD ["python", "src/app.py"]`
  const files = { 'requirements.txt': 'flask==3.0\n', 'src/app.py': 'print(1)\n' }
  test('an application ships no compilers', () => expect(rulesOf({ code, files })).toContain('build-tools-in-final-stage'))
  test.each(['Dockerfile.dev', '.devcontainer/Dockerfile', 'tests/Dockerfile'])('%s may', path => expect(rulesOf({ code, files, path })).not.toContain('build-tools-in-final-stage'))
})

test('4. deliberate choices are said as information', () => {
  const code = (comment: string): string => `FROM debian:13\n${comment}\nRUN apt-get update && apt-get install -y --no-install-recommends curl\nCMD ["curl"]\n`
  expect(saidOf({ code: code('# tools') }, 'apt-lists-not-removed').map(said => said.slice(0, 7))).toEqual(['warning'])
  expect(saidOf({ code: code('# keeps the lists on purpose: packages are added at run time') }, 'apt-lists-not-removed').every(said => said.startsWith('info'))).toBe(true)
  expect(saidOf({ code: code('# hadolint ignore=DL3015') }, 'apt-lists-not-removed').map(said => said.slice(0, 4))).toEqual(['info'])
})

describe('5. volatility flows through stages', () => {
  test('from a parent stage', () => {
    const code = dockerfile`
      FROM node:22 AS sources
      WORKDIR /app
      COPY . .
      FROM sources
      RUN npm ci
      CMD ["node", "src/index.js"]`
    expect(saidOf({ code, files: app }, 'copy-source-before-install')).toEqual(['warning COPY . .'])
  })
  const above = (copied: string): string => dockerfile`
    FROM node:22 AS build
    WORKDIR /app
    COPY package.json package-lock.json ./
    RUN npm ci
    COPY src ./src
    RUN npm run build
    FROM node:22-slim
    ${copied}
    RUN apt-get update && apt-get install -y --no-install-recommends chromium && rm -rf /var/lib/apt/lists/*
    CMD ["node", "/app/dist/index.js"]`
  test('from a build whose output is copied above packages', () => expect(saidOf({ code: above('COPY --from=build /app/dist /app/dist'), files: app }, 'copy-source-before-stable-step')).toEqual(['warning COPY --from=build /app/dist /app/dist']))
  test('not from a constant one', () => expect(only({ code: above('COPY --from=busybox:1.37 /bin/wget /usr/local/bin/wget'), files: app }, 'copy-source-before-stable-step')).toEqual([]))
  test('not through a cut-off by content', () => {
    const code = dockerfile`
      FROM node:22 AS pruner
      WORKDIR /app
      RUN npm install -g turbo@2
      COPY . .
      RUN turbo prune web --docker
      FROM node:22
      WORKDIR /app
      COPY --from=pruner /app/out/json/ .
      RUN npm ci
      CMD ["node", "."]`
    expect(only({ code, files: app }, 'copy-source-before-install', 'copy-source-before-stable-step')).toEqual([])
  })
})

test('6. a RUN that mixes two kinds of input is to be split, not moved', () => {
  const code = dockerfile`
    FROM debian:13
    COPY setup.sh /setup.sh
    RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/* && sh /setup.sh
    CMD ["curl"]`
  expect(rulesOf({ code, files: { 'setup.sh': 'echo hi > /x\n' } })).not.toContain('copy-source-before-stable-step')
  expect(rulesOf({ code, files: { 'setup.sh': 'echo hi > /x\n' } })).toContain('run-mixes-inputs')
})

describe('7. readers hide', () => {
  const before = (run: string): string => dockerfile`
    FROM debian:13
    WORKDIR /app
    COPY . .
    ${run}
    CMD ["x"]`
  test.each(['RUN ./scripts/install-packages.sh', 'RUN install-helper --all', 'RUN apt-get update && apt-get install -y ./vendor/x.deb', 'RUN xargs apt-get install -y < packages.txt'])('files: %s', run => {
    expect(only({ code: before(run), files: { ...app, 'scripts/install-packages.sh': '', 'packages.txt': '', 'vendor/x.deb': '' } }, 'copy-source-before-stable-step')).toEqual([])
  })
  test.each(['RUN make', 'RUN cargo build --release', 'RUN git clone https://example.com/x.git /x && git -C /x checkout "$GIT_COMMIT"'])('variables: %s', run => {
    expect(only(`FROM debian:13\nARG GIT_COMMIT\n${run}\nCMD ["x"]\n`, 'volatile-arg-before-expensive-step')).toEqual([])
  })
})

test('8. a manifest is no small file, a setting is', () => {
  const code = (file: string): string => `FROM node:22\nWORKDIR /app\nCOPY ${file} ./\nRUN apt-get update && apt-get install -y --no-install-recommends chromium && rm -rf /var/lib/apt/lists/*\nRUN npm ci\nCMD ["node", "."]\n`
  expect(rulesOf({ code: code('package.json package-lock.json'), files: app })).toContain('copy-source-before-stable-step')
  expect(rulesOf({ code: code('.npmrc'), files: { ...app, '.npmrc': '' } })).not.toContain('copy-source-before-stable-step')
})

test('9. equal first steps are one step', () => {
  const stage = 'RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*\n'
  const code = `FROM debian:13 AS a\n${stage}RUN curl -o /a https://example.com/a-1.0\nFROM debian:13\n${stage}COPY --from=a /a /a\nCMD ["/a"]\n`
  expect(only(code, 'duplicate-work-across-stages', 'repeated-package-install')).toEqual([])
})

test('10. a missing mount is a warning where edits repeat the download, else information', () => {
  const gradle = 'FROM gradle:8-jdk21 AS build\nWORKDIR /src\nCOPY . .\nRUN gradle --no-daemon bootJar\nFROM eclipse-temurin:21-jre\nCOPY --from=build /src/build/libs/app.jar /app.jar\nCMD ["java", "-jar", "/app.jar"]\n'
  expect(only(gradle, 'missing-cache-mount').map(({ severity }) => severity)).toEqual(['warning'])
  const npm = 'FROM node:22 AS build\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY src ./src\nRUN npm run build\nFROM nginx:1.29-alpine-slim\nCOPY --from=build /app/dist /usr/share/nginx/html\n'
  expect(only({ code: npm, files: app }, 'missing-cache-mount').map(({ severity }) => severity)).toEqual(['info'])
})

test('11. no mount where the cache folder is an output', () => {
  const code = 'FROM maven:3.9-eclipse-temurin-21 AS build\nWORKDIR /src\nCOPY . .\nRUN mvn -B package\nFROM eclipse-temurin:21-jre\nCOPY --from=build /root/.m2 /root/.m2\nCOPY --from=build /src/target/app.jar /app.jar\nCMD ["java", "-jar", "/app.jar"]\n'
  expect(only(code, 'missing-cache-mount')).toEqual([])
})

test('12. --link only where it can hold', () => {
  const code = (copy: string): string => `FROM golang:1.25 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /out/app .\nFROM debian:13\nRUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*\n${copy}\nCMD ["app"]\n`
  for (const copy of ['COPY --from=build --chown=app /out/app /opt/app', 'COPY --from=build /out/ /bin/', 'COPY --from=build --chmod=755 /out/app /opt/app', 'COPY --from=build --link /out/app /opt/app']) {
    expect(only(code(copy), 'prefer-copy-link'), copy).toEqual([])
  }
})

describe('13. other ways to be tidy', () => {
  test.each(['apt-get update && apt-get install -y --no-install-recommends curl && apt-get dist-clean', 'apt-get install --update -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*', 'install-packages curl'])('%s', command => {
    expect(only(`FROM debian:13\nRUN ${command}\nCMD ["curl"]\n`, 'apt-lists-not-removed', 'package-index-update-alone', 'package-install-without-index-update')).toEqual([])
  })
  test('bun install --production keeps to the lock file', () => {
    expect(only({ code: 'FROM oven/bun:1\nWORKDIR /app\nCOPY package.json bun.lock ./\nRUN bun install --production\nCOPY src ./src\nCMD ["bun", "src/a.js"]\n', files: { 'package.json': '{}', 'bun.lock': '{}', 'src/a.js': '' } }, 'install-ignores-lockfile')).toEqual([])
  })
  test('a purge without --auto-remove keeps most of it', () => {
    expect(rulesOf('FROM debian:13\nRUN apt-get update && apt-get install -y --no-install-recommends build-essential && make && apt-get purge -y build-essential && rm -rf /var/lib/apt/lists/*\nCMD ["x"]\n')).toContain('build-tools-in-final-stage')
  })
})

test('14. only commands before the last one are hidden', () => {
  const hides = (...lines: readonly string[]): boolean => rulesOf(`FROM debian:13\nWORKDIR /src\nRUN <<EOF\n${lines.join('\n')}\nEOF\nCMD ["x"]\n`).includes('heredoc-without-errexit')
  expect(hides('make', 'echo done')).toBe(true)
  expect(hides('echo building', 'make')).toBe(false)
  expect(hides('set -e', 'make', 'echo done')).toBe(false)
  expect(hides('if make; then', 'echo done', 'else', 'exit 1', 'fi', 'echo end')).toBe(false)
})

test('15. Windows images get no advice for Linux', () => {
  expect(findings('FROM mcr.microsoft.com/windows/servercore:ltsc2022\nRUN curl -o a.zip https://example.com/a.zip && tar -xf a.zip\nRUN pip install x\nRUN npm install\nCOPY . .\nRUN dotnet restore\nCMD ["x.exe"]\n')).toEqual([])
})

test('16. "X before Y" points at X', () => {
  const code = 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD ["node", "."]\n'
  const [finding] = only({ code, files: app }, 'copy-source-before-install')
  expect(code.slice(finding!.span.start, finding!.span.end)).toBe('COPY . .')
  expect(finding!.related.map(({ span }) => code.slice(span.start, span.end))).toEqual(['npm ci'])
})

test('17. one waste, one finding', () => {
  const code = 'FROM debian:13\nCOPY app.tar.gz /tmp/app.tar.gz\nRUN tar -xzf /tmp/app.tar.gz -C /opt\nRUN rm /tmp/app.tar.gz\nCMD ["/opt/app"]\n'
  expect(rulesOf({ code, files: { 'app.tar.gz': { size: 20_000_000 } } })).toEqual(['copy-archive-then-extract'])
})
