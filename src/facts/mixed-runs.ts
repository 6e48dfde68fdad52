// RUN steps whose first commands install or download something for which they need nothing of the build context, while later ones
// read files of it: every edit of these files repeats the first part.
import type { Cost } from '../cache/cost.ts'
import { installCosts, otherInstall } from '../data/typical-costs.ts'
import type { Build, CopyStep, RunStep } from '../model/build.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { boundPlaces, copiesRightBelow, installsBy, isIndependent, placesOf, readsPlace, type ContextPlace } from './context-places.ts'
import type { Install } from './installs.ts'
import { isSmallCopy } from './copied-files.ts'
import { earlyInstallSteps } from './early-copies.ts'
import { fact } from './fact.ts'
import { covers, isMounted, isWithin } from './image-paths.ts'
import { isUnknown } from './lone-refreshes.ts'
import { scriptTexts } from './script-texts.ts'
import { shippedStages } from './stages.ts'
import { fileRemovals, fileWrites } from './writes.ts'

export interface MixedRun {
  readonly step: RunStep
  /** The commands that could stand above the copies: installs and downloads. */
  readonly costly: readonly NormalCommand[]
  /** All commands that could, in their order. */
  readonly first: readonly NormalCommand[]
  /** The first command that reads what the copies bring. */
  readonly reader: NormalCommand
  /** The copies it reads from, nearest first; none where the RUN itself binds the files. */
  readonly copies: readonly CopyStep[]
  /** The highest copy that the rest of the script reads from: below it the first part would still re-run. */
  readonly highest: CopyStep | null
  readonly cost: Cost
  /** Small files that change now and then, or little to repeat. */
  readonly isMinor: boolean
}

/** Nobody writes more of them into one file by hand. */
const MOST_RUNS = 500

export const mixedRuns = fact((build: Build): readonly MixedRun[] => build.stages.filter(({ reachable, windows }) => reachable && !windows)
  .flatMap(({ steps }) => steps).filter((step): step is RunStep => step.kind === 'run' && !step.onbuild).slice(0, MOST_RUNS).flatMap(step => mixedRun(build, step) ?? []))

function mixedRun(build: Build, step: RunStep): MixedRun | null {
  const commands = commandsOf(step)
  if (commands === 'opaque' || commands.length < 2 || !commands.some(command => isCostly(command)) || step.mounts.some(({ type }) => type === 'tmpfs')) return null
  const copies = copiesRightBelow(build, step).filter(copy => copy.from.kind === 'context' && copy.remotes.length === 0)
  const places = [...boundPlaces(step), ...copies.flatMap(copy => placesOf(build, copy) ?? [])]
  const split = places.length === 0 ? null : splitOf(commands, places)
  if (!split || isTidiedLater(build, step, split) || isOneWaste(build, step)) return null
  const costly = split.before.filter(command => isCostly(command) && !isCached(command))
  if (costly.length === 0) return null
  const reads = new Set(split.places.map(({ by }) => by))
  const read = copies.filter(copy => reads.has(copy))
  const highest = copies.findLast(copy => split.all.some(place => place.by === copy && split.after.some(command => readsPlace(command, place)))) ?? null
  return { step, costly, first: split.before, reader: split.reader, copies: read, highest, cost: costOf(costly), isMinor: read.length > 0 && read.every(copy => isSmallCopy(copy) && !bringsManifest(split, copy)) || costly.every(isToolOnly) }
}

interface Split { readonly before: readonly NormalCommand[]; readonly after: readonly NormalCommand[]; readonly reader: NormalCommand; readonly places: readonly ContextPlace[]; readonly all: readonly ContextPlace[] }

/** Where the script can be cut in two: independent commands up to the last costly one, then the rest, which reads the places. */
function splitOf(all: readonly NormalCommand[], places: readonly ContextPlace[]): Split | null {
  // `cd` reads nothing: what runs there does.
  const reads = (command: NormalCommand): boolean => command.program !== 'cd' && places.some(place => readsPlace(command, place))
  const first = all.findIndex(command => !(reads(command) && canWait(command)))
  const waiting = all.slice(0, Math.max(0, first))
  const commands = all.slice(waiting.length)
  const last = commands.findIndex(reads)
  const readers = last === -1 && waiting.length > 0 ? commands.length : last
  if (readers < 1 || waiting.length > 0 && !isCut(commands[0]!)) return null
  const lead = commands.slice(0, readers)
  let end = lead.findIndex(command => !isIndependent(command, places) || command.command.conditional)
  end = end === -1 ? readers : end
  while (end > 0 && !((end === commands.length || isCut(commands[end]!)) && commands.slice(0, end).some(command => isCostly(command)))) end--
  if (end === 0) return null
  const before = commands.slice(0, end)
  const after = [...commands.slice(end), ...waiting]
  const reader = commands[readers] ?? all[0]!
  // What was downloaded is checked against a copied sum: both change with the version.
  if (CHECKS.test(reader.program ?? '') || sharesState(before, after) || waiting.some(command => installsBy(command).length > 0) && before.some(bringsCompiler)) return null
  return { before, after, reader, places: places.filter(place => readsPlace(reader, place)), all: places }
}

/** It would do the same after the installs as before: it sets modes and owners, or builds the project. */
const canWait = (command: NormalCommand): boolean => command.command.depth === 0 && !command.command.conditional
  && (/^(?:chmod|chown|chgrp)$/.test(command.program ?? '') || installsBy(command).some(({ effect }) => effect === 'build'))

