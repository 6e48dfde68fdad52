// Findings that a project has accepted for now: which of today's they cover, and what becomes of a list of them.
// A finding is known again by its rule, its stage and its instruction, wherever they stand and however often.
import type { Finding } from './rule.ts'

/** Of one file, by rule: how often each identity was accepted. */
export type AcceptedFindings = ReadonlyMap<string, ReadonlyMap<string, number>>
export type Fingerprint = (text: string) => string

export interface Sifted {
  /** Reported: what is not accepted, or more of it than was. */
  readonly kept: readonly Finding[]
  readonly accepted: readonly Finding[]
  /** How many were accepted and are found no more. */
  readonly stale: number
}

/** A file that does not parse hides all else, so that is always told. */
const NEVER_ACCEPTED = 'syntax-error'

/** Of equal findings the first ones are covered. */
export function sift(findings: readonly Finding[], accepted: AcceptedFindings, fingerprint: Fingerprint): Sifted {
  const left = new Map([...accepted].map(([rule, counts]) => [rule, new Map(counts)]))
  const kept: Finding[] = []
  const covered: Finding[] = []
  for (const finding of findings) {
    const counts = isBroken(finding) ? undefined : left.get(finding.rule)
    const identity = counts && fingerprint(identityOf(finding))
    const count = identity === undefined ? 0 : counts!.get(identity) ?? 0
    if (count > 0) counts!.set(identity!, count - 1)
    ;(count > 0 ? covered : kept).push(finding)
  }
  const isUnread = findings.some(isBroken)
  const stale = [...left.values()].flatMap(counts => [...counts.values()]).reduce((sum, count) => sum + count, 0)
  return { kept, accepted: covered, stale: isUnread ? 0 : stale }
}

/** The list that covers these findings; null where the file does not parse, so that nobody knows. */
export function accepting(findings: readonly Finding[], fingerprint: Fingerprint): AcceptedFindings | null {
  if (findings.some(isBroken)) return null
  const accepted = new Map<string, Map<string, number>>()
  for (const finding of findings) {
    const counts = accepted.get(finding.rule) ?? new Map<string, number>()
    accepted.set(finding.rule, counts)
    const identity = fingerprint(identityOf(finding))
    counts.set(identity, (counts.get(identity) ?? 0) + 1)
  }
  return accepted
}

const isBroken = ({ rule }: Finding): boolean => rule === NEVER_ACCEPTED

/** The key without the number of a nameless stage and without the ordinal: both change with what stands above. */
const identityOf = ({ key }: Finding): string => key.replace(/ \| \d+$/, '').replace(/^([^|]*\| )\d+(?= \| )/, '$1')
