// `rdjson` as reviewdog's proto has it; its suggestions are applied here as code hosts do: whole lines replaced.
import { Ajv2020 } from 'ajv/dist/2020.js'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { reporters, type LintResult } from '../../src/reporters/index.ts'
import { utf8Length, utf8Offsets } from '../../src/reporters/utf8.ts'
import type { Fix } from '../../src/rule.ts'
import { applyEdits } from '../../src/text.ts'
import { anyResult, dockerfileWith, finding, hostilePath, hostileText, plain, resultOf, spanOf } from './result.ts'

const position = { type: 'object', required: ['line'], properties: { line: { type: 'integer', minimum: 1 }, column: { type: 'integer', minimum: 1 } }, additionalProperties: false }
const range = { type: 'object', required: ['start', 'end'], properties: { start: position, end: position }, additionalProperties: false }
const location = { type: 'object', required: ['path'], properties: { path: { type: 'string' }, range }, additionalProperties: false }
const schema = new Ajv2020({ strict: false }).compile({
  type: 'object',
  required: ['source', 'diagnostics'],
  properties: {
    source: { type: 'object', required: ['name'], properties: { name: { type: 'string' }, url: { type: 'string' } }, additionalProperties: false },
    diagnostics: { type: 'array', items: {
      type: 'object', required: ['message', 'location', 'severity', 'code'], additionalProperties: false,
      properties: {
        message: { type: 'string' }, location, severity: { enum: ['ERROR', 'WARNING', 'INFO'] },
        code: { type: 'object', required: ['value'], properties: { value: { type: 'string' }, url: { type: 'string' } }, additionalProperties: false },
        suggestions: { type: 'array', minItems: 1, items: { type: 'object', required: ['range', 'text'], properties: { range, text: { type: 'string' } }, additionalProperties: false } },
        related_locations: { type: 'array', minItems: 1, items: { type: 'object', required: ['message', 'location'], properties: { message: { type: 'string' }, location }, additionalProperties: false } },
      },
    } },
  },
  additionalProperties: false,
})

interface Place { readonly line: number; readonly column?: number }
interface Suggestion { readonly range: { readonly start: Place; readonly end: Place }; readonly text: string }
interface Diagnostic { readonly message: string; readonly location: { readonly path: string; readonly range?: Suggestion['range'] }; readonly suggestions?: readonly Suggestion[] }
function diagnostics(result: LintResult): readonly Diagnostic[] {
  const value: { readonly diagnostics: readonly Diagnostic[] } = JSON.parse(reporters.rdjson(result, plain))
  expect(schema(value) ? [] : schema.errors).toEqual([])
  return value.diagnostics
}

const text = 'FROM node:22\nRUN echo "ü😀" && x\nRUN npm ci\n'

test('a diagnostic says what, where and why', () => {
  const npm = spanOf(text, 'npm ci')
  const found = finding(spanOf(text, 'x'), { message: 'One.\nTwo.', severity: 'error', related: [{ span: npm, message: 'there' }] })
  expect(diagnostics(dockerfileWith(text, found))).toEqual([{
    message: 'One.\nTwo.', severity: 'ERROR', code: { value: 'some-rule', url: 'https://example.com/rules#some-rule' },
    location: { path: 'Dockerfile', range: { start: { line: 2, column: 22 }, end: { line: 2, column: 23 } } },
    related_locations: [{ message: 'there', location: { path: 'Dockerfile', range: { start: { line: 3, column: 5 }, end: { line: 3, column: 11 } } } }],
  }])
  expect(JSON.parse(reporters.rdjson(resultOf([]), plain))).toEqual({ source: { name: 'cachemiss' }, diagnostics: [] })
})

test('columns count bytes', () => {
  fc.assert(fc.property(hostileText, fc.nat(3000), (piece, at) => {
    const long = piece.repeat(1 + Math.floor(3000 / (piece.length || 1)))
    const offset = Math.min(at, long.length)
    const isSplit = /^[\ud800-\udbff][\udc00-\udfff]/.test(long.slice(offset - 1, offset + 1))
    if (!isSplit) expect(utf8Offsets(long)(offset)).toBe(Buffer.byteLength(long.slice(0, offset)))
    expect(utf8Length(long)).toBe(Buffer.byteLength(long))
  }))
})

