// One build as the engine's solver sees it: vertices with an identity that is equal when the engine would find the result of another.
// Follows BuildKit's solver/edge.go and cachemanager.go: the root file system matches by definition, copied and mounted files by content.
import { UsageError } from '../errors.ts'
import type { Base, Build, CopyStep, Environment, RunStep, Source, Stage, Step, WorkdirStep } from '../model/build.ts'
import { nameEnvironment } from '../model/environment.ts'
import { buildOf, hasTarget } from '../model/to-build.ts'
import { parse } from '../syntax/parse.ts'
import { lineMap, type Span } from '../text.ts'
import { readRunFlags } from './flags.ts'
import { forcedSteps } from './forced.ts'
import { buildArgsOf, contextImagesOf, contextNamesOf, contextOf, imagesOf, namedContextsOf, platformOf, targetOf, type BuildInput } from './input.ts'
import { mountInputs } from './mounts.ts'
import { copyOperation, isLinked, runOperation, workdirOperation, type BuildSettings } from './operation.ts'
import { everything } from './selection.ts'
import { copySources, mountSources, sourceId, sourceOf, sourceOfBase, type VertexSource, type World } from './sources.ts'

export interface Vertex {
  /** null for the merge of a linked copy onto what lies below. */
  readonly step: Step | null
  /** Equal for equal parameters of its own. */
  readonly operation: string
  /** Identity of what it builds on, and the vertex that made it; null on a base image or an empty root. */
  readonly rootId: string
  readonly root: Vertex | null
  /** The copy that a merge puts on its root. */
  readonly part: Vertex | null
  readonly sources: readonly VertexSource[]
  readonly id: string
  /** The option that makes it execute whatever the cache holds. */
  readonly forced: string | null
  readonly line: number
  readonly stage: string
}
export interface Graph {
  readonly build: Build
  readonly settings: BuildSettings
  /** In build order: what a vertex takes in comes before it. */
  readonly vertices: readonly Vertex[]
  readonly ofStep: ReadonlyMap<Step, Vertex>
  readonly byId: ReadonlyMap<string, Vertex>
  readonly byOperation: ReadonlyMap<string, readonly Vertex[]>
}

/** Where a stage stands while its steps are walked. */
interface State { id: string; vertex: Vertex | null }

interface Maker {
  readonly settings: BuildSettings
  readonly intern: (key: string) => string
  /** A name that nothing else has. */
  readonly unique: () => string
  readonly world: World
  readonly ends: Map<Stage, State>
  readonly vertices: Vertex[]
  readonly ofStep: Map<Step, Vertex>
  readonly forced: ReadonlyMap<Step, string>
  /** Short names of environment lists, which can be long and the same for many steps. */
  readonly environments: WeakMap<Environment, string>
  readonly line: (step: Step) => number
}

/** What both builds of a comparison share. `intern` gives equal keys one short name; `checksums` are those stated for remote files. */
export interface Shared {
  readonly intern: (key: string) => string
  readonly unique: () => string
  readonly checksums: ReadonlyMap<string, string>
}

/** `read` is what `readBuild` makes of the input, where somebody has it already. `isSecond`: what ran in spite of the cache offers nothing to find its children by in that build, but its result is found in the next. */
export function toGraph(input: BuildInput, shared: Shared, isSecond: boolean, read: Build | null = null): Graph {
  const build = read ?? buildFor(input)
  const lines = lineMap(build.text)
  const ends = new Map<Stage, State>()
  const ofStep = new Map<Step, Vertex>()
  const world: World = {
    context: contextOf(input), named: namedContextsOf(input), contextImages: new Map(Object.entries(contextImagesOf(input))), images: imagesOf(input), session: shared.unique(),
    checksums: shared.checksums, intern: shared.intern, ofStep, files: new Map(), lastOf: stage => ends.get(stage)?.vertex ?? null,
  }
  const settings = { platform: platformOf(input), buildArgs: buildArgsOf(input), linkMerges: input.linkMerges ?? true, flags: readRunFlags(input.options?.flags ?? []) }
  const maker: Maker = {
    world, ends, ofStep, settings, intern: shared.intern, unique: shared.unique, vertices: [], environments: new WeakMap(),
    forced: isSecond ? forcedSteps(input, build, settings, world) : new Map(),
    line: step => lines.position(step.span.start).line,
  }
  for (const stage of build.stages) if (stage.reachable) ends.set(stage, walkStage(maker, stage))
  const byOperation = new Map<string, Vertex[]>()
  for (const vertex of maker.vertices) {
    const same = byOperation.get(vertex.operation)
    if (same) same.push(vertex)
    else byOperation.set(vertex.operation, [vertex])
  }
  return { build, settings: maker.settings, vertices: maker.vertices, ofStep, byId: new Map(maker.vertices.map(vertex => [vertex.id, vertex])), byOperation }
}

/** Parses and links; UsageError where the engine would refuse the file. */
function buildFor(input: BuildInput): Build {
  const read = readBuild(input)
  if (read instanceof UsageError) throw read
  return read
}

