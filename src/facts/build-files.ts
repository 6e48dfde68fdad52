// Files that describe the build, not the program: they come along with the whole context and are edited on their own.
import { contextFilesOf } from '../cache/context-reads.ts'
import type { Build, RunStep } from '../model/build.ts'
import { baseName } from '../model/paths.ts'
import { isVendored, wholeContextReaders, type ContextReader } from './broad-copies.ts'
import { fact } from './fact.ts'
import { costOfAll } from './step-costs.ts'
import { runsFrom } from './steps-after.ts'
import { isTrivial } from './trivial-steps.ts'
import { mayReadGit, sentGitFolder } from './version-control.ts'

export interface SentBuildFiles {
  /** Of the steps that take them the one whose repetition costs most. */
  readonly step: ContextReader
  /** The RUN steps that run again with it. */
  readonly runs: readonly RunStep[]
  /** Files, and of a folder of settings its name with a `/`; the Dockerfile first. Not the ignore file alone: hardly anybody edits it. */
  readonly names: readonly string[]
}

const CI_FOLDERS = new Set(['.github/', '.circleci/', '.buildkite/', '.gitlab/', '.woodpecker/', '.drone/', '.devcontainer/'])
const CI_FILE = /^(?:\.gitlab-ci\.ya?ml|\.travis\.ya?ml|\.drone\.ya?ml|\.cirrus\.ya?ml|\.woodpecker\.ya?ml|azure-pipelines\.ya?ml|bitbucket-pipelines\.ya?ml|appveyor\.ya?ml|cloudbuild\.ya?ml|Jenkinsfile|skaffold\.ya?ml|Tiltfile|Earthfile|fly\.toml|render\.ya?ml)$/
const COMPOSE_FILE = /^(?:docker-)?compose(?:[.-][\w.-]+)?\.ya?ml$|^docker-bake(?:\.[\w.-]+)?\.(?:hcl|json)$/
const DOCKERFILE = /^(?:Dockerfile|Containerfile)(?:[.-][\w.-]+)?$|\.Dockerfile$/i
const IGNORE = /\.dockerignore$/

/** At the top of the context; the Dockerfile itself wherever it lies. Null also where git, which sees that they are gone, is asked. */
export const sentBuildFiles = fact((build: Build): SentBuildFiles | null => {
  const found = isVendored(build) ? null : costliest(build)
  const files = found ? contextFilesOf(build, found.step) : 'unknown'
  if (!found || files === 'unknown' || !mayLackTracked(build)) return null
  const names = buildFilesAmong(build, files)
  return names.every(name => IGNORE.test(name)) ? null : { ...found, names }
})

/** Whether files of the repository may be missing in the build: git, where it is asked, would call the work tree changed. */
export const mayLackTracked = (build: Build): boolean => !((sentGitFolder(build) || asksForChanges(build)) && mayReadGit(build))

/** Whether a step asks git itself if the work tree is as committed, even where this checkout came without its `.git`. */
const asksForChanges = ({ stages }: Build): boolean => stages.some(stage => stage.reachable && stage.steps.some(step => step.kind === 'run' && /\bgit\s+(?:-\w+\s+\S+\s+)*(?:describe|diff|status)\b/.test(step.text)))

function costliest(build: Build): Omit<SentBuildFiles, 'names'> | null {
  let found: Omit<SentBuildFiles, 'names'> | null = null
  for (const step of wholeContextReaders(build)) {
    const runs = step.onbuild ? [] : runsFrom(build, step)
    if (runs.some(run => !isTrivial(run)) && (!found || costOfAll(runs).seconds > costOfAll(found.runs).seconds)) found = { step, runs }
  }
  return found
}

/** Where those of other images lie beside the sources. */
const isNested = (path: string): boolean => /^\.?(?:docker|dockerfiles?|containers?|deploy(?:ments?)?)\/(?:.*\/)?(?:Dockerfile|Containerfile|[\w.-]+\.Dockerfile)$/.test(path)

/** Those that no step mentions. */
export function buildFilesAmong(build: Build, files: Iterable<string>): readonly string[] {
  const own = ownPath(build)
  const names: string[] = []
  const folders = new Set<string>()
  for (const path of files) {
    const slash = path.indexOf('/')
    const folder = path.slice(0, slash + 1)
    if (CI_FOLDERS.has(folder)) folders.add(folder)
    else if (path === own || isNested(path) || slash === -1 && [DOCKERFILE, COMPOSE_FILE, CI_FILE, IGNORE].some(kind => kind.test(path))) names.push(path)
  }
  const rank = (name: string): number => (name === own ? 0 : IGNORE.test(name) ? 3 : name.endsWith('/') ? 1 : 2)
  return [...names, ...folders].filter(name => !isMentioned(build, name)).sort((a, b) => rank(a) - rank(b))
}

/** Where the Dockerfile lies in the context, as far as that is known. */
export function ownPath({ path, context }: Build): string {
  const { repository } = context
  if (repository === null || repository.contextFolder === null || repository.contextFolder === repository.ownFolder) return baseName(path)
  const prefix = repository.contextFolder === '' ? '' : `${repository.contextFolder}/`
  return `${repository.ownFolder}/`.startsWith(prefix) ? `${repository.ownFolder.slice(prefix.length)}/${baseName(path)}` : baseName(path)
}

/** A step that names a file or folder may need it. */
export const isMentioned = ({ stages }: Build, name: string): boolean => stages.some(stage => stage.reachable && stage.steps.some(step => step.text.includes(name.replace(/\/$/, ''))))
