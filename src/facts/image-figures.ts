// How large an image is and what system it holds, as far as the table of sizes can tell. Functions of the reference alone;
// nothing is parsed before the first look-up, and an unknown or unreadable reference is an answer, not an error.
import { figuresMade, imageRows, systems } from '../data/base-images.ts'
import type { FigureRow, ImageRows, Libc } from '../data/base-images.ts'
import { parseImageReference } from '../model/image-reference.ts'
import { familyInTag, shorterTags, tagParts } from './image-tags.ts'
import type { TagParts } from './image-tags.ts'
import { byReference, valueOf } from './table-rows.ts'

/**
 * `exact`: the tag has a figure. `alias`: another tag of the same build has. `patch`: a shorter version of the same variant has.
 * `nearest`: the closest recorded version of the variant. `image`: only the image is known. `none`: not even that.
 */
export type How = 'exact' | 'alias' | 'patch' | 'nearest' | 'image' | 'none'

export interface System {
  /** `debian`, `alpine`, … */
  readonly family: string
  /** Absent where the variant of the image decides it. */
  readonly libc?: Libc
  /** null: there is none. Several by release: `yum/dnf`. */
  readonly packageManager: string | null
  readonly shell: boolean
}

export interface ImageFigure extends Partial<System> {
  readonly how: How
  /** What a pull transfers. */
  readonly compressedBytes?: number
  readonly uncompressedBytes?: number
  /** The system of the image measured, with its release: `debian-12`. */
  readonly os?: string
  /** Rounded at its source: an order of magnitude, not for differences. */
  readonly approximate?: true
  /** Build date of the image measured. */
  readonly date: string | null
  /** Id of the source of the figure. */
  readonly source: string | null
  /** Source and date of the size on disk, where they differ. */
  readonly onDisk?: { readonly source: string; readonly date: string }
  /** The recorded tag, where it is another than the one asked for. */
  readonly judgedBy?: string
}

interface Candidate { readonly tag: string; readonly row: FigureRow; readonly version: readonly number[]; readonly rest: string; readonly variant: string }
interface Located { readonly how: 'exact' | 'alias' | 'patch' | 'nearest'; readonly tag: string; readonly row: FigureRow }

/** Size and system of the image a reference names. */
export const imageFigure: (ref: string) => ImageFigure = byReference(ref => {
  const reference = parseImageReference(ref)
  const rows = reference && imageRows(reference.name)
  if (!reference || !rows) return { how: 'none', date: null, source: null }
  const tag = tagAsked(reference)
  const located = tag === null ? null : locate(reference.name, rows, tag)
  const system = systemOf(() => candidatesOf(reference.name, rows), tag === null ? null : tagParts(tag), located)
  if (!located) return { how: 'image', date: null, source: null, ...system }
  const [compressed, onDisk, os, source, date, more] = located.row
  return {
    how: located.how, date, source, ...system,
    ...(compressed > 0 && { compressedBytes: compressed }),
    ...(onDisk > 0 && { uncompressedBytes: onDisk }),
    ...(os !== '' && { os }),
    ...(more?.approx && { approximate: true }),
    ...(more?.onDisk && { onDisk: { source: more.onDisk[0], date: more.onDisk[1] } }),
    ...(located.tag !== tag && { judgedBy: located.tag }),
  }
})

/** System of an image: null where the table does not know it, or where versions differ and the one asked for is not recorded. */
export function osOf(ref: string): System | null {
  const { family, libc, packageManager = null, shell } = imageFigure(ref)
  return family === undefined || shell === undefined ? null : { family, packageManager, shell, ...(libc && { libc }) }
}

/** The version that a moving tag stood for when the table was made: `18.6` of `postgres:latest`; null when not known. */
export function standsFor(ref: string): string | null {
  const reference = parseImageReference(ref)
  const rows = reference && imageRows(reference.name)
  const tag = reference && tagAsked(reference)
  const target = rows && tag ? valueOf(rows.aliases, tag) : undefined
  return target === undefined || tagParts(target).version.length === 0 ? null : target
}

/** An absent tag is `latest`, but behind a digest without a tag stands any version. */
const tagAsked = ({ tag, digest }: { readonly tag: string | null; readonly digest: string | null }): string | null =>
  tag ?? (digest === null ? 'latest' : null)

function locate(name: string, rows: ImageRows, tag: string): Located | null {
  const exact = valueOf(rows.tags, tag)
  if (exact) return { how: 'exact', tag, row: exact }
  const target = valueOf(rows.aliases, tag)
  const same = target === undefined ? undefined : valueOf(rows.tags, target)
  if (target !== undefined && same) return { how: 'alias', tag: target, row: same }
  const parts = tagParts(target ?? tag)
  for (const shorter of shorterTags(parts)) {
    const recorded = valueOf(rows.tags, shorter) ? shorter : valueOf(rows.aliases, shorter)
    const row = recorded === undefined ? undefined : valueOf(rows.tags, recorded)
    if (recorded !== undefined && row) return { how: 'patch', tag: recorded, row }
  }
  const found = nearest(candidatesOf(name, rows).filter(candidate => candidate.variant === parts.variant), parts)
  return found && { how: 'nearest', tag: found.tag, row: found.row }
}

