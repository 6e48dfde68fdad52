// Plugins as a user has them: packages in node_modules, a list in the config, a switch on the command line.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { configSearch } from '../../src/node/config-file.ts'
import { cachemiss, temporaryFolder } from '../support/io.ts'
import { fencesOf, textOf } from '../support/doc-pages.ts'
import type { Outcome } from '../support/io.ts'

/** The plugin that docs/plugins.md shows. */
const page = fencesOf(textOf('docs/plugins.md'))
const shown = { 'package.json': page.find(({ language }) => language === 'json')!.text, 'index.js': page.find(({ language }) => language === 'js')!.text }
const name = 'cachemiss-plugin-registry'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
  folder.write({
    '.git/HEAD': '', Dockerfile: 'FROM node:22\n', '.cachemissrc.json': JSON.stringify({ extends: [], plugins: [name], rules: { 'base-image-from-elsewhere': 'error' } }),
    [`node_modules/${name}/package.json`]: shown['package.json'], [`node_modules/${name}/index.js`]: shown['index.js'],
    'node_modules/cachemiss/package.json': '{ "type": "module", "exports": "./index.js" }', 'node_modules/cachemiss/index.js': 'export const defineRule = rule => rule\n',
  })
})
afterEach(() => folder.remove())

const run = (...args: readonly string[]): Promise<Outcome> => cachemiss(folder.path, args)
const lint = (...args: readonly string[]): Promise<Outcome> => run('Dockerfile', '--allow-plugins', ...args)
const findings = ({ out }: Outcome): readonly { readonly rule: string; readonly severity: string }[] => JSON.parse(out).files[0].findings
let count = 0
/** A plugin whose module is new, as Node keeps those it has loaded. */
const plug = (source: string, more: object = {}): void => {
  const own = `p${count++}`
  folder.write({
    [`node_modules/${own}/package.json`]: '{}', [`node_modules/${own}/index.js`]: source, '.cachemissrc.json': JSON.stringify({ extends: [], plugins: [own], ...more }),
  })
}
const place = '.cachemissrc.json:1:26: plugin'
const rule = (parts: string): string => `exports.rules = [{ id: 'its-rule', summary: 'Its', category: 'order', severity: 'warning', check: () => [], ${parts} }]`

describe('the plugin of the documentation', () => {
  test('reports, in all the places where rules are known', async () => {
    const json = await lint('--format', 'json')
    expect({ code: json.code, err: json.err }).toEqual({ code: 1, err: '' })
    expect(findings(json)).toMatchObject([{ rule: 'base-image-from-elsewhere', severity: 'error', message: 'The base image "node:22" does not come from registry.example.com.' }])
    expect(JSON.parse((await lint('--format', 'sarif')).out).runs[0].tool.driver.rules.map(({ id }: { readonly id: string }) => id)).toContain('base-image-from-elsewhere')
    expect(findings(await lint('--format', 'json', '--rule', 'base-image-from-elsewhere=info'))[0]).toMatchObject({ severity: 'info' })
    expect((await lint()).out.trim()).toBe(page.find(({ attributes }) => attributes === 'by-hand')!.text.split('\n').slice(1).join('\n').trim())
  })

  test('fixes', async () => {
    expect((await lint('--fix', '--unsafe', '--fix-rule', 'base-image-from-elsewhere')).code).toBe(0)
    expect(readFileSync(join(folder.path, 'Dockerfile'), 'utf8')).toBe('FROM registry.example.com/node:22\n')
    expect((await lint('--fix', '--unsafe', '--fix-rule', 'base-image-from-elsewher')).err).toBe('cachemiss: --fix-rule: unknown rule "base-image-from-elsewher". Did you mean "base-image-from-elsewhere"?\n')
  })

  test('takes its options', async () => {
    folder.write({ '.cachemissrc.json': JSON.stringify({ extends: [], plugins: [name], rules: { 'base-image-from-elsewhere': { severity: 'info', options: { registries: ['a.example'] } } } }), Dockerfile: 'FROM a.example/node:22\n' })
    expect(findings(await lint('--format', 'json'))).toEqual([])
    folder.write({ '.cachemissrc.json': JSON.stringify({ plugins: [name], rules: { 'base-image-from-elsewhere': { options: { registry: [] } } } }) })
    expect((await lint()).err).toMatch(/rule "base-image-from-elsewhere" has no option "registry". Did you mean "registries"\?\n$/)
  })

  test('is suppressed, and explained', async () => {
    folder.write({ Dockerfile: '# cachemiss ignore=base-image-from-elsewhere -- ours is down\nFROM node:22\n' })
    expect((await lint()).code).toBe(0)
    const { out } = await run('explain', '--allow-plugins', 'base-image-from-elsewhere')
    expect(out).toBe('base-image-from-elsewhere\n\nA base image does not come from our registry. pinning · warning · fix: suggested\n\nOptions\n\n- registries (list, default ["registry.example.com"]): Where base images may\n  come from.\n')
    expect((await run('explain', '--allow-plugins')).out).toContain('base-image-from-elsewhere')
    expect((await run('explain', 'base-image-from-elsewhere')).code).toBe(2)
  })
})

