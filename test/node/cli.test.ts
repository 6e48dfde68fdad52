// The command line as typed: exit codes, where output goes, what is said about mistakes. Rules are those every version has.
import { chmodSync, existsSync, lstatSync, readFileSync, readdirSync, statSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { rendered } from '../../src/node/explain.ts'
import { helpText, parseOptions, tokensOf } from '../../src/node/options.ts'
import { version } from '../../src/node/package.ts'
import { cachemiss, temporaryFolder } from '../support/io.ts'
import type { Outcome, Surroundings } from '../support/io.ts'

const clean = 'FROM scratch\n'
const warning = '# cachemiss ignore-file=syntax-error\nFROM scratch\n'
const error = 'FROM scratch\nCOPPY a b\n'
/** Only rules that every version has, at known severities. */
const config = JSON.stringify({ rules: { 'unused-ignore': 'warning' } })

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
  folder.write({ 'clean/Dockerfile': clean, 'warning/Dockerfile': warning, 'error/Dockerfile': error, '.cachemissrc.json': config })
})
afterEach(() => {
  vi.restoreAllMocks()
  folder.remove()
})

const run = (args: readonly string[], around?: Surroundings): Promise<Outcome> => cachemiss(folder.path, args, around)
const codeOf = async (...args: readonly string[]): Promise<number> => (await run(args)).code
const written = (path: string): string => readFileSync(join(folder.path, path), 'utf8')

describe('the exit code', () => {
  test('is 0 without findings, 1 with some', async () => {
    expect(await codeOf('clean')).toBe(0)
    expect(await codeOf('warning')).toBe(1)
    expect(await codeOf('error')).toBe(1)
    expect(await codeOf()).toBe(1)
  })

  test('follows --fail-on', async () => {
    expect(await codeOf('warning', '--fail-on', 'error')).toBe(0)
    expect(await codeOf('error', '--fail-on=error')).toBe(1)
    expect(await codeOf('error', '--fail-on', 'never')).toBe(0)
    expect(await codeOf('warning', '--rule', 'unused-ignore=info')).toBe(0)
    expect(await codeOf('warning', '--rule', 'unused-ignore=info', '--fail-on', 'info')).toBe(1)
    expect(await codeOf('warning', '--rule=unused-ignore=off', '--fail-on', 'info')).toBe(0)
  })

  test('follows failOn of the config, which --fail-on replaces', async () => {
    folder.write({ 'warning/.cachemissrc.json': '{ "failOn": "error" }' })
    expect(await codeOf('warning')).toBe(0)
    expect(await codeOf('warning', '--fail-on', 'warning')).toBe(1)
    expect(await codeOf('.')).toBe(1)
  })

  test('is 1 with more than --max-warnings', async () => {
    folder.write({ 'more/Dockerfile': warning })
    expect(await codeOf('warning', 'more', '--fail-on', 'error', '--max-warnings', '2')).toBe(0)
    const { code, err } = await run(['warning', 'more', '--fail-on', 'error', '--max-warnings', '1'])
    expect({ code, err }).toEqual({ code: 1, err: 'cachemiss: 2 warnings, and --max-warnings is 1\n' })
  })

  test('is 2 when something could not be done, and that wins', async () => {
    const { code, out, err } = await run(['error', 'nowhere'])
    expect({ code, err }).toEqual({ code: 2, err: 'cachemiss: nowhere: no such file or folder\n' })
    expect(out).toContain('syntax-error')
  })

  test('is 0 where there is nothing to lint', async () => {
    folder.write({ 'empty/README.md': '' })
    expect(await run(['empty'])).toEqual({ code: 0, out: '', err: 'cachemiss: no Dockerfile to lint\n' })
    expect(JSON.parse((await run(['empty', '--format', 'json'])).out)).toMatchObject({ files: [] })
  })
})

