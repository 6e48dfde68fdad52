// `gitlab` and `sonarqube` against what their importers document and check (integrations.md 1.4, 1.5).
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { fingerprint } from '../../src/reporters/fingerprint.ts'
import { reporters, type LintResult } from '../../src/reporters/index.ts'
import { anyResult, dockerfileWith, finding, hostilePath, plain, resultOf, rule, spanOf } from './result.ts'

const ajv = new Ajv2020({ strict: false })
const filled = { type: 'string', minLength: 1 }
const line = { type: 'integer', minimum: 1 }
const column = { type: 'integer', minimum: 0 }

const gitlabSchema = ajv.compile({
  type: 'array',
  items: {
    type: 'object',
    required: ['description', 'check_name', 'fingerprint', 'severity', 'location'],
    properties: {
      description: { type: 'string', pattern: '^[^\\n\\r]*$' }, check_name: filled, fingerprint: filled, severity: { enum: ['info', 'minor', 'major', 'critical', 'blocker'] },
      location: { type: 'object', required: ['path', 'lines'], properties: { path: { type: 'string', not: { pattern: '^\\./' } }, lines: { type: 'object', required: ['begin'], properties: { begin: line } } } },
    },
  },
})

const sonarLocation = {
  type: 'object',
  required: ['message', 'filePath'],
  properties: { message: filled, filePath: { type: 'string' }, textRange: { type: 'object', required: ['startLine'], properties: { startLine: line, endLine: line, startColumn: column, endColumn: column }, additionalProperties: false } },
  additionalProperties: false,
}
const sonarSchema = ajv.compile({
  type: 'object',
  required: ['rules', 'issues'],
  properties: {
    rules: { type: 'array', items: { type: 'object', required: ['id', 'name', 'engineId', 'impacts'], additionalProperties: false, properties: {
      id: filled, name: filled, engineId: filled, cleanCodeAttribute: { const: 'EFFICIENT' },
      impacts: { type: 'array', minItems: 1, items: { type: 'object', required: ['softwareQuality', 'severity'], properties: { softwareQuality: { const: 'MAINTAINABILITY' }, severity: { enum: ['LOW', 'MEDIUM', 'HIGH'] } } } },
    } } },
    issues: { type: 'array', items: { type: 'object', required: ['ruleId', 'primaryLocation'], additionalProperties: false, properties: { ruleId: filled, primaryLocation: sonarLocation, secondaryLocations: { type: 'array', items: sonarLocation } } } },
  },
  additionalProperties: false,
})

function valid<T>(written: string, schema: ReturnType<typeof ajv.compile>): T {
  const value: unknown = JSON.parse(written)
  expect(schema(value) ? [] : schema.errors).toEqual([])
  return value as T
}

interface Issue { readonly description: string; readonly check_name: string; readonly fingerprint: string; readonly severity: string; readonly location: { readonly path: string; readonly lines: { readonly begin: number } } }
const gitlab = (result: LintResult): readonly Issue[] => valid(reporters.gitlab(result, plain), gitlabSchema)

interface Range { readonly startLine: number; readonly endLine?: number; readonly startColumn?: number; readonly endColumn?: number }
interface Sonar {
  readonly rules: readonly { readonly id: string; readonly impacts: readonly { readonly severity: string }[] }[]
  readonly issues: readonly { readonly ruleId: string; readonly primaryLocation: { readonly filePath: string; readonly textRange?: Range }; readonly secondaryLocations?: readonly { readonly message: string; readonly textRange?: Range }[] }[]
}
const sonar = (result: LintResult): Sonar => valid(reporters.sonarqube(result, plain), sonarSchema)

const text = 'FROM node:22\nCOPY . .\nRUN npm ci\n'
const copy = spanOf(text, 'COPY . .')

describe('gitlab', () => {
  test('says what and where', () => {
    expect(gitlab(dockerfileWith(text, finding(copy, { message: 'One.\nTwo.' })))).toEqual([{
      description: 'One. Two.', check_name: 'cachemiss/some-rule', fingerprint: expect.stringMatching(/^[0-9a-f]{16}$/), severity: 'minor', location: { path: 'Dockerfile', lines: { begin: 2 } },
    }])
    expect(reporters.gitlab(resultOf([]), plain)).toBe('[]\n')
  })

  test('tells findings apart by key and path, not by line', () => {
    const at = (path: string, key: string, start: number): LintResult => resultOf([{ path, text, findings: [finding({ start, end: start + 1 }, { path, key })] }])
    const of = (...args: Parameters<typeof at>): string => gitlab(at(...args))[0]!.fingerprint
    expect(of('a', 'key', 20)).toBe(of('a', 'key', 0))
    expect(new Set([of('a', 'key', 0), of('b', 'key', 0), of('a', 'other', 0)]).size).toBe(3)
  })

  test('has no fingerprint twice', () => {
    expect(gitlab(dockerfileWith(text, finding(copy), finding(copy), finding({ start: 0, end: 4 }))).map(issue => issue.fingerprint)).toHaveLength(3)
    fc.assert(fc.property(anyResult, result => {
      const issues = gitlab(result)
      expect(issues).toHaveLength(result.files.flatMap(({ findings }) => findings).length)
      expect(new Set(issues.map(issue => issue.fingerprint)).size).toBe(issues.length)
    }))
  })

  test('carries any path', () => {
    fc.assert(fc.property(hostilePath, path => {
      expect(gitlab(resultOf([{ path: `./${path}`, text, findings: [finding(copy, { path: `./${path}` })] }]))[0]!.location.path).toBe(path)
    }))
  })
})