/** Parses and links; a UsageError, not thrown, where the engine would refuse the file. */
export function readBuild(input: BuildInput): Build | UsageError {
  const path = input.options?.file ?? 'Dockerfile'
  const syntax = parse(input.dockerfile)
  const { starts } = lineMap(input.dockerfile)
  const refusal = ({ span, message }: { readonly span: Span; readonly message: string }): UsageError =>
    new UsageError(`${path}:${starts.findLastIndex(start => start <= span.start) + 1}: ${message}`)
  if (syntax.problems[0]) return refusal(syntax.problems[0])
  const target = targetOf(input)
  const { build, problems } = buildOf(syntax, {
    path, platform: platformOf(input), buildArgs: buildArgsOf(input),
    ...(target === undefined ? {} : { target }),
    imageConfigs: Object.fromEntries(Object.entries(input.images ?? {}).map(([name, image]) => [name, image.config ?? []])),
    contextNames: contextNamesOf(input), contextImages: contextImagesOf(input),
  })
  if (problems[0]) return refusal(problems[0])
  return target !== undefined && !hasTarget(build, target) ? new UsageError(`${path} has no stage "${target}"`) : build
}

function walkStage(maker: Maker, stage: Stage): State {
  const state = baseState(maker, stage.base, stage.platform)
  if (stage.base.kind === 'named-context' && stage.base.replacesStage) return state
  for (const step of stage.steps) {
    if (step.kind === 'run') addRun(maker, state, step)
    else if (step.kind === 'workdir') addWorkdir(maker, state, step)
    else addCopy(maker, state, step)
  }
  return state
}

function baseState(maker: Maker, base: Base, platform: string | null): State {
  if (base.kind === 'stage') return { ...maker.ends.get(base.stage)! }
  return { id: base.kind === 'scratch' ? 'scratch' : idOf(maker, sourceOfBase(base), platform), vertex: null }
}

const idOf = (maker: Maker, source: Source, platform: string | null = null): string =>
  sourceId(maker.world, source, platform ?? maker.settings.platform, stage => maker.ends.get(stage)?.id ?? '')

type Parts = Pick<Vertex, 'step' | 'operation' | 'rootId' | 'root' | 'part' | 'sources'>

function addVertex(maker: Maker, parts: Parts, step: Step): Vertex {
  const forced = (parts.step && maker.forced.get(parts.step)) ?? null
  const operation = maker.intern(parts.operation)
  const key = JSON.stringify([operation, parts.rootId, parts.part?.id ?? null, ...parts.sources.map(source => source.content.key)])
  const vertex: Vertex = { ...parts, operation, forced, id: forced === null ? maker.intern(key) : maker.unique(), line: maker.line(step), stage: step.stage.label }
  maker.vertices.push(vertex)
  if (parts.step) maker.ofStep.set(parts.step, vertex)
  return vertex
}

function addWorkdir(maker: Maker, state: State, step: WorkdirStep): void {
  moveTo(state, addVertex(maker, { step, operation: workdirOperation(step, maker.settings), rootId: state.id, root: state.vertex, part: null, sources: [] }, step))
}

const moveTo = (state: State, vertex: Vertex): void => void Object.assign(state, { id: vertex.id, vertex })

function addRun(maker: Maker, state: State, step: RunStep): void {
  const inputs = mountInputs(step, maker.settings, state.id, source => idOf(maker, source))
  const sources = mountSources(maker.world, inputs, step.scriptFile?.body ?? '')
  // A mount of the very state it runs on makes one input of the two, and that is matched by content.
  const onRoot = inputs.find(({ input }) => input === 0)?.source
  const whole = onRoot && onRoot.kind === 'files' ? [sourceOf(maker.world, onRoot.from, [everything])] : []
  moveTo(state, addVertex(maker, {
    step, operation: runOperation(step, maker.settings, inputs, nameEnvironment(step.environment, maker.environments, (name, entry) => maker.intern(`${name} ${entry}`))), part: null, sources: [...whole, ...sources],
    rootId: whole.length > 0 ? 'root is a mount' : state.id, root: whole.length > 0 ? null : state.vertex,
  }, step))
}

function addCopy(maker: Maker, state: State, step: CopyStep): void {
  const isMerged = isLinked(step, maker.settings)
  // The stage it is copied onto is no content source as well: one input, matched by definition.
  const isOwnRoot = !isMerged && step.from.kind !== 'context' && idOf(maker, step.from) === state.id
  const sources = copySources(maker.world, step, isOwnRoot)
  const operation = copyOperation(step, maker.settings)
  const vertex = addVertex(maker, { step, operation, sources, part: null, rootId: isMerged ? 'scratch' : state.id, root: isMerged ? null : state.vertex }, step)
  moveTo(state, isMerged ? addVertex(maker, { step: null, operation: 'merge', sources: [], rootId: state.id, root: state.vertex, part: vertex }, step) : vertex)
}
