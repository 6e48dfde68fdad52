// What suppression comments do to findings: those they cover go, and ours that cover nothing become findings themselves.
import { buildkitRules, hadolintRules } from './data/compatibility.ts'
import { nearest } from './nearest.ts'
import type { Places, Unkeyed } from './places.ts'
import type { ActiveRule, Finding } from './rule.ts'
import type { Ignore } from './syntax/ignores.ts'
import type { Span } from './text.ts'

/** The rule under which comments of ours that suppress nothing are reported. */
const unusedIgnore = 'unused-ignore'

interface Entry { readonly ignore: Ignore; readonly rule: string; readonly span: Span }
export interface Suppression { readonly kept: readonly Finding[]; readonly unused: readonly Entry[] }

/** Splits off the findings that a comment covers, and the comments of ours that cover none. */
export function suppress(findings: readonly Finding[], ignores: readonly Ignore[], places: Places): Suppression {
  const entries = ignores.flatMap(entriesOf)
  const covered = new Set(entries.map(reachOf))
  const used = new Set<string>()
  const kept = findings.filter(finding => {
    const covering = [`file ${finding.rule}`, `${places.instruction(finding)} ${finding.rule}`].filter(reach => covered.has(reach))
    for (const reach of covering) used.add(reach)
    return covering.length === 0
  })
  return { kept, unused: entries.filter(entry => entry.ignore.dialect === 'cachemiss' && !used.has(reachOf(entry))) }
}

const reachOf = ({ ignore, rule }: Entry): string => `${ignore.instruction ?? 'file'} ${rule}`

function entriesOf(ignore: Ignore): readonly Entry[] {
  return ignore.names.flatMap(({ name, span }) => rulesOf(ignore.dialect, name).map(rule => ({ ignore, rule, span })))
}

function rulesOf(dialect: Ignore['dialect'], name: string): readonly string[] {
  if (dialect === 'cachemiss') return [name]
  if (dialect === 'hadolint') return hadolintRules.get(name) ?? []
  return name === 'all' ? [...buildkitRules.values()].flat() : buildkitRules.get(name) ?? []
}

/** Findings about comments of ours that suppress nothing. `known` are the ids of all rules; null when nobody said. */
export function unusedFindings(
  ignores: readonly Ignore[], unused: readonly Entry[],
  { path, active, known, instructions }: { readonly path: string; readonly active: readonly ActiveRule[]; readonly known: readonly string[] | null; readonly instructions: number },
): readonly Unkeyed[] {
  const severity = active.find(({ rule }) => rule.id === unusedIgnore)?.severity
  if (severity === undefined) return []
  const running = new Set(active.map(({ rule }) => rule.id))
  const existing = known && new Set(known)
  const at = (span: Span, message: string): Unkeyed => ({ rule: unusedIgnore, severity, path, span, message, related: [], cost: null, fix: null, noFix: null })
  const nameless = ignores.filter(({ dialect, names }) => dialect === 'cachemiss' && names.length === 0)
  let hints = 20 // Hints cost time, and no honest file has more typing errors than that.
  return [
    ...nameless.map(({ span }) => at(span, 'This comment names no rule, so it suppresses nothing.')),
    ...unused.flatMap(({ ignore, rule, span }) => {
      if (rule === unusedIgnore) return []
      if (running.has(rule)) return [at(span, `"${rule}" reports nothing ${where(ignore, instructions)}, so this comment suppresses nothing.`)]
      if (existing === null || existing.has(rule)) return []
      const hint = hints-- > 0 ? nearest(rule, existing) : null
      return [at(span, `No rule is called "${shortened(rule)}"${hint === null ? '' : ` (did you mean "${hint}"?)`}, so this comment suppresses nothing.`)]
    }),
  ]
}

function where(ignore: Ignore, instructions: number): string {
  if (ignore.instruction === null) return 'in this file'
  return ignore.instruction < instructions ? 'on the next instruction' : 'where no instruction follows'
}

const shortened = (name: string): string => (name.length > 60 ? `${name.slice(0, 60)}…` : name)
