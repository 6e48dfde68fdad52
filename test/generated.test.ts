// Generated files are file snapshots: `npm run gen` writes them, CI fails where they are stale.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { configSchema } from '../src/schema.ts'
import { docsModule, readmeOf, rulesModule, rulesPage } from './support/generate.ts'
import { cachemiss } from './support/io.ts'
import { documentedRules } from './support/rule-docs.ts'

const documented = await documentedRules()
const rules = documented.map(({ rule }) => rule)
const at = (path: string): URL => new URL(`../${path}`, import.meta.url)
const generated = async (path: string, text: string): Promise<void> => {
  await expect(text, `${path} is stale: npm run gen`).toMatchFileSnapshot(fileURLToPath(at(path)))
}

test('rules/index.ts', () => generated('rules/index.ts', rulesModule(documented.map(({ id }) => id))))
test('rules/README.md', () => generated('rules/README.md', rulesPage(documented)))
test('src/data/docs.ts', () => generated('src/data/docs.ts', docsModule(documented)))
test('rules/schema.json', () => generated('rules/schema.json', `${JSON.stringify(configSchema(rules), null, 2)}\n`))
test('the table and the samples in README.md', async () => {
  const printed = async (...args: readonly string[]): Promise<string> => (await cachemiss(fileURLToPath(at('.')), args)).out
  await generated('README.md', readmeOf(readFileSync(at('README.md'), 'utf8'), rules, {
    sample: await printed('fixtures/python-flask'), fixes: await printed('--diff', '--unsafe', 'fixtures/python-flask'), optimized: await printed('optimize', 'fixtures/node-express'),
  }))
})
