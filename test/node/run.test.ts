// lintFiles(): each file with its config and its surroundings, and one bad file never the end of the run.
import { closeSync, mkdirSync, openSync, truncateSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { UsageError } from '../../src/index.ts'
import type { Input } from '../../src/index.ts'
import { lintFiles } from '../../src/node/run.ts'
import type { LintOptions, LintRun } from '../../src/node/run.ts'
import { cachemiss, temporaryFolder } from '../support/io.ts'

const seen = vi.hoisted(() => ({ builds: [] as unknown[] }))
// Spies on what the engine is given, and has a bug for one file.
vi.mock('../../src/index.ts', async original => {
  const engine = await original<typeof import('../../src/index.ts')>()
  return {
    ...engine,
    lint: (input: Input, ...rest: readonly unknown[]) => {
      if (input.path.includes('crash')) throw new Error(`rule some-rule failed on ${input.path}: undefined is not a function`, { cause: new Error('undefined is not a function') })
      const spying: Input = input.surround ? { ...input, surround: build => (seen.builds.push({ path: input.path, ...input.surround!(build) }), input.surround!(build)) } : input
      return (engine.lint as (...args: readonly unknown[]) => unknown)(spying, ...rest)
    },
  }
})

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  seen.builds.length = 0
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

const run = (paths: readonly string[] = [], options: LintOptions = {}): Promise<LintRun> => lintFiles(paths, { cwd: folder.path, ...options })
const pathsOf = ({ files }: LintRun): readonly string[] => files.map(({ path }) => path)
const around = (path: string): { readonly context?: { readonly folder?: string }; readonly ignoreFile?: { readonly path: string; readonly text: string }; readonly repository?: { readonly files: { read(path: string): string | null } } } =>
  seen.builds.find(build => (build as { readonly path: string }).path === path) as object

test('lints in the order of paths', async () => {
  folder.write({ 'b/Dockerfile': 'FROM a\n', 'a/Dockerfile': 'FROM a\n', 'Dockerfile.dev': 'FROM a\n', other: 'COPPY\n' })
  expect(pathsOf(await run())).toEqual(['Dockerfile.dev', 'a/Dockerfile', 'b/Dockerfile'])
  const { files, hasFailed, problems } = await run(['other'])
  expect(files[0]!.findings[0]!.rule).toBe('syntax-error')
  expect({ hasFailed, problems }).toEqual({ hasFailed: true, problems: [] })
})

test('what is said of an ignore file that Dockerfiles share is said once, unless it differs', async () => {
  const dockerfile = 'FROM node:22\nWORKDIR /app\nCOPY . .\n'
  folder.write({
    '.git/HEAD': '', '.dockerignore': '.git\n"docs"\nnode_modules\n', 'package.json': '{}', 'web/package.json': '{"dependencies": {"vue": "3"}}',
    'Dockerfile': dockerfile, 'Dockerfile.b': dockerfile, 'Dockerfile.c': dockerfile.replace('COPY', 'COPY --link'),
  })
  const { files } = await run()
  const told = files.map(({ path, findings }) => [path, findings.filter(({ rule }) => rule === 'ineffective-dockerignore-pattern').map(({ path: at, message }) => [at, message.split(' ')[0]])])
  expect(told).toEqual([['Dockerfile', [['.dockerignore', '""docs""'], ['.dockerignore', '"node_modules"']]], ['Dockerfile.b', []], ['Dockerfile.c', [['.dockerignore', '"node_modules"']]]])
  expect((await run(['Dockerfile.b'])).files[0]!.findings.filter(({ path }) => path === '.dockerignore')).toHaveLength(2)
})

test('templates that lie about are left out and said, named ones are linted', async () => {
  folder.write({ 'a/Dockerfile': 'FROM ${docker.base.image}\n', 'b/Dockerfile': '{{ header }}\nFROM a\n', 'c/Dockerfile': 'FRM a\n', 'd/Dockerfile': 'FROM a\nRUN echo "{{ .Name }}"\n', 'e/dockerfile.go': 'package e\n', 'f/Dockerfile.go': 'FROM golang\n' })
  const { files, warnings, problems } = await run()
  expect(files.map(({ path, findings }) => [path, findings.some(({ rule }) => rule === 'syntax-error')])).toEqual([['c/Dockerfile', true], ['d/Dockerfile', false], ['f/Dockerfile.go', false]])
  expect(warnings).toEqual([{ path: null, message: expect.stringMatching(/^a\/Dockerfile and 1 more are templates/) as unknown }])
  expect(problems).toEqual([])
  expect(pathsOf(await run(['a/Dockerfile']))).toEqual(['a/Dockerfile'])
})

describe('one problem each, and the others are linted', () => {
  const good = { 'z/Dockerfile': 'FROM a\n' }
  const problemsOf = async (paths: readonly string[] = ['.']): Promise<readonly unknown[]> => {
    folder.write(good)
    const result = await run(paths)
    expect(pathsOf(result)).toContain('z/Dockerfile')
    return result.problems
  }

  test('what is no Dockerfile', async () => {
    folder.write({
      'binary/Dockerfile': new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 1]), 'wide/Dockerfile': new Uint8Array([0xff, 0xfe, 0x46, 0]), 'latin/Dockerfile': new Uint8Array([0x46, 0xe9, 0x0a]),
      'huge/Dockerfile': '',
    })
    truncateSync(join(folder.path, 'huge/Dockerfile'), 50_000_000)
    mkdirSync(join(folder.path, 'folder/Dockerfile'), { recursive: true })
    expect(await problemsOf()).toEqual([
      { path: 'binary/Dockerfile', message: 'binary, no Dockerfile' },
      { path: 'huge/Dockerfile', message: 'larger than 10 MB' },
      { path: 'latin/Dockerfile', message: 'not UTF-8' },
      { path: 'wide/Dockerfile', message: 'UTF-16, and Docker reads UTF-8 only' },
    ])
  })

  test('what would take gigabytes of memory', async () => {
    folder.write({
      'lines/Dockerfile': `FROM a\n${'RUN b\n'.repeat(50_001)}`, 'commands/Dockerfile': `FROM a\n${`RUN ${'b;'.repeat(30_000)}\n`.repeat(17)}`,
      'text/Dockerfile': `FROM a\nRUN ${'b'.repeat(60_000)}\n`,
    })
    expect(await problemsOf()).toEqual([{ path: 'commands/Dockerfile', message: 'more than 500000 commands' }, { path: 'lines/Dockerfile', message: 'more than 50000 lines' }])
  })

  test('a device without an end', async () => {
    expect(await problemsOf(['.', '/dev/zero'])).toMatchObject([{ message: 'larger than 10 MB' }])
  })

  test('a path that is missing', async () => {
    expect(await problemsOf(['.', 'nowhere'])).toEqual([{ path: 'nowhere', message: 'no such file or folder' }])
  })

  test('a broken config, however many Dockerfiles it is for', async () => {
    folder.write({ 'a/.cachemissrc.json': '{ "rulez": {} }', 'a/Dockerfile': 'FROM a\n', 'a/b/Dockerfile': 'FROM a\n', 'c/.cachemissrc.json': '{', 'c/Dockerfile': 'FROM a\n' })
    expect(await problemsOf()).toMatchObject([{ path: null, message: expect.stringMatching(/^a\/\.cachemissrc\.json:1:3: unknown key "rulez"/) }, { path: null, message: expect.stringMatching(/^c\/\.cachemissrc\.json:1:2: not JSON/) }])
  })

  test('a context that is none', async () => {
    folder.write({ 'a/.cachemissrc.json': '{ "context": "nowhere" }', 'a/Dockerfile': 'FROM a\n' })
    expect(await problemsOf()).toEqual([{ path: null, message: 'a/.cachemissrc.json: the context "nowhere" is no folder' }])
  })

  test('a bug, with its stack', async () => {
    folder.write({ 'crash/Dockerfile': 'FROM a\n' })
    expect(await problemsOf()).toEqual([{ path: 'crash/Dockerfile', message: 'rule some-rule failed on crash/Dockerfile: undefined is not a function', stack: expect.stringMatching(/^Error: undefined is not a function\n +at /) }])
    const { code, out, err } = await cachemiss(folder.path, ['.'])
    expect({ code, out }).toEqual({ code: 2, out: 'no problems in 1 file\n' })
    expect(err).toMatch(/^cachemiss: crash\/Dockerfile: rule some-rule failed[^\n]*\nError: undefined is not a function\n +at /)
  })
})

