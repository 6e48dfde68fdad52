// Points at the FROM of a last stage that stands on the one that compiled. The rest is worked out in src/facts/inherited-sources.ts.
import { inheritedSources, type InheritedSources } from '../src/facts/inherited-sources.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { quoted } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { defineRule } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a last stage that is built FROM a stage which copied the whole build context and compiled it with Go, Rust, Java or
 * .NET, when the image starts the compiled program. It needs the context: silent where that holds templates, migrations or
 * other files that a program may read as it runs. Images of one stage, images for development, and interpreted programs are
 * not reported; a base image that is an SDK is the matter of `sdk-image-as-final-base`.
 *
 * ## Why it matters
 *
 * FROM takes all layers of the stage below: sources, downloaded dependencies, objects and compilers are pushed and pulled with
 * each release, and each edit of a source file makes all of them anew.
 * [Multi-stage builds](https://docs.docker.com/build/building/multi-stage/) copy only the result.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM alpine:3.22 AS build
 * RUN apk add --no-cache go
 * WORKDIR /src
 * COPY . .
 * RUN go build -o /usr/local/bin/app ./cmd/app
 *
 * FROM build
 * USER nobody
 * ENTRYPOINT ["/usr/local/bin/app"]
 * ```
 *
 * ```files
 * go.mod
 * cmd/app/main.go
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM alpine:3.22 AS build
 * RUN apk add --no-cache go
 * WORKDIR /src
 * COPY . .
 * RUN go build -o /usr/local/bin/app ./cmd/app
 *
 * FROM alpine:3.22
 * COPY --from=build /usr/local/bin/app /usr/local/bin/app
 * USER nobody
 * ENTRYPOINT ["/usr/local/bin/app"]
 * ```
 *
 * ## When not to use it
 *
 * When the sources are meant to be in the image, for debugging or by licence.
 *
 * ## Cost model
 *
 * No change is simulated, and no size is stated: the layers of a build are not known without running it.
 */
export default defineRule({
  id: 'final-stage-inherits-sources',
  summary: 'The last stage ships the sources and tools of the stage that compiled',
  category: 'layers',
  severity: 'warning',

  *check(build) {
    const found = inheritedSources(build)
    if (!found) return
    yield {
      at: build.target,
      message: messageOf(build, found),
      related: [{ at: found.copy, message: 'the sources come in here' }, { at: found.compile, message: 'makes the program that the image starts' }],
    }
  },
})

function messageOf(build: Build, { builder, copy, compile }: InheritedSources): string {
  const from = build.text.slice(build.target.span.start, build.target.span.end)
  return `"${from}" ships all layers of stage "${builder.label}", with the sources of "${quoted(copy, 40)}" (line ${lineOf(build, copy.span)}) and the tools that compiled them, though only the result of "${quotedCommand(build, compile.command.command, 40)}" is started: start from a plain image and copy that result with COPY --from=${builder.label}.`
}
