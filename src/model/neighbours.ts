// Other Dockerfiles of the repository. Which of them share a context is a matter of src/facts/context-users.ts.
import { parse } from '../syntax/parse.ts'
import type { Build, ContextFiles } from './build.ts'
import { baseName } from './paths.ts'
import { toBuild } from './to-build.ts'

export interface Neighbour {
  /** In the repository, or in the context where no repository is known. */
  readonly path: string
  /** As it stands on the disk, over the context of the Dockerfile beside it. */
  readonly build: Build
}

const DOCKERFILE = /^(?:dockerfile|containerfile)(?:[.-].+)?$|\.(?:dockerfile|containerfile)$/i
const NOT_LOOKED_INTO = /(?:^|\/)(?:node_modules|vendor|third[-_]party|\.git)$/
/** Where Dockerfiles lie whose context is another folder. */
const FOR_DOCKER = /(?:^|\/)\.?(?:docker|dockerfiles|containers?|images?|build|deploy|deployments?|ci|infra|ops)$/
/** A repository with more of them builds most in folders of their own. */
const MOST = 400

const parsed = new WeakMap<ContextFiles, Map<string, readonly Neighbour[]>>()

/**
 * Those that can be read below the context, right inside the folders above it and in their folders for such files, without the Dockerfile
 * itself; the shortest paths first. Empty where no files are known.
 */
export function neighboursOf(build: Build): readonly Neighbour[] {
  const { context: { source, repository } } = build
  const isPlaced = repository !== null && repository.contextFolder !== null
  const files = isPlaced ? repository.files : source
  if (files === null) return []
  const folder = isPlaced ? repository.contextFolder! : ''
  const byFolder = parsed.get(files) ?? new Map<string, readonly Neighbour[]>()
  parsed.set(files, byFolder)
  const known = byFolder.get(folder) ?? dockerfilesAround(files, folder)
  byFolder.set(folder, known)
  const own = isPlaced && repository.ownFolder !== '' ? `${repository.ownFolder}/${baseName(build.path)}` : baseName(build.path)
  return known.filter(({ path }) => path !== own).map(({ path, build: other }) => ({ path, build: { ...other, context: build.context } }))
}

function dockerfilesAround(files: ContextFiles, context: string): readonly Neighbour[] {
  const isBelow = (path: string): boolean => context === '' || `${path}/`.startsWith(`${context}/`)
  const isSkipped = (path: string): boolean => NOT_LOOKED_INTO.test(path) || !isBelow(path) && !`${context}/`.startsWith(`${path}/`) && !(FOR_DOCKER.test(path) && `${context}/`.startsWith(path.slice(0, path.lastIndexOf('/') + 1)))
  const paths = files.list(isSkipped).flatMap(({ path }) => (DOCKERFILE.test(baseName(path)) && !path.endsWith('.dockerignore') && !foldersOf(path).some(isSkipped) ? [path] : []))
  return paths.sort((a, b) => a.length - b.length || (a < b ? -1 : 1)).slice(0, MOST).flatMap(path => {
    const syntax = parse(files.read(path) ?? '')
    return syntax.problems.length > 0 ? [] : [{ path, build: toBuild(syntax, { path }) }]
  })
}

const foldersOf = (path: string): readonly string[] => [...path].flatMap((char, at) => (char === '/' ? [path.slice(0, at)] : []))
