import rule from '../../rules/cache-mount-output-lost.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const files = { 'Cargo.toml': '', 'Cargo.lock': '', 'src/main.rs': '' }
const TARGET = '--mount=type=cache,target=/src/target'
const rust = (run: string, source = '/src/target/release/app', more = ''): string =>
  `FROM rust:1.90 AS build\nWORKDIR /src\nCOPY . .\nRUN ${run}\n${more}FROM debian:12\nCOPY --from=build ${source} /usr/local/bin/app\nCMD ["app"]\n`
const MODULES = '--mount=type=cache,target=/app/node_modules'
const node = (rest: string): string => `FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json ./\n${rest}`
const RESTORE = 'FROM mcr.microsoft.com/dotnet/sdk:9.0\nWORKDIR /src\nRUN --mount=type=cache,target=/root/.nuget/packages dotnet restore app.csproj\n'
const PUBLISH = 'RUN dotnet publish --no-restore app.csproj\n'
const PACKAGES = { 'app.csproj': '<Project><ItemGroup><PackageReference Include="A" /></ItemGroup></Project>' }
const BROWSERS = 'FROM node:22 AS base\nWORKDIR /app\nRUN --mount=type=cache,target=/root/.cache npx playwright install chromium\n'
const LOCKED = { 'package.json': '{}', 'package-lock.json': '{}', 'x.js': '' }

