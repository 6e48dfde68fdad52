// Code actions through the protocol: fixes, comments and config lines that silence a finding, and documentation.
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { CodeAction } from 'vscode-languageserver'
import { uriOf } from '../../../src/node/lsp/uris.ts'
import { cachemiss, temporaryFolder } from '../../support/io.ts'
import { edited, full, node, project, startEditor } from './editor.ts'
import type { Editor, Starting } from './editor.ts'

let folder: ReturnType<typeof temporaryFolder>
let editor: Editor
beforeEach(() => {
  folder = temporaryFolder()
})
afterEach(async () => {
  await editor.leave()
  folder.remove()
})
const start = async (starting: Starting = {}): Promise<Editor> => editor = await startEditor({ folders: [folder.path], ...starting })
const at = (name: string): string => uriOf(join(folder.path, name))
const apt = 'FROM debian:12\nRUN apt-get update && apt-get install -y --no-install-recommends curl\n'
const titles = (actions: readonly CodeAction[]): readonly string[] => actions.map(({ title }) => title)
const named = (actions: readonly CodeAction[], pattern: RegExp): CodeAction => {
  const found = actions.find(({ title }) => pattern.test(title))
  expect(found, `${pattern} among ${titles(actions).join('; ')}`).toBeDefined()
  return found!
}

describe('a fix', () => {
  test('makes of the text what the command line makes of it', async () => {
    folder.write({ '.git/HEAD': '', Dockerfile: apt })
    await start()
    editor.open(at('Dockerfile'), apt)
    const action = named(await editor.actions(at('Dockerfile'), 1, ['quickfix']), /rm -rf|package lists/i)
    expect(action).toMatchObject({ kind: 'quickfix', isPreferred: true, diagnostics: [{ code: 'apt-lists-not-removed' }] })
    const { out } = await cachemiss(folder.path, ['--fix', '--fix-rule', 'apt-lists-not-removed', '--stdin-filename', 'Dockerfile', '-'], { stdin: apt })
    expect(edited(action, at('Dockerfile'), apt)).toBe(out)
  })

  test('that may change the image says so and is not the preferred one', async () => {
    folder.write(project)
    await start()
    editor.open(at('Dockerfile'), node)
    const action = named(await editor.actions(at('Dockerfile'), 2, ['quickfix']), /\(may change the image\)$/)
    expect(action.isPreferred).toBeUndefined()
    expect(edited(action, at('Dockerfile'), node)).toContain('COPY package')
    expect(action.edit?.documentChanges?.[0]).toMatchObject({ textDocument: { uri: at('Dockerfile'), version: 1 } })
  })

  test('of the ignore file creates it, where the client can', async () => {
    folder.write({ ...project, 'node_modules/a/index.js': '' })
    await start()
    editor.open(at('Dockerfile'), node)
    const action = named(await editor.actions(at('Dockerfile'), 2, ['quickfix']), /\.dockerignore/)
    expect(action.edit?.documentChanges).toMatchObject([{ kind: 'create', uri: at('.dockerignore') }, { textDocument: { uri: at('.dockerignore'), version: null } }])
    expect(edited(action, at('.dockerignore'), '')).toMatch(/^\.git$/m)
    expect(existsSync(join(folder.path, '.dockerignore'))).toBe(false)
  })

  test('of the ignore file is not offered to a client that creates no files', async () => {
    folder.write({ ...project, 'node_modules/a/index.js': '' })
    await start({ capabilities: { ...full, workspace: {} } })
    editor.open(at('Dockerfile'), node)
    const actions = await editor.actions(at('Dockerfile'), 2, ['quickfix'])
    expect(titles(actions).filter(title => title.includes('may change'))).toEqual([])
    // What changes files that are there comes as plain changes.
    expect(named(actions, /^Ignore missing-dockerignore here$/).edit).toMatchObject({ changes: { [at('Dockerfile')]: [expect.anything()] } })
  })

  test('of the ignore file changes the text that is open, and is offered there too', async () => {
    const ignore = 'docs   # not for the image\n'
    folder.write({ ...project, '.dockerignore': ignore, 'docs/guide.md': '' })
    await start()
    editor.open(at('Dockerfile'), node)
    editor.open(at('.dockerignore'), `# mine\n${ignore}`, 'ignore')
    await editor.pull(at('.dockerignore'))
    const actions = await editor.actions(at('.dockerignore'), 1)
    named(actions, /^Ignore ineffective-dockerignore-pattern in Dockerfile$/)
    expect(titles(actions)).not.toContain('Ignore ineffective-dockerignore-pattern here')
  })
})

