import rule from '../../rules/context-includes-large-files.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { ruleTester } from '../support/rule-tester.ts'

const python = dockerfile`FROM python:3.13
                          WORKDIR /app
                          COPY . .
                          CMD ["python", "app.py"]`
const dump = { size: 52_000_000 }
const files = { 'app.py': '', 'backup/production.sql': dump, '.gitignore': '*.sql\n*.sqlite3\nmodels/\ndist/\n' }

ruleTester(rule, {
  valid: [
    { name: 'the context is not known', code: python },
    { name: 'ignored', code: python, files, ignore: 'backup\n' },
    { name: 'smaller than the limit', code: python, files: { ...files, 'backup/production.sql': { size: 9_900_000 } } },
    { name: 'the limit is an option', code: python, files, options: { megabytes: 60 } },
    { name: 'an intended asset: in the repository', code: python, files: { ...files, '.gitignore': '', 'media/intro.mp4': dump } },
    { name: 'a pointer of Git LFS', code: python, files: { 'app.py': '', 'media/intro.psd': 'version https://git-lfs.github.com/spec/v1\n' } },
    { name: 'fetched for the image', code: python, files: { 'app.py': '', 'models/net.safetensors': dump, '.gitignore': 'models/\n' } },
    { name: 'kept by DVC and fetched with it', code: python, files: { 'app.py': '', 'data/train.csv': dump, 'data/train.csv.dvc': 'outs:\n- path: train.csv\n', 'data/.gitignore': '/train.csv\n' } },
    { name: 'in a folder that DVC keeps', code: python, files: { 'app.py': '', 'data/train.csv': dump, 'data.dvc': 'outs:\n- path: data\n', '.gitignore': '/data\n' } },
    { name: 'made by a pipeline of DVC', code: python, files: { 'app.py': '', 'train.parquet': dump, 'dvc.yaml': 'stages:\n', '.gitignore': '*.parquet\n' } },
    { name: 'built for the image', code: python, files: { 'app.py': '', 'dist/data.csv': dump, '.gitignore': 'dist/\n' } },
    { name: 'named by a step', code: python.replace('CMD', 'RUN python load.py production.sql\nCMD'), files },
    { name: 'only narrow copies', code: python.replace('COPY . .', 'COPY app.py .'), files },
    { name: 'a link', code: python, files: { ...files, 'backup/production.sql': { size: 52_000_000, link: '/dumps/production.sql' } } },
    { name: 'ONBUILD', code: python.replace('COPY', 'ONBUILD COPY'), files },
  ],
  invalid: [
    {
      code: python, files, ignore: '.git\n',
      findings: [{ at: 'COPY . .', message: '"COPY . ." takes backup/production.sql (about 52 MB, ignored by git) along, which other checkouts do without: it is sent and stored with every change; add "backup/production.sql" to .dockerignore.' }],
      fixedIgnore: '.git\nbackup/production.sql\n',
    },
    {
      name: 'logs even from the repository; the largest first', code: python, files: { ...files, 'debug.log': { size: 80_000_000 } },
      findings: [{ at: 'COPY . .', message: /takes debug\.log \(about 80 MB\) and backup\/production\.sql \(about 52 MB, ignored by git\) along, which other checkouts do without: they are sent.*add "debug\.log" and "backup\/production\.sql" to a \.dockerignore\.$/ }],
      fixedIgnore: 'debug.log\nbackup/production.sql\n',
    },
    { name: 'a log alone', code: python, files: { 'app.py': '', 'debug.log': dump }, findings: [{ at: 'COPY . .', message: /debug\.log \(about 52 MB\) along, which no image needs: it is sent/ }], fixedIgnore: 'debug.log\n' },
    {
      name: 'a name with signs of patterns', code: python, files: { 'app.py': '', 'notes/[a] b*.log': dump }, ignore: '.git',
      findings: [{ at: 'COPY . .', message: /add "notes\/\[a\] b\*\.log" to/ }], fixedIgnore: '.git\nnotes/\\[a\\] b\\*.log\n',
    },
    {
      name: 'another Dockerfile loads it', code: python, files: { ...files, 'Dockerfile.seed': 'FROM postgres:17\nCOPY backup/production.sql /docker-entrypoint-initdb.d/\n' },
      findings: [{ at: 'COPY . .', message: /takes backup\/production\.sql/ }], fixed: null,
    },
    { name: 'a lower limit', code: python, files: { 'app.py': '', 'db.sqlite3': { size: 2_000_000 }, '.gitignore': 'db.sqlite3\n' }, options: { megabytes: 1 }, findings: [{ at: 'COPY . .', message: /takes db\.sqlite3 \(about 2 MB/ }], fixedIgnore: 'db.sqlite3\n' },
  ],
})
