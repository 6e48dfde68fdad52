// RUN steps that give copied files another mode, which COPY could have given them.
import type { Build, CopyStep, FileEntry, RunStep } from '../model/build.ts'
import { contextFilesOf } from '../cache/context-reads.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { isSmallCopy } from './copied-files.ts'
import { fact } from './fact.ts'
import { absolutePath, baseName, covers, destinationOf, isWithin, pathsOf } from './image-paths.ts'
import { lateOwners, takenBy, type TakenCopy } from './late-ownership.ts'
import { argumentWords, hasOption, parseWords } from './operands.ts'
import { shippedSteps } from './shipped-steps.ts'
import { certainCommands } from './writes.ts'

interface ModeChange { readonly command: NormalCommand; readonly mode: string; readonly recursive: boolean; readonly paths: readonly string[] }

export interface LateMode {
  readonly step: RunStep
  /** The first `chmod` that hits copied files, and how many others of the step do. */
  readonly command: NormalCommand
  readonly more: number
  readonly copies: readonly TakenCopy[]
  /** What `--chmod` takes to the same end: octal, or as written where only newer frontends read it. */
  readonly mode: string
  /** All of them. */
  readonly commands: readonly NormalCommand[]
  /** They change all these copies brought, and nothing else. */
  readonly isWhole: boolean
  /** The step does nothing but change the mode of all these copies brought. */
  readonly isAll: boolean
  /** Octal as written: whatever the mode was before. */
  readonly isAbsolute: boolean
  readonly isRecursive: boolean
  /** Whether the files surely had another mode, so that they are stored again. */
  readonly changes: boolean
}

/** Copies, changes, and paths of one change beyond these many are not followed: each is compared with each. */
const MOST_COPIES = 100
const MOST_CHANGES = 300
const MOST_PATHS = 50

/** In shipped stages; what a `chown` of the same step stores again anyway is left out. */
export const lateModes = fact((build: Build): readonly LateMode[] => {
  const copies: CopyStep[] = []
  const found: LateMode[] = []
  let left = MOST_CHANGES
  // Copies above the last RUN that may have put files of its own beside theirs.
  let above = 0
  for (const step of shippedSteps(build)) {
    if (step.onbuild || step.stage.windows || step.kind === 'workdir') continue
    if (step.kind === 'run') {
      const changes = copies.length === 0 ? [] : modeChanges(step).slice(0, left)
      left -= changes.length
      found.push(...lateMode(build, step, changes, copies).map(late => (late.isRecursive && late.copies.some(({ copy }) => copies.indexOf(copy) < above) ? { ...late, isAll: false, isWhole: false } : late)))
      if (!onlyMarks(step)) above = copies.length
    } else if (copies.length < MOST_COPIES && isPlainCopy(step)) copies.push(step)
  }
  return withoutOverlaps(found)
})

const onlyMarks = (step: RunStep): boolean => {
  const commands = commandsOf(step)
  return commands !== 'opaque' && commands.every(({ program }) => /^(?:chmod|chown|chgrp|set|true|:|echo)$/.test(program ?? ''))
}

/** What several steps change in turn ends with the mode of the last, where that does not build on the others. */
function withoutOverlaps(found: readonly LateMode[]): readonly LateMode[] {
  const last = new Map<CopyStep, LateMode>()
  const shared = new Set<CopyStep>()
  for (const late of found) {
    for (const { copy } of late.copies) {
      if (last.has(copy)) shared.add(copy)
      last.set(copy, late)
    }
  }
  return found.filter(late => late.copies.every(({ copy }) => !shared.has(copy) || last.get(copy) === late && late.isAbsolute))
}

/** Its files come with a mode that is known: that of the context, or the one ADD gives to downloads. */
const isPlainCopy = ({ from, chmod, heredocs, hasUnknownSource }: CopyStep): boolean => from.kind === 'context' && chmod === null && heredocs.length === 0 && !hasUnknownSource

const modeChanges = (step: RunStep): readonly ModeChange[] => certainCommands(step).filter(({ program }) => program === 'chmod').flatMap(command => {
  const parsed = parseWords(withoutModes(command), { short: '', long: ['--reference'] })
  const mode = argumentWords(command).find(({ value }) => MODE.test(value ?? ''))?.value
  const files = parsed.operands.filter(({ value }) => value !== mode)
  if (!mode || hasOption(parsed, '--reference') || files.some(({ value }) => value === null) || files.length > MOST_PATHS || command.command.wrappers.includes('xargs')) return []
  return [{ command, mode, recursive: hasOption(parsed, '-R', '--recursive'), paths: files.flatMap(word => pathsOf(command, word)) }]
})

const MODE = /^(?:[0-7]{3,4}|[ugoa]*[-+=][rwxXstugo]*(?:,[ugoa]*[-+=][rwxXstugo]*)*)$/
/** `chmod -x file`: not an option. */
const withoutModes = (command: NormalCommand): NormalCommand['words'] => argumentWords(command).filter(({ value }) => !/^-[rwxXst]+$/.test(value ?? ''))

