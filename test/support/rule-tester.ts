// The valid/invalid table of a rule's test. A case is a Dockerfile; what is expected is stated as text, not as columns.
import { describe, expect, test } from 'vitest'
import { lint } from '../../src/lint.ts'
import { parse } from '../../src/syntax/parse.ts'
import { applyFixes, checkFix } from './fixes.ts'
import { activeRule, ignorePath, inputOf } from './input.ts'
import type { Finding, Options, OptionSpecs, Rule } from '../../src/rule.ts'
import type { Span } from '../../src/text.ts'
import type { Given } from './input.ts'

export interface Case<S extends OptionSpecs = OptionSpecs> extends Given {
  /** Says what the case is about; default: its first lines. */
  readonly name?: string
  readonly options?: Partial<Options<S>>
}
/** A text stands for itself, an expression for any text it matches. */
export type Wording = string | RegExp
export interface Expected {
  /** The whole text of the span. */
  readonly at: Wording
  /** The 1-based line the span begins on, where the text alone does not say which one is meant. */
  readonly line?: number
  readonly message: Wording
  /** In order; default: not checked. */
  readonly related?: readonly { readonly at: Wording; readonly message?: Wording }[]
}
export interface InvalidCase<S extends OptionSpecs = OptionSpecs> extends Case<S> {
  /** All of them, in the order of the text. */
  readonly findings: readonly Expected[]
  /** The text after all fixes, on which the rule must be quiet; null: no finding has a fix. Must be stated for a fixable rule. */
  readonly fixed?: string | null
  /** The ignore file after all fixes; then `fixed` may be left out, which means the Dockerfile stays as it is. */
  readonly fixedIgnore?: string
  /** How many findings remain after all fixes, for a case that mixes some that have one with some that have none. */
  readonly remaining?: number
}
export interface Table<S extends OptionSpecs> {
  readonly valid: readonly (string | Case<S>)[]
  readonly invalid: readonly InvalidCase<S>[]
}

export function ruleTester<S extends OptionSpecs>(rule: Rule<S>, { valid, invalid }: Table<S>): void {
  describe(rule.id, () => {
    describe('valid', () => {
      for (const entry of valid) {
        const stated = typeof entry === 'string' ? { code: entry } : entry
        test(nameOf(stated), () => expect(findingsOf(rule, stated).map(({ message }) => message)).toEqual([]))
      }
    })
    describe('invalid', () => {
      for (const stated of invalid) test(nameOf(stated), () => checkInvalid(rule, stated))
    })
  })
}

const nameOf = ({ name, code }: Case): string => name ?? code.split('\n').filter(line => line.trim() !== '').slice(0, 6).join(' ⏎ ').slice(0, 120)

/** What the rule finds; every case must be a Dockerfile that BuildKit would read, or it proves nothing. */
function findingsOf<S extends OptionSpecs>(rule: Rule<S>, stated: Case<S>): readonly Finding[] {
  if (rule.id !== 'syntax-error') expect(parse(stated.code).problems, 'the case itself has a syntax error').toEqual([])
  return lint(inputOf(stated), [activeRule(rule, stated.options)])
}

/** Throws where a case is not as stated. */
export function checkInvalid<S extends OptionSpecs>(rule: Rule<S>, stated: InvalidCase<S>): void {
  const findings = findingsOf(rule, stated)
  const textAt = ({ path }: Finding, span: Span): string => slice(path === ignorePath ? stated.ignore ?? '' : stated.code, span)
  expect(findings.map(finding => ({ at: textAt(finding, finding.span), message: finding.message }))).toEqual(
    stated.findings.map(({ at, message }) => ({ at: matching(at), message: matching(message) })))
  findings.forEach((finding, index) => {
    const { line, related } = stated.findings[index]!
    const found = finding.related.map(({ span, message }) => ({ at: slice(stated.code, span), message }))
    if (line !== undefined) expect(lineOf(finding.path === ignorePath ? stated.ignore ?? '' : stated.code, finding.span)).toBe(line)
    if (related) expect(found).toEqual(related.map(({ at, message = /./ }) => ({ at: matching(at), message: matching(message) })))
    expect(finding.message, 'a message is one sentence').toMatch(/^\S[^\n]*\.$/)
    expect(finding.fix && finding.noFix, 'a finding has a fix, or says why it has none').toBeNull()
    if (finding.fix) checkFix(rule, finding.fix, stated)
  })
  checkFixed(rule, stated, findings)
}

function checkFixed<S extends OptionSpecs>(rule: Rule<S>, stated: InvalidCase<S>, findings: readonly Finding[]): void {
  const { code, ignore, fixed, fixedIgnore, remaining = 0 } = stated
  if (fixed === undefined && fixedIgnore === undefined && rule.fixable) throw new Error('the rule is fixable: state `fixed`, or null where there is no fix')
  if ((fixed ?? fixedIgnore ?? null) === null) {
    expect(findings.filter(({ fix }) => fix).map(({ fix }) => fix!.title), 'no fix is expected').toEqual([])
    return
  }
  const after = applyFixes(inputOf(stated), [activeRule(rule, stated.options)])
  expect(after.code, 'the fixed Dockerfile').toBe(fixed ?? code)
  if (fixedIgnore !== undefined || after.ignore !== ignore) expect(after.ignore, 'the fixed ignore file').toBe(fixedIgnore)
  expect(parse(after.code).problems, 'the fixed Dockerfile has a syntax error').toEqual([])
  expect(findingsOf(rule, { ...stated, ...after }).map(({ message }) => message), 'what the rule still finds').toHaveLength(remaining)
}

const matching = (wording: Wording): unknown => (typeof wording === 'string' ? wording : expect.stringMatching(wording))

function slice(text: string, { start, end }: Span): string {
  if (!(0 <= start && start <= end && end <= text.length)) throw new Error(`span ${start}-${end} lies outside the text of ${text.length}`)
  return text.slice(start, end)
}

const lineOf = (text: string, { start }: Span): number => text.slice(0, start).split('\n').length
