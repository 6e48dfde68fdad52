import rule from '../../rules/ignore-file-never-read.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const api = dockerfile`FROM node:22
                       WORKDIR /app
                       COPY shared shared
                       COPY api .`
const path = 'api/Dockerfile'
const files = { 'shared/log.js': '', 'api/server.js': '', 'api/.dockerignore': 'node_modules\n' }

ruleTester(rule, {
  valid: [
    { name: 'the context is not known', code: api, path },
    { name: 'precision 1: the context is the folder of the Dockerfile', code: api, files: { ...files, '.dockerignore': 'node_modules\n' } },
    { name: 'no repository', code: api, path, files, input: { repository: undefined as never } },
    { name: 'the context is not known in the repository', code: api, path, input: { repository: { files: { list: () => [], read: () => 'node_modules\n' }, ownFolder: 'api', contextFolder: null } } },
    { name: 'it says nothing', code: api, path, files: { ...files, 'api/.dockerignore': '# nothing\n' } },
    { name: 'a folder of files for Docker alone, such as an answer to copy', code: api.replace('COPY api .', 'COPY . .'), path: 'answer/Dockerfile', files: { 'shared/log.js': '', 'answer/.dockerignore': 'node_modules\n', 'answer/compose.yaml': '' } },
    { name: 'the same as the one that is read', code: api, path, files, ignore: 'node_modules\n' },
    { name: 'nothing of its folder is copied as a whole', code: api.replace('COPY api .', 'COPY api/server.js .'), path, files },
    { name: 'another Dockerfile beside it may be built there', code: api, path, files: { ...files, 'api/Dockerfile.dev': '' } },
    { name: 'compose builds the folder on its own', code: api, path, files: { ...files, 'compose.yaml': 'services:\n  api:\n    build:\n      context: ./api\n      dockerfile: Dockerfile.local\n' } },
    { name: 'a short form of it', code: api, path, files: { ...files, 'docker-compose.dev.yml': 'services:\n  api:\n    build: api/\n' } },
    { name: 'a Makefile does', code: api, path, files: { ...files, 'Makefile': 'api:\n\tdocker buildx build -t api ./api\n' } },
    { name: 'a workflow does', code: api, path, files: { ...files, '.github/workflows/ci.yml': '        with:\n          context: "api"\n' } },
    { name: 'a script beside it does', code: api, path: 'services/api/Dockerfile', files: { 'services/api/build.sh': 'docker build "$ROOT/services/api"\n', 'services/api/.dockerignore': 'node_modules\n', 'api/server.js': '' } },
  ],
  invalid: [
    {
      name: 'precision 1: an ignore file in a service folder that is not the context is never read', code: api, path, files, ignore: '.git\n',
      findings: [{ at: 'COPY api .', message: '"COPY api ." is not filtered by api/.dockerignore, which no build reads because the context is a folder above: delete that file, or move the lines that are still wanted to .dockerignore with "api/" in front.' }],
    },
    {
      name: 'the whole context is copied; no other ignore file', code: api.replace('COPY api .', 'COPY . .'), path, files,
      findings: [{ at: 'COPY . .', message: /move the lines that are still wanted to \.dockerignore/ }],
    },
    {
      name: 'scripts that build something else', code: api, path, files: { ...files, 'compose.yaml': 'services:\n  web:\n    build:\n      context: .\n      dockerfile: api/Dockerfile\n    volumes: [./api:/app]\n', 'Makefile': 'build:\n\tdocker build -f api/Dockerfile .\n' },
      findings: [{ at: 'COPY api .', message: /api\/\.dockerignore/ }],
    },
  ],
})
