// A copy of sources, manifests or build output stands above a step that needs none of them.
import { copiesBelow } from '../src/edits/copies-below.ts'
import { stepsAbove } from '../src/edits/steps-above.ts'
import { assumedContext } from '../src/facts/broad-copies.ts'
import type { ChangingCopy } from '../src/facts/changing-copies.ts'
import { quotedRun } from '../src/facts/command-text.ts'
import { copiesAboveInstalls } from '../src/facts/copies-above-installs.ts'
import { earlySourceCopies } from '../src/facts/early-source-copies.ts'
import { listed, quoted } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { costOfAll } from '../src/facts/step-costs.ts'
import type { Build, CopyStep, RunStep } from '../src/model/build.ts'
import { defineRule, mendingBy, type Report } from '../src/rule.ts'

/**
 * ## What it does
 *
 * Reports a `COPY` or `ADD` of sources, of dependency manifests, or of what another stage built from sources, that stands
 * above a RUN which installs packages or downloads tools and needs nothing of it. The RUN may stand in the same stage or in
 * the only stage built FROM it. It must be understood to the last command: named packages, plain shell commands whose paths
 * lie elsewhere, no scripts. An install of dependencies counts where its manifests come by another copy; where they come by
 * the same one, that is the matter of `copy-source-before-install`. What stands between must not prepare it. Silent on single settings files and scripts, on copies
 * into folders where the package manager looks, and on what is taken from a stage and stays the same when sources change:
 * dependency trees, manifests, downloads. One program file alone is said as information.
 *
 * ## Why it matters
 *
 * A RUN is executed whenever the step below it was, whatever that step wrote; equal content stops the chain only where files
 * are copied or mounted. So each edit of a source file installs the same packages again
 * ([BuildKit: solver/llbsolver/ops/exec.go](https://github.com/moby/buildkit/blob/master/solver/llbsolver/ops/exec.go)).
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM python:3.13-slim
 * WORKDIR /app
 * COPY . .
 * RUN apt-get update && apt-get install -y --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/*
 * CMD ["python", "app.py"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM python:3.13-slim
 * WORKDIR /app
 * RUN apt-get update && apt-get install -y --no-install-recommends libpq5 && rm -rf /var/lib/apt/lists/*
 * COPY . .
 * CMD ["python", "app.py"]
 * ```
 *
 * ## When not to use it
 *
 * When the packages are meant to be renewed with each edit, or nothing keeps a cache between two builds.
 *
 * ## Cost model
 *
 * A change of any file that the copy takes re-runs the steps named. The cost is theirs, from the table of typical costs.
 *
 * ## Fix safety
 *
 * Suggested: the steps move above the copies, or the copies below the steps. A package that looks into the copied folder as it is installed, or that
 * brings files to the same places, would leave another image, and so would a step in between that works in another way once the packages are there.
 */
export default defineRule({
  id: 'copy-source-before-stable-step',
  summary: 'Sources are copied before steps that do not need them',
  category: 'order',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    for (const { copy, change, steps, highest, along } of earlySourceCopies(build)) {
      const them = steps.length === 1 ? 'that RUN' : 'them'
      const others = along.map(({ span }) => String(lineOf(build, span)))
      const together = others.length === 0 ? '' : `, with the RUN of ${others.length === 1 ? 'line' : 'lines'} ${listed(others)},`
      yield { ...reportOf(build, { copy, change, steps }, `move ${them}${together} above line ${lineOf(build, highest.span)}`), ...stepsAbove(build, [...along, ...steps], highest) }
    }
    for (const { copy, change, steps, others } of copiesAboveInstalls(build)) {
      const lines = others.map(({ span }) => String(lineOf(build, span)))
      const what = lines.length === 0 ? 'it' : `it and the COPY of ${lines.length === 1 ? 'line' : 'lines'} ${listed(lines)}`
      yield { ...reportOf(build, { copy, change, steps }, `move ${what} below line ${lineOf(build, steps.at(-1)!.span)}`), ...copiesBelow(build, [copy, ...others], steps) }
    }
  },
})

interface Early { readonly copy: CopyStep; readonly change: ChangingCopy; readonly steps: readonly RunStep[] }

const reportOf = (build: Build, early: Early, advice: string): Report => ({
  at: early.copy,
  message: `${messageOf(build, early)}; ${advice}.`,
  related: early.steps.map(step => ({ at: step, message: 'needs nothing of it' })),
  cost: costOfAll(early.steps),
  mending: mendingBy('move', early.copy),
  // One small file: it changes less often than all the others.
  ...early.change.kind === 'source' && { lowered: true },
})

function messageOf(build: Build, { copy, steps, change }: Early): string {
  const [first, ...rest] = steps
  const more = rest.length === 0 ? '' : ` and ${rest.length} more ${rest.length === 1 ? 'step' : 'steps'}`
  const [needs, reruns] = rest.length === 0 ? ['needs', 're-runs'] : ['need', 're-run']
  return `"${quoted(copy)}" comes before "${quotedRun(build, first!, 50)}" (line ${lineOf(build, first!.span)})${more}, which ${needs} nothing of it but ${reruns} whenever ${causeOf(build, copy, change)}`
}

function causeOf(build: Build, { from, sources }: CopyStep, { files }: ChangingCopy): string {
  if (from.kind === 'stage') return `stage ${from.stage.label} builds something else`
  if (files === null) return 'any file it copies changes'
  return files === 1 ? `${sources.length === 1 ? sources[0]! : 'that file'} changes` : `any of ${files} context files${assumedContext(build)} changes`
}
