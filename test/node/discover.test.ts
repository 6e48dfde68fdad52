import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { discover, isDockerfileName } from '../../src/node/discover.ts'

let root = ''
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'cachemiss-discover-')))
})
afterEach(() => {
  vi.unstubAllEnvs()
  rmSync(root, { recursive: true, force: true })
})

const touch = (...paths: readonly string[]): void => {
  for (const path of paths) {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), '')
  }
}
const git = (folder: string, ...args: readonly string[]): void => {
  mkdirSync(join(root, folder), { recursive: true })
  execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b', '-c', 'init.defaultBranch=main', ...args], { cwd: join(root, folder), stdio: 'pipe' })
}
const ignoring = (folder: string, text: string): void => writeFileSync(join(root, folder, '.gitignore'), text)
/** Paths of the files; problems and warnings have to be none. */
const found = async (paths: readonly string[] = [], from = ''): Promise<readonly string[]> => {
  const { files, problems, warnings } = await discover(paths, { cwd: join(root, from) })
  expect({ problems, warnings }).toEqual({ problems: [], warnings: [] })
  return files.map(({ path }) => path)
}

test('names that a walk takes', () => {
  const taken = ['Dockerfile', 'dockerfile', 'DOCKERFILE', 'Containerfile', 'Dockerfile.dev', 'dockerfile.go', 'Containerfile.arm64.v2', 'api.Dockerfile', 'a.b.dockerfile', 'web.containerfile', '.Dockerfile']
  const left = ['Dockerfile.dockerignore', 'api.Dockerfile.dockerignore', 'Dockerfile.DockerIgnore', 'Dockerfile.md', 'Dockerfile.bak', 'Dockerfile.orig', 'Dockerfile.rej', 'Dockerfile.sh', 'Dockerfile.swp',
    'Dockerfile~', 'Dockerfile.dev~', 'Dockerfile.j2', 'Dockerfile.tmpl', 'Dockerfile.erb', 'Dockerfile.template', 'Dockerfile.in', 'Dockerfile-dev', 'MyDockerfile', 'Dockerfiles', 'dockerfile_lint.js', 'docker-compose.yml']
  expect(taken.filter(name => !isDockerfileName(name))).toEqual([])
  expect(left.filter(isDockerfileName)).toEqual([])
})

