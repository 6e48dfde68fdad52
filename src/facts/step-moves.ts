// Orders of steps that give the same image: which group of a copy and the steps behind it may stand above what is now above it.
import type { Build, CopyStep, Instruction, RunStep, Stage, Step } from '../model/build.ts'
import { copiedFiles } from './copied-files.ts'
import { onlyInstalls } from './costly-steps.ts'
import { fact } from './fact.ts'
import { destinationOf, isWithin } from './image-paths.ts'
import { independentStep } from './independent-steps.ts'
import { installsOf } from './installs.ts'
import { isManifestName } from './manifest-names.ts'
import { mayNeed } from './movable-steps.ts'
import { isTrivial } from './trivial-steps.ts'

/** `moved` stand right below `passed`, both in the order of the file; the image is the same with `moved` above. */
export interface StepMove { readonly moved: readonly Step[]; readonly passed: readonly Step[] }

/** Longer groups and ways are left alone. */
const MOST_MOVED = 3
const MOST_PASSED = 8

export const stepMoves = fact((build: Build): readonly StepMove[] => build.stages.filter(({ reachable, windows }) => reachable && !windows).flatMap(stage => movesIn(build, stage)))

function movesIn(build: Build, stage: Stage): readonly StepMove[] {
  const found: StepMove[] = []
  stage.instructions.forEach((instruction, last) => {
    // Only what ends with a RUN that takes time can win anything.
    if (instruction.kind !== 'run' || isTrivial(instruction)) return
    for (let first = last; first >= 0 && last - first < MOST_MOVED && isMovable(stage.instructions[first]!); first--) {
      const moved = stage.instructions.slice(first, last + 1) as readonly Step[]
      found.push(...waysUp(build, stage, first, moved))
    }
  })
  return found
}

function waysUp(build: Build, stage: Stage, first: number, moved: readonly Step[]): readonly StepMove[] {
  const found: StepMove[] = []
  for (let to = first - 1; to >= 0 && first - to <= MOST_PASSED; to--) {
    const above = stage.instructions[to]!
    if (!isMovable(above) || !moved.every(step => commute(build, above, step))) break
    // A RUN brings nothing new by itself: there is nothing to win by passing it last.
    if ((above.kind === 'copy' || above.kind === 'add') && above.from.kind !== 'image') found.push({ moved, passed: stage.instructions.slice(to, first) as readonly Step[] })
  }
  return found
}

const isMovable = (instruction: Instruction): instruction is Step => instruction.kind !== 'setting' && instruction.kind !== 'workdir' && !instruction.onbuild

/** Whether two steps may change places: neither reads or overwrites what the other one leaves, as far as both say what they touch. */
function commute(build: Build, upper: Step, lower: Step): boolean {
  if (upper.kind === 'workdir' || lower.kind === 'workdir') return false
  if (upper.kind !== 'run') return lower.kind === 'run' ? isApart(build, lower, upper) : areDisjoint(build, upper, lower)
  return lower.kind === 'run' ? areOtherInstalls(upper, lower) : isApart(build, upper, lower)
}

/** Two installs of dependencies, by different managers of languages, that run no script of the project. */
function areOtherInstalls(upper: RunStep, lower: RunStep): boolean {
  const [one, other] = [installsOf(upper), installsOf(lower)]
  const isPlain = (step: RunStep): boolean => onlyInstalls(step) && step.mounts.every(({ type }) => type === 'cache') && installsOf(step).every(({ row, effect }) => row.ecosystem !== 'os' && effect === 'install')
  return isPlain(upper) && isPlain(lower) && !one.some(({ row }) => other.some(each => each.row.ecosystem === row.ecosystem))
}

/** Whether a RUN needs and makes nothing where a copy puts its files. */
function isApart(build: Build, run: RunStep, copy: CopyStep): boolean {
  const own = independentStep(run)
  if (own) return !mayNeed(build, own, copy)
  // An install of the project's dependencies reads manifests and settings of its folder, and nothing of other folders.
  const place = destinationOf(copy)
  const files = copiedFiles(build, copy)
  if (!onlyInstalls(run) || run.workdir === null || run.workdir === '/' || place === null || files === 'unknown') return false
  return installsOf(run).every(({ row, effect, needsSources }) => row.ecosystem !== 'os' && effect === 'install' && needsSources === false)
    && files.every(({ path }) => !isWithin(path, run.workdir!) && !isWithin(path, '/usr') && !isWithin(path, '/etc') && !isWithin(path, '/root') && !isManifestName(path))
}

/** Destinations of two copies that share no file: by their files where they are known, else by folders that lie apart. */
function areDisjoint(build: Build, one: CopyStep, other: CopyStep): boolean {
  const [files, others] = [copiedFiles(build, one), copiedFiles(build, other)]
  if (files !== 'unknown' && others !== 'unknown') {
    const taken = new Set(files.map(({ path }) => path))
    return !others.some(({ path }) => taken.has(path))
  }
  const [place, otherPlace] = [destinationOf(one), destinationOf(other)]
  return place !== null && otherPlace !== null && !isWithin(place, otherPlace) && !isWithin(otherPlace, place)
}
