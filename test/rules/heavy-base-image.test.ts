import { expect, test } from 'vitest'
import { lint } from '../../src/lint.ts'
import { activeRule, inputOf } from '../support/input.ts'
import rule from '../../rules/heavy-base-image.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const express = { 'package.json': '{ "dependencies": { "express": "^5.1.0" }, "scripts": { "start": "node server.js" } }' }
const node = (...lines: readonly string[]): string => ['FROM node:22', 'WORKDIR /app', ...lines, 'COPY . .', 'CMD ["node", "server.js"]', ''].join('\n')
const slim = (code: string): string => code.replace('node:22', 'node:22-slim')

ruleTester(rule, {
  valid: [
    { name: 'already slim', code: slim(node('RUN npm ci')), files: express },
    { name: 'the context is not known', code: node('COPY package.json ./', 'RUN npm ci') },
    ...['acme/node:22', 'registry.example.com/node:22', 'myapp', 'scratch'].map(from => ({ name: `nothing known of ${from}`, code: node().replace('node:22', from) })),
    { name: 'a digest without a tag', code: node().replace('node:22', `node@sha256:${'a'.repeat(64)}`) },
    { name: 'an unknown version', code: `ARG VERSION\n${node().replace('node:22', 'node:${VERSION}')}` },
    ...[
      'RUN apt-get update && apt-get install -y libpq-dev', 'RUN apt-get update && apt-get install -y build-essential', 'RUN curl -fsSL https://example.com/x | sh', 'RUN git clone https://example.com/x.git',
      'RUN make', 'RUN ./build.sh', 'RUN sh build.sh', 'RUN eval "$COMMAND"', 'RUN $TOOL', 'RUN tar xf x.tar.xz', 'RUN find . -name x -exec git add {} +', 'RUN npm rebuild', 'RUN npm ci && python3 setup.py', 'RUN npm install -g node-gyp',
      'RUN npm install -g some-tool-nobody-knows', 'RUN npm install git+https://github.com/acme/x.git', 'RUN go build .', 'RUN bundle install', 'HEALTHCHECK CMD curl -f http://localhost || exit 1',
    ].map(line => ({ name: `needs or may need what slim lacks: ${line}`, code: node(line), files: express })),
    { name: 'the image itself starts a tool that slim lacks', code: dockerfile`
        FROM node:22
        COPY . .
        CMD git fetch && node server.js`, files: express },
    { name: 'a package that compiles', code: node('RUN npm ci'), files: { 'package.json': '{ "dependencies": { "better-sqlite3": "^11.0.0" } }' } },
    { name: 'a dependency of a dependency that compiles', code: node('RUN npm ci'), files: { ...express, 'package-lock.json': '{ "packages": { "node_modules/node-gyp": { "version": "10.0.0" } } }' } },
    { name: 'a dependency from git', code: node('RUN npm ci'), files: { 'package.json': '{ "dependencies": { "x": "github:acme/x" } }' } },
    { name: 'a script of the project that uses git', code: node('RUN npm ci && npm run build'), files: { 'package.json': '{ "scripts": { "build": "vite build && git rev-parse HEAD > dist/version" } }' } },
    { name: 'an entrypoint that uses curl', code: dockerfile`
        FROM node:22
        COPY . .
        ENTRYPOINT ["./start.sh"]`, files: { ...express, 'start.sh': '#!/bin/sh\ncurl -f "$CONFIG" > config.json\nexec node server.js\n' } },
    { name: 'an entrypoint nobody can read', code: dockerfile`
        FROM node:22
        COPY --chmod=755 run /usr/local/bin/run
        ENTRYPOINT ["run"]` },
    { name: 'a program copied from another image', code: node('COPY --from=acme/tool /tool /usr/bin/tool') },
    { name: 'compiled in another stage and copied in', code: dockerfile`
        FROM node:22 AS build
        COPY . .
        RUN npm ci
        FROM node:22
        COPY --from=build /node_modules /node_modules
        CMD ["node", "server.js"]`, files: { 'package.json': '{ "dependencies": { "sharp": "^0.33.0" } }' } },
    { name: 'another stage on the same base compiles', code: dockerfile`
        FROM node:22 AS base
        WORKDIR /app
        FROM base AS addon
        RUN make -C /src
        FROM base
        COPY . .
        COPY --from=addon /out /out
        CMD ["node", "server.js"]`, files: express },
    { name: 'the heavy image only builds', code: dockerfile`
        FROM node:22 AS build
        COPY . .
        RUN npm ci
        FROM nginx:1.29-alpine-slim
        COPY --from=build /dist /usr/share/nginx/html`, files: express },
    { name: 'it is not said what is started', code: dockerfile`
        FROM node:22
        COPY . .` },
    { name: 'it starts a watcher', code: node().replace('["node", "server.js"]', '["npm", "run", "dev"]'), files: express },
    { name: 'a development container', path: '.devcontainer/Dockerfile', code: node() },
    { name: 'an image for tests', path: 'Dockerfile.ci', code: node() },
    { name: 'a base of other images', path: 'Dockerfile.base', code: node() },
    { name: 'a base of other images, by its triggers', code: node('ONBUILD COPY . .') },
    { name: 'a target for development', target: 'dev', code: dockerfile`
        FROM node:22 AS dev
        COPY . .
        CMD ["node", "server.js"]
        FROM node:22-slim
        CMD ["node", "server.js"]` },
    { name: 'python: a package that is not known to come without libraries', code: dockerfile`
        FROM python:3.13
        COPY requirements.txt .
        RUN pip install -r requirements.txt
        CMD ["python", "app.py"]`, files: { 'requirements.txt': 'flask==3.1.0\npsycopg2==2.9.10\n' } },
    { name: 'python: the project itself is installed', code: dockerfile`
        FROM python:3.13
        COPY . .
        RUN pip install .
        CMD ["python", "-m", "app"]`, files: { 'pyproject.toml': '' } },
    { name: 'python: a source distribution in the lock file', code: dockerfile`
        FROM python:3.13
        COPY . .
        RUN pip install uv && uv sync --frozen
        CMD ["python", "app.py"]`, files: { 'pyproject.toml': '', 'uv.lock': '[[package]]\nname = "odd"\nsdist = { url = "https://example.com/odd.tar.gz" }\n' } },
    { name: 'ruby: gems with extensions', code: dockerfile`
        FROM ruby:3.4
        COPY . .
        RUN bundle install
        CMD ["ruby", "app.rb"]`, files: { Gemfile: '' } },
    { name: 'musl: packages of the distribution', code: dockerfile`
        FROM nginx:1.29
        RUN apt-get update && apt-get install -y nginx-extras
        COPY dist /usr/share/nginx/html` },
    { name: 'musl: a module that the small image lacks', code: dockerfile`
        FROM nginx
        COPY nginx.conf /etc/nginx/nginx.conf`, files: { 'nginx.conf': 'load_module modules/ngx_http_geoip_module.so;\n' } },
    { name: 'musl: a script for bash', code: dockerfile`
        FROM nginx
        COPY wrapper.sh /
        CMD ["./wrapper.sh"]`, files: { 'wrapper.sh': '#!/bin/bash\nexec nginx -g "daemon off;"\n' } },
    { name: 'musl: a health check with curl, which the small image lacks', code: dockerfile`
        FROM nginx
        COPY dist /usr/share/nginx/html
        HEALTHCHECK CMD curl -f http://localhost/` },
    { name: 'musl: scripts that the entrypoint runs', code: dockerfile`
        FROM nginx
        COPY 40-settings.sh /docker-entrypoint.d/` },
    { name: 'Compose starts a tool that slim lacks', code: node('RUN npm ci'), files: { ...express, 'compose.yml': 'services:\n  app:\n    build: .\n    healthcheck:\n      test: ["CMD", "curl", "-f", "http://localhost:3000/"]\n' } },
    { name: 'musl: a program built for another libc', code: dockerfile`
        FROM golang:1.25 AS build
        COPY . .
        RUN go build -o /out/helper
        FROM nginx
        COPY --from=build /out/helper /usr/local/bin/helper` },
    { name: 'musl: a language', code: dockerfile`
        FROM node:22-slim
        COPY . .
        CMD ["node", "server.js"]` },
    { name: 'musl: data that depends on the libc', code: dockerfile`
        FROM postgres:9.6
        COPY init.sql /docker-entrypoint-initdb.d/` },
    { name: 'only the size on disk is known', code: dockerfile`
        FROM continuumio/anaconda3
        COPY . .
        CMD ["python", "app.py"]` },
    { name: 'an SDK is for another rule', code: dockerfile`
        FROM openjdk:8-jdk
        COPY app.jar .
        CMD ["java", "-jar", "app.jar"]` },
    { name: 'less than the threshold', code: node(), options: { minimumMegabytes: 400 } },
  ],
  invalid: [
    {
      code: node('COPY package.json ./', 'RUN npm ci --omit=dev'),
      files: express,
      findings: [{ at: 'node:22', message: /^`node:22` holds more than this image uses: `node:22-slim` saves 3\d\d MB \(same Debian, without compilers, git, curl and python\); `node:22-alpine`, on musl, saves more\.$/ }],
      fixed: slim(node('COPY package.json ./', 'RUN npm ci --omit=dev')),
    },
    {
      name: 'a tool is installed where it is used, and the lock file is plain',
      code: node('RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*', 'RUN git config --system user.name x && npm ci && npm cache clean --force'),
      files: { ...express, 'package-lock.json': '{ "packages": { "node_modules/express": { "version": "5.1.0" } } }' },
      findings: [{ at: 'node:22', message: /node:22-slim/ }],
      fixed: slim(node('RUN apt-get update && apt-get install -y --no-install-recommends git && rm -rf /var/lib/apt/lists/*', 'RUN git config --system user.name x && npm ci && npm cache clean --force')),
    },
    {
      name: 'the version comes from an argument: no fix',
      code: `ARG VERSION=22\n${node().replace('node:22', 'node:${VERSION}')}`,
      findings: [{ at: 'node:${VERSION}', message: /^`node:\$\{VERSION\}` \(`node:22`\) holds more/ }],
      fixed: null,
    },
    {
      name: 'a digest: no fix',
      code: node().replace('node:22', `node:22@sha256:${'a'.repeat(64)}`),
      findings: [{ at: /^node:22@/, message: /node:22-slim/ }],
      fixed: null,
    },
    {
      name: 'built elsewhere without anything native',
      code: dockerfile`
        FROM node:22 AS build
        WORKDIR /app
        COPY . .
        RUN npm ci && npm run build
        FROM node:22
        COPY --from=build /app /app
        ENTRYPOINT ["/app/start.sh"]`,
      files: { 'package.json': '{ "scripts": { "build": "tsc" }, "devDependencies": { "typescript": "5" } }', 'start.sh': '#!/bin/bash\n# no curl here\nexec node dist/server.js\n' },
      findings: [{ at: 'node:22', line: 5, message: /node:22-slim/ }],
      fixed: dockerfile`
        FROM node:22 AS build
        WORKDIR /app
        COPY . .
        RUN npm ci && npm run build
        FROM node:22-slim
        COPY --from=build /app /app
        ENTRYPOINT ["/app/start.sh"]`,
    },
    {
      name: 'python: packages that come as wheels',
      code: dockerfile`
        FROM docker.io/python:3.13-bookworm
        COPY requirements.txt .
        RUN pip install --no-cache-dir -r requirements.txt
        COPY . .
        CMD exec gunicorn --bind :$PORT main:app`,
      files: { 'requirements.txt': '-r common.txt\nFlask==3.1.0; python_version >= "3.9"\n# tools\ngunicorn[gevent]>=23\n', 'common.txt': 'psycopg[binary]==3.2\nzope.interface\n' },
      findings: [{ at: 'docker.io/python:3.13-bookworm', message: /`docker.io\/python:3.13-slim-bookworm` saves/ }],
      fixed: dockerfile`
        FROM docker.io/python:3.13-slim-bookworm
        COPY requirements.txt .
        RUN pip install --no-cache-dir -r requirements.txt
        COPY . .
        CMD exec gunicorn --bind :$PORT main:app`,
    },
    {
      name: 'python: a lock file with wheels',
      code: dockerfile`
        FROM python:3.13
        COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/
        COPY . .
        RUN uv sync --frozen
        CMD ["uvicorn", "app:app"]`,
      files: { 'pyproject.toml': '', 'uv.lock': '[[package]]\nname = "app"\nsource = { virtual = "." }\n\n[[package]]\nname = "odd"\nwheels = [{ url = "https://example.com/odd-1-py3-none-any.whl" }]\n' },
      findings: [{ at: 'python:3.13', message: /python:3.13-slim/ }],
      fixed: dockerfile`
        FROM python:3.13-slim
        COPY --from=ghcr.io/astral-sh/uv:0.9 /uv /bin/
        COPY . .
        RUN uv sync --frozen
        CMD ["uvicorn", "app:app"]`,
    },
    {
      name: 'python: pages for the browser made in another stage; the other variant saves no more',
      code: dockerfile`
        FROM oven/bun:1 AS pages
        COPY . .
        RUN bun install && bun run build
        FROM python:3.14
        COPY --from=pages /dist /dist
        COPY . .
        CMD ["python", "app.py"]`,
      files: { 'package.json': '{ "devDependencies": { "@playwright/test": "1" } }' },
      findings: [{ at: 'python:3.14', message: /^(?!.*alpine).*python:3.14-slim/ }],
      fixed: dockerfile`
        FROM oven/bun:1 AS pages
        COPY . .
        RUN bun install && bun run build
        FROM python:3.14-slim
        COPY --from=pages /dist /dist
        COPY . .
        CMD ["python", "app.py"]`,
    },
    {
      name: 'a server of static files, on musl',
      code: dockerfile`
        FROM node:22 AS build
        COPY . .
        RUN make
        FROM nginx:1.29
        COPY nginx.conf /etc/nginx/nginx.conf
        COPY --from=build /dist /usr/share/nginx/html`,
      files: { 'nginx.conf': 'events {}\nhttp { server { listen 80; } }\n' },
      findings: [{ at: 'nginx:1.29', message: /^`nginx:1.29` holds more than this image uses: `nginx:1.29-alpine-slim` saves about 57 MB.* \(without the dynamic modules .*; musl instead of glibc\)\.$/ }],
      fixed: dockerfile`
        FROM node:22 AS build
        COPY . .
        RUN make
        FROM nginx:1.29-alpine-slim
        COPY nginx.conf /etc/nginx/nginx.conf
        COPY --from=build /dist /usr/share/nginx/html`,
    },
    {
      name: 'a Compose file that starts nothing the variant lacks',
      code: node('RUN npm ci'),
      files: { ...express, 'docker-compose.yml': '# curl http://localhost:3000\nservices:\n  app:\n    build: https://example.com/curl.git\n    command: ["node", "server.js"]\n' },
      findings: [{ at: 'node:22', message: /node:22-slim/ }],
      fixed: slim(node('RUN npm ci')),
    },
  ],
})

test('the saving is what it costs', () => {
  const [finding] = lint(inputOf({ code: node('COPY package.json ./', 'RUN npm ci --omit=dev'), files: express }), [activeRule(rule)])
  expect(finding?.cost?.seconds).toBe(0)
  expect(finding?.cost?.bytes).toBeGreaterThan(100_000_000)
})

test('says what the fix assumes, or why there is none', () => {
  const said = (from: string): unknown => {
    const [finding] = lint(inputOf({ code: `ARG V=22\n${node('RUN npm ci').replace('node:22', from)}`, files: express }), [activeRule(rule)])
    return finding?.fix?.assumes ?? finding?.noFix
  }
  expect(said('node:22')).toBe('the program starts no tool and loads no library that only `node:22` has')
  expect(said('node:${V}')).toBe('`node:${V}` is put together from an argument')
  expect(said(`node:22@sha256:${'a'.repeat(64)}`)).toBe('the digest of `node:22-slim` is not known without the registry')
})
