// ARGs with a value that differs from build to build, declared above installs that do not use them.
import { rebuild } from '../cache/rebuild.ts'
import type { Build, RunStep, Setting, Stage, Step, Variable } from '../model/build.ts'
import { fact } from './fact.ts'
import { isTransparent, onlyInstalls } from './costly-steps.ts'
import { isPinnedValue, volatileArguments } from './volatile-variables.ts'

export interface EarlyArgument {
  readonly setting: Setting
  readonly variable: Variable
  /** The installs that its value re-runs for nothing, in the order of the file. */
  readonly steps: readonly RunStep[]
}

export const earlyArguments = fact((build: Build): readonly EarlyArgument[] => volatileArguments(build).flatMap(({ setting, variable }) => {
  if (variable.span === null || isPinnedValue(defaultText(build, variable))) return []
  const unused = unusedSteps(build, setting, variable)
  if (unused.length === 0) return []
  // The model says what its value re-runs; of these, the ones before anybody uses it run for nothing.
  const { reran } = rebuild(build, { kind: 'arg', name: variable.name }, setting.stage.label)
  const steps = unused.filter(step => reran.has(step))
  return steps.length > 0 ? [{ setting, variable, steps }] : []
}))

const defaultText = (build: Build, { span, value }: Variable): string => {
  const written = span === null ? '' : build.text.slice(span.start, span.end)
  return written.includes('=') ? written.slice(written.indexOf('=') + 1).replace(/["']/g, '') : value ?? ''
}

/** Installs of the same stage between the declaration and whatever reads the value first. */
function unusedSteps(build: Build, setting: Setting, { name }: Variable): readonly RunStep[] {
  const names = new Set([name])
  const found: RunStep[] = []
  for (const instruction of setting.stage.instructions.slice(setting.stage.instructions.indexOf(setting) + 1)) {
    if (instruction.kind === 'setting') {
      // What is made from it carries the value on.
      for (const variable of instruction.assigns) if (variable.span && mentions(build.text.slice(variable.span.start, variable.span.end), names)) names.add(variable.name)
      continue
    }
    if (mentions(instruction.text, names) || (instruction.kind === 'run' && instruction.heredocs.some(heredoc => mentions(heredoc.body, names)))) break
    if (instruction.kind !== 'run') continue
    if (!isTransparent(instruction)) break
    if (onlyInstalls(instruction) && !instruction.onbuild) found.push(instruction)
  }
  return readLaterByName(setting.stage, names, found) ? [] : found
}

const mentions = (text: string, names: ReadonlySet<string>): boolean => [...names].some(name => new RegExp(`\\b${name.replace(/\W/g, '')}\\b`).test(text))

/** A fetch may depend on a revision that only a later step names: a clone above, the checkout of the revision below. */
function readLaterByName(stage: Stage, names: ReadonlySet<string>, steps: readonly Step[]): boolean {
  const fetches = steps.some(step => /\bgit\s+clone\b|\bgit\s+fetch\b/.test(step.text))
  return fetches && stage.steps.some(step => step.kind === 'run' && mentions(step.text, names) && /\bgit\b/.test(step.text))
}
