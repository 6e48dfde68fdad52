import rule from '../../rules/unpinned-tool-install.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const running = (command: string, image = 'debian:bookworm'): string => `FROM ${image}\nWORKDIR /app\nRUN ${command}\n`
const project = (command: string): string => `FROM node:22\nWORKDIR /app\nCOPY package.json ./\nRUN ${command}\n`

ruleTester(rule, {
  valid: [
    ...[
      'npm install -g pnpm@10.2.0', 'npm install -g @angular/cli@19', 'npm install -g pnpm@latest-10', 'npm ci', 'npm install', 'pip install flask==3.1.0', 'pip install "flask>=3"', 'pip install -r requirements.txt', 'pip install .', 'pip install -e .[dev]',
      'pip install --upgrade pip setuptools wheel', 'pip install -c constraints.txt flask', 'pip install --no-index --find-links=/wheels app', 'pip install /wheels/*.whl', 'pip install git+https://github.com/a/b', 'pip install flask==$FLASK_VERSION', 'pip install $PACKAGES',
      'uv python install 3.12', 'uv pip install flask==3.1.0', 'go install example.com/tool@v1.2.3', 'go install ./...', 'go install ./cmd/tool', 'go mod download example.com/a', 'go get example.com/a', 'cargo install --path .', 'cargo install cargo-chef --version 0.1.71', 'cargo install cargo-chef@0.1.71',
      'cargo install --git https://example.com/a --rev abc tool', 'gem install bundler -v 2.6.0', 'gem install bundler:2.6.0', 'gem install ./a.gem', 'dotnet tool install -g dotnet-ef --version 9.0.0', 'pecl install redis-6.1.0', 'composer install', 'apt-get update && apt-get install -y curl', 'apk add curl',
    ].map(command => ({ name: command, code: running(command) })),
    { name: 'the version is a variable', code: dockerfile`FROM rust:1.90
                                                        ARG CHEF
                                                        RUN cargo install cargo-chef --locked --version $CHEF` },
    { name: 'an option of pecl that takes a value', code: running(`pecl install --configureoptions 'enable-redis-zstd="yes"' redis-6.1.0`, 'php:8.4') },
    { name: 'constraints by variable', code: 'FROM python:3.13\nENV PIP_CONSTRAINT=/constraints.txt\nRUN pip install flask\n' },
    { name: 'the manifest has it', code: project('npm install sharp'), files: { 'package.json': '{"dependencies": {"sharp": "^0.34.0"}}' } },
    { name: 'a requirements file on the same line has it', code: 'FROM python:3.13\nWORKDIR /app\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt gunicorn\n', files: { 'requirements.txt': 'Gunicorn==23.0.0\n' } },
    { name: 'a requirements file nobody can read', code: 'FROM python:3.13\nWORKDIR /app\nCOPY requirements.txt ./\nRUN pip install -r requirements.txt gunicorn\n' },
    { name: 'in a project that a script brought', code: running('git clone https://example.com/a . && npm install sharp', 'node:22') },
    { name: 'a comment says that it is wanted', code: 'FROM alpine\n# always the latest\nRUN pip install awscli\n' },
    { name: 'a stage that is not needed', code: `${running('npm install -g pnpm')}FROM alpine\nRUN true\n` },
    { name: 'a trigger', code: 'FROM node:22\nONBUILD RUN npm install -g pnpm\n' },
    { name: 'a script nobody can read', code: running('if true; then npm install -g pnpm') },
  ],
  invalid: [
    { code: running('npm install -g serve', 'node:22'), findings: [{ at: 'npm install -g serve', message: '"npm install -g serve" gives no version for serve, so the cached layer keeps an old one and a rebuild takes whatever is newest; name one, as in "serve@<version>".' }] },
    { name: 'some have a version', code: running('pip install --no-cache-dir flask==3.1.0 gunicorn "psycopg[binary]"'), findings: [{ at: /^pip/, message: /no version for gunicorn and psycopg, .*"gunicorn==<version>"/ }] },
    ...([['npm install -g npm@latest', 'npm@'], ['yarn global add turbo', 'turbo@'], ['pnpm add -g turbo', 'turbo@'], ['pipx install black', 'black=='], ['uv tool install ruff', 'ruff=='], ['uv pip install flask', 'flask=='], ['go install example.com/tool@latest', 'example.com/tool@'], ['cargo install --locked cargo-chef', 'cargo-chef@'], ['gem install fpm', 'fpm -v '], ['dotnet tool install --global dotnet-ef', 'dotnet-ef --version '], ['pecl install redis', 'redis-']] as const)
      .map(([command, example]) => ({ name: command, code: running(command), findings: [{ at: command, message: new RegExp(`as in "${example}<version>"`) }] })),
    { name: 'the manifest does not have it', code: project('npm install sharp'), files: { 'package.json': '{}' }, findings: [{ at: 'npm install sharp', message: /sharp@<version>/ }] },
    { name: 'one finding for each command', code: running('pip install flask && npm install -g pnpm && pip install --upgrade pip'), findings: [{ at: 'pip install flask', message: /flask/ }, { at: 'npm install -g pnpm', message: /pnpm/ }] },
    { name: 'OS packages when asked for', code: running('apt-get update && apt-get install -y curl git=1:2.39.5-0'), options: { osPackages: true }, findings: [{ at: /^apt-get install/, message: /no version for curl, .*"curl=<version>"/ }] },
  ],
})
