// One build as the engine's solver sees it: vertices with an identity that is equal when the engine would find the result of another.
// Follows BuildKit's solver/edge.go and cachemanager.go: the root file system matches by definition, copied and mounted files by content.
import { UsageError } from '../errors.ts'
import type { Base, Build, CopyStep, RunStep, Source, Stage, Step } from '../model/build.ts'
import { cleanPath, insideRoot } from '../model/paths.ts'
import { buildOf, DEFAULT_PLATFORM, hasTarget } from '../model/to-build.ts'
import { parse } from '../syntax/parse.ts'
import { lineMap } from '../text.ts'
import { contentOf, copiedLayer, knownLayer, unknownLayer, withFolder, type Content, type Layer } from './filesystem.ts'
import { copyOperation, isGit, isLinked, readRunFlags, runOperation, splitParents, workdirOperation, type BuildSettings } from './operation.ts'
import { contextOf, flagValue, imagesOf, namedContextsOf, spelledOut, type BaseImage, type BuildInput } from './input.ts'
import type { Entry, Selector, Tree } from './tree.ts'

export interface Vertex {
  /** null for the merge of a linked copy onto what lies below. */
  readonly step: Step | null
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
export interface VertexSource {
  readonly kind: 'context' | 'stage' | 'image' | 'named-context' | 'remote' | 'text'
  /** Reference, address or name. */
  readonly name: string
  readonly content: Content
  /** The tree and what is taken from it, to say which files differ; null unless it is a context. */
  readonly tree: Tree | null
  readonly selectors: readonly Selector[]
  /** The last vertex of the stage it comes from. */
  readonly vertex: Vertex | null
}
export interface Graph {
  readonly build: Build
  readonly settings: BuildSettings
  readonly ofStep: ReadonlyMap<Step, Vertex>
  readonly byId: ReadonlyMap<string, Vertex>
  readonly byOperation: ReadonlyMap<string, readonly Vertex[]>
}

/** Where a stage stands while its steps are walked. */
interface State { id: string; vertex: Vertex | null; layer: Layer | null }

interface Maker {
  readonly input: BuildInput
  readonly build: Build
  readonly settings: BuildSettings
  readonly intern: (key: string) => string
  readonly checksums: ReadonlyMap<string, string>
  readonly ends: Map<Stage, State>
  readonly vertices: Vertex[]
  readonly ofStep: Map<Step, Vertex>
  readonly context: Tree
  readonly images: ReadonlyMap<string, BaseImage>
  readonly named: ReadonlyMap<string, Tree>
  readonly lines: (offset: number) => number
}

/** `intern` gives equal keys one short name, across both builds that are compared; `checksums` are those stated for remote files in either. */
export function toGraph(input: BuildInput, intern: (key: string) => string, checksums: ReadonlyMap<string, string>): Graph {
  const build = buildFor(input)
  const buildArgs = { ...flagArguments(input), ...input.buildArgs }
  const lines = lineMap(build.text)
  const maker: Maker = {
    input, build, intern, checksums, ends: new Map(), vertices: [], ofStep: new Map(),
    settings: { platform: platformOf(input), buildArgs, linkMerges: input.linkMerges ?? true, flags: readRunFlags(input.options?.flags ?? []) },
    context: contextOf(input), images: imagesOf(input), named: namedContextsOf(input),
    lines: offset => lines.position(offset).line,
  }
  for (const stage of build.stages) if (stage.reachable) maker.ends.set(stage, walkStage(maker, stage))
  const byOperation = new Map<string, Vertex[]>()
  for (const vertex of maker.vertices) byOperation.set(vertex.operation, [...byOperation.get(vertex.operation) ?? [], vertex])
  return { build, settings: maker.settings, ofStep: maker.ofStep, byId: new Map(maker.vertices.map(vertex => [vertex.id, vertex])), byOperation }
}

const platformOf = (input: BuildInput): string => input.platform ?? flagValue(input, 'platform') ?? DEFAULT_PLATFORM

function flagArguments(input: BuildInput): Record<string, string> {
  const found: Record<string, string> = {}
  const flags = input.options?.flags ?? []
  flags.forEach((flag, index) => {
    const text = flag.startsWith('--build-arg=') ? flag.slice(12) : flag === '--build-arg' ? flags[index + 1] ?? '' : ''
    if (text.includes('=')) found[text.slice(0, text.indexOf('='))] = text.slice(text.indexOf('=') + 1)
  })
  return found
}

/** Parses and links; UsageError where the engine would refuse the file. */
export function buildFor(input: BuildInput): Build {
  const path = input.options?.file ?? 'Dockerfile'
  const syntax = parse(input.dockerfile)
  const { starts } = lineMap(input.dockerfile)
  const refuse = (offset: number, message: string): never => {
    throw new UsageError(`${path}:${starts.findLastIndex(start => start <= offset) + 1}: ${message}`)
  }
  if (syntax.problems[0]) refuse(syntax.problems[0].span.start, syntax.problems[0].message)
  const target = input.target ?? flagValue(input, 'target')
  const { build, problems } = buildOf(syntax, {
    path, platform: platformOf(input), buildArgs: { ...flagArguments(input), ...input.buildArgs },
    ...(target ? { target } : {}),
    imageConfigs: Object.fromEntries(Object.entries(input.images ?? {}).map(([name, image]) => [name, image.config ?? []])),
    contextNames: Object.keys(input.contexts ?? {}),
  })
  if (problems[0]) refuse(problems[0].span.start, problems[0].message)
  if (target && !hasTarget(build, target)) throw new UsageError(`${path} has no stage "${target}"`)
  return build
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
  switch (base.kind) {
    case 'scratch': return { id: 'scratch', vertex: null, layer: null }
    case 'stage': return { ...maker.ends.get(base.stage)! }
    case 'named-context': {
      const tree = maker.named.get(base.name) ?? new Map()
      const layer = knownLayer(null, tree)
      return { id: maker.intern(`context ${contentOf(layer, [everything]).key}`), vertex: null, layer }
    }
    case 'image': {
      const image = imageNamed(maker, base.ref ?? base.text)
      return { id: maker.intern(`image ${image.id} ${platform ?? maker.settings.platform}`), vertex: null, layer: image.layer }
    }
  }
}

function imageNamed(maker: Maker, ref: string): BaseImage {
  return maker.images.get(ref) ?? maker.images.get(spelledOut(ref)) ?? { id: spelledOut(ref), layer: unknownLayer(null, spelledOut(ref)) }
}

function forcedBy(maker: Maker, step: Step): string | null {
  // WORKDIR is never marked.
  if (step.kind === 'workdir') return null
  const { options } = maker.input
  if (options?.noCache) return 'no-cache'
  const { name } = step.stage
  return name !== null && options?.noCacheFilter?.some(filter => filter.toLowerCase() === name) ? 'no-cache-filter' : null
}

type Parts = Pick<Vertex, 'step' | 'operation' | 'rootId' | 'root' | 'part' | 'sources'>

function addVertex(maker: Maker, parts: Parts, step: Step): Vertex {
  const forced = parts.step ? forcedBy(maker, parts.step) : null
  const key = JSON.stringify([parts.operation, parts.rootId, parts.part?.id ?? null, ...parts.sources.map(source => source.content.key)])
  const vertex: Vertex = {
    ...parts, forced,
    // What is executed in spite of the cache offers nothing to find its children by.
    id: maker.intern(forced ? `${maker.vertices.length} forced ${key}` : key),
    line: maker.lines(step.span.start), stage: step.stage.label,
  }
  maker.vertices.push(vertex)
  if (parts.step) maker.ofStep.set(parts.step, vertex)
  return vertex
}

function addWorkdir(maker: Maker, state: State, step: Extract<Step, { kind: 'workdir' }>): void {
  const vertex = addVertex(maker, { step, operation: workdirOperation(step, maker.settings), rootId: state.id, root: state.vertex, part: null, sources: [] }, step)
  Object.assign(state, { id: vertex.id, vertex, layer: withFolder(state.layer, step.path ?? '/', step.user ?? '') })
}

const everything: Selector = { path: '/', wildcard: false, include: [], exclude: [] }

function addRun(maker: Maker, state: State, step: RunStep): void {
  const sources: VertexSource[] = []
  const groups = new Map<string, { source: Source; paths: string[] }>()
  let onRoot = false
  for (const mount of step.mounts) {
    if (mount.type === 'secret' || mount.type === 'ssh' || mount.type === 'tmpfs') continue
    if (mount.from.kind === 'image' && mount.from.ref === 'scratch') continue
    if (mount.from.kind === 'stage' && maker.ends.get(mount.from.stage)?.id === state.id) onRoot = true
    else {
      const key = mount.from.kind === 'stage' ? `stage ${maker.ends.get(mount.from.stage)?.id}` : JSON.stringify(mount.from)
      const group = groups.get(key) ?? { source: mount.from, paths: [] }
      group.paths.push(cleanPath(`/${mount.source ?? ''}`))
      groups.set(key, group)
    }
  }
  // A mount of the very state it runs on makes one input of the two, and that is matched by content.
  if (onRoot) sources.push({ kind: 'stage', name: step.stage.label, content: contentOf(state.layer, [everything]), tree: null, selectors: [everything], vertex: state.vertex })
  for (const { source, paths } of groups.values()) sources.push(sourceOf(maker, source, dedupe(paths).map(path => ({ ...everything, path }))))
  if (step.scriptFile) sources.push(textSource(step.scriptFile.body))
  const vertex = addVertex(maker, {
    step, operation: runOperation(step, maker.settings), part: null, sources,
    rootId: onRoot ? 'root is a mount' : state.id, root: onRoot ? null : state.vertex,
  }, step)
  Object.assign(state, { id: vertex.id, vertex, layer: unknownLayer(state.layer, vertex.id, new Set([vertex.id])) })
}

/** Sorted; paths inside another one go away. BuildKit: exec.go, dedupePaths. */
function dedupe(paths: readonly string[]): readonly string[] {
  const unique = [...new Set(paths)].sort()
  return unique.filter(path => !unique.some(other => other !== path && path.startsWith(other.endsWith('/') ? other : `${other}/`)))
}

function textSource(text: string): VertexSource {
  return { kind: 'text', name: '', content: { key: text, lax: text, runs: new Set(), known: new Map() }, tree: null, selectors: [], vertex: null }
}

function sourceOf(maker: Maker, source: Source, selectors: readonly Selector[]): VertexSource {
  switch (source.kind) {
    case 'context': return { kind: 'context', name: '', content: contentOf(knownLayer(null, maker.context), selectors), tree: maker.context, selectors, vertex: null }
    case 'named-context': {
      const tree = maker.named.get(source.name) ?? new Map()
      return { kind: 'named-context', name: source.name, content: contentOf(knownLayer(null, tree), selectors), tree, selectors, vertex: null }
    }
    case 'stage': {
      const end = maker.ends.get(source.stage) ?? { id: '', vertex: null, layer: null }
      return { kind: 'stage', name: source.stage.label, content: contentOf(end.layer, selectors), tree: null, selectors, vertex: end.vertex }
    }
    case 'image': return { kind: 'image', name: source.ref, content: contentOf(imageNamed(maker, source.ref).layer, selectors), tree: null, selectors, vertex: null }
  }
}

function addCopy(maker: Maker, state: State, step: CopyStep): void {
  const selectors = step.sources.map((source): Selector => {
    const { path, include } = splitParents(step, source)
    return { path, include, exclude: step.exclude, wildcard: true }
  })
  const linked = isLinked(step, maker.settings)
  // The stage it is copied onto is no content source as well: one input, matched by definition.
  const isOwnRoot = !linked && step.from.kind === 'stage' && maker.ends.get(step.from.stage)?.id === state.id && state.vertex !== null
  const local = selectors.length > 0 && !isOwnRoot ? [sourceOf(maker, step.from, inKeyOrder(selectors))] : []
  const sources = [...local, ...step.remotes.map(url => remoteSource(maker, step, url)), ...step.heredocs.map(heredoc => textSource(heredoc.body))]
  const operation = copyOperation(step, maker.settings)
  const vertex = addVertex(maker, { step, operation, sources, part: null, rootId: linked ? 'scratch' : state.id, root: linked ? null : state.vertex }, step)
  const merged = linked ? addVertex(maker, { step: null, operation: 'merge', sources: [], rootId: state.id, root: state.vertex, part: vertex }, step) : vertex
  Object.assign(state, { id: merged.id, vertex: merged, layer: copyResult(maker, state, step, selectors, vertex) })
}

/** BuildKit: file.go, dedupeSelectors. Plain paths inside another one go away; all are sorted by path. */
function inKeyOrder(selectors: readonly Selector[]): readonly Selector[] {
  const isPlain = (selector: Selector): boolean => selector.include.length === 0 && selector.exclude.length === 0 && !/[*?[]/.test(selector.path)
  const plain = dedupe(selectors.filter(isPlain).map(selector => cleanPath(`/${selector.path}`))).map(path => ({ ...everything, path, wildcard: true }))
  return [...plain, ...selectors.filter(selector => !isPlain(selector))].sort((a, b) => (cleanPath(`/${a.path}`) < cleanPath(`/${b.path}`) ? -1 : cleanPath(`/${a.path}`) > cleanPath(`/${b.path}`) ? 1 : 0))
}

/** What lies behind an address is unknown; the same address, or the same checksum, is taken for the same content. */
function remoteSource(maker: Maker, step: CopyStep, url: string): VertexSource {
  const checksum = step.checksum ?? maker.checksums.get(url)
  const git = isGit(url) ? `git ${step.keepGitDir === true}` : 'url'
  const key = checksum === undefined ? `${git} ${url}` : `${git} sum ${checksum}`
  return { kind: 'remote', name: url, content: { key, lax: key, runs: new Set(), known: new Map() }, tree: null, selectors: [], vertex: null }
}

function copyResult(maker: Maker, state: State, step: CopyStep, selectors: readonly Selector[], vertex: Vertex): Layer {
  const runs = new Set(vertex.sources.flatMap(source => [...source.content.runs]))
  const source = vertex.sources[0]
  if (vertex.sources.length === 1 && source && runs.size === 0) {
    const tree = source.tree ?? wholeTree(maker, step.from)
    const layer = tree && copiedLayer(state.layer, step, tree, selectors)
    if (layer) return layer
  }
  if (step.heredocs.length > 0 && vertex.sources.length === step.heredocs.length) {
    const tree: Tree = new Map(step.heredocs.map(heredoc => [insideRoot(heredoc.name), { kind: 'file', mode: 0o644, content: `=${heredoc.body}`, owner: '', mtime: null }]))
    const layer = copiedLayer(state.layer, step, tree, step.heredocs.map(heredoc => ({ ...everything, path: heredoc.name })))
    if (layer) return layer
  }
  return unknownLayer(state.layer, vertex.id, runs)
}

/** The file system of a stage when everything in it is known. */
function wholeTree(maker: Maker, source: Source): Tree | null {
  if (source.kind !== 'stage') return null
  const merged = new Map<string, Entry>()
  for (let layer = maker.ends.get(source.stage)?.layer ?? null; layer; layer = layer.below) {
    if (!layer.tree) return null
    for (const [path, entry] of layer.tree) if (!merged.has(path)) merged.set(path, entry)
  }
  return merged
}
