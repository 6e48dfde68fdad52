// Neighbouring RUN steps that gain from being one, and what they gain.
import type { Build, RunStep } from '../model/build.ts'
import { cleanups } from './cleanups.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { hasSmallName } from './copied-files.ts'
import { fact } from './fact.ts'
import { covers, pathsOf } from './image-paths.ts'
import { indexRefreshes, installsOf, type Install } from './installs.ts'
import { neighbouringRuns, type Neighbours } from './neighbouring-runs.ts'
import { argumentWords, hasOption, parseWords } from './operands.ts'
import { ownerChanges } from './ownership.ts'
import { certainCommands, fileRemovals, fileWrites, TAR, type FileWrite } from './writes.ts'

/** Neighbours without a comment between them that install with one manager and do nothing else, each fetching the package index anew. */
export const repeatedInstalls = fact((build: Build): readonly (readonly Install[])[] => uncommentedRuns(build).flatMap(runs =>
  groupsBy(runs, (run, above) => {
    const install = plainInstall(run)
    return install && (above === null || fetchesIndex(run, above, install.manager)) ? install.manager : null
  }).map(group => group.map(run => plainInstall(run)!))))

/** Neighbours without a comment between them that only set things up. */
export const quickSteps = fact((build: Build): readonly (readonly RunStep[])[] => uncommentedRuns(build).flatMap(runs => groupsBy(runs, run => (isQuick(run) ? 'quick' : null))))

const uncommentedRuns = fact((build: Build): readonly (readonly RunStep[])[] => neighbouringRuns(build).flatMap(splitAtComments))

export interface Rewrite { readonly write: FileWrite; readonly by: NormalCommand }

/** A file that one RUN downloads or unpacks, and the next one stores again with another mode or owner. */
export const rewrites = fact((build: Build): readonly Rewrite[] => neighbouringRuns(build).flatMap(({ runs }) => runs.slice(1).flatMap((run, index) => {
  const above = fileWrites(runs[index]!).filter(write => write.how !== 'builds' && !hasSmallName(write.path) && !takesMembers(write.command) && stays(runs[index]!, write))
  for (const { command, patterns, recursive } of modeAndOwnerChanges(run)) {
    const write = above.find(({ path }) => patterns.some(pattern => covers(pattern, path) && (recursive || depth(pattern) === depth(path))))
    if (write) return [{ write, by: command }]
  }
  return []
})))

/** `tar xz some/folder`: a part of an archive, which may be next to nothing. */
function takesMembers(command: NormalCommand): boolean {
  if (command.program !== 'tar') return false
  const words = argumentWords(command)
  const isOld = /^[A-Za-z]+$/.test(words[0]?.value ?? '')
  const letters = isOld ? words[0]!.value!.replace(/[^fCbTX]/g, '').length : 0
  return parseWords(isOld ? words.slice(1) : words, TAR).operands.length > letters
}

/** Whether no later command of the step takes the file away again. */
const stays = (step: RunStep, { path, command }: FileWrite): boolean =>
  !fileRemovals(step).some(removal => removal.command.command.span.start > command.command.span.start && covers(removal.pattern, path))

const depth = (path: string): number => path.split('/').length

/** Maximal groups of at least two neighbours with the same key. */
function groupsBy(runs: readonly RunStep[], keyOf: (run: RunStep, above: RunStep | null) => string | null): readonly (readonly RunStep[])[] {
  const groups: { readonly key: string | null; readonly runs: RunStep[] }[] = []
  for (const run of runs) {
    const last = groups.at(-1)
    if (last && last.key !== null && keyOf(run, last.runs.at(-1)!) === last.key) last.runs.push(run)
    else groups.push({ key: keyOf(run, null), runs: [run] })
  }
  return groups.filter(group => group.key !== null && group.runs.length > 1).map(group => group.runs)
}

function splitAtComments({ runs, commented }: Neighbours): readonly (readonly RunStep[])[] {
  const groups: RunStep[][] = []
  for (const run of runs) {
    if (groups.length === 0 || commented.has(run)) groups.push([run])
    else groups.at(-1)!.push(run)
  }
  return groups
}

const HARMLESS = /^(?:set|export|true|:|echo|debconf-set-selections|rm|find)$/

