// What a lighter image saves against a heavier one, and how well that is known: only figures of one measure are compared,
// and only of builds not years apart; a pair measured for another version is said to be such.
import { parseImageReference } from '../model/image-reference.ts'
import type { ImageReference } from '../model/image-reference.ts'
import { imageFigure, standsFor } from './image-figures.ts'
import type { How, ImageFigure } from './image-figures.ts'
import { tagParts } from './image-tags.ts'

export interface Saving {
  readonly bytes: number
  /** `compressed`: what a pull transfers; `uncompressed`: the size on disk. */
  readonly measure: 'compressed' | 'uncompressed'
  /** `sample`: a pair measured for this version. `figures`: the figures of both images. `nearest`: those of the nearest version measured. */
  readonly how: 'sample' | 'figures' | 'nearest'
  /** Of a neighbouring version or from rounded figures: to be said with "about". */
  readonly isAbout: boolean
  /** The size of the lighter image is an upper bound. */
  readonly isAtLeast: boolean
  /** The tag of the heavier image that was measured, where it is another version than the one asked for. */
  readonly judgedBy?: string
  /** Build date of the older of the two images; null when a source has none. */
  readonly date: string | null
}

type Sample = readonly [from: string, to: string]
interface Pair { readonly from: ImageReference; readonly to: ImageReference }

/** A sample of the same version, else the figures of both, else the nearest sample; null when there is nothing to go by. */
export function savingOf(from: ImageReference, to: { readonly image: string; readonly tag: string }, samples: readonly Sample[]): Saving | null {
  const figure = imageFigure(refOf(from))
  if (to.image === 'scratch') return difference(figure, nothing, figure.how === 'nearest' ? 'nearest' : 'figures')
  const pairs = samples.flatMap(pairOf).filter(pair => pair.from.name === from.name && pair.to.name === to.image)
  const recorded = figure.judgedBy ?? from.tag ?? 'latest'
  const same = isOfVersion(figure.how) ? pairs.find(pair => pair.from.tag === recorded) : undefined
  if (same) return difference(figure, imageFigure(refOf(same.to)), 'sample')
  const other = imageFigure(`${to.image}:${to.tag}`)
  if (isOfVersion(figure.how) && isOfVersion(other.how) && areTogether(figure, other)) return difference(figure, other, 'figures')
  const stood = figure.how === 'alias' ? figure.judgedBy : standsFor(refOf(from))
  const pair = nearestPair(stood ?? from.tag ?? 'latest', pairs)
  const measured = pair && difference(imageFigure(refOf(pair.from)), imageFigure(refOf(pair.to)), 'nearest')
  return measured ? { ...measured, judgedBy: pair?.from.tag ?? 'latest' } : null
}

/** Not the nearest one: two guesses make no difference. */
const isOfVersion = (how: How): boolean => how === 'exact' || how === 'alias' || how === 'patch'

const nothing: ImageFigure = { how: 'exact', compressedBytes: 0, uncompressedBytes: 0, date: null, source: null }

const refOf = ({ name, tag, digest }: ImageReference): string => (tag !== null ? `${name}:${tag}` : digest !== null ? `${name}@${digest}` : name)

function pairOf([from, to]: Sample): readonly Pair[] {
  const [heavy, light] = [parseImageReference(from), parseImageReference(to)]
  return heavy && light ? [{ from: heavy, to: light }] : []
}

interface Measured { readonly bytes: number; readonly date: string | null }
const compressed = (figure: ImageFigure): Measured | null =>
  figure.compressedBytes === undefined ? null : { bytes: figure.compressedBytes, date: figure.date }
const onDisk = (figure: ImageFigure): Measured | null =>
  figure.uncompressedBytes === undefined ? null : { bytes: figure.uncompressedBytes, date: figure.onDisk?.date ?? figure.date }

/** Two figures of one measure. A size on disk is an upper bound of the compressed one, so of the lighter image it will do. */
function comparable(heavy: ImageFigure, light: ImageFigure): readonly [Measured, Measured, Saving['measure'], boolean] | null {
  const [transferred, target] = [compressed(heavy), compressed(light)]
  if (transferred && target) return [transferred, target, 'compressed', false]
  const [kept, left] = [onDisk(heavy), onDisk(light)]
  if (kept && left) return [kept, left, 'uncompressed', false]
  return transferred && left ? [transferred, left, 'compressed', true] : null
}

function difference(heavy: ImageFigure, light: ImageFigure, how: Saving['how']): Saving | null {
  const figures = comparable(heavy, light)
  if (!figures) return null
  const [from, to, measure, isAtLeast] = figures
  const dates = light === nothing ? [from.date] : [from.date, to.date]
  const isOther = heavy.how === 'patch' || heavy.how === 'nearest'
  return {
    bytes: from.bytes - to.bytes, measure, how, isAtLeast,
    isAbout: isOther || light.how === 'patch' || how === 'nearest' || [heavy, light].some(figure => figure.approximate ?? false),
    date: dates.includes(null) ? null : dates.sort()[0] ?? null,
    ...(isOther && heavy.judgedBy !== undefined && { judgedBy: heavy.judgedBy }),
  }
}

const monthsApart = 12

function areTogether(heavy: ImageFigure, light: ImageFigure): boolean {
  const [from, to] = comparable(heavy, light) ?? []
  return from?.date != null && to?.date != null && Math.abs(monthOf(from.date) - monthOf(to.date)) <= monthsApart
}

const monthOf = (date: string): number => Number(date.slice(0, 4)) * 12 + Number(date.slice(5, 7))

/** Same variant first, then the nearest version, then the newest: samples are listed newest first. */
function nearestPair(tag: string, pairs: readonly Pair[]): Pair | undefined {
  const asked = tagParts(tag)
  const distances = pairs.map(pair => {
    const { version, variant } = tagParts(pair.from.tag ?? 'latest')
    const away = asked.version.map((part, index) => Math.abs(part - (version[index] ?? 0)))
    return { pair, away: [Number(variant !== asked.variant), away[0] ?? 0, away[1] ?? 0] as const }
  })
  return distances.sort((left, right) => left.away[0] - right.away[0] || left.away[1] - right.away[1] || left.away[2] - right.away[2])[0]?.pair
}
