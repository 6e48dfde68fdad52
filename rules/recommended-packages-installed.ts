// Points at the install. What a package recommends is in src/data/recommended-packages.ts.
import { inQuotes, withoutRecommended } from '../src/edits/package-lists.ts'
import { recommendedIn } from '../src/data/recommended-packages.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { listed } from '../src/facts/instruction-text.ts'
import { recommendedInstalls, type Recommended } from '../src/facts/recommended-packages.ts'
import { isForShipping } from '../src/facts/shipping.ts'
import { defineRule, type Report } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports an apt install in the image without `--no-install-recommends`, where one of its packages is known to bring at least
 * `minMegabytes` that it only recommends. Most packages bring nothing, or little: those are not reported. The figures are
 * those of Debian 12; on older releases it is silent, and so is it on base images that have compilers and libraries
 * installed, where the configuration of apt is changed, where the step removes packages again, in builder stages and in
 * images for development, tests or builds.
 *
 * ## Why it matters
 *
 * A recommendation is what most people want on a desktop or server: manuals, fonts, compilers to build extensions with. In
 * an image it is pushed, pulled and stored for nothing. Docker's
 * [build best practices](https://docs.docker.com/build/building/best-practices/#dont-install-unnecessary-packages) ask to
 * leave it out. Some packages do need a recommended one for what you do with them (a compiler its headers): name it.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * RUN apt-get update && apt-get install -y python3-pip
 * CMD ["python3"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * RUN apt-get update && apt-get install -y --no-install-recommends python3-pip
 * CMD ["python3"]
 * ```
 *
 * ## When not to use it
 *
 * When the image is meant to have everything that a package can make use of.
 *
 * ## Cost model
 *
 * No change is simulated. The bytes are those of the one package of the install that brings most, installed, in Debian 12.
 *
 * ## Fix safety
 *
 * Suggested: the program may use one of the recommended packages. What is known to be needed is named (the headers of a compiler, the
 * certificates of a client), and where compilers are only recommended and something may compile there is no fix.
 */
export default defineRule({
  id: 'recommended-packages-installed',
  summary: 'Packages are installed that others only recommend',
  category: 'layers',
  severity: 'info',
  fixable: 'suggested',
  options: {
    minMegabytes: { type: 'number', default: 20, doc: 'Packages that bring less are not reported; less than 20 MB is never known.' },
  },

  *check(build, { minMegabytes }) {
    if (!isForShipping(build)) return
    for (const found of recommendedInstalls(build)) {
      const { install, name, packages, megabytes, recommended, needed } = found
      if (megabytes < minMegabytes) continue
      yield {
        at: install,
        message: `"${quotedCommand(build, install)}" also installs what is only recommended: for "${name.text}" alone ${packages} packages of ${megabytes} MB in ${recommendedIn} (${recommended.slice(0, 3).join(', ')}${recommended.length > 3 ? ', …' : ''}); add "--no-install-recommends" and name those you need${needed.length === 0 ? '' : `, ${listed(needed.map(other => `"${other}"`), 3)} at least`}.`,
        cost: { seconds: 0, bytes: megabytes * 1_000_000 },
        ...fixOf(build, found),
      }
    }
  },
})

function fixOf(build: Build, found: Recommended): Pick<Report, 'fix' | 'noFix'> {
  const made = withoutRecommended(build, found)
  if ('reason' in made) return { noFix: made.reason }
  const { name, needed, recommended } = found
  const others = `${recommended.slice(0, 3).join(', ')}${recommended.length > 3 ? ', …' : ''}`
  return {
    fix: {
      title: `Add --no-install-recommends${needed.length === 0 ? '' : ` and name ${inQuotes(needed)}`}`, safety: 'suggested', edits: made.edits,
      assumes: `${needed.length === 0 ? 'nothing' : 'nothing else'} that "${name.text}" and the other packages only recommend is needed (${others})`,
    },
  }
}
