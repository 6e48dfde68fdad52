import rule from '../../rules/missing-cache-mount.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const GRADLE = { 'build.gradle': '', 'settings.gradle': '', 'src/main/java/A.java': '' }
const gradle = (run: string, before = 'COPY . .\n', base = 'gradle:8-jdk21', head = ''): string =>
  `${head}FROM ${base} AS build\nWORKDIR /src\n${before}RUN ${run}\nFROM eclipse-temurin:21-jre\nCOPY --from=build /src/build/libs/app.jar /app.jar\nCMD ["java", "-jar", "/app.jar"]\n`
const NPM = { 'package.json': '{}', 'package-lock.json': '{}', 'src/a.js': '' }
const npm = (run: string, before = ''): string => `FROM node:22\nWORKDIR /app\n${before}COPY package.json package-lock.json ./\nRUN ${run}\nCOPY src src\nCMD ["node", "src/a.js"]\n`
const GO = { 'go.mod': 'module a\n', 'go.sum': 'example.com/x v1.0.0 h1:a=\n', 'main.go': '' }
const go = (download: string, build: string, more = ''): string =>
  `FROM golang:1.25 AS build\nWORKDIR /src\nCOPY go.mod go.sum ./\nRUN ${download}\nCOPY . .\nRUN ${build}\n${more}FROM scratch\nCOPY --from=build /app /app\nENTRYPOINT ["/app"]\n`
const MODULES = '--mount=type=cache,target=/go/pkg/mod'

