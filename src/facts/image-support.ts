// Whether an image or the system it names is still maintained, as of the day the tables were made: there is no clock here.
// Functions of the reference alone; an unknown image has no answer.
import { figuresMade, imageRows } from '../data/base-images.ts'
import { families, retiredRows, supportRows } from '../data/lighter-variants.ts'
import type { RetiredRow, SupportRow } from '../data/lighter-variants.ts'
import { anyPlatform, parseImageReference } from '../model/image-reference.ts'
import type { ImageReference } from '../model/image-reference.ts'
import { byReference, expression, nameGroups, valueOf } from './table-rows.ts'

export interface RetiredImage {
  readonly status: RetiredRow['status']
  /** The first known of: product ended, removed from the library, notice given, last build. */
  readonly since: string | null
  readonly successors: readonly string[]
  readonly note?: string
}

/** What is known of an image that is no longer maintained under this name; null for any other. */
export const retiredImage: (ref: string) => RetiredImage | null = byReference(ref => {
  const reference = parseImageReference(ref)
  if (!reference) return null
  const name = anyPlatform(reference.name)
  for (const row of retiredRows()) {
    const groups = nameGroups(row, name)
    if (!groups || (row.match !== undefined && !matchesTag(row.match, reference))) continue
    // A row about all images of the library says nothing of one that was built locally.
    if (row.image === '*' && !isKnown(name)) continue
    const successors = row.successors.map(successor => successor.replace(/\{(\w+)\}/g, (_, group: string) => groups[group] ?? ''))
    return {
      status: row.status, successors, since: row.eol ?? row.removed ?? row.since ?? row.lastUpdate ?? null,
      ...(row.note !== undefined && { note: row.note }),
    }
  }
  return null
})

export interface Support {
  /** Of endoflife.date: `python`, `debian`. */
  readonly product: string
  readonly cycle: string
  /** End of the regular support; null: it has ended, the day is not known. */
  readonly ends: string | null
  /** End of the free long-term support. */
  readonly lts?: string
  /** End of the paid one. */
  readonly paid?: string
  /** Whether the free support is over. */
  readonly hasEnded: boolean
}

/** Support of the product, and of the distribution its tag names: both of `python:3.8-buster`. Cycles without a date are left out. */
export const imageSupport = (ref: string, today: string = figuresMade): readonly Support[] => (today === figuresMade ? supportNow(ref) : supportAt(ref, today))
const supportNow = byReference(ref => supportAt(ref, figuresMade))

function supportAt(ref: string, today: string): readonly Support[] {
  const reference = parseImageReference(ref)
  const tag = reference?.tag
  const name = anyPlatform(reference?.name ?? '')
  if (!tag || !isKnown(name)) return []
  const own = supportRows().filter(row => nameGroups(row, name))
  const found = own.flatMap(row => supportOf(row, tag, today))
  const named = supportRows().filter(row => !own.includes(row) && row.imageMatch === undefined)
  const distributions = tag.split('-').flatMap(part => named.flatMap(row => {
    const release = releaseIn(part, row)
    return release === null ? [] : supportOf(row, release, today)
  }))
  return [...found, ...distributions]
}

/** `3.12` of `alpine3.12`, `bookworm` as it is; null where the part names no release of that system. */
function releaseIn(part: string, { image, tagNames }: SupportRow): string | null {
  const [, system, release] = /^([a-z]+)(\d[\d.]*)$/.exec(part) ?? []
  if (system !== undefined) return system === image ? release ?? null : null
  const isDistribution = image === 'debian' || image === 'ubuntu'
  return isDistribution && tagNames !== undefined && expression(`${tagNames}$`).test(part) ? part : null
}

function supportOf({ product, tag: pattern, tagNames, names = {}, cycles, lts, paid }: SupportRow, tag: string, today: string): readonly Support[] {
  const name = tagNames === undefined ? undefined : expression(tagNames).exec(tag)?.[1]
  const cycle = expression(pattern).exec(tag)?.[1] ?? (name === undefined ? undefined : valueOf(names, name))
  const end = cycle === undefined ? undefined : valueOf(cycles, cycle)
  if (cycle === undefined || end === undefined) return []
  const ends = end === true ? null : end
  const free = valueOf(lts ?? {}, cycle)
  const bought = valueOf(paid ?? {}, cycle)
  const last = free ?? ends
  return [{
    product, cycle, ends, hasEnded: last === null || last < today,
    ...(free !== undefined && { lts: free }), ...(bought !== undefined && { paid: bought }),
  }]
}

/** Whether any table knows the image, so that its tags mean what they say. */
const isKnown = (name: string): boolean => imageRows(name) !== undefined || [...supportRows(), ...families()].some(row => nameGroups(row, name) !== null)

/** What is known by digest only may be any tag. */
const matchesTag = (match: string, { tag, digest }: ImageReference): boolean =>
  (tag !== null || digest === null) && expression(match).test(tag ?? 'latest')
