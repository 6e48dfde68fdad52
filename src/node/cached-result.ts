// What a cached result must look like before anybody believes it: a file of ours, and nothing that could break a report.
import type { Finding, Fix, LintedFile, Span } from '../index.ts'

/** A result with the questions that were asked of the disk for it. `lists` names the answers that many results share. */
export interface CachedResult {
  readonly facts: readonly (readonly [question: string, answer: string])[]
  readonly lists: string | null
  readonly file: Pick<LintedFile, 'findings' | 'ignoreFile'>
}

type Fields = Readonly<Record<string, unknown>>

/** `text` is that of the Dockerfile at `path`, `isRule` knows the rules. */
export function isCachedResult(value: unknown, { path, text, isRule }: { readonly path: string; readonly text: string; isRule(id: string): boolean }): value is CachedResult {
  if (!isObject(value) || !isFacts(value['facts']) || !(value['lists'] === null || isText(value['lists'])) || !isObject(value['file'])) return false
  const { findings, ignoreFile } = value['file']
  if (ignoreFile !== undefined && !(isObject(ignoreFile) && isText(ignoreFile['path']) && isText(ignoreFile['text']))) return false
  const ignore = ignoreFile as LintedFile['ignoreFile']
  return isList(findings, finding => {
    if (!isObject(finding) || !isFinding(finding) || !isRule(finding.rule)) return false
    const length = finding.path === path ? text.length : finding.path === ignore?.path ? ignore.text.length : -1
    return isSpan(finding.span, length) && finding.related.every(({ span }) => isSpan(span, length)) && isFix(finding.fix, text.length, ignore?.text.length ?? 0)
  })
}

export const isFacts = (value: unknown): value is CachedResult['facts'] => isList(value, fact => Array.isArray(fact) && fact.length === 2 && fact.every(isText))

function isFinding(value: Fields): value is Fields & Finding {
  const { rule, severity, path, message, related, cost, noFix, key } = value
  return [rule, path, message, key].every(isText) && (severity === 'error' || severity === 'warning' || severity === 'info') && isTextOrNull(noFix)
    && isList(related, one => isObject(one) && isText(one['message'])) && (cost === null || isObject(cost) && isNumber(cost['seconds']) && isNumber(cost['bytes']))
}

function isFix(value: Fix | null | undefined, length: number, ignoreLength: number): boolean {
  if (value === null) return true
  if (!isObject(value)) return false
  const { title, safety, assumes, edits, ignoreEdits = [], ignoreLines = [], drops = [], reruns = [] } = value as Fields
  const isEdits = (list: unknown, most: number): boolean => isList(list, edit => isObject(edit) && isText(edit['text']) && isSpan(edit['span'], most))
  return isText(title) && (safety === 'safe' || safety === 'suggested') && (assumes === undefined || isText(assumes))
    && isEdits(edits, length) && isEdits(ignoreEdits, ignoreLength) && [ignoreLines, drops, reruns].every(list => isList(list, isText))
}

function isSpan(value: unknown, length: number): value is Span {
  if (!isObject(value)) return false
  const { start, end } = value
  return isNumber(start) && isNumber(end) && start >= 0 && start <= end && end <= length
}

const isObject = (value: unknown): value is Fields => typeof value === 'object' && value !== null && !Array.isArray(value)
const isList = (value: unknown, isOne: (one: unknown) => boolean): boolean => Array.isArray(value) && value.every(isOne)
const isText = (value: unknown): value is string => typeof value === 'string'
const isTextOrNull = (value: unknown): boolean => value === null || isText(value)
const isNumber = (value: unknown): value is number => typeof value === 'number' && Number.isFinite(value)
