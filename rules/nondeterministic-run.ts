// Points at the command that writes a new value each time. Where it goes is worked out in src/facts/volatile-outputs.ts.
import { quotedCommand } from '../src/facts/command-text.ts'
import { listed, quoted } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { costOf } from '../src/facts/step-costs.ts'
import { volatileOutputs, type VolatileOutput } from '../src/facts/volatile-outputs.ts'
import { defineRule } from '../src/rule.ts'
import type { Build, CopyStep, RunStep, Step } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a command that writes the current time or a random value into a file which another stage copies or mounts: by
 * redirection, `tee`, `sed -i`, or into a program by `go build`. Files that stay in their stage, values that are only
 * printed, and steps that use SOURCE_DATE_EPOCH are not reported. Nor are values of version control: they are the same for
 * the same commit. It is information where nothing runs after the copy.
 *
 * ## Why it matters
 *
 * Files taken from another stage are compared
 * [by content](https://docs.docker.com/build/cache/invalidation/): when a stage runs again and makes the same files as before,
 * what copies them is taken from the cache. A time stamp makes them differ each time, so every execution of the one stage
 * executes the steps of the other, and pushes their layers.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM golang:1.25 AS build
 * WORKDIR /src
 * COPY . .
 * RUN go build -o /out/app . && date > /out/built
 *
 * FROM debian:bookworm-slim
 * COPY --from=build /out /app
 * RUN /app/app --warm-cache
 * ENTRYPOINT ["/app/app"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM golang:1.25 AS build
 * WORKDIR /src
 * COPY . .
 * RUN go build -o /out/app .
 *
 * FROM debian:bookworm-slim
 * COPY --from=build /out /app
 * RUN /app/app --warm-cache
 * ARG CREATED
 * LABEL org.opencontainers.image.created=$CREATED
 * ENTRYPOINT ["/app/app"]
 * ```
 *
 * ## When not to use it
 *
 * When the moment of the build has to be in the file.
 *
 * ## Cost model
 *
 * One more execution of the RUN that changes nothing else. The cost is that of the steps from the first copy on.
 */
export default defineRule({
  id: 'nondeterministic-run',
  summary: 'A RUN writes the time or random values into files that another stage takes',
  category: 'stale',
  severity: 'warning',

  *check(build) {
    for (const output of volatileOutputs(build)) {
      const repeated = output.consumers.flatMap(stepsFrom)
      const cost = [...new Set(repeated)].map(costOf).reduce((sum, each) => ({ seconds: sum.seconds + each.seconds, bytes: 0 }), { seconds: 0, bytes: 0 })
      yield {
        at: output.writer.command,
        message: messageOf(build, output),
        related: output.consumers.map(at => ({ at, message: 'takes the file' })),
        cost,
        ...repeated.some(({ kind }) => kind === 'run') ? {} : { lowered: true as const },
      }
    }
  },
})

/** The step and those above it in its stage. */
const stepsFrom = (step: CopyStep | RunStep): readonly Step[] => step.stage.steps.slice(step.index)

function messageOf(build: Build, { writer, kind, path, consumers }: VolatileOutput): string {
  const takers = listed(consumers.map(step => `"${quoted(step, 40)}" (line ${lineOf(build, step.span)})`), 3)
  const value = kind === 'time' ? 'the current time' : 'a random value'
  const cure = kind === 'time' ? 'take the time from SOURCE_DATE_EPOCH, or pass it as a label of the last stage' : 'make the value when the container starts'
  return `"${quotedCommand(build, writer.command, 60)}" puts ${value} into "${path}", so each execution re-runs ${takers} and what follows, even when nothing else changed: ${cure}.`
}