describe('a suggestion', () => {
  const source = 'FROM a\nRUN b\nRUN c\n'
  const suggested = (edits: Fix['edits'], rest: Partial<Fix> = {}, of = source): readonly Suggestion[] | undefined =>
    diagnostics(dockerfileWith(of, finding({ start: 7, end: 8 }, { fix: { title: 'Do', safety: 'suggested', assumes: 'x', edits, ...rest } })))[0]!.suggestions
  const edit = (start: number, end: number, inserted: string) => ({ span: { start, end }, text: inserted })
  const lines = (start: number, end: number, replacement: string): readonly Suggestion[] => [{ range: { start: { line: start }, end: { line: end } }, text: replacement }]

  test('replaces whole lines', () => {
    expect(suggested([edit(11, 12, 'x')])).toEqual(lines(2, 2, 'RUN x'))
    expect(suggested([edit(7, 7, 'COPY x\n')])).toEqual(lines(2, 2, 'COPY x\nRUN b'))
    expect(suggested([edit(7, 13, '')])).toEqual(lines(2, 2, ''))
    expect(suggested([edit(7, 13, 'RUN x\nRUN y\n')])).toEqual(lines(2, 2, 'RUN x\nRUN y'))
    expect(suggested([edit(19, 19, 'CMD z\n')])).toEqual(lines(3, 3, 'RUN c\nCMD z'))
    expect(suggested([edit(11, 12, 'x'), edit(17, 18, 'y')])).toEqual(lines(2, 3, 'RUN x\nRUN y'))
  })

  test('tells its conditions with the message', () => {
    const [found] = diagnostics(dockerfileWith(source, finding({ start: 7, end: 8 }, { fix: { title: 'Do', safety: 'suggested', assumes: 'nobody minds', edits: [edit(11, 12, 'x')] } })))
    expect(found!.message).toBe('Something.\nfix available: do (--fix --unsafe)\nassumes nobody minds')
  })

  test('is not made of half a fix', () => {
    expect(suggested([])).toBeUndefined()
    expect(suggested([edit(11, 12, 'x')], { ignoreLines: ['y'] })).toBeUndefined()
    const far = `FROM a\nRUN b\n${'#\n'.repeat(2000)}RUN c\n`
    expect(suggested([edit(11, 12, 'x'), edit(far.length - 2, far.length - 1, 'y')], {}, far)).toBeUndefined()
    expect(suggested([edit(7, 13, '\n')])).toBeUndefined()
    const ignore = { path: '.dockerignore', text: 'a\n' }
    const inIgnore = finding({ start: 0, end: 1 }, { path: ignore.path, fix: { title: 'Do', safety: 'safe', edits: [edit(0, 1, 'x')] } })
    expect(diagnostics(resultOf([{ path: 'Dockerfile', text: source, ignoreFile: ignore, findings: [inIgnore] }]))[0]!.suggestions).toBeUndefined()
  })

  test('makes of the lines what the fix makes of them', () => {
    const ended = (of: string): string => of.replace(/(?:\r?\n)?$/, '\n')
    const pieces = fc.array(fc.constantFrom('RUN b', ' ', '\n', '\r\n', 'ü', '\\\n', '# c\n'), { maxLength: 25 }).map(all => all.join(''))
    fc.assert(fc.property(pieces, fc.nat(60), fc.nat(60), fc.constantFrom('', 'x', 'x\n', '\nx', 'x\ny\n'), (of, a, b, inserted) => {
      const [start, end] = [Math.min(a, of.length), Math.min(b, of.length)].sort((one, other) => one - other) as [number, number]
      fc.pre(start < end || inserted !== '')
      const change = edit(start, end, inserted)
      const [suggestion] = suggested([change], {}, of) ?? []
      if (!suggestion) return
      const all = of.split('\n')
      const { start: { line: first }, end: { line: last } } = suggestion.range
      expect(last).toBeLessThanOrEqual(all.length)
      const taken = [...all.slice(0, first - 1), ...suggestion.text === '' ? [] : [suggestion.text], ...all.slice(last)].join('\n')
      const made = applyEdits(of, [change])
      // The last line end may come or go, and code hosts keep those of the file.
      expect(ended(taken).replace(/\r/g, '')).toBe(ended(made).replace(/\r/g, ''))
    }), { numRuns: 1000 })
  })
})

test('carries any path, and any result is valid', () => {
  fc.assert(fc.property(hostilePath, path => {
    expect(diagnostics(resultOf([{ path, text, findings: [finding({ start: 0, end: 1 }, { path })] }]))[0]!.location.path).toBe(path)
  }))
  fc.assert(fc.property(anyResult, result => {
    expect(diagnostics(result)).toHaveLength(result.files.flatMap(({ findings }) => findings).length)
  }))
})
