// What one change of a file costs in the next build: the steps that the model says run again, weighed with the table of typical costs.
// Made for comparing two spellings of one Dockerfile: what they share cancels out, and splitting or joining RUNs changes no sum.
import { contextFilesOf, contextSelectors } from '../cache/context-reads.ts'
import { rebuild, type Change } from '../cache/rebuild.ts'
import { buildCosts, installCosts, otherBuild, otherInstall } from '../data/typical-costs.ts'
import type { Build, RunStep, Stage, Step } from '../model/build.ts'
import { insideRoot } from '../model/paths.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { fact } from './fact.ts'
import { cleanups, indexRefreshes, installsOf } from './installs.ts'
import { fileWrites } from './writes.ts'
import { isTrivialCommand } from './trivial-steps.ts'

/** Seconds of all steps that run again after this change, each kind of work of a stage counted once however many RUNs it takes. */
export function rebuildSeconds(build: Build, change: Change): number {
  const work = new Map<string, number>()
  for (const step of rebuild(build, change).reran.keys()) {
    if (step.kind !== 'run') continue
    for (const [name, seconds] of workOf(step)) {
      const key = `${step.stage.index} ${name}`
      work.set(key, Math.max(work.get(key) ?? 0, seconds))
    }
  }
  return [...work.values()].reduce((sum, seconds) => sum + seconds, 0)
}

/** The same build over these files alone: what decides is whether a step takes a file, and trees of whole contexts take long to make. */
export const overFiles = (build: Build, files: readonly string[]): Build =>
  ({ ...build, context: { ...build.context, files: () => files.filter(path => !build.context.ignores(path)).map(path => ({ path, size: 0, mode: 0o644 })) } })

/** A program that nobody knows takes a second: enough to tell more of it from less. */
const UNKNOWN_SECONDS = 1

/** The work of one RUN by name. A compiler whose dependencies nothing below has fetched fetches them itself. */
const workOf = fact((step: RunStep): ReadonlyMap<string, number> => {
  const commands = commandsOf(step)
  if (commands === 'opaque') return new Map([[step.text, UNKNOWN_SECONDS]])
  const work = new Map<string, number>()
  const known = new Set<unknown>()
  for (const { effect, manager, command } of installsOf(step)) {
    known.add(command)
    if (effect === 'build') {
      work.set(`${manager} build`, (buildCosts[manager] ?? otherBuild).seconds)
      if (!fetchedBelow(step).has(manager)) work.set(`${manager} install`, (installCosts[manager] ?? otherInstall).seconds)
    } else work.set(`${manager} install`, (installCosts[manager] ?? otherInstall).seconds)
  }
  // Emptying a cache takes no time, and the figures of installs hold the refresh of the index.
  for (const { command } of cleanups(step)) known.add(command)
  for (const { command, manager } of indexRefreshes(step)) if (work.has(`${manager} install`)) known.add(command)
  for (const { how, command } of fileWrites(step)) {
    if (known.has(command) || how !== 'builds') continue
    known.add(command)
    work.set(textOf(command.words), otherBuild.seconds)
  }
  for (const command of commands) if (!known.has(command) && !isTrivialCommand(command) && !isSetting(command)) work.set(textOf(command.words), UNKNOWN_SECONDS)
  return work
})

/** `bundle config set`: writes one line into a file. */
const isSetting = ({ words }: NormalCommand): boolean => /^(?:bundle|composer|npm|pip|pnpm|poetry|yarn) config$/.test(words.slice(0, 2).map(({ value }) => value).join(' '))
const textOf = (words: readonly { readonly text: string }[]): string => words.map(({ text }) => text).join(' ')

/** Managers that installed something in a RUN of its own before this one. */
const fetchedBelow = fact((step: RunStep): ReadonlySet<string> => {
  const found = new Set<string>()
  for (let stage: Stage | null = step.stage; stage; stage = stage.base.kind === 'stage' ? stage.base.stage : null) {
    for (const below of stage === step.stage ? stage.steps.slice(0, step.index) : stage.steps) {
      if (below.kind === 'run') for (const { effect, manager } of installsOf(below)) if (effect !== 'build') found.add(manager)
    }
  }
  return found
})

/** Files of the context that the model cannot tell apart in any of these builds, by one of them. */
export interface FileClass { readonly path: string; readonly paths: readonly string[] }

/** More kinds of files than anybody writes COPY lines for; others are left out. */
const MOST_CLASSES = 60

/** The context files that some step reads, together where all steps of all builds read them alike. Where the context is unknown: one made up for each path that is named. */
export function fileClasses(builds: readonly Build[]): readonly FileClass[] {
  const readers = builds.flatMap(build => build.stages.filter(({ reachable }) => reachable).flatMap(stage => stage.steps).map(step => ({ build, step })))
  const signatures = new Map<string, string[]>()
  readers.forEach(({ build, step }, index) => {
    for (const path of filesOf(build, step)) {
      const known = signatures.get(path)
      if (known) known.push(String(index))
      else signatures.set(path, [String(index)])
    }
  })
  const classes = new Map<string, string[]>()
  for (const [path, read] of signatures) {
    const key = read.join()
    const paths = classes.get(key)
    if (paths) paths.push(path)
    else if (classes.size < MOST_CLASSES) classes.set(key, [path])
  }
  return [...classes.values()].map(paths => ({ path: paths[0]!, paths }))
}

function filesOf(build: Build, step: Step): Iterable<string> {
  const files = contextFilesOf(build, step)
  return files === 'unknown' ? contextSelectors(step).flatMap(({ path, include }) => [path, ...include.map(inner => `${path}/${inner}`)].flatMap(madeUp)) : files
}

/** A path may be a file or a folder. */
const madeUp = (path: string): readonly string[] => {
  const inside = insideRoot(path.replaceAll('*', 'x').replaceAll('?', 'x'))
  return inside === '' ? ['some-file'] : [inside, `${inside}/some-file`]
}
