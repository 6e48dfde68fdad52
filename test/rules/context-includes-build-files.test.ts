import rule from '../../rules/context-includes-build-files.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const node = dockerfile`FROM node:22
                        WORKDIR /app
                        COPY . .
                        RUN npm ci`
const files = { 'package.json': '{}', 'server.js': '', 'compose.yaml': '', '.github/workflows/ci.yml': '', '.github/dependabot.yml': '' }
const ignored = 'node_modules\nDockerfile\n.dockerignore\ncompose.yaml\n.github\n'

ruleTester(rule, {
  valid: [
    { name: 'a project that is vendored', code: node, path: 'vendor/github.com/a/b/Dockerfile', files, ignore: 'node_modules\n' },
    { name: 'the context is not known', code: node, ignore: 'node_modules\n' },
    { name: 'without any ignore file missing-dockerignore speaks', code: node, files },
    { name: 'ignored', code: node, files, ignore: ignored },
    { name: 'only the ignore file, which hardly anybody edits', code: node, files: { 'server.js': '' }, ignore: 'Dockerfile\n' },
    { name: 'an allow list', code: node, files, ignore: '*\n!package.json\n!server.js\n' },
    { name: 'only narrow copies', code: node.replace('COPY . .', 'COPY package.json .'), files, ignore: 'node_modules\n' },
    { name: 'nothing follows', code: node.replace('COPY . .\nRUN npm ci', 'RUN npm install express\nCOPY . .\nRUN chmod +x server.js'), files, ignore: 'node_modules\n' },
    { name: 'a step reads them', code: node.replace('npm ci', 'hadolint Dockerfile && docker compose -f compose.yaml config && ls .github'), files, ignore: '.dockerignore\n' },
    { name: 'the version comes from git, which would see that files are gone', code: node.replace('npm ci', 'npm ci && git describe --dirty > version'), files: { ...files, '.git/HEAD': '' }, ignore: 'node_modules\n' },
    { name: 'the same in a checkout that came without its .git', code: node.replace('npm ci', 'npm ci && git describe --dirty > version'), files, ignore: 'node_modules\n' },
    { name: 'compose files further down are data', code: node, files: { 'package.json': '{}', 'templates/compose.yaml': '', 'templates/.github/ci.yml': '' }, ignore: 'Dockerfile\n' },
    { name: 'a Procfile is read when the image runs', code: node, files: { 'package.json': '{}', 'Procfile': '' }, ignore: 'Dockerfile\n' },
    { name: 'the stage is not needed', code: `${node}\nFROM scratch\nCOPY server.js /\n`, files, ignore: 'node_modules\n' },
    { name: 'ONBUILD', code: node.replace('COPY . .', 'ONBUILD COPY . .'), files, ignore: 'node_modules\n' },
  ],
  invalid: [
    {
      code: node, files, ignore: 'node_modules\n',
      findings: [{ at: 'COPY . .', message: '"COPY . ." takes Dockerfile, .github/, compose.yaml and .dockerignore along, so that any edit there, even of a comment, re-runs it and the RUN step after it: add them to .dockerignore.' }],
      fixedIgnore: 'node_modules\nDockerfile\n.dockerignore\ncompose.yaml\n.github\n',
    },
    {
      name: 'only one is left', code: node, files, ignore: ignored.replace('compose.yaml\n', ''),
      findings: [{ at: 'COPY . .', message: /takes compose\.yaml along.*: add it to \.dockerignore\.$/ }],
      fixedIgnore: `${ignored.replace('compose.yaml\n', '')}compose.yaml\n`,
    },
    {
      name: 'a bind mount of the whole context', code: dockerfile`FROM node:22
                                                                 RUN --mount=target=/src cd /src && npm ci --prefix /out`, files, ignore: ignored.replace('Dockerfile\n', ''),
      findings: [{ at: /^RUN --mount/, message: /takes Dockerfile along, so that any edit there, even of a comment, re-runs this step: add it/ }],
      fixedIgnore: `${ignored.replace('Dockerfile\n', '')}Dockerfile\n`,
    },
    {
      name: 'of several copies the one with the most work after it, stages built FROM it included',
      code: dockerfile`FROM node:22 AS plan
                       COPY . .
                       RUN node plan.js > plan.json
                       FROM node:22 AS source
                       COPY --from=plan plan.json .
                       COPY . .
                       FROM source
                       RUN npm ci
                       RUN npm run build`,
      files, ignore: 'node_modules\n',
      findings: [{ at: 'COPY . .', line: 6, message: /re-runs it and 2 RUN steps after it/ }],
      fixedIgnore: `node_modules\nDockerfile\n.dockerignore\ncompose.yaml\n.github\n`,
    },
    {
      name: 'precision 1: a Dockerfile in a folder below the context', path: 'Dockerfile', code: node, ignore: '.dockerignore\n',
      files: { 'package.json': '{}', 'docker/Dockerfile': '' },
      input: { path: 'docker/Dockerfile', repository: { files: { list: () => [], read: () => null }, ownFolder: 'docker', contextFolder: '' } },
      findings: [{ at: 'COPY . .', message: /takes docker\/Dockerfile and Dockerfile along/ }],
      fixedIgnore: '.dockerignore\ndocker/Dockerfile\nDockerfile\n',
    },
    {
      name: 'one line for files of one name', code: node, ignore: '.git\n',
      files: { ...files, 'Dockerfile.alpine': 'FROM a\n', 'Dockerfile-arm': 'FROM a\n', 'docker-compose.yml': '', 'docker-compose.override.yml': '' },
      findings: [{ at: 'COPY . .', message: /takes Dockerfile/ }],
      fixedIgnore: '.git\nDockerfile*\n.dockerignore\ncompose.yaml\ndocker-compose*.yml\n.github\n',
    },
    {
      name: 'another file of such a name stays', code: node.replace('RUN npm ci', 'COPY Dockerfile.tmpl /x\nRUN npm ci'), ignore: '.dockerignore\n',
      files: { 'package.json': '{}', 'Dockerfile.tmpl': 'FROM {{a}}\n', 'Dockerfile.alpine': 'FROM a\n' },
      findings: [{ at: 'COPY . .', message: /takes Dockerfile\.alpine along/ }],
      fixedIgnore: '.dockerignore\nDockerfile.alpine\n',
    },
    {
      name: 'several Dockerfiles in folders of one context', path: 'api/Dockerfile', code: node, ignore: '.dockerignore\n.git',
      files: { 'package.json': '{}', 'web/Dockerfile': 'FROM node:22\nCOPY package.json .\nCOPY . .\n' }, input: {},
      findings: [{ at: 'COPY . .', message: /takes api\/Dockerfile along/ }],
      fixedIgnore: '.dockerignore\n.git\n**/Dockerfile\n',
    },
    {
      name: 'another Dockerfile copies one', code: node, ignore: 'Dockerfile*\n.dockerignore\n',
      files: { 'package.json': '{}', 'compose.yaml': '', 'Dockerfile.cli': 'FROM docker:29\nCOPY compose.yaml /\n' },
      findings: [{ at: 'COPY . .', message: /takes compose\.yaml along/ }], fixed: null,
    },
    {
      name: 'the image starts with one', code: `${node}CMD ["docker", "compose", "-f", "compose.yaml", "up"]\n`, ignore: ignored.replace('compose.yaml\n', ''), files,
      findings: [{ at: 'COPY . .', message: /takes compose\.yaml along/ }], fixed: null,
    },
    {
      name: 'let in by name', code: node, ignore: '*.yaml\n!compose.yaml\nDockerfile\n.dockerignore\n.github\n', files,
      findings: [{ at: 'COPY . .', message: /takes compose\.yaml along/ }], fixed: null,
    },
    {
      name: 'line ends of Windows, a comment at the end', code: node, files, ignore: 'node_modules\r\n# more to come',
      findings: [{ at: 'COPY . .', message: /takes Dockerfile/ }],
      fixedIgnore: 'node_modules\r\n# more to come\r\n\r\nDockerfile\r\n.dockerignore\r\ncompose.yaml\r\n.github\r\n',
    },
  ],
})
