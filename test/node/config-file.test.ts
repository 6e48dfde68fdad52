import { execFileSync } from 'node:child_process'
import fs, { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { resolveConfig } from '../../src/config.ts'
import { UsageError } from '../../src/errors.ts'
import { configSearch, contextFolder } from '../../src/node/config-file.ts'

let root = ''
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'cachemiss-config-')))
  mkdirSync(join(root, '.git'))
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

const write = (files: Readonly<Record<string, string>>): void => {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
}
const found = async (path: string, file?: string): Promise<unknown> => {
  const search = await configSearch({ cwd: root, file })
  const result = await search.find(path)
  return { from: result?.source.name ?? null, config: result?.config, warnings: search.warnings() }
}
const refused = async (path = 'Dockerfile', file?: string): Promise<readonly [string, string | undefined]> => {
  try {
    await found(path, file)
  } catch (error) {
    if (error instanceof UsageError) return [error.message, error.hint]
    throw error
  }
  throw new Error('accepted')
}
const empty = { from: null, config: undefined, warnings: [] }

describe('the search', () => {
  test('takes the nearest, alone', async () => {
    write({ '.cachemissrc.json': '{"target": "a"}', 'a/b/.cachemissrc.json': '{}', 'a/package.json': '{"name": "x", "devDependencies": {"cachemiss": "1"}}' })
    expect(await found('Dockerfile')).toEqual({ from: '.cachemissrc.json', config: { target: 'a' }, warnings: [] })
    expect(await found('a/Dockerfile')).toEqual({ from: '.cachemissrc.json', config: { target: 'a' }, warnings: [] })
    expect(await found('a/b/c/d/not-there/Dockerfile')).toEqual({ from: 'a/b/.cachemissrc.json', config: {}, warnings: [] })
    expect(await found(join(root, 'a/b/Dockerfile'))).toMatchObject({ from: 'a/b/.cachemissrc.json' })
  })

  test('reads comments, trailing commas and a byte order mark', async () => {
    write({ '.cachemissrc.json': '\uFEFF// why\r\n{"ignore": ["a", /* b */],}\r\n' })
    expect(await found('Dockerfile')).toMatchObject({ config: { ignore: ['a'] } })
  })

  test('takes the key of package.json, even an empty one', async () => {
    write({ 'package.json': '{"cachemiss": {"failOn": "never"}}', 'a/package.json': '{"cachemiss": {}}', 'b/package.json': '{"cachemiss": null}' })
    expect(await found('Dockerfile')).toEqual({ from: 'package.json', config: { failOn: 'never' }, warnings: [] })
    expect(await found('a/Dockerfile')).toMatchObject({ from: 'a/package.json', config: {} })
    expect(await found('b/Dockerfile')).toMatchObject({ from: 'b/package.json', config: null })
  })

  test('prefers the file to the key beside it, and says so', async () => {
    write({ 'a/package.json': '{"cachemiss": {}}', 'a/.cachemissrc.json': '{"target": "a"}' })
    expect(await found('a/Dockerfile')).toEqual({ from: 'a/.cachemissrc.json', config: { target: 'a' }, warnings: ['The "cachemiss" key of a/package.json is not read, because a/.cachemissrc.json lies beside it.'] })
  })

  test('stops at the top of the repository, also of a worktree or submodule', async () => {
    write({ '.cachemissrc.json': '{}', 'sub/.git': 'gitdir: ../elsewhere', 'sub/a/Dockerfile': '' })
    expect(await found('sub/a/Dockerfile')).toEqual(empty)
    rmSync(join(root, '.git'), { recursive: true })
    expect(await found('x/Dockerfile')).toMatchObject({ from: '.cachemissrc.json' })
  })

  test('names what it does not read, once, where ours is looked for', async () => {
    write({
      'a/cachemiss.config.js': '', 'a/.cachemissrc': '', 'a/.cachemissrc.yaml': '', 'a/.config/cachemiss.json': '', 'a/cachemiss.json': '', 'a/cachemiss.sarif': '', 'a/cachemiss': '',
      'a/b/.cachemissrc.json': '{}', 'a/b/.cachemiss.toml': '', '.cachemissrc.yml': '',
    })
    const search = await configSearch({ cwd: join(root, 'a') })
    await search.find('b/Dockerfile')
    expect(search.warnings()).toEqual(['b/.cachemiss.toml is not read: config is read from .cachemissrc.json or the "cachemiss" key of package.json.'])
    await Promise.all([search.find('Dockerfile'), search.find('Containerfile'), search.find('c/Dockerfile')])
    expect(search.warnings().map(line => line.split(' ')[0])).toEqual(['b/.cachemiss.toml', '.cachemissrc', '.cachemissrc.yaml', 'cachemiss.config.js', '.config/cachemiss.json', '../.cachemissrc.yml'])
  })

  test('looks at each folder and reads each file once', async () => {
    write({ '.cachemissrc.json': '{}', 'a/package.json': '{"name": "cachemiss"}' })
    const calls = { list: vi.spyOn(fs, 'readdirSync'), read: vi.spyOn(fs, 'readFileSync') }
    syncBuiltinESMExports()
    try {
      const search = await configSearch({ cwd: root })
      const configs = await Promise.all(Array.from({ length: 500 }, (_, index) => search.find(`a/${index % 100}/Dockerfile.${index}`)))
      expect(new Set(configs).size).toBe(1)
      const mine = (paths: readonly (readonly unknown[])[]): readonly string[] => paths.map(([path]) => String(path)).filter(path => path.startsWith(root))
      expect(mine(calls.list.mock.calls)).toHaveLength(102)
      expect([...mine(calls.read.mock.calls)].sort()).toEqual([join(root, '.cachemissrc.json'), join(root, 'a/package.json')])
    } finally {
      vi.restoreAllMocks()
      syncBuiltinESMExports()
    }
  })
})

