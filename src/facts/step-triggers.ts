// What, from outside of the Dockerfile, runs its steps again: for each context file that is taken, each build argument and each image what
// the model says of its change, and the step at which that change comes in.
import { rebuild, type Change } from '../cache/rebuild.ts'
import type { Build, Stage, Step } from '../model/build.ts'
import { lineMap } from '../text.ts'
import { fact } from './fact.ts'
import { fileClasses, overFiles } from './rebuild-costs.ts'

export interface Trigger {
  readonly change: Change
  /** Of the context, which this stands for; 0 where the context is unknown. */
  readonly files: number
  /** Through which step the change reaches a step, which may be itself; null where it does not for sure. */
  origin(step: Step): Step | null
}
export interface Causes { readonly triggers: readonly Trigger[]; /** false: there are more. */ readonly isWhole: boolean }

/** More than anybody reads; each takes one run of the model. */
const MOST = 16
/** Steps that all those runs may look at: who hovers waits for them. */
const MOST_STEPS = 8000

const known = fact((_: Build) => new Map<Stage, Causes>())

/** For the steps of one stage: only the stages that it needs are looked at. */
export function causesOf(build: Build, stage: Stage): Causes {
  const causes = known(build).get(stage) ?? causesIn(build, stage)
  known(build).set(stage, causes)
  return causes
}

function causesIn(build: Build, stage: Stage): Causes {
  const isKnown = build.context.files() !== 'unknown'
  const stages = neededBy(stage)
  const classes = fileClasses([{ ...build, stages }])
  const narrow = overFiles(build, classes.map(({ path }) => path))
  const names = new Set(build.globals.entries().filter(({ kind }) => kind === 'arg').map(({ name }) => name))
  const refs = new Set<string>()
  for (const { base, instructions } of stages) {
    if (base.kind === 'image' && base.ref !== null && !base.ref.includes('@')) refs.add(base.ref)
    for (const instruction of instructions) {
      if (instruction.kind !== 'setting') for (const input of instruction.inputs) if (input.kind === 'image' && !input.ref.includes('@')) refs.add(input.ref)
      if (instruction.kind === 'setting' && instruction.keyword === 'ARG') for (const { name } of instruction.assigns) names.add(name)
    }
  }
  const changes: readonly (readonly [Change, number])[] = [
    ...classes.map(({ path, paths }) => [{ kind: 'files', paths: [path] }, isKnown ? paths.length : 0] as const),
    ...[...refs].map(ref => [{ kind: 'image', ref }, 0] as const), ...[...names].map(name => [{ kind: 'arg', name }, 0] as const),
  ]
  const most = Math.min(MOST, Math.floor(MOST_STEPS / Math.max(1, build.stages.flatMap(({ steps }) => steps).length)))
  return { triggers: changes.slice(0, most).map(([change, files]) => triggerOf(narrow, change, files, stage)), isWhole: changes.length <= most }
}

/** The stage, those it is built FROM, and those it takes files of. */
function neededBy(stage: Stage): readonly Stage[] {
  const found = new Set<Stage>([stage])
  for (const each of found) {
    if (each.base.kind === 'stage') found.add(each.base.stage)
    for (const { inputs } of each.steps) for (const input of inputs) if (input.kind === 'stage') found.add(input.stage)
  }
  return [...found]
}

function triggerOf(narrow: Build, change: Change, files: number, stage: Stage): Trigger {
  const { reran } = rebuild(narrow, change, String(stage.index))
  const lines = lineMap(narrow.text)
  const byPlace = new Map<string, Step>()
  for (const step of reran.keys()) {
    const place = `${lines.position(step.span.start).line} ${step.stage.label}`
    if (!byPlace.has(place)) byPlace.set(place, step)
  }
  return {
    change, files,
    origin(step) {
      const seen = new Set<Step>()
      for (let at: Step | undefined = step; at && !seen.has(at);) {
        seen.add(at)
        const cause = reran.get(at)
        if (!cause || cause.kind === 'output' || cause.kind === 'engine') return null
        if (cause.kind !== 'step') return at
        at = byPlace.get(`${cause.line} ${cause.stage}`)
      }
      return null
    },
  }
}
