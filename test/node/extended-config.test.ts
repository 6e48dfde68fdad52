// `extends` as typed: which files are read, which are refused and in what words.
import { mkdirSync, realpathSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { UsageError, rules } from '../../src/index.ts'
import { configSearch, contextFolder, resolverOf } from '../../src/node/config-file.ts'
import { cachemiss, temporaryFolder } from '../support/io.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
  folder.write({ 'repo/.git/HEAD': '', 'repo/Dockerfile': '# cachemiss ignore-file=syntax-error\nFROM scratch\n' })
})
afterEach(() => folder.remove())

const repo = (): string => join(folder.path, 'repo')
const write = (files: Readonly<Record<string, unknown>>): void =>
  folder.write(Object.fromEntries(Object.entries(files).map(([path, content]) => [join('repo', path), typeof content === 'string' ? content : JSON.stringify(content)])))
const link = (path: string, target: string): void => {
  mkdirSync(dirname(join(repo(), path)), { recursive: true })
  symlinkSync(target, join(repo(), path))
}
/** The severity of the one rule that the configs here set; what was said instead where it was refused. */
const outcome = async (path = 'Dockerfile'): Promise<string> => {
  const { out, err } = await cachemiss(repo(), [path, '--format', 'json'])
  if (err !== '') return err.trim()
  const [finding] = JSON.parse(out).files[0].findings as readonly { readonly severity: string }[]
  return finding?.severity ?? 'off'
}
const error = { rules: { 'unused-ignore': 'error' } }

describe('a relative path', () => {
  test('is taken from the file that names it, with or without .json', async () => {
    write({ '.cachemissrc.json': { extends: './config/base' }, 'config/base.json': { extends: ['./more/strict.json'] }, 'config/more/strict.json': error })
    expect(await outcome()).toBe('error')
  })

  test('may be a package.json, and a file without an ending', async () => {
    write({ '.cachemissrc.json': { extends: ['./a/package.json', './plain'] }, 'a/package.json': { cachemiss: { failOn: 'never' } }, plain: '\uFEFF{ // comment\r\n  "rules": { "unused-ignore": "error" },\r\n}\r\n' })
    expect(await outcome()).toBe('error')
  })

  test('is found from package.json and from --config as well', async () => {
    write({ 'package.json': { cachemiss: { extends: './config/base' } }, 'config/base.json': error, 'ci/lint.json': { extends: '../config/base' } })
    expect(await outcome()).toBe('error')
    expect((await cachemiss(repo(), ['--config', 'ci/lint.json'])).out).toContain('error')
  })
})

describe('a package', () => {
  test('is looked for in node_modules upward', async () => {
    write({
      '.cachemissrc.json': { extends: '@org/config' }, 'node_modules/@org/config/.cachemissrc.json': { extends: ['plain/strict', './quiet.json'] },
      'node_modules/plain/strict.json': error, 'node_modules/@org/config/quiet.json': { failOn: 'never' },
      'sub/.cachemissrc.json': { extends: '@org/config' }, 'sub/Dockerfile': 'FROM scratch\n', 'sub/node_modules/@org/config/.cachemissrc.json': { extends: [] },
    })
    expect(await outcome()).toBe('error')
    expect(await outcome('sub/Dockerfile')).toBe('off')
  })

  test('may be a link into a store, and its own packages are those beside it there', async () => {
    write({
      '.cachemissrc.json': { extends: '@org/config' }, 'node_modules/.pnpm/config@1/node_modules/@org/config/.cachemissrc.json': { extends: 'inner' },
      'node_modules/.pnpm/config@1/node_modules/inner/.cachemissrc.json': error,
    })
    link('node_modules/@org/config', '../.pnpm/config@1/node_modules/@org/config')
    expect(await outcome()).toBe('error')
  })

  test('is never run', async () => {
    write({ '.cachemissrc.json': { extends: 'evil' }, 'node_modules/evil/package.json': { main: 'index.js' }, 'node_modules/evil/index.js': 'throw new Error("run")' })
    expect(await outcome()).toBe('cachemiss: .cachemissrc.json:1:12: node_modules/evil/.cachemissrc.json does not exist')
  })
})

