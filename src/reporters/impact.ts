// How much a finding costs its users, in words and as a number to rank by.
import type { Finding } from '../rule.ts'

const perMinute = 60
const megabyte = 1_000_000
/** A second of every build weighs as much as these bytes of every pull: about what a registry sends in it. */
const bytesPerSecond = 20 * megabyte

/** Seconds, with bytes counted as the time they take; 0 where nothing is known. */
export const weight = ({ cost }: Finding): number => (cost === null ? 0 : sane(cost.seconds) + sane(cost.bytes) / bytesPerSecond)

/** Rules of other people may report any number. */
const sane = (amount: number): number => (amount > 0 && amount < Number.MAX_SAFE_INTEGER ? amount : 0)

/** Of the table of typical costs: `about 45 s each time`; null where nothing is known. */
export function timeInWords({ cost }: Finding): string | null {
  const seconds = sane(cost?.seconds ?? 0)
  return seconds >= 1 ? `about ${duration(seconds)} each time` : null
}

/** With the size, `about 60 MB in the image`. */
export function impactInWords(finding: Finding): string | null {
  const bytes = sane(finding.cost?.bytes ?? 0)
  const parts = [timeInWords(finding), bytes >= megabyte ? `about ${Math.round(bytes / megabyte)} MB in the image` : null].filter(part => part !== null)
  return parts.length === 0 ? null : parts.join(' and ')
}

const duration = (seconds: number): string => (seconds < 2 * perMinute ? `${Math.round(seconds)} s` : `${Math.round(seconds / perMinute)} min`)
