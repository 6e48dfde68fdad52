// The hooks of .pre-commit-hooks.yaml, run by pre-commit itself in a scratch repository, installed from a clone of this tree.
import { execFile, spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { parse } from 'yaml'
import { packageManagers } from '../src/data/package-managers.ts'
import { isDockerfileName } from '../src/node/discover.ts'
import { version } from '../src/node/package.ts'
import { temporaryFolder } from './support/io.ts'

vi.setConfig({ testTimeout: 60_000, hookTimeout: 120_000 })
const execute = promisify(execFile)
const root = fileURLToPath(new URL('../', import.meta.url))

interface Hook { readonly id: string; readonly entry: string; readonly files: string; readonly exclude?: string }
const hooks = parse(readFileSync(join(root, '.pre-commit-hooks.yaml'), 'utf8')) as readonly Hook[]
/** As Python reads it: with (?x) blanks do not count. */
const pattern = (text: string): RegExp => new RegExp(text.startsWith('(?xi)') ? text.slice(5).replace(/\s+/g, '') : text.replace('(?i)', ''), 'i')
const takes = (id: string, path: string): boolean => {
  const { files, exclude } = hooks.find(hook => hook.id === id)!
  return pattern(files).test(path) && !(exclude !== undefined && pattern(exclude).test(path))
}

describe('.pre-commit-hooks.yaml', () => {
  test('takes what a folder is walked for, and leaves what is not', () => {
    const names = ['Dockerfile', 'dockerfile', 'Dockerfile.dev', 'api.dockerfile', 'web.Containerfile', 'CONTAINERFILE', 'Containerfile.dev', 'Dockerfile.22.04',
      'Dockerfile.md', 'Dockerfile.dockerignore', 'Dockerfile.j2', 'Dockerfile.tmpl', 'Dockerfile.bak', 'Dockerfile~', 'Dockerfile.swp', 'Dockerfile.dev.in', 'mydockerfile', 'Dockerfiles', 'docker-compose.yml']
    for (const id of ['cachemiss', 'cachemiss-fix']) for (const name of names) expect([id, name, takes(id, `a b/${name}`)]).toEqual([id, name, isDockerfileName(name)])
    expect(takes('cachemiss', 'Dockerfile/main.go')).toBe(false)
    for (const id of ['cachemiss', 'cachemiss-fix']) expect([id, takes(id, '--output-file=x.dockerfile')]).toEqual([id, false])
  })

  test('checks the context whenever a manifest or lock file that a rule knows changes', () => {
    const reads = packageManagers.flatMap(manager => [manager, ...manager.verbs].flatMap(({ reads }) => [...reads?.manifests ?? [], ...reads?.lockfiles ?? []]))
    const names = [...new Set(reads.filter(glob => !glob.endsWith('/**')).map(glob => glob.replace(/^\*\*\//, '').replace('*', 'app')))]
    expect(names.length).toBeGreaterThan(80)
    expect(names.filter(name => !takes('cachemiss-context', name) || !takes('cachemiss-context', `a b/${name}`))).toEqual([])
    for (const name of ['.dockerignore', 'api/Dockerfile.dockerignore', 'compose.yaml', 'docker-compose.override.yml', 'docker-bake.hcl', '.cachemissrc.json', 'requirements-dev.txt']) expect([name, takes('cachemiss-context', name)]).toEqual([name, true])
    for (const name of ['package.json.md', 'src/index.js', 'mypackage.json', 'README.md', 'Dockerfile']) expect([name, takes('cachemiss-context', name)]).toEqual([name, false])
  })
})

// It installs from git, so that a tree without history cannot be tried.
const isInstalled = spawnSync('pre-commit', ['--version']).status === 0 && existsSync(join(root, '.git'))

describe.skipIf(!isInstalled)(`pre-commit${isInstalled ? '' : ', which is not installed here, or has no repository to install from'}`, () => {
  let folder: ReturnType<typeof temporaryFolder>
  const at = (path: string): string => join(folder.path, path)
  const env = (): NodeJS.ProcessEnv => ({
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(?:GIT_|PRE_COMMIT|npm_)/i.test(name))),
    // What `npm ci` has fetched for these tests is not fetched again.
    npm_config_prefer_offline: 'true', PRE_COMMIT_HOME: at('home'), PRE_COMMIT_COLOR: 'never', NO_COLOR: '1',
  })
  const git = (cwd: string, ...args: readonly string[]) => execute('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'core.hooksPath=/dev/null', ...args], { cwd, env: env(), maxBuffer: 1e9 })
  const read = (path: string): string => readFileSync(at(`scratch/${path}`), 'utf8')
  const stage = async (files: Readonly<Record<string, string>>): Promise<void> => {
    folder.write(Object.fromEntries(Object.entries(files).map(([name, text]) => [`scratch/${name}`, text])))
    await git(at('scratch'), 'add', '--all')
  }
  /** Everything as committed as it was after installing. */
  const restart = async (): Promise<void> => {
    await git(at('scratch'), 'reset', '--quiet', '--hard', 'start')
    await git(at('scratch'), 'clean', '--quiet', '-fdx')
  }
  interface Ran { readonly code: number; readonly out: string }
  const preCommit = (...args: readonly string[]): Promise<Ran> => new Promise(done => {
    const child = execFile('pre-commit', args, { cwd: at('scratch'), env: env(), maxBuffer: 1e9 }, (_, out, err) => done({ code: child.exitCode ?? -1, out: out + err }))
  })

  beforeAll(async () => {
    folder = temporaryFolder()
    await git(folder.path, 'clone', '--quiet', root, 'hooks')
    const { stdout } = await git(root, 'ls-files', '-z', '--modified', '--deleted', '--others', '--exclude-standard')
    for (const path of new Set(stdout.split('\0').filter(name => name !== ''))) {
      mkdirSync(dirname(at(`hooks/${path}`)), { recursive: true })
      if (existsSync(join(root, path))) cpSync(join(root, path), at(`hooks/${path}`))
      else await git(at('hooks'), 'rm', '--quiet', '--cached', path)
    }
    await git(at('hooks'), 'add', '--all')
    await git(at('hooks'), 'commit', '--quiet', '--allow-empty', '--message', 'As it is now')
    const { stdout: rev } = await git(at('hooks'), 'rev-parse', 'HEAD')
    await git(folder.path, 'init', '--quiet', 'scratch')
    await stage({ '.pre-commit-config.yaml': `repos:\n- repo: ${at('hooks')}\n  rev: ${rev.trim()}\n  hooks:\n${hooks.map(({ id }) => `  - id: ${id}\n`).join('')}` })
    await git(at('scratch'), 'commit', '--quiet', '--message', 'Start')
    await git(at('scratch'), 'tag', 'start')
    expect(await preCommit('install-hooks')).toMatchObject({ code: 0 })
  }, 600_000)
  afterAll(() => folder.remove())

  // What pre-commit 4.6 and newer run. npm lets `prepare` find no development dependencies then, so that it has to install them.
  test('installs from git without pre-commit', async () => {
    const prefix = at('prefix')
    await execute('npm', ['install', '--allow-git=root', '--install-links', '-g', `git+file://${at('hooks')}`], { env: { ...env(), NPM_CONFIG_PREFIX: prefix, npm_config_prefix: prefix } })
    expect((await execute(join(prefix, 'bin/cachemiss'), ['--version'])).stdout).toBe(`${version}\n`)
    expect(existsSync(join(prefix, 'lib/node_modules/cachemiss/dist/src/index.js'))).toBe(true)
  }, 600_000)

  const broken = 'FROM scratch\nCOPPY a b\n'

  test('shows what is found and fails, and passes where nothing is', async () => {
    await restart()
    await stage({ 'my app/Dockerfile': broken, 'clean/Dockerfile': 'FROM scratch\n' })
    const { code, out } = await preCommit('run', 'cachemiss')
    expect({ code, out }).toEqual({ code: 1, out: expect.stringMatching(/^cachemiss\.+Failed\n- hook id: cachemiss\n- exit code: 1\n\nmy app\/Dockerfile\n {2}2:\d+ {2}error .* syntax-error\n/) })
    await git(at('scratch'), 'rm', '--quiet', '--force', '-r', 'my app')
    expect(await preCommit('run', 'cachemiss')).toEqual({ code: 0, out: expect.stringMatching(/^cachemiss\.+Passed\n$/) })
  })

  test('lints what is staged, not what is on disk', async () => {
    await restart()
    await stage({ Dockerfile: 'FROM scratch\n' })
    folder.write({ 'scratch/Dockerfile': broken })
    expect(await preCommit('run', 'cachemiss')).toMatchObject({ code: 0 })
    expect(read('Dockerfile')).toBe(broken)
  })

  test('takes every name of a Dockerfile, and no other', async () => {
    await restart()
    const taken = ['Containerfile.dev', 'api.dockerfile', 'dockerfile']
    await stage(Object.fromEntries([...taken, 'Dockerfile.md', 'Dockerfile.dockerignore', 'Dockerfile.j2'].map(name => [name, broken])))
    const { out } = await preCommit('run', 'cachemiss')
    expect(out.match(/^\S+file\S*$/gm)).toEqual(taken)
  })

  test('fixes, and says that it did', async () => {
    await restart()
    await stage({ Dockerfile: 'FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl\n' })
    const { code, out } = await preCommit('run', 'cachemiss-fix')
    expect({ code, out }).toEqual({ code: 1, out: expect.stringMatching(/^cachemiss --fix\.+Failed\n- hook id: cachemiss-fix\n(?:- exit code: 1\n)?- files were modified by this hook\n/) })
    expect(read('Dockerfile')).toMatch(/rm -rf \/var\/lib\/apt\/lists|--mount=type=cache/)
  })

  test('lints all Dockerfiles when nothing but a manifest changes', async () => {
    await restart()
    await stage({ 'api/Dockerfile': broken })
    await git(at('scratch'), 'commit', '--quiet', '--message', 'Add api')
    await stage({ 'package.json': '{}' })
    const { code, out } = await preCommit('run')
    expect(code).toBe(1)
    expect(out).toMatch(/^cachemiss\.+\(no files to check\)Skipped$/m)
    expect(out).toMatch(/^cachemiss \(build context\)\.+Failed\n- hook id: cachemiss-context\n- exit code: 1\n\napi\/Dockerfile\n/m)
    await restart()
    await stage({ 'src/index.js': '' })
    expect((await preCommit('run')).out).toMatch(/^cachemiss \(build context\)\.+\(no files to check\)Skipped$/m)
  })
})
