import { describe, expect, test } from 'vitest'
import { attachedAbove, headOf, movedTogetherAbove, movedTogetherBelow, withoutVariables } from '../../src/edits/moves.ts'
import { withoutInstructions } from '../../src/edits/removals.ts'
import { toBuild } from '../../src/model/to-build.ts'
import { parse } from '../../src/syntax/parse.ts'
import { applyEdits, type TextEdit } from '../../src/text.ts'
import type { Build, Instruction } from '../../src/model/build.ts'

const find = (build: Build, start: string): Instruction => {
  const found = build.stages.flatMap(({ instructions }) => instructions).find(({ span }) => build.text.slice(span.start, span.end).startsWith(start))
  if (!found) throw new Error(`no instruction starts with ${start}`)
  return found
}
function after(text: string, edits: (build: Build, named: (...starts: readonly string[]) => readonly Instruction[]) => readonly TextEdit[]): string {
  const build = toBuild(parse(text), {})
  const result = applyEdits(text, edits(build, (...starts) => starts.map(start => find(build, start))))
  expect(parse(result).problems).toEqual([])
  return result
}
type Row = readonly [name: string, given: string, wanted: string]
const both = (rows: readonly Row[]): readonly Row[] => rows.flatMap(([name, given, wanted]): readonly Row[] => [[name, given, wanted], [`${name}, CRLF`, given.replaceAll('\n', '\r\n'), wanted.replaceAll('\n', '\r\n')]])

describe('moving several instructions', () => {
  test.each(both([
    ['that stand together', 'FROM a\nCOPY b /b\nRUN x\nRUN y\nRUN z\n', 'FROM a\nRUN x\nRUN y\nCOPY b /b\nRUN z\n'],
    ['that stand apart', 'FROM a\nCOPY b /b\nRUN x\nENV c=d\nRUN y\n', 'FROM a\nRUN x\nRUN y\nCOPY b /b\nENV c=d\n'],
    ['paragraphs', 'FROM a\n\nCOPY b /b\n\nRUN x\n\nENV c=d\n\nRUN y\n', 'FROM a\n\nRUN x\n\nRUN y\n\nCOPY b /b\n\nENV c=d\n'],
    ['a paragraph of both', 'FROM a\n\nCOPY b /b\n\n# of x\nRUN x\nRUN y\n\nENV c=d\n', 'FROM a\n\n# of x\nRUN x\nRUN y\n\nCOPY b /b\n\nENV c=d\n'],
    ['out of the paragraph of the target', 'FROM a\n\nCOPY b /b\nRUN x\nRUN y\n\nENV c=d\n', 'FROM a\n\nRUN x\nRUN y\nCOPY b /b\n\nENV c=d\n'],
    ['above a comment that starts a paragraph', 'FROM a\n\n# copy it\nCOPY b /b\nRUN x\nRUN y\n', 'FROM a\n\nRUN x\nRUN y\n\n# copy it\nCOPY b /b\n'],
    ['from the end of the file', 'FROM a\nCOPY b /b\n\nRUN x\nRUN y', 'FROM a\n\nRUN x\nRUN y\n\nCOPY b /b'],
  ]))('up: %s', (_, given, wanted) => {
    expect(after(given, (build, named) => movedTogetherAbove(build, named('RUN x', 'RUN y'), find(build, 'COPY b')))).toBe(wanted)
  })
  test.each(both([
    ['into the same paragraph', 'FROM a\nCOPY x /x\nCOPY y /y\nRUN b\nRUN c\n', 'FROM a\nRUN b\nCOPY x /x\nCOPY y /y\nRUN c\n'],
    ['out of a paragraph', 'FROM a\nCOPY x /x\nCOPY y /y\nCOPY z /z\n\nRUN b\n\nRUN c\n', 'FROM a\nCOPY z /z\n\nRUN b\n\nCOPY x /x\nCOPY y /y\n\nRUN c\n'],
    ['a comment that heads another one stays', 'FROM a\n# all\nCOPY x /x\nCOPY y /y\nCOPY z /z\nRUN b\n', 'FROM a\n# all\nCOPY z /z\nRUN b\nCOPY x /x\nCOPY y /y\n'],
    ['to the end of the file', 'FROM a\nCOPY x /x\nCOPY y /y\nRUN b', 'FROM a\nRUN b\nCOPY x /x\nCOPY y /y'],
  ]))('down: %s', (_, given, wanted) => {
    expect(after(given, (build, named) => movedTogetherBelow(build, named('COPY x', 'COPY y'), find(build, 'RUN b')))).toBe(wanted)
  })
  test('a comment with the name of a source goes along', () => {
    expect(after('FROM a\n# main.js first\nCOPY main.js /x\nCOPY z /z\nRUN b\n', (build, named) => movedTogetherBelow(build, named('COPY main.js'), find(build, 'RUN b')))).toBe('FROM a\nCOPY z /z\nRUN b\n# main.js first\nCOPY main.js /x\n')
  })
  test.each(both([
    ['right above', 'FROM a\n\nARG x\n\nRUN b\n\nRUN c\n', 'FROM a\n\nRUN b\n\nARG x\nARG y\nRUN c\n'],
    ['below its comment', 'FROM a\nARG x\nRUN b\n# make it\nRUN c\n', 'FROM a\nRUN b\n# make it\nARG x\nARG y\nRUN c\n'],
    ['above a comment for a linter', 'FROM a\nARG x\nRUN b\n# hadolint ignore=DL1\nRUN c\n', 'FROM a\nRUN b\nARG x\nARG y\n# hadolint ignore=DL1\nRUN c\n'],
    ['indented', 'FROM a\n  ARG x\n  RUN b\n  RUN c\n', 'FROM a\n  RUN b\n  ARG x\n  ARG y\n  RUN c\n'],
  ]))('attached, with a new line: %s', (_, given, wanted) => {
    expect(after(given, (build, named) => attachedAbove(build, named('ARG x'), find(build, 'RUN c'), [{ at: given.length, text: 'ARG y' }]))).toBe(wanted)
  })
})

