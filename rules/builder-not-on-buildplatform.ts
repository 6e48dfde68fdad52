// A builder stage that cross-compiles is built for the target platform. Which stages are safe to pin: src/facts/cross-builders.ts.
import { quotedCommand } from '../src/facts/command-text.ts'
import { crossBuilders } from '../src/facts/cross-builders.ts'
import { quotedText } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { defineRule, type Report } from '../src/rule.ts'
import type { Build, Stage } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a builder stage that compiles Go for `$TARGETARCH` without cgo, but whose FROM does not say
 * `--platform=$BUILDPLATFORM`. Only stages that are understood as a whole count: nothing else in them depends on the platform,
 * and only what is compiled, or files such as certificates, is copied out of them. Files that show no sign of several
 * platforms are left alone.
 *
 * ## Why it matters
 *
 * A stage without `--platform` runs on the platform the image is for. Where that is not the builder's own, every
 * command of it runs under emulation, many times slower, although the compiler can
 * [cross-compile](https://docs.docker.com/build/building/multi-platform/#cross-compilation). And because the platform is in the
 * key of every RUN, not even the download of the modules is shared among the platforms.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM golang:1.23 AS build
 * WORKDIR /src
 * COPY go.mod go.sum ./
 * RUN go mod download
 * COPY . .
 * ARG TARGETOS TARGETARCH
 * RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o /out/app
 * FROM gcr.io/distroless/static
 * COPY --from=build /out/app /app
 * CMD ["/app"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM --platform=$BUILDPLATFORM golang:1.23 AS build
 * WORKDIR /src
 * COPY go.mod go.sum ./
 * RUN go mod download
 * COPY . .
 * ARG TARGETOS TARGETARCH
 * RUN CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH go build -o /out/app
 * FROM gcr.io/distroless/static
 * COPY --from=build /out/app /app
 * CMD ["/app"]
 * ```
 *
 * ## When not to use it
 *
 * When the image is only ever built on machines of its own platform.
 *
 * ## Cost model
 *
 * No change is simulated. How much slower emulation is depends on the machine; no time is stated.
 *
 * ## Fix safety
 *
 * Suggested: which version of 32-bit ARM a program is for, Go takes from the machine it runs on, unless `GOARM` says so; on another one
 * it compiles for version 7. Nothing else that is copied out of the stage depends on the platform.
 */
export default defineRule({
  id: 'builder-not-on-buildplatform',
  summary: 'A stage that cross-compiles runs on the target platform',
  category: 'buildkit',
  severity: 'info',
  fixable: 'suggested',

  *check(build) {
    for (const { root, compile } of crossBuilders(build)) {
      const from = build.text.slice(root.span.start, root.span.end)
      const call = { span: { start: compile.words[0]!.span.start, end: compile.command.span.end } }
      yield {
        at: root,
        message: `"${quotedText(from)}" runs on the platform of the image, so when that is not the builder's own everything up to "${quotedCommand(build, call, 40)}" (line ${lineOf(build, call.span)}) is emulated and slow, although that command cross-compiles for $TARGETARCH: add "--platform=$BUILDPLATFORM" to FROM.`,
        related: [{ at: call, message: 'compiled for the target here' }],
        ...pinned(build, root),
      }
    }
  },
})

function pinned({ globals }: Build, root: Stage): Pick<Report, 'fix' | 'noFix'> {
  if (globals.get('BUILDPLATFORM')?.span) return { noFix: 'an ARG of the file takes the place of BUILDPLATFORM' }
  const at = root.span.start + 'FROM'.length
  return {
    fix: {
      title: 'Add --platform=$BUILDPLATFORM to FROM', safety: 'suggested', assumes: 'the image is built with BuildKit, and not for 32-bit ARM before version 7',
      edits: [{ span: { start: at, end: at }, text: ' --platform=$BUILDPLATFORM' }],
    },
  }
}
