// Edits of the mounts of a RUN: one more, another option, none. Options that stand in quotes or over several lines are left alone.
import { usedFeatures } from '../facts/frontend.ts'
import type { Build, Mount, RunStep } from '../model/build.ts'
import type { TextEdit } from '../text.ts'
import { frontendLacks } from './frontend-limits.ts'
import { indentOf, lineEndAt } from './instructions.ts'

/** Nobody likes to read longer lines. */
const LONGEST_LINE = 120

/** Whether RUN instructions of the file have mounts already: whatever builds it knows them. */
export const hasMounts = (build: Build): boolean => usedFeatures(build).some(({ name }) => name === 'RUN --mount')

/** Why the file cannot have mounts; null where it can. */
export const mountsAreUnknown = (build: Build): string | null => (hasMounts(build) ? null : frontendLacks(build, 'RUN --mount'))

/** `--mount=…` flags behind the keyword: on its line where that stays short, else each on a line of its own. */
export function withMounts(build: Build, run: RunStep, mounts: readonly string[]): TextEdit {
  const { text, escape } = build
  const { start } = run.span
  const at = start + /^\S+/.exec(text.slice(start, run.span.end))![0].length
  const blanks = /^[ \t]*/.exec(text.slice(at, run.span.end))![0].length
  const lineEnd = text.indexOf('\n', at) === -1 ? text.length : text.indexOf('\n', at)
  const first = text.slice(at, Math.min(lineEnd, run.span.end))
  const isContinued = isContinuation(first, escape)
  const isBroken = first.replace(/[\s\\`]+/g, '') === '' && isContinued
  const length = text.slice(text.lastIndexOf('\n', start) + 1, at).length + first.length + mounts.join(' ').length
  const gap = ` ${escape}${lineEndAt(text, start)}${indentBelow(build, run)}`
  const isOneLine = run.heredocs.length > 0 && !isContinued || mounts.length === 1 && length < LONGEST_LINE && (!isContinued || /^\s+--\S+\s+[^\s\\`]/.test(first))
  if (isOneLine) return { span: { start: at, end: at }, text: mounts.map(mount => ` ${mount}`).join('') }
  // Where the line breaks right behind the keyword, the next one begins below it anyway.
  return isBroken ? { span: { start: at, end: at }, text: ` ${mounts.join(gap)}` } : { span: { start: at, end: at + blanks }, text: ` ${mounts.join(gap)}${gap}` }
}

const isContinuation = (line: string, escape: string): boolean => line.trimEnd().endsWith(escape)

/** How far the continued lines of this instruction are indented. */
function indentBelow(build: Build, run: RunStep): string {
  const { text, escape } = build
  const lines = text.slice(run.span.start, run.span.end).split('\n')
  const below = isContinuation(lines[0]!, escape) ? lines.slice(1).find(line => line.trim() !== '' && !/^\s*#/.test(line)) : undefined
  return below === undefined ? `${indentOf(build, run)}    ` : /^[ \t]*/.exec(below)![0]
}

/** Other names of options. */
const NAMES: Readonly<Record<string, string>> = { src: 'source', dst: 'target', destination: 'target' }
const nameOf = (field: string): string => {
  const name = field.split('=')[0]!.trim().toLowerCase()
  return NAMES[name] ?? name
}

/** Another value for options of a mount, null to leave one out; new ones stand at the end, an `id` behind the type. null where the mount cannot be read. */
export function changedMount({ text }: Build, { span }: Mount, changes: Readonly<Record<string, string | null>>): TextEdit | null {
  const written = text.slice(span.start, span.end)
  const [, flag, rest] = /^(--mount=)(\S+)$/i.exec(written) ?? []
  if (flag === undefined || rest === undefined || /["'\\`]/.test(rest)) return null
  const fields = rest.split(',')
  const kept = fields.flatMap(field => {
    const name = nameOf(field)
    if (!Object.hasOwn(changes, name)) return [field]
    return changes[name] === null ? [] : [`${field.split('=')[0]!}=${changes[name]!}`]
  })
  const added = Object.entries(changes).filter(([name, value]) => value !== null && !fields.some(field => nameOf(field) === name))
  for (const [name, value] of added) {
    const type = name === 'id' ? kept.findIndex(field => nameOf(field) === 'type') : -1
    kept.splice(type === -1 ? kept.length : type + 1, 0, `${name}=${value!}`)
  }
  return { span, text: flag + kept.join(',') }
}

export interface MountChange { readonly mount: Mount; readonly changes: Readonly<Record<string, string | null>> }

/** All of these; null where one of them cannot be read. */
export function changedMounts(build: Build, wanted: readonly MountChange[]): readonly TextEdit[] | null {
  const edits = wanted.map(({ mount, changes }) => changedMount(build, mount, changes))
  return edits.includes(null) ? null : edits as readonly TextEdit[]
}

/** For `noFix`: what `changedMount` could not read. */
export const OPAQUE_MOUNT = 'the options of a mount are in quotes or run over several lines'
