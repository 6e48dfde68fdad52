// What holds for every format: whatever the input, the output parses, shows no raw control character and is no command of a CI runner.
import { parse, type DefaultTreeAdapterTypes } from 'parse5'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { reporters, type LintResult, type ReporterName } from '../../src/reporters/index.ts'
import { obeyed, xml } from './decode.ts'
import { anyResult, finding, plain, rawControl, resultOf, rule } from './result.ts'

const names = Object.keys(reporters) as readonly ReporterName[]
const nasty = '::set-output name=a::b ##[error]c ##vso[task.complete]d ]]> <script>alert(1)</script> \x1b[31mred\x1b[0m \x07\x7f\x9b\u202e "&\' ```'
const text = `FROM x\nRUN ${nasty}\n`
const hostile = resultOf([{
  path: `::set-output name=p::q/${nasty}`, text,
  findings: (['error', 'warning', 'info'] as const).map(severity => finding({ start: 7, end: text.length }, {
    path: `::set-output name=p::q/${nasty}`, severity, rule: nasty, message: `${nasty}\n${nasty}`, noFix: nasty, related: [{ span: { start: 0, end: 4 }, message: nasty }],
    fix: { title: nasty, safety: 'suggested', assumes: nasty, drops: [nasty], edits: [{ span: { start: 0, end: 0 }, text: nasty }] },
  })),
  applied: [{ rule: nasty, message: nasty, fix: { title: nasty, safety: 'safe', edits: [] } }],
}], [rule(nasty, { summary: nasty })])

const parsers: Readonly<Partial<Record<ReporterName, (text: string) => unknown>>> = {
  json: JSON.parse, sarif: JSON.parse, gitlab: JSON.parse, rdjson: JSON.parse, sonarqube: JSON.parse, checkstyle: xml, junit: xml,
  ndjson: written => written.trimEnd().split('\n').map(line => JSON.parse(line)),
  html: elementsOf,
}

describe.each(names)('%s', name => {
  test('escapes hostile content', () => {
    const written = reporters[name](hostile, plain)
    expect(written).not.toMatch(rawControl)
    expect(name === 'github' ? written.replace(/^::(?:error|warning|notice) file=.*$/gm, '') : written).not.toMatch(obeyed)
    parsers[name]?.(written)
  })

  test('takes any result', () => {
    fc.assert(fc.property(anyResult, result => {
      if (name === 'ndjson' && result.files.every(({ findings }) => findings.length === 0)) return
      const written = reporters[name](result, { ...plain, docs: id => `https://example.com/${id}` })
      expect(written.replace(/^::(?:error|warning|notice) file=.*$/gm, '')).not.toMatch(obeyed)
      expect(written).not.toMatch(rawControl)
      parsers[name]?.(written)
    }))
  })

  test('ends with a line end or is empty', () => {
    for (const result of [resultOf([]), resultOf([{ path: 'a', text: '', findings: [] }]), hostile]) expect(reporters[name](result, plain)).toMatch(/(?:^|\n)$/)
  })
})

type Node = DefaultTreeAdapterTypes.ChildNode
function elementsOf(page: string): readonly DefaultTreeAdapterTypes.Element[] {
  const errors: string[] = []
  const document = parse(page, { onParseError: ({ code }) => errors.push(code) })
  // Characters that stand for nothing are allowed, only unwise.
  expect(errors.filter(code => code !== 'noncharacter-in-input-stream')).toEqual([])
  const all = (nodes: readonly Node[]): readonly DefaultTreeAdapterTypes.Element[] => nodes.flatMap(node => 'tagName' in node ? [node, ...all(node.childNodes)] : [])
  return all(document.childNodes)
}
const textOf = (node: Node): string => ('value' in node ? node.value : 'childNodes' in node ? node.childNodes.map(textOf).join('') : '')

