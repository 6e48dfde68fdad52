// Reports where CI hosts read them: paths, annotations after the text, GitHub's job summary.
import { mkdirSync, readFileSync, symlinkSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { azureCommands, githubCommands, obeyed } from '../reporters/decode.ts'
import { cachemiss, temporaryFolder, type Outcome, type Surroundings } from '../support/io.ts'

let folder: ReturnType<typeof temporaryFolder>
beforeEach(() => {
  folder = temporaryFolder()
  folder.write({ 'repo/sub/a b/Dockerfile': 'FROM scratch\nCOPPY a b\n', 'repo/sub/clean/Dockerfile': 'FROM scratch\n' })
})
afterEach(() => folder.remove())

const at = (...parts: readonly string[]): string => join(folder.path, ...parts)
const run = (args: readonly string[], around?: Surroundings, from = 'repo/sub'): Promise<Outcome> => cachemiss(at(from), args, around)
const read = (path: string): string => readFileSync(at(path), 'utf8')
const pathIn: Readonly<Record<string, (written: string) => string | undefined>> = {
  github: written => githubCommands(written)[0]!.properties['file'],
  gitlab: written => JSON.parse(written)[0].location.path,
  sonarqube: written => JSON.parse(written).issues[0].primaryLocation.filePath,
  sarif: written => decodeURIComponent(JSON.parse(written).runs[0].results[0].locations[0].physicalLocation.artifactLocation.uri),
  rdjson: written => JSON.parse(written).diagnostics[0].location.path,
  ndjson: written => JSON.parse(written).path,
  checkstyle: written => /file name="([^"]*)"/.exec(written)?.[1],
  junit: written => /classname="([^"]*)"/.exec(written)?.[1],
  compact: written => written.split(':')[0],
  markdown: written => /### `([^`]*)`/.exec(written)?.[1],
  html: written => /<h2>(.*?)<\/h2>/.exec(written)?.[1],
}

describe('paths', () => {
  const fromTop = ['github', 'gitlab', 'sonarqube', 'sarif']
  test.each(Object.keys(pathIn))('of %s are those its reader matches', async format => {
    const { out } = await run(['a b', '--format', format])
    expect(pathIn[format]!(out)).toBe('a b/Dockerfile')
    folder.write({ 'repo/.git/HEAD': 'ref: refs/heads/main\n' })
    expect(pathIn[format]!((await run(['a b', '--format', format])).out)).toBe(fromTop.includes(format) ? 'sub/a b/Dockerfile' : 'a b/Dockerfile')
  })

  test('of github are from the workspace where the current folder lies in one', async () => {
    symlinkSync(at('repo'), at('link'))
    const shown = async (workspace: string): Promise<string | undefined> => pathIn['github']!((await run(['a b', '--format', 'github'], { env: { GITHUB_WORKSPACE: workspace } })).out)
    expect(await shown(at('repo'))).toBe('sub/a b/Dockerfile')
    expect(await shown(at('link'))).toBe('sub/a b/Dockerfile')
    expect(await shown(folder.path)).toBe('repo/sub/a b/Dockerfile')
    for (const other of ['', 'repo', at('repo/sub/clean'), at('missing'), '/']) expect(await shown(other)).toBe(other === '/' ? at('repo/sub/a b/Dockerfile').slice(1) : 'a b/Dockerfile')
  })

  test('of standard input stay what they are', async () => {
    folder.write({ 'repo/.git/HEAD': '' })
    expect(pathIn['gitlab']!((await run(['-', '--format', 'gitlab'], { stdin: 'COPPY a b\n' })).out)).toBe('<stdin>')
  })
})

