// A costly step waits for a stage that it needs nothing of.
import { fromContext } from '../src/edits/passed-on-files.ts'
import { stepsAbove } from '../src/edits/steps-above.ts'
import { quotedRun } from '../src/facts/command-text.ts'
import { listed, quoted } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { stageWaits, type StageWait } from '../src/facts/stage-waits.ts'
import { costOfAll } from '../src/facts/step-costs.ts'
import type { Build } from '../src/model/build.ts'
import { defineRule, mendingBy } from '../src/rule.ts'

/**
 * ## What it does
 *
 * Reports a `COPY --from` of another stage that a costly RUN below waits for although it needs nothing that the stage made:
 * either the copy takes manifests and lock files that the stage itself got from the context and left as they were, or the RUN
 * installs packages, reads nothing of the copy and could stand above it. The other stage must take a while: it installs or
 * builds something. Silent where the RUN waits for that stage anyway, for stages that test or check, where a comment speaks
 * of memory or order, and where anything in between may change the files. What a stage builds from sources is the matter of
 * `copy-source-before-stable-step`. Of a stage that reads nothing of the context it is said as information: it is cached
 * nearly always.
 *
 * ## Why it matters
 *
 * Stages are built side by side, but a copy from a stage waits until the last step of that stage is done, whatever it takes
 * ([Docker docs: multi-stage builds](https://docs.docker.com/build/building/multi-stage/#differences-between-legacy-builder-and-buildkit)).
 * Everything below the copy then runs after the other stage instead of beside it, and runs again when the files that were
 * copied have changed.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM node:22 AS build
 * WORKDIR /app
 * COPY package.json package-lock.json ./
 * RUN npm ci
 * COPY . .
 * RUN npm run build
 *
 * FROM node:22-slim
 * WORKDIR /app
 * COPY --from=build /app/package.json /app/package-lock.json ./
 * RUN npm ci --omit=dev
 * COPY --from=build /app/dist dist
 * CMD ["node", "dist/server.js"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM node:22 AS build
 * WORKDIR /app
 * COPY package.json package-lock.json ./
 * RUN npm ci
 * COPY . .
 * RUN npm run build
 *
 * FROM node:22-slim
 * WORKDIR /app
 * COPY package.json package-lock.json ./
 * RUN npm ci --omit=dev
 * COPY --from=build /app/dist dist
 * CMD ["node", "dist/server.js"]
 * ```
 *
 * ## When not to use it
 *
 * When the stages must not run at the same time, for want of memory: say so in a comment above the copy.
 *
 * ## Cost model
 *
 * The cost is that of the steps that wait, from the table of typical costs: so much sooner a build can end that runs both.
 *
 * ## Fix safety
 *
 * Suggested: the files come from the context, and a script of the other stage that rewrites them would be missed; or the RUN moves above the copy, and
 * packages that look into what is copied, or bring the same files, would leave another image.
 */
export default defineRule({
  id: 'needless-stage-dependency',
  summary: 'A costly step waits for a stage that it needs nothing of',
  category: 'order',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    for (const wait of stageWaits(build)) {
      yield {
        at: wait.copy,
        message: messageOf(build, wait),
        related: wait.steps.map(at => ({ at, message: `waits for stage ${wait.from.label}` })),
        cost: costOfAll(wait.steps),
        mending: wait.files === null ? mendingBy('move', wait.copy) : mendingBy('rewrite', wait.copy),
        ...wait.isConstant && { lowered: true },
        ...wait.files === null ? stepsAbove(build, [...new Set([...wait.along, ...wait.steps])], wait.highest) : fromContext(build, wait),
      }
    }
  },
})

function messageOf(build: Build, { copy, from, steps, files, others, highest, isConstant }: StageWait): string {
  const [first, ...rest] = steps
  const more = rest.length === 0 ? '' : ` and ${rest.length} more ${rest.length === 1 ? 'step' : 'steps'}`
  const waits = `"${quoted(copy)}" lets "${quotedRun(build, first!, 50)}" (line ${lineOf(build, first!.span)})${more} wait for the whole of stage ${from.label}`
  if (files) return `${waits}, which only passes on ${listed(files)} from the context; copy ${files.length === 1 ? 'it' : 'them'} from the context${others.length === 0 ? '' : `, on ${others.length === 1 ? 'line' : 'lines'} ${listed(others.map(other => String(lineOf(build, other.span))))} as well`}.`
  const [need, them] = rest.length === 0 ? ['needs', 'that RUN'] : ['need', 'them']
  return `${waits}${isConstant ? '' : ' and run again when that yields something else'}, although it ${need} nothing of it; move ${them} above line ${lineOf(build, highest.span)}.`
}
