// Steps that `--no-cache` keeps from the cache.
import type { Build, Source, Stage, Step } from '../model/build.ts'
import { isFlagSet, flagValues } from './flags.ts'
import type { BuildInput } from './input.ts'
import { mountInputs } from './mounts.ts'
import { copyOperation, environmentList, runOperation, workdirOperation, type BuildSettings } from './operation.ts'
import { copySelectors, sourceId, sourceOfBase, type World } from './sources.ts'

/**
 * The option that forces a step, for those there are. WORKDIR is never marked; only stages with a name can be chosen.
 * Equal instructions on equal ground are one vertex, and marked if one of them is (client/llb/marshal.go, mergeMetadata).
 */
export function forcedSteps(input: BuildInput, build: Build, settings: BuildSettings, world: World): ReadonlyMap<Step, string> {
  const flags = input.options?.flags ?? []
  const isAll = input.options?.noCache === true || isFlagSet(flags, 'no-cache')
  const chosen = [...input.options?.noCacheFilter ?? [], ...flagValues(flags, 'no-cache-filter').flatMap(value => value.split(','))].map(name => name.toLowerCase())
  const found = new Map<Step, string>()
  const stages = build.stages.filter(stage => stage.reachable)
  for (const { name, steps } of stages) {
    const option = isAll ? 'no-cache' : name !== null && chosen.includes(name) ? 'no-cache-filter' : null
    if (option !== null) for (const step of steps) if (step.kind !== 'workdir') found.set(step, option)
  }
  if (isAll || found.size === 0) return found
  const definitions = definitionsOf(stages, settings, world)
  const marked = new Map([...found].map(([step, option]) => [definitions.get(step), option]))
  for (const [step, definition] of definitions) if (marked.has(definition)) found.set(step, marked.get(definition)!)
  return found
}

/** Names that are equal for equal vertices: same parameters, same inputs, nothing matched by content. */
function definitionsOf(stages: readonly Stage[], settings: BuildSettings, world: World): ReadonlyMap<Step, string> {
  const found = new Map<Step, string>()
  const ends = new Map<Stage, string>()
  const idOf = (source: Source, platform?: string | null): string => sourceId(world, source, platform ?? settings.platform, stage => ends.get(stage) ?? '')
  const parametersOf = (step: Step, root: string): readonly unknown[] => {
    if (step.kind === 'workdir') return [workdirOperation(step, settings)]
    if (step.kind === 'run') {
      const inputs = mountInputs(step, settings, root, idOf)
      return [runOperation(step, settings, inputs, environmentList(step.environment).join('\0')), step.mounts.map(mount => [idOf(mount.from), [...mount.options]]), step.scriptFile?.body]
    }
    return [copyOperation(step, settings), idOf(step.from), copySelectors(step), step.remotes, step.heredocs.map(heredoc => heredoc.body)]
  }
  for (const stage of stages) {
    const { base } = stage
    let root = base.kind === 'stage' ? ends.get(base.stage)! : base.kind === 'scratch' ? 'scratch' : idOf(sourceOfBase(base), stage.platform)
    if (base.kind !== 'named-context' || !base.replacesStage) {
      for (const step of stage.steps) found.set(step, root = world.intern(JSON.stringify(['definition', root, ...parametersOf(step, root)])))
    }
    ends.set(stage, root)
  }
  return found
}
