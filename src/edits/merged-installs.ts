// One install of packages instead of several in steps right below one another.
import { commandsOf } from '../facts/commands.ts'
import { quotedText } from '../facts/instruction-text.ts'
import { cleanups, indexRefreshes, type Install } from '../facts/installs.ts'
import type { Build } from '../model/build.ts'
import type { TextEdit } from '../text.ts'
import { lineEndAt, linesOf } from './instructions.ts'
import { withCommand } from './scripts.ts'

/** The edits, or a clause that says why there are none. */
export type Merged = { readonly edits: readonly TextEdit[] } | { readonly reason: string }

/** Adds the packages of the others to the first; their steps go. */
export function mergedInstalls(build: Build, [first, ...rest]: readonly Install[]): Merged {
  if (!first) return { reason: 'there is nothing to merge' }
  const other = rest.find(install => optionsOf(install) !== optionsOf(first))
  if (other) return { reason: `"${commandText(build, first)}" and "${commandText(build, other)}" have different options` }
  const commented = [first, ...rest].find(({ step }) => build.comments.some(({ span }) => span.start >= step.span.start && span.end <= step.span.end))
  if (commented) return { reason: 'comments stand among the packages' }
  const more = rest.flatMap(({ step, command }) => othersOf(step).filter(text => text !== null && text.command !== command.command))
  if (more.length > 0) return { reason: `"${quotedText(more[0]!.words.map(({ text }) => text).join(' '), 40)}" stands in the same RUN` }
  const cleaning = cleaningToAdd(build, first, rest)
  const edits = withPackages(build, first, rest)
  if (!edits || cleaning === null) return { reason: 'the packages cannot be told apart from the rest of the command' }
  const gone = { start: linesOf(build, first.step).end, end: linesOf(build, rest.at(-1)!.step).end }
  return { edits: [...together(edits, cleaning), { span: gone, text: '' }] }
}

const commandText = ({ text }: Build, { span }: Install): string => quotedText(text.slice(span.start, span.end), 40)

/** Everything but the packages, in any order. */
function optionsOf({ command, packages }: Install): string {
  const names = new Set(packages.map(({ text }) => text))
  return [...command.command.wrappers, ...command.words.map(({ text }) => text).filter(text => !names.has(text))].sort().join(' ')
}

/** Commands of a step besides the refresh of the index, the install and the clean-up. */
function othersOf(step: Install['step']) {
  const commands = commandsOf(step)
  const known = new Set([...indexRefreshes(step), ...cleanups(step)].map(({ command }) => command.command))
  return commands === 'opaque' ? [] : commands.filter(({ command, program }) => !known.has(command) && program !== 'set').filter(({ command }) => !command.words.every(({ value }) => value === null || /^(?:true|:)$/.test(value)))
}

function withPackages({ text, escape }: Build, first: Install, rest: readonly Install[]): TextEdit | null {
  const names = new Set(first.packages.map(({ text: name }) => name))
  const last = first.command.words.findLast(({ text: word }) => names.has(word))
  if (!last) return null
  const added = rest.flatMap(({ packages }) => packages.map(({ text: name }) => name)).filter((name, at, all) => !names.has(name) && all.indexOf(name) === at)
  const lineStart = text.lastIndexOf('\n', last.span.start - 1) + 1
  const isOnOwnLine = /^[ \t]*$/.test(text.slice(lineStart, last.span.start))
  const glue = isOnOwnLine ? ` ${escape}${lineEndAt(text, first.span.start)}${text.slice(lineStart, last.span.start)}` : ' '
  return { span: { start: last.span.end, end: last.span.end }, text: added.map(name => glue + name).join('') }
}

/** What the others remove after their install and the first one does not; null where it cannot be added. */
function cleaningToAdd(build: Build, first: Install, rest: readonly Install[]): TextEdit | null | undefined {
  const isCleaned = ({ step, manager }: Install): boolean => cleanups(step).some(cleanup => cleanup.manager === manager)
  const source = rest.find(isCleaned)
  if (!source || isCleaned(first)) return undefined
  const [cleanup] = cleanups(source.step).filter(({ manager }) => manager === source.manager)
  const { span } = cleanup!.command.command
  return withCommand(build, first.step, build.text.slice(span.start, span.end))
}

/** Two edits at one place would touch. */
function together(packages: TextEdit, cleaning: TextEdit | undefined): readonly TextEdit[] {
  if (!cleaning) return [packages]
  return cleaning.span.start === packages.span.end ? [{ span: { start: packages.span.start, end: cleaning.span.end }, text: packages.text + cleaning.text }] : [packages, cleaning]
}
