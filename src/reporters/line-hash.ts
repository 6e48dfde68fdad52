// GitHub's `primaryLocationLineHash`, equal to what github/codeql-action computes (integrations.md 1.1): for each line a
// rolling hash modulo 2^64 over the 100 code units from its start on, blanks dropped, then its occurrence in the file.

const window = 100
const factor = 37
const two32 = 0x1_0000_0000
const endOfFile = 0xffff
const tab = 9, lf = 10, cr = 13, space = 32

/** 37^100 modulo 2^64, in halves: what the unit that leaves the window has been multiplied by. */
const [outHigh, outLow] = ((): readonly [number, number] => {
  const power = BigInt(factor) ** BigInt(window) & 0xffff_ffff_ffff_ffffn
  return [Number(power >> 32n), Number(power & 0xffff_ffffn)]
})()

/** The hashes of the given lines, as the action counts lines: LF, CR LF and a lone CR all end one. Lines that do not exist have none. */
export function lineHashes(text: string, wanted: ReadonlySet<number>): ReadonlyMap<number, string> {
  const { high, low } = rollingHashes(text)
  // Only what is asked for is counted and spelled: a line end per character must not cost a string each.
  const counts = new Map<number, Map<number, number>>()
  for (const line of wanted) {
    if (line < 1 || line > low.length) continue
    const same = counts.get(low[line - 1]!) ?? new Map<number, number>()
    counts.set(low[line - 1]!, same.set(high[line - 1]!, 0))
  }
  const hashes = new Map<number, string>()
  for (let index = 0; index < low.length; index++) {
    const same = counts.get(low[index]!)
    const count = same?.get(high[index]!)
    if (same === undefined || count === undefined) continue
    same.set(high[index]!, count + 1)
    if (wanted.has(index + 1)) hashes.set(index + 1, `${spelled(high[index]! >>> 0, low[index]! >>> 0)}:${count + 1}`)
  }
  return hashes
}

const spelled = (high: number, low: number): string =>
  high === 0 ? low.toString(16) : high.toString(16) + low.toString(16).padStart(8, '0')

/** The halves of each line's hash. Signed, because V8 keeps those small integers as they are. */
function rollingHashes(text: string): { readonly high: Int32Array; readonly low: Int32Array } {
  const { units, starts } = keptUnits(text)
  const high = new Int32Array(starts.length)
  const low = new Int32Array(starts.length)
  let line = 0
  // Two halves below 2^32 instead of BigInt: every product stays below 2^53, so doubles are exact.
  let upper = 0
  let lower = 0
  for (let at = 0; line < starts.length; at++) {
    const leaving = at < window ? 0 : units[at - window]!
    const sum = factor * lower + (at < units.length ? units[at]! : 0) - outLow * leaving
    upper = (factor * upper - outHigh * leaving + Math.floor(sum / two32)) >>> 0
    lower = sum >>> 0
    if (starts[line] !== at - window + 1) continue
    high[line] = upper
    low[line++] = lower
  }
  return { high, low }
}

/** The code units that count, the end mark last, and the index of each line's first. */
function keptUnits(text: string): { readonly units: Uint16Array; readonly starts: readonly number[] } {
  const units = new Uint16Array(text.length + 1)
  const starts = [0]
  let kept = 0
  let isAfterCr = false
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at)
    const isDropped = unit === space || unit === tab || (isAfterCr && unit === lf)
    isAfterCr = unit === cr
    if (isDropped) continue
    units[kept++] = unit === cr ? lf : unit
    if (unit === cr || unit === lf) starts.push(kept)
  }
  units[kept++] = endOfFile
  return { units: units.subarray(0, kept), starts }
}
