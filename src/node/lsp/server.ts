// The language server: messages in, answers out. It looks, it never writes a file; a request about what is not there gets an empty answer,
// and a bug one line in the client's log.
import type { CancellationToken, Connection, InitializeParams, InitializeResult } from 'vscode-languageserver'
import type { TextDocument } from 'vscode-languageserver-textdocument'
import { version } from '../package.ts'
import { askWishes, refresh, register } from './asking.ts'
import { clientOf, foldersOf, wishesOf } from './client.ts'
import type { Showing } from './diagnostics.ts'
import { listenToDocuments, listenToFolders } from './events.ts'
import { FIX_ALL } from './fix-actions.ts'
import { pushingTo } from './pushing.ts'
import type { Pushing } from './pushing.ts'
import { reportsFor } from './reports.ts'
import type { Reports } from './reports.ts'
import { answerRequests, commandNames } from './requests.ts'
import { openSession } from './session.ts'
import type { Session } from './session.ts'
import { uriOf } from './uris.ts'

/** What the server takes from outside. */
export interface Libraries {
  readonly TextDocument: typeof TextDocument
  readonly digest: (text: string) => string
  /** An answer that says that the request was cancelled. */
  readonly cancelled: () => Error
}
export interface ServerOptions {
  readonly libraries: Libraries
  /** The address of a rule's page. */
  readonly docs: (rule: string) => string | null
  /** Ends the process when that one is gone. */
  readonly watchProcess: (id: number) => void
}

/** Exists from the first message on. */
export interface Served {
  readonly session: Session
  readonly showing: Showing
  readonly reports: Reports
  readonly pushing: Pushing
  /** Counts what changed besides the text of one Dockerfile; `changed` waits for more, or for the end of patience. */
  readonly changes: { count(): number; changed(token: CancellationToken): Promise<void> }
  /** Looks again at everything. */
  renew(): void
  failed(error: unknown): void
}

export function serve(connection: Connection, options: ServerOptions): void {
  let served: Served | null = null
  const current = (): Served | null => served
  connection.onInitialize(params => {
    served = begin(connection, params, options)
    return capabilitiesOf(served.session)
  })
  connection.onInitialized(() => {
    listenToFolders(connection, current)
    if (served) void settle(connection, served).catch(served.failed)
  })
  connection.onShutdown(() => served?.pushing.stop())
  listenToDocuments(connection, current)
  answerRequests(connection, current, options.libraries)
  connection.listen()
}

function begin(connection: Connection, params: InitializeParams, { libraries, docs, watchProcess }: ServerOptions): Served {
  const client = clientOf(params.capabilities ?? {})
  const session = openSession(client, libraries.TextDocument, () => performance.now())
  session.setFolders(foldersOf(params, uriOf))
  session.wish(wishesOf(params.initializationOptions))
  if (typeof params.processId === 'number') watchProcess(params.processId)
  const failed = (error: unknown): void => connection.console.error(error instanceof Error ? error.stack ?? error.message : String(error))
  const showing: Showing = { client, docs }
  const reports = reportsFor(session, showing)
  const pushing = pushingTo({ send: diagnostics => void connection.sendDiagnostics({ ...diagnostics, diagnostics: [...diagnostics.diagnostics] }), failed }, session, reports)
  const changes = countChanges()
  const refreshing = oneAtATime(() => refresh(connection))
  return {
    session, showing, reports, pushing, changes, failed,
    renew() {
      session.forget()
      changes.add()
      if (!client.pulls) pushing.scheduleAll()
      else if (client.refreshes) refreshing()
    },
  }
}

async function settle(connection: Connection, served: Served): Promise<void> {
  const { session } = served
  const registered = register(connection, session.client)
  const wishes = await askWishes(connection, session.client)
  if (wishes && JSON.stringify(wishes) !== JSON.stringify(session.wishes())) {
    session.wish(wishes)
    served.renew()
  }
  await registered
}

/** Typing in an ignore file asks for many: while one is under way the others become one more. */
function oneAtATime(run: () => Promise<void>): () => void {
  let isRunning = false
  let isWanted = false
  const start = (): void => {
    isWanted = isRunning
    if (isRunning) return
    isRunning = true
    void run().finally(() => {
      isRunning = false
      if (isWanted) start()
    })
  }
  return start
}

const longestWait = 60_000

function countChanges(): Served['changes'] & { add(): void } {
  let count = 0
  const waiting = new Set<() => void>()
  return {
    count: () => count,
    add() {
      count++
      for (const wake of [...waiting]) wake()
    },
    changed: token => new Promise(resolve => {
      const timer = setTimeout(() => wake(), longestWait)
      const onCancel = token.onCancellationRequested(() => wake())
      const wake = (): void => {
        clearTimeout(timer)
        onCancel.dispose()
        waiting.delete(wake)
        resolve()
      }
      waiting.add(wake)
    }),
  }
}

const incremental = 2
function capabilitiesOf({ client }: Session): InitializeResult {
  return {
    serverInfo: { name: 'cachemiss', version },
    capabilities: {
      positionEncoding: client.encoding,
      textDocumentSync: { openClose: true, change: incremental, save: { includeText: false } },
      ...client.pulls && { diagnosticProvider: { identifier: 'cachemiss', interFileDependencies: true, workspaceDiagnostics: true } },
      codeActionProvider: client.hasCodeActions ? { codeActionKinds: ['quickfix', FIX_ALL] } : false,
      hoverProvider: true,
      executeCommandProvider: { commands: [...commandNames] },
      workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
    },
  }
}
