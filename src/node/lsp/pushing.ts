// Sends diagnostics to clients that do not ask for them: at once while a look at the document is quick, else after a pause in the typing.
import type { Diagnostic } from 'vscode-languageserver'
import type { OpenDocument } from './documents.ts'
import type { Reported, Reports } from './reports.ts'
import type { Session } from './session.ts'

export interface Pushing {
  /** The document changed. */
  schedule(document: OpenDocument): void
  scheduleAll(): void
  send(reported: Reported): void
  stop(): void
}
interface Sending { send(params: { readonly uri: string; readonly version?: number; readonly diagnostics: Diagnostic[] }): void; failed(error: unknown): void }

const quickMilliseconds = 50
const pauseMilliseconds = 150

export function pushingTo({ send, failed }: Sending, session: Session, reports: Reports): Pushing {
  const waiting = new Map<OpenDocument, NodeJS.Timeout | NodeJS.Immediate>()
  /** Addresses that have diagnostics at the client. */
  const marked = new Set<string>()
  const sendAll = (reported: Reported): void => {
    for (const [uri, items] of reported) {
      const document = session.documents.get(uri)
      if (items.length === 0 && !document && !marked.has(uri)) continue
      if (items.length > 0) marked.add(uri)
      else marked.delete(uri)
      send({ uri, ...document && { version: document.text.version }, diagnostics: [...items] })
    }
  }
  const run = (document: OpenDocument): void => {
    waiting.delete(document)
    reports.of(document).then(reported => {
      if (session.documents.get(document.uri) === document) sendAll(reported)
    }, failed)
  }
  const schedule = (document: OpenDocument): void => {
    if (document.kind === 'other') return
    cancel(waiting.get(document))
    const last = session.lastSight(document)
    const isQuick = last === null || last.milliseconds < quickMilliseconds
    waiting.set(document, isQuick ? setImmediate(run, document) : setTimeout(run, pauseMilliseconds, document))
  }
  return {
    schedule, send: sendAll,
    scheduleAll: () => session.documents.all().forEach(schedule),
    stop() {
      for (const timer of waiting.values()) cancel(timer)
      waiting.clear()
    },
  }
}

function cancel(timer: NodeJS.Timeout | NodeJS.Immediate | undefined): void {
  clearTimeout(timer as NodeJS.Timeout)
  clearImmediate(timer as NodeJS.Immediate)
}
