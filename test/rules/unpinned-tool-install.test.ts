import rule from '../../rules/unpinned-tool-install.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const running = (command: string, image = 'debian:bookworm'): string => `FROM ${image}\nWORKDIR /app\nRUN ${command}\nCMD ["app"]\n`
const project = (command: string): string => `FROM node:22\nWORKDIR /app\nCOPY package.json ./\nRUN ${command}\n`
const python = (...commands: readonly string[]): string => `FROM python:3.13\nWORKDIR /app\nCOPY requirements.txt ./\n${commands.map(command => `RUN ${command}\n`).join('')}`

ruleTester(rule, {
  valid: [
    ...[
      'npm install -g pnpm@10.2.0', 'npm install -g @angular/cli@19', 'npm install -g pnpm@latest-10', 'npm ci', 'npm install', 'pip install flask==3.1.0', 'pip install "flask>=3"', 'pip install -r requirements.txt', 'pip install .', 'pip install -e .[dev]',
      'pip install --upgrade pip setuptools wheel', 'uv pip install --upgrade pip', 'pip install -c constraints.txt flask', 'pip install --no-index --find-links=/wheels app', 'pip install /wheels/*.whl', 'pip install git+https://github.com/a/b', 'pip install flask==$FLASK_VERSION', 'pip install $PACKAGES',
      'uv python install 3.12', 'uv pip install flask==3.1.0', 'go install example.com/tool@v1.2.3', 'go install ./...', 'go install ./cmd/tool', 'go mod download example.com/a', 'go get example.com/a', 'cargo install --path .', 'cargo install cargo-chef --version 0.1.71', 'cargo install cargo-chef@0.1.71',
      'cargo install --git https://example.com/a --rev abc tool', 'gem install bundler -v 2.6.0', 'gem install bundler:2.6.0', 'gem install bundler', 'gem install ./a.gem', 'dotnet tool install -g dotnet-ef --version 9.0.0', 'dotnet workload install wasm-tools', 'pecl install redis-6.1.0', 'composer install', 'composer create-project laravel/laravel . "v8.4.2"', 'apt-get update && apt-get install -y curl', 'apk add curl',
      'pip install --index-url $FEED tool', 'pip install https://example.com/wheels/ray-3.0.0-cp312-cp312-manylinux2014_x86_64.whl && pip install --no-deps "ray[llm]"',
    ].map(command => ({ name: command, code: running(command) })),
    { name: 'the version is a variable', code: dockerfile`FROM rust:1.90
                                                        ARG CHEF
                                                        RUN cargo install cargo-chef --locked --version $CHEF
                                                        CMD ["app"]` },
    { name: 'an option of pecl that takes a value', code: running(`pecl install --configureoptions 'enable-redis-zstd="yes"' redis-6.1.0`, 'php:8.4') },
    { name: 'constraints by variable', code: 'FROM python:3.13\nENV PIP_CONSTRAINT=/constraints.txt\nRUN pip install flask\nCMD ["app"]\n' },
    { name: 'the manifest has it', code: project('npm install sharp'), files: { 'package.json': '{"dependencies": {"sharp": "^0.34.0"}}' } },
    { name: 'a requirements file on the same line has it', code: python('pip install -r requirements.txt gunicorn'), files: { 'requirements.txt': 'Gunicorn==23.0.0\n' } },
    { name: 'a requirements file that is installed before has it', code: python('pip install -r requirements.txt', 'pip install gunicorn'), files: { 'requirements.txt': 'gunicorn==23.0.0\n' } },
    { name: 'another install has a requirements file nobody can read', code: running('git clone https://example.com/a . && pip install -r requirements.txt && pip install requests') },
    { name: 'a requirements file nobody can read', code: python('pip install -r requirements.txt gunicorn') },
    { name: 'the manifest says which pnpm runs', code: project('npm install -g pnpm && pnpm install'), files: { 'package.json': '{"packageManager": "pnpm@10.2.0"}' } },
    { name: 'in a project that a script brought', code: running('git clone https://example.com/a . && npm install sharp', 'node:22') },
    { name: 'the image below is named after it', code: running('pip install --no-deps "ray[serve]"', 'rayproject/ray:2.48.0') },
    { name: 'a comment says that it is wanted', code: 'FROM alpine\n# always the latest\nRUN pip install awscli\nCMD ["aws"]\n' },
    { name: 'a comment says that it is to stay current', code: 'FROM node:22\n# Keep Corepack current enough to verify signatures.\nRUN npm install -g corepack@latest\nCMD ["app"]\n' },
    { name: 'a comment above the variables says that it is wanted', code: 'FROM node:22\n# Install the latest engine\nENV PATH="/jsvu:$PATH"\nRUN npm install -g jsvu\nCMD ["v8"]\n' },
    { name: 'a stage that is not needed', code: `${running('npm install -g pnpm')}FROM alpine\nCMD ["app"]\n` },
    { name: 'a trigger', code: 'FROM node:22\nONBUILD RUN npm install -g pnpm\nCMD ["app"]\n' },
    { name: 'a script nobody can read', code: running('if true; then npm install -g pnpm') },
    { name: 'an image of tools that starts nothing', code: running('npm install -g pnpm').replace(/CMD.*\n/, '') },
    ...['.devcontainer/Dockerfile', 'Dockerfile.dev', 'Dockerfile.tilt', 'dev/docker/Dockerfile', 'test/container/Dockerfile', 'ci/Dockerfile', 'docs/site/Dockerfile', 'debug/Dockerfile', 'docker/devenv/Dockerfile', 'integration_tests/ruby/Dockerfile'].map(path => ({ name: path, path, code: running('npm install -g pnpm') })),
    { name: 'an image for machines that build', code: running('npm install -g npm', 'mcr.microsoft.com/dotnet-buildtools/prereqs:ubuntu-24.04-helix-amd64') },
    { name: 'OS packages on Windows', code: running('apt-get install -y curl', 'mcr.microsoft.com/windows/servercore:ltsc2022'), options: { osPackages: true } },
  ],
  invalid: [
    { code: running('npm install -g serve', 'node:22'), findings: [{ at: 'npm install -g serve', message: '"npm install -g serve" gives no version for serve, so a cached layer keeps an old one and a rebuild may bring another unasked; name one, as in "serve@<version>".' }] },
    { name: 'some have a version', code: running('pip install --no-cache-dir flask==3.1.0 gunicorn "psycopg[binary]"'), findings: [{ at: /^pip/, message: /no version for gunicorn and psycopg, .*"gunicorn==<version>"/ }] },
    ...([['npm install -g npm@latest', 'npm@'], ['yarn global add turbo', 'turbo@'], ['pnpm add -g turbo', 'turbo@'], ['pipx install black', 'black=='], ['uv tool install ruff', 'ruff=='], ['uv pip install flask', 'flask=='], ['go install example.com/tool@latest', 'example.com/tool@'], ['cargo install --locked cargo-chef', 'cargo-chef@'], ['gem install fpm', 'fpm:'], ['gem install pg puma --no-document', 'pg:'], ['dotnet tool install --global dotnet-ef', 'dotnet-ef --version '], ['pecl install redis', 'redis-'], ['pip install -i https://mirror.example.com/simple flask', 'flask==']] as const)
      .map(([command, example]) => ({ name: command, code: running(command), findings: [{ at: command, message: new RegExp(`as in "${example}<version>"`) }] })),
    { name: 'the manifest does not have it', code: project('npm install sharp'), files: { 'package.json': '{}' }, findings: [{ at: 'npm install sharp', message: /sharp@<version>/ }] },
    { name: 'the manifest has no say in global tools', code: project('npm install -g typescript && npm ci'), files: { 'package.json': '{"devDependencies": {"typescript": "5.9.2"}}' }, findings: [{ at: 'npm install -g typescript', message: /typescript@/ }] },
    { name: 'no requirements file has it', code: python('pip install -r requirements.txt', 'pip install gunicorn'), files: { 'requirements.txt': 'flask==3.1.0\n' }, findings: [{ at: 'pip install gunicorn', message: /gunicorn==<version>/ }] },
    {
      name: 'one finding for each RUN', code: running('pip install flask && npm install -g pnpm && pip install --upgrade pip\nRUN npm install -g serve'),
      findings: [
        { at: 'pip install flask', message: '"pip install flask" and 1 more give no version for flask and pnpm, so a cached layer keeps an old one and a rebuild may bring another unasked; name one, as in "flask==<version>".', related: [{ at: 'npm install -g pnpm', message: 'no version here, either' }] },
        { at: 'npm install -g serve', message: /serve@/ },
      ],
    },
    { name: 'the same in two stages', code: `FROM node:22 AS base\nRUN npm install -g pnpm\nCOPY . .\nFROM node:22-slim\nRUN npm install -g pnpm\nCOPY --from=base /app /app\n`, findings: [{ at: 'npm install -g pnpm', line: 2, message: /and 1 more give no version for pnpm,/, related: [{ at: 'npm install -g pnpm' }] }] },
    { name: 'in a builder stage', code: dockerfile`FROM node:22 AS build
                                                  WORKDIR /app
                                                  RUN npm install -g pnpm
                                                  COPY . .
                                                  RUN pnpm build
                                                  FROM nginx
                                                  COPY --from=build /app/dist /srv`, findings: [{ at: 'npm install -g pnpm', message: /pnpm@/ }] },
    { name: 'OS packages when asked for', code: running('apt-get update && apt-get install -y curl git=1:2.39.5-0'), options: { osPackages: true }, findings: [{ at: /^apt-get install/, message: /no version for curl, .*"curl=<version>"/ }] },
    { name: 'OS packages of an image of tools', code: 'FROM debian:bookworm\nRUN apt-get update && apt-get install -y curl\n', options: { osPackages: true }, findings: [{ at: /^apt-get install/, message: /curl/ }] },
  ],
})
