import { describe, expect, test } from 'vitest'
import { ignoresOf } from '../../src/syntax/ignores.ts'
import { parse } from '../../src/syntax/parse.ts'
import { dockerfile } from '../support/dockerfile.ts'

/** `dialect scope: names`, the scope being `file` or the instruction's index. */
const read = (code: string): readonly string[] =>
  ignoresOf(parse(code)).map(({ dialect, instruction, names }) => `${dialect} ${instruction ?? 'file'}: ${names.map(({ name }) => name).join(' ')}`)
const above = (comment: string): readonly string[] => read(`FROM a\n${comment}\nRUN b\n`)

describe('ours', () => {
  test.each([
    ['# cachemiss ignore=x', 'cachemiss 1: x'],
    ['#cachemiss ignore=x,y -- because', 'cachemiss 1: x y'],
    ['  #  cachemiss  ignore = x , y,z', 'cachemiss 1: x y z'],
    ['# cachemiss ignore=x because', 'cachemiss 1: x'],
    ['# cachemiss ignore=x,', 'cachemiss 1: x'],
    ['# cachemiss ignore=', 'cachemiss 1: '],
    ['# cachemiss ignore= -- because', 'cachemiss 1: '],
    ['# cachemiss ignore-file=x,y -- because', 'cachemiss file: x y'],
    ['# cachemiss ignore=x\n\n# a note\n', 'cachemiss 1: x'],
    ['# cachemiss ignore=x\r', 'cachemiss 1: x'],
  ])('%j', (comment, expected) => expect(above(comment)).toEqual([expected]))

  test.each(['# cachemiss is great', '# cachemiss ignored=x', '# see cachemiss ignore=x', '# cachemiss ignore-all=x'])('%j is prose', comment => {
    expect(above(comment)).toEqual([])
  })

  test('stands at its names', () => {
    const code = 'FROM a\n# cachemiss ignore=x, yy -- because\nRUN b\n'
    expect(ignoresOf(parse(code))[0]!.names.map(({ span }) => code.slice(span.start, span.end))).toEqual(['x', 'yy'])
  })

  test('covers the instruction it stands in', () => {
    expect(read(dockerfile`
      FROM a
      RUN b && \
          # cachemiss ignore=x
          c
      RUN d`)).toEqual(['cachemiss 1: x'])
  })

  test('is content inside a here-document', () => {
    expect(read(dockerfile`
      FROM a
      RUN <<EOF
      # cachemiss ignore=x
      EOF`)).toEqual([])
  })

  test('may stand after the last instruction, where it covers nothing', () => expect(read('FROM a\n# cachemiss ignore=x')).toEqual(['cachemiss 1: x']))
})

describe("hadolint's", () => {
  test.each([
    ['# hadolint ignore=DL3001,SC1081 # reason', 'hadolint 1: DL3001 SC1081'],
    ['# hadolint global ignore=DL3003', 'hadolint file: DL3003'],
    ['#hadolint ignore=DL3001, DL3002', 'hadolint 1: DL3001 DL3002'],
  ])('%j', (comment, expected) => expect(above(comment)).toEqual([expected]))
  test('its shell pragma is none', () => expect(above('# hadolint shell=powershell')).toEqual([]))
})

describe("BuildKit's", () => {
  test('as a parser directive covers the file', () => {
    expect(read('# syntax=docker/dockerfile:1\n# check=skip=A,B;error=true\nFROM a\n')).toEqual(['buildkit file: A B'])
  })
  test.each([
    ['# check=skip=A, B', 'buildkit 1: A'],
    ['# check = skip=all', 'buildkit 1: all'],
    ['# Check=error=true;skip=A', 'buildkit 1: A'],
    ['# check=skip=A\n\n# a note\n', 'buildkit 1: A'],
    ['# check=skip=A\n# check=skip=B', 'buildkit 1: A'],
    ['# check=skip=A\n#\n# check=skip=B', 'buildkit 1: B'],
    ['# check=skip=A;other=B', 'buildkit 1: '],
    ['# check=A', 'buildkit 1: '],
  ])('%j', (comment, expected) => expect(above(comment)).toEqual([expected]))
  test('is an ordinary comment inside an instruction and after the last one', () => {
    expect(read('FROM a\nRUN b \\\n# check=skip=A\n  c\n# check=skip=B\n')).toEqual([])
  })
})