describe('without --allow-plugins', () => {
  test('one line says so, and nothing else changes', async () => {
    folder.write({ [`node_modules/${name}/index.js`]: 'throw new Error("run")', Dockerfile: '# cachemiss ignore=base-image-from-elsewhere\nFROM node:22\n' })
    const { code, out, err } = await run('Dockerfile', '--rule', 'unused-ignore=warning')
    expect({ code, out, err }).toEqual({ code: 0, out: 'no problems in 1 file\n', err: `cachemiss: warning: .cachemissrc.json lists plugins ("${name}"), which are loaded only with --allow-plugins\n` })
  })

  test('configs further down may set their rules too', async () => {
    folder.write({ 'sub/Dockerfile': 'FROM scratch\n', 'sub/.cachemissrc.json': '{ "rules": { "base-image-from-elsewhere": "off" } }' })
    expect((await run('sub/Dockerfile')).code).toBe(0)
    expect((await run('sub/Dockerfile', '--allow-plugins')).code).toBe(0)
  })

  test('an editor is told that it never loads them', async () => {
    const search = await configSearch({ cwd: folder.path, plugins: 'never' })
    expect((await search.find(join(folder.path, 'Dockerfile')))!.plugins).toEqual([name])
    expect(search.warnings()).toEqual([`.cachemissrc.json lists plugins ("${name}"), which are loaded only on the command line`])
  })

  test('a mistyped rule is told once they are loaded', async () => {
    folder.write({ '.cachemissrc.json': JSON.stringify({ plugins: [name], rules: { 'base-image-from-elsewher': 'off' } }) })
    expect((await run('Dockerfile')).err).not.toContain('unknown rule')
    expect((await lint()).err).toMatch(/unknown rule "base-image-from-elsewher". Did you mean "base-image-from-elsewhere"\?\n$/)
  })
})

