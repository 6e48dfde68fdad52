// Taking away what keeps a cache mount empty: a switch of the command, a clean-up of the same RUN, a setting that is missing.
import { cacheMountsOf, mayUse, type CacheMount } from '../facts/cache-mounts.ts'
import { cleanups } from '../facts/cleanups.ts'
import { commandsOf, type NormalCommand } from '../facts/commands.ts'
import { quotedCommand } from '../facts/command-text.ts'
import type { Defeat, DefeatedMount } from '../facts/defeated-mounts.ts'
import { isMounted, isWithin, pathsOf } from '../facts/image-paths.ts'
import { cacheDirectories, cacheSwitchedOff, installsOf, type Install } from '../facts/installs.ts'
import type { Build, RunStep } from '../model/build.ts'
import type { Fix } from '../rule.ts'
import type { Word } from '../syntax/shell.ts'
import type { TextEdit } from '../text.ts'
import { asUserOf, changedWord, isLiteral, withCommandBefore, withOption } from './commands.ts'
import { withoutWord } from './instructions.ts'
import { verbOf } from './language-caches.ts'
import { changedMounts, OPAQUE_MOUNT } from './mounts.ts'
import { withoutCommand } from './scripts.ts'

const APK_FOLDER = '/etc/apk/cache'

/** `alike`: further mounts that the same mistake leaves empty. A clause where the mount cannot be given what it needs. */
export function undefeated(build: Build, { cache, defeat }: DefeatedMount, alike: readonly DefeatedMount[]): Fix | string {
  if (defeat.how === 'switched-off') return defeat.install.manager === 'apk' ? apkKept(build, [cache], usersIn(cache)) : switchedOn(build, cache, defeat)
  if (defeat.how === 'emptied') return uncleaned(build, cache, defeat.command)
  const all = [{ cache, install: defeat.install }, ...alike.flatMap(other => (other.defeat.how === 'not-kept' ? [{ cache: other.cache, install: other.defeat.install }] : []))]
  if (defeat.install.manager === 'apk') return apkKept(build, all.map(each => each.cache), [])
  return told(build, all.map(({ install }) => install))
}

const usersIn = (cache: CacheMount): readonly Install[] => installsOf(cache.step).filter(install => mayUse(install, cache))

/** All that uses the mount is told not to; the switch goes, and what it kept out of the layer must lie in mounts. */
function switchedOn(build: Build, cache: CacheMount, { by, name, install }: Extract<Defeat, { how: 'switched-off' }>): Fix | string {
  const { step } = cache
  if (by === 'variable') return `${name} holds for other commands as well`
  const users = usersIn(cache)
  const beside = users.flatMap(user => cacheDirectories(user)).find(({ kind, path, certain }) => kind !== 'store' && (path === null || !certain || !isMounted(step, path)))
  if (beside) return `${install.manager} would keep ${beside.path === null ? 'a part of its cache' : beside.path} in the image, beside the mount`
  const words = users.map(user => cacheSwitchedOff(user)?.word ?? null)
  if (!words.every((word): word is Word => word !== null && word.value?.startsWith('--') === true && isLiteral(build, step, word))) return `"${name}" does not stand in "${quotedCommand(build, install.command.command, 40)}" as a word of its own`
  return { title: `Drop ${name}`, safety: 'safe', edits: words.map(word => withoutWord(build, word)) }
}

/** apk keeps lists and packages in its own folder, once there is one. */
function apkKept(build: Build, caches: readonly CacheMount[], users: readonly Install[]): Fix | string {
  if (caches.some(({ step }) => cacheMountsOf(step).some(({ path }) => path === APK_FOLDER))) return `another mount lies on ${APK_FOLDER}`
  const moved = changedMounts(build, caches.map(({ mount }) => ({ mount, changes: { target: APK_FOLDER } })))
  if (!moved) return OPAQUE_MOUNT
  const fresh = users.map(user => {
    const word = cacheSwitchedOff(user)?.word
    return word ? changedWord(build, user.step, word, '--update-cache') : null
  })
  if (fresh.includes(null)) return '"--no-cache" does not stand in the command as a word of its own'
  const what = users.length === 0 ? '' : ' and replace --no-cache by --update-cache'
  return { title: `Mount ${APK_FOLDER}${what}`, safety: 'suggested', assumes: `the image has no ${APK_FOLDER} of its own`, edits: [...moved, ...fresh as readonly TextEdit[]] }
}

