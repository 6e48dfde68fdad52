// The pipeline with rules made for it: what becomes of their reports, of suppression comments, of crashes.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { lint } from '../src/lint.ts'
import { rules } from '../rules/index.ts'
import { defineRule } from '../src/rule.ts'
import { anyDockerfile } from './support/arbitraries.ts'
import { dockerfile } from './support/dockerfile.ts'
import { activeRule, inputOf } from './support/input.ts'
import type { ActiveRule, Finding, Report, Rule, Severity } from '../src/rule.ts'
import type { Given } from './support/input.ts'

/** Reports every RUN and every line of the ignore file; its id is one that other linters know. */
const everyRun = defineRule({
  id: 'merge-consecutive-run', summary: 'A RUN', category: 'layers', severity: 'info',
  *check(build) {
    for (const { steps, span } of build.stages) {
      for (const step of steps) if (step.kind === 'run') yield { at: step, message: 'It runs.', related: [{ at: { span }, message: 'here' }] }
    }
    if (build.context.ignoreFile) yield { at: { span: { start: 0, end: 3 }, file: 'ignore' }, message: 'It ignores.' }
  },
})
const everyStage = defineRule({
  id: 'unpinned-base-image', summary: 'A FROM', category: 'pinning', severity: 'warning',
  *check(build) { for (const stage of build.stages) yield { at: stage, message: 'It builds.', cost: { seconds: 1, bytes: 2 } } },
})
const unused = rules.find(({ id }) => id === 'unused-ignore')!
const active = [activeRule(everyStage), activeRule(everyRun)]
const known = ['missing-dockerignore', everyRun.id, everyStage.id, unused.id]

const found = (given: string | Given, running: readonly ActiveRule[] = active): readonly Finding[] =>
  lint(inputOf(typeof given === 'string' ? { code: given } : given), running, known)
const read = (given: string | Given, running?: readonly ActiveRule[]): readonly string[] => {
  const { text } = inputOf(typeof given === 'string' ? { code: given } : given)
  return found(given, running).map(({ rule, path, span }) => `${rule}: ${path === 'Dockerfile' ? text.slice(span.start, span.end) : path}`)
}
const run = (text: string): string => `merge-consecutive-run: ${text}`
const from = 'unpinned-base-image: FROM a'

describe('findings', () => {
  test('are stamped plain data, in the order of the text', () => {
    const code = 'FROM a\nRUN b\n'
    expect(found(code)).toEqual([
      { rule: everyStage.id, severity: 'warning', path: 'Dockerfile', span: { start: 0, end: 6 }, message: 'It builds.', related: [], cost: { seconds: 1, bytes: 2 }, fix: null, noFix: null, key: 'unpinned-base-image | 0 | FROM a | 1' },
      { rule: everyRun.id, severity: 'info', path: 'Dockerfile', span: { start: 7, end: 12 }, message: 'It runs.', related: [{ span: { start: 0, end: 6 }, message: 'here' }], cost: null, fix: null, noFix: null, key: 'merge-consecutive-run | 0 | RUN b | 1' },
    ])
    expect(JSON.parse(JSON.stringify(found(code)))).toEqual(found(code))
  })
  test('do not depend on the order of the rules', () => expect(found('FROM a\nRUN b\n', [...active].reverse())).toEqual(found('FROM a\nRUN b\n')))
  test('take the severity of the config', () => {
    expect(found('FROM a\n', [{ rule: everyStage, severity: 'error', options: {} }]).map(({ severity }) => severity)).toEqual(['error'])
  })
  test('of the ignore file name it and come last', () => {
    expect(read({ code: 'FROM a\nRUN b\n', ignore: '.git\n', files: {} })).toEqual([from, run('RUN b'), 'merge-consecutive-run: .dockerignore'])
  })
  test('of a file with a syntax error are about nothing else', () => {
    const [finding, ...others] = found('FROM a\nRUN b\nNONSENSE x\n')
    expect(others).toEqual([])
    expect(finding).toMatchObject({ rule: 'syntax-error', severity: 'error', path: 'Dockerfile', fix: null })
  })
})

