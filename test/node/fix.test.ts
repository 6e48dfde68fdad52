// Fixing from the command line: what is fixed and what is said. The rules are made up for it.
import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync, readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { cachemiss, temporaryFolder } from '../support/io.ts'
import type { Outcome, Surroundings } from '../support/io.ts'

vi.mock('../../src/index.ts', async original => (await import('./made-up-rules.ts')).withMadeUpRules(await original()))

const old = 'FROM scratch\nLABEL old=1\n'
const fixed = 'FROM scratch\nLABEL new=1\n'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => { folder = temporaryFolder() })
afterEach(() => folder.remove())

const at = (path: string): string => join(folder.path, path)
const run = (args: string, around?: Surroundings): Promise<Outcome> => cachemiss(folder.path, args.split(' '), around)
const content = (path: string): string => readFileSync(at(path), 'utf8')
const inRepository = (path = ''): void => { execFileSync('git', ['init', '--quiet'], { cwd: at(path) }) }

describe('--fix', () => {
  test('applies safe fixes, says which, and ends as linting the result does', async () => {
    folder.write({ Dockerfile: `${old}LABEL old=2\n`, 'clean/Dockerfile': 'FROM scratch\n' })
    expect(await run('--fix')).toEqual({ code: 0, err: '', out: 'Dockerfile\n  fixed: rename the label (old-label), 2 times\n         drops /var/log/**\n\nno problems in 2 files\nfixed 2 of 2 problems in 1 file\n' })
    expect(content('Dockerfile')).toBe(`${fixed}LABEL new=2\n`)
    expect(await run('--fix')).toEqual({ code: 0, err: '', out: 'no problems in 2 files\nfixed 0 of 0 problems\n' })
  })

  test('leaves suggested fixes to --unsafe', async () => {
    folder.write({ Dockerfile: `${old}USER old\n` })
    const { code, out } = await run('--fix')
    expect(code).toBe(1)
    expect(out).toContain('fix available: USER of today (--fix --unsafe)\n       assumes nobody is called old\n')
    expect(out).toContain('\n1 fixable with --fix --unsafe\nfixed 1 of 2 problems in 1 file\n')
    expect(content('Dockerfile')).toBe(`${fixed}USER old\n`)
    expect(await run('--fix --unsafe')).toMatchObject({ code: 0, out: expect.stringContaining('fixed: USER of today (old-user)\n         assumes nobody is called old\n') as unknown })
    expect(content('Dockerfile')).toBe(`${fixed}USER new\n`)
  })

  test('applies the fixes of some rules only with --fix-rule', async () => {
    folder.write({ Dockerfile: `${old}USER old\n# ignore a\n` })
    expect((await run('--fix --unsafe --fix-rule old-user --fix-rule missing-line')).code).toBe(1)
    expect(content('Dockerfile')).toBe(`${old}USER new\n# ignore a\n`)
    expect((await run('--fix --fix-rule old-user --fix-rule no-fixes')).err).toBe('cachemiss: warning: --fix-rule old-user: its fixes are suggested ones, which need --unsafe\ncachemiss: warning: --fix-rule no-fixes: this rule has no fixes\n')
  })

  test('says why there is no fix', async () => {
    folder.write({ Dockerfile: 'FROM scratch\nSTOPSIGNAL 9\n' })
    expect((await run('--fix')).out).toContain('       no fix: nobody knows a better signal\n')
  })

  test('reports a fix that does not hold, which changes nothing', async () => {
    const text = `${old}LABEL broken=1\n`
    folder.write({ Dockerfile: text })
    const { code, err } = await run('--fix')
    expect({ code, err }).toEqual({ code: 1, err: expect.stringMatching(/^cachemiss: refused the fix of broken-fix in Dockerfile:3: the engine would refuse the result \(.*\); please report this\n$/) as unknown })
    expect(content('Dockerfile')).toBe(text.replace('old', 'new'))
  })

  test('a file that does not parse, that no config wants or that is a template stays', async () => {
    const files = { 'a/Dockerfile': `${old}COPPY a\n`, 'b/Dockerfile': old, 'c/Dockerfile': `${old}{{ x }}\n` }
    folder.write({ ...files, '.cachemissrc.json': '{ "ignore": ["b/**"] }' })
    expect((await run('--fix')).code).toBe(1)
    for (const [path, text] of Object.entries(files)) expect(content(path)).toBe(text)
  })

  test('writes reports of what is left to files', async () => {
    folder.write({ Dockerfile: `${old}USER old\n` })
    expect((await run('--fix --format json=out.json --quiet')).code).toBe(1)
    expect(JSON.parse(content('out.json'))).toMatchObject({ files: [{ findings: [], applied: [{ rule: 'old-label', title: 'Rename the label', safety: 'safe', assumes: null, drops: ['/var/log/**'] }] }], summary: { fixed: 1 } })
  })
})

