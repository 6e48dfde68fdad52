// What a maintainer would write into the first ignore file of a context: of what lies there, that which no build of it needs.
import { contextFilesOf } from '../cache/context-reads.ts'
import type { ContextReader } from '../facts/broad-copies.ts'
import { buildFilesAmong, mayLackTracked } from '../facts/build-files.ts'
import { contextCargo } from '../facts/context-cargo.ts'
import { contextUsers } from '../facts/context-users.ts'
import { isGitIgnored } from '../facts/git-ignores.ts'
import { hostDependencies } from '../facts/host-dependencies.ts'
import { installs } from '../facts/installs.ts'
import { largeFiles } from '../facts/large-files.ts'
import { sentSecrets } from '../facts/sent-secrets.ts'
import { isForShipping } from '../facts/shipping.ts'
import type { Build } from '../model/build.ts'
import { buildFileEntries } from './build-files.ts'
import { dependencyEntry, hostFolderUser } from './host-dependencies.ts'
import { entryFor, type IgnoreEntry } from './ignore-file.ts'
import { secretsReader } from './secrets.ts'

/** Folders that tools fill, and whose work in the image makes the one of the host needless; null: no image wants it. */
const MADE_BY: Readonly<Record<string, ReadonlySet<string> | null>> = {
  node_modules: new Set(['npm', 'pnpm', 'yarn', 'bun']),
  '.venv': new Set(['pip', 'uv', 'poetry', 'pipenv', 'pdm', 'conda']), venv: new Set(['pip', 'uv', 'poetry', 'pipenv', 'pdm', 'conda']),
  target: new Set(['cargo', 'maven', 'sbt']), '.next': new Set(['npm', 'pnpm', 'yarn', 'bun']),
  __pycache__: null, '.gradle': null, '.idea': null, '.vscode': null, coverage: null,
}

/** Each of them still to be held against what the builds read. The ignore file itself comes along where there is anything to write. */
export function firstEntries(build: Build, step: ContextReader): readonly IgnoreEntry[] {
  const cargo = contextCargo(build)
  const files = contextFilesOf(build, step)
  const described = files === 'unknown' || !mayLackTracked(build) ? [] : buildFilesAmong(build, files).filter(name => name !== '.dockerignore')
  const entries = [...cargo.includes('.git') ? [entryFor('.git')] : [], ...madeOnHost(build, cargo), ...secrets(build), ...leftovers(build), ...buildFileEntries(build, described)]
  const own = entries.findLastIndex(({ line }) => /Dockerfile|Containerfile/i.test(line))
  return entries.length === 0 ? [] : [...entries.slice(0, own + 1 || entries.length), { line: '.dockerignore', hides: ['.dockerignore'], unnamed: [] }, ...own === -1 ? [] : entries.slice(own + 1)]
}

function madeOnHost(build: Build, cargo: readonly string[]): readonly IgnoreEntry[] {
  const installed = hostDependencies(build).map(({ path }) => path).filter(path => hostFolderUser(build, path) === null)
  const left = cargo.filter(name => Object.hasOwn(MADE_BY, name) && !installed.includes(name) && isGitIgnored(build, name, 'folder') && isNeedless(build, name))
  return [...installed.map(path => dependencyEntry(build, path)), ...left.map(name => ({ line: name, hides: [name], unnamed: MADE_BY[name] === null ? [name] : [] }))]
}

/** Whether every Dockerfile that names such a folder, or runs what lies in it, makes its own. */
function isNeedless(build: Build, name: string): boolean {
  const managers = MADE_BY[name]
  if (!managers) return true
  return installs(build).some(({ manager }) => managers.has(manager)) && hostFolderUser(build, name) === null
    && contextUsers(build).every(user => user.name === null || !user.build.text.includes(`${name}/`) || installs(user.build).some(({ manager }) => managers.has(manager)))
}

function secrets(build: Build): readonly IgnoreEntry[] {
  const found = isForShipping(build) ? sentSecrets(build) : null
  return found && secretsReader(build, found.paths) === null ? found.paths.map(path => entryFor(path)) : []
}

/** As large as what `context-includes-large-files` reports by itself. */
const LARGE = 10_000_000
const leftovers = (build: Build): readonly IgnoreEntry[] => (largeFiles(build, LARGE)?.files ?? []).map(({ path }) => entryFor(path))
