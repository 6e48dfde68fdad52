// Installs that take a package index they have not fetched themselves: one that an earlier step left in its layer.
import type { Build, CopyStep, RunStep, Stage } from '../model/build.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { fact } from './fact.ts'
import { destinationOf, isWithin } from './image-paths.ts'
import { cleanups, indexRefreshes, installsOf, type IndexRefresh, type Install } from './installs.ts'
import { aboveContext, isUnknown, loneRefreshes, TAKES_ANY_INDEX } from './lone-refreshes.ts'
import { aptLists, isIndexMounted } from './package-traces.ts'

export interface IndexUsers {
  /** What fetched the index. */
  readonly refresh: IndexRefresh
  /** The first install of each later step that uses it. Never empty. */
  readonly installs: readonly Install[]
}

/**
 * What fetched the index of one manager; null when there is none, or none that is known of. Without an index an install works only when
 * all of it is there already, so that in a file that builds there is nothing to say.
 */
type Index = IndexRefresh | null
/** The state of one stage as it is read. */
interface State { index: Index; readonly users: Map<IndexRefresh, Install[]> }

/** By refresh, in the order of the text; an index that a step fetches on its own is left out: that step is what has to change. */
export const indexUsers = fact((build: Build): readonly IndexUsers[] => {
  if (!build.stages.some(stage => stage.steps.some(step => step.kind === 'run' && installsOf(step).some(({ manager }) => MANAGERS.includes(manager))))) return []
  const users = new Map<IndexRefresh, Install[]>()
  for (const manager of MANAGERS) {
    const ends = new Map<Stage, Index>()
    for (const stage of build.stages) {
      if (!stage.reachable || stage.windows) continue
      const state: State = { index: stage.base.kind === 'stage' ? ends.get(stage.base.stage) ?? null : null, users }
      for (const step of stage.steps) {
        if (step.kind === 'run') readRun(step, manager, state)
        else if (step.kind !== 'workdir' && mayBringIndex(step)) state.index = null
      }
      ends.set(stage, state.index)
    }
  }
  const lone = new Set(loneRefreshes(build).map(({ refresh }) => refresh.step))
  return [...users].map(([refresh, installs]) => ({ refresh, installs })).filter(({ refresh }) => !lone.has(refresh.step) && !aboveContext(build).has(refresh.step))
})

const MANAGERS = TAKES_ANY_INDEX.filter(manager => manager !== 'emerge')

/** A whole file system, or apt's folder. */
function mayBringIndex(step: CopyStep): boolean {
  const target = destinationOf(step)
  return step.from.kind !== 'context' && (target === null || isWithin(aptLists, target) || isWithin(target, '/var/lib')) || step.target !== null && /apt|pacman|xbps/.test(step.target)
}

function readRun(step: RunStep, manager: string, state: State): void {
  const commands = commandsOf(step)
  if (commands === 'opaque' || step.onbuild) {
    state.index = null
    return
  }
  const refreshes = new Map(indexRefreshes(step).filter(refresh => refresh.manager === manager).map(refresh => [refresh.command, refresh]))
  const installs = new Map(installsOf(step).filter(install => install.manager === manager).map(install => [install.command, install]))
  const row = [...refreshes.values(), ...installs.values()][0]?.row
  // What a mount holds, and hides, is not in the image.
  if (row && isIndexMounted(step, row)) return
  const removals = new Set(cleanups(step).filter(cleanup => cleanup.manager === manager && cleanup.kinds.includes('index') && (cleanup.path === null || manager !== 'apt' || cleanup.path === aptLists)).map(({ command }) => command))
  for (const command of commands) {
    const refresh = refreshes.get(command)
    if (refresh) state.index = command.command.conditional ? null : refresh
    else if (removals.has(command) || isUnknown(command) || mayInstall(command)) state.index = null
    const install = installs.get(command)
    if (install && !refresh) noteUser(state, install)
  }
}

/** Wrappers that refresh and clean up by themselves: `install-packages`, `apt-install`, `docker-php-ext-install`, `playwright install-deps`. */
export const mayInstall = ({ program, words }: NormalCommand): boolean =>
  /install|apt-|pkg|package|setup|add-apt|extrepo|netselect/.test(program ?? '') && !/^(?:apt-get|apt|apt-mark|apt-key|apt-cache|apt-config|dpkg\S*|install|add-apt-repository)$/.test(program ?? '') || words.some(({ value }) => /install-deps|--with-deps/.test(value ?? ''))

function noteUser({ index, users }: State, install: Install): void {
  const { step, command, effect, packages, intoOtherRoot, options } = install
  const usesIndex = packages.some(({ kind }) => kind === 'registry' || kind === 'unknown') || effect === 'upgrade'
  if (index === null || index.step === step || command.command.conditional || !usesIndex || effect === 'fetch' || intoOtherRoot) return
  // Another index, or none.
  if (options.some(({ name, value }) => name === '--no-download' || /^(?:-o|--option|-c|--config-file)$/.test(name) && /Dir|Sources|Lists|^$/i.test(value ?? ''))) return
  const known = users.get(index)
  if (!known) users.set(index, [install])
  else if (known.at(-1)!.step !== step) known.push(install)
}
