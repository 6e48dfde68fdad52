// One instruction → a step or a setting, and what it changes in the state of its stage.
// Follows BuildKit's frontend/dockerfile/dockerfile2llb/convert.go and convert_copy.go.
import type { InstructionNode } from '../syntax/parse.ts'
import { readHeredocWord } from '../syntax/segment.ts'
import { expand } from '../syntax/words.ts'
import type { Span } from '../text.ts'
import type { CopyStep, Environment, Heredoc, Setting, Step, Variable, WorkdirStep } from './build.ts'
import { assign } from './environment.ts'
import { assignmentsOf } from './image-config.ts'
import { copyInputs, workdirInputs } from './inputs.ts'
import { cleanPath, nextWorkdir } from './paths.ts'
import { expandWord, findSource, lookupIn, passedArgument, splitAssignment, type Frame, type MutableStage } from './to-build.ts'
import { runStep } from './to-run.ts'

/** What is in force at one point of a stage. */
export interface StageState {
  readonly stage: MutableStage
  environment: Environment
  user: string | null
  workdir: string | null
  shell: readonly string[]
}

/** Build arguments that never enter the environment. */
const NOT_IN_ENVIRONMENT = new Set(['BUILDKIT_SBOM_SCAN_CONTEXT', 'BUILDKIT_SBOM_SCAN_STAGE'])

/** `place`: where the instruction stands when it comes from an ONBUILD trigger; null for its own place. */
export function addInstruction(frame: Frame, state: StageState, node: InstructionNode, place: Span | null): void {
  if (state.stage.base.kind === 'named-context' && state.stage.base.replacesStage) {
    addReplaced(frame, state, node)
    return
  }
  switch (node.keyword) {
    case 'RUN':
      return addStep(state, runStep(frame, state, node, place))
    case 'COPY':
    case 'ADD':
      return addStep(state, copyStep(frame, state, node, place))
    case 'WORKDIR':
      return addWorkdir(frame, state, node, place)
    case 'ENV':
      return addVariables(state, node, place, environmentVariables(frame, state, node, place))
    case 'ARG':
      return addArguments(frame, state, node, place)
    case 'USER':
      state.user = expandWord(frame, state.environment, node.rest.text, place ?? node.span)
      break
    case 'SHELL':
      if (node.json) state.shell = node.json.map(entry => entry.value)
      if (/^(cmd|powershell|pwsh)(\.exe)?$/i.test(state.shell[0] ?? '')) state.stage.windows ||= !/^pwsh$/.test(state.shell[0]!)
      break
    case 'ONBUILD':
      if (node.trigger) state.stage.onbuild.push(node.trigger)
      break
  }
  state.stage.instructions.push(setting(state, node, place, []))
}

/** Steps of a stage that a named context replaces are never built; they are listed all the same. */
function addReplaced(frame: Frame, state: StageState, node: InstructionNode): void {
  if (node.keyword === 'RUN') addStep(state, runStep(frame, state, node, null))
  else if (node.keyword === 'COPY' || node.keyword === 'ADD') addStep(state, copyStep(frame, state, node, null))
  else if (node.keyword === 'WORKDIR') addWorkdir(frame, state, node, null)
  else state.stage.instructions.push(setting(state, node, null, []))
}

function addStep(state: StageState, step: Step): void {
  state.stage.steps.push(step)
  state.stage.instructions.push(step)
}

/** What every instruction has. */
export function commonOf(state: StageState, node: InstructionNode, place: Span | null): Pick<Setting, 'stage' | 'span' | 'keyword' | 'text' | 'onbuild'> {
  return { stage: state.stage, span: place ?? node.span, keyword: node.keyword, text: node.text, onbuild: place !== null }
}

/** What every step has besides. */
export function stepOf(state: StageState): Pick<Step, 'index' | 'environment' | 'user' | 'workdir'> {
  return { index: state.stage.steps.length, environment: state.environment, user: state.user, workdir: state.workdir }
}

const setting = (state: StageState, node: InstructionNode, place: Span | null, assigns: readonly Variable[]): Setting => ({ ...commonOf(state, node, place), kind: 'setting', assigns })

function addVariables(state: StageState, node: InstructionNode, place: Span | null, assigns: readonly Variable[]): void {
  for (const variable of assigns) {
    state.environment = assign(state.environment, variable)
    if (variable.kind === 'env') state.stage.imageVariables.set(variable.name, variable)
  }
  state.stage.instructions.push(setting(state, node, place, assigns))
}

/** All values of one ENV see the variables from before it. */
function environmentVariables(frame: Frame, state: StageState, node: InstructionNode, place: Span | null): readonly Variable[] {
  return assignmentsOf(node).map(([name, text], index) => {
    const span = place ?? node.words[index]?.span ?? node.span
    return { name: expandWord(frame, state.environment, name, span) ?? name, value: expandWord(frame, state.environment, text, span), kind: 'env', span }
  })
}

