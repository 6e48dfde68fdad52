// An ENV made from a build argument that differs from build to build stands above installs that do not use it.
import { quotedRun } from '../src/facts/command-text.ts'
import { settingsBelow } from '../src/edits/settings-below.ts'
import { earlyArguments, type Carrier, type EarlyArgument } from '../src/facts/early-arguments.ts'
import { listed, quoted, quotedText } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { costOfAll } from '../src/facts/step-costs.ts'
import type { Build, RunStep } from '../src/model/build.ts'
import { defineRule, mendingBy, type Report } from '../src/rule.ts'

/**
 * ## What it does
 *
 * Reports an `ENV` made from an `ARG` whose name says that its value is a commit, a date or a build number, declared above
 * an install that does not use it, in the same stage or in one built FROM it. It is silent when the default of the argument
 * pins a version, when the variable steers a tool (`PATH`, `NODE_ENV`, `PIP_…`), and from the first step on that uses the
 * value or may read it: a compiler, a script, a version plug-in. An `ARG` without such an `ENV` is the matter of
 * `volatile-arg-before-expensive-step`.
 *
 * ## Why it matters
 *
 * Every ENV, and every ARG that has a value, is part of the environment of all later RUN steps of the stage and of the
 * stages built FROM it, and the environment is part of their key, whether they use it or not
 * ([Docker docs: ARG, impact on build caching](https://docs.docker.com/reference/dockerfile/#impact-on-build-caching)).
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * ARG GIT_COMMIT
 * ENV APP_REVISION=$GIT_COMMIT
 * RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
 * CMD ["curl", "--version"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
 * ARG GIT_COMMIT
 * ENV APP_REVISION=$GIT_COMMIT
 * CMD ["curl", "--version"]
 * ```
 *
 * ## When not to use it
 *
 * When the argument is meant to renew the installs, such as a date that is passed once a week.
 *
 * ## Cost model
 *
 * Simulated: another value of the argument. Reported are the installs that run again before anything uses it; the cost is
 * theirs, from the table of typical costs.
 *
 * ## Fix safety
 *
 * Safe where only packages of the distribution and plain commands come to stand above the variable. Suggested where packages of a language are
 * installed there: what they run as they are installed could read it.
 */
export default defineRule({
  id: 'volatile-env-before-expensive-step',
  summary: 'A variable made from a build argument that changes every time re-runs installs that do not use it',
  category: 'order',
  severity: 'warning',
  fixable: 'safe',

  *check(build) {
    // Several that stand above one install have to move together.
    const groups = new Map<RunStep, Carried[]>()
    for (const { setting, variable, steps, carriers } of earlyArguments(build)) {
      const [carrier] = carriers
      const first = steps[0]
      if (first && carrier) groups.set(first, [...groups.get(first) ?? [], { setting, variable, steps, carrier }])
    }
    for (const group of groups.values()) yield reportOf(build, group[0]!, group)
  },
})

interface Carried extends Omit<EarlyArgument, 'carriers'> { readonly carrier: Carrier }

function reportOf(build: Build, { setting, variable, steps, carrier }: Carried, group: readonly Carried[]): Report {
  const [first, ...rest] = steps
  const [more, use, rerun, below] = rest.length === 0 ? ['', 'does', 're-runs', 'that RUN'] : [` and ${rest.length} more ${rest.length === 1 ? 'install' : 'installs'}`, 'do', 're-run', 'the last of them']
  const span = carrier.setting.assigns.length > 1 ? carrier.variable.span! : carrier.setting.span
  const names = listed([...new Set(group.map(entry => entry.carrier.variable.name))])
  // A stage built FROM it installs: below that install the variable would miss in the others.
  const advice = steps.some(step => step.stage !== carrier.setting.stage)
    ? `declare and set ${names} at the end of the stages that use ${group.length === 1 ? 'it' : 'them'}`
    : `set ${names} below ${below}, and move the ${group.length === 1 ? 'ARG' : 'ARGs'} there`
  return {
    at: { span },
    message: `"${quotedText(build.text.slice(span.start, span.end))}" hangs on "${quoted(setting, 40)}" (line ${lineOf(build, setting.span)}), so "${quotedRun(build, first!, 40)}" (line ${lineOf(build, first!.span)})${more}, which ${use} not use ${carrier.variable.name}, ${rerun} with every new value; ${advice}.`,
    related: [
      { at: setting, message: 'the value comes from here' },
      ...group.slice(1).map(entry => ({ at: entry.carrier.setting, message: 'to be moved as well' })),
      ...steps.map(step => ({ at: step, message: `runs again with every new ${variable.name}` })),
    ],
    cost: costOfAll(steps),
    mending: mendingBy('move', setting),
    ...settingsBelow(build, group, [...new Set(group.flatMap(entry => entry.steps))]),
  }
}
