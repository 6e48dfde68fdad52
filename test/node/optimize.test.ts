// `cachemiss optimize` as typed: what it prints, what it writes, how it ends.
import { readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { cachemiss, temporaryFolder } from '../support/io.ts'

const files = {
  'Dockerfile': 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\nRUN npm run build\nCMD ["node", "dist/server.js"]\n',
  '.dockerignore': '.git\nnode_modules\nDockerfile\n.dockerignore\n',
  'package.json': '{"scripts":{"build":"tsc"},"dependencies":{"a":"1.0.0"}}',
  'package-lock.json': '{"lockfileVersion":3,"packages":{"":{"dependencies":{"a":"1.0.0"}},"node_modules/a":{"version":"1.0.0"}}}',
  'src/server.ts': '', 'tidy/Dockerfile': 'FROM node:22\nCMD ["node", "server.js"]\n',
}
const better = 'FROM node:22\nWORKDIR /app\nCOPY package.json package-lock.json ./\nRUN npm ci\nCOPY . .\nRUN npm run build\nCMD ["node", "dist/server.js"]\n'

describe('optimize', () => {
  let folder: ReturnType<typeof temporaryFolder>
  const read = (path: string): string => readFileSync(join(folder.path, path), 'utf8')
  beforeEach(() => (folder = temporaryFolder()).write(files))
  afterEach(() => folder.remove())

  test('prints the diff, the gain and its reasons, and writes nothing', async () => {
    const { code, out, err } = await cachemiss(folder.path, ['optimize', 'Dockerfile'])
    expect({ code, err }).toEqual({ code: 0, err: '' })
    expect(out).toContain('-COPY . .\n+COPY package.json package-lock.json ./\n RUN npm ci\n+COPY . .\n')
    expect(out).toMatch(/^Dockerfile: about \d+ s → about [\d.]+ s to build again after the average change$/m)
    expect(out).toMatch(/^ {2}source files +\d+ s → [\d.]+ s$/m)
    expect(out).toMatch(/saves [\d.]+ s: copy package.json and package-lock.json before "npm ci".* \(copy-source-before-install\)\n +assumes /)
    expect(read('Dockerfile')).toBe(files.Dockerfile)
  })

  test('writes with --fix, and has nothing more to win then', async () => {
    const mode = statSync(join(folder.path, 'Dockerfile')).mode
    expect((await cachemiss(folder.path, ['optimize', '--fix', 'Dockerfile'])).code).toBe(0)
    expect(read('Dockerfile')).toBe(better)
    expect(statSync(join(folder.path, 'Dockerfile')).mode).toBe(mode)
    expect((await cachemiss(folder.path, ['optimize', 'Dockerfile'])).out).toBe('Dockerfile: nothing to win that the model knows of\n')
  })

  test('takes folders, and tells of each Dockerfile', async () => {
    const { out } = await cachemiss(folder.path, ['optimize'])
    expect(out).toContain('\ntidy/Dockerfile: nothing to win')
    expect(out.indexOf('Dockerfile: about')).toBeLessThan(out.indexOf('tidy/Dockerfile: nothing'))
  })

  test('json holds the costs, the improvements and the text', async () => {
    const { out } = await cachemiss(folder.path, ['optimize', '--format', 'json', 'Dockerfile'])
    const [file] = JSON.parse(out).files
    expect(file).toMatchObject({ path: 'Dockerfile', isComplete: true, output: better, improvements: [{ rule: 'copy-source-before-install', safety: 'suggested' }] })
    expect(file.after.seconds).toBeLessThan(file.before.seconds)
  })

  test('shows progress on a terminal only', async () => {
    expect((await cachemiss(folder.path, ['optimize', '--no-color', 'Dockerfile'], { terminal: 80 })).out).not.toContain('\x1b[3')
  })

  test('a syntax error costs that file only', async () => {
    folder.write({ 'bad/Dockerfile': 'FRM node\n' })
    const { code, out, err } = await cachemiss(folder.path, ['optimize'])
    expect({ code, isThere: out.includes('tidy/Dockerfile: nothing') }).toEqual({ code: 2, isThere: true })
    expect(err).toMatch(/^cachemiss: bad\/Dockerfile:1: .*FRM.*\n$/)
  })

  test('a file that is missing: 2, and the others all the same', async () => {
    const { code, out, err } = await cachemiss(folder.path, ['optimize', 'Dockerfile', 'missing'])
    expect({ code, err, isThere: out.includes('Dockerfile: about') }).toEqual({ code: 2, err: expect.stringMatching(/^cachemiss: missing: .*\n$/), isThere: true })
  })

  test.each([
    [['--fx'], /has no option "--fx". Did you mean --fix\?/], [['--format', 'xml'], /no format "xml"/], [['-'], /reads no standard input/], [['--target'], /target/],
  ])('bad usage: %j', async (args, message) => {
    const { code, err, out } = await cachemiss(folder.path, ['optimize', ...args])
    expect({ code, out }).toEqual({ code: 2, out: '' })
    expect(err).toMatch(message)
    expect(err.trimEnd().split('\n')).toHaveLength(1)
  })

  test('--help', async () => expect((await cachemiss(folder.path, ['optimize', '--help'])).out).toContain('Usage: cachemiss optimize'))
})
