// The schema in fixtures/sarif-schema-2.1.0.json is `sarif-2.1.0.json` of the npm package @microsoft/sarif-multitool-linux 5.7.0
// (MIT, Microsoft; sha256 1c49a0f2…d798c): the OASIS schema of SARIF 2.1.0 (Errata 01) in a newer JSON Schema draft. Data, unchanged.
import { Ajv2020 } from 'ajv/dist/2020.js'
import * as formats from 'ajv-formats'
import fc from 'fast-check'
import { readFileSync } from 'node:fs'
import type { Log, Result, Run } from 'sarif'
import { describe, expect, test } from 'vitest'
import { reporters, type LintResult } from '../../src/reporters/index.ts'
import { lineHashes } from '../../src/reporters/line-hash.ts'
import type { Finding } from '../../src/rule.ts'
import { applyEdits, lineMap } from '../../src/text.ts'
import { anyResult, dockerfileWith, finding, plain, rawControl, resultOf, rule, spanOf } from './result.ts'

const ajv = new Ajv2020({ strict: false })
formats.default.default(ajv)
const validate = ajv.compile(JSON.parse(readFileSync(new URL('../../fixtures/sarif-schema-2.1.0.json', import.meta.url), 'utf8')))

function logOf(result: LintResult, style = plain): Run {
  const log: Log = JSON.parse(reporters.sarif(result, style))
  expect(validate(log) ? [] : validate.errors).toEqual([])
  expect(log.runs).toHaveLength(1)
  return log.runs[0]!
}
const resultsOf = (result: LintResult): readonly Result[] => logOf(result).results!

const text = 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n'
const copy = spanOf(text, 'COPY . .')

describe('the run', () => {
  test('is complete without findings', () => {
    expect(logOf(resultOf([{ path: './my app/Docker#file', text, findings: [] }]))).toEqual({
      tool: { driver: { name: 'cachemiss', semanticVersion: '1.2.3', rules: [] } },
      invocations: [{ executionSuccessful: true }],
      originalUriBaseIds: { '%SRCROOT%': { description: { text: expect.any(String) } } },
      columnKind: 'utf16CodeUnits',
      artifacts: [{ location: { uri: 'my%20app/Docker%23file', uriBaseId: '%SRCROOT%' }, sourceLanguage: 'dockerfile' }],
      results: [],
    })
  })

  test('names the schema GitHub names', () => {
    expect(JSON.parse(reporters.sarif(resultOf([]), plain)).$schema).toBe('https://json.schemastore.org/sarif-2.1.0.json')
  })

  test('gives an absolute path as a file address and no root', () => {
    const found = finding(copy, { path: '/tmp/Dockerfile' })
    const { artifacts, results } = logOf(resultOf([{ path: '/tmp/Dockerfile', text, findings: [found] }]))
    expect(artifacts![0]!.location).toEqual({ uri: 'file:///tmp/Dockerfile' })
    expect(results![0]!.locations![0]!.physicalLocation!.artifactLocation).toEqual({ uri: 'file:///tmp/Dockerfile', index: 0 })
  })

  test('holds at most 25,000 results, the most severe ones in their order', () => {
    const many = (count: number, severity: Finding['severity']) => Array.from({ length: count }, () => finding(copy, { severity }))
    const { results, invocations } = logOf(dockerfileWith(text, ...many(10, 'info'), ...many(24_990, 'warning'), ...many(20, 'error')))
    expect(results).toHaveLength(25_000)
    expect(results!.filter(({ level }) => level === 'note')).toEqual([])
    expect(results!.slice(-21).map(({ level }) => level)).toEqual(['warning', ...Array.from({ length: 20 }, () => 'error')])
    expect(invocations![0]!.toolExecutionNotifications![0]!.message.text).toBe('20 findings were left out: a file holds at most 25000.')
  })
})

describe('a rule', () => {
  const rulesOf = (result: LintResult) => logOf(result).tool.driver.rules!

  test('has what GitHub requires', () => {
    expect(rulesOf(resultOf([], [rule('copy-source-before-install', { recommended: false })]))).toEqual([{
      id: 'copy-source-before-install',
      name: 'CopySourceBeforeInstall',
      shortDescription: { text: 'Summary of copy-source-before-install' },
      fullDescription: { text: 'Reports `x`, and y.' },
      help: { text: 'Summary of copy-source-before-install. See https://example.com/rules#copy-source-before-install', markdown: plain.help('copy-source-before-install').trim() },
      helpUri: 'https://example.com/rules#copy-source-before-install',
      defaultConfiguration: { level: 'warning' },
      properties: { tags: ['build-cache', 'order'], precision: 'medium', 'problem.severity': 'warning' },
    }])
  })

  test('stands in order of id, also one that only a finding names', () => {
    const found = finding(copy, { rule: 'm-of-a-plugin', severity: 'info' })
    const { tool, results } = logOf(resultOf([{ path: 'Dockerfile', text, findings: [found] }], [rule('z'), rule('a')]))
    expect(tool.driver.rules!.map(({ id }) => id)).toEqual(['a', 'm-of-a-plugin', 'z'])
    expect(tool.driver.rules![1]).toMatchObject({ shortDescription: { text: 'M of a plugin' }, defaultConfiguration: { level: 'note' }, properties: { 'problem.severity': 'recommendation' } })
    expect(results![0]).toMatchObject({ ruleId: 'm-of-a-plugin', ruleIndex: 1, level: 'note' })
  })

  test('is never a security alert, and keeps to the limits', () => {
    const [only] = rulesOf(resultOf([], [rule('x'.repeat(400), { summary: 'é'.repeat(2000) })]))
    expect(only!.name).toHaveLength(255)
    expect(only!.shortDescription!.text).toHaveLength(1024)
    expect(only!.properties).not.toHaveProperty('security-severity')
  })

  test('needs no page', () => {
    const { tool } = logOf(resultOf([], [rule('a')]), { ...plain, docs: () => '', help: () => '' })
    expect(tool.driver.rules![0]).toMatchObject({ fullDescription: { text: 'Summary of a.' }, help: { text: 'Summary of a.' } })
  })
})

