// `github` and the annotations that follow a text report, read back as the runners read them.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { azureIssues } from '../../src/reporters/azure.ts'
import { githubAnnotations } from '../../src/reporters/github.ts'
import { reporters } from '../../src/reporters/index.ts'
import type { Finding } from '../../src/rule.ts'
import { azureCommands, githubCommands, obeyed } from './decode.ts'
import { anyResult, dockerfileWith, finding, hostilePath, plain, rawControl, resultOf, spanOf } from './result.ts'

const text = 'FROM node:22\nCOPY . .\nRUN npm ci\n'
const copy = spanOf(text, 'COPY . .')
const hostile = 'a\x1b[31m\n::set-output name=x::y\r##[add-mask]z ##vso[task.complete]w 100%0A'
const shown = (result: Parameters<typeof githubAnnotations>[0]): string => reporters.github(result, plain)

describe('github', () => {
  test('names the place, the rule and the fix', () => {
    const fix = { title: 'Copy less', safety: 'safe', edits: [] } as const
    expect(shown(dockerfileWith(text, finding(copy, { message: 'First.\nSecond.', fix })))).toBe(
      '::warning file=Dockerfile,line=2,endLine=2,col=1,endColumn=8,title=some-rule::First.%0ASecond.%0Afix available: copy less (--fix)\n'
      + '1 problem (0 errors, 1 warning, 0 info) in 1 file\n1 fixable with --fix\n')
  })

  test('tells columns on one line only, and no place in a file whose text is not known', () => {
    const [lines, wholeLine, unknown] = githubCommands(shown(dockerfileWith(text, finding({ start: 13, end: 25 }), finding({ start: 13, end: 22 }), finding(copy, { path: 'elsewhere' }))))
    expect(lines!.properties).toEqual({ file: 'Dockerfile', line: '2', endLine: '3', title: 'some-rule' })
    expect(wholeLine!.properties).toEqual({ file: 'Dockerfile', line: '2', endLine: '2', title: 'some-rule' })
    expect(unknown!.properties).toEqual({ file: 'elsewhere', title: 'some-rule' })
  })

  test('has at most ten of a kind, the most severe first, and says the rest as plain lines', () => {
    const many = (count: number, severity: Finding['severity']) => Array.from({ length: count }, (_, index) => finding({ start: index, end: index + 1 }, { severity }))
    const written = shown(dockerfileWith(text, ...many(12, 'info').reverse(), ...many(3, 'warning'), ...many(11, 'error')))
    const commands = githubCommands(written)
    expect(commands.map(({ name }) => name)).toEqual([...Array(10).fill('error'), 'warning', 'warning', 'warning', ...Array(10).fill('notice')])
    expect(commands.slice(0, 10).map(({ properties }) => properties['col'])).toEqual(['1', '2', '3', '4', '5', '6', '7', '8', '9', '10'])
    expect(written.split('\n').slice(23, 27)).toEqual([
      'Dockerfile:1:11: error: Something. [some-rule]', 'Dockerfile:1:11: info: Something. [some-rule]', 'Dockerfile:1:12: info: Something. [some-rule]',
      '3 findings without annotation: GitHub shows 10 of each kind for a step',
    ])
  })

  test('lets no input become a command', () => {
    const many = Array.from({ length: 12 }, () => finding(copy, { path: '::set-output name=p::q', rule: hostile, message: `::error::x\n${hostile}` }))
    const written = shown(resultOf([{ path: '::set-output name=p::q', text, findings: many }]))
    const commands = githubCommands(written)
    expect(commands).toHaveLength(10)
    expect(commands.every(({ name, properties }) => name === 'warning' && properties['file'] === '::set-output name=p::q')).toBe(true)
    expect(written.split('\n').slice(10).join('\n')).not.toMatch(obeyed)
    expect(written).not.toMatch(rawControl)
  })

  test('carries any path and never more commands than findings', () => {
    fc.assert(fc.property(hostilePath, path => {
      const [command, ...others] = githubCommands(githubAnnotations(resultOf([{ path, text, findings: [finding(copy, { path })] }])))
      expect(others).toEqual([])
      expect(command!.properties['file']).toBe(path.replace(/[\u200f\u202e]/g, char => `\\u${char.charCodeAt(0).toString(16)}`))
      expect(command!.data).toBe('Something.')
    }))
    fc.assert(fc.property(anyResult, result => {
      expect(githubCommands(shown(result))).toHaveLength(result.files.flatMap(({ findings }) => findings).length)
      expect(shown(result)).not.toMatch(rawControl)
    }))
  })
})

describe('issues for Azure Pipelines', () => {
  test('name place and rule, and leave out information', () => {
    const written = azureIssues(dockerfileWith(text, finding(copy), finding(copy, { severity: 'info' })))
    expect(written).toBe('##vso[task.logissue type=warning;sourcepath=Dockerfile;linenumber=2;columnnumber=1;code=some-rule;]Something.\n')
  })

  test('carry any path and nothing else', () => {
    fc.assert(fc.property(hostilePath, path => {
      const commands = azureCommands(azureIssues(resultOf([{ path, text, findings: [finding(copy, { path, message: hostile })] }])))
      expect(commands).toEqual([{
        name: 'task.logissue',
        properties: { type: 'warning', sourcepath: path.replace(/[\u200f\u202e]/g, char => `\\u${char.charCodeAt(0).toString(16)}`), linenumber: '2', columnnumber: '1', code: 'some-rule' },
        data: 'a\\x1b[31m \\x3a:set-output name=x::y\\x0d\\x23#[add-mask]z \\x23#vso[task.complete]w 100%0A',
      }])
    }))
  })
})
