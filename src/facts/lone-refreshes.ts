// Package indexes that are refreshed in one step and used in another, which takes them from the cache.
import { contextSelectors, stepBelow } from '../cache/context-reads.ts'
import type { Build, RunStep, Stage, Step } from '../model/build.ts'
import { takesWholeContext } from './broad-copies.ts'
import { cleanups } from './cleanups.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { fact } from './fact.ts'
import { indexRefreshes, installsOf, type IndexRefresh, type Install } from './installs.ts'
import { isIndexMounted } from './package-traces.ts'
import { stagesFrom } from './stage-trees.ts'

export interface LoneRefresh {
  readonly refresh: IndexRefresh
  /** Later steps that install from the index it fetched; the first of each stage that does. */
  readonly installs: readonly Install[]
  /** What upgrades the system between the refresh and the first of them. */
  readonly upgrade: Install | null
}

/**
 * Managers that take the index as it is, however old. The others look at its age themselves: dnf, yum and zypper by their settings,
 * apk since 2.10 after four hours (apk-tools: src/database.c, is_index_stale).
 */
export const TAKES_ANY_INDEX: readonly string[] = ['apt', 'pacman', 'xbps', 'emerge']

/** RUN steps that refresh an index and do nothing with it, while a later step of the stage, or of one built FROM it, installs from it. */
export const loneRefreshes = fact((build: Build): readonly LoneRefresh[] => build.stages.flatMap(stage => (stage.windows ? [] : stage.steps.flatMap(step => {
  const refresh = step.kind === 'run' && !step.onbuild ? loneRefresh(step) : null
  // With the whole context below it, the Dockerfile's own edits refresh it as well.
  if (!refresh || aboveContext(build).has(step)) return []
  const installs = usersBelow(build, stage, step.index + 1, refresh.manager, 0)
  return installs.length > 0 ? [{ refresh, installs, upgrade: upgradeBetween(refresh, installs[0]!) }] : []
}))))

const upgradeBetween = ({ step, manager }: IndexRefresh, { step: last }: Install): Install | null => step.stage.steps
  .slice(step.index + 1, last.stage === step.stage ? last.index : undefined)
  .flatMap(between => (between.kind === 'run' ? installsOf(between) : []))
  .find(install => install.manager === manager && install.effect === 'upgrade') ?? null

/** Steps that stand on one that takes the whole context. */
export const aboveContext = fact((build: Build): ReadonlySet<Step> => {
  const found = new Set<Step>()
  for (const stage of build.stages) for (const step of stage.steps) {
    const below = stepBelow(step)
    if (below && (found.has(below) || below.kind !== 'workdir' && contextSelectors(below).length > 0 && takesWholeContext(below))) found.add(step)
  }
  return found
})

/** Commands beside a refresh that neither install nor use the index. */
const PREPARES = /^(?:echo|printf|set|true|:|sed|cat|tee|export|mkdir|touch|ln|chmod|cp|mv|rm|dpkg|apt-key|add-apt-repository|gpg|curl|wget|apt-get|apt|pacman|pacman-key|xbps-install|sleep|cd|test|\[)$/

function loneRefresh(step: RunStep): IndexRefresh | null {
  const refresh = indexRefreshes(step).find(({ command, option, manager }) => option === null && !command.command.conditional && TAKES_ANY_INDEX.includes(manager))
  const commands = commandsOf(step)
  if (!refresh || commands === 'opaque' || isIndexMounted(step, refresh.row)) return null
  const isUsed = installsOf(step).length > 0 || cleanups(step).some(({ kinds }) => kinds.includes('index'))
  return !isUsed && commands.every(({ program, command }) => program === null ? command.words.length === 0 : PREPARES.test(program)) ? refresh : null
}

/** Stages built FROM one another beyond this many are not followed. */
const LONGEST_CHAIN = 50

/** The first install below that uses this index: here, or else in each stage built FROM here. */
function usersBelow(build: Build, stage: Stage, from: number, manager: string, depth: number): readonly Install[] {
  for (let at = from; at < stage.steps.length; at++) {
    const step = stage.steps[at]!
    if (step.kind !== 'run') continue
    if (mayRefresh(step, manager)) return []
    const install = installsOf(step).find(candidate => candidate.manager === manager && !candidate.command.command.conditional && candidate.effect !== 'fetch' && usesIndex(candidate))
    if (install) return isIndexMounted(step, install.row) ? [] : [install]
  }
  return depth === LONGEST_CHAIN ? [] : stagesFrom(build, stage).filter(({ windows }) => !windows).flatMap(next => usersBelow(build, next, 0, manager, depth + 1))
}

/** Of packages that are all files at hand only the dependencies come from the index. */
const usesIndex = ({ packages }: Install): boolean => packages.some(({ kind }) => kind === 'registry' || kind === 'unknown')

const ADDS_REPOSITORY = /sources\.list|pacman\.conf|repository|\.repo\b|dpkg (?:-i|--install)/

/** Whether the step has its own index, or may have: by scripts nobody can look into, or because it adds a repository. */
function mayRefresh(step: RunStep, manager: string): boolean {
  const commands = commandsOf(step)
  if (commands === 'opaque' || ADDS_REPOSITORY.test(step.script?.text ?? step.text)) return true
  return indexRefreshes(step).some(refresh => refresh.manager === manager) || commands.some(isUnknown)
}

/** A script of the project or from the network: what it does is anybody's guess. */
export const isUnknown = ({ program, words, command }: NormalCommand): boolean =>
  program === null ? command.words.length > 0 : /^(?:ba|da|a|z)?sh$|^(?:source|\.|eval)$|\.(?:sh|bash|py)$/.test(program) || /\//.test(words[0]?.value ?? '') && !/^\/(?:usr\/)?(?:local\/)?s?bin\//.test(words[0]?.value ?? '')
