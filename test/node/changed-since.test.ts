// --changed-since: which Dockerfiles a change touches, in a real repository.
import { execFileSync } from 'node:child_process'
import { renameSync, rmSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cachemiss, temporaryFolder } from '../support/io.ts'
import type { Outcome } from '../support/io.ts'

const dockerfile = 'FROM node:22\nWORKDIR /app\nCOPY package.json ./\nRUN npm install\nCOPY src src\n'

let folder: ReturnType<typeof temporaryFolder>
const git = (...args: readonly string[]): void => gitIn(folder.path, ...args)
const gitIn = (path: string, ...args: readonly string[]): void => { execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false', '-c', 'protocol.file.allow=always', ...args], { cwd: path, stdio: 'pipe' }) }
const commit = (message: string): void => {
  git('add', '-A')
  git('commit', '-q', '--allow-empty', '-m', message)
}

beforeEach(() => {
  folder = temporaryFolder()
  folder.write({
    'a/Dockerfile': dockerfile, 'a/package.json': '{}', 'a/src/x.js': '', 'a/.dockerignore': 'docs\n',
    'b/Dockerfile': dockerfile, 'b/package.json': '{}', 'b/src/x.js': '', 'b/.cachemissrc.json': '{}',
  })
  git('init', '-q', '-b', 'main')
  commit('first')
})
afterEach(() => folder.remove())

const run = (...args: readonly string[]): Promise<Outcome> => cachemiss(folder.path, ['--format', 'json', ...args])
async function linted(...args: readonly string[]): Promise<readonly string[]> {
  const { out } = await run('--changed-since', 'main', ...args)
  return (JSON.parse(out) as { readonly files: readonly { readonly path: string }[] }).files.map(({ path }) => path)
}

test('nothing changed is nothing to lint, and one line', async () => {
  const outcome = await cachemiss(folder.path, ['--changed-since', 'main'])
  expect(outcome).toEqual({ code: 0, out: '', err: 'cachemiss: no Dockerfile changed since main\n' })
  expect(await linted('a/Dockerfile')).toEqual([])
  folder.write({ 'a/src/x.js': 'x', 'README.md': 'x' })
  expect(await linted()).toEqual([])
})

describe('touched by', () => {
  test.each<readonly [string, Readonly<Record<string, string>>]>([
    ['the Dockerfile', { 'a/Dockerfile': `${dockerfile}LABEL a=b\n` }],
    ['the ignore file of its context', { 'a/.dockerignore': 'x\n' }],
    ['an ignore file of its own', { 'a/Dockerfile.dockerignore': 'x\n' }],
    ['a config beside it', { 'a/.cachemissrc.json': '{}' }],
    ['a manifest', { 'a/package.json': '{"name": "a"}' }],
    ['a lock file that is new', { 'a/package-lock.json': '{}' }],
    ['what git ignores below its context', { 'a/src/.gitignore': 'x\n' }],
  ])('%s', async (_, files) => {
    folder.write(files)
    expect(await linted()).toEqual(['a/Dockerfile'])
    git('add', '-A')
    expect(await linted('a', 'b')).toEqual(['a/Dockerfile'])
    commit('second')
    expect(await linted()).toEqual([])
    expect((await run('--changed-since', 'HEAD~1')).out).toContain('a/Dockerfile')
  })

  test('what was removed', async () => {
    rmSync(join(folder.path, 'a/.dockerignore'))
    expect(await linted()).toEqual(['a/Dockerfile'])
    rmSync(join(folder.path, 'b/.cachemissrc.json'))
    expect(await linted()).toEqual(['a/Dockerfile', 'b/Dockerfile'])
  })

  test('its new name, and a new file', async () => {
    renameSync(join(folder.path, 'a/Dockerfile'), join(folder.path, 'a/Dockerfile.web'))
    folder.write({ 'c/Dockerfile': 'FROM scratch\n' })
    expect(await linted()).toEqual(['a/Dockerfile.web', 'c/Dockerfile'])
  })

  test('config above, and what it extends', async () => {
    folder.write({ '.cachemissrc.json': '{ "extends": "./shared.json" }', 'shared.json': '{}' })
    commit('config')
    folder.write({ 'shared.json': '{ "failOn": "error" }' })
    expect(await linted()).toEqual(['a/Dockerfile'])
    git('checkout', '-q', 'shared.json')
    folder.write({ '.cachemissrc.json': '{}' })
    expect(await linted('a')).toEqual(['a/Dockerfile'])
  })

  test('an ignore file of its own, wherever its context is', async () => {
    folder.write({ 'docker/Dockerfile': dockerfile, 'docker/.cachemissrc.json': '{ "context": "../a" }' })
    commit('docker')
    folder.write({ 'docker/Dockerfile.dockerignore': 'x\n' })
    expect(await linted()).toEqual(['docker/Dockerfile'])
  })

  test('config that package.json above had', async () => {
    folder.write({ 'package.json': '{"cachemiss": {}}' })
    commit('config')
    folder.write({ 'package.json': '{}' })
    expect(await linted('a')).toEqual(['a/Dockerfile'])
    commit('no config')
    folder.write({ 'package.json': '{ }' })
    expect(await linted('a')).toEqual([])
  })

  test.skipIf(process.platform === 'win32')('the file that a link leads to', async () => {
    symlinkSync('../a/Dockerfile', join(folder.path, 'b/Dockerfile.link'))
    commit('link')
    folder.write({ 'a/Dockerfile': `${dockerfile}LABEL a=b\n` })
    expect(await linted('b/Dockerfile.link')).toEqual(['b/Dockerfile.link'])
  })
})

test('what the other branch did since does not count', async () => {
  git('checkout', '-q', '-b', 'topic')
  folder.write({ 'b/Dockerfile': `${dockerfile}LABEL b=c\n` })
  commit('on topic')
  git('checkout', '-q', 'main')
  folder.write({ 'a/Dockerfile': `${dockerfile}LABEL a=b\n` })
  commit('on main')
  git('checkout', '-q', 'topic')
  expect(await linted()).toEqual(['b/Dockerfile'])
})

test('paths are those of the repository, wherever one stands', async () => {
  folder.write({ 'a/Dockerfile': `${dockerfile}LABEL a=b\n` })
  const { out } = await cachemiss(join(folder.path, 'b'), ['--format', 'json', '--changed-since', 'main', '..'])
  expect((JSON.parse(out) as { readonly files: readonly { readonly path: string }[] }).files.map(({ path }) => path)).toEqual(['../a/Dockerfile'])
})

test('an unknown revision is one line, and in a shallow clone everything is linted', async () => {
  expect(await run('--changed-since', 'nowhere')).toEqual({ code: 2, out: '', err: 'cachemiss: --changed-since: git knows no commit "nowhere". Give a commit, branch or tag, such as origin/main.\n' })
  expect((await run('--changed-since', 'origin/main')).err).toBe('cachemiss: --changed-since: git knows no commit "origin/main". Fetch it first.\n')
  expect((await run('--changed-since', '--output=x')).err).toContain('--changed-since')
  expect((await run('--changed-since=--output=x')).err).toContain('git knows no commit "--output=x"')
  commit('second')
  const clone = temporaryFolder()
  try {
    gitIn(clone.path, 'clone', '-q', '--depth', '1', `file://${folder.path}`, 'it')
    const { code, out, err } = await cachemiss(join(clone.path, 'it'), ['--format', 'json', '--fail-on', 'never', '--changed-since', 'origin/gone'])
    expect({ code, err }).toEqual({ code: 0, err: 'cachemiss: warning: --changed-since: this shallow clone has no commit "origin/gone", so everything is linted; fetch it first\n' })
    expect((JSON.parse(out) as { readonly files: readonly unknown[] }).files).toHaveLength(2)
  } finally {
    clone.remove()
  }
})

test('outside of a repository it is one line', async () => {
  const outside = temporaryFolder()
  try {
    expect(await cachemiss(outside.path, ['--changed-since', 'main'])).toEqual({ code: 2, out: '', err: 'cachemiss: --changed-since: this folder lies in no git repository\n' })
  } finally {
    outside.remove()
  }
})

test('a missing path is still a problem, and a broken config is still told', async () => {
  expect(await run('--changed-since', 'main', 'gone')).toMatchObject({ code: 2, err: 'cachemiss: gone: no such file or folder\n' })
  folder.write({ 'b/.cachemissrc.json': '{' })
  expect((await run('--changed-since', 'main')).err).toContain('b/.cachemissrc.json:1:2: not JSON')
})

test('what a config extends and is gone is told', async () => {
  folder.write({ 'a/.cachemissrc.json': '{ "extends": "./shared.json" }', 'a/shared.json': '{}' })
  commit('config')
  rmSync(join(folder.path, 'a/shared.json'))
  expect(await run('--changed-since', 'main')).toMatchObject({ code: 2, err: expect.stringContaining('a/shared.json does not exist') as unknown })
})

test('what lies in another repository is linted: its changes are not known here', async () => {
  folder.write({ 'c/Dockerfile': dockerfile })
  gitIn(join(folder.path, 'c'), 'init', '-q', '-b', 'main')
  expect(await linted('c')).toEqual(['c/Dockerfile'])
})

test('other tools\' names for it get a hint', async () => {
  for (const name of ['--since', '--changed', '--staged', '--new-from-rev']) expect((await run(name)).err).toContain('Write --changed-since REV.')
})
