// What holds for fixes of any Dockerfile: they go through, they end, they change what they say and nothing else, and nothing gets dearer.
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { rebuildSeconds } from '../src/facts/rebuild-costs.ts'
import { lineEndAt } from '../src/edits/instructions.ts'
import { withLines } from '../src/edits/ignore-file.ts'
import { fix, type FixResult } from '../src/fix.ts'
import { resolveConfig, rules } from '../src/index.ts'
import { examine, type Input } from '../src/lint.ts'
import { parse } from '../src/syntax/parse.ts'
import { applyEdits, type Span, type TextEdit } from '../src/text.ts'
import { anyDockerfile } from './support/arbitraries.ts'
import { inputOf } from './support/input.ts'
import { project, type Project } from './support/projects.ts'
import type { Build } from '../src/model/build.ts'

const active = resolveConfig(rules, { extends: 'cachemiss:all' }).rules
/** Always the same projects, so that no run fails for another's rule; others and more by hand: `FIX_SEED=2 FIX_RUNS=2000 npx vitest run test/properties-fix.test.ts`. */
const runs = Number(process.env['FIX_RUNS'] ?? 60)
const seed = Number(process.env['FIX_SEED'] ?? 1)

const fixed = (input: Input, unsafe = true): FixResult => fix(input, active, { unsafe })
const after = (input: Input, { text, ignoreFile }: Pick<FixResult, 'text' | 'ignoreFile'>): Input => ({ ...input, text, ...ignoreFile && { ignoreFile } })
const buildOf = (input: Input): Build => examine(input, []).build!
const isRead = ({ code }: Project): boolean => parse(code).problems.length === 0
/** What the properties are about: a project, all its fixes, the safe ones alone. */
interface Case { readonly given: Project; readonly input: Input; readonly result: FixResult; readonly safely: FixResult }

function parses({ given: { code }, result: { text, applied } }: Case): void {
  const { problems } = parse(code)
  expect(parse(text).problems, 'what parses goes on doing so').toEqual(problems)
  if (problems.length > 0) expect([text, applied], 'what does not is left alone').toEqual([code, []])
}

function ends({ result: { rounds, refused } }: Case): void {
  expect(rounds).toBeLessThan(20)
  expect(refused.map(({ rule, reason, detail }) => `${rule}: ${reason}: ${detail}`), 'nothing is refused').toEqual([])
}

function isDone({ input, result }: Case): void {
  const again = fixed(after(input, result))
  expect(again.applied.map(({ rule, message }) => `${rule}: ${message}`), 'nothing is left to do').toEqual([])
  expect([again.text, again.ignoreFile]).toEqual([result.text, result.ignoreFile])
}

function safeIsLess({ input, result, safely }: Case): void {
  expect(safely.applied.filter(({ fix: { safety } }) => safety !== 'safe'), 'safe fixes are safe').toEqual([])
  expect(fixed(after(input, result), false).applied, 'suggested fixes come with all safe ones').toEqual([])
}

function costsNoMore({ given, input, result }: Case): void {
  if (!isRead(given)) return
  const [before, now] = [buildOf(input), buildOf(after(input, result))]
  const meant = new Set(result.applied.flatMap(({ fix: { reruns = [] } }) => reruns))
  for (const path of [...Object.keys(given.files), 'Dockerfile'].filter(file => !meant.has(file))) {
    const change = { kind: 'files', paths: [path] } as const
    expect(rebuildSeconds(now, change), `the cost of a change of ${path}`).toBeLessThanOrEqual(rebuildSeconds(before, change))
  }
}

/** Such as a source that the ignore file hides from then on. */
function breaksNothing({ input, result: { findings } }: Case): void {
  const errorsIn = (all: FixResult['findings']): readonly string[] => all.flatMap(({ rule, severity }) => (severity === 'error' ? [rule] : []))
  const [before, now] = [errorsIn(examine(input, active).findings), errorsIn(findings)]
  expect(now.filter(rule => countOf(now, rule) > countOf(before, rule)), 'errors that were not there').toEqual([])
}

const commentsIn = (text: string): readonly string[] => parse(text).comments.map(({ span }) => text.slice(span.start, span.end).trimEnd())
const countOf = (items: readonly string[], item: string): number => items.filter(other => other === item).length

