// An editor for tests: a client of the protocol that talks to the server in this process, over a pair of streams.
import { PassThrough } from 'node:stream'
import { StreamMessageReader, StreamMessageWriter, createProtocolConnection } from 'vscode-languageserver/node'
import type { ClientCapabilities, CodeAction, Diagnostic, InitializeResult, ProtocolConnection, PublishDiagnosticsParams, Range, TextEdit } from 'vscode-languageserver'
import { TextDocument } from 'vscode-languageserver-textdocument'
import { converse } from '../../../src/node/lsp/connection.ts'
import { uriOf } from '../../../src/node/lsp/uris.ts'

export interface Editor {
  readonly client: ProtocolConnection
  readonly started: InitializeResult
  /** Resolves when the server has ended, with its exit code. */
  readonly ended: Promise<number>
  /** What the server logged. */
  readonly logged: string[]
  /** All diagnostics that were sent, in order. */
  readonly sent: PublishDiagnosticsParams[]
  open(uri: string, text: string, language?: string): void
  change(uri: string, version: number, ...changes: readonly { readonly text: string; readonly range?: Range }[]): void
  /** The next diagnostics that are sent for a document. */
  next(uri: string): Promise<readonly Diagnostic[]>
  pull(uri: string, previousResultId?: string): Promise<{ readonly kind: string; readonly resultId: string; readonly items: readonly Diagnostic[]; readonly relatedDocuments?: Readonly<Record<string, { readonly items: readonly Diagnostic[] }>> }>
  actions(uri: string, line: number, only?: readonly string[]): Promise<readonly CodeAction[]>
  raw(bytes: string): void
  leave(): Promise<number>
}
export interface Starting {
  readonly capabilities?: ClientCapabilities
  readonly folders?: readonly string[]
  readonly options?: unknown
  /** Before the first message, for handlers of requests. */
  readonly prepare?: (client: ProtocolConnection) => void
}

/** A Dockerfile with findings, and the project that it is of. */
export const node = 'FROM node:22\nWORKDIR /app\nCOPY . .\nRUN npm ci\n'
export const project = { '.git/HEAD': '', 'Dockerfile': node, 'package.json': '{}', 'package-lock.json': '{}', 'index.js': '' }

export async function startEditor({ capabilities = full, folders = [], options, prepare }: Starting = {}): Promise<Editor> {
  const [toServer, fromServer] = [new PassThrough(), new PassThrough()]
  const ended = converse({ kind: 'streams', input: toServer, output: fromServer }, { docs: rule => `https://example.org/rules#${rule}`, clientProcess: null })
  const client = createProtocolConnection(new StreamMessageReader(fromServer), new StreamMessageWriter(toServer))
  const logged: string[] = []
  const sent: PublishDiagnosticsParams[] = []
  const waiting: { readonly uri: string; readonly done: (items: readonly Diagnostic[]) => void }[] = []
  client.onNotification('window/logMessage', ({ message }: { readonly message: string }) => void logged.push(message))
  client.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
    sent.push(params)
    const index = waiting.findIndex(({ uri }) => uri === params.uri)
    if (index !== -1) waiting.splice(index, 1)[0]!.done(params.diagnostics)
  })
  prepare?.(client)
  client.listen()
  const started = await client.sendRequest<InitializeResult>('initialize', { processId: null, rootUri: null, capabilities, workspaceFolders: folders.map(path => ({ uri: uriOf(path), name: path })), initializationOptions: options })
  await client.sendNotification('initialized', {})
  return {
    client, started, ended, logged, sent,
    open: (uri, text, languageId = 'dockerfile') => void client.sendNotification('textDocument/didOpen', { textDocument: { uri, languageId, version: 1, text } }),
    change: (uri, version, ...contentChanges) => void client.sendNotification('textDocument/didChange', { textDocument: { uri, version }, contentChanges }),
    next: uri => new Promise(done => waiting.push({ uri, done })),
    pull: (uri, previousResultId) => client.sendRequest('textDocument/diagnostic', { textDocument: { uri }, previousResultId }),
    actions: async (uri, line, only) => await client.sendRequest('textDocument/codeAction', { textDocument: { uri }, range: { start: { line, character: 0 }, end: { line, character: 999 } }, context: { diagnostics: [], ...only && { only } } }),
    raw: bytes => void toServer.write(bytes),
    async leave() {
      await client.sendRequest('shutdown')
      await client.sendNotification('exit')
      return ended
    },
  }
}

/** What a modern editor can do. */
export const full: ClientCapabilities = {
  textDocument: {
    diagnostic: { relatedDocumentSupport: true, relatedInformation: true, codeDescriptionSupport: true, tagSupport: { valueSet: [1, 2] } },
    codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix', 'source'] } } },
    hover: { contentFormat: ['markdown'] },
  },
  workspace: { workspaceEdit: { documentChanges: true, resourceOperations: ['create'] }, workspaceFolders: true, diagnostics: { refreshSupport: true } },
  window: { showDocument: { support: true } },
}
/** The same without asking for diagnostics. */
export const pushed: ClientCapabilities = { ...full, textDocument: { ...full.textDocument, diagnostic: undefined!, publishDiagnostics: { relatedInformation: true, codeDescriptionSupport: true, tagSupport: { valueSet: [1] } } } }

/** The text after the edits that an action makes in a document; '' stands for a file that it creates. */
export function edited(action: CodeAction | undefined, uri: string, text: string): string {
  const changes = action?.edit?.documentChanges?.flatMap(change => ('edits' in change && change.textDocument.uri === uri ? change.edits as TextEdit[] : [])) ?? action?.edit?.changes?.[uri] ?? []
  return TextDocument.applyEdits(TextDocument.create(uri, '', 0, text), [...changes])
}
