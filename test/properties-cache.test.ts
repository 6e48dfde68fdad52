// Truths about compare() that hold for any Dockerfile and any files.
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { compare, type BuildInput, type StepVerdict } from '../src/cache/compare.ts'
import { UsageError } from '../src/errors.ts'
import { parse } from '../src/syntax/parse.ts'
import { anyDockerfile, plausibleDockerfile } from './support/arbitraries.ts'

type Files = NonNullable<BuildInput['files']>

const paths = fc.constantFrom('package.json', 'package-lock.json', 'src', 'src/a.js', 'src/x/b.go', 'app/x', 'README.md', '.dockerignore', 'Dockerfile', 'a b', './y', '../z', '', '/', 'é', '__proto__', 'constructor')
const value = fc.oneof(
  fc.constantFrom('', '1', '2', 'a\nb\n', '*\n!src\n'),
  fc.record({ content: fc.constantFrom('1', '2'), mode: fc.constantFrom('0644', '0755', '4755') }, { requiredKeys: [] }),
  fc.record({ symlink: fc.constantFrom('src', 'src/a.js', '/app', '..', 'l', 'nowhere') }),
  fc.constant({ dir: true as const }),
  fc.record({ hash: fc.constantFrom('x', 'y'), mtime: fc.nat() }),
)
const files: fc.Arbitrary<Files> = fc.dictionary(paths, value, { maxKeys: 8, noNullPrototype: false }) as fc.Arbitrary<Files>
const buildArgs = fc.dictionary(fc.constantFrom('A', 'COMMIT', 'BASE', 'DIR', 'SOURCE_DATE_EPOCH', 'toString'), fc.constantFrom('', '1', 'x y', 'node:22'), { maxKeys: 3, noNullPrototype: false })
const options = fc.record({
  noCache: fc.boolean(), noCacheFilter: fc.array(fc.constantFrom('app', 'build', 'deps')), file: fc.constantFrom('Dockerfile', 'ci/Dockerfile', '../Dockerfile', './x'),
  flags: fc.array(fc.constantFrom('--network=none', '--add-host', 'a:1', '--platform=linux/arm64', '--build-context=node:22=docker-image://alpine', '--no-cache-filter=app', '--shm-size=1g', '--')),
}, { requiredKeys: [] })
const rest = fc.record({
  dockerignore: fc.constantFrom('', 'src\n', '*\n!src\n', '**/*.js\nDockerfile\n', '[\n'), files, buildArgs, options, linkMerges: fc.boolean(),
  images: fc.dictionary(fc.constantFrom('node:22', 'alpine', 'constructor'), fc.record({ files, config: fc.constant(['ENV A=1', 'WORKDIR /x', 'ONBUILD RUN x']) }, { requiredKeys: [] }), { maxKeys: 2, noNullPrototype: false }),
  contexts: fc.dictionary(fc.constantFrom('build', 'alpine', 'deps'), fc.record({ files }), { maxKeys: 2, noNullPrototype: false }),
}, { requiredKeys: [] }) as fc.Arbitrary<Partial<BuildInput>>

/** null where the engine would refuse one of the two. */
function verdicts(before: BuildInput, after: BuildInput): readonly StepVerdict[] | null {
  try {
    return compare(before, after)
  } catch (error) {
    if (error instanceof UsageError) return null
    throw error
  }
}
const states = (found: readonly StepVerdict[] | null): readonly string[] | null => found && found.map(({ state, certain, instruction }) => `${state} ${certain} ${instruction}`)

