// The examples in the documentation are true: Bad is found, Good is not, and fixing Bad gives exactly Good.
import { describe, expect, test } from 'vitest'
import { lint } from '../src/lint.ts'
import { parse } from '../src/syntax/parse.ts'
import { applyFixes } from './support/fixes.ts'
import { activeRule, inputOf } from './support/input.ts'
import { documentedRules, examplesOf, ruleIds } from './support/rule-docs.ts'
import type { Finding } from '../src/rule.ts'
import type { Given } from './support/input.ts'

const ids = ruleIds()

describe.each(await documentedRules())('$id', ({ rule, ...documented }) => {
  const found = (given: Given): readonly Finding[] => lint(inputOf(given), [activeRule(rule)], ids)
  const examples = () => examplesOf({ rule, ...documented })

  test('finds something in Bad', () => {
    expect(found(examples().bad).map(finding => finding.rule)).toContain(rule.id)
  })
  test('finds nothing in Good', () => {
    expect(parse(examples().good.code).problems).toEqual([])
    expect(found(examples().good).map(({ message }) => message)).toEqual([])
  })
  if (rule.fixable) test('fixes Bad to Good', () => {
    const { bad, good } = examples()
    const after = applyFixes(inputOf(bad), [activeRule(rule)])
    expect({ code: after.code, ignore: after.ignore }).toEqual({ code: good.code, ignore: good.ignore })
  })
})
