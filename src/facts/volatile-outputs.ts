// Files that a RUN fills with something new on each execution, the time or random values, and who takes them out of its stage.
import type { Build, CopyStep, RunStep, Stage } from '../model/build.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { installsBy } from './context-places.ts'
import { fact } from './fact.ts'
import { absolutePath, covers, folderOf, isMounted, isWithin, pathOf } from './image-paths.ts'
import { argumentWords, parseWords } from './operands.ts'
import { heirsOf } from './stage-trees.ts'

export interface VolatileOutput {
  /** The command that leaves the value in a file. */
  readonly writer: NormalCommand
  readonly kind: 'time' | 'random'
  /** Absolute. */
  readonly path: string
  /** Steps of other stages that copy or mount it, in the order of the file. */
  readonly consumers: readonly (CopyStep | RunStep)[]
}

/** Nobody writes more of them by hand, nor takes one file more often. */
const MOST_WRITES = 30
const MOST_CONSUMERS = 10

export const volatileOutputs = fact((build: Build): readonly VolatileOutput[] => {
  const steps = build.stages.filter(stage => stage.reachable && !stage.windows).flatMap(stage => stage.steps).filter((step): step is RunStep => step.kind === 'run' && !step.onbuild && MENTIONS.test(step.text) && !/SOURCE_DATE_EPOCH/.test(step.text))
  return steps.slice(0, MOST_WRITES).flatMap(step => writesOf(step).slice(0, MOST_WRITES).flatMap(write => {
    const consumers = isMounted(step, write.path) ? [] : consumersOf(build, step.stage, write).slice(0, MOST_CONSUMERS)
    return consumers.length > 0 ? [{ writer: write.writer, kind: write.kind, path: write.path, consumers }] : []
  }))
})

const MENTIONS = /\bdate\b|uuidgen|openssl\s+rand|\/dev\/u?random|random\/uuid|\$\{?RANDOM\b/

type Write = Pick<VolatileOutput, 'writer' | 'kind' | 'path'> & { readonly isExact: boolean }

/** Commands of one script are few; more are not looked at. */
const MOST_COMMANDS = 200

function writesOf(step: RunStep): readonly Write[] {
  const all = commandsOf(step)
  const commands = all === 'opaque' ? [] : all.slice(0, MOST_COMMANDS)
  const found = new Map<NormalCommand, Write>()
  for (const source of commands) {
    const kind = kindOf(source)
    if (!kind || source.command.conditional) continue
    for (const writer of sinksOf(commands, source)) {
      const written = writer.command.conditional ? null : outputOf(writer)
      if (written) found.set(writer, { writer, kind, ...written })
    }
  }
  return [...found.values()]
}

/** What gives another value each time. A year or a month is as good as constant. */
function kindOf({ program, words, command }: NormalCommand): VolatileOutput['kind'] | null {
  const text = words.map(word => word.text).join(' ')
  if (program === 'date') {
    const isOther = words.slice(1).some(({ value }) => value === null || /^(?:-\w*[dr]|--date|--reference|--set|-s|--version|--help)/.test(value))
    return isOther || /\+['"]?(?:[^%]|%[YymBbCG])*$/.test(text) && text.includes('+') ? null : 'time'
  }
  if (program === 'uuidgen' || program === 'openssl' && words[1]?.value === 'rand' || /\/dev\/u?random|random\/uuid/.test(text) && /^(?:cat|head|tr|dd|base64|od|xxd|fold|strings)$/.test(program ?? '')) return 'random'
  return command.words.some(word => /(?<!\\)\$\{?RANDOM\b/.test(word.text) && !word.text.startsWith("'")) && /^(?:echo|printf)$/.test(program ?? '') ? 'random' : null
}

/** The commands that get the value: the end of the pipe it goes into, the command it is an argument of, those that use a variable it is kept in. */
function sinksOf(commands: readonly NormalCommand[], source: NormalCommand): readonly NormalCommand[] {
  let end = source
  for (let at = commands.indexOf(source) + 1; end.command.piped && at < commands.length; at++) {
    const next = commands[at]!
    if (next.command.depth === source.command.depth && next.command.joinedBy === '|') end = next
    else if (next.command.depth === source.command.depth) break
  }
  const { span } = source.command
  const outer = commands.filter(({ command }) => command.depth < source.command.depth && command.span.start <= span.start && command.span.end >= span.end)
  const kept = outer.filter(({ words }) => words.length === 0).flatMap(({ command }) => command.assignments.map(({ name }) => name))
  const exported = outer.filter(({ program }) => program === 'export').flatMap(({ command }) => command.assignments.map(({ name }) => name))
  const names = [...kept, ...exported]
  const users = names.length === 0 ? [] : commands.filter(({ command }) => command.span.start > span.end && [...command.words, ...command.assignments.flatMap(({ value }) => value ?? [])].some(word => names.some(name => new RegExp(`\\$\\{?${name}\\b`).test(word.text))))
  return [end, ...outer.filter(({ words }) => words.length > 0), ...users]
}

/** Where a command puts what it is given. */
function outputOf(command: NormalCommand): { readonly path: string; readonly isExact: boolean } | null {
  const redirect = command.command.redirects.find(({ operator, fd }) => /^>/.test(operator) && (fd ?? 1) === 1)?.target
  const written = redirect ? pathOf(command, redirect.value) : command.program === 'tee' ? pathOf(command, parseWords(argumentWords(command), { short: '' }).operands[0]?.value) : editedFile(command)
  if (written !== null) return written.startsWith('/dev/') || written.startsWith('/proc/') || written.startsWith('/tmp/') ? null : { path: written, isExact: true }
  return builtFile(command)
}

/** `sed -i s/x/$(date)/ file`. */
function editedFile(command: NormalCommand): string | null {
  if (command.program !== 'sed' || !command.words.some(({ value, text }) => /^(?:-\w*i|--in-place)/.test(value ?? text))) return null
  return pathOf(command, command.words.at(-1)?.value)
}

/** The program that go links with the value in it. */
function builtFile(command: NormalCommand): { readonly path: string; readonly isExact: boolean } | null {
  if (!installsBy(command).some(({ manager, effect }) => manager === 'go' && effect === 'build')) return null
  const output = command.words.findIndex(({ value }) => value === '-o')
  const path = output === -1 ? folderOf(command) : pathOf(command, command.words[output + 1]?.value)
  return path === null || !path.startsWith('/') ? null : { path, isExact: output !== -1 }
}

function consumersOf(build: Build, stage: Stage, { path, isExact }: Write): readonly (CopyStep | RunStep)[] {
  const heirs = new Set(heirsOf(build, stage))
  const isOn = (other: Stage): boolean => heirs.has(other)
  const takes = (source: string): boolean => {
    const from = absolutePath('/', source)!
    return covers(from, path) || isWithin(path, from) || !isExact && isWithin(from, path)
  }
  return build.stages.filter(other => other.reachable && !isOn(other)).flatMap(other => other.steps).filter((step): step is CopyStep | RunStep => {
    if (step.kind === 'run') return step.mounts.some(({ type, from, source }) => type === 'bind' && from.kind === 'stage' && isOn(from.stage) && takes(source ?? '/'))
    return step.kind === 'copy' && step.from.kind === 'stage' && isOn(step.from.stage) && step.sources.some(takes)
  })
}
