// The bundle as a program: every way to reach it, what it writes, when it ends.
import { fork, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { IPCMessageReader, IPCMessageWriter, StreamMessageReader, StreamMessageWriter, createProtocolConnection } from 'vscode-languageserver/node'
import type { Diagnostic, ProtocolConnection } from 'vscode-languageserver'
import { uriOf } from '../../../src/node/lsp/uris.ts'
import { temporaryFolder } from '../../support/io.ts'
import { bundledIn } from './program.ts'

vi.setConfig({ testTimeout: 60_000 })
let folder: ReturnType<typeof temporaryFolder>
let script: string
beforeAll(async () => {
  folder = temporaryFolder()
  folder.write({ 'app/.git/HEAD': '', 'app/Dockerfile': 'FROM scratch\n' })
  script = await bundledIn(join(folder.path, 'package'))
}, 60_000)
afterAll(() => folder.remove())

const codeOf = (child: ChildProcess): Promise<number | null> => new Promise(resolve => child.on('exit', resolve))

/** Opens a Dockerfile with a mistake, and leaves. */
async function conversation(client: ProtocolConnection): Promise<readonly Diagnostic[]> {
  client.listen()
  await client.sendRequest('initialize', { processId: process.pid, rootUri: uriOf(join(folder.path, 'app')), capabilities: { textDocument: { diagnostic: {}, publishDiagnostics: { codeDescriptionSupport: true } } } })
  await client.sendNotification('initialized', {})
  const uri = uriOf(join(folder.path, 'app/Dockerfile'))
  await client.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId: 'dockerfile', version: 1, text: 'FROM scratch\nCOPPY a b\n' } })
  const { items } = await client.sendRequest<{ readonly items: readonly Diagnostic[] }>('textDocument/diagnostic', { textDocument: { uri } })
  await client.sendRequest('shutdown')
  await client.sendNotification('exit')
  return items
}
const mistake = [{ code: 'syntax-error', codeDescription: { href: expect.stringMatching(/^file:.*\/rules\/README\.md#syntax-error$/) } }]

for (const args of [['lsp', '--stdio'], ['--stdio'], ['lsp', '--stdio', `--clientProcessId=${process.pid}`]]) {
  test(`talks through ${args.join(' ').replace(/\d+/, 'ID')}, and writes nothing else`, async () => {
    const child = spawn(process.execPath, [script, ...args])
    const ended = codeOf(child)
    let errors = ''
    child.stderr.on('data', piece => { errors += piece })
    const client = createProtocolConnection(new StreamMessageReader(child.stdout), new StreamMessageWriter(child.stdin))
    expect(await conversation(client)).toMatchObject(mistake)
    expect(await ended).toBe(0)
    expect(errors).toBe('')
  })
}

test('talks through a channel of Node', async () => {
  const child = fork(script, ['lsp', '--node-ipc', `--clientProcessId=${process.pid}`], { execArgv: [], stdio: ['ignore', 'pipe', 'pipe', 'ipc'] })
  const ended = codeOf(child)
  let out = ''
  child.stdout!.on('data', piece => { out += piece })
  expect(await conversation(createProtocolConnection(new IPCMessageReader(child), new IPCMessageWriter(child)))).toMatchObject(mistake)
  expect(await ended).toBe(0)
  expect(out).toBe('')
})

for (const kind of ['socket', 'pipe'] as const) {
  test.skipIf(kind === 'pipe' && process.platform === 'win32')(`talks through a ${kind}`, async () => {
    const server = createServer()
    const connected = new Promise<Socket>(resolve => server.once('connection', resolve))
    const name = join(folder.path, 'pipe')
    await new Promise<void>(resolve => kind === 'socket' ? server.listen(0, '127.0.0.1', resolve) : server.listen(name, resolve))
    const child = spawn(process.execPath, [script, 'lsp', kind === 'socket' ? `--socket=${(server.address() as AddressInfo).port}` : `--pipe=${name}`], { stdio: 'ignore' })
    const ended = codeOf(child)
    const socket = await connected
    expect(await conversation(createProtocolConnection(new StreamMessageReader(socket), new StreamMessageWriter(socket)))).toMatchObject(mistake)
    expect(await ended).toBe(0)
    socket.destroy()
    server.close()
  })
}

test('ends when its client does', async () => {
  const client = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'])
  const child = spawn(process.execPath, [script, 'lsp', '--stdio', `--clientProcessId=${client.pid}`])
  const ended = codeOf(child)
  client.kill('SIGKILL')
  expect(await ended).toBe(1)
})

test('ends with 1 when its input ends, or is no conversation at all', async () => {
  for (const input of ['', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', 'Content-Length: x\r\n\r\n', `Content-Length: 5\r\n\r\n{{{{{`, 'Content-Length: 99999999999\r\n\r\n{', 'x'.repeat(1_000_000)]) {
    const child = spawn(process.execPath, [script, '--stdio'], { stdio: ['pipe', 'ignore', 'ignore'] })
    const ended = codeOf(child)
    child.stdin.on('error', () => {})
    child.stdin.end(input)
    expect(await ended, input.slice(0, 20)).toBe(1)
  }
})
