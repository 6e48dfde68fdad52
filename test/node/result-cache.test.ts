// --cache: the same findings as without it, whatever changed since, and nothing believed that somebody may have forged.
import { createHash } from 'node:crypto'
import { chmodSync, existsSync, lstatSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cacheFolder } from '../../src/node/cache-store.ts'
import { lintFiles } from '../../src/node/run.ts'
import type { LintOptions, LintRun } from '../../src/node/run.ts'
import { cachemiss, temporaryFolder } from '../support/io.ts'

const dockerfile = 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN apt-get update && apt-get install -y curl\n'
const project = { '.git/HEAD': '', Dockerfile: dockerfile, 'api/Dockerfile': dockerfile, 'package.json': '{}', 'package-lock.json': '{"lockfileVersion": 3}', 'src/index.js': '', '.dockerignore': 'docs\n' }

let folder: ReturnType<typeof temporaryFolder>
let cache: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
  cache = temporaryFolder()
  folder.write(project)
})
afterEach(() => {
  folder.remove()
  cache.remove()
})

const place = (): string => join(cache.path, 'cachemiss')
const lint = (options: LintOptions = {}): Promise<LintRun> => lintFiles(['.'], { cwd: folder.path, ...options })
const cached = (options: LintOptions = {}, build = 'one'): Promise<LintRun> => lint({ cache: { folder: place(), build }, ...options })
const entries = (): readonly string[] => existsSync(place()) ? readdirSync(place(), { recursive: true, encoding: 'utf8' }).map(name => join(place(), name)).filter(file => lstatSync(file).isFile() && !file.endsWith('cleaned')) : []
const files = ({ files: found }: LintRun): string => JSON.stringify(found)
/** A finding that only the cache can know: every kept message is replaced, with a checksum that fits. */
const mark = (): void => {
  for (const file of entries()) {
    const body = readFileSync(file, 'utf8').replace(/^.*\n/, '').replaceAll(/"message":"(?:[^"\\]|\\.)*/g, '"message":"from the cache')
    writeFileSync(file, `${createHash('sha256').update(body).digest('hex').slice(0, 40)}\n${body}`)
  }
}
const isFromCache = async (options: LintOptions = {}, build = 'one'): Promise<boolean> => files(await cached(options, build)).includes('from the cache')

test('the second run takes what the first one kept, byte for byte', async () => {
  const plain = await lint()
  expect(files(await cached())).toBe(files(plain))
  expect(entries().length).toBeGreaterThan(0)
  expect(files(await cached())).toBe(files(plain))
  mark()
  expect(await isFromCache()).toBe(true)
})

describe('is not taken after a change of', () => {
  test.each<readonly [string, () => void]>([
    ['the Dockerfiles', () => folder.write({ Dockerfile: `${dockerfile}#\n`, 'api/Dockerfile': `${dockerfile}#\n` })],
    ['the ignore file', () => folder.write({ '.dockerignore': 'doc\n' })],
    ['a manifest', () => folder.write({ 'package-lock.json': '{"lockfileVersion": 2}' })],
    ['the names in the context', () => folder.write({ 'src/new.js': '' })],
    ['the config', () => folder.write({ '.cachemissrc.json': '{ "rules": { "missing-cache-mount": "error" } }' })],
  ])('%s', async (_, change) => {
    await cached()
    mark()
    change()
    expect(files(await cached())).toBe(files(await lint()))
  })

  test('settings, or the build of the rules', async () => {
    await cached()
    mark()
    for (const options of [{ rules: { 'missing-cache-mount': 'error' } }, { target: '0' }, { context: 'src' }] satisfies readonly LintOptions[]) expect(await isFromCache(options)).toBe(false)
    expect(await isFromCache({}, 'two')).toBe(false)
    expect(await isFromCache()).toBe(true)
  })
})

test('times do not count', async () => {
  await cached()
  mark()
  for (const name of Object.keys(project)) utimesSync(join(folder.path, name), 1, 1)
  expect(await isFromCache()).toBe(true)
})