describe('an ignore file', () => {
  test('is created in the context, and that is one change of it', async () => {
    folder.write({ 'x/Dockerfile': '# ignore one\nFROM scratch\nCOPY x /x\n', 'y/Dockerfile': '# ignore two\nFROM scratch\nCOPY y /y\n' })
    inRepository()
    expect(await run('--fix')).toMatchObject({ code: 0, err: '', out: 'x/Dockerfile\n  fixed: ignore one (missing-line)\n\ny/Dockerfile\n  fixed: ignore two (missing-line)\n\nno problems in 2 files\nfixed 2 of 2 problems in 1 file\n' })
    expect(content('.dockerignore')).toBe('one\ntwo\n')
    expect(statSync(at('.dockerignore')).mode).toBe(statSync(at('x/Dockerfile')).mode)
  })

  test('that Dockerfiles share is fixed once, keeps its line ends, and is reported as it is in the end', async () => {
    inRepository()
    folder.write({ '.dockerignore': 'wrong\r\nx', 'Dockerfile': 'FROM scratch\nCOPY a /\n# ignore one\nSTOPSIGNAL 9\n', 'Dockerfile.b': 'FROM scratch\nCOPY a /\n# ignore two\n', a: '' })
    const { code, out } = await run('--fix --format json')
    expect(code).toBe(1)
    expect(content('.dockerignore')).toBe('right\r\nx\r\none\r\ntwo\r\n')
    expect(JSON.parse(out).files.map(({ path, applied }: { readonly path: string; readonly applied: readonly { readonly rule: string }[] }) => [path, applied.map(({ rule }) => rule)]))
      .toEqual([['Dockerfile', ['missing-line', 'wrong-line']], ['Dockerfile.b', ['missing-line']], ['.dockerignore', []]])
  })

  test('that another Dockerfile needs fixed is looked at again', async () => {
    folder.write({ '.dockerignore': 'x\n', 'a.Dockerfile': 'FROM scratch\n# needs one\n', 'b.Dockerfile': 'FROM scratch\n# ignore one\n' })
    inRepository()
    expect(await run('--diff')).toMatchObject({ code: 1, err: 'cachemiss: would fix 1 of 2 problems in 1 file\n' })
    expect(await run('--fix-dry-run')).toMatchObject({ code: 0, out: expect.stringContaining('no problems') as unknown })
    expect(await run('--fix')).toMatchObject({ code: 0, out: expect.stringContaining('fixed 1 of 1 problem in 1 file') as unknown })
    expect(content('.dockerignore')).toBe('x\none\n')
  })

  test('of the Dockerfile itself comes before that of the context', async () => {
    inRepository()
    folder.write({ '.dockerignore': 'wrong\n', 'Dockerfile.dockerignore': 'wrong\n', 'Dockerfile': '# ignore one\nFROM scratch\n' })
    await run('--fix')
    expect([content('.dockerignore'), content('Dockerfile.dockerignore')]).toEqual(['wrong\n', 'right\none\n'])
  })
})

