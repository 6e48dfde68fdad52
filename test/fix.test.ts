// The engine of fixes on rules made for it: what is applied together, what waits, what is refused, and what becomes of the ignore file.
import { describe, expect, test } from 'vitest'
import { fix, type FixOptions } from '../src/fix.ts'
import { withLines } from '../src/edits/ignore-file.ts'
import { defineRule } from '../src/rule.ts'
import { activeRule, inputOf, type Given } from './support/input.ts'
import type { Build, Instruction } from '../src/model/build.ts'
import type { Fix, Report, Rule } from '../src/rule.ts'

/** A rule that reports instructions whose text matches, with the fix that `mend` makes of one; null: none. */
function toy(id: string, found: RegExp, mend: (instruction: Instruction, build: Build) => Partial<Fix> | null): Rule {
  return defineRule({
    id, summary: 'Made for a test', category: 'layers', severity: 'info', fixable: 'safe',
    *check(build: Build): Iterable<Report> {
      for (const instruction of build.stages.flatMap(({ instructions }) => instructions)) {
        const fixed = found.test(instruction.text) ? mend(instruction, build) : undefined
        if (fixed === undefined) continue
        const report = { at: instruction, message: `"${instruction.text}" is found.` }
        yield fixed === null ? { ...report, noFix: 'nobody knows how' } : { ...report, fix: { title: `Mend ${id}`, safety: 'safe', edits: [], ...fixed } }
      }
    },
  })
}
/** Another text in place of a piece of the instruction. */
const replacing = (piece: string | RegExp, by: string, more: Partial<Fix> = {}) => ({ span, text }: Instruction): Partial<Fix> => ({ edits: [{ span, text: text.replace(piece, by) }], ...more })
/** An edit of one piece alone. */
const within = (piece: string, by: string) => ({ span }: Instruction, { text }: Build): Partial<Fix> => {
  const start = text.indexOf(piece, span.start)
  return { edits: [{ span: { start, end: start + piece.length }, text: by }] }
}
const lowering = toy('lowering', /[A-Z]{2}$/, ({ span, text }) => ({ edits: [{ span, text: text.replace(/\S+$/, word => word.toLowerCase()) }] }))
const wanting = (id: string, lines: readonly string[], more: Partial<Fix> = {}): Rule => defineRule({
  id, summary: 'Wants lines', category: 'context', severity: 'info', fixable: 'safe',
  *check(build: Build): Iterable<Report> {
    const missing = lines.filter(line => !build.context.ignores(line))
    if (missing.length > 0) yield { at: build.target, message: `${missing.join()} is sent.`, fix: { title: 'Ignore it', safety: 'safe', edits: [], ignoreLines: lines, ...more } }
  },
})

const fixed = (given: Given, rules: readonly Rule[], options?: FixOptions) => fix(inputOf(given), rules.map(rule => activeRule(rule)), options)
const short = ({ text, applied, refused, rounds }: ReturnType<typeof fix>) => ({ text, applied: applied.map(({ rule }) => rule), refused: refused.map(({ rule, reason }) => `${rule} ${reason}`), rounds })

