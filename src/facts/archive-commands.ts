// Commands that unpack an archive: which one, and where to.
import type { RunStep } from '../model/build.ts'
import { fact } from './fact.ts'
import type { NormalCommand } from './commands.ts'
import { pathOf, pathsOf } from './image-paths.ts'
import { argumentWords, hasOption, optionValue, parseWords, type ParsedWords } from './operands.ts'
import { certainCommands, TAR } from './writes.ts'

export interface Unpacking {
  readonly command: NormalCommand
  /** The archive: absolute, wildcards as written. */
  readonly pattern: string
  /** The folder it goes to; null: not known. */
  readonly folder: string | null
  /** Everything in it, under the names it has there. */
  readonly isPlain: boolean
}

/** More in one step are not followed. */
const MOST_UNPACKED = 50

/** Commands that run whenever the step does. */
export const unpackedBy = fact((step: RunStep): readonly Unpacking[] => certainCommands(step).flatMap(unpacking).slice(0, MOST_UNPACKED))

function unpacking(command: NormalCommand): readonly Unpacking[] {
  const { program } = command
  if (command.command.wrappers.includes('xargs')) return []
  if (program === 'tar' || program === 'bsdtar') return fromTar(command)
  if (program === 'unzip') return fromZip(command)
  if (/^7z[az]?$/.test(program ?? '') && /^[xe]$/.test(command.arguments[0] ?? '')) return named(command, parseWords(argumentWords(command), { short: '' }), 1)
  return command.command.piped && /^(?:cat|zcat|xzcat|bzcat|gunzip|gzip|xz|bzip2|zstd|pv)$/.test(program ?? '') ? named(command, parseWords(argumentWords(command), { short: '' }), 0) : []
}

const named = (command: NormalCommand, { operands }: ParsedWords, at: number): readonly Unpacking[] =>
  operands.slice(at, at + 1).flatMap(word => pathsOf(command, word)).map(pattern => ({ command, pattern, folder: null, isPlain: false }))

/** Options that neither choose what is unpacked nor change its names. */
const PLAIN_TAR = /^(?:-[xvzjJfpCk]|--(?:extract|get|verbose|gzip|bzip2|xz|zstd|file|directory|no-same-owner|same-owner|preserve-permissions|same-permissions|no-same-permissions|warning|auto-compress))$/

function fromTar(command: NormalCommand): readonly Unpacking[] {
  const words = argumentWords(command)
  const first = words[0]?.value ?? ''
  // The old spelling: letters without a dash, their values in the words that follow.
  const isOld = /^[A-Za-z]+$/.test(first)
  const parsed = parseWords(isOld ? words.slice(1) : words, TAR)
  const letters = isOld ? [...first].map(letter => `-${letter}`) : []
  const isExtract = letters.includes('-x') || hasOption(parsed, '-x', '--extract', '--get')
  if (!isExtract) return []
  const operands = [...parsed.operands]
  const given = letters.includes('-f') ? operands.shift()?.value ?? null : optionValue(parsed, '-f', '--file')
  const input = command.command.redirects.find(({ operator }) => operator === '<')?.target?.value
  const value = given === '-' || given === undefined ? input : given
  const pattern = pathOf(command, value)
  if (value === undefined || pattern === null) return []
  const folder = letters.includes('-C') ? operands.shift()?.value : optionValue(parsed, '-C', '--directory')
  const isPlain = operands.length === 0 && [...letters, ...parsed.options.map(({ name }) => name)].every(name => PLAIN_TAR.test(name))
  return [{ command, pattern, folder: folder === undefined ? pathOf(command, '.') : pathOf(command, folder), isPlain }]
}

function fromZip(command: NormalCommand): readonly Unpacking[] {
  const parsed = parseWords(argumentWords(command), { short: 'dP' })
  if (hasOption(parsed, '-l', '-t', '-p', '-Z', '-v', '-z', '-c')) return []
  return named(command, parsed, 0)
}
