// How a RUN stores no cache of a language's package manager: by an option, by the manager's own clean-up, or by removing the folder.
import type { CacheLeft, Filling } from '../facts/caches-left.ts'
import { quotedCommand } from '../facts/command-text.ts'
import { commandsOf, type NormalCommand } from '../facts/commands.ts'
import { ABOUT_KEEPING, commentSaying } from '../facts/comments.ts'
import { cacheDirectories } from '../facts/installs.ts'
import { listed, quotedText } from '../facts/instruction-text.ts'
import { packageCommandsOf } from '../facts/recognise.ts'
import type { Build, RunStep } from '../model/build.ts'
import type { Word } from '../syntax/shell.ts'
import type { TextEdit } from '../text.ts'
import { withCommandBefore, withOption } from './commands.ts'
import { editsOfEqual } from './equal-steps.ts'
import { noEndOf, withCommand } from './scripts.ts'

/** `assumes` where the Dockerfile alone does not prove that nobody misses what goes away. */
export type Uncached = { readonly title: string; readonly edits: readonly TextEdit[]; readonly drops: readonly string[]; readonly assumes?: string } | { readonly reason: string }

const OPTION: Readonly<Record<string, string>> = { pip: '--no-cache-dir' }
/** Their own command says where the cache is, whatever moves it. */
const CLEANS: Readonly<Record<string, string>> = { npm: 'cache clean --force', yarn: 'cache clean', composer: 'clear-cache' }
/** The others leave nothing in their folder that anything but themselves would read. */
const REMOVED: readonly string[] = ['pipenv', 'bundler', 'gem', 'poetry']

/** Folders that a mount for this manager may miss. */
const MOUNTED: Readonly<Record<string, RegExp>> = { pip: /pip|\.cache$/, pipenv: /pip|\.cache$/, npm: /npm/, yarn: /yarn|\.cache$/, composer: /composer|\.cache$/, bundler: /bundle|gem/, gem: /bundle|gem/, poetry: /poetry|\.cache$/ }

/** What makes the RUN store no cache, of all its commands that fill this one; or why nothing does. */
export function uncached(build: Build, { step, fillings }: CacheLeft): Uncached {
  const meant = step.mounts.find(({ type, target }) => type === 'cache' && fillings.some(({ manager }) => MOUNTED[manager]?.test(target ?? '')))
  if (meant) return { reason: `the cache mount on "${meant.target!}" is meant for it` }
  const said = commentSaying(build, step, ABOUT_KEEPING)
  if (said !== null) return { reason: `the comment "${quotedText(said, 50)}" speaks of what would change` }
  const parts = [...withOptions(build, step, fillings), ...cleaned(build, step, fillings)]
  const [first, ...others] = parts
  if (!first) return { reason: noEndOf(step) }
  const refused = parts.find((part): part is { readonly reason: string } => 'reason' in part)
  if (refused) return refused
  const made = parts as readonly Extract<Uncached, { readonly title: string }>[]
  const assumes = made.flatMap(part => part.assumes ?? [])
  const drops = [...new Set(made.flatMap(part => part.drops))]
  const found = editsOfEqual(build, step, made.flatMap(({ edits }) => edits), drops.map(glob => glob.replace(/\/\*\*$/, '')))
  if ('reason' in found) return found
  const title = others.length === 0 ? made[0]!.title : 'Keep the caches out of the layer'
  const stages = found.also.map(({ stage }) => `"${stage.label}"`)
  return { ...assumes.length > 0 && { assumes: assumes.join(', and ') }, title: stages.length === 0 ? title : `${title}, also in stage ${listed(stages)}, which has the same step`, edits: found.edits, drops }
}

const below = (paths: readonly (string | null)[]): readonly string[] => [...new Set(paths.flatMap(path => (path === null ? [] : [`${path}/**`])))]

function withOptions(build: Build, step: RunStep, all: readonly Filling[]): readonly Uncached[] {
  const fillings = all.filter(({ manager }) => Object.hasOwn(OPTION, manager))
  const [first] = fillings
  if (!first) return []
  const edits = fillings.map(({ command, manager }) => optionAt(build, step, command, OPTION[manager]!))
  const unfit = fillings.find((_, index) => edits[index] === null)
  if (unfit) return [{ reason: step.form === 'exec' ? 'the RUN is in exec form' : `"${quotedCommand(build, unfit.command.command, 40)}" does not stand in the script as it runs` }]
  return [{ title: `Add ${OPTION[first.manager]!} to ${first.manager} ${first.install?.verb ?? 'install'}`, edits: edits.flatMap(edit => edit ?? []), drops: below(fillings.map(({ path }) => path)) }]
}

const optionAt = (build: Build, step: RunStep, command: NormalCommand, option: string): TextEdit | null => {
  const verb = verbOf(command)
  return verb === null ? null : withOption(build, step, verb, option)
}

/** The last word that names what the package manager is to do: `install`, the `add` of `global add`. */
export function verbOf(command: NormalCommand): Word | null {
  const found = packageCommandsOf(command).at(-1)
  const words = found?.named.split(' ') ?? []
  const at = found?.found.operands.findIndex((_, index) => words.every((word, part) => found.found.operands[index + part]?.value === word)) ?? -1
  return words[0] === '' || at === -1 ? null : found!.found.operands[at + words.length - 1]!.word
}