describe('only the config at the root counts', () => {
  test('not one further down, nor one that is extended', async () => {
    const evil = { 'node_modules/evil/index.js': 'throw new Error("run")', 'sub/node_modules/evil/index.js': 'throw new Error("run")' }
    folder.write({ ...evil, '.cachemissrc.json': '{}', 'sub/Dockerfile': 'FROM scratch\n', 'sub/.cachemissrc.json': '{ "plugins": ["evil"] }' })
    const said = 'lists plugins ("evil"), which count only in the config at the root of the current repository'
    expect((await run('sub/Dockerfile', '--allow-plugins')).err).toBe(`cachemiss: warning: sub/.cachemissrc.json ${said}\n`)
    expect((await cachemiss(join(folder.path, 'sub'), ['Dockerfile', '--allow-plugins'])).err).toBe(`cachemiss: warning: .cachemissrc.json ${said}\n`)
    folder.write({ '.cachemissrc.json': '{ "extends": "./base" }', 'base.json': '{ "plugins": ["evil"] }' })
    expect((await lint()).err).toBe(`cachemiss: warning: base.json ${said}\n`)
  })

  test('from a folder further down', async () => {
    folder.write({ 'sub/Dockerfile': 'FROM node:22\n' })
    expect((await cachemiss(join(folder.path, 'sub'), ['Dockerfile', '--allow-plugins', '--format', 'json'])).code).toBe(1)
  })

  test('or the one that --config names, inside the repository', async () => {
    const text = readFileSync(join(folder.path, '.cachemissrc.json'), 'utf8')
    folder.write({ '.cachemissrc.json': '{}', 'ci/lint.json': text, 'work/.git/HEAD': '', 'work/Dockerfile': 'FROM node:22\n' })
    expect(findings(await lint('--config', 'ci/lint.json', '--format', 'json'))).toHaveLength(1)
    const { code, err } = await cachemiss(join(folder.path, 'work'), ['Dockerfile', '--allow-plugins', '--config', '../ci/lint.json'])
    expect({ code, err }).toEqual({ code: 0, err: `cachemiss: warning: ../ci/lint.json lists plugins ("${name}"), which count only in the config at the root of the current repository\n` })
  })
})

describe('refused with one line is', () => {
  const broken: readonly (readonly [what: string, source: string, said: string])[] = [
    ['one that throws', 'throw new Error("not\\ntoday")', 'cannot be loaded: not'],
    ['one with a syntax error', 'exports.rules = [', 'cannot be loaded: Unexpected end of input'],
    ['one without rules', 'exports.rule = []', 'exports no list of rules. It is exported as "rules".'],
    ['one that is no object', 'module.exports = null', 'exports no list of rules. It is exported as "rules".'],
    ['no rule at all', 'exports.rules = [null]', 'has a rule whose id is undefined. An id is words in lower case with dashes between them.'],
    ['a bad id', 'exports.rules = [{ id: "No_\\u001b[2J" }]', 'has a rule whose id is "No_\\u001b[2J". An id is words in lower case with dashes between them.'],
    ['an id of ours', rule('id: "unused-ignore"'), 'has a rule "unused-ignore", and so has cachemiss'],
    ['an id twice', `${rule('')}.flatMap(one => [one, one])`, 'has a rule "its-rule", and so has itself'],
    ['no summary', rule('summary: ""'), '"summary" of its rule "its-rule" must be one line of text'],
    ['a bad category', rule('category: "style"'), '"category" of its rule "its-rule" must be one of order, stale, layers, context, buildkit, pinning, ci, log'],
    ['a bad severity', rule('severity: "warn"'), '"severity" of its rule "its-rule" must be error, warning, info'],
    ['a bad fixable', rule('fixable: true'), '"fixable" of its rule "its-rule" must be safe or suggested'],
    ['bad options', rule('options: { most: { type: "number", default: "3", doc: "x" } }'), '"options" of its rule "its-rule" must be by name {type, default, doc}'],
    ['no check', rule('check: []'), '"check" of its rule "its-rule" must be a function'],
  ]
  test.each(broken)('%s', async (_, source, said) => {
    plug(source)
    const { code, out, err } = await lint()
    expect({ code, out, err }).toEqual({ code: 2, out: '', err: `cachemiss: ${place} "p${count - 1}"${said.startsWith('"') ? ':' : ''} ${said}\n` })
  })

  test.each([
    ['not-there', 'is not installed. It is looked for in node_modules at the root of the repository.'],
    ['fs', 'is a module of Node'],
    ['import-only', 'cannot be loaded: its package.json has no "main", and no "default" in "exports"'],
    ['waits', 'cannot be loaded: it awaits something at its top level'],
  ])('%s', async (plugin, said) => {
    folder.write({
      '.cachemissrc.json': JSON.stringify({ extends: [], plugins: [plugin] }), 'node_modules/import-only/package.json': '{ "exports": { "import": "./index.js" } }',
      'node_modules/waits/package.json': '{ "type": "module", "main": "index.js" }', 'node_modules/waits/index.js': 'await 1\nexport const rules = []',
    })
    expect(await lint()).toEqual({ code: 2, out: '', err: `cachemiss: ${place} "${plugin}" ${said}\n` })
  })

  test.each(['../evil', './evil', '/etc/evil', 'node:fs', 'https://example.com/x', 'a/b/../../../evil', '@a', 'node_modules', '\u202e\u001b[2J', '..', '', null])('the name %j', async plugin => {
    folder.write({ '.cachemissrc.json': JSON.stringify({ extends: [], plugins: [plugin] }), 'evil/index.js': 'throw new Error("run")' })
    for (const outcome of [await lint(), await run('Dockerfile')]) {
      expect(outcome.code).toBe(2)
      expect(outcome.err).toMatch(/^cachemiss: \.cachemissrc\.json:1:26: "plugins\[0\]" must be the name of a package, not [^\n\u202e\u001b]+\n$/)
    }
  })

  test('a rule of the name that another plugin has', async () => {
    plug(rule(''))
    plug(rule(''), { plugins: [`p${count - 1}`, `p${count}`] })
    expect((await lint()).err).toBe(`cachemiss: .cachemissrc.json:1:${30 + String(count - 2).length}: plugin "p${count - 1}" has a rule "its-rule", and so has "p${count - 2}"\n`)
  })
})

