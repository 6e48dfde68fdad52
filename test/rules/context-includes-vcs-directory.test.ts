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
    { name: 'a setting of a bundler asks git', code: running('npm run build'), files: { ...repository, 'vite.config.ts': "execSync('git rev-parse --short HEAD')" }, ignore: 'node_modules\n' },
    { name: 'the version of a Python package comes from tags', code: running('pip install .'), files: { ...repository, 'pyproject.toml': '[build-system]\nrequires = ["hatchling", "hatch-vcs"]\n' }, ignore: 'node_modules\n' },
    { name: 'pages with the date of their last commit', code: running('mkdocs build'), files: { ...repository, 'mkdocs.yml': 'plugins:\n  - git-revision-date-localized\n' }, ignore: 'node_modules\n' },
    { name: '.git is copied on purpose', code: node.replace('COPY . .', 'COPY . .\nCOPY .git .git'), files: repository, ignore: 'node_modules\n' },
    ...['git describe --tags > version', 'make', './build.sh', 'go build -o /app .', 'dotnet publish -c Release', 'pip install setuptools-scm && pip install .', './gradlew build', 'if ; then'].map(command => ({ name: `may read it: ${command}`, code: running(command), files: repository, ignore: 'node_modules\n' })),
  ],
  invalid: [
    {
      code: node, files: repository, ignore: 'node_modules\n',
      findings: [{ at: 'COPY . .', message: /^"COPY \. \." takes \.git along, so that every commit re-runs this step and all after it: add "\.git" to \.dockerignore\.$/ }],
      fixedIgnore: 'node_modules\n.git\n',
    },
    {
      name: 'a pattern for another folder does not help', code: node, files: repository, ignore: 'sub/.git\n.github\n',
      findings: [{ at: 'COPY . .', message: /takes \.git along/ }],
      fixedIgnore: 'sub/.git\n.github\n.git\n',
    },
    {
      name: 'package.json says where the repository is', code: running('npm run build'), files: { ...repository, 'package.json': '{"repository": {"type": "git", "url": "git+https://example.com/a.git"}, "scripts": {"build": "vite build"}}' }, ignore: 'node_modules\n',
      findings: [{ at: 'COPY . .', message: /takes \.git along/ }],
      fixedIgnore: 'node_modules\n.git\n',
    },
    {
      name: 'a step removes it again', code: running('rm -rf /app/.git && rm -rf /app/docs'), files: repository, ignore: 'node_modules\n',
      findings: [{ at: 'COPY . .', message: /takes \.git along/ }],
      fixedIgnore: 'node_modules\n.git\n',
    },
    {
      name: 'a bind mount', code: node.replace('COPY . .', 'RUN --mount=target=/src cp /src/server.js .'), files: repository, ignore: 'node_modules\n',
      findings: [{ at: 'RUN --mount=target=/src cp /src/server.js .', message: /takes \.git along/ }],
      fixedIgnore: 'node_modules\n.git\n',
    },
    {
      name: 'line ends of Windows and no final one', code: node.replaceAll('\n', '\r\n'), files: repository, ignore: '# made on the host\r\nnode_modules',
      findings: [{ at: 'COPY . .', message: /takes \.git along/ }],
      fixedIgnore: '# made on the host\r\nnode_modules\r\n.git\r\n',
    },
    {
      name: 'an allow list that lets all of a kind in', code: node, files: repository, ignore: '*\n!server.js\n!**/*\n',
      findings: [{ at: 'COPY . .', message: /takes \.git along/ }],
      fixedIgnore: '*\n!server.js\n!**/*\n.git\n',
    },
    {
      name: 'sections under headings', code: node, files: repository, ignore: '# Dependencies\nnode_modules\n\n# Output\ndist\n',
      findings: [{ at: 'COPY . .', message: /takes \.git along/ }],
      fixedIgnore: '# Dependencies\nnode_modules\n\n# Output\ndist\n\n.git\n',
    },
    {
      name: 'let in by name', code: node, files: repository, ignore: '.*\n!.git\n',
      findings: [{ at: 'COPY . .', message: /takes \.git along/ }], fixed: null,
    },
    {
      name: 'another Dockerfile of the context stamps a version', code: node, files: { ...repository, 'docker/Dockerfile.release': 'FROM golang:1.25\nCOPY server.js .\nCOPY . .\nRUN make release\n' }, ignore: 'node_modules\n',
      findings: [{ at: 'COPY . .', message: /takes \.git along/ }], fixed: null,
    },
    {
      name: 'another target stamps a version', code: `FROM node:22 AS release\nCOPY . .\nRUN make release\n${node}`, files: repository, ignore: 'node_modules\n',
      findings: [{ at: 'COPY . .', line: 6, message: /takes \.git along/ }], fixed: null,
    },
    {
      name: 'another Dockerfile has an ignore file of its own', code: node, ignore: 'node_modules\n',
      files: { ...repository, 'Dockerfile.release': 'FROM golang:1.25\nCOPY . .\nRUN make release\n', 'Dockerfile.release.dockerignore': 'node_modules\n' },
      findings: [{ at: 'COPY . .', message: /takes \.git along/ }],
      fixedIgnore: 'node_modules\n.git\n',
    },
    {
      name: 'another Dockerfile with a context of its own', code: node, ignore: 'node_modules\n',
      files: { ...repository, 'tools/Dockerfile': 'FROM golang:1.25\nCOPY go.mod .\nCOPY . .\nRUN make\n', 'tools/go.mod': '' },
      findings: [{ at: 'COPY . .', message: /takes \.git along/ }],
      fixedIgnore: 'node_modules\n.git\n',
    },
  ],
})
