// RUN steps that give copied files another owner, so that a second copy of them lands in a layer of its own.
import { contextPathOf } from '../cache/context-reads.ts'
import type { Build, CopyStep, RunStep, Step } from '../model/build.ts'
import type { NormalCommand } from './commands.ts'
import { copiedBytes, isSmallCopy } from './copied-files.ts'
import { fact } from './fact.ts'
import { absolutePath, baseName, covers, destinationOf, isMounted, isWithin, meets, pathsOf } from './image-paths.ts'
import { argumentWords, hasOption, parseWords } from './operands.ts'
import { createdAccounts, ownerChanges, type Account, type OwnerChange } from './ownership.ts'
import { shippedSteps } from './shipped-steps.ts'
import { certainCommands } from './writes.ts'

export interface TakenCopy {
  readonly copy: CopyStep
  /** Of the files that change owner; null when the context does not say. */
  readonly bytes: number | null
  /** Whether they are a few kilobytes at most, by their names. */
  readonly isSmall: boolean
}
export interface LateOwner {
  readonly step: RunStep
  readonly change: OwnerChange
  readonly copies: readonly TakenCopy[]
  /** Creates the owner, a user rather than its group, after the first of the copies, which therefore cannot name it yet. */
  readonly creation: NormalCommand | null
  /** The octal mode that the same step gives to the same files, which would store them again all the same. */
  readonly mode: string | null
}

/** Copies and changes beyond these many are not followed: each is compared with each. */
const MOST_COPIES = 100
const MOST_CHANGES = 500

/** Changes that hit files of an earlier COPY or ADD in the shipped chain that has another owner. */
export const lateOwners = fact((build: Build): readonly LateOwner[] => {
  const copies: CopyStep[] = []
  const accounts: Account[] = []
  const found: LateOwner[] = []
  let left = MOST_CHANGES
  for (const step of shippedSteps(build)) {
    if (step.onbuild || step.stage.windows || step.kind === 'workdir') continue
    if (step.kind === 'run') {
      accounts.push(...createdAccounts(step))
      const changes = ownerChanges(step).slice(0, left)
      left -= changes.length
      found.push(...withoutRepeats(changes.flatMap(change => lateOwner(build, step, change, copies, accounts))))
    } else if (copies.length < MOST_COPIES) copies.push(step)
  }
  return found
})

function lateOwner(build: Build, step: RunStep, change: OwnerChange, before: readonly CopyStep[], accounts: readonly Account[]): readonly LateOwner[] {
  const copies = before.flatMap(copy => (keepsOwner(copy, change) ? [] : takenBy(build, copy, change)))
  const first = copies[0]
  if (!first) return []
  const names = change.value.split(':').filter(name => !/^\d+$/.test(name))
  const creations = accounts.filter(({ name, command }) => names.includes(name) && isAfter(command.step, first.copy)).map(({ command }) => command)
  const mode = modeOf(build, step, copies)
  return mode === 'other' ? [] : [{ step, change, copies, creation: creations.find(({ program }) => /user/.test(program ?? '')) ?? creations[0] ?? null, mode }]
}

interface ModeChange { readonly mode: string; readonly recursive: boolean; readonly paths: readonly string[]; readonly command: NormalCommand }

const modeChanges = (step: RunStep): readonly ModeChange[] => certainCommands(step).flatMap(command => {
  if (command.program !== 'chmod') return []
  const parsed = parseWords(argumentWords(command), { short: '' })
  const [mode, ...files] = parsed.operands
  return mode?.value ? [{ mode: mode.value, recursive: hasOption(parsed, '-R', '--recursive'), paths: files.flatMap(word => pathsOf(command, word)), command }] : []
})

/** The mode that COPY can give as well; 'other' when the step changes modes of most of the files in another way, which stores them again all the same. */
function modeOf(build: Build, step: RunStep, copies: readonly TakenCopy[]): string | null {
  const known = (bytes: number | null): number => bytes ?? 0
  const hits = modeChanges(step).map(change => ({ change, taken: copies.map(({ copy }) => takenBy(build, copy, change)[0] ?? null) }))
  const whole = hits.find(({ change, taken }) => /^[0-7]{3,4}$/.test(change.mode) && taken.every((entry, at) => entry && known(entry.bytes) === known(copies[at]!.bytes)))
  if (whole) return whole.change.mode
  const all = copies.reduce((sum, { bytes }) => sum + known(bytes), 0)
  // What is there already is not changed by these.
  const others = hits.filter(({ change: { mode } }) => !/^(?:[augo]*\+[rX]*X?|[augo]*\+x)$/.test(mode))
  const changed = others.reduce((sum, { taken }) => sum + taken.reduce((part, entry) => part + known(entry?.bytes ?? null), 0), 0)
  return others.some(({ taken }) => taken.some(entry => entry && entry.bytes === null)) || changed * 2 > all ? 'other' : null
}

