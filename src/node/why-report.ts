// The answer of `cachemiss why`, as text and as JSON.
import { causeInWords, safeJson, visible, type StepVerdict } from '../index.ts'

export interface WhyResult {
  readonly path: string
  /** The folder taken for the build context. */
  readonly context: string
  /** false: it was assumed for want of better knowledge. */
  readonly isContextSure: boolean
  /** What is taken as changed. */
  readonly changes: readonly string[]
  readonly verdicts: readonly StepVerdict[]
}

const STATES = { cached: 'cached', executed: 'executed', 'not-built': 'not built' } as const
const count = (verdicts: readonly StepVerdict[], state: StepVerdict['state'], certain = true): number => verdicts.filter(verdict => verdict.state === state && verdict.certain === certain).length

export function whyText(results: readonly WhyResult[], color: boolean): string {
  const paint = (code: number, text: string): string => (color ? `\u001b[${code}m${text}\u001b[0m` : text)
  return results.map(result => `${heading(result, paint)}\n${steps(result, paint)}\n${summary(result)}\n`).join('\n')
}

type Paint = (code: number, text: string) => string

function heading({ path, context, isContextSure, changes }: WhyResult, paint: Paint): string {
  const listed = changes.length === 0 ? 'nothing in the context' : changes.length > 5 ? `${changes.slice(0, 4).join(', ')} and ${changes.length - 4} more` : changes.join(', ')
  const doubt = isContextSure ? '' : ', assumed: several folders fit or none; name it with --context'
  return `${paint(1, visible(path))}  (context ${visible(context)}${doubt})\n  changed: ${visible(listed)}\n`
}

function steps({ verdicts }: WhyResult, paint: Paint): string {
  const width = Math.max(2, ...verdicts.map(verdict => String(verdict.line).length))
  const longest = Math.max(0, ...verdicts.map(verdict => visible(short(verdict.instruction)).length))
  let stage = verdicts[0]?.stage
  return verdicts.map(verdict => {
    const gap = verdict.stage === stage ? '' : '\n'
    stage = verdict.stage
    const state = verdict.certain ? STATES[verdict.state] : 'executed?'
    const colour = verdict.state === 'executed' ? (verdict.certain ? 31 : 33) : verdict.state === 'cached' ? 32 : 2
    const reason = verdict.because ? paint(2, `  ${verdict.certain ? '' : 'perhaps: '}${visible(causeInWords(verdict.because, verdict))}`) : ''
    return `${gap}  ${String(verdict.line).padStart(width)}  ${paint(colour, state.padEnd(9))}  ${reason === '' ? visible(short(verdict.instruction)) : visible(short(verdict.instruction)).padEnd(longest)}${reason}`
  }).join('\n')
}

const short = (text: string): string => (text.length > 60 ? `${text.slice(0, 59)}…` : text)

function summary({ verdicts }: WhyResult): string {
  const run = count(verdicts, 'executed')
  const perhaps = count(verdicts, 'executed', false)
  const built = verdicts.length - count(verdicts, 'not-built')
  return `\n  ${run} of ${built} ${built === 1 ? 'step' : 'steps'} would run again${perhaps > 0 ? `, ${perhaps} more only if the steps before write something else` : ''}`
}

/** A stable shape: `files` in the order of their paths, `steps` as compare() gives them. */
export function whyJson(results: readonly WhyResult[], version: string): string {
  const files = results.map(({ path, context, isContextSure, changes, verdicts }) => ({
    path, context, contextAssumed: !isContextSure, changed: changes, steps: verdicts,
    summary: { executed: count(verdicts, 'executed'), uncertain: count(verdicts, 'executed', false), cached: count(verdicts, 'cached'), notBuilt: count(verdicts, 'not-built') },
  }))
  return safeJson({ schemaVersion: 1, tool: { name: 'cachemiss', version }, files })
}
