// What a rule of a plugin reports, checked: nobody has compiled it against our types, and a wrong place would only show much later.
import type { Build, Report, Span } from '../index.ts'

/** All reports of one run. What is wrong, thrown or reported, is thrown with the name of the plugin. */
export function checkedReports(run: () => Iterable<Report>, build: Build, plugin: string): readonly Report[] {
  try {
    return Array.from(run(), report => checked(report, build))
  } catch (cause) {
    const error = new Error(`plugin ${JSON.stringify(plugin)}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
    if (cause instanceof Error && cause.stack !== undefined) error.stack = cause.stack
    throw error
  }
}

type Unchecked<T> = { readonly [K in keyof T]?: unknown }
const object = (value: unknown): Readonly<Record<string, unknown>> => typeof value === 'object' && value !== null ? value as Readonly<Record<string, unknown>> : {}

function checked(report: Report, build: Build): Report {
  const { at, message, related, cost, fix, noFix, mending } = object(report) as Unchecked<Report>
  const length = object(at)['file'] === 'ignore' ? build.context.ignoreFile?.text.length ?? -1 : build.text.length
  must(isSpan(object(at)['span'], length), 'the place of a report lies outside the file')
  must(typeof message === 'string' && message !== '', 'a report has no message')
  must(isList(related, one => isSpan(object(object(one)['at'])['span'], build.text.length) && typeof object(one)['message'] === 'string'), 'a related place of a report lies outside the file, or has no message')
  must(cost === undefined || Object.values(object(cost)).every(value => typeof value === 'number' && Number.isFinite(value)), 'the cost of a report is no number')
  must([noFix, mending].every(text => text === undefined || typeof text === 'string'), 'noFix and mending of a report are texts')
  if (fix !== undefined) checkFix(object(fix), build)
  return report
}

function checkFix({ title, safety, assumes, edits, ignoreEdits, ignoreLines, drops, reruns }: Readonly<Record<string, unknown>>, build: Build): void {
  must(typeof title === 'string' && title !== '', 'a fix has no title')
  must(safety === 'safe' || safety === 'suggested', 'a fix is neither safe nor suggested')
  must(assumes === undefined || typeof assumes === 'string', 'what a fix assumes is a text')
  must(Array.isArray(edits) && isList(edits, edit => isEdit(edit, build.text.length)), 'an edit of a fix lies outside the file, or has no text')
  must(isList(ignoreEdits, edit => isEdit(edit, build.context.ignoreFile?.text.length ?? -1)), 'an edit of a fix lies outside the ignore file, or has no text')
  for (const lines of [ignoreLines, drops, reruns]) must(isList(lines, line => typeof line === 'string'), 'ignoreLines, drops and reruns of a fix are lists of texts')
}

const isList = (value: unknown, isRight: (one: unknown) => boolean): boolean => value === undefined || (Array.isArray(value) && value.every(isRight))
const isEdit = (edit: unknown, length: number): boolean => isSpan(object(edit)['span'], length) && typeof object(edit)['text'] === 'string'

function isSpan(value: unknown, length: number): value is Span {
  const { start, end } = object(value)
  return Number.isInteger(start) && Number.isInteger(end) && (start as number) >= 0 && (end as number) >= (start as number) && (end as number) <= length
}

function must(isRight: boolean, message: string): void {
  if (!isRight) throw new Error(message)
}
