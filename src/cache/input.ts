// What one build is given: the fields of an oracle case, and the trees they stand for.
import { fullReference } from '../model/image-reference.ts'
import { cleanPath } from '../model/paths.ts'
import { DEFAULT_PLATFORM, normalPlatform } from '../model/platforms.ts'
import { unknownFiles, type FileSystem } from './filesystem.ts'
import { assignmentFlags, flagValues } from './flags.ts'
import { digestOf, everything } from './selection.ts'
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

export interface BaseImage {
  /** Images are told apart by their layers, not by their names. */
  readonly id: string
  readonly files: FileSystem
}

const flagsOf = (input: BuildInput): readonly string[] => input.options?.flags ?? []

export const platformOf = (input: BuildInput): string => normalPlatform(input.platform ?? flagValues(flagsOf(input), 'platform').at(-1)?.split(',')[0] ?? DEFAULT_PLATFORM)
export const buildArgsOf = (input: BuildInput): Readonly<Record<string, string>> => ({ ...assignmentFlags(flagsOf(input), 'build-arg'), ...input.buildArgs })
export const targetOf = (input: BuildInput): string | undefined => (input.target ?? flagValues(flagsOf(input), 'target').at(-1)) || undefined

/** Named contexts that are images, by name. */
export function contextImagesOf(input: BuildInput): Readonly<Record<string, string>> {
  const images = Object.entries(assignmentFlags(flagsOf(input), 'build-context')).filter(([, value]) => value.startsWith('docker-image://'))
  return Object.fromEntries(images.map(([name, value]) => [name, value.slice('docker-image://'.length)]))
}
export const contextNamesOf = (input: BuildInput): readonly string[] => [...new Set([...Object.keys(input.contexts ?? {}), ...Object.keys(assignmentFlags(flagsOf(input), 'build-context'))])]

const textOf = (value: Files[string] | undefined): string | undefined => (typeof value === 'string' ? value : value?.content)

/** The context as the engine gets it: Dockerfile and ignore file are files of it like any other. */
export function contextOf(input: BuildInput): Tree {
  const name = cleanPath(input.options?.file ?? 'Dockerfile')
  const files = input.files ?? {}
  const written: Record<string, Files[string]> = {}
  const write = (path: string, content: string): void => {
    const given = files[path]
    written[path] = typeof given === 'object' && given.mode !== undefined ? { content, mode: given.mode } : content
  }
  if (!name.startsWith('../')) write(name, input.dockerfile)
  if (input.dockerignore !== undefined) write('.dockerignore', input.dockerignore)
  return treeOf([files, written], textOf(files[`${name}.dockerignore`]) ?? textOf(written['.dockerignore'] ?? files['.dockerignore']), '.')
}

/** Folders given as named contexts; each has its own ignore file. */
export function namedContextsOf(input: BuildInput): ReadonlyMap<string, Tree> {
  return new Map(Object.entries(input.contexts ?? {}).map(([name, { files = {} }]) => [name, treeOf([files], textOf(files['.dockerignore']), name)]))
}

const BUSYBOX = 'busybox root file system'

/** The local base images, by full reference. */
export function imagesOf(input: BuildInput): ReadonlyMap<string, BaseImage> {
  const root = unknownFiles(BUSYBOX, { isImage: true })
  const images = new Map<string, BaseImage>([[fullReference('busybox'), { id: BUSYBOX, files: { sections: [root] } }]])
  for (const [name, { files = {} }] of Object.entries(input.images ?? {})) {
    const tree = treeOf([files])
    images.set(fullReference(name), { id: `imported ${digestOf(tree, everything).strict}`, files: { sections: [root, tree] } })
  }
  return images
}

/** An image nobody described is what its reference says. */
export function imageNamed(images: ReadonlyMap<string, BaseImage>, ref: string): BaseImage {
  const name = fullReference(ref)
  return images.get(name) ?? { id: name, files: { sections: [unknownFiles(name, { isImage: true })] } }
}