/** Those right above an instruction or inside one that is there no more, as far as others say the same: they have nothing left to speak of. */
function commentsOfGone(code: string, text: string): readonly string[] {
  const [before, now] = [parse(code), parse(text)]
  if (now.instructions.length >= before.instructions.length) return []
  const left = now.instructions.map(({ text: line }) => line)
  const gone = before.instructions.filter(({ text: line }, _, all) => countOf(left, line) < all.filter(other => other.text === line).length)
  return before.comments.flatMap(({ span }) => {
    const isAbove = ({ span: own }: { readonly span: Span }): boolean => span.end <= own.start && /^(?:\r?\n[ \t]*(?:#[^\n]*)?)*$/.test(code.slice(span.end, own.start)) && !/\n[ \t]*\r?\n/.test(code.slice(span.end, own.start))
    return gone.some(node => isAbove(node) || span.start >= node.span.start && span.end <= node.span.end) ? [code.slice(span.start, span.end).trimEnd()] : []
  })
}

function keepsComments({ given: { code, ignore }, result: { text, ignoreFile } }: Case): void {
  const [before, now] = [commentsIn(code), [...commentsIn(text), ...commentsOfGone(code, text)]]
  expect(before.filter(comment => countOf(now, comment) < countOf(before, comment) && !/^#\s*(?:cachemiss ignore|syntax=)/.test(comment)), 'comments that are lost').toEqual([])
  const lines = (of: string): readonly string[] => of.split(/\r?\n/).filter(line => line.startsWith('#'))
  expect(lines(ignoreFile?.text ?? '')).toEqual(expect.arrayContaining([...lines(ignore ?? '')]))
}

const isWindows = (text: string): boolean => text.includes('\n') && !/(?<!\r)\n/.test(text)

function keepsLineEnds({ given: { code, ignore }, result: { text, ignoreFile } }: Case): void {
  if (isWindows(code)) expect(/(?<!\r)\n/.exec(text), 'line ends of Windows').toBeNull()
  if (isWindows(ignore ?? '')) expect(/(?<!\r)\n/.exec(ignoreFile!.text), 'line ends of Windows in the ignore file').toBeNull()
  if (!code.includes('\r')) expect(text).not.toContain('\r')
  expect(text.startsWith('\uFEFF'), 'the byte order mark').toBe(code.startsWith('\uFEFF'))
}

/** The states in which some of these fixes were applied, the last one first tried: each round as many as were offered in one state. */
function replayed(now: Input, rest: FixResult['applied'], wanted: string): boolean {
  if (rest.length === 0) return JSON.stringify([now.text, now.ignoreFile ?? null]) === wanted
  const offered = new Set(examine(now, active).apart.map(({ rule, fix: one }) => JSON.stringify([rule, one])))
  const taken: TextEdit[] = []
  const next = rest.findIndex(({ rule, fix: one }) => {
    const waits = one.edits.some(({ span: a }) => taken.some(({ span: b }) => a.end >= b.start && b.end >= a.start))
    taken.push(...one.edits)
    return waits || !offered.has(JSON.stringify([rule, one]))
  })
  for (let count = next === -1 ? rest.length : next; count > 0; count--) {
    const fixes = rest.slice(0, count).map(({ fix: one }) => one)
    const [edits, lines] = [fixes.flatMap(({ ignoreEdits = [] }) => ignoreEdits), fixes.flatMap(({ ignoreLines = [] }) => ignoreLines)]
    const ignoreFile = edits.length + lines.length === 0 ? now.ignoreFile ?? null
      : { path: now.ignoreFile?.path ?? '.dockerignore', text: withLines(applyEdits(now.ignoreFile?.text ?? '', edits), [...new Set(lines)], lineEndAt(now.text, 0)) }
    if (replayed(after(now, { text: applyEdits(now.text, fixes.flatMap(({ edits: own }) => own)), ignoreFile }), rest.slice(count), wanted)) return true
  }
  return false
}

function changesWhatItSays({ input, result }: Case): void {
  expect(replayed(input, result.applied, JSON.stringify([result.text, result.ignoreFile])), 'the edits make all of the difference, each offered in the state before it').toBe(true)
}

/** What safe fixes may not touch; an ARG is no part of the image. */
function keepsSettings({ given, input, safely }: Case): void {
  if (!isRead(given)) return
  const settled = ({ target: { user, workdir, environment, shell } }: Build): unknown => ({ user, workdir, shell, variables: environment.entries().filter(({ kind }) => kind !== 'arg').map(({ name, value }) => `${name}=${value}`).sort() })
  expect(settled(buildOf(after(input, safely))), 'the user, the folder and the variables').toEqual(settled(buildOf(input)))
}

it('fixes of any project hold what they promise', () => {
  fc.assert(fc.property(project, given => {
    const input = inputOf(given)
    const found: Case = { given, input, result: fixed(input), safely: fixed(input, false) }
    for (const check of [parses, ends, isDone, safeIsLess, costsNoMore, breaksNothing, keepsComments, keepsLineEnds, changesWhatItSays, keepsSettings]) check(found)
  }), { numRuns: runs, seed })
}, 600_000)

it('any text at all is fixed or left alone', () => {
  fc.assert(fc.property(anyDockerfile, fc.boolean(), fc.constantFrom(undefined, '', '*\n!src\n'), (code, known, ignore) => {
    const { text, rounds } = fixed(inputOf({ code, ...known && { files: { 'package.json': '{}', 'src/a.js': '' } }, ...ignore !== undefined && { ignore } }))
    expect(parse(text).problems).toEqual(parse(code).problems)
    expect(rounds).toBeLessThan(20)
  }), { numRuns: runs * 2, seed })
}, 600_000)