describe('mistakes', () => {
  const mistakes: readonly (readonly [text: string, message: string, hint?: string])[] = [
    ['{\n  "rules": {}\n  "ignore": []\n}', '.cachemissrc.json:3:3: not JSON: a comma is missing'],
    ['{"rules": {}', '.cachemissrc.json:1:13: not JSON: a closing brace is missing'],
    ['{rules: {}}', '.cachemissrc.json:1:2: not JSON: unexpected "rules"; keys and texts stand in double quotes'],
    ['{"a": }', '.cachemissrc.json:1:7: not JSON: a value is missing'],
    ['{} // x\n x', '.cachemissrc.json:2:2: not JSON: unexpected "x"; keys and texts stand in double quotes'],
    ['{} {}', '.cachemissrc.json:1:4: not JSON: there is more after the end'],
    ['{"a": "b\n"}', '.cachemissrc.json:1:7: not JSON: this text does not end on its line'],
    ['{"a": "\\x"}', '.cachemissrc.json:1:7: not JSON: bad escape in "\\"\\\\x\\""'],
    ['extends: all\n', '.cachemissrc.json:1:1: not JSON: unexpected "extends"; keys and texts stand in double quotes'],
    ['', '.cachemissrc.json is empty', 'Write {} where there is nothing to set.'],
    ['// nothing\n', '.cachemissrc.json is empty', 'Write {} where there is nothing to set.'],
    ['{"rules": {"a": "off",\n"a": "error"}}', '.cachemissrc.json:2:1: the key "a" stands here for the second time'],
    ['['.repeat(400_000), '.cachemissrc.json is nested too deeply'],
    [' '.repeat(1_000_001), '.cachemissrc.json is larger than 1 MB'],
  ]
  for (const [text, message, hint] of mistakes) {
    test(`${JSON.stringify(text.slice(0, 30))}: ${message}`, async () => {
      write({ '.cachemissrc.json': text })
      expect(await refused()).toEqual([message, hint])
    })
  }

  test('in package.json count only where there may be a config in it', async () => {
    write({ 'package.json': '{"name": "x",}', 'a/package.json': '{"cachemiss": {"failOn": "never",}}', 'b/package.json': '{"cachemiss": {,', 'b/.cachemissrc.json': '{}' })
    expect(await found('Dockerfile')).toEqual(empty)
    expect(await refused('a/Dockerfile')).toEqual(['a/package.json:1:34: not JSON: a key is missing', undefined])
    expect(await found('b/Dockerfile')).toEqual({ from: 'b/.cachemissrc.json', config: {}, warnings: [] })
  })

  test('of one config reject every file below it with the same error', async () => {
    write({ '.cachemissrc.json': '{' })
    const search = await configSearch({ cwd: root })
    const errors = await Promise.all(['a/Dockerfile', 'b/Dockerfile'].map(path => search.find(path).catch((error: unknown) => error)))
    expect(errors[0]).toBeInstanceOf(UsageError)
    expect(errors[0]).toBe(errors[1])
  })

  test('are placed by resolveConfig', async () => {
    write({ '.cachemissrc.json': '{\n  // here\n  "failOn": "warn",\n  "x": 1\n}', 'a/package.json': '{\n  "cachemiss": {"rules": {\n    "no": "off"}}}' })
    const search = await configSearch({ cwd: root })
    const resolved = (path: string) => async () => {
      const config = await search.find(path)
      resolveConfig([], config?.config, { source: config!.source })
    }
    await expect(resolved('Dockerfile')).rejects.toThrow('.cachemissrc.json:3:13: "failOn" must be "error", "warning", "info" or "never", not "warn" (and 1 more problem)')
    await expect(resolved('a/Dockerfile')).rejects.toThrow('a/package.json:3:5: unknown rule "no"')
  })

  test('keys of the prototype stay plain data', async () => {
    write({ '.cachemissrc.json': '{"__proto__": {"failOn": "never"}}' })
    const config = await (await configSearch({ cwd: root })).find('Dockerfile')
    expect(() => resolveConfig([], config?.config, { source: config!.source })).toThrow('.cachemissrc.json:1:2: unknown key "__proto__"')
  })

  test('what is no regular file is not opened', async () => {
    mkdirSync(join(root, '.cachemissrc.json'))
    execFileSync('mkfifo', [join(root, 'package.json')])
    expect(await refused()).toEqual(['.cachemissrc.json is no file', undefined])
    rmSync(join(root, '.cachemissrc.json'), { recursive: true })
    expect(await found('Dockerfile')).toEqual(empty)
    symlinkSync('nowhere', join(root, '.cachemissrc.json'))
    expect(await refused()).toEqual(['.cachemissrc.json does not exist', undefined])
  })
})

