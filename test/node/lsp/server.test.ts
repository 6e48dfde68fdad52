// The server as a program: how it starts and ends, what it bears from clients, configs and files, and several of everything.
import { rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { CancellationTokenSource } from 'vscode-languageserver/node'
import type { PublishDiagnosticsParams, WorkspaceDiagnosticReport } from 'vscode-languageserver'
import { uriOf } from '../../../src/node/lsp/uris.ts'
import { cachemiss, temporaryFolder } from '../../support/io.ts'
import { full, node, project, pushed, startEditor } from './editor.ts'
import type { Editor, Starting } from './editor.ts'

let folder: ReturnType<typeof temporaryFolder>
let editors: Editor[]
beforeEach(() => {
  folder = temporaryFolder()
  editors = []
})
afterEach(async () => {
  for (const editor of editors) await editor.leave()
  folder.remove()
})
const start = async (starting: Starting = {}): Promise<Editor> => {
  const editor = await startEditor({ folders: [folder.path], ...starting })
  editors.push(editor)
  return editor
}
const at = (name: string): string => uriOf(join(folder.path, name))
const codes = (items: readonly { readonly code?: unknown }[]): readonly unknown[] => items.map(({ code }) => code)
const rule = 'copy-source-before-install'
const tick = (): Promise<void> => new Promise(resolve => {
  setTimeout(resolve, 20)
})

describe('the command line', () => {
  for (const [args, message] of [
    [['lsp'], 'lsp: how the editor talks to it is not given. Write cachemiss lsp --stdio.'],
    [['lsp', '--stdoi'], 'lsp has no option "--stdoi". Did you mean --stdio?'],
    [['lsp', '--stdio', 'x'], 'lsp takes no path, and "x" is given. Editors say which files are open.'],
    [['lsp', '--stdio', '--socket=1'], 'lsp: more than one of --stdio, --node-ipc, --socket and --pipe is given'],
    [['lsp', '--socket=0'], 'lsp: --socket: "0" is no port'],
    [['--socket', 'x'], 'lsp: --socket: "x" is no port'],
    [['lsp', '--pipe='], 'lsp: --pipe needs a name. Write --pipe=NAME.'],
    [['--stdio', '--clientProcessId=me'], 'lsp: --clientProcessId: "me" is no process id'],
  ] as const) {
    test(`refuses ${args.join(' ')}`, async () => expect(await cachemiss(folder.path, args)).toEqual({ code: 2, out: '', err: `cachemiss: ${message}\n` }))
  }

  test('refuses a pipe on which nobody listens', async () => {
    expect(await cachemiss(folder.path, ['lsp', `--pipe=${folder.path}/none`])).toMatchObject({ code: 2, err: expect.stringMatching(/^cachemiss: lsp: nobody listens there: [^\n]*\n$/) })
  })
  test('has help', async () => expect(await cachemiss(folder.path, ['lsp', '--help'])).toMatchObject({ code: 0, out: expect.stringContaining('--clientProcessId=ID') }))
})

describe('the end', () => {
  test('is 0 after shutdown and exit, 1 after exit alone and when the client is gone', async () => {
    expect(await (await startEditor()).leave()).toBe(0)
    const abrupt = await startEditor()
    await abrupt.client.sendNotification('exit')
    expect(await abrupt.ended).toBe(1)
    const gone = await startEditor()
    gone.client.end()
    expect(await gone.ended).toBe(1)
  })
})

describe('a config', () => {
  test('that breaks is told at its place, and the last good one counts', async () => {
    folder.write({ ...project, '.cachemissrc.json': `{"rules": {"${rule}": "off"}}` })
    const editor = await start()
    editor.open(at('Dockerfile'), node)
    const before = codes((await editor.pull(at('Dockerfile'))).items)
    expect(before).not.toContain(rule)
    editor.open(at('.cachemissrc.json'), `{\n  "rules": {"${rule}": "of"}\n}`, 'jsonc')
    const { items, relatedDocuments } = await editor.pull(at('Dockerfile'))
    expect(codes(items)).toEqual(before)
    const [problem] = relatedDocuments?.[at('.cachemissrc.json')]?.items ?? []
    expect(problem).toMatchObject({ severity: 1, source: 'cachemiss', message: expect.stringContaining('Did you mean "off"?'), range: { start: { line: 1, character: 42 }, end: { line: 1, character: 46 } } })
    expect((await editor.pull(at('.cachemissrc.json'))).items).toEqual([problem])
    editor.change(at('.cachemissrc.json'), 2, { text: '{' })
    expect((await editor.pull(at('.cachemissrc.json'))).items).toMatchObject([{ message: expect.stringContaining('closing brace') }])
    editor.change(at('.cachemissrc.json'), 3, { text: '{}' })
    expect((await editor.pull(at('.cachemissrc.json'))).items).toEqual([])
    const mended = await editor.pull(at('Dockerfile'))
    expect(codes(mended.items)).toContain(rule)
  })

  test('that was broken from the start is named in the Dockerfile', async () => {
    folder.write({ ...project, '.cachemissrc.json': '{"ruls": {}}' })
    const editor = await start({ capabilities: pushed })
    const own = editor.next(at('Dockerfile'))
    const its = editor.next(at('.cachemissrc.json'))
    editor.open(at('Dockerfile'), node)
    expect(await own).toMatchObject([{ message: expect.stringMatching(/^Not looked at: \.cachemissrc\.json:1:2: unknown key "ruls"/), range: { start: { line: 0, character: 0 } } }])
    expect(await its).toMatchObject([{ message: 'unknown key "ruls". Did you mean "rules"?' }])
    writeFileSync(join(folder.path, '.cachemissrc.json'), '{}')
    const [mended, cleared] = [editor.next(at('Dockerfile')), editor.next(at('.cachemissrc.json'))]
    await editor.client.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: at('.cachemissrc.json'), type: 2 }] })
    expect(codes(await mended)).toContain(rule)
    expect(await cleared).toEqual([])
  })

  test('that leaves a file out leaves it without diagnostics', async () => {
    folder.write({ ...project, '.cachemissrc.json': '{"ignore": ["Dockerfile"]}' })
    const editor = await start()
    editor.open(at('Dockerfile'), node)
    expect((await editor.pull(at('Dockerfile'))).items).toEqual([])
    expect(await editor.actions(at('Dockerfile'), 2)).toEqual([])
  })
})

