// One client's open documents and folders, and what was last seen in each document. Nothing here knows the protocol's messages.
import { dirname, sep } from 'node:path'
import type { TextDocument } from 'vscode-languageserver-textdocument'
import { defaults } from './client.ts'
import type { Client, Wishes } from './client.ts'
import { documents } from './documents.ts'
import type { Documents, OpenDocument } from './documents.ts'
import { openRoot } from './root.ts'
import type { Looked, Root } from './root.ts'
import { pathOf } from './uris.ts'

/** One look at a document; `revision` tells which of its texts. */
export interface Sight { readonly root: Root; readonly looked: Looked; readonly revision: number; readonly generation: number; readonly milliseconds: number }

export interface Session {
  readonly client: Client
  readonly library: typeof TextDocument
  readonly documents: Documents
  wishes(): Wishes
  wish(wishes: Wishes): void
  /** Absolute paths. */
  folders(): readonly string[]
  setFolders(uris: readonly string[]): void
  rootOf(path: string | null): Root
  /** Those that were needed so far. */
  roots(): readonly Root[]
  /** What is found in a document as it stands now; remembered until it or something around it changes. */
  look(document: OpenDocument): Promise<Sight>
  /** What was seen last, perhaps in an earlier text. */
  lastSight(document: OpenDocument): Sight | null
  /** Something on disk, or another document than a Dockerfile, changed. */
  forget(): void
}

/** How long what was seen on the disk counts for clients that do not say what changes there. */
const longestMilliseconds = 30_000

interface SessionState {
  readonly client: Client
  readonly documents: Documents
  readonly now: () => number
  readonly sights: WeakMap<OpenDocument, Sight>
  readonly roots: Map<string, Root>
  wishes: Wishes
  folders: readonly string[]
  /** Counts what was forgotten. */
  generation: number
  seenAt: number
}

export function openSession(client: Client, library: typeof TextDocument, now: () => number): Session {
  const state: SessionState = { client, documents: documents(library), now, sights: new WeakMap(), roots: new Map(), wishes: defaults, folders: [], generation: 0, seenAt: now() }
  return {
    client, library, documents: state.documents,
    wishes: () => state.wishes,
    wish(wished) {
      if (wished.configPath !== state.wishes.configPath) state.roots.clear()
      state.wishes = wished
      forget(state)
    },
    folders: () => state.folders,
    setFolders(uris) {
      state.folders = uris.flatMap(uri => pathOf(uri) ?? []).map(path => (path.length > 1 && path.endsWith(sep) ? path.slice(0, -1) : path))
      state.roots.clear()
      forget(state)
    },
    rootOf: path => rootOf(state, path),
    roots: () => [...state.roots.values()],
    look: document => look(state, document),
    lastSight: document => state.sights.get(document) ?? null,
    forget: () => forget(state),
  }
}

function forget(state: SessionState): void {
  state.generation++
  state.seenAt = state.now()
  for (const root of state.roots.values()) root.forget()
}

/** Roots whose configs and contexts are kept: each file outside of all folders has its own. */
const mostRoots = 50

function rootOf({ roots, folders, documents: open, wishes }: SessionState, path: string | null): Root {
  const folder = folderFor(path, folders)
  const root = roots.get(folder) ?? openRoot(folder, at => open.at(at)?.text.getText(), wishes.configPath)
  roots.delete(folder)
  roots.set(folder, root)
  if (roots.size > mostRoots) roots.delete(roots.keys().next().value!)
  return root
}

async function look(state: SessionState, document: OpenDocument): Promise<Sight> {
  const { client, now, sights } = state
  if (!client.watchesFiles && now() - state.seenAt > longestMilliseconds) forget(state)
  for (;;) {
    const known = sights.get(document)
    const { revision } = document.state
    if (known && known.revision === revision && known.generation === state.generation) return known
    const { generation } = state
    const root = rootOf(state, document.path)
    const start = now()
    const looked = await root.look(document.path, document.text.getText())
    // While the config was read an edit may have come.
    sights.set(document, { root, looked, revision, generation, milliseconds: now() - start })
  }
}

/** The innermost workspace folder; a file outside of all has its own, an untitled document the first. */
function folderFor(path: string | null, folders: readonly string[]): string {
  if (path === null) return folders[0] ?? process.cwd()
  const around = folders.filter(folder => path.startsWith(folder.endsWith(sep) ? folder : folder + sep))
  return around.sort((a, b) => b.length - a.length)[0] ?? dirname(path)
}
