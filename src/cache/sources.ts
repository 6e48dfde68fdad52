// What steps take in besides their root file system: files matched by content, wherever they come from.
import type { Base, CopyStep, Source, Stage, Step } from '../model/build.ts'
import { cleanPath, insideRoot } from '../model/paths.ts'
import { normalPlatform } from '../model/platforms.ts'
import { addCopied, addPart, destinationOn, ownerOn } from './copied-files.ts'
import { addFolder, addWritten, contentOf, forkFiles, writtenFiles, type Content, type FileSystem, type MutableFileSystem } from './filesystem.ts'
import type { Vertex } from './graph.ts'
import { imageNamed, type BaseImage } from './input.ts'
import type { MountInput } from './mounts.ts'
import { isGit, splitParents } from './operation.ts'
import { everything, isPlain, type Selector } from './selection.ts'
import type { Entry, Tree } from './tree.ts'

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

/** What sources are made of. */
export interface World {
  readonly context: Tree
  readonly named: ReadonlyMap<string, Tree>
  /** Named contexts that are images, by name. */
  readonly contextImages: ReadonlyMap<string, string>
  readonly images: ReadonlyMap<string, BaseImage>
  /** Stands for the client's session. */
  readonly session: string
  /** Checksums stated for remote files, in either build. */
  readonly checksums: ReadonlyMap<string, string>
  readonly ofStep: ReadonlyMap<unknown, Vertex>
  /** The last vertex of each stage. */
  readonly lastOf: (stage: Stage) => Vertex | null
  readonly intern: (key: string) => string
  readonly files: Map<Stage, FileSystem>
}

const NOTHING: Tree = new Map()
const trees = new WeakMap<Tree, FileSystem>()
function filesOfTree(tree: Tree): FileSystem {
  let files = trees.get(tree)
  if (!files) trees.set(tree, files = { sections: [tree] })
  return files
}

/** What a source is by definition: the same for all that makes one input of a step. `endOf`: that of a stage's last step. */
export function sourceId(world: World, source: Source, platform: string, endOf: (stage: Stage) => string): string {
  if (source.kind === 'stage') return endOf(source.stage)
  const ref = imageRefOf(world, source)
  if (ref !== null) return world.intern(`image ${imageNamed(world.images, ref).id} ${normalPlatform(platform)}`)
  // What the client sends is never found by definition: its key holds the session (source/local/source.go).
  return `sent ${world.session} ${source.kind === 'named-context' ? source.name : ''}`
}
export const sourceOfBase = (base: Exclude<Base, { kind: 'stage' | 'scratch' }>): Source => (base.kind === 'image' ? { kind: 'image', ref: base.ref ?? base.text } : { kind: 'named-context', name: base.name })

/** The reference of an image, also of one that is given as a named context; null for any other source. */
function imageRefOf(world: World, source: Source): string | null {
  return source.kind === 'image' ? source.ref : source.kind === 'named-context' ? world.contextImages.get(source.name) ?? null : null
}

export function sourceOf(world: World, source: Source, selectors: readonly Selector[]): VertexSource {
  const ref = imageRefOf(world, source)
  const files = filesFrom(world, source)
  const common = { content: contentOf(files, selectors, world.intern), selectors, tree: null, vertex: null }
  if (ref !== null) return { ...common, kind: 'image', name: ref }
  switch (source.kind) {
    case 'context': return { ...common, kind: 'context', name: '', tree: world.context }
    case 'named-context': return { ...common, kind: 'named-context', name: source.name, tree: world.named.get(source.name) ?? NOTHING }
    case 'stage': return { ...common, kind: 'stage', name: source.stage.label, vertex: world.lastOf(source.stage) }
    default: return { ...common, kind: 'image', name: source.ref }
  }
}

/** The file system a source offers. */
function filesFrom(world: World, source: Source): FileSystem {
  const ref = imageRefOf(world, source)
  if (ref !== null) return imageNamed(world.images, ref).files
  if (source.kind === 'stage') return filesOf(world, source.stage)
  return filesOfTree(source.kind === 'named-context' ? world.named.get(source.name) ?? NOTHING : world.context)
}

/** A text that is in the key as it is. */
function textSource(world: World, text: string): VertexSource {
  return { kind: 'text', name: '', content: fixedContent(world.intern(`text ${text}`)), tree: null, selectors: [], vertex: null }
}
const fixedContent = (key: string): Content => ({ key, below: key, unknown: [], top: [], lax: () => key })

/** What lies behind an address is unknown; the same address, or the same checksum, is taken for the same content. */
function remoteSource(world: World, step: CopyStep, url: string): VertexSource {
  return { kind: 'remote', name: url, content: fixedContent(world.intern(remoteKey(world, step, url))), tree: null, selectors: [], vertex: null }
}
function remoteKey(world: World, step: CopyStep, url: string): string {
  const checksum = step.checksum ?? world.checksums.get(url)
  const git = isGit(url) ? `git ${step.keepGitDir === true}` : 'url'
  return checksum === undefined ? `${git} ${url}` : `${git} sum ${checksum}`
}

