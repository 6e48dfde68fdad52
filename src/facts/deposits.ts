// What a step of the image leaves in its layer, and whether a removal takes it away.
import type { Build, CopyStep, RunStep, Step } from '../model/build.ts'
import type { Span } from '../text.ts'
import type { NormalCommand } from './commands.ts'
import { copiedBytes, hasSmallName, isSmallCopy } from './copied-files.ts'
import { fact } from './fact.ts'
import { baseName, covers, destinationOf, meets, SOME_NAME } from './image-paths.ts'
import { isAptIndex, packageRemovals, packageTraces } from './package-traces.ts'
import { fileRemovals, fileWrites } from './writes.ts'

/** What a removal takes of a deposit; `bytes` is null when nothing tells. */
export interface Hit { readonly bytes: number | null; readonly isSmall: boolean }
export interface Deposit {
  readonly step: Step
  /** The command or instruction that made it. */
  readonly at: { readonly span: Span }
  /** It is apt's package lists. */
  readonly isAptIndex: boolean
  /** What removing this pattern takes of it; null: nothing, as far as known. */
  hit(pattern: string): Hit | null
}
/** `pattern`: a path with wildcards, or the place of a cache or package. */
export interface Removal { readonly pattern: string; readonly how: 'removes' | 'moves'; readonly command: NormalCommand }

export const removalsOf = fact((step: RunStep): readonly Removal[] =>
  [...fileRemovals(step), ...packageRemovals(step).map(({ place, command }) => ({ pattern: place, command, how: 'removes' as const }))]
    .sort((a, b) => a.command.command.span.start - b.command.command.span.start))

export const runDeposits = fact((step: RunStep): readonly Deposit[] => [
  ...fileWrites(step).map(({ path, command }) => ({ place: path, command, isSmall: hasSmallName(path), isAptIndex: false })),
  ...packageTraces(step).map(trace => ({ ...trace, isSmall: false, isAptIndex: isAptIndex(trace) })),
].map(({ place, command, isSmall, isAptIndex }) => ({
  step, at: command.command, isAptIndex, hit: pattern => (covers(pattern, place) ? { bytes: null, isSmall } : null),
})))

/** Deposits that no later command of the same step takes away. */
export const lastingDeposits = fact((step: RunStep): readonly Deposit[] => runDeposits(step).filter(deposit =>
  !removalsOf(step).some(({ pattern, command }) => command.command.span.start > deposit.at.span.start && deposit.hit(pattern))))

export const copyDeposit = (build: Build, step: CopyStep): Deposit => ({ step, at: step, isAptIndex: false, hit: pattern => copyHit(build, step, pattern) })

function copyHit(build: Build, step: CopyStep, pattern: string): Hit | null {
  const target = destinationOf(step)
  if (target === null || !meets(pattern, target)) return null
  const bytes = copiedBytes(build, step, path => covers(pattern, path))
  if (bytes !== 'unknown') return bytes > 0 ? { bytes, isSmall: false } : null
  return placesOf(step, target).some(place => covers(pattern, place)) ? { bytes: null, isSmall: isSmallCopy(step) || hasSmallName(pattern) && !pattern.includes('*') } : null
}

/** Where the copy certainly put something, without a look at the context. */
function placesOf(step: CopyStep, target: string): readonly string[] {
  const folder = target === '/' ? '' : target
  const named = step.sources.filter(source => /[^/]\.\w+$/.test(source)).map(source => `${folder}/${baseName(source)}`)
  const remote = step.remotes.map(url => `${folder}/${baseName(url.replace(/[?#].*$/, ''))}`)
  // `COPY a.tar.gz /tmp/b.tar.gz`: then the destination is the file.
  return step.target?.endsWith('/') || folder === '' ? [...named, ...remote, `${folder}/${SOME_NAME}`] : [target, `${folder}/${SOME_NAME}`, ...named, ...remote]
}
