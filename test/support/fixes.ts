// Fixes in tests: are they well formed, and what does the engine make of the files with them?
import { expect } from 'vitest'
import { fix } from '../../src/fix.ts'
import { applyEdits } from '../../src/text.ts'
import type { Input } from '../../src/lint.ts'
import type { ActiveRule, Fix, OptionSpecs, Rule } from '../../src/rule.ts'

export interface Texts { readonly code: string; readonly ignore?: string }

export function checkFix<S extends OptionSpecs>(rule: Rule<S>, { safety, title, assumes, edits, ignoreLines = [], ignoreEdits = [] }: Fix, { code, ignore = '' }: Texts): void {
  expect(rule.fixable, 'a rule that fixes says so in `fixable`').toBeDefined()
  if (rule.fixable === 'suggested') expect(safety, 'no fix is better than `fixable` says').toBe('suggested')
  expect(title, 'a fix title is one imperative without a full stop').toMatch(/^[A-Z][^\n]*[^.\n]$/)
  if (safety === 'suggested') expect(assumes ?? '', 'a suggested fix says what it assumes, in a clause').toMatch(/^[^\s][^\n]*[^.\n]$/)
  expect(edits.length + ignoreLines.length + ignoreEdits.length, 'a fix changes something').toBeGreaterThan(0)
  expect(() => applyEdits(code, edits)).not.toThrow()
  expect(() => applyEdits(ignore, ignoreEdits)).not.toThrow()
}

/** What the engine makes of the files with all fixes of these rules; none may be refused. */
export function applyFixes(input: Input, active: readonly ActiveRule[]): Texts {
  const { text, ignoreFile, refused } = fix(input, active, { unsafe: true })
  if (refused.length > 0) throw new Error(`fixes that the engine refused: ${refused.map(({ rule, reason, detail }) => `${rule}: ${reason}: ${detail}`).join('; ')}`)
  return { code: text, ...ignoreFile && { ignore: ignoreFile.text } }
}
