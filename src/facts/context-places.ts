// Where content of the build context lies in the image when a RUN executes, and which commands read it there.
import { contextFilesOf, stepBelow } from '../cache/context-reads.ts'
import type { Build, CopyStep, RunStep, Step } from '../model/build.ts'
import { insideRoot } from '../model/paths.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { copiedFiles } from './copied-files.ts'
import { isPlainCommand } from './costly-steps.ts'
import { fact } from './fact.ts'
import { absolutePath, baseName, destinationOf, folderOf, isWithin, pathOf } from './image-paths.ts'
import { filesRead, indexRefreshes, installsOf, type Install } from './installs.ts'
import { cleanups } from './cleanups.ts'

export interface ContextPlace {
  /** The copy that put it there, or the RUN whose bind mount does. */
  readonly by: CopyStep | RunStep
  /** Absolute. */
  readonly path: string
  readonly isFolder: boolean
  /** Paths in the image, where the context is known. */
  readonly files: ReadonlySet<string> | null
}

/** More copies below one step are not looked at: each is held against each command. */
const MOST_COPIES = 20

/** Copies right below a RUN, nearest first, until a step that it may depend on: another RUN, another user, a file that configures installs. */
export function copiesRightBelow(build: Build, run: RunStep): readonly CopyStep[] {
  const found: CopyStep[] = []
  for (let step: Step | null = stepBelow(run); step && found.length < MOST_COPIES; step = stepBelow(step)) {
    if (step.kind === 'workdir') continue
    if (step.onbuild || step.user !== run.user) break
    if (step.kind === 'run') {
      if (!preparesFolders(step)) break
    } else if (mayConfigure(build, step)) break
    else found.push(step)
  }
  return found
}

const FOLDERS = /^(?:mkdir|chmod|chown|chgrp|groupadd|useradd|addgroup|adduser)$/
/** It only makes folders and users, or says whose they are. */
export const preparesFolders = (step: RunStep): boolean => {
  const commands = commandsOf(step)
  return commands !== 'opaque' && commands.every(({ program }) => FOLDERS.test(program ?? ''))
}

/** Where package managers and downloads look for sources, keys and settings; the root and homes stand for all of it. */
const SYSTEM = /^\/(?:etc|usr|opt\/conda|root|home\/[^/]+|var|lib|bin|sbin)?(?:\/|$)/
const SETTINGS = /(?:^|\/)(?:\.(?:npmrc|yarnrc(?:\.yml)?|pypirc|netrc|condarc|curlrc|wgetrc|gemrc|gitconfig)|pip\.conf|uv\.toml|poetry\.toml|bunfig\.toml|nuget\.config|\.tool-versions|mise\.toml|sources\.list|[^/]+\.(?:list|sources|repo|gpg|asc|crt|pem|cer|key|pub|pref))$/i

/** Whether a copy may bring settings, keys or sources to a package manager. */
export function mayConfigure(build: Build, step: CopyStep): boolean {
  const places = placesOf(build, step)
  if (places === null || places.length === 0) return true
  const isNamed = [...step.sources, ...step.remotes].some(source => SETTINGS.test(source))
  return isNamed || places.some(({ path, isFolder }) => isFolder ? SYSTEM.test(path) && !/^\/(?:usr\/(?:src|share\/[^/]+|local\/src|app)|home\/[^/]+|var\/www|opt)\/?./.test(path) : /^\/etc\/|\/(?:trusted\.gpg|keyrings|ca-certificates)/.test(path) || SETTINGS.test(path))
}

const LOOKS_LIKE_FILE = /[^/.][^/]*\.\w+$|(?:^|\/)(?:\w+file|mvnw|gradlew|LICENSE)$/