describe('settings', () => {
  test('come when asked for, and a change of them counts', async () => {
    folder.write({ ...project, 'own.json': `{"rules": {"${rule}": "error"}}` })
    let settings: unknown = { configPath: 'own.json' }
    let asked = (): void => {}
    const first = new Promise<void>(resolve => { asked = resolve })
    const editor = await start({ capabilities: { ...pushed, workspace: { ...pushed.workspace, configuration: true } }, prepare: client => client.onRequest('workspace/configuration', () => {
      asked()
      return [settings]
    }) })
    await first
    await tick()
    const opened = editor.next(at('Dockerfile'))
    editor.open(at('Dockerfile'), node)
    expect((await opened).find(({ code }) => code === rule)).toMatchObject({ severity: 1 })
    settings = { enable: false }
    const off = editor.next(at('Dockerfile'))
    await editor.client.sendNotification('workspace/didChangeConfiguration', { settings: null })
    expect(await off).toEqual([])
  })

  test('may come with the first message or a change, in a section or bare', async () => {
    folder.write(project)
    const editor = await start({ options: { enable: false } })
    editor.open(at('Dockerfile'), node)
    expect((await editor.pull(at('Dockerfile'))).items).toEqual([])
    await editor.client.sendNotification('workspace/didChangeConfiguration', { settings: { cachemiss: { enable: true } } })
    await tick()
    expect(codes((await editor.pull(at('Dockerfile'))).items)).toContain(rule)
    for (const settings of [null, 7, [], { cachemiss: 7 }, { enable: 'yes', configPath: 7, run: [] }]) await editor.client.sendNotification('workspace/didChangeConfiguration', { settings })
    await tick()
    expect(codes((await editor.pull(at('Dockerfile'))).items)).toContain(rule)
  })

  test('can let it wait until the document is saved', async () => {
    folder.write(project)
    const editor = await start({ options: { run: 'onSave' } })
    editor.open(at('Dockerfile'), 'FROM scratch\n')
    const { resultId } = await editor.pull(at('Dockerfile'))
    editor.change(at('Dockerfile'), 2, { text: node })
    expect((await editor.pull(at('Dockerfile'), resultId)).kind).toBe('unchanged')
    await editor.client.sendNotification('textDocument/didSave', { textDocument: { uri: at('Dockerfile') } })
    expect(codes((await editor.pull(at('Dockerfile'), resultId)).items)).toContain(rule)
  })

  test('that nobody answers do not count', async () => {
    folder.write(project)
    const editor = await start({ capabilities: { ...full, workspace: { ...full.workspace, configuration: true, didChangeWatchedFiles: { dynamicRegistration: true } } }, prepare: client => {
      client.onRequest('workspace/configuration', () => new Promise(() => {}))
      client.onRequest('client/registerCapability', () => new Promise(() => {}))
    } })
    editor.open(at('Dockerfile'), node)
    expect(codes((await editor.pull(at('Dockerfile'))).items)).toContain(rule)
  })
})