/** What may lie in the project, by path; null: nothing. */
const contents: Readonly<Record<string, readonly (string | null)[]>> = {
  Dockerfile: [dockerfile, 'FROM node:22\nCOPY package.json .\nRUN npm install\n', 'FROM scratch\nCOPPY\n'],
  'api/Dockerfile': [dockerfile, 'FROM python:3.12\nCOPY api/requirements.txt .\nRUN pip install -r requirements.txt\nCOPY . .\n', 'FROM python:3.12\nCOPY requirements.txt .\n', null],
  'api/requirements.txt': ['flask\n', 'flask==3\n', null],
  'api/.dockerignore': ['*\n', null],
  'api/Dockerfile.dockerignore': ['docs\n', '!x\n', null],
  'web/Dockerfile': ['FROM node:20\nCOPY web/package.json .\nRUN npm i\nCOPY web web\n', 'FROM node:20 AS a\nCOPY . /a\n', null],
  'web/package.json': ['{"dependencies":{"vue":"3"}}', '{}', null],
  'package.json': ['{}', '{"workspaces":["web"]}', '{"engines":{"node":"20"}}', null],
  'package-lock.json': ['{"lockfileVersion":3}', '{"lockfileVersion":1}', null],
  '.nvmrc': ['22\n', '18\n', null],
  '.gitignore': ['*.key\n', 'package-lock.json\n', null],
  '.dockerignore': ['docs\n', 'node_modules\n.git\n', '**\n!src\n', '"x"\n', null],
  'secret.key': ['x', null],
  '.env': ['A=b\n', null],
  'src/index.js': ['', 'x'.repeat(10), null],
  'src/big.bin': ['x'.repeat(3_000_000), null],
  'node_modules/x/index.js': ['', null],
  Makefile: ['all:\n\tdocker build -f api/Dockerfile .\n', null],
  '.cachemissrc.json': ['{}', '{"context": "api"}', '{"context": "gone"}', '{"rules": {"missing-dockerignore": "off"}}', null],
  '.git/HEAD': ['', null],
}
const setting = fc.constantFrom(...Object.entries(contents).flatMap(([path, texts]) => texts.map(text => [path, text] as const)))

const set = ([path, text]: readonly [string, string | null]): void => {
  const file = join(folder.path, path)
  if (text === null) rmSync(file, { force: true })
  else folder.write({ [path]: text })
  if (text === null && path === '.git/HEAD') rmSync(dirname(file), { recursive: true, force: true })
}

test('after any change of any file a run with it says what one without it says', async () => {
  const told = ({ files: found, problems, hasFailed, totals }: LintRun): unknown => JSON.parse(JSON.stringify({ found, problems: problems.map(({ message }) => message), hasFailed, totals }))
  await fc.assert(fc.asyncProperty(fc.array(setting, { maxLength: 12 }), fc.array(setting, { minLength: 1, maxLength: 6 }), async (start, changes) => {
    rmSync(folder.path, { recursive: true, force: true })
    rmSync(place(), { recursive: true, force: true })
    mkdirSync(folder.path)
    for (const [path, [text]] of Object.entries(contents)) set([path, text!])
    for (const each of start) set(each)
    await cached()
    for (const change of changes) {
      set(change)
      const names = Object.keys(contents).filter(path => /Dockerfile$/.test(path) && existsSync(join(folder.path, path)))
      const run = (options: LintOptions): Promise<LintRun> => lintFiles(names, { cwd: folder.path, ...options })
      expect(told(await run({ cache: { folder: place(), build: 'one' } }))).toEqual(told(await run({})))
    }
  }), { numRuns: 40 })
}, 120_000)