describe('fixes of one file', () => {
  test('leave a file without findings as it is', () => expect(short(fixed({ code: 'FROM a\nRUN b' }, [lowering]))).toEqual({ text: 'FROM a\nRUN b', applied: [], refused: [], rounds: 0 }))
  test('are applied together where they lie apart', () => {
    expect(short(fixed({ code: 'FROM a\nRUN AA\nRUN b\nRUN CC\n' }, [lowering]))).toEqual({ text: 'FROM a\nRUN aa\nRUN b\nRUN cc\n', applied: ['lowering', 'lowering'], refused: [], rounds: 1 })
  })
  test('say what they mended', () => {
    const { applied, findings } = fixed({ code: 'FROM a\nRUN AA\n' }, [lowering])
    expect(applied).toEqual([{ rule: 'lowering', message: '"RUN AA" is found.', fix: { title: 'Mend lowering', safety: 'safe', edits: [{ span: { start: 7, end: 13 }, text: 'RUN aa' }] } }])
    expect(findings).toEqual([])
  })
  test('wait for the next round where they overlap', () => {
    const one = toy('one', /a b/, replacing('a b', 'a c'))
    const other = toy('other', /a (?:b|c)$/, replacing(/$/, ' d'))
    expect(short(fixed({ code: 'FROM x\nRUN a b\n' }, [one, other]))).toEqual({ text: 'FROM x\nRUN a c d\n', applied: ['one', 'other'], refused: [], rounds: 2 })
  })
  test('wait where they only touch', () => {
    const one = toy('one', /ab/, within('a', 'x'))
    const other = toy('other', /.b/, within('b', 'y'))
    expect(short(fixed({ code: 'FROM x\nRUN ab\n' }, [one, other]))).toEqual({ text: 'FROM x\nRUN xy\n', applied: ['one', 'other'], refused: [], rounds: 2 })
  })
  test('are not done twice when two rules want the same', () => {
    expect(short(fixed({ code: 'FROM a\nRUN AA\n' }, [lowering, { ...lowering, id: 'same' }]))).toEqual({ text: 'FROM a\nRUN aa\n', applied: ['lowering'], refused: [], rounds: 1 })
  })
  test('wait where one edit may do for both', () => {
    const mending = (rule: Rule): Rule => ({ ...rule, *check(build, options) { for (const report of rule.check(build, options)) yield { ...report, mending: 'cache 7' } } })
    const first = toy('first', /a/, within('a', 'x'))
    const other = toy('second', /b/, within('b', 'z'))
    const second: Rule = { ...other, *check(build, options) { if (build.text.includes('RUN a')) yield* other.check(build, options) } }
    expect(short(fixed({ code: 'FROM x\nRUN a\nRUN b\n' }, [first, second]))).toMatchObject({ text: 'FROM x\nRUN x\nRUN z\n', rounds: 1 })
    expect(short(fixed({ code: 'FROM x\nRUN a\nRUN b\n' }, [mending(first), mending(second)]))).toEqual({ text: 'FROM x\nRUN x\nRUN b\n', applied: ['first'], refused: [], rounds: 1 })
  })
  test('of several rules look at an instruction one after the other', () => {
    const first = toy('first', /a/, within('a', 'x'))
    expect(short(fixed({ code: 'FROM x\nRUN a b c\n' }, [first, toy('second', /a b c/, within('c', 'z'))]))).toEqual({ text: 'FROM x\nRUN x b c\n', applied: ['first'], refused: [], rounds: 1 })
    expect(short(fixed({ code: 'FROM x\nRUN a b c\n' }, [first, toy('second', /c/, within('c', 'z'))]))).toEqual({ text: 'FROM x\nRUN x b z\n', applied: ['first', 'second'], refused: [], rounds: 2 })
    expect(short(fixed({ code: 'FROM x\nRUN a\nRUN c\n' }, [first, toy('second', /c/, within('c', 'z'))]))).toMatchObject({ text: 'FROM x\nRUN x\nRUN z\n', rounds: 1 })
  })
  test('go on with what a fix uncovers', () => {
    const next = toy('next', /RUN [a-d]$/, ({ span, text }) => ({ edits: [{ span, text: text.replace(/.$/, letter => String.fromCharCode(letter.charCodeAt(0) + 1)) }] }))
    // Of one rule that would be a finding that stays: each letter is a rule's own.
    const rules = ['a', 'b', 'c', 'd'].map((letter): Rule => ({ ...next, id: letter, *check(build, options) { if (build.text.includes(`RUN ${letter}`)) yield* next.check(build, options) } }))
    expect(short(fixed({ code: 'FROM x\nRUN a\n' }, rules))).toEqual({ text: 'FROM x\nRUN e\n', applied: ['a', 'b', 'c', 'd'], refused: [], rounds: 4 })
  })
  test('go on along a chain of findings of one rule', () => {
    const chain: Rule = { ...lowering, id: 'chain', *check(build) {
      const first = build.target.steps.find(({ text }) => /[A-Z]$/.test(text))
      if (first) yield { at: first, message: `"${first.text}" is loud.`, fix: { title: 'Say it quietly', safety: 'safe', edits: [{ span: { start: first.span.end - 1, end: first.span.end }, text: first.text.at(-1)!.toLowerCase() }] } }
    } }
    expect(short(fixed({ code: 'FROM a\nRUN A\nRUN B\nRUN C\n' }, [chain]))).toEqual({ text: 'FROM a\nRUN a\nRUN b\nRUN c\n', applied: ['chain', 'chain', 'chain'], refused: [], rounds: 3 })
  })
  test('go on as long as instructions become fewer', () => {
    const repeated: Rule = { ...lowering, id: 'repeated', *check(build) {
      const [first, second] = build.target.steps
      if (second && first!.text === second.text) yield { at: first!, message: `"${first!.text}" is repeated.`, fix: { title: 'Delete it', safety: 'safe', edits: [{ span: { start: first!.span.start, end: first!.span.end + 1 }, text: '' }] } }
    } }
    expect(short(fixed({ code: 'FROM a\nRUN A\nRUN A\nRUN A\n' }, [repeated]))).toEqual({ text: 'FROM a\nRUN A\n', applied: ['repeated', 'repeated'], refused: [], rounds: 2 })
  })
  test('that are safe come first', () => {
    const suggested = toy('suggested', /a b/, replacing('a b', 'suggested', { safety: 'suggested', assumes: 'all is well' }))
    const safe = toy('safe', /a b/, replacing('a b', 'safe'))
    expect(short(fixed({ code: 'FROM x\nRUN a b\n' }, [suggested, safe], { unsafe: true })).text).toBe('FROM x\nRUN safe\n')
  })
})

