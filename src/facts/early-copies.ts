// Copies that bring an install its manifests together with files it does not need: any of these re-runs the install.
import { contextFilesOf, contextMatches, contextPathOf, contextReadersBelow, stepBelow } from '../cache/context-reads.ts'
import type { Build, CopyStep, Step } from '../model/build.ts'
import { takesWholeContext } from './broad-copies.ts'
import { fact } from './fact.ts'
import { installsOf, type Install } from './installs.ts'
import { demandsMore, memberManifests } from './manifest-demands.ts'

export interface EarlyCopy {
  readonly copy: CopyStep
  /** In the order of the file. */
  readonly installs: readonly Install[]
  /** What the first install needs of the context: paths where it is known, else the usual names. */
  readonly needs: readonly string[]
  /** How many context files re-run it; null when the context is not known. */
  readonly files: number | null
}

export const earlyCopies = fact((build: Build): readonly EarlyCopy[] => {
  const found = new Map<CopyStep, { installs: Install[]; needs: readonly string[]; files: number | null }>()
  for (const stage of build.stages.filter(entry => entry.reachable)) {
    for (const step of stage.steps) {
      if (step.kind !== 'run') continue
      for (const install of installsOf(step)) noteEarlyCopy(build, install, found)
    }
  }
  return [...found].map(([copy, entry]) => ({ copy, ...entry }))
})

/** An install of a project's dependencies that says itself that manifests are enough. */
function isFromManifests({ from, directory, effect, global, hasUnknownManifest, needsSources }: Install): boolean {
  return from.includes('manifests') && !global && needsSources === false && !hasUnknownManifest && directory !== null && directory.startsWith('/') && (effect === 'install' || effect === 'fetch')
}

function noteEarlyCopy(build: Build, install: Install, found: Map<CopyStep, { installs: Install[]; needs: readonly string[]; files: number | null }>): void {
  if (!isFromManifests(install)) return
  for (const copy of contextReadersBelow(install.step)) {
    if (copy.kind === 'run' || copy.onbuild || hasInstalledBefore(copy, install)) continue
    const reason = early(build, copy, install)
    if (!reason) continue
    const entry = found.get(copy)
    if (entry) entry.installs.push(install)
    else found.set(copy, { installs: [install], ...reason })
    return
  }
}

/** The dependencies are there already: what comes after the copy adds to them, or takes some away. */
function hasInstalledBefore(copy: CopyStep, install: Install): boolean {
  for (let step: Step | null = stepBelow(copy); step; step = stepBelow(step)) {
    if (step.kind === 'run' && installsOf(step).some(other => other.manager === install.manager && other.directory === install.directory && other.from.includes('manifests'))) return true
  }
  return false
}

/** What the install needs of a copy that brings its manifests together with other files; null where it brings none, or nothing else. */
export function early(build: Build, copy: CopyStep, install: Install): { needs: readonly string[]; files: number | null } | null {
  const files = contextFilesOf(build, copy)
  // Named packages need no manifest, and nobody saw one.
  if (files === 'unknown') return takesWholeContext(copy) && landsIn(copy, install) && !install.from.includes('packages') ? { needs: usualNames(install), files: null } : null
  const folder = contextPathOf(copy, install.directory!)
  if (folder === null) return null
  const below = (names: readonly string[]): readonly string[] => {
    const matches = contextMatches(build, folder, names.filter(name => !name.startsWith('/')))
    return matches === 'unknown' ? [] : matches.filter(path => files.has(path))
  }
  const own = below(install.manifests)
  // The manifests of workspace members and referenced projects are needed as well.
  const manifests = [...own, ...below(memberManifests(build, install, own))]
  if (own.length === 0 || demandsMore(build, install, manifests)) return null
  const needs = [...manifests, ...below(install.lockfiles), ...below(install.extras)]
  return files.size > new Set(needs).size ? { needs: [...new Set(needs)], files: files.size } : null
}

/** Whether the context's root comes to lie where the install runs. */
const landsIn = (copy: CopyStep, install: Install): boolean => contextPathOf(copy, install.directory!) === ''

/** Of several alternatives the first. */
const usualNames = ({ manifests, lockfiles }: Install): readonly string[] => [...manifests.slice(0, 1), ...lockfiles.slice(0, 1)].filter(name => !/[*?[]/.test(name))
