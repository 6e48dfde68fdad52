// What every rule and every file keeps to, beyond what types and ESLint can say.
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { documentedRules, headings } from './support/rule-docs.ts'

const root = new URL('../', import.meta.url)
const lines = (text: string): number => text.split('\n').length - 1
const sources = readdirSync(new URL('src/', root), { recursive: true, encoding: 'utf8' })
  .map(path => path.replaceAll('\\', '/')).filter(path => path.endsWith('.ts') && !path.startsWith('data/'))

describe.each(await documentedRules())('$id', ({ id, rule, source, sections }) => {
  const titles = sections.map(({ heading }) => heading)

  test('is named like its file', () => expect(rule.id).toBe(id))
  test('has a test', () => expect(existsSync(new URL(`test/rules/${id}.test.ts`, root))).toBe(true))
  test('has its headings in order', () => {
    expect(titles).toEqual(headings.filter(heading => heading !== 'Fix safety' || titles.includes(heading)))
  })
  test('says what a suggested fix assumes', () => {
    const stated = titles.includes('Fix safety')
    if (rule.fixable === 'suggested') expect(stated, 'a "Fix safety" section').toBe(true)
    if (rule.fixable === undefined) expect(stated, 'a "Fix safety" section without a fix').toBe(false)
  })
  test('has no empty section', () => expect(sections.filter(({ body }) => body === '')).toEqual([]))
  test('mentions its options', () => {
    const text = sections.map(({ body }) => body).join('\n')
    expect(Object.keys(rule.options ?? {}).filter(option => !text.includes(`\`${option}\``))).toEqual([])
  })
  test('has a summary of one line without a full stop', () => expect(rule.summary).toMatch(/^[A-Z`][^\n]*[^.\n]$/))
  test('imports no other rule', () => expect(source).not.toMatch(/from '\.\//))
  test('is at most 150 lines', () => expect(lines(source)).toBeLessThanOrEqual(150))
})

test.each(sources)('src/%s is at most 300 lines and says what it knows', path => {
  const text = readFileSync(new URL(`src/${path}`, root), 'utf8')
  expect(lines(text)).toBeLessThanOrEqual(300)
  expect(text, 'the file opens with a comment').toMatch(/^\/\/ \S/)
})
