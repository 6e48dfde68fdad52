// A folder as the build context, and which folder that is.
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openContext, parseBuild } from '../../src/index.ts'
import { contextEvidence } from '../../src/facts/context-evidence.ts'
import { contextChooser } from '../../src/node/choose-context.ts'
import { openFolder } from '../../src/node/context.ts'
import { dockerfile } from '../support/dockerfile.ts'
import { temporaryFolder } from '../support/io.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => { folder = temporaryFolder() })
afterEach(() => folder.remove())

const at = (path: string): string => join(folder.path, path)
const touch = (...paths: readonly string[]): void => folder.write(Object.fromEntries(paths.map(path => [path, ''])))
const listed = (skip?: (folder: string) => boolean): readonly string[] => openFolder(folder.path).list(skip).map(({ path }) => path)

describe('a folder', () => {
  test('lists its files in the order of a walk, folders left out', () => {
    touch('b/c', 'a.txt', 'b/a', 'a/z', '.hidden', 'ü')
    mkdirSync(at('empty'))
    expect(listed()).toEqual(['.hidden', 'a/z', 'a.txt', 'b/a', 'b/c', 'ü'])
  })

  test('knows size and mode of a file', () => {
    folder.write({ 'run.sh': '#!/bin/sh\n' })
    chmodSync(at('run.sh'), 0o755)
    const [entry] = openFolder(folder.path).list()
    expect([entry!.path, entry!.size, entry!.mode]).toEqual(['run.sh', 10, 0o755])
  })

  test('is not looked into where that is not wanted', () => {
    touch('node_modules/a/index.js', 'src/index.js')
    expect(listed(path => path === 'node_modules')).toEqual(['src/index.js'])
  })

  test('lists of .git only its own files', () => {
    touch('.git/HEAD', '.git/objects/ab/cdef', '.git/config', 'vendor/lib/.git/HEAD', 'vendor/lib/.git/refs/x', 'src/a')
    expect(listed()).toEqual(['.git/HEAD', '.git/config', 'src/a', 'vendor/lib/.git/HEAD'])
  })

  test('shows links as links and follows none', () => {
    folder.write({ 'inside/secret': 'no', 'outside/secret': 'no', 'inside/real': 'yes' })
    symlinkSync('../outside', at('inside/link'))
    symlinkSync('.', at('inside/loop'))
    symlinkSync('nowhere', at('inside/broken'))
    const files = openFolder(at('inside'))
    expect(files.list().map(({ path, link }) => [path, link])).toEqual([['broken', 'nowhere'], ['link', '../outside'], ['loop', '.'], ['real', undefined], ['secret', undefined]])
    expect(['link', 'broken', 'link/secret', 'loop/real', 'real'].map(path => files.find!(path))).toEqual(['link', 'link', null, null, 'file'])
    expect(['link', 'link/secret', 'loop/real', 'real'].map(path => files.read(path))).toEqual([null, null, null, 'yes'])
  })

  test('finds and reads without a list', () => {
    folder.write({ 'a/b': 'text' })
    const files = openFolder(folder.path)
    expect(['a', 'a/b', 'a/b/c', 'x', 'x/y'].map(path => files.find!(path))).toEqual(['folder', 'file', null, null, null])
    expect(['a', 'a/b', 'x'].map(path => files.read(path))).toEqual([null, 'text', null])
  })

  test.runIf(process.getuid?.() !== 0)('leaves out what may not be read', () => {
    touch('a/b', 'c')
    chmodSync(at('a'), 0)
    expect(listed()).toEqual(['c'])
    chmodSync(at('a'), 0o755)
  })

  test('that is gone is empty', () => expect(openFolder(at('nowhere')).list()).toEqual([]))
})