describe('a result', () => {
  test('has its place, its fingerprint and its related places', () => {
    const [first] = resultsOf(dockerfileWith(text, finding(copy, {
      message: 'COPY [".", \\[x] comes first.', cost: { seconds: 41, bytes: 7 },
      related: [{ span: spanOf(text, 'npm ci'), message: 'installed [here]' }, { span: { start: 0, end: 4 }, message: '' }],
    })))
    const artifactLocation = { uri: 'Dockerfile', uriBaseId: '%SRCROOT%', index: 0 }
    expect(first).toEqual({
      ruleId: 'some-rule', ruleIndex: 0, level: 'warning',
      message: { text: 'COPY \\[".", \\\\\\[x\\] comes first.\nSee: [installed \\[here\\]](1), [related place](2)' },
      locations: [{ physicalLocation: { artifactLocation, region: { startLine: 3, startColumn: 1, endLine: 3, endColumn: 9 } } }],
      relatedLocations: [
        { id: 1, physicalLocation: { artifactLocation, region: { startLine: 4, startColumn: 5, endLine: 4, endColumn: 11 } }, message: { text: 'installed \\[here\\]' } },
        { id: 2, physicalLocation: { artifactLocation, region: { startLine: 1, startColumn: 1, endLine: 1, endColumn: 5 } } },
      ],
      partialFingerprints: { primaryLocationLineHash: lineHashes(text, new Set([3])).get(3) },
      rank: 41,
      properties: { cost: { seconds: 41, bytes: 7 } },
    })
  })

  test('in an ignore file points there; without its text at its start', () => {
    const ignoreFile = { path: '.dockerignore', text: 'a\n*.lgo\n' }
    const at = (path: string) => finding(spanOf(ignoreFile.text, '*.lgo'), { path })
    const { results, artifacts } = logOf(resultOf([{ path: 'Dockerfile', text, ignoreFile, findings: [at('.dockerignore'), at('x')] }]))
    expect(artifacts!.map(({ location, sourceLanguage }) => [location!.uri, sourceLanguage])).toEqual([['Dockerfile', 'dockerfile'], ['.dockerignore', undefined], ['x', undefined]])
    expect(results!.map(({ locations }) => locations![0]!.physicalLocation!.region!.startLine)).toEqual([2, 1])
    expect(results!.map(({ partialFingerprints }) => partialFingerprints?.primaryLocationLineHash)).toEqual([lineHashes(ignoreFile.text, new Set([2])).get(2), undefined])
  })

  test('has at most the related places that GitHub shows', () => {
    const related = Array.from({ length: 300 }, () => ({ span: copy, message: 'again' }))
    expect(resultsOf(dockerfileWith(text, finding(copy, { related })))[0]!.relatedLocations).toHaveLength(100)
  })
})

