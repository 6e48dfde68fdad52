// RUN steps that install packages or download tools and say themselves what they touch, so that anybody can tell whether they need what was
// copied before them. A step with one command that nobody knows is none.
import type { RunStep } from '../model/build.ts'
import type { Word } from '../syntax/shell.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { isPlainCommand } from './costly-steps.ts'
import { fact } from './fact.ts'
import { covers, folderOf, isWithin, meets, pathOf } from './image-paths.ts'
import { cleanups, indexRefreshes, installsOf, type Install } from './installs.ts'
import { fileWrites, type FileWrite } from './writes.ts'

export interface IndependentStep {
  readonly step: RunStep
  /** Installs or downloads something: worth being taken from the cache. */
  readonly isCostly: boolean
  /** Of the package managers it uses other than the distribution's. */
  readonly ecosystems: ReadonlySet<string>
  /** Programs that it takes for granted. */
  readonly programs: ReadonlySet<string>
  /** Paths of files that it names, wildcards as written; those that it made itself left out. */
  readonly paths: readonly string[]
  /** Names files of which nobody knows where they lie. */
  readonly hasUnknownPath: boolean
  /** Folders that it downloads or unpacks into, other than the one it runs in: they have to be there. */
  readonly fills: readonly string[]
  /** Hangs on the folder it runs in. */
  readonly isRelative: boolean
}

/** null: not all of it is understood. */
export const independentStep = fact((step: RunStep): IndependentStep | null => {
  const commands = commandsOf(step)
  if (commands === 'opaque' || step.onbuild || step.stage.windows || step.mounts.some(({ type, from }) => type === 'bind' && from.kind !== 'image')) return null
  const installs = installsOf(step)
  if (!installs.every(namesPackages)) return null
  if (commands.some(followsBranch)) return null
  const known = new Set<NormalCommand>([...installs, ...indexRefreshes(step), ...cleanups(step)].map(({ command }) => command))
  if (!commands.every(command => known.has(command) || isPlainCommand(command) && hasKnownUse(command) || isSetup(command) || isClone(command) || isPipedInstaller(command) || command.program === null && command.words.length === 0)) return null
  const made = fileWrites(step)
  const named = commands.flatMap(command => pathsIn(command, known.has(command)).map(path => ({ path, command })))
  return {
    step,
    isCostly: installs.some(({ effect, packages }) => effect !== 'upgrade' || packages.length > 0) || made.some(({ how }) => how === 'downloads' || how === 'clones') || commands.some(command => isDownload(command) || COSTLY_SETUP.test(command.program ?? '')),
    ecosystems: new Set(installs.map(({ row }) => row.ecosystem).filter(name => name !== 'os')),
    programs: new Set(commands.flatMap(({ program }) => program ?? [])),
    paths: named.flatMap(({ path, command }) => (path === null || made.some(write => isOwn(path, command, write)) ? [] : path)),
    hasUnknownPath: named.some(({ path }) => path === null),
    fills: made.map(({ path }) => path.slice(0, path.lastIndexOf('/')) || '/').filter(folder => folder !== step.workdir),
    isRelative: made.some(({ path }) => step.workdir !== null && step.workdir !== '/' && isWithin(path, step.workdir)) || commands.some(command => !known.has(command) && hasRelativePath(command)),
  }
})

/** Whether the step itself put there what a command names: a download, or anything in a folder it unpacked into before. */
function isOwn(path: string, command: NormalCommand, { path: written, how, command: writer }: FileWrite): boolean {
  if (covers(path, written)) return writer === command ? how !== 'unpacks' : writer.command.span.start < command.command.span.start
  const folder = written.slice(0, written.lastIndexOf('/'))
  return how !== 'downloads' && folder !== '' && writer.command.span.start < command.command.span.start && isWithin(path, folder)
}

/** Whether the step may need, or change, what lies at or below this place; null: a place nobody knows. */
export function mayTouch({ paths, fills, hasUnknownPath }: IndependentStep, place: string | null): boolean {
  if (hasUnknownPath) return true
  if (fills.some(folder => (place === null ? !SYSTEM_FOLDER.test(folder) : isWithin(folder, place) || isWithin(place, folder) && folder !== '/' && !SYSTEM_FOLDER.test(folder)))) return true
  return paths.some(path => (place === null ? !SYSTEM_FOLDER.test(path) : meets(path, place)))
}
const SYSTEM_FOLDER = /^\/(?:etc|usr|var|tmp|opt|bin|sbin|lib\d*|dev|proc|root|run)(?:\/|$)/

/** Managers that read nothing of the folder they run in when they are given names. */
const NAMED = new Set(['npm', 'yarn', 'pnpm', 'pip', 'pipx', 'gem', 'go', 'pecl'])

function namesPackages({ row, from, effect, needsSources, packages, locals, global, hasUnknownManifest, verb }: Install): boolean {
  if (locals.length > 0 || needsSources !== false || hasUnknownManifest || effect === 'build') return false
  if (row.ecosystem === 'os') return row.name !== 'brew' && row.name !== 'nix' && !from.includes('manifests') && (packages.length > 0 || effect === 'upgrade')
  const isGlobal = row.ecosystem !== 'javascript' || global
  return NAMED.has(row.name) && isGlobal && from.length === 1 && from[0] === 'packages' && effect === 'install' && packages.every(({ kind }) => kind !== 'archive') && (row.name !== 'go' || verb === 'install' && packages.every(({ version }) => version !== null))
}

