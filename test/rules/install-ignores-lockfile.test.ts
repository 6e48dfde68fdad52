import rule from '../../rules/install-ignores-lockfile.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const manifest = { dependencies: { express: '^5.0.0' }, devDependencies: { vitest: '^4.0.0' } }
const project = { 'package.json': JSON.stringify(manifest), 'package-lock.json': JSON.stringify({ packages: { '': manifest } }) }
const npm = (command: string, image = 'node:22'): string => `FROM ${image}\nWORKDIR /app\nCOPY package*.json ./\nRUN ${command}\nCMD ["node", "a.js"]\n`
const other = (command: string, above = ''): string => `FROM debian:bookworm\n${above}WORKDIR /app\nCOPY . .\nRUN ${command}\nCMD ["app"]\n`
const yarn = { 'package.json': '{}', 'yarn.lock': '# yarn lockfile v1\n' }
const pnpm = { 'package.json': '{}', 'pnpm-lock.yaml': '' }
const gems = { Gemfile: '', 'Gemfile.lock': 'PLATFORMS\n  arm64-darwin\n  x86_64-linux\n\nDEPENDENCIES\n' }

ruleTester(rule, {
  valid: [
    ...['npm ci', 'npm install -g pnpm', 'npm install express', 'npm install --no-package-lock', 'npm update', 'npm install --package-lock-only && npm ci', 'rm package-lock.json && npm install', 'if true; then npm ci; else npm install; fi'].map(command => ({ name: command, code: npm(command), files: project })),
    { name: 'there is no lock file', code: npm('npm install'), files: { 'package.json': '{}' } },
    { name: 'it is not copied', code: npm('npm install').replace('package*.json', 'package.json'), files: project },
    { name: 'the context is not known', code: npm('npm install') },
    { name: 'the lock file does not fit, so npm ci fails', code: npm('npm install'), files: { ...project, 'package-lock.json': JSON.stringify({ packages: { '': { dependencies: { express: '^4.0.0' } } } }) } },
    { name: 'an npm that has no ci', code: npm('npm install', 'node:8-alpine'), files: project },
    { name: 'the lock file of another tool', code: other('npm install'), files: yarn },
    ...['yarn --frozen-lockfile', 'yarn install --immutable', 'yarn install --pure-lockfile', 'YARN_ENABLE_IMMUTABLE_INSTALLS=true yarn', 'CI=true yarn install', 'yarn upgrade', 'yarn add left-pad'].map(command => ({ name: command, code: other(command), files: yarn })),
    ...['pnpm install --frozen-lockfile', 'CI=1 pnpm install', 'pnpm fetch', 'pnpm config set frozen-lockfile true && pnpm install', 'pnpm install --no-lockfile'].map(command => ({ name: command, code: other(command), files: pnpm })),
    { name: 'CI is set above', code: other('pnpm install', 'ENV CI=true\n'), files: pnpm },
    { name: 'a setting in .npmrc', code: other('pnpm install'), files: { ...pnpm, '.npmrc': 'frozen-lockfile=true\n' } },
    { name: 'a setting in .yarnrc.yml', code: other('yarn install'), files: { ...yarn, '.yarnrc.yml': 'enableImmutableInstalls: true\n' } },
    { name: 'a setting in bunfig.toml', code: other('bun install'), files: { 'package.json': '{}', 'bun.lock': '', 'bunfig.toml': '[install]\nfrozenLockfile = true\n' } },
    { name: 'production implies it', code: other('bun install --production'), files: { 'package.json': '{}', 'bun.lock': '' } },
    ...['bundle install --deployment', 'bundle config set --local deployment true && bundle install', 'bundle config --global frozen 1\nRUN bundle install', 'BUNDLE_FROZEN=true bundle install', 'bundle update'].map(command => ({ name: command, code: other(command), files: gems })),
    { name: 'BUNDLE_DEPLOYMENT is set above', code: other('bundle install', 'ENV BUNDLE_DEPLOYMENT=1 BUNDLE_WITHOUT=development\n'), files: gems },
    { name: 'a lock file for other systems', code: other('bundle install'), files: { ...gems, 'Gemfile.lock': 'PLATFORMS\n  arm64-darwin\n\nDEPENDENCIES\n' } },
    ...['uv sync --locked', 'uv sync --frozen --no-install-project', 'UV_LOCKED=1 uv sync', 'uv pip install -r pyproject.toml'].map(command => ({ name: command, code: other(command), files: { 'pyproject.toml': '', 'uv.lock': '' } })),
    ...['poetry install --no-root', 'poetry install'].map(command => ({ name: `kept to in any case: ${command}`, code: other(command), files: { 'pyproject.toml': '', 'poetry.lock': '' } })),
    { name: 'composer keeps to it', code: other('composer install'), files: { 'composer.json': '{}', 'composer.lock': '{}' } },
    { name: 'cargo is told', code: other('cargo build --release --locked'), files: { 'Cargo.toml': '', 'Cargo.lock': '' } },
    { name: 'an Elixir without the option', code: other('mix deps.get').replace('debian:bookworm', 'elixir:1.14'), files: { 'mix.exs': '', 'mix.lock': '' } },
    { name: 'a stage that is not needed', code: `${npm('npm install')}FROM alpine\nRUN true\n`, files: project },
    { name: 'a script nobody can read', code: npm('if true; then npm install'), files: project },
  ],
  invalid: [
    {
      code: npm('npm install'), files: project,
      findings: [{
        at: 'npm install', message: '"npm install" resolves versions anew, without failing, when package-lock.json does not fit the manifest, so one cache key can stand for different packages; use "npm ci", which keeps to the lock file or fails.',
        related: [{ at: 'COPY package*.json ./', message: 'package-lock.json comes from here' }],
      }],
    },
    { name: 'of production packages', code: npm('npm i --only=production'), files: project, findings: [{ at: 'npm i --only=production', message: /npm ci/ }] },
    { name: 'an old lock file that fits', code: npm('npm install'), files: { ...project, 'package-lock.json': '{"dependencies": {"express": {}, "vitest": {}}}' }, findings: [{ at: 'npm install', message: /npm ci/ }] },
    { name: 'CI does not hold npm', code: npm('CI=true npm install'), files: project, findings: [{ at: /npm install/, message: /npm ci/ }] },
    { name: 'bound files', code: dockerfile`FROM node:22
                                          WORKDIR /app
                                          RUN --mount=type=bind,source=package.json,target=package.json --mount=type=bind,source=package-lock.json,target=package-lock.json npm install`, files: project, findings: [{ at: 'npm install', message: /npm ci/ }] },
    { name: 'yarn classic', code: other('yarn'), files: yarn, findings: [{ at: 'yarn', message: /add "--frozen-lockfile", and it keeps/ }] },
    { name: 'yarn berry', code: other('yarn install'), files: { ...yarn, 'yarn.lock': '__metadata:\n  version: 8\n' }, findings: [{ at: 'yarn install', message: /add "--immutable"/ }] },
    { name: 'bundler', code: other('bundle install'), files: gems, findings: [{ at: 'bundle install', message: /set "ENV BUNDLE_FROZEN=true" above it/ }] },
    ...([['pnpm install', pnpm, '--frozen-lockfile'], ['bun install', { 'package.json': '{}', 'bun.lock': '' }, '--frozen-lockfile'], ['uv sync', { 'pyproject.toml': '', 'uv.lock': '' }, '--locked'], ['pipenv install --system', { Pipfile: '', 'Pipfile.lock': '' }, '--deploy'], ['cargo build --release', { 'Cargo.toml': '', 'Cargo.lock': '' }, '--locked'], ['mix deps.get', { 'mix.exs': '', 'mix.lock': '' }, '--check-locked']] as const)
      .map(([command, files, option]) => ({ name: command, code: other(command), files, findings: [{ at: command, message: new RegExp(`add "${option}"`) }] })),
  ],
})
