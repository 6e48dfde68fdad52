// Commands that compile a project and fetch its dependencies on the way, in a step that re-runs with every edit of the sources, although
// the tool has a command that only fetches.
import { contextFilesOf, contextMatches, contextPathOf, contextReadersBelow, stepBelow } from '../cache/context-reads.ts'
import type { Build, CopyStep, RunStep, Step } from '../model/build.ts'
import { commandsOf } from './commands.ts'
import { commentAbove } from './comments.ts'
import { early, earlyCopies } from './early-copies.ts'
import { fact } from './fact.ts'
import { installsOf, type Install } from './installs.ts'

export interface MissingFetch {
  readonly install: Install
  /** The copy that brings manifests and sources. */
  readonly copy: CopyStep
  /** What only fetches; for cargo a tool of its own. */
  readonly fetch: string
  readonly isCooked: boolean
  /** What it needs of the context. */
  readonly needs: readonly string[]
  readonly files: number
}

interface Fetcher {
  readonly manager: string
  readonly verbs: RegExp
  readonly fetch: string
  /** Cooks a recipe that another stage makes of the sources: workspaces and path dependencies are fine. */
  readonly isCooked?: true
  /** The command that fetches on the way is an install: one that needs sources for the hooks of the project. */
  readonly isInstall?: true
  /** Tells from a manifest or lock file that there is something to fetch. */
  readonly hasDependencies: readonly { readonly file: string; readonly text: RegExp }[]
  /** Folders or files that hold the dependencies already. */
  readonly vendored: readonly string[]
}