describe('--config', () => {
  test('replaces the search', async () => {
    write({ '.cachemissrc.json': '{', 'ci/lint.json': '{"target": "x",}', 'ci/package.json': '{"cachemiss": {"target": "y"}}' })
    expect(await found('Dockerfile', 'ci/lint.json')).toEqual({ from: 'ci/lint.json', config: { target: 'x' }, warnings: [] })
    expect(await found('a/Dockerfile', 'ci/package.json')).toMatchObject({ config: { target: 'y' } })
  })
  test('is refused before anything is linted', async () => {
    write({ 'a.yaml': '', 'package.json': '{}', 'broken.json': '{' })
    const refusal = async (file: string): Promise<unknown> => configSearch({ cwd: root, file }).catch((error: unknown) => (error as UsageError).message)
    expect(await refusal('nowhere.json')).toBe('nowhere.json does not exist')
    expect(await refusal('a.yaml')).toBe('--config: a.yaml is no JSON file')
    expect(await refusal('package.json')).toBe('--config: package.json has no "cachemiss" key')
    expect(await refusal('broken.json')).toBe('broken.json:1:2: not JSON: a closing brace is missing')
    expect(await refusal('.')).toBe('. is no file')
  })
})

test('a context outside the repository is refused', async () => {
  write({ 'a/docker/.cachemissrc.json': '{}', 'a/src/x': '' })
  mkdirSync(join(root, 'a/.git'))
  symlinkSync(root, join(root, 'a/out'))
  const config = (await (await configSearch({ cwd: root })).find('a/docker/Dockerfile'))!
  expect(contextFolder(config, '..')).toBe(join(root, 'a'))
  expect(contextFolder(config, '../src')).toBe(join(root, 'a/src'))
  for (const context of ['../..', '../out', '../out/a/..']) expect(() => contextFolder(config, context), context).toThrow('lies outside the repository')
  for (const context of ['../src/x', 'nowhere', 'x\0y', 'x'.repeat(5000)]) expect(() => contextFolder(config, context)).toThrow('is no folder')
})
