// The diagnostics of all Dockerfiles in the workspace folders, open or not.
import type { CancellationToken, PreviousResultId, WorkspaceDocumentDiagnosticReport } from 'vscode-languageserver'
import { discover } from '../discover.ts'
import { foreignKind } from '../foreign-files.ts'
import { readDockerfile } from '../read-dockerfile.ts'
import type { Reported, Reports } from './reports.ts'
import type { Session } from './session.ts'
import { uriOf } from './uris.ts'

/** Editors show a list; nobody reads one of more files. */
const mostFiles = 2000

export interface Workspace {
  /** One report for each document that has or had something to say; null when cancelled. */
  reports(previous: readonly PreviousResultId[], token: CancellationToken): Promise<readonly WorkspaceDocumentDiagnosticReport[] | null>
}

/** `digest` names what a report says; `breathe` lets other messages in. */
export function workspaceFor(session: Session, reports: Reports, digest: (items: unknown) => string, breathe: () => Promise<void>): Workspace {
  return {
    async reports(previous, token) {
      const all = new Map<string, Reported extends ReadonlyMap<string, infer Items> ? Items : never>()
      let left = mostFiles
      for (const folder of session.wishes().enable ? session.folders() : []) {
        // A folder that is gone has no Dockerfiles.
        const { files } = await discover([folder], { cwd: folder })
        for (const { file, path } of files) {
          if (left-- <= 0) break
          await breathe()
          if (token.isCancellationRequested) return null
          for (const [uri, items] of await reported(session, reports, file, path)) all.set(uri, items)
        }
      }
      for (const { uri } of previous) if (!all.has(uri) && !session.documents.get(uri)) all.set(uri, [])
      const known = new Map(previous.map(({ uri, value }) => [uri, value]))
      return [...all].filter(([uri, items]) => items.length > 0 || known.has(uri)).map(([uri, items]) => {
        const version = session.documents.get(uri)?.text.version ?? null
        const resultId = digest(items)
        return known.get(uri) === resultId ? { kind: 'unchanged', uri, version, resultId } : { kind: 'full', uri, version, resultId, items: [...items] }
      })
    },
  }
}

async function reported(session: Session, reports: Reports, file: string, path: string): Promise<Reported> {
  const uri = uriOf(file)
  const open = session.documents.at(file)
  if (open) return reports.of(open)
  const read = readDockerfile(file)
  const root = session.rootOf(file)
  if ('reason' in read) return reports.told(uri, root, { kind: 'refused', reason: read.reason }, session.library.create(uri, '', 0, ''))
  const looked = await root.look(file, read.text)
  const isForeign = looked.kind === 'seen' && looked.examined.findings[0]?.rule === 'syntax-error' && foreignKind(path, read.text) !== null
  return isForeign ? reports.drop(uri) : reports.told(uri, root, looked, session.library.create(uri, 'dockerfile', 0, read.text))
}
