// RUN steps of two stages that install the same on the same base image, but not as one step: what differs below them they do not need.
import { stepIdentities } from '../cache/rebuild.ts'
import { contextFilesOf, stepBelow } from '../cache/context-reads.ts'
import type { Build, CopyStep, RunStep, Stage, Step } from '../model/build.ts'
import { commandsOf } from './commands.ts'
import { boundPlaces, mayConfigure, placesOf, preparesFolders, readsPlace } from './context-places.ts'
import { onlyInstalls } from './costly-steps.ts'
import { fact } from './fact.ts'
import { isWithin } from './image-paths.ts'
import { installsOf } from './installs.ts'
import { isBuiltFrom, rootOf } from './stage-trees.ts'
import { steers } from './tool-variables.ts'

export interface DuplicateStep {
  /** The first stage's. */
  readonly first: RunStep
  readonly second: RunStep
}

/** More installs in one file are not compared, nor more steps below one. */
const MOST_RUNS = 100
const MOST_LOOKED_AT = 1000
const MOST_STEPS = 40

export const duplicateSteps = fact((build: Build): readonly DuplicateStep[] => {
  const groups = new Map<string, RunStep[]>()
  let count = 0
  let looked = 0
  for (const stage of build.stages) {
    if (!stage.reachable || stage.windows) continue
    for (const step of stage.steps) {
      if (step.kind !== 'run' || ++looked > MOST_LOOKED_AT || step.onbuild || count >= MOST_RUNS || !onlyInstalls(step) || boundPlaces(step).length > 0) continue
      const base = rootOf(stage).base
      if (base.kind !== 'image') continue
      count++
      const key = JSON.stringify([base.text, platformText(build, rootOf(stage)), step.script?.text.replace(/\s+/g, ' ').trim() ?? step.argv, step.user, step.shell, step.flags.map(({ name, value }) => [name, value])])
      const group = groups.get(key)
      if (group) group.push(step)
      else groups.set(key, [step])
    }
  }
  const pairs = [...groups.values()].flatMap(group => group.slice(1).flatMap(second => (group[0]!.stage === second.stage || isBuiltFrom(second.stage, group[0]!.stage) ? [] : [{ first: group[0]!, second }])))
  if (pairs.length === 0 || looked > MOST_LOOKED_AT) return []
  const ids = stepIdentities(build)
  return pairs.filter(({ first, second }) => ids.has(first) && ids.has(second) && ids.get(first) !== ids.get(second) && readsAlike(first, second) && standAlike(build, first, second))
})

/** As written: of a variable only the name is certain. */
const platformText = ({ text }: Build, { span }: Stage): string => /--platform=\S+/.exec(text.slice(span.start, span.end))?.[0] ?? ''

function readsAlike(first: RunStep, second: RunStep): boolean {
  const text = first.script?.text ?? first.argv.join(' ')
  const named = new Set([...text.matchAll(/\$\{?(\w+)/g)].map(match => match[1]!))
  const names = new Set([...first.environment.entries(), ...second.environment.entries()].map(({ name }) => name))
  return [...names].every(name => !named.has(name) && !steers(first, name) || first.environment.get(name)?.value === second.environment.get(name)?.value)
}

/** The steps below a RUN down to the base image that it may depend on; null where that cannot be told. */
function supports(build: Build, run: RunStep): readonly string[] | null {
  const commands = commandsOf(run)
  if (commands === 'opaque') return null
  const found: string[] = []
  let count = 0
  for (let step: Step | null = stepBelow(run); step; step = stepBelow(step)) {
    if (++count > MOST_STEPS || step.onbuild) return null
    if (step.kind === 'workdir') continue
    if (step.kind === 'run') {
      if (!preparesFolders(step) && !installsElse(step)) found.unshift(step.text)
    } else if (isNeeded(build, run, step)) {
      const name = copyName(build, step)
      if (name === null) return null
      found.unshift(name)
    }
  }
  return found
}

/** Other packages, with no repository or setting of their own. */
const installsElse = (step: RunStep): boolean => onlyInstalls(step) && !/\/etc\/|\brepos?\b|repositor|keyring|config|curl|wget|gpg/.test(step.script?.text ?? step.text)

function isNeeded(build: Build, run: RunStep, copy: CopyStep): boolean {
  const places = placesOf(build, copy)
  if (!places || mayConfigure(build, copy)) return true
  const commands = commandsOf(run)
  // Manifests have many names: whatever lies where they are looked for counts as one.
  const folders = installsOf(run).filter(({ from }) => from.some(source => source !== 'packages')).map(({ directory }) => directory)
  if (places.some(({ path }) => folders.some(folder => folder === null || isWithin(path, folder) || isWithin(folder, path)))) return true
  return commands === 'opaque' || commands.some(command => places.some(place => readsPlace(command, place)))
}

/** The same files of the context in the same place. */
function copyName(build: Build, copy: CopyStep): string | null {
  const files = contextFilesOf(build, copy)
  return copy.from.kind !== 'context' || copy.remotes.length > 0 ? null : JSON.stringify([files === 'unknown' ? copy.sources : [...files].sort(), placesOf(build, copy)?.map(({ path }) => path), copy.chown, copy.chmod])
}

function standAlike(build: Build, first: RunStep, second: RunStep): boolean {
  const [one, other] = [supports(build, first), supports(build, second)]
  if (!one || !other || one.length !== other.length || one.some((text, at) => text !== other[at])) return false
  // What reads manifests must read them in the same folder.
  return installsOf(first).every((install, at) => install.from.every(source => source === 'packages') || install.directory !== null && install.directory === installsOf(second)[at]?.directory)
}
