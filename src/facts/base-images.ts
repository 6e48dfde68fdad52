// Base images as rules ask for them: how large, on what system, what lighter, still maintained or not; and sizes in words.
// Functions of the reference alone, from the tables of src/data; what they do not know is said to be unknown.
import { figuresMade } from '../data/base-images.ts'
import type { ImageFigure } from './image-figures.ts'
import type { Saving } from './image-savings.ts'

export { imageFigure, osOf, standsFor } from './image-figures.ts'
export type { How, ImageFigure, System } from './image-figures.ts'
export type { Saving } from './image-savings.ts'
export { imageSupport, retiredImage } from './image-support.ts'
export type { RetiredImage, Support } from './image-support.ts'
export { imageFamilies, lighterVariants, sdkImage } from './lighter-variants.ts'
export type { Family, LighterVariant, SdkImage, VariantOptions } from './lighter-variants.ts'

/** As registries count: a megabyte is 1,000,000 bytes. `408 MB`, `3.8 MB`, `2.6 GB`. */
export function megabytes(bytes: number): string {
  const millions = bytes / 1_000_000
  if (millions >= 999.5) return `${(millions / 1000).toFixed(1)} GB`
  return millions >= 9.95 ? `${Math.round(millions)} MB` : `${millions.toFixed(1)} MB`
}

/**
 * The size in words that go after the reference: `is 408 MB`, `is about 80 MB (as of 2023)`, `is about 305 MB, judging by tag 1.25`;
 * null where there is no figure. The compressed size goes without saying, the one on disk is named.
 */
export function sizeInWords(figure: ImageFigure): string | null {
  const { how, compressedBytes, uncompressedBytes, approximate, judgedBy } = figure
  const bytes = compressedBytes ?? uncompressedBytes
  if (bytes === undefined) return null
  const measure = compressedBytes === undefined ? ' on disk' : ''
  const date = compressedBytes === undefined ? figure.onDisk?.date ?? figure.date : figure.date
  const about = how === 'patch' || how === 'nearest' || approximate ? 'about ' : ''
  return `is ${about}${megabytes(bytes)}${measure}${yearOf(date)}${how === 'nearest' && judgedBy !== undefined ? `, judging by tag ${judgedBy}` : ''}`
}

/** What is saved in words: `329 MB`, `about 317 MB (as of 2023), judging by tag 18`, `at least about 303 MB`. */
export function savingInWords({ bytes, measure, how, isAbout, isAtLeast, date, judgedBy }: Saving): string {
  const known = `${isAtLeast ? 'at least ' : ''}${isAbout ? 'about ' : ''}`
  const judged = how === 'nearest' && judgedBy !== undefined ? `, judging by tag ${judgedBy}` : ''
  return `${known}${megabytes(bytes)}${measure === 'uncompressed' ? ' on disk' : ''}${yearOf(date)}${judged}`
}

const yearsFresh = 2
/** The year of a figure that was two years old when the table was made; a source without a date is said to have none. */
function yearOf(date: string | null): string {
  if (date === null) return ' (undated)'
  const limit = `${Number(figuresMade.slice(0, 4)) - yearsFresh}${figuresMade.slice(4)}`
  return date < limit ? ` (as of ${date.slice(0, 4)})` : ''
}
