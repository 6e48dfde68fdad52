import { readdirSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { cachemiss } from './support/io.ts'

const fixtures = fileURLToPath(new URL('../fixtures', import.meta.url))
const cases = readdirSync(fixtures, { withFileTypes: true }).filter(entry => entry.isDirectory() && !['engine', 'findings', 'oracle'].includes(entry.name)).map(entry => entry.name)

describe('what the text report says about the sample applications', () => {
  it.each(cases)('%s', async name => {
    const { out, err } = await cachemiss(fixtures, [name])
    expect(err).toBe('')
    await expect(out).toMatchFileSnapshot(`../fixtures/findings/${name}.txt`)
  })
})

describe('what all fixes together make of them', () => {
  it.each(cases)('%s', async name => {
    const { out, err } = await cachemiss(fixtures, ['--diff', '--unsafe', name])
    expect(err.split('\n').filter(line => !/: would fix \d+ of \d+ problems?/.test(line))).toEqual([''])
    await expect(out).toMatchFileSnapshot(`../fixtures/findings/${name}.diff`)
  })
})
