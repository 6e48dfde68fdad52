// Which row and verb of the package manager table a command is. What is not certain is no package manager's command.
import { packageManagers, runners, type PackageManager, type Runner, type Verb } from '../data/package-managers.ts'
import { runBy, type NormalCommand } from './commands.ts'
import { fact } from './fact.ts'
import { findOption, hasOptionLetter, matchesPattern, readPackageArguments, type Operand, type PackageArguments } from './package-arguments.ts'

export interface PackageCommand {
  readonly command: NormalCommand
  readonly row: PackageManager
  readonly verb: Verb
  /** The words that name the verb, as written: `i`, `mod download`, `-Syu`; '' for none. */
  readonly named: string
  readonly found: PackageArguments
  /** Operands after the verb. */
  readonly operands: readonly Operand[]
}

const rowsByProgram = new Map<string, PackageManager[]>()
for (const row of packageManagers) for (const program of row.programs) rowsByProgram.set(program, [...rowsByProgram.get(program) ?? [], row])

/** Runners within runners that are followed; nobody writes more than two. */
const MOST_RUNNERS = 5

/** What the command asks package managers to do: nothing, one thing, or more where one program runs another (`uv run pip install x`). */
export const packageCommandsOf = fact((command: NormalCommand): readonly PackageCommand[] => {
  const found: PackageCommand[] = []
  let current: NormalCommand | null = command
  for (let depth = 0; current && depth <= MOST_RUNNERS; depth++) {
    found.push(...recogniseOne(current))
    current = innerCommand(current)
  }
  return found
})

function recogniseOne(command: NormalCommand): readonly PackageCommand[] {
  if (command.program === null) return []
  for (const row of rowsByProgram.get(command.program) ?? []) {
    const found = readPackageArguments(command, row)
    if (findOption(found, row.never)) continue
    const matches = row.verbs.flatMap(verb => matchVerb(command, row, verb, found) ?? [])
    // Several options may each clean something; of everything else the first row that fits counts.
    const first = matches[0]
    if (first) return first.verb.effect === 'clean' ? matches.filter(match => match.verb.effect === 'clean') : [first]
  }
  return []
}

function matchVerb(command: NormalCommand, row: PackageManager, verb: Verb, found: PackageArguments): PackageCommand | null {
  if (verb.needs && !hasOptionLetter(found, verb.needs)) return null
  if (findOption(found, verb.unless)) return null
  if (verb.code && !found.options.some(({ name, value }) => row.values?.includes(name) && verb.code!.test(value ?? ''))) return null
  const given = row.prefix ? found.operands.filter(operand => !row.prefix!.test(operand.value ?? '')) : found.operands
  for (const words of verb.words) {
    const operands = matchWords(words, given, row, found)
    if (operands) return { command, row, verb, named: wordsAsWritten(words, given, found), found, operands }
  }
  return null
}

/** Operands left after the verb; null when it is another one. */
function matchWords(words: string, given: readonly Operand[], row: PackageManager, found: PackageArguments): readonly Operand[] | null {
  if (words === '') return given.length === 0 ? given : null
  if (words === '…') return given.length > 0 ? given : null
  if (words.startsWith('-') || words.startsWith('/')) return [...found.options.map(option => option.word.value), ...given.map(operand => operand.value)].some(value => matchesPattern(words, value ?? '')) ? given.filter(operand => !matchesPattern(words, operand.value ?? '')) : null
  const parts = words.split(' ')
  const isAt = (at: number): boolean => parts.every((part, index) => {
    const value = given[at + index]?.value
    return typeof value === 'string' && (part === '*' || matchesPattern(part, row.anywhere ? value.replace(/,$/, '') : value))
  })
  const at = row.anywhere ? given.findIndex((_, index) => isAt(index)) : isAt(0) ? 0 : -1
  return at === -1 ? null : given.slice(at + parts.length)
}

function wordsAsWritten(words: string, given: readonly Operand[], found: PackageArguments): string {
  if (words === '…' || !/[*]/.test(words)) return words === '…' ? '' : words
  if (words.startsWith('-')) return found.options.find(option => matchesPattern(words, option.word.value ?? ''))?.word.value ?? words
  const count = words.split(' ').length
  const at = given.findIndex(operand => matchesPattern(words.split(' ')[0]!, operand.value ?? ''))
  return given.slice(at, at + count).map(operand => operand.value).join(' ')
}

/** The command a runner starts: `npx`, `poetry run`, `conda run -n x`. */
function innerCommand(command: NormalCommand): NormalCommand | null {
  for (const runner of runners) {
    if (runner.program !== command.program) continue
    const at = innerIndex(command, runner)
    if (at !== null) return runBy(command, at)
  }
  return null
}

/** Index into the words where the inner program stands. */
function innerIndex(command: NormalCommand, { verb, values, only }: Runner): number | null {
  let isVerbSeen = verb === ''
  for (let at = 0; at < command.arguments.length; at++) {
    const value = command.arguments[at]!
    if (value === null) return null
    if (value === '--') return isVerbSeen && at + 1 < command.words.length - 1 ? at + 2 : null
    if (value.startsWith('-')) {
      if (values.includes(value)) at++
    } else if (isVerbSeen) return only && !only.includes(value) ? null : at + 1
    else if (value === verb) isVerbSeen = true
    else return null
  }
  return null
}
