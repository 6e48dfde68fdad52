// Writing what was fixed: what a file keeps, where links lead, and that nothing is lost when it cannot be done.
import { appendFileSync, chmodSync, chownSync, linkSync, lstatSync, mkdirSync, readFileSync, readdirSync, rmSync, statSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { cachemiss, temporaryFolder } from '../support/io.ts'
import type { Outcome } from '../support/io.ts'
import { world } from './made-up-rules.ts'

/** System calls that fail, with their code; `target` is where a path ends that is not to be renamed to. */
const failing = vi.hoisted(() => ({ calls: {} as Record<string, string>, onPrepare: () => {} }))

vi.mock('../../src/index.ts', async original => (await import('./made-up-rules.ts')).withMadeUpRules(await original()))
vi.mock('node:fs', async original => {
  const fs = await original<typeof import('node:fs')>()
  const faulty = (name: 'writeFileSync' | 'accessSync' | 'renameSync' | 'openSync', isMeant: (args: readonly unknown[]) => boolean) => (...args: readonly unknown[]): unknown => {
    const code = isMeant(args) ? failing.calls[name] : undefined
    if (code !== undefined) throw Object.assign(new Error(`${code}: simulated`), { code })
    return (fs[name] as (...args: readonly unknown[]) => unknown)(...args)
  }
  return {
    ...fs,
    writeFileSync: faulty('writeFileSync', ([target]) => typeof target === 'number'), openSync: faulty('openSync', ([, flags]) => flags === 'wx' && (failing.onPrepare(), true)),
    accessSync: faulty('accessSync', ([, mode]) => mode === fs.constants.W_OK), renameSync: faulty('renameSync', ([, target]) => String(target).endsWith(failing.calls['target'] ?? '')),
  }
})

const old = 'FROM scratch\nLABEL old=1\n'
const fixed = 'FROM scratch\nLABEL new=1\n'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => { folder = temporaryFolder() })
afterEach(() => {
  world.onCheck = () => {}
  failing.calls = {}
  failing.onPrepare = () => {}
  folder.remove()
})

const at = (path: string): string => join(folder.path, path)
const run = (args: string): Promise<Outcome> => cachemiss(folder.path, args.split(' '))
const content = (path: string): string => readFileSync(at(path), 'utf8')
/** Nothing is left behind, whatever went wrong. */
const temporaryFiles = (): readonly string[] => readdirSync(folder.path, { recursive: true, encoding: 'utf8' }).filter(name => name.endsWith('.tmp'))

describe('what is written keeps', () => {
  const texts: readonly (readonly [name: string, before: string])[] = [
    ['line ends', old.replaceAll('\n', '\r\n')], ['mixed line ends', 'FROM scratch\r\nLABEL old=1\n\r\n\n'], ['a byte order mark', `\ufeff${old}`],
    ['a missing last line end', old.trimEnd()], ['characters of any kind', `# é 字 😀 \ufffd\n${old}`],
  ]
  test.each(texts)('%s', async (_, before) => {
    folder.write({ Dockerfile: before })
    await run('--fix')
    expect(readFileSync(at('Dockerfile'))).toEqual(Buffer.from(before.replace('old', 'new')))
  })

  test('mode and owner', async () => {
    folder.write({ Dockerfile: old })
    // Only root may give a file away.
    if (process.getuid?.() === 0) chownSync(at('Dockerfile'), 1234, 1234)
    chmodSync(at('Dockerfile'), 0o4751)
    const { uid, gid } = statSync(at('Dockerfile'))
    await run('--fix')
    expect(statSync(at('Dockerfile'))).toMatchObject({ uid, gid })
    expect(statSync(at('Dockerfile')).mode & 0o7777).toBe(0o4751)
    expect(temporaryFiles()).toEqual([])
  })

  test('the time of files without a fix', async () => {
    folder.write({ Dockerfile: 'FROM scratch\n', other: old })
    const { ino, mtimeMs, ctimeMs } = statSync(at('Dockerfile'))
    await run('--fix Dockerfile other')
    expect(statSync(at('Dockerfile'))).toMatchObject({ ino, mtimeMs, ctimeMs })
  })
})

describe('links', () => {
  test('are followed to what lies in the current folder, in the repository or beside them', async () => {
    folder.write({ 'real/one': old, 'repo/.git/HEAD': '', 'repo/two': old, 'else/three': old })
    for (const [link, target] of [['work/Dockerfile', '../real/one'], ['repo/sub/Dockerfile', '../two'], ['else/Dockerfile', 'three']] as const) {
      mkdirSync(dirname(at(link)), { recursive: true })
      symlinkSync(target, at(link))
    }
    expect((await run('--fix work/Dockerfile')).code).toBe(0)
    expect((await cachemiss(at('repo/sub'), ['--fix', 'Dockerfile'])).code).toBe(0)
    expect((await cachemiss(at('work'), ['--fix', '../else/Dockerfile'])).code).toBe(0)
    for (const path of ['real/one', 'repo/two', 'else/three']) expect(content(path)).toBe(fixed)
    expect(lstatSync(at('work/Dockerfile')).isSymbolicLink()).toBe(true)
  })

  test('that lead elsewhere, or to git, are not', async () => {
    folder.write({ 'outside/one': old, 'work/.git/HEAD': '', 'work/.git/two': old })
    symlinkSync('../outside/one', at('work/Dockerfile'))
    symlinkSync('.git/two', at('work/Dockerfile.two'))
    // They are not even read.
    const { code, err } = await cachemiss(at('work'), ['--fix', 'Dockerfile', 'Dockerfile.two'])
    expect({ code, err }).toEqual({ code: 2, err: 'cachemiss: Dockerfile: a link that leaves the repository\ncachemiss: Dockerfile.two: a link into .git\n' })
    expect([content('outside/one'), content('work/.git/two')]).toEqual([old, old])
  })

  test('hard ones are cut, which is said', async () => {
    folder.write({ Dockerfile: old })
    linkSync(at('Dockerfile'), at('other'))
    expect(await run('--fix')).toMatchObject({ code: 0, err: 'cachemiss: warning: Dockerfile: this file has other names (hard links), which keep the old text\n' })
    expect([content('Dockerfile'), content('other')]).toEqual([fixed, old])
  })
})

