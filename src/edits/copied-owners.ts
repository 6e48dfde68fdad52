// The owner of copied files, given to their COPY. The chown goes where nothing is left for it to do, keeps to the folder where nothing else is
// in it, and stays elsewhere: BuildKit stores no file again that has its owner already.
import { commandsOf, type NormalCommand } from '../facts/commands.ts'
import { commentAbove } from '../facts/comments.ts'
import { quotedCommand } from '../facts/command-text.ts'
import { absolutePath, destinationOf, isWithin, pathsOf } from '../facts/image-paths.ts'
import { listed, quoted } from '../facts/instruction-text.ts'
import type { LateOwner } from '../facts/late-ownership.ts'
import { lineOf } from '../facts/lines.ts'
import { createdAccounts } from '../facts/ownership.ts'
import { mayHoldPackages } from '../facts/package-folders.ts'
import { shippedSteps } from '../facts/shipped-steps.ts'
import { folderIsThere, isSureFolder, parentOf } from '../facts/sure-folders.ts'
import { certainCommands } from '../facts/writes.ts'
import type { Build, CopyStep, RunStep, Step } from '../model/build.ts'
import type { Fix } from '../rule.ts'
import type { TextEdit } from '../text.ts'
import { frontendLacks } from './frontend-limits.ts'
import { changedFlag, removed, removedWithComments, withFlags, withoutWord } from './instructions.ts'

/** The fix, or a clause that says why there is none. */
export function ownerFix(build: Build, late: LateOwner): Fix | string {
  const reason = reasonAgainst(build, late)
  if (reason !== null) return reason
  const gone = withoutChange(build, late)
  const narrowed = gone ? null : narrowedChange(build, late)
  const flags = `--chown=${ownerFor(late, late.copies[0]!.copy)}${late.mode === null ? '' : ` --chmod=${late.mode}`}`
  const assumes = assumptionsOf(build, late)
  if (gone) assumes.push(`"${late.change.paths[0]!}" is not there before the COPY`)
  if (narrowed) assumes.push(`nothing else lies in "${late.change.paths[0]!}"`)
  return {
    title: `Set the owner with ${late.copies[0]!.copy.keyword} ${flags}${gone ? ' and drop the RUN' : narrowed ? ', and change only that of the folder' : ''}`,
    ...assumes.length === 0 ? { safety: 'safe' } : { safety: 'suggested', assumes: listed(assumes) },
    edits: [...late.copies.flatMap(({ copy }) => flagEdits(build, late, copy)), ...gone ?? narrowed ?? []],
  }
}

