// Arguments → command → exit code. Knows no streams but those it is given, so that tests can call it.
import { UsageError, visible } from '../index.ts'
import { explain } from './explain.ts'
import { init } from './init.ts'
import { complain, sentence, visibleText } from './io.ts'
import type { Io } from './io.ts'
import { lintCommand } from './lint-command.ts'
import { isTransport, lsp } from './lsp/command.ts'
import { commandOf, helpText, parseOptions, tokensOf } from './options.ts'
import { version } from './package.ts'
import { optimize } from './optimize.ts'
import { why } from './why.ts'

// Imports are static where a module stands on the engine: the bundler would wrap all of it for the sake of one import on demand,
// and that takes longer than to load the module.

/** Never rejects: what a user can mend is one line, a bug a stack. */
export async function main(args: readonly string[], io: Io): Promise<number> {
  try {
    return await run(args, io)
  } catch (error) {
    if (error instanceof UsageError) complain(io, visible(sentence(error)))
    else complain(io, visibleText(error instanceof Error ? error.stack ?? error.message : String(error)))
    return 2
  }
}

async function run(args: readonly string[], io: Io): Promise<number> {
  // Some editors start a server with these alone.
  if (isTransport(args[0])) return lsp(args, io)
  const tokens = tokensOf(args)
  const command = commandOf(tokens)
  if (command) return { why, optimize, explain, init, lsp }[command.name](args.filter((_, index) => index !== command.index), io)
  const parsed = parseOptions(tokens)
  if (parsed.values.help) io.stdout.write(helpText())
  else if (parsed.values.version) io.stdout.write(`${version}\n`)
  else return lintCommand(parsed, io)
  return 0
}