describe('all safe fixes', () => {
  test('are applied for whoever asks for a kind above', async () => {
    folder.write({ '.git/HEAD': '', Dockerfile: apt })
    await start()
    const text = `${apt}RUN apt-get update && apt-get install -y --no-install-recommends git\n`
    editor.open(at('Dockerfile'), text)
    const { out } = await cachemiss(folder.path, ['--fix', '--stdin-filename', 'Dockerfile', '-'], { stdin: text })
    expect(out).not.toBe(text)
    for (const only of ['source.fixAll.cachemiss', 'source.fixAll', 'source']) {
      const actions = await editor.actions(at('Dockerfile'), 0, [only])
      expect(actions).toMatchObject([{ kind: 'source.fixAll.cachemiss' }])
      expect(edited(actions[0], at('Dockerfile'), text)).toBe(out)
    }
    for (const only of ['quickfix', 'source.organizeImports', 'source.fixAll.other', 'sour']) {
      expect((await editor.actions(at('Dockerfile'), 0, [only])).filter(({ kind }) => kind !== 'quickfix'), only).toEqual([])
    }
  })

  test('are not offered where there are none', async () => {
    folder.write(project)
    await start()
    editor.open(at('Dockerfile'), 'FROM scratch\n')
    expect(await editor.actions(at('Dockerfile'), 0)).toEqual([])
  })

  test('come as a command as well', async () => {
    folder.write({ '.git/HEAD': '', Dockerfile: apt })
    const applied: unknown[] = []
    let done: () => void
    const asked = new Promise<void>(resolve => { done = resolve })
    await start({ prepare: client => client.onRequest('workspace/applyEdit', params => {
      applied.push(params)
      done()
      return { applied: true }
    }) })
    editor.open(at('Dockerfile'), apt)
    expect(await editor.client.sendRequest('workspace/executeCommand', { command: 'cachemiss.fixAll', arguments: [at('Dockerfile')] })).toBeNull()
    await asked
    expect(applied).toMatchObject([{ edit: { documentChanges: [{ textDocument: { uri: at('Dockerfile') } }] } }])
  })
})

