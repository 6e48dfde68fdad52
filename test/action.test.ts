// action.yml, run as GitHub's runner runs it; npm installs the packed project from a registry on this machine.
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { version } from '../src/node/package.ts'
import { temporaryFolder } from './support/io.ts'
import { packProject } from './support/packed.ts'
import { startRegistry, type Registry } from './support/registry.ts'
import { action, runAction, type Ran } from './support/runner.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

const wasteful = 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n'
const broken = 'FROM scratch\nCOPPY a b\n'
const clean = 'FROM scratch\nWORKDIR /app\n'

describe('action.yml', () => {
  test('puts no expression into a script, and hands on every input', () => {
    const text = JSON.stringify(action.runs.steps.map(step => [step.env, step['working-directory']]))
    for (const { run } of action.runs.steps) expect(run).not.toContain('${{')
    for (const name of Object.keys(action.inputs)) expect(text).toContain(`inputs.${name}`)
    for (const step of action.runs.steps) for (const name of Object.keys(step.env)) expect(step.run).toContain(name)
  })

  test('has the inputs and outputs that its page describes', () => {
    const page = readFileSync(new URL('../docs/github-actions.md', import.meta.url), 'utf8')
    const named = [...page.matchAll(/^\| `([\w-]+)` \|/gm)].map(([, name]) => name)
    expect(named).toEqual([...Object.keys(action.inputs), ...Object.keys(action.outputs)])
  })
})