const FETCHERS: readonly Fetcher[] = [
  { manager: 'go', verbs: /^(?:build|install|test|vet|run)$/, fetch: 'go mod download', hasDependencies: [{ file: 'go.sum', text: /\S/ }], vendored: ['vendor/modules.txt'] },
  { manager: 'cargo', verbs: /^(?:build|b|install|zigbuild|auditable build)$/, fetch: 'cargo chef cook', isCooked: true, hasDependencies: [{ file: 'Cargo.lock', text: /^source = "/m }], vendored: ['vendor/**'] },
  { manager: 'maven', verbs: /^(?:package|install|verify|compile|test|quarkus:build)$/, fetch: 'dependency:go-offline', hasDependencies: [{ file: 'pom.xml', text: /<dependency>|<parent>/ }], vendored: [] },
  { manager: 'dotnet', verbs: /^(?:build|publish|test|pack)$/, fetch: 'dotnet restore', hasDependencies: [{ file: '**/*.csproj', text: /<PackageReference/ }, { file: '**/*.fsproj', text: /<PackageReference/ }, { file: 'Directory.Packages.props', text: /<PackageVersion/ }], vendored: [] },
  { manager: 'leiningen', verbs: /^(?:uberjar|jar|compile|ring uberjar)$/, fetch: 'lein deps', hasDependencies: [{ file: 'project.clj', text: /:dependencies/ }], vendored: [] },
  { manager: 'sbt', verbs: /./, fetch: 'sbt update', hasDependencies: [{ file: 'build.sbt', text: /libraryDependencies/ }], vendored: [] },
  { manager: 'pnpm', verbs: /^(?:install|i|ci)$/, fetch: 'pnpm fetch', isInstall: true, hasDependencies: [{ file: 'pnpm-lock.yaml', text: /^packages:/m }], vendored: [] },
  { manager: 'swift', verbs: /^build$/, fetch: 'swift package resolve', hasDependencies: [{ file: 'Package.resolved', text: /\S/ }], vendored: [] },
]

/** Nobody writes more such commands by hand, nor more steps below one. */
const MOST_COMMANDS = 200
const MOST_RUNS = 1000
const MOST_STEPS = 400

/** The first of each copy and manager. */
export const missingFetches = fact((build: Build): readonly MissingFetch[] => {
  const found = new Map<string, MissingFetch>()
  let looked = 0
  let runs = 0
  for (const stage of build.stages) {
    if (!stage.reachable || stage.windows) continue
    for (const step of stage.steps) {
      if (step.kind !== 'run' || step.onbuild || ++runs > MOST_RUNS || commandsOf(step) === 'opaque') continue
      for (const install of installsOf(step)) {
        if (fetcherOf(install) === undefined || ++looked > MOST_COMMANDS) continue
        const missing = missingFetch(build, step, install)
        const key = missing ? `${missing.copy.span.start} ${install.manager}` : ''
        if (missing && !found.has(key)) found.set(key, missing)
      }
    }
  }
  return [...found.values()]
})

const fetcherOf = (install: Install): Fetcher | undefined =>
  FETCHERS.find(({ manager, verbs, isInstall }) => manager === install.manager && verbs.test(install.verb) && (isInstall ? install.effect === 'install' && install.packages.length === 0 : install.effect === 'build'))

function missingFetch(build: Build, step: RunStep, install: Install): MissingFetch | null {
  const fetcher = fetcherOf(install)
  if (!fetcher || install.offline || install.global && install.packages.length > 0 || install.directory === null || install.hasUnknownManifest) return null
  if (step.mounts.some(({ type }) => type === 'cache' || type === 'bind') || install.command.command.conditional) return null
  if (isFetchedBefore(step, install) || fetcher.isInstall && isReported(build, install)) return null
  const found = sourcesOf(build, install, fetcher)
  if (!found || !isNeeded(build, found.copy, install, fetcher)) return null
  const fetch = install.manager === 'maven' ? mavenFetch(install, fetcher) : fetcher.fetch
  return fetch === null ? null : { install, ...found, fetch, isCooked: fetcher.isCooked ?? false }
}

/** With the options that say how to reach a repository; null where they name a file that would have to be copied as well. */
function mavenFetch({ command: { words } }: Install, { fetch }: Fetcher): string | null {
  const [program, ...rest] = words.map(({ text }) => text)
  const settings = rest.flatMap((text, at) => (/^(?:-g?s|--(?:global-)?settings)$/.test(text) ? [text, rest[at + 1] ?? ''] : []))
  if (settings.some((text, at) => at % 2 === 1 && !text.startsWith('/')) || rest.some(text => /^(?:-g?s|--(?:global-)?settings)=?./.test(text) && !settings.includes(text))) return null
  return [program!, ...settings, ...rest.filter(text => /^-D(?:https?\.|javax\.net\.|maven\.wagon\.|aether\.)/.test(text)), fetch].join(' ')
}

/** The nearest copy that brings the manifests and more. */
function sourcesOf(build: Build, install: Install, { isCooked, isInstall }: Fetcher): Pick<MissingFetch, 'copy' | 'needs' | 'files'> | null {
  for (const copy of contextReadersBelow(install.step).toReversed()) {
    if (copy.kind === 'run' || copy.onbuild) continue
    const names = isCooked ? [...install.manifests, ...install.lockfiles] : isInstall ? [...namesPnpm(build, copy, install) ? ['package.json'] : [], ...install.lockfiles, 'pnpm-workspace.yaml', ...install.extras] : null
    const reason = names ? amongOthers(build, copy, install, names) : early(build, copy, install)
    if (reason && reason.files !== null && !leavesFolder(build, reason.needs) && hasNamedFiles(build, copy, install) && !isSwitchedOff(build, copy, install)) return { copy, needs: reason.needs, files: reason.files }
  }
  return null
}

/** The manifest picks the pnpm that runs, which no step installed by this version: another one would fill another store. */
function namesPnpm(build: Build, copy: CopyStep, { directory }: Install): boolean {
  const folder = contextPathOf(copy, directory!)
  const text = folder === null ? null : build.context.read(folder === '' ? 'package.json' : `${folder}/package.json`)
  const version = /"packageManager"\s*:\s*"(pnpm@[\d.]+)/.exec(typeof text === 'string' ? text : '')?.[1]
  return version !== undefined && !build.text.includes(version)
}

/** The files of these names, where a copy brings the lock file and more than they are. */
function amongOthers(build: Build, copy: CopyStep, { directory, lockfiles }: Install, names: readonly string[]): { readonly needs: readonly string[]; readonly files: number } | null {
  const folder = contextPathOf(copy, directory!)
  const files = contextFilesOf(build, copy)
  const needs = folder === null || files === 'unknown' ? 'unknown' : contextMatches(build, folder, names)
  if (files === 'unknown' || needs === 'unknown' || !needs.some(path => lockfiles.some(name => path.endsWith(name)))) return null
  return files.size > needs.length && needs.every(path => files.has(path)) ? { needs, files: files.size } : null
}

/** The copy that brings sources to an install is told by another rule. */
const isReported = (build: Build, install: Install): boolean => earlyCopies(build).some(({ installs }) => installs.includes(install))

/** Projects that refer to others outside: what a fetch needs of them is not known. */
const leavesFolder = (build: Build, paths: readonly string[]): boolean =>
  paths.some(path => /proj$/.test(path) && /<(?:ProjectReference|Import)\s[^>]*="[^"]*\.\.[\\/]/.test(build.context.read(path) ?? '') || /(?:^|\/)Cargo\.toml$/.test(path) && leavesCargo(path, build.context.read(path) ?? ''))

/** A crate beside the folder has to be there as well, and where it is copied is not known. */
const leavesCargo = (path: string, text: string): boolean => [...text.matchAll(/\bpath\s*=\s*"((?:\.\.\/)+)/g)].some(([, up]) => up!.length / 3 > path.split('/').length - 2)

/** What the command names lies in the context: a wrapper script, a source file. If not, the build has another context. */
function hasNamedFiles(build: Build, copy: CopyStep, { command: { words, directory }, manager }: Install): boolean {
  const named = words.flatMap(({ value }) => (value !== null && (manager === 'go' ? /^[\w./-]+\.go$/ : /^\.\/[\w-]*w$/).test(value) ? value : []))
  return named.every(value => {
    const path = directory === null ? null : contextPathOf(copy, `${directory}/${value.replace(/^\.\//, '')}`)
    return path === null || build.context.has(path) !== false
  })
}

/** The fetch stands there as a comment: somebody took it out. */
const isSwitchedOff = (build: Build, copy: CopyStep, { manager }: Install): boolean => new RegExp(`RUN\\s.*\\b${manager}\\b.*\\b(?:restore|download|fetch|go-offline|cook)\\b`).test(commentAbove(build, copy))

/** Another command of the manager runs before this one: below the copy the dependencies are there already, above it another rule looks. */
function isFetchedBefore(step: RunStep, install: Install): boolean {
  let count = 0
  for (let at: Step | null = step; at; at = stepBelow(at)) {
    if (++count > MOST_STEPS) return true
    if (at.kind !== 'run') continue
    if (installsOf(at).some(other => other.manager === install.manager && (at !== step || other.span.start < install.span.start) && (other.effect !== 'install' || !other.global))) return true
    if (commandsOf(at) === 'opaque') return true
  }
  return false
}

function isNeeded(build: Build, copy: CopyStep, { directory }: Install, { hasDependencies, vendored }: Fetcher): boolean {
  const folder = contextPathOf(copy, directory!)
  if (folder === null) return false
  const matches = (patterns: readonly string[]): readonly string[] => {
    const found = contextMatches(build, folder, patterns)
    return found === 'unknown' ? [] : found
  }
  if (vendored.length > 0 && matches(vendored).length > 0) return false
  return hasDependencies.some(({ file, text }) => matches([file]).some(path => text.test(build.context.read(path) ?? '')))
}
