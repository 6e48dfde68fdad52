// A predefined proxy argument is declared: its value enters the key of every RUN below.
import { withoutVariables } from '../src/edits/moves.ts'
import { withoutInstructions } from '../src/edits/removals.ts'
import { quotedRun } from '../src/facts/command-text.ts'
import { listed, quoted } from '../src/facts/instruction-text.ts'
import { lineOf } from '../src/facts/lines.ts'
import { declaredProxies, type DeclaredProxy } from '../src/facts/proxy-arguments.ts'
import { costOfAll } from '../src/facts/step-costs.ts'
import type { Build } from '../src/model/build.ts'
import { defineRule, mendingBy, type Report } from '../src/rule.ts'

/**
 * ## What it does
 *
 * Reports `ARG HTTP_PROXY`, `HTTPS_PROXY`, `FTP_PROXY`, `NO_PROXY` and `ALL_PROXY`, in any case, inside a stage with a RUN
 * below. It is silent when the file gives the argument a value, and when any other instruction of the stage or of one built
 * FROM it names the variable: an ENV that keeps it, or a command that writes it into settings, wants it in the key.
 *
 * ## Why it matters
 *
 * The proxy arguments are predefined: passed with `--build-arg` or by the client's configuration they reach every RUN without
 * being declared, and then they are left out of the cache key. Declared, the address is part of the key of each RUN below, so
 * machines behind different proxies share no cache and a new address runs everything again
 * ([Docker docs: predefined ARGs](https://docs.docker.com/reference/dockerfile/#predefined-args)).
 *
 * ## Bad
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * ARG HTTP_PROXY
 * RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
 * CMD ["curl", "--version"]
 * ```
 *
 * ## Good
 *
 * ```dockerfile
 * FROM debian:bookworm-slim
 * RUN apt-get update && apt-get install -y --no-install-recommends curl && rm -rf /var/lib/apt/lists/*
 * CMD ["curl", "--version"]
 * ```
 *
 * ## When not to use it
 *
 * When the image is built by an engine that does not know the predefined arguments.
 *
 * ## Cost model
 *
 * Another value of the argument re-runs every RUN below the declaration. The cost is theirs, from the table of typical costs.
 *
 * ## Fix safety
 *
 * Safe where the argument is declared without a value: each RUN gets the same variables as before. Suggested where the file makes it empty, since that
 * hides a variable of the base image.
 */
export default defineRule({
  id: 'declared-proxy-arg',
  summary: 'A predefined proxy argument is declared, which puts it into the cache key',
  category: 'order',
  severity: 'info',
  fixable: 'safe',

  *check(build) {
    for (const declared of declaredProxies(build)) {
      const { settings, names, runs } = declared
      const [setting, ...others] = settings
      const [first, ...rest] = runs
      const where = `"${quotedRun(build, first!, 40)}" (line ${lineOf(build, first!.span)})${rest.length === 0 ? '' : ` and ${rest.length} more RUN ${rest.length === 1 ? 'step' : 'steps'}`}`
      const places = others.length === 0 ? '' : ` here and on ${others.length === 1 ? 'line' : 'lines'} ${listed(others.map(other => String(lineOf(build, other.span))))}`
      yield {
        at: setting!,
        message: `"${quoted(setting!)}" puts the proxy, which differs between machines, into the cache key of ${where}, although RUN gets it undeclared; delete ${listed(names)}${places}.`,
        related: others.map(at => ({ at, message: 'declares another one' })),
        cost: costOfAll(runs),
        mending: mendingBy('rewrite', setting!),
        ...proxyFix(build, declared),
      }
    }
  },
})

function proxyFix(build: Build, { settings, names, setElsewhere }: DeclaredProxy): Pick<Report, 'fix' | 'noFix'> {
  if (setElsewhere) return { noFix: `line ${lineOf(build, setElsewhere.span)} sets ${names.length === 1 ? 'it' : 'one of them'} for this stage, and the declaration lets another value win` }
  const isGone = (name: string): boolean => names.includes(name)
  const whole = settings.filter(({ assigns }) => assigns.every(({ name }) => isGone(name)))
  const parts = settings.filter(setting => !whole.includes(setting)).map(setting => withoutVariables(build, setting, setting.assigns.filter(({ name }) => isGone(name)).map(({ span }) => span!)))
  if (parts.includes(null)) return { noFix: 'a comment stands between the variables of one instruction' }
  const edits = [...withoutInstructions(build, whole), ...parts.flatMap(part => part ?? [])]
  const empty = settings.flatMap(({ assigns }) => assigns).filter(({ name, value }) => isGone(name) && value !== null).map(({ name }) => name)
  const title = `Delete ARG ${listed(names)}`
  return { fix: empty.length === 0 ? { title, safety: 'safe', edits } : { title, safety: 'suggested', assumes: `the base image sets no ${listed(empty)}`, edits } }
}
