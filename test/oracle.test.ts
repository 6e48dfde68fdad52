import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { compare } from '../src/cache/compare.ts'
import { inputsOf, type OracleCase } from './support/oracle-case.ts'

const cases = JSON.parse(readFileSync(new URL('../fixtures/oracle/cases.json', import.meta.url), 'utf8')) as OracleCase[]
/** Verdicts that hang on what a RUN wrote, or on a quirk of one engine version. */
const mayDoubt = (entry: OracleCase): boolean => entry.tags.includes('run-output') || entry.tags.includes('stale')

describe('compare() agrees with the engine', () => {
  it.each(cases.map(entry => [entry.name, entry] as const))('%s', (_, entry) => {
    const { before, after } = inputsOf(entry)
    const verdicts = compare(before, after)
    const doubtful = mayDoubt(entry)
    const seen = verdicts.map(({ line, stage, state, certain }, index) => ({ line, stage, state: doubtful && !certain ? entry.expect[index]?.state : state, certain: certain || doubtful }))
    expect(seen).toEqual(entry.expect.map(({ line, stage, state }) => ({ line, stage, state, certain: true })))
    for (const { state, because, certain } of verdicts) expect(because !== undefined).toBe(state === 'executed' || !certain)
  })
})
