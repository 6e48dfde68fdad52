// `markdown`: what the input says stays text. The checks here know the little of GitHub's flavour that the report uses.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { reporters } from '../../src/reporters/index.ts'
import { code, inline } from '../../src/reporters/markdown.ts'
import { anyResult, dockerfileWith, finding, hostileText, plain, resultOf, spanOf } from './result.ts'

const text = 'FROM node:22\nCOPY . .\nRUN npm ci\n'
const copy = spanOf(text, 'COPY . .')
const bare = { ...plain, docs: () => '' }

test('shows findings under their file, with code and fix', () => {
  const fix = { title: 'Copy "package.json" first', safety: 'suggested', assumes: 'nobody minds', edits: [] } as const
  const found = finding(copy, { message: '"COPY . ." is <early>.\nMore.', fix, cost: { seconds: 7, bytes: 0 } })
  const result = { ...resultOf([{ path: 'a b/Dockerfile', text, findings: [{ ...found, path: 'a b/Dockerfile' }], applied: [{ rule: 'other-rule', message: 'x', fix }] }, { path: 'clean', text, findings: [] }]), fixed: { isDryRun: false, changed: [{ path: 'a b/Dockerfile', before: '', text }] } }
  expect(reporters.markdown(result, { ...bare, place: (path, line, end) => `https://example.com/${encodeURI(path)}#L${line}-L${end}` })).toBe(`## cachemiss

1 problem (0 errors, 1 warning, 0 info) in 1 of 2 files  
1 fixable with --fix --unsafe  
fixed 1 of 2 problems in 1 file

### \`a b/Dockerfile\`

- fixed: copy \`package.json\` first (other-rule)
  assumes nobody minds

- **warning**, [line 2](<https://example.com/a%20b/Dockerfile#L2-L2>): \`COPY . .\` is &lt;early&gt;. \`some-rule\`

  More.

  typical cost: about 7 s each time

  \`\`\`
  1 │ FROM node:22
  2 │ COPY . .
    │ ^^^^^^^^
  \`\`\`

  fix available: copy \`package.json\` first (--fix --unsafe)  
  assumes nobody minds
`)
  expect(reporters.markdown(resultOf([{ path: 'clean', text, findings: [] }]), bare)).toBe('## cachemiss\n\nno problems in 1 file\n')
})

test('links the page of a rule, and nothing that could end the link', () => {
  const shown = (address: string): string => reporters.markdown(dockerfileWith(text, finding(copy)), { ...plain, docs: () => address })
  expect(shown('https://example.com/#x')).toContain('[`some-rule`](<https://example.com/#x>)')
  expect(shown('https://example.com/>) <b>\\')).toContain('[`some-rule`](<https://example.com/%3E)%20%3Cb%3E%5C>)')
})

describe('text from the input', () => {
  test.each([
    ['@me and #1 at https://x.y, www.x.y', '@<!-- -->me and #<!-- -->1 at https:<!-- -->//x.y, www<!-- -->.x.y'],
    ['[a](b) *c* _d_ ~e~ | $f$ \\', '\\[a\\](b) \\*c\\* \\_d\\_ \\~e\\~ \\| \\$f\\$ \\\\'],
    ['<!-- x --> &lt;', '&lt;!-- x --&gt; &amp;lt;'],
    ['"COPY . ." and `x|y`', '`COPY . .` and `x|y`'],
    ['"a`b" "`" \'c\' "d', '``a`b`` `` ` `` \'c\' "d'],
    ['a ` b', 'a \\` b'],
  ])('%j becomes %j', (given, expected) => expect(inline(given)).toBe(expected))

  test('a code span holds any line', () => {
    fc.assert(fc.property(fc.array(fc.constantFrom('`', ' ', 'a', '``'), { minLength: 1 }).map(all => all.join('')), content => {
      const [, ticks, held] = /^(`+)([^]*?)\1$/.exec(code(content))!
      expect(held!.match(/`+/g) ?? []).not.toContain(ticks)
      const isPadded = held!.startsWith(' ') && held!.endsWith(' ') && held!.trim() !== ''
      expect(isPadded ? held!.slice(1, -1) : held).toBe(content.trim() === '' ? held : content)
    }))
  })

  /** Without code, escapes and comments. */
  const plainly = (line: string): string => line.replace(/\\[!-/:-@[-`{-~]|(`+)(?!`)(.+?)(?<!`)\1(?!`)|<!-- -->|&(?:lt|gt|amp);/g, '\0')

  test('is neither tag, link, mention nor reference', () => {
    fc.assert(fc.property(hostileText, given => {
      expect(plainly(inline(given))).not.toMatch(/[<>`*_[\]|~$&\\]|[@#]\w|:\/\/|www\./i)
    }))
  })

  test('leaves every fence closed and every line in its place', () => {
    fc.assert(fc.property(anyResult, result => {
      let fence: string | null = null
      let found = 0
      for (const line of reporters.markdown(result, bare).split('\n')) {
        if (fence === null && /^ {2}`{3,}$/.test(line)) fence = line
        else if (line === fence) fence = null
        else if (fence === null) {
          expect(line).toMatch(/^(?:|## cachemiss|### `.*`|### |- (?:fixed: .*|\*\*(?:error|warning|info)\*\*.*)| {2}.*|(?:no |\d+ ).*)$/)
          expect(line).not.toMatch(/^ {2}\s*`{3}|^ {2,}(?:#|-|=|>|\d+[.)]) /)
          if (line.startsWith('- **')) found++
        } else expect(/`{3,}/.exec(line)?.[0].length ?? 0).toBeLessThan(fence.trim().length)
      }
      expect(fence).toBeNull()
      expect(found).toBe(result.files.flatMap(({ findings }) => findings).length)
    }))
  })
})

test('leaves out whole findings where room is short, and says how many', () => {
  const result = dockerfileWith(text, ...Array.from({ length: 50 }, () => finding(copy, { message: 'ü '.repeat(100) })))
  for (const limit of [200, 1000, 5000]) {
    const written = reporters.markdown(result, { ...bare, limit })
    const shown = written.split('\n- **warning**').length - 1
    expect(Buffer.byteLength(written)).toBeLessThanOrEqual(limit)
    expect(written).toMatch(new RegExp(`\n… ${50 - shown} more\n$`))
  }
  expect(reporters.markdown(result, { ...bare, limit: 100_000 })).toBe(reporters.markdown(result, bare))
})
