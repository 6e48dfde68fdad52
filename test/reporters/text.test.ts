import fc from 'fast-check'
import { expect, test } from 'vitest'
import { reporters, type Applied, type Style } from '../../src/reporters/index.ts'
import type { Finding, Fix } from '../../src/rule.ts'
import { anyResult, dockerfileWith, finding, plain, rawControl, resultOf, spanOf } from './result.ts'

const shown = (text: string, found: Partial<Finding> & Pick<Finding, 'span'>, style: Partial<Style> = {}): readonly string[] =>
  reporters.text(dockerfileWith(text, finding(found.span, found)), { ...plain, ...style }).split('\n')
/** The code frame alone. */
const frameOf = (...given: Parameters<typeof shown>): readonly string[] => shown(...given).filter(line => /^ {4,}(\d+ [│|]|[│|]|[⋮:])/.test(line))

const app = 'FROM node:22\n\nLABEL a=b\n\nARG X\nWORKDIR /app\nCOPY . .\nRUN npm ci\nCMD ["node", "."]\n'

test('looks as product.md shows it', () => {
  const found = finding(spanOf(app, 'COPY . .'), {
    rule: 'copy-source-before-install', path: 'docker/Dockerfile',
    message: 'COPY . . comes before npm ci (line 8), which re-runs when any of 412 context files changes.\nIt needs package.json and package-lock.json.\nhistory: executed in 87 of the last 100 commits; would be 4 with the fix (about 41 min saved)',
    related: [{ span: spanOf(app, 'npm ci'), message: 'dependencies are installed here' }],
    fix: { title: 'Copy the manifests first', safety: 'suggested', assumes: 'npm ci needs nothing else', edits: [] },
  })
  const other = finding(spanOf(app, 'FROM'), { severity: 'error', path: 'docker/Dockerfile', fix: { title: 'COPY less', safety: 'safe', edits: [] } })
  const result = resultOf([{ path: 'docker/Dockerfile', text: app, findings: [found, other] }, { path: 'b', text: app, findings: [finding(spanOf(app, 'ARG X'), { severity: 'info', path: 'b', noFix: 'nobody knows whether X is used' })] }, { path: 'c', text: '', findings: [] }])
  expect(reporters.text(result, plain)).toBe(`docker/Dockerfile
  7:1  warning  COPY . . comes before npm ci (line 8), which re-runs when any of 412 context files changes.   copy-source-before-install
       It needs package.json and package-lock.json.
       history: executed in 87 of the last 100 commits; would be 4 with the fix (about 41 min saved)

    6 │ WORKDIR /app
    7 │ COPY . .
      │ ^^^^^^^^
    8 │ RUN npm ci
      │     ------ dependencies are installed here
       fix available: copy the manifests first (--fix --unsafe)
       assumes npm ci needs nothing else

  1:1  error  Something.   some-rule

    1 │ FROM node:22
      │ ^^^^
       fix available: COPY less (--fix)

b
  5:1  info  Something.   some-rule

    5 │ ARG X
      │ ^^^^^
       no fix: nobody knows whether X is used

3 problems (1 error, 1 warning, 1 info) in 2 of 3 files
1 fixable with --fix, 1 more with --fix --unsafe
`)
})

test.each([[0, 'no problems in 0 files'], [1, 'no problems in 1 file'], [10, 'no problems in 10 files']])('without findings in %i files', (count, line) => {
  expect(reporters.text(resultOf(Array.from({ length: count }, (_, index) => ({ path: `${index}`, text: '', findings: [] }))), plain)).toBe(`${line}\n`)
})

test('what was fixed stands under its file, and what it took for granted below', () => {
  const applied = (title: string, rest: Partial<Fix> = {}): Applied => ({ rule: 'some-rule', message: 'Something.', fix: { title, safety: 'safe', edits: [], ...rest } })
  const files = [
    { path: 'a', text: app, findings: [finding(spanOf(app, 'ARG X'), { path: 'a' })], applied: [applied('Merge it', { drops: ['/var/cache/**', '/tmp/\x1b'] }), applied('COPY less'), applied('COPY less')] },
    { path: 'b', text: app, findings: [], applied: ['nobody needs it', 'y is free', 'nobody needs it'].map(assumes => applied('Drop it', { safety: 'suggested', assumes, drops: ['/x'] })) },
    { path: 'c', text: app, findings: [], applied: [] },
  ]
  const changed = ['a', 'b'].map(path => ({ path, before: '', text: app }))
  const told = (isDryRun: boolean): string => reporters.text({ ...resultOf(files), fixed: { isDryRun, changed } }, plain)
  expect(told(false)).toBe(`a
  fixed: merge it (some-rule)
         drops /var/cache/**, /tmp/\\x1b
  fixed: COPY less (some-rule), 2 times

  5:1  warning  Something.   some-rule

    5 │ ARG X
      │ ^^^^^

b
  fixed: drop it (some-rule), 3 times
         assumes nobody needs it; drops /x
         assumes y is free; drops /x

1 problem (0 errors, 1 warning, 0 info) in 1 of 3 files
fixed 6 of 7 problems in 2 files
`)
  expect(told(true)).toContain('\nwould fix 6 of 7 problems in 2 files\n')
})