describe('a mistake in the arguments is one line', () => {
  const mistakes: readonly (readonly [args: string, message: string])[] = [
    ['--formta json', 'unknown option --formta. Did you mean --format?'],
    ['--zzz', 'unknown option --zzz. See cachemiss --help.'],
    ['-c x', 'unknown option -c. Write --config FILE.'],
    ['--no-fail', 'unknown option --no-fail. Write --fail-on never.'],
    ['--disable x', 'unknown option --disable. Write --rule ID=off.'],
    ['--stdin', 'unknown option --stdin. Write - for the path.'],
    ['--failure-threshold=error', 'unknown option --failure-threshold. Write --fail-on SEVERITY.'],
    ['--quiet=1', '--quiet takes no value'],
    ['--output-file', '--output-file needs a value. Write --output-file=FILE.'],
    ['--config --quiet', '--config needs a value. Write --config=FILE.'],
    ['--format jsn', '--format: there is no format "jsn". Did you mean json?'],
    ['--format text --format json', '--format: text and json cannot both go to standard output. Give one a file: --format json=FILE.'],
    ['--format json=x --output-file y', '--output-file: every format has a file already'],
    ['--format json=x --format sarif=./x', '--format: json and sarif cannot both go to ./x. Give each a file of its own.'],
    ['--format json=x --format sarif --output-file x', '--format: json and sarif cannot both go to x. Give each a file of its own.'],
    ['--fail-on warn', '--fail-on: "warn" is no severity. Did you mean warning?'],
    ['--fail-on no', '--fail-on: "no" is no severity. Choose one of error, warning, info, never.'],
    ['--max-warnings -1', '--max-warnings: "-1" is no number'],
    ['--rule unused-ignore:off', '--rule: "unused-ignore:off" is not of the form id=severity. Write --rule unused-ignore=off.'],
    ['--rule unused-ignroe=off', '--rule: unknown rule "unused-ignroe". Did you mean "unused-ignore"?'],
    ['--context nowhere', '--context: "nowhere" is no folder'],
    ['--config nowhere.json', 'nowhere.json does not exist'],
    ['--stdin-filename x', '--stdin-filename is given, but no path is -. Write - for the Dockerfile on standard input.'],
    ['clean --target nowhere', 'no stage is called "nowhere"'],
    ['explian', 'explian: no such file or folder; did you mean the command explain?'],
    ['explain unused-ignroe', 'explain: no rule is called "unused-ignroe". Did you mean unused-ignore?'],
    ['explain --nope', 'explain: unknown option --nope. Write cachemiss explain [RULE].'],
  ]
  test.each(mistakes)('%s', async (args, message) => {
    const { code, err } = await run(args.split(' '))
    expect({ code, err }).toEqual({ code: 2, err: `cachemiss: ${message}\n` })
  })

  test('hints name only options that are there', () => {
    const hints = ['stdin', 'no-config', 'reporter', 'output', 'fix-unsafe', 'fix-only', 'enable', 'ignore', 'exclude', 'exit-zero', 'since', 'platform', 'list-rules', 'filename', 'file', 'color']
      .map(name => {
        try {
          parseOptions(tokensOf([`--${name}`]))
          return ''
        } catch (caught) {
          return (caught as { readonly hint: string }).hint
        }
      })
    for (const hint of hints) for (const [, name] of hint.replace('FROM --platform', '').matchAll(/--([a-z-]+)/g)) expect(helpText() + ' --help', hint).toContain(`--${name}`)
  })

  test('shows no control character of a path', async () => {
    expect((await run(['a\x1bc\nb'])).err).toBe('cachemiss: a\\x1bc\\x0ab: no such file or folder\n')
  })
})