describe('what was only asked whether it is there, or how large it is, counts', () => {
  const wide = 'FROM python:3.12\nWORKDIR /app\nCOPY requirements.txt .\nCOPY . .\nRUN pip install -r requirements.txt\n'
  const settings: readonly (readonly [string, Readonly<Record<string, string>>, () => void])[] = [
    ['a source that was missing', { 'api/Dockerfile': wide, 'api/app.py': '' }, () => folder.write({ 'api/requirements.txt': 'flask\n' })],
    ['the top of the repository', { 'api/Dockerfile': wide.replace('COPY . .', 'COPY api .'), 'requirements.txt': 'flask\n', 'api/app.py': '' }, () => rmSync(join(folder.path, '.git'), { recursive: true })],
    ['the size of a file', { 'api/Dockerfile': wide, 'api/requirements.txt': 'flask\n', 'api/debug.log': '' }, () => truncateSync(join(folder.path, 'api/debug.log'), 500_000_000)],
  ]
  const expectNoticed = async (change: () => void): Promise<void> => {
    const before = files(await cached())
    change()
    const after = files(await lint())
    expect(after).not.toBe(before)
    expect(files(await cached())).toBe(after)
  }
  test.each(settings)('%s', async (_, start, change) => {
    rmSync(join(folder.path, 'Dockerfile'))
    folder.write(start)
    await expectNoticed(change)
  })

  /** Nothing else of the disk changes with these. */
  const alone: readonly (readonly [string, Readonly<Record<string, string>>, () => void])[] = [
    ['a repository that begins further down', { 'api/Dockerfile': 'FROM node:22\nCOPY . .\nRUN npm ci\n', 'api/app.js': '' }, () => folder.write({ 'api/.git/HEAD': '' })],
    ['where a link leads', { 'Dockerfile': 'FROM node:22\nWORKDIR /app\nCOPY app .\nRUN npm ci\n', 'one/package.json': '{}', 'one/package-lock.json': '{}', 'two/main.js': '' }, () => {
      rmSync(join(folder.path, 'app'))
      symlinkSync('two', join(folder.path, 'app'))
    }],
  ]
  test.skipIf(process.platform === 'win32').each(alone)('%s', async (_, start, change) => {
    rmSync(folder.path, { recursive: true })
    folder.write({ '.git/HEAD': '', ...start })
    symlinkSync('one', join(folder.path, 'app'))
    await expectNoticed(change)
  })
})

describe('is not believed when', () => {
  const broken: readonly (readonly [string, (body: string) => string])[] = [
    ['cut off', text => text.slice(0, text.length / 2)],
    ['empty', () => ''],
    ['changed without its checksum', text => text.replace('"message":"', '"message":"from the cache')],
  ]
  test.each(broken)('%s', async (_, change) => {
    const plain = files(await cached())
    for (const file of entries()) writeFileSync(file, change(readFileSync(file, 'utf8')))
    expect(files(await cached())).toBe(plain)
    expect(files(await cached())).toBe(plain)
  })

  type Forged = { file: { findings: Record<string, unknown>[]; ignoreFile?: unknown }; facts: unknown }
  const forgeries: readonly (readonly [string, (value: Forged) => void])[] = [
    ['it has no list of findings', value => { value.file.findings = {} as never }],
    ['it names an unknown rule', value => { value.file.findings[0]!['rule'] = '../../x' }],
    ['a place lies outside of the text', value => { value.file.findings[0]!['span'] = { start: 0, end: 1e9 } }],
    ['a related place lies outside of the text', value => { value.file.findings[0]!['related'] = [{ message: 'x', span: { start: 0, end: 1e9 } }] }],
    ['a place is none', value => { value.file.findings[0]!['span'] = { start: -1, end: 'x' } }],
    ['it speaks of another file', value => { value.file.findings[0]!['path'] = '/etc/passwd' }],
    ['a severity is unknown', value => { value.file.findings[0]!['severity'] = 'fatal' }],
    ['a fix edits nothing that is there', value => { value.file.findings[0]!['fix'] = { title: 'x', safety: 'safe', edits: [{ span: { start: 5, end: 1e9 }, text: '' }] } }],
    ['a fix is no object', value => { value.file.findings[0]!['fix'] = 7 }],
    ['costs are no numbers', value => { value.file.findings[0]!['cost'] = { seconds: 'x', bytes: null } }],
    ['its facts are none', value => { value.facts = [[1, 2]] }],
    ['a fact is no question', value => { value.facts = [['?x', 'y']] }],
  ]
  test.each(forgeries)('%s, though the checksum fits', async (_, forge) => {
    const plain = files(await cached())
    for (const file of entries()) {
      const value = JSON.parse(readFileSync(file, 'utf8').replace(/^.*\n/, '')) as Forged
      if (!Array.isArray(value.file?.findings) || value.file.findings.length === 0) continue
      forge(value)
      const body = JSON.stringify(value)
      writeFileSync(file, `${createHash('sha256').update(body).digest('hex').slice(0, 40)}\n${body}`)
    }
    expect(files(await cached())).toBe(plain)
  })

  test('it is a folder, a link to nowhere or no JSON', async () => {
    const plain = files(await cached())
    for (const [at, file] of entries().entries()) {
      rmSync(file)
      if (at % 3 === 0) mkdirSync(file)
      else if (at % 3 === 1 && process.platform !== 'win32') symlinkSync('/nowhere', file)
      else writeFileSync(file, `${createHash('sha256').update('{').digest('hex').slice(0, 40)}\n{`)
    }
    expect(files(await cached())).toBe(plain)
  })
})

