import rule from '../../rules/context-includes-dependencies.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const node = dockerfile`FROM node:22
                        WORKDIR /app
                        COPY package.json ./
                        RUN npm install
                        COPY . .`
const files = { 'package.json': '{"dependencies": {"express": "5"}}', 'server.js': '' }

const uv = dockerfile`FROM ghcr.io/astral-sh/uv:python3.13-bookworm-slim
                      WORKDIR /app
                      RUN --mount=type=bind,source=uv.lock,target=uv.lock --mount=type=bind,source=pyproject.toml,target=pyproject.toml uv sync --locked --no-install-project
                      COPY . .`
const python = { 'pyproject.toml': '[project]\nname = "a"\n', 'uv.lock': '', 'a.py': '' }

const php = dockerfile`FROM composer:2
                       WORKDIR /app
                       COPY composer.json ./
                       RUN composer install
                       COPY . .`

ruleTester(rule, {
  valid: [
    { name: 'a project that is vendored', code: node, path: 'vendor/a/Dockerfile', files },
    { name: 'the context is not known', code: node },
    ...['node_modules', '**/node_modules', 'node_modules/', 'node_modules/**', '*\n!server.js\n!package.json'].map(ignore => ({ name: `ignored: ${ignore}`, code: node, files, ignore })),
    { name: 'nothing to install', code: node, files: { ...files, 'package.json': '{"name": "a", "dependencies": {}}' } },
    { name: 'no manifest where the copy comes from', code: node, files: { 'server.js': '' } },
    { name: 'only narrow copies', code: node.replace('COPY . .', 'COPY server.js .'), files },
    { name: 'a folder beside', code: node.replace('COPY . .', 'COPY src src'), files: { ...files, 'src/a.js': '' } },
    { name: 'the whole context lands elsewhere', code: node.replace('COPY . .', 'COPY . /src'), files },
    { name: 'vendored on purpose: in the repository', code: node, files: { ...files, 'node_modules/express/index.js': '' } },
    { name: 'Yarn without node_modules', code: node.replace('npm install', 'yarn install --immutable'), files: { ...files, '.yarnrc.yml': 'enableGlobalCache: true\nyarnPath: .yarn/releases/yarn-4.cjs\n' } },
    { name: 'a named package for the system', code: node.replace('npm install', 'npm install -g serve'), files },
    { name: 'named packages, no manifest read', code: node.replace('npm install', 'npm install express'), files },
    { name: 'excluded by the copy itself', code: node.replace('COPY . .', 'COPY --exclude=node_modules . .'), files },
    { name: 'the stage is not needed', code: `${node}\nFROM scratch\nCOPY server.js /\n`, files },
    { name: 'ONBUILD', code: node.replace('COPY . .', 'ONBUILD COPY . .'), files },
    { name: 'an unknown folder', code: node.replace('WORKDIR /app', 'ARG DIR\nWORKDIR $DIR'), files },
    { name: 'uv puts it elsewhere', code: uv.replace('WORKDIR /app', 'WORKDIR /app\nENV UV_PROJECT_ENVIRONMENT=/venv'), files: python },
    { name: 'Poetry keeps it out of the project by itself', code: uv.replace(/RUN .*/, 'COPY pyproject.toml ./\nRUN poetry install --no-root'), files: python },
    { name: 'Composer is told another folder', code: php, files: { 'composer.json': '{"config": {"vendor-dir": "lib"}, "require": {"a/b": "1"}}' } },
    { name: 'Composer only checks the platform', code: php, files: { 'composer.json': '{"require": {"php": "^8.1", "ext-intl": "*"}}' } },
    { name: 'the install runs in a stage that has no part in the copy', code: dockerfile`FROM node:22 AS deps
                                                                                       WORKDIR /app
                                                                                       COPY package.json ./
                                                                                       RUN npm install && npm run licences > /licences.txt
                                                                                       FROM nginx:1.29
                                                                                       COPY --from=deps /licences.txt /
                                                                                       COPY . /app`, files },
  ],
  invalid: [
    {
      code: node, files, ignore: '.git\n',
      findings: [{ at: 'COPY . .', message: 'Nothing keeps node_modules of the host out of "COPY . .": it takes precedence over what "npm install" (line 4) put there, and a change in it re-runs the copy and all after it; add "node_modules" to .dockerignore.', related: [{ at: 'npm install', message: 'node_modules is made here' }] }],
      fixedIgnore: '.git\nnode_modules\n',
    },
    {
      name: 'no ignore file at all', code: node, files,
      findings: [{ at: 'COPY . .', message: /; add "node_modules" to a \.dockerignore\.$/ }],
      fixedIgnore: 'node_modules\n',
    },
    {
      name: 'the folder is there, and git ignores it', code: node,
      files: { ...files, '.gitignore': 'node_modules/\n', 'node_modules/express/index.js': '', 'node_modules/express/package.json': '' },
      findings: [{ at: 'COPY . .', message: /^Nothing keeps node_modules of 2 files of the host out of/ }],
      fixedIgnore: 'node_modules\n',
    },
    {
      name: 'a pattern of the top folder only', files: { 'app/package.json': files['package.json'], 'app/server.js': '' }, ignore: 'node_modules\n',
      code: node.replace('package.json', 'app/package.json').replace('COPY . .', 'COPY app .'),
      findings: [{ at: 'COPY app .', message: /add "app\/node_modules" to \.dockerignore/ }],
      fixedIgnore: 'node_modules\napp/node_modules\n',
    },
    {
      name: 'the install comes after the copy', code: node.replace('COPY package.json ./\nRUN npm install\nCOPY . .', 'COPY . .\nRUN npm install'), files,
      findings: [{ at: 'COPY . .', message: /: it is what "npm install" \(line 4\) adds to, and/ }],
      fixedIgnore: 'node_modules\n',
    },
    {
      name: 'an install that starts afresh', code: node.replace('COPY package.json ./\nRUN npm install\nCOPY . .', 'COPY . .\nRUN npm ci'), files,
      findings: [{ at: 'COPY . .', message: /: it is sent for nothing, since "npm ci" \(line 4\) removes it, and/ }],
      fixedIgnore: 'node_modules\n',
    },
    {
      name: 'installed in another stage and copied from there',
      code: dockerfile`FROM node:22 AS deps
                       WORKDIR /deps
                       COPY package.json ./
                       RUN npm ci
                       FROM node:22
                       WORKDIR /app
                       COPY --from=deps /deps/node_modules ./node_modules
                       COPY . .`,
      files,
      findings: [{ at: 'COPY . .', message: /takes precedence over what "COPY --from=deps \/deps\/node_modules/ }],
      fixedIgnore: 'node_modules\n',
    },
    {
      name: 'Yarn told to make node_modules', code: node.replace('npm install', 'yarn install --immutable'), files: { ...files, '.yarnrc.yml': 'nodeLinker: node-modules\nyarnPath: .yarn/releases/yarn-4.cjs\n' },
      findings: [{ at: 'COPY . .', message: /"yarn install --immutable"/ }],
      fixedIgnore: 'node_modules\n',
    },
    {
      name: 'moved out of the way: Node looks into the folder of the host first', code: node.replace('COPY . .', 'RUN mv /app/node_modules /node_modules\nCOPY . .'), files,
      findings: [{ at: 'COPY . .', message: /it takes precedence over what "npm install"/ }],
      fixedIgnore: 'node_modules\n',
    },
    {
      name: 'uv', code: uv, files: python,
      findings: [{ at: 'COPY . .', message: /Nothing keeps \.venv of the host out of/ }],
      fixedIgnore: '.venv\n',
    },
    {
      name: 'Poetry in the project', code: uv.replace(/RUN .*/, 'ENV POETRY_VIRTUALENVS_IN_PROJECT=1\nCOPY pyproject.toml ./\nRUN poetry install --no-root'), files: python,
      findings: [{ at: 'COPY . .', message: /\.venv of the host/ }],
      fixedIgnore: '.venv\n',
    },
    {
      name: 'Composer', code: php, files: { 'composer.json': '{"require": {"php": "^8.1", "monolog/monolog": "3"}}' },
      findings: [{ at: 'COPY . .', message: /Nothing keeps vendor of the host/ }],
      fixedIgnore: 'vendor\n',
    },
    {
      name: 'projects further down install theirs', code: node, files: { ...files, 'web/package.json': files['package.json'] },
      findings: [{ at: 'COPY . .', message: /add "\*\*\/node_modules" to a \.dockerignore/ }],
      fixedIgnore: '**/node_modules\n',
    },
    {
      name: 'one further down is in the repository', code: node, files: { ...files, 'web/package.json': files['package.json'], 'test/node_modules/a/index.js': '', '.gitignore': '/node_modules\n' },
      findings: [{ at: 'COPY . .', message: /add "node_modules" to/ }],
      fixedIgnore: 'node_modules\n',
    },
    {
      name: 'another Dockerfile takes what the host installed', code: node, files: { ...files, 'Dockerfile.prebuilt': 'FROM node:22\nCOPY . /app\nCMD ["node", "/app/server.js"]\n' },
      findings: [{ at: 'COPY . .', message: /^Nothing keeps node_modules/ }], fixed: null,
    },
    {
      name: 'another Dockerfile names the folder', code: node, files: { ...files, 'Dockerfile.prebuilt': 'FROM scratch\nCOPY node_modules /deps\n' },
      findings: [{ at: 'COPY . .', message: /^Nothing keeps node_modules/ }], fixed: null,
    },
    {
      name: 'another Dockerfile runs no such programs', code: node, files: { ...files, 'Dockerfile.docs': 'FROM nginx:1.29\nCOPY . /usr/share/nginx/html\n' },
      findings: [{ at: 'COPY . .', message: /^Nothing keeps node_modules/ }],
      fixedIgnore: 'node_modules\n',
    },
    {
      name: 'precision 1: the folder taken for the context is named', code: node, path: 'docker/Dockerfile', files,
      input: { context: { folder: '.', list: () => Object.keys(files).map(path => ({ path, size: 1, mode: 0o644 })), read: path => (files as Record<string, string>)[path] ?? null } },
      findings: [{ at: 'COPY . .', message: /out of "COPY \. \." \(with \. as the context\): it takes precedence over/ }],
      fixedIgnore: 'node_modules\n',
    },
  ],
})
