// Which Dockerfiles are touched by what changed since a commit: they themselves, their ignore file, their config, or the manifests and
// ignore files of their context. What else changes in a context changes no finding that a review should wait for.
import { basename, dirname, join, relative } from 'node:path'
import { UsageError, isManifestName, parseBuild } from '../index.ts'
import type { Build } from '../index.ts'
import { changesIn, commitOf, isShallow, mergeBase, textIn, treeTop } from './changes.ts'
import type { TreeChanges } from './changes.ts'
import type { FoundConfig } from './config-file.ts'
import { configName, packageKey } from './config-text.ts'
import type { FoundFile } from './discover.ts'
import type { Linting } from './lint-one.ts'
import { realPlace, slashed } from './paths.ts'
import type { Places } from './place.ts'
import { readDockerfile } from './read-dockerfile.ts'

export interface Changes {
  touch(found: FoundFile): Promise<boolean>
  /** One line each. */
  readonly notes: readonly string[]
}
type Around = Pick<Linting, 'search' | 'settingsOf'> & { readonly place: Places }

/** Since the current branch left the one of `revision`; uncommitted and untracked files count. Rejects with a UsageError. */
export async function changedSince(revision: string, around: Around): Promise<Changes> {
  const { cwd } = around.place
  const top = await treeTop(cwd)
  if (top === null) throw new UsageError('--changed-since: this folder lies in no git repository')
  const commit = await commitOf(top, revision)
  if (commit !== null) return touching(await changesIn(top, await mergeBase(top, commit)), around)
  const hint = revision.startsWith('origin/') ? 'Fetch it first.' : 'Give a commit, branch or tag, such as origin/main.'
  if (!await isShallow(top)) throw new UsageError(`--changed-since: git knows no commit ${JSON.stringify(revision)}`, hint)
  return { touch: async () => true, notes: [`--changed-since: this shallow clone has no commit ${JSON.stringify(revision)}, so everything is linted; fetch it first`] }
}

const IGNORE = /^\.(?:docker|container|git)ignore$|\.dockerignore$/

function touching(changes: TreeChanges, around: Around): Changes {
  const { top } = changes
  const paths = new Set(changes.changes.map(({ path }) => path))
  const hasChanged = (file: string): boolean => paths.has(pathIn(top, file)) || paths.has(pathIn(top, realPlace(file)))
  const inContexts = [...paths].filter(path => isManifestName(path) || IGNORE.test(basename(path)))
  const configFolders = foldersOf([...paths].filter(path => basename(path) === configName))
  const lostConfig = packagesWithConfig(changes)
  return {
    notes: [],
    async touch({ file }) {
      // What lies in another repository, as a submodule does, changes there.
      if (!isIn(top, file, around.place)) return true
      if ([file, `${file}.dockerignore`].some(hasChanged)) return true
      const above = foldersAbove(pathIn(top, file))
      if (above.some(folder => configFolders.has(folder))) return true
      try {
        const config = await around.search.find(file)
        if (config !== null && config.files.some(hasChanged)) return true
        if (config === null && await lostConfig(above)) return true
        const context = inContexts.length === 0 ? null : contextOf(file, config, around)
        return context !== null && inContexts.some(path => isBelow(pathIn(top, context), path))
      } catch (error) {
        // Whoever lints it will say so.
        if (error instanceof UsageError) return true
        throw error
      }
    },
  }
}

function contextOf(file: string, config: FoundConfig | null, { settingsOf, place }: Around): string | null {
  const { context } = settingsOf(config)(file)
  return place.context(file, () => modelOf(file), config, context)
}

function modelOf(file: string): Build | null {
  const read = readDockerfile(file)
  try {
    return 'text' in read ? parseBuild(read.text) : null
  } catch (error) {
    if (error instanceof UsageError) return null
    throw error
  }
}

/** Whether a package.json above that changed had config before. */
function packagesWithConfig({ top, commit, changes }: TreeChanges): (folders: readonly string[]) => Promise<boolean> {
  const changed = new Map(changes.filter(({ path, kind }) => kind !== 'added' && basename(path) === 'package.json').map(({ path }) => [folderOf(path), path]))
  const known = new Map<string, Promise<string | null>>()
  return async folders => {
    for (const folder of folders) {
      const path = changed.get(folder)
      if (path === undefined || commit === null) continue
      const text = known.get(path) ?? textIn(top, commit, path)
      known.set(path, text)
      if ((await text)?.includes(`"${packageKey}"`)) return true
    }
    return false
  }
}

const isIn = (top: string, file: string, { chooser }: Places): boolean => {
  const own = chooser.top(file)
  return own !== null && realPlace(own) === realPlace(top)
}

/** By the real folder: git names that. */
const pathIn = (top: string, file: string): string => slashed(relative(top, join(realPlace(dirname(file)), basename(file))))
const folderOf = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')))
const foldersOf = (paths: readonly string[]): ReadonlySet<string> => new Set(paths.map(folderOf))
const isBelow = (folder: string, path: string): boolean => folder === '' || path.startsWith(`${folder}/`)

function foldersAbove(path: string): readonly string[] {
  const folders: string[] = []
  for (let at = folderOf(path); ; at = folderOf(at)) {
    folders.push(at)
    if (at === '') return folders
  }
}