describe('documents', () => {
  test('without a file have no context, and the config of the first folder', async () => {
    folder.write({ ...project, '.cachemissrc.json': `{"rules": {"${rule}": "error"}}` })
    const editor = await start()
    editor.open('untitled:Untitled-1', node)
    const { items } = await editor.pull('untitled:Untitled-1')
    expect(codes(items)).not.toContain('missing-dockerignore')
    expect(items.find(({ code }) => code === rule)).toMatchObject({ severity: 1 })
    expect((await editor.actions('untitled:Untitled-1', 2)).map(({ title }) => title)).toContain(`Ignore ${rule} here`)
  })

  test('with strange addresses are bearable', async () => {
    const editor = await start()
    for (const uri of ['', 'x', 'file:', 'file://other-host/Dockerfile', 'file:///%ff', 'file:///a%00b/Dockerfile', 'untitled:', 'vscode-notebook-cell:/a#b', `file:///${'x'.repeat(5000)}/Dockerfile`]) {
      editor.open(uri, node)
      expect((await editor.pull(uri)).items.length, uri).toBeGreaterThan(0)
    }
    expect(editor.logged).toEqual([])
  })

  test('whose file is gone are looked at all the same', async () => {
    folder.write(project)
    const editor = await start()
    editor.open(at('Dockerfile'), node)
    await editor.pull(at('Dockerfile'))
    rmSync(folder.path, { recursive: true })
    await editor.client.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: at('Dockerfile'), type: 3 }] })
    editor.change(at('Dockerfile'), 2, { text: `${node}# more\n` })
    expect(codes((await editor.pull(at('Dockerfile'))).items)).toContain(rule)
    expect(await editor.client.sendRequest<WorkspaceDiagnosticReport>('workspace/diagnostic', { previousResultIds: [] })).toEqual({ items: [] })
    expect(editor.logged).toEqual([])
  })

  test('that are too large or binary say that they were not looked at', async () => {
    const editor = await start()
    editor.open(at('Dockerfile'), `FROM scratch\n#${'x'.repeat(10 * 1024 * 1024)}\n`)
    expect((await editor.pull(at('Dockerfile'))).items).toMatchObject([{ message: 'Not looked at: larger than 10 MB', severity: 1 }])
    editor.change(at('Dockerfile'), 2, { text: 'FROM scratch\0' })
    expect((await editor.pull(at('Dockerfile'))).items).toMatchObject([{ message: 'Not looked at: binary, no Dockerfile' }])
  })

  test('with a line of 5 MB are looked at', async () => {
    const editor = await start({ capabilities: { ...full, general: { positionEncodings: ['utf-8'] } } })
    editor.open(at('Dockerfile'), `${node}# ${'é'.repeat(2_500_000)}\nCOPPY a b\n`)
    expect((await editor.pull(at('Dockerfile'))).items).toMatchObject([{ code: 'syntax-error', range: { start: { line: 4 } } }])
    editor.change(at('Dockerfile'), 2, { range: { start: { line: 4, character: 2 }, end: { line: 4, character: 5_000_002 } }, text: '' })
    expect((await editor.pull(at('Dockerfile'))).items).toMatchObject([{ code: 'syntax-error', range: { start: { line: 5, character: 0 } } }])
  })

  test('are the same for two servers', async () => {
    folder.write(project)
    const [one, other] = [await start(), await start()]
    for (const editor of [one, other]) editor.open(at('Dockerfile'), node)
    one.change(at('Dockerfile'), 2, { text: 'FROM scratch\n' })
    expect((await one.pull(at('Dockerfile'))).items).toEqual([])
    expect(codes((await other.pull(at('Dockerfile'))).items)).toContain(rule)
  })
})

