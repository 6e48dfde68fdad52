// What the README and docs/ say is so: commands print what is shown, options exist, links lead somewhere, configs and Dockerfiles are read.
// Outputs are generated: `npm run gen` writes them (those of README.md with its table, in generated.test.ts).
import { existsSync, readFileSync, statSync } from 'node:fs'
import { dirname, join, normalize } from 'node:path'
import { parse as parseJson, type ParseError } from 'jsonc-parser'
import { afterAll, describe, expect, test } from 'vitest'
import { parse as parseYaml, parseAllDocuments } from 'yaml'
import { rules } from '../rules/index.ts'
import { resolveConfig } from '../src/index.ts'
import { commands } from '../src/node/options.ts'
import { version } from '../src/node/package.ts'
import { configSchema } from '../src/schema.ts'
import { parse } from '../src/syntax/parse.ts'
import { withOutputs, wordsOf } from './support/doc-commands.ts'
import { anchorsOf, codeSpansOf, docPages, fencesOf, linksOf, root, textOf } from './support/doc-pages.ts'
import { cachemiss, temporaryFolder } from './support/io.ts'
import type { Fence } from './support/doc-pages.ts'

const pages = ['README.md', ...docPages]
const fences = (page: string, ...languages: readonly string[]): readonly Fence[] => fencesOf(textOf(page)).filter(({ language }) => languages.includes(language))
const recorded = new Set((JSON.parse(textOf('fixtures/oracle/cases.json')) as readonly { readonly name: string }[]).map(({ name }) => name))
let programs = 0
const folder = temporaryFolder()
afterAll(() => folder.remove())

describe.each(docPages)('%s', page => {
  test('shows what its commands print', async () => {
    await expect(await withOutputs(textOf(page)), `${page} is stale: npm run gen`).toMatchFileSnapshot(join(root, page))
  })
  test('is in the index', () => {
    const listed = linksOf(textOf('docs/README.md')).map(({ target }) => target)
    if (page !== 'docs/README.md') expect(listed).toContain(page.slice('docs/'.length))
  })
})

describe.each([...pages, 'CONTRIBUTING.md', 'rules/README.md', 'fixtures/README.md', 'fixtures/oracle/README.md', 'fixtures/engine/README.md'])('%s', page => {
  test('has links that lead somewhere', () => {
    const broken = linksOf(textOf(page)).filter(({ target }) => !/^(?:https?|mailto):/.test(target) && !leadsSomewhere(page, target))
    expect(broken).toEqual([])
  })
})

function leadsSomewhere(page: string, target: string): boolean {
  const [path, anchor] = target.split('#')
  const file = path === '' ? page : normalize(join(dirname(page), decodeURIComponent(path!)))
  if (file.startsWith('..') || !existsSync(join(root, file))) return false
  return anchor === undefined || (statSync(join(root, file)).isFile() && anchorsOf(readFileSync(join(root, file), 'utf8')).has(anchor))
}

