// What is offered at a place: fixes first, then what silences a finding, then its documentation.
import { resolve } from 'node:path'
import type { CodeAction, CodeActionParams, Diagnostic, Position } from 'vscode-languageserver'
import type { Finding } from '../../index.ts'
import { diagnosticOf } from './diagnostics.ts'
import type { Showing } from './diagnostics.ts'
import type { OpenDocument } from './documents.ts'
import { FIX_ALL, fixAction, fixAllEdit } from './fix-actions.ts'
import { ignoreActions } from './ignore-actions.ts'
import { offsetAt } from './positions.ts'
import type { Root, Seen } from './root.ts'
import type { Session } from './session.ts'

/** More at one place nobody reads through. */
const mostFindings = 50

export async function codeActions(session: Session, showing: Showing, { textDocument, range, context }: CodeActionParams): Promise<readonly CodeAction[]> {
  const document = session.documents.get(textDocument.uri)
  if (!document || !session.client.hasCodeActions || !session.wishes().enable) return []
  const wants = (kind: string): boolean => context.only === undefined || context.only.some(only => only === '' || kind === only || kind.startsWith(`${only}.`))
  const { encoding } = session.client
  const [start, end] = [offsetAt(document.text, range.start, encoding), offsetAt(document.text, range.end, encoding)]
  const places = await placesIn(session, document)
  const actions: CodeAction[] = []
  if (wants('quickfix')) {
    const here = places.flatMap(({ dockerfile, root, seen, findings }) => findings.filter(finding => (finding.span.start <= end && start <= finding.span.end) || given(context.diagnostics, diagnosticOf(finding, document.text, showing)))
      .map(finding => ({ dockerfile, root, seen, finding })))
    actions.push(...await quickFixes(session, showing, document, here.slice(0, mostFindings), context.diagnostics))
  }
  const [own] = places
  if (wants(FIX_ALL) && own && document.kind === 'dockerfile') {
    const edit = await fixAllEdit(session, document, own)
    if (edit) actions.push({ title: 'Apply all safe fixes of cachemiss', kind: FIX_ALL, edit })
  }
  return actions
}

/** The one that the client has of it. Some name those of the whole line and only the place of the cursor. */
const given = (theirs: readonly Diagnostic[] | undefined, own: Diagnostic): Diagnostic | undefined => (theirs ?? []).find(({ code, range }) => code === own.code && isSame(range.start, own.range.start) && isSame(range.end, own.range.end))
const isSame = (a: Position, b: Position): boolean => a.line === b.line && a.character === b.character

interface At { readonly dockerfile: OpenDocument; readonly root: Root; readonly seen: Seen }
interface Place extends At { readonly findings: readonly Finding[] }

/** The findings that stand in a document, with the Dockerfile through which each was found. */
async function placesIn(session: Session, document: OpenDocument): Promise<readonly Place[]> {
  const places: Place[] = []
  const dockerfiles = document.kind === 'dockerfile' ? [document] : document.kind === 'ignore-file' ? session.documents.all().filter(({ kind }) => kind === 'dockerfile') : []
  for (const dockerfile of dockerfiles) {
    const { root, looked } = await session.look(dockerfile)
    if (looked.kind !== 'seen') continue
    const { findings, input } = looked.examined
    const isHere = ({ path }: Finding): boolean => (dockerfile === document ? path === input.path : path !== input.path && resolve(root.folder, path) === document.path)
    places.push({ dockerfile, root, seen: looked, findings: findings.filter(isHere) })
  }
  return places
}

async function quickFixes(session: Session, showing: Showing, document: OpenDocument, found: readonly (At & { readonly finding: Finding })[], theirs: readonly Diagnostic[]): Promise<readonly CodeAction[]> {
  const [fixes, others, pages]: [CodeAction[], CodeAction[], CodeAction[]] = [[], [], []]
  const told = new Set<string>()
  const isNew = ({ title }: CodeAction, key = title): boolean => !told.has(key) && told.add(key) !== undefined
  for (const { dockerfile, root, seen, finding } of found) {
    const own = diagnosticOf(finding, document.text, showing)
    const diagnostic = given(theirs, own) ?? own
    const fix = await fixAction(session, dockerfile, { root, seen }, finding, diagnostic)
    if (fix && isNew(fix, JSON.stringify(fix.edit))) fixes.push(fix)
    for (const action of await ignoreActions(session, dockerfile, { root, seen }, finding, diagnostic)) if (isNew(action, JSON.stringify(action.edit))) others.push(action)
    const page = showing.docs(finding.rule) === null || !session.client.showsDocuments ? null
      : { title: `Show documentation for ${finding.rule}`, kind: 'quickfix', diagnostics: [diagnostic], command: { title: 'Show documentation', command: 'cachemiss.openRuleDoc', arguments: [finding.rule] } }
    if (page && isNew(page)) pages.push(page)
  }
  // Of several at one place none is the one to take without a look.
  const isOnly = fixes.filter(({ isPreferred }) => isPreferred).length === 1
  return [...fixes.map(({ isPreferred, ...fix }) => (isPreferred && isOnly ? { ...fix, isPreferred } : fix)), ...others, ...pages]
}