test('globs are relative to the file for a file, to the extending config for a package', async () => {
  write({
    'app/.cachemissrc.json': { extends: ['../shared/base', 'pkg'] }, 'shared/base.json': { ignore: ['old/**'], context: '.' }, 'node_modules/pkg/.cachemissrc.json': { extends: './more.json', ignore: ['skip/**'] },
    'node_modules/pkg/more.json': { ignore: ['more/**'] },
  })
  const search = await configSearch({ cwd: repo() })
  const config = (await search.find('app/Dockerfile'))!
  const ignored = (path: string): boolean => resolverOf(rules, config)(join(repo(), path)).ignored
  expect(['app/skip/Dockerfile', 'app/more/Dockerfile', 'shared/old/Dockerfile'].map(ignored)).toEqual([true, true, true])
  expect(['app/old/Dockerfile', 'shared/skip/Dockerfile', 'node_modules/pkg/skip/Dockerfile'].map(ignored)).toEqual([false, false, false])
  const { context } = resolverOf(rules, config)(join(repo(), 'app/Dockerfile'))
  expect(contextFolder(config, context!)).toBe(join(repo(), 'shared'))
  expect([...config.files].sort()).toEqual(['app/.cachemissrc.json', 'node_modules/pkg/.cachemissrc.json', 'node_modules/pkg/more.json', 'shared/base.json'].map(path => join(repo(), path)))
})

test('a context that cannot be is told where it is written', async () => {
  write({ 'app/.cachemissrc.json': { extends: '../shared/base', overrides: [{ files: ['own.Dockerfile'], context: 'nowhere' }] }, 'shared/base.json': { context: '../../out' }, 'app/Dockerfile': 'FROM a\n', 'app/own.Dockerfile': 'FROM a\n' })
  folder.write({ 'out/x': '' })
  expect(await outcome('app/Dockerfile')).toBe('cachemiss: shared/base.json: the context "../../out" lies outside the repository. Name it on the command line: --context.')
  expect(await outcome('app/own.Dockerfile')).toBe('cachemiss: app/.cachemissrc.json: the context "nowhere" is no folder')
})

