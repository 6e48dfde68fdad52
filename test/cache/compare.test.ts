import { describe, expect, it } from 'vitest'
import { compare, type BuildInput, type Cause, type StepVerdict } from '../../src/cache/compare.ts'
import { UsageError } from '../../src/errors.ts'

type Change = Partial<BuildInput> & { readonly from?: Partial<BuildInput> }
/** `text` builds before; `change` says what differs after, `from` what else both have. */
function between(text: string, { from, ...change }: Change): StepVerdict[] {
  const before: BuildInput = { dockerfile: text, files: { a: '1', b: '1', 'd/x': '1', 'd/y': '1' }, ...from }
  return compare(before, { ...before, ...change })
}
const causes = (text: string, change: Change): readonly (Cause | null)[] => between(text, change).map(verdict => verdict.because ?? null)
const files = (changed: Record<string, string>): NonNullable<BuildInput['files']> => ({ a: '1', b: '1', 'd/x': '1', 'd/y': '1', ...changed })

const RUNS = 'FROM busybox\nRUN one\nRUN two\n'
const TWO = 'FROM busybox AS s\nCOPY a /a\nFROM busybox\nCOPY --from=s /a /z\nRUN end\n'
const WRITTEN = 'FROM busybox AS s\nCOPY a /a\nRUN make\nFROM busybox\nCOPY --from=s /out /out\nRUN end\n'

