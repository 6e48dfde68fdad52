// Deliberate choices show: a comment says that the instruction is as it is on purpose, or switches off the check of another linter
// for a matter next to the finding. Such findings are said as information, and never hidden: the comment may be old.
import { buildkitRules, hadolintRules } from './data/compatibility.ts'
import type { Places, Unkeyed } from './places.ts'
import type { ActiveRule, Category } from './rule.ts'
import type { Ignore } from './syntax/ignores.ts'
import type { Syntax } from './syntax/parse.ts'

const PURPOSE = /\b(?:on purpose|purposely|intentional(?:ly)?|deliberate(?:ly)?|by design|(?:do not|don't|never) (?:move|merge|reorder|combine|join|split|squash|clean|pin|upgrade|change)|must (?:stay|come|remain|be (?:kept|last|first|before|after|above|below)))\b/i

/** Lowers the warnings of instructions whose own comments show intent; errors stay, since nobody means a build to fail. */
export function lowerDeliberate<F extends { readonly finding: Unkeyed }>(found: readonly F[], syntax: Syntax, ignores: readonly Ignore[], active: readonly ActiveRule[], places: Places): readonly F[] {
  if (found.length === 0) return found
  const meant = new Set(syntax.comments.filter(({ span }) => PURPOSE.test(syntax.text.slice(span.start, span.end))).map(({ before }) => before))
  const considered = consideredBy(ignores, active)
  if (meant.size === 0 && considered.size === 0) return found
  const categories = new Map(active.map(({ rule }) => [rule.id, rule.category]))
  return found.map(entry => {
    const { finding } = entry
    const at = finding.severity === 'warning' ? places.instruction(finding) : null
    return at !== null && (meant.has(at) || considered.get(at)?.has(categories.get(finding.rule)!)) ? { ...entry, finding: { ...finding, severity: 'info' } } : entry
  })
}

/** By instruction the families of the rules whose peers are switched off there. */
function consideredBy(ignores: readonly Ignore[], active: readonly ActiveRule[]): ReadonlyMap<number, ReadonlySet<Category>> {
  const found = new Map<number, Set<Category>>()
  for (const { dialect, instruction, names } of ignores) {
    if (dialect === 'cachemiss' || instruction === null) continue
    const ids = names.flatMap(({ name }) => (dialect === 'hadolint' ? hadolintRules : buildkitRules).get(name) ?? [])
    const families = active.filter(({ rule }) => ids.includes(rule.id)).map(({ rule }) => rule.category)
    for (const family of families) found.set(instruction, (found.get(instruction) ?? new Set()).add(family))
  }
  return found
}