describe('findings that one edit mends', () => {
  const by = (id: string, severity: Severity, extra: Partial<Report> = {}, isFirst = true): Rule => defineRule({
    id, summary: 'A RUN', category: 'layers', severity,
    *check({ stages }) {
      for (const step of stages[0]!.steps.slice(0, isFirst ? 1 : 2)) yield { at: step, message: `${id} says so.`, mending: 'split 7', ...extra }
    },
  })
  const joined = (rules: readonly Rule[], code = 'FROM a\nRUN b\n'): readonly (readonly string[])[] =>
    found(code, rules.map(rule => activeRule(rule))).map(({ rule, related }) => [rule, ...related.map(({ message }) => message)])
  test('are one, which tells what the others say', () => {
    expect(joined([by('one', 'warning'), by('two', 'warning')])).toEqual([['one', 'two says so. (two)']])
    expect(joined([by('two', 'warning'), by('one', 'warning')])).toEqual([['one', 'two says so. (two)']])
  })
  test('stay apart when the edits differ or nobody names them', () => {
    expect(joined([by('one', 'warning'), by('two', 'warning', { mending: 'move 7' })])).toEqual([['one'], ['two']])
    expect(joined([defineRule({ ...by('one', 'warning'), *check({ target }) { yield { at: target, message: 'One.' }; yield { at: target, message: 'Two.' } } })])).toEqual([['one'], ['one']])
  })
  test.each([
    ['the more severe', by('one', 'info'), by('two', 'warning')],
    ['the one that costs more time', by('one', 'info', { cost: { seconds: 1, bytes: 9 } }), by('two', 'info', { cost: { seconds: 2, bytes: 0 } })],
    ['the one that costs more space', by('one', 'info'), by('two', 'info', { cost: { seconds: 0, bytes: 1 } })],
    ['the one with a fix', by('one', 'info'), by('two', 'info', { fix: { title: 'Do it', safety: 'safe', edits: [] } })],
  ])('keep the name of %s', (_, one, two) => expect(joined([one, two]).map(([rule]) => rule)).toEqual(['two']))
  test('leave the other where one is suppressed', () => {
    expect(joined([by('one', 'warning'), by('two', 'warning')], 'FROM a\n# cachemiss ignore=one\nRUN b\n')).toEqual([['two']])
  })
  test('of one rule are one with the related places of all', () => {
    expect(joined([by('one', 'warning', {}, false)], 'FROM a\nRUN b\nRUN c\n')).toEqual([['one', 'one says so. (one)']])
  })
  test('are shown at the finding when they lie in the ignore file', () => {
    const ofIgnoreFile = by('two', 'info', { at: { span: { start: 0, end: 1 }, file: 'ignore' } })
    const [finding, ...others] = found({ code: 'FROM a\nRUN b\n', ignore: '.git\n', files: {} }, [by('one', 'warning'), ofIgnoreFile].map(rule => activeRule(rule)))
    expect(others).toEqual([])
    expect(finding).toMatchObject({ rule: 'one', path: 'Dockerfile', related: [{ span: finding!.span, message: 'two says so. (two)' }] })
  })
})

test('a report can be lowered to information', () => {
  const lowered = defineRule({ id: 'one', summary: 'A FROM', category: 'layers', severity: 'warning', *check({ target }) { yield { at: target, message: 'One.', lowered: true } } })
  expect(found('FROM a\n', [activeRule(lowered)]).map(({ severity }) => severity)).toEqual(['info'])
})

