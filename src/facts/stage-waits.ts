// Costly steps that wait for another stage although they need nothing that it made: what they take from it came from the context, or they
// could stand above the copy.
import { contextFilesOf, contextPathOf, lastStep, stepBelow } from '../cache/context-reads.ts'
import type { Build, CopyStep, RunStep, Stage, Step } from '../model/build.ts'
import { takesWholeContext } from './broad-copies.ts'
import { CHECKING_STAGE } from './changing-copies.ts'
import { commandsOf } from './commands.ts'
import { commentAbove } from './comments.ts'
import { earlySourceCopies } from './early-source-copies.ts'
import { fact } from './fact.ts'
import { absolutePath, baseName, covers, destinationOf, isWithin } from './image-paths.ts'
import { installsOf } from './installs.ts'
import { isManifestName } from './manifest-names.ts'
import { movableSteps } from './movable-steps.ts'
import { costOf } from './step-costs.ts'
import { fileRemovals } from './writes.ts'

export interface StageWait {
  readonly copy: CopyStep
  readonly from: Stage
  /** The steps that wait for nothing, in the order of the file. */
  readonly steps: readonly RunStep[]
  /** Where in the context the files are that the other stage only passes on; null: the steps need nothing of the copy. */
  readonly files: readonly string[] | null
  /** Further copies that take such files. */
  readonly others: readonly CopyStep[]
  /** For each of these copies where its sources lie in the context, in their order. */
  readonly origins: readonly { readonly copy: CopyStep; readonly paths: readonly string[] }[]
  /** The highest copy above which the steps can be moved. */
  readonly highest: CopyStep
  /** Steps that have to move along. */
  readonly along: readonly RunStep[]
  /** Nothing in the other stage comes from the context, so that it is cached nearly always. */
  readonly isConstant: boolean
}

export const stageWaits = fact((build: Build): readonly StageWait[] => {
  if (!build.stages.some(({ steps }) => steps.some(step => isStageCopy(step)))) return []
  return [...detours(build), ...earlyStageCopies(build)].filter(({ copy, steps }) => ![copy, ...steps].some(step => SERIAL.test(commentAbove(build, step)))).sort((a, b) => a.copy.span.start - b.copy.span.start)
})

/** Reasons for an order: memory, or a stage that has to succeed first. */
const SERIAL = /memory|\bram\b|parallel|serial|concurren|wait|force|depend|make sure|ensure|order/i

const isStageCopy = (step: Step): step is CopyStep & { readonly from: { readonly kind: 'stage' } } => (step.kind === 'copy' || step.kind === 'add') && step.from.kind === 'stage'

/** What is costly, in seconds: an install, a download, a build. */
const MINIMUM_SECONDS = 5
const isSlow = fact((stage: Stage): boolean => {
  const steps = stage.steps.slice(0, MOST_STEPS)
  return steps.some(step => step.kind === 'run' && installsOf(step).length > 0) || steps.reduce((sum, step) => sum + costOf(step).seconds, 0) >= MINIMUM_SECONDS
})

/** Nobody writes more; beyond, a step is taken to wait. */
const MOST_STAGES = 300
const MOST_STEPS = 200
const MOST_COPIES = 100

/** Stages that have to be done before this one is, itself left out: by FROM, by copies and by mounts. */
const needed = fact((stage: Stage): ReadonlySet<Stage> => {
  const found = new Set<Stage>()
  const open = [stage]
  for (let at = open.pop(); at && found.size < MOST_STAGES; at = open.pop()) {
    for (const next of stagesIn(at)) if (!found.has(next)) open.push(next), found.add(next)
  }
  return found
})

const stagesIn = fact((stage: Stage): readonly Stage[] => {
  const sources = stage.steps.flatMap(step => (step.kind === 'run' ? step.mounts.map(({ from }) => from) : step.kind === 'workdir' ? [] : [step.from]))
  return [...stage.base.kind === 'stage' ? [stage.base.stage] : [], ...sources.flatMap(from => (from.kind === 'stage' ? [from.stage] : []))]
})

