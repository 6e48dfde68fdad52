// The documents that the client has open. Their text counts, not that of the disk.
import { basename } from 'node:path'
import type { TextDocumentContentChangeEvent } from 'vscode-languageserver'
import type { TextDocument } from 'vscode-languageserver-textdocument'
import { isDockerfileName } from '../discover.ts'
import { inUtf16 } from './positions.ts'
import type { Encoding } from './positions.ts'
import { pathOf } from './uris.ts'

export type Kind = 'dockerfile' | 'ignore-file' | 'config' | 'other'
/** What changes: `revision` counts the edits, because versions are the client's. */
export interface DocumentState {
  revision: number
  /** As it was last saved; one that was just opened counts as such. */
  isSaved: boolean
}
/** `text` changes with each edit. */
export interface OpenDocument {
  readonly uri: string
  /** Absolute; null where it is no file. */
  readonly path: string | null
  readonly kind: Kind
  readonly text: TextDocument
  readonly state: DocumentState
}

export interface Documents {
  open(uri: string, language: string, version: number, text: string): OpenDocument
  /** null for a document that is not open. */
  change(uri: string, version: number, changes: readonly TextDocumentContentChangeEvent[], encoding: Encoding): OpenDocument | null
  close(uri: string): OpenDocument | null
  get(uri: string): OpenDocument | null
  /** By absolute path. */
  at(path: string): OpenDocument | null
  all(): readonly OpenDocument[]
}

export function documents(library: typeof TextDocument): Documents {
  const byUri = new Map<string, OpenDocument>()
  const byPath = new Map<string, OpenDocument>()
  return {
    open(uri, language, version, text) {
      const path = pathOf(uri)
      const document = { uri, path, kind: kindOf(path, language), text: library.create(uri, language, version, text), state: { revision: 0, isSaved: true } }
      byUri.set(uri, document)
      if (path !== null) byPath.set(path, document)
      return document
    },
    change(uri, version, changes, encoding) {
      const document = byUri.get(uri)
      if (!document) return null
      document.state.revision++
      document.state.isSaved = false
      // One after the other: each is told in places of the text that the one before left.
      for (const change of changes) {
        const settled = 'range' in change ? { text: change.text, range: { start: inUtf16(document.text, change.range.start, encoding), end: inUtf16(document.text, change.range.end, encoding) } } : change
        library.update(document.text, [settled], version)
      }
      return document
    },
    close(uri) {
      const document = byUri.get(uri) ?? null
      byUri.delete(uri)
      if (document?.path !== null && document && byPath.get(document.path) === document) byPath.delete(document.path)
      return document
    },
    get: uri => byUri.get(uri) ?? null,
    at: path => byPath.get(path) ?? null,
    all: () => [...byUri.values()],
  }
}

/** The names of our own files say more than what an editor takes them for. */
function kindOf(path: string | null, language: string): Kind {
  const name = path === null ? '' : basename(path)
  if (/(?:^|\.)dockerignore$/i.test(name)) return 'ignore-file'
  if (name === '.cachemissrc.json' || name === 'package.json') return 'config'
  return /^(?:dockerfile|containerfile)$/i.test(language) || isDockerfileName(name) ? 'dockerfile' : 'other'
}
