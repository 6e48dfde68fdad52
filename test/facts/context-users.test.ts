import { expect, test } from 'vitest'
import { contextUsers } from '../../src/facts/context-users.ts'
import { examine } from '../../src/lint.ts'
import { contextOf, type File } from '../support/input.ts'

/** The Dockerfiles that may use the context of the one at `path`. */
function users(files: Readonly<Record<string, File>>, path = 'app/Dockerfile', contextFolder = 'app', ignore?: string): readonly (string | null)[] {
  const all = { [path]: 'FROM node:22\nCOPY . .\n', 'app/package.json': '{}', ...files }
  const inside = Object.entries(all).flatMap(([file, content]) => (contextFolder === '' ? [[file, content]] : file.startsWith(`${contextFolder}/`) ? [[file.slice(contextFolder.length + 1), content]] : []))
  const { build } = examine({
    path, text: all[path] as string, context: contextOf(Object.fromEntries(inside)), ...ignore !== undefined && { ignoreFile: { path: ignore, text: '' } },
    repository: { files: contextOf(all), ownFolder: path.slice(0, Math.max(0, path.lastIndexOf('/'))), contextFolder },
  }, [])
  return contextUsers(build!).map(({ name }) => name)
}
const whole = 'FROM node:22\nCOPY . .\n'

test.each<readonly [string, Readonly<Record<string, File>>, readonly string[]]>([
  ['alone', {}, []],
  ['beside it', { 'app/Dockerfile.dev': whole, 'app/api.dockerfile': whole, 'app/Containerfile': whole }, ['app/Containerfile', 'app/Dockerfile.dev', 'app/api.dockerfile']],
  ['what takes nothing of the context', { 'app/Dockerfile.dev': 'FROM node:22\nRUN make\n' }, []],
  ['notes, ignore files and templates', { 'app/Dockerfile.md': '# Notes\n', 'app/Dockerfile.dockerignore': '', 'app/Dockerfile.tmpl': '{{ a }}\n' }, []],
  ['one with an ignore file of its own', { 'app/Dockerfile.dev': whole, 'app/Dockerfile.dev.dockerignore': '' }, []],
  ['below, with sources at the top of the context', { 'app/docker/Dockerfile': 'FROM node:22\nCOPY package.json .\nCOPY . .\n' }, ['app/docker/Dockerfile']],
  ['below, with sources beside it', { 'app/tool/Dockerfile': 'FROM node:22\nCOPY tool.js .\nCOPY . .\n', 'app/tool/tool.js': '' }, []],
  ['below, and nothing tells', { 'app/tool/Dockerfile': whole }, ['app/tool/Dockerfile']],
  ['in a folder for Dockerfiles above', { 'docker/app.Dockerfile': 'FROM node:22\nCOPY package.json .\n' }, ['docker/app.Dockerfile']],
  ['there, and nothing tells', { 'docker/app.Dockerfile': whole }, []],
  ['in a folder above', { Dockerfile: 'FROM node:22\nCOPY app/package.json .\n' }, []],
  ['in another project', { 'web/Dockerfile': 'FROM node:22\nCOPY package.json .\n' }, []],
  ['installed or vendored', { 'app/node_modules/a/Dockerfile': whole, 'app/vendor/a/Dockerfile': whole }, []],
])('%s', (_, files, expected) => expect(users(files)).toEqual([null, ...expected]))

test('an ignore file named after the Dockerfile is nobody else\'s', () => {
  expect(users({ 'app/Dockerfile.dev': whole }, 'app/Dockerfile', 'app', 'app/Dockerfile.dockerignore')).toEqual([null])
  expect(users({ 'app/Dockerfile.dev': whole }, 'app/Dockerfile', 'app', 'app/.dockerignore')).toEqual([null, 'app/Dockerfile.dev'])
})
test('all stages count', () => {
  const text = 'FROM node:22 AS dev\nCOPY . .\nFROM node:22\nRUN make\n'
  expect(users({ 'app/Dockerfile.dev': text })).toEqual([null, 'app/Dockerfile.dev'])
})