describe('--diff', () => {
  const files = {
    'Dockerfile': `${old}${'RUN x\n'.repeat(20)}LABEL old=2`, 'crlf.Dockerfile': old.replaceAll('\n', '\r\n'), 'bom.Dockerfile': `\ufeff${old}`,
    'with space/Dockerfile': old, 'ä"b/Dockerfile': old, 'tab\there/Dockerfile': old, 'new/Dockerfile': '# ignore one\nFROM scratch\nCOPY new.txt /\n', 'new/b.Dockerfile': '# ignore two\nFROM scratch\nCOPY new.txt /\n', 'new/new.txt': '',
    'many.Dockerfile': `FROM scratch\n${Array.from({ length: 3000 }, () => 'LABEL old=1\nRUN x\n').join('')}CMD x`,
  }

  const hasPatch = spawnSync('patch', ['--version']).status === 0
  test.each(['git apply', ...hasPatch ? ['patch -p1 --no-backup-if-mismatch --quiet'] : []])('is what --fix would write, for %s', async command => {
    folder.write({ ...Object.fromEntries(Object.entries(files).flatMap(([path, text]) => [[`one/${path}`, text], [`two/${path}`, text]])) })
    inRepository('one')
    inRepository('two')
    const { code, out, err } = await cachemiss(at('one'), ['--diff'])
    expect({ code, err }).toEqual({ code: 1, err: 'cachemiss: would fix 3009 of 3009 problems in 8 files\n' })
    for (const [path, text] of Object.entries(files)) expect(content(`one/${path}`)).toBe(text)
    expect(out).toContain('--- a/with space/Dockerfile\t\n+++ b/with space/Dockerfile\t\n')
    const [program, ...args] = command.split(' ')
    execFileSync(program!, args, { cwd: at('one'), input: out })
    expect((await cachemiss(at('two'), ['--fix'])).code).toBe(0)
    for (const path of [...Object.keys(files), 'new/.dockerignore']) expect(readFileSync(at(`one/${path}`)), path).toEqual(readFileSync(at(`two/${path}`)))
  })

  test('is plain, with the ends of files marked', async () => {
    folder.write({ Dockerfile: `# ignore one\n${old.trimEnd()}` })
    expect((await run('--diff --context .')).out).toBe([
      '--- a/Dockerfile', '+++ b/Dockerfile', '@@ -1,3 +1,3 @@', ' # ignore one', ' FROM scratch', '-LABEL old=1', '\\ No newline at end of file', '+LABEL new=1', '\\ No newline at end of file',
      '--- /dev/null', '+++ b/.dockerignore', '@@ -0,0 +1,1 @@', '+one', '',
    ].join('\n'))
  })

  test('applies in the folder that it was made in', async () => {
    folder.write({ 'sub/Dockerfile': old })
    inRepository()
    const { out } = await cachemiss(at('sub'), ['--diff'])
    execFileSync('git', ['apply'], { cwd: at('sub'), input: out })
    expect(content('sub/Dockerfile')).toBe(fixed)
  })

  test('is empty where there is nothing to fix; the exit code is that of linting', async () => {
    folder.write({ 'a/Dockerfile': 'FROM scratch\n', 'b/Dockerfile': 'FROM scratch\nUSER old\n' })
    expect(await run('--diff a')).toEqual({ code: 0, out: '', err: 'cachemiss: would fix 0 of 0 problems\n' })
    expect(await run('--diff b')).toEqual({ code: 1, out: '', err: 'cachemiss: would fix 0 of 1 problem; 1 more with --unsafe\n' })
    expect(await run('--diff --unsafe b --fail-on error')).toMatchObject({ code: 0, out: expect.stringContaining('+USER new') as unknown })
  })

  test('has colours and no control characters on a terminal', async () => {
    folder.write({ Dockerfile: `# \x1b]0;x\x07\tb\r\n${old}` })
    const { out } = await run('--diff', { terminal: 80 })
    expect(out).toContain('\x1b[31m-LABEL old=1\x1b[0m\n\x1b[32m+LABEL new=1\x1b[0m\n')
    expect(out).toContain(' # \\x1b]0;x\\x07\tb\n')
    expect((await run('--diff --no-color', { terminal: 80 })).out).not.toContain('\x1b')
    expect((await run('--diff')).out).toContain('\x1b]0;x\x07\tb\r\n')
  })

  test('stands beside reports in files, which tell what is there', async () => {
    folder.write({ Dockerfile: old })
    const { out } = await run('--diff --format json=out.json')
    expect(out).toMatch(/^--- a\/Dockerfile\n/)
    const report = JSON.parse(content('out.json'))
    expect(report).toMatchObject({ files: [{ findings: [{ rule: 'old-label' }] }] })
    expect(report.files[0]).not.toHaveProperty('applied')
  })
})

describe('--fix-dry-run', () => {
  test('reports as if fixed', async () => {
    folder.write({ Dockerfile: `${old}USER old\n` })
    const { code, out } = await run('--fix-dry-run')
    expect(code).toBe(1)
    expect(out).toMatch(/^Dockerfile\n {2}fixed: rename the label \(old-label\)\n.*\n\n {2}3:1 {2}warning/)
    expect(out).toContain('\nwould fix 1 of 2 problems in 1 file\n')
    expect(content('Dockerfile')).toBe(`${old}USER old\n`)
    expect((await run('--fix-dry-run --unsafe')).code).toBe(0)
  })

  test('gives editors the new text', async () => {
    folder.write({ 'Dockerfile': `${old}# ignore one\n`, 'clean/Dockerfile': 'FROM scratch\n' })
    const { files, summary } = JSON.parse((await run('--fix-dry-run --format json --context .')).out)
    const applied = { message: 'Label 1 is old.', rule: 'old-label', title: 'Rename the label', safety: 'safe', assumes: null, drops: ['/var/log/**'] }
    expect(files).toEqual([
      { path: 'Dockerfile', findings: [], applied: [applied, { ...applied, message: 'Nothing ignores one.', rule: 'missing-line', title: 'Ignore one', drops: [] }], output: `${fixed}# ignore one\n` },
      { path: 'clean/Dockerfile', findings: [], applied: [], output: null },
      { path: '.dockerignore', findings: [], applied: [], output: 'one\n' },
    ])
    expect(summary).toMatchObject({ warnings: 0, fixable: 0, fixed: 2 })
    expect(readdirSync(folder.path).sort()).toEqual(['Dockerfile', 'clean'])
  })

  test('takes standard input', async () => {
    const { out, code } = await run('--fix-dry-run --format json -', { stdin: old })
    expect(code).toBe(0)
    expect(JSON.parse(out).files).toMatchObject([{ path: '<stdin>', output: fixed }])
  })
})

