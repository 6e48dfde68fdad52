// What a step of the image leaves in its layer, and whether a removal further up takes it away.
import type { Build, CopyStep, RunStep, Step } from '../model/build.ts'
import type { Span } from '../text.ts'
import { copiedBytes, hasSmallName, isSmallCopy } from './copied-files.ts'
import { baseName, covers, destinationOf, SOME_NAME } from './image-paths.ts'
import { fileWrites } from './writes.ts'

/** What a removal takes of a deposit; `bytes` is null when nothing tells. */
export interface Hit { readonly bytes: number | null; readonly isSmall: boolean }
export interface Deposit {
  readonly step: Step
  /** The command or instruction that made it. */
  readonly at: { readonly span: Span }
  /** What removing this pattern takes of it; null: nothing, as far as known. */
  hit(pattern: string): Hit | null
}

export const runDeposits = (step: RunStep): readonly Deposit[] => fileWrites(step).map(({ path, command }) => ({
  step, at: command.command,
  hit: pattern => (covers(pattern, path) ? { bytes: null, isSmall: hasSmallName(path) } : null),
}))

export const copyDeposit = (build: Build, step: CopyStep): Deposit => ({ step, at: step, hit: pattern => copyHit(build, step, pattern) })

function copyHit(build: Build, step: CopyStep, pattern: string): Hit | null {
  const target = destinationOf(step)
  if (target === null) return null
  const bytes = copiedBytes(build, step, path => covers(pattern, path))
  if (bytes !== 'unknown') return bytes > 0 ? { bytes, isSmall: false } : null
  return placesOf(step, target).some(place => covers(pattern, place)) ? { bytes: null, isSmall: isSmallCopy(step) } : null
}

/** Where the copy certainly put something, without a look at the context. */
function placesOf(step: CopyStep, target: string): readonly string[] {
  const folder = target === '/' ? '' : target
  const named = step.sources.filter(source => /[^/]\.\w+$/.test(source)).map(source => `${folder}/${baseName(source)}`)
  const remote = step.remotes.map(url => `${folder}/${baseName(url.replace(/[?#].*$/, ''))}`)
  // `COPY a.tar.gz /tmp/a.tar.gz`: then the destination is the file.
  return step.target?.endsWith('/') || folder === '' ? [...named, ...remote, `${folder}/${SOME_NAME}`] : [target, `${folder}/${SOME_NAME}`, ...named, ...remote]
}
