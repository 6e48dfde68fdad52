// The part of a RUN that installs, where another part of it needs the sources: what may go into a RUN of its own above the copy.
import type { Build, CopyStep } from '../model/build.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { foreignCommand } from './foreign-commands.ts'
import { cleanups, type Install } from './installs.ts'
import { quotedText } from './instruction-text.ts'
import { isShipped } from './stages.ts'

export type InstallPart = { readonly commands: readonly NormalCommand[] } | { readonly reason: string }

/** null: all of the RUN may go above, or it is no matter of parts. */
export function installPart(build: Build, copy: CopyStep, installs: readonly Install[], needs: readonly string[]): InstallPart | null {
  const { step, span } = installs.at(-1)!
  const all = commandsOf(step)
  const foreign = foreignCommand(build, copy, step, installs, needs)
  if (all === 'opaque' || foreign === null || foreign === 'all' || foreign.span.start < span.end) return null
  const quote = ({ command }: NormalCommand): string => `"${quotedText(build.text.slice(command.span.start, command.span.end), 40)}"`
  const { instructions } = copy.stage
  const needsSources = `${quote(all.find(({ command }) => command === foreign)!)} in the same RUN needs the sources`
  if (instructions[instructions.indexOf(copy) + 1] !== step || installs.some(install => install.step !== step)) return { reason: `${needsSources}, and other steps stand between` }
  if (!step.mounts.every(({ type }) => type === 'cache') || step.flags.some(({ name }) => name !== 'mount')) return { reason: `${needsSources}, and both parts may need its flags` }
  const later = new Set(cleanups(step).map(({ command }) => command))
  const commands = all.filter(command => command.command.span.start < span.end || later.has(command))
  const state = commands.find(({ program, words }, at) => words.length === 0 || /^(?:cd|pushd|export|source|\.|eval|alias|umask|trap|read)$/.test(program ?? '') || program === 'set' && at > 0)
  if (state) return { reason: `${needsSources}, and ${quote(state)} holds for both parts` }
  const pruning = all.find(command => !commands.includes(command) && /\bprune\b|\b(?:node_modules|vendor)\b|--(?:omit|production|prod|no-dev)\b/.test(command.words.map(({ text }) => text).join(' ')))
  if (pruning && isShipped(build, step.stage)) return { reason: `${quote(pruning)} takes away part of what was installed, which would stay in a layer of its own` }
  return { commands }
}
