// Lists of packages to install: what is recommended left out, what is there already named once.
import { recommendedPackages } from '../data/recommended-packages.ts'
import { quotedCommand } from '../facts/command-text.ts'
import { commandsOf, type NormalCommand } from '../facts/commands.ts'
import { cleanups, indexRefreshes, installsOf, type Install } from '../facts/installs.ts'
import { listed } from '../facts/instruction-text.ts'
import { lineOf } from '../facts/lines.ts'
import type { Recommended } from '../facts/recommended-packages.ts'
import type { RepeatedInstall } from '../facts/repeated-packages.ts'
import { shippedSteps } from '../facts/shipped-steps.ts'
import type { Build } from '../model/build.ts'
import type { Word } from '../syntax/shell.ts'
import type { TextEdit } from '../text.ts'
import { withOption, withoutListed, withWordsBehind } from './commands.ts'
import { removedWithComments } from './instructions.ts'
import { verbOf } from './language-caches.ts'
import { withoutCommand } from './scripts.ts'

export type Listed = { readonly edits: readonly TextEdit[] } | { readonly reason: string }

/** Compilers and what they read, which a list may get only because something recommends it. */
const COMPILING = /^(?:build-essential|gcc|g\+\+|make|cmake|clang|binutils|pkg-config|pkgconf|dpkg-dev)$|(?<!^manpages)-dev$/
const MAY_COMPILE = /^(?:make|cmake|ninja|meson|gcc|g\+\+|cc|c\+\+|clang|configure|cargo|rustc|go|python|perl|cpanm?|gem|bundle|Rscript|R|npx|ruby|swift)$/

/** Installs only what is named and needed, with what is known to be needed of the recommended ones. */
export function withoutRecommended(build: Build, { install, name, needed }: Recommended): Listed {
  const { step, command } = install
  const missed = missedCompilers(install, needed)
  const user = missed && compilingAfter(build, command)
  if (user) return { reason: `"${quotedCommand(build, user.command, 40)}" (line ${lineOf(build, user.command.span)}) may need "${missed.compiler}", which "${missed.by}" only recommends` }
  const option = lastPlainOption(build, command)
  const edits = [option && withOption(build, step, option, '--no-install-recommends'), ...needed.length > 0 ? [name.word && withWordsBehind(build, step, name.word, needed)] : []]
  return edits.every(edit => edit !== null) ? { edits } : { reason: step.form === 'exec' ? 'the RUN is in exec form' : 'the list does not stand in the script as it runs' }
}

/** What comes with a compiler that is asked for. */
const WITH_COMPILER = /^(?:build-essential|gcc|g\+\+|make|binutils|dpkg-dev|libc6-dev|libstdc\+\+-\d+-dev)$/

function missedCompilers({ packages }: Install, needed: readonly string[]): { readonly compiler: string; readonly by: string } | null {
  const named = new Set([...needed, ...packages.flatMap(({ name }) => name ?? [])])
  const hasCompiler = named.has('build-essential') || named.has('g++')
  for (const by of named) {
    const compiler = Object.hasOwn(recommendedPackages, by) ? recommendedPackages[by]![2].split(' ').find(other => COMPILING.test(other) && !named.has(other) && !(hasCompiler && WITH_COMPILER.test(other))) : undefined
    if (compiler !== undefined) return { compiler, by }
  }
  return null
}

/** The verb, or the last of the `-y` that most people write behind it. */
function lastPlainOption({ text }: Build, command: NormalCommand): Word | null {
  const verb = verbOf(command)
  let last = verb
  for (const word of verb ? command.words.slice(command.words.indexOf(verb) + 1) : []) {
    if (!/^(?:-[yq]+|--yes|--assume-yes|--quiet)$/.test(word.value ?? '') || text.slice(last!.span.end, word.span.start).includes('\n')) break
    last = word
  }
  return last
}

/** What may compile, or start something that does, once the packages are there. */
function compilingAfter(build: Build, after: NormalCommand): NormalCommand | undefined {
  const steps = shippedSteps(build)
  for (const step of steps.slice(steps.indexOf(after.step))) {
    if (step.kind !== 'run') continue
    const commands = commandsOf(step)
    const installing = new Set(installsOf(step).filter(({ row }) => row.ecosystem !== 'os').map(({ command }) => command))
    const found = commands === 'opaque' ? undefined : commands.find(command => (step !== after.step || command.command.span.start > after.command.span.start) && (installing.has(command) || MAY_COMPILE.test(command.program ?? '') || command.program === null && command.command.words.length > 0))
    if (found) return found
  }
  return undefined
}

/** Names what is there already no more; a step that is left with nothing to do goes. */
export function withoutRepeated(build: Build, { install, repeated, isAll }: RepeatedInstall): Listed {
  const { step, command } = install
  const quoted = `"${quotedCommand(build, install, 40)}"`
  if (!isAll) {
    const edits = repeated.map(({ name }) => name.word && withoutListed(build, step, name.word))
    const isApart = edits.every((edit, at) => edits.every((other, index) => index === at || !edit || !other || edit.span.end <= other.span.start || other.span.end <= edit.span.start))
    return edits.every(edit => edit !== null) && isApart ? { edits: edits as readonly TextEdit[] } : { reason: `the packages of ${quoted} do not stand in the script as it runs` }
  }
  const commands = commandsOf(step)
  if (commands === 'opaque' || step.form !== 'shell' || step.flags.length > 0) return { reason: `${quoted} is not the only command of its script` }
  const around = new Set([command, ...indexRefreshes(step).map(each => each.command), ...cleanups(step).map(each => each.command)])
  if (commands.every(each => around.has(each) || each.program === 'set')) return { edits: [removedWithComments(build, step)] }
  const refresh = indexRefreshes(step)[0]
  if (refresh) return { reason: `"${quotedCommand(build, refresh.command.command, 40)}" would be left without an install` }
  const edit = withoutCommand(build, step, command.command)
  return edit ? { edits: [edit] } : { reason: `${quoted} cannot be taken out of its script` }
}

/** "a", "b" and "c". */
export const inQuotes = (names: readonly string[], most = 3): string => listed(names.map(name => `"${name}"`), most)
