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
        finding(spanOf(ignore, '*.lgo'), { path: 'docker/.dockerignore', severity: 'error' }),
        finding({ start: 5, end: 9 }, { path: 'unknown', severity: 'info' }),
      ],
    },
    { path: 'clean/Dockerfile', text: '', findings: [] },
  ])
  const some = { rule: 'some-rule', message: 'Something.', related: [], cost: null, fix: null }
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
          fix: { title: 'Copy the manifests first', safety: 'suggested', edits: [{ start: 14, end: 14, text: 'COPY package.json ./\r\n' }] },
        }],
      },
      { path: 'docker/.dockerignore', findings: [{ ...some, severity: 'error', line: 2, column: 1, endLine: 2, endColumn: 6 }] },
      { path: 'unknown', findings: [{ ...some, severity: 'info', line: 1, column: 1, endLine: 1, endColumn: 1 }] },
      { path: 'clean/Dockerfile', findings: [] },
    ],
    summary: { files: 2, errors: 1, warnings: 1, infos: 1, fixable: 1 },
  })
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
