import rule from '../../rules/copy-source-before-install.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const npm = dockerfile`FROM node:22
                       WORKDIR /app
                       COPY . .
                       RUN npm ci`
const project = { 'package.json': '{}', 'package-lock.json': '{}', 'src/a.js': '' }
const manifest = (content: object): Record<string, string> => ({ ...project, 'package.json': JSON.stringify(content) })
/** A file with one install after a copy of everything. */
const after = (command: string, image = 'debian:bookworm'): string => `FROM ${image}\nWORKDIR /app\nCOPY . .\nRUN ${command}\n`

ruleTester(rule, {
  valid: [
    { name: 'manifests first', code: npm.replace('COPY . .\nRUN npm ci', 'COPY package*.json ./\nRUN npm ci\nCOPY . .'), files: project },
    { name: 'manifests first, context unknown', code: npm.replace('COPY . .\nRUN npm ci', 'COPY package*.json ./\nRUN npm ci\nCOPY . .') },
    ...['pip install .', 'pip install -e .', 'pip install --editable .[dev]', 'poetry install', 'uv sync', 'npm install ./packages/a', 'npm install -g pnpm', 'cargo build --release', 'mvn package', 'go build ./...', 'npm run build', 'apt-get install -y curl'].map(command => ({ name: `needs the sources or no manifest: ${command}`, code: after(command) })),
    { name: 'a lifecycle script needs the sources', code: npm, files: manifest({ scripts: { postinstall: 'node scripts/setup.js' } }) },
    { name: 'prepare runs on npm ci', code: npm, files: manifest({ scripts: { prepare: 'tsc -p .' } }) },
    { name: 'a workspace member has such a script', code: npm, files: { ...manifest({ workspaces: ['packages/*'] }), 'packages/a/package.json': JSON.stringify({ scripts: { prepare: 'tsc' } }) } },
    { name: 'a path dependency', code: npm, files: manifest({ dependencies: { shared: 'file:../shared' } }) },
    { name: 'a manifest that cannot be read as JSON', code: npm, files: { ...project, 'package.json': '{' } },
    { name: 'requirements with a local package', code: after('pip install -r requirements.txt'), files: { 'requirements.txt': 'flask\n-e .\n', 'app.py': '' } },
    { name: 'requirements with a path', code: after('pip install -r requirements.txt'), files: { 'requirements.txt': './vendor/thing\n', 'app.py': '' } },
    { name: 'a Gemfile that reads the gemspec', code: after('bundle install', 'ruby:3.4'), files: { Gemfile: 'source "https://gems.example.com"\ngemspec\n', 'a.gemspec': '', 'lib/a.rb': '' } },
    { name: 'composer scripts', code: after('composer install', 'composer:2'), files: { 'composer.json': JSON.stringify({ scripts: { 'post-autoload-dump': ['@php artisan package:discover'] } }), 'app/A.php': '' } },
    { name: 'a composer class map', code: after('composer install --no-scripts', 'composer:2'), files: { 'composer.json': JSON.stringify({ autoload: { classmap: ['database'] } }), 'app/A.php': '' } },
    { name: 'a Maven build of several modules', code: after('mvn dependency:go-offline', 'maven:3'), files: { 'pom.xml': '<project><modules><module>a</module></modules></project>', 'a/pom.xml': '<project/>', 'a/A.java': '' } },
    { name: 'a Go module that requires nothing', code: after('go mod download', 'golang:1.25'), files: { 'go.mod': 'module example.com/a\n\ngo 1.25\n', 'main.go': '' } },
    { name: 'an image of the project that nobody can see, which may hold the gems', code: `ARG WEB_BASE\n${after('bundle install', '${WEB_BASE}')}`, files: { Gemfile: 'gem "rails"\n', 'Gemfile.lock': '', 'a.rb': '' } },
    { name: 'a Go module replaced by a folder', code: after('go mod download', 'golang:1.25'), files: { 'go.mod': 'module a\nreplace b => ./b\n', 'b/go.mod': 'module b\n', 'main.go': '' } },
    { name: 'an allow list that makes the context narrow', code: npm, files: project, ignore: '*\n!package.json\n!package-lock.json\n' },
    { name: 'bound manifests, the copy comes after', code: npm.replace('COPY . .\nRUN npm ci', 'RUN --mount=type=bind,source=package.json,target=package.json --mount=type=bind,source=package-lock.json,target=package-lock.json npm ci\nCOPY . .'), files: project },
    { name: 'the copy comes from a stage', code: dockerfile`FROM node:22 AS sources
                                                          COPY . /app
                                                          FROM node:22
                                                          WORKDIR /app
                                                          COPY --from=sources /app .
                                                          RUN npm ci`, files: project },
    { name: 'the copy goes somewhere else', code: npm.replace('COPY . .', 'COPY docs /docs\nCOPY package*.json ./'), files: { ...project, 'docs/a.md': '' } },
    { name: 'dependencies are there already', code: npm.replace('COPY . .', 'COPY package*.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build').replace(/RUN npm ci\n$/, 'RUN npm ci --omit=dev\n'), files: project },
    { name: 'a stage that is not needed', code: `${npm}FROM node:22\nRUN true\n`, files: project },
    { name: 'a trigger in a base image', code: dockerfile`FROM node:22 AS base
                                                         WORKDIR /app
                                                         ONBUILD COPY . .
                                                         ONBUILD RUN npm ci
                                                         FROM base
                                                         CMD ["node", "a.js"]`, files: project },
    { name: 'a script that no reader is sure of', code: after('if true; then npm ci', 'node:22') },
    { name: 'Windows', code: dockerfile`FROM mcr.microsoft.com/windows/servercore:ltsc2022
                                        WORKDIR /app
                                        COPY . .
                                        RUN npm ci` },
    { name: 'a member of a workspace above', code: npm.replace('npm ci', 'cd apps/a && npm install'), files: { 'package.json': '{"workspaces":["apps/*"]}', 'apps/a/package.json': '{}', 'apps/a/a.js': '' } },
    { name: 'a Go workspace above', code: after('cd a && go mod download', 'golang:1.25'), files: { 'go.work': 'use ./a', 'a/go.mod': 'module a\n', 'a/main.go': '' } },
    { name: 'a project reference that only the tool can follow', code: after('cd src/a && dotnet restore', 'mcr.microsoft.com/dotnet/sdk:9.0'), files: { 'src/a/a.csproj': '<Project><ItemGroup><ProjectReference Include="$(Root)/b/b.csproj" /></ItemGroup></Project>', 'b/b.csproj': '<Project/>', 'src/a/a.cs': '' } },
    { name: 'the working directory is not known', code: npm.replace('WORKDIR /app', 'ARG DIR\nWORKDIR $DIR'), files: project },
  ],
  invalid: [
    {
      code: npm, files: project,
      findings: [{
        at: 'COPY . .', message: '"COPY . ." comes before "npm ci" (line 4), which re-runs when any of 4 context files changes but needs only package.json and package-lock.json; copy these first, then install, and copy the rest below.',
        related: [{ at: 'npm ci', message: 'dependencies are installed here' }],
      }],
    },
    { name: 'the context is not known', code: npm, findings: [{ at: 'COPY . .', message: /re-runs when any file of the context changes but needs only manifests such as package\.json/ }] },
    { name: 'install and build in one RUN: split it', code: npm.replace('npm ci', 'npm ci && npm run build'), files: project, findings: [{ at: 'COPY . .', message: /copy these first, split the RUN to give the install one of its own, and copy the rest below\.$/ }] },
    { name: 'a further install reads manifests that only the sources name', code: after('pip install -r requirements.txt && for d in plugins/*; do pip install -r "$d/requirements.txt"; done', 'python:3.13'), files: { 'requirements.txt': 'flask\n', 'plugins/a/requirements.txt': 'a\n', 'app.py': '' }, findings: [{ at: 'COPY . .', message: /copy that first, split the RUN/ }] },
    { name: 'an install that tidies up is not split', code: npm.replace('npm ci', 'npm ci && npm cache clean --force'), files: project, findings: [{ at: 'COPY . .', message: /copy these first, then install, and/ }] },
    {
      name: 'projects beside the folder are named', code: after('cd src/a && dotnet restore', 'mcr.microsoft.com/dotnet/sdk:9.0'),
      files: { 'src/a/a.csproj': '<Project><ItemGroup><ProjectReference Include="..\\b\\b.csproj" /></ItemGroup></Project>', 'src/b/b.csproj': '<Project/>', 'global.json': '{}', 'src/a/a.cs': '' },
      findings: [{ at: 'COPY . .', message: /needs only src\/a\/a\.csproj, src\/b\/b\.csproj and global\.json; copy these first/ }],
    },
    { name: 'harmless hooks', code: npm, files: manifest({ scripts: { prepare: 'husky install', preinstall: 'npx only-allow npm' } }), findings: [{ at: 'COPY . .', message: /npm ci/ }] },
    { name: 'scripts are switched off', code: npm.replace('npm ci', 'npm ci --ignore-scripts'), files: manifest({ scripts: { prepare: 'tsc' } }), findings: [{ at: 'COPY . .', message: /--ignore-scripts/ }] },
    {
      name: 'workspaces need the manifests of their members', code: npm, files: { ...manifest({ workspaces: ['packages/*'] }), 'packages/a/package.json': '{}', 'packages/a/index.js': '' },
      findings: [{ at: 'COPY . .', message: /needs only package\.json, packages\/a\/package\.json and package-lock\.json/ }],
    },
    { name: 'a folder as the project', code: npm.replace('COPY . .', 'COPY web ./'), files: { 'web/package.json': '{}', 'web/a.js': '' }, findings: [{ at: 'COPY web ./', message: /any of 2 context files changes but needs only web\/package\.json/ }] },
    { name: 'cd into a folder of the copy', code: npm.replace('npm ci', 'cd web && npm ci'), files: { 'web/package.json': '{}', 'server.go': '' }, findings: [{ at: 'COPY . .', message: /needs only web\/package\.json/ }] },
    { name: 'in a stage built FROM the one with the copy', code: dockerfile`FROM python:3.13 AS sources
                                                                        WORKDIR /srv
                                                                        COPY . .
                                                                        FROM sources
                                                                        RUN pip install -r requirements.txt`, files: { 'requirements.txt': 'flask\n', 'app.py': '' }, findings: [{ at: 'COPY . .', message: /line 5/ }] },
    { name: 'one finding for two installs', code: npm.replace('RUN npm ci', 'RUN npm ci\nRUN pip install -r requirements.txt'), files: { ...project, 'requirements.txt': 'flask\n' }, findings: [{ at: 'COPY . .', message: /npm ci/, related: [{ at: 'npm ci' }, { at: 'pip install -r requirements.txt' }] }] },
    { name: 'ADD as well', code: npm.replace('COPY', 'ADD'), files: project, findings: [{ at: 'ADD . .', message: /npm ci/ }] },
    ...([['bundle install', 'Gemfile'], ['go mod download', 'go.mod'], ['composer install --no-scripts --no-autoloader', 'composer.json'], ['pnpm install --frozen-lockfile', 'package.json'], ['yarn', 'package.json'], ['poetry install --no-root', 'pyproject.toml'], ['uv sync --frozen --no-install-project', 'pyproject.toml'], ['mvn -B dependency:go-offline', 'pom.xml'], ['mix deps.get', 'mix.exs']] as const).map(([command, file]) => ({
      name: `by ${command}`, code: after(command), files: { [file]: file.endsWith('.json') ? '{}' : '', 'src/a': '' }, findings: [{ at: 'COPY . .', message: new RegExp(`"${command.slice(0, 20)}.*needs only ${file.replace('.', '\\.')}`) }],
    })),
  ],
})
