import rule from '../../rules/stage-copy-mixes-stable-and-volatile.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const mixed = dockerfile`FROM node:22 AS build
                         WORKDIR /app
                         COPY package.json package-lock.json ./
                         RUN npm ci
                         COPY . .

                         FROM node:22-slim
                         WORKDIR /app
                         COPY --from=build /app ./
                         CMD ["node", "src/a.js"]`
const project = { 'package.json': '{}', 'package-lock.json': '{}', 'src/a.js': '', 'src/b.js': '' }
const depends = (name: string): Record<string, string> => ({ ...project, 'package.json': JSON.stringify({ devDependencies: { [name]: '1' } }) })
const built = mixed.replace('COPY . .\n', 'COPY . .\nRUN npm run build\n')

ruleTester(rule, {
  valid: [
    { name: 'two copies', code: mixed.replace('COPY --from=build /app ./', 'COPY --from=build /app/node_modules ./node_modules\nCOPY --from=build /app/src ./src'), files: project },
    { name: 'the rest by exclusion', code: mixed.replace('COPY --from=build /app ./', 'COPY --from=build /app/node_modules ./node_modules\nCOPY --from=build --exclude=node_modules /app ./'), files: project },
    { name: 'nothing but the tree', code: mixed.replace('/app ./', '/app/node_modules ./node_modules'), files: project },
    { name: 'nothing but the output', code: built.replace('/app ./', '/app/dist ./dist'), files: project },
    { name: 'the context is not known', code: mixed },
    { name: 'sources below the install: the tree changes with them', code: mixed.replace('COPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .', 'COPY . .\nRUN npm ci'), files: project },
    { name: 'a folder of sources below the install', code: mixed.replace('RUN npm ci', 'COPY prisma ./prisma\nRUN npm ci'), files: { ...project, 'prisma/schema.prisma': '', 'prisma/a.sql': '' } },
    { name: 'no sources come in after it', code: mixed.replace('COPY . .\n', ''), files: project },
    { name: 'a single small artefact beside it', code: mixed.replace('COPY . .\n', 'COPY src/a.js ./\n'), files: project },
    { name: 'sources go elsewhere', code: mixed.replace('COPY . .\n', 'COPY . /docs\n'), files: project },
    ...['webpack', 'react-scripts', 'nuxt', 'turbo', '@babel/core'].map(name => ({ name: `a bundler that keeps its cache in the tree: ${name}`, code: built, files: depends(name) })),
    { name: 'a command that may write anywhere', code: mixed.replace('COPY . .\n', 'COPY . .\nRUN ./build.sh\n'), files: project },
    { name: 'uv installs the project into the tree', code: dockerfile`FROM python:3.13 AS build
                                                                    WORKDIR /app
                                                                    COPY pyproject.toml uv.lock ./
                                                                    RUN uv sync --frozen --no-install-project
                                                                    COPY src ./src
                                                                    RUN uv sync --frozen
                                                                    FROM python:3.13-slim
                                                                    COPY --from=build /app /app
                                                                    CMD ["/app/.venv/bin/a"]`, files: { 'pyproject.toml': '', 'uv.lock': '', 'src/a.py': '', 'src/b.py': '' } },
    { name: 'composer writes its class map into the tree', code: dockerfile`FROM php:8.4 AS build
                                                                          WORKDIR /app
                                                                          COPY composer.json composer.lock ./
                                                                          RUN composer install --no-autoloader --no-scripts
                                                                          COPY . .
                                                                          RUN composer dump-autoload --classmap-authoritative
                                                                          FROM php:8.4-fpm
                                                                          COPY --from=build /app /app
                                                                          CMD ["php-fpm"]`, files: { 'composer.json': '{}', 'composer.lock': '{}', 'src/A.php': '', 'src/B.php': '' } },
    { name: 'dependencies are installed again after the sources', code: mixed.replace('COPY . .\n', 'COPY . .\nRUN npm ci --omit=dev\n'), files: project },
    { name: 'the tree is thinned out', code: mixed.replace('COPY . .\n', 'COPY . .\nRUN rm -rf node_modules/.cache\n'), files: project },
    { name: 'the owner is changed after the copy', code: mixed.replace('/app ./\n', '/app ./\nRUN chown -R node /app\n'), files: project },
    { name: 'files are removed after the copy', code: mixed.replace('/app ./\n', '/app ./\nRUN rm -rf /app/src\n'), files: project },
    { name: 'all of the file system', code: mixed.replace('/app ./', '/ /'), files: project },
    { name: 'tools for all, not of a project', code: mixed.replace('npm ci', 'npm install -g typescript'), files: project },
    { name: 'not into the image that ships', code: `${mixed.replace('node:22-slim', 'node:22-slim AS check')}FROM scratch\nCOPY --from=check /app/out /\nCMD ["/a"]\n`, files: project },
    { name: 'an image for development', code: mixed.replace('node:22-slim', 'node:22-slim AS dev'), files: project },
    { name: 'an image that starts nothing', code: mixed.replace(/CMD.*\n/, ''), files: project },
    { name: 'a Go program has no such tree', code: dockerfile`FROM golang:1.25 AS build
                                                             WORKDIR /src
                                                             COPY go.mod go.sum ./
                                                             RUN go mod download
                                                             COPY . .
                                                             RUN go build -o /out/app .
                                                             FROM scratch
                                                             COPY --from=build /out /
                                                             CMD ["/app"]`, files: { 'go.mod': '', 'go.sum': '', 'main.go': '' } },
    { name: 'Windows', code: mixed.replaceAll('node:22-slim', 'node:22-nanoserver-ltsc2022'), files: project },
  ],
  invalid: [
    {
      code: mixed, files: project,
      findings: [{
        at: 'COPY --from=build /app ./', message: '"COPY --from=build /app ./" puts "/app/node_modules" into one layer with the files of "COPY . ." (line 5), so every edit of these stores and pushes all dependencies again: copy "/app/node_modules" in a step of its own first, and then the rest by name, or with --exclude.',
        related: [{ at: 'npm ci' }, { at: 'COPY . .', message: 'brings what changes' }],
      }],
      fixed: null,
    },
    { name: 'a compiler that leaves the tree alone', code: built, files: depends('typescript'), findings: [{ at: /^COPY --from/, message: /node_modules/ }], fixed: null },
    { name: 'a virtual environment', code: dockerfile`FROM python:3.13 AS build
                                                     WORKDIR /app
                                                     COPY pyproject.toml uv.lock ./
                                                     RUN uv sync --frozen --no-install-project
                                                     COPY src ./src
                                                     FROM python:3.13-slim
                                                     COPY --from=build /app /app
                                                     CMD ["/app/.venv/bin/a"]`, files: { 'pyproject.toml': '', 'uv.lock': '', 'src/a.py': '', 'src/b.py': '' }, findings: [{ at: 'COPY --from=build /app /app', message: /\/app\/\.venv/ }], fixed: null },
    { name: 'through a stage built FROM it', code: mixed.replace('COPY . .\n', '\nFROM build AS full\nCOPY . .\n').replace('--from=build', '--from=full'), files: project, findings: [{ at: 'COPY --from=full /app ./', message: /node_modules/ }], fixed: null },
    ...['docker/dockerfile:1', 'docker/dockerfile:1.19', 'docker/dockerfile:1.7-labs'].map(image => ({ name: `fix: ${image}`, code: `# syntax=${image}\n${mixed}`, files: project, findings: [{ at: 'COPY --from=build /app ./', message: /node_modules/ }], fixed: `# syntax=${image}\n${mixed.replace('COPY --from=build /app ./', 'COPY --from=build /app/node_modules ./node_modules\nCOPY --exclude=node_modules --from=build /app ./')}` })),
    ...['docker/dockerfile:1.18', 'example.org/frontend'].map(image => ({ name: `no fix: ${image}`, code: `# syntax=${image}\n${mixed}`, files: project, findings: [{ at: 'COPY --from=build /app ./', message: /node_modules/ }], fixed: null })),
    { name: 'fix: comments, an owner, lower case, line ends', code: `# syntax=docker/dockerfile:1\r\n${mixed.replace('COPY --from=build /app ./', '# all of it\ncopy --chown=node --from=build /app/ /srv/app/').replaceAll('\n', '\r\n')}`, files: project, findings: [{ at: /^copy --chown/, message: /node_modules/ }], fixed: `# syntax=docker/dockerfile:1\r\n${mixed.replace('COPY --from=build /app ./', '# all of it\ncopy --chown=node --from=build /app/node_modules /srv/app/node_modules\ncopy --exclude=node_modules --chown=node --from=build /app/ /srv/app/').replaceAll('\n', '\r\n')}` },
    { name: 'no fix: JSON', code: `# syntax=docker/dockerfile:1\n${mixed.replace('/app ./', '["/app", "./"]')}`, files: project, findings: [{ at: /^COPY --from/, message: /node_modules/ }], fixed: null },
  ],
})
