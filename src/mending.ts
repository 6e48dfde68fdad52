// Several rules may see one mistake. Findings that one and the same edit mends become one, which names the others as related places.
import type { Finding, Severity } from './rule.ts'

const severities: readonly Severity[] = ['error', 'warning', 'info']
type Related = Finding['related'][number]

/** `mendingOf` names the edit that mends a finding; undefined: one of its own. Keeps the order. */
export function joinMended(findings: readonly Finding[], mendingOf: (finding: Finding) => string | undefined): readonly Finding[] {
  const groups = new Map<string, Finding[]>()
  for (const finding of findings) {
    const mending = mendingOf(finding)
    if (mending === undefined) continue
    const group = groups.get(mending)
    if (group) group.push(finding)
    else groups.set(mending, [finding])
  }
  const joined = new Map<Finding, Finding | null>()
  for (const group of groups.values()) {
    if (group.length === 1) continue
    const [first, ...others] = [...group].sort(byWeight)
    for (const other of others) joined.set(other, null)
    joined.set(first!, withOthers(first!, others))
  }
  return joined.size === 0 ? findings : findings.flatMap(finding => joined.get(finding) ?? (joined.has(finding) ? [] : finding))
}

/** The more severe, then the one that costs more, then the one with a fix. Nothing hangs on the order of the rules. */
function byWeight(a: Finding, b: Finding): number {
  const seconds = ({ cost }: Finding): number => cost?.seconds ?? 0
  const bytes = ({ cost }: Finding): number => cost?.bytes ?? 0
  return severities.indexOf(a.severity) - severities.indexOf(b.severity) || seconds(b) - seconds(a) || bytes(b) - bytes(a)
    || Number(b.fix !== null) - Number(a.fix !== null) || a.span.start - b.span.start || (a.rule < b.rule ? -1 : 1)
}

function withOthers(first: Finding, others: readonly Finding[]): Finding {
  const seen = new Set(first.related.map(placeOf))
  const added = others.flatMap(({ span, message, rule, path, related }): readonly Related[] =>
    // A place in another file cannot be shown beside this one: what it says is told at the finding itself.
    [{ span: path === first.path ? span : first.span, message: `${message} (${rule})` }, ...path === first.path ? related : []])
  // One edit mends them all, so the fix of any is the fix of this one.
  const fix = first.fix ?? others.find(other => other.fix !== null)?.fix ?? null
  return { ...first, fix, noFix: fix ? null : first.noFix, related: [...first.related, ...added.filter(place => !seen.has(placeOf(place)) && seen.add(placeOf(place)))] }
}

const placeOf = ({ span, message }: Related): string => `${span.start} ${span.end} ${message}`
