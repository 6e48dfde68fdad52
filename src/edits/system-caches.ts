// How RUN steps store no cache of the system's package manager, or conda's: apk keeps none when told so, the others clean up.
import { packageManagers } from '../data/package-managers.ts'
import type { CacheLeft, Filling } from '../facts/caches-left.ts'
import { quotedCommand } from '../facts/command-text.ts'
import { commandsOf, type NormalCommand } from '../facts/commands.ts'
import { ABOUT_INDEX, ABOUT_KEEPING, commentSaying } from '../facts/comments.ts'
import { listed, quotedText } from '../facts/instruction-text.ts'
import { cacheDirectories } from '../facts/installs.ts'
import { shippedSteps } from '../facts/shipped-steps.ts'
import type { Build, RunStep } from '../model/build.ts'
import type { TextEdit } from '../text.ts'
import { asUserOf, changedWord, withOption } from './commands.ts'
import { editsOfEqual } from './equal-steps.ts'
import { removed } from './instructions.ts'
import { verbOf } from './language-caches.ts'
import { noEndOf, withCommand, withoutCommand } from './scripts.ts'

export type Cleaned = { readonly title: string; readonly edits: readonly TextEdit[]; readonly drops: readonly string[] } | { readonly reason: string }

/** What makes all these commands leave no cache, or why nothing does. */
export function withoutCache(build: Build, left: CacheLeft): Cleaned {
  const reader = left.fillings.flatMap(({ manager }) => readersOf(build, manager))[0]
  if (reader) return { reason: `"${quotedCommand(build, reader.command, 40)}" reads what they keep` }
  const said = left.fillings.map(({ command: { step }, install }) => commentSaying(build, step, install === null ? ABOUT_INDEX : ABOUT_KEEPING)).find(line => line !== null)
  if (said != null) return { reason: `the comment "${quotedText(said, 50)}" speaks of what would change` }
  const made = left.manager === 'apk' ? withNoCache(build, left) : withCleanUps(build, left)
  return 'reason' in made ? made : withEqualSteps(build, left, made)
}

/** What another stage has in common with the image, and so runs once, is changed in both or in none. */
function withEqualSteps(build: Build, { fillings }: CacheLeft, made: Extract<Cleaned, { readonly title: string }>): Cleaned {
  const steps = [...new Set(fillings.map(({ command }) => command.step))]
  const stepOf = ({ span }: TextEdit): RunStep | undefined => steps.find(step => span.start < step.span.end && step.span.start <= span.end)
  const folders = made.drops.map(glob => glob.replace(/\/\*\*$/, ''))
  const found = steps.map(step => editsOfEqual(build, step, made.edits.filter(edit => stepOf(edit) === step), folders))
  const refused = found.find((each): each is { readonly reason: string } => 'reason' in each)
  if (refused) return refused
  const parts = found as readonly Exclude<typeof found[number], { readonly reason: string }>[]
  const stages = [...new Set(parts.flatMap(({ also }) => also.map(({ stage }) => `"${stage.label}"`)))]
  return stages.length === 0 ? made : { ...made, title: `${made.title}, also in stage ${listed(stages)}, which has the same steps`, edits: parts.flatMap(({ edits }) => edits) }
}

/** Commands that work on the cache of others. */
const readersOf = (build: Build, manager: string): readonly NormalCommand[] => shippedSteps(build).flatMap(step => (step.kind === 'run' ? known(step) : [])).filter(({ program, words }) => {
  const given = words.slice(1).map(({ value }) => value ?? '')
  return manager === 'apk' ? program === 'apk' && given.some(value => /^(?:search|policy|list|fetch|dot|query)$/.test(value)) : /^(?:dnf5?|yum|microdnf|tdnf|conda|mamba|micromamba)$/.test(program ?? '') && given.some(value => /^(?:-C|--cacheonly|--offline)$/.test(value))
})
const known = (step: RunStep): readonly NormalCommand[] => {
  const commands = commandsOf(step)
  return commands === 'opaque' ? [] : commands
}