function lateMode(build: Build, step: RunStep, changes: readonly ModeChange[], before: readonly CopyStep[]): readonly LateMode[] {
  const hits = changes.flatMap(change => before.flatMap(copy => takenFrom(build, copy, change).map(taken => ({ change, taken })))).slice(0, MOST_PATHS)
  const [first] = hits
  if (!first || lateOwners(build).some(late => late.step === step)) return []
  const modes = new Set(hits.map(({ change, taken }) => asOption(build, change, taken.copy)))
  const [mode] = modes
  if (modes.size !== 1 || mode == null) return []
  const copies = [...new Map(hits.map(({ taken }) => [taken.copy, taken])).values()]
  const commands = commandsOf(step)
  const hitting = changes.filter(change => hits.some(hit => hit.change === change))
  const isWhole = hitting.every(change => change.paths.length > 0 && change.paths.every(path => copies.some(({ copy }) => isOf(build, copy, change, path)))) && copies.every(({ copy }) => takesAll(build, copy, hitting))
  const isAll = isWhole && commands !== 'opaque' && step.flags.length === 0 && commands.every(command => hitting.some(change => change.command === command))
  const more = hitting.length - 1
  const isAbsolute = hits.every(({ change }) => /^[0-7]{3,4}$/.test(change.mode))
  return [{ step, command: first.change.command, more, commands: hitting.map(({ command }) => command), copies, mode, isWhole, isAll, isAbsolute, isRecursive: changes.some(({ recursive }) => recursive), changes: hits.some(({ change, taken }) => hasOtherMode(build, change, taken.copy)) }]
}

/** Whether what the change hits at this path is only what the copy brought. */
function isOf(build: Build, copy: CopyStep, change: ModeChange, path: string): boolean {
  const target = destinationOf(copy)!
  // Files put one by one into a folder may have company there.
  const files = contextFilesOf(build, copy)
  const isFile = (source: string): boolean => /[^/]\.\w+$/.test(source) || files !== 'unknown' && files.has(absolutePath('/', source)!.slice(1))
  if (change.recursive) return isWithin(path, target) && !isFileTarget(copy) && !copy.sources.some(isFile)
  return takenFrom(build, copy, { ...change, paths: [path] }).length > 0
}

/** A download that ADD gives this very name, whatever it looks like. */
function takenFrom(build: Build, copy: CopyStep, change: ModeChange): readonly TakenCopy[] {
  const isDownload = copy.remotes.length === 1 && copy.sources.length === 0 && !/\/$/.test(copy.target ?? '/') && change.paths.includes(destinationOf(copy) ?? '')
  return isDownload ? [{ copy, bytes: null, isSmall: isSmallCopy(copy) }] : takenBy(build, copy, change)
}

const isFileTarget = ({ target, sources }: CopyStep): boolean => sources.length === 1 && /[^/]\.\w+$/.test(target ?? '')

/** Whether every file of the copy is hit: `--chmod` is for all of them. */
function takesAll(build: Build, copy: CopyStep, changes: readonly ModeChange[]): boolean {
  const target = destinationOf(copy)!
  const files = contextFilesOf(build, copy)
  const isHit = (path: string): boolean => changes.some(change => change.paths.some(pattern => covers(pattern, path) && (change.recursive || pattern.split('/').length === path.split('/').length)))
  if (copy.remotes.length === 0 && files !== 'unknown' && copy.sources.every(source => files.has(absolutePath('/', source)!.slice(1)))) {
    return copy.sources.every(source => isHit(absolutePath(target, baseName(source))!) || copy.sources.length === 1 && isHit(target))
  }
  if (changes.every(({ recursive }) => recursive)) return changes.some(({ paths }) => paths.some(path => path === target))
  const isNamed = [...copy.sources, ...copy.remotes].every(source => /[^/]\.\w+$/.test(source) && !/[*?[]/.test(source) || copy.sources.length + copy.remotes.length === 1 && isHit(target))
  return (copy.sources.length === 0 || files === 'unknown') && isNamed && [...copy.sources, ...copy.remotes].every(source => isHit(absolutePath(target, baseName(source))!) || isHit(target))
}

/** The context files, when known, that a copy takes. */
export const entriesOf = (build: Build, copy: CopyStep): readonly FileEntry[] => {
  const taken = contextFilesOf(build, copy)
  const files = build.context.files()
  return taken === 'unknown' || files === 'unknown' ? [] : files.filter(({ path }) => taken.has(path))
}

/** The mode that git and every checkout give to a plain file; ADD gives 600 to what it fetches. */
function asOption(build: Build, { mode, recursive }: ModeChange, copy: CopyStep): string | null {
  if (/^[0-7]{3,4}$/.test(mode)) return mode
  if (/^(?:a|ugo)?\+r?x$/.test(mode)) return '755'
  if (/[stX]/.test(mode)) return null
  if (/^u\+r?x$/.test(mode) && !recursive) return copy.remotes.length > 0 ? '700' : '744'
  return entriesOf(build, copy).length === 0 && copy.remotes.length > 0 ? null : mode
}

const EXECUTES: Readonly<Record<string, number>> = { u: 0o100, g: 0o010, o: 0o001 }

function hasOtherMode(build: Build, { mode }: ModeChange, copy: CopyStep): boolean {
  if (copy.remotes.length > 0) return !/^0?600$/.test(mode)
  const entries = entriesOf(build, copy)
  if (/^[0-7]{3,4}$/.test(mode)) return entries.some(entry => (entry.mode & 0o777) !== (parseInt(mode, 8) & 0o777))
  const [, who = ''] = /^([ugoa]*)\+r?x$/.exec(mode) ?? []
  const wanted = mode.includes('+') && /x$/.test(mode) ? (who === '' || who.includes('a') ? 0o111 : [...who].reduce((sum, letter) => sum | EXECUTES[letter]!, 0)) : null
  return wanted !== null && entries.some(entry => (entry.mode & wanted) !== wanted)
}
