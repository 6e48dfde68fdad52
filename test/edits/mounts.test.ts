import { describe, expect, it } from 'vitest'
import { changedMount, changedMounts, withMounts } from '../../src/edits/mounts.ts'
import { syntaxAdded, syntaxMoved } from '../../src/edits/directives.ts'
import { parse } from '../../src/syntax/parse.ts'
import { toBuild } from '../../src/model/to-build.ts'
import { applyEdits, type TextEdit } from '../../src/text.ts'
import type { Build, RunStep } from '../../src/model/build.ts'

const A = '--mount=type=cache,target=/a'
const B = '--mount=type=cache,target=/b'

/** The file after the edits; null where there are none. The result must be one that the engine reads. */
function edited(text: string, edit: (build: Build, run: RunStep) => TextEdit | readonly TextEdit[] | null): string | null {
  const build = toBuild(parse(text), {})
  const made = edit(build, build.stages.flatMap(({ steps }) => steps).find((step): step is RunStep => step.kind === 'run')!)
  if (made === null) return null
  const after = applyEdits(text, 'span' in made ? [made] : made)
  expect(parse(after).problems).toEqual([])
  return after
}

describe('mounts of a RUN', () => {
  it.each<[string, string, readonly string[], string]>([
    ['on its line', 'RUN x\n', [A], `RUN ${A} x\n`],
    ['several: each on its line', 'RUN x\n', [A, B], `RUN ${A} \\\n    ${B} \\\n    x\n`],
    ['indented', '  RUN x\n', [A, B], `  RUN ${A} \\\n      ${B} \\\n      x\n`],
    ['a long line', `RUN ${'x '.repeat(50)}y\n`, [A], `RUN ${A} \\\n    ${'x '.repeat(50)}y\n`],
    ['several lines, indented as they are', 'RUN x && \\\n\ty\n', [A], `RUN ${A} \\\n\tx && \\\n\ty\n`],
    ['a line that begins with a comment', 'RUN x && \\\n# c\n  y\n', [A], `RUN ${A} \\\n  x && \\\n# c\n  y\n`],
    ['below the keyword', 'RUN \\\n  x\n', [A, B], `RUN ${A} \\\n  ${B} \\\n  x\n`],
    ['before a flag', `RUN ${B} x\n`, [A], `RUN ${A} ${B} x\n`],
    ['before a flag on a line of its own', `RUN ${B} \\\n    x\n`, [A], `RUN ${A} \\\n    ${B} \\\n    x\n`],
    ['a here-document keeps its line', 'RUN <<EOF\nx\nEOF\n', [A, B], `RUN ${A} ${B} <<EOF\nx\nEOF\n`],
    ['a here-document in a command', 'RUN cat <<EOF > /x\ny\nEOF\n', [A], `RUN ${A} cat <<EOF > /x\ny\nEOF\n`],
    ['the exec form', 'RUN ["x"]\n', [A], `RUN ${A} ["x"]\n`],
    ['CRLF', 'RUN x && \\\r\n  y\r\n', [A], `RUN ${A} \\\r\n  x && \\\r\n  y\r\n`],
    ['lower case, no line end', 'run x', [A, B], `run ${A} \\\n    ${B} \\\n    x`],
    ['blanks and tabs', 'RUN\t x\n', [A, B], `RUN ${A} \\\n    ${B} \\\n    x\n`],
  ])('%s', (_, run, mounts, after) => {
    expect(edited(`FROM debian\n${run}`, (build, step) => withMounts(build, step, mounts))).toBe(`FROM debian\n${after}`)
  })
  it('takes the escape of the file', () => {
    expect(edited('# escape=`\nFROM debian\nRUN x\n', (build, step) => withMounts(build, step, [A, B]))).toBe(`# escape=\`\nFROM debian\nRUN ${A} \`\n    ${B} \`\n    x\n`)
  })
})

describe('options of a mount', () => {
  it.each<[string, string, Readonly<Record<string, string | null>>, string | null]>([
    ['another value', 'type=cache,target=/a,sharing=shared', { sharing: 'locked' }, 'type=cache,target=/a,sharing=locked'],
    ['at the end', 'type=cache,target=/a', { uid: '1', gid: '2' }, 'type=cache,target=/a,uid=1,gid=2'],
    ['an id behind the type', 'target=/a,type=cache,uid=1', { id: 'x' }, 'target=/a,type=cache,id=x,uid=1'],
    ['under its other name', 'type=cache,dst=/a', { target: '/b' }, 'type=cache,dst=/b'],
    ['in capitals', 'type=cache,Target=/a', { target: '/b' }, 'type=cache,Target=/b'],
    ['one less', 'type=cache,sharing=private,target=/a', { sharing: null }, 'type=cache,target=/a'],
    ['one that is not there', 'type=cache,target=/a', { sharing: null }, 'type=cache,target=/a'],
    ['quotes', 'type=cache,"target=/a"', { target: '/b' }, null],
    ['two lines', 'type=cache,\\\ntarget=/a', { target: '/b' }, null],
  ])('%s', (_, options, changes, after) => {
    const change = (build: Build, { mounts }: RunStep): TextEdit | null => changedMount(build, mounts[0]!, changes)
    expect(edited(`FROM debian\nRUN --mount=${options} x\n`, change)).toBe(after === null ? null : `FROM debian\nRUN --mount=${after} x\n`)
  })
  it('all or none', () => {
    const all = (build: Build, { mounts }: RunStep): readonly TextEdit[] | null => changedMounts(build, mounts.map(mount => ({ mount, changes: { sharing: 'locked' } })))
    expect(edited(`FROM debian\nRUN ${A} ${B} x\n`, all)).toBe(`FROM debian\nRUN ${A},sharing=locked ${B},sharing=locked x\n`)
    expect(edited(`FROM debian\nRUN ${A} --mount=type=cache,"target=/b" x\n`, all)).toBe(null)
  })
})

describe('parser directives', () => {
  const S = '# syntax=docker/dockerfile:1'
  it.each<[string, string, string]>([
    ['at the top', '# c\nFROM debian\n', `${S}\n# c\nFROM debian\n`],
    ['below others', '# escape=`\n# check=error=true\nFROM debian\n', `# escape=\`\n# check=error=true\n${S}\nFROM debian\n`],
    ['below the line of an interpreter', '#!/x\r\nFROM debian\r\n', `#!/x\r\n${S}\r\nFROM debian\r\n`],
    ['behind a byte order mark', '\uFEFFFROM debian\n', `\uFEFF${S}\nFROM debian\n`],
    ['above what only looks like one', '# a=b\nFROM debian\n', `${S}\n# a=b\nFROM debian\n`],
  ])('%s', (_, text, after) => expect(edited(text, build => syntaxAdded(build, S))).toBe(after))
  it.each<[string, string, string]>([
    ['from below a comment', `# c\n${S}\nFROM debian\n`, `${S}\n# c\nFROM debian\n`],
    ['from between blank lines', `\n${S}\n\nFROM debian\n`, `${S}\n\nFROM debian\n`],
    ['from below an instruction, CRLF', `ARG A=1\r\n${S} \r\nFROM debian\r\n`, `${S}\r\nARG A=1\r\nFROM debian\r\n`],
  ])('moved %s', (_, text, after) => expect(edited(text, build => syntaxMoved(build, { start: text.indexOf(S), end: text.indexOf(S) + S.length }))).toBe(after))
})
