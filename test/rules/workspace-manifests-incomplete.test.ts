import rule from '../../rules/workspace-manifests-incomplete.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const root = { 'package.json': '{"workspaces": ["packages/*", "!packages/old"]}', 'yarn.lock': '', 'packages/a/package.json': '{}', 'packages/b/package.json': '{}', 'packages/b/index.js': '', 'packages/old/package.json': '{}' }
const yarn = (...steps: readonly string[]): string => `FROM node:22\nWORKDIR /app\nCOPY package.json yarn.lock ./\n${steps.join('\n')}\n`
const twice = ['RUN yarn install', 'COPY . .', 'RUN yarn install && yarn build'] as const
const reference = (...paths: readonly string[]): string => `<Project Sdk="Microsoft.NET.Sdk.Web"><ItemGroup>${paths.map(path => `<ProjectReference Include="${path}" />`).join('')}</ItemGroup></Project>`
const solution = { 'src/App/App.csproj': reference('..\\Lib\\Lib.csproj'), 'src/Lib/Lib.csproj': reference('../Core/Core.csproj'), 'src/Core/Core.csproj': reference(), 'src/App/a.cs': '' }
const dotnet = (copies: string, publish = 'dotnet publish src/App/App.csproj -o /out'): string => `FROM mcr.microsoft.com/dotnet/sdk:9.0\nWORKDIR /source\n${copies}\nRUN dotnet restore src/App/App.csproj\nCOPY . .\nRUN ${publish}\n`

/** What is missing of `root`. */
const both = ['COPY packages/a/package.json ./packages/a/', 'COPY packages/b/package.json ./packages/b/'] as const