/** The command goes, or those of its words that name the mount; whatever else it removes has to be removed still. */
function uncleaned(build: Build, { step }: CacheMount, command: NormalCommand): Fix | string {
  const quoted = `"${quotedCommand(build, command.command, 40)}"`
  const words = cleanups(step).flatMap(cleanup => (cleanup.command === command ? [cleanup.word] : []))
  const isPlain = command.program === 'rm' && words.every(word => word !== null)
  const operands = isPlain ? command.words.slice(1).filter(({ value }) => !value?.startsWith('-')) : []
  const needless = operands.filter(word => isInMounts(step, command, word))
  if (isPlain && needless.length < operands.length) return fewerWords(build, step, needless, operands, quoted)
  const reason = isPlain ? null : leftBehind(step, command)
  if (reason) return `${quoted} ${reason}`
  const edit = withoutCommand(build, step, command.command)
  if (!edit) return `${quoted} does not stand in a list that it could be taken out of`
  // Without errexit the last command alone says how the RUN ended.
  const isGuarded = command.command.joinedBy !== ';' || command.errexit
  return { title: `Drop ${quoted}`, edits: [edit], ...isGuarded ? { safety: 'safe' } : { safety: 'suggested', assumes: 'the command before it does not fail' } }
}

function fewerWords(build: Build, step: RunStep, needless: readonly Word[], operands: readonly Word[], quoted: string): Fix | string {
  const broad = operands.find(word => !needless.includes(word))
  if (needless.length === 0) return `${quoted} also removes what lies beside the mount`
  if (!broad || !needless.every(word => build.text.slice(word.span.start, word.span.end) === word.text) || step.form !== 'shell') return `${quoted} cannot be shortened`
  return { title: `Drop ${needless.map(({ text }) => text).join(' and ')} from ${quoted}`, safety: 'safe', edits: needless.map(word => withoutWord(build, word)) }
}

const isInMounts = (step: RunStep, command: NormalCommand, word: Word): boolean => {
  const paths = pathsOf(command, word)
  return paths.length > 0 && paths.every(path => isMounted(step, path.replace(/\/[^/]*[*?[{].*$/s, '') || '/'))
}

/** What the package manager's own clean-up removes besides what is mounted. */
function leftBehind(step: RunStep, command: NormalCommand): string | null {
  const own = cleanups(step).filter(cleanup => cleanup.command === command)
  if (own.some(({ path }) => path !== null)) return 'may remove more than what is mounted'
  const managers = own.map(({ manager }) => manager)
  const users = installsOf(step).filter(({ manager }) => managers.includes(manager))
  const folders = managers.includes('apt') ? ['/var/cache/apt'] : users.flatMap(user => cacheDirectories(user).filter(({ kind }) => own.some(({ kinds }) => kinds.includes(kind))).map(({ path, certain }) => (certain ? path : null)))
  const other = folders.find(path => path === null || !cacheMountsOf(step).some(cache => cache.path !== null && isWithin(path, cache.path)))
  const commands = commandsOf(step)
  if (folders.length === 0 || commands === 'opaque') return 'empties folders that are not known'
  return other === undefined ? null : other === null ? 'empties folders that are not known' : `also empties ${other}, which is not mounted`
}

/** dnf and zypper keep what they download when they are told to. */
function told(build: Build, installs: readonly Install[]): Fix | string {
  const [first] = installs
  const isDnf = first!.manager === 'dnf'
  const edits = [...new Map(installs.map(install => [install.command, install])).values()].map(({ step, command }) => {
    const verb = verbOf(command)
    if (isDnf) return verb && withOption(build, step, verb, '--setopt=keepcache=1')
    const before = command.command.depth === 0 && !command.command.conditional ? asUserOf(command.command, 'zypper modifyrepo --keep-packages --all') : null
    return before && withCommandBefore(build, step, command.command, before)
  })
  if (edits.includes(null)) return `"${quotedCommand(build, first!.command.command, 40)}" does not allow another option or command`
  const [title, assumes] = isDnf ? ['Add --setopt=keepcache=1', 'dnf keeps its whole cache in the mount'] : ['Run "zypper modifyrepo --keep-packages --all" before the install', 'the repositories of the image may stay set to keep packages']
  return { title, safety: 'suggested', assumes, edits: edits as readonly TextEdit[] }
}