/** null where it cannot be told. Of a stage or image nothing is known but the destination. */
export function placesOf(build: Build, step: CopyStep): readonly ContextPlace[] | null {
  const target = destinationOf(step)
  if (target === null || step.parents || step.hasUnknownSource) return null
  const known = step.from.kind === 'context' ? copiedFiles(build, step) : 'unknown'
  const files = known === 'unknown' ? null : new Set(known.map(({ path }) => path))
  if (files?.size === 1) return [{ by: step, path: [...files][0]!, isFolder: false, files }]
  const names = [...step.sources, ...step.remotes.map(url => url.replace(/[?#].*$/, ''))]
  const single = names.length === 1 && step.heredocs.length === 0 && !/(?:^|\/)\.{0,2}$/.test(step.target!)
  const taken = step.from.kind === 'context' && step.remotes.length === 0 ? contextFilesOf(build, step) : 'unknown'
  const isFile = (name: string): boolean => (taken === 'unknown' ? LOOKS_LIKE_FILE.test(name) : taken.has(insideRoot(name)))
  if (names.some(name => /[*?[]/.test(name))) return files ? [{ by: step, path: target, isFolder: true, files }] : null
  return [
    ...names.map(name => (isFile(name) ? { by: step, path: single ? target : absolutePath(target, baseName(name))!, isFolder: false, files } : { by: step, path: target, isFolder: true, files })),
    ...step.heredocs.map(({ name }) => ({ by: step, path: step.target!.endsWith('/') ? absolutePath(target, name)! : target, isFolder: false, files })),
  ]
}

/** What the RUN itself binds from the context. */
export const boundPlaces = fact((step: RunStep): readonly ContextPlace[] => step.mounts.flatMap(({ type, from, target }) => {
  const path = type !== 'bind' || from.kind !== 'context' || target === null ? null : absolutePath(step.workdir, target)
  return path === null ? [] : [{ by: step, path, isFolder: true, files: null }]
}))

/** Programs that leave things at the paths they name, or make nothing of what is there. */
const WRITERS = /^(?:mkdir|touch|curl|wget|rm|rmdir|ln|tee|useradd|adduser|groupadd|addgroup|usermod|groupmod|set|git|export|echo|printf|unzip|test|\[|\[\[)$/
/** Programs that go through folders named by a folder above. */
const WALKERS = /^(?:chmod|chown|chgrp|cp|mv|find|tar|ls)$/
/** Programs that read the folder they run in. */
const BUILDERS = /^(?:make|cmake|ninja|meson|mvn|mvnw|gradle|gradlew|sbt|ant|rake|bazel|tsc|webpack|vite|ng|hugo|jekyll|msbuild|xbuild|tox|nox|pytest|configure|qmake|scons|mage|swift|stack|cabal|docker-compose)$/
const SCRIPT_RUNNER = /^(?:npm|yarn|pnpm|bun)$/

/** What follows is where something goes. */
const INTO = /^(?:-C|--directory|--target-directory|--prefix|--output-dir)$/

const candidates = (value: string): readonly string[] => [value, ...value.includes('=') ? [value.slice(value.indexOf('=') + 1)] : [], ...value.startsWith('@') ? [value.slice(1)] : []].filter(path => path !== '' && !path.startsWith('-') && !path.includes('://'))

/** With `plain` words count that look like nothing but a name, with `targets` folders that something goes into. */
function pathsNamed(command: NormalCommand, { plain, targets }: { readonly plain: boolean; readonly targets: boolean }): readonly string[] {
  const inputs = command.command.redirects.filter(({ operator }) => operator === '<').map(({ target }) => target?.value ?? null)
  return [...command.words.map(({ value }) => value), ...inputs].flatMap((value, at, all) => {
    if (value === null || at === 0 && !value.includes('/') || !plain && !/[./]/.test(value) || !targets && INTO.test(all[at - 1] ?? '')) return []
    return candidates(value).flatMap(path => pathOf(command, path) ?? [])
  })
}

const holds = ({ files, path, isFolder }: ContextPlace, named: string): boolean => {
  if (!isWithin(named, path)) return false
  if (files === null || named === path) return isFolder || named === path
  return files.has(named) || [...files].some(file => file.startsWith(`${named}/`))
}

/** Whether the command certainly reads something of this place. */
export function readsPlace(command: NormalCommand, place: ContextPlace): boolean {
  const install = installsAt(command.step).get(command)
  if (install) return install.some(one => installReads(one, place))
  const { program } = command
  if (program === null || WRITERS.test(program) || housekeeping(command.step).has(command)) return false
  const folder = folderOf(command)
  if (place.isFolder && folder !== null && holds(place, folder) && !command.words.some(({ value }) => INTO.test(value ?? '')) && (BUILDERS.test(program) || SCRIPT_RUNNER.test(program) && isScript(command))) return true
  // Where the files are not known, no plain word is certain to be one.
  return pathsNamed(command, { plain: place.files !== null, targets: false }).some(named => holds(place, named) || WALKERS.test(program) && isWithin(place.path, named) && named !== '/')
}

/** `npm run build`, `yarn build`. */
export function isScript({ program, arguments: [verb, script] }: NormalCommand): boolean {
  if (verb === 'run' || verb === 'run-script') return script !== undefined
  return program !== 'npm' && typeof verb === 'string' && /^(?:build|compile|test|lint|dist|bundle|generate|typecheck)(?:[:-]|$)/.test(verb)
}

function installReads(install: Install, place: ContextPlace): boolean {
  if (install.needsSources === true && install.directory !== null && place.isFolder) return holds(place, install.directory)
  return filesRead(install).some(path => path.startsWith('/') && !/[*?[]/.test(path) && (place.files ? place.files.has(path) : holds(place, path)))
}

const installsAt = fact((step: RunStep): ReadonlyMap<NormalCommand, readonly Install[]> => {
  const found = new Map<NormalCommand, Install[]>()
  for (const install of installsOf(step)) {
    const same = found.get(install.command)
    if (same) same.push(install)
    else found.set(install.command, [install])
  }
  return found
})
export const installsBy = (command: NormalCommand): readonly Install[] => installsAt(command.step).get(command) ?? []

const housekeeping = fact((step: RunStep): ReadonlySet<NormalCommand> => new Set([...indexRefreshes(step).filter(({ option }) => option === null), ...cleanups(step)].map(({ command }) => command)))

/** Whether the command does what its words say and nothing at these places: it can stand above what put the files there. */
export function isIndependent(command: NormalCommand, places: readonly ContextPlace[]): boolean {
  const { program, words } = command
  const installs = installsBy(command)
  if (program === null && words.length > 0) return false
  if (installs.length > 0 ? !installs.every(isFromNetwork) : !housekeeping(command.step).has(command) && program !== null && !isPlainCommand(command)) return false
  if (words.some(({ value, text }) => value === null && !/^["']?https?:\/\//.test(text)) && installs.length === 0) return false
  // Names of packages are no paths.
  const isTold = installs.length > 0 || housekeeping(command.step).has(command)
  return !pathsNamed(command, { plain: !isTold, targets: true }).some(named => places.some(({ path }) => isWithin(named, path) || isWithin(path, named)))
}

/** Packages by name only. */
const isFromNetwork = ({ from, effect, needsSources, packages, offline }: Install): boolean =>
  (effect === 'install' || effect === 'fetch' || effect === 'upgrade') && needsSources === false && !offline && from.every(source => source === 'packages') && packages.every(({ kind }) => kind === 'registry' || kind === 'remote')
