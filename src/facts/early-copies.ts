// Copies that bring an install its manifests together with files it does not need: any of these re-runs the install.
import { contextFilesOf, contextMatches, contextPathOf, contextReadersBelow } from '../cache/context-reads.ts'
import type { Build, CopyStep, RunStep, Stage } from '../model/build.ts'
import { takesWholeContext } from './broad-copies.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { isPlainCommand } from './costly-steps.ts'
import { fact } from './fact.ts'
import { cleanups, indexRefreshes, installsOf, type Install } from './installs.ts'
import { demandsMore, includedRequirements, manifestsBeside, memberManifests } from './manifest-demands.ts'
import { rootOf } from './stage-trees.ts'

export interface EarlyCopy {
  readonly copy: CopyStep
  /** In the order of the file. */
  readonly installs: readonly Install[]
  /** What the first install needs of the context: paths where it is known, else the usual names. */
  readonly needs: readonly string[]
  /** How many context files re-run it; null when the context is not known. */
  readonly files: number | null
}

/** Nobody writes more installs of a project's dependencies by hand. */
const MOST_INSTALLS = 300
const MOST_RUNS = 1000

export const earlyCopies = fact((build: Build): readonly EarlyCopy[] => {
  const found = new Map<CopyStep, { installs: Install[]; needs: readonly string[]; files: number | null }>()
  let looked = 0
  let runs = 0
  for (const stage of build.stages.filter(entry => entry.reachable && !hasUnknownBase(entry))) {
    for (const step of stage.steps) {
      if (step.kind !== 'run' || looked >= MOST_INSTALLS || ++runs > MOST_RUNS) continue
      const installs = installsOf(step).filter(isFromManifests)
      looked += installs.length
      for (const install of installs.slice(0, MOST_INSTALLS)) noteEarlyCopy(build, install, found)
    }
  }
  return [...found].map(([copy, entry]) => ({ copy, ...entry }))
})

/** An image that only the caller names may be one of this project's, with the dependencies in it already. */
function hasUnknownBase(stage: Stage): boolean {
  const { base } = rootOf(stage)
  return base.kind === 'image' && base.ref === null && /^\$\{?\w+\}?$/.test(base.text.replace(/["']/g, ''))
}

/** Whether the RUN goes on with what is neither an install nor tidying up: a build, as a rule. */
export function hasMoreToDo({ step, command }: Install): boolean {
  const commands = commandsOf(step)
  if (commands === 'opaque') return false
  const known = new Set<NormalCommand>([...installsOf(step).filter(({ effect, hasUnknownManifest }) => effect !== 'build' && !hasUnknownManifest), ...indexRefreshes(step), ...cleanups(step)].map(entry => entry.command))
  return commands.slice(commands.indexOf(command) + 1).some(other => !known.has(other) && !isPlainCommand(other) && other.words.length > 0)
}

/** The steps with such installs. */
export const earlyInstallSteps = fact((build: Build): ReadonlySet<RunStep> => new Set(earlyCopies(build).flatMap(({ installs }) => installs.map(({ step }) => step))))

/** An install of a project's dependencies that says itself that manifests are enough. */
function isFromManifests({ from, directory, effect, global, hasUnknownManifest, needsSources }: Install): boolean {
  return from.includes('manifests') && !global && needsSources === false && !hasUnknownManifest && directory !== null && directory.startsWith('/') && (effect === 'install' || effect === 'fetch')
}

function noteEarlyCopy(build: Build, install: Install, found: Map<CopyStep, { installs: Install[]; needs: readonly string[]; files: number | null }>): void {
  for (const copy of contextReadersBelow(install.step)) {
    if (copy.kind === 'run' || copy.onbuild || hasInstalledBefore(copy, install)) continue
    const reason = early(build, copy, install)
    if (!reason || reason.needs.some(path => isEmptyModule(build, path))) continue
    const entry = found.get(copy)
    if (entry) entry.installs.push(install)
    else found.set(copy, { installs: [install], ...reason })
    return
  }
}

const keyOf = ({ manager, directory }: Install): string => `${manager} ${directory ?? ''}`

/** Where in a stage the dependencies of each project come first. */
const firstInstalls = fact((stage: Stage): ReadonlyMap<string, number> => {
  const found = new Map<string, number>()
  for (const step of stage.steps.slice(0, MOST_RUNS)) {
    for (const install of step.kind === 'run' ? installsOf(step) : []) {
      if (install.from.includes('manifests') && !found.has(keyOf(install))) found.set(keyOf(install), step.index)
    }
  }
  return found
})

/** Nobody builds more stages on one another by hand. */
const MOST_STAGES = 50

/** The dependencies are there already: what comes after the copy adds to them, or takes some away. */
function hasInstalledBefore(copy: CopyStep, install: Install): boolean {
  const key = keyOf(install)
  let { stage } = copy
  if ((firstInstalls(stage).get(key) ?? Infinity) < copy.index) return true
  for (let count = 0; stage.base.kind === 'stage' && count < MOST_STAGES; count++) {
    stage = stage.base.stage
    if (firstInstalls(stage).has(key)) return true
  }
  return false
}

/** What the install needs of a copy that brings its manifests together with other files; null where it brings none, or nothing else. */
export function early(build: Build, copy: CopyStep, install: Install): { needs: readonly string[]; files: number | null } | null {
  const files = contextFilesOf(build, copy)
  // Named packages need no manifest, and nobody saw one.
  if (files === 'unknown') return takesWholeContext(copy) && landsIn(copy, install) && !install.from.includes('packages') ? { needs: usualNames(install), files: null } : null
  const folder = contextPathOf(copy, install.directory!)
  if (folder === null) return null
  const below = (names: readonly string[]): readonly string[] => {
    const matches = contextMatches(build, folder, names.filter(name => !name.startsWith('/')))
    return matches === 'unknown' ? [] : matches.filter(path => files.has(path))
  }
  const own = below(install.manifests)
  // The manifests of workspace members and referenced projects are needed as well.
  const manifests = [...own, ...below(memberManifests(build, install, own)), ...includedRequirements(build, own).filter(path => files.has(path))]
  if (own.length === 0 || demandsMore(build, install, manifests)) return null
  const beside = manifestsBeside(build, install, folder, manifests, files)
  if (beside === null) return null
  const needs = [...manifests, ...beside, ...below(install.lockfiles), ...below(install.extras)]
  return files.size > new Set(needs).size ? { needs: [...new Set(needs)], files: files.size } : null
}

/** A Go module of the standard library alone: there is nothing to download. */
function isEmptyModule(build: Build, path: string): boolean {
  const text = /(?:^|\/)go\.mod$/.test(path) ? build.context.read(path) : null
  return text !== null && text !== 'unknown' && /^module\s/m.test(text) && !/^\s*require\b/m.test(text)
}

/** Whether the context's root comes to lie where the install runs. */
const landsIn = (copy: CopyStep, install: Install): boolean => contextPathOf(copy, install.directory!) === ''

/** Of several alternatives the first. */
const usualNames = ({ manifests, lockfiles }: Install): readonly string[] => [...manifests.slice(0, 1), ...lockfiles.slice(0, 1)].filter(name => !/[*?[]/.test(name))
