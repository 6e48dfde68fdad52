// Installs that find a lock file and are free to depart from it, with what would hold them to it.
import { stepBelow } from '../cache/context-reads.ts'
import type { Build, RunStep, Step } from '../model/build.ts'
import { localSettings } from './bundler-settings.ts'
import { fact } from './fact.ts'
import { baseName } from './image-paths.ts'
import { joinPath } from './install-sources.ts'
import { installsOf, type Install } from './installs.ts'
import { mayFit, nodeMajor, npmLockVersion, readsLockVersion } from './lock-fit.ts'
import { lockedInstalls, mayBeLockedAnew } from './lockfiles.ts'
import { originOf, type Origin } from './origins.ts'
import { rootOf } from './stage-trees.ts'

export interface LooseInstall {
  readonly install: Install
  readonly manifest: Origin
  readonly lock: Origin
  /** `npm ci`, an option, `ENV` with a variable, or a command that sets it: what keeps it to the lock file. */
  readonly remedy: string
  /** The same in stages that only other targets reach. */
  readonly twins: readonly Install[]
}

/** Of each project and stage the first: once it is held, so are those after it. */
export const looseInstalls = fact((build: Build): readonly LooseInstall[] => {
  const seen = new Set<string>()
  return lockedInstalls(build).flatMap(({ install, manifest, lock }) => {
    const project = `${install.step.stage.index} ${install.manager} ${install.directory}`
    // What renews versions says so: `npm update`, `bundle update`.
    if (lock === null || seen.has(project) || install.frozen !== false || !/^(?:i|install|sync|restore|deps\.get|build|fetch|chef cook|)$/.test(install.verb) || !install.lockfiles.includes(baseName(lock.path))) return []
    const remedy = remedyOf(build, install, lock)
    if (remedy === null || !mayFit(build, install.manager, manifest.path, lock.path) || isHeldBySetting(build, install) || mayBeLockedAnew(install, joinPath(install.directory!, baseName(lock.path)))) return []
    seen.add(project)
    return [{ install, manifest, lock, remedy, twins: twinsOf(build, install, lock) }]
  })
})

/** Of each stage that this target leaves out the first that installs the same project with the same lock file. */
function twinsOf(build: Build, { manager, verb, directory }: Install, { path }: Origin): readonly Install[] {
  const place = joinPath(directory!, baseName(path))
  return build.stages.filter(({ reachable, windows }) => !reachable && !windows).flatMap(stage => {
    const own = stage.steps.flatMap(step => (step.kind === 'run' && !step.onbuild ? installsOf(step) : [])).filter(install => install.manager === manager && install.directory === directory)
    return own.filter(install => install.frozen === false && install.verb === verb && !install.command.command.conditional && !isHeldBySetting(build, install) && !mayBeLockedAnew(install, place)).slice(0, 1)
  }).filter(install => {
    const origin = originOf(build, install.step, place)
    return origin !== null && origin !== 'unknown' && origin.path === path
  })
}

function remedyOf(build: Build, install: Install, lock: Origin): string | null {
  switch (install.manager) {
    case 'npm': return knowsCi(install, npmLockVersion(build.context.read(lock.path) ?? '')) && !install.options.some(({ name }) => /^--(?:no-)?(?:package-lock|lockfile|shrinkwrap)$/.test(name)) ? 'npm ci' : null
    case 'pnpm': return install.options.some(({ name }) => name === '--lockfile' || name === '--no-lockfile') ? null : '--frozen-lockfile'
    case 'bun': return '--frozen-lockfile'
    case 'yarn': return install.options.some(({ name }) => name === '--pure-lockfile' || name === '--no-lockfile') ? null : isBerry(build, install, lock) ? '--immutable' : '--frozen-lockfile'
    case 'bundler': return isLockedForLinux(build, install, lock) ? localSettings(install) ? 'bundle config set --local frozen true' : 'ENV BUNDLE_FROZEN=true' : null
    case 'pipenv': return install.options.some(({ name }) => name === '--skip-lock') ? null : '--deploy'
    case 'uv': case 'cargo': return '--locked'
    case 'pdm': return '--frozen-lockfile'
    case 'mix': return minorVersion(install) === null || minorVersion(install)! >= 15 ? '--check-locked' : null
    default: return null
  }
}