describe('refused is', () => {
  const refusals: readonly (readonly [what: string, files: Readonly<Record<string, unknown>>, said: string])[] = [
    ['a file that is not there', { '.cachemissrc.json': { extends: './nowhere' } }, '.cachemissrc.json:1:12: nowhere does not exist'],
    ['a folder', { '.cachemissrc.json': { extends: './config' }, 'config/x': '' }, '.cachemissrc.json:1:12: config is no file'],
    ['a folder with a config', { '.cachemissrc.json': { extends: './config' }, 'config/.cachemissrc.json': {} }, '.cachemissrc.json:1:12: config is no file. Write "./config/.cachemissrc.json".'],
    ['code', { '.cachemissrc.json': '{\n  "extends": ["./base.js"]\n}', 'base.js': '' }, '.cachemissrc.json:2:15: base.js is no JSON file. By default config is read from .cachemissrc.json or the "cachemiss" key of package.json.'],
    ['a package.json without a config', { '.cachemissrc.json': { extends: './a/package.json' }, 'a/package.json': {} }, '.cachemissrc.json:1:12: a/package.json has no "cachemiss" key'],
    ['a package that is not there', { '.cachemissrc.json': { extends: '@org/x' } }, '.cachemissrc.json:1:12: the package "@org/x" is not installed. A package is looked for in node_modules, here and in the folders above.'],
    ['a file written as a package', { '.cachemissrc.json': { extends: 'base.json' }, 'base.json': {} }, '.cachemissrc.json:1:12: the package "base.json" is not installed. For the file write "./base.json".'],
    ['a preset without its prefix', { '.cachemissrc.json': { extends: 'recommended' } }, '.cachemissrc.json:1:12: the package "recommended" is not installed. Did you mean "cachemiss:recommended"?'],
    ['a path out of the repository', { '.cachemissrc.json': { extends: '../outside' } }, '.cachemissrc.json:1:12: "../outside" lies outside the repository'],
    ['such a path to nothing', { '.cachemissrc.json': { extends: './../../../nowhere/at/all' } }, '.cachemissrc.json:1:12: "./../../../nowhere/at/all" lies outside the repository'],
    ['a mistake in it, at its own place', { '.cachemissrc.json': { extends: './a/base' }, 'a/base.json': '{\n  "rules": {\n    "unused-ignor": "off"\n  }\n}' }, 'a/base.json:3:5: unknown rule "unused-ignor". Did you mean "unused-ignore"?'],
    ['bad JSON in it', { '.cachemissrc.json': { extends: './a/base' }, 'a/base.json': '{\n  "rules": {}\n  "x": 1}' }, 'a/base.json:3:3: not JSON: a comma is missing'],
    ['one that extends itself', { '.cachemissrc.json': { extends: './.cachemissrc.json' } }, '.cachemissrc.json:1:12: these configs extend each other: .cachemissrc.json → .cachemissrc.json'],
    ['a cycle', { '.cachemissrc.json': { extends: './a' }, 'a.json': { extends: './b' }, 'b.json': { extends: ['cachemiss:all', './a.json'] } }, 'b.json:1:29: these configs extend each other: a.json → b.json → a.json'],
    ['a huge one', { '.cachemissrc.json': { extends: './a' }, 'a.json': ' '.repeat(1_000_001) }, 'a.json is larger than 1 MB'],
    ['many large ones', { '.cachemissrc.json': { extends: ['./a', './b'] }, 'a.json': `{}${' '.repeat(600_000)}`, 'b.json': `{}${' '.repeat(600_000)}` }, '.cachemissrc.json:1:19: what is extended is larger than 1 MB in all'],
    ['what is nested too deeply', { '.cachemissrc.json': { extends: './a' }, 'a.json': '['.repeat(400_000) }, 'a.json is nested too deeply'],
    ['a name of controls', { '.cachemissrc.json': { extends: './\u001b[2J' } }, '.cachemissrc.json:1:12: "extends" must be "cachemiss:recommended", "cachemiss:all", a path that begins with ./ or ../, or the name of a package, not "./\\u001b[2J"'],
    ['a name that no disk takes', { '.cachemissrc.json': { extends: `./${'x'.repeat(900)}` } }, `.cachemissrc.json:1:12: ${'x'.repeat(900)} does not exist`],
    ['a key of the prototype', { '.cachemissrc.json': { extends: './a' }, 'a.json': '{"__proto__": {"failOn": "never"}}' }, 'a.json:1:2: unknown key "__proto__"'],
  ]
  test.each(refusals)('%s', async (_, files, said) => {
    folder.write({ 'outside.json': '{}' })
    write(files)
    const { code, out, err } = await cachemiss(repo(), ['Dockerfile'])
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: `cachemiss: ${said}\n` })
  })

  test('more than a hundred, in a row or by twos', async () => {
    write({ '.cachemissrc.json': { extends: './0' }, ...Object.fromEntries(Array.from({ length: 200 }, (_, index) => [`${index}.json`, { extends: `./${index + 1}` }])) })
    expect(await outcome()).toBe('cachemiss: 99.json:1:12: more than 100 configs are extended')
    write({ '.cachemissrc.json': { extends: './0' }, ...Object.fromEntries(Array.from({ length: 40 }, (_, index) => [`${index}.json`, { extends: [`./${index + 1}`, `./${index + 1}`] }])), '40.json': {} })
    expect(await outcome()).toMatch(/more than 100 configs are extended$/)
  })

  test.skipIf(process.platform === 'win32')('a link out of the repository, whichever way', async () => {
    folder.write({ 'outside.json': 'secret', 'pkg/.cachemissrc.json': 'secret' })
    link('a.json', '../outside.json')
    link('folder', '..')
    link('node_modules/pkg', '../../pkg')
    for (const [name, at] of [['./a', 12], ['./folder/outside', 12], ['pkg', 12]] as const) {
      write({ '.cachemissrc.json': { extends: name } })
      expect(await outcome()).toBe(`cachemiss: .cachemissrc.json:1:${at}: "${name}" lies outside the repository`)
    }
    link('sub/.cachemissrc.json', '../../outside.json')
    write({ 'sub/Dockerfile': 'FROM scratch\n' })
    expect(await outcome('sub/Dockerfile')).toBe('cachemiss: sub/.cachemissrc.json is a link that leaves the repository. Name it on the command line: --config.')
  })

  test.skipIf(process.platform === 'win32')('a cycle behind a link', async () => {
    write({ '.cachemissrc.json': { extends: './a' } })
    link('a.json', '.cachemissrc.json')
    expect(await outcome()).toBe('cachemiss: .cachemissrc.json:1:12: these configs extend each other: .cachemissrc.json → a.json')
  })
})

