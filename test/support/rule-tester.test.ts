// The harness itself, on a rule made for it: what it accepts, and what it must not let pass.
import { describe, expect, test } from 'vitest'
import { defineRule } from '../../src/rule.ts'
import { checkInvalid, ruleTester } from './rule-tester.ts'
import type { Fix, Report } from '../../src/rule.ts'
import type { Build, Step } from '../../src/model/build.ts'
import type { InvalidCase } from './rule-tester.ts'

const loud = (step: Step): Report => ({
  at: step, message: `"${step.text}" is loud.`, related: [{ at: step.stage, message: 'in this stage' }],
  fix: { title: 'Say it quietly', safety: 'safe', edits: [{ span: step.span, text: step.text.toLowerCase().replace('run', 'RUN') }] },
})
const toy = defineRule({
  id: 'toy', summary: 'Shouts', category: 'layers', severity: 'info', fixable: 'safe',
  options: { word: { type: 'list', default: ['LOUD'], doc: 'What is loud.' } },
  *check(build: Build, { word }) {
    for (const step of build.target.steps) if (word.some(loudWord => step.text.includes(loudWord))) yield loud(step)
  },
})

ruleTester(toy, {
  valid: ['FROM a\nRUN quiet\n', { name: 'another word', code: 'FROM a\nRUN LOUD\n', options: { word: ['SHOUT'] } }],
  invalid: [{
    code: 'FROM a\nRUN LOUD\nRUN LOUD\n',
    findings: [
      { at: 'RUN LOUD', line: 2, message: '"RUN LOUD" is loud.', related: [{ at: 'FROM a', message: /stage/ }] },
      { at: /LOUD$/, line: 3, message: /loud/ },
    ],
    fixed: 'FROM a\nRUN loud\nRUN loud\n',
  }],
})

const ignoring = defineRule({
  id: 'ignoring', summary: 'Wants .git ignored', category: 'context', severity: 'warning', fixable: 'suggested',
  *check(build: Build) {
    const { ignoreFile } = build.context
    if (ignoreFile?.text.includes('.git') || build.context.has('.git/HEAD') !== true) return
    const fix: Fix = { title: 'Ignore .git', safety: 'suggested', assumes: 'nothing reads it', edits: [], ignoreLines: ['.git'] }
    yield ignoreFile ? { at: { span: { start: 0, end: 4 }, file: 'ignore' }, message: 'It lacks .git.', fix } : { at: build.target, message: 'It lacks .git.', fix }
  },
})

ruleTester(ignoring, {
  valid: [{ code: 'FROM a\n' }, { code: 'FROM a\n', files: { '.git/HEAD': '' }, ignore: '.git\n' }],
  invalid: [
    { code: 'FROM a\n', files: { '.git/HEAD': '' }, findings: [{ at: 'FROM a', message: /lacks/ }], fixedIgnore: '.git\n' },
    { code: 'FROM a\n', files: { '.git/HEAD': '' }, ignore: 'dist', findings: [{ at: 'dist', line: 1, message: /lacks/ }], fixedIgnore: 'dist\n.git\n' },
  ],
})

describe('a case fails', () => {
  const good: InvalidCase = { code: 'FROM a\nRUN LOUD\n', findings: [{ at: 'RUN LOUD', message: /loud/ }], fixed: 'FROM a\nRUN loud\n' }
  const expectation = (change: Partial<InvalidCase>, rule = toy) => expect(() => checkInvalid(rule, { ...good, ...change } as InvalidCase<never>))
  const fixing = (fix: Partial<Fix>): typeof toy => defineRule({
    ...toy, *check(build: Build) { for (const step of build.target.steps) if (step.text.includes('LOUD')) yield { ...loud(step), fix: { ...loud(step).fix!, ...fix } } } }) as typeof toy

  test('not when all is as stated', () => expectation({}).not.toThrow())
  test('when the place is another', () => expectation({ findings: [{ at: 'LOUD', message: /loud/ }] }).toThrow())
  test('when the message is another', () => expectation({ findings: [{ at: 'RUN LOUD', message: 'loud' }] }).toThrow())
  test('when a finding is missing', () => expectation({ findings: [] }).toThrow())
  test('when the line is another', () => expectation({ findings: [{ at: 'RUN LOUD', message: /loud/, line: 1 }] }).toThrow())
  test('when the fix is not stated', () => {
    const { fixed: _, ...unstated } = good
    expect(() => checkInvalid(toy, unstated as InvalidCase<never>)).toThrow('state `fixed`')
  })
  test('when a fix comes unexpected', () => expectation({ fixed: null }).toThrow('no fix is expected'))
  test('when the fixed text is another', () => expectation({ fixed: 'FROM a\n' }).toThrow('the fixed Dockerfile'))
  test('when the fix breaks the syntax', () => expectation({ fixed: 'FROM a\nNONSENSE\n' }, fixing({ edits: [{ span: { start: 7, end: 15 }, text: 'NONSENSE' }] })).toThrow('does-not-parse'))
  test('when the fix does not resolve the finding', () => {
    expectation({ fixed: 'FROM a\nRUN LOUD \n' }, fixing({ edits: [{ span: { start: 15, end: 15 }, text: ' ' }] })).toThrow('still-found')
  })
  test('when edits overlap', () => {
    const span = { start: 7, end: 15 }
    expectation({}, fixing({ edits: [{ span, text: '' }, { span, text: '' }] })).toThrow()
  })
  test('when a suggested fix does not say what it assumes', () => expectation({}, { ...fixing({ safety: 'suggested' }), fixable: 'suggested' }).toThrow('what it assumes'))
  test('when the title is a sentence', () => expectation({}, fixing({ title: 'Say it quietly.' })).toThrow('imperative'))
  test('when the Dockerfile itself is wrong', () => expectation({ code: 'FROM a\nLOUD x\n' }).toThrow('the case itself has a syntax error'))
})