describe('options', () => {
  const suggested = toy('suggested', /BB$/, replacing('BB', 'bb', { safety: 'suggested', assumes: 'all is well' }))
  const lower = toy('lower', /AA$/, replacing('AA', 'aa'))
  const code = 'FROM x\nRUN AA\nRUN BB\n'
  test.each([
    ['safe ones alone', {}, 'FROM x\nRUN aa\nRUN BB\n'],
    ['suggested ones as well', { unsafe: true }, 'FROM x\nRUN aa\nRUN bb\n'],
    ['those of one rule', { unsafe: true, rules: ['suggested'] }, 'FROM x\nRUN AA\nRUN bb\n'],
    ['a rule alone does not make its fixes safe', { rules: ['suggested'] }, code],
    ['no rule', { unsafe: true, rules: [] }, code],
  ] as const)('%s', (_, options, text) => expect(fixed({ code }, [suggested, lower], options).text).toBe(text))
  test('findings that remain are told', () => expect(fixed({ code }, [suggested, lower]).findings.map(({ rule, fix: left }) => [rule, left?.safety])).toEqual([['suggested', 'suggested']]))
})

describe('a fix is refused', () => {
  test('when the engine would not read the result', () => {
    const { refused, text } = fixed({ code: 'FROM a\nRUN AA\n' }, [toy('bad', /AA/, replacing(/^.*$/, 'NONSENSE'))])
    expect(text).toBe('FROM a\nRUN AA\n')
    expect(refused).toMatchObject([{ rule: 'bad', reason: 'does-not-parse', finding: { message: '"RUN AA" is found.', span: { start: 7, end: 13 } } }])
    expect(refused[0]!.detail).toContain('NONSENSE')
  })
  test('when its own finding stays', () => {
    expect(short(fixed({ code: 'FROM a\nRUN AA\n' }, [toy('idle', /AA/, replacing('AA', 'AAA'))]))).toEqual({ text: 'FROM a\nRUN AA\n', applied: [], refused: ['idle still-found'], rounds: 1 })
  })
  test('when it makes another finding of its rule', () => {
    expect(short(fixed({ code: 'FROM a\nRUN AA\n' }, [toy('mover', /AA|BB/, replacing(/AA|BB/, 'BB'))])).refused).toEqual(['mover still-found'])
  })
  test('when it moves what is found to and fro', () => {
    const swap = toy('swap', /RUN A/, ({ span }) => ({ edits: [{ span: { start: span.start, end: span.end + 1 }, text: '' }, { span: { start: span.end + 7, end: span.end + 7 }, text: 'RUN A\n' }] }))
    expect(short(fixed({ code: 'FROM a\nRUN A\nRUN b\n' }, [swap])).refused).toEqual(['swap still-found'])
  })
  test('when a change of some file would cost more', () => {
    const early = toy('early', /COPY src/, ({ span }, { text }) => {
      const install = text.indexOf('RUN npm ci')
      return { edits: [{ span: { start: install, end: install }, text: 'COPY src/ ./src/\n' }, { span: { start: span.start, end: span.end + 1 }, text: '' }] }
    })
    const once: Rule = { ...early, *check(build, options) { if (build.text.indexOf('RUN npm') < build.text.indexOf('COPY src')) yield* early.check(build, options) } }
    const code = 'FROM node:22\nWORKDIR /app\nCOPY package.json ./\nRUN npm ci\nCOPY src/ ./src/\n'
    const { text, refused } = fixed({ code, files: { 'package.json': '{}', 'src/a.js': '' } }, [once])
    expect(text).toBe(code)
    expect(refused).toMatchObject([{ rule: 'early', reason: 'costs-more' }])
    expect(refused[0]!.detail).toMatch(/^a change of src\/a\.js costs about \d+ s instead of 0 s$/)
  })
  test('when there is no end to it', () => {
    const grows = toy('grows', /RUN x/, replacing(/$/, 'x'))
    const [odd, even] = [1, 0].map((rest): Rule => ({ ...grows, id: `rest ${rest}`, *check(build, options) { if (build.text.length % 2 === rest) yield* grows.check(build, options) } }))
    const { rounds, refused, text } = fixed({ code: 'FROM a\nRUN x' }, [odd!, even!])
    expect(rounds).toBe(20)
    expect(refused).toMatchObject([{ reason: 'does-not-settle', detail: 'after 20 rounds' }])
    expect(text).toBe(`FROM a\nRUN x${'x'.repeat(20)}`)
  })
  test('alone: one bad among many keeps none of the others', () => {
    const many = Array.from({ length: 40 }, (_, index) => (index === 23 ? 'RUN bad' : `RUN ${String.fromCharCode(65 + index % 26)}X${index}Y`))
    const lower = toy('lower', /X\d+Y$/, ({ span, text }) => ({ edits: [{ span, text: text.replace(/\S+$/, word => word.toLowerCase()) }] }))
    const bad = toy('bad', /bad/, replacing('bad', 'bad '))
    const { text, applied, refused } = fixed({ code: `FROM a\n${many.join('\n')}\n` }, [bad, lower])
    expect(refused.map(({ rule }) => rule)).toEqual(['bad'])
    expect(applied).toHaveLength(39)
    expect(text).toBe(`FROM a\n${many.map(line => (line === 'RUN bad' ? line : `RUN ${line.slice(4).toLowerCase()}`)).join('\n')}\n`)
  })
  test('alone: of several bad ones each is told once, with the place it was found in', () => {
    const bad = toy('bad', /AA|CC/, replacing(/^RUN/, 'FOO'))
    const { text, refused, applied } = fixed({ code: 'FROM a\nRUN AA\nRUN bb X\nRUN CC\n' }, [bad, toy('good', /X$/, replacing(' X', ''))])
    expect([text, applied.length]).toEqual(['FROM a\nRUN AA\nRUN bb\nRUN CC\n', 1])
    expect(refused.map(({ finding: { message } }) => message)).toEqual(['"RUN AA" is found.', '"RUN CC" is found.'])
  })
  test('not when it fails only beside another: it waits for the next round', () => {
    const loud = toy('loud', /LOUD/, replacing('LOUD', 'loud'))
    // What the other makes is one more finding of this rule.
    const shy = toy('shy', /SHY|loud/, replacing(/SHY|loud/, 'quiet'))
    expect(short(fixed({ code: 'FROM a\nRUN SHY\nRUN LOUD\n' }, [shy, loud]))).toEqual({ text: 'FROM a\nRUN quiet\nRUN quiet\n', applied: ['shy', 'loud', 'shy'], refused: [], rounds: 3 })
  })
})

