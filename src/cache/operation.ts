// A step's own parameters as its cache key holds them: one string, equal when the engine's operation digest would be.
// Follows BuildKit's solver/llbsolver/ops/exec.go and file.go, client/llb/exec.go and fileop.go.
import { isWildcard } from '../model/globs.ts'
import type { CopyStep, Environment, Mount, RunStep, WorkdirStep } from '../model/build.ts'
import { baseName, cleanPath, copyTarget, insideRoot } from '../model/paths.ts'

/** What applies to the whole build. */
export interface BuildSettings {
  readonly platform: string
  readonly buildArgs: Readonly<Record<string, string>>
  readonly linkMerges: boolean
  readonly flags: RunFlags
}
/** Flags of `docker build` that enter every RUN. */
export interface RunFlags {
  readonly network: string | null
  readonly hosts: readonly string[]
  readonly ulimits: readonly string[]
  readonly shmSize: string | null
  readonly cgroupParent: string | null
}

/** Reads the raw flags of a build; those in no key are passed over. */
export function readRunFlags(flags: readonly string[]): RunFlags {
  const values = (name: string): string[] => flags.flatMap((flag, index) => (flag.startsWith(`--${name}=`) ? [flag.slice(name.length + 3)] : flag === `--${name}` ? [flags[index + 1] ?? ''] : []))
  const network = values('network').at(-1) ?? null
  return {
    network: network === 'default' ? null : network,
    // The address of an extra host is in no key, its name is.
    hosts: values('add-host').map(host => host.split(/[:=]/)[0]!),
    ulimits: values('ulimit').sort(),
    shmSize: values('shm-size').at(-1) ?? null,
    cgroupParent: values('cgroup-parent').at(-1) ?? null,
  }
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

export function runOperation(step: RunStep, settings: BuildSettings): string {
  const { flags } = settings
  const one = (name: string): string | null => step.flags.findLast(flag => flag.name === name)?.value ?? null
  const network = one('network')?.toLowerCase() ?? null
  const security = one('security')?.toLowerCase() ?? null
  const mounts = step.mounts.filter(mount => !isRequest(mount)).map(mount => mountKey(mount, step, settings))
  if (flags.shmSize !== null) mounts.push(JSON.stringify(['/dev/shm', 'tmpfs', flags.shmSize]))
  return JSON.stringify({
    run: step.argv,
    environment: environmentList(step.environment),
    ssh: step.mounts.some(mount => mount.type === 'ssh'),
    workdir: step.workdir ?? '/',
    user: step.user ?? '',
    host: settings.buildArgs['BUILDKIT_SANDBOX_HOSTNAME'] ?? '',
    hosts: flags.hosts, ulimits: flags.ulimits, cgroupParent: flags.cgroupParent,
    network: network === null || network === 'default' ? flags.network : network,
    security: security === 'sandbox' ? null : security,
    devices: step.flags.filter(flag => flag.name === 'device').map(flag => flag.value),
    // The engine sorts mounts by target; secrets and sockets keep their order.
    mounts: mounts.sort(),
    requests: step.mounts.filter(isRequest).map(requestKey),
    file: step.scriptFile ? '/dev/pipes/' : null,
    platform: platformKey(step.stage.platform ?? settings.platform),
  })
}

const isRequest = (mount: Mount): boolean => mount.type === 'secret' || mount.type === 'ssh'

/** arm64 and arm64/v8 are one platform; so are arm and arm/v7. */
const platformKey = (platform: string): string => platform.replace(/^linux\/arm64\/v8$/, 'linux/arm64').replace(/^linux\/arm$/, 'linux/arm/v7').replace(/^linux\/x86_64$/, 'linux/amd64')

/** Where a mount goes: absolute targets as written, relative ones below the working directory. */
function mountTarget(mount: Mount, step: RunStep): string {
  const target = mount.target ?? ''
  return cleanPath(target).startsWith('/') ? target : cleanPath(`/${step.workdir ?? ''}/${target}`)
}

function mountKey(mount: Mount, step: RunStep, settings: BuildSettings): string {
  const target = mountTarget(mount, step)
  if (mount.type === 'tmpfs') return JSON.stringify([target, 'tmpfs', byteCount(mount.options.get('size'))])
  if (mount.type === 'bind') return JSON.stringify([target, 'bind', mount.readonly])
  const owner = ['uid', 'gid', 'mode'].some(name => mount.options.has(name))
    ? [Number(mount.options.get('uid') ?? 0), Number(mount.options.get('gid') ?? 0), parseInt(mount.options.get('mode') ?? '755', 8)]
    : null
  return JSON.stringify([target, 'cache', mount.readonly, owner, cacheKey(mount, target, settings)])
}

/** Id and sharing count only in the default form. BuildKit: exec.go, checkShouldClearCacheOpts. */
function cacheKey(mount: Mount, target: string, settings: BuildSettings): string {
  const namespace = settings.buildArgs['BUILDKIT_CACHE_MOUNT_NS'] ?? ''
  const id = `${namespace}/${mount.id || cleanPath(mount.target ?? '')}`
  const shared = mount.sharing === null || mount.sharing === 'shared'
  const isDefault = shared && (id === target || id.slice(id.indexOf('/') + 1) === target)
  return isDefault ? id : ''
}

function byteCount(size: string | undefined): number {
  const match = /^(\d+(?:\.\d+)?) ?([kKmMgGtTpP])?(?:[iI]?[bB])?$/.exec(size ?? '')
  return match ? Number(match[1]) * 1024 ** ' kmgtp'.indexOf((match[2] ?? ' ').toLowerCase()) : 0
}

/** Secrets and ssh sockets: what is asked for, never what is supplied. */
function requestKey(mount: Mount): readonly unknown[] {
  const { options } = mount
  const required = /^(1|t|true)$/i.test(options.get('required') ?? '')
  const ids = ['uid', 'gid', 'mode'].some(name => options.has(name))
  const owner = ids ? [Number(options.get('uid') ?? 0), Number(options.get('gid') ?? 0), parseInt(options.get('mode') ?? (mount.type === 'ssh' ? '600' : '400'), 8)] : null
  if (mount.type === 'ssh') return ['ssh', mount.id ?? '', mount.target, required, owner]
  const id = mount.source || mount.id || baseName(mount.target ?? '')
  const env = options.get('env') ?? null
  return ['secret', id, mount.target ?? (env === null ? `/run/secrets/${baseName(id)}` : null), env, required, owner]
}

/** Whether the engine makes the copy on an empty base and merges it. BuildKit before 0.29: not with `--chmod`. */
export const isLinked = (step: CopyStep, settings: BuildSettings): boolean => step.link && settings.linkMerges && step.chmod === null

export function copyOperation(step: CopyStep, settings: BuildSettings): string {
  const unpack = step.unpack ?? step.kind === 'add'
  return JSON.stringify({
    copy: [
      ...step.sources.map(source => {
        const { path, include } = splitParents(step, source)
        return [isWildcard(path) ? 'wild' : 'path', lastName(path), unpack, include]
      }),
      ...step.remotes.map(url => remoteName(url, step.unpack ?? false)),
      ...step.heredocs.map(heredoc => ['text', heredoc.name]),
    ],
    target: copyTarget(step.workdir ?? '/', step.target ?? ''),
    chown: step.chown === null || step.chown === '' ? null : ownerKey(step.chown),
    chmod: step.chmod === null || step.chmod === '' ? null : /^[0-7]+$/.test(step.chmod) ? parseInt(step.chmod, 8) : step.chmod,
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

/** root is 0; other names stay names. */
function ownerKey(chown: string): string {
  return chown.split(':').map(part => (part === 'root' ? '0' : /^\d+$/.test(part) ? String(Number(part)) : part)).join(':')
}

export const isGit = (url: string): boolean => /^(git|ssh):\/\/|^git@|^github\.com\/|^https?:\/\/[^?#]*\.git(#|\?|$)/.test(url)

function remoteName(url: string, unpack: boolean): readonly unknown[] {
  if (isGit(url)) return ['git']
  const path = url.replace(/^https?:\/\/[^/?#]*/, '').replace(/[?#][^]*$/, '')
  const name = baseName(cleanPath(path || '/'))
  return ['url', name === '' || name === '.' ? '__unnamed__' : name, unpack]
}

export function workdirOperation(step: WorkdirStep, settings: BuildSettings): string {
  return JSON.stringify({ workdir: step.path, user: step.user === null || step.user === '' ? null : ownerKey(step.user), time: settings.buildArgs['SOURCE_DATE_EPOCH'] ?? '' })
}
