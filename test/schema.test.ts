import { Ajv } from 'ajv'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { resolveConfig } from '../src/config.ts'
import { UsageError } from '../src/errors.ts'
import { defineRule } from '../src/rule.ts'
import type { Rule } from '../src/rule.ts'
import { configSchema } from '../src/schema.ts'

const rules: readonly Rule[] = [
  defineRule({
    id: 'b-rule', summary: 'It has options', category: 'order', severity: 'warning',
    options: {
      tools: { type: 'list', default: ['npm'], doc: 'A list.' }, seconds: { type: 'number', default: 5, doc: 'A number.' }, strict: { type: 'boolean', default: false, doc: 'A boolean.' },
    },
    *check() {},
  }),
  defineRule({ id: 'a-rule', summary: 'It has none', category: 'order', severity: 'info', recommended: false, *check() {} }),
]
const isValid = new Ajv({ strict: true, allErrors: false }).compile(configSchema(rules))
const isResolved = (config: unknown): boolean => {
  try {
    resolveConfig(rules, config, { extended: Array.from({ length: 10 }, () => ({ config: {}, folder: '', extended: [] })) })
    return true
  } catch (error) {
    if (error instanceof UsageError) return false
    throw error
  }
}

const accepted: readonly unknown[] = [
  {}, { $schema: '' }, { extends: [] }, { extends: ['cachemiss:all', 'cachemiss:recommended'] }, { extends: 'cachemiss:all' }, { rules: {} }, { rules: { 'a-rule': {}, 'b-rule': 'off' } },
  { rules: { 'b-rule': { severity: 'info', options: { tools: [], seconds: -1.5, strict: true } } } }, { context: '..', target: 'x' }, { context: 'ab:c' },
  { overrides: [] }, { overrides: [{ files: ['**', '!a', 'a/', 'app/\\[id\\]/*', '(a)', '{a,b}'] }] }, { ignore: [] }, { failOn: 'never' }, { plugins: ['x'] }, { ignore: ['😀'.repeat(1000)] },
  { extends: 'x' }, { extends: ['./a', '../b/c.json', '../../x', '@a/b', '@a/b/c', 'a-b.c', 'a/b.json', './'.padEnd(1000, '😀')] }, { plugins: ['@a/b', 'a-b.c', 'x'.repeat(214)] }, { plugins: [] },
  { plugins: ['x'], rules: { 'x-y': 'off', z: { severity: 'error', options: { a: 1 } } }, overrides: [{ files: ['a'], rules: { 'x-y': {} } }] },
]
const refused: readonly unknown[] = [
  null, [], 'x', 1, { x: 1 }, { $schema: 1 }, { extends: '' }, { extends: '.' }, { extends: './' }, { extends: '..' }, { extends: '/x' }, { extends: 'x/../y' }, { extends: 'x//y' }, { extends: '@x' }, { extends: 'X' }, { extends: '~/x' }, { extends: 'a:b' }, { extends: '.\\x' }, { extends: './\n' }, { extends: 'x'.repeat(1001) }, { extends: [1] }, { extends: null }, { rules: [] }, { rules: { x: 'off' } }, { rules: { 'a-rule': 'warn' } },
  { rules: { 'a-rule': 1 } }, { rules: { 'a-rule': ['off'] } }, { rules: { 'a-rule': { x: 1 } } }, { rules: { 'a-rule': { options: { x: 1 } } } }, { rules: { 'b-rule': { options: { tools: 'a' } } } },
  { rules: { 'b-rule': { options: { tools: [1], seconds: 1 } } } }, { rules: { 'b-rule': { options: { seconds: '1' } } } }, { rules: { 'b-rule': { options: { strict: 0 } } } },
  { context: '' }, { context: '/' }, { context: 'C:/x' }, { context: '~/x' }, { context: 'a\\b' }, { context: 'https://x' }, { target: '' }, { target: null },
  { overrides: {} }, { overrides: [{}] }, { overrides: [{ files: [] }] }, { overrides: [{ files: 'a' }] }, { overrides: [{ files: [''] }] }, { overrides: [{ files: ['a'], failOn: 'error' }] },
  { ignore: ['/a'] }, { ignore: ['!/a'] }, { ignore: ['a\\b'] }, { ignore: ['@(a|b)'] }, { ignore: ['a\n!(b)'] }, { ignore: 'a' }, { ignore: ['x'.repeat(1001)] }, { failOn: 'off' }, { plugins: [''] },
  { plugins: ['./x'] }, { plugins: ['x/y'] }, { plugins: ['..'] }, { plugins: ['.x'] }, { plugins: ['_x'] }, { plugins: ['node:fs'] }, { plugins: ['X'] }, { plugins: ['@x'] }, { plugins: ['node_modules'] }, { plugins: ['x'.repeat(215)] }, { plugins: ['x\n'] },
  { plugins: [], rules: { x: 'off' } }, { plugins: ['x'], rules: { 'x/y': 'off' } }, { plugins: ['x'], rules: { x: 'warn' } }, { plugins: ['x'], rules: { x: { a: 1 } } }, { plugins: ['x'], rules: { x: { options: 1 } } },
  { plugins: ['x'], rules: { 'a-rule': { options: { x: 1 } } } }, { plugins: ['x'], overrides: [{ files: ['a'], rules: { X: 'off' } }] },
  JSON.parse('{"__proto__":1}'), JSON.parse('{"rules":{"__proto__":"off"}}'),
]