describe.each(['walked', 'listed by git'])('a folder %s', how => {
  beforeEach(() => {
    if (how === 'listed by git') git('', 'init')
  })

  test('gives its Dockerfiles in order', async () => {
    touch('b/Dockerfile', 'Dockerfile', 'a/x/api.Dockerfile', 'a/.hidden/Containerfile', 'a/README.md', 'a/Dockerfile.md', 'Dockerfile.dockerignore', 'ü/Dockerfile', 'line\nbreak/Dockerfile', '-x/Dockerfile')
    expect(await found()).toEqual(['-x/Dockerfile', 'Dockerfile', 'a/.hidden/Containerfile', 'a/x/api.Dockerfile', 'b/Dockerfile', 'line\nbreak/Dockerfile', 'ü/Dockerfile'])
    expect(await found(['a'])).toEqual(['a/.hidden/Containerfile', 'a/x/api.Dockerfile'])
    expect(await found(['./a/', 'b', join(root, 'b'), '-x'])).toEqual(['-x/Dockerfile', 'a/.hidden/Containerfile', 'a/x/api.Dockerfile', 'b/Dockerfile'])
    expect(await found(['../b', '..'], 'a')).toEqual(['../-x/Dockerfile', '../Dockerfile', '../b/Dockerfile', '../line\nbreak/Dockerfile', '../ü/Dockerfile', '.hidden/Containerfile', 'x/api.Dockerfile'])
    const { files } = await discover(['b'], { cwd: root })
    expect(files).toEqual([{ file: join(root, 'b/Dockerfile'), path: 'b/Dockerfile' }])
  })

  test('leaves out node_modules unless it is named', async () => {
    touch('node_modules/x/Dockerfile', 'a/node_modules/x/Dockerfile', 'a/Dockerfile')
    expect(await found()).toEqual(['a/Dockerfile'])
    expect(await found(['node_modules/x', 'a/node_modules'])).toEqual(['a/node_modules/x/Dockerfile', 'node_modules/x/Dockerfile'])
  })

  test('leaves out what Go and Composer vendor, unless it is named', async () => {
    touch('vendor/modules.txt', 'vendor/x/Dockerfile', 'php/vendor/composer/x.php', 'php/vendor/y/Dockerfile', 'docker/vendor/Dockerfile', 'Dockerfile')
    expect(await found()).toEqual(['Dockerfile', 'docker/vendor/Dockerfile'])
    expect(await found(['vendor'])).toEqual(['vendor/x/Dockerfile'])
  })

  test('without any is no problem', async () => {
    touch('a/README.md')
    expect(await found()).toEqual([])
    expect(await found(['a'])).toEqual([])
  })

  test('does not follow links to folders, nor files out of it', async () => {
    const outside = mkdtempSync(join(tmpdir(), 'cachemiss-outside-'))
    writeFileSync(join(outside, 'secret'), '')
    touch('a/Dockerfile', 'a/prod.txt', 'b/x')
    symlinkSync('..', join(root, 'a/loop'))
    symlinkSync('Dockerfile.self', join(root, 'a/Dockerfile.self'))
    symlinkSync('../a', join(root, 'b/again'))
    symlinkSync('../a', join(root, 'b/Dockerfile.folder'))
    symlinkSync('nowhere', join(root, 'b/Dockerfile.broken'))
    symlinkSync(join(outside, 'secret'), join(root, 'b/Dockerfile.outside'))
    symlinkSync('../a/prod.txt', join(root, 'b/Dockerfile.prod'))
    symlinkSync('../a/Dockerfile', join(root, 'b/Dockerfile'))
    execFileSync('mkfifo', [join(root, 'b/Dockerfile.pipe')])
    expect(await found()).toEqual(['a/Dockerfile', 'b/Dockerfile.prod'])
    expect(await found(['b/again'])).toEqual(['b/again/Dockerfile'])
    // Without a repository nothing says what is outside.
    const { files, problems } = await discover(['b/Dockerfile.outside'], { cwd: root })
    expect([files.map(({ path }) => path), problems.map(({ message }) => message)]).toEqual(how === 'walked' ? [['b/Dockerfile.outside'], []] : [[], ['a link that leaves the repository']])
    expect(await found(['a', 'b/again'])).toEqual(['a/Dockerfile'])
    rmSync(outside, { recursive: true })
  })

  test('that may not be read', async () => {
    touch('a/Dockerfile', 'b/Dockerfile')
    chmodSync(join(root, 'a'), 0)
    const { files, problems } = await discover(['a', 'b'], { cwd: root })
    chmodSync(join(root, 'a'), 0o755)
    if (process.getuid?.() !== 0) expect(problems).toEqual([{ path: 'a', message: 'permission denied' }])
    expect(files.map(({ path }) => path)).toContain('b/Dockerfile')
  })
})

describe('a named file', () => {
  test('is taken whatever its name, once', async () => {
    touch('build.txt', 'Dockerfile.j2', 'app/[id]/Dockerfile', '-')
    expect(await found(['build.txt', './build.txt', join(root, 'build.txt'), 'Dockerfile.j2', 'app/[id]/Dockerfile', '.', './-'])).toEqual(['-', 'Dockerfile.j2', 'app/[id]/Dockerfile', 'build.txt'])
    expect(await found(['../build.txt'], 'app')).toEqual(['../build.txt'])
  })

  test('is taken although it is ignored', async () => {
    git('', 'init')
    ignoring('', 'out\n')
    touch('out/Dockerfile')
    expect(await found(['out/Dockerfile'])).toEqual(['out/Dockerfile'])
  })

  test('may be a pipe', async () => {
    execFileSync('mkfifo', [join(root, 'pipe')])
    expect(await found(['pipe'])).toEqual(['pipe'])
  })

  test('that is missing is a problem, and the others go on', async () => {
    touch('a/Dockerfile')
    symlinkSync('self', join(root, 'self'))
    const missing = ['nowhere', '', 'a/Dockerfile/', 'a/Dockerfile/x', 'self', 'x'.repeat(300), 'a\0b']
    const { files, problems, warnings } = await discover([...missing, 'a'], { cwd: root })
    expect(files.map(({ path }) => path)).toEqual(['a/Dockerfile'])
    expect(warnings).toEqual([])
    expect(problems.map(({ path }) => path)).toEqual(missing.filter(path => path !== 'a/Dockerfile/'))
    expect(problems[0]!.message).toBe('no such file or folder')
    expect(problems.find(({ path }) => path === 'self')!.message).toBe('a symbolic link that leads back to itself')
  })
})

