// Installs and compilations that keep nothing between two executions although a cache mount could: how often they repeat it, and where
// the mount would have to lie.
import { contextFilesOf, contextReadersBelow, stepBelow } from '../cache/context-reads.ts'
import type { Build, CopyStep, RunStep, Stage, Step } from '../model/build.ts'
import { cacheMounts, cacheMountsOf, mayUse, mountOver, usersOf, type CacheMount } from './cache-mounts.ts'
import { takesWholeContext } from './broad-copies.ts'
import { cleanups } from './cleanups.ts'
import { commandsOf } from './commands.ts'
import { missingFetches } from './dependency-fetches.ts'
import { earlyCopies } from './early-copies.ts'
import { isPlainCommand } from './costly-steps.ts'
import { fact } from './fact.ts'
import { absolutePath, baseName, isWithin } from './image-paths.ts'
import { cacheDirectories, cacheSwitchedOff, installsOf, type Install } from './installs.ts'
import { accountOf } from './package-caches.ts'
import { isManifestName } from './manifest-names.ts'
import { misplacedMounts } from './misplaced-mounts.ts'
import { isBuiltFrom, rootOf } from './stage-trees.ts'
import { isShipped, kindOfFile } from './stages.ts'

export interface UncachedInstall {
  /** The first, and all others of the manager that keep nothing either. */
  readonly installs: readonly Install[]
  /** `elsewhere`: another step of the file has the mount. `edits`: any edit of the sources repeats it. `manifests`: only those of its manifests, or of the few files copied with them (`copy`). `compiles`: edits repeat the compilation. */
  readonly when: 'elsewhere' | 'edits' | 'manifests' | 'compiles'
  readonly mounted: CacheMount | null
  /** What brings the sources in. */
  readonly copy: CopyStep | RunStep | null
  /** Mounts of the other step that fit here as they are. */
  readonly same: readonly CacheMount[]
  /** Folders to mount. */
  readonly folders: readonly string[]
  readonly uid: number
}

/** Managers for which a mount is known to help and to lose nothing, as far as their own options go. */
const HELPED: readonly string[] = ['npm', 'pnpm', 'yarn', 'bun', 'pip', 'uv', 'poetry', 'pdm', 'go', 'cargo', 'maven', 'gradle', 'sbt', 'composer']
/** Their cache is what a program that they start reads. */
const READ_AT_RUN_TIME: readonly string[] = ['go', 'cargo', 'maven', 'gradle', 'sbt', 'dotnet']
/** What compiles with these fetches on the way, and a command that only fetches leaves things out or is missing. */
const FETCH_ON_THE_WAY: readonly string[] = ['gradle', 'maven', 'cargo', 'sbt']

export const uncachedInstalls = fact((build: Build): readonly UncachedInstall[] => {
  const bare = bareInstalls(build)
  if (bare.length === 0 || bare.length > MOST_INSTALLS || isForOtherBuilder(build)) return []
  const byManager = new Map<string, Install[]>()
  for (const install of bare) byManager.set(install.manager, [...byManager.get(install.manager) ?? [], install])
  return [...byManager.values()].flatMap(installs => judge(build, installs) ?? [])
})

/** Nobody writes more by hand; each is compared with the steps around it. */
const MOST_INSTALLS = 100

/** An older frontend has no mounts, and some builders nothing that would keep them. */
const isForOtherBuilder = ({ text, path }: Build): boolean => /^#\s*syntax\s*=\s*docker\/dockerfile:1\.[01](?:\D|$)/im.test(text) || /kaniko/i.test(text) || /kaniko/i.test(path)

const bareInstalls = (build: Build): readonly Install[] => build.stages.flatMap(stage => (!stage.reachable || stage.windows ? [] : stage.steps.flatMap(step =>
  (step.kind !== 'run' || step.onbuild || commandsOf(step) === 'opaque' ? [] : installsOf(step).filter(install => isBare(build, install))))))