describe('the html page', () => {
  const page = reporters.html(hostile, plain)
  const elements = elementsOf(page)

  test('has only its own elements and attributes', () => {
    expect([...new Set(elements.map(({ tagName }) => tagName))].sort()).toEqual(['a', 'article', 'body', 'code', 'fieldset', 'footer', 'h1', 'h2', 'head', 'header', 'html', 'input', 'label', 'legend', 'li', 'main', 'meta', 'p', 'pre', 'section', 'span', 'strong', 'style', 'title', 'ul'])
    expect([...new Set(elements.flatMap(({ attrs }) => attrs.map(attr => attr.name)))].sort()).toEqual(['charset', 'checked', 'class', 'content', 'href', 'http-equiv', 'id', 'lang', 'name', 'rel', 'type'])
  })

  test('forbids all but its own style, before anything else', () => {
    const head = elements.find(({ tagName }) => tagName === 'head')!
    const policy = elements.find(({ attrs }) => attrs.some(({ value }) => value === 'Content-Security-Policy'))!
    expect(policy.attrs.find(attr => attr.name === 'content')!.value).toBe("default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'")
    expect(elements.slice(elements.indexOf(head) + 1).map(({ tagName }) => tagName).slice(0, 2)).toEqual(['meta', 'meta'])
    expect(page).not.toMatch(/url\(|@import|src=/)
  })

  test('says what was found, with the code', () => {
    const [first] = elements.filter(({ tagName }) => tagName === 'article')
    const spelled = '\\x3a:set-output name=a::b \\x23#[error]c \\x23#vso[task.complete]d ]]> <script>alert(1)</script> \\x1b[31mred\\x1b[0m \\x07\\x7f\\x9b\\u202e "&\' ```'
    expect(textOf(first!)).toContain(`error 2:1 ${spelled} ${spelled}`)
    expect(textOf(elements.find(({ tagName }) => tagName === 'pre')!)).toContain('2 │ RUN ::set-output name=a::b \\x23#[error]c')
    expect(elements.filter(({ attrs }) => attrs.some(({ value }) => /^show-/.test(value))).map(({ attrs }) => attrs.find(attr => attr.name === 'id')!.value)).toEqual(['show-error', 'show-warning', 'show-info'])
  })

  test('links the page of a rule only to the web', () => {
    const links = (address: string): number => elementsOf(reporters.html(hostile, { ...plain, docs: () => address })).filter(({ tagName }) => tagName === 'a').length
    expect(links('https://example.com/a"b<c')).toBe(3)
    expect(links('javascript:alert(1)')).toBe(0)
    expect(links('')).toBe(0)
  })
})

describe('compact', () => {
  const shown = (result: LintResult): string => reporters.compact(result, plain)

  test('is one line for each finding, and nothing without one', () => {
    const result = resultOf([{ path: 'a b/Dockerfile', text: 'FROM x\nRUN y\n', findings: [finding({ start: 11, end: 12 }, { path: 'a b/Dockerfile', message: 'One "x".\n\n  Two.' })] }])
    expect(shown(result)).toBe('a b/Dockerfile:2:5: warning: One "x".   Two. [some-rule]\n')
    expect(shown(resultOf([{ path: 'a', text: '', findings: [] }]))).toBe('')
  })

  test('has as many lines as findings', () => {
    fc.assert(fc.property(anyResult, result => {
      expect(shown(result).split('\n')).toHaveLength(result.files.flatMap(({ findings }) => findings).length + 1)
    }))
  })
})

describe('ndjson', () => {
  test('holds the findings of `json`, each with its path', () => {
    fc.assert(fc.property(anyResult, ({ files: [first], ...rest }) => {
      const result = { ...rest, files: first ? [first] : [] }
      const lines = reporters.ndjson(result, plain).split('\n').slice(0, -1).map(line => JSON.parse(line))
      const { files } = JSON.parse(reporters.json(result, plain))
      const expected = files.flatMap(({ path, findings }: { path: string; findings: readonly object[] }) => findings.map(found => ({ path, ...found })))
      expect(lines).toEqual(expected)
    }))
  })
})
