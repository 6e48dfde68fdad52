import fc from 'fast-check'
import { expect, test } from 'vitest'
import { reporters } from '../../src/reporters/index.ts'
import { anyResult, finding, plain, rawControl, resultOf, spanOf } from './result.ts'

const text = 'FROM node:22\r\nCOPY . .\r\nRUN npm ci\r\n'
const ignore = 'a\n*.lgo\n'

test('has the shape that integrations.md 1.10 promises', () => {
  const result = resultOf([
    {
      path: 'docker/Dockerfile', text, ignoreFile: { path: 'docker/.dockerignore', text: ignore },
      findings: [
        finding(spanOf(text, 'COPY . .\r\nRUN'), {
          rule: 'copy-source-before-install', path: 'docker/Dockerfile', message: 'COPY . . comes before npm ci.\nMore.', cost: { seconds: 12.5, bytes: 1000 },
          related: [{ span: spanOf(text, 'npm ci'), message: 'installed here' }],
          fix: { title: 'Copy the manifests first', safety: 'suggested', edits: [{ span: { start: 14, end: 14 }, text: 'COPY package.json ./\r\n' }] },
        }),
        finding({ start: 0, end: 4 }, {
          path: 'docker/Dockerfile', fix: { title: 'Ignore more', safety: 'suggested', assumes: 'nobody needs it', drops: ['/x'], edits: [], ignoreEdits: [{ span: { start: 0, end: 1 }, text: 'b' }], ignoreLines: ['c'] },
        }),
        finding(spanOf(ignore, '*.lgo'), { path: 'docker/.dockerignore', severity: 'error', noFix: 'it is not ours' }),
        finding({ start: 5, end: 9 }, { path: 'unknown', severity: 'info' }),
      ],
    },
    { path: 'clean/Dockerfile', text: '', findings: [] },
  ])
  const some = { rule: 'some-rule', message: 'Something.', related: [], cost: null, fix: null, noFix: null }
  expect(JSON.parse(reporters.json(result, plain))).toStrictEqual({
    schemaVersion: 1,
    tool: { name: 'cachemiss', version: '1.2.3' },
    files: [
      {
        path: 'docker/Dockerfile',
        findings: [{
          rule: 'copy-source-before-install', severity: 'warning', message: 'COPY . . comes before npm ci.\nMore.',
          line: 2, column: 1, endLine: 3, endColumn: 4,
          related: [{ message: 'installed here', line: 3, column: 5, endLine: 3, endColumn: 11 }],
          cost: { seconds: 12.5, bytes: 1000 },
          fix: { title: 'Copy the manifests first', safety: 'suggested', assumes: null, drops: [], edits: [{ start: 14, end: 14, text: 'COPY package.json ./\r\n' }], ignoreEdits: [], ignoreLines: [] },
          noFix: null,
        }, {
          ...some, severity: 'warning', line: 1, column: 1, endLine: 1, endColumn: 5,
          fix: { title: 'Ignore more', safety: 'suggested', assumes: 'nobody needs it', drops: ['/x'], edits: [], ignoreEdits: [{ start: 0, end: 1, text: 'b' }], ignoreLines: ['c'] },
        }],
      },
      { path: 'docker/.dockerignore', findings: [{ ...some, severity: 'error', noFix: 'it is not ours', line: 2, column: 1, endLine: 2, endColumn: 6 }] },
      { path: 'unknown', findings: [{ ...some, severity: 'info', line: 1, column: 1, endLine: 1, endColumn: 1 }] },
      { path: 'clean/Dockerfile', findings: [] },
    ],
    summary: { files: 2, errors: 1, warnings: 2, infos: 1, fixable: 2 },
  })
})

test('says what was fixed, and what a file would be where nothing was written', () => {
  const fix = { title: 'Do it', safety: 'suggested', assumes: 'all is well', edits: [{ span: { start: 0, end: 0 }, text: 'x' }] } as const
  const files = [{ path: 'a', text, findings: [], applied: [{ rule: 'some-rule', message: 'Something.', fix }] }, { path: 'b', text, findings: [], applied: [] }]
  const changed = [{ path: 'a', before: '', text }, { path: '.dockerignore', before: null, text: ignore }]
  const of = (isDryRun: boolean): unknown => JSON.parse(reporters.json({ ...resultOf(files), fixed: { isDryRun, changed } }, plain))
  const applied = [{ rule: 'some-rule', message: 'Something.', title: 'Do it', safety: 'suggested', assumes: 'all is well', drops: [] }]
  expect(of(true)).toMatchObject({ summary: { fixed: 1 } })
  expect(of(true)).toHaveProperty('files', [{ path: 'a', findings: [], applied, output: text }, { path: 'b', findings: [], applied: [], output: null }, { path: '.dockerignore', findings: [], applied: [], output: ignore }])
  expect(of(false)).toHaveProperty('files', [{ path: 'a', findings: [], applied }, { path: 'b', findings: [], applied: [] }, { path: '.dockerignore', findings: [], applied: [] }])
})

test('findings in an ignore file that two Dockerfiles share stand under one path', () => {
  const shared = { path: '.dockerignore', text: ignore }
  const file = (path: string) => ({ path, text, ignoreFile: shared, findings: [finding(spanOf(ignore, '*.lgo'), { path: shared.path })] })
  const { files } = JSON.parse(reporters.json(resultOf([file('a'), file('b')]), plain))
  expect(files.map(({ path, findings }: { path: string; findings: unknown[] }) => [path, findings.length])).toEqual([['a', 0], ['.dockerignore', 2], ['b', 0]])
})

test('any result is JSON without raw control characters', () => {
  fc.assert(fc.property(anyResult, result => {
    const written = reporters.json(result, plain)
    expect(written).not.toMatch(rawControl)
    expect(JSON.parse(written).files.flatMap((file: { findings: unknown[] }) => file.findings)).toHaveLength(result.files.flatMap(file => file.findings).length)
  }))
})