describe('where it lies', () => {
  test('is the user\'s own folder', () => {
    expect(cacheFolder({ HOME: '/home/me' }, 'linux')).toBe('/home/me/.cache/cachemiss')
    expect(cacheFolder({ HOME: '/home/me', XDG_CACHE_HOME: '/var/cache/me' }, 'linux')).toBe('/var/cache/me/cachemiss')
    expect(cacheFolder({ HOME: '/home/me', XDG_CACHE_HOME: 'relative' }, 'linux')).toBe('/home/me/.cache/cachemiss')
    expect(cacheFolder({ HOME: '/Users/me' }, 'darwin')).toBe('/Users/me/Library/Caches/cachemiss')
    expect(cacheFolder({}, 'linux')).toBeNull()
  })

  test('is never inside of what is linted', async () => {
    const { code, err } = await cachemiss(folder.path, ['--cache', '--fail-on', 'never', 'Dockerfile'], { env: { XDG_CACHE_HOME: join(folder.path, 'src') } })
    expect({ code, err }).toEqual({ code: 0, err: `cachemiss: warning: --cache: nothing is kept, because ${join(folder.path, 'src/cachemiss')} lies inside of what is linted; set XDG_CACHE_HOME to a folder elsewhere\n` })
    expect(existsSync(join(folder.path, 'src/cachemiss'))).toBe(false)
    const elsewhere = { cwd: cache.path, cache: { folder: join(folder.path, 'src/cachemiss'), build: 'one' } }
    await lintFiles([join(folder.path, 'Dockerfile')], elsewhere)
    expect(readdirSync(join(folder.path, 'src/cachemiss'))).toEqual([])
  })

  test.skipIf(process.platform === 'win32')('is not a folder that others may write to, nor a link into what is linted', async () => {
    mkdirSync(place())
    chmodSync(place(), 0o777)
    expect((await cached()).warnings).toEqual(expect.arrayContaining([{ path: null, message: `--cache: nothing is kept in ${place()}: others may write there` }]))
    rmSync(place(), { recursive: true })
    symlinkSync(join(folder.path, 'src'), place())
    expect((await cached()).warnings).toEqual(expect.arrayContaining([{ path: null, message: expect.stringContaining('lies inside of what is linted') as unknown }]))
  })

  test('is said where nothing names one', async () => {
    expect((await cachemiss(folder.path, ['--cache', '--fail-on', 'never', 'Dockerfile'])).err).toContain('nothing is kept, because neither XDG_CACHE_HOME nor HOME names a folder for it')
  })

  test.skipIf(process.platform === 'win32')('is closed to others', async () => {
    await cached()
    expect(lstatSync(place()).mode & 0o077).toBe(0)
  })
})

test('fixing neither takes nor keeps anything', async () => {
  await cached()
  mark()
  const { out } = await cachemiss(folder.path, ['--cache', '--fix-dry-run', '--format', 'json', '.'], { env: { XDG_CACHE_HOME: cache.path } })
  expect(out).not.toContain('from the cache')
})

test('old results go when there are too many', async () => {
  await cached({ cache: { folder: place(), build: 'one', mostBytes: 1 } })
  expect(entries()).toEqual([])
})

test('several processes at once leave whole files', async () => {
  const plain = files(await lint())
  const runs = await Promise.all(Array.from({ length: 5 }, () => cached()))
  expect(new Set(runs.map(files))).toEqual(new Set([plain]))
  expect(entries().some(file => file.endsWith('.tmp'))).toBe(false)
})
