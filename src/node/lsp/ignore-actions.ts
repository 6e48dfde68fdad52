// Code actions that silence a finding: a comment with a reason to fill in, or a line in the config.
import { basename, dirname, join } from 'node:path'
import type { CodeAction, Diagnostic, WorkspaceEdit } from 'vscode-languageserver'
import { configResolver, ignoreComment, rules } from '../../index.ts'
import type { Finding } from '../../index.ts'
import { textOf } from '../config-text.ts'
import { shownPath } from '../paths.ts'
import type { OpenDocument } from './documents.ts'
import type { Root, Seen } from './root.ts'
import type { Session } from './session.ts'
import { workspaceEdit } from './workspace-edit.ts'

interface Place { readonly root: Root; readonly seen: Seen }

/** In the order in which they are offered. */
export async function ignoreActions(session: Session, document: OpenDocument, place: Place, finding: Finding, diagnostic: Diagnostic): Promise<readonly CodeAction[]> {
  const { rule, path, span } = finding
  // No comment and no config lets a file pass that the engine would refuse.
  if (rule === 'syntax-error') return []
  const { input } = place.seen.examined
  const action = (title: string, edit: WorkspaceEdit | null): readonly CodeAction[] => (edit ? [{ title, kind: 'quickfix', diagnostics: [diagnostic], edit }] : [])
  const comment = (where: Parameters<typeof ignoreComment>[2]): WorkspaceEdit | null => {
    const edit = ignoreComment(input.text, rule, where)
    return edit && workspaceEdit(session, [{ uri: document.uri, path: document.path ?? '', before: input.text, edits: [edit] }])
  }
  const isOwn = path === input.path
  const config = await offInConfig(session, document, place, rule)
  return [
    ...isOwn ? action(`Ignore ${rule} here`, comment({ offset: span.start })) : [],
    ...action(`Ignore ${rule} in ${isOwn ? 'this file' : input.path}`, comment('file')),
    ...config ? action(`Turn ${rule} off in ${config.name}`, config.edit) : [],
  ]
}

/** null where nothing that can be written there would turn it off. */
async function offInConfig(session: Session, document: OpenDocument, { root, seen: { config } }: Place, rule: string): Promise<{ readonly name: string; readonly edit: WorkspaceEdit | null } | null> {
  const file = config?.file ?? join(root.folder, '.cachemissrc.json')
  if (!config && session.folders().length === 0 && document.path === null) return null
  const before = config ? session.documents.at(file)?.text.getText() ?? read(file) : null
  if (config && before === null) return null
  const { applyEdits, modify, parse, findNodeAtLocation, parseTree } = await import('jsonc-parser')
  const prefix = basename(file) === 'package.json' ? ['cachemiss'] : []
  const text = before ?? '{}\n'
  const tree = parseTree(text, [], { allowTrailingComma: true })
  const setting = tree && findNodeAtLocation(tree, [...prefix, 'rules', rule])
  const place = [...prefix, 'rules', rule, ...setting?.type === 'object' ? ['severity'] : []]
  const indent = /\n(\t+| +)"/.exec(text)?.[1] ?? '  '
  const eol = text.includes('\r\n') ? '\r\n' : '\n'
  const made = modify(text, place, 'off', { formattingOptions: { insertSpaces: !indent.startsWith('\t'), tabSize: indent.startsWith('\t') ? 1 : indent.length, eol } })
  const after = applyEdits(text, made)
  if (!turnsOff(parse(after, [], { allowTrailingComma: true }), prefix, rule, document.path === null ? undefined : shownPath(dirname(file), document.path))) return null
  const edits = before === null ? [{ span: { start: 0, end: 0 }, text: after }] : made.map(({ offset, length, content }) => ({ span: { start: offset, end: offset + length }, text: content }))
  return { name: shownPath(root.folder, file), edit: workspaceEdit(session, [{ path: file, before, edits }]) }
}

/** An override may turn it on again. */
function turnsOff(written: unknown, prefix: readonly string[], rule: string, path: string | undefined): boolean {
  const config = prefix.reduce<unknown>((value, key) => (value as Readonly<Record<string, unknown>> | undefined)?.[key], written)
  try {
    const { rules: active } = configResolver(rules, config)(path)
    return !active.some(entry => entry.rule.id === rule)
  } catch {
    return false
  }
}

function read(file: string): string | null {
  try {
    return textOf(file, file)
  } catch {
    return null
  }
}