export function copySelectors(step: CopyStep): readonly Selector[] {
  return step.sources.map(source => ({ ...splitParents(step, source), exclude: step.exclude, wildcard: true }))
}

/** The sources of a copy. `isOwnRoot`: what it takes from is what it is copied onto, which is one input, matched by definition. */
export function copySources(world: World, step: CopyStep, isOwnRoot: boolean): readonly VertexSource[] {
  const selectors = copySelectors(step)
  const local = selectors.length > 0 && !isOwnRoot ? [sourceOf(world, step.from, inKeyOrder(selectors))] : []
  return [...local, ...step.remotes.map(url => remoteSource(world, step, url)), ...step.heredocs.map(heredoc => textSource(world, heredoc.body))]
}

/** The sources of a RUN by input, the root left out. */
export function mountSources(world: World, inputs: readonly MountInput[], scriptBody: string): readonly VertexSource[] {
  const numbers = [...new Set(inputs.map(({ input }) => input))].filter(input => input > 0).sort((a, b) => a - b)
  return numbers.map(number => {
    const group = inputs.filter(({ input }) => input === number).map(({ source }) => source!)
    const first = group[0]!
    if (first.kind === 'script') return textSource(world, scriptBody)
    if (first.kind === 'owner') return textSource(world, `folder ${first.owner}`)
    const paths = dedupe(group.flatMap(source => (source.kind === 'files' ? [source.path] : [])))
    return sourceOf(world, first.from, paths.map(path => ({ ...everything, path })))
  })
}

/** Sorted; paths inside another one go away. BuildKit: exec.go, dedupePaths. */
function dedupe(paths: readonly string[]): readonly string[] {
  const known = new Set(paths)
  const isInside = (path: string): boolean => {
    for (let at = path.lastIndexOf('/'); at > 0; at = path.lastIndexOf('/', at - 1)) if (known.has(path.slice(0, at))) return true
    return path !== '/' && known.has('/')
  }
  return [...known].sort().filter(path => !isInside(path))
}

/** BuildKit: file.go, dedupeSelectors. Plain paths inside another one go away; all are sorted by path. */
function inKeyOrder(selectors: readonly Selector[]): readonly Selector[] {
  const path = (selector: Selector): string => cleanPath(`/${selector.path}`)
  const plain = dedupe(selectors.filter(isPlain).map(path)).map(entry => ({ ...everything, path: entry, wildcard: true }))
  return [...plain, ...selectors.filter(selector => !isPlain(selector))].sort((a, b) => (path(a) < path(b) ? -1 : path(a) > path(b) ? 1 : 0))
}

/** The files of a stage at its end, made when first asked for. */
export function filesOf(world: World, stage: Stage): FileSystem {
  // From the first stage of the chain on, so that no chain is walked by recursion.
  const chain: Stage[] = []
  let at: Stage | null = stage
  for (; at && !world.files.has(at); at = at.base.kind === 'stage' ? at.base.stage : null) chain.push(at)
  for (const entry of chain.reverse()) world.files.set(entry, stageFiles(world, entry))
  return world.files.get(stage)!
}

function stageFiles(world: World, stage: Stage): FileSystem {
  const below = baseFiles(world, stage)
  if (stage.steps.length === 0 || (stage.base.kind === 'named-context' && stage.base.replacesStage)) return below
  const last = stage.steps.at(-1)!
  const idOf = (step: Step): string => world.ofStep.get(step)!.id
  // Nothing below what a RUN leaves can be seen.
  if (last.kind === 'run') return { sections: [writtenFiles(idOf(last))] }
  const files = forkFiles(below)
  for (const step of stage.steps) {
    if (step.kind === 'run') addWritten(files, idOf(step))
    else if (step.kind === 'workdir') addFolder(files, step.path ?? '/', step.user ? ownerOn(files, step.user) : '')
    else addCopy(world, files, step)
  }
  return files
}

function baseFiles(world: World, { base }: Stage): FileSystem {
  switch (base.kind) {
    case 'scratch': return { sections: [] }
    case 'stage': return world.files.get(base.stage)!
    default: return filesFrom(world, sourceOfBase(base))
  }
}

function addCopy(world: World, files: MutableFileSystem, step: CopyStep): void {
  const to = destinationOn(files, step, world.intern)
  if (step.sources.length > 0) addCopied(files, step, filesFrom(world, step.from), copySelectors(step), to)
  for (const url of step.remotes) addPart(files, step, to, remoteKey(world, step, url))
  for (const { name, body } of step.heredocs) {
    const entry: Entry = { kind: 'file', mode: 0o644, content: `=${body}`, owner: '', mtime: null, origin: null }
    addCopied(files, { ...step, unpack: false }, { sections: [new Map([[insideRoot(name), entry]])] }, [{ ...everything, path: name }], to)
  }
}
