// Installs that are given the manifest of a workspace or project but not those of its members, which a later step then installs for.
import { stepBelow } from '../cache/context-reads.ts'
import type { Build, Step } from '../model/build.ts'
import { cleanPath } from '../model/paths.ts'
import { fact } from './fact.ts'
import { baseName } from './image-paths.ts'
import { joinPath } from './install-sources.ts'
import { installsOf, type Install } from './installs.ts'
import { mayBeTouched, matchesOf, originOf, type Origin } from './origins.ts'

export interface MissingMembers {
  readonly install: Install
  readonly manifest: Origin
  /** Context paths of the manifests that are not there yet. */
  readonly members: readonly string[]
  /** The later command that finds them. */
  readonly again: Install
  /** What else is missing of the files that make members of them. */
  readonly others: readonly string[]
}

/** Members looked at; a project with more has one finding for those. */
const MOST_MEMBERS = 200
/** Of one stage; nobody writes more by hand. */
const MOST_INSTALLS = 100

export const missingMembers = fact((build: Build): readonly MissingMembers[] => {
  const found: MissingMembers[] = []
  for (const stage of build.stages) {
    if (!stage.reachable || stage.windows) continue
    const all = stage.steps.flatMap(step => (step.kind === 'run' && !step.onbuild ? installsOf(step) : [])).slice(0, MOST_INSTALLS)
    for (const install of all) {
      if (isFirst(install) && !hasInstalledBelow(install)) found.push(...missingFor(build, install, all.filter(other => isLater(install, other))))
    }
  }
  return found
})

const NODE = ['npm', 'yarn', 'pnpm', 'bun']
/** Commands that name the members they are for, or leave workspaces out. */
const FILTERS = ['--filter', '-F', '--filter-prod', '-w', '--workspace', '--workspaces', '--no-workspaces', '--workspace-root', '--ignore-workspace', '--include-workspace-root', '--focus', '--flat']

function isFirst({ manager, command, from, directory, hasUnknownManifest, effect, options, verb }: Install): boolean {
  if (command.command.conditional || !from.includes('manifests') || hasUnknownManifest || !directory?.startsWith('/') || from.includes('packages')) return false
  if (manager === 'dotnet') return verb === 'restore'
  return NODE.includes(manager) && effect === 'install' && !verb.startsWith('workspaces') && !options.some(({ name }) => FILTERS.includes(name))
}

function hasInstalledBelow({ step, manager, directory, span }: Install): boolean {
  for (let at: Step | null = step; at; at = stepBelow(at)) {
    if (at.kind === 'run' && installsOf(at).some(other => other.manager === manager && other.directory === directory && other.from.includes('manifests') && other.span.start < span.start)) return true
  }
  return false
}

/** Installs the same again, not less of it, in a later step. */
function isLater(first: Install, other: Install): boolean {
  if (other.manager !== first.manager || other.step.index <= first.step.index || other.offline || !other.from.includes('manifests') || other.from.includes('packages')) return false
  if (first.manager === 'dotnet') return /^(?:restore|build|publish|test|pack)$/.test(other.verb)
  return other.directory === first.directory && other.effect === 'install' && omits(other) === omits(first)
}
const omits = ({ options }: Install): boolean => options.some(({ name }) => /^--(?:omit|only|production|prod)$|^-P$/.test(name))