describe('a glob', () => {
  beforeEach(() => touch('docker/Dockerfile', 'docker/Dockerfile.dev', 'docker/Dockerfile.md', 'docker/Dockerfile.j2', 'docker/build.df', 'docker/README.md', 'services/a/Dockerfile', 'services/b/x/Containerfile', 'services/b/.x/Dockerfile', 'node_modules/a/Dockerfile'))

  test.each<readonly [glob: string, paths: readonly string[]]>([
    ['docker/Dockerfile*', ['docker/Dockerfile', 'docker/Dockerfile.dev']],
    ['docker/*', ['docker/Dockerfile', 'docker/Dockerfile.dev']],
    ['docker/*.df', ['docker/build.df']],
    ['docker/*.j2', ['docker/Dockerfile.j2']],
    ['**/Dockerfile', ['docker/Dockerfile', 'services/a/Dockerfile', 'services/b/.x/Dockerfile']],
    ['./**/*.df', ['docker/build.df']],
    ['services/*', ['services/a/Dockerfile', 'services/b/.x/Dockerfile', 'services/b/x/Containerfile']],
    ['services/*/', ['services/a/Dockerfile', 'services/b/.x/Dockerfile', 'services/b/x/Containerfile']],
    ['services/{a,c}', ['services/a/Dockerfile']],
    ['{services,docker}/**', ['docker/Dockerfile', 'docker/Dockerfile.dev', 'services/a/Dockerfile', 'services/b/.x/Dockerfile', 'services/b/x/Containerfile']],
    ['services/**/x/*', ['services/b/x/Containerfile']],
    ['nowhere/*', []],
    ['docker/Dockerfile/*', []],
    ['*.nothing', []],
  ])('%s', async (glob, paths) => {
    expect(await found([glob])).toEqual(paths)
    expect(await found([join(root, glob)])).toEqual(paths)
  })

  test('above the current folder', async () => {
    expect(await found(['../docker/*.df'], 'services')).toEqual(['../docker/build.df'])
  })

  test('leaves out what is ignored', async () => {
    git('', 'init')
    ignoring('', 'services\n')
    expect(await found(['**/Dockerfile'])).toEqual(['docker/Dockerfile'])
    expect(await found(['services/*/Dockerfile'])).toEqual(['services/a/Dockerfile'])
  })
})

