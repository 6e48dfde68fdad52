// Ignore files that look as if they counted for a build and do not.
import { contextSelectors } from '../cache/context-reads.ts'
import type { Build } from '../model/build.ts'
import { baseName, insideRoot } from '../model/paths.ts'
import { contextReaders, wholeContextReaders, type ContextReader } from './broad-copies.ts'
import { fact } from './fact.ts'
import { installs } from './installs.ts'
import { buildScripts, namesIn } from './repository-texts.ts'
import { mayReadGit, sentGitFolder } from './version-control.ts'

export interface UnreadIgnoreFile {
  /** In the repository. */
  readonly path: string
  /** The folder it lies in, relative to the context. */
  readonly folder: string
  /** The first step that takes files of that folder. */
  readonly step: ContextReader
}

/** One that lies beside a Dockerfile whose context is another folder, while nothing builds its own folder. */
export const unreadIgnoreFile = fact((build: Build): UnreadIgnoreFile | null => {
  const { repository, ignoreFile } = build.context
  if (repository === null || repository.contextFolder === null || repository.contextFolder === repository.ownFolder) return null
  const { files, ownFolder, contextFolder } = repository
  const prefix = contextFolder === '' ? '' : `${contextFolder}/`
  if (!ownFolder.startsWith(prefix)) return null
  const folder = ownFolder.slice(prefix.length)
  const step = contextReaders(build).find(reader => !reader.onbuild && contextSelectors(reader).some(({ path, include }) => include.length === 0 && `${folder}/`.startsWith(insideRoot(path) === '' ? '' : `${insideRoot(path)}/`)))
  const text = step ? files.read(`${ownFolder}/.dockerignore`) : null
  if (!step || text === null || linesOf(text).length === 0 || ignoreFile?.text === text) return null
  const names = namesIn(files, ownFolder)
  // A folder of nothing but files for Docker was never meant to be a context.
  if (names.every(name => DOCKERS.test(name))) return null
  return isBuiltElsewhere(build, names) ? null : { path: `${ownFolder}/.dockerignore`, folder, step }
})

const DOCKERS = /^(?:Docker|Container)file|\.dockerignore$|compose[\w.-]*\.ya?ml$|\.md$/i

/** Whether another Dockerfile lies in the folder, or a script or settings file names it as a context. */
function isBuiltElsewhere(build: Build, names: readonly string[]): boolean {
  const { ownFolder } = build.context.repository!
  if (names.some(name => name !== baseName(build.path) && /^(?:Docker|Container)file(?:\.(?!dockerignore$)[\w.-]+)?$|\.(?:Docker|Container)file$/i.test(name))) return true
  const folder = `(?:\\./|[\\w./$\\{\\}-]*/)?(?:${[ownFolder, baseName(ownFolder)].map(part => part.replace(/[^\w/-]/g, '\\$&')).join('|')})/?["']?`
  return new RegExp(`(?:context|build|path|workspace|dir(?:ectory)?)["']?\\s*[:=]\\s*["']?${folder}\\s*(?:[,}#]|$)|(?:docker|buildx|podman|buildah)\\b[^\\n]*\\bbuild\\b[^\\n]*\\s["']?${folder}\\s*(?:$|[&|;)])`, 'm').test(buildScripts(build) ?? '')
}

export interface ShadowedIgnoreFile {
  /** Lines of the one in the context that nothing in the one in force stands for, and that concern what is sent. */
  readonly lost: readonly string[]
}

/** Where the Dockerfile's own ignore file takes the place of the one in the context and lets something through that no image wants. */
export const shadowedIgnoreFile = fact((build: Build): ShadowedIgnoreFile | null => {
  const { ignoreFile, source } = build.context
  if (ignoreFile === null || source === null || !ignoreFile.path.endsWith(`${baseName(build.path)}.dockerignore`) || wholeContextReaders(build).length === 0) return null
  const text = source.read('.dockerignore')
  if (text === null || text === ignoreFile.text) return null
  const lost = linesOf(text).filter(line => isLost(build, line))
  return lost.length === 0 ? null : { lost }
})

/** A plain name, or one in any folder. Other names may be why the file was written: tests for a test image, `dist` for one that ships it. */
function isLost(build: Build, line: string): boolean {
  const name = line.replace(/^\*\*\/|^\.?\//, '').replace(/\/\*{0,2}$/, '')
  if (/[*?[\]!\\]/.test(name) || name === '' || name === '.' || build.context.ignores(name) || build.context.ignores(`${name}/x`)) return false
  if (name === '.git') return sentGitFolder(build) && !mayReadGit(build)
  return INSTALLED.test(name) ? installsManifests(build) : LEFT.test(name) && build.context.has(name) === true
}

const INSTALLED = /^(?:node_modules|\.venv|venv)$/
const LEFT = /^(?:__pycache__|\.next|\.idea|\.vscode|\.terraform|\.gradle|\.pytest_cache|\.mypy_cache)$/
/** An image that installs its dependencies has no use for those of the host. */
const installsManifests = (build: Build): boolean => installs(build).some(({ from, global }) => from.includes('manifests') && !global)

const linesOf = (text: string): readonly string[] => text.split(/\r?\n/).map(line => line.trim()).filter(line => line !== '' && !line.startsWith('#'))