/** Whether a step waits for this stage by itself. */
function waitsFor(step: Step, stage: Stage): boolean {
  const sources = step.kind === 'run' ? step.mounts.map(({ from }) => from) : step.kind === 'workdir' ? [] : [step.from]
  return sources.some(from => from.kind === 'stage' && (from.stage === stage || needed(from.stage).has(stage)))
}

function waitsBelow(step: Step | null, stage: Stage): boolean {
  let count = 0
  for (let at = step; at; at = stepBelow(at)) if (++count > MOST_STEPS || waitsFor(at, stage) || at.stage === stage) return true
  return false
}

/** Copies of files that the other stage took from the context, and a costly step between them and the first that really needs the stage. */
function detours(build: Build): readonly StageWait[] {
  return stageCopies(build).flatMap((copy): readonly StageWait[] => {
    const { stage } = copy
    if (!isSlow(copy.from.stage) || CHECKING_STAGE.test(copy.from.stage.name ?? '') || waitsBelow(stepBelow(copy), copy.from.stage)) return []
    const from = copy.from.stage
    const own = passedOn(build, copy, from)
    if (own === null) return []
    const below = stage.steps.slice(copy.index + 1, copy.index + 1 + MOST_STEPS)
    const end = below.findIndex(step => waitsFor(step, from) && !(isStageCopy(step) && step.from.stage === from && passedOn(build, step, from) !== null))
    const free = end === -1 ? below : below.slice(0, end)
    const steps = free.filter((step): step is RunStep => step.kind === 'run' && costOf(step).seconds >= MINIMUM_SECONDS)
    const others = free.filter(isStageCopy).filter(step => step.from.stage === from && step.index < (steps.at(-1)?.index ?? 0))
    const origins = [copy, ...others].map(each => ({ copy: each, paths: passedOn(build, each, from) ?? [] }))
    return steps.length > 0 ? [{ copy, from, steps, files: [...new Set(origins.flatMap(({ paths }) => paths))], others, origins, highest: copy, along: [], isConstant: false }] : []
  })
}

const stageCopies = (build: Build): readonly (CopyStep & { readonly from: { readonly kind: 'stage' } })[] =>
  build.stages.filter(({ reachable, windows }) => reachable && !windows).flatMap(({ steps }) => steps).filter(isStageCopy).filter(({ onbuild }) => !onbuild).slice(0, MOST_COPIES)

/** The context paths of what a copy takes, when the stage changed none of it; else null. */
function passedOn(build: Build, copy: CopyStep, from: Stage): readonly string[] | null {
  const paths = copy.sources.map(source => originIn(build, from, absolutePath('/', source)!))
  return paths.length === 0 || copy.hasUnknownSource || copy.parents || paths.includes(null) ? null : paths.filter(path => path !== null)
}

/** Only manifests and lock files: what else lies in a project may be made anew by its build. */
function originIn(build: Build, stage: Stage, path: string): string | null {
  if (!isManifestName(path)) return null
  let count = 0
  for (let at: Step | null = lastStep(stage); at && count < MOST_STEPS; at = stepBelow(at), count++) {
    if (at.kind === 'run' && mayChange(at, path)) return null
    if (at.kind !== 'copy' && at.kind !== 'add') continue
    const place = destinationOf(at)
    if (place === null || !isWithin(path, place) && !isWithin(place, path)) continue
    return at.from.kind === 'context' && !at.onbuild ? pathInContext(build, at, path) : null
  }
  return null
}

