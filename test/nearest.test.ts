import { expect, test } from 'vitest'
import { nearest } from '../src/nearest.ts'

const known = ['merge-consecutive-run', 'missing-dockerignore', 'unused-stage']

test.each([
  ['merge-consecutive-runs', 'merge-consecutive-run'],
  ['missing-dockerignroe', 'missing-dockerignore'],
  ['unusedstage', 'unused-stage'],
  ['unused-stage', 'unused-stage'],
])('%s is nearest to %s', (name, expected) => expect(nearest(name, known)).toBe(expected))

test.each(['', 'x', 'something-else-entirely', '__proto__'])('%j is near to none', name => expect(nearest(name, known)).toBeNull())

test('copes with a name of a megabyte', () => expect(nearest('x'.repeat(1 << 20), known)).toBeNull())
