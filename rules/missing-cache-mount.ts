// Points at installs that a cache mount would spare work: src/facts/uncached-installs.ts. What mounts they get: src/facts/new-mounts.ts.
import { assumedOfHook, withoutHook } from '../src/edits/docker-clean.ts'
import { hasMounts, mountsAreUnknown, withMounts } from '../src/edits/mounts.ts'
import { costOf } from '../src/facts/step-costs.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { isWithin } from '../src/facts/image-paths.ts'
import { listed, quoted, quotedText } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { isLocked, newMounts, type NewMounts } from '../src/facts/new-mounts.ts'
import { uncachedInstalls, type UncachedInstall } from '../src/facts/uncached-installs.ts'
import { defineRule, mendingBy, type Fix, type Report } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'
import type { TextEdit } from '../src/text.ts'

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
 *
 * ## Fix safety
 *
 * Suggested: what lies in a mount is in no layer, so a program that looks for it there later finds nothing, and a builder that has no
 * mounts cannot build the file any more. All builds of a builder share the folder, with what their installs have compiled and kept in it.
 * No fix is offered where something else in the file names the folder or may put files into it, nor where a later command could not
 * fetch again: the mount may be empty although the step that filled it is taken from the cache.
 */
export default defineRule({
  id: 'missing-cache-mount',
  summary: 'A download that could outlive its step is repeated with it',
  category: 'buildkit',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    for (const uncached of uncachedInstalls(build)) {
      const [install, ...others] = uncached.installs
      const { when, mounted, copy } = uncached
      const mounts = mountsAreUnknown(build) ?? newMounts(build, uncached)
      yield {
        at: install!,
        message: messageOf(build, uncached, mounts),
        ...mendedBy(build, mounts),
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

function mendedBy(build: Build, mounts: readonly NewMounts[] | string): Pick<Report, 'fix' | 'noFix'> {
  if (typeof mounts === 'string') return { noFix: mounts }
  const steps = mounts.map(({ install }) => install.step)
  // What an image empties needs no mount.
  const hooks = mounts.flatMap(({ install: { manager, step }, folders }) => folders.flatMap(folder => (manager === 'apt' && isWithin('/var/cache/apt/archives', folder) ? [withoutHook(build, step, folder, steps)] : [])))
  const reason = hooks.find(hook => typeof hook === 'string')
  const edits = hooks.flatMap(hook => (typeof hook === 'string' ? [] : hook))
  return typeof reason === 'string' ? { noFix: reason } : { fix: fixOf(build, mounts, edits) }
}

function fixOf(build: Build, mounts: readonly NewMounts[], more: readonly TextEdit[]): Fix {
  const folders = [...new Set(mounts.flatMap(each => each.folders))]
  const places = mounts.length === 1 ? '' : ` to ${listed([...new Set(mounts.map(({ install }) => `"${quotedCommand(build, install.command.command, 40)}"`))], 3)}`
  return {
    title: `Add ${folders.length === 1 ? 'a cache mount' : 'cache mounts'} on ${listed(folders)}${places}`, safety: 'suggested',
    assumes: `nothing else needs what ${mounts[0]!.install.manager} keeps in ${listed(folders)}${more.length === 0 ? '' : `, ${assumedOfHook(mounts.map(({ install }) => install.step))}`}${hasMounts(build) ? '' : ', and the image is built with BuildKit'}`,
    edits: [...mounts.map(({ install, flags }) => withMounts(build, install.step, flags)), ...more],
    drops: folders.map(folder => `${folder}/**`),
  }
}

function messageOf(build: Build, uncached: UncachedInstall, mounts: readonly NewMounts[] | string): string {
  const { installs: [install, ...others], when, mounted, copy } = uncached
  const command = `"${quotedCommand(build, install!.command.command, 50)}"`
  const lines = [...new Set(others.map(other => String(lineOf(build, other.span))))]
  const where = lines.length === 0 ? 'to this RUN' : `to this RUN and to ${lines.length === 1 ? 'line' : 'lines'} ${listed(lines, 3)}`
  const mend = `add ${listed(mountsOf(build, uncached, mounts), 3)} ${where}`
  if (when === 'elsewhere') return `${command} has no access to the cache that line ${lineOf(build, mounted!.mount.span)} mounts for ${install!.manager}, so it fetches again what that step has: ${mend}.`
  if (when === 'edits' || when === 'manifests' && copy) return `${command} downloads all dependencies again when any file of "${quoted(copy!, 30)}" (line ${lineOf(build, copy!.span)}) changes, because nothing outlives the step: ${mend}.`
  if (when === 'compiles') return `${command} compiles all packages again when any file of "${quoted(copy!, 30)}" (line ${lineOf(build, copy!.span)}) changes, because nothing outlives the step: ${mend}.`
  return `${command} downloads all dependencies again when its manifests change, because nothing outlives the step: ${mend}.`
}

/** Longer ones would be cut, and nobody could copy them. */
const LONGEST_MOUNT = 90

function mountsOf(build: Build, { folders, same, uid, installs: [install] }: UncachedInstall, mounts: readonly NewMounts[] | string): readonly string[] {
  const more = `${uid === 0 ? '' : `,uid=${uid},gid=${uid}`}${isLocked(install!) ? ',sharing=locked' : ''}`
  const texts = typeof mounts !== 'string' ? mounts[0]!.flags : same.length > 0 ? same.map(({ mount }) => build.text.slice(mount.span.start, mount.span.end)) : folders.map(folder => `--mount=type=cache,target=${folder}${more}`)
  if (texts.some(text => text.length > LONGEST_MOUNT) && same.length > 0) return [`the ${texts.length > 1 ? `${texts.length} cache mounts` : 'cache mount'} of line ${lineOf(build, same[0]!.mount.span)}`]
  return texts.map(text => `"${quotedText(text, LONGEST_MOUNT)}"`)
}
