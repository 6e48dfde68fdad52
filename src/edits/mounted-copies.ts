// A file or folder mounted for the one RUN that uses it, instead of copied for good.
import { commandsOf, type NormalCommand } from '../facts/commands.ts'
import { quotedCommand } from '../facts/command-text.ts'
import { destinationOf, isWithin, pathsOf } from '../facts/image-paths.ts'
import { quoted } from '../facts/instruction-text.ts'
import { lineOf } from '../facts/lines.ts'
import { isUnknown } from '../facts/lone-refreshes.ts'
import { isFileSource } from '../facts/sure-folders.ts'
import type { Build, CopyStep, RunStep, Step } from '../model/build.ts'
import type { Fix } from '../rule.ts'
import type { TextEdit } from '../text.ts'
import { frontendLacks } from './frontend-limits.ts'
import { indentOf, lineEndAt, removed, withFlags } from './instructions.ts'
import { withoutCommand } from './scripts.ts'

/** Takes the removal out where it removes nothing else; null where it does, or cannot be taken out. */
export function withoutRemoval(build: Build, step: RunStep, removal: NormalCommand, isGone: (path: string) => boolean): readonly TextEdit[] | null {
  if (removal.program !== 'rm' || !operandsOf(removal).every(path => path !== null && isGone(path))) return null
  const all = commandsOf(step)
  if (all !== 'opaque' && all.every(command => command === removal || command.program === 'set')) return [removed(build, step)]
  const edit = withoutCommand(build, step, removal.command)
  return edit ? [edit] : null
}

const operandsOf = (command: NormalCommand): readonly (string | null)[] => command.words.slice(1).filter(({ text }) => !text.startsWith('-')).flatMap(word => {
  const paths = pathsOf(command, word)
  return paths.length > 0 ? paths.map(path => path.replace(/\/\*$/, '')) : [null]
})

/** Programs that read a file they are given and leave it as it is. */
const READS = /^(?:dpkg|apt-get|apt|rpm|yum|dnf|microdnf|zypper|apk|pip|uv|tar|bsdtar|unzip|7za?|cp|cat|sh|bash|patch|psql|mysql|gem|npm|java|python|R|Rscript|sha\d+sum|md5sum|echo|file|ls|test|\[)$/

/** `removal`: what takes the files away in the same RUN; null where nothing does. A text says why there is no fix. */
export function mountFix(build: Build, { copy, step, removal }: { readonly copy: CopyStep; readonly step: RunStep; readonly removal: NormalCommand | null }): Fix | string {
  const target = destinationOf(copy)
  const [source] = copy.sources
  const commands = commandsOf(step)
  const reason = frontendLacks(build, 'RUN --mount') ?? reasonAgainst(build, step, copy)
  if (reason !== null || target === null || source === undefined || commands === 'opaque') return reason ?? 'where the files go is not known'
  const isFile = isFileSource(build, copy, source)
  const place = isFile && /(?:^|\/)\.{0,2}$/.test(copy.target ?? '') ? `${target === '/' ? '' : target}/${source.slice(source.lastIndexOf('/') + 1)}` : target
  const edits = removal ? withoutRemoval(build, step, removal, path => path === place) : []
  if (!edits) return `"${quotedCommand(build, removal!.command)}" removes more than the copied files`
  const rest = commands.filter(command => command !== removal)
  if (rest.every(({ program }) => program === 'set' || program === 'cd')) return 'nothing in that RUN uses the files'
  const problem = changerOf(build, rest, place, isFile)
  if (problem !== null) return problem
  const from = copy.from.kind === 'stage' ? `from=${copy.from.stage.label},` : ''
  const mount = `--mount=type=bind,${from}source=${source.replace(/^\.\//, '').replace(/(?<=.)\/$/, '')},target=${place}${isFile || readsOnly(rest, place) ? '' : ',rw'}`
  return {
    title: `Mount "${source}" for the RUN that uses it instead of copying it`, safety: 'suggested',
    assumes: `nothing but this RUN uses ${place}`, edits: [removed(build, copy), withMount(build, step, mount), ...edits],
    ...removal ? {} : { drops: [isFile ? place : `${place}/**`] },
  }
}

const names = (command: NormalCommand, place: string): boolean => command.words.some(({ value, text }) => (value ?? text).includes(place.slice(place.lastIndexOf('/') + 1)))

/** What would fail on a mount, or reach beyond it. */
function changerOf(build: Build, rest: readonly NormalCommand[], place: string, isFile: boolean): string | null {
  const changer = isFile ? rest.find(command => names(command, place) && !READS.test(command.program ?? '')) : undefined
  if (changer) return `"${quotedCommand(build, changer.command)}" may change the file, which a mount does not let it`
  const above = rest.find(({ program, words }) => !/^(?:cd|tar|unzip|mkdir)$/.test(program ?? '') && words.slice(1).some(({ value }) => value !== null && value !== '/' && value.startsWith('/') && isWithin(place, value) && value !== place))
  return above ? `"${quotedCommand(build, above.command)}" also works on the folder above` : null
}

/** What is written into a mount must not fail, though it is gone afterwards. */
const readsOnly = (rest: readonly NormalCommand[], place: string): boolean =>
  rest.every(command => !isUnknown(command) && !isWithin(command.directory ?? place, place) && (READS.test(command.program ?? '') || !names(command, place)))

const LONGEST_LINE = 120

/** On a line of its own where one would be too long for both. */
function withMount(build: Build, step: RunStep, mount: string): TextEdit {
  const { text, escape } = build
  const first = /^[^\n]*/.exec(text.slice(step.span.start, step.span.end))![0]
  const edit = withFlags(build, step, [mount])
  if (first.length + mount.length <= LONGEST_LINE || step.flags.length > 0) return edit
  const blanks = /^[ \t]*/.exec(text.slice(edit.span.start))![0].length
  return { span: { start: edit.span.start, end: edit.span.start + blanks }, text: `${edit.text} ${escape}${lineEndAt(text, step.span.start)}${indentOf(build, step)}    ` }
}

function reasonAgainst(build: Build, step: RunStep, copy: CopyStep): string | null {
  if (copy.remotes.length > 0) return 'what ADD fetches cannot be mounted'
  if (copy.sources.length !== 1 || copy.hasUnknownSource || /[*?[]/.test(copy.sources[0]!) || copy.exclude.length > 0 || copy.parents || copy.heredocs.length > 0) return `"${quoted(copy, 40)}" names several files`
  if (copy.text.includes('$')) return `"${quoted(copy, 40)}" takes its name from a variable`
  if (copy.from.kind !== 'context' && copy.from.kind !== 'stage') return 'the files come from an image'
  if (copy.stage !== step.stage) return 'the files come from a stage below'
  if (step.form !== 'shell' || step.heredocs.length > 0) return 'the script cannot be changed'
  if (step.user !== copy.user && (step.user ?? 'root') !== 'root' && copy.chown !== null) return `the files would not belong to ${copy.chown}`
  if (copy.kind === 'add' && copy.from.kind === 'context' && /\.(?:tar(?:\.\w+)?|tgz|tbz2?|txz)$/i.test(copy.sources[0]!) && copy.unpack !== false) return 'ADD unpacks the archive, which a mount does not'
  const between: readonly Step[] = copy.stage.steps.slice(copy.index + 1, step.index)
  const user = between.find(other => other.kind === 'run')
  return user ? `"${quoted(user, 40)}" (line ${lineOf(build, user.span)}) may use the files as well` : null
}
