// Where the files of a COPY or ADD end up in the image, and how big they are, as far as the context says so.
import { contextFilesOf } from '../cache/context-reads.ts'
import type { Build, CopyStep, FileEntry } from '../model/build.ts'
import { fact } from './fact.ts'
import { absolutePath, baseName, destinationOf } from './image-paths.ts'

/** The size takes a system call where nobody has asked for it yet. */
export interface CopiedFile { readonly path: string; readonly size: number }

const copiesOf = fact((_: Build) => new Map<CopyStep, readonly CopiedFile[] | 'unknown'>())

/** Each file with its place in the image; 'unknown' unless all come from a context that is known. */
export function copiedFiles(build: Build, step: CopyStep): readonly CopiedFile[] | 'unknown' {
  const known = copiesOf(build)
  let files = known.get(step)
  if (!files) known.set(step, files = filesOf(build, step))
  return files
}

function filesOf(build: Build, step: CopyStep): readonly CopiedFile[] | 'unknown' {
  const target = destinationOf(step)
  const taken = step.from.kind === 'context' ? contextFilesOf(build, step) : 'unknown'
  const files = build.context.files()
  if (taken === 'unknown' || files === 'unknown' || target === null || step.parents || step.hasUnknownSource || step.remotes.length > 0 || step.heredocs.length > 0) return 'unknown'
  const sources = step.sources.map(sourceOf)
  const found: CopiedFile[] = []
  for (const entry of entriesOf(files, taken)) {
    const path = placeOf(step, sources, target, entry.path)
    if (path !== null) found.push(copiedFile(path, entry))
  }
  return found
}

/** All copies share this accessor: in an object literal each would be a hidden class of its own. */
const lazily = {
  get size() {
    return (this as unknown as { readonly entry: FileEntry }).entry.size
  },
}
function copiedFile(path: string, entry: FileEntry): CopiedFile {
  const file = Object.create(lazily) as { path: string; entry: FileEntry; size: number }
  file.path = path
  file.entry = entry
  return file
}

const indexes = new WeakMap<readonly FileEntry[], ReadonlyMap<string, FileEntry>>()
/** Dockerfiles of one context share its list. */
function entriesOf(files: readonly FileEntry[], paths: ReadonlySet<string>): readonly FileEntry[] {
  let index = indexes.get(files)
  if (!index) indexes.set(files, index = new Map(files.map(file => [file.path, file])))
  return [...paths].flatMap(path => index.get(path) ?? [])
}

interface Source { readonly clean: string; readonly depth: number; readonly isWild: boolean }
function sourceOf(source: string): Source {
  const clean = absolutePath('/', source)!.slice(1)
  return { clean, depth: clean === '' ? 0 : clean.split('/').length, isWild: /[*?[]/.test(clean) }
}

/** Of a source folder the content is copied, of a file its last name; a single file may get a new one. Paths of the context are clean. */
function placeOf(step: CopyStep, sources: readonly Source[], target: string, file: string): string | null {
  const folder = target === '/' ? '' : target
  for (const { clean, depth, isWild } of sources) {
    if (!isWild && clean !== '' && file !== clean && !file.startsWith(`${clean}/`)) continue
    const rest = isWild ? file.split('/').slice(depth).join('/') : clean === '' ? file : file.slice(clean.length + 1)
    if (rest !== '') return `${folder}/${rest}`
    return !isWild && sources.length === 1 && !/(?:^|\/)\.{0,2}$/.test(step.target ?? '') ? target : `${folder}/${baseName(file)}`
  }
  return null
}

/** Files that are a few kilobytes in nearly every project: scripts, settings, manifests, single sources; and folders of such. */
const SMALL_NAME = new RegExp([
  // Scripts and sources.
  /[\w.-]+\.(?:sh|bash|zsh|py|rb|pl|php|lua|js|mjs|cjs|ts|go|c|cc|cpp|h|java|kt|groovy|rs|cs|exs?|tf|sql|ps1|html?|css|xslt?|patch|diff)/,
  // Settings and manifests.
  /[\w.-]+\.(?:conf|cnf|cfg|ini|json|ya?ml|toml|env|txt|list|repo|xml|properties|md|lock|mod|sum|gradle|sbt|gemspec|hcl|rules|profile|policy|service|socket|csv|tsv|tmpl|template|tpl|j2|erb)(?:\.[\w-]+)?/,
  // Keys and signatures.
  /[\w.-]+\.(?:pem|crt|cer|key|gpg|asc|pub|jks|p12|pfx|keystore|sig|sha256|sum)/,
  /\.(?!git\/?$)[\w-]+/,
  /(?:docker-)?entrypoint[\w-]*|Gemfile|Pipfile|Makefile|Rakefile|Procfile|Caddyfile|Vagrantfile|crontabs?|gradlew|mvnw|run|start|start-\w+|init|healthcheck|LICENSE|NOTICE|README|VERSION/,
  // Folders of such.
  /[\w-]*(?:conf|config|configs|scripts?)|conf\.d|sh|patches|certs|keys/,
].map(({ source }) => `(?:^|/)(?:${source})/?$`).join('|'), 'i')

/** By its names alone, whether a copy brings no more than a few small files. Names in variables count as written. */
export function isSmallCopy({ text, target }: CopyStep): boolean {
  const words = text.replace(/^\S+\s+(?:--\S+\s+)*/, '').replace(/[[\]",]+/g, ' ').trim().split(/\s+/)
  const sources = words.slice(0, -1).map(source => source.replace(/[?#].*$/, ''))
  return sources.every(hasSmallName) || sources.length === 1 && /[^/.]$/.test(target ?? '') && hasSmallName(target!) && !/^\.?\/?$|\/$/.test(sources[0]!)
}
/** `*` stands for any name. */
export const hasSmallName = (path: string): boolean => SMALL_NAME.test(path.replace(/([\w.])\*+$/, '$1').replaceAll('*', 'x'))

/** The name a file gets from its address. */
export const sourceFile = (url: string): string => baseName(url.replace(/[?#].*$/, ''))

/** Bytes that a copy puts at or below a path of the image; 'unknown' when the context does not say. */
export function copiedBytes(build: Build, step: CopyStep, isMeant: (path: string) => boolean): number | 'unknown' {
  const files = copiedFiles(build, step)
  return files === 'unknown' ? files : files.reduce((sum, file) => (isMeant(file.path) ? sum + file.size : sum), 0)
}

/** "about 12 MB": whole megabytes, kilobytes below one. */
export const sizeText = (bytes: number): string => (bytes < 1e6 ? `about ${Math.round(bytes / 1e3)} kB` : `about ${Math.round(bytes / 1e6)} MB`)