describe('compare()', () => {
  it('never throws anything but a UsageError', () => {
    fc.assert(fc.property(anyDockerfile, anyDockerfile, rest, rest, (one, two, before, after) => {
      for (const verdict of verdicts({ dockerfile: one, ...before }, { dockerfile: two, ...after }) ?? []) expect(verdict.because === undefined).toBe(verdict.state !== 'executed')
    }), { numRuns: 1500 })
  })

  it('finds everything when nothing changed', () => {
    fc.assert(fc.property(plausibleDockerfile, rest, (dockerfile, { options: _, contexts: __, ...given }) => {
      const input = { dockerfile, ...given }
      for (const { state, certain } of verdicts(input, input) ?? []) expect([state !== 'executed', certain]).toEqual([true, true])
    }), { numRuns: 500 })
  })

  it('executes what stands on an executed step', () => {
    fc.assert(fc.property(plausibleDockerfile, plausibleDockerfile, rest, rest, (one, two, before, after) => {
      // Verdicts name their stage; two of one name cannot be told apart.
      const names = [...two.matchAll(/ AS (\S+)/gi)].map(match => match[1]!.toLowerCase())
      fc.pre(new Set(names).size === names.length)
      const found = verdicts({ dockerfile: one, ...before }, { dockerfile: two, ...after, linkMerges: true })
      let stage = ''
      let below = false
      for (const verdict of found ?? []) {
        if (verdict.stage !== stage) below = false
        stage = verdict.stage
        const isExecuted = verdict.state === 'executed'
        // A linked copy stands on nothing, and a RUN that mounts what it runs on is matched by content.
        const isFree = /^(ONBUILD )?(COPY|ADD) .*--link/i.test(verdict.instruction) || /from=/.test(verdict.instruction)
        if (below && !isFree) expect(isExecuted).toBe(true)
        below = isExecuted || (below && isFree)
      }
    }), { numRuns: 500 })
  })

  it('executes what stands on an edited RUN', () => {
    const steps = fc.array(fc.constantFrom('RUN one', 'RUN --mount=source=src,target=/m two', 'COPY src /src', 'WORKDIR /w', 'COPY . .', 'ENV A=1', 'LABEL a=b'), { minLength: 1, maxLength: 8 })
    fc.assert(fc.property(steps, steps, (above, below) => {
      const text = (run: string): string => ['FROM busybox', ...above, run, ...below, 'FROM busybox', ...above].join('\n')
      const found = compare({ dockerfile: text('RUN x'), dockerignore: 'Dockerfile' }, { dockerfile: text('RUN y'), dockerignore: 'Dockerfile', target: '0' })
      const at = found.findIndex(({ instruction }) => instruction === 'RUN y')
      for (const [index, { state, stage }] of found.entries()) expect(state).toBe(stage === '1' ? 'not-built' : index < at ? 'cached' : 'executed')
    }))
  })

  it('reads over comments and blank lines between instructions', () => {
    const noise = fc.array(fc.constantFrom('# note\n', '\n', '  \n', '   # note\n', '#\n'), { minLength: 1, maxLength: 3 }).map(lines => lines.join(''))
    fc.assert(fc.property(plausibleDockerfile, fc.array(noise, { minLength: 1, maxLength: 20 }), rest, (dockerfile, lines, { options: _, ...given }) => {
      const input: BuildInput = { ...given, dockerignore: 'Dockerfile\n', dockerfile }
      const { instructions } = parse(dockerfile)
      let text = dockerfile
      for (const [index, { span }] of [...instructions.entries()].reverse()) {
        const start = dockerfile.lastIndexOf('\n', span.start - 1) + 1
        // What stands first may follow a byte order mark, and directives come before everything else.
        if (start > 0) text = text.slice(0, start) + lines[index % lines.length]! + text.slice(start)
      }
      expect(states(verdicts(input, { ...input, dockerfile: text }))).toEqual(states(verdicts(input, input)))
    }), { numRuns: 500 })
  })

  it('does not look at times', () => {
    const times = fc.array(fc.nat({ max: 2_000_000_000 }), { minLength: 8, maxLength: 8 })
    fc.assert(fc.property(plausibleDockerfile, rest, times, times, (dockerfile, given, one, two) => {
      const touched = (stamps: readonly number[]): Files => Object.fromEntries(Object.entries(given.files ?? {}).map(([path, file], index) => [path, { ...(typeof file === 'string' ? { content: file } : file), mtime: stamps[index]! }]))
      const { options: _, contexts: __, ...plain } = given
      for (const { state } of verdicts({ dockerfile, ...plain, files: touched(one) }, { dockerfile, ...plain, files: touched(two) }) ?? []) expect(state).not.toBe('executed')
    }), { numRuns: 300 })
  })

  it('takes long chains of steps and of stages', () => {
    const many = (line: (index: number) => string): string => Array.from({ length: 3000 }, (_, index) => line(index)).join('\n')
    const texts = [
      `FROM busybox\n${many(index => `COPY --link a /d${index}/`)}\nRUN x`,
      `FROM busybox AS s-1\nCOPY a /a\n${many(index => `FROM s${index === 0 ? '-1' : index - 1} AS s${index}\nWORKDIR /w${index}`)}`,
      `FROM scratch AS s-1\nCOPY a /a\n${many(index => `FROM scratch AS s${index}\nCOPY --from=s${index === 0 ? '-1' : index - 1} /a /a`)}`,
      `FROM busybox AS s-1\nCOPY a /a\nRUN x\n${many(index => `FROM busybox AS s${index}\nCOPY --from=s${index === 0 ? '-1' : index - 1} /a /a\nRUN x`)}`,
    ]
    for (const dockerfile of texts) expect(compare({ dockerfile, files: { a: '1' } }, { dockerfile, files: { a: '2' } }).at(-1)!.state).toBe('executed')
  })
})
