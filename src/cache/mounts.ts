// The mounts of a RUN: which inputs they add, and what of them is in its key.
// Follows BuildKit's dockerfile2llb/convert_runmount.go, client/llb/exec.go and solver/llbsolver/ops/exec.go.
import type { Mount, RunStep, Source } from '../model/build.ts'
import { baseName, cleanPath } from '../model/paths.ts'
import { byteCount } from './flags.ts'
import type { BuildSettings } from './operation.ts'

/** A mount in the engine's order, with the input it takes. */
export interface MountInput {
  readonly target: string
  /** null for what the engine adds itself: the file of a script, `--shm-size`. */
  readonly mount: Mount | null
  /** null when nothing comes in: an empty cache or memory. */
  readonly source: MountSource | null
  /** Which of the step's inputs it is; 0 is the root file system, -1 none. Two mounts of one source are one input. */
  readonly input: number
}
/** `owner`: nothing of the source counts but an empty folder with this owner and mode. */
export type MountSource =
  | { readonly kind: 'files'; readonly from: Source; readonly path: string }
  | { readonly kind: 'owner'; readonly from: Source; readonly owner: string }
  | { readonly kind: 'script' }

const isRequest = (mount: Mount): boolean => mount.type === 'secret' || mount.type === 'ssh'

/** Mounts sorted by target, as the engine does; secrets and sockets are no inputs. `idOf` tells sources apart. */
export function mountInputs(step: RunStep, settings: BuildSettings, rootId: string, idOf: (source: Source) => string): readonly MountInput[] {
  const found: Omit<MountInput, 'input'>[] = step.mounts.filter(mount => !isRequest(mount)).map(mount => ({ mount, target: targetOf(mount, step), source: sourceOf(mount) }))
  if (settings.flags.shmSize !== null) found.push({ mount: null, target: '/dev/shm', source: null })
  if (step.scriptFile) found.push({ mount: null, target: '/dev/pipes/', source: { kind: 'script' } })
  found.sort((a, b) => (a.target < b.target ? -1 : a.target > b.target ? 1 : 0))
  const known = [rootId]
  return found.map(entry => {
    if (!entry.source) return { ...entry, input: -1 }
    const id = entry.source.kind === 'script' ? 'script' : entry.source.kind === 'owner' ? `${entry.source.owner} ${idOf(entry.source.from)}` : idOf(entry.source.from)
    if (!known.includes(id)) known.push(id)
    return { ...entry, input: known.indexOf(id) }
  })
}

function sourceOf(mount: Mount): MountSource | null {
  if (mount.type === 'tmpfs') return null
  const path = cleanPath(`/${mount.source ?? ''}`)
  if (path === '/' && ['uid', 'gid', 'mode'].some(name => mount.options.has(name))) return { kind: 'owner', from: mount.from, owner: ownerOf(mount, '755') }
  return mount.from.kind === 'image' && mount.from.ref === 'scratch' ? null : { kind: 'files', from: mount.from, path }
}

const ownerOf = ({ options }: Mount, mode: string): string => `${Number(options.get('uid') ?? 0)}:${Number(options.get('gid') ?? 0)}:${parseInt(options.get('mode') ?? mode, 8)}`

/** Where a mount goes: absolute targets as written, relative ones below the working directory. */
function targetOf(mount: Mount, step: RunStep): string {
  const target = mount.target ?? ''
  return cleanPath(target).startsWith('/') ? target : cleanPath(`/${step.workdir ?? ''}/${target}`)
}

/** What of the mounts is in the key of a RUN. Secrets and sockets keep the written order, each kind for itself. */
export function mountKeys(step: RunStep, inputs: readonly MountInput[], settings: BuildSettings): Readonly<Record<string, unknown>> {
  const secrets = step.mounts.filter(mount => mount.type === 'secret')
  const sockets = step.mounts.filter(mount => mount.type === 'ssh')
  return {
    mounts: inputs.map(({ mount, target, input }) => [target, input, mount ? mountKey(mount, target, settings) : settings.flags.shmSize !== null && target === '/dev/shm' ? ['tmpfs', settings.flags.shmSize] : 'script']),
    secretVariables: secrets.flatMap(mount => (mount.options.has('env') ? [[secretId(mount), mount.options.get('env'), isRequired(mount)]] : [])),
    secretFiles: secrets.flatMap(mount => {
      const target = mount.target || (mount.options.has('env') ? '' : `/run/secrets/${baseName(secretId(mount))}`)
      return target === '' ? [] : [[secretId(mount), target, isRequired(mount), ownerOf(mount, '400')]]
    }),
    sockets: sockets.map((mount, index) => [mount.id ?? '', mount.target || `/run/buildkit/ssh_agent.${index}`, isRequired(mount), ownerOf(mount, '600')]),
  }
}

const isRequired = (mount: Mount): boolean => /^(1|t|true)$/i.test(mount.options.get('required') ?? '')
const secretId = (mount: Mount): string => mount.source || mount.id || baseName(mount.target ?? '')

function mountKey(mount: Mount, target: string, settings: BuildSettings): readonly unknown[] {
  if (mount.type === 'cache') return ['cache', mount.readonly, cacheKey(mount, target, settings)]
  return [mount.type, mount.readonly, mount.type === 'tmpfs' ? byteCount(mount.options.get('size') ?? '') : null]
}

/** Id and sharing count only in the default form. BuildKit: exec.go, checkShouldClearCacheOpts. */
function cacheKey(mount: Mount, target: string, settings: BuildSettings): string {
  const namespace = settings.buildArgs['BUILDKIT_CACHE_MOUNT_NS'] ?? ''
  const id = `${namespace}/${mount.id || cleanPath(mount.target ?? '')}`
  const shared = mount.sharing === null || mount.sharing === 'shared'
  return shared && (id === target || id.slice(id.indexOf('/') + 1) === target) ? id : ''
}
