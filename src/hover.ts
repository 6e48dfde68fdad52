// What the model knows of the instruction at one place, as short Markdown: what is in its cache key, what runs it again, what that costs
// and what it takes along. What is not known is said to be unknown; values of variables are not shown, they may be secrets.
import { causesOf, type Trigger } from './facts/step-triggers.ts'
import { contextFilesOf } from './cache/context-reads.ts'
import { costOf, costOfAll } from './facts/step-costs.ts'
import type { Build, CacheInput, CopyStep, Instruction, RunStep, Setting, Stage, Step } from './model/build.ts'
import { lineMap, type Span } from './text.ts'

export interface Hover { readonly span: Span; readonly markdown: string }

/** null where no instruction stands. */
export function hoverAt(build: Build, offset: number): Hover | null {
  const isHere = ({ span }: { readonly span: Span }): boolean => span.start <= offset && offset <= span.end
  const lineOf = linesOf(build)
  for (const stage of build.stages) {
    if (isHere(stage)) return { span: stage.span, markdown: paragraphs(aboutStage(build, stage, lineOf)) }
    const found = stage.instructions.find(instruction => !instruction.onbuild && isHere(instruction))
    if (found) return { span: found.span, markdown: paragraphs(found.kind === 'setting' ? aboutSetting(found, lineOf) : aboutStep(build, found, lineOf)) }
  }
  return hoverAbove(build, offset, lineOf)
}

/** Of an ARG above the first FROM. */
function hoverAbove(build: Build, offset: number, lineOf: LineOf): Hover | null {
  for (const { name, span } of build.globals.entries()) {
    const isHere = span !== null && build.text.lastIndexOf('\n', span.start) < offset && offset <= span.end
    if (isHere) return { span, markdown: paragraphs(aboutArgument(build, name, lineOf)) }
  }
  return null
}

type LineOf = (place: { readonly span: Span }) => number
function linesOf(build: Build): LineOf {
  const lines = lineMap(build.text)
  return ({ span }) => lines.position(span.start).line
}

const paragraphs = (parts: readonly (string | null)[]): string => parts.filter(part => part !== null && part !== '').join('\n\n')
const bullets = (title: string, items: readonly string[]): string => [`**${title}**`, '', ...items.map(item => `- ${item}`)].join('\n')
const heading = (text: string): string => `#### cachemiss: ${text}`

