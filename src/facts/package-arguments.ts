// The arguments of a package manager's command: options with their values, and operands, as its row of the table says how to read them.
import type { PackageManager } from '../data/package-managers.ts'
import type { Word } from '../syntax/shell.ts'
import type { NormalCommand } from './commands.ts'

export interface Option {
  /** As written, one letter at a time where they cluster. */
  readonly name: string
  /** undefined: none given; null: unknown. */
  readonly value: string | null | undefined
  readonly word: Word
}
/** `value` is null when unknown; `word` is null for what xargs adds. */
export interface Operand { readonly value: string | null; readonly word: Word | null }
export interface PackageArguments {
  readonly options: readonly Option[]
  readonly operands: readonly Operand[]
}

type OptionStyle = Pick<PackageManager, 'style' | 'values' | 'directories' | 'manifestOptions' | 'projectOptions'>

export function readPackageArguments(command: NormalCommand, row: OptionStyle): PackageArguments {
  const options: Option[] = []
  const operands: Operand[] = []
  let ended = false
  for (let at = 0; at < command.arguments.length; at++) {
    const word = command.words[at + 1] ?? null
    const value = command.arguments[at]!
    if (value === '--' && !ended) ended = true
    else if (word === null || ended || value !== null && !/^-./.test(value)) operands.push({ value, word })
    else if (value === null) {
      const option = unknownOption(word)
      if (option === null) operands.push({ value, word })
      else if (option) options.push(option)
    } else {
      const read = readOption(value, word, row)
      const last = read.at(-1)!
      const takesNext = last.value === undefined && isValued(row, last.name)
      options.push(...read.slice(0, -1), takesNext ? { ...last, value: command.arguments[++at] ?? null } : last)
    }
  }
  return { options, operands }
}

const isValued = (row: OptionStyle, name: string): boolean => [row.values, row.directories, row.manifestOptions, row.projectOptions].some(names => names?.includes(name))

/** `$NPM_FLAGS`, `${extraArgs}`, `$OPTS_PIP`. */
const OPTIONS = /^["']?\$\{?(?:\w*_)?(?:\w*(?:FLAGS|OPTS|OPTIONS)|ARGS|(?:EXTRA|INSTALL|BUILD)\w*ARGS)(?:_\w*)?\}?["']?$/i

/** `--name=$X` has a name; a variable called something like FLAGS holds options nobody knows (undefined); anything else is no option (null). */
function unknownOption(word: Word): Option | null | undefined {
  const named = /^["']?(--?[A-Za-z][\w.-]*)(?:=|$)/.exec(word.text)
  if (named) return { name: named[1]!, value: null, word }
  if (/^["']?-/.test(word.text)) return { name: word.text.replace(/^["']/, '').replace(/[$`"'{].*$/s, ''), value: null, word }
  return OPTIONS.test(word.text) ? undefined : null
}

function readOption(value: string, word: Word, row: OptionStyle): readonly Option[] {
  const equals = value.indexOf('=')
  if (row.style === 'words' || value.startsWith('--') || value[1] === '=') {
    return [equals === -1 ? { name: value, value: undefined, word } : { name: value.slice(0, equals), value: value.slice(equals + 1), word }]
  }
  const options: Option[] = []
  for (let at = 1; at < value.length; at++) {
    const name = `-${value[at]}`
    if (value[at] === '=') break
    if (isValued(row, name) && at + 1 < value.length) return [...options, { name, value: value.slice(at + 1).replace(/^=/, ''), word }]
    options.push({ name, value: undefined, word })
  }
  return options
}

/** Whether one of these options is there and not switched off by its value. A name may carry the value it must have: `--location=global`. */
export const findOption = ({ options }: PackageArguments, names: readonly string[] | undefined): Option | undefined =>
  names && options.find(({ name, value }) => (names.includes(name) ? !/^(?:false|0|no)$/.test(value ?? '') : typeof value === 'string' && names.includes(`${name}=${value}`)))

/** Also within a cluster that its style would read as an option with a value: `-afy`. */
export const hasOptionLetter = (found: PackageArguments, names: readonly string[]): boolean =>
  findOption(found, names) !== undefined || found.options.some(({ word }) => /^-[A-Za-z]+$/.test(word.value ?? '') && names.some(name => /^-[A-Za-z]$/.test(name) && word.value!.includes(name[1]!)))

/** `*` is any run of characters. */
export function matchesPattern(pattern: string, text: string): boolean {
  if (!pattern.includes('*')) return pattern === text
  const parts = pattern.split('*')
  let at = parts[0]!.length
  if (!text.startsWith(parts[0]!)) return false
  for (const part of parts.slice(1, -1)) {
    const found = text.indexOf(part, at)
    if (found === -1) return false
    at = found + part.length
  }
  return text.length - parts.at(-1)!.length >= at && text.endsWith(parts.at(-1)!)
}
