// `cachemiss init`: what it writes is read by what it is for, and nothing that is there is touched.
import { existsSync, mkdirSync, readFileSync, readdirSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { parse as parseYaml } from 'yaml'
import { resolveConfig, rules } from '../../src/index.ts'
import { readConfig } from '../../src/node/config-text.ts'
import { version } from '../../src/node/package.ts'
import { cachemiss, temporaryFolder } from '../support/io.ts'
import type { Outcome } from '../support/io.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
  mkdirSync(join(folder.path, '.git'))
})
afterEach(() => folder.remove())

const init = (...args: readonly string[]): Promise<Outcome> => cachemiss(folder.path, ['init', ...args])
const read = (path: string): string => readFileSync(join(folder.path, path), 'utf8')
const yaml = (path: string): Record<string, never> => parseYaml(read(path)) as Record<string, never>

describe('the config', () => {
  test('changes nothing, and its examples are accepted', async () => {
    expect(await init()).toEqual({ code: 0, out: '', err: 'cachemiss: wrote .cachemissrc.json\n' })
    const { config } = await readConfig(join(folder.path, '.cachemissrc.json'), path => path)
    expect(resolveConfig(rules, config)).toEqual(resolveConfig(rules, {}))
    const text = read('.cachemissrc.json')
    expect(text.match(/^ {4}\/\/ /gm)).toHaveLength(4)
    folder.write({ 'all.json': text.replace(/^( {4})\/\/ /gm, '$1') })
    const all = (await readConfig(join(folder.path, 'all.json'), path => path)).config
    expect(resolveConfig(rules, all, { path: 'a.dev.Dockerfile' })).toMatchObject({ target: 'dev' })
  })

  test('names the schema where it is installed', async () => {
    folder.write({ 'node_modules/cachemiss/rules/schema.json': '{}' })
    await init()
    const { config } = await readConfig(join(folder.path, '.cachemissrc.json'), path => path)
    expect(existsSync(join(folder.path, (config as { readonly $schema: string }).$schema))).toBe(true)
  })

  test('is never written over', async () => {
    folder.write({ '.cachemissrc.json': '{}' })
    expect(await init()).toEqual({ code: 2, out: '', err: 'cachemiss: .cachemissrc.json is there already, and stays as it is\n' })
    expect(read('.cachemissrc.json')).toBe('{}')
  })

  test('is not written beside one in package.json', async () => {
    folder.write({ 'package.json': '{ "cachemiss": {} }' })
    expect(await init()).toEqual({ code: 2, out: '', err: 'cachemiss: package.json has the key "cachemiss" already, and stays as it is\n' })
    folder.write({ 'package.json': '{ broken' })
    expect((await init()).code).toBe(0)
  })

  test.skipIf(process.platform === 'win32')('is not written through a link', async () => {
    symlinkSync('elsewhere.json', join(folder.path, '.cachemissrc.json'))
    expect((await init()).err).toBe('cachemiss: .cachemissrc.json is there already, and stays as it is\n')
    expect(existsSync(join(folder.path, 'elsewhere.json'))).toBe(false)
  })
})

describe('the rest', () => {
  test('goes to the top of the repository', async () => {
    mkdirSync(join(folder.path, 'sub'))
    const { code, out, err } = await cachemiss(join(folder.path, 'sub'), ['init', '--hook', '--workflow', '--gitlab'])
    expect({ code, out, err }).toEqual({ code: 0, out: '', err: ['.cachemissrc.json', '../.pre-commit-config.yaml', '../.github/workflows/cachemiss.yml', '../.gitlab-ci.yml'].map(path => `cachemiss: wrote ${path}\n`).join('') })
    expect(yaml('.pre-commit-config.yaml')).toMatchObject({ repos: [{ repo: 'local', hooks: [{ id: 'cachemiss', additional_dependencies: [`cachemiss@${version}`] }] }] })
    expect(JSON.stringify(yaml('.github/workflows/cachemiss.yml')['jobs'])).toContain(`npm install --global cachemiss@${version}`)
    expect(yaml('.gitlab-ci.yml')).toMatchObject({ cachemiss: { artifacts: { reports: { codequality: 'gl-code-quality-report.json' } } } })
  })

  test('is printed where there is a file', async () => {
    folder.write({ '.cachemissrc.json': '{}', '.pre-commit-config.yaml': 'repos: []\n', '.gitlab-ci.yml': 'a: {}\n' })
    const { code, out, err } = await init('--hook')
    expect({ code, err }).toEqual({ code: 0, err: 'cachemiss: .pre-commit-config.yaml is there already, and stays as it is; add this to it:\n' })
    expect(parseYaml(`repos:\n${out}`)).toMatchObject({ repos: [{ repo: 'local' }] })
    expect(read('.pre-commit-config.yaml')).toBe('repos: []\n')
    expect(parseYaml((await init('--gitlab')).out)).toHaveProperty('cachemiss')
    expect(readdirSync(folder.path).sort()).toEqual(['.cachemissrc.json', '.git', '.gitlab-ci.yml', '.pre-commit-config.yaml'])
  })

  test('runs with options that there are', async () => {
    await init('--workflow', '--gitlab')
    for (const path of ['.github/workflows/cachemiss.yml', '.gitlab-ci.yml']) {
      const [, options] = /^ *- (?:run: )?cachemiss (.*)$/m.exec(read(path))!
      expect((await cachemiss(folder.path, [...options!.split(' '), '.'])).err).toMatch(/no Dockerfile to lint\n$/)
    }
  })

  test.skipIf(process.platform === 'win32')('never leaves the repository', async () => {
    folder.write({ 'repo/.git/HEAD': '', 'outside/x': '' })
    symlinkSync('../outside', join(folder.path, 'repo/.github'))
    const { code, err } = await cachemiss(join(folder.path, 'repo'), ['init', '--workflow'])
    expect({ code, err }).toEqual({ code: 2, err: 'cachemiss: wrote .cachemissrc.json\ncachemiss: .github/workflows/cachemiss.yml would lie outside the repository\n' })
    expect(readdirSync(join(folder.path, 'outside'))).toEqual(['x'])
  })
})

test('a mistake is one line', async () => {
  expect(await init('--hok')).toEqual({ code: 2, out: '', err: 'cachemiss: init has no option "--hok". Did you mean --hook?\n' })
  expect(await init('sub')).toEqual({ code: 2, out: '', err: 'cachemiss: init takes no path, and was given "sub". It writes into the current folder.\n' })
  expect((await init('--help')).out).toContain('--workflow')
  expect(readdirSync(folder.path)).toEqual(['.git'])
})
