// The package as somebody installs it: what is in it, that its exports resolve with types, that the command runs.
import { execFile, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, symlinkSync, utimesSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { rulesPage, version } from '../src/node/package.ts'
import { fencesOf, textOf } from './support/doc-pages.ts'
import { temporaryFolder } from './support/io.ts'
import { inShell, packProject } from './support/packed.ts'

vi.setConfig({ testTimeout: 60_000 })
const run = promisify(execFile)
const root = fileURLToPath(new URL('../', import.meta.url))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly version: string; readonly homepage?: string; readonly exports: object; readonly bin: object; readonly dependencies: object
}

let folder: ReturnType<typeof temporaryFolder>
const at = (path: string): string => join(folder.path, path)
const installed = (path: string): string => at(`consumer/node_modules/cachemiss/${path}`)

/** A copy of the project is built, packed and unpacked beside its dependencies. */
beforeAll(async () => {
  folder = temporaryFolder()
  const packed = await packProject(folder.path, { hasLibrary: true })
  mkdirSync(installed(''), { recursive: true })
  await run('tar', ['xzf', packed, '--strip-components=1', '-C', installed('')])
  for (const name of Object.keys(manifest.dependencies)) {
    mkdirSync(dirname(at(`consumer/node_modules/${name}`)), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), at(`consumer/node_modules/${name}`))
  }
  folder.write({ 'consumer/package.json': '{ "type": "module" }', 'consumer/Dockerfile': 'FROM scratch\nCOPPY a b\n' })
}, 120_000)
afterAll(() => folder.remove())

interface Ran { readonly code: number | null; readonly out: string; readonly err: string }
function cachemiss(...args: readonly string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [installed('dist/cli.cjs'), ...args], { cwd: at('consumer'), encoding: 'utf8', maxBuffer: 1e9 })
  return { code: status, out: stdout, err: stderr }
}