ruleTester(rule, {
  valid: [
    { name: 'a project without packages has nothing to fetch', code: RESTORE + PUBLISH, files: { 'app.csproj': '<Project></Project>' } },
    { name: 'a project nobody can read may have no packages', code: RESTORE + PUBLISH },
    { name: 'packages of NuGet in a folder that the project names', code: RESTORE + PUBLISH, files: { ...PACKAGES, 'nuget.config': '<config><add key="globalPackagesFolder" value="x" /></config>' } },
    { name: 'packages of NuGet taken out by a step in between', code: `${RESTORE}RUN --mount=type=cache,target=/root/.nuget/packages,id=x cp -r /root/.nuget/packages /packages\n${PUBLISH}`, files: PACKAGES },
    { name: 'cargo with vendored sources', code: 'FROM rust:1.90\nWORKDIR /src\nCOPY . .\nRUN --mount=type=cache,target=/usr/local/cargo/registry cargo fetch\nRUN cargo build --offline\n', files: { ...files, 'Cargo.lock': 'source = "registry+x"\n', '.cargo/config.toml': '[source.crates-io]\nreplace-with = "vendored"\n' } },
    { name: 'browsers taken out by a later step with the mount', code: `${BROWSERS}RUN --mount=type=cache,target=/root/.cache cp -r /root/.cache/ms-playwright /ms-playwright\nCMD ["node", "x.js"]\n` },
    { name: 'browsers installed again in the stage on top', code: `${BROWSERS}FROM base\nRUN npx playwright install chromium\nCMD ["node", "x.js"]\n` },
    { name: 'gems of a development image, whose containers get them from a volume', code: 'FROM ruby:3.4\nRUN --mount=type=cache,target=/usr/local/bundle bundle install\nCMD ["ruby"]\n', path: 'Dockerfile.dev' },
    { name: 'an installed tree of a development image', code: node(`RUN ${MODULES} npm ci\nCOPY . .\nCMD ["node", "x.js"]\n`), files: LOCKED, path: 'Dockerfile.dev' },
    { name: 'an installed tree that the stage on top installs again', code: `${node(`RUN ${MODULES} npm ci\n`).replace('node:22', 'node:22 AS deps')}FROM deps\nRUN npm ci --omit=dev\nCMD ["node", "x.js"]\n`, files: LOCKED },
    { name: 'an installed tree that the stage on top takes from elsewhere', code: `FROM node:22 AS other\n${node(`RUN ${MODULES} npm ci\n`).replace('node:22', 'node:22 AS deps')}FROM deps\nCOPY --from=other /app/node_modules node_modules\nCMD ["node", "x.js"]\n`, files: LOCKED },
    { name: 'an installed tree taken out by a later step with the mount', code: node(`RUN ${MODULES} npm ci\nRUN ${MODULES} cp -r node_modules /opt/node_modules\nCOPY . .\nCMD ["node", "x.js"]\n`), files: LOCKED },
    { name: 'a command that needs no installed tree', code: `FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN ${MODULES} npm ci\nRUN node --version && npx --yes cowsay a\nFROM nginx\nCOPY --from=build /app/dist /dist\n`, files: LOCKED },
    { name: 'yarn that may install without node_modules', code: 'FROM node:22\nWORKDIR /app\nCOPY package.json yarn.lock ./\nRUN --mount=type=cache,target=/app/node_modules yarn install --immutable\nCMD ["yarn", "start"]\n', files: { 'package.json': '{}', 'yarn.lock': '__metadata:\n' } },
    { name: 'a base image that may hold the output', code: rust(`${TARGET} cargo build --release`).replace('rust:1.90', 'registry.example.com/prebuilt'), files },
    { name: 'copied out in the same RUN', code: rust(`${TARGET} cargo build --release && cp target/release/app /app`, '/app'), files },
    { name: 'precision 11: no mount, the folder is the output', code: rust('cargo build --release'), files },
    { name: 'a mount on the download cache alone', code: rust('--mount=type=cache,target=/usr/local/cargo/registry cargo build --release'), files },
    { name: 'built again without the mount', code: rust(`${TARGET} cargo build --release`, '/src/target/release/app', 'RUN cargo build --release\n'), files },
    { name: 'another step may put it there', code: rust(`${TARGET} cargo build --release`, '/src/target/release/app', 'RUN ./finish.sh\n'), files },
    { name: 'the context brings it', code: rust(`${TARGET} cargo build --release`), files: { ...files, 'target/release/app': '' } },
    { name: 'the context may bring it', code: rust(`${TARGET} cargo build --release`) },
    { name: 'another stage brings it', code: 'FROM rust:1.90 AS deps\nFROM rust:1.90 AS build\nWORKDIR /src\nCOPY --from=deps /t target\nRUN --mount=type=cache,target=/src/target/debug cargo build\nFROM debian:12\nCOPY --from=build /src/target/release/app /app\n' },
    { name: 'another stage has the mount', code: 'FROM rust:1.90 AS a\nWORKDIR /src\nRUN --mount=type=cache,target=/src/target cargo build\nFROM rust:1.90 AS b\nWORKDIR /src\nRUN cargo build\nFROM debian:12\nCOPY --from=b /src/target/release/app /app\nCOPY --from=a /etc/x /x\n' },
    { name: 'a folder of the base image', code: 'FROM maven:3-eclipse-temurin-21 AS build\nRUN --mount=type=cache,target=/usr/share/maven mvn package\nFROM debian:12\nCOPY --from=build /usr/share/maven/conf /conf\n' },
    { name: 'an installed tree that is used in the same RUN only', code: `FROM node:22 AS build\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN ${MODULES} npm ci && npm run build\nFROM nginx\nCOPY --from=build /app/dist /dist\n` },
    { name: 'the later step has the mount, too', code: `FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN ${MODULES} npm ci\nRUN ${MODULES} npm run build\nFROM nginx\nCOPY --from=build /app/dist /dist\n`, files: { 'package.json': '{}', 'package-lock.json': '{}' } },
    { name: 'installed again without the mount', code: node(`RUN ${MODULES} npm ci\nRUN npm ci --omit=dev\nCMD ["node", "x.js"]\n`) },
    { name: 'taken from another stage afterwards', code: `FROM node:22 AS deps\nFROM node:22\nWORKDIR /app\nRUN ${MODULES} npm ci\nCOPY --from=deps /app/node_modules node_modules\nCMD ["node"]\n` },
    { name: 'a store inside the mount that the command does not fill', code: 'FROM python:3.13\nRUN --mount=type=cache,target=/root/.cache/uv uv sync\nCMD ["python"]\n' },
    { name: 'Poetry without an environment', code: 'FROM python:3.13\nENV POETRY_VIRTUALENVS_CREATE=false\nRUN --mount=type=cache,target=/root/.cache/pypoetry poetry install\nCMD ["python"]\n' },
    { name: 'Poetry with an environment in the project', code: 'FROM python:3.13\nRUN poetry config virtualenvs.in-project true\nRUN --mount=type=cache,target=/root/.cache/pypoetry poetry install\nCMD ["python"]\n' },
    { name: 'Poetry with an environment in the project, as its settings file says', code: 'FROM python:3.13\nRUN --mount=type=cache,target=/root/.cache/pypoetry poetry install\nCMD ["python"]\n', files: { 'poetry.toml': '[virtualenvs]\nin-project = true\n' } },
    { name: 'Poetry with a settings file nobody can read', code: 'FROM python:3.13\nWORKDIR /app\nCOPY pyproject.toml poetry.lock poetry.toml ./\nRUN --mount=type=cache,target=/root/.cache/pypoetry poetry install\nCMD ["python"]\n' },
    { name: 'an installed tree the context may bring', code: node(`RUN ${MODULES} npm ci\nCOPY . .\nRUN npm run build\nCMD ["node", "x.js"]\n`) },
    { name: 'an installed tree the context brings', code: node(`RUN ${MODULES} npm ci\nCOPY . .\nRUN npm run build\nCMD ["node", "x.js"]\n`), files: { 'package.json': '{}', 'node_modules/a/index.js': '' } },
    { name: 'gems in a place that is configured', code: 'FROM ruby:3.4\nRUN --mount=type=cache,target=/usr/local/bundle bundle config set --local path /gems && bundle install\nCMD ["ruby"]\n' },
    { name: 'Poetry\'s downloads alone', code: 'FROM python:3.13\nRUN --mount=type=cache,target=/root/.cache/pypoetry/artifacts poetry install\nCMD ["python"]\n' },
    { name: 'gems copied out', code: 'FROM ruby:3.4\nRUN --mount=type=cache,target=/usr/local/bundle bundle install && cp -a /usr/local/bundle /gems\nCMD ["ruby"]\n' },
    { name: 'browsers for a stage that does not ship', code: 'FROM node:22 AS test\nRUN --mount=type=cache,target=/root/.cache npx playwright install\nFROM node:22\nCOPY --from=test /report /report\n' },
    { name: 'only packages of the system for browsers', code: 'FROM node:22\nRUN --mount=type=cache,target=/root/.cache npx playwright install-deps\nCMD ["node"]\n' },
    { name: 'packages of NuGet with the mount in both steps', code: 'FROM mcr.microsoft.com/dotnet/sdk:9.0\nWORKDIR /src\nRUN --mount=type=cache,target=/root/.nuget/packages dotnet restore app.csproj\nRUN --mount=type=cache,target=/root/.nuget/packages dotnet publish --no-restore app.csproj\n' },
    { name: 'packages of NuGet that may be fetched again', code: 'FROM mcr.microsoft.com/dotnet/sdk:9.0\nWORKDIR /src\nRUN --mount=type=cache,target=/root/.nuget/packages dotnet restore app.csproj\nRUN dotnet publish app.csproj\n' },
    { name: 'NuGet\'s http cache is not what a build reads', code: 'FROM mcr.microsoft.com/dotnet/sdk:9.0\nWORKDIR /src\nRUN --mount=type=cache,target=/root/.local/share/NuGet dotnet restore app.csproj\nRUN dotnet publish --no-restore app.csproj\n' },
    { name: 'pnpm with the mount in both steps', code: 'FROM node:22\nWORKDIR /app\nRUN --mount=type=cache,target=/pnpm/store pnpm fetch --store-dir=/pnpm/store\nRUN --mount=type=cache,target=/pnpm/store pnpm install --offline --store-dir=/pnpm/store\n' },
    { name: 'a script nobody can read', code: node(`RUN ${MODULES} npm ci && if\nCMD ["node", "x.js"]\n`) },
    { name: 'a stage that is not built', code: `FROM node:22 AS old\nWORKDIR /app\nRUN ${MODULES} npm ci\nRUN npm run build\nFROM node:22\nCMD ["node"]\n` },
    { name: 'precision 15: Windows', code: `FROM mcr.microsoft.com/windows/servercore:ltsc2022\nWORKDIR /app\nRUN ${MODULES} npm ci\nCMD ["node"]\n` },
  ],
  invalid: [
    {
      name: 'a build output that is copied out of the stage',
      code: rust(`${TARGET} cargo build --release`),
      files,
      findings: [{ at: TARGET, message: '"/src/target/release/app" is copied from the stage by line 6 but is written into the cache mount on "/src/target", which is in no layer: copy it out of the mount in the same RUN.', related: [{ at: /^COPY --from/ }] }],
    },
    { name: 'a relative target', code: rust('--mount=type=cache,target=target cargo build --release'), files, findings: [{ at: /target/, message: /copied from the stage/ }] },
    { name: 'the folder itself', code: 'FROM node:22 AS build\nWORKDIR /app\nCOPY src src\nRUN --mount=type=cache,target=/app/dist npm run build\nFROM nginx\nCOPY --from=build /app/dist /usr/share/nginx/html\n', files: { 'src/a.js': '' }, findings: [{ at: /dist/, message: /"\/app\/dist" is copied/ }] },
    { name: 'what the image starts', code: 'FROM rust:1.90\nWORKDIR /src\nCOPY src src\nRUN --mount=type=cache,target=/src/target cargo build --release\nCMD ["./target/release/app"]\n', files, findings: [{ at: TARGET, message: /"\/src\/target\/release\/app" is what the image starts \(line 5\)/ }] },
    { name: 'an installed tree the image needs', code: node(`RUN ${MODULES} npm ci\nCOPY . .\nCMD ["node", "x.js"]\n`), files: { 'package.json': '{}', 'package-lock.json': '{}', 'x.js': '' }, findings: [{ at: MODULES, message: '"npm ci" installs into the cache mount on "/app/node_modules", which is in no layer, so the image lacks /app/node_modules: mount only the download cache of npm, or copy the result out in the same RUN.' }] },
    { name: 'an installed tree a later step needs', code: `FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN ${MODULES} npm ci\nRUN npm run build\nFROM nginx\nCOPY --from=build /app/dist /dist\n`, files: { 'package.json': '{}', 'package-lock.json': '{}' }, findings: [{ at: MODULES, message: /so line 5 does not find \/app\/node_modules/, related: [{ at: 'npm ci' }, { at: 'npm run build' }] }] },
    {
      name: 'an installed tree that is copied out of the stage, with nothing known of the context',
      code: dockerfile`
        FROM node:22-alpine AS deps
        WORKDIR /app
        RUN apk --no-cache add python3 make
        COPY package.json package-lock.json ./
        RUN --mount=type=cache,target=/root/.npm --mount=type=cache,target=/app/node_modules npm ci
        FROM node:22-alpine
        COPY --from=deps /app/node_modules ./node_modules
        CMD ["node", "x.js"]`,
      findings: [{ at: /node_modules/, message: /"\/app\/node_modules" is copied from the stage by line 7/ }],
    },
    { name: 'browsers', code: 'FROM node:22\nWORKDIR /app\nRUN --mount=type=cache,target=/root/.cache npx playwright install chromium\nCMD ["node", "x.js"]\n', findings: [{ at: /cache/, message: /the image lacks \/root\/\.cache\/ms-playwright/ }] },
    { name: 'programs of cargo install', code: 'FROM debian:12\nRUN --mount=type=cache,target=/root/.cargo cargo install ripgrep\nCMD ["rg"]\n', findings: [{ at: /cargo/, message: /the image lacks \/root\/\.cargo\/bin/ }] },
    { name: 'gems, with the sources copied afterwards', code: 'FROM ruby:3.4\nWORKDIR /app\nCOPY Gemfile Gemfile.lock ./\nRUN --mount=type=cache,target=/usr/local/bundle bundle install\nCOPY . .\nCMD ["ruby", "x.rb"]\n', findings: [{ at: /bundle/, message: /the image lacks \/usr\/local\/bundle/ }] },
    { name: 'gems', code: 'FROM ruby:3.4\nWORKDIR /app\nCOPY Gemfile Gemfile.lock ./\nRUN --mount=type=cache,target=/usr/local/bundle bundle install\nCMD ["ruby", "x.rb"]\n', findings: [{ at: /bundle/, message: /the image lacks \/usr\/local\/bundle/ }] },
    { name: 'Poetry\'s environment', code: 'FROM python:3.13\nWORKDIR /app\nCOPY pyproject.toml poetry.lock ./\nRUN --mount=type=cache,target=/root/.cache/pypoetry poetry install --no-root\nCMD ["poetry", "run", "x"]\n', files: { 'pyproject.toml': '', 'poetry.lock': '' }, findings: [{ at: /pypoetry/, message: /the image lacks \/root\/\.cache\/pypoetry\/virtualenvs/ }] },
    {
      name: 'packages of NuGet that may not be fetched again',
      code: dockerfile`
        FROM mcr.microsoft.com/dotnet/sdk:9.0 AS build
        WORKDIR /src
        RUN --mount=type=cache,target=/root/.nuget/packages dotnet restore app.csproj
        RUN dotnet publish --no-restore -o /app app.csproj
        FROM mcr.microsoft.com/dotnet/aspnet:9.0
        COPY --from=build /app /app`,
      files: PACKAGES,
      findings: [{ at: /nuget/, message: '"dotnet restore app.csproj" fetches into the cache mount on "/root/.nuget/packages", which line 4 does not have and is told not to fetch again: add the same mount there.' }],
    },
    { name: 'pnpm\'s store in a stage built on top', code: 'FROM node:22 AS deps\nWORKDIR /app\nRUN --mount=type=cache,target=/pnpm/store pnpm fetch --store-dir=/pnpm/store\nFROM deps\nRUN pnpm install --offline --store-dir=/pnpm/store\nCMD ["node"]\n', files: { 'pnpm-lock.yaml': 'packages:\n  a@1.0.0:\n    resolution: {integrity: x}\n' }, findings: [{ at: /store/, message: /which line 5 does not have/ }] },
  ],
})
