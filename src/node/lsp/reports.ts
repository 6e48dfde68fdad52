// Which diagnostics belong to which document. A look at a Dockerfile also tells of its ignore file and of the config that applies to it;
// an ignore file that several Dockerfiles share has what is found in it through any of them, once.
import { dirname, resolve } from 'node:path'
import type { Diagnostic } from 'vscode-languageserver'
import type { TextDocument } from 'vscode-languageserver-textdocument'
import type { Finding } from '../../index.ts'
import { textOf } from '../config-text.ts'
import { configDiagnostic, diagnosticOf, refusal } from './diagnostics.ts'
import type { Showing } from './diagnostics.ts'
import type { OpenDocument } from './documents.ts'
import type { Looked, Root } from './root.ts'
import type { Session } from './session.ts'
import { uriOf } from './uris.ts'

/** By address. The first is that of the document asked for; one without diagnostics had some before. */
export type Reported = ReadonlyMap<string, readonly Diagnostic[]>

export interface Reports {
  /** Of an open document, as it stands now. */
  of(document: OpenDocument): Promise<Reported>
  /** Of a Dockerfile that was looked at. */
  told(uri: string, root: Root, looked: Looked, document: TextDocument): Reported
  /** What a closed document or a removed file had to say of others is taken back. */
  drop(uri: string): Reported
}

/** What a Dockerfile has to say of its ignore file. */
interface OfIgnoreFile { readonly path: string; readonly text: string; readonly findings: readonly Finding[] }
interface State { readonly session: Session; readonly showing: Showing; readonly ofIgnoreFiles: Map<string, OfIgnoreFile>; readonly configs: Set<string> }

export function reportsFor(session: Session, showing: Showing): Reports {
  const state: State = { session, showing, ofIgnoreFiles: new Map(), configs: new Set() }
  const told: Reports['told'] = (uri, root, looked, document) => {
    const around = remember(state, uri, root, looked)
    return new Map([[uri, own(looked, document, showing)], ...around.map(path => [uriOf(path), inIgnoreFile(state, path)] as const), ...inConfigs(state, [root])])
  }
  return {
    told,
    async of(document) {
      const { uri, kind, path } = document
      if (!session.wishes().enable || kind === 'other') return new Map([[uri, []]])
      if (kind === 'config') return new Map([[uri, []], ...await checked(state, path!)])
      if (kind === 'ignore-file') {
        for (const other of session.documents.all()) if (other.kind === 'dockerfile') await lookAgain(state, other)
        return new Map([[uri, inIgnoreFile(state, path!)]])
      }
      const { root, looked } = await session.look(document)
      return told(uri, root, looked, document.text)
    },
    drop(uri) {
      const known = state.ofIgnoreFiles.get(uri)
      state.ofIgnoreFiles.delete(uri)
      return new Map([[uri, []], ...known ? [[uriOf(known.path), inIgnoreFile(state, known.path)] as const] : []])
    },
  }
}

async function lookAgain(state: State, document: OpenDocument): Promise<void> {
  const { root, looked } = await state.session.look(document)
  remember(state, document.uri, root, looked)
}

async function checked(state: State, path: string): Promise<readonly (readonly [string, readonly Diagnostic[]])[]> {
  const root = state.session.rootOf(path)
  await root.check(dirname(path))
  return inConfigs(state, [root])
}

function own(looked: Looked, document: TextDocument, showing: Showing): readonly Diagnostic[] {
  if (looked.kind === 'ignored') return []
  if (looked.kind === 'refused') return [refusal(looked.reason)]
  const { findings, input } = looked.examined
  return findings.filter(({ path }) => path === input.path).map(finding => diagnosticOf(finding, document, showing))
}

/** The ignore files about which there is something else to say now. */
function remember({ ofIgnoreFiles }: State, uri: string, root: Root, looked: Looked): readonly string[] {
  const before = ofIgnoreFiles.get(uri)
  ofIgnoreFiles.delete(uri)
  const paths = new Set(before ? [before.path] : [])
  if (looked.kind === 'seen') {
    const { findings, input } = looked.examined
    const others = findings.filter(({ path }) => path !== input.path)
    if (input.ignoreFile && others.length > 0) {
      const path = resolve(root.folder, input.ignoreFile.path)
      ofIgnoreFiles.set(uri, { path, text: input.ignoreFile.text, findings: others })
      paths.add(path)
    }
  }
  return [...paths]
}

function inIgnoreFile({ session, showing, ofIgnoreFiles }: State, path: string): readonly Diagnostic[] {
  const seen = new Set<string>()
  // One that was looked at before the ignore file changed has no say.
  const newest = session.documents.at(path)?.text.getText() ?? [...ofIgnoreFiles.values()].findLast(each => each.path === path)?.text
  return [...ofIgnoreFiles.values()].filter(each => each.path === path && each.text === newest).flatMap(({ text, findings }) => {
    const document = session.library.create(uriOf(path), '', 0, text)
    return findings.filter(({ rule, span, message }) => {
      const key = JSON.stringify([rule, span.start, span.end, message])
      return !seen.has(key) && seen.add(key)
    }).map(finding => diagnosticOf(finding, document, showing))
  })
}

/** What is wrong with configs, and which of them are fine again. */
function inConfigs({ session, showing, configs }: State, roots: readonly Root[]): readonly (readonly [string, readonly Diagnostic[]])[] {
  const problems = roots.flatMap(root => root.problems())
  const all = [...new Set([...configs, ...problems.map(({ file }) => file)])]
  configs.clear()
  for (const { file } of session.roots().flatMap(root => root.problems())) configs.add(file)
  return all.map(file => {
    const document = session.documents.at(file)?.text ?? onDisk(session, file)
    const here = session.roots().flatMap(root => root.problems()).filter(problem => problem.file === file)
    return [uriOf(file), here.slice(0, 1).map(problem => configDiagnostic(problem, document, showing))] as const
  })
}

function onDisk({ library }: Session, file: string): TextDocument | null {
  try {
    return library.create(uriOf(file), 'json', 0, textOf(file, file))
  } catch {
    return null
  }
}
