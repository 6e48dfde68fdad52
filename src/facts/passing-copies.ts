// Copies into the folder for temporary files that a single RUN reads: the image needs neither the files nor the layer.
import type { Build, CopyStep, Instruction, RunStep } from '../model/build.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { fact } from './fact.ts'
import { baseName, covers, destinationOf, isMounted } from './image-paths.ts'
import { installsOf } from './installs.ts'
import { lateRemovals } from './late-removals.ts'
import { removalsOf } from './deposits.ts'
import { shippedStages } from './stages.ts'

export interface PassingCopy {
  readonly copy: CopyStep
  readonly run: RunStep
  /** The first command that reads what was copied. */
  readonly use: NormalCommand
  /** What to bind, and where: of several files the first. */
  readonly source: string
  readonly target: string
  /** All of them. */
  readonly places: readonly Place[]
  /** Whether the RUN removes it, which a bind mount would refuse. */
  readonly isRemoved: boolean
}

export const passingCopies = fact((build: Build): readonly PassingCopy[] => shippedStages(build).filter(stage => stage.reachable && !stage.windows)
  .flatMap(stage => stage.steps.flatMap(step => (step.kind === 'copy' || step.kind === 'add' ? passingCopy(build, step) ?? [] : []))))

/** A file that is copied, and where to. */
export interface Place { readonly source: string; readonly target: string }

function passingCopy(build: Build, copy: CopyStep): PassingCopy | null {
  const places = temporaryPlaces(copy)
  const [first] = places
  if (!first) return null
  const users = build.stages.flatMap(({ instructions }) => instructions.filter(entry => entry !== copy && places.some(({ target }) => names(textOf(entry), target))))
  const [run] = users
  if (users.length !== 1 || run?.kind !== 'run' || run.onbuild || run.stage !== copy.stage || run.index < copy.index) return null
  if (!places.every(({ target }) => names(textOf(run), target) && !isMounted(run, target)) || isRemovedForSpace(build, copy)) return null
  const use = readerIn(build, copy, run, places)
  return use && { copy, run, use, ...first, places, isRemoved: removalsOf(run).some(({ pattern }) => places.some(({ target }) => covers(pattern, target))) }
}

const textOf = (entry: Instruction): string => (entry.kind === 'run' ? [entry.text, ...entry.heredocs.map(({ body }) => body)].join('\n') : entry.text)

const TEMPORARY = /^\/(?:var\/)?tmp(?:\/|$)/
/** ADD unpacks these. */
const ARCHIVE = /\.(?:tar|t?[gx]z|tgz|tbz2?|bz2|zst)$/

/** Where the files go, if that is below `/tmp`; none when anything about it is unsure. */
function temporaryPlaces(copy: CopyStep): readonly Place[] {
  const folder = destinationOf(copy)
  if (folder === null || !TEMPORARY.test(folder) || copy.onbuild || copy.chmod !== null || copy.parents || copy.exclude.length > 0) return []
  if (copy.hasUnknownSource || copy.remotes.length > 0 || copy.heredocs.length > 0 || copy.from.kind === 'image' || copy.from.kind === 'named-context') return []
  if (copy.sources.some(source => !/[^/]\.\w+$/.test(source) || /[*?[$]/.test(source) || ARCHIVE.test(source))) return []
  const isFolder = copy.sources.length > 1 || copy.target!.endsWith('/') || /^\/(?:var\/)?tmp$/.test(folder)
  return copy.sources.map(source => ({ source: source.replace(/^\.?\//, ''), target: isFolder ? `${folder}/${baseName(source)}` : folder }))
}

/** The path itself, or a folder above it that stands alone or with a wildcard, other than in a clean-up of all of `/tmp`. */
function names(text: string, path: string): boolean {
  const folder = path.slice(0, path.lastIndexOf('/'))
  return text.split(/[\s"'=:;&|()<>,]+/).some(word => word === path || word === folder || word === `${folder}/` || word.startsWith(`${folder}/`) && /[*?[{$]/.test(word.slice(folder.length)))
}

/** Programs that read a file they are given and leave it alone. */
const READS = /^(?:dpkg|rpm|bash|sh|ash|dash|zsh|python|perl|ruby|node|php|R|Rscript|psql|gpg|apt-key|jq|grep|cat|xargs|debconf-set-selections|patch|ansible-playbook)$/

/** The first command that reads the files, as long as nothing does anything else to them. */
function readerIn(build: Build, copy: CopyStep, run: RunStep, places: readonly Place[]): NormalCommand | null {
  const commands = commandsOf(run)
  if (commands === 'opaque') return null
  const users = commands.filter(({ command: { span } }) => places.some(({ target }) => names(build.text.slice(span.start, span.end), target)))
  const readers = users.filter(({ program }) => program !== 'rm' && program !== 'test' && program !== '[')
  return readers.length > 0 && readers.every(command => onlyReads(build, copy, run, command, places)) ? readers[0]! : null
}

function onlyReads(build: Build, copy: CopyStep, run: RunStep, command: NormalCommand, places: readonly Place[]): boolean {
  const path = command.words[0]?.value ?? ''
  const script = places.find(({ target }) => target === path || /^(?:ba|da|a|z)?sh$/.test(command.program ?? '') && command.arguments.includes(target))
  if (script) return isModestScript(build, copy, script)
  return command.program !== null && (READS.test(command.program) || installsOf(run).some(install => install.command === command))
}

/** A script that does not look at where it lies. */
function isModestScript(build: Build, copy: CopyStep, { source }: Place): boolean {
  const text = copy.from.kind === 'context' ? build.context.read(source) : null
  return typeof text === 'string' && text !== 'unknown' && !/\$\{?0|BASH_SOURCE|dirname|\/tmp\b(?!\/\w)/.test(text) && !text.includes(baseName(source))
}

/** That is what `cleanup-in-later-layer` says. */
const isRemovedForSpace = (build: Build, copy: CopyStep): boolean =>
  lateRemovals(build).some(({ stored }) => stored.some(({ deposit, bytes, isSmall }) => deposit.step === copy && (bytes === null ? !isSmall : bytes >= 500_000)))
