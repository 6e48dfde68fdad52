import fc from 'fast-check'
import { expect, test } from 'vitest'
import { json, uri, visible, visibleLines } from '../../src/reporters/escape.ts'
import { hostileText, rawControl } from './result.ts'

test('control characters become visible and nothing else changes', () => {
  expect(visible('a\x1b[31mb\x9b\x7f\t\n\u202e\u2066\ud800 é 字 😀 \\x1b')).toBe('a\\x1b[31mb\\x9b\\x7f\\x09\\x0a\\u202e\\u2066\\ud800 é 字 😀 \\x1b')
})

test('a message keeps its lines', () => {
  expect(visibleLines('COPY\t. .\r\nsecond\rline')).toEqual(['COPY . .', 'second\\x0dline'])
})

test('nothing raw is left', () => {
  fc.assert(fc.property(hostileText, text => { expect(visible(text)).not.toMatch(rawControl) }))
})

test('JSON holds the same value and is safe to print', () => {
  fc.assert(fc.property(hostileText, text => {
    const written = json({ text })
    expect(JSON.parse(written)).toEqual({ text })
    expect(written).not.toMatch(rawControl)
  }))
})

test.each([
  ['Dockerfile', 'Dockerfile'],
  ['./a b/Docker#file', 'a%20b/Docker%23file'],
  ['../x/%20?', '../x/%2520%3F'],
  ['c:d/x', 'c%3Ad/x'],
  ['字/\x1b', '%E5%AD%97/%1B'],
  ['/tmp/Dockerfile', 'file:///tmp/Dockerfile'],
  ['C:/my app/Dockerfile', 'file:///C:/my%20app/Dockerfile'],
  ['\ud800', '%EF%BF%BD'],
])('the path %j is the URI %s', (path, expected) => expect(uri(path)).toBe(expected))