describe('reports', () => {
  test('go to standard output as text', async () => {
    const { out, err } = await run(['error'])
    expect(out).toMatch(/^error\/Dockerfile\n {2}2:\d+ {2}error {2}.* syntax-error\n/)
    expect(err).toBe('')
  })

  test('go to files beside the text', async () => {
    const { out } = await run(['error', 'clean', '--format', 'text', '--format', 'json=reports/all.json', '--format=sarif=all.sarif'])
    expect(out).toContain('1 problem (1 error')
    expect(JSON.parse(written('reports/all.json'))).toMatchObject({ tool: { name: 'cachemiss', version }, files: [{ path: 'clean/Dockerfile' }, { path: 'error/Dockerfile' }] })
    expect(JSON.parse(written('all.sarif')).runs[0].results).toHaveLength(1)
    expect(readdirSync(folder.path).filter(name => name.endsWith('.tmp'))).toEqual([])
  })

  test('go to --output-file', async () => {
    const { out } = await run(['error', '--format', 'json', '--output-file', 'out.json'])
    expect(out).toBe('')
    expect(JSON.parse(written('out.json')).summary.errors).toBe(1)
  })

  test('replace a file as a whole, with its mode, through a link', async () => {
    folder.write({ 'real.txt': 'old' })
    chmodSync(join(folder.path, 'real.txt'), 0o640)
    symlinkSync('real.txt', join(folder.path, 'link.txt'))
    await run(['error', '--output-file', 'link.txt'])
    expect(lstatSync(join(folder.path, 'link.txt')).isSymbolicLink()).toBe(true)
    expect(written('real.txt')).toContain('1 problem')
    expect(statSync(join(folder.path, 'real.txt')).mode & 0o777).toBe(0o640)
  })

  test('that cannot be written cost one line', async () => {
    const { code, out, err } = await run(['clean', '--format', 'text', '--format', 'json=clean', '--format', 'sarif=ok.sarif'])
    expect({ code, out, err }).toEqual({ code: 2, out: 'no problems in 1 file\n', err: 'cachemiss: clean is a folder\n' })
    expect(existsSync(join(folder.path, 'ok.sarif'))).toBe(true)
  })

  test('have paths from the top of the repository for code hosts only', async () => {
    folder.write({ '.git/HEAD': 'ref: refs/heads/main\n' })
    const { out } = await cachemiss(join(folder.path, 'error'), ['Dockerfile', '--format', 'json', '--format', 'sarif=out.sarif'])
    expect(JSON.parse(out).files[0].path).toBe('Dockerfile')
    expect(JSON.parse(written('error/out.sarif')).runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri).toBe('error/Dockerfile')
  })

  test('carry the page of a rule where the format has room for it', async () => {
    const { out } = await run(['error', '--format', 'sarif'])
    const { rules } = JSON.parse(out).runs[0].tool.driver
    expect(rules.find(({ id }: { readonly id: string }) => id === 'syntax-error').help.markdown).toContain('What it does')
  })

  test('hold errors only with --quiet, which changes no exit code', async () => {
    expect((await run(['warning', 'error', '--quiet'])).out).toContain('1 problem (1 error, 0 warnings')
    const { code, out, err } = await run(['warning', '--quiet'])
    expect({ code, out }).toEqual({ code: 1, out: 'no errors in 1 file\n1 less severe problem not shown (--quiet)\n' })
    expect(err).toContain('--quiet hides')
    expect((await run(['warning', '--quiet', '--fail-on', 'never'])).out).toBe('no errors in 1 file\n1 less severe problem not shown (--quiet)\n')
    expect((await run(['clean', '--quiet'])).out).toBe('no problems in 1 file\n')
  })
})

describe('standard input', () => {
  test('is linted for -', async () => {
    const { code, out } = await run(['-'], { stdin: error })
    expect(code).toBe(1)
    expect(out).toMatch(/^<stdin>\n {2}2:\d+ {2}error/)
  })

  test('has the name and the config of --stdin-filename', async () => {
    folder.write({ 'sub/.cachemissrc.json': '{ "rules": { "unused-ignore": "error" } }' })
    const { out } = await run(['-', '--stdin-filename', 'sub/not-there.Dockerfile', '--format', 'json'], { stdin: warning })
    expect(JSON.parse(out)).toMatchObject({ files: [{ path: 'sub/not-there.Dockerfile', findings: [{ severity: 'error' }] }] })
  })

  test('may stand beside paths', async () => {
    const { out } = await run(['clean', '-', '--format', 'json'], { stdin: clean })
    expect(JSON.parse(out).files.map(({ path }: { readonly path: string }) => path)).toEqual(['clean/Dockerfile', '<stdin>'])
  })

  test('that is no Dockerfile costs one line', async () => {
    const { code, err } = await run(['-'], { stdin: new Uint8Array([70, 0, 255]) })
    expect({ code, err }).toEqual({ code: 2, err: 'cachemiss: <stdin>: binary, no Dockerfile\n' })
  })
})

