// Syntax + what is known about the build → Build: stage links, variables in force, working directories, users.
// Follows BuildKit's frontend/dockerfile/dockerfile2llb/convert.go.
import type { InstructionNode, Syntax } from '../syntax/parse.ts'
import { expand, type Lookup } from '../syntax/words.ts'
import type { Span } from '../text.ts'
import type { Base, Build, ContextFiles, Environment, IgnoreFile, Instruction, Repository, Source, Stage, Step, Variable } from './build.ts'
import { openContext } from './context.ts'
import { assign, emptyEnvironment } from './environment.ts'
import { imageDefaults, isWindowsImage, readImageConfig, type ImageState } from './image-config.ts'
import { fullReference } from './image-reference.ts'
import { DEFAULT_PLATFORM, normalPlatform } from './platforms.ts'
import { markReachable } from './reachable.ts'
import { addInstruction, type StageState } from './to-steps.ts'

/** What is known besides the text. */
export interface World {
  readonly path?: string
  readonly ignoreFile?: IgnoreFile
  readonly context?: ContextFiles
  readonly repository?: Repository
  /** Stage name or number; default: the last stage. */
  readonly target?: string
  /** Exactly these are passed. Absent: anyone may pass any, and the value of an ARG without default is unknown. */
  readonly buildArgs?: Readonly<Record<string, string>>
  /** os/architecture[/variant]; default linux/amd64. */
  readonly platform?: string
  /** Configuration of base images, as Dockerfile lines, by reference. */
  readonly imageConfigs?: Readonly<Record<string, readonly string[]>>
  /** Names of named build contexts. */
  readonly contextNames?: readonly string[]
  /** Those of them that are images, with their references. */
  readonly contextImages?: Readonly<Record<string, string>>
}

/** What all stages of one build share. */
export interface Frame {
  readonly syntax: Syntax
  readonly world: World
  readonly stages: MutableStage[]
  readonly byName: Map<string, MutableStage>
  /** Where each name is given last: what `--from` means, wherever it stands. */
  readonly lastNamed: ReadonlyMap<string, number>
  readonly stageCount: number
  globals: Environment
  /** What the engine would refuse once it gets there, such as an unset `${V:?}`. With a stage: only if that is built. */
  readonly problems: { span: Span; message: string; stage: MutableStage | null }[]
  /** The stage that is being read; null at its FROM and above the first. */
  current: MutableStage | null
}
export interface MutableStage extends Stage {
  name: string | null
  base: Base
  instructions: Instruction[]
  steps: Step[]
  reachable: boolean
  environment: Environment
  user: string | null
  workdir: string | null
  shell: readonly string[]
  windows: boolean
  /** Variables of the image configuration, in their own order: a child stage gets them again on top. */
  imageVariables: Map<string, Variable>
  onbuild: InstructionNode[]
}

/** The model of one parsed file; `syntax` must be free of problems. */
export function toBuild(syntax: Syntax, world: World): Build {
  return buildOf(syntax, world).build
}

/** As toBuild, with what the engine would refuse when it gets there. */
export function buildOf(syntax: Syntax, world: World): { build: Build; problems: readonly { readonly span: Span; readonly message: string }[] } {
  const names = syntax.instructions.filter(node => node.keyword === 'FROM').map(node => node.words[2]?.text.toLowerCase() ?? '')
  const lastNamed = new Map(names.map((name, index) => [name, index]))
  lastNamed.delete('')
  const frame: Frame = { syntax, world, stages: [], byName: new Map(), lastNamed, stageCount: names.length, globals: emptyEnvironment, problems: [], current: null }
  frame.globals = platformArguments(frame)
  let state: StageState | null = null
  for (const node of syntax.instructions) {
    if (node.keyword === 'FROM') {
      if (state) closeStage(state)
      state = openStage(frame, node)
    } else if (state) addInstruction(frame, state, node, null)
    else addGlobal(frame, node)
  }
  if (state) closeStage(state)
  const target = findTarget(frame)
  markReachable(target)
  const build: Build = {
    path: world.path ?? 'Dockerfile', text: syntax.text, escape: syntax.escape, context: openContext(world), stages: frame.stages, target, globals: frame.globals, comments: syntax.comments,
  }
  return { build, problems: frame.problems.filter(({ stage }) => !stage || stage.reachable) }
}

