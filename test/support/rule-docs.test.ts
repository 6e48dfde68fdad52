import { expect, test } from 'vitest'
import { rulesModule, rulesPage, ruleSection, docsModule, readmeOf, tableMarks } from './generate.ts'
import { docComment, examplesOf, sectionsOf } from './rule-docs.ts'
import type { DocumentedRule } from './rule-docs.ts'

const source = `// Knows.
/** Not this one. */
const x = 1

/**
 * ## What it does
 *
 * Finds \`x\`.
 *
 * ## Bad
 *
 * \`\`\`dockerfile
 * FROM a
 * ## no heading
 * RUN b && \\
 *     c
 * \`\`\`
 * \`\`\`files
 * src/a.ts
 * src/b.ts
 * \`\`\`
 * \`\`\`file package.json
 * {}
 * \`\`\`
 *
 * ## Good
 *
 * \`\`\`dockerfile
 * FROM a
 * \`\`\`
 * \`\`\`dockerignore
 * .git
 * \`\`\`
 */
export default defineRule({})
`
const documented: DocumentedRule = {
  id: 'a-rule', source, sections: sectionsOf(docComment(source)),
  rule: { id: 'a-rule', summary: 'Finds `a | b`', category: 'layers', severity: 'info', fixable: 'safe', recommended: false, options: { tools: { type: 'list', default: ['x'], doc: 'One | two.' } }, check: () => [] },
}

test('takes the comment right above the default export apart', () => {
  expect(documented.sections.map(({ heading }) => heading)).toEqual(['What it does', 'Bad', 'Good'])
  expect(documented.sections[0]!.body).toBe('Finds `x`.')
  expect(docComment('const a = 1\nexport default a')).toBe('')
})

test('reads examples with the files beside them', () => {
  expect(examplesOf(documented)).toEqual({
    bad: { code: 'FROM a\n## no heading\nRUN b && \\\n    c\n', files: { 'src/a.ts': '', 'src/b.ts': '', 'package.json': '{}\n' } },
    good: { code: 'FROM a\n', files: { 'src/a.ts': '', 'src/b.ts': '', 'package.json': '{}\n' }, ignore: '.git\n' },
  })
})

test('writes the section of a rule', () => {
  const section = ruleSection(documented)
  expect(section).toContain('## a-rule\n\nFinds `a | b`. *Layers, size, base images · info · fix: safe · off by default*\n\n### What it does')
  expect(section).toContain('With these files:\n\n```text\nsrc/a.ts')
  expect(section).toContain('| `tools` | list | `x` | One \\| two. |')
})

test('writes the page, the module and the README table', () => {
  expect(rulesPage([documented])).toContain('| [a-rule](#a-rule) | Finds `a \\| b` | Layers, size, base images | info (off) | safe |')
  expect(rulesModule([])).toContain('export const rules: readonly Rule[] = []\n')
  expect(rulesModule(['a-rule'])).toContain("import aRule from './a-rule.ts'\n")
  expect(docsModule([documented])).toContain('\\"a-rule\\":')
  const readme = `# A\n\n${tableMarks.join('\nold\n')}\n\nend\n`
  const updated = readmeOf(readme, [documented.rule])
  expect(updated).toContain('| [a-rule](rules/README.md#a-rule) |')
  expect(updated).not.toContain('old')
  expect(readmeOf(updated, [documented.rule])).toBe(updated)
  expect(() => readmeOf('# A\n', [])).toThrow('README.md needs the lines')
})