function withNoCache(build: Build, { fillings }: CacheLeft): Cleaned {
  const parts = fillings.map(filling => ({ filling, edit: filling.install === null ? withoutRefresh(build, filling) : switchedOff(build, filling) }))
  const unfit = parts.find(({ edit }) => edit === null)
  if (unfit) return { reason: `"${quotedCommand(build, unfit.filling.command.command, 40)}" ${unfit.filling.install === null ? 'cannot be taken out of its script' : 'does not stand in the script as it runs'}` }
  const edits = parts.flatMap(({ edit }) => edit ?? []).filter(({ span }, at, all) => all.findIndex(other => other.span.start === span.start && other.span.end === span.end) === at)
  if (edits.some((edit, at) => edits.some((other, index) => index !== at && edit.span.start < other.span.end && other.span.start < edit.span.end))) return { reason: 'the commands to change stand side by side' }
  const dropped = fillings.find(({ install }) => install === null)
  const added = fillings.find(({ install }) => install !== null)
  const titles = [dropped ? `Drop "${quotedCommand(build, dropped.command.command, 40)}"` : '', added ? `${dropped ? 'add' : 'Add'} --no-cache to apk ${added.install!.verb}` : '']
  return { title: titles.filter(title => title !== '').join(' and '), edits, drops: ['/var/cache/apk/**'] }
}

/** The index is fetched for the one command. */
function switchedOff(build: Build, { command, install }: Filling): TextEdit | null {
  const refresh = install!.options.find(({ name, word }) => /^(?:-U|--update|--update-cache)$/.test(name) && word.value === name)
  const verb = verbOf(command)
  return refresh ? changedWord(build, command.step, refresh.word, '--no-cache') : verb && withOption(build, command.step, verb, '--no-cache')
}

function withoutRefresh(build: Build, { command: { command, step } }: Filling): TextEdit | null {
  const commands = step.commands
  return commands !== 'opaque' && commands.length === 1 && step.form === 'shell' && step.flags.length === 0 ? removed(build, step) : withoutCommand(build, step, command)
}

const CLEANS: Readonly<Record<string, string>> = { zypper: 'clean --all', conda: 'clean --all --yes' }

function withCleanUps(build: Build, { fillings }: CacheLeft): Cleaned {
  const steps = [...new Set(fillings.map(({ command }) => command.step))]
  const parts = steps.map(step => cleanUp(build, step, fillings.findLast(({ command }) => command.step === step)!))
  const refused = parts.find((part): part is string => typeof part === 'string')
  if (refused !== undefined) return { reason: refused }
  const made = parts as readonly Exclude<typeof parts[number], string>[]
  return { title: `End ${steps.length === 1 ? 'the RUN' : `${steps.length} RUN steps`} with "${made[0]!.clean}"`, edits: made.map(({ edit }) => edit), drops: [...new Set(fillings.flatMap(foldersOf))].map(path => `${path}/**`) }
}

function cleanUp(build: Build, step: RunStep, { command, manager }: Filling): { readonly clean: string; readonly edit: TextEdit } | string {
  const word = command.words[0]
  const program = manager === 'conda' ? word && build.text.slice(word.span.start, word.span.end) : command.program ?? manager
  const quoted = `"${quotedCommand(build, command.command, 40)}"`
  const taker = known(step).find(other => other.command.span.start > command.command.span.start && /^(?:dnf5?|yum|microdnf|tdnf|zypper|rpm)$/.test(other.program ?? '') && other.words.slice(1).some(({ value }) => value === command.program || value === manager))
  if (taker) return `"${quotedCommand(build, taker.command, 40)}" takes ${manager} away`
  if (manager === 'conda' && command.command.within.length > 0) return `${quoted} runs inside "${command.command.within.at(-1)}"`
  const clean = asUserOf(command.command, `${program} ${CLEANS[manager] ?? 'clean all'}`)
  const edit = clean === null ? null : withCommand(build, step, clean)
  return edit ? { clean: clean!, edit } : clean === null ? `${quoted} runs as another user than the RUN` : noEndOf(step)
}

/** Where its table says that it keeps indexes and packages; conda's own folder is asked for where the command says it. */
function foldersOf({ manager, install }: Filling): readonly string[] {
  if (manager === 'conda') return [...new Set(['/opt/conda/pkgs', ...(install ? cacheDirectories(install) : []).flatMap(({ path }) => path ?? [])])]
  return packageManagers.find(({ name }) => name === manager)?.caches.flatMap(({ paths }) => paths) ?? []
}