describe('git', () => {
  test('says what is ignored, at every level', async () => {
    git('', 'init')
    touch('Dockerfile', 'out/Dockerfile', 'out/keep/Dockerfile', 'a/gen/Dockerfile', 'a/Dockerfile', 'a/Dockerfile.local')
    ignoring('', 'out\n*.local\n')
    ignoring('a', 'gen/\n')
    git('', 'add', '-f', 'out/keep/Dockerfile')
    expect(await found()).toEqual(['Dockerfile', 'a/Dockerfile', 'out/keep/Dockerfile'])
    expect(await found(['a'])).toEqual(['a/Dockerfile'])
    // A folder that is ignored and named is searched all the same.
    expect(await found(['out'])).toEqual(['out/Dockerfile', 'out/keep/Dockerfile'])
    expect(await found(['a/gen'])).toEqual(['a/gen/Dockerfile'])
    expect(await found([], 'a/gen')).toEqual(['Dockerfile'])
  })

  test('knows files that are gone', async () => {
    git('', 'init')
    touch('Dockerfile', 'a/Dockerfile')
    git('', 'add', '.')
    rmSync(join(root, 'Dockerfile'))
    expect(await found()).toEqual(['a/Dockerfile'])
  })

  test('is asked again in submodules and nested repositories', async () => {
    git('', 'init')
    ignoring('', 'ignored\n')
    for (const folder of ['sub', 'nested/deep', 'ignored']) {
      git(folder, 'init')
      touch(`${folder}/Dockerfile`, `${folder}/out/Dockerfile`)
      ignoring(folder, 'out\n')
      git(folder, 'add', '.')
      git(folder, 'commit', '-m', 'x')
    }
    git('', 'add', 'sub')
    mkdirSync(join(root, 'not-checked-out'))
    git('', 'update-index', '--add', '--cacheinfo', `160000,${'1'.repeat(40)},not-checked-out`)
    expect(await found()).toEqual(['nested/deep/Dockerfile', 'sub/Dockerfile'])
    expect(await found(['sub', 'ignored', 'not-checked-out'])).toEqual(['ignored/Dockerfile', 'sub/Dockerfile'])
  })

  test('is asked in repositories below a folder that is in none', async () => {
    git('x/one', 'init')
    touch('x/one/Dockerfile', 'x/one/out/Dockerfile', 'x/two/Dockerfile')
    ignoring('x/one', 'out\n')
    expect(await found()).toEqual(['x/one/Dockerfile', 'x/two/Dockerfile'])
  })

  test('stands in the right repository also inside a hook of another', async () => {
    git('one', 'init')
    git('two', 'init')
    touch('one/Dockerfile', 'two/a/Dockerfile')
    vi.stubEnv('GIT_DIR', join(root, 'one/.git'))
    vi.stubEnv('GIT_INDEX_FILE', join(root, 'one/.git/index'))
    vi.stubEnv('GIT_WORK_TREE', join(root, 'one'))
    expect(await found([], 'two')).toEqual(['a/Dockerfile'])
  })

  test('runs nothing that the repository names', async () => {
    git('', 'init')
    touch('Dockerfile', 'a/Dockerfile', 'a/x/y')
    const ran = join(root, 'ran')
    writeFileSync(join(root, 'evil.sh'), `#!/bin/sh\ntouch '${ran}'\n`, { mode: 0o755 })
    for (const key of ['core.fsmonitor', 'core.pager', 'core.sshCommand', 'core.gitProxy', 'filter.x.clean', 'diff.external']) git('', 'config', key, join(root, 'evil.sh'))
    expect(await found()).toEqual(['Dockerfile', 'a/Dockerfile'])
    // A folder laid out like a bare repository comes with a checkout, its config with it.
    git('bare', 'init', '--bare')
    git('bare', 'config', 'core.fsmonitor', join(root, 'evil.sh'))
    git('bare', 'config', 'core.bare', 'false')
    git('bare', 'config', 'core.worktree', '..')
    touch('bare/Dockerfile')
    const { files } = await discover(['bare'], { cwd: root })
    expect(files.map(({ path }) => path)).toEqual(['bare/Dockerfile'])
    expect(existsSync(ran)).toBe(false)
  })

  test('that fails leaves a walk and a warning', async () => {
    touch('.git', 'a/Dockerfile')
    const { files, problems, warnings } = await discover(['a', '.'], { cwd: root })
    expect(files.map(({ path }) => path)).toEqual(['a/Dockerfile'])
    expect(problems).toEqual([])
    expect(warnings.map(({ path }) => path)).toEqual(['a', '.'])
    expect(warnings[0]!.message).toMatch(/^\.gitignore does not count here: invalid gitfile format/)
  })

  test('that is not installed likewise', async () => {
    git('', 'init')
    touch('Dockerfile')
    vi.stubEnv('PATH', join(root, 'nothing'))
    const { files, warnings } = await discover([], { cwd: root })
    expect(files.map(({ path }) => path)).toEqual(['Dockerfile'])
    expect(warnings).toEqual([{ path: '.', message: '.gitignore does not count here: git is not installed' }])
  })
})