ruleTester(rule, {
  valid: [
    { name: 'a mount', code: gradle('--mount=type=cache,target=/home/gradle/.gradle/caches gradle bootJar'), files: GRADLE },
    { name: 'a mount on a folder above', code: gradle('--mount=type=cache,target=/home/gradle/.gradle gradle bootJar'), files: GRADLE },
    { name: 'a mount whose target is not known', code: gradle('--mount=type=cache,target=$GRADLE_HOME gradle bootJar'), files: GRADLE },
    { name: 'a mount in the wrong place is the matter of another rule', code: 'FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json ./\nUSER node\nRUN --mount=type=cache,target=/root/.npm npm ci\nCMD ["node"]\n', files: NPM },
    { name: 'precision 10: fetched before, from what seldom changes', code: gradle('gradle bootJar', 'COPY build.gradle settings.gradle ./\nRUN gradle downloadRepos\nCOPY . .\n'), files: GRADLE },
    { name: 'precision 10: another order cures it', code: 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD ["node", "src/a.js"]\n', files: NPM },
    { name: 'precision 10: a command that only fetches cures it', code: 'FROM golang:1.25 AS build\nWORKDIR /src\nCOPY . .\nRUN go build -o /app .\nFROM scratch\nCOPY --from=build /app /app\nENTRYPOINT ["/app"]\n', files: GO },
    { name: 'precision 10: packages of the system, seldom fetched', code: 'FROM debian:12\nRUN apt-get update && apt-get install -y curl\nCOPY src src\nCMD ["sh"]\n', files: NPM },
    { name: 'precision 10: tools by name, seldom fetched', code: 'FROM node:22\nRUN npm install -g pnpm@9 typescript\nCOPY src src\nCMD ["node", "src/a.js"]\n', files: NPM },
    { name: 'precision 10: no lock file, no project that lives', code: npm('npm install').replace(' package-lock.json', ''), files: { 'package.json': '{}', 'src/a.js': '' } },
    { name: 'precision 10: manifests of a clone change with nothing', code: 'FROM node:22\nRUN git clone https://example.com/a.git /app\nWORKDIR /app\nRUN npm install\nCMD ["node"]\n', files: NPM },
    { name: 'precision 10: an image for developers', code: npm('npm ci'), files: NPM, path: 'Dockerfile.dev' },
    { name: 'precision 11: the cache is copied out of the stage', code: gradle('gradle bootJar', 'COPY . .\n').replace('/src/build/libs/app.jar /app.jar', '/home/gradle/.gradle /home/gradle/.gradle'), files: GRADLE },
    { name: 'precision 11: the stage ships, and the program may read the cache', code: 'FROM gradle:8-jdk21\nWORKDIR /src\nCOPY . .\nRUN gradle installDist\nCMD ["gradle", "run"]\n', files: GRADLE },
    { name: 'precision 11: what later steps read would be gone', code: go('go mod download', 'make build'), files: GO },
    { name: 'precision 11: a later step may not fetch', code: 'FROM node:22 AS build\nWORKDIR /app\nCOPY pnpm-lock.yaml ./\nRUN pnpm fetch\nCOPY . .\nRUN pnpm install --offline\nFROM nginx\nCOPY --from=build /app/dist /dist\nCMD ["nginx"]\n', files: { 'pnpm-lock.yaml': '', 'package.json': '{}' } },
    { name: 'precision 11: packages of NuGet', code: 'FROM mcr.microsoft.com/dotnet/sdk:9.0 AS build\nWORKDIR /src\nCOPY app.csproj packages.lock.json ./\nRUN dotnet restore app.csproj\nCOPY . .\nRUN dotnet publish --no-restore -o /app app.csproj\nFROM mcr.microsoft.com/dotnet/aspnet:9.0\nCOPY --from=build /app /app\nENTRYPOINT ["dotnet", "/app/app.dll"]\n', files: { 'app.csproj': '', 'packages.lock.json': '', 'Program.cs': '' } },
    { name: 'the cache is switched off', code: 'FROM python:3.13\nWORKDIR /app\nCOPY requirements.txt ./\nRUN pip install --no-cache-dir -r requirements.txt\nCOPY . .\nCMD ["python", "a.py"]\n', files: { 'requirements.txt': 'flask==3\n', 'a.py': '' } },
    { name: 'the cache is cleaned', code: npm('npm ci && npm cache clean --force'), files: NPM },
    { name: 'the cache has been moved to where nobody knows', code: npm('npm ci', 'ARG CACHE\nENV NPM_CONFIG_CACHE=$CACHE\n'), files: NPM },
    { name: 'an image nobody knows', code: npm('npm ci').replace('node:22', 'example.com/node'), files: NPM },
    { name: 'an older frontend', code: gradle('gradle bootJar', 'COPY . .\n', 'gradle:8-jdk21', '# syntax=docker/dockerfile:1.0\n'), files: GRADLE },
    { name: 'kaniko', code: gradle('gradle bootJar', '# built with kaniko\nCOPY . .\n'), files: GRADLE },
    { name: 'yarn of a kind nobody knows', code: 'FROM node:22\nWORKDIR /app\nCOPY package.json yarn.lock ./\nRUN yarn install\nCMD ["node"]\n', files: { 'package.json': '{}', 'yarn.lock': '__metadata:\n' } },
    { name: 'offline', code: gradle('gradle --offline bootJar'), files: GRADLE },
    { name: 'a command that may not run', code: gradle('if [ -f x ]; then gradle bootJar; fi'), files: GRADLE },
    { name: 'a script nobody can read', code: gradle('gradle bootJar && if'), files: GRADLE },
    { name: 'ONBUILD', code: 'FROM gradle:8-jdk21 AS base\nONBUILD COPY . .\nONBUILD RUN gradle bootJar\nFROM base AS build\nFROM scratch\nCOPY --from=build /a /a\n', files: GRADLE },
    { name: 'a stage that is not built', code: `${gradle('gradle bootJar')}FROM debian:12\nCMD ["sh"]\n`, files: GRADLE },
    { name: 'precision 15: Windows', code: 'FROM mcr.microsoft.com/windows/servercore:ltsc2022\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCMD ["node"]\n', files: NPM },
    { name: 'what a stage for tests reads would be gone', code: `FROM golang:1.25 AS build\nWORKDIR /src\nCOPY go.mod go.sum ./\nRUN go mod download\nCOPY main.go .\nRUN go build -o /app .\nFROM build AS test\nRUN go test ./...\nFROM scratch\nCOPY --from=build /app /app\nENTRYPOINT ["/app"]\n`, files: GO },
    { name: 'precision 10: another order cures it, however few the files', code: 'FROM python:3.13\nWORKDIR /app\nCOPY app/ .\nRUN pip install -r requirements.txt\nCMD ["python", "a.py"]\n', files: { 'app/requirements.txt': 'flask==3\n', 'app/a.py': '' } },
    { name: 'every step has an id of its own, so that none waits for another', code: 'FROM debian:12 AS a\nRUN --mount=type=cache,target=/var/lib/apt,id=a,sharing=locked apt-get update && apt-get install -y gcc\nFROM debian:12 AS b\nRUN --mount=type=cache,target=/var/lib/apt,id=b,sharing=locked apt-get update && apt-get install -y make\nFROM debian:12\nRUN apt-get update && apt-get install -y curl\nCOPY --from=a /a /a\nCOPY --from=b /b /b\n' },
    { name: 'packages of another system', code: 'FROM debian:12 AS a\nRUN --mount=type=cache,target=/var/cache/apt,id=a rm -f /etc/apt/apt.conf.d/docker-clean && apt-get update && apt-get install -y gcc\nFROM ubuntu:24.04\nRUN apt-get update && apt-get install -y curl\nCOPY --from=a /a /a\n' },
    { name: 'the other step mounts what this one does not use', code: go('go mod download', '--mount=type=cache,target=/root/.cache/go-build go build -o /app .'), files: GO },
  ],
  invalid: [
    {
      name: 'precision 10: any edit repeats the download, and no order cures it',
      code: gradle('gradle bootJar'),
      files: GRADLE,
      findings: [{
        at: 'gradle bootJar',
        message: '"gradle bootJar" downloads all dependencies again when any file of "COPY . ." (line 3) changes, because nothing outlives the step: add "--mount=type=cache,target=/home/gradle/.gradle/caches,sharing=locked" to this RUN.',
        related: [{ at: 'COPY . .' }],
      }],
    },
    { name: 'the wrapper has a folder of its own', code: gradle('./gradlew bootJar', 'COPY . .\n', 'eclipse-temurin:21-jdk'), files: GRADLE, findings: [{ at: './gradlew bootJar', message: /target=\/root\/\.gradle\/caches,sharing=locked" and "--mount=type=cache,target=\/root\/\.gradle\/wrapper,sharing=locked"/ }] },
    {
      name: 'precision 10: another step has the mount',
      code: go(`${MODULES} go mod download`, 'go build -o /app .'),
      files: GO,
      findings: [{ at: 'go build -o /app .', message: '"go build -o /app ." has no access to the cache that line 4 mounts for go, so it fetches again what that step has: add "--mount=type=cache,target=/go/pkg/mod" to this RUN.', related: [{ at: MODULES }] }],
    },
    { name: 'the step that only fetches has no mount', code: go('go mod download', `${MODULES} go build -o /app .`), files: GO, findings: [{ at: 'go mod download', message: /that line 6 mounts for go/ }] },
    { name: 'of the mounts of the other step those that this one uses', code: go('go mod download', '--mount=type=cache,id=mod,target=/go/pkg/mod --mount=type=cache,id=build,target=/root/.cache/go-build go build -o /app .'), files: GO, findings: [{ at: 'go mod download', message: /add "--mount=type=cache,id=mod,target=\/go\/pkg\/mod" to this RUN\.$/ }] },
    { name: 'a long mount is named, not cut', code: `FROM debian:12 AS a\nRUN --mount=type=cache,target=/var/cache/apt,id=${'a'.repeat(80)} apt-get update && apt-get install -y gcc\nFROM debian:12\nRUN apt-get update && apt-get install -y curl\nCOPY --from=a /a /a\n`, findings: [{ at: 'apt-get install -y curl', message: /add the cache mount of line 2 to this RUN\.$/ }] },
    { name: 'the same system', code: 'FROM debian:12 AS a\nRUN --mount=type=cache,target=/var/cache/apt,id=a rm -f /etc/apt/apt.conf.d/docker-clean && apt-get update && apt-get install -y gcc\nFROM debian:12\nRUN apt-get update && apt-get install -y curl\nCOPY --from=a /a /a\n', findings: [{ at: 'apt-get install -y curl', message: /that line 2 mounts for apt/ }] },
    { name: 'a file or two beside the manifests: what they are is said', code: 'FROM python:3.13\nWORKDIR /app\nCOPY *.py *.txt ./\nRUN pip install -r requirements.txt\nCMD ["python", "a.py"]\n', files: { 'requirements.txt': 'flask==3\n', 'a.py': '' }, findings: [{ at: /^pip/, message: /when any file of "COPY \*\.py \*\.txt \.\/" \(line 3\) changes/, related: [{ at: /^COPY/ }] }] },
    {
      name: 'another stage has the mount, under an id',
      code: dockerfile`
        FROM node:22 AS build
        WORKDIR /app
        COPY . .
        RUN --mount=type=cache,id=npm,target=/root/.npm npm ci
        FROM node:22
        WORKDIR /app
        COPY package.json package-lock.json ./
        RUN npm ci --omit=dev
        COPY --from=build /app/dist dist
        CMD ["node", "dist/a.js"]`,
      files: NPM,
      findings: [{ at: 'npm ci --omit=dev', message: /add "--mount=type=cache,id=npm,target=\/root\/\.npm" to this RUN\.$/ }],
    },
    { name: 'one finding for all commands of a tool', code: gradle('gradle compileJava', 'COPY . .\n').replace('FROM eclipse', 'RUN gradle bootJar\nFROM eclipse'), files: GRADLE, findings: [{ at: 'gradle compileJava', message: /to this RUN and to line 5\.$/, related: [{ at: 'COPY . .' }, { at: 'gradle bootJar' }] }] },
    { name: 'precision 10: only manifests repeat it: information', code: npm('npm ci'), files: NPM, findings: [{ at: 'npm ci', message: '"npm ci" downloads all dependencies again when its manifests change, because nothing outlives the step: add "--mount=type=cache,target=/root/.npm" to this RUN.' }] },
    { name: 'somebody else\'s home', code: npm('npm ci', 'USER node\n'), files: NPM, findings: [{ at: 'npm ci', message: /target=\/home\/node\/\.npm,uid=1000,gid=1000"/ }] },
    { name: 'yarn classic, as its lock file says', code: 'FROM node:22\nWORKDIR /app\nCOPY package.json yarn.lock ./\nRUN yarn install --frozen-lockfile\nCMD ["node"]\n', files: { 'package.json': '{}', 'yarn.lock': '# yarn lockfile v1\n' }, findings: [{ at: /^yarn/, message: /\/usr\/local\/share\/\.cache\/yarn/ }] },
    { name: 'pip', code: 'FROM python:3.13\nWORKDIR /app\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\nCOPY a.py .\nCMD ["python", "a.py"]\n', files: { 'requirements.txt': 'flask==3\n', 'a.py': '' }, findings: [{ at: /^pip/, message: /\/root\/\.cache\/pip/ }] },
    { name: 'any edit repeats the compilation: information', code: go('go mod download', 'go build -o /app .'), files: GO, findings: [{ at: 'go build -o /app .', message: /^"go build -o \/app \." compiles all packages again when any file of "COPY \. \." \(line 5\) changes.*add "--mount=type=cache,target=\/root\/\.cache\/go-build" to this RUN\.$/ }] },
    { name: 'what one go command compiled the next one reads', code: go('go mod download', 'go test ./...', 'RUN go build -o /app .\n'), files: GO, findings: [{ at: 'go test ./...', message: /to this RUN and to line 7\.$/ }] },
  ],
})
