// A step's own parameters as its cache key holds them: one string, equal when the engine's operation digest would be.
// Follows BuildKit's solver/llbsolver/ops/exec.go and file.go, client/llb/exec.go and fileop.go.
import type { CopyStep, Environment, RunStep, WorkdirStep } from '../model/build.ts'
import { baseName, cleanPath, copyTarget, insideRoot } from '../model/paths.ts'
import { normalPlatform } from '../model/platforms.ts'
import { ownerKey } from './file-modes.ts'
import type { RunFlags } from './flags.ts'
import { mountKeys, type MountInput } from './mounts.ts'

/** What applies to the whole build. */
export interface BuildSettings {
  readonly platform: string
  readonly buildArgs: Readonly<Record<string, string>>
  readonly linkMerges: boolean
  readonly flags: RunFlags
}

const lists = new WeakMap<Environment, readonly string[]>()
/** The environment list of a RUN: NAME=value in order, names without a value left out. */
export function environmentList(environment: Environment): readonly string[] {
  const known = lists.get(environment)
  if (known) return known
  const list = environment.entries().filter(variable => variable.value !== null).map(variable => `${variable.name}=${variable.value}`)
  lists.set(environment, list)
  return list
}

/** `environment` stands for the environment list. */
export function runOperation(step: RunStep, settings: BuildSettings, inputs: readonly MountInput[], environment: string): string {
  const { flags } = settings
  const one = (name: string): string | null => step.flags.findLast(flag => flag.name === name)?.value ?? null
  const network = one('network')?.toLowerCase() ?? null
  const security = one('security')?.toLowerCase() ?? null
  return JSON.stringify({
    run: step.argv,
    environment,
    workdir: step.workdir ?? '/',
    user: step.user ?? '',
    host: settings.buildArgs['BUILDKIT_SANDBOX_HOSTNAME'] ?? '',
    hosts: flags.hosts, ulimits: flags.ulimits, cgroupParent: flags.cgroupParent,
    network: network === null || network === 'default' ? flags.network : network,
    security: security === 'sandbox' ? null : security,
    devices: step.flags.filter(flag => flag.name === 'device').map(flag => flag.value),
    ...mountKeys(step, inputs, settings),
    platform: normalPlatform(step.stage.platform ?? settings.platform),
  })
}

/** Whether the engine makes the copy on an empty base and merges it. BuildKit before 0.29: not with `--chmod`. */
export const isLinked = (step: CopyStep, settings: BuildSettings): boolean => step.link && settings.linkMerges && !step.chmod

export function copyOperation(step: CopyStep, settings: BuildSettings): string {
  const unpack = step.unpack ?? step.kind === 'add'
  const local = step.sources.map((source, index) => {
    const { path, include } = splitParents(step, source)
    return { at: step.sourceSpans[index]!.start, key: ['path', lastName(path), unpack, include] }
  })
  const remote = step.remotes.map((url, index) => ({ at: step.remoteSpans[index]!.start, key: remoteKey(url, step.unpack ?? false) }))
  return JSON.stringify({
    copy: [...[...local, ...remote].sort((a, b) => a.at - b.at).map(source => source.key), ...step.heredocs.map(heredoc => ['text', heredoc.name])],
    target: copyTarget(step.workdir ?? '/', step.target ?? ''),
    chown: step.chown ? ownerKey(step.chown) : null,
    chmod: !step.chmod ? null : /^[0-7]+$/.test(step.chmod) ? parseInt(step.chmod, 8) : step.chmod,
    exclude: step.exclude,
    linked: isLinked(step, settings),
  })
}

/** Path and pattern of one source: with `--parents`, what stands before `/./` is the root of the pattern. */
export function splitParents(step: CopyStep, source: string): { path: string; include: readonly string[] } {
  if (!step.parents) return { path: source, include: [] }
  const pivot = source.indexOf('/./')
  const path = pivot === -1 ? '/' : source.slice(0, pivot) || '/'
  return { path, include: [insideRoot(pivot === -1 ? source : source.slice(pivot + 3))] }
}

const lastName = (path: string): string => baseName(cleanPath(`/${path}`)) || '/'

export const isGit = (url: string): boolean => /^(git|ssh):\/\/|^git@|^github\.com\/|^https?:\/\/[^?#]*\.git(#|\?|$)/.test(url)

function remoteKey(url: string, unpack: boolean): readonly unknown[] {
  if (isGit(url)) return ['git']
  const path = url.replace(/^https?:\/\/[^/?#]*/, '').replace(/[?#][^]*$/, '')
  const name = baseName(cleanPath(path || '/'))
  return ['url', name === '' || name === '.' ? '__unnamed__' : name, unpack]
}

export function workdirOperation(step: WorkdirStep, settings: BuildSettings): string {
  return JSON.stringify({ workdir: step.path, user: step.user ? ownerKey(step.user) : null, time: settings.buildArgs['SOURCE_DATE_EPOCH'] ?? '' })
}
