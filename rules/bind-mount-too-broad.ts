// A RUN that installs binds more of the build context than it reads. What it reads is worked out in src/facts/broad-binds.ts.
import { assuming } from '../src/edits/ignore-file.ts'
import { narrowed } from '../src/edits/narrow-binds.ts'
import { broadBinds, type BroadBind } from '../src/facts/broad-binds.ts'
import { assumedContext } from '../src/facts/broad-copies.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { listed, quotedText } from '../src/facts/instruction-text.ts'
import { costOf } from '../src/facts/step-costs.ts'
import { defineRule, mendingBy, type Fix } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a bind mount of the build context, or of a folder of it, on a RUN that installs dependencies and reads only some
 * of its files: the manifests of an install that is satisfied with them (`go mod download`, `npm ci`,
 * `pip install -r`), or files that the commands name one by one below the mount. It is silent where a command may read more:
 * compilers, installs of local projects, manifests with scripts or local packages, scripts, anything that
 * runs inside the mount.
 *
 * ## Why it matters
 *
 * The content of what a bind mount selects is in the key of the RUN, as it is for COPY
 * ([BuildKit: solver/llbsolver/ops/exec.go](https://github.com/moby/buildkit/blob/master/solver/llbsolver/ops/exec.go)).
 * Without `source` that is every file of the context. So an edit of any of them downloads everything again.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM golang:1.23
 * WORKDIR /src
 * RUN --mount=type=bind,target=. go mod download
 * COPY . .
 * RUN go build -o /app
 * ```
 *
 * ```files
 * go.mod
 * go.sum
 * main.go
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM golang:1.23
 * WORKDIR /src
 * RUN --mount=type=bind,source=go.mod,target=go.mod \
 *     --mount=type=bind,source=go.sum,target=go.sum \
 *     go mod download
 * COPY . .
 * RUN go build -o /app
 * ```
 *
 * ## When not to use it
 *
 * When the context holds hardly anything else, or nothing keeps a cache between two builds.
 *
 * ## Cost model
 *
 * A change of each bound file, alone. Counted are the files; the time is what such commands usually take.
 *
 * ## Fix safety
 *
 * Suggested: the command no longer finds the other files that were bound. Which it reads is taken from its manifests and its words.
 */
export default defineRule({
  id: 'bind-mount-too-broad',
  summary: 'An install binds more of the build context than it reads',
  category: 'buildkit',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    for (const bind of broadBinds(build)) {
      yield { at: bind.mount, message: messageOf(build, bind), mending: mendingBy('rewrite', bind.mount), cost: costOf(bind.step), ...fixOf(build, bind) }
    }
  },
})

function messageOf(build: Build, { mount, install, needs, files }: BroadBind): string {
  const source = mount.source === null || /^[./]*$/.test(mount.source) ? 'the whole build context' : `"${mount.source}"`
  const which = files === null ? 'any file of it' : `any of its ${files} files`
  const [first] = needs
  return `"${quotedText(build.text.slice(mount.span.start, mount.span.end))}" binds ${source}${assumedContext(build)}, so "${quotedCommand(build, install, 40)}" re-runs when ${which} changes, though it reads only ${listed(needs)}: bind ${needs.length > 1 ? 'each of these' : 'that file'} alone, with "source=${first}"${needs.length > 1 ? ' and so on' : ''}.`
}

function fixOf(build: Build, bind: BroadBind): { readonly fix: Fix } | { readonly noFix: string } {
  const found = narrowed(build, bind)
  if ('reason' in found) return { noFix: found.reason }
  return { fix: { title: `Bind ${listed(bind.needs)} alone`, safety: 'suggested', edits: found.edits, assumes: assuming(build, `"${quotedCommand(build, bind.install, 40)}" reads no other file`) } }
}
