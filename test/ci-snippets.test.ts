// The snippets of docs/ for CI systems and git hooks, run as they stand there: npm installs the packed project from a registry on this
// machine, programs of the CI systems are stand-ins that keep what they are given.
import { execFile } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { XMLParser } from 'fast-xml-parser'
import picomatch from 'picomatch'
import { parse } from 'yaml'
import { fencesOf, textOf } from './support/doc-pages.ts'
import { cachemiss, temporaryFolder } from './support/io.ts'
import { packProject } from './support/packed.ts'
import { startRegistry, type Registry } from './support/registry.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })

const broken = 'FROM scratch\nCOPPY a b\n'
interface Ran { readonly code: number; readonly out: string; readonly err: string }

/** The text of the first fence in this language below a heading. */
function snippet(page: string, heading: string, language: string): string {
  const text = textOf(page)
  const from = text.indexOf(`${heading}\n`)
  const found = from === -1 ? undefined : fencesOf(text.slice(from)).find(fence => fence.language === language)
  if (!found) throw new Error(`${page}: no ${language} below ${heading}`)
  return found.text
}

/** What a pipeline in YAML runs, in order. */
function commandsIn(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, inner]) => {
    const isScript = ['script', 'run', 'command'].includes(key)
    if (isScript && typeof inner === 'string') return [inner]
    return isScript && Array.isArray(inner) ? inner as readonly string[] : commandsIn(inner)
  })
}
const yamlCommands = (page: string, heading: string): readonly string[] => commandsIn(parse(snippet(page, heading, 'yaml')))

