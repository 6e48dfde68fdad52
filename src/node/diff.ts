// A unified diff that `git apply` and `patch -p1` take in the folder it was made in. Loaded on demand, and with it the library that compares.
import type { StructuredPatchHunk } from 'diff'
import type { ChangedFile } from './fix-run.ts'

/** With more changed lines than this, comparing takes longer than anybody waits: then all between the first and the last is one change. */
const mostEdits = 2000
const around = 3

export async function unifiedDiff(files: readonly ChangedFile[]): Promise<string> {
  const { FILE_HEADERS_ONLY, formatPatch, structuredPatch } = await import('diff')
  return files.map(({ path, before, text }) => {
    const names = [before === null ? '/dev/null' : `a/${path}`, `b/${path}`] as const
    const patch = structuredPatch(...names, before ?? '', text, undefined, undefined, { context: around, maxEditLength: mostEdits })
      ?? { ...structuredPatch(...names, '', ''), hunks: [onlyHunk(linesOf(before ?? ''), linesOf(text))] }
    // A tab ends a name with blanks in it, or `patch` takes its first word.
    return formatPatch(patch, FILE_HEADERS_ONLY).replace(/^--- (.*)\n\+\+\+ (.*)\n/, (_, from: string, to: string) => `--- ${ended(from)}\n+++ ${ended(to)}\n`)
  }).join('')
}

const ended = (name: string): string => (name.includes(' ') && !name.startsWith('"') ? `${name}\t` : name)
const linesOf = (text: string): readonly string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? []

function onlyHunk(old: readonly string[], now: readonly string[]): StructuredPatchHunk {
  let head = 0
  while (head < old.length && old[head] === now[head]) head++
  let tail = 0
  while (tail < Math.min(old.length, now.length) - head && old.at(-1 - tail) === now.at(-1 - tail)) tail++
  const start = Math.max(0, head - around)
  const end = Math.max(0, tail - around)
  const signed = (sign: string, lines: readonly string[]): readonly string[] =>
    lines.flatMap(line => line.endsWith('\n') ? [sign + line.slice(0, -1)] : [sign + line, '\\ No newline at end of file'])
  return {
    oldStart: start + 1, oldLines: old.length - end - start, newStart: start + 1, newLines: now.length - end - start,
    lines: [...signed(' ', old.slice(start, head)), ...signed('-', old.slice(head, old.length - tail)), ...signed('+', now.slice(head, now.length - tail)), ...signed(' ', old.slice(old.length - tail, old.length - end))],
  }
}

/** For eyes instead of programs: `visible` spells out what a terminal could obey. */
export function shownDiff(diff: string, color: boolean, visible: (text: string) => string): string {
  return diff.split('\n').map(line => {
    const shown = shownLine(line, visible)
    const tone = /^(?:---|\+\+\+) /.test(line) ? 1 : line.startsWith('@@') ? 36 : line.startsWith('+') ? 32 : line.startsWith('-') ? 31 : 0
    return color && tone !== 0 ? `\x1b[${tone}m${shown}\x1b[0m` : shown
  }).join('\n')
}

/** The same for a text. */
export const shownText = (text: string, visible: (text: string) => string): string => text.split('\n').map(line => shownLine(line, visible)).join('\n')

const shownLine = (line: string, visible: (text: string) => string): string => line.replace(/\r$/, '').split('\t').map(visible).join('\t')