describe('a rule that fails while it looks', () => {
  test.each([
    ['check() { throw new Error("boom") }', 'boom'],
    ['check: () => null', ''],
    ['check: () => [{ at: { span: { start: 0, end: 99 } }, message: "x" }]', 'the place of a report lies outside the file'],
    ['check: () => [{ at: { span: { start: 0, end: 1 }, file: "ignore" }, message: "x" }]', 'the place of a report lies outside the file'],
    ['check: () => [{ message: "x" }]', 'the place of a report lies outside the file'],
    ['check: build => [{ at: build.stages[0] }]', 'a report has no message'],
    ['check: build => [{ at: build.stages[0], message: "x", related: [{}] }]', 'a related place of a report lies outside the file, or has no message'],
    ['check: build => [{ at: build.stages[0], message: "x", fix: { title: "x", safety: "safe", edits: [{ span: { start: 5, end: 1 }, text: "" }] } }]', 'an edit of a fix lies outside the file, or has no text'],
    ['check: build => [{ at: build.stages[0], message: "x", fix: { title: "x", safety: "sure", edits: [] } }]', 'a fix is neither safe nor suggested'],
  ])('%s', async (check, said) => {
    plug(rule(check), { rules: { 'its-rule': 'warning' } })
    folder.write({ 'other.Dockerfile': 'FROM scratch\nCOPPY a b\n' })
    const { code, err } = await lint()
    expect(code).toBe(2)
    expect(err.split('\n')[0]).toContain(`Dockerfile: rule its-rule failed on Dockerfile: plugin "p${count - 1}": ${said}`)
  })
})

test('a rule that quotes a Dockerfile when it fails gives no orders to a CI runner or a terminal', async () => {
  plug(rule('check(build) { throw new Error(build.text) }'), { rules: { 'its-rule': 'warning' } })
  folder.write({ Dockerfile: 'FROM node:22\nRUN <<EOF\n::set-env name=A::b\n##[error]x\n\x1b[2J\nEOF\n' })
  const { code, err } = await lint()
  expect(code).toBe(2)
  expect(err).toContain('\n    at ')
  expect(err).not.toMatch(/\x1b|^\s*::|##\[/m)
})