test.each([[['safe', 'safe'], '2 fixable with --fix'], [['suggested'], '1 fixable with --fix --unsafe'], [['safe', 'suggested', 'suggested'], '1 fixable with --fix, 2 more with --fix --unsafe']] as const)('of fixes %j it says "%s"', (safeties, line) => {
  const found = safeties.map(safety => finding({ start: 0, end: 4 }, { fix: { title: 'Do it', safety, edits: [] } }))
  expect(reporters.text(dockerfileWith(app, ...found), plain).split('\n').at(-2)).toBe(line)
})

test('one file needs no "of"', () => {
  expect(shown(app, { span: { start: 0, end: 4 } }).at(-2)).toBe('1 problem (0 errors, 1 warning, 0 info) in 1 file')
})

test.each([
  [{ seconds: 27.4, bytes: 0 }, 'typical cost: about 27 s each time'],
  [{ seconds: 200, bytes: 60_400_000 }, 'typical cost: about 3 min each time'],
])('a cost %j is told', (cost, line) => expect(shown(app, { span: { start: 0, end: 4 }, cost })[2]).toBe(`       ${line}`))
test.each([{ seconds: 0.4, bytes: 60_000_000 }, { seconds: NaN, bytes: -1 }, { seconds: Infinity, bytes: 0 }])('a cost %j is not', cost => {
  expect(shown(app, { span: { start: 0, end: 4 }, cost }).join('\n')).not.toContain('typical cost')
})
test('of many findings those that cost most are named last', () => {
  const at = (seconds: number, bytes = 0): Finding => finding({ start: 0, end: 4 }, { cost: { seconds, bytes } })
  const lastLine = (...found: readonly Finding[]): string => reporters.text(resultOf([{ path: 'Dockerfile', text: app, findings: found }]), plain).split('\n').at(-2)!
  expect(lastLine(at(1), at(9), at(0), at(7), at(0, 160_000_000), at(2))).toBe('most to gain: Dockerfile:1 (about 9 s each time), Dockerfile:1 (about 160 MB in the image), Dockerfile:1 (about 7 s each time)')
  expect(lastLine(at(1), at(9), at(9), at(7), at(9), at(2))).toBe('most to gain: Dockerfile:1 (about 9 s each time), Dockerfile:1 (about 7 s each time), Dockerfile:1 (about 2 s each time)')
  expect(lastLine(at(9), at(9), at(9), at(9), at(9), at(9))).toMatch(/^6 problems/)
  expect(lastLine(at(1), at(9), at(0), at(7), at(2))).toMatch(/^5 problems/)
  expect(lastLine(at(0), at(0), at(0), at(0), at(0), at(2))).toMatch(/^6 problems/)
})

test('far places are both shown, with a gap between', () => {
  expect(frameOf(app, { span: spanOf(app, 'CMD ["node", "."]'), related: [{ span: spanOf(app, 'LABEL a=b\n'), message: 'set here' }] })).toEqual([
    '    3 │ LABEL a=b',
    '      │ --------- set here',
    '    ⋮',
    '    8 │ RUN npm ci',
    '    9 │ CMD ["node", "."]',
    '      │ ^^^^^^^^^^^^^^^^^',
  ])
})

test('a long instruction is shown from its start, blanks and blank lines not underlined', () => {
  const text = 'FROM a\nRUN a \\\n\n    b \\\n  c \\\n d\n'
  expect(frameOf(text, { span: { start: 7, end: text.length - 1 } })).toEqual([
    '    1 │ FROM a', '    2 │ RUN a \\', '      │ ^^^^^^^', '    ⋮', '    4 │     b \\', '      │     ^^^', '    ⋮',
  ])
})

test('places on one line get a row each', () => {
  const text = 'RUN apt-get update && apt-get install x\n'
  expect(frameOf(text, { span: spanOf(text, 'apt-get install x'), related: [{ span: spanOf(text, 'apt-get update'), message: 'first' }, { span: spanOf(text, 'RUN'), message: '' }] })).toEqual([
    '    1 │ RUN apt-get update && apt-get install x',
    '      │                       ^^^^^^^^^^^^^^^^^',
    '      │     -------------- first',
    '      │ ---',
  ])
})

test('at most eight related places are shown, and the rest is counted', () => {
  const text = 'RUN x\n'.repeat(30)
  const related = Array.from({ length: 10 }, (_, index) => ({ span: { start: 6 * index, end: 6 * index + 3 }, message: 'again' }))
  const rows = frameOf(text, { span: { start: 0, end: 3 }, related })
  expect(rows.filter(row => row.includes('--- again'))).toHaveLength(8)
  expect(rows.at(-1)).toBe('      │ --- again (and 2 more places)')
})

