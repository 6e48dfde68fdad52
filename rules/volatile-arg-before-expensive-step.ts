// An ARG that differs from build to build stands above installs that do not use it.
import { earlyArguments } from '../src/facts/early-arguments.ts'
import { quoted } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { costOfAll } from '../src/facts/step-costs.ts'
import { defineRule, mendingBy } from '../src/rule.ts'

/**
 * ## What it does
 *
 * Reports an `ARG` whose name says that its value is a commit, a date or a build number, declared above an install that
 * does not use it. It is silent when the default pins a version, and from the first step on that uses the value or may
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
 */
export default defineRule({
  id: 'volatile-arg-before-expensive-step',
  summary: 'A build argument that changes every time re-runs installs that do not use it',
  category: 'order',
  severity: 'warning',

  *check(build) {
    for (const { setting, variable, steps, carriers } of earlyArguments(build)) {
      const [first, ...rest] = steps
      if (!first || carriers.length > 0) continue
      const more = rest.length === 0 ? '' : ` and ${rest.length} more ${rest.length === 1 ? 'install' : 'installs'}`
      yield {
        at: setting,
        message: `"${quoted(setting)}" comes before "${quoted(first, 40)}" (line ${lineOf(build, first.span)})${more}, which ${rest.length === 0 ? 'does' : 'do'} not use ${variable.name} but ${rest.length === 0 ? 're-runs' : 're-run'} whenever its value changes.`,
        related: steps.map(step => ({ at: step, message: `runs again with every new ${variable.name}` })),
        cost: costOfAll(steps),
        mending: mendingBy('move', setting),
      }
    }
  },
})