/** BuildKit: convert.go, dispatchArg. A passed value wins over the default here, that over the global one. */
function addArguments(frame: Frame, state: StageState, node: InstructionNode, place: Span | null): void {
  const { buildArgs } = frame.world
  const assigns: Variable[] = []
  for (const word of node.words) {
    // Names are not expanded: dispatch leaves ARG out.
    const { name, text } = splitAssignment(word.text)
    const span = place ?? word.span
    const fallback = (): string | null | undefined => (text === null ? frame.globals.get(name)?.value : expandWord(frame, state.environment, text, span))
    const value = passedArgument(frame, name) ?? fallback()
    if (NOT_IN_ENVIRONMENT.has(name)) continue
    // In a closed world an ARG without a value is not in the environment, and an earlier value stands.
    if (value === undefined && buildArgs) continue
    const variable: Variable = { name, value: value ?? null, kind: 'arg', span }
    assigns.push(variable)
    state.environment = assign(state.environment, variable)
  }
  state.stage.instructions.push(setting(state, node, place, assigns))
}

/** PATH_MAX of Linux. */
const LONGEST_PATH = 4096

function addWorkdir(frame: Frame, state: StageState, node: InstructionNode, place: Span | null): void {
  const written = expandWord(frame, state.environment, node.rest.text, place ?? node.span)
  const next = written === null || (state.workdir === null && !written.startsWith('/')) ? null : nextWorkdir(state.workdir ?? '/', written)
  // Windows paths are not followed, nor are those that no system takes: a thousand relative ones would grow by each other.
  const path = state.stage.windows || next !== null && next.length > LONGEST_PATH ? null : next
  if (path === '/') state.stage.instructions.push(setting(state, node, place, []))
  else {
    const step: WorkdirStep = {
      ...commonOf(state, node, place), ...stepOf(state), kind: 'workdir',
      path: path === null ? null : cleanPath(path),
      inputs: workdirInputs(node, state.environment),
    }
    addStep(state, step)
  }
  state.workdir = path
}

function copyStep(frame: Frame, state: StageState, node: InstructionNode, place: Span | null): CopyStep {
  const words = node.json ? node.json.map(entry => ({ text: entry.value, span: entry.span })) : node.words
  const value = (text: string, span: Span): string | null => expandWord(frame, state.environment, text, place ?? span)
  const flag = (name: string): string | null => {
    const found = node.flags.find(entry => entry.name === name)
    return found ? value(found.value ?? '', found.span) : null
  }
  const isSet = (name: string): boolean | null => {
    const found = node.flags.find(entry => entry.name === name)
    return found ? found.value === null || found.value.toLowerCase() === 'true' : null
  }
  const sources = words.slice(0, -1).filter(word => node.heredocs.length === 0 || !readHeredocWord(word.text)).map(word => ({ text: value(word.text, word.span), span: place ?? word.span }))
  const known = sources.filter((source): source is { text: string; span: Span } => source.text !== null)
  const isRemote = (text: string): boolean => node.keyword === 'ADD' && REMOTE.test(text)
  const local = known.filter(source => !isRemote(source.text))
  const remote = known.filter(source => isRemote(source.text))
  const last = words.at(-1)!
  const from = node.keyword === 'COPY' ? node.flags.find(entry => entry.name === 'from')?.value ?? null : null
  const step: Omit<CopyStep, 'inputs'> = {
    ...commonOf(state, node, place), ...stepOf(state),
    kind: node.keyword === 'COPY' ? 'copy' : 'add',
    from: findSource(frame, from, place ?? node.span),
    sources: local.map(source => source.text),
    sourceSpans: local.map(source => source.span),
    hasUnknownSource: known.length < sources.length,
    remotes: remote.map(source => source.text),
    remoteSpans: remote.map(source => source.span),
    heredocs: node.heredocs.map(heredoc => expandHeredoc(state, node.heredocs.findLast(other => other.name === heredoc.name)!)),
    target: value(last.text, last.span),
    flags: node.flags,
    exclude: node.flags.filter(entry => entry.name === 'exclude').map(entry => entry.value ?? ''),
    chown: flag('chown'), chmod: flag('chmod'), checksum: flag('checksum'),
    keepGitDir: isSet('keep-git-dir'), unpack: isSet('unpack'),
    link: isSet('link') === true, parents: isSet('parents') === true,
  }
  return { ...step, inputs: copyInputs(step, node) }
}

/** Addresses that ADD fetches: HTTP, and git in its spellings. BuildKit: convert_copy.go, util/gitutil. */
const REMOTE = /^(https?|git|ssh):\/\/|^git@[\w.-]+:|^github\.com\//

/** Of several with one name the engine takes the last body for all. BuildKit: instructions/parse.go, parseSourcesAndDest. */
function expandHeredoc(state: StageState, heredoc: Heredoc): Heredoc {
  if (!heredoc.expands) return heredoc
  const { value } = expand(heredoc.body, lookupIn(state.environment), '\\', { ignoreQuotes: true })
  return value === null ? heredoc : { ...heredoc, body: value }
}
