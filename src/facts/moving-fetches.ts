// Clones and downloads in RUN steps whose text names something that moves: a branch, the latest release, an installer without a
// version. What is checked against a checksum, set to a commit afterwards, or depends on a variable counts as fixed.
import { stepBelow } from '../cache/context-reads.ts'
import type { Build, RunStep, Stage, Step } from '../model/build.ts'
import type { Word } from '../syntax/shell.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { fact } from './fact.ts'
import { argumentWords, optionValue, parseWords, type ValueOptions } from './operands.ts'
import { isRefreshed } from './system-upgrades.ts'

export interface MovingFetch {
  readonly command: NormalCommand
  readonly kind: 'clone' | 'download' | 'installer'
  /** What moves: a branch, or null for the default one; of an address the part that moves; of an installer the address. */
  readonly what: string | null
}

/** One entry for each step, in the order of the text. */
export const movingFetches = fact((build: Build): readonly { readonly step: RunStep; readonly fetches: readonly MovingFetch[] }[] => build.stages.flatMap(stage =>
  (!stage.reachable || stage.windows ? [] : stage.steps.flatMap(step => {
    const fetches = step.kind === 'run' && !step.onbuild ? fetchesOf(step) : []
    return step.kind !== 'run' || fetches.length === 0 || isRefreshed(step) || watchedSteps(build).has(step) ? [] : [{ step, fetches }]
  }))))

/** An ADD is asked for anew in each build: one of the newest commit runs what stands on it again. */
const WATCHES = /^\s*ADD\s[\s\S]*?https?:\/\/(?:api\.|\S{1,300}(?:\/git\/refs\/|\/api\/v\d|\/commits?(?:\/|\.atom|\?)|\/info\/refs))/i
const watchedSteps = fact((build: Build): ReadonlySet<Step> => {
  const found = new Set<Step>()
  for (const stage of build.stages) for (const step of stage.steps) {
    const below = stepBelow(step)
    if (below && found.has(below) || WATCHES.test(step.text)) found.add(step)
  }
  return found
})

/** Only commands that fetch are of interest: most steps have none. */
const FETCHES = /\b(?:git|curl|wget)\b/

function fetchesOf(step: RunStep): readonly MovingFetch[] {
  const commands = FETCHES.test(step.text) || FETCHES.test(step.script?.text ?? '') ? commandsOf(step) : 'opaque'
  if (commands === 'opaque') return []
  const isChecked = commands.some(({ program, arguments: values }) => /^(?:sha\d*|md5|b2)sum$|^shasum$/.test(program ?? '') && values.some(value => /^(?:-\w*c\w*|--check)$/.test(value ?? '')))
  return commands.flatMap((command, at): readonly MovingFetch[] => {
    if (command.program === 'git') return clone(command, () => branchTaken(commands, at + 1))
    if (command.program !== 'curl' && command.program !== 'wget' || isChecked) return []
    const next = commands[at + 1]
    if (command.command.piped && next?.command.joinedBy === '|' && INTERPRETER.test(next.program ?? '')) {
      const installer = installedBy(command, next)
      return installer === null ? [] : [{ command, kind: 'installer', what: installer }]
    }
    if (argumentWords(command).some(({ value }) => value === '/etc/hosts')) return [] // mounted for each RUN: no layer keeps it
    const part = argumentWords(command).flatMap(word => movingPart(word) ?? [])[0]
    return part === undefined ? [] : [{ command, kind: 'download', what: part }]
  })
}

const GLOBAL: ValueOptions = { short: 'Cc', long: ['--git-dir', '--work-tree', '--namespace', '--exec-path', '--config-env'] }
const CLONE: ValueOptions = { short: 'bcojuS', long: ['--branch', '--depth', '--config', '--origin', '--reference', '--separate-git-dir', '--template', '--upload-pack', '--jobs', '--filter', '--shallow-since', '--shallow-exclude', '--server-option', '--revision'] }
const BRANCH = /^(?:origin\/)?(?:main|master|develop|development|dev|trunk|head|next|nightly|latest)$/i

const verbOf = (command: NormalCommand): { readonly name: string | null; readonly rest: readonly Word[] } => {
  const words = argumentWords(command)
  const verb = parseWords(words, GLOBAL).operands[0]
  return { name: verb?.value ?? null, rest: verb ? words.slice(words.indexOf(verb) + 1) : [] }
}

