// A copy from another stage takes more than the image can use. What came together there is in src/facts/stage-copies.ts.
import { quotedCommand } from '../src/facts/command-text.ts'
import { quoted } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { isForShipping } from '../src/facts/shipping.ts'
import { broadStageCopies, isPackageScript, type BroadStageCopy } from '../src/facts/stage-copies.ts'
import { defineRule, mendingBy } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a `COPY --from` a stage into the shipped image that takes the folder into which the sources were copied and in which
 * they were compiled (Go, Rust, .NET, Maven, Gradle, and the build script of a Node.js project), or the whole file system of a
 * stage, poured over another system. It is silent where the stage tidies up after the build, where the copy excludes something,
 * and where a whole system is copied into an empty stage or into a folder, which are ways to squash it and to ship a root file
 * system.
 *
 * ## Why it matters
 *
 * The image holds the sources, intermediate files and development dependencies beside the program, and because their content is
 * in the [key of the copy](https://docs.docker.com/build/cache/invalidation/#add-and-copy), every edit of a source makes a new
 * layer of them all, even if the program stays the same.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM golang:1.26 AS build
 * WORKDIR /src
 * COPY . .
 * RUN CGO_ENABLED=0 go build -o server .
 *
 * FROM alpine:3.22
 * COPY --from=build /src /app
 * CMD ["/app/server"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM golang:1.26 AS build
 * WORKDIR /src
 * COPY . .
 * RUN CGO_ENABLED=0 go build -o server .
 *
 * FROM alpine:3.22
 * COPY --from=build /src/server /app/server
 * CMD ["/app/server"]
 * ```
 *
 * ## When not to use it
 *
 * When the program reads its own sources, or the image is there to debug the build.
 *
 * ## Cost model
 *
 * No change is simulated, and no size is stated: what the build leaves is not known.
 */
export default defineRule({
  id: 'copy-from-too-broad',
  summary: 'A whole build tree or file system is copied from a stage',
  category: 'layers',
  severity: 'info',

  *check(build) {
    const found = broadStageCopies(build)
    if (found.length === 0 || !isForShipping(build)) return
    for (const broad of found) {
      const { copy, built } = broad
      yield {
        at: copy, message: messageOf(build, broad), mending: mendingBy('rewrite', copy),
        ...(built && { related: [{ at: built.sources, message: 'the sources come in here' }, { at: built.compiler.command, message: 'the program is built here' }] }),
      }
    }
  },
})

function messageOf(build: Build, { copy, source, built }: BroadStageCopy): string {
  if (!built) return `"${quoted(copy)}" takes the whole file system of "${source.label}" and writes it over that of this stage's base image; copy only the files that the image needs.`
  return `"${quoted(copy)}" takes the sources and everything else in "${built.folder}" along with what "${quotedCommand(build, built.compiler.command, 40)}" (line ${lineOf(build, built.compiler.command.span)}) builds there; copy only its result${isPackageScript(built.compiler) ? ', and the packages it needs' : ''}.`
}