describe.skipIf(process.platform === 'win32')('the action', () => {
  let packed: ReturnType<typeof temporaryFolder>
  let registry: Registry
  let folder: ReturnType<typeof temporaryFolder>
  const at = (path: string): string => join(folder.path, 'work', path)
  const write = (files: Readonly<Record<string, string>>): void => folder.write(Object.fromEntries(Object.entries(files).map(([name, text]) => [`work/${name}`, text])))
  const run = (inputs: Readonly<Record<string, string>> = {}, env: Readonly<Record<string, string>> = {}): Promise<Ran> =>
    runAction(folder.path, inputs, { npm_config_registry: registry.url, npm_config_cache: join(packed.path, 'cache'), ...env })

  beforeAll(async () => {
    packed = temporaryFolder()
    registry = await startRegistry(await packProject(packed.path, { hasLibrary: false }))
  })
  afterAll(async () => {
    await registry.close()
    packed.remove()
  })
  beforeEach(() => { folder = temporaryFolder() })
  afterEach(() => folder.remove())

  test('annotates, writes the summary, counts, and fails', async () => {
    write({ 'Dockerfile': wasteful, 'package.json': '{}', 'package-lock.json': '{}', 'api/Dockerfile': broken })
    const { code, out, outputs, summary } = await run()
    expect(code).toBe(1)
    expect(out).toMatch(/^::error [^\n]*file=api\/Dockerfile,/m)
    expect(out).toMatch(/^::warning [^\n]*file=Dockerfile,/m)
    expect(outputs).toMatchObject({ 'errors': '1', 'warnings': expect.stringMatching(/^[1-9]\d*$/), 'infos': expect.stringMatching(/^\d+$/), 'sarif-file': '' })
    expect(summary).toContain('copy-source-before-install')
  })

  test('passes where nothing is found', async () => {
    write({ Dockerfile: clean })
    const { code, outputs } = await run()
    expect({ code, outputs }).toEqual({ code: 0, outputs: { 'errors': '0', 'warnings': '0', 'infos': '0', 'sarif-file': '' } })
  })

  test('hands on what fails it, a config and further options', async () => {
    write({ 'Dockerfile': broken, 'api.Dockerfile': wasteful, 'strict.json': '{ "rules": { "copy-source-before-install": "error", "language-cache-in-layer": "off" } }' })
    expect(await run({ 'format': 'text', 'fail-on': 'never' })).toMatchObject({ code: 0, outputs: { errors: '1' } })
    const { out, outputs } = await run({ format: 'text', config: 'strict.json', args: '--rule missing-dockerignore=off\n  --quiet\r\n' })
    expect(out).toContain('copy-source-before-install')
    expect(outputs).toMatchObject({ errors: '2', warnings: '0' })
  })

  test('takes paths one per line, below the working directory', async () => {
    write({ 'sub/my files/Dockerfile': broken, 'sub/a/x.dockerfile': broken, 'sub/b/x.dockerfile': broken, 'sub/left-out/Dockerfile': broken, 'Dockerfile': broken })
    const { out, outputs } = await run({ 'working-directory': 'sub', 'format': 'text', 'paths': 'my files\r\n\n[ab]/*.dockerfile\n', 'sarif-file': 'reports/cache miss.sarif' })
    expect(outputs).toMatchObject({ 'errors': '3', 'sarif-file': at('sub/reports/cache miss.sarif') })
    expect(out).toContain('my files/Dockerfile\n')
    const sarif = JSON.parse(readFileSync(outputs['sarif-file']!, 'utf8')) as { readonly runs: readonly { readonly results: readonly unknown[] }[] }
    expect(sarif.runs[0]!.results).toHaveLength(3)
  })

  test('takes names that look like options, commands or scripts as names', async () => {
    const names = ['--help', '-', 'why', '$(touch made)', '`touch made`', '"; touch made; "', '${{ github.token }}']
    write(Object.fromEntries(names.map(name => [name, broken])))
    const { code, outputs, out } = await run({ format: 'text', paths: names.join('\n') })
    expect({ code, errors: outputs['errors'] }).toEqual({ code: 1, errors: String(names.length) })
    expect(out).toContain('$(touch made)\n')
    expect(existsSync(at('made'))).toBe(false)
  })

  test('reads quotes in args as a shell does, and runs nothing', async () => {
    write({ 'my config.json': '{ "rules": { "syntax-error": "error" } }', 'Dockerfile': broken })
    expect(await run({ format: 'text', args: `--config 'my config.json' "--fail-on"=never` })).toMatchObject({ code: 0, outputs: { errors: '1' } })
    const hostile = await run({ format: 'text', args: '$(touch made) `touch made` ; touch made' })
    expect(hostile).toMatchObject({ code: 2, err: expect.stringContaining('$(touch: no such file or folder') })
    expect(existsSync(at('made'))).toBe(false)
    expect(await run({ args: `--config 'my config.json` })).toMatchObject({ code: 2, out: '::error title=cachemiss::args: a quote is not closed.\n' })
  })

  test('passes on that something could not be linted, and counts the rest', async () => {
    write({ Dockerfile: broken })
    expect(await run({ format: 'text', paths: 'Dockerfile\nmissing/Dockerfile' })).toMatchObject({ code: 2, err: expect.stringContaining('missing/Dockerfile: no such file or folder'), outputs: { errors: '1' } })
  })

  test('lets no value end an output early', async () => {
    write({ Dockerfile: broken })
    const { outputs } = await run({ 'format': 'text', 'sarif-file': 'a\nerrors=99\nwarnings<<x\n99\nx\n.sarif' })
    expect(outputs).toEqual({ 'errors': '1', 'warnings': '0', 'infos': '0', 'sarif-file': at('a\nerrors=99\nwarnings<<x\n99\nx\n.sarif') })
  })

  test('runs nothing that lies in the linted tree', async () => {
    write({
      'Dockerfile': clean,
      '.npmrc': 'registry=http://127.0.0.1:9/\nfetch-retries=0\n',
      'package.json': '{ "name": "app", "devEngines": { "packageManager": { "name": "none", "onFail": "error" } } }',
      'node_modules/cachemiss/package.json': JSON.stringify({ name: 'cachemiss', version, bin: 'x.js' }),
      'node_modules/cachemiss/x.js': '#!/usr/bin/env node\nrequire("fs").writeFileSync("made", "")\n',
      'node_modules/.bin/cachemiss': '#!/bin/sh\ntouch made\n',
    })
    chmodSync(at('node_modules/.bin/cachemiss'), 0o755)
    expect(await run({ format: 'text' })).toMatchObject({ code: 0, outputs: { errors: '0' } })
    expect(existsSync(at('made'))).toBe(false)
  })

  test('takes exact versions only', async () => {
    for (const wrong of ['latest', '^1.0.0', 'npm:other@1.0.0', '1.0.0\n::warning::x', '-1.0.0']) {
      const { code, out } = await run({ version: wrong })
      expect({ code, out }).toEqual({ code: 2, out: `::error title=cachemiss::version: "${wrong.replace('\n', '%0A')}" is no exact version like 1.2.3.\n` })
    }
    expect(await run({ version: '99.0.0' })).toMatchObject({ code: 2, out: '::error title=cachemiss::npm could not install cachemiss@99.0.0.\n', outputs: { errors: '' } })
  })

  test('says what is missing where Node is too old, or not there', async () => {
    mkdirSync(join(folder.path, 'empty'))
    expect(await run({}, { PATH: join(folder.path, 'empty') })).toMatchObject({ code: 2, out: expect.stringMatching(/^::error title=cachemiss::There is no Node\.js here; .*\n$/) })
    folder.write({
      'old/version.cjs': 'Object.defineProperty(process.versions, "node", { value: "20.18.3" })',
      'old/node': `#!/bin/sh\nif [ "$1" = --version ]; then echo v20.18.3; else exec '${process.execPath}' --require '${join(folder.path, 'old/version.cjs')}' "$@"; fi\n`,
    })
    chmodSync(join(folder.path, 'old/node'), 0o755)
    expect(await run({}, { PATH: `${join(folder.path, 'old')}:${process.env['PATH']}` })).toMatchObject({
      code: 2, out: expect.stringMatching(/^::error title=cachemiss::cachemiss needs Node\.js 20\.19 or newer, and this is v20\.18\.3; .*\n$/),
    })
  })
})
