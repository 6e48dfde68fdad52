// RUN steps that install a project's dependencies and then build it: files that only the build reads re-run the install.
import { contextFilesOf, contextMatches, contextPathOf } from '../cache/context-reads.ts'
import type { Build, CopyStep, RunStep } from '../model/build.ts'
import { commandsOf, type NormalCommand } from './commands.ts'
import { boundPlaces, copiesRightBelow, isScript, placesOf, readsPlace } from './context-places.ts'
import { earlyInstallSteps } from './early-copies.ts'
import { fact } from './fact.ts'
import { installsOf, type Install } from './installs.ts'
import { demandsMore, memberManifests } from './manifest-demands.ts'

export interface CombinedBuild {
  readonly step: RunStep
  readonly install: Install
  readonly builder: NormalCommand
  /** Brings files that only the build reads; the RUN itself where it binds the context. */
  readonly sources: CopyStep | RunStep
  /** What the install needs of the context. */
  readonly needs: readonly string[]
}

/** Nobody writes more of them into one file by hand. */
const MOST_RUNS = 500
const MOST_COMMANDS = 500

export const combinedBuilds = fact((build: Build): readonly CombinedBuild[] => build.stages.filter(({ reachable, windows }) => reachable && !windows)
  .flatMap(({ steps }) => steps).filter((step): step is RunStep => step.kind === 'run' && !step.onbuild).slice(0, MOST_RUNS).flatMap(step => combinedBuild(build, step) ?? []))

function combinedBuild(build: Build, step: RunStep): CombinedBuild | null {
  const commands = commandsOf(step)
  const found = installsOf(step)
  if (commands === 'opaque' || found.length === 0 || commands.length < 2 || commands.length > MOST_COMMANDS) return null
  const install = found.find(one => isFromManifests(one) && !one.command.command.conditional)
  const at = install ? commands.indexOf(install.command) : -1
  const builder = install && commands.slice(at + 1).find(command => isBuild(command, found))
  if (!install || !builder || step.mounts.some(({ type }) => type === 'cache') || isReported(build, step)) return null
  return whole(build, install, builder) ?? apart(build, install, builder)
}

const isFromManifests = ({ from, directory, effect, global, hasUnknownManifest, needsSources, packages }: Install): boolean =>
  from.includes('manifests') && packages.length === 0 && !global && needsSources === false && !hasUnknownManifest && (directory?.startsWith('/') ?? false) && (effect === 'install' || effect === 'fetch')

/** A command that turns sources into something else. */
function isBuild(command: NormalCommand, found: readonly Install[]): boolean {
  if (command.command.conditional) return false
  const [verb, script] = command.arguments
  if (isScript(command)) return /^(?:build|compile|dist|bundle|generate|prod|release)/.test((verb === 'run' || verb === 'run-script' ? script : verb) ?? '')
  return found.some(one => one.command === command && one.effect === 'build' && one.needsSources === true) || /^(?:make|tsc|webpack|vite|ng|hugo|gulp|grunt)$/.test(command.program ?? '')
}

/** The copy that brings both is told by another rule. */
const isReported = (build: Build, step: RunStep): boolean => earlyInstallSteps(build).has(step)

/** The install's files below a context folder that is mounted or copied to where it runs. */
function needsIn(build: Build, install: Install, folder: string): readonly string[] | null {
  const below = (names: readonly string[]): readonly string[] => {
    const found = contextMatches(build, folder, names.filter(name => !name.startsWith('/')))
    return found === 'unknown' ? [] : found
  }
  const own = below(install.manifests)
  const manifests = [...own, ...below(memberManifests(build, install, own))]
  return own.length === 0 || demandsMore(build, install, manifests) ? null : [...new Set([...manifests, ...below(install.lockfiles), ...below(install.extras)])]
}

/** The RUN binds the context where the install runs. */
function whole(build: Build, install: Install, builder: NormalCommand): CombinedBuild | null {
  const { step } = install
  const mount = step.mounts.find(({ type, from, source, target }) => type === 'bind' && from.kind === 'context' && (source ?? '.').replace(/^\.?\/?$/, '') === '' && target !== null)
  const place = mount && boundPlaces(step).find(({ path }) => install.directory === path)
  const needs = place ? needsIn(build, install, '') : null
  const files = contextFilesOf(build, step)
  return needs && files !== 'unknown' && files.size > needs.length ? { step, install, builder, sources: step, needs } : null
}

/** One copy brings the manifests, another one only what the build reads. */
function apart(build: Build, install: Install, builder: NormalCommand): CombinedBuild | null {
  const { step } = install
  const copies = copiesRightBelow(build, step).filter(copy => copy.from.kind === 'context')
  const manifests = copies.find(copy => contextPathOf(copy, install.directory!) !== null || copy.sources.length > 1)
  if (!manifests || copies.length < 2) return null
  const folder = folderOf(build, copies, install)
  const needs = folder === null ? null : needsIn(build, install, folder)
  if (!needs) return null
  const taken = copies.map(copy => ({ copy, files: contextFilesOf(build, copy) }))
  const brought = new Set(taken.flatMap(({ files }) => (files === 'unknown' ? [] : [...files])))
  const sources = taken.findLast(({ copy, files }) => files !== 'unknown' && files.size > 0 && !needs.some(path => files.has(path))
    && (placesOf(build, copy) ?? []).some(place => readsPlace(builder, place) || place.path.startsWith(`${install.directory!}/`)))
  return sources && needs.some(path => brought.has(path)) ? { step, install, builder, sources: sources.copy, needs: needs.filter(path => brought.has(path)) } : null
}

/** The folder of the context that the manifests came from. */
function folderOf(build: Build, copies: readonly CopyStep[], { manifests, directory }: Install): string | null {
  for (const copy of copies) {
    const files = contextFilesOf(build, copy)
    const places = placesOf(build, copy)
    if (files === 'unknown' || !places) return null
    const lands = places.some(({ path, files: inside }) => path.startsWith(directory!) && (inside === null || manifests.some(name => inside.has(`${directory === '/' ? '' : directory!}/${name}`))))
    const own = lands ? [...files].find(path => manifests.includes(path.slice(path.lastIndexOf('/') + 1))) : undefined
    if (own !== undefined) return own.includes('/') ? own.slice(0, own.lastIndexOf('/')) : ''
  }
  return null
}
