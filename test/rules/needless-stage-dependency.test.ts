import rule from '../../rules/needless-stage-dependency.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

/** A stage that builds, and one that takes these from it. */
const built = (steps: readonly string[], build = 'npm run build', install = 'npm ci'): string => dockerfile`FROM node:22 AS build
                                                                                                          WORKDIR /app
                                                                                                          COPY package.json package-lock.json ./
                                                                                                          RUN ${install}
                                                                                                          COPY . .
                                                                                                          RUN ${build}
                                                                                                          FROM node:22-slim
                                                                                                          WORKDIR /app
                                                                                                          ` + `${steps.join('\n')}\n`
const manifests = 'COPY --from=build /app/package.json /app/package-lock.json ./'
const project = { 'package.json': '{}', 'package-lock.json': '{}', 'src/a.ts': '' }
/** A stage with packages, and one that takes a tool from it. */
const tool = (from: string, ...steps: readonly string[]): string => `${from}\nFROM debian\nCOPY --from=tool /opt/tool /opt/tool\n${steps.join('\n')}\n`
const slow = 'FROM golang:1.25 AS tool\nRUN go install example.org/tool@v1.2.3'
const install = 'RUN apt-get update && apt-get install -y curl'

ruleTester(rule, {
  valid: [
    { name: 'from the context', code: built(['COPY package.json package-lock.json ./', 'RUN npm ci --omit=dev', 'COPY --from=build /app/dist dist']), files: project },
    { name: 'it waits for the output anyway', code: built(['COPY --from=build /app/dist dist', manifests, 'RUN npm ci --omit=dev']), files: project },
    { name: 'in one copy with the output', code: built(['COPY --from=build /app/package.json /app/dist ./', 'RUN npm ci --omit=dev']), files: project },
    { name: 'built FROM that stage', code: built([]).replace('FROM node:22-slim', 'FROM build') + `${manifests.replace('./', '/srv/')}\nRUN cd /srv && npm ci --omit=dev\n` },
    { name: 'nothing costly below', code: built([manifests, 'RUN mkdir data', 'COPY --from=build /app/dist dist']), files: project },
    { name: 'the stage takes no time', code: 'FROM alpine AS build\nWORKDIR /app\nCOPY . .\nRUN rm -rf docs\nFROM node:22\nCOPY --from=build /app/package.json ./\nRUN npm install\n', files: project },
    ...['npm version 1.2.3 && npm run build', 'npm pkg set private=true', 'sed -i s/a/b/ package.json package-lock.json && npm run build', './build.sh', 'make', 'npm prune --omit=dev', 'if ; then', 'npm install left-pad'].map(build => ({ name: `the stage may change the files: ${build}`, code: built([manifests, 'RUN npm ci --omit=dev'], build), files: project })),
    { name: 'the stage may write the lock file', code: 'FROM node:22 AS build\nWORKDIR /app\nCOPY . .\nRUN npm install && npm run build\nFROM node:22-slim\nCOPY --from=build /app/package.json /app/package-lock.json ./\nRUN npm ci --omit=dev\n', files: project },
    { name: 'a file that is not in the context', code: built(['COPY --from=build /app/out/package.json ./', 'RUN npm install --omit=dev']), files: project },
    { name: 'sources, which the build may make', code: built(['COPY --from=build /app/schema ./schema', 'RUN npm install --omit=dev']), files: { ...project, 'schema/a.json': '{}' } },
    { name: 'what a build made of sources is the matter of another rule', code: built(['COPY --from=build /app/dist dist', install]), files: project },
    { name: 'tests have to pass first', code: built([manifests, 'RUN npm ci --omit=dev']).replaceAll('=build', '=test').replace('AS build', 'AS test'), files: project },
    { name: 'memory', code: built([`# one after the other, for want of memory\n${manifests}`, 'RUN npm ci --omit=dev']), files: project },
    { name: 'the tool is needed', code: tool(slow, 'RUN apt-get update && apt-get install -y $(/opt/tool/list)') },
    { name: 'it waits for the stage before', code: `${slow}\nFROM debian\nCOPY --from=tool /etc/apt/sources.list.d /etc/apt/sources.list.d\nCOPY --from=tool /opt/tool /opt/tool\n${install}\n` },
    { name: 'packages first', code: tool(slow).replace('COPY', `${install}\nCOPY`) },
    { name: 'a tool image', code: `FROM debian\nCOPY --from=golang:1.25 /usr/local/go /opt/go\n${install}\n` },
    { name: 'a stage that is not needed', code: `${tool(slow, install)}FROM debian\nRUN true\n` },
    { name: 'Windows', code: tool(slow, 'RUN choco install git').replace('FROM debian', 'FROM mcr.microsoft.com/windows/servercore:ltsc2022') },
  ],
  invalid: [
    {
      code: built([manifests, 'RUN npm ci --omit=dev', 'COPY --from=build /app/dist dist']), files: project,
      findings: [{
        at: manifests, message: '"COPY --from=build /app/package.json /app/package-lock.json…" lets "RUN npm ci --omit=dev" (line 10) wait for the whole of stage build, which only passes on package.json and package-lock.json from the context; copy them from the context.',
        related: [{ at: 'RUN npm ci --omit=dev', message: 'waits for stage build' }],
      }],
      fixed: built(['COPY package.json package-lock.json ./', 'RUN npm ci --omit=dev', 'COPY --from=build /app/dist dist']),
    },
    { name: 'the context is not known', code: built([manifests, 'RUN npm ci --omit=dev']), findings: [{ at: manifests, message: /package\.json and package-lock\.json from the context/ }], fixed: built(['COPY package.json package-lock.json ./', 'RUN npm ci --omit=dev']) },
    { name: 'several copies', code: built(['COPY --from=build /app/package.json ./', 'COPY --from=build /app/package-lock.json ./', 'RUN npm ci --omit=dev']), files: project, findings: [{ at: 'COPY --from=build /app/package.json ./', message: /package\.json and package-lock\.json from the context; copy them from the context, on line 10 as well\.$/ }], fixed: built(['COPY package.json ./', 'COPY package-lock.json ./', 'RUN npm ci --omit=dev']) },
    { name: 'point 5: a stage that copied the whole context', code: dockerfile`FROM node:22 AS build
                                                                             WORKDIR /src
                                                                             COPY . .
                                                                             RUN npm ci && npm run build
                                                                             FROM node:22-slim
                                                                             COPY --from=build /src/package*.json /srv/
                                                                             RUN cd /srv && npm ci --omit=dev`, findings: [{ at: /package\*\.json \/srv\/$/, message: /only passes on package\*\.json/ }], fixed: null },
    {
      name: 'a dependency tree above packages', code: built(['COPY --from=build /app/node_modules node_modules', install]), files: project,
      findings: [{ at: 'COPY --from=build /app/node_modules node_modules', message: '"COPY --from=build /app/node_modules node_modules" lets "RUN apt-get update && apt-get install -y curl" (line 10) wait for the whole of stage build and run again when that yields something else, although it needs nothing of it; move that RUN above line 9.' }],
      fixed: built([install, 'COPY --from=build /app/node_modules node_modules']),
    },
    { name: 'point 5: something constant makes it wait, no more', code: tool(slow, install), findings: [{ at: 'COPY --from=tool /opt/tool /opt/tool', message: /wait for the whole of stage tool, although it needs nothing of it; move that RUN above line 4\.$/ }], fixed: `${slow}\nFROM debian\n${install}\nCOPY --from=tool /opt/tool /opt/tool\n` },
    { name: 'fix: wildcards, where the context has such files', code: built(['COPY --link --from=build /app/package*.json ./', 'RUN npm ci --omit=dev']), files: project, findings: [{ at: /COPY --link/, message: /only passes on/ }], fixed: built(['COPY --link package*.json ./', 'RUN npm ci --omit=dev']) },
    { name: 'fix: below another folder of the context', code: built([manifests, 'RUN npm ci --omit=dev']).replace('COPY package.json package-lock.json ./', 'COPY web/package.json web/package-lock.json ./').replace('COPY . .', 'COPY web .'), files: { 'web/package.json': '{}', 'web/package-lock.json': '{}', 'web/a.ts': '' }, findings: [{ at: manifests, message: /web\/package\.json/ }], fixed: built(['COPY web/package.json web/package-lock.json ./', 'RUN npm ci --omit=dev']).replace('COPY package.json package-lock.json ./', 'COPY web/package.json web/package-lock.json ./').replace('COPY . .', 'COPY web .') },
    { name: 'fix: lower case, JSON, line ends', code: built(['copy --from=build ["/app/package.json", "/app/package-lock.json", "./"]', 'RUN npm ci --omit=dev']).replaceAll('\n', '\r\n'), files: project, findings: [{ at: /^copy/, message: /only passes on/ }], fixed: built(['copy ["package.json", "package-lock.json", "./"]', 'RUN npm ci --omit=dev']).replaceAll('\n', '\r\n') },
    { name: 'fix: its own owner', code: built(['COPY --chown=node --from=build /app/package.json ./', 'RUN npm install --omit=dev'], 'npm run build && chown -R node src'), files: project, findings: [{ at: /^COPY --chown/, message: /only passes on/ }], fixed: built(['COPY --chown=node package.json ./', 'RUN npm install --omit=dev'], 'npm run build && chown -R node src') },
    { name: 'no fix: the stage gives it another owner', code: built([manifests, 'RUN npm ci --omit=dev'], 'npm run build && chown -R node .'), files: project, findings: [{ at: manifests, message: /only passes on/ }], fixed: null },
    { name: 'no fix: the stage gives it another mode', code: built([manifests, 'RUN npm ci --omit=dev']).replace('COPY package.json', 'COPY --chmod=600 package.json'), files: project, findings: [{ at: manifests, message: /only passes on/ }], fixed: null },
    { name: 'fix: several steps above the copy, with what they build on', code: tool(slow, 'RUN apt-get update', 'RUN apt-get install -y curl'), findings: [{ at: 'COPY --from=tool /opt/tool /opt/tool', message: /needs nothing of it/ }], fixed: `${slow}\nFROM debian\nRUN apt-get update\nRUN apt-get install -y curl\nCOPY --from=tool /opt/tool /opt/tool\n` },
  ],
})
