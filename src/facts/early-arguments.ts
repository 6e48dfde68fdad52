// ARGs with a value that differs from build to build, declared above installs that do not use them.
import { rebuild } from '../cache/rebuild.ts'
import type { Build, Instruction, RunStep, Setting, Stage, Step, Variable } from '../model/build.ts'
import { fact } from './fact.ts'
import { isTransparent, onlyInstalls } from './costly-steps.ts'
import { stagesFrom } from './stage-trees.ts'
import { isBustingName, isPinnedValue, volatileArguments, type VolatileArgument } from './volatile-variables.ts'

export interface EarlyArgument {
  readonly setting: Setting
  readonly variable: Variable
  /** The installs that its value re-runs for nothing, in the order of the file. */
  readonly steps: readonly RunStep[]
  /** What an ENV above the last of them makes from it, so that it cannot move without it. */
  readonly carriers: readonly Carrier[]
}
export interface Carrier { readonly setting: Setting; readonly variable: Variable }

/** Nobody declares more of them, nor of more names. */
const MOST_ARGUMENTS = 60
const MOST_NAMES = 8
/** Steps times variables: so much text the model compares. */
const MOST_TEXT = 30_000

export const earlyArguments = fact((build: Build): readonly EarlyArgument[] => volatileArguments(build).slice(0, MOST_ARGUMENTS).flatMap(({ setting, variable }) => {
  if (variable.span === null || isPinnedValue(defaultText(build, variable)) || isBustingName(variable.name)) return []
  const { steps: unused, carriers } = unusedSteps(build, setting, [variable.name])
  if (unused.length === 0) return []
  // The model says what its value re-runs; of these, the ones before anybody uses it run for nothing.
  const reran = reranBy(build)(variable.name, unused.every(step => step.stage === setting.stage) ? setting.stage : null)
  const steps = unused.filter(step => reran.has(step))
  return steps.length > 0 ? [{ setting, variable, steps, carriers }] : []
}))

/** Another argument that changes as often and re-runs all these steps as well once this group has moved. */
export function remainingArgument(build: Build, group: readonly EarlyArgument[]): VolatileArgument | null {
  const early = earlyArguments(build).filter(({ carriers }) => carriers.length === 0)
  const others = volatileArguments(build).filter(({ variable }) => !isBustingName(variable.name) && !isPinnedValue(defaultText(build, variable)) && !group.some(entry => entry.variable.name === variable.name))
  const remaining = [...new Set(group.flatMap(({ steps }) => steps))].map(step => others.find(({ setting, variable }) =>
    setting.stage === step.stage && setting.span.start < step.span.start && !early.some(entry => entry.variable === variable && entry.steps.includes(step))))
  return remaining.includes(undefined) ? null : remaining[0]!
}

const reranBy = fact((build: Build) => {
  const known = new Map<string, ReadonlySet<Step>>()
  const instructions = build.stages.flatMap(stage => stage.instructions)
  const settings = instructions.reduce((sum, instruction) => sum + (instruction.kind === 'setting' ? instruction.assigns.length : 0), 0)
  const isComparable = (instructions.length - settings) * settings < MOST_TEXT
  return (name: string, stage: Stage | null): ReadonlySet<Step> => {
    const key = `${name} ${stage?.index ?? ''}`
    const found = known.get(key) ?? (known.size < MOST_NAMES && isComparable ? new Set(rebuild(build, { kind: 'arg', name }, stage?.label).reran.keys()) : new Set<Step>())
    known.set(key, found)
    return found
  }
})

