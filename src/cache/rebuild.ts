// Which steps run again after one change: compare() asked from a rule's side.
import { UsageError } from '../errors.ts'
import type { Build, Step } from '../model/build.ts'
import { hasTarget } from '../model/to-build.ts'
import { compareGraphs, type Cause } from './compare.ts'
import { explain } from './explain.ts'
import { readBuild } from './graph.ts'
import type { BuildInput } from './input.ts'
import type { Files } from './tree.ts'

/** One thing that differs in the next build: context files, the value of a build argument, or the layers of a base image. */
export type Change =
  | { readonly kind: 'files'; readonly paths: readonly string[] }
  | { readonly kind: 'arg'; readonly name: string }
  | { readonly kind: 'image'; readonly ref: string }
/** The steps that run again, each with its first cause. */
export interface Rebuild { readonly reran: ReadonlyMap<Step, Cause> }

/**
 * The steps that run again when only this changes. Those that stand on what such a step wrote count as run again, since nobody can know its output.
 * None in a file that the engine would refuse. Throws UsageError for a target the file does not have.
 */
export function rebuild(build: Build, change: Change, target?: string): Rebuild {
  const after = inputOf(build, change, target, true)
  const read = readOnce(build, change, after)
  if (read instanceof UsageError) {
    if (target !== undefined && !hasTarget(build, target)) throw read
    // Nothing runs, again or at all, where the engine refuses the file.
    return { reran: new Map() }
  }
  const comparison = compareGraphs(inputOf(build, change, target, false), after, change.kind === 'files' ? read : null)
  const mine = new Map(build.stages.flatMap(stage => stage.steps).map((step, _, all) => [placeOf(step, all), step]))
  const reran = new Map<Step, Cause>()
  for (const stage of comparison.after.build.stages) {
    for (const [step, vertex] of stage.steps.map(entry => [entry, comparison.after.ofStep.get(entry)] as const)) {
      const own = mine.get(placeOf(step, stage.steps))
      if (own && vertex && comparison.outcome(vertex).state !== 'hit') reran.set(own, explain(comparison, vertex))
    }
  }
  return { reran }
}

const reads = new WeakMap<Build['stages'], Map<string, Build | UsageError>>()

/** Files are in no reading of the text, so that all changes of files share one. */
function readOnce(build: Build, change: Change, input: BuildInput): Build | UsageError {
  if (change.kind !== 'files') return readBuild(input)
  const known = reads.get(build.stages) ?? new Map<string, Build | UsageError>()
  reads.set(build.stages, known)
  const target = input.target ?? ''
  const read = known.get(target) ?? readBuild(input)
  known.set(target, read)
  return read
}

/** The same text gives the same steps, but for a WORKDIR whose path is known to one reader only; ONBUILD steps share a place. */
function placeOf(step: Step, among: readonly Step[]): string {
  const same = step.onbuild ? among.filter(other => other.stage === step.stage && other.onbuild).indexOf(step) : 0
  return `${step.stage.index} ${step.span.start} ${same}`
}

function inputOf(build: Build, change: Change, target: string | undefined, isAfter: boolean): BuildInput {
  const files: Record<string, Files[string]> = {}
  const known = build.context.files()
  if (known !== 'unknown') for (const { path, link } of known) files[path] = link === undefined ? { hash: path } : { symlink: link }
  if (change.kind === 'files') for (const path of change.paths) if (!build.context.ignores(path)) files[path] = { hash: isAfter ? `${path} changed` : path }
  const wanted = target ?? build.target.label
  return {
    dockerfile: build.text, files, target: wanted,
    // What the context lists is already filtered, and the Dockerfile is among it where it counts.
    options: { file: '../Dockerfile' },
    ...(change.kind === 'arg' ? { buildArgs: { [change.name]: isAfter ? 'changed' : 'before' } } : {}),
    ...(change.kind === 'image' ? { images: { [change.ref]: { files: { changed: String(isAfter) } } } } : {}),
  }
}

/** One name for each step that is built, equal where the engine takes two steps for one and runs it once. None in a file that the engine would refuse. */
export function stepIdentities(build: Build): ReadonlyMap<Step, string> {
  const input = inputOf(build, { kind: 'files', paths: [] }, undefined, false)
  if (readBuild(input) instanceof UsageError) return new Map()
  const { build: own, ofStep } = compareGraphs(input, input).before
  const mine = new Map(build.stages.flatMap(stage => stage.steps).map((step, _, all) => [placeOf(step, all), step]))
  return new Map(own.stages.flatMap(stage => stage.steps.flatMap(step => {
    const [known, vertex] = [mine.get(placeOf(step, stage.steps)), ofStep.get(step)]
    return known && vertex ? [[known, vertex.id] as const] : []
  })))
}
