// What the client asks for: diagnostics, code actions, hovers, commands.
import type { CancellationToken, CodeActionParams, Connection, DocumentDiagnosticParams, DocumentDiagnosticReport, ExecuteCommandParams, HoverParams, WorkspaceDiagnosticParams, WorkspaceDiagnosticReport } from 'vscode-languageserver'
import { rules } from '../../index.ts'
import { applyEdit, show } from './asking.ts'
import { codeActions } from './code-actions.ts'
import { fixAllEdit } from './fix-actions.ts'
import { hover } from './hover.ts'
import type { Libraries, Served } from './server.ts'
import { workspaceFor } from './workspace.ts'

export const commandNames = ['cachemiss.fixAll', 'cachemiss.openRuleDoc', 'cachemiss.explain'] as const

/** Lets messages in that have arrived: a cancellation, a newer edit. */
const breathe = (): Promise<void> => new Promise(resolve => {
  setImmediate(resolve)
})

export function answerRequests(connection: Connection, current: () => Served | null, { digest, cancelled }: Libraries): void {
  const on = <P, R>(method: string, empty: R, answer: (params: P, served: Served, token: CancellationToken) => Promise<R>): void => void connection.onRequest(method, async (params: P, token: CancellationToken) => {
    const served = current()
    if (!served) return empty
    await breathe()
    if (token.isCancellationRequested) throw cancelled()
    try {
      return await answer(params, served, token)
    } catch (error) {
      if (token.isCancellationRequested) throw error
      served.failed(error)
      return empty
    }
  })
  const digestOf = (items: unknown): string => digest(JSON.stringify(items))
  on<DocumentDiagnosticParams, DocumentDiagnosticReport>('textDocument/diagnostic', { kind: 'full', items: [] }, (params, served) => pulled(params, served, digestOf))
  on<WorkspaceDiagnosticParams, WorkspaceDiagnosticReport>('workspace/diagnostic', { items: [] }, async ({ previousResultIds = [] }, served, token) => {
    const workspace = workspaceFor(served.session, served.reports, digestOf, breathe)
    for (let isSecond = false; ; isSecond = true) {
      const count = served.changes.count()
      const items = await workspace.reports(previousResultIds, token)
      if (items === null) throw cancelled()
      // Clients ask again as soon as they have the answer, so that one with nothing new waits for something.
      if (isSecond || previousResultIds.length === 0 || items.some(({ kind }) => kind === 'full')) return { items: [...items] }
      if (served.changes.count() === count) await served.changes.changed(token)
      if (token.isCancellationRequested) throw cancelled()
    }
  })
  on<CodeActionParams, unknown>('textDocument/codeAction', [], (params, { session, showing }) => codeActions(session, showing, params))
  on<HoverParams, unknown>('textDocument/hover', null, (params, { session }) => hover(session, params))
  on<ExecuteCommandParams, unknown>('workspace/executeCommand', null, (params, served) => executed(connection, params, served))
}

async function pulled({ textDocument: { uri }, previousResultId }: DocumentDiagnosticParams, { session, reports }: Served, digest: (items: unknown) => string): Promise<DocumentDiagnosticReport> {
  const document = session.documents.get(uri)
  if (!document) return { kind: 'full', resultId: digest([]), items: [] }
  const last = session.lastSight(document)
  const isWaiting = session.wishes().run === 'onSave' && last !== null && last.revision !== document.state.revision && !document.state.isSaved
  if (isWaiting && previousResultId !== undefined) return { kind: 'unchanged', resultId: previousResultId }
  const reported = await reports.of(document)
  const items = reported.get(uri) ?? []
  const resultId = digest(items)
  const others = [...reported].filter(([other]) => other !== uri)
  const relatedDocuments = session.client.hasRelatedDocuments && others.length > 0
    ? { relatedDocuments: Object.fromEntries(others.map(([other, found]) => [other, { kind: 'full' as const, resultId: digest(found), items: [...found] }])) } : {}
  return previousResultId === resultId ? { kind: 'unchanged', resultId, ...relatedDocuments } : { kind: 'full', resultId, items: [...items], ...relatedDocuments }
}

async function executed(connection: Connection, { command, arguments: given = [] }: ExecuteCommandParams, { session, showing }: Served): Promise<unknown> {
  const [first] = given as readonly unknown[]
  if (typeof first !== 'string') return null
  if (command === 'cachemiss.fixAll') {
    const document = session.documents.get(first)
    if (document?.kind !== 'dockerfile') return null
    const { root, looked } = await session.look(document)
    const edit = looked.kind === 'seen' ? await fixAllEdit(session, document, { root, seen: looked }) : null
    // The client may wait for this answer before it lets the edit in.
    if (edit) void applyEdit(connection, edit)
    return null
  }
  if (!rules.some(({ id }) => id === first)) return null
  if (command === 'cachemiss.explain') return (await import('../../data/docs.ts')).ruleDoc(first) ?? null
  const page = showing.docs(first)
  if (command === 'cachemiss.openRuleDoc' && page !== null && session.client.showsDocuments) void show(connection, page)
  return null
}
