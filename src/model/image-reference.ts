// An image reference, read as Docker reads it (the grammar of github.com/distribution/reference):
// registry, repository, tag, digest, and the name under which tables file the image. Anything else is null, never an error.

export interface ImageReference {
  /** Host with its port; `docker.io` where none is written. */
  readonly registry: string
  /** Path within the registry; Docker's own images have `library/` in front, written or not. */
  readonly repository: string
  /** As in a FROM line without the default registry: `node`, `mcr.microsoft.com/dotnet/sdk`. Also without `library/`, `amd64/` and a known mirror. */
  readonly name: string
  /** All that stands before tag and digest, as written. */
  readonly written: string
  readonly tag: string | null
  readonly digest: string | null
}

const defaultRegistry = 'docker.io'
/** Other names under which Docker Hub answers. */
const hubRegistries: readonly string[] = [defaultRegistry, 'index.docker.io', 'registry-1.docker.io']

const host = /^(?:[a-zA-Z0-9]+(?:(?:\.|-+)[a-zA-Z0-9]+)*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?$/
const component = /^[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*$/
const tagText = /^\w[\w.-]{0,127}$/
// Docker asks for 32 hexadecimal digits at least. Documents shorten them, and what is too short fails elsewhere, so any number will do.
const digestText = /^[a-zA-Z][a-zA-Z0-9]*(?:[-_+.][a-zA-Z][a-zA-Z0-9]*)*:[0-9a-fA-F]+$/
const imageId = /^[0-9a-f]{64}$/

/** Longest repository path (255), tag (128), a long digest and a host: nothing valid is longer. */
const longest = 1024
const longestRepository = 255

const known = new Map<string, ImageReference | null>()
const mostKnown = 500

/** Reads a reference whose variables are expanded; null where Docker would refuse it. The same few images are asked for again and again. */
export function parseImageReference(text: string): ImageReference | null {
  const found = known.get(text)
  if (found !== undefined) return found
  if (known.size >= mostKnown) known.clear()
  const read = readReference(text)
  known.set(text, read)
  return read
}

function readReference(text: string): ImageReference | null {
  if (text.length > longest || imageId.test(text)) return null
  const at = text.indexOf('@')
  const digest = at === -1 ? null : text.slice(at + 1)
  if (digest !== null && !digestText.test(digest)) return null
  const named = at === -1 ? text : text.slice(0, at)
  // A colon before the last slash belongs to the port of the registry.
  const colon = named.lastIndexOf(':')
  const hasTag = colon > named.lastIndexOf('/')
  const tag = hasTag ? named.slice(colon + 1) : null
  if (tag !== null && !tagText.test(tag)) return null
  const written = hasTag ? named.slice(0, colon) : named
  const place = placeOf(written)
  return place && { ...place, name: tableName(place), written, tag, digest }
}

interface Place { readonly registry: string; readonly repository: string }

/** The first part is a host only if it looks like one: with a dot, a port or a capital letter, or `localhost`. */
function placeOf(written: string): Place | null {
  const slash = written.indexOf('/')
  const first = written.slice(0, Math.max(slash, 0))
  const isHost = /[.:A-Z[]/.test(first) || first === 'localhost'
  const registry = isHost ? first : defaultRegistry
  const path = isHost ? written.slice(slash + 1) : written
  if (isHost && !host.test(registry)) return null
  if (path.length > longestRepository || !path.split('/').every(part => component.test(part))) return null
  // Docker itself knows one other name of its registry and takes both for the same.
  const canonical = registry === 'index.docker.io' ? defaultRegistry : registry
  return { registry: canonical, repository: canonical === defaultRegistry && !path.includes('/') ? `library/${path}` : path }
}

/** Mirrors keep the path of Docker's own images; that of Google has the other images as well, and Amazon has its system in its own registry. */
const mirrored = /^(?:.*\/library\/(?=[^/]+$)|mirror\.gcr\.io\/|public\.ecr\.aws\/amazonlinux\/)/

/** `amd64/` holds the builds of Docker's own images for that platform: the same ones on the platform the tables are of. */
function tableName({ registry, repository }: Place): string {
  if (!hubRegistries.includes(registry)) return `${registry}/${repository}`.replace(mirrored, '')
  return repository.replace(/^library\//, '').replace(/^amd64\//, '')
}

/** The name of the image that a build of Docker's own images for another platform has: of equal content, but for sizes. */
export const anyPlatform = (name: string): string => name.replace(/^(?:arm32v[567]|arm64v8|i386|ppc64le|s390x|riscv64|mips64le)\//, '')

/** A reference in full, for comparing: `busybox` is `docker.io/library/busybox:latest`. What is no reference stays as it is. */
export function fullReference(text: string): string {
  const parsed = parseImageReference(text)
  if (!parsed) return text
  const tag = parsed.tag ?? (parsed.digest === null ? 'latest' : null)
  return `${parsed.registry}/${parsed.repository}${tag === null ? '' : `:${tag}`}${parsed.digest === null ? '' : `@${parsed.digest}`}`
}
