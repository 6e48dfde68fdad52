// Copies between stages that take a whole file system, or the folder a project was built in with all its sources.
import type { Build, CopyStep, Stage, Step } from '../model/build.ts'
import { contextSelectors } from '../cache/context-reads.ts'
import { takesWholeContext } from './broad-copies.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { fact } from './fact.ts'
import { imageCommands } from './image-command.ts'
import { absolutePath, destinationOf, folderOf, isWithin } from './image-paths.ts'
import { installsOf } from './installs.ts'
import { rootOf, stagesBelow } from './stage-trees.ts'
import { shippedStages } from './stages.ts'

export interface BroadStageCopy {
  readonly copy: CopyStep
  readonly source: Stage
  /** null: the whole file system of the stage. Else where the sources came in, and what compiled them. */
  readonly built: { readonly folder: string; readonly sources: CopyStep; readonly compiler: NormalCommand } | null
}

export const broadStageCopies = fact((build: Build): readonly BroadStageCopy[] => shippedStages(build).flatMap(stage => stage.steps.flatMap(step => {
  if ((step.kind !== 'copy' && step.kind !== 'add') || step.from.kind !== 'stage' || step.onbuild || stage.windows || step.exclude.length > 0 || step.parents) return []
  const source = step.from.stage
  const found = step.sources.flatMap(path => {
    const folder = absolutePath('/', path.replace(/\/\*$/, ''))!
    if (folder === '/') return isMerged(step, stage, source) ? { copy: step, source, built: null } : []
    const built = builtIn(source, folder)
    if (built && isPackageScript(built.compiler) && startsSource(build)) return []
    return built ? { copy: step, source, built } : []
  })
  return found.slice(0, 1)
})))

/** One system poured over another. Onto an empty stage it is a way to squash; a stage made from nothing holds only what was put there. */
const isMerged = (copy: CopyStep, into: Stage, source: Stage): boolean =>
  destinationOf(copy) === '/' && rootOf(into).base.kind === 'image' && rootOf(source).base.kind === 'image' && source.steps.some(({ kind }) => kind === 'run') && rootOf(into) !== rootOf(source)

/** `npm run build`. */
export const isPackageScript = ({ program }: NormalCommand): boolean => /^(?:npm|yarn|pnpm)$/.test(program ?? '')

/** Files below a folder that holds what was built; all else that Node starts is a source, or a script nobody can read. */
const OUTPUT = /(?:^|\/)(?:dist|build|out|output|public|lib|\.next|\.output|\.nuxt)(?:\/|$)/

function startsSource(build: Build): boolean {
  const { entrypoint, command } = imageCommands(build)
  const words = [entrypoint, command].flatMap(set => set?.words ?? [])
  return words.some(word => /\.[cm]?[jt]s$|^(?:npm|npx|yarn|pnpm|node)$/.test(word)) && !words.some(word => OUTPUT.test(word))
}

const MOST_STEPS = 200

/** From the bottom up, with those of the stages below. */
const stepsOf = fact((stage: Stage): readonly Step[] => stagesBelow(stage).toReversed().flatMap(({ steps }) => steps).slice(-MOST_STEPS))

/** Whether this folder holds the sources of the context, and a compiler that leaves its result elsewhere or in a folder below ran there. */
function builtIn(stage: Stage, folder: string): BroadStageCopy['built'] {
  const steps = stepsOf(stage)
  const at = steps.findIndex(step => (step.kind === 'copy' || step.kind === 'add') && bringsSources(step) && destinationOf(step) === folder)
  const sources = steps[at]
  if (at === -1 || sources?.kind !== 'copy' && sources?.kind !== 'add') return null
  for (const step of steps.slice(at + 1)) {
    const commands = step.kind === 'run' ? commandsOf(step) : []
    if (step.kind !== 'run' || commands === 'opaque') continue
    // What cleans up after the build leaves something else.
    if (commands.some(({ program, command }) => /^(?:rm|find|mv|git)$/.test(program ?? '') && !command.conditional)) return null
    const compiler = commands.find(command => isWithin(folderOf(command) ?? '', folder) && compiles(command))
    if (compiler && !installsOf(step).some(({ effect, packages }) => effect === 'install' && packages.some(({ kind }) => kind === 'unknown'))) return { folder, sources, compiler }
  }
  return null
}

/** The whole context, or a folder of it that is called like one of sources. */
const bringsSources = (step: CopyStep): boolean => contextSelectors(step).length > 0 && (takesWholeContext(step) || step.sources.some(source => /\/$|^\.{1,2}$/.test(source)))

/** Compiled languages: what runs is one file, or a folder of them. */
function compiles({ program, arguments: values }: NormalCommand): boolean {
  const verb = values.find(value => value !== null && !value.startsWith('-'))
  if (program === 'go') return verb === 'build'
  if (program === 'cargo') return verb === 'build'
  if (/^(?:npm|yarn|pnpm)$/.test(program ?? '')) return values.some(value => value === 'build')
  if (program === 'dotnet') return verb === 'publish' || verb === 'build'
  if (/^(?:mvn|mvnw)$/.test(program ?? '')) return values.some(value => /^(?:package|install|verify)$/.test(value ?? ''))
  if (/^(?:gradle|gradlew)$/.test(program ?? '')) return values.some(value => /(?:^|:)(?:build|assemble|bootJar|installDist|shadowJar|jar)$/.test(value ?? ''))
  return false
}
