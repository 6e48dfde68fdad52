// What a change under review may bring along: links, pipes, programs in git's config, names that are no text. None of it runs, hangs a
// run, reaches outside of the repository, or hides another file.
import { execFileSync } from 'node:child_process'
import { chmodSync, existsSync, mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { uriOf } from '../../src/node/lsp/uris.ts'
import { cachemiss, temporaryFolder } from '../support/io.ts'
import { startEditor } from './lsp/editor.ts'

const dockerfile = 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n'
const isUnix = process.platform !== 'win32'

let folder: ReturnType<typeof temporaryFolder>
const at = (name: string): string => join(folder.path, name)
const git = (...args: readonly string[]): string => execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', '-c', 'commit.gpgsign=false', ...args], { cwd: at('repo'), encoding: 'utf8', stdio: 'pipe' })

beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(() => folder.remove())

describe.skipIf(!isUnix)('what git is told', () => {
  const program = (): string => {
    writeFileSync(at('program'), `#!/bin/sh\necho "$@" >> ${at('ran')}\ncat\n`)
    chmodSync(at('program'), 0o755)
    return at('program')
  }
  // Read as it is by git, which compares the content of what looks changed.
  const touched = (): void => {
    for (const name of ['repo/Dockerfile', 'repo/package.json']) utimesSync(at(name), 1, 1)
  }
  beforeEach(() => {
    folder.write({ 'repo/Dockerfile': dockerfile, 'repo/package.json': '{}', 'repo/.gitattributes': 'Dockerfile filter=one\npackage.json filter=two.three\n' })
    git('init', '-q', '-b', 'main')
    git('add', '-A')
    git('commit', '-q', '-m', 'first')
  })

  for (const args of [['--changed-since', 'main'], ['why'], ['why', '--since', 'main']]) {
    test(`starts no filter: ${args.join(' ')}`, async () => {
      git('config', 'filter.one.clean', `${program()} clean`)
      git('config', 'filter.two.three.process', `${program()} process`)
      git('config', 'filter.two.three.required', 'true')
      touched()
      const { code, err } = await cachemiss(at('repo'), args)
      expect(existsSync(at('ran'))).toBe(false)
      expect(code, err).toBe(0)
    })
  }

  test('starts no filter of a config that the config takes in', async () => {
    folder.write({ 'more.config': `[filter "one"]\n\tclean = ${program()} clean\n` })
    git('config', 'include.path', at('more.config'))
    git('config', 'extensions.worktreeConfig', 'true')
    writeFileSync(at('repo/.git/config.worktree'), `[filter "two.three"]\n\tclean = ${at('program')} clean\n`)
    touched()
    expect((await cachemiss(at('repo'), ['--changed-since', 'main'])).code).toBe(0)
    expect(existsSync(at('ran'))).toBe(false)
  })

  test('refuses a filter that cannot be switched off', async () => {
    writeFileSync(at('repo/.gitattributes'), 'Dockerfile filter=a=b\n')
    git('config', 'filter.a=b.clean', `${program()} clean`)
    touched()
    const { code, err } = await cachemiss(at('repo'), ['--changed-since', 'main'])
    expect({ code, err }).toEqual({ code: 2, err: 'cachemiss: git would run the program of "filter.a=b.clean" here, which its config names\n' })
    expect(existsSync(at('ran'))).toBe(false)
  })

  test('fetches nothing that is missing', async () => {
    const tree = git('rev-parse', 'HEAD^{tree}').trim()
    git('config', 'core.repositoryFormatVersion', '1')
    git('config', 'extensions.partialClone', 'origin')
    git('config', 'remote.origin.promisor', 'true')
    git('config', 'remote.origin.url', `ext::${program()} fetch`)
    git('config', 'protocol.ext.allow', 'always')
    execFileSync('rm', ['-f', at(`repo/.git/objects/${tree.slice(0, 2)}/${tree.slice(2)}`)])
    await cachemiss(at('repo'), ['--changed-since', 'main'])
    expect(existsSync(at('ran'))).toBe(false)
  })
})

describe.skipIf(!isUnix)('a report', () => {
  beforeEach(() => folder.write({ 'repo/Dockerfile': dockerfile, 'repo/.git/config': 'of git\n', 'victim': 'mine\n', 'elsewhere/x': '' }))

  for (const [name, link, target, message] of [
    ['a file outside of the repository', 'report', '../victim', 'report is a link that leaves the repository'],
    ['a folder outside of the repository', 'out', '../elsewhere', 'out/report is a link that leaves the repository'],
    ['the files of git', 'report', '.git/config', 'report is a link into .git'],
    ['the folder of git', 'out', '.git/new', 'out/report is a link into .git'],
  ] as const) {
    test(`is not written through a link to ${name}`, async () => {
      mkdirSync(at('repo/.git/new'))
      symlinkSync(target, at(`repo/${link}`))
      const path = message.slice(0, message.indexOf(' '))
      for (const args of [['--output-file', path], ['--format', `json=${path}`], ['--baseline', path, '--update-baseline']]) {
        if (link === 'report' && args[0] === '--baseline') continue
        const { code, err } = await cachemiss(at('repo'), args)
        expect(err.split('\n')).toContain(`cachemiss: ${message}. Name the place that it leads to.`)
        expect(code).toBe(2)
      }
      expect(readFileSync(at('victim'), 'utf8')).toBe('mine\n')
      expect(readFileSync(at('repo/.git/config'), 'utf8')).toBe('of git\n')
      expect(existsSync(at('elsewhere/report'))).toBe(false)
      expect(existsSync(at('repo/.git/new/report'))).toBe(false)
    })
  }

  test('is written wherever else it is asked for', async () => {
    symlinkSync('../victim', at('elsewhere/link'))
    symlinkSync('docs', at('repo/out'))
    mkdirSync(at('repo/docs'))
    for (const path of ['../elsewhere/link', '../elsewhere/new/report', 'out/report', 'new/report']) {
      expect((await cachemiss(at('repo'), ['--format', `json=${path}`])).code).toBe(1)
      expect(readFileSync(at(`repo/${path}`), 'utf8')).toMatch(/^\{/)
    }
    expect(readFileSync(at('victim'), 'utf8')).toMatch(/^\{/)
  })
})

describe.skipIf(!isUnix)('a Dockerfile', () => {
  const secret = 'hunter2'
  beforeEach(() => folder.write({ 'repo/.git/config': `${secret}\n`, 'secret': `${secret}\n`, 'repo/sub/Dockerfile': dockerfile }))

  for (const [target, what] of [['../secret', 'a link that leaves the repository'], ['/dev/zero', 'a link that leaves the repository'], ['.git/config', 'a link into .git']] as const) {
    test(`that is ${what} is not read, whoever names it: ${target}`, async () => {
      symlinkSync(target, at('repo/Dockerfile'))
      for (const [args, stdin] of [[['Dockerfile', 'sub']], [['--files-from', '-'], 'Dockerfile\nsub/Dockerfile\n']] as const) {
        const { code, out, err } = await cachemiss(at('repo'), ['--format', 'json', ...args], stdin === undefined ? {} : { stdin })
        expect(err).toMatch(new RegExp(`^cachemiss: Dockerfile: ${what.replace('.', '\\.')}$`, 'm'))
        expect(code).toBe(2)
        expect(out).not.toContain(secret)
        expect(out).toContain('sub/Dockerfile')
      }
      // Nobody named it.
      expect((await cachemiss(at('repo'), ['--format', 'json'])).out).not.toContain(secret)
    })
  }

  test('is read through a link inside of the repository, and where there is none', async () => {
    symlinkSync('sub/Dockerfile', at('repo/Dockerfile'))
    symlinkSync('repo/sub/Dockerfile', at('Dockerfile'))
    expect((await cachemiss(at('repo'), ['Dockerfile'])).code).toBe(1)
    expect((await cachemiss(folder.path, ['Dockerfile'])).code).toBe(1)
  })

  test('has no ignore file that is a link into .git', async () => {
    folder.write({ 'repo/.git/config': 'package.json\n', 'repo/sub/package.json': '{}', 'repo/sub/Dockerfile': 'FROM node:22\nCOPY package.json ./\n' })
    symlinkSync('../.git/config', at('repo/sub/.dockerignore'))
    expect((await cachemiss(at('repo'), ['--format', 'json'])).out).not.toContain('copy-ignored-file')
  })

  for (const inGit of [true, false]) {
    test(`whose name is no text is told, ${inGit ? 'as git lists it' : 'as it is come across'}`, async () => {
      writeFileSync(Buffer.concat([Buffer.from(at('repo/Dockerfile.')), Buffer.from([0xff])]), dockerfile)
      mkdirSync(Buffer.concat([Buffer.from(at('repo/')), Buffer.from([0xfe])]))
      writeFileSync(Buffer.concat([Buffer.from(at('repo/')), Buffer.from([0xfe]), Buffer.from('/Dockerfile')]), dockerfile)
      execFileSync('rm', ['-r', at('repo/.git')])
      if (inGit) git('init', '-q')
      const { code, out, err } = await cachemiss(at('repo'), ['--format', 'json'])
      expect(out).toContain('sub/Dockerfile')
      expect(err).toContain('cachemiss: Dockerfile.\ufffd: not linted: its name is not UTF-8\n')
      expect(err).toMatch(/^cachemiss: (?:warning: )?\ufffd(?:\/Dockerfile)?: not (?:linted|searched): its name is not UTF-8$/m)
      expect(code).toBe(2)
    })
  }
})

describe.skipIf(!isUnix)('an editor', () => {
  const broken = [['a link to what has no end', () => symlinkSync('/dev/zero', at('repo/.cachemissrc.json'))], ['a pipe', () => execFileSync('mkfifo', [at('repo/.cachemissrc.json')])]] as const
  for (const [what, make] of broken) {
    test(`goes on where the config is ${what}`, async () => {
      folder.write({ 'repo/.git/HEAD': '', 'repo/Dockerfile': dockerfile })
      make()
      const editor = await startEditor({ folders: [at('repo')] })
      const uri = uriOf(at('repo/Dockerfile'))
      editor.open(uri, dockerfile)
      expect((await editor.pull(uri)).items.map(({ message }) => message)).toEqual([expect.stringMatching(/^Not looked at: \.cachemissrc\.json is /)])
      await editor.leave()
    })
  }
})

describe.skipIf(!isUnix)('init', () => {
  test('reads no package.json without an end', async () => {
    mkdirSync(at('repo/.git'), { recursive: true })
    for (const make of [() => symlinkSync('/dev/zero', at('repo/package.json')), () => execFileSync('mkfifo', [at('repo/package.json')])]) {
      make()
      expect((await cachemiss(at('repo'), ['init'])).code).toBe(0)
      execFileSync('rm', [at('repo/package.json'), at('repo/.cachemissrc.json')])
    }
  })
})

describe.skipIf(!isUnix)('without a repository, as in an unpacked archive', () => {
  test('no other file than a JSON one is read as config, and quoted', async () => {
    folder.write({ 'secret.txt': 'password-of-root', 'a/Dockerfile': 'FROM scratch\n', 'a/.cachemissrc.json': '{ "extends": "../secret.txt" }', 'b/Dockerfile': 'FROM scratch\n', 'c/Dockerfile': 'FROM scratch\n', 'c/.cachemissrc.json': '{ "extends": "./base.json" }' })
    symlinkSync('../secret.txt', at('b/.cachemissrc.json'))
    symlinkSync('../secret.txt', at('c/base.json'))
    const errors = [await cachemiss(at('a'), ['Dockerfile']), await cachemiss(at('b'), ['Dockerfile']), await cachemiss(at('c'), ['Dockerfile'])].map(({ code, err }) => [code, err])
    expect(errors).toEqual([
      [2, 'cachemiss: .cachemissrc.json:1:14: "../secret.txt" is no JSON file\n'],
      [2, 'cachemiss: .cachemissrc.json is a link to no JSON file. Name it on the command line: --config.\n'],
      [2, 'cachemiss: .cachemissrc.json:1:14: "./base.json" is no JSON file\n'],
    ])
  })
})
