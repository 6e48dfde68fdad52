import rule from '../../rules/wildcard-copy-flattens-manifests.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const copying = (copy: string): string => `# syntax=docker/dockerfile:1.20\nFROM node:22\nWORKDIR /app\n${copy}\nRUN npm ci\n`
const members = { 'package.json': '{}', 'packages/a/package.json': '{}', 'packages/b/package.json': '{}', 'packages/b/index.js': '' }

ruleTester(rule, {
  valid: [
    { name: '--parents keeps the folders', code: copying('COPY --parents packages/*/package.json ./'), files: members },
    { name: 'a single match', code: copying('COPY packages/*/package.json ./'), files: { 'packages/a/package.json': '{}' } },
    { name: 'names that differ', code: copying('COPY src/*/*.csproj ./'), files: { 'src/A/A.csproj': '', 'src/B/B.csproj': '' } },
    { name: 'one COPY for each', code: copying('COPY packages/a/package.json packages/a/\nCOPY packages/b/package.json packages/b/'), files: members },
    { name: 'the root alone', code: copying('COPY package*.json ./'), files: { ...members, 'package-lock.json': '' } },
    { name: 'the context is not known', code: copying('COPY packages/*/package.json ./') },
    { name: 'folders are copied with their content', code: copying('COPY packages/* ./packages/'), files: members },
    { name: 'no manifests', code: copying('COPY packages/*/README.md ./docs/'), files: { 'packages/a/README.md': '', 'packages/b/README.md': '' } },
    { name: 'from a stage', code: dockerfile`FROM node:22 AS sources
                                             COPY . /src
                                             FROM node:22
                                             COPY --from=sources /src/packages/*/package.json ./`, files: members },
    { name: 'the others are kept out of the context', code: copying('COPY packages/*/package.json ./'), files: members, ignore: 'packages/b\n' },
    { name: 'a stage that is not needed', code: `${copying('COPY packages/*/package.json ./')}FROM alpine\nRUN true\n`, files: members },
  ],
  invalid: [
    { code: copying('COPY packages/*/package.json ./packages/'), files: members, findings: [{ at: 'COPY packages/*/package.json ./packages/', message: '"COPY packages/*/package.json ./packages/" puts packages/a/package.json and packages/b/package.json into one folder, where only the last package.json is left; write "COPY --parents" with syntax docker/dockerfile:1.20 or newer, or one COPY for each folder.' }], fixed: copying('COPY --parents packages/*/package.json ./') },
    { name: 'a destination with a wildcard', code: copying('COPY packages/*/package.json ./packages/*/'), files: members, findings: [{ at: /COPY/, message: /into one folder that is really called "\*", where only the last package\.json is left/ }], fixed: copying('COPY --parents packages/*/package.json ./') },
    { name: 'the same, the context is not known', code: copying('COPY packages/*/package.json ./packages/*/'), findings: [{ at: /COPY/, message: /puts every package\.json it matches into one folder that is really called/ }], fixed: copying('COPY --parents packages/*/package.json ./') },
    { name: 'named one by one', code: copying('COPY package.json packages/a/package.json ./'), files: members, findings: [{ at: /COPY/, message: /puts package\.json and packages\/a\/package\.json into one folder/ }], fixed: copying('COPY --parents package.json packages/a/package.json ./') },
    { name: 'two names, one finding', code: copying('COPY packages/*/package*.json ./'), files: { ...members, 'packages/a/package-lock.json': '', 'packages/b/package-lock.json': '' }, findings: [{ at: /COPY/, message: /the last package(?:-lock)?\.json/ }], fixed: copying('COPY --parents packages/*/package*.json ./') },
    { name: 'other ecosystems', code: copying('COPY services/*/pyproject.toml ./'), files: { 'services/a/pyproject.toml': '', 'services/b/pyproject.toml': '' }, findings: [{ at: /COPY/, message: /only the last pyproject\.toml is left/ }], fixed: copying('COPY --parents services/*/pyproject.toml ./') },
    { name: 'a folder above that the image does not have', code: copying('COPY --chown=node web/packages/*/package.json /app/packages/'), files: Object.fromEntries(Object.entries(members).map(([path, text]) => [`web/${path}`, text])), findings: [{ at: /COPY/, message: /one folder/ }], fixed: copying('COPY --parents --chown=node web/./packages/*/package.json /app/') },
    { name: 'no directive yet, lower case, CRLF, no final newline', code: 'from node:22\r\nworkdir /app\r\ncopy packages/*/package.json packages', files: members, findings: [{ at: /copy/, message: /one folder/ }], fixed: '# syntax=docker/dockerfile:1.20\r\nfrom node:22\r\nworkdir /app\r\ncopy --parents packages/*/package.json ./' },
    { name: 'an older frontend', code: copying('COPY packages/*/package.json ./packages/').replace('1.20', '1.7'), files: members, findings: [{ at: /COPY/, message: /one folder/ }], fixed: copying('COPY --parents packages/*/package.json ./') },
    { name: 'the newest frontend', code: copying('COPY packages/*/package.json ./packages/').replace(':1.20', ':1'), files: members, findings: [{ at: /COPY/, message: /one folder/ }], fixed: copying('COPY --parents packages/*/package.json ./').replace(':1.20', ':1') },
    { name: 'a frontend of its own', code: copying('COPY packages/*/package.json ./packages/').replace('docker/dockerfile:1.20', 'example.com/frontend'), files: members, findings: [{ at: /COPY/, message: /one folder/ }], fixed: null },
    { name: 'the exec form', code: copying('COPY ["packages/*/package.json", "./packages/"]'), files: members, findings: [{ at: /COPY/, message: /one folder/ }], fixed: null },
  ],
})
