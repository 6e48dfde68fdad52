// Edits of files as the protocol wants them: with versions and created files where the client can, else as plain changes.
import type { CreateFile, TextDocumentEdit, TextEdit as ProtocolEdit, WorkspaceEdit } from 'vscode-languageserver'
import type { TextEdit } from '../../index.ts'
import type { Client } from './client.ts'
import { rangeOf } from './positions.ts'
import type { Session } from './session.ts'
import { uriOf } from './uris.ts'

/** `before` is the text that the edits are of; null for a file that is not there yet. */
export interface FileEdit { readonly path: string; readonly before: string | null; readonly edits: readonly TextEdit[] }

/** null where the client cannot do it. `uri` stands for a document that is perhaps no file. */
export function workspaceEdit(session: Session, files: readonly (FileEdit & { readonly uri?: string })[]): WorkspaceEdit | null {
  const { client } = session
  if (files.some(({ before }) => before === null) && !client.createsFiles) return null
  const written = files.map(({ path, before, edits, uri = uriOf(path) }) => ({ uri, isNew: before === null, edits: protocolEdits(session, uri, before ?? '', edits) }))
  if (!client.hasDocumentChanges) return { changes: Object.fromEntries(written.map(({ uri, edits }) => [uri, edits])) }
  return { documentChanges: written.flatMap(({ uri, isNew, edits }): readonly (CreateFile | TextDocumentEdit)[] => [
    ...isNew ? [{ kind: 'create' as const, uri, options: { ignoreIfExists: true } }] : [],
    { textDocument: { uri, version: isNew ? null : session.documents.get(uri)?.text.version ?? null }, edits },
  ]) }
}

function protocolEdits({ library, client }: { readonly library: Session['library']; readonly client: Client }, uri: string, text: string, edits: readonly TextEdit[]): ProtocolEdit[] {
  const document = library.create(uri, '', 0, text)
  return edits.map(({ span, text: newText }) => ({ range: rangeOf(document, span, client.encoding), newText }))
}

/** The longest that lines are compared; beyond it everything between the first and the last difference is replaced. */
const mostCompared = 2000

/** From one text to another with few edits, so that cursors and folds elsewhere stay. */
export async function editsBetween(before: string, after: string): Promise<readonly TextEdit[]> {
  if (before === after) return []
  const { diffLines } = await import('diff')
  const parts = diffLines(before, after, { maxEditLength: mostCompared })
  if (!parts) return [replacement(before, after)]
  const edits: TextEdit[] = []
  let at = 0
  for (const [index, { value, added, removed }] of parts.entries()) {
    if (removed) {
      const next = parts[index + 1]
      edits.push({ span: { start: at, end: at + value.length }, text: next?.added ? next.value : '' })
      at += value.length
    } else if (!added) at += value.length
    else if (!parts[index - 1]?.removed) edits.push({ span: { start: at, end: at }, text: value })
  }
  return edits
}

function replacement(before: string, after: string): TextEdit {
  const shorter = Math.min(before.length, after.length)
  let start = 0
  while (start < shorter && before[start] === after[start]) start++
  let same = 0
  while (same < shorter - start && before[before.length - 1 - same] === after[after.length - 1 - same]) same++
  return { span: { start, end: before.length - same }, text: after.slice(start, after.length - same) }
}