/** The value of a variable; null where the build decides. */
export const lookupIn = (environment: Environment): Lookup => name => environment.get(name)?.value

/** Expands a word with what is in force; null where it depends on something unknown. */
export function expandWord(frame: Frame, environment: Environment, word: string, span: Span): string | null {
  const { value, error } = expand(word, lookupIn(environment), frame.syntax.escape)
  if (error) frame.problems.push({ span, message: error, stage: frame.current })
  return value
}

/** BuildKit: dockerfile2llb/platform.go, defaultArgs. */
function platformArguments(frame: Frame): Environment {
  const { buildArgs, platform, target } = frame.world
  const names = frame.syntax.instructions.filter(node => node.keyword === 'FROM').map(node => node.words[2]?.text.toLowerCase() ?? '')
  const of = (prefix: string, full: string): [string, string][] => {
    const [os = '', architecture = '', variant = ''] = full.split('/')
    return [[`${prefix}PLATFORM`, full], [`${prefix}OS`, os], [`${prefix}OSVERSION`, ''], [`${prefix}ARCH`, architecture], [`${prefix}VARIANT`, variant]]
  }
  // Without --platform both are the builder's own; with it, a builder of another platform is assumed to be the default one.
  const values = [...of('BUILD', DEFAULT_PLATFORM), ...of('TARGET', normalPlatform(platform ?? DEFAULT_PLATFORM)), ['TARGETSTAGE', target ?? (names.at(-1) || 'default')] as const]
  let environment = emptyEnvironment
  for (const [name, value] of values) {
    const known = buildArgs ? passedArgument(frame, name) ?? value : null
    environment = assign(environment, { name, value: known, kind: 'arg', span: null })
  }
  return environment
}

/** The value that is passed for a build argument. */
export function passedArgument({ world: { buildArgs } }: Frame, name: string): string | undefined {
  return buildArgs && ownValue(buildArgs, name)
}

/** ARG before the first FROM. BuildKit: convert.go, buildMetaArgs. */
function addGlobal(frame: Frame, node: InstructionNode): void {
  for (const word of node.words) {
    const { name, text } = splitAssignment(word.text)
    const passed = passedArgument(frame, name)
    const value = passed ?? (text === null ? undefined : expandWord(frame, frame.globals, text, word.span))
    if (value !== undefined) frame.globals = assign(frame.globals, { name, value, kind: 'arg', span: word.span })
    else if (!frame.world.buildArgs) frame.globals = assign(frame.globals, { name, value: frame.globals.get(name)?.value ?? null, kind: 'arg', span: word.span })
  }
}

/** `NAME=value` or `NAME`; the text after `=` is undecoded, null when there is none. */
export function splitAssignment(word: string): { name: string; text: string | null } {
  const equals = word.indexOf('=')
  return equals === -1 ? { name: word, text: null } : { name: word.slice(0, equals), text: word.slice(equals + 1) }
}

function openStage(frame: Frame, node: InstructionNode): StageState {
  frame.current = null
  const index = frame.stages.length
  const name = node.words[2]?.text.toLowerCase() ?? null
  const base = findBase(frame, node, name)
  const image = initialImage(frame, base)
  const platform = node.flags.find(flag => flag.name === 'platform')
  const stage: MutableStage = {
    index, name, label: name ?? String(index), base,
    // The flag says nothing on top of another stage.
    platform: base.kind === 'stage' ? base.stage.platform : platform?.value ? expandWord(frame, frame.globals, platform.value, platform.span) : null,
    instructions: [], steps: [], span: { start: node.span.start, end: node.lineEnd }, reachable: false,
    environment: image.environment, user: image.user, workdir: image.workdir, shell: image.shell,
    windows: base.kind === 'stage' ? base.stage.windows : base.kind === 'image' && isWindowsImage(base.ref ?? base.text),
    imageVariables: image.variables, onbuild: [],
  }
  frame.stages.push(stage)
  frame.current = stage
  if (name) frame.byName.set(name, stage)
  const state: StageState = { stage, environment: stage.environment, user: stage.user, workdir: stage.workdir, shell: stage.shell }
  for (const trigger of image.onbuild) addInstruction(frame, state, trigger, stage.span)
  return state
}