test('the fingerprint is FNV-1a over the parts', () => {
  // Computed with the definition of the hash and integers of any size.
  const expected = (parts: readonly string[]): string => {
    let hash = 0xcbf29ce484222325n
    for (const byte of Buffer.from(JSON.stringify(parts), 'utf16le')) hash = (hash ^ BigInt(byte)) * 0x100000001b3n & 0xffffffffffffffffn
    return hash.toString(16).padStart(16, '0')
  }
  fc.assert(fc.property(fc.array(fc.string({ unit: 'binary' }), { maxLength: 4 }), parts => { expect(fingerprint(parts)).toBe(expected(parts)) }))
  expect(fingerprint(['a', 'b'])).not.toBe(fingerprint(['ab']))
})

describe('sonarqube', () => {
  test('lists the rules that found something, each as severe as its worst finding', () => {
    const found = [finding(copy, { rule: 'b', severity: 'info' }), finding(copy, { rule: 'b', severity: 'error' }), finding(copy, { rule: 'a', severity: 'info' })]
    const { rules } = sonar({ ...dockerfileWith(text, ...found), rules: [rule('b'), rule('unused')] })
    expect(rules).toEqual([
      { id: 'a', name: 'a', engineId: 'cachemiss', cleanCodeAttribute: 'EFFICIENT', impacts: [{ softwareQuality: 'MAINTAINABILITY', severity: 'LOW' }] },
      { id: 'b', name: 'Summary of b', engineId: 'cachemiss', cleanCodeAttribute: 'EFFICIENT', impacts: [{ softwareQuality: 'MAINTAINABILITY', severity: 'HIGH' }] },
    ])
    expect(sonar(resultOf([]))).toEqual({ rules: [], issues: [] })
  })

  const rangeOf = (source: string, start: number, end: number): Range | undefined => sonar(dockerfileWith(source, finding({ start, end }))).issues[0]!.primaryLocation.textRange
  test('counts columns from 0, and only where there is something between them', () => {
    expect(rangeOf(text, 13, 21)).toEqual({ startLine: 2, endLine: 2, startColumn: 0, endColumn: 8 })
    expect(rangeOf(text, 13, 22)).toEqual({ startLine: 2, endLine: 2, startColumn: 0, endColumn: 8 })
    expect(rangeOf(text, 18, 25)).toEqual({ startLine: 2, endLine: 3, startColumn: 5, endColumn: 3 })
    expect(rangeOf(text, 14, 14)).toEqual({ startLine: 2 })
    expect(rangeOf(text, 21, 22)).toEqual({ startLine: 2 })
    expect(rangeOf('RUN a\r\nRUN b\r\n', 0, 6)).toEqual({ startLine: 1, endLine: 1, startColumn: 0, endColumn: 5 })
    expect(rangeOf('RUN a\rb\n', 0, 3)).toEqual({ startLine: 1 })
    expect(rangeOf('\ufeffRUN a\n', 1, 4)).toEqual({ startLine: 1 })
  })

  test('has related places and none in a file whose text is not known', () => {
    const related = [{ span: spanOf(text, 'npm ci'), message: '' }]
    expect(sonar(dockerfileWith(text, finding(copy, { related }))).issues[0]!.secondaryLocations).toEqual([{ message: 'related place', filePath: 'Dockerfile', textRange: { startLine: 3, endLine: 3, startColumn: 4, endColumn: 10 } }])
    expect(sonar(dockerfileWith(text, finding(copy, { path: 'elsewhere', related }))).issues).toEqual([{ ruleId: 'some-rule', primaryLocation: { message: 'Something.', filePath: 'elsewhere' } }])
  })

  test('carries any path', () => {
    fc.assert(fc.property(hostilePath, path => {
      expect(sonar(resultOf([{ path, text, findings: [finding(copy, { path })] }])).issues[0]!.primaryLocation.filePath).toBe(path)
    }))
  })

  test('any result is valid: every issue has a rule, every column is on its line', () => {
    fc.assert(fc.property(anyResult, result => {
      const { rules, issues } = sonar(result)
      expect(new Set(rules.map(({ id }) => id))).toEqual(new Set(issues.map(({ ruleId }) => ruleId)))
      expect(new Set(rules.map(({ id }) => id)).size).toBe(rules.length)
      for (const { primaryLocation, secondaryLocations = [] } of issues) {
        const source = result.files.find(({ path }) => path === primaryLocation.filePath)?.text
        for (const { textRange } of [primaryLocation, ...secondaryLocations]) {
          if (source === undefined || textRange?.startColumn === undefined) continue
          const { startLine, startColumn, endLine, endColumn } = textRange
          const lines = source.split(/\r\n|\r|\n/)
          expect(startColumn).toBeLessThanOrEqual(lines[startLine - 1]!.length)
          expect(endColumn).toBeLessThanOrEqual(lines[endLine! - 1]!.length)
          expect(startLine < endLine! || startColumn < endColumn!).toBe(true)
        }
      }
    }))
  })
})
