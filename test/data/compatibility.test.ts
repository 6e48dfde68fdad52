import { expect, test } from 'vitest'
import { buildkitRules, hadolintRules } from '../../src/data/compatibility.ts'

test('hadolint codes and BuildKit names are of their form', () => {
  expect([...hadolintRules.keys()].filter(code => !/^DL\d{4}$/.test(code))).toEqual([])
  expect([...buildkitRules.keys()].filter(name => !/^([A-Z][A-Za-z]+)$/.test(name))).toEqual([])
})

test('each stands for at least one rule, by id', () => {
  for (const ids of [...hadolintRules.values(), ...buildkitRules.values()]) {
    expect(ids).not.toEqual([])
    for (const id of ids) expect(id).toMatch(/^[a-z]+(-[a-z]+)+$/)
  }
})
