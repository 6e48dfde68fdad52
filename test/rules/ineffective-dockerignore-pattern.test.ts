import rule from '../../rules/ineffective-dockerignore-pattern.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const node = dockerfile`FROM node:22
                        WORKDIR /app
                        COPY . .`
const narrow = node.replace('COPY . .', 'COPY docs docs')
const packageJson = '{"dependencies": {"vue": "3"}}'
const files = { 'docs/a.md': '', 'README.md': '', 'package.json': packageJson, 'web/package.json': packageJson }

ruleTester(rule, {
  valid: [
    { name: 'no ignore file', code: node, files },
    { name: 'no step reads the context', code: 'FROM node:22\nRUN echo\n', files, ignore: '.\n  # comment\n' },
    { name: 'leading and trailing slashes are harmless', code: node, files: { 'server.js': '' }, ignore: '/docs/\nsrc/\n./tmp\n' },
    { name: 'patterns for generated folders that are not there now', code: node, files: { 'server.js': '' }, ignore: 'node_modules\ncoverage\ndist\n*.log\n' },
    { name: 'comments, blank lines and a hash inside a name', code: node, files, ignore: '# node\n\n\n**/node_modules\nc#\n**/*.c#\n#\n' },
    { name: 'recursive', code: node, files, ignore: '**/node_modules\n' },
    { name: 'both written out', code: node, files, ignore: 'node_modules\nweb/node_modules\n' },
    { name: 'the folder further down is ignored', code: node, files, ignore: 'node_modules\nweb\n' },
    { name: 'a leading slash says that the top is meant', code: node, files, ignore: '/node_modules\n' },
    { name: 'the context is not copied as a whole', code: narrow, files, ignore: 'node_modules\n' },
    { name: 'a project further down that names no dependencies', code: node, files: { 'web/package.json': '{"type": "module"}' }, ignore: 'node_modules\n' },
    { name: 'examples and vendored projects are not built where they lie', code: node, files: { 'examples/a/package.json': packageJson, 'wwwroot/lib/bootstrap/package.json': packageJson }, ignore: 'node_modules\n' },
    { name: 'scripts that nobody imports leave no bytecode', code: node, files: { 'api/manage.py': '' }, ignore: '*.pyc\n' },
    { name: 'Python at the top only', code: node, files: { 'a.py': '' }, ignore: '__pycache__\n' },
    { name: 'no project that makes bin', code: node, files: { 'tools/run.sh': '' }, ignore: 'bin\n' },
    { name: 'the context is not known', code: node, ignore: 'node_modules\nreadme.md\n' },
    { name: 'let through below what ignores it', code: node, files, ignore: 'docs\n!docs/a.md\n' },
    { name: 'let through once more', code: node, files, ignore: '!docs\n*\n!docs\n!package.json\n' },
    { name: 'something in it is let through once more', code: node, files, ignore: '!docs\n*\n!docs/a.md\n' },
    { name: 'a part of what is let through is ignored', code: node, files, ignore: '*\n!docs\ndocs/drafts\n' },
    { name: 'another folder is called almost the same: Debug is made by tools, debug holds sources', code: node, files: { 'debug/print.go': '' }, ignore: 'Debug\n' },
    { name: 'both spellings are there', code: node, files: { 'README.md': '', 'readme.md': '' }, ignore: 'readme.md\n' },
    { name: 'the folder is kept on purpose', code: node, files: { '.gitignore': '/log\n', 'server.js': '' }, ignore: 'log/*\n!log/.keep\n' },
    { name: 'the folder is in the repository and always there', code: node, files: { 'docs/a.md': '' }, ignore: 'docs/**\n' },
    { name: 'the folder is ignored as well', code: node, files: { '.gitignore': 'out\n', 'server.js': '' }, ignore: 'out\nout/**\n' },
  ],
  invalid: [
    {
      code: node, files, ignore: '.git\nnode_modules\n',
      findings: [{ at: 'node_modules', message: '"node_modules" matches only at the top of the context, unlike in a .gitignore, so web/node_modules reaches "COPY . ." and re-runs it whenever it changes: write "**/node_modules".' }],
      fixedIgnore: '.git\n**/node_modules\n',
    },
    {
      name: 'Python: one finding for a family of patterns', code: node, files: { 'manage.py': '', 'app/__init__.py': '', 'app/models.py': '', 'app/x/__init__.py': '' }, ignore: '__pycache__/\n*.pyc\n',
      findings: [{ at: '__pycache__/', message: /so app\/__pycache__ reaches "COPY \. \.".*write "\*\*\/__pycache__"/ }],
      fixedIgnore: '**/__pycache__/\n**/*.pyc\n',
    },
    {
      name: '.NET and Maven', code: node, files: { 'src/A/A.csproj': '', 'b/pom.xml': '' }, ignore: '[Bb]in/\n[Oo]bj/\ntarget\n',
      findings: [{ at: '[Bb]in/', message: /src\/A\/bin/ }, { at: '[Oo]bj/', message: /src\/A\/obj/ }, { at: 'target', message: /b\/target/ }],
      fixedIgnore: '**/[Bb]in/\n**/[Oo]bj/\n**/target\n',
    },
    {
      name: 'a dead exception: wrong order', code: narrow, files, ignore: '!docs/a.md\ndocs\n',
      findings: [{ at: '!docs/a.md', message: '"!docs/a.md" has no effect, because line 2 of .dockerignore ("docs") ignores it again: move it below that line.' }],
      fixedIgnore: 'docs\n!docs/a.md\n',
    },
    {
      name: 'another case', code: node, files: { 'README.md': '' }, ignore: 'Readme.md\n',
      findings: [{ at: 'Readme.md', message: /^"Readme\.md" does not match README\.md, because patterns are case-sensitive/ }],
      fixedIgnore: 'README.md\n',
    },
    {
      name: 'a comment behind a pattern', code: node, files, ignore: '  **/node_modules   # installed in the image\n',
      findings: [{ at: '**/node_modules   # installed in the image', message: /does not match \*\*\/node_modules, because a "#" behind a pattern is part of it/ }],
      fixedIgnore: '# installed in the image\n  **/node_modules\n',
    },
    {
      name: 'an indented comment', code: node, files, ignore: '  # node_modules\n',
      findings: [{ at: '# node_modules', message: /is a pattern and no comment/ }],
      fixedIgnore: '# node_modules\n',
    },
    { name: 'a lone dot', code: node, files, ignore: '.\n!docs\n', findings: [{ at: '.', message: /^"\." matches nothing/ }], fixed: null },
    { name: 'a path above the context', code: node, files, ignore: '../secrets\n', findings: [{ at: '../secrets', message: /matches nothing/ }], fixedIgnore: '' },
    { name: 'a path above the context, with a comment', code: node, files, ignore: 'docs\n# never\n../secrets\n', findings: [{ at: '../secrets', message: /matches nothing/ }], fixed: null },
    { name: 'quotes', code: node, files, ignore: '"docs"\n', findings: [{ at: '"docs"', message: /does not match docs, because quotes/ }], fixedIgnore: 'docs\n' },
    { name: 'quotes around what another Dockerfile copies', code: node, files: { ...files, 'Dockerfile.docs': 'FROM nginx\nCOPY docs /usr/share/nginx/html\n' }, ignore: '"docs"\n', findings: [{ at: '"docs"', message: /quotes/ }], fixed: null },
    { name: 'quotes, the context not known', code: node, ignore: '"docs"\n', findings: [{ at: '"docs"', message: /quotes/ }], fixed: null },
    { name: 'a manifest names the file', code: node, files: { 'README.md': '', 'pyproject.toml': '[project]\nreadme = "README.md"\n' }, ignore: 'Readme.md\n', findings: [{ at: 'Readme.md', message: /case-sensitive/ }], fixed: null },
    {
      name: 'a folder of the repository further down has the name', code: node, files: { 'src/A/A.csproj': '', 'tools/bin/run.sh': '' }, ignore: 'bin\n',
      findings: [{ at: 'bin', message: /src\/A\/bin/ }], fixed: null,
    },
    {
      name: 'what is let in re-runs what takes it, which is what the line is for', code: `${node}RUN npm ci\n`, files, ignore: '!README.md\n*.md\n',
      findings: [{ at: '!README.md', message: /has no effect/ }],
      fixedIgnore: '*.md\n!README.md\n',
    },
    {
      name: 'a comment behind what a project further down makes as well', code: node, files, ignore: 'node_modules # installed\n',
      findings: [{ at: 'node_modules # installed', message: /because a "#"/ }],
      fixedIgnore: '# installed\n**/node_modules\n',
    },
    {
      name: 'several in the wrong order, line ends of Windows and no last one', code: narrow, files, ignore: '# wanted\r\n!docs/a.md\r\n!README.md\r\n\r\n*',
      findings: [{ at: '!docs/a.md', message: /has no effect/ }, { at: '!README.md', message: /has no effect/ }],
      fixedIgnore: '\r\n*\r\n!README.md\r\n# wanted\r\n!docs/a.md',
    },
    {
      name: 'the empty folder is left', code: node, files: { '.gitignore': 'out/\n', 'server.js': '' }, ignore: 'out/**\n',
      findings: [{ at: 'out/**', message: /matches what is in out, not the folder itself, so "COPY \. \." re-runs when the empty folder comes or goes: write "out"/ }],
      fixedIgnore: 'out\n',
    },
  ],
})
