// --files-from: the paths of a list are linted as if they were typed, but none is a glob.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { cachemiss, temporaryFolder } from '../support/io.ts'
import type { Outcome } from '../support/io.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
  folder.write({ 'a/Dockerfile': 'FROM scratch\n', 'b c/Dockerfile': 'FROM scratch\n', 'x/other': 'FROM scratch\n' })
})
afterEach(() => folder.remove())

const run = (list: string | Uint8Array, ...args: readonly string[]): Promise<Outcome> => cachemiss(folder.path, ['--files-from', '-', '--format', 'json', ...args], { stdin: list })
const linted = ({ out }: Outcome): readonly string[] => (JSON.parse(out) as { readonly files: readonly { readonly path: string }[] }).files.map(({ path }) => path)

test('takes one path from each line, and sorts them', async () => {
  const outcome = await run('x/other\r\n\n  \nb c/Dockerfile\n./a/Dockerfile\na/Dockerfile')
  expect({ code: outcome.code, paths: linted(outcome) }).toEqual({ code: 0, paths: ['a/Dockerfile', 'b c/Dockerfile', 'x/other'] })
  folder.write({ list: 'x/other\n' })
  expect(linted(await cachemiss(folder.path, ['--files-from', 'list', '--format', 'json', 'a']))).toEqual(['a/Dockerfile', 'x/other'])
})

test('splits at NUL where there is one, as git ls-files -z writes it', async () => {
  folder.write({ 'new\nline/Dockerfile': 'FROM scratch\n' })
  expect(linted(await run('new\nline/Dockerfile\0a/Dockerfile\0'))).toEqual(['a/Dockerfile', 'new\nline/Dockerfile'])
})

test('begins after a byte order mark, and has an end', async () => {
  expect(linted(await run('\ufeffx/other\n'))).toEqual(['x/other'])
  expect(await run(new Uint8Array(100_000_001))).toEqual({ code: 2, out: '', err: 'cachemiss: --files-from: the list is larger than 100 MB\n' })
})

test('an empty list is nothing to lint, not the current folder', async () => {
  expect(await cachemiss(folder.path, ['--files-from', '-'], { stdin: '\n' })).toEqual({ code: 0, out: '', err: 'cachemiss: no Dockerfile to lint\n' })
})

test('what is missing is a problem, and no glob is tried', async () => {
  const outcome = await run('gone\na/Dockerfile\n*/Dockerfile\n')
  expect({ code: outcome.code, err: outcome.err, paths: linted(outcome) }).toEqual({ code: 2, err: 'cachemiss: gone: no such file or folder\ncachemiss: */Dockerfile: no such file or folder\n', paths: ['a/Dockerfile'] })
  folder.write({ '[a]/Dockerfile': 'FROM scratch\n' })
  expect(linted(await run('[a]/Dockerfile\n'))).toEqual(['[a]/Dockerfile'])
})

test('a list of 100,000 paths is no problem', async () => {
  const { code, err } = await run(Array.from({ length: 100_000 }, (_, at) => `a/Dockerfile\n${at % 1000 === 0 ? `gone-${at}\n` : ''}`).join(''))
  expect({ code, lines: err.trimEnd().split('\n').length }).toEqual({ code: 2, lines: 100 })
})

test('bytes that are no text are one line each', async () => {
  const { code, err } = await run(new Uint8Array([0xff, 0x1b, 0x5b, 0x0a]))
  expect({ code, err }).toEqual({ code: 2, err: 'cachemiss: \ufffd\\x1b[: no such file or folder\n' })
})

test('a mistake is one line', async () => {
  mkdirSync(join(folder.path, 'folder'))
  const errOf = async (...args: readonly string[]): Promise<string> => (await cachemiss(folder.path, args)).err
  expect(await errOf('--files-from', 'nowhere')).toBe('cachemiss: --files-from: nowhere does not exist\n')
  expect(await errOf('--files-from', 'folder')).toContain('--files-from: folder is a folder')
  expect(await errOf('--files-from', '-', '-')).toBe('cachemiss: --files-from - and the path - cannot both read standard input\n')
  expect(await errOf('--stdin-file-list', 'x')).toContain('Write --files-from FILE.')
})
