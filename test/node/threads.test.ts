// Many files on several threads: what comes of them is what one thread says, and a thread that dies takes only its files with it.
import { existsSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { rules } from '../../src/index.ts'
import { lintFiles } from '../../src/node/run.ts'
import type { LintOptions, LintRun } from '../../src/node/run.ts'
import { temporaryFolder } from '../support/io.ts'

const folder = temporaryFolder()
const src = fileURLToPath(new URL('../../src/node/', import.meta.url))

/** The modules that threads start with: the real work, the same with a rule that crashes, and those that die. Each says when it has done its part. */
const done = `import { writeFileSync } from 'node:fs'\nconst done = () => writeFileSync(__dirname + '/done', '')\n`
const working = `import { work } from './thread.ts'\nvoid work().then(done)`
const taking = `import { takeBatch } from './threads.ts'\nimport { workerData } from 'node:worker_threads'\ntakeBatch(workerData)\ndone()\n`
const entries = {
  'work.cjs': done + working,
  'crash.cjs': `${done}import { rules } from '../index.ts'\nrules.find(({ id }) => id === 'no-op-run').check = () => { throw new Error('boom') }\n${working}`,
  'leave.cjs': `${done}${taking}process.exit(3)`,
  'throw.cjs': `${done}${taking}throw new Error('out of order')`,
}

const texts = [
  'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n', 'FROM a\nCOPPY b c\n', 'FROM debian:12\nRUN apt-get update\nRUN apt-get install -y curl\nRUN true\n', '{{ template }}\n', 'FROM a\nRUN b\n\0', 'FROM python:3.8\nCOPY . /srv\nRUN pip install -r requirements.txt\n',
]
beforeAll(async () => {
  folder.write(Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`files/${String(index).padStart(3, '0')}/Dockerfile`, `# ${index}\n${texts[index % texts.length]}`])))
  folder.write({
    'files/020/.cachemissrc.json': '{ "rules": { "no-such-rule": "off" } }', 'files/030/cachemiss.config.js': '', 'files/060/cachemissrc.json': '{}', 'files/040/.cachemissrc.json': '{ "ignore": ["**"] }',
    'files/.dockerignore': '.git\n*.log\n*.log\n', 'files/.git/HEAD': '',
  })
  await Promise.all(Object.entries(entries).map(([name, contents]) =>
    build({ stdin: { contents, resolveDir: src, loader: 'ts' }, bundle: true, platform: 'node', format: 'cjs', mainFields: ['module', 'main'], external: ['diff', 'vscode-languageserver', 'vscode-languageserver-textdocument'], outfile: `${folder.path}/${name}`, logLevel: 'silent' })))
})
afterAll(() => folder.remove())

const linted = (options: LintOptions = {}): Promise<LintRun> => lintFiles([], { cwd: `${folder.path}/files`, ...options })

/** With `count` threads besides this one, which after its first batch waits until one of them has nothing left to do. */
function shared(name: keyof typeof entries, count: number, options: LintOptions = {}): Promise<LintRun> {
  const marker = `${folder.path}/done`
  rmSync(marker, { force: true })
  const waits = (index: number): void => {
    const sleeper = new Int32Array(new SharedArrayBuffer(4))
    for (let tries = 0; index === 1 && tries < 3000 && !existsSync(marker); tries++) Atomics.wait(sleeper, 0, 0, 10)
  }
  return linted({ ...options, threads: { file: `${folder.path}/${name}`, fewFiles: 0, count }, onFile: (index, total) => { options.onFile?.(index, total); waits(index) } })
}
function refused(): never {
  throw new Error('started')
}

/** Stacks name the lines of another bundle. */
const told = ({ problems, ...run }: LintRun): object => ({ ...run, problems: problems.map(({ path, message, stack }) => ({ path, message, hasStack: stack !== undefined })) })