describe('text that nobody asked for by name', () => {
  test('is followed by the commands of the host', async () => {
    const { out } = await run([], { env: { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: at('summary.md') } })
    expect(out).toContain('1 problem (1 error')
    expect(githubCommands(out).map(({ name, properties }) => [name, properties['title']])).toEqual([['error', 'syntax-error']])
    expect(() => read('summary.md')).toThrow()
    expect(azureCommands((await run([], { env: { TF_BUILD: 'True' } })).out).map(({ name, properties }) => [name, properties['code']])).toEqual([['task.logissue', 'syntax-error']])
  })

  test('stands alone elsewhere, and whenever a format or a file is named', async () => {
    const env = { GITHUB_ACTIONS: 'true', TF_BUILD: 'True' }
    expect((await run([])).out).not.toMatch(obeyed)
    expect((await run(['--format', 'text'], { env })).out).not.toMatch(obeyed)
    expect((await run(['--output-file', 'out.txt'], { env })).out).toBe('')
    expect(read('repo/sub/out.txt')).not.toMatch(obeyed)
    expect((await run(['clean'], { env })).out).toBe('no problems in 1 file\n')
    expect((await run(['--diff'], { env })).out).not.toMatch(obeyed)
  })

  test('holds errors only with --quiet', async () => {
    folder.write({ 'repo/sub/clean/Dockerfile': '# cachemiss ignore-file=syntax-error\nFROM scratch\n' })
    expect(githubCommands((await run([], { env: { GITHUB_ACTIONS: 'true' } })).out)).toHaveLength(2)
    expect(githubCommands((await run(['--quiet'], { env: { GITHUB_ACTIONS: 'true' } })).out)).toHaveLength(1)
  })

  test('says nothing a runner obeys, whatever the Dockerfile and its path', async () => {
    const path = '::set-output name=x::y ##[add-mask]z'
    folder.write({ [`repo/hostile/${path}/Dockerfile`]: '::set-output name=a::b\nCOPPY ##[error]c ##vso[task.complete]d\n  ::warning::e\nFROM a\nRUN <<EOF\n::error::f\n' })
    for (const format of ['text', 'compact', 'markdown', 'json', 'ndjson', 'checkstyle', 'junit', 'html', 'sarif', 'rdjson', 'gitlab', 'sonarqube']) {
      const { code, out, err } = await run(['--format', format], {}, 'repo/hostile')
      expect(code).toBe(1)
      expect(out).not.toBe('')
      expect(out + err).not.toMatch(obeyed)
    }
  })
})

describe('the job summary', () => {
  const env = () => ({ GITHUB_STEP_SUMMARY: at('summary.md'), GITHUB_WORKSPACE: at('repo'), GITHUB_SERVER_URL: 'https://github.com', GITHUB_REPOSITORY: 'me/it', GITHUB_SHA: '0123456789'.repeat(4) })

  test('is the report with links, added to what is there', async () => {
    folder.write({ 'summary.md': '# Before\n' })
    const { code, out, err } = await run(['--format', 'github'], { env: env() })
    expect({ code, err }).toEqual({ code: 1, err: '' })
    expect(githubCommands(out)).toHaveLength(1)
    expect(read('summary.md')).toMatch(/^# Before\n\n## cachemiss\n\n1 problem/)
    expect(read('summary.md')).toContain(`[line 2](<https://github.com/me/it/blob/${env().GITHUB_SHA}/sub/a%20b/Dockerfile#L2-L2>)`)
    await run(['--format', 'github'], { env: env() })
    expect(read('summary.md').split('## cachemiss')).toHaveLength(3)
  })

  test('has no links where the host does not say which commit, and none that are made up', async () => {
    await run(['--format', 'github'], { env: { ...env(), GITHUB_SHA: 'x)](javascript:y' } })
    expect(read('summary.md')).toContain('**error**, line 2: ')
    expect(read('summary.md')).not.toContain('javascript')
  })

  test('is written for standard output only', async () => {
    await run(['--format', 'github=out.txt'], { env: env() })
    await run(['--format', 'github', '--output-file', 'out.txt'], { env: env() })
    expect(() => read('summary.md')).toThrow()
    expect(githubCommands(read('repo/sub/out.txt'))).toHaveLength(1)
  })

  test('keeps below what GitHub takes', async () => {
    folder.write({ 'summary.md': 'x'.repeat(900 * 1024 - 300) })
    await run(['--format', 'github'], { env: env() })
    expect(read('summary.md')).toMatch(/x\n## cachemiss\n[^]*… 1 more\n$/)
    folder.write({ 'summary.md': 'x'.repeat(900 * 1024) })
    await run(['--format', 'github'], { env: env() })
    expect(read('summary.md')).toMatch(/x$/)
  })

  test('that cannot be written is a warning', async () => {
    mkdirSync(at('summary.md'))
    const { code, err } = await run(['clean', '--format', 'github'], { env: env() })
    expect(code).toBe(0)
    expect(err).toMatch(/^cachemiss: warning: the job summary cannot be written: .*\n$/)
  })
})

test('every format can go to a file of its own in one run', async () => {
  const formats = Object.keys(pathIn)
  const { code, out } = await run([...formats.map(format => `--format=${format}=out/${format}`), '--format', 'text'])
  expect(code).toBe(1)
  expect(out).toContain('1 problem')
  for (const format of formats) expect(pathIn[format]!(read(`repo/sub/out/${format}`))).toBe('a b/Dockerfile')
})

test('an unknown format gets a hint', async () => {
  expect((await run(['--format', 'githb'])).err).toBe('cachemiss: --format: there is no format "githb". Did you mean github?\n')
  expect((await run(['--format', 'check'])).err).toContain('Did you mean checkstyle?')
})