const COSTLY_SETUP = /^(?:docker-php-ext-install|install-php-extensions)$/
/** Helpers of well-known base images and distributions that work on names and settings. */
const SETUP = /^(?:docker-php-ext-(?:configure|enable)|docker-php-source|a2enmod|a2dismod|phpenmod|phpdismod|dpkg-reconfigure|debconf-set-selections|localedef|update-locale|update-alternatives|phpize|setcap)$/
const isSetup = ({ program }: NormalCommand): boolean => program !== null && (SETUP.test(program) || COSTLY_SETUP.test(program))
/** `curl … | bash -`: a script from the network knows nothing of this project. */
const isPipedInstaller = ({ program, arguments: values, command }: NormalCommand): boolean =>
  command.joinedBy === '|' && /^(?:ba|da|a)?sh$|^python$/.test(program ?? '') && values.every((value, index) => value !== null && (/^-/.test(value) || values.slice(0, index).some(other => /^-\w*s$|^--$/.test(other ?? ''))))
/** Of a tag or version: what follows a branch may be meant to be fetched anew with each edit. */
const isClone = ({ program, arguments: [verb, ...values] }: NormalCommand): boolean =>
  program === 'git' && (verb === 'config' || verb === 'clone' && values.some((value, index) => /^(?:-b|--branch)$/.test(values[index - 1] ?? '') && value !== null && /\d/.test(value)))
const followsBranch = ({ program, arguments: values }: NormalCommand): boolean =>
  (program === 'curl' || program === 'wget') && values.some(value => value !== null && /:\/\/.*(?:\/refs\/heads\/|\/(?:master|main|develop|latest|nightly)(?:[/.]|$))/.test(value))
const isDownload = ({ program, arguments: values }: NormalCommand): boolean => (program === 'curl' || program === 'wget') && values.some(value => value === null || /:\/\//.test(value))
/** Without a word that says of what, these work on the folder they run in. */
const hasKnownUse = ({ program, arguments: values }: NormalCommand): boolean =>
  program === 'corepack' ? values[0] === 'enable' || values.some(value => value === null || /@/.test(value)) : !/^(?:ls|find)$/.test(program ?? '') || values.some(value => value === null || !value.startsWith('-'))

/** Their words are no paths, unless they look like one; of others the first is none. */
const WORDY = /^(?:echo|printf|set|export|unset|exit|sleep|true|:|case|user(?:add|mod|del)|adduser|group(?:add|mod|del)|addgroup|apt-mark|add-apt-repository|corepack|locale-gen|update-locale|update-alternatives|dpkg-reconfigure|a2enmod|a2dismod|phpenmod|phpdismod|docker-php-[\w-]+|install-php-extensions|(?:ba|da|a)?sh|python|uname|id|whoami|date|which|command|dpkg|rpm|git|gpg|apt-key|sync)$/
const SCRIPTED = /^(?:sed|grep|awk|tr|cut|chmod|chown|chgrp)$/

function pathsIn(command: NormalCommand, isPackageCommand: boolean): readonly (string | null)[] {
  const { command: { redirects, directory }, words, program } = command
  const files = redirects.flatMap(({ target }) => (target === null || /^(?:\d+|-)$/.test(target.value ?? '') ? [] : pathOfWord(command, target, true)))
  const folder = directory === '' ? [] : [folderOf(command)]
  const operands = program === null ? [] : words.slice(SCRIPTED.test(program) && !words.some(({ value }) => /^(?:-e|-f|--expression|--file)/.test(value ?? '')) ? 1 + firstOperand(words) : 1)
  return [...files, ...folder, ...operands.flatMap(word => pathOfWord(command, word, !isPackageCommand && !WORDY.test(program!)))]
}

const hasRelativePath = ({ command: { directory, redirects }, program, words }: NormalCommand): boolean =>
  !directory?.startsWith('/') && program !== null && (!WORDY.test(program) && words.slice(1).some(({ value }) => value !== null && !/^[-/~+]|:\/\//.test(value)) || redirects.some(({ target }) => target !== null && !/^(?:[-/~]|\d+$)/.test(target.value ?? '/')))

/** How many words after the program up to the first that is no option: a script, a mode, an owner. */
const firstOperand = (words: readonly Word[]): number => words.slice(1).findIndex(({ value }) => value === null || !value.startsWith('-')) + 1

/** A relative word is a path only where the program takes such; one of unknown value, where what is known of it begins like one. */
function pathOfWord(command: NormalCommand, word: Word, isPath: boolean): readonly (string | null)[] {
  const written = word.value ?? word.text.replace(/^["']|["']$/g, '')
  const value = /^-/.test(written) ? /(?:^-\w|=)(\/.*)$/.exec(written)?.[1] : written
  if (value === undefined || /^\d*$/.test(value) || /^[\w+.-]*:\/\/|^[\w.-]+@[\w.-]+:/.test(value)) return []
  if (word.value !== null) return isPath || /^(?:~|\.{0,2})\//.test(value) ? [pathOf(command, value)] : []
  const known = /^[^$`*]*/.exec(value)![0]
  if (known.startsWith('/') && known.length > 1) return [pathOf(command, known.replace(/[^/]*$/, '') + (/\/$/.test(known) ? '' : '*'))]
  return isPath && !/^\$\{?\w+\}?:\/\//.test(value) && !/:\/\//.test(value) ? [null] : []
}