ruleTester(rule, {
  valid: [
    { name: 'all members are copied', code: yarn('COPY packages/a/package.json packages/a/', 'COPY packages/b/package.json packages/b/', ...twice), files: root },
    { name: 'with --parents', code: `# syntax=docker/dockerfile:1.20\n${yarn('COPY --parents packages/*/package.json ./', ...twice)}`, files: root },
    { name: 'folders of members are copied', code: yarn('COPY packages ./packages', ...twice), files: root },
    { name: 'nothing is installed again', code: yarn('RUN yarn install', 'COPY . .', 'RUN yarn build'), files: root },
    { name: 'the second install takes the rest away', code: yarn('RUN yarn install', 'COPY . .', 'RUN yarn build', 'RUN yarn install --production'), files: root },
    { name: 'no members', code: yarn(...twice), files: { 'package.json': '{}', 'yarn.lock': '', 'packages/a/package.json': '{}' } },
    { name: 'only one that is left out', code: yarn(...twice), files: { 'package.json': root['package.json'], 'yarn.lock': '', 'packages/old/package.json': '{}' } },
    { name: 'a filter', code: yarn('RUN pnpm install --filter .', 'COPY . .', 'RUN pnpm install'), files: root },
    { name: 'the lock file alone is fetched', code: dockerfile`FROM node:22
                                                             WORKDIR /app
                                                             COPY pnpm-lock.yaml ./
                                                             RUN pnpm fetch
                                                             COPY . .
                                                             RUN pnpm install --offline`, files: { ...root, 'pnpm-lock.yaml': '', 'pnpm-workspace.yaml': 'packages:\n  - packages/*\n' } },
    { name: 'pruned manifests come from a stage', code: dockerfile`FROM node:22 AS prune
                                                                 WORKDIR /app
                                                                 COPY . .
                                                                 RUN turbo prune web --docker
                                                                 FROM node:22
                                                                 WORKDIR /app
                                                                 COPY package.json yarn.lock ./
                                                                 COPY --from=prune /app/out/json/ ./
                                                                 RUN yarn install
                                                                 COPY . .
                                                                 RUN yarn install`, files: root },
    { name: 'the members are bound', code: yarn('RUN --mount=type=bind,target=/app,rw yarn install', 'COPY . .', 'RUN yarn install'), files: root },
    { name: 'the context is not known', code: yarn(...twice) },
    { name: 'a script may make them', code: yarn('COPY make.sh ./', 'RUN ./make.sh', ...twice), files: { ...root, 'make.sh': '' } },
    { name: 'the members stay out of the context', code: yarn(...twice), files: root, ignore: 'packages\n' },
    { name: 'all projects are copied', code: dotnet('COPY src/App/App.csproj src/App/\nCOPY src/Lib/Lib.csproj src/Lib/\nCOPY src/Core/Core.csproj src/Core/'), files: solution },
    { name: 'publish restores nothing', code: dotnet('COPY src/App/App.csproj src/App/', 'dotnet publish --no-restore src/App/App.csproj'), files: solution },
    { name: 'a reference that is not there', code: dotnet('COPY src/App/App.csproj src/App/'), files: { 'src/App/App.csproj': reference('../Gone/Gone.csproj') } },
    { name: 'a stage that is not needed', code: `${yarn(...twice)}FROM alpine\nRUN true\n`, files: root },
  ],
  invalid: [
    {
      code: yarn(...twice), files: root,
      findings: [{
        at: 'yarn install', line: 4, message: '"yarn install" finds no packages/a/package.json and packages/b/package.json, so what they need is installed by "yarn install" (line 6), which every source edit re-runs; copy these manifests above line 4 as well, each into its folder.',
        related: [{ at: 'COPY package.json yarn.lock ./' }, { at: 'yarn install' }],
      }],
      fixed: yarn(...both, ...twice),
    },
    { name: 'some are copied', code: yarn('COPY packages/a/package.json packages/a/', ...twice), files: root, findings: [{ at: 'yarn install', line: 5, message: /finds no packages\/b\/package\.json, so what it needs .* copy this manifest above line 5 as well, into its folder\.$/ }], fixed: yarn('COPY packages/a/package.json packages/a/', 'COPY packages/b/package.json ./packages/b/', ...twice) },
    { name: 'flattened ones are not in their place', code: yarn('COPY packages/*/package.json packages/', ...twice), files: root, findings: [{ at: 'yarn install', line: 5, message: /packages\/a/ }], fixed: null },
    { name: 'pnpm has a file for them', code: yarn(...twice).replaceAll('yarn install', 'pnpm install'), files: { ...root, 'package.json': '{}', 'pnpm-workspace.yaml': 'packages:\n  # all\n  - "packages/*"\n  - \'!packages/old\'\nonlyBuiltDependencies:\n  - esbuild\n' }, findings: [{ at: 'pnpm install', line: 4, message: /packages\/a\/package\.json and packages\/b/ }], fixed: yarn('COPY pnpm-workspace.yaml ./', ...both, ...twice).replaceAll('yarn install', 'pnpm install') },
    { name: 'a workspace below the root', code: yarn(...twice).replace('package.json yarn.lock', 'web/package.json web/yarn.lock').replace('COPY . .', 'COPY web .'), files: Object.fromEntries(Object.entries(root).map(([path, text]) => [`web/${path}`, text])), findings: [{ at: 'yarn install', line: 4, message: /web\/packages\/a/ }], fixed: yarn('COPY web/packages/a/package.json ./packages/a/', 'COPY web/packages/b/package.json ./packages/b/', ...twice).replace('package.json yarn.lock', 'web/package.json web/yarn.lock').replace('COPY . .', 'COPY web .') },
    { name: 'referenced projects, and those behind them', code: dotnet('COPY src/App/App.csproj src/App/\nCOPY src/Lib/Lib.csproj src/Lib/'), files: solution, findings: [{ at: 'dotnet restore src/App/App.csproj', message: /finds no src\/Core\/Core\.csproj, so what it needs is installed by "dotnet publish src\/App\/App\.csproj -o \/out" \(line 7\)/ }], fixed: dotnet('COPY src/App/App.csproj src/App/\nCOPY src/Lib/Lib.csproj src/Lib/\nCOPY src/Core/Core.csproj src/Core/') },
    { name: 'with --parents where the frontend knows it', code: `# syntax=docker/dockerfile:1\n${yarn(...twice)}`, files: root, findings: [{ at: 'yarn install', line: 5, message: /packages\/a/ }], fixed: `# syntax=docker/dockerfile:1\n${yarn('COPY --parents packages/a/package.json packages/b/package.json ./', ...twice)}` },
    { name: 'properties that MSBuild looks for beside a project', code: dotnet('COPY src/App/App.csproj src/App/'), files: { ...solution, 'src/Lib/Directory.Build.props': '<Project/>' }, findings: [{ at: /^dotnet restore/, message: /finds no src\/Lib\/Lib\.csproj and src\/Core\/Core\.csproj/ }], fixed: dotnet('COPY src/App/App.csproj src/App/\nCOPY src/Lib/Directory.Build.props src/Lib/Lib.csproj src/Lib/\nCOPY src/Core/Core.csproj src/Core/') },
    { name: 'flags, an absolute destination, lower case and CRLF', code: yarn(...twice).replace('COPY package.json yarn.lock ./', 'copy --chown=node:node package.json yarn.lock /app/').replaceAll('\n', '\r\n'), files: root, findings: [{ at: 'yarn install', line: 4, message: /packages\/a/ }], fixed: yarn(...both.map(line => line.replace('COPY', 'copy --chown=node:node').replace('./', '/app/')), ...twice).replace('COPY package.json yarn.lock ./', 'copy --chown=node:node package.json yarn.lock /app/').replaceAll('\n', '\r\n') },
    { name: 'a member that is compiled when it is installed', code: yarn(...twice), files: { ...root, 'packages/a/package.json': '{"scripts": {"prepare": "tsc"}}' }, findings: [{ at: 'yarn install', line: 4, message: /packages\/a/ }], fixed: null },
    { name: 'a member with a program', code: yarn(...twice), files: { ...root, 'packages/a/package.json': '{"bin": "a.js"}' }, findings: [{ at: 'yarn install', line: 4, message: /packages\/a/ }], fixed: null },
    { name: 'the manifest comes in the stage below', code: yarn(...twice).replace('RUN', 'FROM base\nRUN').replace('node:22', 'node:22 AS base'), files: root, findings: [{ at: 'yarn install', line: 5, message: /packages\/a/ }], fixed: null },
    { name: 'bound manifests', code: yarn(...twice).replace('COPY package.json yarn.lock ./\nRUN', 'RUN --mount=type=bind,source=package.json,target=package.json'), files: root, findings: [{ at: 'yarn install', line: 3, message: /packages\/a/ }], fixed: null },
  ],
})