function clone(command: NormalCommand, takenLater: () => string | null): readonly MovingFetch[] {
  const { name, rest } = verbOf(command)
  if (name !== 'clone') return []
  const parsed = parseWords(rest, CLONE)
  const [url] = parsed.operands
  const branch = optionValue(parsed, '-b', '--branch')
  // A branch from a variable can be set to anything; a folder is not the network.
  const isRemote = /^["']?(?:https?:|git:|ssh:|git@)/.test(url?.text ?? '') && !/\$\{?\w*(?:VERSION|TAG|REF|COMMIT|SHA)/i.test(url!.text)
  if (!isRemote || optionValue(parsed, '--revision') !== undefined || branch !== undefined && (branch === null || !BRANCH.test(branch) || rest.some(word => isBranchFromArgument(command, word)))) return []
  return isSetLater(command) ? [] : [{ command, kind: 'clone', what: branch ?? takenLater() }]
}

/** The branch that is checked out before the next clone. */
function branchTaken(commands: readonly NormalCommand[], from: number): string | null {
  for (let at = from; at < commands.length; at++) {
    const { name, rest } = commands[at]!.program === 'git' ? verbOf(commands[at]!) : { name: null, rest: [] }
    if (name === 'clone') return null
    if (name === 'checkout' || name === 'switch') return parseWords(rest, { short: 'b' }).operands[0]?.value ?? null
  }
  return null
}

/** Whether a later command of the stage takes a commit or tag, or may do so. */
const isSetLater = ({ step, command }: NormalCommand): boolean => lastCommitSet(step.stage) > command.span.start

/** Where the last command of the stage stands that takes a commit or tag, or may do so. */
const lastCommitSet = fact((stage: Stage): number => {
  for (const step of stage.steps.toReversed()) {
    const commands = step.kind === 'run' && /\bgit\b/.test(step.script?.text ?? step.text) ? commandsOf(step) : []
    if (commands === 'opaque') return step.span.start
    const last = commands.findLast(command => command.program === 'git' && setsCommit(command))
    if (last) return last.command.span.start
  }
  return -1
})

function setsCommit(command: NormalCommand): boolean {
  const { name, rest } = verbOf(command)
  if (name === null || !/^(?:checkout|reset|switch|fetch|worktree|apply|am|merge|cherry-pick|submodule|restore|describe|rev-list)$/.test(name)) return false
  const { operands } = parseWords(rest, { short: 'b' })
  return !(/^(?:checkout|switch)$/.test(name) && operands.length === 1 && BRANCH.test(operands[0]!.value ?? '') && !isArgument(command, operands[0]!))
}

const isBranchFromArgument = (command: NormalCommand, word: Word): boolean =>
  /\$/.test(word.text) && (word.text.includes('BRANCH') || /^["']?(?:--branch=|-b)?["']?\$/.test(word.text) && isArgument(command, word))

/** Whoever builds can set it to a commit. */
const isArgument = ({ step }: NormalCommand, { text }: Word): boolean => {
  const name = /\$\{?(\w+)/.exec(text)?.[1]
  return name !== undefined && step.environment.entries().some(entry => entry.name === name && entry.kind === 'arg')
}

const ADDRESS = /^["']?https?:\/\/[^/]+(\/.*)/s
const VERSION = /\d+[._]\d+|\d{5}|\$\{?\w*(?:VERSION|VER\b|TAG|COMMIT|SHA|REV)/i
const MOVES = /\/releases\/latest\/|\/raw\/(?:refs\/heads\/)?(?:master|main|develop|HEAD)\/|\/archive\/(?:refs\/heads\/)?(?:master|main|develop)\.|\/tarball\/(?:master|main)\b|\/(?:latest|nightly)(?=[/?"']|$)|[._/-]latest(?=[._-])|\/stable\.txt|\/LATEST\w*/
const RAW = /^["']?https?:\/\/raw\.githubusercontent\.com\/[^/]+\/[^/]+(\/(?:refs\/heads\/)?(?:master|main|develop|HEAD)\/)/
const PLATFORM = /x86[_-]64|x64|amd64|aarch64|arm64|armv\d+\w*|i\d86|(?:win|linux|mac)(?:32|64)/gi
/** Keys and lists of repositories stay as they are for years; what a table of versions is good for nobody knows. */
const SETTINGS = /\.(?:asc|gpg|key|pub|pem|list|repo|sources|json)["']?$|[/_-](?:gpg|key)["']?$/
/** Scripts that only set up a package repository, or take no version. */
const REPOSITORY = /\/InstallAzureCLI|^https:\/\/sdk\.cloud\.google\.com|\/script\.\w+\.sh$|repo(?:sitory)?[-_]setup|setup[-_]repo/

/** The part of an address that names something that moves; null when none does, or a version is named as well. */
function movingPart({ text }: Word): string | null {
  const path = ADDRESS.exec(text)?.[1]?.replace(PLATFORM, '')
  if (path === undefined || VERSION.test(path) || SETTINGS.test(path)) return null
  const part = RAW.exec(text)?.[1] ?? MOVES.exec(path)?.[0]
  return part?.replace(/^[^\w]+|[^\w]+$/g, '') ?? null
}

const INTERPRETER = /^(?:ba|da|z|k)?sh$|^(?:python|php|perl|ruby|node)$/

/** The address of a script that goes right into an interpreter, unless a version is named anywhere. */
function installedBy(command: NormalCommand, next: NormalCommand): string | null {
  const address = argumentWords(command).find(({ text }) => /^["']?(?:https?:\/\/)?[\w.-]+\.[a-z]{2,}(?:\/|["']?$)/i.test(text))
  if (!address || address.value === null || REPOSITORY.test(address.value) || /\d/.test(address.value.replace(PLATFORM, ''))) return null
  if (address.value.endsWith('/get-pip.py') && /\bpip3? install [^&|;]{0,100}\bpip==/.test(next.step.text)) return null
  const given = [...argumentWords(next), ...[command, next].flatMap(({ command: { assignments } }) => assignments.flatMap(({ value }) => value ?? []))]
  if (given.some(({ value }) => value === null || /\d|^none$/.test(value)) || isVersionSet(next, address.value)) return null
  return address.value
}

/** Installers take their version from variables named after the tool: `POETRY_VERSION`. */
function isVersionSet({ step, command }: NormalCommand, address: string): boolean {
  const names = [...step.environment.entries().filter(({ kind }) => kind !== 'base').map(({ name }) => name), ...command.exports.keys(), ...command.assignments.map(({ name }) => name)]
  return names.some(name => /VERSION|TAG|CHANNEL|RELEASE|REVISION|TOOLCHAIN|_REF|COMMIT/i.test(name) && name.toLowerCase().split('_').some(part => part.length > 1 && address.toLowerCase().includes(part)))
}
