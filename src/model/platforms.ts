// Platforms as the engine compares them: os/architecture[/variant] in one spelling.
// Follows github.com/containerd/platforms (Parse, Normalize).

export const DEFAULT_PLATFORM = 'linux/amd64'

const ARCHITECTURES: Readonly<Record<string, string>> = { aarch64: 'arm64', x86_64: 'amd64', 'x86-64': 'amd64', i386: '386', armhf: 'arm/v7', armel: 'arm/v6' }
/** What one word alone can be: an architecture of the builder's own system, not a system. */
const ALONE = new Set(['amd64', 'arm64', 'arm', '386', 'ppc64le', 's390x', 'riscv64', 'mips64le', 'loong64', ...Object.keys(ARCHITECTURES)])

/** The platform in its shortest spelling: `linux/x86_64` and `amd64` are `linux/amd64`, `linux/arm64/v8` is `linux/arm64`, `linux/arm` is `linux/arm/v7`. */
export function normalPlatform(text: string): string {
  const words = text.toLowerCase().split('/')
  const [os = '', architecture = 'amd64', variant] = words.length === 1 && ALONE.has(words[0]!) ? ['linux', ...words] : words
  const [machine = '', implied] = (ARCHITECTURES[architecture] ?? architecture).split('/')
  const version = normalVariant(machine, variant ?? implied ?? '')
  return `${os === 'macos' ? 'darwin' : os}/${machine}${version === '' ? '' : `/${version}`}`
}

function normalVariant(machine: string, variant: string): string {
  if (machine === 'arm') return variant === '' || variant === '7' ? 'v7' : /^[568]$/.test(variant) ? `v${variant}` : variant
  if (machine === 'arm64') return variant === '8' || variant === 'v8' ? '' : variant
  return machine === 'amd64' && variant === 'v1' ? '' : variant
}
