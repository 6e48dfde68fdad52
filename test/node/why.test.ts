import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, renameSync, rmSync, unlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { main } from '../../src/node/main.ts'
import type { Io } from '../../src/node/io.ts'

let folder = ''
const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(folder, path)), { recursive: true })
  writeFileSync(join(folder, path), text)
}
const git = (...args: string[]): string => execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.org', '-c', 'commit.gpgsign=false', ...args], { cwd: folder, encoding: 'utf8' })
const commit = (): void => {
  git('add', '-A')
  git('commit', '-qm', 'state')
}

async function why(...args: string[]): Promise<{ code: number; out: string; err: string }> {
  let out = ''
  let err = ''
  const stream = (add: (text: string) => void): Io['stdout'] => ({ write: add, isTTY: false, columns: undefined })
  const io: Io = { cwd: folder, env: {}, stdout: stream(text => { out += text }), stderr: stream(text => { err += text }), async *stdin() {} }
  const code = await main(['why', ...args], io)
  return { code, out, err }
}
const executed = (out: string): readonly number[] => [...out.matchAll(/^ +(\d+) {2}executed\?? /gm)].map(match => Number(match[1]))

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'why-'))
  git('init', '-q')
  write('Dockerfile', 'FROM node:22\nWORKDIR /app\nCOPY package*.json ./\nRUN npm ci\nARG REVISION\nCOPY src src\nRUN npm run build\n')
  write('package.json', '{}')
  write('src/a.js', '1')
  write('docs/x.md', '1')
  commit()
})
afterEach(() => rmSync(folder, { recursive: true, force: true }))