describe.skipIf(process.platform === 'win32')('snippets', () => {
  let packed: ReturnType<typeof temporaryFolder>
  let registry: Registry
  let folder: ReturnType<typeof temporaryFolder>
  const at = (path: string): string => join(folder.path, path)
  const read = (path: string): string => readFileSync(at(`work/${path}`), 'utf8')
  const json = (path: string): unknown => JSON.parse(read(path))

  /** Runs a script as CI does, in a checkout; `npm install --global` goes into a folder of this test. */
  const run = (commands: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> => new Promise((done, reject) => {
    const environment = {
      PATH: `${at('npm/bin')}:${at('bin')}:${process.env['PATH']}`, HOME: at('home'), CI: 'true', WORKSPACE_TMP: at('tmp'), npm_config_registry: registry.url,
      npm_config_cache: join(packed.path, 'cache'), npm_config_prefix: at('npm'), npm_config_update_notifier: 'false', ...env,
    }
    const child = execFile('/bin/bash', ['-e', '-o', 'pipefail', '-c', commands.join('\n')], { cwd: at('work'), env: environment }, (error, out, err) => {
      if (error && child.exitCode === null) reject(error)
      else done({ code: child.exitCode!, out, err })
    })
    child.stdin!.end()
  })
  const install = (): Promise<Ran> => run(['npm install --global cachemiss@0.1.0'])

  beforeAll(async () => {
    packed = temporaryFolder()
    registry = await startRegistry(await packProject(packed.path, { hasLibrary: false }))
  })
  afterAll(async () => {
    await registry.close()
    packed.remove()
  })
  beforeEach(() => {
    folder = temporaryFolder()
    const programs = { sudo: 'exec "$@"', reviewdog: 'cat > reviewdog.json; printf "%s\\n" "$@"', 'buildkite-agent': 'if [ "$1" = annotate ]; then cat > annotation.md; fi' }
    folder.write({ 'work/api/Dockerfile': broken, ...Object.fromEntries(Object.entries(programs).map(([name, script]) => [`bin/${name}`, `#!/bin/sh\n${script}\n`])) })
    for (const name of Object.keys(programs)) chmodSync(at(`bin/${name}`), 0o755)
    mkdirSync(at('home'))
  })
  afterEach(() => folder.remove())

  test('GitLab: the job prints the findings, fails, and leaves a Code Quality report', async () => {
    const { cachemiss } = parse(snippet('docs/gitlab-ci.md', '# GitLab CI', 'yaml')) as { readonly cachemiss: { readonly script: readonly string[]; readonly artifacts: { readonly when: string; readonly reports: { readonly codequality: string } } } }
    const { code, out } = await run(cachemiss.script, { GITLAB_CI: 'true', CI_PROJECT_DIR: at('work') })
    expect(code).toBe(1)
    expect(out).toContain('api/Dockerfile\n')
    expect(cachemiss.artifacts.when).toBe('always')
    expect(json(cachemiss.artifacts.reports.codequality)).toEqual([{
      description: expect.stringContaining('COPPY'), check_name: 'cachemiss/syntax-error', fingerprint: expect.stringMatching(/^[0-9a-f]+$/), severity: 'major', location: { path: 'api/Dockerfile', lines: { begin: 2 } },
    }])
    folder.write({ 'work/api/Dockerfile': 'FROM scratch\n' })
    expect(await run(cachemiss.script)).toMatchObject({ code: 0 })
    expect(json(cachemiss.artifacts.reports.codequality)).toEqual([])
  })

  test('Azure: issues in the log, a SARIF file among the artifacts', async () => {
    const commands = yamlCommands('docs/other-ci.md', '## Azure Pipelines').map(command => command.replaceAll('$(Build.ArtifactStagingDirectory)', at('work/staging')))
    const { code, out } = await run(commands, { TF_BUILD: 'True' })
    expect(code).toBe(1)
    expect(out).toMatch(/^##vso\[task\.logissue type=error;sourcepath=api\/Dockerfile;/m)
    expect(json('staging/cachemiss.sarif')).toMatchObject({ runs: [{ results: [{ ruleId: 'syntax-error' }] }] })
  })

  test.each([['CircleCI', 'reports/cachemiss.xml'], ['Bitbucket Pipelines', 'test-results/cachemiss.xml']])('%s: a JUnit report', async (system, file) => {
    expect(await run(yamlCommands('docs/other-ci.md', `## ${system}`))).toMatchObject({ code: 1 })
    expect(new XMLParser({ ignoreAttributes: false }).parse(read(file))).toMatchObject({ testsuites: { testsuite: { '@_name': 'api/Dockerfile', testcase: { failure: { '@_type': 'error' } } } } })
  })

  test('Jenkins: a Checkstyle report, and the plugin decides', async () => {
    const pipeline = snippet('docs/other-ci.md', '## Jenkins', 'groovy')
    const prefix = /NPM_CONFIG_PREFIX = "\$\{WORKSPACE_TMP\}(.*)"/.exec(pipeline)![1]!
    const commands = [...pipeline.matchAll(/^ *sh '(.*)'$/gm)].map(([, command]) => command!)
    expect(commands).toHaveLength(2)
    expect(await run([`unset npm_config_prefix`, `export NPM_CONFIG_PREFIX="$WORKSPACE_TMP${prefix}"`, ...commands])).toMatchObject({ code: 0 })
    expect(new XMLParser({ ignoreAttributes: false }).parse(read('cachemiss.xml'))).toMatchObject({ checkstyle: { file: { '@_name': 'api/Dockerfile', error: { '@_severity': 'error' } } } })
  })

  test('Buildkite: a step that fails, and its annotation', async () => {
    const commands = yamlCommands('docs/other-ci.md', '## Buildkite')
    expect(await run(commands.slice(0, 2))).toMatchObject({ code: 1 })
    expect(await run(commands.slice(2))).toMatchObject({ code: 0 })
    expect(read('annotation.md')).toContain('syntax-error')
  })

  test('reviewdog gets diagnostics', async () => {
    await install()
    expect(await run([snippet('docs/other-ci.md', '## reviewdog', 'sh')])).toMatchObject({ code: 0, out: '-f=rdjson\n-reporter=github-pr-review\n' })
    expect(json('reviewdog.json')).toMatchObject({ source: { name: 'cachemiss' }, diagnostics: [{ severity: 'ERROR', location: { path: 'api/Dockerfile' } }] })
  })

  test('anything else: two reports', async () => {
    expect(await run([snippet('docs/other-ci.md', '## Anything else', 'sh')])).toMatchObject({ code: 1, out: expect.stringContaining('api/Dockerfile\n') })
    expect(json('cachemiss.json')).toMatchObject({ summary: { errors: 1 } })
  })

  test('installing globally reads nothing of the checkout', async () => {
    folder.write({ 'work/.npmrc': 'registry=http://127.0.0.1:9/\nfetch-retries=0\n', 'work/node_modules/cachemiss/package.json': '{ "name": "cachemiss", "version": "0.1.0" }' })
    expect(await install()).toMatchObject({ code: 0 })
    expect(existsSync(at('npm/bin/cachemiss'))).toBe(true)
  })

  describe('git hooks', () => {
    const wasteful = 'FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl\n'
    const taken = ['Dockerfile', 'dockerfile', 'Dockerfile.dev', 'api.dockerfile', 'Containerfile']
    const left = ['Dockerfile.dockerignore', 'Dockerfile.md', 'dockerfiles', 'docker-compose.yml']

    test('lint-staged passes absolute paths, and takes up what was fixed', async () => {
      await install()
      const [[glob, command]] = Object.entries((JSON.parse(snippet('docs/git-hooks.md', '## lint-staged, with husky or simple-git-hooks', 'json')) as { readonly 'lint-staged': Readonly<Record<string, string>> })['lint-staged']) as [[string, string]]
      const isMatch = picomatch(glob, { basename: true, dot: true })
      expect([...taken, ...left].filter(name => isMatch(`/a b/${name}`))).toEqual(taken)
      folder.write({ 'work/a b/Dockerfile': wasteful })
      expect(await run([`${command} '${at('work/a b/Dockerfile')}'`])).toMatchObject({ code: 0, out: expect.stringMatching(/^a b\/Dockerfile\n/) })
      expect(read('a b/Dockerfile')).not.toBe(wasteful)
      expect(await run([`${command} '${at('work/api/Dockerfile')}'`])).toMatchObject({ code: 1 })
    })

    test('lefthook passes quoted paths', async () => {
      await install()
      const { 'pre-commit': { jobs: [job] } } = parse(snippet('docs/git-hooks.md', '## lefthook', 'yaml')) as
        { readonly 'pre-commit': { readonly jobs: readonly [{ readonly run: string; readonly glob: string[]; readonly exclude: string[] }] } }
      // A star of lefthook stands for slashes, too.
      const [isMatch, isLeft] = [job.glob, job.exclude].map(globs => picomatch(globs, { bash: true, dot: true }))
      for (const at of ['', 'a b/', 'a/.b/c/']) expect([...taken, ...left].map(name => `${at}${name}`).filter(name => isMatch!(name) && !isLeft!(name))).toEqual(taken.map(name => `${at}${name}`))
      folder.write({ 'work/a b/Dockerfile': wasteful })
      expect(await run([job.run.replace('npx ', '').replace('{staged_files}', `'a b/Dockerfile'`)])).toMatchObject({ code: 0 })
      expect(read('a b/Dockerfile')).not.toBe(wasteful)
    })

    test('the hook for plain git stops a commit', async () => {
      await install()
      folder.write({ 'work/api/Dockerfile': 'FROM scratch\n' })
      const git = 'git -c user.name=t -c user.email=t@example.org -c core.hooksPath=.git/hooks'
      await run(['git init --quiet', 'git add .', `${git} commit --quiet --message Start`])
      folder.write({ 'work/.git/hooks/pre-commit': snippet('docs/git-hooks.md', '## Plain git', 'sh'), 'work/api/Dockerfile': broken })
      chmodSync(at('work/.git/hooks/pre-commit'), 0o755)
      const { code, out, err } = await run([`${git} commit --quiet --all --message Break`])
      expect(code).toBe(1)
      expect(out + err).toContain('api/Dockerfile\n')
      folder.write({ 'work/api/Dockerfile': 'FROM scratch\nWORKDIR /a\n' })
      expect(await run([`${git} commit --quiet --all --message Go`])).toMatchObject({ code: 0 })
    })

    test('the local hook of pre-commit takes the same names as ours, and is what init writes', async () => {
      const { text } = fencesOf(textOf('docs/git-hooks.md')).find(({ text }) => text.includes('repo: local'))!
      const config = parse(text) as { readonly repos: readonly [{ readonly hooks: readonly [{ readonly files: string; readonly exclude: string }] }] }
      const { files, exclude } = config.repos[0].hooks[0]
      const [isMatch, isLeft] = [files, exclude].map(pattern => new RegExp(pattern.replace('(?i)', ''), 'i'))
      expect([...taken, ...left].filter(name => isMatch!.test(name) && !isLeft!.test(name))).toEqual(taken)
      folder.write({ 'work/.git/HEAD': '' })
      await cachemiss(at('work'), ['init', '--hook'])
      expect(parse(read('.pre-commit-config.yaml'))).toEqual(config)
    })
  })
})
