// What it takes to put ARGs, and what is made from them, below RUN steps that need none of it: settings that go along, the place, and what forbids it.
import type { Build, Instruction, RunStep, Setting, Variable } from '../model/build.ts'
import { isTransparent } from './costly-steps.ts'
import { installsOf } from './installs.ts'
import { quoted } from './instruction-text.ts'
import { lineOf } from './lines.ts'
import type { Obstacle } from './moved-steps.ts'
import { mentions, steers, wholeText } from './tool-variables.ts'

/** A variable with the ARG or ENV that assigns it. */
export interface Assigned { readonly setting: Setting; readonly variable: Variable }

export interface MovedSettings {
  /** Whole instructions, in the order of the file. */
  readonly moved: readonly Setting[]
  /** Of an instruction that stays for other variables. */
  readonly taken: readonly Assigned[]
  readonly names: readonly string[]
  /** What reads, or may read, one of them first; null: nothing in this stage. */
  readonly reader: Instruction | null
  /** Whether the reader names one. */
  readonly isNamed: boolean
  /** The RUNs that no longer see them, in the order of the file. */
  readonly passed: readonly RunStep[]
}

/** Settings the frontend does not expand when it reads them. */
const UNEXPANDED = /^(?:CMD|ENTRYPOINT|HEALTHCHECK|ONBUILD|MAINTAINER|SHELL)$/
/** Those that may stand anywhere in a stage. */
const FREE = /^(?:ARG|ENV|LABEL)$/

interface MovedState { readonly names: Set<string>; readonly moved: Set<Setting>; readonly taken: Assigned[] }

/** What moves when these variables are set below these steps, which do not use them. */
export function settingsToMove(build: Build, variables: readonly Assigned[], steps: readonly RunStep[]): MovedSettings | Obstacle {
  const { stage } = variables[0]!.setting
  const elsewhere = steps.find(step => step.stage !== stage) ?? variables.find(({ setting }) => setting.stage !== stage)?.setting
  if (elsewhere) return { obstacle: `stage ${elsewhere.stage.label} inherits ${variables[0]!.variable.name} from stage ${stage.label}` }
  const { instructions } = stage
  const first = Math.min(...variables.map(({ setting }) => instructions.indexOf(setting)))
  const last = Math.max(...steps.map(step => instructions.indexOf(step)))
  const range = instructions.slice(first, last + 1)
  const state: MovedState = { names: new Set(variables.map(({ variable }) => variable.name)), moved: new Set(), taken: [] }
  for (const setting of new Set(variables.map(entry => entry.setting))) take(state, range, setting, variables.filter(entry => entry.setting === setting))
  const obstacle = takeAlong(build, state, range)
  if (obstacle !== null) return { obstacle }
  const names = [...state.names]
  // What is made from them may be an option of the installer, or a date that tools look at.
  const option = names.find(name => name === 'SOURCE_DATE_EPOCH' || !variables.some(({ variable }) => variable.name === name) && steps.some(step => steers(step, name)))
  if (option !== undefined) return { obstacle: `the installs may read ${option}` }
  const readerAt = instructions.findIndex((each, at) => at > last && (isNamedIn(each, names) || each.kind === 'run' && !isTransparent(each)))
  const reader = instructions[readerAt] ?? null
  const jumped = instructions.slice(first, reader ? readerAt : instructions.length)
  const conflict = conflictIn(build, state, jumped, reader)
  if (conflict !== null) return { obstacle: conflict }
  return {
    names, moved: jumped.filter((each): each is Setting => each.kind === 'setting' && state.moved.has(each)), taken: state.taken, reader, isNamed: reader !== null && isNamedIn(reader, names),
    passed: jumped.filter((each): each is RunStep => each.kind === 'run'),
  }
}

const isNamedIn = (instruction: Instruction, names: readonly string[]): boolean => !UNEXPANDED.test(instruction.keyword) && mentions(wholeText(instruction), names)

