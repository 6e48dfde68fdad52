// Generated files are file snapshots: `npm run gen` writes them, CI fails where they are stale.
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { configSchema } from '../src/schema.ts'
import { withReference } from './support/config-reference.ts'
import { withOutputs } from './support/doc-commands.ts'
import { docsModule, readmeOf, rulesModule, rulesPage } from './support/generate.ts'
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
test('the reference in docs/configuration.md', () => generated('docs/configuration.md', withReference(readFileSync(at('docs/configuration.md'), 'utf8'), configSchema(rules))))
test('the table and what commands print in README.md', async () => {
  await generated('README.md', await withOutputs(readmeOf(readFileSync(at('README.md'), 'utf8'), rules)))
})