describe('after ignoring', () => {
  /** The folders whose content was listed. */
  const looked = (ignore: string): readonly string[] => {
    const files = openFolder(folder.path)
    const entered: string[] = []
    const context = openContext({
      ignoreFile: { path: '.dockerignore', text: ignore },
      context: { ...files, list: skip => files.list(path => skip!(path) || (entered.push(path), false)) },
    })
    context.files()
    return entered
  }

  test('ignored folders are not walked', () => {
    touch('node_modules/a/b', 'src/a', 'docs/x/y')
    expect(looked('node_modules\n**/x\n')).toEqual(['docs', 'src'])
    expect(looked('*\n!src\n')).toEqual(['src'])
  })

  test('a pattern that may let something through opens them', () => {
    touch('node_modules/a/b', 'src/a')
    expect(looked('node_modules\n!**/b\n')).toEqual(['node_modules', 'node_modules/a', 'src'])
  })

  test('whether a file is there is known without a list', () => {
    touch('a', 'b/c', 'd/e')
    const files = openFolder(folder.path)
    let lists = 0
    const context = openContext({ ignoreFile: { path: '.dockerignore', text: 'a\nd\n' }, context: { ...files, list: skip => (lists++, files.list(skip)) } })
    expect(['', 'a', 'b/c', 'x', './b/../b/c'].map(path => context.has(path))).toEqual([true, false, true, false, true])
    expect(context.has('d')).toBe(false)
    expect(lists).toBe(0)
    expect(context.has('b')).toBe(true)
    expect(lists).toBe(1)
  })

  test('its lines are known, and what was there before', () => {
    touch('a/b', 'c')
    const text = '# no\n a/ \n!/a/b\n'
    const context = openContext({ ignoreFile: { path: '.dockerignore', text }, context: openFolder(folder.path) })
    expect(context.ignorePatterns().map(({ pattern, isException, span }) => [pattern, isException, text.slice(span.start, span.end)])).toEqual([['a', false, 'a/'], ['a/b', true, '!/a/b']])
    expect(context.ignorePatterns().map(({ matches }) => [matches('a'), matches('a/b'), matches('c')])).toEqual([[true, true, false], [false, true, false]])
    expect(context.source!.list().map(({ path }) => path)).toEqual(['a/b', 'c'])
    expect(openContext({ ignoreFile: { path: '.dockerignore', text: 'a\n[z' } }).ignorePatterns()).toEqual([])
  })

  test('Dockerfiles of one context share the list', () => {
    touch('a')
    const files = openFolder(folder.path)
    let lists = 0
    const context = { ...files, list: () => (lists++, files.list()) }
    const open = (text: string) => openContext({ ignoreFile: { path: '.dockerignore', text }, context }).files()
    expect(open('x')).toBe(open('x'))
    expect(open('a')).toEqual([])
    expect(lists).toBe(2)
  })
})

/** The context of a Dockerfile in the temporary folder, relative to it. */
function chosen(path: string, code: string): string | null {
  mkdirSync(dirname(at(path)), { recursive: true })
  writeFileSync(at(path), code)
  const found = contextChooser().choose(at(path), () => parseBuild(code))
  return found === null ? null : found.slice(folder.path.length + 1) || '.'
}