function missingFor(build: Build, install: Install, later: readonly Install[]): readonly MissingMembers[] {
  const [again] = later
  if (!again) return []
  const names = install.manager === 'dotnet' ? install.manifests.filter(path => /\.(?:cs|fs|vb)proj$/.test(path) && !/[*?[]/.test(path)) : ['package.json']
  const places = names.map(name => joinPath(install.directory!, name))
  const [place] = places
  if (places.length !== 1 || place === undefined) return []
  const manifest = originOf(build, install.step, place)
  if (manifest === null || manifest === 'unknown') return []
  const members = install.manager === 'dotnet' ? projectsBelow(build, manifest.path) : workspaceMembers(build, manifest.path)
  const inImage = (path: string): string | null => placeOf(path, manifest.path, place)
  const missing = members.slice(0, MOST_MEMBERS).filter(path => {
    const at = inImage(path)
    return at !== null && originOf(build, install.step, at) === null
  })
  if (missing.length === 0 || missing.some(path => mayBeTouched(install.step, inImage(path)!, install.span.start))) return []
  const brings = later.find(other => missing.some(path => isOrigin(originOf(build, other.step, inImage(path)!))))
  return brings ? [{ install, manifest, members: missing, again: brings, others: othersFor(build, install, manifest.path, inImage, members) }] : []
}

/** The list of members that pnpm reads, and what MSBuild looks for in the folders above a project. */
function othersFor(build: Build, install: Install, manifest: string, inImage: (path: string) => string | null, members: readonly string[]): readonly string[] {
  const above = (path: string): readonly string[] => path.split('/').map((_, at, parts) => parts.slice(0, at).map(part => `${part}/`).join(''))
  const names = install.manager === 'pnpm' ? [`${manifest.slice(0, manifest.lastIndexOf('/') + 1)}pnpm-workspace.yaml`]
    : install.manager === 'dotnet' ? [manifest, ...members].flatMap(above).flatMap(folder => ['Directory.Build.props', 'Directory.Build.targets', 'Directory.Packages.props'].map(name => folder + name)) : []
  return [...new Set(names)].filter(path => {
    const place = inImage(path)
    return build.context.has(path) === true && place !== null && originOf(build, install.step, place) === null
  })
}

const isOrigin = (origin: ReturnType<typeof originOf>): boolean => origin !== null && origin !== 'unknown'

/** Where a context file lies in the image when folders are kept as they are around the manifest; null: above the image's root. */
function placeOf(path: string, manifest: string, place: string): string | null {
  const from = manifest.split('/').slice(0, -1)
  const to = path.split('/')
  let shared = 0
  while (shared < from.length && from[shared] === to[shared]) shared++
  const above = from.length - shared
  const folders = place.split('/').slice(1, -1)
  return above > folders.length ? null : `/${[...folders.slice(0, folders.length - above), ...to.slice(shared)].join('/')}`
}

/** Manifests of the members that a root manifest names. */
export function workspaceMembers(build: Build, root: string): readonly string[] {
  const folder = root.slice(0, root.lastIndexOf('/') + 1)
  const globs = [...workspaceGlobs(build.context.read(root)), ...pnpmGlobs(build.context.read(`${folder}pnpm-workspace.yaml`))].map(glob => glob.replace(/^\.\//, '').replace(/\/$/, ''))
  if (globs.length === 0) return []
  const excluded = globs.filter(glob => glob.startsWith('!')).map(glob => new RegExp(`^${folder}${glob.slice(1).replace(/[.+^$()|[\]\\]/g, '\\$&').replace(/\/?\*\*\/?/g, '.*').replace(/(?<!\.)\*/g, '[^/]*')}(?:/|$)`))
  const found = globs.filter(glob => !glob.startsWith('!') && glob !== '.' && glob !== '').flatMap(glob => matchesOf(build, `${folder}${glob}/package.json`))
  return [...new Set(found)].filter(path => path !== root && !/(?:^|\/)node_modules\//.test(path) && baseName(path) === 'package.json' && !excluded.some(pattern => pattern.test(path)))
}

function workspaceGlobs(text: string | null): readonly string[] {
  try {
    const value = (JSON.parse(text ?? '') as { readonly workspaces?: unknown } | null)?.workspaces
    const list: unknown = Array.isArray(value) ? value : (value as { readonly packages?: unknown } | null | undefined)?.packages
    return Array.isArray(list) ? list.filter(entry => typeof entry === 'string') : []
  } catch {
    return []
  }
}

/** The list under `packages:`. */
const pnpmGlobs = (text: string | null): readonly string[] =>
  (/^packages:[ \t]*\r?\n((?:[ \t]*(?:-.*|#.*)?\r?\n?)+)/m.exec(text ?? '')?.[1] ?? '').split(/\r?\n/).flatMap(line => /^\s*-\s*["']?([^"'#\s]+)/.exec(line)?.[1] ?? [])

/** Projects that a project refers to, and those that these refer to. */
function projectsBelow(build: Build, project: string): readonly string[] {
  const found = new Set([project])
  for (const path of found) {
    if (found.size > MOST_MEMBERS) break
    const text = build.context.read(path) ?? ''
    for (const [, include] of text.matchAll(/<ProjectReference\s[^>]*?Include\s*=\s*"([^"]+)"/g)) {
      const reference = cleanPath(`${path.slice(0, path.lastIndexOf('/') + 1)}${include!.replaceAll('\\', '/')}`)
      if (!/[$*]/.test(reference) && build.context.has(reference) === true) found.add(reference)
    }
  }
  found.delete(project)
  return [...found]
}
