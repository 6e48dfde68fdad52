// The baseline of a project: findings that are accepted for now, in a file that is merged and reviewed like any other.
// People edit it and a pull request can bring one, so each part is checked; it is data and nothing else.
import { dirname, relative, resolve } from 'node:path'
import { UsageError, accepting, safeJson, sift } from '../index.ts'
import type { AcceptedFindings, Finding, Sifted } from '../index.ts'
import { lineMap } from '../text.ts'
import { namedText } from './named-file.ts'
import { writeWhole } from './output.ts'
import { isThere, slashed } from './paths.ts'

export interface Baseline {
  /** What is reported of a file, whose path is absolute, and what is not. While updating all is accepted, as far as it can be. */
  take(file: string, findings: readonly Finding[]): Sifted
  /** While updating: writes what was taken, keeps what is said of other files that are there, and gives back how many findings are accepted now. Throws a UsageError. */
  readonly write: (() => number) | null
}

type Files = ReadonlyMap<string, AcceptedFindings>

const mostBytes = 10_000_000
const repair = 'Mend it, or delete it and write it anew with --update-baseline.'
const nothing: AcceptedFindings = new Map()

/** Rejects with a UsageError. Only to update one it may be missing. */
export async function openBaseline(cwd: string, path: string, isUpdated: boolean): Promise<Baseline> {
  const file = resolve(cwd, path)
  const text = textOf(file, path, isUpdated)
  const known = text === null ? new Map<string, AcceptedFindings>() : await parsed(text, path)
  const folder = dirname(file)
  const placeOf = (dockerfile: string): string => slashed(relative(folder, dockerfile))
  const noted = new Map<string, AcceptedFindings>()
  const siftIn = (place: string, findings: readonly Finding[]): Sifted => sift(findings, known.get(place) ?? nothing, fingerprint)
  if (!isUpdated) return { take: (dockerfile, findings) => siftIn(placeOf(dockerfile), findings), write: null }
  return {
    take(dockerfile, findings) {
      const place = placeOf(dockerfile)
      const accepted = accepting(findings, fingerprint)
      noted.set(place, accepted ?? known.get(place) ?? nothing)
      return accepted ? { kept: [], accepted: findings, stale: 0 } : siftIn(place, findings)
    },
    write() {
      const others = [...known].filter(([place]) => !noted.has(place) && isThere(resolve(folder, place)))
      const files = new Map([...others, ...noted].filter(([, accepted]) => accepted.size > 0))
      const written = formatted(files)
      if (written.length > mostBytes) throw new UsageError(`--baseline: ${path} would be larger than ${mostBytes / 1_000_000} MB, and could not be read again`, 'Lint in parts, each with a baseline of its own.')
      if (written !== text) writeWhole(cwd, path, written)
      return [...files.values()].reduce((sum, accepted) => sum + countOf(accepted), 0)
    },
  }
}

// Not imported: it takes a while to load, and few runs have a baseline.
const fingerprint = (identity: string): string => process.getBuiltinModule('node:crypto').createHash('sha256').update(identity).digest('hex').slice(0, 16)
const countOf = (accepted: AcceptedFindings): number => [...accepted.values()].flatMap(counts => [...counts.values()]).reduce((sum, count) => sum + count, 0)

function textOf(file: string, name: string, mayBeMissing: boolean): string | null {
  const text = namedText(file, `--baseline: ${name}`, mostBytes)
  if (text === null && !mayBeMissing) throw new UsageError(`--baseline: ${name} does not exist`, 'Add --update-baseline to write it.')
  return text
}

/** One line for each entry, in order: branches that add to it merge. */
function formatted(files: Files): string {
  const inOrder = <T>(map: ReadonlyMap<string, T>): readonly (readonly [string, T])[] => [...map].sort(([a], [b]) => (a < b ? -1 : 1))
  const data = Object.fromEntries(inOrder(files).map(([place, accepted]) =>
    [place, Object.fromEntries(inOrder(accepted).map(([rule, counts]) => [rule, inOrder(counts).map(([key, count]) => ({ key, count }))]))]))
  return safeJson({ schemaVersion: 1, files: data }).replace(/\{\n\s+"key": ("\w+"),\n\s+"count": (\d+)\n\s+\}/g, '{ "key": $1, "count": $2 }')
}

async function parsed(text: string, name: string): Promise<Files> {
  let data: unknown
  try {
    data = JSON.parse(text)
  } catch {
    throw new UsageError(`--baseline: ${name}${await placeOfMistake(text)}: not JSON`, repair)
  }
  const wrong = (what: string): UsageError => new UsageError(`--baseline: ${name}: ${what}`, repair)
  const { schemaVersion, files, ...others } = objectOf(data, () => wrong('an object is expected'))
  const [unknown] = Object.keys(others)
  if (schemaVersion !== 1) throw wrong(schemaVersion === undefined ? '"schemaVersion" is missing' : `"schemaVersion" is ${shortly(schemaVersion)}, and only 1 is known`)
  if (unknown !== undefined) throw wrong(`the key ${shortly(unknown)} is not known`)
  return new Map(Object.entries(objectOf(files, () => wrong('"files" is no object'))).map(([place, rules]) =>
    [place, new Map(Object.entries(objectOf(rules, () => wrong(`what stands for ${shortly(place)} is no object`))).map(([rule, entries]) =>
      [rule, countsOf(entries, `${shortly(rule)} of ${shortly(place)}`, wrong)]))]))
}

/** What a merge left twice counts twice. */
function countsOf(entries: unknown, where: string, wrong: (what: string) => UsageError): ReadonlyMap<string, number> {
  if (!Array.isArray(entries)) throw wrong(`${where} is no list`)
  const counts = new Map<string, number>()
  for (const entry of entries as readonly unknown[]) {
    const { key, count, ...others } = objectOf(entry, () => wrong(`${where} has the entry ${shortly(entry)}, which is no object`))
    const [unknown] = Object.keys(others)
    if (unknown !== undefined) throw wrong(`${where} has an entry with the unknown key ${shortly(unknown)}`)
    if (typeof key !== 'string' || key === '') throw wrong(`${where} has an entry whose "key" is no text`)
    if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 1) throw wrong(`${where} has an entry whose "count" is ${shortly(count)}, not a number from 1 on`)
    counts.set(key, (counts.get(key) ?? 0) + count)
  }
  return counts
}

function objectOf(value: unknown, otherwise: () => UsageError): Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw otherwise()
  return value as Readonly<Record<string, unknown>>
}

function shortly(value: unknown): string {
  const text = JSON.stringify(value) ?? 'missing'
  return text.length > 60 ? `${text.slice(0, 59)}…` : text
}

/** V8 does not always say where. */
async function placeOfMistake(text: string): Promise<string> {
  const { parse } = await import('jsonc-parser')
  const errors: { readonly offset: number }[] = []
  try {
    parse(text, errors as never, { disallowComments: true })
  } catch {
    // Nested too deeply for it.
  }
  if (errors.length === 0) return ''
  const { line, column } = lineMap(text).position(Math.min(errors[0]!.offset, text.length))
  return `:${line}:${column}`
}
