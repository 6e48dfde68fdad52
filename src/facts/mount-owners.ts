// Cache mounts that the user of a step cannot write to: the engine makes the folder root's, whatever lies at its target.
import type { Build } from '../model/build.ts'
import { cacheMounts, usersOf, type CacheMount } from './cache-mounts.ts'
import { commandsOf } from './commands.ts'
import { fact } from './fact.ts'
import type { Install } from './installs.ts'
import { misplacedMounts } from './misplaced-mounts.ts'
import { accountOf, switchesUser, type Account } from './package-caches.ts'

export interface LockedOutUser {
  readonly cache: CacheMount
  readonly account: Account
  /** Whom the folder belongs to: 0 unless the mount says so. */
  readonly owner: number
  /** A command that keeps its cache there; null when only unknown commands may. */
  readonly install: Install | null
}

export const lockedOutUsers = fact((build: Build): readonly LockedOutUser[] => cacheMounts(build).flatMap(cache => {
  const { step, mount } = cache
  const account = accountOf(step)
  if (account.isRoot !== false || mount.readonly || mount.options.has('from') || mount.options.has('mode') || mayBecomeRoot(cache)) return []
  const owner = Number(mount.options.get('uid') ?? 0)
  // Whose number it is nobody can tell: the folder may be his.
  const isTheirs = owner !== 0 && (account.uid === null || account.uid === owner)
  if (!Number.isInteger(owner) || isTheirs || isFilledByOthers(build, cache)) return []
  // A mount in the wrong place gains nothing from another owner.
  if (misplacedSet(build).has(cache)) return []
  return [{ cache, account, owner, install: usersOf(cache)[0] ?? null }]
}))

const mayBecomeRoot = ({ step }: CacheMount): boolean => {
  const commands = commandsOf(step)
  return commands === 'opaque' || commands.some(command => switchesUser(command) || /^(?:sudo|doas|su|gosu|su-exec|runuser|fixuid)$/.test(command.program ?? '')) || /\b(?:sudo|doas|gosu|su-exec|fixuid)\b/.test(step.text)
}

const misplacedSet = fact((build: Build): ReadonlySet<CacheMount> => new Set(misplacedMounts(build).map(({ cache }) => cache)))

/** Another step has the same folder with the rights for it: it may give the folder away, or fill it for this one to read. */
const isFilledByOthers = (build: Build, { folder }: CacheMount): boolean => folder === null || foldersOfRoot(build).has(folder)
const foldersOfRoot = fact((build: Build): ReadonlySet<string> => new Set(cacheMounts(build).flatMap(({ step, folder }) => (folder !== null && accountOf(step).isRoot !== false ? [folder] : []))))