describe('one line and exit code 2, while the others are fixed, for', () => {
  /** Fixes two files, of which `a/Dockerfile` cannot be. */
  const refused = async (reason: string): Promise<void> => {
    folder.write({ 'b/Dockerfile': old })
    const { code, out, err } = await run('--fix a b')
    expect({ code, err }).toEqual({ code: 2, err: `cachemiss: a/Dockerfile: not fixed: ${reason}\n` })
    expect(out).toMatch(/a\/Dockerfile\n {2}2:1 {2}warning/)
    expect(out).toContain('fixed 1 of 2 problems in 1 file\n')
    expect(content('b/Dockerfile')).toBe(fixed)
    expect(temporaryFiles()).toEqual([])
  }

  test('a file that changed since it was read', async () => {
    folder.write({ 'a/Dockerfile': old })
    let looks = 0
    world.onCheck = () => { if (looks++ === 0) appendFileSync(at('a/Dockerfile'), '# mine\n') }
    await refused('it changed since it was read')
    expect(content('a/Dockerfile')).toBe(`${old}# mine\n`)
  })

  test('a file that changes while it is being replaced', async () => {
    folder.write({ 'a/Dockerfile': old })
    let writes = 0
    failing.onPrepare = () => { if (writes++ === 0) appendFileSync(at('a/Dockerfile'), '# mine\n') }
    await refused('it changed since it was read')
    expect(content('a/Dockerfile')).toBe(`${old}# mine\n`)
  })

  test('a file that is gone', async () => {
    folder.write({ 'a/Dockerfile': old })
    let looks = 0
    world.onCheck = () => { if (looks++ === 0) rmSync(at('a/Dockerfile')) }
    await refused('it is gone')
  })

  test('a read-only file, for root too', async () => {
    folder.write({ 'a/Dockerfile': old })
    chmodSync(at('a/Dockerfile'), 0o444)
    await refused('it is read-only')
    expect(content('a/Dockerfile')).toBe(old)
  })

  test.each([['accessSync', 'EACCES', 'permission denied'], ['openSync', 'EACCES', 'permission denied'], ['openSync', 'EROFS', 'the file system is read-only'], ['writeFileSync', 'ENOSPC', 'no space is left on the device'], ['renameSync', 'EPERM', 'permission denied'], ['renameSync', 'EXDEV', 'EXDEV: simulated']])('%s failing with %s', async (call, code, reason) => {
    folder.write({ 'a/Dockerfile': old })
    failing.calls = { [call]: code }
    const { code: exit, err, out } = await run('--fix a')
    expect({ exit, err }).toEqual({ exit: 2, err: `cachemiss: a/Dockerfile: not fixed: ${reason}\n` })
    expect(out).toContain('fixed 0 of 1 problem\n')
    expect(content('a/Dockerfile')).toBe(old)
    expect(temporaryFiles()).toEqual([])
  })

  test('an ignore file that is not UTF-8, and then the Dockerfile stays too', async () => {
    folder.write({ 'a/Dockerfile': `${old}# ignore x\n`, 'a/.dockerignore': new Uint8Array([0xe9, 0x0a]) })
    expect((await run('--fix a')).err).toBe('cachemiss: a/.dockerignore: not fixed, and so neither is a/Dockerfile: it is not UTF-8\n')
    expect([content('a/Dockerfile'), readFileSync(at('a/.dockerignore'))]).toEqual([`${old}# ignore x\n`, Buffer.from([0xe9, 0x0a])])
  })

  test('the second of two files, and the first is as it was again', async () => {
    for (const ignored of [{ 'a/.dockerignore': 'x\n' }, {}]) {
      folder.write({ 'a/Dockerfile': `${old}# ignore one\n`, ...ignored })
      for (const target of ['Dockerfile', '.dockerignore']) {
        failing.calls = { renameSync: 'EPERM', target: `a/${target}` }
        const { code, err } = await run('--fix a --context a')
        const other = target === 'Dockerfile' ? 'a/.dockerignore' : 'a/Dockerfile'
        expect({ code, err }).toEqual({ code: 2, err: `cachemiss: a/${target}: not fixed, and so neither is ${other}: permission denied\n` })
        expect(content('a/Dockerfile')).toBe(`${old}# ignore one\n`)
        expect(readdirSync(at('a')).sort()).toEqual([...'a/.dockerignore' in ignored ? ['.dockerignore'] : [], 'Dockerfile'])
      }
      rmSync(at('a'), { recursive: true })
    }
  })

  test('an ignore file that could not be read', async () => {
    folder.write({ 'a/Dockerfile': '# ignore x\nFROM scratch\n' })
    symlinkSync('/etc/hostname', at('a/.dockerignore'))
    expect((await run('--fix a --context a')).err).toBe('cachemiss: a/.dockerignore: not fixed: there is one already, and it was not read\n')
    expect(lstatSync(at('a/.dockerignore')).isSymbolicLink()).toBe(true)
  })

  test('bytes that are no text', async () => {
    folder.write({ 'a/Dockerfile': new Uint8Array([...Buffer.from(old), 0xff]) })
    expect(await run('--fix a')).toMatchObject({ code: 2, err: 'cachemiss: a/Dockerfile: not UTF-8\n' })
  })
})