function isBare(build: Build, install: Install): boolean {
  const { step, manager, row, offline, intoOtherRoot, command, effect, from, global } = install
  if (offline || intoOtherRoot || command.command.conditional || cacheSwitchedOff(install) || row.caches.length === 0) return false
  // Tools by name: fetched once in a while, and little.
  if (row.ecosystem !== 'os' && (global || !from.includes('manifests') && !from.includes('local'))) return false
  if (cacheMountsOf(step).some(cache => mayUse(install, cache)) || misplacedSteps(build).has(step) || step.mounts.some(({ type, target }) => type === 'tmpfs' && target !== null)) return false
  if (cleanups(step).some(cleanup => cleanup.manager === manager || row.caches.some(({ paths }) => paths.includes(cleanup.path ?? '')))) return false
  if (effect === 'upgrade' || manager === 'go' && isOldGo(step) || READ_AT_RUN_TIME.includes(manager) && isShipped(build, step.stage)) return false
  return foldersOf(build, install).every(folder => !isTakenAlong(build, install, folder))
}

const misplacedSteps = fact((build: Build): ReadonlySet<RunStep> => new Set(misplacedMounts(build).map(({ cache }) => cache.step)))

/** It has no cache of its own before 1.10, and no modules before 1.11. */
const isOldGo = ({ stage }: RunStep): boolean => {
  const { base } = rootOf(stage)
  return base.kind === 'image' && /(?:^|\/)golang:1\.(?:\d|10)(?!\d)/.test(base.ref ?? base.text)
}

/** The cache folder is copied out of the stage. */
const isTakenAlong = (build: Build, { step }: Install, folder: string): boolean => (pathsTaken(build).get(step.stage) ?? []).some(path => isWithin(folder, path) || isWithin(path, folder))

