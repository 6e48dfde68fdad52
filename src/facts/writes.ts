// Files that a RUN certainly leaves behind or takes away, as far as its commands say so: downloads, clones, unpacked
// archives, build folders. Conditional commands and what lands in a mount count for nothing.
import type { RunStep } from '../model/build.ts'
import type { Word } from '../syntax/shell.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { fact } from './fact.ts'
import { absolutePath, baseName, folderOf, isMounted, pathOf, pathsOf, SOME_NAME } from './image-paths.ts'
import { argumentWords, hasOption, optionValue, parseWords, type ParsedWords, type ValueOptions } from './operands.ts'

export interface FileWrite {
  /** Absolute. A name that is not known is `SOME_NAME`. */
  readonly path: string
  readonly how: 'downloads' | 'clones' | 'unpacks' | 'builds'
  readonly command: NormalCommand
}
export interface FileRemoval {
  /** Absolute; may hold wildcards. */
  readonly pattern: string
  /** `moves`: to another place. */
  readonly how: 'removes' | 'moves'
  readonly command: NormalCommand
}

/** More in one step are not followed: each is compared with each. */
const MOST_WRITES = 50
const MOST_REMOVALS = 100

/** In the order of the text. */
export const fileWrites = fact((step: RunStep): readonly FileWrite[] => certainCommands(step).flatMap(writesOf).slice(0, MOST_WRITES).filter(({ path }) => !isMounted(step, path)))

/** What `rm`, `mv` and `find -delete` take away. */
export const fileRemovals = fact((step: RunStep): readonly FileRemoval[] => certainCommands(step)
  .flatMap(command => removedBy(command).map(pattern => ({ pattern, command, how: command.program === 'mv' ? 'moves' as const : 'removes' as const })))
  .slice(0, MOST_REMOVALS).filter(({ pattern }) => pattern !== '/' && pattern !== '/*' && !isMounted(step, pattern)))

/** Commands that run whenever the step does; none where the script cannot be read. */
export const certainCommands = fact((step: RunStep): readonly NormalCommand[] => {
  const commands = commandsOf(step)
  return commands === 'opaque' ? [] : commands.filter(({ command }) => !command.conditional)
})

function removedBy(command: NormalCommand): readonly string[] {
  if (command.command.wrappers.includes('xargs')) return []
  if (command.program === 'rm') return parseWords(argumentWords(command), { short: '' }).operands.flatMap(word => pathsOf(command, word))
  if (command.program === 'mv') return movedBy(command)
  return command.program === 'find' ? foundAndDeleted(command) : []
}

function movedBy(command: NormalCommand): readonly string[] {
  const parsed = parseWords(argumentWords(command), { short: 'tS', long: ['--target-directory', '--suffix'] })
  const sources = hasOption(parsed, '-t', '--target-directory') ? parsed.operands : parsed.operands.slice(0, -1)
  return sources.flatMap(word => pathsOf(command, word))
}

