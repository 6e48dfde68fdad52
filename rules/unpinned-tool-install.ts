// Packages named on the command line without a version.
import { commentAbove } from '../src/facts/comments.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { listed } from '../src/facts/instruction-text.ts'
import { unpinnedPackages } from '../src/facts/unpinned-packages.ts'
import { defineRule } from '../src/rule.ts'

/** The author wants whatever is newest. */
const WANTED = /\b(?:latest|newest|unpinned|most recent|up[- ]to[- ]date)\b/i

/**
 * ## What it does
 *
 * Reports `npm install -g`, `pip install`, `pipx install`, `uv tool install`, `go install`, `cargo install`, `gem install`,
 * `dotnet tool install` and `pecl install` of packages that are named without a version, or at `latest` and the like. A range
 * such as `>=2` or `@10` counts as a choice, a variable as a version. It is silent where a constraints file, a folder of
 * packages or the project's manifest gives the version, for pip bringing itself, setuptools and wheel up to date, and where a
 * comment says that the newest is wanted. Packages of the operating system are reported only with the option `osPackages`,
 * because distributions drop old versions and a pinned one soon breaks the build.
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
    for (const { install, names, example } of unpinnedPackages(build)) {
      if (install.row.ecosystem === 'os' && (!osPackages || install.step.stage.windows) || WANTED.test(commentAbove(build, install.step))) continue
      yield {
        at: install,
        message: `"${quotedCommand(build, install)}" gives no version for ${listed(names)}, so the cached layer keeps an old one and a rebuild takes whatever is newest; name one, as in "${example}".`,
      }
    }
  },
})