describe('a comment', () => {
  const ignored = async (text: string, line: number, title: RegExp): Promise<string> => {
    folder.write({ ...project, Dockerfile: text })
    await start()
    editor.open(at('Dockerfile'), text)
    return edited(named(await editor.actions(at('Dockerfile'), line), title), at('Dockerfile'), text)
  }

  test('goes above the instruction, and silences it', async () => {
    const text = await ignored(node, 2, /^Ignore copy-source-before-install here$/)
    expect(text).toBe(node.replace('COPY', '# cachemiss ignore=copy-source-before-install -- reason\nCOPY'))
    editor.change(at('Dockerfile'), 2, { text })
    expect((await editor.pull(at('Dockerfile'))).items.map(({ code }) => code)).not.toContain('copy-source-before-install')
  })

  test('for the file goes below the parser directives, which stay in force', async () => {
    const text = await ignored(`# syntax=docker/dockerfile:1\n# escape=\`\n${node}`, 4, /^Ignore copy-source-before-install in this file$/)
    expect(text.split('\n').slice(0, 4)).toEqual(['# syntax=docker/dockerfile:1', '# escape=`', '# cachemiss ignore-file=copy-source-before-install -- reason', 'FROM node:22'])
  })

  test('for the file goes below the directive below a line that starts with #!, which names the frontend', async () => {
    expect((await ignored(`#!/usr/bin/env docker\n# syntax=docker/dockerfile:1\n\n${node}`, 5, /in this file$/)).split('\n').slice(1, 4)).toEqual(['# syntax=docker/dockerfile:1', expect.stringMatching(/^# cachemiss ignore-file=/), ''])
  })

  test('for the file goes below a line that starts with #!, and keeps CRLF', async () => {
    expect(await ignored(`#!/usr/bin/env docker\r\n${node.replaceAll('\n', '\r\n')}`, 3, /in this file$/)).toMatch(/^#!\/usr\/bin\/env docker\r\n# cachemiss ignore-file=[\w-]+ -- reason\r\nFROM node:22\r\n/)
  })

  test('above an indented instruction that goes on for lines is indented like it', async () => {
    expect(await ignored('FROM node:22\nWORKDIR /app\n  COPY . \\\n   .\nRUN npm ci\n', 3, /copy-source-before-install here$/)).toContain('\n  # cachemiss ignore=copy-source-before-install -- reason\n  COPY . \\\n')
  })

  test('is not offered for what the engine refuses', async () => {
    folder.write(project)
    await start()
    editor.open(at('Dockerfile'), 'FROM node:22\nCOPPY a b\n')
    expect(titles(await editor.actions(at('Dockerfile'), 1))).toEqual(['Show documentation for syntax-error'])
  })
})

describe('a line in the config', () => {
  test('goes into the one that counts, beside what stands there', async () => {
    const config = '{\n\t// ours\n\t"rules": {\n\t\t"missing-cache-mount": "off",\n\t},\n}\n'
    folder.write({ ...project, '.cachemissrc.json': config })
    await start()
    editor.open(at('Dockerfile'), node)
    const action = named(await editor.actions(at('Dockerfile'), 2), /^Turn copy-source-before-install off in \.cachemissrc\.json$/)
    const text = edited(action, at('.cachemissrc.json'), config)
    expect(text).toContain('// ours')
    expect(text).toMatch(/\n\t\t"copy-source-before-install": "off"/)
    editor.open(at('.cachemissrc.json'), text, 'jsonc')
    expect((await editor.pull(at('Dockerfile'))).items.map(({ code }) => code)).not.toContain('copy-source-before-install')
  })

  test('keeps the options of a rule', async () => {
    const config = '{"rules": {"copy-source-before-install": {"severity": "error"}}}'
    folder.write({ ...project, '.cachemissrc.json': config })
    await start()
    editor.open(at('Dockerfile'), node)
    const action = named(await editor.actions(at('Dockerfile'), 2), /^Turn copy-source-before-install off/)
    expect(JSON.parse(edited(action, at('.cachemissrc.json'), config))).toEqual({ rules: { 'copy-source-before-install': { severity: 'off' } } })
  })

  test('goes into a new config where there is none', async () => {
    folder.write(project)
    await start()
    editor.open(at('Dockerfile'), node)
    const action = named(await editor.actions(at('Dockerfile'), 2), /^Turn copy-source-before-install off/)
    expect(action.edit?.documentChanges).toMatchObject([{ kind: 'create', uri: at('.cachemissrc.json') }, {}])
    expect(edited(action, at('.cachemissrc.json'), '')).toBe('{\n  "rules": {\n    "copy-source-before-install": "off"\n  }\n}\n')
  })

  test('goes under the key of package.json where that is the config', async () => {
    const config = '{\n  "name": "a",\n  "cachemiss": {}\n}\n'
    folder.write({ ...project, 'package.json': config })
    await start()
    editor.open(at('Dockerfile'), node)
    const action = named(await editor.actions(at('Dockerfile'), 2), /^Turn copy-source-before-install off in package\.json/)
    expect(JSON.parse(edited(action, at('package.json'), config))).toEqual({ name: 'a', cachemiss: { rules: { 'copy-source-before-install': 'off' } } })
  })

  test('is not offered where an override would turn it on again', async () => {
    folder.write({ ...project, '.cachemissrc.json': '{"overrides": [{"files": ["Dockerfile"], "rules": {"copy-source-before-install": "error"}}]}' })
    await start()
    editor.open(at('Dockerfile'), node)
    expect(titles(await editor.actions(at('Dockerfile'), 2)).filter(title => title.startsWith('Turn copy-source-before-install'))).toEqual([])
  })
})

describe('documentation', () => {
  test('opens at the rule', async () => {
    folder.write(project)
    let shown: (uri: string) => void
    const asked = new Promise<string>(resolve => { shown = resolve })
    await start({ prepare: client => client.onRequest('window/showDocument', ({ uri }: { readonly uri: string }) => {
      shown(uri)
      return { success: true }
    }) })
    editor.open(at('Dockerfile'), node)
    const { command } = named(await editor.actions(at('Dockerfile'), 2), /^Show documentation for copy-source-before-install$/)
    await editor.client.sendRequest('workspace/executeCommand', { command: command!.command, arguments: command!.arguments })
    expect(await asked).toBe('https://example.org/rules#copy-source-before-install')
  })

  test('comes as Markdown', async () => {
    await start()
    expect(await editor.client.sendRequest('workspace/executeCommand', { command: 'cachemiss.explain', arguments: ['copy-source-before-install'] })).toContain('Why it matters')
    for (const args of [[], ['no-such-rule'], [{}], [{ toString: 'x' }]]) expect(await editor.client.sendRequest('workspace/executeCommand', { command: 'cachemiss.explain', arguments: args })).toBeNull()
    expect(await editor.client.sendRequest('workspace/executeCommand', { command: 'rm', arguments: ['copy-source-before-install'] })).toBeNull()
  })
})

test('nothing is ever written', async () => {
  folder.write(project)
  await start()
  editor.open(at('Dockerfile'), node)
  for (const line of [0, 1, 2, 3]) await editor.actions(at('Dockerfile'), line)
  expect(readdirSync(folder.path).sort()).toEqual(['.git', 'Dockerfile', 'index.js', 'package-lock.json', 'package.json'])
})