function findBase(frame: Frame, node: InstructionNode, name: string | null): Base {
  const word = node.words[0]!
  const span = word.span
  const replacement = name === null ? undefined : contextNamed(frame, name)
  if (replacement !== undefined) return { kind: 'named-context', name: replacement, replacesStage: true, span }
  const ref = expandWord(frame, frame.globals, word.text, span)
  const stage = ref === null ? undefined : frame.byName.get(ref.toLowerCase())
  if (stage) return { kind: 'stage', stage, span }
  const context = ref === null ? undefined : contextNamed(frame, ref)
  if (context !== undefined) return { kind: 'named-context', name: context, replacesStage: false, span }
  if (ref === 'scratch') return { kind: 'scratch', span }
  return { kind: 'image', ref, text: word.text, span }
}

/** The named context that stands in for an image or a stage. BuildKit: dockerui/config.go, NamedContext. */
function contextNamed(frame: Frame, ref: string): string | undefined {
  if (/^(scratch|context)$/i.test(ref)) return undefined
  const names = frame.world.contextNames ?? []
  return names.includes(ref) ? ref : names.find(name => fullReference(name) === fullReference(ref))
}

const ownValue = <T>(values: Readonly<Record<string, T>>, name: string): T | undefined => (Object.hasOwn(values, name) ? values[name] : undefined)

interface InitialImage { environment: Environment; variables: Map<string, Variable>; user: string | null; workdir: string | null; shell: readonly string[]; onbuild: readonly InstructionNode[] }

/** What a stage starts with. The image's variables are applied again on top of what the parent stage holds. */
function initialImage(frame: Frame, base: Base): InitialImage {
  const parent = base.kind === 'stage' ? (base.stage as MutableStage) : null
  const image: ImageState = parent
    ? { variables: new Map(parent.imageVariables), user: parent.user, workdir: parent.workdir, shell: parent.shell, onbuild: parent.onbuild }
    : imageOf(frame, base)
  let environment = parent ? parent.environment : emptyEnvironment
  for (const variable of image.variables.values()) environment = assign(environment, variable)
  return { ...image, environment }
}

function imageOf(frame: Frame, base: Base): ImageState {
  const ref = base.kind === 'image' ? base.ref ?? base.text : base.kind === 'named-context' ? ownValue(frame.world.contextImages ?? {}, base.name) ?? '' : ''
  const configs = frame.world.imageConfigs ?? {}
  const config = ownValue(configs, ref) ?? ownValue(configs, Object.keys(configs).find(name => fullReference(name) === fullReference(ref)) ?? '')
  if (config) return readImageConfig(config)
  // In a closed world an image nobody described counts as empty: for the same reference on both sides the rest cancels out.
  return imageDefaults(frame.world.buildArgs !== undefined || base.kind === 'scratch', ref)
}

function closeStage(state: StageState): void {
  const { stage } = state
  stage.environment = state.environment
  stage.user = state.user
  stage.workdir = state.workdir
  stage.shell = state.shell
}

/** The stage or image that `--from` names. BuildKit: convert.go, toCommand, findStateByName. */
export function findSource(frame: Frame, from: string | null, span: Span): Source {
  if (from === null) return { kind: 'context' }
  const isNumber = /^\d+$/.test(from)
  const index = isNumber ? Number(from) : frame.lastNamed.get(from.toLowerCase())
  const own = frame.stages.length - 1
  if (index !== undefined && index < own) return { kind: 'stage', stage: frame.stages[index]! }
  if (index === own || (isNumber && index! >= frame.stageCount)) frame.problems.push({ span, stage: null, message: index === own ? `"${from}" is the stage itself.` : `There is no stage ${from}.` })
  else if (index !== undefined) frame.problems.push({ span, stage: frame.current, message: `The stage "${from}" comes later: it has to stand above.` })
  const context = contextNamed(frame, from)
  return context === undefined ? { kind: 'image', ref: from } : { kind: 'named-context', name: context }
}

function findTarget(frame: Frame): Stage {
  const { target } = frame.world
  const last = frame.stages.at(-1)!
  if (target === undefined || target === '') return last
  return frame.byName.get(target.toLowerCase()) ?? (/^\d+$/.test(target) ? frame.stages[Number(target)] : undefined) ?? last
}

/** Whether the file has the stage that is asked for. */
export const hasTarget = (build: Build, target: string): boolean =>
  build.stages.some(stage => stage.name === target.toLowerCase() || String(stage.index) === target)
