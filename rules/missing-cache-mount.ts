// Points at installs that a cache mount would spare work. Which ones those are is worked out in src/facts/uncached-installs.ts.
import { costOf } from '../src/facts/step-costs.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { listed, quoted, quotedText } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { uncachedInstalls, type UncachedInstall } from '../src/facts/uncached-installs.ts'
import { defineRule, mendingBy } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a RUN that downloads or compiles dependencies and keeps nothing for its next execution. It warns where another step of
 * the file has a cache mount for the same tool and this one has not, and where any edit of the sources repeats the download
 * although the copies stand in the best order there is (Gradle, Maven, cargo and sbt fetch while they compile). As information it
 * mentions installs that only their manifests re-run, `go build` below `go mod download`, and packages of the system. One finding
 * stands for all commands of one tool. It is silent
 * where the cache is switched off or cleaned, where its folder is not known, is copied out of the stage or read as the program runs, and of
 * tools installed by name.
 *
 * ## Why it matters
 *
 * The layer cache knows a step as a whole: when one file it depends on changes, all of it is executed, from an empty folder. A
 * [cache mount](https://docs.docker.com/build/cache/optimize/#use-cache-mounts) is a folder of the builder that outlives the step,
 * so that only what is new is fetched; and what lies in it is in no layer.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM gradle:8-jdk21 AS build
 * WORKDIR /src
 * COPY . .
 * RUN gradle --no-daemon bootJar
 *
 * FROM eclipse-temurin:21-jre
 * COPY --from=build /src/build/libs/app.jar /app.jar
 * CMD ["java", "-jar", "/app.jar"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM gradle:8-jdk21 AS build
 * WORKDIR /src
 * COPY . .
 * RUN --mount=type=cache,target=/home/gradle/.gradle/caches,sharing=locked gradle --no-daemon bootJar
 *
 * FROM eclipse-temurin:21-jre
 * COPY --from=build /src/build/libs/app.jar /app.jar
 * CMD ["java", "-jar", "/app.jar"]
 * ```
 *
 * ## When not to use it
 *
 * When each build runs on a fresh machine: a cache mount is in no cache export, so nothing is left of it there. Nor with builders
 * that have no mounts (kaniko; the classic builder).
 *
 * ## Cost model
 *
 * One execution of the step with nothing kept. Seconds are those of the table of typical costs.
 */
export default defineRule({
  id: 'missing-cache-mount',
  summary: 'A download that could outlive its step is repeated with it',
  category: 'buildkit',
  severity: 'warning',

  *check(build) {
    for (const uncached of uncachedInstalls(build)) {
      const [install, ...others] = uncached.installs
      const { when, mounted, copy } = uncached
      yield {
        at: install!,
        message: messageOf(build, uncached),
        related: [
          ...mounted ? [{ at: mounted.mount, message: 'this step has a mount for it' }] : [],
          ...copy ? [{ at: copy, message: 'any edit of these files repeats it' }] : [],
          ...others.map(other => ({ at: other, message: 'this command needs the same mount' })),
        ],
        cost: costOf(install!.step),
        mending: mendingBy('cache', install!),
        ...((when === 'manifests' || when === 'compiles' || install!.row.ecosystem === 'os') && { lowered: true }),
      }
    }
  },
})

function messageOf(build: Build, uncached: UncachedInstall): string {
  const { installs: [install, ...others], when, mounted, copy } = uncached
  const command = `"${quotedCommand(build, install!.command.command, 50)}"`
  const lines = [...new Set(others.map(other => String(lineOf(build, other.span))))]
  const where = lines.length === 0 ? 'to this RUN' : `to this RUN and to ${lines.length === 1 ? 'line' : 'lines'} ${listed(lines, 3)}`
  const mend = `add ${listed(mountsOf(build, uncached), 3)} ${where}`
  if (when === 'elsewhere') return `${command} has no access to the cache that line ${lineOf(build, mounted!.mount.span)} mounts for ${install!.manager}, so it fetches again what that step has: ${mend}.`
  if (when === 'edits' || when === 'manifests' && copy) return `${command} downloads all dependencies again when any file of "${quoted(copy!, 30)}" (line ${lineOf(build, copy!.span)}) changes, because nothing outlives the step: ${mend}.`
  if (when === 'compiles') return `${command} compiles all packages again when any file of "${quoted(copy!, 30)}" (line ${lineOf(build, copy!.span)}) changes, because nothing outlives the step: ${mend}.`
  return `${command} downloads all dependencies again when its manifests change, because nothing outlives the step: ${mend}.`
}

/** Longer ones would be cut, and nobody could copy them. */
const LONGEST_MOUNT = 90

function mountsOf(build: Build, { folders, same, uid, installs: [install] }: UncachedInstall): readonly string[] {
  const texts = same.map(({ mount }) => build.text.slice(mount.span.start, mount.span.end))
  if (texts.some(text => text.length > LONGEST_MOUNT)) return [`the ${texts.length > 1 ? `${texts.length} cache mounts` : 'cache mount'} of line ${lineOf(build, same[0]!.mount.span)}`]
  if (texts.length > 0) return texts.map(text => `"${quotedText(text, LONGEST_MOUNT)}"`)
  const more = `${uid === 0 ? '' : `,uid=${uid},gid=${uid}`}${install!.row.sharing === 'locked' ? ',sharing=locked' : ''}`
  return folders.map(folder => `"--mount=type=cache,target=${folder}${more}"`)
}
