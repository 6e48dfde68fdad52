// Points at the second install. What is certainly there already is worked out in src/facts/repeated-packages.ts.
import { inQuotes, withoutRepeated } from '../src/edits/package-lists.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { listed } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { repeatedPackages, type RepeatedInstall } from '../src/facts/repeated-packages.ts'
import { defineRule, type Report } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports packages of the distribution that a list names twice, or that an earlier install of the same stage, or of a stage
 * it is built FROM, has put there already. Versions, other repositories, `--virtual` groups of apk and everything that may
 * remove packages in between keep it silent. Stages beside one another are not compared: equal first steps are one step and
 * run once.
 *
 * ## Why it matters
 *
 * The second install does nothing for these packages, but whoever changes the list later has to find both places: a package
 * that is dropped from one of them stays in the image. Where nothing else is installed, the step
 * [refreshes the package index](https://docs.docker.com/build/building/best-practices/#apt-get) for nothing.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * RUN apt-get update && apt-get install -y --no-install-recommends curl git
 * RUN apt-get update && apt-get install -y --no-install-recommends curl jq
 * CMD ["jq"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * RUN apt-get update && apt-get install -y --no-install-recommends curl git
 * RUN apt-get update && apt-get install -y --no-install-recommends jq
 * CMD ["jq"]
 * ```
 *
 * ## When not to use it
 *
 * When each list is meant to be complete by itself, so that stages can be taken apart.
 *
 * ## Cost model
 *
 * No change is simulated. The repeated packages cost next to nothing; a step that installs nothing else costs its refresh.
 *
 * ## Fix safety
 *
 * Safe within one list. Suggested otherwise: the second install may bring a newer version than the first, when that one comes from
 * the cache.
 */
export default defineRule({
  id: 'repeated-package-install',
  summary: 'A package is installed that is there already',
  category: 'layers',
  severity: 'info',
  fixable: 'safe',

  *check(build) {
    for (const found of repeatedPackages(build)) {
      const [first] = found.repeated
      if (!first) continue
      const earlier = [...new Set(found.repeated.map(({ earlierInstall }) => earlierInstall))].filter(install => install !== found.install)
      yield {
        at: first.name.word ?? found.install,
        message: messageOf(build, found),
        related: [...found.repeated.flatMap(({ earlier: { word }, earlierInstall }) => (earlierInstall === found.install && word ? [{ at: word, message: 'named here first' }] : [])), ...earlier.map(at => ({ at, message: 'installed here first' }))],
        ...fixOf(build, found),
      }
    }
  },
})

function fixOf(build: Build, found: RepeatedInstall): Pick<Report, 'fix' | 'noFix'> {
  const made = withoutRepeated(build, found)
  if ('reason' in made) return { noFix: made.reason }
  const names = [...new Set(found.repeated.map(({ name }) => name.text))]
  const before = found.repeated.find(({ earlierInstall }) => earlierInstall !== found.install)?.earlierInstall
  const title = found.isAll ? `Drop the second install of ${inQuotes(names)}` : `Name ${inQuotes(names)} once`
  return { fix: before ? { title, safety: 'suggested', assumes: `no newer version of ${inQuotes(names)} is wanted than "${quotedCommand(build, before, 40)}" installs`, edits: made.edits } : { title, safety: 'safe', edits: made.edits } }
}

function messageOf(build: Build, { install, repeated, isAll }: RepeatedInstall): string {
  const command = quotedCommand(build, install, 50)
  const names = listed(repeated.map(({ name }) => `"${name.text}"`), 5)
  const before = repeated.find(({ earlierInstall }) => earlierInstall !== install)?.earlierInstall
  if (!before) return `"${command}" names ${names} twice: drop the second ${repeated.length > 1 ? 'ones' : 'one'}.`
  return `"${command}" installs ${names} again after "${quotedCommand(build, before, 40)}" (line ${lineOf(build, before.span)}): drop ${isAll ? 'the install' : repeated.length > 1 ? 'them from this list' : 'it from this list'}.`
}
