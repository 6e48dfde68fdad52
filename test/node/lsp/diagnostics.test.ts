// Diagnostics through the protocol: asked for and sent, after edits, for ignore files and configs, with every way to count columns.
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { uriOf } from '../../../src/node/lsp/uris.ts'
import { cachemiss, temporaryFolder } from '../../support/io.ts'
import { full, node, project, pushed, startEditor } from './editor.ts'
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
const codes = (items: readonly { readonly code?: unknown }[]): readonly unknown[] => items.map(({ code }) => code)
const broken = 'FROM node:22\nCOPPY a b\n'

describe('a client that asks', () => {
  test('gets what the command line says, in the same places', async () => {
    folder.write(project)
    await start()
    editor.open(at('Dockerfile'), node)
    const { items, relatedDocuments } = await editor.pull(at('Dockerfile'))
    const { out } = await cachemiss(folder.path, ['--format', 'json'])
    const { findings } = JSON.parse(out).files[0] as { readonly findings: readonly { readonly rule: string; readonly message: string; readonly path?: string }[] }
    expect(items.length).toBeGreaterThan(1)
    expect([...items, ...Object.values(relatedDocuments ?? {}).flatMap(report => report.items)].map(({ code, message }) => `${code} ${message}`).sort()).toEqual(findings.map(({ rule, message }) => `${rule} ${message}`).sort())
    const [found] = items.filter(({ code }) => code === 'copy-source-before-install')
    expect(found).toMatchObject({
      source: 'cachemiss', severity: 2, range: { start: { line: 2, character: 0 }, end: { line: 2, character: 8 } },
      codeDescription: { href: 'https://example.org/rules#copy-source-before-install' },
      relatedInformation: [{ location: { uri: at('Dockerfile'), range: { start: { line: 3 } } } }],
    })
  })

  test('reads nothing of comments about rules of plugins, which are never loaded here', async () => {
    const commented = 'FROM scratch\n# cachemiss ignore=their-rule -- reason\nCOPY a b\n'
    folder.write({ '.git/HEAD': '', 'Dockerfile': commented })
    await start()
    editor.open(at('Dockerfile'), commented)
    expect(codes((await editor.pull(at('Dockerfile'))).items)).toContain('unused-ignore')
    folder.write({ '.cachemissrc.json': '{ "plugins": ["their-plugin"] }' })
    await editor.client.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: at('.cachemissrc.json'), type: 1 }] })
    expect(codes((await editor.pull(at('Dockerfile'))).items)).not.toContain('unused-ignore')
  })

  test('is told that nothing changed, and gets nothing sent', async () => {
    folder.write(project)
    await start()
    editor.open(at('Dockerfile'), node)
    const { resultId } = await editor.pull(at('Dockerfile'))
    expect(await editor.pull(at('Dockerfile'), resultId)).toMatchObject({ kind: 'unchanged', resultId })
    editor.change(at('Dockerfile'), 2, { range: { start: { line: 1, character: 0 }, end: { line: 4, character: 0 } }, text: '' })
    expect((await editor.pull(at('Dockerfile'), resultId)).kind).toBe('full')
    expect(editor.sent).toEqual([])
  })

  test('gets an empty answer for what is not open, and for what is no Dockerfile', async () => {
    await start()
    expect(await editor.pull(at('nowhere/Dockerfile'))).toMatchObject({ kind: 'full', items: [] })
    editor.open(at('main.c'), broken, 'c')
    expect(await editor.pull(at('main.c'))).toMatchObject({ items: [] })
    editor.change(at('nowhere/Dockerfile'), 2, { text: 'x' })
    expect(editor.logged).toEqual([])
  })

  test('marks what nothing needs', async () => {
    await start()
    const text = '# cachemiss ignore=missing-cache-mount\nFROM scratch\n'
    editor.open(at('Dockerfile'), text)
    expect((await editor.pull(at('Dockerfile'))).items).toMatchObject([{ code: 'unused-ignore', tags: [1] }])
  })
})

describe('a client that does not ask', () => {
  test('gets them sent after each edit, and none once the document is closed', async () => {
    folder.write({ '.git/HEAD': '', Dockerfile: 'FROM scratch\n' })
    await start({ capabilities: pushed })
    expect(editor.started.capabilities.diagnosticProvider).toBeUndefined()
    const first = editor.next(at('Dockerfile'))
    editor.open(at('Dockerfile'), broken)
    expect(codes(await first)).toEqual(['syntax-error'])
    const second = editor.next(at('Dockerfile'))
    editor.change(at('Dockerfile'), 2, { range: { start: { line: 1, character: 0 }, end: { line: 2, character: 0 } }, text: '' })
    expect(await second).toEqual([])
    const third = editor.next(at('Dockerfile'))
    editor.change(at('Dockerfile'), 3, { text: broken })
    expect(codes(await third)).toEqual(['syntax-error'])
    expect(editor.sent.at(-1)).toMatchObject({ version: 3 })
    const fourth = editor.next(at('Dockerfile'))
    await editor.client.sendNotification('textDocument/didClose', { textDocument: { uri: at('Dockerfile') } })
    expect(await fourth).toEqual([])
  })

  test('may be one that can do nothing', async () => {
    await start({ capabilities: {} })
    const first = editor.next(at('Dockerfile'))
    editor.open(at('Dockerfile'), node)
    const items = await first
    expect(codes(items)).toContain('copy-source-before-install')
    for (const item of items) expect(Object.keys(item).sort()).toEqual(['code', 'message', 'range', 'severity', 'source'])
    expect(await editor.actions(at('Dockerfile'), 2)).toEqual([])
  })

  test('with edits one after the other in one message', async () => {
    await start({ capabilities: pushed })
    editor.open(at('Dockerfile'), 'FROM scratch\n')
    await editor.next(at('Dockerfile'))
    const next = editor.next(at('Dockerfile'))
    editor.change(at('Dockerfile'), 2,
      { range: { start: { line: 1, character: 0 }, end: { line: 1, character: 0 } }, text: 'COPPY a b\n' },
      { range: { start: { line: 1, character: 3 }, end: { line: 1, character: 4 } }, text: '' },
      { range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, text: 'BAD\n' })
    expect((await next).map(({ range }) => range.start.line)).toEqual([0])
  })
})