/** A lock file for other systems alone cannot be kept to; Alpine's is one of its own. */
function isLockedForLinux(build: Build, { step }: Install, lock: Origin): boolean {
  const platforms = /^PLATFORMS\n((?: +.*\n)+)/m.exec(build.context.read(lock.path) ?? '')?.[1] ?? ''
  const { base } = rootOf(step.stage)
  const isAlpine = base.kind === 'image' && base.ref?.includes('alpine')
  return /^ +ruby$|linux(?:-gnu)?$/m.test(platforms) || isAlpine === true && /linux-musl$/m.test(platforms)
}

/** Of Elixir; the option came with 1.15. */
function minorVersion({ step }: Install): number | null {
  const { base } = rootOf(step.stage)
  const minor = base.kind === 'image' ? /elixir[^:]*:1\.(\d+)/.exec(base.ref ?? '') : null
  return minor && Number(minor[1])
}

/** npm has it since 5.7, which came with Node 8.12 and 10. */
function knowsCi({ step }: Install, lockVersion: number | null): boolean {
  if (lockVersion === null || !readsLockVersion(step, lockVersion)) return false
  const major = nodeMajor(step)
  // Of an image that is not known the lock file must show that npm is no old one.
  return major === 'unknown' ? lockVersion > 1 : major === null || major >= 10
}

function isBerry(build: Build, install: Install, lock: Origin): boolean {
  return install.flavour === 'berry' || /^__metadata:/m.test(build.context.read(lock.path) ?? '')
}

/** Files that may hold a setting for the install, and what it looks like. */
const SETTINGS: readonly (readonly [string, RegExp])[] = [
  ['.npmrc', /^\s*(?:(?:prefer-)?frozen-lockfile\s*=\s*true|package-lock\s*=\s*false|frozen-lockfile\s*=\s*false)/m],
  ['pnpm-workspace.yaml', /^\s*(?:frozenLockfile|preferFrozenLockfile)\s*:/m],
  ['.yarnrc.yml', /^\s*enableImmutableInstalls\s*:\s*true/m],
  ['.yarnrc', /frozen-lockfile/],
  ['bunfig.toml', /frozenLockfile\s*=\s*true/],
  ['.bundle/config', /BUNDLE_(?:FROZEN|DEPLOYMENT)/],
]
/** Commands that set one for later installs. */
const SETS = /\bbundle\S*\s+config\b[^\n;&|]*\b(?:frozen|deployment)\b|\b(?:npm|pnpm|yarn)\s+config\s+set\b[^\n;&|]*(?:lock|[iI]mmutable)|\bBUNDLE_(?:FROZEN|DEPLOYMENT)\b|\bset\s+-\S*a\b/

function isHeldBySetting(build: Build, install: Install): boolean {
  const { step, directory } = install
  for (let at: Step | null = step; at; at = stepBelow(at)) if (at.kind === 'run' && (SETS.test(at.text) || isHeldIn(at, install))) return true
  if (step.stage.steps.some(other => other.kind === 'run' && isHeldIn(other, install))) return true
  // pnpm and yarn take their settings from variables as well; an unknown value may be anything.
  const isSet = step.environment.entries().some(({ name }) => /^(?:p?npm_config|yarn)_.*(?:lock|immutable)/i.test(name))
  return isSet || SETTINGS.some(([name, pattern]) => {
    const origin = originOf(build, step, joinPath(directory!, name))
    return origin === 'unknown' || origin !== null && pattern.test(build.context.read(origin.path) ?? '')
  })
}

/** Another command of the same project keeps to the lock file: the build fails there when it does not fit. */
const isHeldIn = (run: RunStep, { manager, directory }: Install): boolean => installsOf(run).some(other => other.frozen === true && other.verb !== 'chef cook' && other.manager === manager && other.directory === directory && !other.command.command.conditional)