describe('compare() says why', () => {
  const table: readonly (readonly [string, string, Change, readonly (Cause | null)[]])[] = [
    ['nothing for what is cached', RUNS, {}, [null, null]],
    ['the text of the instruction', RUNS, { dockerfile: 'FROM busybox\nRUN one\nRUN 2\n' }, [null, { kind: 'instruction' }]],
    ['the step below', RUNS, { dockerfile: 'FROM busybox\nRUN 1\nRUN two\n' }, [{ kind: 'instruction' }, { kind: 'step', line: 2, stage: '0' }]],
    ['a new step', RUNS, { dockerfile: RUNS + 'COPY a /a\n' }, [null, null, { kind: 'instruction' }]],
    ['a flag', 'FROM busybox\nCOPY a /a\n', { dockerfile: 'FROM busybox\nCOPY --chmod=600 a /a\n' }, [{ kind: 'instruction' }]],
    ['the body of a here-document', 'FROM busybox\nCOPY <<E /a\n1\nE\n', { dockerfile: 'FROM busybox\nCOPY <<E /a\n2\nE\n' }, [{ kind: 'instruction' }]],

    ['a file', 'FROM busybox\nCOPY a b /x/\n', { files: files({ b: '2' }) }, [{ kind: 'files', paths: ['b'] }]],
    ['files below a folder', 'FROM busybox\nCOPY d /x/\n', { files: files({ 'd/y': '2', 'd/n/z': '1' }) }, [{ kind: 'files', paths: ['d/n/z', 'd/y'] }]],
    ['a file that is gone', 'FROM busybox\nCOPY d /x/\n', { files: { 'd/x': '1' } }, [{ kind: 'files', paths: ['d/y'] }]],
    ['a new match', 'FROM busybox\nCOPY *.txt /x/\n', { files: files({ 'n.txt': '1' }) }, [{ kind: 'files', paths: ['n.txt'] }]],
    ['a mounted file', 'FROM busybox\nRUN --mount=source=a,target=/a cat /a\n', { files: files({ a: '2' }) }, [{ kind: 'files', paths: ['a'] }]],
    ['the Dockerfile as a file', 'FROM busybox\nCOPY . /x/\n', { dockerfile: '# c\nFROM busybox\nCOPY . /x/\n' }, [{ kind: 'files', paths: ['Dockerfile'] }]],
    ['a file of a named context', 'FROM busybox\nCOPY --from=c /f /f\n', { from: { contexts: { c: { files: { f: '1' } } } }, contexts: { c: { files: { f: '2' } } } }, [{ kind: 'files', paths: ['f'] }]],

    ['an argument', 'FROM busybox\nARG V\nRUN one\n', { from: { buildArgs: { V: '1' } }, buildArgs: { V: '2' } }, [{ kind: 'variable', name: 'V' }]],
    ['an argument that is not passed any more', 'FROM busybox\nARG V\nRUN one\n', { from: { buildArgs: { V: '1' } }, buildArgs: {} }, [{ kind: 'variable', name: 'V' }]],
    ['a variable', 'FROM busybox\nENV A=1\nRUN one\n', { dockerfile: 'FROM busybox\nENV A=2\nRUN one\n' }, [{ kind: 'variable', name: 'A' }]],
    ['the order of variables', 'FROM busybox\nENV A=1\nENV B=1\nRUN one\n', { dockerfile: 'FROM busybox\nENV B=1\nENV A=1\nRUN one\n' }, [{ kind: 'variable', name: 'B' }]],
    ['a variable in a source', 'FROM busybox\nARG F=a\nCOPY $F /f\n', { buildArgs: { F: 'b' } }, [{ kind: 'variable', name: 'F' }]],
    ['a variable in WORKDIR', 'FROM busybox\nARG D=/x\nWORKDIR $D\n', { buildArgs: { D: '/y' } }, [{ kind: 'variable', name: 'D' }]],
    ['the time stamp of WORKDIR', 'FROM busybox\nWORKDIR /x\n', { buildArgs: { SOURCE_DATE_EPOCH: '1' } }, [{ kind: 'variable', name: 'SOURCE_DATE_EPOCH' }]],
    ['a variable of the base image', 'FROM i\nRUN one\n', { from: { images: { i: { config: ['ENV A=1'] } } }, images: { i: { config: ['ENV A=2'] } } }, [{ kind: 'variable', name: 'A' }]],

    ['the step that is copied from', TWO, { files: files({ a: '2' }) }, [{ kind: 'files', paths: ['a'] }, { kind: 'step', line: 2, stage: 's' }, { kind: 'step', line: 4, stage: '1' }]],
    ['the step that is mounted from', 'FROM busybox AS s\nCOPY a /a\nFROM busybox\nRUN --mount=from=s,source=/a,target=/m cat /m\n', { files: files({ a: '2' }) }, [{ kind: 'files', paths: ['a'] }, { kind: 'step', line: 2, stage: 's' }]],
    ['the base image', 'FROM i\nRUN one\nRUN two\n', { from: { images: { i: { files: { v: '1' } } } }, images: { i: { files: { v: '2' } } } }, [{ kind: 'image', ref: 'i' }, { kind: 'step', line: 2, stage: '0' }]],
    ['an image that is copied from', 'FROM busybox\nCOPY --from=i /v /v\n', { from: { images: { i: { files: { v: '1' } } } }, images: { i: { files: { v: '2' } } } }, [{ kind: 'image', ref: 'i' }]],
    ['an address', 'FROM busybox\nADD https://x.test/1/f /f\n', { dockerfile: 'FROM busybox\nADD https://x.test/2/f /f\n' }, [{ kind: 'remote', url: 'https://x.test/2/f' }]],

    ['--no-cache', RUNS, { options: { noCache: true } }, [{ kind: 'option', name: 'no-cache' }, { kind: 'option', name: 'no-cache' }]],
    ['--no-cache-filter', 'FROM busybox AS s\nRUN one\nFROM s\nRUN two\n', { options: { noCacheFilter: ['S'] } }, [{ kind: 'option', name: 'no-cache-filter' }, { kind: 'step', line: 2, stage: 's' }]],
    ['a flag of the build', RUNS, { options: { flags: ['--ulimit=nofile=9'] } }, [{ kind: 'option', name: 'ulimit' }, { kind: 'step', line: 2, stage: '0' }]],
    ['the platform', RUNS, { platform: 'linux/arm64' }, [{ kind: 'option', name: 'platform' }, { kind: 'step', line: 2, stage: '0' }]],
    ['a folder used as base image', 'FROM c\nCOPY a /a\n', { from: { contexts: { c: { files: {} } } } }, [{ kind: 'option', name: 'build-context' }]],
  ]
  it.each(table)('%s', (_, text, change, expected) => expect(causes(text, change)).toEqual(expected))

  it('a base image that comes up through linked copies', () => {
    const change = { from: { images: { i: { files: { v: '1' } } } }, images: { i: { files: { v: '2' } } } }
    expect(causes('FROM i\nCOPY --link a /a\nCOPY --link b /b\nRUN end\n', change)).toEqual([null, null, { kind: 'image', ref: 'i' }])
  })
  it('what a linked copy brought, to what stands on it', () => {
    expect(causes('FROM busybox\nCOPY --link a /a\nCOPY --link b /b\nRUN end\n', { files: files({ a: '2' }) })).toEqual([{ kind: 'files', paths: ['a'] }, null, { kind: 'step', line: 2, stage: '0' }])
  })
})

