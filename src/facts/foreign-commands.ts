// Commands that stand beside an install and may need, or change, what a copy brings: with one of these the copy cannot go below it.
import type { Build, CopyStep, RunStep } from '../model/build.ts'
import type { Command } from '../syntax/shell.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { copiedFiles } from './copied-files.ts'
import { isPlainCommand } from './costly-steps.ts'
import { destinationOf, isWithin, pathOf, pathsOf } from './image-paths.ts'
import { cleanups, indexRefreshes, installsOf, type Install } from './installs.ts'

/** The first such command of a RUN; 'all': nobody knows what it does. `needs`: context paths that are there all the same. */
export function foreignCommand(build: Build, copy: CopyStep, run: RunStep, installs: readonly Install[], needs: readonly string[]): Command | 'all' | null {
  const commands = commandsOf(run)
  const place = destinationOf(copy)
  const files = copiedFiles(build, copy)
  if (commands === 'opaque' || place === null || files === 'unknown' || run.onbuild) return 'all'
  if (run.mounts.some(({ type, from, target }) => type === 'bind' && from.kind === 'context' || target !== null && type !== 'secret' && type !== 'ssh' && pointsInto(target, run, place))) return 'all'
  const known = new Set<NormalCommand>([...installsOf(run).filter(install => installs.some(({ command }) => command === install.command) || namesPackages(install)), ...indexRefreshes(run), ...cleanups(run)].map(({ command }) => command))
  const scene: Scene = { place, files: new Set(files.map(({ path }) => path)), folders: foldersOf(files.map(({ path }) => path)), needs }
  return commands.find(command => !known.has(command) && !isHarmless(command, scene))?.command ?? null
}

interface Scene {
  readonly place: string
  readonly files: ReadonlySet<string>
  /** All that the copy fills, those above its destination left out. */
  readonly folders: ReadonlySet<string>
  readonly needs: readonly string[]
}

const pointsInto = (target: string, { workdir }: RunStep, place: string): boolean => !/\/(?:node_modules|\.venv|vendor|obj|\.gradle|deps|_build|\.yarn\/cache)\/?$/.test(target) && place !== '/' && isWithin(target.startsWith('/') ? target : `${workdir ?? ''}/${target}`, place)

function foldersOf(paths: readonly string[]): ReadonlySet<string> {
  const found = new Set<string>()
  for (const path of paths) for (let at = path.lastIndexOf('/'); at > 0 && !found.has(path.slice(0, at)); at = path.lastIndexOf('/', at - 1)) found.add(path.slice(0, at))
  return found
}

/** Of the system, or by name: nothing of the project is read. */
const namesPackages = ({ from, needsSources, hasUnknownManifest, locals, packages, effect }: Install): boolean =>
  !from.includes('manifests') && needsSources === false && !hasUnknownManifest && locals.length === 0 && effect !== 'build' && packages.every(({ kind }) => kind !== 'archive')

/** Their words are no files, but for redirects. */
const WORDY = /^(?:echo|printf|set|export|unset|exit|sleep|true|:|corepack|useradd|usermod|adduser|groupadd|addgroup|uname|id|whoami|date|which|command|locale-gen|dpkg-reconfigure|apt-mark|add-apt-repository)$/
const SETS_UP = /^(?:docker-php-ext-(?:install|configure|enable)|install-php-extensions|a2enmod|a2dismod|phpenmod|update-alternatives|debconf-set-selections|rustup|n|nvm)$/
const CONFIGURES = /^(?:npm|pnpm|pip|poetry|bundle|git|composer|gem)$/

function isHarmless(command: NormalCommand, scene: Scene): boolean {
  const { program, words, command: { redirects, directory } } = command
  if (program === null) return words.length === 0 && redirects.length === 0
  if (redirects.some(({ target }) => target !== null && !/^\d+$|^-$/.test(target.value ?? '') && meetsSources(pathOf(command, target.value), scene))) return false
  const [first, second] = words.slice(1).map(({ value }) => value)
  if (words.length === 2 && /^(?:--version|-[vV]|version)$/.test(first ?? '')) return true
  if (CONFIGURES.test(program) && first === 'config' && !words.some(({ value }) => /^--local$|^--location=project$/.test(value ?? ''))) return true
  if (program === 'go' && first === 'env') return true
  if (program === 'cd' || program === 'pushd') return isThere(pathOf(command, first ?? '~'), scene)
  const isVirtual = /^python$/.test(program) && first === '-m' && (second === 'venv' || second === 'virtualenv') || program === 'virtualenv'
  if (!isPlainCommand(command) && !SETS_UP.test(program) && !isVirtual && program !== '.' && program !== 'source') return false
  if (directory !== null && directory !== '' && !WORDY.test(program) && !isThere(command.directory, scene)) return false
  return WORDY.test(program) || SETS_UP.test(program) || words.slice(1).every(word => word.value?.startsWith('-') || isFree(command, word, scene))
}

/** What these do to a file of the project would be undone, or fail, below: that it is not there now says nothing. */
const CHANGES = /^(?:rm|rmdir|mv|cp|ln|sed|chmod|chown|chgrp|tar|unzip)$/
/** Their operands are files only where they look like it; those of archives as well. */
const SCRIPTED = /^(?:sed|chmod|chown|chgrp)$/
/** What installs make themselves. */
const INSTALLED = /(?:^|\/)(?:node_modules|\.venv|vendor|obj|\.yarn|\.npm|\.cache)(?:\/|$)/

/** A word of no known value may be any file, unless it says where it lies. */
function isFree(command: NormalCommand, word: NormalCommand['words'][number], scene: Scene): boolean {
  const { program } = command
  if (word.value !== null && /^[\w+.-]+:\/\/|^$/.test(word.value)) return true
  if (word.value === null) return /^["']?https?:\/\//.test(word.text) || /^["']?\/(?:tmp|etc|usr|var|opt)\//.test(word.text) && !isWithin('/tmp', scene.place)
  if (word.glob) {
    const folder = pathOf(command, word.value.replace(/[^/]*[*?[{].*$/, '').replace(/(?<=.)\/$/, '') || '.')
    return folder !== null && !isWithin(folder, scene.place) && !isWithin(scene.place, folder)
  }
  if (CHANGES.test(program!) && (word.value.includes('/') || !SCRIPTED.test(program!) && !/^(?:tar|unzip)$/.test(program!)) && pathsOf(command, word).some(path => isWithin(path, scene.place) && !INSTALLED.test(path.slice(scene.place.length)))) return false
  return pathsOf(command, word).every(path => (program === 'mkdir' ? !scene.files.has(path) : !meetsSources(path, scene)))
}

/** A file or folder of the copy, what lies in a folder of it, or a folder around it. */
function meetsSources(path: string | null, { place, files, folders }: Scene): boolean {
  if (path === null || isWithin(place, path)) return true
  const above = path.slice(0, path.lastIndexOf('/'))
  return files.has(path) || folders.has(path) || above !== place && folders.has(above) && isWithin(above, place)
}

/** Whether a folder exists without the sources: outside, the destination itself, or one that gets a manifest. */
function isThere(path: string | null, { place, needs }: Scene): boolean {
  if (path === null) return false
  if (!isWithin(path, place) || path === place) return true
  const rest = path.slice(place === '/' ? 1 : place.length + 1)
  return needs.some(need => need.includes(`${rest}/`))
}