test('a broken one spares the Dockerfiles of other configs', async () => {
  write({ '.cachemissrc.json': { extends: './nowhere' }, 'sub/.cachemissrc.json': error, 'sub/Dockerfile': '# cachemiss ignore-file=syntax-error\nFROM scratch\n' })
  const { code, out, err } = await cachemiss(repo(), ['Dockerfile', 'sub/Dockerfile', '--format', 'json'])
  expect({ code, err, paths: JSON.parse(out).files.map(({ path }: { readonly path: string }) => path) }).toEqual({ code: 2, err: 'cachemiss: .cachemissrc.json:1:12: nowhere does not exist\n', paths: ['sub/Dockerfile'] })
})

test('random configs that extend each other are read, or refused with one sentence', async () => {
  const name = fc.constantFrom('a', 'b', 'c', '.cachemissrc')
  const entry = fc.oneof(name.map(file => `./${file}`), name.map(file => `../repo/${file}.json`), fc.constantFrom('cachemiss:all', 'p', 'p/x', '', '..', '../..', './', '\0', null, 3, {}))
  const config = fc.oneof({ weight: 8, arbitrary: fc.record({ extends: fc.oneof(entry, fc.array(entry, { maxLength: 3 })), rules: fc.constantFrom({}, { 'unused-ignore': 'off' }, []), plugins: fc.constantFrom([], ['p'], 'x', null), ignore: fc.constantFrom([], ['!**']) }, { requiredKeys: [] }) }, { weight: 1, arbitrary: fc.jsonValue() })
  const text = fc.oneof({ weight: 9, arbitrary: config.map(value => JSON.stringify(value)) }, { weight: 1, arbitrary: fc.string() })
  const seen = { read: 0, refused: 0 }
  await fc.assert(fc.asyncProperty(fc.record({ '.cachemissrc.json': text, 'a.json': text, 'b.json': text, 'c.json': text, 'node_modules/p/.cachemissrc.json': text, 'node_modules/p/x.json': text }), async files => {
    write(files)
    try {
      const search = await configSearch({ cwd: repo() })
      const found = await search.find('Dockerfile')
      resolverOf(rules, found)(join(repo(), 'Dockerfile'))
      expect(found!.files.map(file => realpathSync(file)).every(file => file.startsWith(repo()))).toBe(true)
      seen.read++
    } catch (error) {
      if (!(error instanceof UsageError)) throw error
      expect(error.message).not.toContain(folder.path)
      seen.refused++
    }
  }), { numRuns: 400 })
  expect(Math.min(seen.read, seen.refused)).toBeGreaterThan(20)
})