describe('compare() says when nobody can know', () => {
  it('what a RUN writes the next time', () => {
    const verdicts = between(WRITTEN, { files: files({ a: '2' }) })
    expect(verdicts.map(({ state, certain }) => [state, certain])).toEqual([['executed', true], ['executed', true], ['executed', false], ['executed', false]])
    expect(verdicts[2]!.because).toEqual({ kind: 'output', line: 3, stage: 's' })
    expect(verdicts[3]!.because).toEqual({ kind: 'step', line: 5, stage: '1' })
  })
  it('what a RUN wrote to another path', () => {
    expect(between(WRITTEN, { dockerfile: WRITTEN.replace('=s /out', '=s /new/out') })[2]).toMatchObject({ state: 'executed', certain: false, because: { kind: 'output', line: 3 } })
  })
  it('a change that the engine is known to overlook', () => {
    const verdicts = between('FROM busybox\nCOPY d /d\n', { files: { 'd/x': '1', 'd/y': '1', d: { dir: true, mode: '0700' } } })
    expect(verdicts).toMatchObject([{ state: 'executed', certain: false, because: { kind: 'engine' } }])
  })
  it('but not a file that a COPY put there', () => {
    const text = 'FROM busybox AS s\nRUN make\nCOPY a /out\nFROM busybox\nCOPY --from=s /out /out\n'
    expect(between(text, { dockerfile: text.replace('make', 'make all') }).map(({ state, certain }) => [state, certain])).toEqual([['executed', true], ['executed', true], ['cached', true]])
    expect(between(text, { files: files({ a: '2' }) })[2]).toMatchObject({ state: 'executed', certain: true })
  })
})

describe('compare() refuses', () => {
  it.each([
    ['a syntax error', { dockerfile: 'FROM busybox\nRUNN x\n' }],
    ['a syntax error that variables bring', { dockerfile: 'FROM busybox\nARG V\nCOPY ${V:?is needed} /x\n' }],
    ['an unknown target', { dockerfile: RUNS, target: 'nope' }],
  ])('%s', (_, input: BuildInput) => {
    expect(() => compare(input, { dockerfile: RUNS })).toThrow(UsageError)
    expect(() => compare({ dockerfile: RUNS }, input)).toThrow(UsageError)
  })
  it('and names file and line', () => {
    expect(() => compare({ dockerfile: RUNS }, { dockerfile: 'FROM busybox\n\nRUNN x\n', options: { file: 'ci/Dockerfile' } })).toThrow(/^ci\/Dockerfile:3: /)
  })
})

describe('compare() reports', () => {
  it('stages that the target does not need', () => {
    expect(between(TWO, { target: 's' }).map(({ line, stage, state }) => [line, stage, state])).toEqual([[2, 's', 'cached'], [4, '1', 'not-built'], [5, '1', 'not-built']])
  })
  it('triggers at the FROM that pulled them in', () => {
    const text = 'FROM busybox AS p\nONBUILD RUN one\nFROM p\nRUN two\n'
    expect(between(text, {}).map(({ line, instruction }) => [line, instruction])).toEqual([[3, 'ONBUILD RUN one'], [4, 'RUN two']])
  })
  it('a result of a build that ran without the cache', () => {
    expect(between(RUNS, { from: { options: { noCache: true } }, options: {} }).map(({ state }) => state)).toEqual(['cached', 'cached'])
  })
})