const candidates = new Map<string, readonly Candidate[]>()
/** Rows of an image, then aliases that lead to one. */
function candidatesOf(name: string, rows: ImageRows): readonly Candidate[] {
  const known = candidates.get(name)
  if (known) return known
  const leading = Object.entries(rows.aliases).flatMap(([tag, target]) => (valueOf(rows.tags, target) ? [[tag, valueOf(rows.tags, target)!] as const] : []))
  const made = [...Object.entries(rows.tags), ...leading].map(([tag, row]): Candidate => {
    const { version, rest, variant } = tagParts(tag)
    return { tag, row, version, rest, variant }
  })
  candidates.set(name, made)
  return made
}

const dateOf = ({ row }: Candidate): string => row[4] ?? ''

/** The same rest first, then the newest figure. */
const best = (pool: readonly Candidate[], rest: string): Candidate | null =>
  pool.reduce<Candidate | null>((first, next) => {
    if (!first) return next
    const isSame = Number(next.rest === rest) - Number(first.rest === rest)
    return isSame > 0 || (isSame === 0 && dateOf(next) > dateOf(first)) ? next : first
  }, null)

function nearest(pool: readonly Candidate[], { version, rest }: TagParts): Candidate | null {
  const withVersion = pool.filter(candidate => candidate.version.length > 0)
  const [major, minor] = version
  if (major === undefined) {
    const highest = withMajor(withVersion, Math.max(...withVersion.map(candidate => candidate.version[0]!)))
    const top = nearestMinor(highest, Infinity, rest)
    const moving = best(pool.filter(candidate => candidate.version.length === 0), rest)
    return top && (!moving || dateOf(moving) <= dateOf(top)) ? top : moving
  }
  const same = withMajor(withVersion, major)
  if (same.length > 0) return minor === undefined ? best(same, rest) : nearestMinor(same, minor, rest)
  const distance = (candidate: Candidate): number => Math.abs(candidate.version[0]! - major)
  const closest = Math.min(...withVersion.map(distance))
  const nearby = best(withVersion.filter(candidate => distance(candidate) === closest), rest)
  if (!nearby) return null
  const other = nearby.version[0]!
  return nearestMinor(withMajor(withVersion, other), other < major ? Infinity : 0, rest)
}

const withMajor = (pool: readonly Candidate[], major: number): readonly Candidate[] => pool.filter(candidate => candidate.version[0] === major)

/** Of one major version: the nearest minor one, but the bare major tag for what is newer than all of them if its figure is, too. */
function nearestMinor(pool: readonly Candidate[], minor: number, rest: string): Candidate | null {
  const bare = best(pool.filter(candidate => candidate.version.length === 1), rest)
  const minors = pool.filter(candidate => candidate.version.length > 1)
  if (minors.length === 0) return bare
  const highest = Math.max(...minors.map(candidate => candidate.version[1]!))
  const wanted = Math.min(minor, highest)
  const distance = (candidate: Candidate): number => Math.abs(candidate.version[1]! - wanted)
  const closest = Math.min(...minors.map(distance))
  const found = best(minors.filter(candidate => distance(candidate) === closest), rest)
  return bare && found && minor > highest && dateOf(bare) > dateOf(found) ? bare : found
}

/** What the tag names, else what the row says, unless a figure years newer shows that the variant has moved to another system. */
function systemOf(all: () => readonly Candidate[], parts: TagParts | null, located: Located | null): System | null {
  const named = parts ? familyInTag(parts) : undefined
  if (named !== undefined) return systemOfFamily(named, parts, located)
  const isOfVersion = located !== null && located.how !== 'nearest'
  const isRecent = isOfVersion && yearOf(located.row[4]) + 1 >= yearOf(figuresMade)
  const variant = located && tagParts(located.tag).variant
  const pool = isRecent ? [] : all().filter(candidate => variant === null || candidate.variant === variant)
  const isOne = new Set(pool.map(candidate => familyOf(candidate.row))).size === 1
  const isSettled = isRecent || isOne || (isOfVersion && !hasMoved(pool, located.row))
  const row = located?.row ?? pool[0]?.row
  const family = row && familyOf(row)
  return isSettled && family !== undefined ? systemOfFamily(family, parts, located) : null
}

function systemOfFamily(family: string, parts: TagParts | null, located: Located | null): System | null {
  const row = valueOf(systems, family)
  if (!row) return null
  const inTag = parts?.rest.split('-').find(part => part === 'glibc' || part === 'musl' || part === 'uclibc')
  const libc = row.libc ?? located?.row[5]?.libc ?? inTag as Libc | undefined
  return { family, packageManager: row.packageManager, shell: row.shell, ...(libc && { libc }) }
}

const families = new Map<string, string | undefined>()
/** The longest family that the system starts with; undefined for a row without one. */
function familyOf([, , os]: FigureRow): string | undefined {
  if (!families.has(os)) {
    const fitting = Object.keys(systems).filter(family => os === family || os.startsWith(`${family}-`))
    families.set(os, fitting.sort((a, b) => b.length - a.length)[0])
  }
  return families.get(os)
}

/** A number means the same release for ever where code names go on, so tags without a version say nothing here. */
const hasMoved = (pool: readonly Candidate[], row: FigureRow): boolean =>
  pool.some(candidate => {
    const family = familyOf(candidate.row)
    return family !== undefined && family !== familyOf(row) && candidate.version.length > 0 && yearOf(candidate.row[4]) > yearOf(row[4]) + 1
  })

const yearOf = (date: string | null): number => Number((date ?? '0').slice(0, 4))
