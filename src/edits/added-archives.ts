// An archive that is copied and unpacked: ADD unpacks it on the way, or it is mounted for the RUN that does.
import { unpackedBy } from '../facts/archive-commands.ts'
import { isAddable, type WastedArchive } from '../facts/archives.ts'
import { commandsOf, type NormalCommand } from '../facts/commands.ts'
import { quotedCommand } from '../facts/command-text.ts'
import { quoted } from '../facts/instruction-text.ts'
import { lineOf } from '../facts/lines.ts'
import type { Build, CopyStep } from '../model/build.ts'
import type { Fix } from '../rule.ts'
import type { TextEdit } from '../text.ts'
import { keywordLike, removed } from './instructions.ts'
import { mountFix, withoutRemoval } from './mounted-copies.ts'
import { withoutCommand } from './scripts.ts'

/** The fix, or a clause that says why there is none. */
export function archiveFix(build: Build, archive: WastedArchive, copy: CopyStep): Fix | string {
  const { extraction, removal } = archive
  const { step } = extraction
  if (removal && removal.step !== step) return `"${quotedCommand(build, removal.command)}" (line ${lineOf(build, removal.command.span)}) would find nothing to remove`
  if (copy.sources.length === 1 && !/\.(?:tar(?:\.\w+)?|t[gbx]z2?|tbz2?|txz|tzst|zip|7z)$/i.test(copy.sources[0]!)) return `"${quoted(copy, 40)}" may bring other files as well`
  return addFix(build, archive, copy) ?? mountFix(build, { copy, step, removal })
}

/** Null where a mount is what remains. */
function addFix(build: Build, { path, extraction, removal }: WastedArchive, copy: CopyStep): Fix | null {
  const { step } = extraction
  const unpacking = unpackedBy(step).find(({ command }) => command === extraction)
  const [source] = copy.sources
  if (copy.from.kind !== 'context' || copy.kind !== 'copy' || copy.stage !== step.stage || !isAddable(path) || !unpacking?.isPlain || unpacking.folder === null || !isPlainSource(copy) || source === undefined) return null
  const commands = commandsOf(step)
  const between = copy.stage.steps.slice(copy.index + 1, step.index)
  const before = commands === 'opaque' ? [] : commands.slice(0, commands.indexOf(extraction))
  if (commands === 'opaque' || between.some(other => other.kind === 'run') || !before.every(({ program }) => /^(?:set|mkdir|cd)$/.test(program ?? ''))) return null
  const gone = withoutUnpacking(build, commands, { extraction, removal, path })
  if (!gone) return null
  const flags = copy.flags.map(({ span }) => `${build.text.slice(span.start, span.end)} `).join('')
  const written = copy.sourceSpans[0] ? build.text.slice(copy.sourceSpans[0].start, copy.sourceSpans[0].end) : source
  return {
    title: `Unpack "${source}" with ADD`, safety: 'suggested',
    assumes: `the files in "${source}" may keep the numeric owners that the archive gives them`,
    edits: [{ span: copy.span, text: `${keywordLike(build, copy, 'ADD')} ${flags}${written} ${unpacking.folder}` }, ...gone],
    ...removal ? {} : { drops: [path] },
  }
}

const isPlainSource = ({ sources, flags, exclude, text, hasUnknownSource }: CopyStep): boolean =>
  sources.length === 1 && isAddable(sources[0]!) && !/[*?[]/.test(sources[0]!) && exclude.length === 0 && !text.includes('$') && !hasUnknownSource && !/^\S+\s+(?:--\S+\s+)*\[/.test(text) && flags.every(({ name }) => name === 'link')

/** The RUN without the commands that unpack and remove, or none at all. */
function withoutUnpacking(build: Build, commands: readonly NormalCommand[], { extraction, removal, path }: { readonly extraction: NormalCommand; readonly removal: NormalCommand | null; readonly path: string }): readonly TextEdit[] | null {
  const { step } = extraction
  const isPreparation = ({ program }: NormalCommand): boolean => /^(?:set|cd)$/.test(program ?? '')
  if (commands.every(command => command === extraction || command === removal || isPreparation(command))) return step.flags.length > 0 ? null : [removed(build, step)]
  const first = withoutCommand(build, step, extraction.command)
  const second = removal ? withoutRemoval(build, step, removal, name => name === path) : []
  if (!first || !second) return null
  // Neighbours in the chain share the operator between them.
  return second.every(({ span }) => span.start > first.span.end || span.end < first.span.start) ? [first, ...second] : together(first, second[0]!)
}

const together = (a: TextEdit, b: TextEdit): readonly TextEdit[] | null =>
  (a.span.end === b.span.start ? [{ span: { start: a.span.start, end: b.span.end }, text: '' }] : null)