describe('deliberate choices', () => {
  const severities = (comment: string, running: readonly ActiveRule[] = [activeRule({ ...everyRun, severity: 'warning' }), activeRule(layersRule)]): readonly string[] =>
    found(`FROM a\n${comment}\nRUN b\nRUN c\n`, running).map(({ rule, severity }) => `${rule} ${severity}`)
  const layersRule = defineRule({
    id: 'apt-lists-not-removed', summary: 'A RUN', category: 'layers', severity: 'warning',
    *check({ stages }) { for (const step of stages[0]!.steps.slice(0, 1)) yield { at: step, message: 'It leaves lists.' } },
  })
  const bothAt = ['apt-lists-not-removed warning', 'merge-consecutive-run warning', 'merge-consecutive-run warning']
  test.each(['# Two layers on purpose: the first one is large.', '# do not merge with the step below', '# must stay above the sources'])('are said as information: %s', comment => {
    expect(severities(comment)).toEqual(['apt-lists-not-removed info', 'merge-consecutive-run info', 'merge-consecutive-run warning'])
  })
  test('show where a check of the same family is switched off', () => {
    expect(severities('# hadolint ignore=DL3059')).toEqual(['apt-lists-not-removed info', 'merge-consecutive-run warning'])
  })
  test.each(['# builds the app', '# hadolint ignore=DL3007', '# hadolint global ignore=DL3010'])('do not show in %s', comment => expect(severities(comment)).toEqual(bothAt))
  test('do not excuse errors', () => {
    expect(severities('# on purpose', [activeRule({ ...everyRun, severity: 'error' })])).toEqual(['merge-consecutive-run error', 'merge-consecutive-run error'])
  })
})

describe('keys', () => {
  const keys = (code: string): readonly string[] => found(code, [activeRule(everyRun)]).map(({ key }) => key)
  test('do not depend on lines, comments or the layout of an instruction', () => {
    expect(keys('# x\n\nFROM a AS Build\n\n# y\nRUN b \\\n    c\n')).toEqual(keys('FROM a AS build\nRUN b c\n'))
  })
  test('tell equal instructions apart by their number, and by their stage', () => {
    expect(keys('FROM a\nRUN b\nRUN b\nFROM c AS d\nRUN b\n')).toEqual([
      'merge-consecutive-run | 0 | RUN b | 1', 'merge-consecutive-run | 0 | RUN b | 2', 'merge-consecutive-run | d | RUN b | 1'])
  })
  test('stay when an equal finding before them is suppressed', () => {
    expect(keys('FROM a\n# cachemiss ignore=merge-consecutive-run\nRUN b\nRUN b\n')).toEqual(['merge-consecutive-run | 0 | RUN b | 2'])
  })
  test('stay short', () => expect(Math.max(...keys(`FROM a\nRUN ${'x'.repeat(10_000)}\n`).map(key => key.length))).toBeLessThan(300))
})

describe('suppression', () => {
  const code = (comment: string): string => `FROM a\n${comment}\nRUN b\nRUN c\n`
  test.each([
    ['# cachemiss ignore=merge-consecutive-run -- why', [from, run('RUN c')]],
    ['# cachemiss ignore-file=merge-consecutive-run,unpinned-base-image', []],
    ['# hadolint ignore=DL3059,SC1000', [from, run('RUN c')]],
    ['# hadolint global ignore=DL3006,DL3059', []],
    ['# check=skip=DL3059', [from, run('RUN b'), run('RUN c')]],
    ['# hadolint ignore=merge-consecutive-run', [from, run('RUN b'), run('RUN c')]],
    ['# hadolint ignore=__proto__,constructor', [from, run('RUN b'), run('RUN c')]],
  ])('%s', (comment, expected) => expect(read(code(comment))).toEqual(expected))

  test('inside a continued instruction covers that one', () => {
    expect(read(dockerfile`
      FROM a
      RUN b && \
      # cachemiss ignore=merge-consecutive-run
        c
      RUN d`)).toEqual([from, run('RUN d')])
  })
  test('above FROM covers the stage line only', () => expect(read('# cachemiss ignore=unpinned-base-image,merge-consecutive-run\nFROM a\nRUN b\n')).toEqual([run('RUN b')]))
  test('of the file covers the ignore file too', () => {
    expect(read({ code: '# cachemiss ignore-file=merge-consecutive-run\nFROM a\n', ignore: '.git\n', files: {} })).toEqual([from])
  })
})

