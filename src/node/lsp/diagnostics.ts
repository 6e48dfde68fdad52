// Findings and mistakes of configs as the protocol's diagnostics.
import type { Diagnostic, DiagnosticSeverity } from 'vscode-languageserver'
import type { TextDocument } from 'vscode-languageserver-textdocument'
import type { Finding, Severity } from '../../index.ts'
import type { Client } from './client.ts'
import { rangeOf } from './positions.ts'
import type { ConfigProblem } from './root.ts'

/** What a diagnostic takes besides its finding. */
export interface Showing {
  readonly client: Client
  /** The address of a rule's page; null where there is none. */
  docs(rule: string): string | null
}

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = { error: 1, warning: 2, info: 3 }
/** Rules whose findings stand on lines that nothing needs. */
const unnecessary: readonly string[] = ['unused-stage', 'unused-ignore', 'no-op-run', 'ineffective-dockerignore-pattern']
const source = 'cachemiss'

/** `document` holds the text that the finding's places are of. */
export function diagnosticOf({ rule, severity, span, message, related }: Finding, document: TextDocument, { client, docs }: Showing): Diagnostic {
  const href = client.hasCodeDescription ? docs(rule) : null
  return {
    range: rangeOf(document, span, client.encoding), severity: severities[severity], source, code: rule, message,
    ...href !== null && { codeDescription: { href } },
    ...client.hasUnnecessaryTag && unnecessary.includes(rule) && { tags: [1] },
    ...client.hasRelatedInformation && related.length > 0 && {
      relatedInformation: related.map(place => ({ location: { uri: document.uri, range: rangeOf(document, place.span, client.encoding) }, message: place.message })),
    },
  }
}

/** Says at the top of a document that nothing was looked for in it. */
export const refusal = (reason: string): Diagnostic =>
  ({ range: { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } }, severity: 1, source, message: `Not looked at: ${reason}` })

/** `document` is null where the config cannot be read: then columns are as counted there. */
export function configDiagnostic({ line, column, message }: ConfigProblem, document: TextDocument | null, { client }: Showing): Diagnostic {
  const at = { line: line - 1, character: column - 1 }
  const offset = document?.offsetAt(at) ?? 0
  // To the end of what stands there: a word, a quoted text, or one character.
  const length = document ? /^(?:"(?:[^"\\\n]|\\.)*"|[\w.-]+|[^\n])?/.exec(document.getText().slice(offset, offset + 1000))![0].length : 0
  const range = document ? rangeOf(document, { start: offset, end: offset + length }, client.encoding) : { start: at, end: at }
  return { range, severity: 1, source, message }
}