describe('the config', () => {
  test('of each file counts', async () => {
    const unused = '# cachemiss ignore-file=syntax-error\nFROM a\n'
    folder.write({ 'Dockerfile': unused, 'sub/Dockerfile': unused, 'sub/.cachemissrc.json': '{ "overrides": [{ "files": ["x/**"], "rules": { "unused-ignore": "off" } }], "rules": { "unused-ignore": "error" } }', 'sub/x/Dockerfile': unused })
    expect((await run()).files.map(({ findings }) => findings.map(({ severity }) => severity))).toEqual([['warning'], ['error'], []])
  })

  test('may leave files out, also named ones', async () => {
    folder.write({ 'Dockerfile': 'FROM a\n', 'old/Dockerfile': 'FROM a\n', '.cachemissrc.json': '{ "ignore": ["old/**"] }' })
    expect(pathsOf(await run(['Dockerfile', 'old/Dockerfile']))).toEqual(['Dockerfile'])
  })

  test('can be another one', async () => {
    folder.write({ 'Dockerfile': '# cachemiss ignore-file=syntax-error\nFROM a\n', 'conf/strict.json': '{ "rules": { "unused-ignore": "error" } }' })
    expect((await run([], { config: 'conf/strict.json' })).files[0]!.findings[0]!.severity).toBe('error')
  })

  test('warns about what is not read', async () => {
    folder.write({ 'Dockerfile': 'FROM a\n', '.cachemiss.yml': '' })
    expect((await run()).warnings).toMatchObject([{ message: expect.stringContaining('.cachemiss.yml is not read') }])
    expect((await cachemiss(folder.path, [])).err).toMatch(/^cachemiss: warning: \.cachemiss\.yml is not read/)
  })

  test('mistakes in the options end the run before it begins', async () => {
    await expect(run([], { rules: { 'no-such-rule': 'off' } })).rejects.toThrow(UsageError)
    await expect(run([], { context: 'nowhere' })).rejects.toThrow(UsageError)
    await expect(run([], { config: 'nowhere' })).rejects.toThrow(UsageError)
  })
})

