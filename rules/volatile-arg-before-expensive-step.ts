// An ARG that differs from build to build stands above installs that do not use it.
import { settingsBelow } from '../src/edits/settings-below.ts'
import { earlyArguments, remainingArgument, type EarlyArgument } from '../src/facts/early-arguments.ts'
import { listed, quoted } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { costOfAll } from '../src/facts/step-costs.ts'
import type { Build, RunStep } from '../src/model/build.ts'
import { defineRule, mendingBy, type Report } from '../src/rule.ts'

/**
 * ## What it does
 *
 * Reports an `ARG` whose name, or the label `org.opencontainers.image.created` or `.revision` that it fills, says that its value is a commit,
 * a date or a build number, declared above an install that does not use it. It is silent when the default pins a version, and from the first step on that uses the value or may
 * read it: a compiler, a script, a version plug-in. Where an `ENV` made from it stands above the install as well, that is the
 * matter of `volatile-env-before-expensive-step`; one that is there to defeat the cache is that of `cache-bust-hack`.
 *
 * ## Why it matters
 *
 * Every ARG that has a value is part of the environment of all later RUN steps of its stage, and the environment is part
 * of their key, whether they use it or not. With a new commit id on every build, no install below is ever taken from the
 * cache. COPY, ADD and WORKDIR depend on a variable only where they name it, LABEL and ENV are no steps
 * ([Docker docs: ARG, impact on build caching](https://docs.docker.com/reference/dockerfile/#impact-on-build-caching)).
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * ARG GIT_COMMIT
 * RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
 * LABEL org.opencontainers.image.revision=$GIT_COMMIT
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
 * ARG GIT_COMMIT
 * LABEL org.opencontainers.image.revision=$GIT_COMMIT
 * ```
 *
 * ## When not to use it
 *
 * When the argument is meant to renew the installs, such as a date that is passed once a week.
 *
 * ## Cost model
 *
 * Simulated: another value of the argument. Reported are the installs that run again before anything uses it;
 * the cost is theirs, from the table of typical costs.
 *
 * ## Fix safety
 *
 * Safe where only packages of the distribution and plain commands come to stand above the argument. Suggested where packages of a language are
 * installed there: what they run as they are installed could read the variable. None is offered while another argument that changes as often
 * stays above the same installs, where a move would gain nothing.
 */
export default defineRule({
  id: 'volatile-arg-before-expensive-step',
  summary: 'A build argument that changes every time re-runs installs that do not use it',
  category: 'order',
  severity: 'warning',
  fixable: 'safe',

  *check(build) {
    // Several that stand above one install have to move together.
    const groups = new Map<RunStep, EarlyArgument[]>()
    for (const early of earlyArguments(build)) {
      const first = early.steps[0]
      if (first && early.carriers.length === 0) groups.set(first, [...groups.get(first) ?? [], early])
    }
    for (const group of groups.values()) yield reportOf(build, group[0]!, group.slice(1))
  },
})

function reportOf(build: Build, { setting, variable, steps }: EarlyArgument, others: readonly EarlyArgument[]): Report {
  const [first, ...rest] = steps
  const [more, use, rerun, below] = rest.length === 0 ? ['', 'does', 're-runs', 'that RUN'] : [` and ${rest.length} more ${rest.length === 1 ? 'install' : 'installs'}`, 'do', 're-run', 'the last of them']
  const settings = [...new Set(others.map(other => other.setting))].filter(other => other !== setting)
  const lines = settings.map(other => String(lineOf(build, other.span)))
  const moved = lines.length === 0 ? 'it' : `it and the ARG of ${lines.length === 1 ? 'line' : 'lines'} ${listed(lines)}`
  const remaining = remainingArgument(build, [{ setting, variable, steps, carriers: [] }, ...others])
  return {
    at: setting,
    message: `"${quoted(setting)}" comes before "${quoted(first!, 40)}" (line ${lineOf(build, first!.span)})${more}, which ${use} not use ${variable.name} but ${rerun} whenever its value changes; move ${moved} below ${below}.`,
    related: [...settings.map(at => ({ at, message: 'to be moved as well' })), ...steps.map(step => ({ at: step, message: `runs again with every new ${variable.name}` }))],
    cost: costOfAll(steps),
    mending: mendingBy('move', setting),
    ...remaining ? { noFix: `"${quoted(remaining.setting, 40)}" (line ${lineOf(build, remaining.setting.span)}) stays above and changes as often` }
      : settingsBelow(build, [{ setting, variable }, ...others], [...new Set([steps, ...others.map(other => other.steps)].flat())]),
  }
}