const longest = 60
/** What a user wrote, so that no Markdown in it counts and nothing in it hides. */
export function code(text: string): string {
  const plain = text.replace(/[\s\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  const short = plain.length > longest ? `${plain.slice(0, longest - 1).replace(/[\ud800-\udbff]$/, '')}…` : plain
  const fence = '`'.repeat(Math.max(0, ...[...short.matchAll(/`+/g)].map(([run]) => run.length)) + 1)
  return fence.length > 1 || short === '' ? `${fence} ${short} ${fence}` : fence + short + fence
}

const most = 4
function listed(items: readonly string[], shown: number = most): string {
  const first = items.slice(0, shown).map(code).join(', ')
  return items.length > shown ? `${first} and ${items.length - shown} more` : first
}
const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

function aboutStage(build: Build, stage: Stage, lineOf: LineOf): readonly (string | null)[] {
  const { base } = stage
  const name = base.kind === 'image' ? base.text : base.kind === 'stage' ? base.stage.label : base.kind === 'named-context' ? base.name : 'scratch'
  const steps = build.stages.filter(other => other === stage || standsOn(other, stage)).flatMap(other => other.steps).filter(step => step.stage.reachable)
  const what = base.kind === 'image' ? (base.ref === null ? `Which image this is hangs on an ARG whose value is not known.` : isPinned(base.ref) ? 'Pinned by its digest: nobody can change it from outside.' : `Whoever updates ${code(base.ref)} in the registry makes what stands on it run again.`)
    : base.kind === 'stage' ? `It begins where stage ${code(base.stage.label)} (line ${lineOf(base.stage)}) ends, and runs again when a step there does.`
      : base.kind === 'scratch' ? 'It begins empty, so nothing below it can change from outside.' : 'A named build context (`--build-context`) stands in for it; what is in there is not known.'
  return [
    heading(`stage ${code(stage.label)}, from ${code(name)}`), what,
    stage.reachable ? `${counted(steps.length, 'step')} stand${steps.length === 1 ? 's' : ''} on it.` : `Not built: ${code(build.target.label)} does not need it.`,
  ]
}

const isPinned = (ref: string): boolean => ref.includes('@sha256:')
function standsOn(stage: Stage, below: Stage): boolean {
  for (let { base } = stage; base.kind === 'stage'; { base } = base.stage) if (base.stage === below) return true
  return false
}

/** An ARG above the first FROM. */
function aboutArgument(build: Build, name: string, lineOf: LineOf): readonly string[] {
  const reference = new RegExp(`\\$\\{?${name.replace(/\W/g, '')}(?!\\w)`)
  const takes = (instruction: Instruction): boolean => instruction.kind === 'setting' && instruction.keyword === 'ARG' && instruction.assigns.some(assigned => assigned.name === name)
  const users = build.stages.flatMap(stage => [...reference.test(build.text.slice(stage.span.start, stage.span.end)) ? [stage] : [], ...stage.instructions.filter(takes)])
  return [heading(`ARG ${code(name)}`), `No step. Above the first FROM it counts in FROM lines, and in stages that name it with an ARG of their own: ${users.length === 0 ? 'none does' : lines(users, lineOf)}.`]
}

function aboutSetting(setting: Setting, lineOf: LineOf): readonly (string | null)[] {
  const { keyword, stage, assigns } = setting
  if (assigns.length === 0) return [heading(keyword), `No step: nothing runs for it, and an edit of it runs nothing again${/^(?:USER|SHELL|WORKDIR)$/.test(keyword) ? ' but the RUN steps below that it applies to' : ''}.`]
  const unset = assigns.every(({ value }) => value === null)
  const runs = stage.steps.filter(step => step.kind === 'run' && step.span.start > setting.span.start && step.inputs.some(input => input.kind === 'variable' && assigns.some(({ name }) => name === input.name)))
  const names = listed(assigns.map(({ name }) => name))
  const keys = `in the key of ${counted(runs.length, 'RUN step')} of this stage: ${lines(runs, lineOf)}`
  return [
    heading(`${keyword} ${names}`), 'No step, but a RUN has all variables in force in its cache key, used or not.',
    runs.length === 0 ? 'No RUN of this stage has it in its key.'
      : unset ? `It has no value here. With one that the build is given (\`--build-arg\`) it is ${keys}.` : `${assigns.length > 1 ? 'They are' : 'It is'} ${keys}. Another value runs ${runs.length === 1 ? 'it' : 'them'} again.`,
  ]
}

function aboutStep(build: Build, step: Step, lineOf: LineOf): readonly (string | null)[] {
  const name = `${step.keyword}${step.stage.label === '' ? '' : `, stage ${code(step.stage.label)}`}`
  if (!step.stage.reachable) return [heading(name), `Not built: ${code(build.target.label)} does not need this stage.`]
  return [
    heading(name), bullets('In its cache key', keyOf(build, step, lineOf)), bullets('Runs again when', triggersOf(build, step, lineOf)), costs(step), below(build, step, lineOf),
  ]
}

function keyOf(build: Build, step: Step, lineOf: LineOf): readonly string[] {
  const before = step.index > 0 ? step.stage.steps[step.index - 1]! : null
  const { base } = step.stage
  const isLinked = (step.kind === 'copy' || step.kind === 'add') && step.link
  const ground = isLinked ? null : before ? `the step before it: ${code(before.text)} (line ${lineOf(before)})`
    : base.kind === 'image' ? `the base image ${code(base.ref ?? base.text)}` : base.kind === 'stage' ? `the end of stage ${code(base.stage.label)}` : base.kind === 'scratch' ? null : `the named context ${code(base.name)}`
  const names = step.inputs.flatMap(input => (input.kind === 'variable' ? [input.name] : []))
  const isSet = (name: string): boolean => typeof step.environment.get(name)?.value === 'string'
  const [set, open] = [names.filter(isSet), names.filter(name => !isSet(name))]
  return [
    'its own text', ...ground === null ? [] : [ground], ...set.length > 0 ? [`${set.length === 1 ? 'the variable' : 'the variables'} ${listed(set)}`] : [],
    ...open.length > 0 ? [`${listed(open)}, when the build is given a value`] : [],
    ...step.inputs.flatMap(input => keyInput(build, step, input)), ...step.kind === 'run' ? mounted(step) : [],
    ...isLinked ? ['not the steps before it: it has `--link`'] : [],
  ]
}

function keyInput(build: Build, step: Step, input: CacheInput): readonly string[] {
  if (input.kind === 'files') {
    const files = contextFilesOf(build, step)
    const count = files === 'unknown' ? 'how many is unknown' : counted([...files].length, 'file')
    return [`the content of ${listed(input.patterns)} in the build context (${count})`]
  }
  if (input.kind === 'stage') return [`the files it takes of stage ${code(input.stage.label)}`]
  if (input.kind === 'image') return [`the files it takes of the image ${code(input.ref)}`]
  return input.kind === 'remote' ? [`what lies at ${code(input.url)}`] : []
}

function mounted({ mounts }: RunStep): readonly string[] {
  const outside = mounts.filter(({ type }) => type === 'cache' || type === 'secret' || type === 'ssh' || type === 'tmpfs')
  return outside.length === 0 ? [] : [`not the content of its ${[...new Set(outside.map(({ type }) => type))].join(', ')} ${outside.length === 1 ? 'mount' : 'mounts'}`]
}

function triggersOf(build: Build, step: Step, lineOf: LineOf): readonly string[] {
  const found = causesOf(build, step.stage)
  const byOrigin = new Map<string, { readonly trigger: Trigger; readonly origin: Step; files: number }>()
  for (const trigger of found.triggers) {
    const origin = trigger.origin(step)
    if (!origin) continue
    const key = trigger.change.kind === 'files' ? `files ${origin.span.start}` : JSON.stringify(trigger.change)
    const known = byOrigin.get(key)
    if (known) known.files += trigger.files
    else byOrigin.set(key, { trigger, origin, files: trigger.files })
  }
  const via = (origin: Step): string => (origin === step ? 'taken here' : `line ${lineOf(origin)}: ${code(origin.text)}`)
  const told = [...byOrigin.values()].map(({ trigger: { change }, origin, files }) => {
    if (change.kind === 'files') return `${files === 0 ? 'a context file' : files === 1 ? 'a certain context file' : `one of ${files} context files`} changes (${via(origin)})`
    return change.kind === 'arg' ? `the build argument ${code(change.name)} has another value` : `${code(change.ref)} is updated`
  })
  const shown = told.slice(0, 8)
  const fetches = fetchesBelow(step)
  return [
    ...shown, ...told.length > shown.length ? [`and ${told.length - shown.length} more of the kind`] : [],
    step.index > 0 || step.stage.base.kind === 'stage' ? 'it or a step before it is edited' : 'it is edited',
    ...fetches.slice(0, most).map(fetch => `what ${fetch === step ? 'it' : `line ${lineOf(fetch)}`} fetches has changed there`), ...found.isWhole && fetches.length <= most ? [] : ['there are more causes than were looked at'],
  ]
}

/** What is fetched from elsewhere by a step, by those it stands on, or in stages that it takes files of. */
function fetchesBelow(step: Step): readonly Step[] {
  const found = new Set<Step>()
  const todo: (readonly [Stage, number])[] = []
  const look = (at: Step): void => {
    if (isRemote(at)) found.add(at)
    for (const input of at.inputs) if (input.kind === 'stage') todo.push([input.stage, input.stage.steps.length])
  }
  look(step)
  // What is linked stands on nothing, but what comes after it stands on all.
  if (!((step.kind === 'copy' || step.kind === 'add') && step.link)) todo.push([step.stage, step.index])
  const known = new Map<Stage, number>()
  for (const [stage, end] of todo) {
    const start = known.get(stage)
    if (start !== undefined && start >= end) continue
    known.set(stage, end)
    stage.steps.slice(start ?? 0, end).forEach(look)
    if (start === undefined && stage.base.kind === 'stage') todo.push([stage.base.stage, stage.base.stage.steps.length])
  }
  return [...found]
}

const isRemote = (step: Step): step is CopyStep => (step.kind === 'add' || step.kind === 'copy') && step.remotes.length > 0 && step.checksum === null

function costs(step: Step): string {
  if (step.kind !== 'run') return ''
  const { seconds } = costOf(step)
  return `**Cost:** ${seconds > 0 ? `about ${seconds} s, typical for such commands` : 'unknown'}`
}

function below(build: Build, step: Step, lineOf: LineOf): string {
  const stages = build.stages.filter(stage => stage.reachable)
  const after: readonly Instruction[] = [...step.stage.steps.slice(step.index + 1), ...stages.filter(stage => standsOn(stage, step.stage)).flatMap(stage => stage.steps)]
  const steps = after.filter((other): other is Step => other.kind !== 'setting' && !((other.kind === 'copy' || other.kind === 'add') && other.link))
  const isAfter = new Set(after)
  const taking = stages.flatMap(stage => stage.steps).filter(other => !isAfter.has(other) && other.inputs.some(input => input.kind === 'stage' && (input.stage === step.stage || standsOn(input.stage, step.stage))))
  const { seconds } = costOfAll(steps)
  return [
    steps.length === 0 ? '**After it:** no step stands on it.' : `**After it:** when it runs, so ${steps.length === 1 ? 'does 1 step' : `do ${steps.length} steps`} (${lines(steps, lineOf)})${seconds > 0 ? `, typically about ${seconds} s` : ''}.`,
    ...taking.length > 0 ? [`What copies from it (${lines(taking, lineOf)}) runs only when the files it takes differ.`] : [],
  ].join(' ')
}

function lines(steps: readonly { readonly span: Span }[], lineOf: LineOf): string {
  const numbers = [...new Set(steps.map(lineOf))].sort((a, b) => a - b)
  const shown = numbers.length > 6 ? `${numbers.slice(0, 5).join(', ')} … ${numbers.at(-1)}` : numbers.join(', ')
  return `${numbers.length === 1 ? 'line' : 'lines'} ${shown}`
}
