// Fixes as code actions: one for each finding that has one, and one for all that are safe.
import { resolve } from 'node:path'
import type { CodeAction, Diagnostic, WorkspaceEdit } from 'vscode-languageserver'
import { applyFixes, fix } from '../../index.ts'
import type { Finding, IgnoreFile } from '../../index.ts'
import type { OpenDocument } from './documents.ts'
import type { Root, Seen } from './root.ts'
import type { Session } from './session.ts'
import { editsBetween, workspaceEdit } from './workspace-edit.ts'
import type { FileEdit } from './workspace-edit.ts'

export const FIX_ALL = 'source.fixAll.cachemiss'

/** null where the finding has no fix, and where the client cannot make its edits. */
export async function fixAction(session: Session, document: OpenDocument, { root, seen }: { readonly root: Root; readonly seen: Seen }, finding: Finding, diagnostic: Diagnostic): Promise<CodeAction | null> {
  const { fix: offered } = finding
  const { input } = seen.examined
  if (!offered || ((offered.ignoreLines ?? []).length > 0 && input.context === undefined)) return null
  const { ignoreFile } = applyFixes(input, [{ fix: offered }])
  const edit = await edited(session, document, root, { edits: offered.edits, before: input.ignoreFile, after: ignoreFile })
  const isSafe = offered.safety === 'safe'
  return edit && { title: `${offered.title}${isSafe ? '' : ' (may change the image)'}`, kind: 'quickfix', diagnostics: [diagnostic], ...isSafe && { isPreferred: true }, edit }
}

/** All safe fixes, until none is left; null where there is nothing to do. */
export async function fixAllEdit(session: Session, document: OpenDocument, { root, seen }: { readonly root: Root; readonly seen: Seen }): Promise<WorkspaceEdit | null> {
  const { input, apart } = seen.examined
  if (!apart.some(finding => finding.fix?.safety === 'safe')) return null
  const { text, ignoreFile, applied } = fix(input, seen.rules)
  if (applied.length === 0) return null
  return edited(session, document, root, { edits: await editsBetween(input.text, text), before: input.ignoreFile, after: ignoreFile ?? undefined })
}

interface Changed { readonly edits: FileEdit['edits']; readonly before: IgnoreFile | undefined; readonly after: IgnoreFile | undefined }

async function edited(session: Session, { uri, path, text }: OpenDocument, root: Root, { edits, before, after }: Changed): Promise<WorkspaceEdit | null> {
  const own = edits.length > 0 ? [{ uri, path: path ?? '', before: text.getText(), edits }] : []
  const others = after && after.text !== before?.text
    ? [{ path: resolve(root.folder, after.path), before: before?.text ?? null, edits: await editsBetween(before?.text ?? '', after.text) }] : []
  return own.length + others.length === 0 ? null : workspaceEdit(session, [...own, ...others])
}
