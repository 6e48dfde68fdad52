// --format ndjson on standard output: each file's findings as soon as it is done, in the order of paths, and nothing kept.
import { rmSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { main } from '../../src/node/main.ts'
import { lintFiles } from '../../src/node/run.ts'
import { cachemiss, temporaryFolder } from '../support/io.ts'

const bad = 'FROM debian\nRUN apt-get update && apt-get install -y curl\n'
let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
  folder.write({ 'c/Dockerfile': bad, 'a/Dockerfile': bad, 'b/Dockerfile': 'FROM scratch\nCOPPY\n' })
})
afterEach(() => folder.remove())

const paths = (out: string): readonly string[] => out.trimEnd().split('\n').map(line => (JSON.parse(line) as { readonly path: string }).path)
const nothing = async function* (): AsyncIterable<Uint8Array> {}

test('lines come file by file, before the next one is read', async () => {
  let out = ''
  // The second file goes when the first one has been told.
  const stdout = { isTTY: false, columns: undefined, write: (text: string) => { out += text; rmSync(join(folder.path, 'b'), { recursive: true, force: true }) } }
  let err = ''
  const stderr = { ...stdout, write: (text: string) => { err += text } }
  expect(await main(['--format', 'ndjson'], { cwd: folder.path, env: {}, stdout, stderr, stdin: nothing })).toBe(2)
  expect([...new Set(paths(out))]).toEqual(['a/Dockerfile', 'c/Dockerfile'])
  expect(err).toBe('cachemiss: b/Dockerfile: no such file\n')
})

test('the order is that of paths, whatever was typed', async () => {
  const { out, code } = await cachemiss(folder.path, ['--format', 'ndjson', 'c', 'a', 'b', 'a/Dockerfile'])
  expect([...new Set(paths(out))]).toEqual(['a/Dockerfile', 'b/Dockerfile', 'c/Dockerfile'])
  expect(code).toBe(1)
  expect((await cachemiss(folder.path, ['--format', 'ndjson', '--files-from', '-'], { stdin: 'c/Dockerfile\na/Dockerfile\nb/Dockerfile\n' })).out).toBe(out)
})

test('says the same as the file that holds it, beside another report too', async () => {
  const streamed = await cachemiss(folder.path, ['--format', 'ndjson'])
  const both = await cachemiss(folder.path, ['--format', 'ndjson', '--format', 'json=all.json'])
  expect(both).toEqual(streamed)
  expect(await cachemiss(folder.path, ['--format', 'ndjson=file'])).toMatchObject({ out: '', code: 1 })
  const { readFileSync } = await import('node:fs')
  expect(readFileSync(join(folder.path, 'file'), 'utf8')).toBe(streamed.out)
  expect((JSON.parse(readFileSync(join(folder.path, 'all.json'), 'utf8')) as { readonly files: readonly unknown[] }).files).toHaveLength(3)
})

test('--quiet, --max-warnings and the exit code mean what they mean elsewhere', async () => {
  const quiet = await cachemiss(folder.path, ['--format', 'ndjson', '--quiet'])
  expect(quiet.out.trimEnd().split('\n').every(line => (JSON.parse(line) as { readonly severity: string }).severity === 'error')).toBe(true)
  expect((await cachemiss(folder.path, ['--format', 'ndjson', '--quiet', 'a'])).err).toContain('failed because of findings that --quiet hides')
  const warned = await cachemiss(folder.path, ['--format', 'ndjson', '--fail-on', 'error', '--max-warnings', '0', 'a'])
  expect(warned).toMatchObject({ code: 1, err: expect.stringContaining('--max-warnings is 0') as unknown })
  expect(await cachemiss(folder.path, ['--format', 'ndjson', '--target', 'gone', 'a'])).toMatchObject({ code: 2, err: 'cachemiss: no stage is called "gone"\n' })
})

test('what is said of a shared ignore file is said once', async () => {
  const dockerfile = 'FROM node:22\nWORKDIR /app\nCOPY . .\n'
  folder.write({ '.git/HEAD': '', '.dockerignore': '.git\n"docs"\nnode_modules\n', 'package.json': '{}', Dockerfile: dockerfile, 'Dockerfile.b': dockerfile })
  const { out } = await cachemiss(folder.path, ['--format', 'ndjson', 'Dockerfile', 'Dockerfile.b'])
  const told = out.trimEnd().split('\n').filter(line => line.includes('"path":".dockerignore"'))
  expect(told.length).toBeGreaterThan(0)
  expect(new Set(told).size).toBe(told.length)
})

test('who takes the files as they come may have the result without them', async () => {
  const taken: string[] = []
  const { files, totals } = await lintFiles([], { cwd: folder.path, keepsFiles: false, onLinted: ({ path }) => taken.push(path) })
  expect({ files, taken, linted: totals.files }).toEqual({ files: [], taken: ['a/Dockerfile', 'b/Dockerfile', 'c/Dockerfile'], linted: 3 })
})

test('standard output is the Dockerfile alone where standard input is fixed', async () => {
  const { out, err } = await cachemiss(folder.path, ['--fix', '--format', 'ndjson', '-'], { stdin: 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n' })
  expect(out).toMatch(/^FROM node:22\n.*npm cache clean/s)
  expect(out).not.toContain('"rule"')
  expect(err).toContain('"rule"')
})