test('what the sources say of package.json is so', () => {
  expect(version).toBe(manifest.version)
  expect(rulesPage.startsWith(manifest.homepage?.replace(/#.*$/, '') ?? '')).toBe(true)
})

test('the package holds what is needed and nothing else', () => {
  expect(readdirSync(installed('')).sort()).toEqual(['LICENSE', 'dist', 'package.json', 'rules'])
  expect(readdirSync(installed('rules')).sort()).toEqual(['README.md', 'schema.json'])
})

describe('exports', () => {
  const script = (code: string): string => spawnSync(process.execPath, ['--input-type=module', '-e', code], { cwd: at('consumer'), encoding: 'utf8' }).stdout

  test('resolve', () => {
    const paths = Object.keys(manifest.exports).map(path => `cachemiss${path.slice(1)}`)
    expect(JSON.parse(script(`console.log(JSON.stringify(${JSON.stringify(paths)}.map(path => import.meta.resolve(path)).filter(url => !process.getBuiltinModule('fs').existsSync(new URL(url)))))`))).toEqual([])
  })

  test('of the library do what they say', () => {
    expect(script(`
      import { lint, parseBuild, rules, compare, resolveConfig, reporters, defineRule, UsageError } from 'cachemiss'
      import { lintFiles } from 'cachemiss/node'
      const { files } = await lintFiles(['.'])
      const verdicts = compare({ dockerfile: 'FROM a\\nRUN b\\n' }, { dockerfile: 'FROM a\\nRUN c\\n' })
      console.log(lint({ path: 'Dockerfile', text: 'FROM a\\nCOPPY b c\\n' })[0].rule, files[0].path, parseBuild('FROM a\\nRUN b\\n').stages[0].steps.length, verdicts.at(-1).state,
        resolveConfig(rules, {}).rules.length > 0, Object.keys(reporters).includes('json'), typeof defineRule, new UsageError('x', 'y').hint)
    `)).toBe('syntax-error Dockerfile 1 executed true true function y\n')
  })

  test('have types', async () => {
    folder.write({
      'consumer/index.ts': `
        import { defineRule, lint, resolveConfig, rules, type Build, type Finding, type LintResult } from 'cachemiss'
        import { lintFiles, type LintRun } from 'cachemiss/node'
        const mine = defineRule({ id: 'mine', summary: 'Mine', category: 'order', severity: 'info', options: { most: { type: 'number', default: 1, doc: 'x' } },
          *check(build: Build, { most }) { if (build.stages.length > most.valueOf()) yield { at: build.stages[0]!, message: 'Many.' } } })
        const found: readonly Finding[] = lint({ path: 'Dockerfile', text: 'FROM a' }, resolveConfig([...rules, mine], { rules: { mine: 'error' } }).rules)
        const run: LintRun & LintResult = await lintFiles(['.'], { failOn: 'error' })
        // @ts-expect-error a severity there is not
        await lintFiles([], { failOn: 'nothing' })
        console.log(found[0]?.span.start.toFixed(), run.problems.length)
      `,
      'consumer/tsconfig.json': JSON.stringify({ compilerOptions: { module: 'nodenext', target: 'es2023', strict: true, noEmit: true, types: [], lib: ['es2023', 'dom'] }, files: ['index.ts'] }),
    })
    await expect(inShell('tsc -p .', at('consumer')).catch(({ stdout }: { readonly stdout: string }) => stdout)).resolves.toMatchObject({ stdout: '' })
  })
})

describe('the command', () => {
  test('lints', () => {
    const { code, out, err } = cachemiss()
    expect({ code, err }).toEqual({ code: 1, err: '' })
    expect(out).toMatch(/^Dockerfile\n {2}2:\d+ {2}error {2}.* syntax-error\n/)
    expect(cachemiss('--version')).toEqual({ code: 0, out: `${version}\n`, err: '' })
  })

  test('starts from a file that is executable, and is plain ASCII, which loads faster', () => {
    expect(Object.values(manifest.bin)).toEqual(['dist/cli.cjs'])
    expect(readFileSync(installed('dist/cli.cjs'), 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/)
    expect(/[^\0-\x7f]{1,20}/.exec(readFileSync(installed('dist/start.cjs'), 'utf8'))?.[0]).toBe(undefined)
  })

  test('reads config and asks git', () => {
    folder.write({ 'consumer/work/Dockerfile': 'FROM a\nCOPPY b c\n', 'consumer/work/.gitignore': 'left-out\n', 'consumer/work/left-out/Dockerfile': '', 'consumer/work/.cachemissrc.json': '{ "failOn": "never" } // comment' })
    spawnSync('git', ['init', '--quiet'], { cwd: at('consumer/work') })
    const { code, out, err } = cachemiss('work', '--format', 'json')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(JSON.parse(out).files.map(({ path }: { readonly path: string }) => path)).toEqual(['work/Dockerfile'])
    expect(cachemiss('why', '--help').code).toBe(0)
  })

  test('loads the plugin that the documentation shows, and only when told to', () => {
    const page = fencesOf(textOf('docs/plugins.md'))
    const fence = (language: string): string => page.find(one => one.language === language)!.text
    folder.write({
      'consumer/plugged/Dockerfile': 'FROM node:22\n', 'consumer/plugged/.git/HEAD': '', 'consumer/plugged/.cachemissrc.json': '{ "extends": [], "plugins": ["cachemiss-plugin-registry"], "rules": { "base-image-from-elsewhere": "error" } }',
      'consumer/plugged/node_modules/cachemiss-plugin-registry/package.json': fence('json'), 'consumer/plugged/node_modules/cachemiss-plugin-registry/index.js': fence('js'),
    })
    const started = (...args: readonly string[]) => spawnSync(process.execPath, [installed('dist/cli.cjs'), 'Dockerfile', ...args], { cwd: at('consumer/plugged'), encoding: 'utf8' })
    const { status, stdout, stderr } = started('--allow-plugins', '--format', 'json')
    expect({ status, stderr, rules: JSON.parse(stdout).files[0].findings.map(({ rule }: { readonly rule: string }) => rule) }).toEqual({ status: 1, stderr: '', rules: ['base-image-from-elsewhere'] })
    expect(started().status).toBe(0)
  })

  test('imports nothing in a way that recorded bytecode cannot', () => {
    expect(/(?<![.\w$])import\(/.test(readFileSync(installed('dist/start.cjs'), 'utf8'))).toBe(false)
  })

  test('runs with the recorded bytecode of this V8, and all the same without', () => {
    const recorded = readdirSync(installed('dist')).filter(name => name.endsWith('.cache'))
    expect(recorded).toEqual([`start.${process.versions.v8}.${process.arch}.cache`])
    const check = `const { readFileSync } = require('fs'), read = (name, encoding) => readFileSync(${JSON.stringify(installed('dist/'))} + name, encoding)
      console.log(new (require('vm').Script)('(function (require, module) {' + read('start.cjs', 'latin1') + '\\n})', { cachedData: read('${recorded[0]}') }).cachedDataRejected)`
    expect(spawnSync(process.execPath, ['-e', check], { encoding: 'utf8' }).stdout).toBe('false\n')
    expect(readFileSync(installed(`dist/${recorded[0]}`), 'latin1')).not.toContain(join('project', 'dist'))
    const before = cachemiss()
    // npm may unpack the record before the bundle.
    utimesSync(installed(`dist/${recorded[0]}`), new Date(0), new Date(0))
    folder.write({ 'spy.cjs': "const fs = require('fs'), { readFileSync } = fs\nfs.readFileSync = (file, ...more) => { if (String(file).endsWith('.cache')) console.log('read'); return readFileSync(file, ...more) }\n" })
    expect(spawnSync(process.execPath, ['--require', at('spy.cjs'), installed('dist/cli.cjs'), '--version'], { encoding: 'utf8' }).stdout).toBe(`read\n${version}\n`)
    expect(cachemiss()).toEqual(before)
    rmSync(installed(`dist/${recorded[0]}`))
    expect(cachemiss()).toEqual(before)
    expect(existsSync(installed(`dist/${recorded[0]}`))).toBe(false)
  })

  test('writes long reports to a pipe whole, and stops quietly when nobody reads on', () => {
    folder.write(Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`consumer/many/${index}.Dockerfile`, 'FROM a\nCOPPY b c\n'])))
    const { out } = cachemiss('many', '--format', 'json')
    expect(JSON.parse(out).files).toHaveLength(300)
    const closed = spawnSync('sh', ['-c', `'${process.execPath}' '${installed('dist/cli.cjs')}' many | head -c 1`], { cwd: at('consumer'), encoding: 'utf8' })
    expect(closed.stderr).toBe('')
  })

  test('shares many files among threads', () => {
    folder.write(Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`consumer/shared/${String(index).padStart(3, '0')}.Dockerfile`, index === 200 ? 'FROM a\nRUN b\n\0' : `FROM a\nRUN b ${index}\nCOPPY b c\n`])))
    const all = cachemiss('shared', '--format', 'json')
    const { files } = JSON.parse(all.out) as { readonly files: readonly { readonly path: string }[] }
    expect(files.map(({ path }) => path)).toEqual(Array.from({ length: 300 }, (_, index) => `shared/${String(index).padStart(3, '0')}.Dockerfile`).filter((_, index) => index !== 200))
    expect(all).toMatchObject({ code: 2, err: 'cachemiss: shared/200.Dockerfile: binary, no Dockerfile\n' })
  })

  test('takes standard input', () => {
    const { status, stdout } = spawnSync(process.execPath, [installed('dist/cli.cjs'), '-'], { cwd: at('consumer'), input: 'FROM a\nCOPPY b c\n', encoding: 'utf8' })
    expect({ status, isFound: stdout.includes('<stdin>') }).toEqual({ status: 1, isFound: true })
  })
})
