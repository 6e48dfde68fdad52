// What it takes to put RUN steps above a copy that stands over them: settings that go along, steps that are passed, and what forbids it.
import type { Build, CopyStep, Instruction, RunStep, Setting, Step } from '../model/build.ts'
import { quotedRun } from './command-text.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { pathOf } from './image-paths.ts'
import { independentStep, mayTouch } from './independent-steps.ts'
import { installsOf } from './installs.ts'
import { quoted } from './instruction-text.ts'
import { lineOf } from './lines.ts'
import { mayNeed } from './movable-steps.ts'
import { createdAccounts } from './ownership.ts'
import { mentions, readsVariable } from './tool-variables.ts'

export interface MovedSteps {
  /** The steps, and settings between that they need, in the order of the file. */
  readonly moved: readonly Instruction[]
  /** Steps that run after them then: copies and RUNs. */
  readonly passed: readonly Step[]
}
/** Why steps have to stay where they are: a clause. */
export interface Obstacle { readonly obstacle: string }

/**
 * What moves when these steps are put above a copy of their stage, or above settings and folders on top of it. That they need nothing of the copies
 * between is taken as settled: `movableSteps`.
 */
export function stepsToMove(build: Build, steps: readonly RunStep[], target: CopyStep, head: Instruction = target): MovedSteps | Obstacle {
  const { instructions } = target.stage
  const elsewhere = steps.find(step => step.stage !== target.stage)
  if (elsewhere) return { obstacle: `"${quotedRun(build, elsewhere, 40)}" stands in another stage` }
  const last = Math.max(...steps.map(step => instructions.indexOf(step)))
  const range = instructions.slice(instructions.indexOf(head), last + 1)
  const foreign = range.find(({ onbuild }) => onbuild)
  if (foreign) return { obstacle: `"${quoted(foreign, 40)}" comes from an ONBUILD of the base image` }
  const moved = withNeededSettings(range, steps)
  if (moved.size - steps.length > MOST_SETTINGS) return { obstacle: `${moved.size - steps.length} settings between would have to move along` }
  const obstacle = regionObstacle(build, instructions[instructions.indexOf(head) - 1], instructions[last + 1], steps) ?? stateObstacle(build, range, moved, target.user) ?? settingObstacle(build, range, moved) ?? orderObstacle(build, range, moved)
  return obstacle === null ? { moved: range.filter(each => moved.has(each)), passed: range.filter((each): each is Step => !moved.has(each) && each.kind !== 'setting' && each.kind !== 'workdir') } : { obstacle }
}

/** Why a step cannot be the first of its stage, or of a stage of its own below it; null where it can. */
export function obstacleToTop(build: Build, step: RunStep): string | null {
  const { instructions } = step.stage
  const range = instructions.slice(0, instructions.indexOf(step) + 1)
  const moved = withNeededSettings(range, [step])
  const own = independentStep(step)
  if (moved.size > 1) return `"${quotedRun(build, step, 40)}" needs a setting of its stage`
  if (!own) return `nobody can tell what "${quotedRun(build, step, 40)}" reads`
  const copy = range.find(each => (each.kind === 'copy' || each.kind === 'add') && mayNeed(build, own, each))
  if (copy) return `"${quotedRun(build, step, 40)}" may need what "${quoted(copy, 40)}" brings`
  return stateObstacle(build, range, moved, null) ?? orderObstacle(build, range, moved)
}

/** With more of them the file would be another one. */
const MOST_SETTINGS = 3

/** Regions that other tools cut out of the file. */
const MARKER = /^#\s*(?:\[(?:START|END)\b|#?(?:end)?region\b|(?:BEGIN|END)\b)/i

function regionObstacle(build: Build, above: Instruction | undefined, below: Instruction | undefined, steps: readonly RunStep[]): string | null {
  const [start, end] = [above?.span.end ?? steps[0]!.stage.span.end, below?.span.start ?? build.text.length]
  const marker = build.comments.find(({ span }) => span.start >= start && span.end <= end && MARKER.test(build.text.slice(span.start, span.end)))
  return marker ? `the comment in line ${lineOf(build, marker.span)} marks a region` : null
}

const isRun = (instruction: Instruction): instruction is RunStep => instruction.kind === 'run'
const isVariable = (instruction: Instruction): instruction is Setting => instruction.kind === 'setting' && (instruction.keyword === 'ARG' || instruction.keyword === 'ENV')

