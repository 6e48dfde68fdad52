// Which steps of a build may run at the same time: the engine starts a step as soon as what it stands on is there.
import { stepBelow } from '../cache/context-reads.ts'
import type { Build, RunStep, Source, Stage, Step } from '../model/build.ts'
import { fact } from './fact.ts'
import { rootOf } from './stage-trees.ts'

/** Whether neither waits for the other, and they are two steps for the engine. */
export const mayRunTogether = (a: RunStep, b: RunStep): boolean => a !== b && !isSameStep(a, b) && !standsOn(a, b) && !standsOn(b, a)

const standsOn = (upper: Step, lower: Step): boolean => lower.stage === upper.stage ? lower.index < upper.index : heightsBelow(upper).get(lower.stage) !== undefined && lower.index < heightsBelow(upper).get(lower.stage)!

/** For each stage a step waits for: how many of its steps. */
const heightsBelow = fact((step: Step): ReadonlyMap<Stage, number> => {
  const found = new Map<Stage, number>()
  const open: [Stage, number][] = [[step.stage, step.index + 1]]
  for (let next = open.pop(); next; next = open.pop()) {
    const [stage, height] = next
    const known = found.get(stage) ?? -1
    if (known >= height) continue
    found.set(stage, height)
    if (stage.base.kind === 'stage') open.push([stage.base.stage, stage.base.stage.steps.length])
    for (const below of stage.steps.slice(Math.max(known, 0), height)) for (const source of sourcesOf(below)) if (source.kind === 'stage') open.push([source.stage, source.stage.steps.length])
  }
  return found
})

const sourcesOf = (step: Step): readonly Source[] => (step.kind === 'workdir' ? [] : step.kind === 'run' ? step.mounts.map(({ from }) => from) : [step.from])

/** Most steps that are compared downwards; longer stages count as different. */
const MOST_COMPARED = 100

/** Equal steps on equal steps are one and run once. */
function isSameStep(a: RunStep, b: RunStep): boolean {
  if (a.text !== b.text) return false
  let [one, other]: readonly (Step | null)[] = [stepBelow(a), stepBelow(b)]
  for (let count = 0; count < MOST_COMPARED && one && other; count++) {
    if (one === other) return true
    if (one.text !== other.text) return false
    one = stepBelow(one)
    other = stepBelow(other)
  }
  return !one && !other && baseText(a.stage) === baseText(b.stage)
}

const baseText = (stage: Stage): string => {
  const { base } = rootOf(stage)
  return base.kind === 'image' ? base.ref ?? base.text : base.kind === 'named-context' ? base.name : ''
}

/** Whether the file is made for several platforms at once: a stage of it says that it runs on the builder's own. */
export const isForPlatforms = fact(({ text }: Build): boolean => /^\s*FROM\s+--platform=\$\{?BUILDPLATFORM\b/im.test(text))
/** Whether a stage runs once for each platform that is asked for. */
export const runsPerPlatform = ({ text }: Build, stage: Stage): boolean => [stage, rootOf(stage)].every(({ span }) => !/--platform=(?!\$\{?TARGETPLATFORM)/i.test(text.slice(span.start, span.end)))
