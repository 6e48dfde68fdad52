import { describe, expect, it } from 'vitest'
import { commandsOf } from '../../src/facts/commands.ts'
import { boundPlaces, copiesRightBelow, isIndependent, placesOf, readsPlace } from '../../src/facts/context-places.ts'
import { openContext } from '../../src/model/context.ts'
import { toBuild } from '../../src/model/to-build.ts'
import { parse } from '../../src/syntax/parse.ts'
import type { Build, CopyStep, RunStep } from '../../src/model/build.ts'

const buildOf = (text: string, files?: readonly string[]): Build => {
  const build = toBuild(parse(text), { path: 'Dockerfile' })
  return files ? { ...build, context: openContext({ context: { list: () => files.map(path => ({ path, size: 1, mode: 0o644 })), read: () => '' } }) } : build
}
const lastRun = (build: Build): RunStep => build.target.steps.findLast((step): step is RunStep => step.kind === 'run')!
const inApp = (copy: string, run: string): string => `FROM a\nWORKDIR /app\n${copy}\nRUN ${run}\n`

describe('placesOf()', () => {
  it.each<readonly [string, readonly string[] | undefined, readonly (readonly [string, boolean])[] | null]>([
    ['COPY . .', undefined, [['/app', true]]],
    ['COPY a.sh /', undefined, [['/a.sh', false]]],
    ['COPY a.sh /b', undefined, [['/b', false]]],
    ['COPY a.sh Gemfile ./', undefined, [['/app/a.sh', false], ['/app/Gemfile', false]]],
    ['COPY src/ ./', undefined, [['/app', true]]],
    ['COPY . .', ['a.sh', 'b/c'], [['/app', true]]],
    ['COPY src ./x', ['src/a', 'src/b'], [['/app/x', true]]],
    ['COPY v1.2 ./x', ['v1.2/a', 'v1.2/b'], [['/app/x', true]]],
    ['COPY start ./', ['start'], [['/app/start', false]]],
    ['COPY *.sh ./', undefined, null],
    ['COPY *.sh ./', ['a.sh', 'b.sh'], [['/app', true]]],
    ['COPY <<EOF /etc/a\nx\nEOF', undefined, [['/etc/a', false]]],
    ['ARG D\nCOPY a.sh $D/', undefined, null],
    ['COPY --parents a/b.sh ./', undefined, null],
  ])('%s', (copy, files, expected) => {
    const build = buildOf(inApp(copy, 'true'), files)
    const step = build.target.steps.findLast((one): one is CopyStep => one.kind === 'copy')!
    expect(placesOf(build, step)?.map(({ path, isFolder }) => [path, isFolder]) ?? null).toEqual(expected)
  })
})

describe('readsPlace()', () => {
  it.each<readonly [string, string, boolean]>([
    ['COPY a.sh ./', 'sh a.sh', true], ['COPY a.sh ./', './a.sh', true], ['COPY a.sh ./', 'chmod -R 755 /app', true], ['COPY a.sh ./', 'cat < /app/a.sh', true],
    ['COPY a.sh ./', 'curl -o /app/a.sh https://example.org', false], ['COPY a.sh ./', 'tar -C /app -xf /b.tgz', false], ['COPY a.sh ./', 'cat /app/b.sh', false],
    ['COPY . .', 'make', true], ['COPY . .', 'make -C /other', false], ['COPY . .', 'npm run build', true], ['COPY . .', 'groupadd app', false], ['COPY . .', 'cat a', false], ['COPY . .', 'cat ./a', true],
    ['COPY . .', 'apt-get update', false], ['COPY requirements.txt ./', 'pip install -r requirements.txt', true], ['COPY requirements.txt ./', 'pip install flask', false],
  ])('%s, %s: %s', (copy, run, expected) => {
    const build = buildOf(inApp(copy, run))
    const [place] = copiesRightBelow(build, lastRun(build)).flatMap(step => placesOf(build, step) ?? [])
    const commands = commandsOf(lastRun(build))
    expect(commands !== 'opaque' && commands.some(command => readsPlace(command, place!))).toBe(expected)
  })
})

describe('copiesRightBelow()', () => {
  it.each<readonly [string, number]>([
    ['COPY a.sh /a.sh\nCOPY b.sh /b.sh', 2], ['COPY a.sh /a.sh\nRUN mkdir /x\nCOPY b.sh /b.sh', 2], ['COPY a.sh /a.sh\nRUN ./configure\nCOPY b.sh /b.sh', 1],
    ['COPY a.sh /a.sh\nUSER app', 0], ['COPY a.sh /a.sh\nCOPY sources.list /etc/apt/sources.list\nCOPY b.sh /b.sh', 1], ['COPY rootfs /', 0], ['COPY .npmrc a.sh /app/', 0],
  ])('%s', (steps, expected) => {
    const build = buildOf(`FROM a\n${steps}\nRUN apk add b\n`)
    expect(copiesRightBelow(build, lastRun(build))).toHaveLength(expected)
  })
})

describe('isIndependent()', () => {
  it.each<readonly [string, boolean]>([
    ['apt-get install -y app', true], ['apt-get install -y ./app.deb', false], ['pip install -r requirements.txt', false], ['pip install flask', true], ['npm ci', false], ['apt-get install -y $(cat list)', false],
    ['curl -fsSLo /b https://example.org/app', true], ['cat /app/a', false], ['unknown-tool', false], ['mkdir -p /data', true],
  ])('%s: %s', (run, expected) => {
    const [command] = commandsOf(lastRun(buildOf(inApp('COPY . .', run)))) as readonly Parameters<typeof isIndependent>[0][]
    expect(isIndependent(command!, [{ by: lastRun(buildOf(inApp('COPY . .', run))), path: '/app', isFolder: true, files: null }])).toBe(expected)
  })
})

it('boundPlaces() are mounts of the context', () => {
  const build = buildOf('FROM b AS c\nFROM a\nWORKDIR /app\nRUN --mount=type=bind,target=. --mount=type=bind,source=x,target=/x --mount=type=bind,from=c,target=/c --mount=type=cache,target=/d true\n')
  expect(boundPlaces(lastRun(build)).map(({ path }) => path)).toEqual(['/app', '/x'])
})