/** The steps with the ARGs and ENVs between that they, or these, name or are steered by. */
function withNeededSettings(range: readonly Instruction[], steps: readonly RunStep[]): ReadonlySet<Instruction> {
  const moved = new Set<Instruction>(steps)
  // From the bottom up: what a setting needs stands above it.
  for (let at = range.length - 1; at >= 0; at--) {
    const setting = range[at]!
    const isNeeded = (other: Instruction): boolean => moved.has(other) && setting.kind === 'setting' && setting.assigns.some(({ name }) => readsVariable(other, name, setting.text))
    if (isVariable(setting) && range.slice(at + 1).some(isNeeded)) moved.add(setting)
  }
  return moved
}

/** Another user, shell or folder. */
function stateObstacle(build: Build, range: readonly Instruction[], moved: ReadonlySet<Instruction>, user: string | null): string | null {
  const runs = range.filter(isRun).filter(step => moved.has(step))
  const shell = range.find(({ keyword, span }) => keyword === 'SHELL' && runs.some(step => step.span.start > span.start))
  if (shell) return `line ${lineOf(build, shell.span)} sets another shell in between`
  for (const step of runs) {
    const name = `"${quotedRun(build, step, 40)}"`
    if (step.user !== user) return `${name} would run as another user`
    const own = independentStep(step)
    if (!own) return `nobody can tell what ${name} reads`
    if (own.isRelative && range.some(other => other.kind === 'workdir' && other.span.start < step.span.start)) return `${name} would run in another folder`
    const folder = range.find(other => other.kind === 'workdir' && other.span.start < step.span.start && (other.path === null || mayTouch(own, other.path)))
    if (folder) return `${name} uses the folder that line ${lineOf(build, folder.span)} makes`
  }
  return null
}

/** A setting that has to move along but cannot: what stays would see it, or one that stays sets the same. */
function settingObstacle(build: Build, range: readonly Instruction[], moved: ReadonlySet<Instruction>): string | null {
  for (const [at, setting] of range.entries()) {
    if (!moved.has(setting) || !isVariable(setting)) continue
    const names = setting.assigns.map(({ name }) => name)
    if (names.includes('PATH')) return `it runs what line ${lineOf(build, setting.span)} puts into PATH`
    const reader = range.slice(0, at).find(other => !moved.has(other) && (isRun(other) || mentions(other.text, names)))
    if (reader) return `it needs ${names.join(', ')} of line ${lineOf(build, setting.span)}, which cannot stand above "${quoted(reader, 40)}"`
  }
  return null
}

function orderObstacle(build: Build, range: readonly Instruction[], moved: ReadonlySet<Instruction>): string | null {
  for (const step of range.filter(isRun)) {
    if (!moved.has(step)) continue
    const passed = range.filter(isRun).find(other => !moved.has(other) && other.span.start < step.span.start && meetsIn(other, step))
    if (passed) return `"${quotedRun(build, step, 40)}" may work on the same files or users as "${quotedRun(build, passed, 40)}" (line ${lineOf(build, passed.span)})`
  }
  return null
}

/** Where packages of the distribution put their files. */
const SYSTEM = /^\/(?:usr(?:\/(?!local\/)|$)|etc|s?bin|lib\d*|var(?:$|\/(?:lib|cache|log|spool)))(?:\/|$)/
/** They bring nothing that an install would find changed. */
const ONLY_MARKS = /^(?:mkdir|chmod|chown|chgrp|touch|test|\[|ls|cat|grep|cd|echo|printf|useradd|adduser|groupadd|addgroup|usermod)$/

/** Whether the lower step may find, or leave, something else when it runs before the upper one. */
function meetsIn(upper: RunStep, lower: RunStep): boolean {
  const [own, commands] = [independentStep(lower), commandsOf(upper)]
  if (!own || commands === 'opaque') return true
  const isInstall = installsOf(lower).length > 0
  // The ids of new users are the next free ones, and packages make users as well.
  if (createdAccounts(upper).some(({ command }) => !HAS_ID.test(textOf(command)) && (createdAccounts(lower).length > 0 || isInstall && OF_SYSTEM.test(textOf(command))))) return true
  return commands.some(command => {
    const { command: { redirects }, program, words } = command
    const named = [...words.slice(1), ...redirects.flatMap(({ target }) => target ?? [])].flatMap(({ value, text }) => pathOf(command, (value ?? text).replace(/^["']/, '')) ?? [])
    return named.some(path => mayTouch(own, path) || isInstall && SYSTEM.test(path) && (!ONLY_MARKS.test(program ?? '') || redirects.length > 0))
  })
}

const HAS_ID = /\s(?:-[a-zA-Z]*[ug]|--[ug]id)[= ]?\s*["']?[\d$]/
const OF_SYSTEM = /\s(?:-\w*[Sr]\w*|--system)\b/
const textOf = ({ words }: NormalCommand): string => words.map(({ text }) => text).join(' ')