function pathInContext(build: Build, copy: CopyStep, path: string): string | null {
  const name = baseName(path)
  // `COPY package.json package-lock.json ./`: each file keeps its name.
  const named = copy.sources.find(source => baseName(source) === name)
  const origin = named ?? contextPathOf(copy, path)
  if (origin === null || !named && !takesWholeContext(copy) && contextFilesOf(build, copy) === 'unknown') return null
  const files = contextFilesOf(build, copy)
  return files === 'unknown' || files.has(origin.replace(/^\.?\//, '')) || /[*?]/.test(origin) ? origin.replace(/^\.?\//, '') : null
}

const BUILDERS = /^(?:npm|npx|pnpm|yarn|bun|node|tsc|vite|webpack|ng|next|nuxt|turbo|nx|go|cargo|mvnw?|gradlew?|dotnet|composer|bundle|rake|rails|mix|python|pip|uv|poetry|php|esbuild|rollup|prisma|corepack|apk|apt-get|apt|dnf|yum|mkdir|chmod|chown|rm|ls|echo|true|set|cd|export|test|\[|find|du|cat|env|printenv|which|curl|wget|tar|unzip|adduser|addgroup|useradd|groupadd|apk|rmdir|touch|ln|:)$/
/** Write manifests by themselves, whatever their arguments name. */
const EDITS = /^(?:npm|pnpm|yarn|bun|composer|poetry|uv|cargo|go|dotnet|bundle|mix) (?:.* )?(?:version|pkg|init|set|add|remove|update|upgrade|require|prune|link|unlink|audit|dedupe|shrinkwrap|mod tidy|lock|new|workspaces focus|workspaces|deploy|pack|config)\b/

/** Whether a RUN may write the file. A build script of the project is trusted not to. */
function mayChange(run: RunStep, path: string): boolean {
  const commands = commandsOf(run)
  if (commands === 'opaque' || (run.script?.text ?? run.argv.join(' ')).includes(baseName(path).replace(/[*?].*$/, ''))) return true
  const isLock = /lock|shrinkwrap|go\.sum/i.test(baseName(path)) || /\*/.test(path)
  if (installsOf(run).some(({ frozen, packages, global, effect, row }) => row.ecosystem !== 'os' && !global && (isLock && frozen !== true && effect !== 'build' || packages.length > 0 && row.ecosystem === 'javascript'))) return true
  if (fileRemovals(run).some(({ pattern }) => covers(pattern, path))) return true
  return !commands.every(({ program, words, arguments: values }) => words.length === 0 || program !== null && BUILDERS.test(program) && !EDITS.test(`${program} ${values.join(' ')}`))
}

/** Copies from a slow stage above steps that need nothing of them, as far as sources do not change them: that is another matter. */
function earlyStageCopies(build: Build): readonly StageWait[] {
  const said = new Set(earlySourceCopies(build).flatMap(({ steps }) => steps))
  const found = new Map<CopyStep, StageWait & { readonly steps: RunStep[]; highest: CopyStep; readonly along: RunStep[] }>()
  for (const { step, above, along } of movableSteps(build).slice(0, MOST_COPIES)) {
    if (said.has(step) || costOf(step).seconds === 0) continue
    const highest = above.at(-1)!
    const slow = above.findLast(copy => isStageCopy(copy) && isSlow(copy.from.stage) && !CHECKING_STAGE.test(copy.from.stage.name ?? '') && !waitsBelow(stepBelow(highest), copy.from.stage))
    if (!slow || slow.from.kind !== 'stage') continue
    const known = found.get(slow)
    if (known) {
      known.steps.push(step)
      if (highest.span.start > known.highest.span.start) known.highest = highest
      known.along.push(...along)
    } else found.set(slow, { copy: slow, from: slow.from.stage, steps: [step], files: null, others: [], origins: [], highest, along: [...along], isConstant: !readsContext(slow.from.stage) })
  }
  return [...found.values()]
}

const readsContext = (stage: Stage): boolean => [stage, ...needed(stage)].some(({ steps }) => steps.some(step => (step.kind === 'run' ? step.mounts.some(({ from }) => from.kind === 'context') : step.kind !== 'workdir' && step.from.kind === 'context')))