/** The group as well: a bare user would bring its own, where chown keeps the one that is there. */
export function ownerFor({ change }: Pick<LateOwner, 'change'>, copy: CopyStep): string {
  const { owner, command } = change
  const [user = '', group] = (copy.chown ?? 'root:root').split(':')
  if (owner.startsWith(':')) return `${user}${owner}`
  const isBare = !owner.includes(':') && !command.words.some(({ text }) => text.replace(/["']/g, '') === `${owner}:`)
  return isBare && (copy.from.kind === 'context' || group !== undefined && copy.chown !== null) ? `${owner}:${group ?? 'root'}` : owner
}

function flagEdits(build: Build, late: LateOwner, copy: CopyStep): readonly TextEdit[] {
  const owner = `--chown=${ownerFor(late, copy)}`
  const there = copy.flags.find(({ name }) => name === 'chown')
  const mode = late.mode !== null && copy.chmod === null ? [`--chmod=${late.mode}`] : []
  return there ? [changedFlag(there, [owner, ...mode].join(' '))] : [withFlags(build, copy, [owner, ...mode])]
}

function reasonAgainst(build: Build, late: LateOwner): string | null {
  const { change, copies, creation, mode, step } = late
  if (creation) return `"${quotedCommand(build, creation.command, 40)}" (line ${lineOf(build, creation.command.span)}) makes the user only after the COPY`
  if (mode !== null && frontendLacks(build, 'COPY --chmod') !== null) return frontendLacks(build, 'COPY --chmod')
  const part = copies.find(({ copy }) => !isWhole(copy, late))
  if (part) return `"${quotedCommand(build, change.command.command)}" changes only a part of what "${quoted(part.copy, 40)}" brings`
  if (mode !== null && !isModeOfAll(late)) return `the "chmod" of the same RUN may change other files`
  const other = copies.find(({ copy }) => variablesIn(change.owner).some(name => copy.environment.get(name)?.value !== step.environment.get(name)?.value))
  if (other) return `a variable in "${change.owner}" is not set yet above "${quoted(other.copy, 40)}"`
  const linked = copies.find(({ copy }) => copy.link && !/^\d+(?::\d+)?$/.test(change.value))
  if (linked) return `"${quoted(linked.copy, 40)}" is linked, and so knows no names of users`
  const unsure = namesOf(late).length === 0 ? undefined : stepsBetween(build, late).find(run => mayMakeUsers(run) && !isMadeBefore(build, late))
  return unsure ? `"${quoted(unsure, 40)}" (line ${lineOf(build, unsure.span)}) may make the user "${namesOf(late)[0]!}"` : null
}

const variablesIn = (owner: string): readonly string[] => [...owner.matchAll(/\$\{?(\w+)/g)].map(([, name]) => name!)
const namesOf = ({ change }: LateOwner): readonly string[] => change.value.split(':').filter(name => name !== '' && !/^\d+$/.test(name) && name !== 'root')

/** A recursive chmod over the same folders: else it may be that of a folder alone. */
const isModeOfAll = ({ step, change, mode }: LateOwner): boolean => certainCommands(step).some(command => command.program === 'chmod' && command.words.some(({ value }) => /^(?:-\w*R|--recursive)/.test(value ?? '')) && command.words.some(({ value }) => value === mode)
  && change.paths.every(path => command.words.slice(1).some(word => pathsOf(command, word).includes(path))))

/** Whether the change hits all the copy brings. */
function isWhole(copy: CopyStep, { change: { recursive, paths } }: LateOwner): boolean {
  const target = destinationOf(copy)
  if (target === null) return false
  if (recursive && paths.some(path => !/[*?[]/.test(path) && isWithin(target, path))) return true
  const isNamedFile = copy.sources.length === 1 && /[^/]\.\w+$/.test(copy.sources[0]!) && !/[*?[]/.test(copy.sources[0]!)
  return isNamedFile && [target, absolutePath(target, copy.sources[0]!.slice(copy.sources[0]!.lastIndexOf('/') + 1))].some(path => paths.includes(path!))
}

/** RUN steps that stand between the first of the copies and the change. */
function stepsBetween(build: Build, { copies, step }: LateOwner): readonly RunStep[] {
  const steps: readonly Step[] = shippedSteps(build)
  return steps.slice(Math.min(...copies.map(({ copy }) => steps.indexOf(copy))) + 1, steps.indexOf(step)).filter(run => run.kind === 'run')
}

/** Nothing that makes a user, or runs as one that minds. */
const HARMLESS = /^(?:chmod|chown|chgrp|mkdir|ln|touch|rm|echo|printf|sed|cat|true|:|cd|set|test|\[|ls|cp|mv)$/
function mayMakeUsers(run: RunStep): boolean {
  const commands = commandsOf(run)
  return commands === 'opaque' || commands.some(({ program }) => !HARMLESS.test(program ?? ''))
}

/** A command made the users, or the image comes with them. */
function isMadeBefore(build: Build, late: LateOwner): boolean {
  const steps = shippedSteps(build)
  const first = Math.min(...late.copies.map(({ copy }) => steps.indexOf(copy)))
  const made = new Set(steps.slice(0, first).flatMap(step => (step.kind === 'run' ? createdAccounts(step).map(({ name }) => name) : [])))
  const used = new Set(steps.slice(0, first + 1).flatMap(step => [step.user?.split(':')[0] ?? '', step.kind === 'copy' || step.kind === 'add' ? step.chown?.split(':')[0] ?? '' : '']))
  return namesOf(late).every(name => made.has(name) || used.has(name) || /^(?:www-data|nobody|daemon)$/.test(name))
}

/** Null where something is left for it to do. */
function withoutChange(build: Build, late: LateOwner): readonly TextEdit[] | null {
  const { step, change, copies, mode } = late
  const commands = commandsOf(step)
  const isAlone = commands !== 'opaque' && step.flags.length === 0 && commands.every(command => command === change.command || command.program === 'set' || mode !== null && isSameChmod(command, late))
  const isMade = change.paths.every(path => copies.some(({ copy }) => destinationOf(copy) === path && (isFileCopy(copy) || !isSureFolder(build, copy, path) && !mayHoldPackages(build, path))))
  if (!isAlone || !isMade || overlap(copies) || stepsBetween(build, late).length > 0) return null
  return [/chown|own|permission/i.test(commentAbove(build, step)) ? removedWithComments(build, step) : removed(build, step)]
}

const overlap = (copies: LateOwner['copies']): boolean => copies.some(({ copy }) => copies.some(other => other.copy !== copy && isWithin(destinationOf(other.copy)!, destinationOf(copy)!)))
const isFileCopy = ({ sources }: CopyStep): boolean => sources.length === 1 && /[^/]\.\w+$/.test(sources[0]!)
const isSameChmod = ({ program, words }: NormalCommand, { change, mode }: LateOwner): boolean =>
  program === 'chmod' && /^0?755$/.test(mode!) && words.some(({ value }) => value === mode) && change.command.words.filter(({ value }) => /^[./]/.test(value ?? '')).every(({ value }) => words.some(other => other.value === value))

/** Without -R: where nothing but these copies filled the folder, it alone is left. */
function narrowedChange(build: Build, { step, change, copies, mode }: LateOwner): readonly TextEdit[] | null {
  const [path, ...more] = change.paths
  const option = change.command.words.find(({ text }) => text === '-R' || text === '--recursive')
  if (!path || more.length > 0 || mode !== null || !option || /[*?[]/.test(path) || mayHoldPackages(build, path)) return null
  const commands = commandsOf(step)
  const steps = shippedSteps(build)
  const isFirst = commands !== 'opaque' && commands.find(({ program }) => program !== 'set') === change.command
  const fillsIt = (other: Step): boolean => {
    if (other.kind === 'workdir') return other.path !== null && other.path !== path && isWithin(other.path, path)
    if (other.kind !== 'run') return !copies.some(({ copy }) => copy === other) && (destinationOf(other) === null || isWithin(destinationOf(other)!, path))
    const found = commandsOf(other)
    return found === 'opaque' || (other.workdir === null || isWithin(other.workdir, path) || other.text.includes(path)) && found.some(({ program }) => !/^(?:mkdir|chown|useradd|adduser|groupadd|addgroup)$/.test(program ?? '')) || certainFolders(other).some(folder => folder !== path && isWithin(folder, path))
  }
  return isFirst && !steps.slice(0, steps.indexOf(step)).some(fillsIt) ? [withoutWord(build, option)] : null
}

const certainFolders = (run: RunStep): readonly string[] => certainCommands(run).flatMap(command => (command.program === 'mkdir' ? command.words.slice(1).flatMap(word => pathsOf(command, word)) : []))

/** What has to hold for the same image; nothing where the file itself proves it. */
function assumptionsOf(build: Build, late: LateOwner): string[] {
  const { change, copies, mode } = late
  const between = stepsBetween(build, late).filter(mayMakeUsers)
  const made = copies.find(({ copy }) => !folderIsThere(build, copy) && !change.paths.some(path => isWithin(destinationOf(copy)!, path) && isSureFolder(build, copy, parentOf(path))))
  const several = between.length > 1
  return [
    ...between.length > 0 ? [`the RUN ${several ? 'steps' : 'step'} between ${several ? 'do' : 'does'} not mind that the files belong to "${change.owner}"${mode === null ? '' : ` and have mode ${mode}`} already`] : [],
    ...made ? [`the folders above "${destinationOf(made.copy)!}" are there already`] : [],
    ...!change.owner.includes(':') && copies.some(({ copy }) => copy.from.kind !== 'context' && copy.chown === null) ? [`the files may have the group of "${change.owner}"`] : [],
  ]
}