/** `find DIR -delete`, as long as nothing narrows it down. */
function foundAndDeleted(command: NormalCommand): readonly string[] {
  const words = argumentWords(command)
  const first = words.findIndex(({ value }) => value === null || /^[-(!]/.test(value))
  if (first < 1) return []
  const tests = words.slice(first).map(({ value }) => value ?? '?').join(' ')
  if (!/^(-mindepth \d+ |-type [a-z,]+ |-depth )*(-delete|-exec rm -\w+ \{\} ([;+]|\\;))$/.test(tests)) return []
  return words.slice(0, first).flatMap(word => pathsOf(command, word)).map(path => (path === '/' ? path : `${path}/*`))
}

const writesOf = (command: NormalCommand): readonly FileWrite[] => {
  const write = Object.hasOwn(WRITERS, command.program ?? '') && !command.command.wrappers.includes('xargs') ? WRITERS[command.program!] : undefined
  return (write?.(command) ?? []).map(({ how, path }) => ({ how, path, command }))
}

type Written = Pick<FileWrite, 'path' | 'how'>
const WRITERS: Readonly<Record<string, (command: NormalCommand) => readonly Written[]>> = {
  curl: command => downloads(command, curlTargets(command)),
  wget: command => downloads(command, wgetTargets(command)),
  git: cloned,
  tar: command => into('unpacks', unpackFolder(command)),
  bsdtar: command => into('unpacks', unpackFolder(command)),
  unzip: command => into('unpacks', unzipFolder(command)),
  ...Object.fromEntries(['make', 'cmake', 'ninja', 'configure', 'meson', 'mvn', 'mvnw', 'gradle', 'gradlew'].map(name => [name, builtHere])),
}

/** A folder in which the command leaves things of unknown names. */
const into = (how: Written['how'], folder: string | null): readonly Written[] => (folder === null ? [] : [{ how, path: folder === '/' ? `/${SOME_NAME}` : `${folder}/${SOME_NAME}` }])

function builtHere(command: NormalCommand): readonly Written[] {
  const folder = folderOf(command)
  return folder?.startsWith('/') && folder !== '/' ? into('builds', folder) : []
}

function downloads(command: NormalCommand, targets: readonly (string | null)[]): readonly Written[] {
  const redirect = command.command.redirects.find(({ operator, fd }) => /^>/.test(operator) && (fd ?? 1) === 1)?.target?.value
  return [...targets, ...(redirect === undefined ? [] : [pathOf(command, redirect)])]
    .filter((path): path is string => path !== null && !path.startsWith('/dev/')).map(path => ({ how: 'downloads' as const, path }))
}

const CURL: ValueOptions = {
  short: 'oHdXuAbceFmTxCDEKQrwyYzPtU',
  long: ['--output', '--output-dir', '--header', '--data', '--request', '--user', '--user-agent', '--cookie', '--retry', '--retry-delay', '--retry-max-time', '--connect-timeout', '--max-time', '--proxy', '--cacert', '--proto', '--proto-redir', '--proto-default', '--ciphers', '--write-out', '--url', '--referer', '--form', '--range', '--config', '--cert', '--key', '--tls-max', '--resolve', '--limit-rate', '--speed-limit', '--speed-time'],
}

function curlTargets(command: NormalCommand): readonly (string | null)[] {
  const parsed = parseWords(argumentWords(command), CURL)
  const folder = optionValue(parsed, '--output-dir')
  const inFolder = (name: string | null): string | null => (name === null || folder === null ? null : pathOf(command, folder === undefined ? name : `${folder}/${name}`))
  const named = parsed.options.filter(({ name, value }) => /^(-o|--output)$/.test(name) && value !== '-').map(({ value }) => inFolder(value ?? null))
  // With -J the server chooses the name.
  const isRemote = hasOption(parsed, '-O', '--remote-name', '--remote-name-all') && !hasOption(parsed, '-J', '--remote-header-name')
  return [...named, ...(isRemote && named.length === 0 ? remoteNames(parsed, false).map(inFolder) : [])]
}

const WGET: ValueOptions = {
  short: 'OPoaiUtTwQeDARXIlB',
  long: ['--output-document', '--directory-prefix', '--output-file', '--header', '--user', '--password', '--tries', '--timeout', '--user-agent', '--post-data', '--input-file', '--execute', '--wait', '--waitretry', '--read-timeout', '--level'],
}

function wgetTargets(command: NormalCommand): readonly (string | null)[] {
  const parsed = parseWords(argumentWords(command), WGET)
  if (hasOption(parsed, '-r', '-m', '-i', '--recursive', '--mirror', '--content-disposition', '--spider')) return []
  const document = optionValue(parsed, '-O', '--output-document')
  if (document !== undefined) return document === '-' ? [] : [pathOf(command, document)]
  const folder = optionValue(parsed, '-P', '--directory-prefix')
  return remoteNames(parsed, true).map(name => (name === null || folder === null ? null : pathOf(command, folder === undefined ? name : `${folder}/${name}`)))
}

/** Names that files get from their addresses: curl drops the query, wget keeps it. */
const remoteNames = ({ operands }: ParsedWords, keepsQuery: boolean): readonly (string | null)[] => operands.map(({ value, glob }) => {
  const address = value === null || glob && !/^https?:/.test(value) ? null : value.replace(/#.*$/, '').replace(keepsQuery ? /^$/ : /\?.*$/, '')
  return address === null ? null : /^(?:[a-z]+:\/\/)?[^/?]+\/(?:[^?]*\/)?([^/?]+(?:\?[^/]*)?)$/i.exec(address)?.[1] ?? null
})

const GIT_GLOBAL: ValueOptions = { short: 'Cc', long: ['--git-dir', '--work-tree', '--namespace', '--exec-path'] }
const CLONE: ValueOptions = { short: 'bcojuS', long: ['--branch', '--depth', '--config', '--origin', '--reference', '--separate-git-dir', '--template', '--upload-pack', '--jobs', '--filter', '--shallow-since', '--shallow-exclude', '--server-option', '--revision'] }

function cloned(command: NormalCommand): readonly Written[] {
  const words = argumentWords(command)
  const verb = words.findIndex(({ value }) => value === 'clone')
  const before = verb < 0 ? null : parseWords(words.slice(0, verb), GIT_GLOBAL)
  if (!before || before.operands.length > 0) return []
  const { operands: [url, folder] } = parseWords(words.slice(verb + 1), CLONE)
  const moved = optionValue(before, '-C')
  const name = folder ? folder.value : url?.value == null ? null : cloneName(url)
  const base = moved === undefined ? folderOf(command) : pathOf(command, moved)
  const path = name === null || name === '' ? null : folder && moved === undefined ? pathOf(command, name) : absolutePath(base, name)
  return path === null ? [] : [{ how: 'clones', path: `${path}/.git` }, { how: 'clones', path: `${path}/${SOME_NAME}` }]
}

const cloneName = ({ value }: Word): string => baseName(value!.replace(/\/+$/, '').replace(/\.git$/, '').replace(/^.*:/, '/'))

export const TAR: ValueOptions = { short: 'fCbTXIKFNVgLH', long: ['--file', '--directory', '--exclude', '--strip-components', '--strip', '--owner', '--group', '--mode', '--transform', '--use-compress-program', '--files-from', '--wildcards-match-slash', '--format'] }

function unpackFolder(command: NormalCommand): string | null {
  const words = argumentWords(command)
  const first = words[0]?.value
  // The old spelling: letters without a dash, their values in the words that follow.
  const isOld = first !== null && first !== undefined && /^[A-Za-z]+$/.test(first)
  const parsed = parseWords(isOld ? words.slice(1) : words, TAR)
  const extracts = isOld ? first.includes('x') && !first.includes('C') : hasOption(parsed, '-x', '--extract', '--get')
  if (!extracts || hasOption(parsed, '-O', '--to-stdout', '-P')) return null
  const folder = optionValue(parsed, '-C', '--directory')
  return folder === undefined ? pathOf(command, '.') : pathOf(command, folder)
}

function unzipFolder(command: NormalCommand): string | null {
  const parsed = parseWords(argumentWords(command), { short: 'dxP' })
  if (hasOption(parsed, '-l', '-t', '-p', '-Z', '-v', '-z')) return null
  const folder = optionValue(parsed, '-d')
  return folder === undefined ? pathOf(command, '.') : pathOf(command, folder)
}