describe('standard input', () => {
  test('goes fixed to standard output, and the report to standard error', async () => {
    expect(await run('--fix -', { stdin: `\ufeff${old}USER old` })).toEqual({ code: 1, out: `\ufeff${fixed}USER old`, err: expect.stringMatching(/^<stdin>\n {2}fixed: rename the label[^]*USER old[^]*fixed 1 of 2 problems in 1 file\n$/) as unknown })
    expect(await run('--fix --unsafe -', { stdin: `${old}USER old\n` })).toMatchObject({ code: 0, out: `${fixed}USER new\n` })
  })

  test('comes back as it is where nothing can be fixed', async () => {
    folder.write({ 'no/Dockerfile': old, '.cachemissrc.json': '{ "ignore": ["no/**"] }' })
    for (const stdin of ['COPPY\n', '{{ x }}\nFROM a\n', 'FROM scratch', '']) expect((await run('--fix -', { stdin })).out).toBe(stdin)
    expect(await run('--fix - --stdin-filename no/Dockerfile', { stdin: old })).toMatchObject({ code: 0, out: old })
    expect(await run('--fix -', { stdin: new Uint8Array([0]) })).toMatchObject({ code: 2, out: '' })
  })

  test('never writes a file', async () => {
    folder.write({ 'app/Dockerfile': 'FROM scratch\n', 'app/.dockerignore': 'x\n' })
    const { code, out, err } = await run('--fix - --stdin-filename app/Dockerfile', { stdin: `${old}# ignore one\n` })
    expect({ code, out }).toEqual({ code: 1, out: `${fixed}# ignore one\n` })
    expect(err).toMatch(/^cachemiss: warning: app\/\.dockerignore: left as it is: for standard input only the Dockerfile is fixed\n/)
    expect(err).toContain('Nothing ignores one.')
    expect([content('app/Dockerfile'), content('app/.dockerignore')]).toEqual(['FROM scratch\n', 'x\n'])
    expect((await run('--diff - --stdin-filename app/Dockerfile', { stdin: `${old}# ignore one\n` })).out).toMatch(/^--- a\/app\/Dockerfile\n[^]*\+LABEL new=1\n # ignore one\n$/)
  })

  test('stands beside files', async () => {
    folder.write({ Dockerfile: old })
    expect(await run('--fix - Dockerfile', { stdin: old.replace('1', '2') })).toMatchObject({ code: 0, out: fixed.replace('1', '2') })
    expect(content('Dockerfile')).toBe(fixed)
  })
})

describe('a mistake in the options is one line', () => {
  test.each([
    ['--fix --diff', '--fix and --diff exclude each other. Leave one out.'],
    ['--diff --fix-dry-run', '--diff and --fix-dry-run exclude each other. Leave one out.'],
    ['--unsafe', '--unsafe is given, but nothing is to be fixed. Add --fix, --diff or --fix-dry-run.'],
    ['--fix-rule old-label', '--fix-rule is given, but nothing is to be fixed. Add --fix, --diff or --fix-dry-run.'],
    ['--fix --fix-rule old-lable', '--fix-rule: unknown rule "old-lable". Did you mean "old-label"?'],
    ['--fix --fix-rule x', '--fix-rule: unknown rule "x". See cachemiss explain.'],
    ['--diff --format json', '--diff: the diff and a report cannot both go to standard output. Give the report a file: --format json=FILE.'],
    ['--fix-unsafe', 'unknown option --fix-unsafe. Write --fix --unsafe.'],
    ['--fix-only', 'unknown option --fix-only. Write --fix.'],
    ['--dry-run', 'unknown option --dry-run. Write --diff or --fix-dry-run.'],
  ])('%s', async (args, message) => {
    folder.write({ Dockerfile: old })
    expect(await run(args)).toEqual({ code: 2, out: '', err: `cachemiss: ${message}\n` })
    expect(content('Dockerfile')).toBe(old)
  })
})
