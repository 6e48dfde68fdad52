import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compare, type BuildInput } from '../../src/cache/compare.ts'
import { contextFilesOf, contextReadersBelow } from '../../src/cache/context-reads.ts'
import { rebuild } from '../../src/cache/rebuild.ts'
import { toBuild } from '../../src/model/to-build.ts'
import { parse } from '../../src/syntax/parse.ts'
import { dockerfile } from '../support/dockerfile.ts'
import type { Build, FileEntry } from '../../src/model/build.ts'

const paths = ['package.json', 'src/a.js', 'src/lib/b.js', 'docs/x.md', 'README.md']
const listed: readonly FileEntry[] = paths.map(path => ({ path, size: 1, mode: 0o644 }))
const build = (text: string, ignore?: string): Build => toBuild(parse(text), {
  path: 'Dockerfile', context: { list: () => listed, read: () => null }, ...(ignore === undefined ? {} : { ignoreFile: { path: '.dockerignore', text: ignore } }),
})
const lines = (of: Build, change: Parameters<typeof rebuild>[1]): readonly string[] => [...rebuild(of, change).reran.keys()].map(step => step.text)

const node = dockerfile`FROM node:22 AS build
                        WORKDIR /app
                        COPY package.json ./
                        RUN npm install
                        ARG REVISION
                        COPY src src
                        RUN npm run build
                        FROM nginx:1.29
                        COPY --from=build /app/dist /usr/share/nginx/html`

describe('rebuild()', () => {
  it('says what one file re-runs', () => {
    expect(lines(build(node), { kind: 'files', paths: ['src/a.js'] })).toEqual(['COPY src src', 'RUN npm run build', 'COPY --from=build /app/dist /usr/share/nginx/html'])
    expect(lines(build(node), { kind: 'files', paths: ['README.md'] })).toEqual([])
  })
  it('says what a build argument re-runs', () => {
    expect(lines(build(node), { kind: 'arg', name: 'REVISION' })).toEqual(['RUN npm run build', 'COPY --from=build /app/dist /usr/share/nginx/html'])
  })
  it('says what a new base image re-runs', () => {
    expect(lines(build(node), { kind: 'image', ref: 'nginx:1.29' })).toEqual(['COPY --from=build /app/dist /usr/share/nginx/html'])
  })
  it('knows files that nobody listed', () => {
    const unknown = toBuild(parse(node), { path: 'Dockerfile' })
    expect(lines(unknown, { kind: 'files', paths: ['src/new.js'] })[0]).toBe('COPY src src')
  })
  it('runs nothing in a file that the engine would refuse', () => {
    expect(lines(build('FROM a\nCOPY --from=0 . .\nARG COMMIT\nRUN npm ci\n'), { kind: 'arg', name: 'COMMIT' })).toEqual([])
  })
  it('refuses a target that the file does not have', () => {
    expect(() => rebuild(build(node), { kind: 'arg', name: 'A' }, 'test')).toThrow(/no stage "test"/)
  })
})

const source = fc.constantFrom('.', 'src', 'src/', 'package.json', '*.md', 'src/*', 'docs', './src/lib', '**')
const step = fc.oneof(
  fc.tuple(source, fc.constantFrom('./', '/x/')).map(([from, to]) => `COPY ${from} ${to}`),
  source.map(from => `RUN --mount=type=bind,source=${from.replace(/[*]/g, '')},target=/m cat /m`),
  fc.constantFrom('RUN npm ci', 'WORKDIR /app', 'ENV A=1', 'COPY --exclude=*.md . ./'),
)
const files = fc.array(step, { minLength: 1, maxLength: 6 }).map(steps => ['FROM node:22', ...steps, ''].join('\n'))
const ignores = fc.constantFrom(undefined, 'docs\n', '**/*.md\n', '*\n!src\n')

describe('what rules ask agrees with compare()', () => {
  it('for every single file and every step of one stage', () => {
    fc.assert(fc.property(files, ignores, (text, ignore) => {
      const model = build(text, ignore)
      const input = (changed: string | null): BuildInput => ({
        dockerfile: text, options: { file: 'elsewhere' }, files: Object.fromEntries(paths.map(path => [path, { hash: path === changed ? 'new' : path }])), ...(ignore === undefined ? {} : { dockerignore: ignore }),
      })
      for (const path of paths) {
        const verdicts = compare(input(null), input(path)).filter(verdict => verdict.state === 'executed').map(verdict => verdict.line)
        const steps = model.stages[0]!.steps
        const chained = steps.filter(entry => contextReadersBelow(entry).some(reader => (contextFilesOf(model, reader) as ReadonlySet<string>).has(path)))
        const reran = [...rebuild(model, { kind: 'files', paths: [path] }).reran.keys()]
        expect(chained).toEqual(reran)
        expect(chained.map(entry => text.slice(0, entry.span.start).split('\n').length)).toEqual(verdicts)
      }
    }), { numRuns: 60 })
  })
})