describe('unused-ignore', () => {
  const reported = (comment: string, running: readonly ActiveRule[] = [...active, activeRule(unused)]): readonly string[] =>
    found(`FROM a\n${comment}\nRUN b\nCMD c\n`, running).filter(({ rule }) => rule === unused.id).map(({ message }) => message)
  test('is silent about a comment that does its work', () => expect(reported('# cachemiss ignore=merge-consecutive-run')).toEqual([]))
  test('reports one whose rule finds nothing there', () => {
    expect(reported('# cachemiss ignore=unpinned-base-image')).toEqual(['"unpinned-base-image" reports nothing on the next instruction, so this comment suppresses nothing.'])
  })
  describe('of a rule that lets comments speak', () => {
    const meek = defineRule({ ...everyRun, *check(build) { if (!build.text.includes('#')) yield* everyRun.check(build, {}) } })
    const about = (comment: string): readonly string[] => reported(comment, [activeRule(meek), activeRule(unused)])
    test('is silent about a comment that silences it', () => {
      expect(about('# cachemiss ignore=merge-consecutive-run -- why')).toEqual([])
      expect(about('# cachemiss ignore-file=merge-consecutive-run')).toEqual([])
      expect(lint(inputOf({ code: '# cachemiss ignore=end-of-life-base-image -- old\nFROM debian:jessie\nRUN apt-get update && apt-get install -y curl\n' }), rules.map(rule => activeRule(rule))).map(({ rule }) => rule)).not.toContain('unused-ignore')
    })
    test('reports one where it would be silent anyway', () => {
      expect(about('# cachemiss ignore=merge-consecutive-run\n# why')).toHaveLength(1)
      expect(found('FROM a\n# cachemiss ignore=merge-consecutive-run\nCMD b\nRUN c\n', [activeRule(meek), activeRule(unused)]).map(({ rule }) => rule)).toEqual(['unused-ignore'])
    })
  })
  test('reports one that names no rule, with the nearest name', () => {
    expect(reported('# cachemiss ignore=merge-consecutive-runs')).toEqual(['No rule is called "merge-consecutive-runs" (did you mean "merge-consecutive-run"?), so this comment suppresses nothing.'])
    expect(reported('# cachemiss ignore-file=nonsense')).toEqual(['No rule is called "nonsense", so this comment suppresses nothing.'])
  })
  test('points at the name', () => {
    expect(read('FROM a\n# cachemiss ignore=merge-consecutive-run,oops\nRUN b\n', [...active, activeRule(unused)])).toEqual([from, 'unused-ignore: oops'])
  })
  test('is silent about a rule that is off', () => expect(reported('# cachemiss ignore=missing-dockerignore')).toEqual([]))
  test('is silent when it is off itself', () => expect(reported('# cachemiss ignore=nonsense', active)).toEqual([]))
  test('does not judge names when nobody says which rules there are', () => {
    expect(lint(inputOf({ code: 'FROM a\n# cachemiss ignore=nonsense\nRUN b\n' }), [activeRule(unused)])).toEqual([])
  })
  test('reports one with no instruction after it', () => {
    expect(found('FROM a\n# cachemiss ignore=unpinned-base-image', [...active, activeRule(unused)]).map(({ message }) => message)[1]).toContain('where no instruction follows')
  })
})

test('a crash in a rule names the rule and the file', () => {
  const cause = new TypeError('boom')
  const broken = defineRule({ id: 'broken', summary: 'Broken', category: 'order', severity: 'info', *check() { yield* []; throw cause } })
  const call = (): unknown => lint(inputOf({ code: 'FROM a\n', path: 'docker/Dockerfile' }), [activeRule(broken)])
  expect(call).toThrow('rule broken failed on docker/Dockerfile: boom')
  expect(call).toThrow(expect.objectContaining({ cause }))
})

test('any text gives findings that point into it', () => {
  fc.assert(fc.property(anyDockerfile, code => {
    for (const { span, key } of found(code, [...active, activeRule(unused)])) {
      expect(0 <= span.start && span.start <= span.end && span.end <= code.length).toBe(true)
      expect(key).not.toMatch(/\n/)
    }
  }), { numRuns: 500 })
})