describe('a text with syntax errors', () => {
  test('stays as it is', () => expect(short(fixed({ code: 'FROM a\nRUN AA\nFOO\n' }, [lowering]))).toEqual({ text: 'FROM a\nRUN AA\nFOO\n', applied: [], refused: [], rounds: 0 }))
  test('is found all the same', () => expect(fixed({ code: 'RUN AA\n' }, [lowering]).findings.map(({ rule }) => rule)).toEqual(['syntax-error']))
})

describe('the ignore file', () => {
  const files = { 'a.js': '' }
  const after = (given: Omit<Given, 'code'>, rules: readonly Rule[], code = 'FROM a\nCOPY . .\n') => fixed({ code, files, ...given }, rules).ignoreFile
  test('is created at the top of the context', () => {
    expect(after({}, [wanting('one', ['.git'])])).toEqual({ path: '.dockerignore', text: '.git\n' })
    expect(after({ path: 'api/Dockerfile' }, [wanting('one', ['.git'])])).toEqual({ path: 'api/.dockerignore', text: '.git\n' })
    const context = { ...inputOf({ code: '', files }).context!, folder: 'web/' }
    expect(after({ path: 'docker/Dockerfile', input: { context } }, [wanting('one', ['.git'])])).toEqual({ path: 'web/.dockerignore', text: '.git\n' })
    expect(after({ path: 'docker/Dockerfile', input: { context: { ...context, folder: '.' } } }, [wanting('one', ['.git'])])?.path).toBe('.dockerignore')
    expect(after({ path: '/Dockerfile' }, [wanting('one', ['.git'])])?.path).toBe('/.dockerignore')
  })
  test('has the line ends of the Dockerfile when it is new', () => expect(after({}, [wanting('one', ['a', 'b'])], 'FROM a\r\nCOPY . .\r\n')?.text).toBe('a\r\nb\r\n'))
  test('is not made where the context is unknown', () => {
    expect(fixed({ code: 'FROM a\nCOPY . .\n' }, [wanting('one', ['.git'])])).toMatchObject({ ignoreFile: null, applied: [], refused: [] })
  })
  test('is the one of the Dockerfile where that has one', () => {
    expect(after({ files: { ...files, 'Dockerfile.dockerignore': 'dist' }, ignore: 'node_modules\n' }, [wanting('one', ['.git'])])).toEqual({ path: 'Dockerfile.dockerignore', text: 'dist\n.git\n' })
  })
  test('gets what two rules want once', () => {
    const { ignoreFile, applied, rounds } = fixed({ code: 'FROM a\nCOPY . .\n', files, ignore: 'dist\n' }, [wanting('one', ['.git', 'x']), wanting('two', ['x', 'y'])])
    expect([ignoreFile?.text, applied.map(({ rule }) => rule), rounds]).toEqual(['dist\n.git\nx\ny\n', ['one', 'two'], 1])
  })
  test('is edited and added to at once', () => {
    const editing = wanting('editing', ['src'], { ignoreLines: [], ignoreEdits: [{ span: { start: 0, end: 3 }, text: 'src' }] })
    expect(after({ ignore: 'Src\ndist' }, [editing, wanting('one', ['.git'])])?.text).toBe('src\ndist\n.git\n')
  })
  test('has edits that overlap done one after another', () => {
    const one = wanting('one', ['src'], { ignoreLines: [], ignoreEdits: [{ span: { start: 0, end: 3 }, text: 'src' }] })
    const { ignoreFile, rounds, refused } = fixed({ code: 'FROM a\nCOPY . .\n', files, ignore: 'Src\n' }, [one, { ...one, id: 'same' }])
    expect([ignoreFile?.text, rounds, refused]).toEqual(['src\n', 1, []])
  })
  test('and the Dockerfile are changed by one fix', () => {
    const both = toy('both', /AA/, replacing('AA', 'aa', { ignoreLines: ['.git'] }))
    const { text, ignoreFile } = fixed({ code: 'FROM a\nRUN AA\n', files }, [both])
    expect([text, ignoreFile?.text]).toEqual(['FROM a\nRUN aa\n', '.git\n'])
  })
  test('stays when the fix is refused', () => {
    const { ignoreFile, refused } = fixed({ code: 'FROM a\nCOPY . .\n', files, ignore: 'dist' }, [wanting('one', ['.git'], { ignoreLines: ['.github'] })])
    expect([ignoreFile?.text, refused.map(({ reason }) => reason)]).toEqual(['dist', ['still-found']])
  })
})