test.each([
  ['its folder and variables', '# x\nENV b=c\nWORKDIR /d\nCOPY e /e\n', 'ENV b=c'],
  ['nothing without a comment', 'ENV b=c\nCOPY e /e\n', 'COPY e'],
  ['nothing with a comment of its own', '# x\nENV b=c\n# y\nCOPY e /e\n', 'COPY e'],
  ['nothing beyond a blank line', '# x\nENV b=c\n\nCOPY e /e\n', 'COPY e'],
  ['nothing with a step', '# x\nRUN b\nWORKDIR /d\nCOPY e /e\n', 'COPY e'],
])('the head of a paragraph: %s', (_, lines, wanted) => {
  const build = toBuild(parse(`FROM a\n${lines}`), {})
  expect(headOf(build, find(build, 'COPY')).span.start).toBe(build.text.indexOf(wanted))
})

test.each(both([
  ['the first', 'FROM a\nENV x=1 y=2 z=3\n', 'FROM a\nENV y=2 z=3\n'],
  ['the last, with a continuation', 'FROM a\nENV y=2 z=3 \\\n    x=1\nRUN b\n', 'FROM a\nENV y=2 z=3\nRUN b\n'],
  ['one in the middle, on a line of its own', 'FROM a\nENV y=2 \\\n    x="1 1" \\\n    z=3\n', 'FROM a\nENV y=2 \\\n    z=3\n'],
  ['one on the first line', 'FROM a\nENV x=1 \\\n    y=2 \\\n    z=3\n', 'FROM a\nENV y=2 \\\n    z=3\n'],
  ['none in an instruction of its own', 'FROM a\nENV x=1\n', 'FROM a\nENV x=1\n'],
  ['none beside a comment', 'FROM a\nENV y=2 \\\n# of x\n    x=1\n', 'FROM a\nENV y=2 \\\n# of x\n    x=1\n'],
]))('without a variable: %s', (_, given, wanted) => {
  expect(after(given, build => {
    const setting = find(build, 'ENV')
    if (setting.kind !== 'setting') return []
    return withoutVariables(build, setting, setting.assigns.filter(({ name }) => name === 'x').map(({ span }) => span!)) ?? []
  })).toBe(wanted)
})

test.each(both([
  ['neighbours with their comment', 'FROM a\n\n# both\nARG x\nARG y\n\nRUN b\n', 'FROM a\n\nRUN b\n'],
  ['a comment that heads one more of the kind', 'FROM a\n# all\nARG x\nARG y\nARG z\nRUN b\n', 'FROM a\n# all\nARG z\nRUN b\n'],
  ['a comment above something else', 'FROM a\n# both\nARG x\nARG y\nRUN b\n', 'FROM a\nRUN b\n'],
  ['far from one another', 'FROM a\nARG x\nRUN b\n\n# y\nARG y\n\nRUN c\n', 'FROM a\nRUN b\n\nRUN c\n'],
  ['at the end', 'FROM a\nRUN b\n\nARG x\n# y\nARG y\n', 'FROM a\nRUN b\n'],
  ['at the end, without a line end', 'FROM a\nRUN b\n\nARG x\nARG y', 'FROM a\nRUN b'],
]))('taking several out: %s', (_, given, wanted) => {
  expect(after(given, (build, named) => withoutInstructions(build, named('ARG x', 'ARG y')))).toBe(wanted)
})
