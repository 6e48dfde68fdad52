// Which lock file an install finds, and which it does not find although the context holds one beside its manifest.
import type { Build, Step } from '../model/build.ts'
import { stepBelow } from '../cache/context-reads.ts'
import { fact } from './fact.ts'
import { baseName } from './image-paths.ts'
import { joinPath } from './install-sources.ts'
import { installs, installsOf, type Install } from './installs.ts'
import { npmLockVersion, readsLockVersion } from './lock-fit.ts'
import { mayBeTouched, originOf, type Origin } from './origins.ts'

export interface LockedInstall {
  readonly install: Install
  /** Where its manifest comes from. */
  readonly manifest: Origin
  /** The lock file it finds; null when there is none in its folder. */
  readonly lock: Origin | null
  /** Context path of the one that lies beside the manifest and is not brought. */
  readonly missing: string | null
}

/** Files any tool of an ecosystem locks with: some read each other's. */
const ALL_LOCKS: Readonly<Record<string, readonly string[]>> = {
  javascript: ['package-lock.json', 'npm-shrinkwrap.json', 'yarn.lock', 'pnpm-lock.yaml', 'bun.lock', 'bun.lockb', 'deno.lock'],
}

/** Each is followed down to the bottom of its stage; nobody writes more by hand. */
const MOST_INSTALLS = 100

/** Installs of a project by its manifests, in a folder that is known, with nothing but copies behind what they read. */
export const lockedInstalls = fact((build: Build): readonly LockedInstall[] => {
  const candidates = installs(build).filter(isCandidate).slice(0, MOST_INSTALLS)
  if (candidates.length === 0 || build.context.source === null) return []
  return candidates.flatMap(install => lockedInstall(build, install) ?? [])
})

/** A command in a branch is one of several: which of them runs may hang on the lock file. */
const isCandidate = ({ step, command, from, global, directory, hasUnknownManifest, lockfiles, offline }: Install): boolean =>
  step.stage.reachable && !step.stage.windows && !step.onbuild && !command.command.conditional && from.includes('manifests') && !global && !offline && !hasUnknownManifest && lockfiles.length > 0 && directory?.startsWith('/') === true

function lockedInstall(build: Build, install: Install): LockedInstall | null {
  const folder = install.directory!
  const place = (name: string): string => joinPath(folder, name)
  const manifest = firstOrigin(build, install, install.manifests.filter(name => !/[*?[]/.test(name)).map(place))
  if (!manifest || manifest === 'unknown') return null
  const names = [...install.lockfiles.filter(name => !/[*?[]/.test(name)), ...ALL_LOCKS[install.row.ecosystem] ?? []]
  const lock = firstOrigin(build, install, names.map(place))
  if (lock === 'unknown') return null
  if (lock) return { install, manifest, lock, missing: null }
  const beside = manifest.path.slice(0, manifest.path.lastIndexOf('/') + 1)
  const missing = install.lockfiles.map(name => beside + baseName(name)).find(path => build.context.has(path) === true && belongsTo(path, manifest.path))
  if (missing === undefined || !isOfUse(build, install, missing) || hasInstalledBefore(install) || isKeptOutOfGit(build, missing) || mayBeLockedAnew(install, place(baseName(missing)))) return null
  return { install, manifest, lock: null, missing }
}

/** Not to an npm that cannot read it or is told not to, nor where it locks nothing. */
function isOfUse(build: Build, { manager, options, step }: Install, lock: string): boolean {
  const text = build.context.read(lock)
  if (text?.trim() === '' && manager === 'go') return false
  return !options.some(({ name }) => /^--no-(?:package-lock|lockfile|shrinkwrap)$/.test(name)) && (manager !== 'npm' || readsLockVersion(step, npmLockVersion(text ?? '') ?? 0))
}

/** Commands that write a lock file and do not name it. */
const LOCKS = /--[\w-]*lock(?:file)?-only\b|\b(?:poetry|uv|bundle|pipenv|pdm|cargo|npm)\s+(?:lock|generate-lockfile|shrinkwrap)\b/

/** Whether a command above makes or changes the lock file at this path. */
export function mayBeLockedAnew({ step, span }: Install, path: string): boolean {
  for (let at: Step | null = step; at; at = stepBelow(at)) if (at.kind === 'run' && LOCKS.test(at.text)) return true
  return mayBeTouched(step, path, span.start)
}

/** Of alternatives the one that is brought; 'unknown' when any of them may be. */
function firstOrigin(build: Build, { step }: Install, paths: readonly string[]): Origin | null | 'unknown' {
  const found = paths.map(path => originOf(build, step, path))
  return found.find((origin): origin is Origin => origin !== null && origin !== 'unknown') ?? (found.includes('unknown') ? 'unknown' : null)
}

/** `go.work.sum` is not the lock file of `go.mod`. */
const belongsTo = (lock: string, manifest: string): boolean => !/\.sum$/.test(lock) || baseName(lock) === baseName(manifest).replace(/^go\.mod$/, 'go.sum').replace(/^go\.work$/, 'go.work.sum')

/** It then wrote a lock file of its own. */
function hasInstalledBefore({ step, directory, span }: Install): boolean {
  for (let at: Step | null = step; at; at = stepBelow(at)) {
    if (at.kind === 'run' && installsOf(at).some(other => other.directory === directory && other.from.includes('manifests') && (at !== step || other.span.start < span.start))) return true
  }
  return false
}

/** Libraries keep it on the developer's machine only. */
function isKeptOutOfGit(build: Build, path: string): boolean {
  const folders = ['', path.slice(0, path.lastIndexOf('/') + 1)]
  return folders.some(folder => {
    const text = build.context.read(`${folder}.gitignore`)
    return text !== null && text.split(/\r?\n/).some(line => line.trim().replace(/^(?:\*\*\/|\/)?(?:.*\/)?/, '') === baseName(path) || line.trim() === '*.lock' && path.endsWith('.lock'))
  })
}
