// What changes one of two steps that the engine takes for one has to change the other, or both would run.
import { equalSteps } from '../facts/equal-steps.ts'
import { isWithin } from '../facts/image-paths.ts'
import { lineOf } from '../facts/lines.ts'
import { stagesBelow } from '../facts/stage-trees.ts'
import type { Build, RunStep } from '../model/build.ts'
import type { TextEdit } from '../text.ts'

/** The edits of one RUN for the equal ones as well, which lose these folders; or why that cannot be done. */
export function editsOfEqual(build: Build, step: RunStep, edits: readonly TextEdit[], folders: readonly string[]): { readonly edits: readonly TextEdit[]; readonly also: readonly RunStep[] } | { readonly reason: string } {
  const also = equalSteps(build, step)
  const written = ({ span }: RunStep): string => build.text.slice(span.start, span.end)
  const odd = also.find(other => written(other) !== written(step) || !edits.every(({ span }) => span.start >= step.span.start && span.end <= step.span.end))
  if (odd) return { reason: `line ${lineOf(build, odd.span)} is the same step, which runs once as it is` }
  const user = also.find(other => isMissed(build, other, folders))
  if (user) return { reason: `line ${lineOf(build, user.span)} is the same step, and stage "${user.stage.label}" may need what it keeps` }
  const moved = also.flatMap(other => edits.map(({ span, text }) => ({ span: { start: span.start + other.span.start - step.span.start, end: span.end + other.span.start - step.span.start }, text })))
  return { edits: [...edits, ...moved], also }
}

/** Somebody installs from it without a network, or takes it from there. */
function isMissed(build: Build, { stage }: RunStep, folders: readonly string[]): boolean {
  const chain = build.stages.filter(other => stagesBelow(other).includes(stage))
  return chain.some(({ steps }) => steps.some(({ text }) => /offline|--no-index/.test(text)))
    || build.stages.some(({ steps }) => steps.some(step => step.kind === 'copy' && step.from.kind === 'stage' && chain.includes(step.from.stage) && step.sources.some(source => folders.some(path => isWithin(path, source) || isWithin(source, path)))))
}