describe.each(pages)('%s', page => {
  test('names options and commands that exist', async () => {
    const wrong: string[] = []
    for (const { line, args } of commandsOf(page)) {
      const { code, err } = await cachemiss(folder.path, [...args, '--help'])
      if (code !== 0 || err !== '') wrong.push(`${page}:${line}: cachemiss ${args.join(' ')}: ${err}`)
    }
    expect(wrong).toEqual([])
  })
  test('has Dockerfiles that can be read', () => {
    expect(fences(page, 'dockerfile', 'Dockerfile').flatMap(({ text, line }) => parse(/^FROM /mi.test(text) ? text : `FROM scratch\n${text}`).problems.map(problem => ({ page, line, problem })))).toEqual([])
  })
  test('has JSON that can be read', () => {
    for (const { text, line } of fences(page, 'json', 'jsonc')) {
      const errors: ParseError[] = []
      parseJson(text, errors, { allowTrailingComma: true })
      expect({ line, errors }).toEqual({ line, errors: [] })
    }
  })
  test('has YAML that can be read', () => {
    for (const { text, line } of fences(page, 'yaml', 'yml')) expect({ line, errors: parseAllDocuments(text).flatMap(({ errors }) => errors.map(String)) }).toEqual({ line, errors: [] })
  })
  test('uses inputs of the action and hooks that exist', () => {
    const used = fences(page, 'yaml', 'yml').flatMap(({ text }) => mapsIn(parseAllDocuments(text).map(document => document.toJS() as unknown)))
    const inputs = used.flatMap(({ uses, with: given }) => typeof uses === 'string' && /^\.\/?$|\/cachemiss@/.test(uses) ? Object.keys(given ?? {}) : [])
    const ids = used.flatMap(({ repo, hooks }) => typeof repo === 'string' && repo.endsWith('/cachemiss') && Array.isArray(hooks) ? hooks.map(({ id }: { readonly id: unknown }) => id) : [])
    expect(inputs.filter(name => !Object.hasOwn(parseYaml(textOf('action.yml')).inputs, name))).toEqual([])
    expect(ids.filter(id => !parseYaml(textOf('.pre-commit-hooks.yaml')).some((hook: { readonly id: unknown }) => hook.id === id))).toEqual([])
  })
  test('has configs that are accepted', () => {
    for (const config of configsOf(page)) expect(() => resolveConfig(rules, config, { extended: Array.from({ length: 9 }, () => ({ config: {}, folder: '', extended: [] })) })).not.toThrow()
  })
  test('names recorded cases that there are', () => {
    const named = [...textOf(page).matchAll(/\bcases?\s+((?:`[a-z0-9-]+`(?:,\s+|\s+and\s+)?)+)/g)].flatMap(([, names]) => [...names!.matchAll(/`([^`]+)`/g)].map(([, name]) => name!))
    expect(named.filter(name => !recorded.has(name))).toEqual([])
  })
  test.each(fences(page, 'ts').filter(({ text }) => text.includes("from 'cachemiss"))) ('has a program that runs, line $line', async ({ text }) => {
    const code = text.replaceAll("'cachemiss/node'", JSON.stringify(`${root}src/node/run.ts`)).replaceAll("'cachemiss'", JSON.stringify(`${root}src/index.ts`))
    const name = `${page.replace(/\W/g, '-')}-${programs++}.ts`
    folder.write({ [name]: code })
    await expect(import(/* @vite-ignore */ join(folder.path, name))).resolves.toBeTypeOf('object')
  })
})

function mapsIn(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  if (typeof value !== 'object' || value === null) return []
  return [...Array.isArray(value) ? [] : [value as Readonly<Record<string, unknown>>], ...Object.values(value).flatMap(mapsIn)]
}

test('every option of the help is explained somewhere', async () => {
  const all = pages.map(textOf).join('\n')
  const { out } = await cachemiss(folder.path, ['--help'])
  expect([...new Set(out.match(/--[a-z][a-z-]*/g))].filter(option => !new RegExp(`${option}(?![\\w-])`).test(all))).toEqual([])
})

test('the version is that of the package', () => {
  const stated = pages.flatMap(page => [...textOf(page).matchAll(/\bcachemiss@v?(\d+\.\d+\.\d+)|^\s+rev: v(\d+\.\d+\.\d+)$|known_good_version: (\S+)/gm)].map(([, npm, hook, trunk]) => `${page} ${npm ?? hook ?? trunk}`))
  expect(stated.filter(text => !text.endsWith(` ${version}`))).toEqual([])
})

/** Every `cachemiss …` of a page, in fences, inside strings of configs for other tools, and in running text. */
function commandsOf(page: string): readonly { readonly line: number; readonly args: readonly string[] }[] {
  const text = textOf(page)
  const inFences = fencesOf(text).filter(({ language }) => !['dockerfile', 'diff', 'text', ''].includes(language)).flatMap(({ language, text, line }) =>
    text.replace(/\\\n */g, ' ').split('\n').filter(row => language !== 'console' || row.startsWith('$ ')).flatMap(row => [...typedIn(row), ...listedIn(row)].map(args => ({ line, args }))))
  const inText = codeSpansOf(text).filter(({ code }) => /^(?:npx )?cachemiss /.test(code)).flatMap(({ code, line }) => typedIn(code).map(args => ({ line, args })))
  return [...inFences, ...inText]
}

/** `cachemiss a b`, `npx cachemiss@1 a b`, `npm start -- a b`, `node dist/cli.cjs a b`; what other programs fill in is left out. */
function typedIn(row: string): readonly (readonly string[])[] {
  if (/^\s*(?:#|\/\/)/.test(row) || /\buses:|\brepo:|\bname:|\bid:/.test(row)) return []
  return [...row.matchAll(/(?<![\w./@:#-])(?:cachemiss(?:@[\w.^~-]+)?|npm start --|node dist\/cli\.cjs)(?=[\s"'`]|$)([^\n]*)/g)].map(([, rest]) =>
    wordsOf(rest!.replace(/\$\{\{.*?\}\}|\$\([^)]*\)/g, 'x').replace(/^["'`].*$/, '').split(/\s(?:[|<>;#]|&&|\|\|)|["'`](?=[\s,\]}]|$)|[`)]/)[0]!).filter(word => !/^[[…]/.test(word)))
}

/** `["cachemiss", "lsp", "--stdio"]` and the like; also lists of arguments that begin with a command. */
function listedIn(row: string): readonly (readonly string[])[] {
  return [...row.matchAll(/[[{(]\s*((?:["'][^"']*["']\s*,?\s*)+)[\]})]/g)].flatMap(([, list]) => {
    const words = [...list!.matchAll(/["']([^"']*)["']/g)].map(([, word]) => word!)
    const after = words.indexOf('cachemiss')
    return after >= 0 ? [words.slice(after + 1)] : commands.some(command => command === words[0]) ? [words] : []
  })
}

/** Those of cachemiss among the JSON of a page: what has keys of ours, or the key of package.json. */
function configsOf(page: string): readonly unknown[] {
  const known = Object.keys((configSchema(rules) as { readonly properties: object }).properties)
  return fences(page, 'json', 'jsonc').flatMap(({ text }) => {
    const value: unknown = parseJson(text, [], { allowTrailingComma: true })
    if (typeof value !== 'object' || value === null) return []
    if ('cachemiss' in value && typeof value.cachemiss === 'object') return [value.cachemiss]
    return Object.keys(value).some(key => known.includes(key) && key !== '$schema') && Object.keys(value).every(key => /^[\w$]+$/.test(key)) ? [value] : []
  })
}
