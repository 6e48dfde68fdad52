// RUN steps that stand right below one another and could be one without changing what they do.
import type { Build, RunStep, Stage } from '../model/build.ts'
import { commandsOf } from './commands.ts'
import { fact } from './fact.ts'
import { shippedStages } from './stages.ts'

/** Words of a comment that gives a reason for the steps as they are. */
const EXPLAINS = /cach|layer|separat|split|own step|own run|\bkeep|\bbecause|\bso that|\bso we|rebuil|invalidat|\border|merg|combin|squash|hadolint|DL3059|on purpose|deliberate/i

export interface Neighbours {
  readonly runs: readonly RunStep[]
  /** Those with a comment right above them; the first one's does not count. */
  readonly commented: ReadonlySet<RunStep>
}

/** Maximal groups of at least two, in shipped stages: shell form, same flags, nothing between them but comments that explain no separation. */
export const neighbouringRuns = fact((build: Build): readonly Neighbours[] => shippedStages(build).filter(stage => !stage.windows).flatMap(stage => groupsOf(build, stage)))

function groupsOf(build: Build, stage: Stage): readonly Neighbours[] {
  const groups: { runs: RunStep[]; commented: Set<RunStep> }[] = []
  let open: RunStep | null = null
  for (const step of stage.instructions) {
    const run = step.kind === 'run' && isPlain(step) ? step : null
    const comment = run && open ? commentBetween(build, open, run) : null
    if (run && open && comment !== null && !EXPLAINS.test(comment) && flagsOf(run) === flagsOf(open)) {
      const group = groups.at(-1)!
      group.runs.push(run)
      if (comment !== '') group.commented.add(run)
    } else if (run) groups.push({ runs: [run], commented: new Set() })
    open = run
  }
  return groups.filter(({ runs }) => runs.length > 1)
}

const isPlain = (step: RunStep): boolean => step.form === 'shell' && !step.onbuild && step.heredocs.length === 0 && commandsOf(step) !== 'opaque'
const flagsOf = ({ flags }: RunStep): string => flags.map(({ name, value }) => `${name}=${value ?? ''}`).sort().join('\n')

/** The comments between two steps, '' when there are none. */
function commentBetween({ text }: Build, above: RunStep, below: RunStep): string {
  return text.slice(above.span.end, below.span.start).split('\n').map(line => line.trim()).filter(line => line.startsWith('#')).join('\n')
}
