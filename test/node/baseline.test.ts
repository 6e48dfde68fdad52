// --baseline and --update-baseline as typed: what is written, what is left out, and what a hand or a pull request may do to the file.
import { existsSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cachemiss, temporaryFolder } from '../support/io.ts'
import type { Outcome } from '../support/io.ts'

const bad = 'FROM debian\nRUN apt-get update && apt-get install -y curl\nRUN npm install -g typescript\n'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
  folder.write({ 'a/Dockerfile': bad, 'b/Dockerfile': bad })
})
afterEach(() => folder.remove())

const run = (...args: readonly string[]): Promise<Outcome> => cachemiss(folder.path, args)
const update = (...args: readonly string[]): Promise<Outcome> => run('--baseline', 'base.json', '--update-baseline', ...args)
const check = (...args: readonly string[]): Promise<Outcome> => run('--baseline', 'base.json', ...args)
const written = (): string => readFileSync(join(folder.path, 'base.json'), 'utf8')
const filesIn = (): readonly string[] => Object.keys((JSON.parse(written()) as { readonly files: object }).files)

test('what is found is written in order, one line for each entry, and reported no more', async () => {
  const { out } = await run('--format', 'json')
  const count = (JSON.parse(out) as { readonly files: readonly { readonly findings: readonly unknown[] }[] }).files.reduce((sum, { findings }) => sum + findings.length, 0)
  expect(await update()).toMatchObject({ code: 0, err: `cachemiss: base.json lists ${count} findings now\n` })
  expect(filesIn()).toEqual(['a/Dockerfile', 'b/Dockerfile'])
  expect(written()).toMatch(/^\{\n {2}"schemaVersion": 1,\n {2}"files": \{\n {4}"a\/Dockerfile": \{\n {6}"[a-z-]+": \[\n {8}\{ "key": "[\da-f]{16}", "count": 1 \}\n {6}\],/)
  expect(await check()).toEqual({ code: 0, out: `no problems in 2 files\n${count} problems of the baseline left out\n`, err: '' })
  expect(JSON.parse((await check('--format', 'json')).out)).toMatchObject({ summary: { errors: 0, warnings: 0, infos: 0, baselined: count } })
  const before = { text: written(), file: statSync(join(folder.path, 'base.json')).ino }
  await update()
  expect({ text: written(), file: statSync(join(folder.path, 'base.json')).ino }).toEqual(before)
})

test('what is new is reported and fails the run', async () => {
  await update()
  folder.write({ 'a/Dockerfile': `# moved\n\n${bad}RUN pip install flask\n`, 'c/Dockerfile': 'FROM node\nRUN pip install flask\n' })
  const { code, out } = await check('--format', 'compact')
  expect(code).toBe(1)
  expect(out).toMatch(/^a\/Dockerfile:6:/m)
  expect(out).toMatch(/^c\/Dockerfile:2:/m)
  expect(out).not.toMatch(/^b\//m)
})

test('what is there no more is one line, and no failure', async () => {
  await update()
  folder.write({ 'a/Dockerfile': 'FROM scratch\n' })
  const { code, err } = await check()
  expect({ code, err }).toEqual({ code: 0, err: expect.stringMatching(/^cachemiss: base\.json lists \d+ findings that are there no more; --update-baseline takes them out\n$/) as unknown })
  expect((await check('b')).err).toBe('')
  await update()
  expect(filesIn()).toEqual(['b/Dockerfile'])
})

test('an update touches what was linted, and what is gone', async () => {
  folder.write({ 'c/Dockerfile': bad })
  await update()
  rmSync(join(folder.path, 'c'), { recursive: true })
  folder.write({ 'a/Dockerfile': 'FROM scratch\n', 'b/Dockerfile': 'FROM scratch\n' })
  await update('a')
  expect(filesIn()).toEqual(['b/Dockerfile'])
})

test('paths are relative to the file, wherever one stands', async () => {
  await update()
  expect(await cachemiss(join(folder.path, 'a'), ['--baseline', '../base.json'])).toMatchObject({ code: 0, err: '' })
  expect(await cachemiss(folder.path, ['--baseline', 'base.json', '--stdin-filename', 'a/Dockerfile', '-'], { stdin: bad })).toMatchObject({ code: 0 })
  expect(await cachemiss(folder.path, ['--baseline', 'base.json', '-'], { stdin: bad })).toMatchObject({ code: 1 })
})

test('each Dockerfile answers for an ignore file that it shares', async () => {
  const dockerfile = 'FROM node:22\nWORKDIR /app\nCOPY . .\n'
  folder.write({ '.dockerignore': '"docs"\n.git\nnode_modules\n', 'package.json': '{}', Dockerfile: dockerfile, 'Dockerfile.b': dockerfile })
  await update('Dockerfile')
  expect(await check('Dockerfile')).toMatchObject({ code: 0 })
  expect((await check('Dockerfile', 'Dockerfile.b', '--format', 'json')).out).toContain('"path": ".dockerignore"')
  await update('Dockerfile.b')
  // What is left out is counted as it would be reported: what is said of the ignore file once.
  const all = await run('Dockerfile', 'Dockerfile.b', '--format', 'json')
  const { errors, warnings, infos } = (JSON.parse(all.out) as { readonly summary: Readonly<Record<'errors' | 'warnings' | 'infos', number>> }).summary
  expect(JSON.parse((await check('Dockerfile', 'Dockerfile.b', '--format', 'json')).out)).toMatchObject({ summary: { baselined: errors + warnings + infos } })
  expect((await check('Dockerfile', 'Dockerfile.b', '--format', 'json')).out).not.toContain('"path": ".dockerignore"')
})

test('a file that does not parse stays told, and keeps its entries', async () => {
  await update()
  const before = written()
  folder.write({ 'a/Dockerfile': `${bad}COPPY a b\n` })
  expect(await check('a')).toMatchObject({ code: 1, out: expect.stringContaining('syntax-error') as unknown, err: '' })
  expect(await update('a')).toMatchObject({ code: 0, out: expect.stringContaining('syntax-error') as unknown })
  expect(written()).toBe(before)
})

test('what a merge left twice counts twice', async () => {
  await update()
  expect((await check()).code).toBe(0)
  const entry = /\{ "key": "\w+", "count": (\d+) \}/.exec(written())!
  folder.write({ 'base.json': written().replace(entry[0], `${entry[0]},\n        ${entry[0]}`) })
  expect((await check()).err).toMatch(new RegExp(`lists ${entry[1]} finding`))
})

test('--max-warnings and --fail-on count what is reported', async () => {
  await update()
  expect(await check('--max-warnings', '0', '--fail-on', 'info')).toMatchObject({ code: 0 })
  expect(await update('--max-warnings', '0')).toMatchObject({ code: 0 })
})

test.skipIf(process.platform === 'win32')('a link stays one', async () => {
  writeFileSync(join(folder.path, 'real.json'), '{ "schemaVersion": 1, "files": {} }')
  symlinkSync('real.json', join(folder.path, 'base.json'))
  await update()
  expect(readFileSync(join(folder.path, 'real.json'), 'utf8')).toContain('a/Dockerfile')
})

describe('one line and exit code 2', () => {
  const entry = (files: unknown): string => JSON.stringify({ schemaVersion: 1, files })
  test.each([
    ['<<<<<<< HEAD\n{}', 'base.json:1:1: not JSON'],
    ['{\n  "schemaVersion": 1,\n  "files": {},,\n}', 'base.json:3:15: not JSON'],
    ['', 'base.json:1:1: not JSON'],
    ['[]', 'base.json: an object is expected'],
    ['{}', 'base.json: "schemaVersion" is missing'],
    ['{"schemaVersion": "1", "files": {}}', 'base.json: "schemaVersion" is "1", and only 1 is known'],
    ['{"schemaVersion": 1, "files": {}, "more": 1}', 'base.json: the key "more" is not known'],
    ['{"schemaVersion": 1}', 'base.json: "files" is no object'],
    [entry([]), 'base.json: "files" is no object'],
    [entry({ 'a/Dockerfile': 1 }), 'base.json: what stands for "a/Dockerfile" is no object'],
    [entry({ a: { rule: {} } }), 'base.json: "rule" of "a" is no list'],
    [entry({ a: { rule: [1] } }), 'base.json: "rule" of "a" has the entry 1, which is no object'],
    [entry({ a: { rule: [{ key: 'x', count: -1 }] } }), 'base.json: "rule" of "a" has an entry whose "count" is -1, not a number from 1 on'],
    [entry({ a: { rule: [{ key: 'x', count: 1.5 }] } }), 'has an entry whose "count" is 1.5, not'],
    [entry({ a: { rule: [{ key: 'x' }] } }), 'has an entry whose "count" is missing, not'],
    [entry({ a: { rule: [{ key: 1, count: 1 }] } }), 'has an entry whose "key" is no text'],
    [entry({ a: { rule: [{ key: 'x', count: 1, line: 3 }] } }), 'has an entry with the unknown key "line"'],
    ['{"schemaVersion": 1, "files": {}, "__proto__": {"x": 1}}', 'the key "__proto__" is not known'],
    ['{"schemaVersion": 1, "files": {"__proto__": 7}}', 'what stands for "__proto__" is no object'],
    ['{"schemaVersion": 1, "files": {"\\u001b[31m": 7}}', 'what stands for "\\u001b[31m" is no object'],
    ['['.repeat(200_000), 'not JSON'],
    [' '.repeat(10_000_001), 'base.json is larger than 10 MB'],
  ])('for %.60j', async (text, message) => {
    folder.write({ 'base.json': text })
    for (const outcome of [await check(), await update()]) {
      expect(outcome).toMatchObject({ code: 2, out: '', err: expect.stringContaining(message) as unknown })
      expect(outcome.err.trimEnd().split('\n')).toHaveLength(1)
    }
    expect(written()).toBe(text)
  })

  test('where it is missing, a folder, or asked for with what it does not go with', async () => {
    expect(await check()).toEqual({ code: 2, out: '', err: 'cachemiss: --baseline: base.json does not exist. Add --update-baseline to write it.\n' })
    expect((await run('--baseline', 'a')).err).toBe('cachemiss: --baseline: a is no file\n')
    expect((await run('--update-baseline')).err).toContain('--update-baseline needs a file')
    for (const fixing of ['--fix', '--diff', '--fix-dry-run']) expect(await update(fixing)).toMatchObject({ code: 2, err: expect.stringContaining('--baseline and fixing do not go together') as unknown })
    expect(existsSync(join(folder.path, 'base.json'))).toBe(false)
    expect((await run('--generate-baseline')).err).toContain('Write --baseline FILE --update-baseline.')
  })
})

test('whatever the file holds, there is one line or a report', async () => {
  await fc.assert(fc.asyncProperty(fc.oneof(fc.string(), fc.json(), fc.record({ schemaVersion: fc.constant(1), files: fc.dictionary(fc.string(), fc.dictionary(fc.string(), fc.array(fc.record({ key: fc.string(), count: fc.integer() })))) }).map(value => JSON.stringify(value))), async text => {
    folder.write({ 'base.json': text })
    const { code, err } = await check('a')
    expect([1, 2]).toContain(code)
    expect(err.trimEnd().split('\n').length).toBe(1)
    expect(err).not.toMatch(/\n\s+at /)
  }), { numRuns: 100 })
})
