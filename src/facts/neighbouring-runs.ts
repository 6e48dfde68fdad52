// RUN steps that stand right below one another and could be one without changing what they do.
import type { Build, RunStep, Stage } from '../model/build.ts'
import { commandsOf } from './commands.ts'
import { commentAbove } from './comments.ts'
import { fact } from './fact.ts'
import { shippedStages } from './stages.ts'

/** Words of a comment that gives a reason for the steps as they are. */
const EXPLAINS = /cach|layer|separat|split|own step|own run|\bkeep|\bbecause|\bso that|\bso we|rebuil|invalidat|\border|merg|combin|squash|hadolint|DL3059|on purpose|deliberate|each (?:run|gets|one)/i

export interface Neighbours {
  readonly runs: readonly RunStep[]
  /** Those with a comment right above them. */
  readonly commented: ReadonlySet<RunStep>
}

/** Maximal groups of at least two, in shipped stages: shell form, same flags, nothing between them but comments that explain no separation. */
export const neighbouringRuns = fact((build: Build): readonly Neighbours[] => shippedStages(build).filter(stage => !stage.windows).flatMap(stage => groupsOf(build, stage)))

function groupsOf(build: Build, stage: Stage): readonly Neighbours[] {
  const groups: { readonly runs: RunStep[]; readonly commented: Set<RunStep> }[] = []
  let isOpen = false
  for (const step of stage.instructions) {
    const comment = step.kind === 'run' && isPlain(step) ? commentAbove(build, step) : null
    if (step.kind !== 'run' || comment === null || EXPLAINS.test(comment)) {
      isOpen = false
      continue
    }
    const group = groups.at(-1)
    if (isOpen && group && flagsOf(step) === flagsOf(group.runs[0]!)) group.runs.push(step)
    else groups.push({ runs: [step], commented: new Set() })
    if (comment !== '') groups.at(-1)!.commented.add(step)
    isOpen = true
  }
  return groups.filter(({ runs }) => runs.length > 1)
}

const isPlain = (step: RunStep): boolean => step.form === 'shell' && !step.onbuild && step.heredocs.length === 0 && commandsOf(step) !== 'opaque'
const flagsOf = ({ flags }: RunStep): string => flags.map(({ name, value }) => `${name}=${value ?? ''}`).sort().join('\n')