describe('precision 1: the context of a Dockerfile', () => {
  beforeEach(() => touch('.git/HEAD'))

  test('is its own folder at the top of the repository', () => {
    expect(chosen('Dockerfile', 'FROM a\nCOPY nowhere .\n')).toBe('.')
    expect(contextChooser().choose(at('Dockerfile'), () => { throw new Error('not needed') })).toBe(folder.path)
  })

  test('is the folder under which the sources exist', () => {
    touch('services/api/package.json', 'services/api/src/a', 'go.mod', 'docker/entry.sh')
    expect(chosen('services/api/Dockerfile', 'FROM a\nCOPY package.json ./\nCOPY src/ ./\nCOPY . .\n')).toBe('services/api')
    expect(chosen('services/api/root.Dockerfile', 'FROM a\nCOPY services/api/package.json ./\n')).toBe('.')
    expect(chosen('services/api/middle.Dockerfile', 'FROM a\nCOPY ./api/src /\n')).toBe('services')
    expect(chosen('docker/Dockerfile', 'FROM a\nCOPY go.mod docker/entry.sh /\n')).toBe('.')
  })

  test('wildcards, mounts and ADD count', () => {
    touch('a/b/package.json', 'lib/one.jar', 'lib/deep/two.txt')
    expect(chosen('a/b/Dockerfile', 'FROM a\nCOPY pack*.json ./\n')).toBe('a/b')
    expect(chosen('x/y/Dockerfile', 'FROM a\nADD lib/*.jar ./\n')).toBe('.')
    expect(chosen('x/z/Dockerfile', 'FROM a\nCOPY lib/*/two.* ./\n')).toBe('.')
    expect(chosen('x/m/Dockerfile', 'FROM a\nRUN --mount=type=bind,source=lib,target=/l ls\n')).toBe('.')
    expect(chosen('x/p/Dockerfile', 'FROM a\nCOPY --parents lib/./deep /\n')).toBe('.')
  })

  test('only what building the target takes counts', () => {
    touch('sub/app', 'other')
    expect(chosen('sub/Dockerfile', 'FROM a AS unused\nCOPY other /\nFROM a\nCOPY app /\n')).toBe('sub')
    expect(contextEvidence(parseBuild(dockerfile`
      FROM a AS base
      COPY --from=b x /
      ADD https://example.org/y /
      ARG WHAT
      COPY $WHAT /
      COPY ./a//b/ ./ * ../c /
      RUN --mount=type=bind,target=/z --mount=type=cache,target=/w true
      COPY <<EOF /d
      text
      EOF`))).toEqual([['a/b'], ['c']])
  })

  test('the manifest of an install counts where the whole context is copied', () => {
    touch('sub/package.json', 'sub/web/Gemfile', 'go.mod')
    expect(chosen('sub/Dockerfile', 'FROM a\nWORKDIR /app\nCOPY . .\nRUN npm ci\n')).toBe('sub')
    expect(chosen('sub/ruby.Dockerfile', 'FROM a\nWORKDIR /app\nCOPY . .\nRUN cd web && bundle install\n')).toBe('sub')
    expect(chosen('sub/go.Dockerfile', 'FROM a\nWORKDIR /app\nCOPY . .\nRUN go mod download\n')).toBe('.')
    touch('package.json')
    expect(chosen('sub/both.Dockerfile', 'FROM a\nWORKDIR /app\nCOPY . .\nRUN npm ci\n')).toBe(null)
  })

  test('the manifest of an install counts as well', () => {
    touch('web/package.json', 'web/package-lock.json', 'api/go.mod')
    expect(chosen('web/Dockerfile', 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n')).toBe('web')
    expect(chosen('web/root.Dockerfile', 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN cd web && npm ci\n')).toBe('.')
  })

  test('what is started or compiled decides between folders that fit alike', () => {
    touch('sub/package.json', 'package.json', 'go.mod', 'all_test.go', 'sub/go.mod', 'sub/main.go', 'sub/server.js', 'sub/bin/run.sh', 'sub/site/wsgi.py')
    const whole = (rest: string): string => `FROM a\nWORKDIR /app\nCOPY . .\n${rest}\n`
    const own = [
      'RUN npm ci\nCMD ["node", "server.js"]', 'CMD node server.js', 'ENTRYPOINT ["node"]\nCMD ["server.js"]', 'CMD ["/app/bin/run.sh", "-v"]', 'CMD bash ./bin/run.sh', 'CMD exec gunicorn --bind :80 site.wsgi:app',
      'RUN go build -o /server', 'RUN cd /app && go build -v -o server .', 'RUN go build main.go', 'RUN go build -o /server .\nFROM scratch\nCOPY --from=0 /server /\nCMD ["/server"]',
    ]
    for (const rest of own) expect([rest, chosen('sub/Dockerfile', whole(rest))]).toEqual([rest, 'sub'])
    expect(chosen('sub/Dockerfile', whole('RUN npm ci\nCMD ["node", "sub/server.js"]'))).toBe('.')
    expect(chosen('sub/Dockerfile', 'FROM ubuntu\nCOPY . .\nENV GO111MODULE=off\nRUN go build -o /app .\n')).toBe('sub')
    for (const rest of ['CMD ["node", "dist/server.js"]', 'CMD ["npm", "start"]', 'CMD ["node", "-v"]', 'RUN go build ./cmd/app', 'RUN go build ./...', 'WORKDIR /srv\nCMD ["node", "server.js"]']) expect([rest, chosen('sub/Dockerfile', whole(rest))]).toEqual([rest, null])
  })

  test('what is started says nothing against what is copied', () => {
    touch('server.js', 'sub/conf')
    expect(chosen('sub/Dockerfile', 'FROM a\nWORKDIR /app\nCOPY conf /\nCOPY . .\nCMD ["node", "server.js"]\n')).toBe('sub')
    expect(chosen('sub/Dockerfile', 'FROM a\nWORKDIR /app\nCOPY a b c /\nCOPY . .\nCMD ["node", "server.js"]\n')).toBe(null)
  })

  test('what the ignore file keeps out is not there', () => {
    touch('sub/dist/app', 'dist/app')
    folder.write({ '.dockerignore': 'dist\n' })
    expect(chosen('sub/Dockerfile', 'FROM a\nCOPY dist/app /\n')).toBe('sub')
    folder.write({ '.dockerignore': 'dist\n!dist/app\n' })
    expect(chosen('sub/Dockerfile', 'FROM a\nCOPY dist/app /\n')).toBe(null)
    folder.write({ '.dockerignore': '*\n!dist/app\n' })
    expect(chosen('other/Dockerfile', 'FROM a\nCOPY dist /\n')).toBe('.')
  })

  test('is not known where several folders fit, or none', () => {
    touch('sub/package.json', 'package.json')
    expect(chosen('sub/Dockerfile', 'FROM a\nCOPY package.json .\nCOPY . .\n')).toBe(null)
    expect(chosen('sub/all.Dockerfile', 'FROM a\nCOPY . .\n')).toBe(null)
    expect(chosen('sub/made.Dockerfile', 'FROM a\nCOPY target/app.jar .\n')).toBe(null)
    touch('sub/.dockerignore')
    expect(chosen('sub/Dockerfile', 'FROM a\nCOPY package.json .\nCOPY . .\n')).toBe('sub')
    touch('.dockerignore')
    expect(chosen('sub/Dockerfile', 'FROM a\nCOPY package.json .\nCOPY . .\n')).toBe(null)
  })

  test('is what a comment says where the files leave it open', () => {
    touch('cmd/app/x', 'go.mod')
    const whole = (comment: string): string => `# ${comment}\nFROM a\nCOPY . .\n`
    expect(chosen('cmd/app/Dockerfile', whole('Build with `docker build -t app -f cmd/app/Dockerfile .`'))).toBe('.')
    expect(chosen('cmd/app/Dockerfile', whole('docker buildx build --file=app/Dockerfile --push ./app/..'))).toBe('cmd')
    expect(chosen('cmd/app/Dockerfile', whole('  docker build -t app .'))).toBe('cmd/app')
    expect(chosen('cmd/app/Dockerfile', whole('docker build -t app cmd/app'))).toBe('cmd/app')
    for (const other of ['docker build -f cmd/other/Dockerfile .', 'docker build -f $FILE .', 'docker build -t app', 'docker build . is enough', 'docker build -f app/Dockerfile ../../..', 'see docker build']) expect(chosen('cmd/app/Dockerfile', whole(other))).toBe(null)
    expect(chosen('cmd/app/Dev.Dockerfile', whole('docker build .'))).toBe(null)
    expect(chosen('cmd/app/Dockerfile', `${whole('docker build -f cmd/app/Dockerfile .')}COPY x .\n`)).toBe('cmd/app')
  })

  test('may lack what a build makes first', () => {
    touch('sub/package.json', 'sub/conf')
    expect(chosen('sub/Dockerfile', 'FROM a\nCOPY package.json .\nCOPY dist /\n')).toBe('sub')
    expect(chosen('sub/optional.Dockerfile', 'FROM a\nCOPY conf environment.yml* noop.t?t other* /\n')).toBe('sub')
    expect(chosen('sub/mostly.Dockerfile', 'FROM a\nCOPY conf a b c /\n')).toBe(null)
  })

  test('of a vendored project is not the folder around', () => {
    touch('go.mod', 'vendor/github.com/a/b/b.go')
    expect(chosen('vendor/github.com/a/b/Dockerfile', 'FROM golang:1\nCOPY go.mod /\n')).toBe(null)
    expect(chosen('vendor/github.com/a/b/all.Dockerfile', 'FROM golang:1\nCOPY b.go /\n')).toBe('vendor/github.com/a/b')
    expect(chosen('vendors/a/Dockerfile', 'FROM golang:1\nCOPY go.mod /\n')).toBe('.')
  })

  test('is not known where each folder has something the other lacks', () => {
    touch('sub/irbrc.rb', 'Gemfile', 'Gemfile.lock')
    expect(chosen('sub/Dockerfile', 'FROM a\nCOPY Gemfile Gemfile.lock irbrc.rb /\n')).toBe(null)
  })
})

describe('without a repository', () => {
  test('only its own folder can be the context', () => {
    touch('sub/a', 'b')
    expect(chosen('sub/Dockerfile', 'FROM a\nCOPY a /\n')).toBe('sub')
    expect(chosen('sub/whole.Dockerfile', 'FROM a\nCOPY . /\n')).toBe('sub')
    expect(chosen('sub/other.Dockerfile', 'FROM a\nCOPY b /\n')).toBe(null)
  })

  test('a Dockerfile that lies alone says nothing', () => expect(chosen('alone/Dockerfile', 'FROM a\nCOPY . /\n')).toBe(null))
})

describe('precision 1: the ignore file in force', () => {
  beforeEach(() => folder.write({ '.git/HEAD': '', '.dockerignore': 'context', 'sub/Dockerfile': '' }))
  const inForce = (context: string | null = folder.path): string | undefined => contextChooser().ignoreFile(at('sub/Dockerfile'), context)?.text

  test('is that of the context', () => {
    expect(inForce()).toBe('context')
    expect(inForce(at('sub'))).toBe(undefined)
    expect(inForce(null)).toBe(undefined)
  })

  test("is the Dockerfile's own, where it has one", () => {
    folder.write({ 'sub/Dockerfile.dockerignore': 'own' })
    expect(inForce()).toBe('own')
    expect(inForce(null)).toBe('own')
  })

  test('may be a link inside of the repository, and none out of it', () => {
    folder.write({ '.gitignore': 'git' })
    symlinkSync('../.gitignore', at('sub/Dockerfile.dockerignore'))
    expect(inForce()).toBe('git')
    symlinkSync('/etc/hostname', at('sub/.dockerignore'))
    expect(contextChooser().ignoreFile(at('sub/Other'), at('sub'))).toBe(null)
  })
})