describe('a fix', () => {
  const fixOf = (edits: readonly { quoted: string; text: string }[], source = text, rest: Partial<Finding['fix']> = {}): Finding =>
    finding({ start: 0, end: 4 }, { fix: { title: 'Copy \x1b first', safety: 'suggested', edits: edits.map(({ quoted, text: inserted }) => ({ span: spanOf(source, quoted), text: inserted })), ...rest } })
  /** The files after the fix, made from the regions alone. */
  const fixed = (result: LintResult, sources: Readonly<Record<string, string>>) => Object.fromEntries(resultsOf(result)[0]!.fixes![0]!.artifactChanges.map(({ artifactLocation, replacements }) => {
    const source = sources[artifactLocation.uri!]!
    const { starts } = lineMap(source)
    const edits = replacements.map(({ deletedRegion: { startLine, startColumn, endLine, endColumn }, insertedContent }) =>
      ({ span: { start: starts[startLine! - 1]! + startColumn! - 1, end: starts[endLine! - 1]! + endColumn! - 1 }, text: insertedContent!.text! }))
    return [artifactLocation.uri!, applyEdits(source, edits)]
  }))

  test('is one replacement with a description', () => {
    const result = dockerfileWith(text, fixOf([{ quoted: 'COPY . .\n', text: 'COPY package.json ./\n' }, { quoted: 'npm ci\n', text: 'npm ci\nCOPY . .\n' }]))
    const fixes = resultsOf(result)[0]!.fixes!
    expect(fixes).toHaveLength(1)
    expect(fixes[0]!.description!.text).toBe('Copy \\x1b first')
    expect(fixes[0]!.artifactChanges[0]!.replacements).toHaveLength(1)
    expect(fixed(result, { Dockerfile: text })).toEqual({ Dockerfile: 'FROM node:22\nWORKDIR /app\nCOPY package.json ./\nRUN npm ci\nCOPY . .\n' })
  })

  test('stays several replacements where they lie far apart', () => {
    const source = `FROM a\n${'RUN x\n'.repeat(1000)}CMD y\n`
    const result = dockerfileWith(source, fixOf([{ quoted: 'FROM a', text: 'FROM b' }, { quoted: 'CMD y', text: '' }], source))
    expect(resultsOf(result)[0]!.fixes![0]!.artifactChanges[0]!.replacements).toHaveLength(2)
    expect(fixed(result, { Dockerfile: source })).toEqual({ Dockerfile: source.replace('FROM a', 'FROM b').replace('CMD y', '') })
  })

  test.each(['\n', '\r\n'])('of an indented line starts at the end of the line before', lineEnd => {
    const source = ['RUN a \\', '    && b \\', '    && c', ''].join(lineEnd)
    const result = dockerfileWith(source, fixOf([{ quoted: `    && b \\${lineEnd}`, text: '' }], source))
    expect(resultsOf(result)[0]!.fixes![0]!.artifactChanges[0]!.replacements[0]!.deletedRegion).toMatchObject({ startLine: 1, startColumn: 8 })
    expect(fixed(result, { Dockerfile: source })).toEqual({ Dockerfile: ['RUN a \\', '    && c', ''].join(lineEnd) })
  })

  test.each([['a\n', 'a\nb\n!c\n'], ['a', 'a\nb\n!c\n'], ['a\r\n', 'a\r\nb\r\n!c\r\n'], ['', 'b\n!c\n']])('appends to the ignore file %j', (ignored, expected) => {
    const found = fixOf([], text, { ignoreLines: ['b', '!c'] })
    const sources = { Dockerfile: text, '.dockerignore': ignored }
    const of = (path: string) => resultOf([{ path: 'Dockerfile', text, ignoreFile: { path: '.dockerignore', text: ignored }, findings: [{ ...found, path }] }])
    expect(fixed(of('Dockerfile'), sources)).toEqual({ '.dockerignore': expected })
    expect(fixed(of('.dockerignore'), sources)).toEqual({ '.dockerignore': expected })
  })

  test('edits the ignore file too, and the Dockerfile wherever the finding is', () => {
    const ignoreFile = { path: '.dockerignore', text: 'old\nb\n' }
    const found = fixOf([{ quoted: 'npm ci', text: 'npm ci --omit=dev' }], text, { assumes: 'nobody \x1b', ignoreEdits: [{ span: { start: 0, end: 3 }, text: 'new' }], ignoreLines: ['b', 'c'] })
    for (const path of ['Dockerfile', '.dockerignore']) {
      const result = resultOf([{ path: 'Dockerfile', text, ignoreFile, findings: [{ ...found, path }] }])
      expect(fixed(result, { Dockerfile: text, '.dockerignore': ignoreFile.text })).toEqual({ Dockerfile: text.replace('npm ci', 'npm ci --omit=dev'), '.dockerignore': 'new\nb\nc\n' })
      expect(resultsOf(result)[0]!.fixes![0]!.properties).toEqual({ safety: 'suggested', assumes: 'nobody \\x1b' })
    }
    expect(resultsOf(dockerfileWith(text, fixOf([], text, { ignoreEdits: [{ span: { start: 0, end: 0 }, text: 'a' }] })))[0]).not.toHaveProperty('fixes')
  })

  test('is left out where it could not be told whole', () => {
    expect(resultsOf(dockerfileWith(text, fixOf([{ quoted: 'npm ci', text: 'x' }], text, { ignoreLines: ['a'] })))[0]).not.toHaveProperty('fixes')
    expect(resultsOf(dockerfileWith(text, { ...fixOf([]), path: 'unknown' }))[0]).not.toHaveProperty('fixes')
  })
})

test('any result is valid SARIF without raw control characters', () => {
  // An address is the caller's to make valid, whatever the rule is called.
  const style = { ...plain, docs: () => 'https://example.com/rules' }
  fc.assert(fc.property(anyResult, result => {
    expect(reporters.sarif(result, style)).not.toMatch(rawControl)
    for (const { message, ruleIndex, ruleId, locations } of logOf(result, style).results!) {
      expect(message.text).not.toMatch(rawControl)
      expect(message.text).not.toBe('')
      expect(ruleIndex).toBeGreaterThanOrEqual(0)
      expect(ruleId).toBeDefined()
      const { startLine = 0, startColumn = 0, endLine = 0, endColumn = 0 } = locations![0]!.physicalLocation!.region!
      expect(endLine > startLine || (endLine === startLine && endColumn >= startColumn)).toBe(true)
    }
  }))
})
