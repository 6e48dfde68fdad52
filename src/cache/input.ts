// What one build is given: the fields of an oracle case, and the trees they stand for.
import { contentOf, knownLayer, unknownLayer, type Layer } from './filesystem.ts'
import { treeOf, type Files, type Tree } from './tree.ts'

/** One build: Dockerfile, context and options. The field names are those of the recorded cases in fixtures/oracle. */
export interface BuildInput {
  /** Also a context file, named `options.file`. */
  readonly dockerfile: string
  /** Also a context file, named `.dockerignore`. */
  readonly dockerignore?: string
  /** The context before ignoring. Content or hash, the same on both sides; mtime is in no key. */
  readonly files?: Files
  readonly buildArgs?: Readonly<Record<string, string>>
  readonly target?: string
  /** os/architecture[/variant]; default linux/amd64. */
  readonly platform?: string
  /** In no key; accepted because cases have them. */
  readonly secrets?: Readonly<Record<string, string>>
  readonly options?: {
    readonly noCache?: boolean
    readonly noCacheFilter?: readonly string[]
    /** Raw flags of `docker build`. */
    readonly flags?: readonly string[]
    /** Path of the Dockerfile in the context; default `Dockerfile`. One that begins with `../` lies outside, and is no context file. */
    readonly file?: string
  }
  /** Local base images: the busybox root file system plus these files, with `config` as Dockerfile lines. */
  readonly images?: Readonly<Record<string, { readonly files?: Files; readonly config?: readonly string[] }>>
  /** Named build contexts. */
  readonly contexts?: Readonly<Record<string, { readonly files?: Files }>>
  /** Whether the engine merges layers for `COPY --link`: default true; false for Docker's classic image store, where --link does nothing. */
  readonly linkMerges?: boolean
}

export interface BaseImage { readonly id: string; readonly layer: Layer }

/** The last value of a raw `--name=value` or `--name value` flag. */
export function flagValue(input: BuildInput, name: string): string | undefined {
  const flags = input.options?.flags ?? []
  return flags.map((flag, index) => (flag.startsWith(`--${name}=`) ? flag.slice(name.length + 3) : flag === `--${name}` ? flags[index + 1] : undefined)).findLast(value => value !== undefined)
}

const textOf = (value: Files[string] | undefined): string | undefined => (typeof value === 'string' ? value : value?.content)

/** The context as the engine gets it: Dockerfile and ignore file are files of it like any other. */
export function contextOf(input: BuildInput): Tree {
  const name = input.options?.file ?? 'Dockerfile'
  const files: Record<string, Files[string]> = { ...input.files }
  const write = (path: string, content: string): void => {
    const given = files[path]
    files[path] = typeof given === 'object' && given.mode !== undefined ? { content, mode: given.mode } : content
  }
  if (!name.startsWith('../')) write(name, input.dockerfile)
  if (input.dockerignore !== undefined) write('.dockerignore', input.dockerignore)
  return treeOf(files, textOf(files[`${name}.dockerignore`]) ?? textOf(files['.dockerignore']))
}

export function namedContextsOf(input: BuildInput): ReadonlyMap<string, Tree> {
  return new Map(Object.entries(input.contexts ?? {}).map(([name, { files = {} }]) => [name, treeOf(files, textOf(files['.dockerignore']))]))
}

const ROOT_FILES = 'busybox root file system'

/** Images are told apart by their layers, not by their names. */
export function imagesOf(input: BuildInput): ReadonlyMap<string, BaseImage> {
  const busybox = unknownLayer(null, ROOT_FILES)
  const images = new Map<string, BaseImage>([[spelledOut('busybox'), { id: ROOT_FILES, layer: busybox }]])
  for (const [name, { files = {} }] of Object.entries(input.images ?? {})) {
    const tree = treeOf(files)
    const layer = knownLayer(busybox, tree)
    images.set(spelledOut(name), { id: `imported ${contentOf(knownLayer(null, tree), [{ path: '/', wildcard: false, include: [], exclude: [] }]).key}`, layer })
  }
  return images
}

/** The reference in full: `busybox` is `docker.io/library/busybox:latest`. */
export function spelledOut(ref: string): string {
  const [name = '', digest] = ref.split('@')
  const tagged = /:[^/]*$/.test(name) || digest !== undefined ? name : `${name}:latest`
  const first = tagged.split('/')[0]!
  const hosted = tagged.includes('/') && (/[.:]/.test(first) || first === 'localhost') ? tagged : `docker.io/${tagged.includes('/') ? '' : 'library/'}${tagged}`
  return hosted.replace(/^index\.docker\.io\//, 'docker.io/') + (digest === undefined ? '' : `@${digest}`)
}
