// The options of a command that has its own: parsed, and a mistake told with what was probably meant.
import { parseArgs } from 'node:util'
import type { ParseArgsConfig } from 'node:util'
import { UsageError, nearest } from '../index.ts'

/** Throws a UsageError. */
export function readOptions<const O extends NonNullable<ParseArgsConfig['options']>>(command: string, options: O, args: readonly string[]): ReturnType<typeof parseArgs<{ args: string[]; options: O; allowPositionals: true }>> {
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    const unknown = /Unknown option '(-[^' ]*)/.exec(String(error))?.[1]
    if (unknown === undefined) throw new UsageError(error instanceof Error ? error.message.split('\n')[0]! : String(error))
    const close = nearest(unknown.replace(/^-+/, ''), Object.keys(options))
    throw new UsageError(`${command} has no option "${unknown}"`, close === null ? `See cachemiss ${command} --help.` : `Did you mean --${close}?`)
  }
}