/** The last command of a manager is what its clean-up has to follow. */
function cleaned(build: Build, step: RunStep, fillings: readonly Filling[]): readonly Uncached[] {
  const folders = [...new Set(fillings.flatMap(({ manager, path }) => (REMOVED.includes(manager) && path !== null ? [path] : [])))]
  const managers = [...new Set(fillings.map(({ manager }) => manager))].filter(manager => Object.hasOwn(CLEANS, manager))
  return [...folders.length > 0 ? [removal(build, step, folders)] : [], ...managers.map((manager): Uncached => {
    const own = fillings.filter(filling => filling.manager === manager)
    const reason = own.map(filling => reasonAgainst(build, filling)).find(text => text !== null) ?? null
    return reason === null ? ownCleanUp(build, step, own.at(-1)!) : { reason }
  })]
}

function removal(build: Build, step: RunStep, folders: readonly string[]): Uncached {
  const edit = withCommand(build, step, `rm -rf ${folders.join(' ')}`)
  if (!edit) return { reason: noEndOf(step) }
  const shared = folders.filter(path => !OWN_FOLDER.test(path))
  return { title: `Remove ${folders.join(' and ')} at the end of the RUN`, edits: [edit], drops: below(folders), ...shared.length > 0 && { assumes: `what the base image may have in ${shared.join(' and ')} is of no use` } }
}

/** Empty in the images that have it. */
const OWN_FOLDER = /^\/usr\/local\/bundle\/|^\/(?:root|home\/[^/]+)\/\.cache\//

/** What moves the cache for one command does not move it for another. */
const MOVES = /^(?:HOME|.*CACHE.*|XDG_.*)$/i

function reasonAgainst(build: Build, { command, install, manager }: Filling): string | null {
  const { command: { assignments, within, depth, exports }, words } = command
  const quoted = `"${quotedCommand(build, command.command, 40)}"`
  const option = install && cacheDirectories(install).find(({ movedBy }) => movedBy?.startsWith('-'))
  if (option) return `"${option.movedBy}" of ${quoted} moves the cache`
  const moved = assignments.find(({ name }) => MOVES.test(name))
  if (moved) return `"${moved.name}" of ${quoted} moves the cache`
  if (within.length > 0) return `${quoted} runs inside "${within.at(-1)}"`
  if (depth > 0 && [...exports.keys()].some(name => MOVES.test(name) || name === 'PATH')) return `${quoted} runs in a subshell with variables of its own`
  return command.step.form === 'shell' && new RegExp(`(?:^|/)${manager}(?:\\.phar|pkg)?$`).test(words[0]?.value ?? '') ? null : `${quoted} does not name ${manager} in a way that can be repeated`
}

function ownCleanUp(build: Build, step: RunStep, { command, install, manager, path }: Filling): Uncached {
  const { words, program } = command.command
  const tool = build.text.slice(words[program]!.span.start, command.words[0]!.span.end)
  const commands = commandsOf(step)
  const later = commands === 'opaque' ? [] : commands.slice(commands.indexOf(command) + 1)
  const end = later.findLast(({ command: { depth } }) => depth === 0)
  const isElsewhere = end !== undefined && (end.directory !== command.directory || /^(?:cd|pushd|popd)$/.test(end.program ?? ''))
  if (isElsewhere && (manager !== 'npm' || tool.includes('/'))) return { reason: `the script ends in another folder than that of "${quotedCommand(build, command.command, 40)}"` }
  const clean = `${tool} ${CLEANS[manager]!}`
  const taker = later.find(other => mayTakeAway(other, manager))
  const edit = taker ? withCommandBefore(build, step, taker.command, clean) : withCommand(build, step, clean)
  if (!edit) return { reason: taker ? `"${quotedCommand(build, taker.command, 40)}" may take ${manager} away` : noEndOf(step) }
  const folders = path === null && install ? cacheDirectories(install).filter(({ kind }) => kind === 'download').map(folder => folder.path) : [path]
  return { title: `Empty the ${manager} cache ${taker ? `before "${quotedCommand(build, taker.command, 40)}"` : 'at the end of the RUN'}`, edits: [edit], drops: below(folders) }
}

/** Package managers of the system remove virtual packages and what nothing asked for; tools themselves are removed by name. */
const mayTakeAway = ({ program, words }: NormalCommand, manager: string): boolean =>
  /^(?:apk|apt|apt-get|aptitude|yum|dnf|microdnf|zypper|dpkg)$/.test(program ?? '') && words.some(({ value }) => /^(?:del|purge|remove|autoremove|autopurge|erase|rm|-P|-r|--purge)$/.test(value ?? ''))
  || /^(?:rm|find|unlink|mv)$/.test(program ?? '') && words.slice(1).some(({ value, text }) => TOOLS.test(value ?? text))
  || /^(?:npm|corepack|yarn)$/.test(program ?? '') && words.some(({ value }) => /^(?:uninstall|un|rm|remove|r|unlink|disable)$/.test(value ?? '')) && words.some(({ value }) => value === null || value === manager || value === 'disable')
/** Where programs and their libraries are installed, and a `composer.phar` beside the project. */
const TOOLS = /^["']?(?:\/usr|\/opt|\/root\/\.nvm|\$\{?(?:NVM|NODE|VOLTA)\w*)(?:\/|["'}]|$)|(?:^|\/)(?:composer(?:\.phar)?|node_modules\/npm)$|\b(?:which|command -v) +(?:node|npm|yarn|composer|php)\b/
