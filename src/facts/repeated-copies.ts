// Copies of context files that another copy of the same stage brings as well, to the same place, with nothing in between that looks.
import { contextFilesOf, stepBelow } from '../cache/context-reads.ts'
import type { Build, CopyStep, RunStep, Step } from '../model/build.ts'
import { contextReaders } from './broad-copies.ts'
import { copiedFiles } from './copied-files.ts'
import { commandsOf } from './commands.ts'
import { onlyInstalls } from './costly-steps.ts'
import { fact } from './fact.ts'
import { destinationOf, isWithin } from './image-paths.ts'
import { installsOf } from './installs.ts'
import { broughtBy } from './origins.ts'

export interface RepeatedCopy {
  /** Those that can go, in the order of the file. */
  readonly copies: readonly CopyStep[]
  /** The one that brings all of it. */
  readonly by: CopyStep
  readonly files: number
}

/** Comparisons of one copy with others, and files looked up for them. */
const MOST_ABOVE = 40
const MOST_FILES = 2000

export const repeatedCopies = fact((build: Build): readonly RepeatedCopy[] => {
  const copies = contextReaders(build).filter((step): step is CopyStep => isPlainCopy(step))
  if (copies.length < 2 || build.context.source === null) return []
  const found = new Map<CopyStep, Set<CopyStep>>()
  const gone = new Set<CopyStep>()
  for (const later of copies) {
    const below = quietlyBelow(later)
    for (const [index, earlier] of below.entries()) {
      if (gone.has(earlier)) continue
      // What another stage may be built on stays.
      const isEarlier = earlier.stage === later.stage && coveredBy(build, earlier, later)
      if (!isEarlier && (!coveredBy(build, later, earlier) || below.slice(0, index).some(between => overwrites(build, between, later)))) continue
      const [copy, by] = isEarlier ? [earlier, later] : [later, earlier]
      gone.add(copy)
      found.set(by, (found.get(by) ?? new Set()).add(copy))
      if (copy === later) break
    }
  }
  return [...found].filter(([by]) => !gone.has(by)).map(([by, set]) => {
    const sorted = [...set].sort((one, other) => one.span.start - other.span.start)
    return { copies: sorted, by, files: countOf(build, sorted) }
  })
})

const isArchive = (source: string): boolean => /\.(?:tar|tgz|tbz2?|txz|gz|bz2|xz|zst)$/.test(source) || /[*?[]/.test(source)
const isPlainCopy = (step: Step): step is CopyStep =>
  (step.kind === 'copy' || step.kind === 'add' && !step.sources.some(isArchive)) && step.from.kind === 'context' && !step.onbuild && !step.parents && !step.hasUnknownSource && step.remotes.length === 0 && step.heredocs.length === 0 && step.sources.length > 0 && destinationOf(step) !== null

/** Plain copies below with nothing between that may read, make or change a file; nearest first. */
function quietlyBelow(copy: CopyStep): readonly CopyStep[] {
  const found: CopyStep[] = []
  for (let at = stepBelow(copy), seen = 0; at && seen < MOST_ABOVE; at = stepBelow(at), seen++) {
    if (at.kind === 'run' ? !isBlind(at) : at.kind !== 'workdir' && !isPlainCopy(at) && mayOverlap(at, copy)) break
    if (at.kind !== 'run' && at.kind !== 'workdir' && isPlainCopy(at)) found.push(at)
  }
  return found
}

/** Installs of named packages, and nothing else: they read no file of the project. */
const isBlind = (run: RunStep): boolean => run.mounts.every(({ type }) => type === 'cache') && commandsOf(run) !== 'opaque' && onlyInstalls(run) && installsOf(run).every(({ row, from }) => row.ecosystem === 'os' && from.every(source => source === 'packages') )

function mayOverlap(other: CopyStep, copy: CopyStep): boolean {
  const [one, two] = [destinationOf(other), destinationOf(copy)]
  return one === null || two === null || isWithin(one, two) || isWithin(two, one)
}

/** Whether `by` puts each file of `copy` at the same place, from the same place, for the same owner and with the same mode. */
function coveredBy(build: Build, copy: CopyStep, by: CopyStep): boolean {
  if (copy.chown !== by.chown || copy.chmod !== by.chmod || copy.link !== by.link || !mayOverlap(copy, by)) return false
  if (!isWithin(destinationOf(copy)!, destinationOf(by)!)) return false
  const taken = contextFilesOf(build, copy)
  const all = contextFilesOf(build, by)
  if (taken === 'unknown' || all === 'unknown' || taken.size === 0 || taken.size > MOST_FILES || taken.size > all.size || ![...taken].every(file => all.has(file))) return false
  const files = copiedFiles(build, copy)
  return files !== 'unknown' && files.length === taken.size && files.every(({ path }) => {
    const [mine, other] = [broughtBy(build, copy, path), broughtBy(build, by, path)]
    return mine !== null && mine !== 'unknown' && other !== null && other !== 'unknown' && mine.path === other.path
  })
}

/** Whether a copy puts something else where this one does. */
const overwrites = (build: Build, between: CopyStep, copy: CopyStep): boolean => {
  const files = copiedFiles(build, copy)
  return files === 'unknown' || files.some(({ path }) => {
    const [mine, other] = [broughtBy(build, copy, path), broughtBy(build, between, path)]
    return other !== null && (mine === null || mine === 'unknown' || other === 'unknown' || mine.path !== other.path)
  })
}

const countOf = (build: Build, copies: readonly CopyStep[]): number => copies.reduce((sum, copy) => {
  const files = copiedFiles(build, copy)
  return sum + (files === 'unknown' ? 0 : files.length)
}, 0)