describe('the surroundings', () => {
  beforeEach(() => folder.write({
    '.git/HEAD': '', '.dockerignore': 'x\n', 'package.json': '', 'api/Dockerfile': 'FROM a\nCOPY api/main.go /\n', 'api/main.go': '',
    'web/Dockerfile': 'FROM a\nCOPY index.html /\n', 'web/index.html': '', 'web/Dockerfile.dockerignore': 'own\n', 'unsure/Dockerfile': 'FROM a\nCOPY . /\n',
  }))

  test('are found out', async () => {
    await run()
    expect(around('api/Dockerfile')).toMatchObject({ context: { folder: '.' }, ignoreFile: { path: '.dockerignore', text: 'x\n' } })
    expect(around('web/Dockerfile')).toMatchObject({ ignoreFile: { path: 'web/Dockerfile.dockerignore' } })
    expect(around('web/Dockerfile').context!.folder).toBe(undefined)
    expect(around('unsure/Dockerfile')).toEqual({ path: 'unsure/Dockerfile', repository: expect.objectContaining({ ownFolder: 'unsure', contextFolder: null }) })
  })

  test('precision 1: an ignore file further down is not read, nor one above the context; the repository shows both', async () => {
    folder.write({ 'api/.dockerignore': 'lost\n', 'sub/Dockerfile': 'FROM a\nCOPY here /\n', 'sub/here': '' })
    await run()
    expect(around('api/Dockerfile')).toMatchObject({ ignoreFile: { text: 'x\n' }, repository: { ownFolder: 'api', contextFolder: '' } })
    expect(around('api/Dockerfile').repository!.files.read('api/.dockerignore')).toBe('lost\n')
    expect(around('sub/Dockerfile').ignoreFile).toBe(undefined)
    expect(around('sub/Dockerfile').repository!.files).toBe(around('api/Dockerfile').repository!.files)
  })

  test('have a folder written as seen from the current one', async () => {
    await run([], { cwd: join(folder.path, 'api') })
    expect(around('Dockerfile')).toMatchObject({ context: { folder: '..' }, ignoreFile: { path: '../.dockerignore' } })
  })

  test('are what the config says, unless an option says otherwise', async () => {
    folder.write({ '.cachemissrc.json': '{ "overrides": [{ "files": ["unsure/*"], "context": "web" }] }' })
    await run(['unsure'])
    expect(around('unsure/Dockerfile').context!.folder).toBe('web')
    seen.builds.length = 0
    await run(['unsure'], { context: 'api' })
    expect(around('unsure/Dockerfile').context!.folder).toBe('api')
  })

  test('of standard input are known with its name only', async () => {
    const stdin = { read: async () => ({ text: 'FROM a\nCOPY index.html /\n' }) }
    await run(['-'], { stdin })
    expect(seen.builds).toEqual([])
    await run(['-'], { stdin: { ...stdin, path: 'web/New.Dockerfile' } })
    expect(around('web/New.Dockerfile').context).toBeDefined()
  })

  test('share one list among Dockerfiles', async () => {
    folder.write({ 'api/Other.Dockerfile': 'FROM a\nCOPY api/main.go /\n' })
    await run(['api'])
    expect(around('api/Dockerfile').context).toBe(around('api/Other.Dockerfile').context)
  })
})

