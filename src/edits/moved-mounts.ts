// Putting a cache mount where the cache is.
import { cacheMountsOf } from '../facts/cache-mounts.ts'
import { commandsOf, variableAt } from '../facts/commands.ts'
import { isPlainCommand } from '../facts/costly-steps.ts'
import { cacheDirectories, installsOf, type Install } from '../facts/installs.ts'
import { lineOf } from '../facts/lines.ts'
import type { MisplacedMount } from '../facts/misplaced-mounts.ts'
import { mountObstacle } from '../facts/mount-obstacles.ts'
import { accountOf } from '../facts/package-caches.ts'
import { isBuiltFrom } from '../facts/stage-trees.ts'
import { isShipped } from '../facts/stages.ts'
import type { Build, RunStep } from '../model/build.ts'
import type { Report } from '../rule.ts'
import { changedMount, OPAQUE_MOUNT } from './mounts.ts'

export function movedMount(build: Build, misplaced: MisplacedMount): Pick<Report, 'fix' | 'noFix'> {
  const { cache: { mount, step }, install, how } = misplaced
  const { isRoot, uid, user } = accountOf(step)
  const found = how === 'literal' ? homePath(misplaced) : misplaced.right?.path ?? null
  if (found === null) return { noFix: `the home of "${user ?? 'the user'}" is not known` }
  if (install?.manager === 'pnpm' && isRoot === false) return { noFix: 'pnpm has to be given the store with each of its commands' }
  const isKnown = install !== null && cacheDirectories(install).some(({ path, certain }) => certain && path === found)
  const reason = install && (mountObstacle(build, install, found, [step]) ?? lostFor(build, install, found))
  if (reason) return { noFix: reason }
  if (cacheMountsOf(step).some(other => other.mount !== mount && other.path === found)) return { noFix: `another mount of the step lies on ${found}` }
  const edit = changedMount(build, mount, { target: found, ...uid ? { uid: String(uid), gid: String(uid) } : {} })
  if (!edit) return { noFix: OPAQUE_MOUNT }
  const common = { title: `Mount ${found} instead of ${mount.target ?? ''}`, edits: [edit], drops: [`${found}/**`] }
  const guess = !isKnown ? `the cache lies in ${found}` : isRoot === 'unknown' ? 'the step runs as root' : isRoot === false ? `"${user ?? ''}" has the number ${uid ?? ''} in the image`
    : READ_LATER.includes(install.manager) && isShipped(build, step.stage) ? `nothing in the image needs what ${install.manager} keeps in ${found}` : null
  return { fix: guess === null ? { ...common, safety: 'safe' } : { ...common, safety: 'suggested', assumes: guess } }
}

/** `~/…` as root has it. */
function homePath({ cache: { mount, step }, install }: MisplacedMount): string | null {
  const home = install ? variableAt(install.command, 'HOME') : step.environment.get('HOME')?.value
  const root = home === undefined ? '/root' : home
  return accountOf(step).isRoot === true && root ? root + (mount.target ?? '').replace(/^(?:\.\/)?~/, '').replace(/\/+$/, '') : null
}

/** What they fetch is read where it lies by the commands that come after. */
const READ_LATER: readonly string[] = ['go', 'cargo', 'maven', 'gradle', 'sbt', 'pnpm', 'dotnet', 'conda']

function lostFor(build: Build, { manager, step }: Install, path: string): string | null {
  if (!READ_LATER.includes(manager)) return null
  const later = build.stages.flatMap(stage => (stage === step.stage ? stage.steps.slice(step.index + 1) : isBuiltFrom(stage, step.stage) ? stage.steps : [])).filter((other): other is RunStep => other.kind === 'run')
  const reader = later.find(other => {
    const commands = commandsOf(other)
    const isMounted = cacheMountsOf(other).some(cache => cache.path === path)
    return !isMounted && (commands === 'opaque' || commands.some(command => !isPlainCommand(command) && !installsOf(other).some(install => install.command === command && install.manager !== manager)))
  })
  return reader ? `line ${lineOf(build, reader.span)} may need what lies in ${path}, which would be in no layer` : null
}
