// Steps of several stages that the engine takes for one, and runs once.
import { stepIdentities } from '../cache/rebuild.ts'
import type { Build, RunStep } from '../model/build.ts'
import { fact } from './fact.ts'

/** RUNs of other stages that run once together with this one. */
export const equalSteps = (build: Build, step: RunStep): readonly RunStep[] => (groups(build).get(step) ?? []).filter(other => other.stage !== step.stage)

/** Nobody writes more stages by hand. */
const MOST_STAGES = 100

/** For each RUN that is not alone, all that are the same step. */
const groups = fact((build: Build): ReadonlyMap<RunStep, readonly RunStep[]> => {
  const stages = build.stages.filter(({ reachable }) => reachable)
  if (stages.length < 2 || stages.length > MOST_STAGES) return new Map()
  const words = (run: RunStep): string => (run.script?.text ?? run.argv.join(' ')).replace(/\s+/g, ' ').trim()
  const runs = stages.flatMap(({ steps }) => steps.filter((step): step is RunStep => step.kind === 'run'))
  // The model of the whole file is worth asking only where two RUNs read alike.
  const alike = together(runs, words)
  if (alike.size === 0) return alike
  const ids = stepIdentities(build)
  return together([...alike.keys()], run => ids.get(run) ?? null)
})

/** Groups of at least two with the same name, by each of their members. */
function together(runs: readonly RunStep[], nameOf: (run: RunStep) => string | null): ReadonlyMap<RunStep, readonly RunStep[]> {
  const byName = new Map<string, RunStep[]>()
  for (const run of runs) {
    const name = nameOf(run)
    const known = name === null ? undefined : byName.get(name)
    if (known) known.push(run)
    else if (name !== null) byName.set(name, [run])
  }
  return new Map([...byName.values()].filter(({ length }) => length > 1).flatMap(group => group.map(run => [run, group] as const)))
}
