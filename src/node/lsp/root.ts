// What is known of one workspace folder: its configs, build contexts and ignore files, and what the engine finds in a Dockerfile there.
// Decides as the command line does. What is open in the editor counts as it stands there; a config that broke keeps its last good meaning.
import { join, resolve } from 'node:path'
import { UsageError, examine } from '../../index.ts'
import type { ActiveRule, Build, Examined, ResolvedConfig } from '../../index.ts'
import { configSearch } from '../config-file.ts'
import type { ConfigSearch, FoundConfig } from '../config-file.ts'
import type { OpenText } from '../config-text.ts'
import { sentence } from '../io.ts'
import { settings } from '../lint-one.ts'
import { shownPath } from '../paths.ts'
import type { Surround } from '../place.ts'
import { textOf } from '../read-dockerfile.ts'
import { openSurroundings } from './surroundings.ts'

export type Looked =
  /** Left out by its config. */
  | { readonly kind: 'ignored' }
  /** It was not looked at, and why: a clause. */
  | { readonly kind: 'refused'; readonly reason: string }
  | Seen
export interface Seen {
  readonly kind: 'seen'
  readonly examined: Examined
  readonly rules: readonly ActiveRule[]
  /** null: none applies. */
  readonly config: FoundConfig | null
}

/** What is wrong with a config. */
export interface ConfigProblem { readonly file: string; readonly line: number; readonly column: number; readonly message: string }

export interface Root {
  readonly folder: string
  /** `path` is absolute, and null for a document that is no file: it has no build context. */
  look(path: string | null, text: string): Promise<Looked>
  /** Finds out what is wrong with the config of a folder, for `problems`. */
  check(folder: string): Promise<void>
  /** Of the configs that were met since the last `forget`. */
  problems(): readonly ConfigProblem[]
  /** Of the disk, where something changed. */
  forget(): void
}

interface Applying { readonly config: FoundConfig | null; readonly resolved: ResolvedConfig }
/** Of what was found on the disk, until it is forgotten. */
interface Disk { readonly search: Promise<ConfigSearch>; readonly settingsOf: ReturnType<typeof settings>; readonly surround: Surround; readonly problems: Map<string, ConfigProblem> }

/** Dockerfiles whose last good config is kept. */
const mostKept = 1000

interface RootState {
  readonly folder: string
  readonly openText: OpenText
  readonly configPath: string | null
  readonly good: Map<string, Applying>
  disk: Disk | null
}

export function openRoot(folder: string, openText: OpenText, configPath: string | null): Root {
  const state: RootState = { folder, openText, configPath, good: new Map(), disk: null }
  return {
    folder,
    look: (path, text) => look(state, path, text),
    async check(at) {
      await applying(state, join(at, 'Dockerfile'))
    },
    problems: () => [...state.disk?.problems.values() ?? []],
    forget() {
      state.disk = null
    },
  }
}

function diskOf(state: RootState): Disk {
  const { folder, openText, configPath } = state
  return state.disk ??= {
    search: configSearch({ cwd: folder, plugins: 'never', open: openText, ...configPath !== null && { file: configPath } }),
    settingsOf: settings({}), surround: openSurroundings(folder, openText), problems: new Map(),
  }
}

/** What the config means for a file, or why it cannot be known. */
async function applying(state: RootState, file: string): Promise<Applying | string> {
  const disk = diskOf(state)
  try {
    const config = await (await disk.search).find(file)
    const found = { config, resolved: disk.settingsOf(config)(file) }
    keep(state.good, file, found)
    return found
  } catch (error) {
    if (!(error instanceof UsageError)) throw error
    const problem = problemOf(error, state.folder)
    if (problem) disk.problems.set(problem.file, problem)
    return state.good.get(file) ?? sentence(error)
  }
}

async function look(state: RootState, path: string | null, text: string): Promise<Looked> {
  const { folder } = state
  const file = path ?? join(folder, 'Dockerfile')
  const found = await applying(state, file)
  if (typeof found === 'string') return { kind: 'refused', reason: found }
  const { config, resolved } = found
  if (resolved.ignored) return { kind: 'ignored' }
  const read = textOf(Buffer.from(text))
  if ('reason' in read) return { kind: 'refused', reason: read.reason }
  const { target } = resolved
  const { surround } = diskOf(state)
  const input = {
    path: path === null ? '<untitled>' : shownPath(folder, file), text, ...resolved.hasMoreRules && { otherRules: null }, ...target !== null && { target },
    ...path !== null && { surround: (build: Build) => surround(file, build, config, resolved.context) },
  }
  try {
    return { kind: 'seen', examined: examine(input, resolved.rules), rules: resolved.rules, config }
  } catch (error) {
    // A context that the config names and that is not there.
    if (error instanceof UsageError) return { kind: 'refused', reason: sentence(error) }
    throw error
  }
}

function keep(good: Map<string, Applying>, file: string, found: Applying): void {
  good.delete(file)
  good.set(file, found)
  if (good.size > mostKept) good.delete(good.keys().next().value!)
}

/** Where the message says that the mistake stands; null where it names no place. */
function problemOf(error: UsageError, folder: string): ConfigProblem | null {
  const [, name, line, column, rest] = /^([^\n]+?\.json)(?::(\d+):(\d+))?:? ([^]*)$/.exec(sentence(error)) ?? []
  if (name === undefined) return null
  return { file: resolve(folder, name), line: Number(line ?? 1), column: Number(column ?? 1), message: rest! }
}
