// The table that is printed while builds run, and what all rows say together.
const widths = [22, 38, 26, 8, 15]
const most = 6

const isOdd = ({ dropped }) => !dropped
const seconds = build => `${build.seconds.toFixed(1)} s`

function verdict({ failed, isBaseMissing, differences, safety, fix }) {
  if (isBaseMissing && fix !== '(unfixed)') return 'not tried: no such base'
  if (failed !== null) return fix === '(unfixed)' ? 'DOES NOT BUILD' : 'BREAKS THE BUILD'
  const odd = differences.filter(isOdd).length
  const dropped = differences.length - odd
  if (odd > 0) return safety === 'safe' ? `NO: ${odd} differ` : `${odd} differ`
  return dropped > 0 ? `yes, but ${dropped} dropped` : 'yes'
}

function figures({ failed, before, after }) {
  if (failed !== null) return ['', '']
  return after ? [`${before.executed} → ${after.executed}`, `${before.seconds.toFixed(1)} → ${seconds(after)}`] : [`${before.executed}/${before.total}`, seconds(before)]
}
const marked = ({ fix, safety }) => (safety === 'suggested' && !fix.startsWith('all') ? `${fix} *` : fix)
const cells = row => [row.case, marked(row), row.after || row.failed !== null ? verdict(row) : '', ...figures(row)]

let isFirst = true
export function printRow(row) {
  const line = values => console.log(values.map((value, index) => (index < 3 ? value.padEnd(widths[index]) : value.padStart(widths[index]))).join(' ').trimEnd())
  if (isFirst) line(['case', 'fix (* suggested)', 'same files?', 'steps', 'seconds'])
  isFirst = false
  line(cells(row))
  for (const note of notes(row)) console.log(`    ${note}`)
}

function notes({ failed, isBaseMissing = false, isInTurn = false, differences, sameAs, assumes = [], refused = [] }) {
  if (sameAs) return [`the same text as ${sameAs}`]
  if (failed !== null) return isBaseMissing ? [] : failed.split('\n').map(line => line.trimEnd())
  const odd = differences.filter(isOdd)
  return [
    ...refused.map(text => `refused ${text}`),
    ...(isInTurn ? ['as before, it builds only when its stages are built one after the other'] : []),
    ...(odd.length > 0 ? assumes.map(text => `assumes ${text}`) : []),
    ...shortened(odd.map(({ path, what }) => `${path} ${what}`)),
  ]
}
/** Left out of the comparison. */
export const printUnsteady = paths => { if (paths.length > 0) console.log(`    differ between two builds as well: ${shortened(folded(paths)).join(', ')}`) }
const shortened = list => (list.length > most ? [...list.slice(0, most), `and ${list.length - most} more`] : list)

/** Many paths of one folder as that folder. */
function folded(paths) {
  const groups = new Map()
  for (const path of paths) {
    const folder = path.split('/').slice(0, 4).join('/')
    groups.set(folder, [...groups.get(folder) ?? [], path])
  }
  return [...groups].flatMap(([folder, all]) => (all.length > 2 ? `${folder}/… (${all.length} paths)` : all))
}

const median = numbers => [...numbers].sort((a, b) => a - b)[numbers.length >> 1]
const range = numbers => `median ${median(numbers).toFixed(2)}, from ${Math.min(...numbers).toFixed(2)} to ${Math.max(...numbers).toFixed(2)}`

/** Returns whether a fix does what it must not. */
export function printSummary(rows, categories) {
  const fixes = rows.filter(({ fix, sameAs }) => fix !== '(unfixed)' && !sameAs)
  const tried = fixes.filter(({ isBaseMissing }) => !isBaseMissing)
  const broken = rows.filter(({ failed, sameAs, isBaseMissing, fix }) => failed !== null && !sameAs && !(isBaseMissing && fix !== '(unfixed)'))
  const same = tried.filter(row => row.failed === null && !row.differences.some(isOdd))
  const changed = tried.filter(row => row.failed === null && row.safety === 'safe' && row.differences.some(isOdd))
  const order = same.filter(({ fix, before, after }) => categories.get(fix) === 'order' && after.executed < before.executed)
  const rules = new Set(tried.filter(({ fix }) => categories.has(fix)).map(({ fix }) => fix))
  console.log(`\n${new Set(rows.map(row => row.case)).size} applications, ${tried.length} fixes of ${rules.size} rules tried: ${same.length} images identical (dropped files aside), ${tried.filter(row => row.failed === null && row.safety !== 'safe' && row.differences.some(isOdd)).length} of suggested fixes differ as printed, ${broken.length} builds broken, ${changed.length} safe fixes with differences; ${fixes.length - tried.length} not tried for want of the base image.`)
  if (order.length > 0) {
    console.log(`${order.length} fixes of the order of instructions executed fewer steps after an edit. Steps, after / before: ${range(order.map(({ before, after }) => after.executed / before.executed))}.`)
    console.log(`Seconds, after / before: ${range(order.map(({ before, after }) => after.seconds / before.seconds))}.`)
  }
  for (const { case: name, fix } of [...broken, ...changed]) console.log(`wrong: ${name}, ${fix}`)
  return broken.length + changed.length > 0
}