describe('the target', () => {
  beforeEach(() => folder.write({ 'a/Dockerfile': 'FROM x AS build\nFROM y AS app\n', 'b/Dockerfile': 'FROM x AS app\n' }))
  test('needs to be in one of the files', async () => {
    expect((await run([], { target: 'build' })).problems).toEqual([])
    expect((await run([], { target: 'BUILD' })).problems).toEqual([])
    expect((await run([], { target: '1' })).problems).toEqual([])
    expect((await run([], { target: 'biuld' })).problems).toEqual([{ path: null, message: 'no stage is called "biuld"; did you mean build?' }])
  })

  test('may be in a file whose stages nobody can tell', async () => {
    folder.write({ 'b/Dockerfile': 'FROM x AS app\nCOPPY\n' })
    expect((await run([], { target: 'biuld' })).problems).toEqual([])
  })
})

test('tells how far it is', async () => {
  folder.write({ 'a/Dockerfile': 'FROM a\n', 'b/Dockerfile': 'FROM a\n' })
  const steps: string[] = []
  await run([], { onFile: (done, total) => steps.push(`${done}/${total}`) })
  expect(steps).toEqual(['0/2', '1/2'])
})

test('leaves no file open', async () => {
  folder.write({ 'a/Dockerfile': 'FROM a\n', 'b/Dockerfile': new Uint8Array([0]) })
  const before = openSync(folder.path, 'r')
  await run()
  const after = openSync(folder.path, 'r')
  closeSync(before)
  closeSync(after)
  expect(after - before).toBeLessThan(5)
})
