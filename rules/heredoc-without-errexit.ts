// A here-document goes on after a failed command. Which failures stay hidden is worked out in src/facts/hidden-failures.ts.
import { withFirstLine } from '../src/edits/here-documents.ts'
import { quotedCommand } from '../src/facts/command-text.ts'
import { hiddenFailures, type HiddenFailures } from '../src/facts/hidden-failures.ts'
import { lineOf } from '../src/facts/lines.ts'
import { defineRule, mendingBy, type Fix } from '../src/rule.ts'
import type { Build } from '../src/model/build.ts'

/**
 * ## What it does
 *
 * Reports a command of a here-document that installs, downloads, unpacks or compiles, whose failure does not stop the
 * script, because no `set -e` is in force there. It is silent where the status is used (`||`, `if`, `&&` up to the end)
 * and where the shell stops by itself (`SHELL ["/bin/bash", "-e", "-c"]`, `#!/bin/sh -e`). Where the last command may need what failed, and so would fail as well,
 * the finding is only information.
 *
 * ## Why it matters
 *
 * The shell runs the lines of a here-document one after the other and ends with the status of the last one. BuildKit sees
 * only that status ([frontend/dockerfile/dockerfile2llb/convert.go](https://github.com/moby/buildkit/blob/master/frontend/dockerfile/dockerfile2llb/convert.go),
 * dispatchRun). So a download that failed for a moment gives a step that succeeded: its broken result is stored in the cache,
 * and every later build takes it from there until something below it changes.
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * RUN <<EOF
 * apt-get update
 * apt-get install -y curl
 * rm -rf /var/lib/apt/lists/*
 * EOF
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * RUN <<EOF
 * set -e
 * apt-get update
 * apt-get install -y curl
 * rm -rf /var/lib/apt/lists/*
 * EOF
 * ```
 *
 * ## When not to use it
 *
 * When the script is meant to go on after a failure. `|| true` behind that command says so.
 *
 * ## Cost model
 *
 * No change is simulated, and no time is stated.
 *
 * ## Fix safety
 *
 * Suggested: a command that fails today, unnoticed or on purpose, then fails the build.
 */
export default defineRule({
  id: 'heredoc-without-errexit',
  summary: 'A here-document goes on after a command that failed',
  category: 'buildkit',
  severity: 'warning',
  fixable: 'suggested',

  *check(build) {
    for (const stage of build.stages) {
      if (!stage.reachable || stage.windows) continue
      for (const step of stage.steps) {
        const hidden = step.kind === 'run' && !step.onbuild ? hiddenFailures(step) : null
        if (!hidden) continue
        yield {
          at: hidden.commands[0]!.command,
          message: messageOf(build, hidden),
          related: [{ at: hidden.last.command, message: 'the step ends with the status of this command' }],
          mending: `${mendingBy('rewrite', step)} errexit`,
          ...fixOf(build, hidden),
          ...hidden.isCertain ? {} : { lowered: true as const },
        }
      }
    }
  },
})

function messageOf(build: Build, { commands: [first], last, isCertain }: HiddenFailures): string {
  const end = `"${quotedCommand(build, last.command, 40)}" (line ${lineOf(build, last.command.span)})`
  const outcome = isCertain ? `the step succeeds with ${end} and its broken result is cached` : `only ${end} decides whether the step succeeds and is cached`
  return `When "${quotedCommand(build, first!.command)}" fails, the here-document goes on and ${outcome}; make "set -e" its first line.`
}

function fixOf(build: Build, { step, commands: [first] }: HiddenFailures): { readonly fix: Fix } | { readonly noFix: string } {
  const script = step.heredocs.find(({ bodySpan }) => first!.command.span.start >= bodySpan.start && first!.command.span.end <= bodySpan.end)
  if (!script || first!.command.depth > 0 && step.commands !== 'opaque' && step.commands.some(({ depth, span }) => depth === 0 && span.start >= script.bodySpan.start && span.start < first!.command.span.start)) return { noFix: `"${quotedCommand(build, first!.command, 40)}" stands in a script inside the here-document` }
  return { fix: { title: 'Make "set -e" the first line of the here-document', safety: 'suggested', assumes: 'no command of the here-document is meant to fail', edits: [withFirstLine(build, script, 'set -e')] } }
}
