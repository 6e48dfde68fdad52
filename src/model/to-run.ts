// RUN: what the shell gets, and its mounts. Follows BuildKit's convert.go (dispatchRun) and commands_runmount.go.
import type { InstructionNode } from '../syntax/parse.ts'
import { readHeredocWord } from '../syntax/segment.ts'
import { readArguments, readScript, type Command } from '../syntax/shell.ts'
import type { Span } from '../text.ts'
import type { CacheInput, Heredoc, Mount, RunStep, Script, Source } from './build.ts'
import { runInputs } from './inputs.ts'
import { expandWord, findSource, type Frame } from './to-build.ts'
import { commonOf, stepOf, type StageState } from './to-steps.ts'

export function runStep(frame: Frame, state: StageState, node: InstructionNode, place: Span | null): RunStep {
  const scriptFile = scriptFileOf(frame, state, node)
  const script = node.json || scriptFile ? null : scriptOf(frame, node)
  const mounts = node.flags.filter(flag => flag.name === 'mount').map(flag => readMount(frame, state, flag.value ?? '', place ?? flag.span))
  const argv = node.json ? node.json.map(entry => entry.value) : [...state.shell, scriptFile ? `/dev/pipes/${scriptFile.name}` : script!.text]
  const step: Pending = {
    // One prototype for all: a getter in each literal would make each object a class of its own for the JavaScript engine.
    __proto__: whenAsked,
    ...commonOf(state, node, place), ...stepOf(state),
    kind: 'run', form: node.json ? 'exec' : 'shell',
    argv, shell: state.shell, script, mounts, flags: node.flags, heredocs: node.heredocs, scriptFile,
    node, knownCommands: null, knownInputs: null,
  } as Omit<Pending, 'commands' | 'inputs'> as Pending
  return step
}

interface Pending extends RunStep {
  readonly node: InstructionNode
  knownCommands: readonly Command[] | 'opaque' | null
  knownInputs: readonly CacheInput[] | null
}

/** Both are dear and often not asked for. */
const whenAsked = {
  get commands(): readonly Command[] | 'opaque' {
    const step = this as unknown as Pending
    return step.knownCommands ??= readCommands(step, step.node)
  },
  get inputs(): readonly CacheInput[] {
    const step = this as unknown as Pending
    return step.knownInputs ??= runInputs(step)
  },
}

/** A single here-document that names its own interpreter is written to a file and run. */
function scriptFileOf(frame: Frame, state: StageState, node: InstructionNode): Heredoc | null {
  const only = singleHeredoc(node)
  return only && !state.stage.windows && frame.syntax.text.startsWith('#!', only.bodySpan.start) ? only : null
}

const singleHeredoc = (node: InstructionNode): Heredoc | null =>
  node.heredocs.length > 0 && readHeredocWord(node.rest.text) ? node.heredocs[0]! : null

/** What the shell gets: the line, the body of a lone here-document, or the line with its here-documents put back. */
function scriptOf(frame: Frame, node: InstructionNode): Script {
  const only = singleHeredoc(node)
  if (only) return bodyScript(frame, only)
  if (node.heredocs.length === 0) return node.rest
  const parts: { text: string; at: number; offset(at: number): number }[] = []
  let length = 0
  const add = (text: string, offset: (at: number) => number): void => {
    parts.push({ text, at: length, offset })
    length += text.length
  }
  add(node.rest.text, node.rest.offset)
  for (const heredoc of node.heredocs) {
    const { start, end } = heredoc.bodySpan
    add('\n', () => start)
    add(frame.syntax.text.slice(start, end), at => start + at)
    add(heredoc.name, at => end + at)
  }
  return {
    text: parts.map(part => part.text).join(''),
    offset(at) {
      const part = parts.findLast(candidate => candidate.at <= at) ?? parts[0]!
      return part.offset(at - part.at)
    },
  }
}