describe('threads', () => {
  test.each<LintOptions>([{}, { rules: { 'no-op-run': 'error' }, failOn: 'error' }, { target: 'final' }, { context: '.' }])('say what one says, with %j', async options => {
    const alone = await linted(options)
    expect(alone.files.length).toBeGreaterThan(50)
    for (const count of [1, 3]) expect(told(await shared('work.cjs', count, options))).toEqual(told(alone))
  })

  test('know which files were named', async () => {
    const files = Array.from({ length: 100 }, (_, index) => `${String(index).padStart(3, '0')}/Dockerfile`)
    const alone = await linted({ files })
    expect(alone.files.length).toBeGreaterThan((await linted()).files.length)
    expect(told(await shared('work.cjs', 2, { files }))).toEqual(told(alone))
  })

  test('give files as they come, in their order', async () => {
    const paths: string[] = []
    const counts: number[] = []
    const run = await shared('work.cjs', 2, { onLinted: ({ path }) => paths.push(path), onFile: done => counts.push(done) })
    expect(paths).toEqual(run.files.map(({ path }) => path))
    expect(counts).toEqual([...counts.keys()])
  })

  test('tell a crash of a rule with the rule and the file', async () => {
    vi.spyOn(rules.find(({ id }) => id === 'no-op-run')!, 'check').mockImplementation(() => { throw new Error('boom') })
    const alone = await linted()
    const crashed = await shared('crash.cjs', 2)
    vi.restoreAllMocks()
    expect(alone.problems.map(({ message }) => message)).toContain('rule no-op-run failed on 000/Dockerfile: boom')
    expect(told(crashed)).toEqual(told(alone))
  })

  test('are not started for few files, nor while fixing', async () => {
    expect((await linted({ threads: { file: `${folder.path}/leave.cjs`, fewFiles: 100, count: 2 } })).problems).toEqual((await linted()).problems)
    expect(told(await linted({ threads: { file: `${folder.path}/leave.cjs`, fewFiles: 0, count: 2 }, fix: { mode: 'dry-run' } }))).toEqual(told(await linted({ fix: { mode: 'dry-run' } })))
  })

  test('are not started for rules that they do not have', async () => {
    const other = temporaryFolder()
    other.write({
      '.git/HEAD': '', '.cachemissrc.json': '{ "plugins": ["more"] }', 'a/Dockerfile': 'FROM a\n', 'b/Dockerfile': 'FROM b\n', 'node_modules/more/package.json': '{}',
      'node_modules/more/index.js': "exports.rules = [{ id: 'their-rule', summary: 'Theirs', category: 'order', severity: 'warning', check: () => [] }]\n",
    })
    vi.spyOn(process.getBuiltinModule('node:worker_threads'), 'Worker').mockImplementation(refused)
    const options: LintOptions = { cwd: other.path, threads: { file: `${folder.path}/work.cjs`, fewFiles: 0, count: 1 } }
    expect((await lintFiles([], { ...options, allowPlugins: true })).files).toHaveLength(2)
    await expect(lintFiles([], options)).rejects.toThrow('started')
    vi.restoreAllMocks()
    other.remove()
  })

  test('that cannot be started are done without', async () => {
    expect(told(await linted({ threads: { file: `${folder.path}/none.cjs`, fewFiles: 0, count: 2 } }))).toEqual(told(await linted()))
  })

  test.each([['leave.cjs', 'it stopped with exit code 3'], ['throw.cjs', 'out of order']] as const)('that die cost the files they had: %s', async (name, reason) => {
    const alone = await linted()
    const { files, problems } = await shared(name, 1)
    const lost = problems.filter(({ message }) => message.startsWith('not linted'))
    expect(new Set(lost.map(({ message }) => message))).toEqual(new Set([`not linted, as the thread that had it has ended: ${reason}`]))
    expect(lost).toHaveLength(16)
    const paths = new Set(lost.map(({ path }) => path))
    expect(files).toEqual(alone.files.filter(({ path }) => !paths.has(path)))
  })
})
