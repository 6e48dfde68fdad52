// What the client can do, as it said when it connected, and what it wants: the section `cachemiss` of its settings.
import type { ClientCapabilities, InitializeParams } from 'vscode-languageserver'
import { encodingOf } from './positions.ts'
import type { Encoding } from './positions.ts'

export interface Client {
  readonly encoding: Encoding
  /** It asks for diagnostics; else they are sent. */
  readonly pulls: boolean
  readonly refreshes: boolean
  readonly hasRelatedDocuments: boolean
  readonly hasRelatedInformation: boolean
  readonly hasCodeDescription: boolean
  readonly hasUnnecessaryTag: boolean
  /** Edits with document versions; only then are there steps that create files. */
  readonly hasDocumentChanges: boolean
  readonly createsFiles: boolean
  readonly hasCodeActions: boolean
  readonly hasMarkdown: boolean
  readonly configures: boolean
  readonly registersConfiguration: boolean
  readonly watchesFiles: boolean
  readonly showsDocuments: boolean
  readonly hasFolders: boolean
}

const unnecessary = 1
export function clientOf(capabilities: ClientCapabilities): Client {
  // Some clients write null for what they do not have.
  const [text, workspace, window, general] = [capabilities.textDocument ?? {}, capabilities.workspace ?? {}, capabilities.window ?? {}, capabilities.general ?? {}]
  const published = text.publishDiagnostics ?? {}
  // Pull and push have the same extras; a client that pulls may name them for either.
  const pulled = text.diagnostic ?? undefined
  const marks = pulled ?? published
  return {
    encoding: encodingOf(general.positionEncodings),
    pulls: pulled !== undefined,
    refreshes: workspace.diagnostics?.refreshSupport ?? false,
    hasRelatedDocuments: pulled?.relatedDocumentSupport ?? false,
    hasRelatedInformation: marks.relatedInformation ?? published.relatedInformation ?? false,
    hasCodeDescription: marks.codeDescriptionSupport ?? published.codeDescriptionSupport ?? false,
    hasUnnecessaryTag: (marks.tagSupport ?? published.tagSupport)?.valueSet.includes(unnecessary) ?? false,
    hasDocumentChanges: workspace.workspaceEdit?.documentChanges ?? false,
    createsFiles: (workspace.workspaceEdit?.documentChanges ?? false) && (workspace.workspaceEdit?.resourceOperations ?? []).includes('create'),
    hasCodeActions: text.codeAction?.codeActionLiteralSupport !== undefined,
    hasMarkdown: text.hover?.contentFormat?.includes('markdown') ?? true,
    configures: workspace.configuration ?? false,
    registersConfiguration: workspace.didChangeConfiguration?.dynamicRegistration ?? false,
    watchesFiles: workspace.didChangeWatchedFiles?.dynamicRegistration ?? false,
    showsDocuments: window.showDocument?.support ?? false,
    hasFolders: workspace.workspaceFolders ?? false,
  }
}

/** The folders that the client has open, as addresses. */
export function foldersOf({ workspaceFolders, rootUri, rootPath }: InitializeParams, uriOf: (path: string) => string): readonly string[] {
  if (workspaceFolders && workspaceFolders.length > 0) return workspaceFolders.map(({ uri }) => uri)
  if (typeof rootUri === 'string') return [rootUri]
  return typeof rootPath === 'string' && rootPath !== '' ? [uriOf(rootPath)] : []
}

/** What a user sets in the editor. */
export interface Wishes {
  readonly enable: boolean
  readonly run: 'onType' | 'onSave'
  /** A config file, instead of the nearest one; relative to the workspace folder. */
  readonly configPath: string | null
}
export const defaults: Wishes = { enable: true, run: 'onType', configPath: null }

/** From `{cachemiss: {…}}` or the bare object; what makes no sense counts as not set. */
export function wishesOf(settings: unknown): Wishes {
  const own = isObject(settings) && isObject(settings['cachemiss']) ? settings['cachemiss'] : isObject(settings) ? settings : {}
  const { enable, run, configPath } = own
  return {
    enable: typeof enable === 'boolean' ? enable : defaults.enable,
    run: run === 'onSave' ? 'onSave' : 'onType',
    configPath: typeof configPath === 'string' && configPath !== '' && !configPath.includes('\0') ? configPath : null,
  }
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null && !Array.isArray(value)
