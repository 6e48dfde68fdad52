// Who may be built with this context under this ignore file: what a line of it hides is hidden from all of them.
import type { Build, ContextFiles } from '../model/build.ts'
import { neighboursOf } from '../model/neighbours.ts'
import { baseName, insideRoot } from '../model/paths.ts'
import { contextEvidence } from './context-evidence.ts'
import { contextReaders } from './broad-copies.ts'
import { fact } from './fact.ts'

export interface ContextUser {
  /** How messages call it; null for the Dockerfile itself. */
  readonly name: string | null
  /** With all its stages: any of them may be the target of some build. */
  readonly build: Build
}

/** The Dockerfile itself first. */
export const contextUsers = fact((build: Build): readonly ContextUser[] => {
  const own: ContextUser = { name: null, build: withAllStages(build) }
  const { ignoreFile, repository, source } = build.context
  // An ignore file named after the Dockerfile is nobody else's.
  if (ignoreFile !== null && baseName(ignoreFile.path) !== '.dockerignore') return [own]
  const files = repository?.contextFolder != null ? repository.files : source
  const folder = repository?.contextFolder ?? ''
  const others = files === null ? [] : neighboursOf(build).flatMap(({ path, build: other }): readonly ContextUser[] => {
    const user = withAllStages(other)
    return contextReaders(user).length > 0 && files.read(`${path}.dockerignore`) === null && mayUse(user, path, folder, files) ? [{ name: path, build: user }] : []
  })
  return [own, ...others]
})

const withAllStages = (build: Build): Build => ({ ...build, stages: build.stages.map(stage => ({ ...stage, reachable: true })) })

/** It lies in the folder, or takes something that is there and not beside it; where nothing tells, one that lies below the folder may. */
function mayUse(build: Build, path: string, folder: string, files: ContextFiles): boolean {
  const own = path.slice(0, Math.max(0, path.lastIndexOf('/')))
  if (own === folder) return true
  const evidence = contextEvidence(build).map(names => names.filter(name => !/[*?[\\]/.test(name))).filter(names => names.length > 0)
  const isIn = (place: string): boolean => evidence.every(names => names.some(name => lies(files, insideRoot(`${place}/${name}`))))
  if (evidence.length === 0) return folder === '' || `${own}/`.startsWith(`${folder}/`)
  return isIn(folder) || !isIn(own) && evidence.some(names => names.some(name => lies(files, insideRoot(`${folder}/${name}`))))
}

const lies = (files: ContextFiles, path: string): boolean =>
  (files.find ? files.find(path) !== null : files.list().some(entry => entry.path === path || entry.path.startsWith(`${path}/`)))