/** The one install of a step that does nothing but refresh, install named packages of the distribution and clean up. */
const plainInstall = fact((step: RunStep): Install | null => {
  const commands = commandsOf(step)
  const installs = installsOf(step)
  const first = installs[0]
  if (commands === 'opaque' || !first || step.flags.length > 0 || first.row.ecosystem !== 'os') return null
  const isOne = installs.every(({ manager, effect, packages, command, options }) => manager === first.manager && effect === 'install' && !command.command.conditional
    && packages.length > 0 && packages.every(({ kind, name }) => kind === 'registry' && !ADDS_REPOSITORY.test(name ?? '')) && !options.some(({ name }) => CHOOSES_REPOSITORY.test(name)))
  const known = new Set<NormalCommand>([...installs, ...indexRefreshes(step), ...cleanups(step)].map(({ command }) => command))
  const isAll = commands.every(command => known.has(command) || command.program === null ? command.command.words.length === 0 || known.has(command) : HARMLESS.test(command.program) || isCleaning(command))
  return isOne && isAll ? first : null
})

/** Packages and options that change where packages come from, so that what follows has another index; `--virtual` makes a group of its own. */
const ADDS_REPOSITORY = /-release|-repos?$|^epel|^software-properties|^apt-transport/
const CHOOSES_REPOSITORY = /^(?:-X|-t|-c|--virtual|--(?:repository|repo|repoid|enablerepo|disablerepo|target-release|config|setopt))$/

/** Whether the step asks for the index, or the one above left none. */
const fetchesIndex = (step: RunStep, above: RunStep, manager: string): boolean =>
  indexRefreshes(step).some(refresh => refresh.manager === manager) || cleanups(above).some(cleanup => cleanup.manager === manager && cleanup.kinds.includes('index') && cleanup.complete)

const isCleaning = ({ program, arguments: [verb] }: NormalCommand): boolean => /^(?:apt-get|apt|yum|dnf|microdnf)$/.test(program ?? '') && /^(?:clean|autoclean|autoremove|-y)$/.test(verb ?? '')

const QUICK = /^(?:mkdir|ln|echo|printf|chmod|chown|chgrp|touch|useradd|adduser|addgroup|groupadd|usermod|groupmod|passwd|chpasswd|chsh|sed|rmdir|cd|true|:|set|export|test|\[|install|setcap|a2enmod|a2dismod|a2ensite|a2dissite|phpenmod|phpdismod|update-alternatives|tee|cat|ldconfig|update-ca-certificates)$/
const SETTINGS = /^(?:git|npm|yarn|pip|pnpm|composer|bundle|gem) config$/

/** It only sets things up, which takes next to no time. */
export const isQuick = (step: RunStep): boolean => {
  const commands = commandsOf(step)
  return commands !== 'opaque' && commands.some(command => !isTalk(command)) && commands.every(({ program, arguments: [verb], command }) =>
    (program === null ? command.words.length === 0 : QUICK.test(program) || SETTINGS.test(`${program} ${verb ?? ''}`)))
}

/** Leaves nothing behind. */
const isTalk = ({ program, command }: NormalCommand): boolean => /^(?:echo|printf|true|:|test|\[|cd|set|export|cat)$/.test(program ?? '') && !command.piped && !command.redirects.some(({ operator }) => operator.startsWith('>'))

interface MetadataChange { readonly command: NormalCommand; readonly patterns: readonly string[]; readonly recursive: boolean }

/** Modes that a new file has anyway: changing nothing, they store nothing. */
const USUAL_MODE = /^(?:0?644|[ugoa]*\+r|u\+rw)$/

function modeAndOwnerChanges(step: RunStep): readonly MetadataChange[] {
  const modes = certainCommands(step).filter(({ program }) => program === 'chmod').flatMap((command): readonly MetadataChange[] => {
    const parsed = parseWords(argumentWords(command), { short: '' })
    const [mode, ...files] = parsed.operands
    if (!mode || USUAL_MODE.test(mode.value ?? '')) return []
    return [{ command, recursive: hasOption(parsed, '-R', '--recursive'), patterns: files.flatMap(word => pathsOf(command, word)) }]
  })
  const owners = ownerChanges(step).filter(({ value }) => !/^(?:root|0)?(?::(?:root|0))?$/.test(value))
  return [...modes, ...owners.map(({ command, paths, recursive }) => ({ command, recursive, patterns: paths }))]
}
