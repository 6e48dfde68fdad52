// What `optimize` found, for people and for tools.
import { safeJson, visible } from '../index.ts'
import { shownDiff } from './diff.ts'
import type { ExpectedCost, Improvement } from '../index.ts'
import type { Searched } from './fix-run.ts'

interface Shown { readonly diff: string; readonly isWritten: boolean; readonly color: boolean }

/** The diff of all files, then file by file what a change costs before and after, and what each edit wins. */
export function optimizeText(searched: readonly Searched[], { diff, isWritten, color }: Shown): string {
  const parts = searched.map(fileText)
  const isImproved = searched.some(({ improvements }) => improvements.length > 0)
  const how = 'Typical costs; every kind of file is taken to change equally often, and every file of a kind.'
  const end = !isImproved ? '' : isWritten ? `\n${how}\n` : `\n${how} Write it with cachemiss optimize --fix.\n`
  return `${diff === '' || isWritten ? '' : `${shownDiff(diff, color, visible)}\n`}${parts.join('\n')}${end}`
}

function fileText({ path, before, after, improvements, isComplete }: Searched): string {
  if (improvements.length === 0) return `${visible(path)}: nothing to win that the model knows of\n`
  const rows = [...before.byKind].map(([kind, seconds]) => [kind, inSeconds(seconds), inSeconds(after.byKind.get(kind) ?? 0)] as const)
  const width = Math.max(...rows.map(([kind]) => kind.length))
  return [
    `${visible(path)}: ${about(before)} → ${about(after)} to build again after the average change`,
    ...rows.map(([kind, now, then]) => `  ${kind.padEnd(width)}  ${now.padStart(6)} → ${then}`),
    '',
    ...improvements.flatMap(improvementLines),
    ...isComplete ? [] : ['  stopped after the most tries; there may be more to win'],
  ].map(line => `${line}\n`).join('')
}

function improvementLines({ rule, fix: { title, assumes }, before, after }: Improvement): readonly string[] {
  const gain = `  saves ${inSeconds(before - after)}: `
  const shown = visible(title).replace(/^\p{Lu}(?!\p{Lu})/u, first => first.toLowerCase())
  return [`${gain}${shown}${rule === null ? '' : ` (${rule})`}`, ...assumes === undefined ? [] : [`${' '.repeat(gain.length)}assumes ${visible(assumes)}`]]
}

const about = ({ all }: ExpectedCost): string => `about ${inSeconds(all)}`
const inSeconds = (seconds: number): string => `${seconds < 10 ? Number(seconds.toFixed(1)) : Math.round(seconds)} s`

export function optimizeJson(searched: readonly Searched[], version: string): string {
  const cost = ({ all, byKind }: ExpectedCost) => ({ seconds: all, byKind: Object.fromEntries(byKind) })
  return safeJson({
    schemaVersion: 1, tool: { name: 'cachemiss', version },
    files: searched.map(({ path, before, after, improvements, isComplete, text, ignoreFile }) => ({
      path, before: cost(before), after: cost(after), isComplete,
      improvements: improvements.map(({ rule, fix: { title, safety, assumes = null }, ...seconds }) => ({ rule, title, safety, assumes, before: seconds.before, after: seconds.after })),
      output: improvements.length === 0 ? null : text,
      ignoreFile: improvements.length === 0 || ignoreFile === null ? null : { path: ignoreFile.path, output: ignoreFile.text },
    })),
  })
}
