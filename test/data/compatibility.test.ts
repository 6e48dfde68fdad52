import { expect, test } from 'vitest'
import { rules } from '../../rules/index.ts'
import { buildkitRules, hadolintRules } from '../../src/data/compatibility.ts'

test('hadolint codes and BuildKit names are of their form', () => {
  expect([...hadolintRules.keys()].filter(code => !/^DL\d{4}$/.test(code))).toEqual([])
  expect([...buildkitRules.keys()].filter(name => !/^([A-Z][A-Za-z]+)$/.test(name))).toEqual([])
})

test('each stands for at least one rule that exists', () => {
  const known = rules.map(({ id }) => id)
  for (const ids of [...hadolintRules.values(), ...buildkitRules.values()]) {
    expect(ids).not.toEqual([])
    expect(ids.filter(id => !known.includes(id))).toEqual([])
  }
})