test('marks stay under their code behind tabs, control characters and pairs', () => {
  const text = '\tRUN\t\x1b[1m😀字 target\r\n'
  expect(frameOf(text, { span: spanOf(text, 'target') })).toEqual([
    '    1 │     RUN \\x1b[1m😀字 target',
    '      │                   ^^^^^^',
  ])
})

test('long lines are cut around each place', () => {
  const text = `RUN ${'a'.repeat(200)} target ${'b'.repeat(5000)} end\n`
  const rows = frameOf(text, { span: spanOf(text, 'target'), related: [{ span: spanOf(text, 'end'), message: 'there' }, { span: spanOf(text, 'RUN'), message: 'start' }] }, { width: 68 })
  expect(rows).toEqual([
    `    1 │ …${'a'.repeat(13)} target ${'b'.repeat(37)}…`,
    '      │                ^^^^^^',
    `    1 │ …${'b'.repeat(13)} end`,
    '      │                --- there',
    `    1 │ RUN ${'a'.repeat(54)}…`,
    '      │ --- start',
  ])
})

test.each([
  ['the end of the file', 'FROM a\n', 7, '2:1', ['    1 │ FROM a', '    2 │', '      │ ^']],
  ['an empty file', '', 0, '1:1', ['    1 │', '      │ ^']],
  ['a line end', 'FROM a\r\n', 7, '1:8', ['    1 │ FROM a', '      │       ^']],
])('an empty span at %s gets one mark', (_, text, at, place, rows) => {
  expect(shown(text, { span: { start: at, end: at } })[1]).toContain(`  ${place}  warning`)
  expect(frameOf(text, { span: { start: at, end: at } })).toEqual(rows)
})

test('line numbers are aligned', () => {
  const text = 'RUN x\n'.repeat(10)
  expect(frameOf(text, { span: { start: 54, end: 57 } })).toEqual(['     9 │ RUN x', '    10 │ RUN x', '       │ ^^^'])
})

test('a finding in the ignore file is shown under its path', () => {
  const ignore = 'node_modules\n*.lgo\n'
  const found = finding(spanOf(ignore, '*.lgo'), { path: '.dockerignore', message: '*.lgo matches nothing.' })
  const lost = finding({ start: 3, end: 4 }, { path: 'a/.dockerignore', fix: { title: 'Delete it', safety: 'safe', edits: [] } })
  expect(reporters.text(resultOf([{ path: 'Dockerfile', text: app, ignoreFile: { path: '.dockerignore', text: ignore }, findings: [found, lost] }]), plain)).toBe(`.dockerignore
  2:1  warning  *.lgo matches nothing.   some-rule

    1 │ node_modules
    2 │ *.lgo
      │ ^^^^^

a/.dockerignore
  warning  Something.   some-rule
  fix available: delete it (--fix)

2 problems (0 errors, 2 warnings, 0 info) in 1 file
1 fixable with --fix
`)
})

test('ASCII, colour and links only where asked for', () => {
  const text = 'FROM a\nRUN b\nRUN c\n'
  const found = { span: spanOf(text, 'RUN c'), related: [{ span: spanOf(text, 'FROM a'), message: 'base' }] }
  expect(frameOf(text, found, { ascii: true })).toEqual(['    1 | FROM a', '      | ------ base', '    2 | RUN b', '    3 | RUN c', '      | ^^^^^'])
  const coloured = shown(text, found, { color: true }).join('\n')
  expect(coloured).toContain('\x1b[33mwarning\x1b[0m  Something.   \x1b[2msome-rule\x1b[0m')
  expect(coloured.replace(/\x1b\[\d+m/g, '')).toBe(shown(text, found).join('\n'))
  expect(shown(text, found, { links: true })[1]).toContain('\x1b]8;;https://example.com/rules#some-rule\x1b\\some-rule\x1b]8;;\x1b\\')
})

test('no input throws or reaches the terminal raw', () => {
  fc.assert(fc.property(anyResult, fc.boolean(), fc.integer({ min: 0, max: 200 }), (result, color, width) => {
    const written = reporters.text(result, { ...plain, color, width })
    expect(written.replace(/\x1b\[\d+m/g, '')).not.toMatch(rawControl)
  }))
})

test('marks never stand outside the line above them by more than one column', () => {
  fc.assert(fc.property(anyResult, result => {
    const rows = reporters.text(result, { ...plain, width: 80 }).split('\n')
    rows.forEach((row, index) => {
      if (!/^ +│ +\^+$/.test(row)) return
      const code = rows.slice(0, index).findLast(line => /^ +\d+ │/.test(line))!
      expect(row.length).toBeLessThanOrEqual(Math.max([...code].length + 1, row.indexOf('│') + 3))
    })
  }))
})
