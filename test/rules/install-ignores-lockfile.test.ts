import { expect, test } from 'vitest'
import { lint } from '../../src/lint.ts'
import { activeRule, inputOf } from '../support/input.ts'
import rule from '../../rules/install-ignores-lockfile.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const manifest = { dependencies: { express: '^5.0.0' }, devDependencies: { vitest: '^4.0.0' } }
const project = { 'package.json': JSON.stringify(manifest), 'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages: { '': manifest } }) }
const npm = (command: string, image = 'node:22'): string => `FROM ${image}\nWORKDIR /app\nCOPY package*.json ./\nRUN ${command}\nCMD ["node", "a.js"]\n`
const other = (command: string, above = ''): string => `FROM debian:bookworm\n${above}WORKDIR /app\nCOPY . .\nRUN ${command}\nCMD ["app"]\n`
const yarn = { 'package.json': '{}', 'yarn.lock': '# yarn lockfile v1\n' }
const pnpm = { 'package.json': '{}', 'pnpm-lock.yaml': '' }
const oldLock = (express: string): string => JSON.stringify({ lockfileVersion: 1, dependencies: { express: { version: express }, vitest: { version: '4.0.1' } } })
const cargo = { 'Cargo.toml': '', 'Cargo.lock': '[[package]]\n' }
const uv = { 'pyproject.toml': '', 'uv.lock': 'version = 1\n\n[[package]]\n' }
const needs = (dependencies: Readonly<Record<string, string>>): string => JSON.stringify({ dependencies })
/** An eslint 8 and a package that asks for one in this range. */
const withPeer = (range: string): Readonly<Record<string, string>> => {
  const devDependencies = { eslint: '^8', 'eslint-config-next': '16.0.3' }
  const packages = { '': { devDependencies }, 'node_modules/eslint': { version: '8.57.0' }, 'node_modules/eslint-config-next': { version: '16.0.3', peerDependencies: { eslint: range } } }
  return { 'package.json': JSON.stringify({ devDependencies }), 'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages }) }
}
const gems = { Gemfile: '', 'Gemfile.lock': 'PLATFORMS\n  arm64-darwin\n  x86_64-linux\n\nDEPENDENCIES\n' }

const frozen = other('bundle install').replace('RUN', 'ENV BUNDLE_FROZEN=true\nRUN')

ruleTester(rule, {
  valid: [
    ...['npm ci', 'npm install -g pnpm', 'npm install express', 'npm install --no-package-lock', 'npm update', 'npm install --package-lock-only && npm ci', 'rm package-lock.json && npm install', 'if true; then npm ci; else npm install; fi'].map(command => ({ name: command, code: npm(command), files: project })),
    { name: 'there is no lock file', code: npm('npm install'), files: { 'package.json': '{}' } },
    { name: 'it is not copied', code: npm('npm install').replace('package*.json', 'package.json'), files: project },
    { name: 'the context is not known', code: npm('npm install') },
    { name: 'the lock file does not fit, so npm ci fails', code: npm('npm install'), files: { ...project, 'package-lock.json': JSON.stringify({ lockfileVersion: 3, packages: { '': { dependencies: { express: '^4.0.0' } } } }) } },
    { name: 'an npm that has no ci', code: npm('npm install', 'node:8-alpine'), files: { ...project, 'package-lock.json': oldLock('5.1.0') } },
    { name: 'an npm of another repository that has no ci', code: npm('npm install', 'example/node:9.0.0'), files: { ...project, 'package-lock.json': oldLock('5.1.0') } },
    { name: 'an image that may hold an old npm', code: npm('npm install', 'example/base'), files: { ...project, 'package-lock.json': oldLock('5.1.0') } },
    { name: 'an npm that cannot read this lock file', code: npm('npm install', 'node:14'), files: project },
    { name: 'an older npm is installed', code: npm('npm install -g npm@6 && npm install'), files: project },
    { name: 'an old lock file that does not fit', code: npm('npm install'), files: { ...project, 'package-lock.json': oldLock('4.21.0') } },
    { name: 'npm ci above would have failed', code: npm('npm ci --omit=dev\nRUN npm install'), files: project },
    { name: 'a strict build below fails', code: other('cargo build --release\nRUN cargo build --release --frozen'), files: cargo },
    { name: 'the lock file of a workspace beside one member', code: 'FROM node:22\nWORKDIR /app\nCOPY pnpm-lock.yaml ./\nCOPY packages/api ./\nRUN pnpm install\n', files: { 'pnpm-lock.yaml': '', 'packages/api/package.json': '{}' } },
    { name: 'a yarn.lock that does not fit', code: other('yarn'), files: { 'package.json': needs({ vue: '^3.5.0' }), 'yarn.lock': 'vue@^3.4.0:\n  version "3.4.1"\n' } },
    { name: 'a pnpm-lock.yaml that does not fit', code: other('pnpm install'), files: { 'package.json': needs({ vue: '^3.5.0' }), 'pnpm-lock.yaml': 'importers:\n\n  .:\n    dependencies:\n      vue:\n        specifier: ^3.4.0\n        version: 3.4.1\n\n  packages/web:\n    dependencies:\n      vue:\n        specifier: ^3.5.0\n' } },
    { name: 'a pnpm-lock.yaml that does not fit a member', code: other('pnpm install'), files: { 'package.json': '{}', 'packages/web/package.json': needs({ vue: '^3.5.0' }), 'pnpm-lock.yaml': 'importers:\n\n  .: {}\n\n  packages/web:\n    dependencies:\n      vue:\n        specifier: ^3.4.0\n        version: 3.4.1\n\npackages:\n' } },
    { name: 'a Gemfile.lock that does not fit', code: other('bundle install'), files: { ...gems, Gemfile: 'gem "puma"\n' } },
    { name: 'a Gemfile.lock with another range', code: other('bundle install'), files: { ...gems, Gemfile: "gem 'sqlite3', '~> 1.3.13'\n", 'Gemfile.lock': `${gems['Gemfile.lock']}  sqlite3\n` } },
    { name: 'a uv.lock made with an index that the project does not name', code: other('uv sync'), files: { ...uv, 'uv.lock': 'version = 1\n\n[[package]]\nname = "zipp"\nsource = { registry = "https://mirror.example/simple/" }\n' } },
    { name: 'a peer that npm ci takes for a conflict', code: npm('npm install'), files: withPeer('>=9.0.0') },
    { name: 'an empty uv.lock', code: other('uv sync'), files: { 'pyproject.toml': '', 'uv.lock': 'version = 1\n' } },
    { name: 'gems for developers', code: other('bundle install'), path: 'Dockerfile.dev', files: gems },
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
    ...['uv sync --locked', 'uv sync --frozen --no-install-project', 'UV_LOCKED=1 uv sync', 'uv pip install -r pyproject.toml'].map(command => ({ name: command, code: other(command), files: uv })),
    ...['poetry install --no-root', 'poetry install'].map(command => ({ name: `kept to in any case: ${command}`, code: other(command), files: { 'pyproject.toml': '', 'poetry.lock': '' } })),
    { name: 'composer keeps to it', code: other('composer install'), files: { 'composer.json': '{}', 'composer.lock': '{}' } },
    { name: 'cargo is told', code: other('cargo build --release --locked'), files: cargo },
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
      fixed: npm('npm ci'),
    },
    { name: 'of production packages', code: npm('npm i --only=production'), files: project, findings: [{ at: 'npm i --only=production', message: /use "npm ci" with the same options, which/ }], fixed: npm('npm ci --only=production') },
    { name: 'an old lock file that fits', code: npm('npm install'), files: { ...project, 'package-lock.json': oldLock('5.1.0') }, findings: [{ at: 'npm install', message: /npm ci/ }], fixed: npm('npm ci') },
    { name: 'a newer npm reads it', code: npm('npm install', 'node:16-alpine'), files: project, findings: [{ at: 'npm install', message: /npm ci/ }], fixed: npm('npm ci', 'node:16-alpine') },
    { name: 'several commands of one project', code: other('cargo build --release\nRUN touch src/main.rs\nRUN cargo build --release'), files: cargo, findings: [{ at: 'cargo build --release', line: 4, message: /--locked/ }], fixed: other('cargo build --locked --release\nRUN touch src/main.rs\nRUN cargo build --release') },
    { name: 'npm for tests', code: npm('npm install'), path: 'Dockerfile.test', files: project, findings: [{ at: 'npm install', message: /npm ci/ }], fixed: npm('npm ci') },
    { name: 'a Gemfile.lock with the same ranges', code: other('bundle install'), files: { ...gems, Gemfile: "gem 'listen', '>= 3.0.5', '< 3.2'\ngem 'rails', '5.2.2', require: false\ngem 'a', '~>1.0'\n", 'Gemfile.lock': `${gems['Gemfile.lock']}  a (~> 1.0)!\n  listen (< 3.2, >= 3.0.5)\n  rails (= 5.2.2)\n` }, findings: [{ at: 'bundle install', message: /BUNDLE_FROZEN/ }], fixed: frozen },
    { name: 'a uv.lock made with an index of the project', code: other('uv sync'), files: { 'pyproject.toml': '[[tool.uv.index]]\nurl = "https://mirror.example/simple"\n', 'uv.lock': 'version = 1\n\n[[package]]\nname = "a"\nsource = { registry = "https://pypi.org/simple" }\n\n[[package]]\nname = "zipp"\nsource = { registry = "https://mirror.example/simple/" }\n' }, findings: [{ at: 'uv sync', message: /--locked/ }], fixed: other('uv sync --locked') },
    { name: 'a peer that fits', code: npm('npm install'), files: withPeer('>=8.0.0'), findings: [{ at: 'npm install', message: /npm ci/ }], fixed: npm('npm ci') },
    { name: 'a yarn.lock that fits', code: other('yarn'), files: { 'package.json': needs({ vue: '^3.5.0', '@scope/a': '~1.0.0', local: 'file:./a' }), 'yarn.lock': '# yarn lockfile v1\n\n"@scope/a@~1.0.0":\n  version "1.0.2"\n\nvue@^3.4.0, vue@^3.5.0:\n  version "3.5.1"\n' }, findings: [{ at: 'yarn', message: /--frozen-lockfile/ }], fixed: other('yarn --frozen-lockfile') },
    { name: 'a yarn.lock of berry that fits', code: other('yarn install'), files: { 'package.json': needs({ vue: '^3.5.0' }), 'yarn.lock': '__metadata:\n  version: 8\n\n"vue@npm:^3.5.0":\n  version: 3.5.1\n' }, findings: [{ at: 'yarn install', message: /--immutable/ }], fixed: null },
    { name: 'a pnpm-lock.yaml that fits', code: other('pnpm install'), files: { 'package.json': needs({ vue: '^3.5.0', '@scope/a': '1.0.0' }), 'pnpm-lock.yaml': "lockfileVersion: '9.0'\n\nimporters:\n\n  .:\n    dependencies:\n      '@scope/a':\n        specifier: 1.0.0\n        version: 1.0.0\n      vue:\n        specifier: ^3.5.0\n        version: 3.5.1\n\npackages:\n" }, findings: [{ at: 'pnpm install', message: /--frozen-lockfile/ }], fixed: other('pnpm install --frozen-lockfile') },
    ...([
      ['a setting that newer versions of pnpm do not find', {}, '', null], ['pnpm 10 finds it', {}, 'RUN npm install -g pnpm@10\n', true], ['pnpm 11 does not', { 'package.json': '{"packageManager":"pnpm@11.2.0"}' }, '', null],
      ['it is where all versions look', { 'pnpm-workspace.yaml': 'autoInstallPeers: false\n' }, '', true], ['a variable says it', {}, 'ENV npm_config_auto_install_peers=false\n', true],
    ] as const).map(([name, more, above, fixed]) => ({ name: `the lock file remembers settings: ${name}`, code: other('pnpm install', above), files: { 'package.json': '{}', '.npmrc': 'auto-install-peers=false\n', 'pnpm-lock.yaml': "lockfileVersion: '9.0'\n\nsettings:\n  autoInstallPeers: false\n  excludeLinksFromLockfile: false\n\nimporters:\n\n  .: {}\n", ...more }, findings: [{ at: 'pnpm install', message: /--frozen-lockfile/ }], fixed: fixed && other('pnpm install --frozen-lockfile', above) })),
    { name: 'an older pnpm-lock.yaml that fits', code: other('pnpm install'), files: { 'package.json': needs({ vue: '^3.5.0' }), 'pnpm-lock.yaml': 'lockfileVersion: 5.4\n\nspecifiers:\n  vue: ^3.5.0\n\ndependencies:\n  vue: 3.5.1\n\npackages:\n' }, findings: [{ at: 'pnpm install', message: /--frozen-lockfile/ }], fixed: null },
    { name: 'cargo-chef holds nothing', code: other('cargo chef cook --recipe-path recipe.json\nRUN cargo build --release'), files: { ...cargo, 'recipe.json': '' }, findings: [{ at: 'cargo build --release', message: /--locked/ }], fixed: other('cargo chef cook --recipe-path recipe.json\nRUN cargo build --locked --release') },
    { name: 'CI does not hold npm', code: npm('CI=true npm install'), files: project, findings: [{ at: /npm install/, message: /npm ci/ }], fixed: npm('CI=true npm ci') },
    { name: 'bound files', code: dockerfile`FROM node:22
                                          WORKDIR /app
                                          RUN --mount=type=bind,source=package.json,target=package.json --mount=type=bind,source=package-lock.json,target=package-lock.json npm install`, files: project, findings: [{ at: 'npm install', message: /npm ci/ }], fixed: dockerfile`FROM node:22
                                          WORKDIR /app
                                          RUN --mount=type=bind,source=package.json,target=package.json --mount=type=bind,source=package-lock.json,target=package-lock.json npm ci` },
    { name: 'yarn classic', code: other('yarn'), files: yarn, findings: [{ at: 'yarn', message: /add "--frozen-lockfile", and it keeps/ }], fixed: other('yarn --frozen-lockfile') },
    { name: 'yarn berry', code: other('yarn install'), files: { ...yarn, 'yarn.lock': '__metadata:\n  version: 8\n' }, findings: [{ at: 'yarn install', message: /add "--immutable"/ }], fixed: null },
    { name: 'bundler', code: other('bundle install'), files: gems, findings: [{ at: 'bundle install', message: /set "ENV BUNDLE_FROZEN=true" above it/ }], fixed: frozen },
    ...([['pnpm install', { ...pnpm, 'pnpm-lock.yaml': "lockfileVersion: '9.0'\n\nimporters:\n\n  .: {}\n" }, '--frozen-lockfile'], ['bun install', { 'package.json': '{}', 'bun.lock': '' }, '--frozen-lockfile'], ['uv sync', uv, '--locked'], ['pipenv install --system', { Pipfile: '', 'Pipfile.lock': '' }, '--deploy'], ['cargo build --release', cargo, '--locked'], ['mix deps.get', { 'mix.exs': '', 'mix.lock': '' }, '--check-locked']] as const)
      .map(([command, files, option]) => ({ name: command, code: other(command), files, findings: [{ at: command, message: new RegExp(`add "${option}"`) }], fixed: command.startsWith('mix') ? null : other(command.replace(/(?<=install|sync|build)/, ` ${option}`)) })),
    { name: 'mix of an Elixir that has the option', code: other('mix deps.get --only prod').replace('debian:bookworm', 'elixir:1.18'), files: { 'mix.exs': '', 'mix.lock': '' }, findings: [{ at: /^mix/, message: /--check-locked/ }], fixed: other('mix deps.get --check-locked --only prod').replace('debian:bookworm', 'elixir:1.18') },
    { name: 'berry, whose version is known', code: other('yarn'), files: { 'package.json': '{"packageManager": "yarn@4.9.1"}', 'yarn.lock': '__metadata:\n  version: 8\n' }, findings: [{ at: 'yarn', message: /--immutable/ }], fixed: other('yarn --immutable') },
    { name: 'a chain over several lines, in lower case, CRLF, no final newline', code: 'from node:22\r\nworkdir /app\r\ncopy package*.json ./\r\nrun apt-get update \\\r\n  # all\r\n  && npm i --omit=dev \\\r\n  && npm cache clean --force', files: project, findings: [{ at: 'npm i --omit=dev', message: /npm ci/ }], fixed: 'from node:22\r\nworkdir /app\r\ncopy package*.json ./\r\nrun apt-get update \\\r\n  # all\r\n  && npm ci --omit=dev \\\r\n  && npm cache clean --force' },
    { name: 'a here-document', code: npm('<<EOF\nset -e\nnpm install\nEOF'), files: project, findings: [{ at: 'npm install', message: /npm ci/ }], fixed: npm('<<EOF\nset -e\nnpm ci\nEOF') },
    { name: 'the exec form', code: npm('["npm", "install"]'), files: project, findings: [{ at: /install/, message: /npm ci/ }], fixed: null },
    { name: 'node_modules is a cache', code: npm('--mount=type=cache,target=/app/node_modules npm install'), files: project, findings: [{ at: 'npm install', message: /npm ci/ }], fixed: null },
    { name: 'packages were added before', code: npm('npm install left-pad && npm install'), files: project, findings: [{ at: 'npm install', message: /npm ci/ }], fixed: null },
    { name: 'dependencies of another stage', code: npm('npm install').replace('RUN', 'COPY --from=node:22 /deps ./node_modules\nRUN'), files: project, findings: [{ at: 'npm install', message: /npm ci/ }], fixed: null },
    { name: 'workspaces', code: npm('npm install'), files: { ...project, 'package.json': JSON.stringify({ ...manifest, workspaces: ['a'] }) }, findings: [{ at: 'npm install', message: /npm ci/ }], fixed: null },
    { name: 'a Gemfile with conditions', code: other('bundle install'), files: { ...gems, Gemfile: 'if ENV["CI"]\n  source "https://gems.example.com"\nend\n' }, findings: [{ at: 'bundle install', message: /BUNDLE_FROZEN/ }], fixed: null },
    { name: 'bundler that is set up for the project', code: other('bundle install', '').replace('RUN', 'RUN [ -z "$W" ] || bundle config set --local without "$W"\nRUN bundle config set --local jobs 4\n\nRUN'), files: gems, findings: [{ at: 'bundle install', message: /run "bundle config set --local frozen true" above it/ }], fixed: other('bundle install', '').replace('RUN', 'RUN [ -z "$W" ] || bundle config set --local without "$W"\nRUN bundle config set --local jobs 4\nRUN bundle config set --local frozen true\n\nRUN') },
    { name: 'bundler that is set up in the same RUN', code: other('bundle config set --local jobs 4 \\\n    && bundle install'), files: gems, findings: [{ at: 'bundle install', message: /--local frozen true/ }], fixed: other('bundle config set --local jobs 4 \\\n    && bundle config set --local frozen true \\\n    && bundle install') },
    { name: 'bundler that is set up for another folder', code: other('bundle install').replace('WORKDIR', 'WORKDIR /b\nRUN bundle config set --local jobs 4\nWORKDIR'), files: gems, findings: [{ at: 'bundle install', message: /BUNDLE_FROZEN/ }], fixed: other('bundle install').replace('WORKDIR', 'WORKDIR /b\nRUN bundle config set --local jobs 4\nWORKDIR').replace('RUN bundle install', 'ENV BUNDLE_FROZEN=true\nRUN bundle install') },
    {
      name: 'the same in a stage of another target', code: 'FROM rust:1 AS base\nWORKDIR /src\nCOPY . .\n\nFROM base AS grpc\nRUN apt-get update && cargo build --release --features grpc\n\nFROM base\nRUN cargo build --release --features http\n', files: cargo, findings: [{ at: /http$/, message: /--locked/ }],
      fixed: 'FROM rust:1 AS base\nWORKDIR /src\nCOPY . .\n\nFROM base AS grpc\nRUN apt-get update && cargo build --locked --release --features grpc\n\nFROM base\nRUN cargo build --locked --release --features http\n',
    },
    {
      name: 'another project in a stage of another target', code: 'FROM node:22 AS docs\nWORKDIR /app\nCOPY docs .\nRUN npm install\n\nFROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm install\n', files: { ...project, 'docs/package.json': '{}', 'docs/package-lock.json': '{}' }, findings: [{ at: 'npm install', message: /npm ci/ }],
      fixed: 'FROM node:22 AS docs\nWORKDIR /app\nCOPY docs .\nRUN npm install\n\nFROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\n',
    },
    { name: 'a uv workspace', code: other('uv sync'), files: { ...uv, 'pyproject.toml': '[tool.uv.workspace]\nmembers = ["a"]\n' }, findings: [{ at: 'uv sync', message: /--locked/ }], fixed: null },
  ],
})

test.each([
  ['npm', npm('npm install'), 'Dockerfile', 'warning'],
  ['an image for tests', npm('npm install'), 'Dockerfile.test', 'info'],
  ['cargo', other('cargo build --release'), 'Dockerfile', 'info'],
])('says of %s', (_, code, path, severity) => {
  expect(lint(inputOf({ code, path, files: { ...project, ...cargo } }), [activeRule(rule)]).map(finding => finding.severity)).toEqual([severity])
})