/** In the chain of shipped stages, of which a later one has the higher number. */
const isAfter = (a: Step, b: Step): boolean => a.stage.index > b.stage.index || a.stage === b.stage && a.index > b.index

/** A layer holds a file once, however often its step touches it. */
const withoutRepeats = (found: readonly LateOwner[]): readonly LateOwner[] =>
  found.filter((late, at) => !late.copies.every(({ copy }) => found.slice(0, at).some(earlier => earlier.copies.some(other => other.copy === copy))))

/** Whether the files already belong to whom the change gives them: root, unless `--chown` or another stage says otherwise. */
function keepsOwner({ chown, from }: CopyStep, { value }: OwnerChange): boolean {
  const [user = '', group] = value.split(':')
  const [hadUser = '', hadGroup] = (chown ?? 'root:root').split(':')
  if (chown === null && from.kind !== 'context' && /^(root|0)?$/.test(user)) return true
  const isSame = (a: string, b: string): boolean => a === b || /^(root|0)$/.test(a) && /^(root|0)$/.test(b)
  return (user === '' || isSame(user, hadUser)) && (group === undefined || isSame(group, hadGroup ?? hadUser))
}

/** Paths of the image that are folders for sure: `COPY a /srv` puts a file into them instead of making one of that name. */
const folders = fact((build: Build): ReadonlySet<string> => {
  const found = new Set<string>()
  const targets = new Set<string>()
  for (const step of shippedSteps(build)) {
    if (step.kind === 'workdir') found.add(step.path ?? '')
    else if (step.kind === 'run') {
      for (const command of certainCommands(step)) {
        if (command.program !== 'mkdir') continue
        for (const word of parseWords(argumentWords(command), { short: 'mZ', long: ['--mode'] }).operands) for (const path of pathsOf(command, word)) found.add(path)
      }
    } else {
      const target = destinationOf(step)
      if (target !== null && targets.has(target)) found.add(target)
      targets.add(target ?? '')
    }
  }
  return found
})

/** Files of the copy that a change of metadata hits: at most one entry. */
export function takenBy(build: Build, copy: CopyStep, { recursive, paths, command }: Pick<OwnerChange, 'recursive' | 'paths' | 'command'>): readonly TakenCopy[] {
  const target = destinationOf(copy)
  if (target === null) return []
  const meant = paths.filter(path => path !== '/' && meets(path, target) && !isMounted(command.step, path) && (recursive || path !== target || !folders(build).has(path)))
  if (meant.length === 0) return []
  const isMeant = (file: string): boolean => meant.some(path => (recursive ? covers(path, file) : isMatch(path, file)))
  const bytes = copiedBytes(build, copy, isMeant)
  const taken = { copy, bytes: bytes === 'unknown' ? null : bytes, isSmall: isSmallCopy(copy) || bytes === 'unknown' && (isLoneFile(copy) || isLittleInContext(build, copy)) }
  if (bytes !== 'unknown') return bytes > 0 ? [taken] : []
  const certain = recursive ? meant.some(path => isWithin(target, path.replace(/\/\*$/, '')) || isNamed(copy, target, path)) : meant.some(path => isNamed(copy, target, path))
  return certain ? [taken] : []
}

/** `COPY tool /usr/local/bin/`: one file, more likely than a folder, of which nobody knows how big it is. */
const isLoneFile = ({ from, sources, target }: CopyStep): boolean => from.kind === 'context' && sources.length === 1 && /^[\w-]+$/.test(sources[0]!) && target?.endsWith('/') === true

const FEW_FILES = 100
const LITTLE = 200_000

/** A folder of sources that a stage took from the context, and that is small there: a build seldom adds much to such. */
function isLittleInContext(build: Build, { from, sources }: CopyStep): boolean {
  const files = from.kind === 'stage' && sources.length === 1 ? build.context.files() : 'unknown'
  if (files === 'unknown' || from.kind !== 'stage') return false
  const origins = from.stage.steps.flatMap(step => (step.kind === 'copy' || step.kind === 'add' ? contextPathOf(step, absolutePath('/', sources[0]!)!) ?? [] : []))
  const folder = origins.at(-1)
  if (!folder) return false
  const inside = files.filter(({ path }) => path === folder || path.startsWith(`${folder}/`))
  return inside.length > 0 && inside.length <= FEW_FILES && inside.reduce((sum, { size }) => sum + size, 0) < LITTLE
}

const isMatch = (pattern: string, path: string): boolean => covers(pattern, path) && pattern.split('/').length === path.split('/').length

/** Whether the copy surely makes this very file: it has a name like one, and is named as source or destination. */
const isNamed = (copy: CopyStep, target: string, path: string): boolean =>
  /[^/]\.\w+$/.test(path) && (target === path || copy.sources.some(source => baseName(source) === baseName(path) && path === `${target === '/' ? '' : target}/${baseName(path)}`))
