// The words of a command, told apart: options, the values they take, operands.
import type { Word } from '../syntax/shell.ts'
import type { NormalCommand } from './commands.ts'

/** Options that take a value: letters, and long names with their dashes. */
export interface ValueOptions { readonly short: string; readonly long?: readonly string[] }
export interface Option {
  /** `-o` or `--output`; letters of a cluster one by one. */
  readonly name: string
  /** undefined: takes none; null: unknown. */
  readonly value: string | null | undefined
}
export interface ParsedWords { readonly operands: readonly Word[]; readonly options: readonly Option[] }

/** A word that depends on something unknown is an operand. */
export function parseWords(words: readonly Word[], takes: ValueOptions): ParsedWords {
  const operands: Word[] = []
  const options: Option[] = []
  for (let at = 0; at < words.length; at++) {
    const { value } = words[at]!
    if (value === '--') {
      operands.push(...words.slice(at + 1))
      break
    }
    if (value === null || value === '-' || !value.startsWith('-')) operands.push(words[at]!)
    else if (value.startsWith('--')) {
      const [name, ...rest] = value.split('=')
      const isLast = rest.length === 0 && (takes.long?.includes(name!) ?? false)
      options.push({ name: name!, value: isLast ? words[++at]?.value ?? null : rest.length > 0 ? rest.join('=') : undefined })
    } else at += addCluster(options, value, words[at + 1], takes)
  }
  return { operands, options }
}

/** Whether the next word was taken: 1 or 0. */
function addCluster(options: Option[], cluster: string, next: Word | undefined, { short }: ValueOptions): number {
  for (let at = 1; at < cluster.length; at++) {
    const name = `-${cluster[at]!}`
    if (!short.includes(cluster[at]!)) options.push({ name, value: undefined })
    else if (at < cluster.length - 1) {
      options.push({ name, value: cluster.slice(at + 1) })
      return 0
    } else {
      options.push({ name, value: next?.value ?? null })
      return 1
    }
  }
  return 0
}

/** The value of the first of these options that is given; null: unknown, undefined: not given. */
export const optionValue = ({ options }: ParsedWords, ...names: readonly string[]): string | null | undefined => options.find(({ name }) => names.includes(name))?.value
export const hasOption = ({ options }: ParsedWords, ...names: readonly string[]): boolean => options.some(({ name }) => names.includes(name))

/** The words after the program. */
export const argumentWords = ({ words }: NormalCommand): readonly Word[] => words.slice(1)
