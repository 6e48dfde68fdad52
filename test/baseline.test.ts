// Findings that were accepted: known again by what they are about, whatever the line.
import { expect, test } from 'vitest'
import { accepting, lint, sift } from '../src/index.ts'
import type { Finding } from '../src/index.ts'

const asIs = (text: string): string => text
const found = (text: string): readonly Finding[] => lint({ path: 'Dockerfile', text })
const rulesOf = (findings: readonly Finding[]): readonly string[] => findings.map(({ rule }) => rule)
/** What is reported of `after` when `before` was accepted. */
const reported = (before: string, after: string) => sift(found(after), accepting(found(before), asIs)!, asIs)

const dockerfile = `FROM node:22 AS deps
WORKDIR /app
COPY . .
RUN npm install && \\
    apt-get update && \\
    apt-get install -y curl
FROM debian:12
COPY --from=deps /app /app
RUN apt-get update && apt-get install -y git
`

test('what was accepted is not reported, and nothing is stale', () => {
  expect(found(dockerfile).length).toBeGreaterThan(2)
  const { kept, accepted, stale } = reported(dockerfile, dockerfile)
  expect({ kept, accepted: accepted.length, stale }).toEqual({ kept: [], accepted: found(dockerfile).length, stale: 0 })
})

test.each([
  ['lines above', dockerfile.replace('FROM node:22', '# a comment\n\nFROM node:22')],
  ['a harmless instruction between', dockerfile.replace('COPY . .', 'LABEL a=b\nCOPY . .')],
  ['another indentation', dockerfile.replaceAll('    apt-get', '\t  apt-get')],
  ['other line breaks', dockerfile.replaceAll(' && \\\n    ', ' && ')],
  ['another name for another stage', `FROM scratch AS other\nCOPY x /x\n${dockerfile}`],
  ['Windows line ends', dockerfile.replaceAll('\n', '\r\n')],
])('%s changes nothing', (_, after) => {
  expect(after).not.toBe(dockerfile)
  const { kept, stale } = reported(dockerfile, after)
  expect({ kept: rulesOf(kept).filter(rule => rule !== 'unused-stage'), stale }).toEqual({ kept: [], stale: 0 })
})

test('a long instruction is known again after it was indented anew', () => {
  const long = (indent: string): string => `FROM debian:12\nRUN apt-get update \\\n${Array.from({ length: 30 }, (_, at) => `${indent}&& echo ${at} \\\n`).join('')}${indent}&& apt-get install -y curl\n`
  expect(found(long(' ')).length).toBeGreaterThan(0)
  expect(reported(long(' '), long('            ')).kept).toEqual([])
})

test('of more equal findings than were accepted the last ones are reported', () => {
  const run = 'RUN apt-get update && apt-get install -y curl\n'
  const once = `FROM debian:12\n${run}ENV A=b\n`
  const rule = 'apt-lists-not-removed'
  const before = found(once).filter(finding => finding.rule === rule)
  const after = found(`${once}${run}`).filter(finding => finding.rule === rule)
  expect([before.length, after.length]).toEqual([1, 2])
  const { kept, accepted, stale } = sift(after, accepting(before, asIs)!, asIs)
  expect({ kept, accepted, stale }).toEqual({ kept: [after[1]], accepted: [after[0]], stale: 0 })
  expect(sift(before, accepting(after, asIs)!, asIs)).toMatchObject({ kept: [], stale: 1 })
})

test('another instruction, rule or stage is reported', () => {
  const { kept, stale } = reported(dockerfile, dockerfile.replace('install -y git', 'install -y wget'))
  expect(kept.length).toBeGreaterThan(0)
  expect(stale).toBe(kept.length)
})

test('a file that does not parse is always told, and says nothing of the rest', () => {
  const broken = `${dockerfile}COPPY a b\n`
  expect(accepting(found(broken), asIs)).toBeNull()
  const { kept, stale } = reported(dockerfile, broken)
  expect({ rules: rulesOf(kept), stale }).toEqual({ rules: ['syntax-error'], stale: 0 })
  const forged = new Map([['syntax-error', new Map([[found(broken)[0]!.key.replace(/ \| 1$/, ''), 9]])]])
  expect(sift(found(broken), forged, asIs).kept).toHaveLength(1)
})
