import fc from 'fast-check'
import { expect, test } from 'vitest'
import { lineHashes } from '../../src/reporters/line-hash.ts'

const all = (text: string): readonly string[] => [...lineHashes(text, new Set(Array.from({ length: text.length + 1 }, (_, index) => index + 1))).values()]

// The vectors of integrations.md 1.1, which are those of github/codeql-action and two of ours.
test.each<[string, readonly string[]]>([
  ['', ['c129715d7a2bc9a3:1']],
  [' a\nb\n  \t\tc\n d', ['271789c17abda88f:1', '54703d4cd895b18:1', '180aee12dab6264:1', 'a23a3dc5e078b07b:1']],
  ['x = 2\nx = 1\nprint(x)\nx = 3\nprint(x)\nx = 4\nprint(x)\n', ['e54938cc54b302f1:1', 'bb609acbe9138d60:1', '1131fd5871777f34:1', '5c482a0f8b35ea28:1', '54517377da7028d2:1', '2c644846cb18d53e:1', 'f1b89f20de0d133:1', 'c129715d7a2bc9a3:1']],
  ['FROM node:22\nRUN npm ci\n', ['b980200d826edb67:1', '77e0370311f2a011:1', 'c129715d7a2bc9a3:1']],
  ['Lorem ipsum dolor sit amet.\n'.repeat(10), [
    ...[1, 2, 3, 4, 5, 6].map(count => `a7f2ff13bc495cf2:${count}`),
    'a7f2ff1481e87703:1', 'a9cf91f7bbf1862b:1', '55ec222b86bcae53:1', 'cc97dc7b1d7d8f7b:1', 'c129715d7a2bc9a3:1',
  ]],
])('hashes of %j', (text, expected) => expect(all(text)).toEqual(expected))

test('line ends are equal, however they are written', () => {
  const text = 'FROM a\nRUN b\n\n'
  expect(all(text.replaceAll('\n', '\r\n'))).toEqual(all(text))
  expect(all(text.replaceAll('\n', '\r'))).toEqual(all(text))
})

test('a line is hashed the same alone as among others', () => {
  fc.assert(fc.property(fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\t', '\n', '\r', '字'), maxLength: 400 }), fc.nat(50), (text, line) => {
    const hash = all(text)[line]
    expect(lineHashes(text, new Set([line + 1, 0, -1, 9999]))).toEqual(new Map(hash === undefined ? [] : [[line + 1, hash]]))
  }))
})

test('the hash is the polynomial it says it is', () => {
  fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), text => {
    const units = [...text.replace(/[ \t]/g, '').replace(/\r\n?/g, '\n').split('').map(unit => unit.charCodeAt(0)), 0xffff]
    const block = Array.from({ length: 100 }, (_, index) => units[index] ?? 0)
    const expected = block.reduce((hash, unit) => (hash * 37n + BigInt(unit)) % (1n << 64n), 0n)
    // A blank between CR and LF keeps them apart, which the sentence above does not say.
    if (!/\r[ \t]+\n/.test(text)) expect(lineHashes(text, new Set([1])).get(1)).toBe(`${expected.toString(16)}:1`)
  }))
})
