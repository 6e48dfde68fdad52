import { expect, test } from 'vitest'
import { lint } from '../../src/lint.ts'
import { activeRule, inputOf } from '../support/input.ts'
import rule from '../../rules/duplicate-context-copy.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const files = { 'package.json': '{}', 'package-lock.json': '{}', 'entrypoint.sh': '', 'src/a.js': '', 'src/lib/b.js': '' }
const copying = (...steps: readonly string[]): string => `FROM node:22\nWORKDIR /app\n${steps.join('\n')}\nCMD ["node", "src/a.js"]\n`

ruleTester(rule, {
  valid: [
    { name: 'manifests, install, sources', code: copying('COPY package*.json ./', 'RUN npm ci', 'COPY . .'), files },
    { name: 'the install comes too late: said by another rule', code: copying('COPY package*.json ./', 'COPY . .', 'RUN npm ci'), files },
    { name: 'a command in between may change the file', code: copying('COPY . .', 'RUN sed -i s/a/b/ entrypoint.sh', 'COPY entrypoint.sh ./'), files },
    { name: 'a script in between may read it', code: copying('COPY src ./src', 'RUN ./build', 'COPY . .'), files },
    { name: 'a mode', code: copying('COPY . .', 'COPY --chmod=755 entrypoint.sh ./'), files },
    { name: 'an owner', code: copying('COPY src ./src', 'COPY --chown=node:node . .'), files },
    { name: 'another place', code: copying('COPY . .', 'COPY entrypoint.sh /usr/local/bin/'), files },
    { name: 'another name', code: copying('COPY . .', 'COPY package.json ./entrypoint.sh'), files },
    { name: 'another file went there in between', code: copying('COPY . .', 'COPY src/a.js ./entrypoint.sh', 'COPY entrypoint.sh ./'), files },
    { name: 'it is excluded', code: `# syntax=docker/dockerfile:1.20\n${copying('COPY entrypoint.sh ./', 'COPY --exclude=*.sh . .')}`, files },
    { name: 'it is ignored', code: copying('COPY src ./src', 'COPY package*.json ./'), files, ignore: 'src/lib\n' },
    { name: 'an archive is unpacked', code: copying('COPY . .', 'ADD a.tar.gz ./'), files: { ...files, 'a.tar.gz': '' } },
    { name: 'the context is not known', code: copying('COPY src ./src', 'COPY . .') },
    { name: 'two stages', code: dockerfile`FROM node:22 AS build
                                         COPY src /src
                                         FROM node:22
                                         COPY . /`, files },
    { name: 'others may be built on the stage below', code: dockerfile`FROM node:22 AS base
                                                                     WORKDIR /app
                                                                     COPY src ./src
                                                                     FROM base
                                                                     COPY . .`, files },
    { name: 'from a stage', code: dockerfile`FROM node:22 AS build
                                           WORKDIR /app
                                           COPY . .
                                           FROM node:22
                                           WORKDIR /app
                                           COPY --from=build /app/src ./src
                                           COPY src ./src`, files },
    { name: 'a trigger', code: copying('ONBUILD COPY src ./src', 'ONBUILD COPY . .'), files },
    { name: 'a stage that is not needed', code: `${copying('COPY src ./src', 'COPY . .')}FROM alpine\nRUN true\n`, files },
  ],
  invalid: [
    {
      code: copying('COPY src ./src', 'COPY . .'), files,
      findings: [{
        at: 'COPY src ./src', message: '"COPY src ./src" is needless, because "COPY . ." (line 4) brings all 2 files to the same place and nothing in between reads them; delete it, or put the step that needs it in between.',
        related: [{ at: 'COPY . .', message: 'this brings them' }],
      }],
      fixed: copying('COPY . .'),
    },
    { name: 'the later one is the smaller', code: copying('COPY . .', 'COPY entrypoint.sh ./'), files, findings: [{ at: 'COPY entrypoint.sh ./', message: '"COPY entrypoint.sh ./" is needless, because "COPY . ." (line 3) brings the file to the same place and nothing in between reads it; delete it.' }], fixed: copying('COPY . .') },
    { name: 'the same again', code: copying('COPY src ./src', 'COPY src ./src'), files, findings: [{ at: 'COPY src ./src', line: 3, message: /delete it/ }], fixed: copying('COPY src ./src') },
    { name: 'the place is written otherwise', code: copying('COPY ./src /app/src/', 'WORKDIR /', 'COPY . app'), files, findings: [{ at: /src/, message: /all 2 files/ }], fixed: copying('WORKDIR /', 'COPY . app') },
    { name: 'ADD as well', code: copying('ADD src ./src', 'ADD . .'), files, findings: [{ at: 'ADD src ./src', message: /ADD \. \./ }], fixed: copying('ADD . .') },
    { name: 'OS packages in between read nothing', code: copying('COPY src ./src', 'RUN apt-get update && apt-get install -y curl', 'COPY . .'), files, findings: [{ at: 'COPY src ./src', message: /line 5/ }], fixed: copying('RUN apt-get update && apt-get install -y curl', 'COPY . .') },
    { name: 'several are one finding', code: copying('COPY src ./src', 'COPY entrypoint.sh ./', 'COPY . .'), files, findings: [{ at: 'COPY src ./src', message: /^"COPY src \.\/src" and 1 more are needless, .*all 3 files.*delete them/, related: [{ at: 'COPY entrypoint.sh ./' }, { at: 'COPY . .' }] }], fixed: copying('COPY . .') },
    { name: 'on a stage that has it', code: dockerfile`FROM node:22 AS base
                                                     WORKDIR /app
                                                     COPY . .
                                                     FROM base
                                                     COPY entrypoint.sh ./`, files, findings: [{ at: 'COPY entrypoint.sh ./', message: /delete it\.$/ }], fixed: 'FROM node:22 AS base\nWORKDIR /app\nCOPY . .\nFROM base\n' },
    { name: 'fix: comments go, but for those that head more', code: copying('', '# the sources', 'COPY src ./src', '', '# all', 'COPY . .', '# started first', 'COPY entrypoint.sh ./', 'RUN chmod +x entrypoint.sh'), files, findings: [{ at: 'COPY src ./src', message: /needless/ }], fixed: copying('', '# all', 'COPY . .', 'RUN chmod +x entrypoint.sh') },
    { name: 'fix: a comment that heads another copy stays', code: copying('# the sources', 'COPY src ./src', 'COPY . .'), files, findings: [{ at: 'COPY src ./src', message: /needless/ }], fixed: copying('# the sources', 'COPY . .') },
    { name: 'fix: line ends, no line end at the end', code: 'FROM node:22\r\nWORKDIR /app\r\nCOPY . .\r\nCOPY src ./src', files, findings: [{ at: 'COPY src ./src', message: /needless/ }], fixed: 'FROM node:22\r\nWORKDIR /app\r\nCOPY . .' },
    { name: 'no fix: a comment says why', code: copying('# identical in all Dockerfiles, to share the cache', 'COPY src ./src', 'COPY . .'), files, findings: [{ at: 'COPY src ./src', message: /needless/ }], fixed: null },
    { name: 'no fix: the folder would be made by somebody else', code: 'FROM node:22\nUSER node\nCOPY src /app/src\nWORKDIR /app\nCOPY . .\n', files, findings: [{ at: 'COPY src /app/src', message: /needless/ }], fixed: null },
  ],
})

test.each([
  ['manifests copied ahead for nothing', ['COPY package*.json ./', 'COPY . .'], 'warning'],
  ['other files', ['COPY src ./src', 'COPY . .'], 'info'],
  ['a copy that comes after', ['COPY . .', 'COPY package.json ./'], 'info'],
])('says of %s', (_, steps, severity) => {
  expect(lint(inputOf({ code: copying(...steps), files }), [activeRule(rule)]).map(finding => finding.severity)).toEqual([severity])
})

test.each([
  ['a folder by name', ['COPY src ./src', 'COPY . .'], 'safe'],
  ['a file by name', ['COPY . .', 'COPY package.json ./'], 'safe'],
  ['a folder of a folder', ['COPY src/lib src/lib', 'COPY src src'], 'safe'],
  ['what only the context tells', ['COPY src/*.js ./src/', 'COPY . .'], 'suggested'],
  ['manifests ahead of the rest', ['COPY package.json ./', 'COPY . .'], 'suggested'],
])('deleting %s', (_, steps, safety) => {
  expect(lint(inputOf({ code: copying(...steps), files: { ...files, 'src/lib/c.js': '' } }), [activeRule(rule)])[0]?.fix?.safety).toBe(safety)
})
