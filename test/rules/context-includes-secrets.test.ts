import { expect, it } from 'vitest'
import files from '../../rules/context-includes-build-files.ts'
import missing from '../../rules/missing-dockerignore.ts'
import rule from '../../rules/context-includes-secrets.ts'
import { lint } from '../../src/lint.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { activeRule, inputOf } from '../support/input.ts'
import { ruleTester } from '../support/rule-tester.ts'

const node = dockerfile`FROM node:22
                        WORKDIR /app
                        COPY . .
                        CMD ["node", "server.js"]`
const there = { 'server.js': '', '.env': 'API_KEY=1', '.gitignore': 'node_modules\n.env\n.env.*\n!.env.example\n*.pem\n' }
const template = { 'server.js': '', '.env.example': 'PORT=3000\nSESSION_SECRET=change-me\n', '.gitignore': '.env\n' }

ruleTester(rule, {
  valid: [
    { name: 'the context is not known', code: node },
    { name: 'ignored', code: node, files: there, ignore: '.env*\n' },
    { name: 'ignored, and not there', code: node, files: template, ignore: '**/.env\n' },
    { name: 'sample files', code: node, files: { ...there, '.env': { size: 0 }, '.env.example': '', '.env.sample': '', 'config/.env.template': '' }, ignore: '.env\n' },
    { name: 'in the repository: everybody has it', code: node, files: { 'server.js': '', '.env': 'PORT=1', 'tls.pem': '' } },
    { name: 'git is told to keep it', code: node, files: { ...there, '.gitignore': '.env*\n!.env\n' } },
    { name: 'public halves and test data', code: node, files: { ...there, 'public.pem': '', 'certs/ca.pem': '', 'test/server.pem': '' }, ignore: '.env\n' },
    { name: 'copied by its name', code: node.replace('COPY . .', 'COPY . .\nCOPY .env ./'), files: there },
    { name: 'made in the build', code: node.replace('COPY . .', 'COPY . .\nRUN cp .env.example .env'), files: template },
    { name: 'only narrow copies', code: node.replace('COPY . .', 'COPY server.js .'), files: there },
    { name: 'the stage does not ship', code: dockerfile`FROM node:22 AS build
                                                       COPY . /src
                                                       FROM nginx:1.29
                                                       COPY --from=build /src/dist /usr/share/nginx/html
                                                       CMD ["nginx"]`, files: there },
    { name: 'a build of web pages takes its settings from there', code: dockerfile`FROM node:22 AS build
                                                       WORKDIR /app
                                                       COPY . .
                                                       RUN npm run build
                                                       FROM node:22
                                                       COPY --from=build /app /app
                                                       CMD ["node", "/app/server.js"]`, files: there },
    { name: 'an image for developers', code: node, path: 'Dockerfile.dev', files: there },
    { name: 'a template without secrets', code: node, files: { ...template, '.env.example': 'PORT=3000\nVITE_API_KEY=x\nNEXT_PUBLIC_API_KEY=x\n' } },
    { name: 'a template, but git does not ignore the file itself', code: node, files: { ...template, '.gitignore': '.env.local\n' } },
    { name: 'excluded by the copy itself', code: node.replace('COPY . .', 'COPY --exclude=.env . .'), files: there },
    { name: 'ONBUILD', code: node.replace('COPY . .', 'ONBUILD COPY . .'), files: there },
  ],
  invalid: [
    {
      code: node, files: there, ignore: 'node_modules\n',
      findings: [{ at: 'COPY . .', message: '"COPY . ." stores .env, which git ignores, in a layer that everybody who has the image can read: add ".env" to .dockerignore.' }],
      fixedIgnore: 'node_modules\n.env\n',
    },
    {
      name: 'no ignore file; several files', code: node, files: { ...there, 'certs/server.pem': '' },
      findings: [{ at: 'COPY . .', message: /stores \.env and certs\/server\.pem, which git ignores.*: add "\.env" and "certs\/server\.pem" to a \.dockerignore\.$/ }],
      fixedIgnore: '.env\ncerts/server.pem\n',
    },
    {
      name: 'a pattern of .gitignore in a folder', code: node, files: { 'server.js': '', 'config/.gitignore': '/master.key\n', 'config/master.key': '' },
      findings: [{ at: 'COPY . .', message: /stores config\/master\.key/ }],
      fixedIgnore: 'config/master.key\n',
    },
    {
      name: 'by way of another stage', files: { 'server.js': '', 'certs/server.key': '', '.gitignore': '*.key\n' },
      code: dockerfile`FROM node:22 AS build
                       WORKDIR /app
                       COPY . .
                       RUN npm run build
                       FROM node:22
                       COPY --from=build /app /srv
                       CMD ["node", "/srv/server.js"]`,
      findings: [{ at: 'COPY . .', message: '"COPY . ." stores certs/server.key, which git ignores, in a layer, and "COPY --from=build /app /srv" in one that everybody who has the image can read: add "certs/server.key" to a .dockerignore.', related: [{ at: 'COPY --from=build /app /srv', message: 'what was copied gets into the image here' }] }],
      fixedIgnore: 'certs/server.key\n',
    },
    {
      name: 'another name for a template', code: node, files: { 'server.js': '', '.example.env': 'JWT_SECRET=\n', '.gitignore': '.env\n' },
      findings: [{ at: 'COPY . .', message: /^Nothing keeps \.env out/ }],
      fixedIgnore: '.env\n',
    },
    {
      name: 'not there, but a template says what is in it', code: node, files: template, ignore: 'node_modules\n',
      findings: [{ at: 'COPY . .', message: 'Nothing keeps .env out of "COPY . .": on a host that has this file, which git ignores, its values such as SESSION_SECRET end up in the image; add ".env" to .dockerignore.' }],
      fixedIgnore: 'node_modules\n.env\n',
    },
    {
      name: 'a folder', code: node.replace('COPY . .', 'COPY api/ .'), files: { 'api/server.js': '', 'api/.env.sample': 'DB_PASSWORD=\n', '.gitignore': '**/.env\n' },
      findings: [{ at: 'COPY api/ .', message: /^Nothing keeps api\/\.env out of "COPY api\/ \."/ }],
      fixedIgnore: 'api/.env\n',
    },
    {
      name: 'a step that runs the project may read it', code: node.replace('COPY . .', 'COPY . .\nRUN npm ci && npm run build'), files: there,
      findings: [{ at: 'COPY . .', message: /stores \.env/ }], fixed: null,
    },
    {
      name: 'an install reads no settings', code: node.replace('COPY . .', 'COPY . .\nRUN npm ci && mkdir /data'), files: there,
      findings: [{ at: 'COPY . .', message: /stores \.env/ }], fixedIgnore: '.env\n',
    },
    {
      name: 'an image for developers takes it', code: node, files: { ...there, 'Dockerfile.dev': 'FROM node:22\nCOPY . .\nCMD ["npm", "run", "dev"]\n' },
      findings: [{ at: 'COPY . .', message: /stores \.env/ }], fixed: null,
    },
    {
      name: 'let in by name', code: node, files: there, ignore: '.*\n!.env\n',
      findings: [{ at: 'COPY . .', message: /stores \.env/ }], fixed: null,
    },
  ],
})

it.each([undefined, 'node_modules\n'])('is a finding of its own beside what the same file mends (ignore file: %j)', ignore => {
  const code = node.replace('COPY . .', 'COPY . .\nRUN npm ci')
  const found = lint(inputOf({ code, files: there, ...ignore !== undefined && { ignore } }), [missing, files, rule].map(each => activeRule(each)))
  expect(found.map(({ rule: id }) => id).sort()).toEqual([ignore === undefined ? 'missing-dockerignore' : 'context-includes-build-files', 'context-includes-secrets'].sort())
  expect(found.find(({ rule: id }) => id === 'context-includes-secrets')?.message).toContain('.env')
})
