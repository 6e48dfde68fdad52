// Packages named on the command line without a version.
import { commentAbove } from '../src/facts/comments.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { listed } from '../src/facts/instruction-text.ts'
import { isForShipping } from '../src/facts/shipping.ts'
import { rootOf } from '../src/facts/stage-trees.ts'
import { kindOfFile } from '../src/facts/stages.ts'
import { unpinnedPackages } from '../src/facts/unpinned-packages.ts'
import { defineRule } from '../src/rule.ts'
import type { Build, RunStep, Stage } from '../src/model/build.ts'

/** The author wants whatever is newest. */
const WANTED = /\b(?:latest|newest|unpinned|most recent|up[- ]to[- ]date|keep\b.{1,40}\bcurrent)\b/i

/** Folders whose images serve the project's own people. */
const FOR_DEVELOPERS = /(?:^|\/)(?:dev|devel|devenv|development|debug|docs?|hack|test|tests|testing|integration[-_]tests?|healthchecks?)\//

/** Base images of machines that build and test. */
const FOR_BUILDS = /(?:^|[/_-])(?:build-?tools?|prereqs|devcontainers?)(?:[/:_-]|$)/

/**
 * ## What it does
 *
 * Reports `npm install -g`, `pip install`, `pipx install`, `uv tool install`, `go install`, `cargo install`, `gem install`,
 * `dotnet tool install` and `pecl install` of packages that are named without a version, or at `latest` and the like. A range
 * such as `>=2` or `@10` counts as a choice, a variable as a version. It is silent where a constraints file, a folder of
 * packages or the project's manifest gives the version, for pip bringing itself, setuptools and wheel up to date, for bundler,
 * which takes the version that the lock file names, and where a comment says that the newest is wanted. Images for development,
 * tests and builds, and images that start nothing, are left alone: there the newest tool is often what people want. One RUN is
 * one finding, and so are several that name the same packages. Packages of the operating system are reported only with the option `osPackages`, in any image, because
 * distributions drop old versions and a pinned one soon breaks the build.
 *
 * ## Why it matters
 *
 * The key of a RUN holds its text and what stands below it, nothing of what it downloads
 * ([BuildKit: solver/llbsolver/ops/exec.go](https://github.com/moby/buildkit/blob/master/solver/llbsolver/ops/exec.go)). A
 * cached step keeps the version of the day it ran; whatever re-runs it, an edit of another line or an empty cache, brings
 * another one without anybody having asked.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM node:22
 * RUN npm install -g serve
 * CMD ["serve", "/site"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM node:22
 * RUN npm install -g serve@14.2.4
 * CMD ["serve", "/site"]
 * ```
 *
 * ## When not to use it
 *
 * When the image is rebuilt without a cache on a schedule and is meant to follow the newest versions.
 *
 * ## Cost model
 *
 * No change is simulated and no cost assumed: the finding is about what a cached layer holds.
 */
export default defineRule({
  id: 'unpinned-tool-install',
  summary: 'A named tool or package is installed at no version',
  category: 'pinning',
  severity: 'info',
  options: {
    osPackages: { type: 'boolean', default: false, doc: 'Report packages of apt, apk, dnf and the like as well.' },
  },

  *check(build, { osPackages }) {
    const found = unpinnedPackages(build)
    if (found.length === 0) return
    const isQuiet = !isForShipping(build) || kindOfFile(build) === 'tool' || FOR_DEVELOPERS.test(build.path.toLowerCase())
    for (const { installs: [install, ...others], names, example } of found) {
      const isOs = install?.row.ecosystem === 'os'
      if (!install || (isOs ? !osPackages || install.step.stage.windows : isQuiet || isForBuilds(install.step.stage)) || isWanted(build, install.step)) continue
      const subject = `"${quotedCommand(build, install)}"${others.length > 0 ? ` and ${others.length} more give` : ' gives'}`
      yield {
        at: install,
        message: `${subject} no version for ${listed(names, 3)}, so a cached layer keeps an old one and a rebuild may bring another unasked; name one, as in "${example}".`,
        related: others.map(other => ({ at: other, message: 'no version here, either' })),
      }
    }
  },
})

function isForBuilds(stage: Stage): boolean {
  const { base } = rootOf(stage)
  return base.kind === 'image' && FOR_BUILDS.test(base.ref ?? base.text)
}

/** By a comment above the step, or above the variables that are set for it. */
function isWanted(build: Build, step: RunStep): boolean {
  const { instructions } = step.stage
  let at = instructions.findIndex(({ span }) => span.start === step.span.start)
  let text = commentAbove(build, step)
  for (; text === '' && /^(?:ENV|ARG)$/.test(instructions[at - 1]?.keyword ?? ''); at--) text = commentAbove(build, instructions[at - 1]!)
  return WANTED.test(text)
}
