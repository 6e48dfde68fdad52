// Raw flags of `docker build`, as far as they bear on the cache; those in no key are passed over.

/** All values of a `--name=value` or `--name value` flag. */
export function flagValues(flags: readonly string[], name: string): readonly string[] {
  return flags.flatMap((flag, index) => (flag.startsWith(`--${name}=`) ? [flag.slice(name.length + 3)] : flag === `--${name}` ? [flags[index + 1] ?? ''] : []))
}

/** Whether a flag without a value is set. */
export function isFlagSet(flags: readonly string[], name: string): boolean {
  return flags.some(flag => flag === `--${name}` || new RegExp(`^--${name}=(1|t|true)$`, 'i').test(flag))
}

/** `NAME=value` values by name; later ones win. */
export function assignmentFlags(flags: readonly string[], name: string): Readonly<Record<string, string>> {
  const pairs = flagValues(flags, name).filter(value => value.includes('='))
  return Object.fromEntries(pairs.map(value => [value.slice(0, value.indexOf('=')), value.slice(value.indexOf('=') + 1)]))
}

/** Flags that enter every RUN. */
export interface RunFlags {
  readonly network: string | null
  readonly hosts: readonly string[]
  readonly ulimits: readonly string[]
  readonly shmSize: number | null
  readonly cgroupParent: string | null
}

export function readRunFlags(flags: readonly string[]): RunFlags {
  const network = flagValues(flags, 'network').at(-1) ?? null
  const shmSize = flagValues(flags, 'shm-size').at(-1)
  return {
    network: network === 'default' ? null : network,
    // The address of an extra host is in no key, its name is.
    hosts: flagValues(flags, 'add-host').map(host => host.split(/[:=]/)[0]!),
    ulimits: [...new Set(flagValues(flags, 'ulimit').map(spelledLimit))].sort(),
    shmSize: shmSize === undefined ? null : byteCount(shmSize),
    cgroupParent: flagValues(flags, 'cgroup-parent').at(-1) ?? null,
  }
}

/** Without a hard limit it is the soft one. */
const spelledLimit = (limit: string): string => (/^[^=]*=[^:]*$/.test(limit) ? `${limit}:${limit.slice(limit.indexOf('=') + 1)}` : limit)

/** Sizes as docker/go-units RAMInBytes reads them; 0 for anything else. */
export function byteCount(size: string): number {
  const match = /^(\d+(?:\.\d+)?) ?([kmgtp])?i?b?$/i.exec(size)
  return match ? Math.floor(Number(match[1]) * 1024 ** ' kmgtp'.indexOf((match[2] ?? ' ').toLowerCase())) : 0
}
