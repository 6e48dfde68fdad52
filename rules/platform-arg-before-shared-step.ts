// A platform argument stands above installs that would be the same for all platforms.
import { settingsBelow } from '../src/edits/settings-below.ts'
import { quotedRun } from '../src/facts/command-text.ts'
import { earlyPlatformArguments } from '../src/facts/early-platform-arguments.ts'
import { listed, quoted } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { costOfAll } from '../src/facts/step-costs.ts'
import { defineRule, mendingBy } from '../src/rule.ts'

/**
 * ## What it does
 *
 * Reports `ARG TARGETARCH`, `TARGETPLATFORM` or `TARGETVARIANT` declared above an install that does not use it, in a stage
 * that is not shipped and runs on one platform (`FROM --platform=$BUILDPLATFORM`, or a platform written out). It is silent when
 * the argument has a default, when an `ENV` is made from it, when the base image or files copied before depend on the target
 * platform, when the install names an architecture, and from the first step on that uses the value or may read it: a compiler,
 * a script, `dotnet`.
 *
 * ## Why it matters
 *
 * A build for several platforms builds each stage once for each. Steps with the same key are one step, and in such a stage
 * all steps have the same key until something differs. An automatic platform argument enters the environment, and so the key
 * of every later RUN, only where it is declared
 * ([Docker docs: automatic platform ARGs](https://docs.docker.com/reference/dockerfile/#automatic-platform-args-in-the-global-scope)).
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM --platform=$BUILDPLATFORM golang:1.25 AS build
 * ARG TARGETARCH
 * WORKDIR /src
 * COPY go.mod go.sum ./
 * RUN go mod download
 * COPY . .
 * RUN GOARCH=$TARGETARCH go build -o /out/app .
 *
 * FROM gcr.io/distroless/static-debian12
 * COPY --from=build /out/app /app
 * CMD ["/app"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM --platform=$BUILDPLATFORM golang:1.25 AS build
 * WORKDIR /src
 * COPY go.mod go.sum ./
 * RUN go mod download
 * COPY . .
 * ARG TARGETARCH
 * RUN GOARCH=$TARGETARCH go build -o /out/app .
 *
 * FROM gcr.io/distroless/static-debian12
 * COPY --from=build /out/app /app
 * CMD ["/app"]
 * ```
 *
 * ## When not to use it
 *
 * When the image is built for one platform only.
 *
 * ## Cost model
 *
 * Reported are the installs with the same key on every platform but for the argument. The cost is that of running them once
 * more, for one further platform, from the table of typical costs.
 *
 * ## Fix safety
 *
 * Safe where only packages of the distribution, Go modules and plain commands come to stand above the argument. Suggested where packages of another
 * language are installed there: what they run as they are installed could read the variable.
 */
export default defineRule({
  id: 'platform-arg-before-shared-step',
  summary: 'A platform argument keeps installs from being shared among platforms',
  category: 'order',
  severity: 'warning',
  fixable: 'safe',

  *check(build) {
    for (const { setting, names, others, steps, variables } of earlyPlatformArguments(build)) {
      const [first, ...rest] = steps
      const [more, use, run, below] = rest.length === 0 ? ['', 'does', 'runs', 'that RUN'] : [` and ${rest.length} more ${rest.length === 1 ? 'install' : 'installs'}`, 'do', 'run', 'the last of them']
      const lines = others.map(other => String(lineOf(build, other.span)))
      const together = lines.length === 0 ? 'it' : `it and the ARG of ${lines.length === 1 ? 'line' : 'lines'} ${listed(lines)}`
      yield {
        at: setting,
        message: `"${quoted(setting)}" comes before "${quotedRun(build, first!, 50)}" (line ${lineOf(build, first!.span)})${more}, which ${use} not use ${listed(names)} but ${run} again for each target platform; move ${together} below ${below}.`,
        related: [...others.map(at => ({ at, message: 'to be moved as well' })), ...steps.map(at => ({ at, message: 'the same for all platforms' }))],
        cost: costOfAll(steps),
        mending: mendingBy('move', setting),
        ...settingsBelow(build, variables, steps),
      }
    }
  },
})
