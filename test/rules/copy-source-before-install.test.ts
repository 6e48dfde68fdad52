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
/** The result of the usual fix. */
const split = (names: string, command: string, more = ''): string => `FROM node:22\nWORKDIR /app\nCOPY ${names} ./\n${more}RUN ${command}\nCOPY . .\n`
/** Why it is not offered, and what shows that. */
const refusals: readonly (readonly [string, Readonly<Record<string, string>>, string?])[] = [
  ['Prisma reads its schema', manifest({ dependencies: { '@prisma/client': '^6.0.0' } })],
  ['git hooks, and the repository is copied', manifest({ scripts: { prepare: 'lefthook install' } })],
  ['the project keeps its dependencies in git', { ...project, 'node_modules/a/index.js': '' }],
  ['the folder is copied from the context elsewhere', project, `${npm}FROM node:22\nCOPY --from=0 /app /app\nCOPY node_modules /app/node_modules\n`],
  ['files are owned by another user before the install', project, npm.replace('RUN npm ci', 'RUN chown -R node:node /app\nUSER node\nRUN npm ci')],
  ['a file is removed before the install, whether it is there or not', project, npm.replace('RUN npm ci', 'RUN rm -rf ./local && npm ci')],
  ['a script stands between', project, npm.replace('RUN npm ci', 'RUN ./prepare.sh\nRUN npm ci')],
  ['a copy between overwrites a file', { ...project, 'config/a.js': '' }, npm.replace('RUN npm ci', 'COPY config/a.js src/\nRUN npm ci')],
  ['a variable of the copy is set between', project, npm.replace('COPY . .', 'ENV TO=/app\nCOPY . $TO\nENV TO=/srv')],
  ['bound files of the context', project, npm.replace('RUN', 'RUN --mount=type=bind,source=src,target=/src')],
  ['a folder for both parts of a RUN', project, npm.replace('npm ci', 'cd /app && npm ci && npm run build')],
  ['what is taken away after the build', project, npm.replace('npm ci', 'npm ci && npm run build && npm prune --omit=dev')],
  ['a secret for both parts', project, npm.replace('RUN npm ci', 'RUN --mount=type=secret,id=npm npm ci && npm run build')],
  ['a step between the copy and a RUN of two parts', project, npm.replace('RUN npm ci', 'ENV CI=true\nRUN npm ci && npm run build')],
  ["Plug'n'Play", { ...project, 'yarn.lock': '', '.yarnrc.yml': 'enableTelemetry: false\n' }, npm.replace('npm ci', 'yarn install --immutable')],
  ['members that are copied by the install', { ...manifest({ workspaces: ['a'], dependenciesMeta: { a: { injected: true } } }), 'a/package.json': '{}', 'a/a.js': '' }, npm.replace('npm ci', 'pnpm install --frozen-lockfile')],
  ['Composer archives of the project', { 'composer.json': '{"repositories": [{"type": "artifact", "url": "zips"}]}', 'a.php': '' }, after('composer install --no-scripts --no-autoloader', 'composer:2')],
  ['a patch that is not there', manifest({ pnpm: { patchedDependencies: { a: 'tools/a.patch' } } }), npm.replace('npm ci', 'pnpm install --frozen-lockfile')],
  ...['npm ci', 'yarn --frozen-lockfile', 'yarn install --immutable', 'pnpm install --frozen-lockfile', 'bun install --frozen-lockfile'].map(command => [`a lock file that is not in this checkout, but asked for: ${command}`, { 'package.json': '{}', 'a.js': '' }, npm.replace('npm ci', command)] as const),
  ['native code of the project', { ...project, 'binding.gyp': '' }],
  ['requirements from outside the copy', { 'app/requirements.txt': '-r ../base.txt\n', 'app/a.py': '', 'base.txt': 'a\n' }, 'FROM python:3.13\nWORKDIR /app\nCOPY app .\nRUN pip install -r requirements.txt\n'],
  ['a lock file for other systems', { Gemfile: 'gem "a"\n', 'Gemfile.lock': 'PLATFORMS\n  arm64-darwin-24\n', 'a.rb': '' }, after('bundle install', 'ruby:3.4')],
  ['Composer plug-ins that fill folders of the project', { 'composer.json': '{"extra": {"installer-paths": {}}}', 'a.php': '' }, after('composer install --no-scripts --no-autoloader', 'composer:2')],
  ['a Maven dependency in the project', { 'pom.xml': '<project><systemPath>lib/a.jar</systemPath></project>', 'A.java': '' }, after('mvn dependency:go-offline', 'maven:3')],
  ['a file is removed that is not there now', project, npm.replace('RUN npm ci', 'RUN rm -f .npmrc && npm ci')],
  ['a feed in a folder of the project', { 'a.csproj': '<Project/>', 'nuget.config': '<configuration><packageSources><add key="local" value="./feed" /></packageSources></configuration>', 'a.cs': '' }, after('dotnet restore', 'mcr.microsoft.com/dotnet/sdk:9.0')],
  ['dependencies that the build works out', { 'pyproject.toml': '[project]\ndynamic = ["version", "dependencies"]\n', 'uv.lock': '', 'a.py': '' }, after('uv sync --frozen --no-install-project', 'python:3.13')],
  ['a uv workspace', { 'pyproject.toml': '[tool.uv.workspace]\nmembers = ["a"]\n', 'uv.lock': '', 'a.py': '' }, after('uv sync --frozen --no-install-project', 'python:3.13')],
  ['more projects than anybody lists', { 'a.sln': Array.from({ length: 11 }, (_, at) => `Project("{1}") = "p${at}", "p${at}\\p.csproj", "{2}"`).join('\n'), ...Object.fromEntries(Array.from({ length: 11 }, (_, at) => [`p${at}/p.csproj`, '<Project/>'])), 'a.cs': '' }, after('dotnet restore a.sln', 'mcr.microsoft.com/dotnet/sdk:9.0')],
]

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
      code: npm, files: project, ignore: 'node_modules\n',
      findings: [{
        at: 'COPY . .', message: '"COPY . ." comes before "npm ci" (line 4), which re-runs when any of 5 context files changes but needs only package.json and package-lock.json; copy these first, then install, and copy the rest below.',
        related: [{ at: 'npm ci', message: 'dependencies are installed here' }],
      }],
      fixed: split('package.json package-lock.json', 'npm ci'),
    },
    { name: 'what is installed is kept out of the copy', code: npm, files: project, findings: [{ at: 'COPY . .', message: /npm ci/ }], fixed: split('package.json package-lock.json', 'npm ci'), fixedIgnore: 'node_modules\n' },
    { name: 'the context is not known', code: npm, findings: [{ at: 'COPY . .', message: /re-runs when any file of the context changes but needs only manifests such as package\.json/ }], fixed: null },
    { name: 'install and build in one RUN: split it', code: npm.replace('npm ci', 'npm ci && npm run build'), files: project, findings: [{ at: 'COPY . .', message: /copy these first, split the RUN to give the install one of its own, and copy the rest below\.$/ }], fixed: 'FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build\n', fixedIgnore: 'node_modules\n' },
    { name: 'a further install reads manifests that only the sources name', code: after('pip install -r requirements.txt && for d in plugins/*; do pip install -r "$d/requirements.txt"; done', 'python:3.13'), files: { 'requirements.txt': 'flask\n', 'plugins/a/requirements.txt': 'a\n', 'app.py': '' }, findings: [{ at: 'COPY . .', message: /copy that first, split the RUN/ }], fixed: 'FROM python:3.13\nWORKDIR /app\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt\nCOPY . .\nRUN for d in plugins/*; do pip install -r "$d/requirements.txt"; done\n' },
    { name: 'an install that tidies up is not split', code: npm.replace('npm ci', 'npm ci && npm cache clean --force'), files: project, ignore: 'node_modules', findings: [{ at: 'COPY . .', message: /copy these first, then install, and/ }], fixed: split('package.json package-lock.json', 'npm ci && npm cache clean --force') },
    {
      name: 'projects beside the folder are named', code: after('cd src/a && dotnet restore', 'mcr.microsoft.com/dotnet/sdk:9.0'),
      files: { 'src/a/a.csproj': '<Project><ItemGroup><ProjectReference Include="..\\b\\b.csproj" /></ItemGroup></Project>', 'src/b/b.csproj': '<Project/>', 'src/b/Directory.Build.props': '<Project/>', 'global.json': '{}', 'src/a/a.cs': '' },
      findings: [{ at: 'COPY . .', message: /needs only src\/a\/a\.csproj, src\/b\/b\.csproj and global\.json; copy these first/ }],
      fixed: dockerfile`FROM mcr.microsoft.com/dotnet/sdk:9.0
                        WORKDIR /app
                        COPY global.json ./
                        COPY src/a/a.csproj ./src/a/
                        COPY src/b/b.csproj src/b/Directory.Build.props ./src/b/
                        RUN cd src/a && dotnet restore
                        COPY . .`, fixedIgnore: '**/obj\n',
    },
    { name: 'harmless hooks', code: npm, files: manifest({ scripts: { prepare: 'husky install', preinstall: 'npx only-allow npm' } }), ignore: 'node_modules', findings: [{ at: 'COPY . .', message: /npm ci/ }], fixed: split('package.json package-lock.json', 'npm ci') },
    { name: 'scripts are switched off', code: npm.replace('npm ci', 'npm ci --ignore-scripts'), files: manifest({ scripts: { prepare: 'tsc' } }), ignore: 'node_modules', findings: [{ at: 'COPY . .', message: /--ignore-scripts/ }], fixed: split('package.json package-lock.json', 'npm ci --ignore-scripts') },
    {
      name: 'workspaces need the manifests of their members', code: npm, files: { ...manifest({ workspaces: ['packages/*'] }), 'packages/a/package.json': '{}', 'packages/a/index.js': '', 'packages/b/package.json': '{}', 'test/fixture/package.json': '{}' },
      findings: [{ at: 'COPY . .', message: /needs only package\.json, packages\/a\/package\.json, packages\/b\/package\.json and 2 more/ }],
      fixed: split('package.json package-lock.json', 'npm ci', 'COPY packages/a/package.json ./packages/a/\nCOPY packages/b/package.json ./packages/b/\n'), fixedIgnore: '**/node_modules\n',
    },
    {
      name: 'with --parents where the frontend knows it', code: `# syntax=docker/dockerfile:1.20\n${npm}`, files: { ...manifest({ workspaces: ['packages/*'] }), 'packages/a/package.json': '{}', 'packages/a/index.js': '', 'packages/b/package.json': '{}' }, ignore: '**/node_modules',
      findings: [{ at: 'COPY . .', message: /npm ci/ }],
      fixed: `# syntax=docker/dockerfile:1.20\n${split('package.json package-lock.json', 'npm ci', 'COPY --parents packages/a/package.json packages/b/package.json ./\n')}`,
    },
    { name: 'a program of a member is linked by the install', code: npm, files: { ...manifest({ workspaces: ['a'] }), 'a/package.json': '{"bin": "cli.js"}', 'a/cli.js': '' }, findings: [{ at: 'COPY . .', message: /npm ci/ }], fixed: null },
    {
      name: 'a folder as the project', code: npm.replace('COPY . .', 'COPY web ./'), files: { 'web/package.json': '{}', 'web/package-lock.json': '{}', 'web/a.js': '' },
      findings: [{ at: 'COPY web ./', message: /any of 3 context files changes but needs only web\/package\.json and web\/package-lock\.json/ }],
      fixed: 'FROM node:22\nWORKDIR /app\nCOPY web/package.json web/package-lock.json ./\nRUN npm ci\nCOPY web ./\n', fixedIgnore: 'web/node_modules\n',
    },
    {
      name: 'cd into a folder of the copy', code: npm.replace('npm ci', 'cd web && npm ci'), files: { 'web/package.json': '{}', 'web/package-lock.json': '{}', 'server.go': '' }, findings: [{ at: 'COPY . .', message: /needs only web\/package\.json/ }],
      fixed: 'FROM node:22\nWORKDIR /app\nCOPY web/package.json web/package-lock.json ./web/\nRUN cd web && npm ci\nCOPY . .\n', fixedIgnore: 'web/node_modules\n',
    },
    { name: 'in a stage built FROM the one with the copy', code: dockerfile`FROM python:3.13 AS sources
                                                                        WORKDIR /srv
                                                                        COPY . .
                                                                        FROM sources
                                                                        RUN pip install -r requirements.txt`, files: { 'requirements.txt': 'flask\n', 'app.py': '' }, findings: [{ at: 'COPY . .', message: /line 5/ }], fixed: null },
    {
      name: 'one finding for two installs, and the copy below both', code: npm.replace('RUN npm ci', 'RUN npm ci\nRUN pip install -r requirements.txt'), files: { ...project, 'requirements.txt': 'flask\n' }, ignore: 'node_modules',
      findings: [{ at: 'COPY . .', message: /npm ci/, related: [{ at: 'npm ci' }, { at: 'pip install -r requirements.txt' }] }],
      fixed: 'FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json requirements.txt ./\nRUN npm ci\nRUN pip install -r requirements.txt\nCOPY . .\n',
    },
    { name: 'a build between two installs', code: npm.replace('RUN npm ci', 'RUN npm ci\nRUN npm run build\nRUN pip install -r requirements.txt'), files: { ...project, 'requirements.txt': 'flask\n' }, findings: [{ at: 'COPY . .', message: /npm ci/ }], fixed: null },
    { name: 'a lock file that other checkouts have', code: npm.replace('npm ci', 'npm install'), files: { 'package.json': '{}', 'server.js': '' }, ignore: 'node_modules', findings: [{ at: 'COPY . .', message: /npm install/ }], fixed: split('package*.json', 'npm install') },
    { name: 'the same beside another file of such a name', code: npm.replace('npm ci', 'npm install'), files: { 'package.json': '{}', 'package.dev.json': '{}', 'server.js': '' }, ignore: 'node_modules', findings: [{ at: 'COPY . .', message: /npm install/ }], fixed: split('package.json package-lock.json*', 'npm install') },
    { name: 'a lock file that no build is given', code: npm.replace('npm ci', 'npm install'), files: { 'package.json': '{}', 'server.js': '' }, ignore: 'node_modules\npackage-lock.json', findings: [{ at: 'COPY . .', message: /npm install/ }], fixed: split('package.json', 'npm install') },
    { name: 'a lock file of Yarn that other checkouts have', code: npm.replace('npm ci', 'yarn install'), files: { 'package.json': '{}', 'server.js': '' }, ignore: 'node_modules', findings: [{ at: 'COPY . .', message: /yarn install/ }], fixed: split('package.json yarn.lock*', 'yarn install') },
    { name: 'a lock file of Bundler that other checkouts have', code: after('bundle install', 'ruby:3.4'), files: { Gemfile: 'gem "a"', 'a.rb': '' }, findings: [{ at: 'COPY . .', message: /bundle install/ }], fixed: 'FROM ruby:3.4\nWORKDIR /app\nCOPY Gemfile Gemfile.lock* ./\nRUN bundle install\nCOPY . .\n' },
    { name: 'no lock file, and the manifest comes earlier', code: npm.replace('npm ci', 'npm install').replace('COPY . .', 'COPY package.json ./\nCOPY . .'), files: { 'package.json': '{}', 'server.js': '' }, ignore: 'node_modules', findings: [{ at: 'COPY . .', message: /npm install/ }], fixed: null },
    { name: 'no lock file, and a pattern comes earlier', code: npm.replace('npm ci', 'npm install').replace('COPY . .', 'COPY package*.json ./\nCOPY . .'), files: { 'package.json': '{}', 'server.js': '' }, ignore: 'node_modules', findings: [{ at: 'COPY . .', message: /npm install/ }], fixed: split('package*.json', 'npm install') },
    { name: 'no lock file, as the command says', code: npm.replace('npm ci', 'npm install --no-package-lock'), files: { 'package.json': '{}', 'server.js': '' }, ignore: 'node_modules', findings: [{ at: 'COPY . .', message: /npm install/ }], fixed: split('package.json', 'npm install --no-package-lock') },
    ...(['npx playwright install --with-deps chromium', 'apt-get update && apt-get install -y ffmpeg'].map(command => ({
      name: `below it, too, where nothing is needed: ${command}`, code: `${npm.trimEnd()}\nRUN ${command}\nRUN npm run build\n`, files: project, ignore: 'node_modules', findings: [{ at: 'COPY . .', message: /npm ci/ }],
      fixed: `FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nRUN ${command}\nCOPY . .\nRUN npm run build\n`,
    }))),
    { name: 'a step below that may need the sources', code: `${npm.trimEnd()}\nRUN npx playwright install && npx playwright test\n`, files: project, ignore: 'node_modules', findings: [{ at: 'COPY . .', message: /npm ci/ }], fixed: `${split('package.json package-lock.json', 'npm ci')}RUN npx playwright install && npx playwright test\n` },
    { name: 'no lock file, and only the manifest of a member is left to copy', code: npm.replace('npm ci', 'npm install').replace('COPY . .', 'COPY package.json ./\nCOPY . .'), files: { 'package.json': '{"workspaces":["a"]}', 'a/package.json': '{}', 'server.js': '' }, ignore: '**/node_modules', findings: [{ at: 'COPY . .', message: /npm install/ }], fixed: null },
    { name: 'ADD as well', code: npm.replace('COPY', 'ADD'), files: project, ignore: 'node_modules', findings: [{ at: 'ADD . .', message: /npm ci/ }], fixed: split('package.json package-lock.json', 'npm ci').replace('COPY . .', 'ADD . .') },
    ...([['bundle install', 'Gemfile', 'Gemfile.lock'], ['go mod download', 'go.mod', 'go.sum'], ['composer install --no-scripts --no-autoloader', 'composer.json', 'composer.lock'], ['pnpm install --frozen-lockfile', 'package.json', 'pnpm-lock.yaml'], ['yarn', 'package.json', 'yarn.lock'], ['poetry install --no-root', 'pyproject.toml', 'poetry.lock'], ['uv sync --frozen --no-install-project', 'pyproject.toml', 'uv.lock'], ['mvn -B dependency:go-offline', 'pom.xml'], ['mix deps.get', 'mix.exs', 'mix.lock']] as const).map(([command, file, lock]) => ({
      name: `by ${command}`, code: after(command), files: { [file]: file.endsWith('.json') ? '{}' : '', ...lock && { [lock]: '' }, 'src/a': '' }, ignore: 'node_modules\nvendor\n.venv\ndeps\n_build\n', findings: [{ at: 'COPY . .', message: new RegExp(`"${command.slice(0, 20)}.*needs only ${file.replace('.', '\\.')}`) }],
      fixed: `FROM debian:bookworm\nWORKDIR /app\nCOPY ${[file, lock].filter(Boolean).join(' ')} ./\nRUN ${command}\nCOPY . .\n`,
    })),
    { name: 'a tool that looks for its targets', code: after('stack setup', 'haskell:9'), files: { 'stack.yaml': '', 'package.yaml': '', 'app/Main.hs': '' }, findings: [{ at: 'COPY . .', message: /stack setup/ }], fixed: null },
    {
      name: 'requirements that include others', code: after('pip install -r requirements/prod.txt', 'python:3.13'), files: { 'requirements/prod.txt': '-r base.txt\n-c constraints.txt\n', 'requirements/base.txt': 'flask\n', 'requirements/constraints.txt': '', 'requirements/dev.txt': 'pytest\n', 'app.py': '' },
      findings: [{ at: 'COPY . .', message: /needs only requirements\/prod\.txt, requirements\/base\.txt and requirements\/constraints\.txt/ }],
      fixed: 'FROM python:3.13\nWORKDIR /app\nCOPY requirements/prod.txt requirements/base.txt requirements/constraints.txt ./requirements/\nRUN pip install -r requirements/prod.txt\nCOPY . .\n',
    },
    { name: 'a Gemfile with options', code: after('bundle install', 'ruby:3.4'), files: { Gemfile: '# File\nsource "https://gems.example.com"\nruby file: ".ruby-version"\ngem "a", require: false\ngem "b", :require => "c"\n', 'Gemfile.lock': 'PLATFORMS\n  ruby\n  x86_64-linux\n', '.ruby-version': '3.4.1', '.tool-versions': '', 'a.rb': '' }, findings: [{ at: 'COPY . .', message: /bundle install/ }], fixed: after('bundle install', 'ruby:3.4').replace(/COPY . .\nRUN(.*)/, 'COPY Gemfile Gemfile.lock .ruby-version ./\nRUN$1\nCOPY . .') },
    { name: 'a script that writes a file which is not in the context', code: npm.replace('RUN npm ci', 'ARG TOKEN\nRUN echo "//registry.example.com/:_authToken=$TOKEN" > .npmrc && npm ci && rm -rf node_modules/.cache'), files: project, ignore: 'node_modules', findings: [{ at: 'COPY . .', message: /npm ci/ }], fixed: 'FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json ./\nARG TOKEN\nRUN echo "//registry.example.com/:_authToken=$TOKEN" > .npmrc && npm ci && rm -rf node_modules/.cache\nCOPY . .\n' },
    ...refusals.map(([name, files, code = npm]) => ({ name, code, files, findings: [{ at: /^(?:COPY|ADD) /, message: /./ }], fixed: null })),
    {
      name: 'Yarn of the project, its settings and patches; a manifest that is there already', code: npm.replace('COPY . .', 'COPY --chown=node:node package.json ./\nCOPY --chown=node:node . .').replace('npm ci', 'yarn install --immutable'),
      files: { 'package.json': '{"dependencies": {"a": "patch:a@npm:1#./.yarn/patches/a.patch"}}', 'yarn.lock': '', '.yarnrc.yml': 'nodeLinker: node-modules\nyarnPath: .yarn/releases/yarn-4.9.1.cjs\n', '.yarn/releases/yarn-4.9.1.cjs': '', '.yarn/patches/a.patch': '', 'index.js': '' }, ignore: 'node_modules',
      findings: [{ at: 'COPY --chown=node:node . .', message: /yarn install/ }],
      fixed: dockerfile`FROM node:22
                        WORKDIR /app
                        COPY --chown=node:node package.json ./
                        COPY --chown=node:node yarn.lock .yarnrc.yml ./
                        COPY --chown=node:node .yarn/releases/ ./.yarn/releases/
                        COPY --chown=node:node .yarn/patches/ ./.yarn/patches/
                        RUN yarn install --immutable
                        COPY --chown=node:node . .`,
    },
    {
      name: 'all that is needed is there already', code: npm.replace('COPY . .', '# what npm reads\nCOPY package*.json ./\n\n# the rest\nCOPY . .'), files: project, ignore: 'node_modules', findings: [{ at: 'COPY . .', message: /npm ci/ }],
      fixed: 'FROM node:22\nWORKDIR /app\n# what npm reads\nCOPY package*.json ./\n\nRUN npm ci\n\n# the rest\nCOPY . .\n',
    },
    {
      name: 'comments, blank lines, lower case, CRLF, no final newline', code: 'from node:22\r\nworkdir /app\r\n\r\n# all of it\r\ncopy --link . /app\r\n\r\n# dependencies\r\nrun npm ci --omit=dev', files: project, ignore: 'node_modules', findings: [{ at: 'copy --link . /app', message: /npm ci/ }],
      fixed: 'from node:22\r\nworkdir /app\r\n\r\ncopy --link package.json package-lock.json /app/\r\n\r\n# dependencies\r\nrun npm ci --omit=dev\r\n\r\n# all of it\r\ncopy --link . /app',
    },
    {
      name: 'an instruction over several lines, and a RUN between that needs nothing', code: 'FROM node:22\nCOPY \\\n  # everything\n  --chown=1000:1000 \\\n  . /app/\nRUN apt-get update && apt-get install -y git\nUSER 1000\nWORKDIR /app\nRUN npm ci\nRUN npm run build\n', files: project, ignore: 'node_modules', findings: [{ at: /^COPY/, message: /npm ci/ }],
      fixed: 'FROM node:22\nCOPY --chown=1000:1000 package.json package-lock.json /app/\nRUN apt-get update && apt-get install -y git\nUSER 1000\nWORKDIR /app\nRUN npm ci\nCOPY \\\n  # everything\n  --chown=1000:1000 \\\n  . /app/\nRUN npm run build\n',
    },
    { name: 'another working directory below', code: npm.replace('COPY . .', 'COPY . .\nWORKDIR /app/web'), files: { 'web/package.json': '{}', 'web/package-lock.json': '{}', 'a.go': '' }, ignore: 'web/node_modules', findings: [{ at: 'COPY . .', message: /npm ci/ }], fixed: 'FROM node:22\nWORKDIR /app\nCOPY web/package.json web/package-lock.json ./web/\nWORKDIR /app/web\nRUN npm ci\nCOPY . /app/\n' },
    {
      name: 'a chain with a cache mount and a clean-up', code: 'FROM node:22 AS build\nWORKDIR /app\n\n# all\nCOPY . .\n# install and compile\nRUN --mount=type=cache,target=/root/.npm set -eux \\\n    && npm ci \\\n    && npm run build \\\n    && npm cache clean --force\nFROM nginx\nCOPY --from=build /app/dist /srv\n', files: project, ignore: 'node_modules', findings: [{ at: 'COPY . .', message: /npm ci/ }],
      fixed: 'FROM node:22 AS build\nWORKDIR /app\n\nCOPY package.json package-lock.json ./\nRUN --mount=type=cache,target=/root/.npm set -eux \\\n    && npm ci \\\n    && npm cache clean --force\n\n# all\nCOPY . .\n# install and compile\nRUN --mount=type=cache,target=/root/.npm set -eux \\\n    && npm run build\nFROM nginx\nCOPY --from=build /app/dist /srv\n',
    },
    { name: 'the exec form of COPY', code: npm.replace('COPY . .', 'COPY [".", "/app"]'), files: project, ignore: 'node_modules', findings: [{ at: 'COPY [".", "/app"]', message: /npm ci/ }], fixed: 'FROM node:22\nWORKDIR /app\nCOPY ["package.json", "package-lock.json", "/app/"]\nRUN npm ci\nCOPY [".", "/app"]\n' },
  ],
})