/** The body of a here-document; with `<<-` its tabs are gone, so places are found line by line. */
function bodyScript(frame: Frame, heredoc: Heredoc): Script {
  const { start, end } = heredoc.bodySpan
  if (!heredoc.chomps) return { text: heredoc.body, offset: at => start + at }
  const raw = frame.syntax.text.slice(start, end)
  const shifts: { at: number; shift: number }[] = []
  let at = 0
  let removed = 0
  for (const line of raw.split(/(?<=\n)/)) {
    removed += /^\t*/.exec(line)![0].length
    shifts.push({ at, shift: removed })
    at += line.replace(/^\t+/, '').length
  }
  return {
    text: heredoc.body,
    offset(position) {
      let low = 0
      let high = shifts.length - 1
      while (low < high) {
        const middle = (low + high + 1) >> 1
        if (shifts[middle]!.at <= position) low = middle
        else high = middle - 1
      }
      return start + position + (shifts[low]?.shift ?? 0)
    },
  }
}

const SHELLS = /^(?:.*\/)?(?:sh|bash|dash|ash)$/

function readCommands(step: Omit<RunStep, 'inputs' | 'commands'>, node: InstructionNode): readonly Command[] | 'opaque' {
  if (step.stage.windows) return 'opaque'
  const lookup = (name: string): string | null | undefined => {
    const variable = step.environment.get(name)
    return variable ? variable.value : null
  }
  if (step.scriptFile) return /^#!\s*\S*\/(?:env\s+)?(?:sh|bash|dash|ash)\b/.test(step.scriptFile.body) ? readScript(plainScript(step.scriptFile), lookup) : 'opaque'
  if (step.form === 'exec') return readArguments(node.json!.map(({ value, span }) => ({ text: value, value, span })), lookup)
  return step.script && SHELLS.test(step.shell[0] ?? '') && step.shell.length > 1 ? readScript(step.script, lookup) : 'opaque'
}

const plainScript = (heredoc: Heredoc): Script => ({ text: heredoc.body, offset: at => heredoc.bodySpan.start + at })

const MOUNT_TYPES = ['bind', 'cache', 'tmpfs', 'secret', 'ssh'] as const
const NAMES: ReadonlyMap<string, string> = new Map([['src', 'source'], ['dst', 'target'], ['destination', 'target'], ['ro', 'readonly'], ['readwrite', 'rw']])

function readMount(frame: Frame, state: StageState, text: string, span: Span): Mount {
  const options = new Map<string, string>()
  for (const field of splitFields(text)) {
    const equals = field.indexOf('=')
    const written = (equals === -1 ? field : field.slice(0, equals)).toLowerCase()
    const name = NAMES.get(written) ?? written
    const value = equals === -1 ? 'true' : field.slice(equals + 1)
    options.set(name, name === 'from' ? value : expandWord(frame, state.environment, value, span) ?? value)
  }
  const type = MOUNT_TYPES.find(known => known === options.get('type')?.toLowerCase()) ?? 'bind'
  const sharing = options.get('sharing')?.toLowerCase()
  const writes = type === 'cache' || type === 'tmpfs'
  return {
    type, span, options,
    target: options.get('target') ?? null,
    from: type === 'bind' || options.has('from') ? mountSource(frame, options.get('from') ?? null, span) : { kind: 'image', ref: 'scratch' },
    source: options.get('source') ?? null,
    id: options.get('id') ?? null,
    sharing: sharing === 'shared' || sharing === 'private' || sharing === 'locked' ? sharing : null,
    readonly: isReadonly(options) ?? !writes,
  }
}

/** Unlike COPY, a mount knows stages by name only. BuildKit: convert_runmount.go, detectRunMount. */
const mountSource = (frame: Frame, from: string | null, span: Span): Source => (from !== null && /^\d+$/.test(from) ? { kind: 'image', ref: from } : findSource(frame, from, span))

const isTrue = (value: string): boolean => /^(1|t|true)$/i.test(value)

/** Of `readonly` and `rw` the last one counts. */
function isReadonly(options: ReadonlyMap<string, string>): boolean | null {
  let found: boolean | null = null
  for (const [name, value] of options) if (name === 'readonly' || name === 'rw') found = isTrue(value) === (name === 'readonly')
  return found
}

/** One CSV record: fields may be quoted as a whole. */
function splitFields(text: string): string[] {
  const fields: string[] = []
  for (const match of text.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)) fields.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '')
  return fields.filter(field => field !== '')
}