describe('folders', () => {
  test('have each their own config, and come and go', async () => {
    folder.write({ 'one/.git/HEAD': '', 'one/Dockerfile': node, 'one/.cachemissrc.json': `{"rules": {"${rule}": "off"}}`, 'two/.git/HEAD': '', 'two/Dockerfile': node, 'two/index.js': '', 'two/package.json': '{}', 'two/package-lock.json': '{}' })
    const editor = await start({ folders: [join(folder.path, 'one'), join(folder.path, 'two')] })
    for (const name of ['one', 'two']) editor.open(at(`${name}/Dockerfile`), node)
    expect(codes((await editor.pull(at('one/Dockerfile'))).items)).not.toContain(rule)
    expect(codes((await editor.pull(at('two/Dockerfile'))).items)).toContain(rule)
    const all = async (): Promise<readonly string[]> => (await editor.client.sendRequest<WorkspaceDiagnosticReport>('workspace/diagnostic', { previousResultIds: [] })).items.map(({ uri }) => uri)
    expect(await all()).toEqual(expect.arrayContaining([at('one/Dockerfile'), at('two/Dockerfile')]))
    await editor.client.sendNotification('workspace/didChangeWorkspaceFolders', { event: { added: [], removed: [{ uri: at('one'), name: 'one' }] } })
    expect(await all()).not.toContain(at('one/Dockerfile'))
  })

  test('tell of all Dockerfiles, open or not, and wait while nothing is new', async () => {
    folder.write({ ...project, 'api/Dockerfile': 'COPPY a b\n', 'api/Dockerfile.tmpl': '{{x}}', 'clean/Dockerfile': 'FROM scratch\n' })
    if (process.platform !== 'win32') symlinkSync('/etc/hosts', join(folder.path, 'Dockerfile.link'))
    const editor = await start()
    editor.open(at('Dockerfile'), 'FROM scratch\nCOPPY x y\n')
    const ask = (previousResultIds: readonly { readonly uri: string; readonly value: string }[]): Promise<WorkspaceDiagnosticReport> => editor.client.sendRequest('workspace/diagnostic', { previousResultIds })
    const { items } = await ask([])
    expect(items).toMatchObject([{ uri: at('Dockerfile'), version: 1, kind: 'full', items: [{ code: 'syntax-error' }] }, { uri: at('api/Dockerfile'), version: null, items: [{ code: 'syntax-error' }] }])
    const known = items.map(({ uri, resultId }) => ({ uri, value: resultId! }))
    let isAnswered = false
    const second = ask(known).finally(() => { isAnswered = true })
    await tick()
    expect(isAnswered).toBe(false)
    folder.write({ 'api/Dockerfile': 'FROM scratch\n' })
    await editor.client.sendNotification('workspace/didChangeWatchedFiles', { changes: [{ uri: at('api/Dockerfile'), type: 2 }] })
    expect((await second).items).toMatchObject([{ uri: at('Dockerfile'), kind: 'unchanged' }, { uri: at('api/Dockerfile'), kind: 'full', items: [] }])
  })
})

describe('a client', () => {
  test('can cancel', async () => {
    folder.write(project)
    const editor = await start()
    editor.open(at('Dockerfile'), node)
    const source = new CancellationTokenSource()
    const asked = editor.client.sendRequest('textDocument/hover', { textDocument: { uri: at('Dockerfile') }, position: { line: 0, character: 0 } }, source.token)
    source.cancel()
    await expect(asked).rejects.toMatchObject({ code: -32800 })
    const waiting = new CancellationTokenSource()
    const { items } = await editor.client.sendRequest<WorkspaceDiagnosticReport>('workspace/diagnostic', { previousResultIds: [] })
    const held = editor.client.sendRequest('workspace/diagnostic', { previousResultIds: items.map(({ uri, resultId }) => ({ uri, value: resultId })) }, waiting.token)
    await tick()
    waiting.cancel()
    await expect(held).rejects.toMatchObject({ code: -32800 })
  })

  test('may say null for what it cannot do', async () => {
    folder.write(project)
    const editor = await start({ capabilities: { textDocument: null, workspace: null, window: null, general: null } as object })
    const sent = editor.next(at('Dockerfile'))
    editor.open(at('Dockerfile'), node)
    expect(codes(await sent)).toContain(rule)
  })

  test('may say what makes no sense', async () => {
    folder.write(project)
    const editor = await start()
    editor.open(at('Dockerfile'), node)
    const send = (message: unknown): void => {
      const body = typeof message === 'string' ? message : JSON.stringify({ jsonrpc: '2.0', ...message as object })
      editor.raw(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`)
    }
    send('not json')
    send({ method: 'textDocument/didOpen', params: null })
    send({ method: 'textDocument/didOpen', params: { textDocument: { uri: 7, text: {} } } })
    send({ method: 'textDocument/didChange', params: { textDocument: { uri: at('Dockerfile') }, contentChanges: [{ range: { start: {}, end: null }, text: 'x' }] } })
    send({ method: 'no/such/thing', params: [] })
    send({ id: 9001, method: 'no/such/request', params: [] })
    send({ id: 9002, method: 'textDocument/hover', params: {} })
    send({ id: 9003, method: 'textDocument/codeAction', params: { textDocument: { uri: at('Dockerfile') } } })
    editor.open(at('Dockerfile'), node)
    expect(codes((await editor.pull(at('Dockerfile'))).items)).toContain(rule)
  })

  test('that waits for nothing gets the last state', async () => {
    folder.write(project)
    const editor = await start({ capabilities: pushed })
    editor.open(at('Dockerfile'), 'FROM scratch\n')
    for (let version = 2; version <= 200; version++) editor.change(at('Dockerfile'), version, { text: version === 200 ? 'COPPY a b\n' : `FROM scratch\n# ${version}\n` })
    const isLast = ({ version }: PublishDiagnosticsParams): boolean => version === 200
    await expect.poll(() => editor.sent.some(isLast)).toBe(true)
    expect(codes(editor.sent.findLast(isLast)!.diagnostics)).toEqual(['syntax-error'])
  })
})
