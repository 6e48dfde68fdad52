// What the client tells: documents opened, edited, saved and closed; settings, folders and files changed.
import { basename } from 'node:path'
import type { Connection, DidChangeTextDocumentParams, DidChangeWatchedFilesParams, DidChangeWorkspaceFoldersParams, DidCloseTextDocumentParams, DidOpenTextDocumentParams, DidSaveTextDocumentParams } from 'vscode-languageserver'
import { askWishes } from './asking.ts'
import { wishesOf } from './client.ts'
import type { OpenDocument } from './documents.ts'
import type { Served } from './server.ts'
import { pathOf, uriOf } from './uris.ts'

type Current = () => Served | null

type On = <P>(method: string, listen: (params: P, served: Served) => void) => void
const listener = (connection: Connection, current: Current): On => (method, listen) => void connection.onNotification(method, params => {
  const served = current()
  try {
    if (served) listen(params, served)
  } catch (error) {
    served?.failed(error)
  }
})

export function listenToDocuments(connection: Connection, current: Current): void {
  const on = listener(connection, current)
  on<DidOpenTextDocumentParams>('textDocument/didOpen', ({ textDocument: { uri, languageId, version, text } }, served) => told(served, served.session.documents.open(uri, languageId, version, text)))
  on<DidChangeTextDocumentParams>('textDocument/didChange', ({ textDocument: { uri, version }, contentChanges }, served) => {
    const { session } = served
    const document = session.documents.change(uri, version, contentChanges, session.client.encoding)
    if (document && session.wishes().run === 'onType') told(served, document)
  })
  on<DidSaveTextDocumentParams>('textDocument/didSave', ({ textDocument: { uri } }, served) => {
    const document = served.session.documents.get(uri)
    if (document) document.state.isSaved = true
    served.renew()
  })
  on<DidCloseTextDocumentParams>('textDocument/didClose', ({ textDocument: { uri } }, served) => closed(served, uri))
  on<DidChangeWatchedFilesParams>('workspace/didChangeWatchedFiles', ({ changes }, served) => {
    // Saving what is open was told already.
    if (changes.length > 0) served.renew()
  })
  on<{ readonly settings?: unknown }>('workspace/didChangeConfiguration', (params, served) => {
    void settingsChanged(connection, served, params?.settings).catch(served.failed)
  })
}

/** Only once the client is initialized: until then the library sets a listener of its own. */
export function listenToFolders(connection: Connection, current: Current): void {
  listener(connection, current)<DidChangeWorkspaceFoldersParams>('workspace/didChangeWorkspaceFolders', ({ event: { added, removed } }, served) => {
    const gone = new Set(removed.map(({ uri }) => pathOf(uri)))
    served.session.setFolders([...served.session.folders().filter(path => !gone.has(path)).map(uriOf), ...added.map(({ uri }) => uri)])
    served.renew()
  })
}

async function settingsChanged(connection: Connection, served: Served, settings: unknown): Promise<void> {
  const { session } = served
  session.wish(await askWishes(connection, session.client) ?? wishesOf(settings))
  served.renew()
}

/** An edit of a config or an ignore file changes what is found in others. */
function told(served: Served, document: OpenDocument): void {
  const { session, pushing } = served
  if (document.kind === 'ignore-file' || document.kind === 'config' && isOfUse(document)) served.renew()
  else if (!session.client.pulls) pushing.schedule(document)
}

/** Every project has a package.json, and few of them hold a config. */
const isOfUse = ({ path, text }: OpenDocument): boolean => basename(path!) !== 'package.json' || text.getText().includes('"cachemiss"')

function closed(served: Served, uri: string): void {
  const { session, pushing, reports } = served
  const document = session.documents.close(uri)
  if (!document) return
  if (!session.client.pulls) pushing.send(reports.drop(uri))
  // What was typed and not saved no longer counts.
  if (document.kind !== 'dockerfile') served.renew()
}