describe('colours', () => {
  const isColored = async (args: readonly string[], around: Surroundings): Promise<boolean> => (await run(['error', ...args], around)).out.includes('\x1b[')
  test('are for terminals', async () => {
    expect(await isColored([], {})).toBe(false)
    expect(await isColored([], { terminal: 80 })).toBe(true)
    expect(await isColored([], { terminal: 80, env: { TERM: 'dumb' } })).toBe(false)
  })
  test('follow NO_COLOR, FORCE_COLOR and --no-color', async () => {
    expect(await isColored([], { terminal: 80, env: { NO_COLOR: '1' } })).toBe(false)
    expect(await isColored([], { terminal: 80, env: { NO_COLOR: '' } })).toBe(true)
    expect(await isColored([], { env: { FORCE_COLOR: '1' } })).toBe(true)
    expect(await isColored([], { terminal: 80, env: { FORCE_COLOR: '0' } })).toBe(false)
    expect(await isColored(['--no-color'], { terminal: 80, env: { FORCE_COLOR: '1' } })).toBe(false)
  })
  test('stay out of files', async () => {
    await run(['error', '--output-file', 'out.txt'], { terminal: 80, env: { FORCE_COLOR: '1' } })
    expect(written('out.txt')).not.toContain('\x1b')
  })
  test('the frame is ASCII in CI without UTF-8', async () => {
    expect((await run(['error'], { env: { CI: 'true', LANG: 'C' } })).out).not.toContain('│')
    expect((await run(['error'], { env: { CI: 'true', LANG: 'en_US.UTF-8' } })).out).toContain('│')
  })
})

describe('progress', () => {
  test('shows on a terminal when it takes long, and goes away', async () => {
    let clock = 0
    vi.spyOn(performance, 'now').mockImplementation(() => clock += 200)
    const { err } = await run(['.'], { terminal: 80 })
    expect(err).toMatch(/^\r\d of 3 files\x1b\[K/)
    expect(err).toMatch(/\r\x1b\[K$/)
    expect((await run(['.'])).err).toBe('')
    expect((await run(['.'], { terminal: 80, env: { CI: '1' } })).err).toBe('')
  })
})

describe('help and version', () => {
  test('the help fits a terminal and names all options', async () => {
    const { code, out } = await run(['--help'])
    const lines = out.trimEnd().split('\n')
    expect(code).toBe(0)
    expect(lines.length).toBeLessThanOrEqual(36)
    expect(lines.filter(line => line.length > 80)).toEqual([])
    expect((await run(['-h'])).out).toBe(out)
  })
  test('the version is bare', async () => expect(await run(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' }))
})

describe('explain', () => {
  test('renders the page of a rule', async () => {
    const { code, out } = await run(['explain', 'unused-ignore'], { env: { COLUMNS: '60' } })
    expect(code).toBe(0)
    expect(out).toContain('\nWhat it does\n\nReports a `# cachemiss ignore=`')
    expect(out).toContain('\n    FROM node:22\n')
    expect(out).not.toContain('```')
    expect(out.split('\n').filter(line => line.length > 60 && !line.includes('http') && !line.startsWith('    '))).toEqual([])
  })
  test('has bold headings on a terminal only', async () => {
    expect((await run(['explain', 'unused-ignore'], { terminal: 80 })).out).toContain('\x1b[1mWhat it does\x1b[0m')
    expect((await run(['explain', 'unused-ignore', '--no-color'], { terminal: 80 })).out).not.toContain('\x1b')
  })
  test('has help of its own', async () => expect(await run(['explain', '--help'])).toMatchObject({ code: 0, out: expect.stringMatching(/^Usage: cachemiss explain /), err: '' }))
  test('lists all rules', async () => expect((await run(['explain'])).out).toMatch(/^unused-ignore +A suppression comment/m))
  test('a file of that name is linted when written as a path', async () => {
    folder.write({ explain: error })
    expect((await run(['./explain'])).code).toBe(1)
  })
  test('shows lists, tables, links and emphasis as plain text', () => {
    const markdown = '## A *b*\n\n- one two three four five six\n- `a*b*`, **bold**\n\n| x | y\\|z |\n| --- | --- |\n| 1 | [t](http://u) |\n\nsee [here](#x) a * b * c'
    expect(rendered(markdown, { width: 22, heading: text => `<${text}>` })).toBe('<A b>\n\n- one two three four\n  five six\n- `a*b*`, bold\n\nx  y|z\n1  t <http://u>\n\nsee here a * b * c\n')
  })
})
