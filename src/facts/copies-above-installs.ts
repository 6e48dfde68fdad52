// Copies of sources or build output that stand above the install of dependencies and bring it nothing: its manifests come by other copies.
import { contextFilesOf, stepBelow } from '../cache/context-reads.ts'
import type { Build, CopyStep, RunStep, Step } from '../model/build.ts'
import { changingCopy, type ChangingCopy } from './changing-copies.ts'
import { onlyInstalls } from './costly-steps.ts'
import { fact } from './fact.ts'
import { absolutePath, baseName, destinationOf, isWithin } from './image-paths.ts'
import { independentStep, mayTouch } from './independent-steps.ts'
import { installsOf, type Install } from './installs.ts'
import { demandsMore } from './manifest-demands.ts'
import { isManifestName } from './manifest-names.ts'
import { originOf } from './origins.ts'

export interface CopyAboveInstall {
  readonly copy: CopyStep
  readonly change: ChangingCopy
  /** Further such copies above the last of the steps: all have to move. */
  readonly others: readonly CopyStep[]
  /** The steps with the installs, in the order of the file. */
  readonly steps: readonly RunStep[]
}

export const copiesAboveInstalls = fact((build: Build): readonly CopyAboveInstall[] => {
  const found = new Map<CopyStep, { readonly change: ChangingCopy; readonly others: Set<CopyStep>; readonly steps: RunStep[] }>()
  let looked = 0
  for (const stage of build.stages) {
    if (!stage.reachable || stage.windows) continue
    for (const step of stage.steps) {
      const copies = step.kind === 'run' && ++looked <= MOST_RUNS ? copiesAbove(build, step) : []
      const first = copies[0]
      if (!first || step.kind !== 'run') continue
      const known = found.get(first.copy) ?? { change: first.change, others: new Set(), steps: [] }
      known.steps.push(step)
      for (const { copy } of copies.slice(1)) known.others.add(copy)
      found.set(first.copy, known)
    }
  }
  return [...found].map(([copy, { change, others, steps }]) => ({ copy, change, others: [...others].sort((a, b) => a.span.start - b.span.start), steps }))
})

interface Above { readonly copy: CopyStep; readonly change: ChangingCopy }

/** Nobody writes more steps by hand between a copy and an install. */
const MOST_STEPS = 60
const MOST_RUNS = 500

/** In the order of the file; none when one may be needed, since moving the others would gain nothing. */
function copiesAbove(build: Build, run: RunStep): readonly Above[] {
  const install = manifestInstall(run)
  if (!install) return []
  const found: Above[] = []
  const singles: Above[] = []
  const between: Step[] = []
  const passed = [install]
  for (let at: Step | null = stepBelow(run); at && at.stage === run.stage && between.length < MOST_STEPS; at = stepBelow(at)) {
    between.push(at)
    if (at.kind === 'run') {
      const other = projectInstall(at)
      if (other === 'unknown' || !onlyInstalls(at) && !independentStep(at)) break
      if (other) passed.push(other)
    }
    if (at.kind !== 'copy' && at.kind !== 'add') continue
    // Seen without a look at the context: manifests, and what brings them along.
    if (at.sources.every(isManifestName) || at.from.kind === 'context' && isWithin(install.directory!, destinationOf(at) ?? '/')) continue
    const change = changingCopy(build, at)
    if (!change || change.kind === 'manifests') continue
    const place = destinationOf(at)
    const mustStay = passed.some(each => mayBeNeeded(build, at, each)) || between.some(step => step.kind === 'run' && touches(step, place))
    // One file alone is not worth a word, but has to move along with others.
    if (change.kind === 'source') {
      if (!mustStay) singles.unshift({ copy: at, change })
      continue
    }
    if (mustStay) return []
    found.unshift({ copy: at, change })
  }
  return found.length === 0 ? [] : [...found, ...singles]
}

function touches(run: RunStep, place: string | null): boolean {
  const known = independentStep(run)
  return known !== null && mayTouch(known, place)
}

/** The first install of a project's dependencies in a step that does nothing else, with everything it needs named by its command. */
function manifestInstall(run: RunStep): Install | null {
  if (run.onbuild || !onlyInstalls(run)) return null
  const installs = installsOf(run).filter(({ from }) => from.includes('manifests'))
  const isPlain = installs.every(({ directory, hasUnknownManifest, locals, packages }) => directory?.startsWith('/') && !hasUnknownManifest && locals.length + packages.length === 0)
  return isPlain && installs.every(({ directory }) => directory === installs[0]!.directory) ? installs[0] ?? null : null
}

/** The install of another project in a step that the copy would pass. */
const projectInstall = (run: RunStep): Install | null | 'unknown' =>
  manifestInstall(run) ?? (installsOf(run).some(({ from }) => from.some(source => source !== 'packages')) ? 'unknown' : null)

/** Folders that scripts of an install, its patches or the members of a workspace lie in. */
const MAY_BE_NEEDED = /^(?:prisma|scripts?|patches|bin|tools|hooks|packages|apps|libs?|modules|plugins|workspaces?|vendor|deps|wheels?|config|conf|\..*)$/i

/** Whether the install may need what comes with the copy. */
function mayBeNeeded(build: Build, copy: CopyStep, install: Install): boolean {
  const { directory } = install
  const place = destinationOf(copy)
  if (place === null || isWithin(directory!, place)) return true
  const files = copy.from.kind === 'context' ? contextFilesOf(build, copy) : 'unknown'
  if (copy.sources.some(isManifestName) || files !== 'unknown' && [...files].some(isManifestName)) return true
  const demand = demandOf(build)(install)
  if (demand === 'more') return true
  if (files !== 'unknown' && !isWithin(place, directory!) && demand !== 'unknown') return demand === 'beside'
  return MAY_BE_NEEDED.test(baseName(place)) && !/^\.(?:next|nuxt|output|svelte-kit)$/.test(baseName(place))
}

/** What the manifests ask for: nothing else, what lies beside their folder, scripts and the like, or that is not known. */
type Demand = 'nothing' | 'beside' | 'more' | 'unknown'

const demandOf = fact((build: Build) => {
  const known = new Map<Install, Demand>()
  return (install: Install): Demand => {
    if (!known.has(install)) known.set(install, demandFor(build, install))
    return known.get(install)!
  }
})

function demandFor(build: Build, install: Install): Demand {
  const origins = install.manifests.map(name => originOf(build, install.step, absolutePath(install.directory, name)!))
  const texts = new Map(origins.flatMap(origin => {
    const text = origin === null || origin === 'unknown' ? null : build.context.read(origin.path)
    return origin === null || origin === 'unknown' ? [] : [[origin.path, text] as const]
  }))
  const read = [...texts].flatMap(([path, text]) => (text === null || text === 'unknown' ? [] : path))
  // One that asks for more is enough, whatever the others say.
  if (demandsMore(build, install, read)) return 'more'
  if (read.length === 0 || read.length < texts.size || origins.includes('unknown')) return 'unknown'
  return [...texts.values()].some(text => text?.includes('../')) ? 'beside' : 'nothing'
}