describe('withLines', () => {
  test.each([
    ['an empty file', '', ['a', 'b'], 'a\nb\n'],
    ['no final line end', 'a', ['b'], 'a\nb\n'],
    ['line ends of Windows', 'a\r\n', ['b'], 'a\r\nb\r\n'],
    ['line ends of Windows, none at the end', 'a\r\nb', ['c'], 'a\r\nb\r\nc\r\n'],
    ['mixed line ends: those of the end', 'a\r\nb\n', ['c'], 'a\r\nb\nc\n'],
    ['a line that is there', 'a\nb', ['b'], 'a\nb'],
    ['some that are there', 'a\r\nb\r\n', ['b', 'c'], 'a\r\nb\r\nc\r\n'],
    ['a line that a later one takes back', '.git\n!.git\n', ['.git'], '.git\n!.git\n.git\n'],
    ['a line behind what is taken back', '*\n!src\n.git\n', ['.git'], '*\n!src\n.git\n'],
    ['an allow list', '*\n!src\n', ['src/.env'], '*\n!src\nsrc/.env\n'],
    ['a comment at the end', '# none yet\n', ['a'], '# none yet\n\na\n'],
    ['sections under headings', '# one\na\n\n# two\nb', ['c'], '# one\na\n\n# two\nb\n\nc\n'],
    ['a heading of all', '# what no image needs\na\n', ['b'], '# what no image needs\na\nb\n'],
    ['a blank line at the end', '# one\na\n\n', ['b'], '# one\na\n\nb\n'],
    ['a last section without a heading', '# one\na\n\nb\n', ['c'], '# one\na\n\nb\nc\n'],
    ['slashes where the file writes them', '/.git\n/dist/\n/log/*\n**/x\n!/log/.keep\n', ['.git', 'Dockerfile*', '**/y'], '/.git\n/dist/\n/log/*\n**/x\n!/log/.keep\n/.git\n/Dockerfile*\n**/y\n'],
    ['a line that is there with its slash', '/.git\n/dist/\n/tmp\n', ['.git'], '/.git\n/dist/\n/tmp\n'],
    ['lines in the sections for their kind', '# Git\n.git\n\n# Docker files\ncompose.yaml\n\n# Other\ndist\n', ['Dockerfile', '.github', 'build'], '# Git\n.git\n.github\n\n# Docker files\ncompose.yaml\nDockerfile\n\n# Other\ndist\n\nbuild\n'],
    ['a section at the end', '# Logs\r\n*.log\r\n\r\n# Docker\r\ncompose.yaml', ['Dockerfile', '.dockerignore'], '# Logs\r\n*.log\r\n\r\n# Docker\r\ncompose.yaml\r\nDockerfile\r\n.dockerignore\r\n'],
    ['mixed line ends in a section', '# Docker\r\na\r\n\n# Other\nb\n', ['Dockerfile'], '# Docker\r\na\r\nDockerfile\n\n# Other\nb\n'],
    ['a section above what is taken back', '# Docker\ncompose.yaml\n\n# Other\n*.yaml\n!a.yaml\n', ['Dockerfile'], '# Docker\ncompose.yaml\n\n# Other\n*.yaml\n!a.yaml\n\nDockerfile\n'],
    ['a comment that is no heading', 'dist\n# docker\ntmp\n', ['Dockerfile'], 'dist\n# docker\ntmp\nDockerfile\n'],
    ['a line that another covers', '**/Dockerfile\n', ['Dockerfile', 'a/Dockerfile', 'b'], '**/Dockerfile\nb\n'],
    ['one that another new one covers', 'a\n', ['**/Dockerfile', 'Dockerfile'], 'a\n**/Dockerfile\n'],
    ['a byte order mark', '\uFEFFa\n', ['b'], '\uFEFFa\nb\n'],
  ])('%s', (_, text, lines, expected) => {
    expect(withLines(text, lines)).toBe(expected)
    expect(withLines(expected, lines)).toBe(expected)
  })
})