/** What other stages copy out of each stage; of very many copies all of it. */
const pathsTaken = fact((build: Build): ReadonlyMap<Stage, readonly string[]> => {
  const found = new Map<Stage, string[]>()
  for (const { steps } of build.stages) {
    for (const copy of steps) {
      if (copy.kind !== 'copy' && copy.kind !== 'add' || copy.from.kind !== 'stage') continue
      const paths = found.get(copy.from.stage) ?? []
      found.set(copy.from.stage, paths)
      if (paths.length < MOST_COPIES) paths.push(...copy.sources.map(source => absolutePath('/', source.replace(/\/?[^/]*[*?[].*$/s, '')) ?? '/'))
      else if (paths[0] !== '/') paths.unshift('/')
    }
  }
  return found
})
const MOST_COPIES = 100

/** Folders whose mount helps this command; none where one of them is not certain. */
function foldersOf(build: Build, install: Install): readonly string[] {
  const flavour = install.manager === 'yarn' ? yarnFlavour(build, install) : null
  if (install.manager === 'yarn' && flavour === null) return []
  const wanted = cacheDirectories(install).filter(({ kind, row, flavour: only }) =>
    (kind === 'download' || kind === 'index' && install.manager === 'poetry' || kind === 'build' && install.manager === 'go' && install.effect === 'build')
    && (flavour === null || only === flavour) && !row.paths.some(path => /wrapper/.test(path) && !/w$/.test(install.command.program ?? '')))
  const paths = [...new Set(wanted.map(({ path, certain }) => (certain ? path : null)))]
  // Composer's folder hangs on what else is in the image.
  return paths.includes(null) || install.manager === 'composer' && paths.length > 1 ? [] : paths as string[]
}

/** Berry's cache is read by what it starts, unless it fills node_modules. */
function yarnFlavour(build: Build, { flavour, directory }: Install): 'classic' | null {
  if (flavour === 'classic') return 'classic'
  const lock = directory === null ? null : build.context.read('yarn.lock')
  return typeof lock === 'string' && /^# yarn lockfile v1/m.test(lock.slice(0, 500)) && build.context.has('.yarnrc.yml') === false && !/corepack|berry/.test(build.text) ? 'classic' : null
}

function judge(build: Build, installs: readonly Install[]): UncachedInstall | null {
  const { manager } = installs[0]!
  if (CONSUMED_LATER.includes(manager) && !installs.every(install => areConsumersKnown(build, install, installs))) return null
  const mounts = cacheMounts(build).filter(cache => usersOf(cache).some(user => user.manager === manager))
  const lacking = installs[0]!.row.ecosystem === 'os' && haveOwnIds(mounts) ? undefined : installs.find(install => mounts.some(cache => sharesCache(install, cache)))
  const mounted = lacking && mounts.find(cache => sharesCache(lacking, cache))
  if (mounted && lacking) return found(build, installs, lacking, { when: 'elsewhere', mounted, copy: null })
  if (!HELPED.includes(manager) || kindOfFile(build) === 'development' || kindOfFile(build) === 'test') return null
  const edited = installs.flatMap(install => {
    const copy = install.effect === 'build' ? repeatedBy(build, install) : null
    return copy ? [{ install, copy }] : []
  })
  const onTheWay = FETCH_ON_THE_WAY.includes(manager) ? edited.find(({ install }) => !hasRunBefore(install)) : undefined
  if (onTheWay) return found(build, installs, onTheWay.install, { when: 'edits', mounted: null, copy: onTheWay.copy })
  const compiled = manager === 'go' ? edited.find(({ install }) => earlier(install.step, other => other.manager === 'go' && other.effect === 'fetch') && !install.options.some(({ name }) => name === '-a')) : undefined
  if (compiled) return found(build, installs, compiled.install, { when: 'compiles', mounted: null, copy: compiled.copy })
  if (kindOfFile(build) !== 'application') return null
  const plain = installs.find(install => install.effect !== 'build' && isLocked(build, install) && !hasFetchedBefore(install) && !sourcesBelow(build, install))
  // Another order of the file gains more.
  if (!plain || earlyCopies(build).some(early => early.installs.includes(plain))) return null
  return found(build, installs, plain, { when: 'manifests', mounted: null, copy: moreThanManifests(build, plain) })
}

/** What they fetch is read where it lies by the commands that come after: those need the mount as well. */
export const CONSUMED_LATER: readonly string[] = ['go', 'cargo', 'maven', 'gradle', 'sbt', 'pnpm']

/** Whether all later steps on top of this one are known to do without what was fetched, or are among those that get the mount. */
function areConsumersKnown(build: Build, fetching: Install, installs: readonly Install[]): boolean {
  const { step } = fetching
  const fetched = cacheDirectories(fetching).flatMap(({ kind, path }) => (kind === 'download' && path !== null ? [path] : []))
  // Stages that are not built now are targets for somebody else.
  const later = build.stages.flatMap(stage => (stage === step.stage ? stage.steps.slice(step.index + 1) : isBuiltFrom(stage, step.stage) ? stage.steps : []))
  return later.every(other => {
    if (other.kind !== 'run') return true
    const commands = commandsOf(other)
    return commands !== 'opaque' && commands.every(command => command.program === null && command.command.words.length === 0 || isPlainCommand(command) || installsOf(other).some(install => install.command === command && (installs.includes(install) || install.manager !== installs[0]!.manager || fetched.some(folder => mountOver(other, folder)))))
  })
}

/** From manifests of the context, with a lock file that is there. */
function isLocked(build: Build, { step, manifests, lockfiles, packages, from, manager }: Install): boolean {
  if (packages.length > 0 || !from.includes('manifests') || from.includes('local')) return false
  const names = manager === 'pip' ? manifests.map(baseName) : lockfiles
  return contextReadersBelow(step).some(reader => {
    const files = contextFilesOf(build, reader)
    return files !== 'unknown' && [...files].some(file => names.includes(baseName(file)))
  })
}

function found(build: Build, all: readonly Install[], install: Install, more: Pick<UncachedInstall, 'when' | 'mounted' | 'copy'>): UncachedInstall | null {
  const folders = foldersOf(build, install).filter(folder => more.when !== 'compiles' || cacheDirectories(install).some(({ kind, path }) => kind === 'build' && path === folder))
  const { user, isRoot, uid } = accountOf(install.step)
  const same = more.mounted && accountOf(more.mounted.step).user === user ? cacheMountsOf(more.mounted.step).filter(cache => usersOf(cache).some(({ manager }) => manager === install.manager) && sharesCache(install, cache)) : []
  if (folders.length === 0 && same.length === 0 || isRoot === 'unknown' || uid === null) return null
  // All that would use it: once one step has the mount, the others lack it.
  return { installs: [install, ...all.filter(other => other.step !== install.step && (same.length > 0 ? same.some(cache => sharesCache(other, cache)) : usesOne(other, folders)))], folders, same, uid, ...more }
}

const usesOne = (install: Install, folders: readonly string[]): boolean => cacheDirectories(install).some(({ certain, path, kind }) => certain && path !== null && folders.includes(path) && (kind !== 'build' || install.effect === 'build'))

/** Whether the mount lies on a folder that this command would use, too. */
export const sharesCache = (install: Install, { path, step }: CacheMount): boolean => step !== install.step && (install.row.ecosystem !== 'os' || baseOf(step) === baseOf(install.step)) && cacheDirectories(install).some(directory =>
  directory.certain && directory.path !== null && (directory.kind !== 'build' || install.effect === 'build') && (isWithin(directory.path, path!) || isWithin(path!, directory.path)))

/** An id for each step, so that no stage waits for another; what they fetch by name is something else anyway. */
const haveOwnIds = (mounts: readonly CacheMount[]): boolean => new Set(mounts.map(({ path, folder, mount }) => `${path} ${mount.id ?? folder}`)).size > new Set(mounts.map(({ path }) => path)).size

/** Packages of one system are of no use to another. */
function baseOf({ stage }: RunStep): string {
  const { base } = rootOf(stage)
  return base.kind === 'image' ? base.ref ?? base.text : ''
}

/** The copy of sources that re-runs the step with each edit, where no other order of the file would cure that. */
const repeatedBy = (build: Build, install: Install): CopyStep | RunStep | null =>
  (earlyCopies(build).some(({ installs }) => installs.includes(install)) || missingFetches(build).some(missing => missing.install === install) ? null : sourcesBelow(build, install))

/** The first step at or below this one that reads more of the context than manifests. */
const sourcesBelow = (build: Build, { step }: Install): CopyStep | RunStep | null => contextReadersBelow(step).find(reader => {
  if (takesWholeContext(reader)) return true
  const files = contextFilesOf(build, reader)
  return files !== 'unknown' && files.size > MOST_MANIFESTS
}) ?? null
/** The first step at or below this one that reads, besides manifests, files that are none. */
const moreThanManifests = (build: Build, { step, manifests, lockfiles, extras }: Install): CopyStep | RunStep | null => contextReadersBelow(step).find(reader => {
  const files = contextFilesOf(build, reader)
  const known = [...manifests, ...lockfiles, ...extras].map(baseName)
  return files !== 'unknown' && [...files].some(file => !known.includes(baseName(file)) && !isManifestName(file))
}) ?? null
/** A step that reads more files than this reads sources. */
const MOST_MANIFESTS = 10

const earlier = (step: RunStep, test: (install: Install) => boolean): boolean => {
  for (let below: Step | null = stepBelow(step); below; below = stepBelow(below)) if (below.kind === 'run' && installsOf(below).some(test)) return true
  return false
}
/** Tasks of a build tool have any name: whatever it did before may have fetched. */
const hasRunBefore = ({ step, row }: Install): boolean => {
  for (let below: Step | null = stepBelow(step); below; below = stepBelow(below)) {
    const commands = below.kind === 'run' ? commandsOf(below) : []
    if (commands === 'opaque' || commands.some(({ program, words }) => row.programs.includes(program ?? '') && !words.every((word, at) => at === 0 || /^-{0,2}(?:version|v|V|help)$/.test(word.value ?? '')))) return true
  }
  return false
}
const hasFetchedBefore = ({ step, manager }: Install): boolean => earlier(step, other => other.manager === manager && other.from.includes('manifests'))
