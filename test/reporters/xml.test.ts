// `checkstyle` and `junit`, read back by an XML parser.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { reporters, type LintResult } from '../../src/reporters/index.ts'
import { xml, type Element } from './decode.ts'
import { anyResult, dockerfileWith, finding, hostilePath, plain, resultOf, spanOf } from './result.ts'

const text = 'FROM node:22\nCOPY . .\nRUN npm ci\n'
const copy = spanOf(text, 'COPY . .')
const checkstyle = (result: LintResult): Element => xml(reporters.checkstyle(result, plain))
const junit = (result: LintResult): Element => xml(reporters.junit(result, plain))
const nasty = 'a ]]> <b c="d" e=\'f\'> &amp; &lt;\t::x\n\x1b[1m\0\ud800 \ufffe'

describe('checkstyle', () => {
  test('has a file element for each file with findings', () => {
    const root = checkstyle(resultOf([{ path: 'a', text, findings: [finding(copy, { path: 'a' }), finding(copy, { path: 'a', severity: 'error' })] }, { path: 'clean', text, findings: [] }]))
    expect(root).toMatchObject({ name: 'checkstyle', attributes: { version: '4.3' } })
    expect(root.children.map(({ name, attributes }) => [name, attributes])).toEqual([['file', { name: 'a' }]])
    expect(root.children[0]!.children.map(({ attributes }) => attributes)).toEqual([
      { line: '2', column: '1', severity: 'warning', message: 'Something.', source: 'cachemiss.some-rule' },
      { line: '2', column: '1', severity: 'error', message: 'Something.', source: 'cachemiss.some-rule' },
    ])
    expect(checkstyle(resultOf([])).children).toEqual([])
  })

  test('keeps what XML can hold and spells out the rest', () => {
    const [file] = checkstyle(resultOf([{ path: nasty, text, findings: [finding(copy, { path: nasty, message: nasty })] }])).children
    expect(file!.attributes['name']).toBe('a ]]> <b c="d" e=\'f\'> &amp; &lt;\t::x\n\\x1b[1m\\x00\\ud800 \\ufffe')
    expect(file!.children[0]!.attributes['message']).toBe('a ]]> <b c="d" e=\'f\'> &amp; &lt; ::x\n\\x1b[1m\\x00\\ud800 \\ufffe')
  })

  test('carries any path and every finding', () => {
    fc.assert(fc.property(hostilePath, path => {
      expect(checkstyle(resultOf([{ path, text, findings: [finding(copy, { path })] }])).children[0]!.attributes['name']).toBe(path)
    }))
    fc.assert(fc.property(anyResult, result => {
      expect(checkstyle(result).children.flatMap(({ children }) => children)).toHaveLength(result.files.flatMap(({ findings }) => findings).length)
    }))
  })
})

describe('junit', () => {
  test('has a suite for each file and a test for each finding', () => {
    const related = finding(copy, { message: 'One.\nTwo.', noFix: 'too hard' })
    const root = junit({ ...dockerfileWith(text, related, finding(copy, { severity: 'info' })) })
    expect(root.attributes).toEqual({ name: 'cachemiss', tests: '2', failures: '1', errors: '0', time: '0' })
    const [suite] = root.children
    expect(suite!.attributes).toEqual({ name: 'Dockerfile', file: 'Dockerfile', tests: '2', failures: '1', errors: '0', time: '0' })
    const [failing, passing] = suite!.children
    expect(failing!.attributes).toEqual({ name: 'some-rule Dockerfile:2:1', classname: 'Dockerfile', time: '0' })
    expect(failing!.children).toEqual([{ name: 'failure', attributes: { type: 'warning', message: 'One.' }, children: [], text: 'Dockerfile:2:1\nOne.\nTwo.\nno fix: too hard' }])
    expect(passing!.children).toEqual([{ name: 'system-out', attributes: {}, children: [], text: 'Dockerfile:2:1\nSomething.' }])
  })

  test('a clean file passes one test, and so does a run without files', () => {
    expect(junit(dockerfileWith(text)).children[0]).toMatchObject({ attributes: { tests: '1', failures: '0' }, children: [{ name: 'testcase', attributes: { name: 'no findings', classname: 'Dockerfile' }, children: [] }] })
    expect(junit(resultOf([]))).toMatchObject({ attributes: { tests: '1', failures: '0' }, children: [{ children: [{ attributes: { name: 'no Dockerfile to lint' } }] }] })
  })

  test('says what was fixed', () => {
    const fix = { title: 'Do it', safety: 'safe', edits: [] } as const
    const [suite] = junit({ ...resultOf([{ path: 'a', text, findings: [], applied: [{ rule: 'some-rule', message: 'x', fix }] }]), fixed: { isDryRun: false, changed: [] } }).children
    expect(suite!.children.map(({ name, text: content }) => [name, content])).toEqual([['testcase', ''], ['system-out', 'fixed: do it (some-rule)']])
  })

  test('carries any path', () => {
    fc.assert(fc.property(hostilePath, path => {
      const [suite] = junit(resultOf([{ path, text, findings: [finding(copy, { path })] }])).children
      expect([suite!.attributes['name'], suite!.children[0]!.attributes['classname']]).toEqual([path, path])
    }))
  })

  test('counts right whatever the input', () => {
    fc.assert(fc.property(anyResult, result => {
      const { attributes, children } = junit(result)
      const cases = children.flatMap(suite => suite.children.filter(({ name }) => name === 'testcase'))
      expect(cases).toHaveLength(Number(attributes['tests']))
      expect(cases.filter(({ children: [inner] }) => inner?.name === 'failure')).toHaveLength(Number(attributes['failures']))
      expect(cases.length).toBeGreaterThan(0)
    }))
  })
})