describe('cachemiss why', () => {
  it('takes the paths that are named', async () => {
    const { code, out } = await why('src/a.js')
    expect(code).toBe(0)
    expect(executed(out)).toEqual([6, 7])
    expect(out).toMatch(/^Dockerfile {2}\(context \.\)\n {2}changed: src\/a\.js\n/)
    expect(out).toMatch(/6 {2}executed {3}COPY src src +src\/a\.js changed\n/)
    expect(out).toMatch(/7 {2}executed {3}RUN npm run build +line 6 runs\n/)
    expect(out).toMatch(/2 of 5 steps would run again\n$/)
  })
  it('takes a folder for all files in it, and a path that is not there for a new file', async () => {
    expect(executed((await why('src')).out)).toEqual([6, 7])
    expect(executed((await why('src/new.js')).out)).toEqual([6, 7])
    expect(executed((await why('package-lock.json')).out)).toEqual([3, 4, 6, 7])
    expect(executed((await why('docs')).out)).toEqual([])
  })
  it('asks git when nothing is named', async () => {
    expect(executed((await why()).out)).toEqual([])
    write('src/a.js', '2')
    write('docs/x.md', '2')
    expect(executed((await why()).out)).toEqual([6, 7])
    write('package-lock.json', '{}')
    expect((await why()).out).toMatch(/changed: .*package-lock\.json/)
    expect(executed((await why()).out)).toEqual([3, 4, 6, 7])
  })
  it('sees removed and renamed files', async () => {
    renameSync(join(folder, 'src/a.js'), join(folder, 'src/b.js'))
    expect((await why()).out).toMatch(/src\/a\.js, src\/b\.js changed/)
    unlinkSync(join(folder, 'src/b.js'))
    write('src/c.js', '1')
    expect(executed((await why()).out)).toEqual([6, 7])
  })
  it('compares with the Dockerfile and the ignore file as they were', async () => {
    write('Dockerfile', 'FROM node:22\nWORKDIR /app\nCOPY package*.json ./\n# a comment\nRUN npm ci\nARG REVISION\nCOPY src src\nRUN npm run build --release\n')
    expect((await why()).out).toMatch(/8 {2}executed {3}RUN npm run build --release +the instruction is new or changed/)
    expect(executed((await why()).out)).toEqual([8])
    git('checkout', '-q', '.')
    write('src/notes.md', '1')
    commit()
    write('.dockerignore', '**/*.md\n')
    expect((await why()).out).toMatch(/COPY src src +src\/notes\.md changed/)
  })
  it('compares with a commit', async () => {
    write('src/a.js', '2')
    commit()
    expect(executed((await why()).out)).toEqual([])
    expect(executed((await why('--since', 'HEAD~1')).out)).toEqual([6, 7])
    const { code, err } = await why('--since', '--output=x')
    expect(code).toBe(2)
    expect((await why('--since=nowhere')).err).toMatch(/^cachemiss: git knows no commit "nowhere"/)
    expect(err).not.toBe('')
  })
  it('answers for build arguments and base images', async () => {
    expect((await why('--build-arg', 'REVISION')).out).toMatch(/7 {2}executed {3}RUN npm run build +the value or place of REVISION changed/)
    expect(executed((await why('--build-arg', 'REVISION=abc')).out)).toEqual([7])
    expect(executed((await why('--base-updated')).out)).toEqual([2, 3, 4, 6, 7])
  })
  it('builds another target, and says what is not built', async () => {
    write('Dockerfile', 'FROM node:22 AS deps\nCOPY package.json .\nFROM node:22\nCOPY src src\n')
    const { out } = await why('src/a.js', '--target', 'deps')
    expect(out).toMatch(/4 {2}not built {2}COPY src src/)
    expect((await why('--target', 'other')).err).toMatch(/has no stage "other"/)
  })
  it('says when a verdict is not certain', async () => {
    write('Dockerfile', 'FROM node:22 AS build\nCOPY src src\nRUN make\nFROM scratch\nCOPY --from=build /out /\n')
    expect((await why('src/a.js')).out).toMatch(/5 {2}executed\? {2}COPY --from=build \/out \/ +perhaps: it depends on what line 3 \(stage build\) writes/)
  })
  it('writes JSON', async () => {
    const { out } = await why('src/a.js', '--format', 'json')
    expect(JSON.parse(out)).toMatchObject({
      schemaVersion: 1, tool: { name: 'cachemiss' },
      files: [{ path: 'Dockerfile', context: '.', changed: ['src/a.js'], summary: { executed: 2, uncertain: 0, cached: 3, notBuilt: 0 }, steps: [{}, {}, {}, { line: 6, state: 'executed', because: { kind: 'files', paths: ['src/a.js'] } }, {}] }],
    })
  })
  it('looks at every Dockerfile found here, and goes on after a broken one', async () => {
    write('other/Dockerfile', 'FROM node:22\nCOPY . .\n')
    write('broken/Dockerfile', 'FRM node\n')
    write('binary/Dockerfile', 'FROM a\0')
    write('template/Dockerfile', 'FROM {{ base }}\n')
    const { code, out, err } = await why('other/x')
    expect(code).toBe(2)
    expect(out).toMatch(/^Dockerfile /m)
    expect(out).toMatch(/^other\/Dockerfile /m)
    expect(err).toMatch(/^cachemiss: broken\/Dockerfile:1/m)
    expect(err).toMatch(/^cachemiss: binary\/Dockerfile: binary/m)
    expect(err).not.toMatch(/template/)
    expect((await why('--file', 'other/Dockerfile', 'other/x')).out).not.toMatch(/^Dockerfile /m)
  })
  it('refuses what it cannot use in one line', async () => {
    expect((await why('--buildarg', 'A=1')).err).toMatch(/^cachemiss: why has no option "--buildarg"\. Did you mean --build-arg\?\n$/)
    expect((await why('--format', 'sarif')).err).toMatch(/no format "sarif"/)
    expect((await why('--context', 'nowhere')).err).toMatch(/"nowhere" is no folder/)
    expect((await why('--file', 'nowhere')).code).toBe(2)
    expect((await why('--help')).out).toMatch(/^Usage: cachemiss why/)
  })
  it('makes hostile names harmless', async () => {
    write('src/\u001b[31m.js', '1')
    expect((await why()).out).not.toContain('\u001b')
  })
})