const defaultText = (build: Build, { span, value }: Variable): string => {
  const written = span === null ? '' : build.text.slice(span.start, span.end)
  return written.includes('=') ? written.slice(written.indexOf('=') + 1).replace(/["']/g, '') : value ?? ''
}

/** Tools are steered by variables of these names: an install below one of them uses it. */
const STEERS = /^(?:PATH|HOME|LANG|LANGUAGE|LC_\w+|NODE_\w+|NPM_\w+|npm_\w+|YARN_\w+|COREPACK_\w+|PIP_\w+|UV_\w+|POETRY_\w+|PYTHON\w*|GO\w+|CGO_\w+|CARGO_\w+|RUST\w+|MAVEN_\w+|GRADLE_\w+|JAVA_\w+|BUNDLE_\w+|GEM_\w+|COMPOSER_\w+|NUGET_\w+|DOTNET_\w+|DEBIAN_\w+|APT_\w+|CC|CXX|\w*FLAGS|LD_\w+|NIX_\w+|SOURCE_DATE_EPOCH)$/

interface Unused { readonly steps: readonly RunStep[]; readonly carriers: readonly Carrier[] }
const NONE: Unused = { steps: [], carriers: [] }

/** Installs between the declaration and whatever reads the value first, in the same stage and, where nothing there does, in those built FROM it. */
export function unusedSteps(build: Build, setting: Setting, variables: readonly string[]): Unused {
  const names = new Set(variables)
  const { instructions } = setting.stage
  const scans = scanTree(build, setting.stage, instructions.slice(instructions.indexOf(setting) + 1), names)
  const steps = scans.flatMap(scan => scan.steps)
  const carriers = scans.flatMap(scan => scan.carriers)
  const last = steps.at(-1)
  if (!last || carriers.some(({ variable }) => STEERS.test(variable.name))) return NONE
  return scans.some(({ stage }) => readLaterByName(stage, names, steps)) ? NONE : { steps, carriers: carriers.filter(({ setting: { span } }) => span.start < last.span.start) }
}

interface Scan extends Unused { readonly stage: Stage }

/** Nobody builds more stages upon one another, nor more on one, nor writes more into one. */
const MOST_STAGES = 20
const MOST_USERS = 10
const MOST_INSTRUCTIONS = 400
const MOST_CARRIED = 40

function scanTree(build: Build, stage: Stage, instructions: readonly Instruction[], names: Set<string>, depth = MOST_STAGES): readonly Scan[] {
  const { isRead, ...own } = scanned(build, instructions, names)
  if (isRead) return [{ ...own, stage }]
  const users = depth > 0 ? stagesFrom(build, stage).filter(({ reachable }) => reachable).slice(0, MOST_USERS) : []
  return [{ ...own, stage }, ...users.flatMap(user => scanTree(build, user, user.instructions, names, depth - 1))]
}

function scanned(build: Build, instructions: readonly Instruction[], names: Set<string>): Unused & { readonly isRead: boolean } {
  const steps: RunStep[] = []
  const carriers: Carrier[] = []
  if (instructions.length > MOST_INSTRUCTIONS) return { steps, carriers, isRead: true }
  for (const instruction of instructions) {
    if (names.size > MOST_CARRIED) return { steps, carriers, isRead: true }
    if (instruction.kind === 'setting') {
      // What is made from it carries the value on.
      const made = instruction.assigns.filter(variable => mentions(valueText(build, instruction, variable), names))
      for (const { name } of made) names.add(name)
      if (instruction.keyword === 'ENV') carriers.push(...made.map(variable => ({ setting: instruction, variable })))
      continue
    }
    if (mentions(instruction.text, names) || (instruction.kind === 'run' && instruction.heredocs.some(heredoc => mentions(heredoc.body, names)))) return { steps, carriers, isRead: true }
    if (instruction.kind !== 'run') continue
    if (!isTransparent(instruction)) return { steps, carriers, isRead: true }
    if (onlyInstalls(instruction) && !instruction.onbuild) steps.push(instruction)
  }
  return { steps, carriers, isRead: false }
}

/** What is assigned, as written; the span of a variable in the old form is its name alone. */
const valueText = ({ text }: Build, setting: Setting, { span }: Variable): string =>
  (setting.assigns.length === 1 ? setting.text.replace(/^\S+\s+/, '') : span ? text.slice(span.start, span.end) : '').replace(/^[^=\s]*[=\s]?/, '')

const mentions = (text: string, names: ReadonlySet<string>): boolean => [...names].some(name => new RegExp(`\\b${name.replace(/\W/g, '')}\\b`).test(text))

/** A fetch may depend on a revision that only a later step names: a clone above, the checkout of the revision below. */
function readLaterByName(stage: Stage, names: ReadonlySet<string>, steps: readonly Step[]): boolean {
  const fetches = steps.some(step => /\bgit\s+clone\b|\bgit\s+fetch\b/.test(step.text))
  return fetches && stage.steps.some(step => step.kind === 'run' && mentions(step.text, names) && /\bgit\b/.test(step.text))
}
