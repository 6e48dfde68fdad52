import rule from '../../rules/dockerignore-shadowed.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const node = dockerfile`FROM node:22
                        WORKDIR /app
                        COPY . .
                        RUN npm ci`
const own = (text: string) => ({ 'server.js': '', 'docs/a.md': '', '.git/HEAD': '', 'Dockerfile.dockerignore': text })

ruleTester(rule, {
  valid: [
    { name: 'only the ignore file of the context', code: node, files: { 'server.js': '', '.git/HEAD': '' }, ignore: 'docs\n' },
    { name: 'only the own one', code: node, files: own('docs\n') },
    { name: 'same content', code: node, files: own('docs\n'), ignore: 'docs\n' },
    { name: 'the own one covers it in another way', code: node, files: own('*\n!server.js\n'), ignore: '.git\nnode_modules\ndocs\n' },
    { name: 'what only the other one names is not there and nothing that tools make', code: node, files: own('.git\n'), ignore: '.git\ncharts\n*.bak\n' },
    { name: 'written to let tests and build output in', code: node, files: { ...own('.git\n'), 'tests/a.js': '', 'dist/a.js': '' }, ignore: '.git\ntests\ndist\ndocs\n.env\n' },
    { name: 'an image that takes what the host has installed', code: node.replace('RUN npm ci', 'CMD ["node", "."]'), files: own('.git\n'), ignore: '.git\nnode_modules\n' },
    { name: 'a step reads .git', code: node.replace('npm ci', 'npm ci && git describe > version'), files: own('docs\n'), ignore: '.git\n' },
    { name: 'only narrow copies', code: node.replace('COPY . .', 'COPY server.js .'), files: own(''), ignore: '.git\n' },
    { name: 'comments and lines that let something through say nothing', code: node, files: own('.git\n'), ignore: '# docs\n!docs\n' },
  ],
  invalid: [
    {
      code: node, files: own('docs\n'), ignore: '.git\n**/node_modules\ndocs\n',
      findings: [{ at: 'COPY . .', message: 'Nothing keeps .git and **/node_modules out of "COPY . ." although .dockerignore has lines for them, because Dockerfile.dockerignore replaces that file as a whole: repeat the lines there.' }],
    },
    {
      name: 'even when it is empty', code: node, files: own(''), ignore: '/.git/\n',
      findings: [{ at: 'COPY . .', message: /^Nothing keeps \/\.git\/ out of .* although \.dockerignore has a line for it/ }],
    },
    {
      name: 'another name for the Dockerfile', code: node, path: 'api.Dockerfile', files: { 'server.js': '', '.git/HEAD': '', 'api.Dockerfile.dockerignore': 'docs\n' }, ignore: '.git\n',
      findings: [{ at: 'COPY . .', message: /because api\.Dockerfile\.dockerignore replaces/ }],
    },
  ],
})
