// Fixes in words: what could be done about a finding, why nothing can, and what was done.
import type { Finding, Fix } from '../rule.ts'
import { visible } from './escape.ts'
import type { Applied } from './index.ts'
import type { Summary } from './reported-files.ts'
import type { Terminal } from './terminal.ts'

/** The fix with the options that apply it, what it assumes and drops; or why there is none. */
export function fixLines({ fix, noFix }: Finding): readonly string[] {
  if (fix === null) return noFix === null ? [] : [`no fix: ${visible(noFix)}`]
  return [`fix available: ${inSentence(fix.title)} (${fix.safety === 'safe' ? '--fix' : '--fix --unsafe'})`, ...conditions(fix)]
}

/** One line for each fix, equal ones counted, and below it all that they take for granted. */
export function appliedLines(applied: readonly Applied[], { ruleName }: Terminal): readonly string[] {
  const lines = new Map<string, { times: number; readonly below: Set<string> }>()
  for (const { rule, fix } of applied) {
    const line = `fixed: ${inSentence(fix.title)} (${ruleName(rule)})`
    const known = lines.get(line) ?? { times: 0, below: new Set() }
    known.times++
    for (const text of conditions(fix)) known.below.add(`       ${text}`)
    lines.set(line, known)
  }
  return [...lines].flatMap(([line, { times, below }]) => [times === 1 ? line : `${line}, ${times} times`, ...below])
}

const conditions = ({ assumes, drops = [] }: Fix): readonly string[] => {
  const parts = [...assumes === undefined ? [] : [`assumes ${assumes}`], ...drops.length === 0 ? [] : [`drops ${drops.join(', ')}`]]
  return parts.length === 0 ? [] : [visible(parts.join('; '))]
}

/** A leading keyword, as in "COPY only the manifests", keeps its case. */
const inSentence = (title: string): string => visible(title).replace(/^\p{Lu}(?!\p{Lu})/u, first => first.toLowerCase())

/** `3 fixable with --fix, 2 more with --fix --unsafe`; null where there is nothing to fix. */
export function fixableInWords({ fixable, safelyFixable }: Summary): string | null {
  const others = fixable - safelyFixable
  if (fixable === 0) return null
  if (safelyFixable === 0) return `${fixable} fixable with --fix --unsafe`
  return `${safelyFixable} fixable with --fix${others === 0 ? '' : `, ${others} more with --fix --unsafe`}`
}