/** A build may look for such packages, and turn out otherwise with them. */
const bringsCompiler = (command: NormalCommand): boolean => installsBy(command).some(({ packages }) => packages.some(({ name }) => name === null || /^(?:gcc|g\+\+|clang|cc|make|cmake|binutils|build-(?:base|essential)|alpine-sdk|pkg-?conf(?:ig)?|libc6?|musl)\b|-dev(?:el)?$/.test(name)))

const CHECKS = /^(?:sha\d*sum|shasum|md5sum|b2sum|gpgv?|cosign|minisign|openssl)$/

/** The command starts a statement of its own. */
const isCut = ({ command }: NormalCommand): boolean => command.depth === 0 && (command.joinedBy === '&&' || command.joinedBy === ';')

/** Variables, functions, files read into the shell and folders changed to hold for the rest of the script. */
function sharesState(before: readonly NormalCommand[], after: readonly NormalCommand[]): boolean {
  const first = before[0]!.directory
  return before.some(({ program, command, words }) => words.length === 0 && command.assignments.length > 0 || program === 'export' || program === 'unset')
    || after[0]!.directory !== first || before.some(({ program, directory }) => program === 'cd' && directory !== first)
}

/** It installs packages by name, or downloads. */
const isCostly = (command: NormalCommand): boolean => namedInstalls(command).length > 0 || fileWrites(command.step).some(write => write.command === command && write.how === 'downloads')

const namedInstalls = (command: NormalCommand): readonly Install[] =>
  installsBy(command).filter(({ packages, effect, from }) => effect !== 'build' && from.every(source => source === 'packages') && !packages.every(({ name }) => BOOTSTRAP.has(name ?? '')))

/** Several installs by one manager count once, as in step-costs.ts. */
function costOf(costly: readonly NormalCommand[]): Cost {
  const managers = new Set(costly.flatMap(command => namedInstalls(command).map(({ manager }) => manager)))
  return { seconds: [...managers].reduce((sum, manager) => sum + (installCosts[manager] ?? otherInstall).seconds, 0), bytes: 0 }
}

/** Installers that renew themselves in seconds. */
const BOOTSTRAP = new Set(['pip', 'setuptools', 'wheel', 'npm', 'yarn', 'pnpm', 'bundler', 'rake', 'corepack', 'uv', 'pip-tools', 'gulp', 'gulp-cli', 'grunt', 'grunt-cli', 'bower', 'n'])
const TOOLS = /^(?:poetry|poetry-core|pipenv|pdm|hatch|virtualenv|tox|twine|gunicorn|pm2|nodemon|serve|typescript|http-server|bash|tzdata|curl|wget|ca-certificates|tini|dumb-init|su-exec|gosu)$/
const isToolOnly = (command: NormalCommand): boolean => installsBy(command).flatMap(({ packages }) => packages).every(({ name }) => name !== null && (TOOLS.test(name) || BOOTSTRAP.has(name)))

const isCached = (command: NormalCommand): boolean => installsBy(command).some(({ row }) => row.caches.some(({ paths }) => paths.some(path => path.startsWith('/') && isMounted(command.step, path)))) || installsBy(command).length > 0 && command.step.mounts.some(({ type }) => type === 'cache')

const UNINSTALLS = /^(?:remove|purge|autoremove|autopurge|del|erase|uninstall|rm)$/

/** In an image that ships, what a later part of the RUN takes away must stay in its layer. */
function isTidiedLater(build: Build, step: RunStep, { before, after, all }: Split): boolean {
  if (!shippedStages(build).includes(step.stage)) return false
  const made = fileWrites(step).filter(({ command }) => before.includes(command))
  const gone = fileRemovals(step).filter(({ command }) => after.includes(command))
  return after.some(command => isUnknown(command) && all.some(place => readsPlace(command, place)) && mayUninstall(build, command)) || made.some(({ path }) => gone.some(({ pattern }) => covers(pattern, path) || isWithin(path, pattern)))
    || after.some(({ program, arguments: words }) => /^(?:apt|apt-get|aptitude|apk|yum|dnf|microdnf|tdnf|zypper|pip|npm|gem|rpm|dpkg|pacman|conda)$/.test(program ?? '') && words.some(word => UNINSTALLS.test(word ?? '') || /^-(?:R\w*|e|P|r)$/.test(word ?? '') && /^(?:pacman|rpm|dpkg)$/.test(program!)))
}

/** A script of the project that nobody can read, or that says so. */
function mayUninstall(build: Build, command: NormalCommand): boolean {
  const texts = scriptTexts(build, { program: command.words[0]?.value ?? '', arguments: command.arguments.map(value => value ?? '') })
  return texts === 'unknown' || texts.length === 0 || texts.some(text => /\b(?:apk\s+del|(?:apt|apt-get|yum|dnf|microdnf|zypper)\s.*(?:remove|purge|erase))\b/.test(text))
}

/** A copy that brings sources to an install of this step is the matter of another rule, which mends more. */
const isOneWaste = (build: Build, step: RunStep): boolean => earlyInstallSteps(build).has(step)

const bringsManifest = ({ after }: Split, copy: CopyStep): boolean => after.some(command => installsBy(command).some(({ manifests }) => manifests.some(name => copy.sources.some(source => source.endsWith(name) || /[*?]/.test(source)))))
