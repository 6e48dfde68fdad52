import rule from '../../rules/context-includes-vcs-directory.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const node = dockerfile`FROM node:22
                        WORKDIR /app
                        COPY . .
                        RUN npm ci`
const repository = { 'server.js': '', '.git/HEAD': 'ref: refs/heads/main\n', '.git/index': '' }
/** The same file with another last step. */
const running = (command: string): string => node.replace('RUN npm ci', `RUN ${command}`)

ruleTester(rule, {
  valid: [
    { name: 'the context is not known', code: node, ignore: 'node_modules\n' },
    { name: 'without any ignore file missing-dockerignore speaks', code: node, files: repository },
    { name: 'ignored', code: node, files: repository, ignore: '.git\n' },
    { name: 'ignored by a pattern', code: node, files: repository, ignore: '**/.git*\n' },
    { name: 'ignored by an allow list', code: node, files: repository, ignore: '*\n!server.js\n' },
    { name: 'a worktree or submodule: .git is a file', code: node, files: { 'server.js': '', '.git': 'gitdir: ../.git/modules/a\n' }, ignore: 'node_modules\n' },
    { name: 'only narrow copies', code: node.replace('COPY . .', 'COPY server.js .'), files: repository, ignore: 'node_modules\n' },
    { name: 'a script of package.json asks git', code: running('npm run build'), files: { ...repository, 'package.json': '{"scripts":{"build":"vite build --rev $(git rev-parse HEAD)"}}' }, ignore: 'node_modules\n' },
    { name: '.git is copied on purpose', code: node.replace('COPY . .', 'COPY . .\nCOPY .git .git'), files: repository, ignore: 'node_modules\n' },
    ...['git describe --tags > version', 'make', './build.sh', 'go build -o /app .', 'dotnet publish -c Release', 'pip install setuptools-scm && pip install .', './gradlew build', 'if ; then'].map(command => ({ name: `may read it: ${command}`, code: running(command), files: repository, ignore: 'node_modules\n' })),
  ],
  invalid: [
    {
      code: node, files: repository, ignore: 'node_modules\n',
      findings: [{ at: 'COPY . .', message: /^"COPY \. \." takes \.git along, because \.dockerignore does not name it: every commit re-runs this step/ }],
    },
    {
      name: 'a pattern for another folder does not help', code: node, files: repository, ignore: 'sub/.git\n.github\n',
      findings: [{ at: 'COPY . .', message: /takes \.git along/ }],
    },
    {
      name: 'a bind mount', code: node.replace('COPY . .', 'RUN --mount=target=/src cp /src/server.js .'), files: repository, ignore: 'node_modules\n',
      findings: [{ at: 'RUN --mount=target=/src cp /src/server.js .', message: /takes \.git along/ }],
    },
  ],
})
