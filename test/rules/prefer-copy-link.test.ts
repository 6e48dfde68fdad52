import rule from '../../rules/prefer-copy-link.ts'
import { ruleTester } from '../support/rule-tester.ts'

const BUILD = 'FROM node:22 AS build\nWORKDIR /src\nCOPY . .\nRUN npm ci\n'
const ending = (lines: string, base = 'nginx:1.27'): string => `${BUILD}FROM ${base}\n${lines}\n`
const HTML = 'COPY --from=build /src/dist /usr/share/nginx/html'
const isDoneAgain = /(?:is|are) done again when the base image or a step above changes/

ruleTester(rule, {
  valid: [
    { name: 'linked', code: ending('COPY --link --from=build /src/dist /usr/share/nginx/html') },
    { name: 'from the context: there is nothing to build', code: 'FROM nginx:1.27\nCOPY dist /usr/share/nginx/html\n' },
    { name: 'from another image', code: 'FROM alpine:3.20\nCOPY --from=busybox:1.36 /bin/busybox /usr/local/bin/\n' },
    { name: 'a stage that is built in no time', code: 'FROM alpine:3.20 AS build\nRUN mkdir /out\nFROM nginx:1.27\nCOPY --from=build /out/dist /usr/share/nginx/html\n' },
    { name: 'a RUN follows: it runs again all the same', code: ending(`${HTML}\nRUN nginx -t`) },
    { name: 'a frontend that does not know it', code: `# syntax=docker/dockerfile:1.2\n${ending(HTML)}` },
    { name: 'a frontend nobody knows', code: `# syntax=example.com/frontend:1\n${ending(HTML)}` },
    { name: 'point 12: an owner by name', code: ending('COPY --chown=nginx:nginx --from=build /src/dist /usr/share/nginx/html') },
    { name: 'point 12: an owner by number would be that of /app as well', code: ending('WORKDIR /app\nCOPY --chown=1000:1000 --from=build /src/dist ./dist', 'node:22-slim') },
    { name: 'point 12: a mode', code: ending('COPY --chmod=755 --from=build /src/dist /usr/share/nginx/html') },
    { name: 'point 12: a link on merged-usr systems', code: ending('COPY --from=build /src/app /bin/', 'debian:bookworm') },
    { name: 'point 12: the same of /lib', code: ending('COPY --from=build /src/lib/ /lib/', 'debian:bookworm') },
    { name: 'point 12: /var/run is a link', code: ending('COPY --from=build /src/x/ /var/run/x/', 'debian:bookworm') },
    { name: 'point 12: a link that this file makes', code: ending('RUN ln -s /data /app\nCOPY --from=build /src/dist /app/', 'debian:bookworm') },
    { name: 'a folder with an owner of its own', code: ending('RUN mkdir /app && chown node /app\nCOPY --from=build /src/dist /app/dist', 'node:22-slim') },
    { name: 'the same, by its relative name', code: ending('WORKDIR /app\nRUN chown node .\nCOPY --from=build /src/dist ./dist', 'node:22-slim') },
    { name: 'a home folder', code: ending('COPY --from=build /src/dist /home/node/dist', 'node:22-slim') },
    { name: 'a user who owns the working directory', code: ending('USER node\nWORKDIR /app\nCOPY --from=build /src/dist ./dist', 'node:22-slim') },
    { name: 'an image that does not start as root', code: ending('WORKDIR /app\nCOPY --from=build /src/dist ./', 'gcr.io/distroless/nodejs22-debian12:nonroot') },
    { name: 'an image nobody knows', code: ending(HTML, 'registry.example.com/nginx:1') },
    { name: 'the web root of PHP, writable as it is', code: ending('COPY --from=build /src/dist /var/www/html', 'php:8-apache') },
    { name: 'a file into a folder that is there: linked it would take its place', code: ending('RUN mkdir -p bin\nCOPY --from=build /src/app bin', 'alpine:3.20') },
    { name: 'the same with the working directory', code: ending('WORKDIR /app\nCOPY --from=build /src/server /app', 'alpine:3.20') },
    { name: 'the same with the folder of programs', code: ending('COPY --from=build /src/server /usr/local/bin', 'alpine:3.20') },
    { name: 'both stand on the same image: what changes there builds the source again', code: ending('WORKDIR /app\nCOPY --from=build /src/dist ./dist', 'node:22') },
    { name: 'both stand on the same stage', code: 'FROM node:22-slim AS base\nRUN corepack enable\nFROM base AS build\nWORKDIR /src\nCOPY . .\nRUN npm ci\nFROM base\nWORKDIR /app\nCOPY --from=build /src/dist ./dist\n' },
    { name: 'both read every edit', code: ending('WORKDIR /app\nCOPY package.json ./\nCOPY --from=build /src/dist ./dist', 'node:22') },
    { name: 'another copy needs the source all the same', code: ending(`COPY --from=build /src/x /bin/\n${HTML}`) },
    { name: 'a mount needs the source all the same', code: ending(`RUN --mount=from=build,source=/src/x,target=/x apk add curl\n${HTML}`) },
    { name: 'a development image', path: 'Dockerfile.dev', code: ending(HTML) },
    { name: 'Windows', code: 'FROM node:22 AS build\nRUN npm ci\nFROM mcr.microsoft.com/dotnet/aspnet:9.0-nanoserver-ltsc2025\nCOPY --from=build /src/dist /app/\n' },
  ],
  invalid: [
    {
      code: ending(HTML),
      findings: [{ at: HTML, message: '"COPY --from=build /src/dist /usr/share/nginx/html" is done again when the base image or a step above changes, which also builds stage "build" again on a machine that has no cache of it: write "COPY --link" to make it depend on the files alone.' }],
      fixed: 'FROM node:22 AS build\nWORKDIR /src\nCOPY . .\nRUN npm ci\nFROM nginx:1.27\nCOPY --link --from=build /src/dist /usr/share/nginx/html\n',
    },
    { name: 'into the working directory', code: ending('WORKDIR /app\nCOPY --from=build /src/out .', 'mcr.microsoft.com/dotnet/aspnet:9.0'), findings: [{ at: /^COPY/, message: isDoneAgain }], fixed: 'FROM node:22 AS build\nWORKDIR /src\nCOPY . .\nRUN npm ci\nFROM mcr.microsoft.com/dotnet/aspnet:9.0\nWORKDIR /app\nCOPY --link --from=build /src/out .\n' },
    { name: 'on the same image, below a step that the source has not', code: ending('WORKDIR /app\nRUN apt-get update && apt-get install -y curl\nCOPY --from=build /src/dist ./dist', 'node:22'), findings: [{ at: /^COPY/, message: isDoneAgain }], fixed: 'FROM node:22 AS build\nWORKDIR /src\nCOPY . .\nRUN npm ci\nFROM node:22\nWORKDIR /app\nRUN apt-get update && apt-get install -y curl\nCOPY --link --from=build /src/dist ./dist\n' },
    { name: 'a program below the root', code: ending('COPY --from=build /src/server /server', 'gcr.io/distroless/static-debian12'), findings: [{ at: /^COPY/, message: isDoneAgain }], fixed: 'FROM node:22 AS build\nWORKDIR /src\nCOPY . .\nRUN npm ci\nFROM gcr.io/distroless/static-debian12\nCOPY --link --from=build /src/server /server\n' },
    {
      name: 'several, after the last RUN', code: ending('COPY --link --from=build /src/a /opt/a/\nRUN apk add --no-cache curl\nWORKDIR /app\nCOPY --from=build /src/node_modules ./node_modules\nCOPY --from=build /src/dist ./dist', 'node:22-alpine'),
      findings: [{ at: 'COPY --from=build /src/node_modules ./node_modules', message: / and 1 more below it are done again/, related: [{ at: 'COPY --from=build /src/dist ./dist' }] }],
      fixed: 'FROM node:22 AS build\nWORKDIR /src\nCOPY . .\nRUN npm ci\nFROM node:22-alpine\nCOPY --link --from=build /src/a /opt/a/\nRUN apk add --no-cache curl\nWORKDIR /app\nCOPY --link --from=build /src/node_modules ./node_modules\nCOPY --link --from=build /src/dist ./dist\n',
    },
    { name: 'owned by root all the same', code: ending('WORKDIR /app\nCOPY --chown=0:0 --from=build /src/dist ./dist', 'node:22-slim'), findings: [{ at: /^COPY --chown/, message: isDoneAgain }], fixed: 'FROM node:22 AS build\nWORKDIR /src\nCOPY . .\nRUN npm ci\nFROM node:22-slim\nWORKDIR /app\nCOPY --link --chown=0:0 --from=build /src/dist ./dist\n' },
    { name: 'CRLF, lower case, over lines', code: ending(HTML).replace(HTML, 'copy --from=build \\\n     /src/dist \\\n     /usr/share/nginx/html').replace(/\n/g, '\r\n'), findings: [{ at: /^copy/, message: isDoneAgain }], fixed: 'FROM node:22 AS build\r\nWORKDIR /src\r\nCOPY . .\r\nRUN npm ci\r\nFROM nginx:1.27\r\ncopy --link --from=build \\\r\n     /src/dist \\\r\n     /usr/share/nginx/html\r\n' },
  ],
})
