// Fixes in tests: are they well formed, and what do they make of the files?
import { expect } from 'vitest'
import { applyEdits } from '../../src/text.ts'
import type { Finding, Fix, OptionSpecs, Rule } from '../../src/rule.ts'
import type { TextEdit } from '../../src/text.ts'

export interface Texts { readonly code: string; readonly ignore?: string }

export function checkFix<S extends OptionSpecs>(rule: Rule<S>, fix: Fix, code: string): void {
  expect(rule.fixable, 'a rule that fixes says so in `fixable`').toBeDefined()
  if (rule.fixable === 'suggested') expect(fix.safety, 'no fix is better than `fixable` says').toBe('suggested')
  expect(fix.title, 'a fix title is one imperative without a full stop').toMatch(/^[A-Z][^\n]*[^.\n]$/)
  expect(fix.edits.length + (fix.ignoreLines?.length ?? 0), 'a fix changes something').toBeGreaterThan(0)
  expect(() => applyEdits(code, fix.edits)).not.toThrow()
}

/** All fixes that do not overlap, again and again until none is left; ten rounds at most. */
export function applyFixes(texts: Texts, findings: readonly Finding[], find: (texts: Texts) => readonly Finding[]): Texts {
  let now = texts
  let left = findings
  for (let round = 0; round < 10; round++) {
    const fixes = apart(left.flatMap(({ fix }) => fix ?? []))
    if (fixes.length === 0) return now
    const lines = fixes.flatMap(({ ignoreLines = [] }) => ignoreLines)
    const code = applyEdits(now.code, fixes.flatMap(({ edits }) => edits))
    now = lines.length === 0 ? { ...now, code } : { code, ignore: appended(now.ignore, lines) }
    left = find(now)
  }
  throw new Error('the fixes do not come to an end')
}

function appended(ignore = '', lines: readonly string[]): string {
  const ended = ignore === '' || ignore.endsWith('\n') ? ignore : `${ignore}\n`
  return `${ended}${[...new Set(lines)].map(line => `${line}\n`).join('')}`
}

/** The fixes that can be applied together, the first one winning. */
function apart(fixes: readonly Fix[]): readonly Fix[] {
  const taken: TextEdit[] = []
  return fixes.filter(({ edits }) => {
    const free = edits.every(edit => taken.every(other => clear(edit, other)))
    if (free) taken.push(...edits)
    return free
  })
}

/** Neither touches what the other changes; two insertions at one place do not commute, so they are not clear either. */
const clear = ({ span: a }: TextEdit, { span: b }: TextEdit): boolean => a.end < b.start || b.end < a.start || (a.start !== a.end && b.start !== b.end && (a.end === b.start || b.end === a.start))
