// The commands of a RUN with everything taken off that does not matter to what they do: sudo, env, paths, version suffixes, `python -m`.
import type { RunStep } from '../model/build.ts'
import type { Command, Word } from '../syntax/shell.ts'
import { fact } from './fact.ts'

export interface NormalCommand {
  /** `npm`, `pip`, `apt-get`: without path and version. null when unknown, when a function of the script is called, or when the command only assigns or redirects. */
  readonly program: string | null
  /** Values of `words` after the first; a null stands for any number of unknown words. After xargs there is one more null than words. */
  readonly arguments: readonly (string | null)[]
  /** The word that names the program, then its arguments. */
  readonly words: readonly Word[]
  /** Working directory, absolute or from `~`; null when unknown. */
  readonly directory: string | null
  readonly errexit: boolean
  readonly xtrace: boolean
  readonly pipefail: boolean
  readonly step: RunStep
  readonly command: Command
}

/** Scripts unfolded (`sh -c '…'` gives its commands instead), in the order of the text. */
export const commandsOf = fact((step: RunStep): readonly NormalCommand[] | 'opaque' =>
  (step.commands === 'opaque' ? 'opaque' : step.commands.filter(command => !command.unfolded).map(command => normalCommand(step, command))))

/** The value a program started by this command sees; null when unknown, undefined when nothing in the file sets it. */
export function variableAt({ command, step }: NormalCommand, name: string): string | null | undefined {
  const given = command.assignments.findLast(assignment => assignment.name === name)
  if (given) return given.value?.value ?? null
  if (command.exports.has(name)) return command.exports.get(name)
  const variable = step.environment.get(name)
  return variable ? variable.value : undefined
}

function normalCommand(step: RunStep, command: Command): NormalCommand {
  const words = command.words.slice(command.program)
  const first = words[0]?.value
  const base = typeof first !== 'string' || command.callsFunction ? null : programName(first)
  const { program, skipped } = base === null ? { program: null, skipped: 0 } : rewrite(base, words.map(word => word.value))
  const kept = words.slice(skipped)
  const values = kept.slice(1).map(word => word.value)
  return {
    program, words: kept, step, command,
    arguments: command.wrappers.includes('xargs') ? [...values, null] : values,
    directory: directoryOf(step, command),
    errexit: command.options.errexit ?? startsWith(step, 'e'),
    xtrace: command.options.xtrace ?? startsWith(step, 'x'),
    pipefail: command.options.pipefail ?? (step.script !== null && step.shell.includes('pipefail')),
  }
}

/** The command that stands in the words of another one, from this index on: what `npx` or `poetry run` starts. */
export function runBy(outer: NormalCommand, at: number): NormalCommand {
  const values = outer.words.slice(at).map(word => word.value)
  // npx takes a version with the name.
  const name = values[0] === null || values[0] === undefined ? null : programName(values[0].replace(/(?<=[^@/])@[^/]*$/, ''))
  const { program, skipped } = name === null ? { program: null, skipped: 0 } : rewrite(name, values)
  return { ...outer, program, words: outer.words.slice(at + skipped), arguments: outer.arguments.slice(at + skipped) }
}

/** Options of SHELL, which hold until the script says otherwise. */
const startsWith = (step: RunStep, letter: string): boolean => step.script !== null && step.shell.slice(1).some(word => new RegExp(`^-[a-z]*${letter}`).test(word))

function directoryOf(step: RunStep, { directory }: Command): string | null {
  if (directory === null || /^[/~]/.test(directory)) return directory
  if (step.workdir === null) return null
  const kept: string[] = []
  for (const part of `${step.workdir}/${directory}`.split('/')) {
    if (part === '..') kept.pop()
    else if (part !== '' && part !== '.') kept.push(part)
  }
  return '/' + kept.join('/')
}

const VERSIONED = /^(python|pypy|pip|php|ruby|gem|bundler?|perl|cpanm?|lua|luarocks|node|easy_install|yarn|dnf(?=-))(?:-?\d+(?:\.\d+)*)(?:\.c?js)?$/
const ALIASES: Readonly<Record<string, string>> = { nodejs: 'node', bundler: 'bundle', 'composer.phar': 'composer', 'npm-cli.js': 'npm', 'yarn.js': 'yarn', 'yarn.cjs': 'yarn', 'pnpm.cjs': 'pnpm' }

function programName(path: string): string {
  const base = path.slice(path.lastIndexOf('/') + 1)
  const plain = VERSIONED.exec(base)?.[1] ?? base
  return Object.hasOwn(ALIASES, plain) ? ALIASES[plain]! : plain
}

/** Programs that run another one which counts in their place: its name, and the words before it. */
function rewrite(program: string, values: readonly (string | null)[]): { readonly program: string; readonly skipped: number } {
  const same = { program, skipped: 0 }
  if (program === 'python' || program === 'pypy') return pythonModule(values) ?? same
  if (program === 'php' || program === 'node') return interpreted(program, values) ?? same
  if (program === 'sh' || program === 'bash') return wrapperScript(values) ?? same
  const shim = program === 'corepack' ? /^(npm|pnpm|yarn)(?:@.*)?$/.exec(values[1] ?? '') : null
  return shim ? { program: shim[1]!, skipped: 1 } : same
}

function pythonModule(values: readonly (string | null)[]): { readonly program: string; readonly skipped: number } | null {
  for (let at = 1; at < values.length; at++) {
    const value = values[at]
    if (!value?.startsWith('-') || value.startsWith('--') || /^-[A-Za-z]*c/.test(value)) return null
    if (/^-[A-Za-z]*m$/.test(value)) return typeof values[at + 1] === 'string' ? { program: programName(values[at + 1]!), skipped: at + 1 } : null
    if (/^-[WX]$/.test(value)) at++
  }
  return null
}

/** `sh ./gradlew build`. */
function wrapperScript(values: readonly (string | null)[]): { readonly program: string; readonly skipped: number } | null {
  const at = values.findIndex((value, index) => index > 0 && !/^[-+]/.test(value ?? ''))
  const name = at === -1 ? '' : programName(values[at] ?? '')
  return /^(?:gradlew|mvnw|millw?)$/.test(name) ? { program: name, skipped: at } : null
}

/** `php composer.phar install`, `node .yarn/releases/yarn-4.0.0.cjs install`. */
function interpreted(program: string, values: readonly (string | null)[]): { readonly program: string; readonly skipped: number } | null {
  for (let at = 1; at < values.length; at++) {
    const value = values[at]
    if (value === '-d' && program === 'php') at++
    else if (value === null || value === undefined) return null
    else if (!value.startsWith('-')) {
      const name = programName(value)
      return (program === 'php' ? name === 'composer' : /^(?:npm|pnpm|yarn)$/.test(name) && /\.c?js$/.test(value)) ? { program: name, skipped: at } : null
    }
  }
  return null
}