describe('columns', () => {
  // One emoji is two units of UTF-16, four bytes of UTF-8 and one character.
  const text = 'FROM scratch\nLABEL a="😀é" b\n'
  for (const [encoding, character] of [['utf-16', 15], ['utf-8', 18], ['utf-32', 14]] as const) {
    test(`in ${encoding}`, async () => {
      await start({ capabilities: { ...full, general: { positionEncodings: ['utf-7', encoding, 'utf-16'] } } })
      expect(editor.started.capabilities.positionEncoding).toBe(encoding)
      editor.open(at('Dockerfile'), text)
      const [item] = (await editor.pull(at('Dockerfile'))).items
      expect(item).toMatchObject({ code: 'syntax-error', range: { end: { line: 1, character } } })
      // Takes the lone b away, which is the mistake.
      editor.change(at('Dockerfile'), 2, { range: { start: { line: 1, character: character - 1 }, end: { line: 1, character } }, text: '' })
      expect((await editor.pull(at('Dockerfile'))).items).toEqual([])
    })
  }

  test('are UTF-16 where the client names none that is known', async () => {
    await start({ capabilities: { ...full, general: { positionEncodings: ['utf-7'] } } })
    expect(editor.started.capabilities.positionEncoding).toBe('utf-16')
  })

  test('beyond the text are its end', async () => {
    await start()
    editor.open(at('Dockerfile'), 'FROM scratch\n')
    editor.change(at('Dockerfile'), 2, { range: { start: { line: 90, character: 90 }, end: { line: 900, character: 0 } }, text: 'COPPY a b\n' })
    expect((await editor.pull(at('Dockerfile'))).items).toMatchObject([{ code: 'syntax-error', range: { start: { line: 1 } } }])
  })
})

describe('what is not saved', () => {
  test('counts for the ignore file', async () => {
    folder.write({ ...project, '.dockerignore': 'node_modules\n', Dockerfile: 'FROM node:22\nCOPY index.js .\n' })
    await start()
    editor.open(at('Dockerfile'), 'FROM node:22\nCOPY index.js .\n')
    expect(codes((await editor.pull(at('Dockerfile'))).items)).not.toContain('copy-ignored-file')
    editor.open(at('.dockerignore'), 'index.js\n', 'ignore')
    expect(codes((await editor.pull(at('Dockerfile'))).items)).toContain('copy-ignored-file')
    await editor.client.sendNotification('textDocument/didClose', { textDocument: { uri: at('.dockerignore') } })
    expect(codes((await editor.pull(at('Dockerfile'))).items)).not.toContain('copy-ignored-file')
  })

  test('counts for the config', async () => {
    folder.write({ ...project, '.cachemissrc.json': '{}' })
    await start()
    editor.open(at('Dockerfile'), node)
    expect(codes((await editor.pull(at('Dockerfile'))).items)).toContain('copy-source-before-install')
    editor.open(at('.cachemissrc.json'), '{"rules": {"copy-source-before-install": "off"}}', 'jsonc')
    expect(codes((await editor.pull(at('Dockerfile'))).items)).not.toContain('copy-source-before-install')
  })
})

describe('the ignore file', () => {
  const files = { ...project, '.dockerignore': 'node_modules\ndocs   # not for the image\n', 'docs/guide.md': '', 'a.Dockerfile': 'FROM node:22\nCOPY . /srv\n' }

  test('has its own diagnostics, each once', async () => {
    folder.write({ ...files })
    await start()
    editor.open(at('Dockerfile'), node)
    editor.open(at('a.Dockerfile'), files['a.Dockerfile'])
    const { items, relatedDocuments } = await editor.pull(at('Dockerfile'))
    const related = relatedDocuments?.[at('.dockerignore')]?.items ?? []
    expect(related.length).toBeGreaterThan(0)
    for (const { code } of related) expect(codes(items)).not.toContain(code)
    await editor.pull(at('a.Dockerfile'))
    editor.open(at('.dockerignore'), files['.dockerignore'], 'ignore')
    const own = (await editor.pull(at('.dockerignore'))).items
    expect(own).toEqual(related)
  })
})
