// Cache mounts that never hold anything for long: the command does not use its cache, the same RUN empties it, or the package manager
// is not told to keep what it downloads.
import type { Build, Stage } from '../model/build.ts'
import { osOf } from './base-images.ts'
import { areNested, cacheMounts, mayUse, textBesideMounts, usersOf, type CacheMount } from './cache-mounts.ts'
import { cleanups, type Cleanup } from './cleanups.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { fact } from './fact.ts'
import { covers, isWithin, pathsOf } from './image-paths.ts'
import { cacheDirectories, cacheSwitchedOff, installsOf, type Install } from './installs.ts'
import { isUnknown } from './lone-refreshes.ts'
import { rootOf } from './stage-trees.ts'

export type Defeat =
  | { readonly how: 'switched-off'; readonly install: Install; readonly by: 'option' | 'variable'; readonly name: string }
  | { readonly how: 'emptied'; readonly command: NormalCommand }
  /** Only the index is kept. */
  | { readonly how: 'not-kept'; readonly install: Install }
export interface DefeatedMount { readonly cache: CacheMount; readonly defeat: Defeat }

export const defeatedMounts = fact((build: Build): readonly DefeatedMount[] => cacheMounts(build).flatMap(cache => {
  if (cache.path === null || commandsOf(cache.step) === 'opaque') return []
  const defeat = switchedOff(cache) ?? emptied(cache) ?? notKept(build, cache)
  return defeat ? [{ cache, defeat }] : []
}))

/** Their switch concerns another cache than the one that is mounted. */
const OTHER_SWITCHES: readonly string[] = ['dotnet', 'nuget', 'msbuild', 'bundler', 'npm', 'gradle']

function switchedOff(cache: CacheMount): Defeat | null {
  const { step, path } = cache
  const users = installsOf(step).filter(install => mayUse(install, cache))
  const [first] = users
  if (!first || OTHER_SWITCHES.includes(first.manager) || hasUnknownUser(cache)) return null
  // A mount over a folder of many caches may serve any command.
  if (!cacheDirectories(first).some(directory => directory.path !== null && directory.certain && isWithin(path!, directory.path))) return null
  const switches = users.map(cacheSwitchedOff)
  const [one] = switches
  return one && switches.every(other => other !== null) ? { how: 'switched-off', install: first, by: one.by, name: one.name } : null
}

/** Whether a script or a runner of scripts may keep something in the mount. */
const hasUnknownUser = ({ step }: CacheMount): boolean => {
  const commands = commandsOf(step)
  return commands === 'opaque' || commands.some(command => isUnknown(command) || /^(?:make|just|task|tox|nox|hatch|invoke|npm|yarn|pnpm|npx|python|node|ninja|cmake|meson|xargs)$/.test(command.program ?? '') && command.arguments[0] !== '-c' && !installsOf(step).some(install => install.command === command))
}

function emptied(cache: CacheMount): Defeat | null {
  const found = cleanups(cache.step).find(cleanup => cleanup.complete && !cleanup.command.command.conditional && takesIn(cleanup, cache))
  return found ? { how: 'emptied', command: found.command } : null
}

/** It removes only what is not installed. */
const PARTIAL_CLEANERS: readonly string[] = ['apk']

/** Whether a clean-up leaves nothing of worth in the mount. */
function takesIn({ command, manager, kinds, path, word }: Cleanup, cache: CacheMount): boolean {
  const mounted = cache.path!
  const removed = word === null ? [] : pathsOf(command, word).map(pattern => pattern.replace(/\/\*(?:\.\w+)?$/, ''))
  if (removed.some(folder => covers(folder, mounted))) return true
  if (isBroad(cache) || path === null && PARTIAL_CLEANERS.includes(manager)) return false
  const kept = usersOf(cache).filter(user => path !== null || user.manager === manager)
    .flatMap(user => cacheDirectories(user).flatMap(({ kind, path: place }) => (place !== null && areNested(place, mounted) ? { kind, place } : [])))
  const isGone = ({ kind, place }: (typeof kept)[number]): boolean => (path === null ? kinds.includes(kind) : removed.some(folder => isWithin(folder, mounted) && covers(folder, place)))
  // apt counts the folder around its packages as index.
  const worth = kept.some(({ kind }) => kind !== 'index') ? kept.filter(({ kind }) => kind !== 'index') : kept
  return worth.length > 0 && worth.every(isGone)
}

/** Holds the caches of several tools, of which a clean-up empties one. */
const isBroad = (cache: CacheMount): boolean => new Set(usersOf(cache).map(({ row }) => row.name)).size > 1 || /\/\.cache$/.test(cache.path!)

const KEEPS: Readonly<Record<string, RegExp>> = {
  apk: /\/etc\/apk\b|cache-packages|setup-apkcache|--cache-dir/,
  dnf: /keepcache|dnf\.conf|yum\.conf|--downloadonly/i,
  zypper: /keep-?packages|zypp\.conf|zypper\.conf|\s-k\s/i,
}

function notKept(build: Build, cache: CacheMount): Defeat | null {
  const install = usersOf(cache).find(({ manager, intoOtherRoot }) => Object.hasOwn(KEEPS, manager) && !intoOtherRoot)
  if (!install || KEEPS[install.manager]!.test(textBesideMounts(build)) || KEEPS[install.manager]!.test(cache.step.text) || hasScripts(cache)) return null
  return isKnown(cache.step.stage) && cacheDirectories(install).some(({ kind, path }) => kind === 'download' && path !== null && isWithin(path, cache.path!)) ? { how: 'not-kept', install } : null
}

const hasScripts = ({ step }: CacheMount): boolean => {
  const commands = commandsOf(step)
  return commands === 'opaque' || commands.some(isUnknown)
}

/** Whether the image below is one whose settings are known. */
function isKnown(stage: Stage): boolean {
  const { base } = rootOf(stage)
  return base.kind === 'image' && base.ref !== null && (osOf(base.ref) !== null || /^(?:docker\.io\/)?opensuse\/|^registry\.(?:suse\.com|opensuse\.org)\//.test(base.ref))
}