/** The whole instruction, where nothing between uses its other variables. */
function take({ moved, taken }: MovedState, range: readonly Instruction[], setting: Setting, wanted: readonly Assigned[]): void {
  const others = setting.assigns.filter(variable => !wanted.some(entry => entry.variable === variable)).map(({ name }) => name)
  const below = range.slice(range.indexOf(setting) + 1)
  const isFree = others.every(name => !below.some(each => isNamedIn(each, [name]) || each.kind === 'run' && steers(each, name)))
  if (isFree) moved.add(setting)
  else taken.push(...wanted)
}

/** Settings made from them have to follow. */
function takeAlong(build: Build, state: MovedState, range: readonly Instruction[]): string | null {
  for (const each of range) {
    if (each.kind === 'setting' && state.moved.has(each)) continue
    const wanted = each.kind === 'setting' ? each.assigns.filter(variable => mentions(valueText(build, each, variable), [...state.names])).map(variable => ({ setting: each, variable })) : []
    const isReader = each.keyword === 'ARG' || each.keyword === 'ENV' ? wanted.length > 0 : isNamedIn(each, [...state.names])
    if (!isReader) continue
    if (each.kind !== 'setting' || !FREE.test(each.keyword)) return `line ${lineOf(build, each.span)} needs ${[...state.names].find(name => mentions(wholeText(each), [name]))}`
    if (each.keyword === 'LABEL') state.moved.add(each)
    else take(state, range, each, wanted)
    for (const { variable } of wanted) state.names.add(variable.name)
  }
  return null
}

/** What is assigned, as written; the span of a variable in the old form is its name alone. */
const valueText = ({ text }: Build, setting: Setting, { span }: Variable): string =>
  (setting.assigns.length === 1 ? setting.text.replace(/^\S+\s+/, '') : span ? text.slice(span.start, span.end) : '').replace(/^[^=\s]*[=\s]?/, '')

/** What would have another value, or another last word, further down. */
function conflictIn(build: Build, { names, moved, taken }: MovedState, jumped: readonly Instruction[], reader: Instruction | null): string | null {
  const staying = jumped.filter((each): each is Setting => each.kind === 'setting' && !moved.has(each))
  for (const setting of moved) {
    const below = staying.filter(({ span }) => span.start > setting.span.start)
    const changed = below.find(each => each.assigns.some(({ name }) => names.has(name) && !taken.some(entry => entry.setting === each) || isUsed(name, setting)))
    if (changed) return `line ${lineOf(build, changed.span)} sets ${changed.assigns.find(({ name }) => names.has(name) || isUsed(name, setting))!.name} again`
    const label = setting.keyword === 'LABEL' ? below.find(each => each.keyword === 'LABEL' && labelKeys(each).some(key => labelKeys(setting).includes(key))) : undefined
    if (label) return `line ${lineOf(build, label.span)} sets the same label as "${quoted(setting, 40)}"`
  }
  if (reader?.keyword === 'ARG' && reader.kind === 'setting' && reader.assigns.some(({ name }) => names.has(name))) return `line ${lineOf(build, reader.span)} declares it again`
  return null
}

const isUsed = (name: string, setting: Setting): boolean => new RegExp(`\\$\\{?${name.replace(/\W/g, '')}\\b`).test(setting.text)
const labelKeys = ({ text }: Setting): readonly string[] => [...text.matchAll(/(?:^LABEL\s+|\s)["']?([\w./-]+)["']?(?:=|\s)/gi)].map(match => match[1]!)

/** Programs in arguments, and lists of all variables. */
const RUNS_OTHERS = /\s-(?:exec|execdir|ok)\b|\beval\b|(?:^|[;&|(]\s*)(?:set|export(?:\s+-p)?)\s*(?:[>|]|$)/

/** Whether a RUN does only what its words say, with no code of packages that might look around: the distribution's packages, downloads of Go modules. */
export const isInert = (run: RunStep): boolean =>
  isTransparent(run) && !RUNS_OTHERS.test(run.script?.text ?? '') && installsOf(run).every(({ row, effect }) => row.ecosystem === 'os' || row.name === 'go' && effect === 'fetch')

