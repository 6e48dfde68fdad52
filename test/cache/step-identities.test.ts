import { expect, it } from 'vitest'
import { stepIdentities } from '../../src/cache/rebuild.ts'
import { toBuild } from '../../src/model/to-build.ts'
import { parse } from '../../src/syntax/parse.ts'

/** For each RUN of the file, in order, the place of the first one that is the same step. */
function ids(text: string): readonly number[] {
  const build = toBuild(parse(text), { path: 'Dockerfile' })
  const known = stepIdentities(build)
  const names = build.stages.flatMap(({ steps }) => steps).filter(({ kind }) => kind === 'run').map(step => known.get(step) ?? null)
  return names.map(name => names.indexOf(name))
}
const two = (first: string, second: string): string => `FROM a AS one\n${first}RUN apk add b\nFROM a\n${second}RUN apk add b\nCOPY --from=one / /one\n`

it.each<readonly [string, string, string, readonly number[]]>([
  ['equal down to the base image', '', '', [0, 0]],
  ['the same folder below', 'WORKDIR /x\n', 'WORKDIR /x\n', [0, 0]],
  ['a label below, which is in no key', 'LABEL a=b\n', '', [0, 0]],
  ['a folder below', 'WORKDIR /x\n', '', [0, 1]],
  ['a variable below', 'ENV A=1\n', '', [0, 1]],
  ['a copy below', 'COPY x /x\n', '', [0, 1]],
])('%s', (_, first, second, expected) => expect(ids(two(first, second))).toEqual(expected))

it('knows no step of a file that the engine would refuse', () => {
  expect(stepIdentities(toBuild(parse('FROM a\nRUN b\nCOPY x\n'), { path: 'Dockerfile' })).size).toBe(0)
})