test.each(accepted)('schema and resolveConfig accept %j', config => {
  expect([isValid(config), isResolved(config)]).toEqual([true, true])
})
test.each(refused)('schema and resolveConfig refuse %j', config => {
  expect([isValid(config), isResolved(config)]).toEqual([false, false])
})

test('schema and resolveConfig agree on anything', () => {
  const junk = fc.oneof(fc.constantFrom<unknown>(null, true, false, 0, 1, 2, '', 'warn', '/', [], {}), fc.jsonValue({ maxDepth: 2 }))
  const or = (arbitrary: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => fc.oneof({ weight: 50, arbitrary }, { weight: 1, arbitrary: junk })
  const record = (model: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> => or(fc.record(model, { requiredKeys: [] }))
  const severity = or(fc.constantFrom('error', 'warning', 'info', 'off'))
  const mostly = (usual: fc.Arbitrary<unknown>, odd: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> => or(fc.oneof({ weight: 9, arbitrary: usual }, { weight: 1, arbitrary: odd }))
  const glob = mostly(fc.constantFrom('a', '**', '!a/*', 'a/'), fc.array(fc.constantFrom('a', '/', '*', '**', '!', '(', ')', '{', ',', '}', '[', ']', '\\', '+', '.', '\n'), { maxLength: 6 }).map(parts => parts.join('')))
  const options = record({ tools: or(fc.array(or(fc.string()))), seconds: or(fc.double()), strict: or(fc.boolean()) })
  const settings = {
    rules: record({ 'other-rule': severity, 'a-rule': fc.oneof(severity, record({ severity, options: record({}) })), 'b-rule': fc.oneof(severity, record({ severity, options })) }),
    context: mostly(fc.constantFrom('.', '../a'), fc.array(fc.constantFrom('a', '/', '.', ':', '~', '\\', '\n'), { maxLength: 4 }).map(parts => parts.join(''))),
    target: mostly(fc.constant('app'), fc.string()),
  }
  const preset = mostly(fc.constantFrom('cachemiss:all', 'cachemiss:recommended', './a', '@a/b/c'), fc.array(fc.constantFrom('a', '@', '/', '.', '..', ':', '-', '_', 'A', '\\', '\n', 'cachemiss'), { maxLength: 6 }).map(parts => parts.join('')))
  const plugin = mostly(fc.constantFrom('a', '@a/b'), fc.array(fc.constantFrom('a', '@', '/', '.', ':', '-', '_', 'A'), { maxLength: 5 }).map(parts => parts.join('')))
  const config = record({
    $schema: or(fc.string()), extends: fc.oneof(preset, or(fc.array(preset))), ...settings, ignore: or(fc.array(glob)), failOn: or(fc.constantFrom('error', 'never', 'off')),
    overrides: or(fc.array(record({ files: or(fc.array(glob)), ...settings }), { maxLength: 2 })), plugins: or(fc.array(plugin)),
  })
  const seen = { valid: 0, invalid: 0 }
  fc.assert(fc.property(config, drawn => {
    const value: unknown = JSON.parse(JSON.stringify(drawn))
    const valid = isValid(value)
    seen[valid ? 'valid' : 'invalid']++
    expect(isResolved(value)).toBe(valid)
  }), { numRuns: 5_000 })
  expect(Math.min(seen.valid, seen.invalid)).toBeGreaterThan(200)
})

test('lists every rule by name with what it is about', () => {
  const schema = configSchema(rules) as { readonly definitions: { readonly rules: { readonly properties: Readonly<Record<string, { readonly description: string }>> } } }
  expect(Object.entries(schema.definitions.rules.properties).map(([id, { description }]) => [id, description])).toEqual([
    ['a-rule', 'It has none (off by default; in cachemiss:all info).'],
    ['b-rule', 'It has options (default: warning).'],
  ])
  expect(configSchema([...rules].reverse())).toEqual(schema)
})
