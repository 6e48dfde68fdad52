// Where the files of a COPY or ADD end up in the image, and how big they are, as far as the context says so.
import { contextFilesOf } from '../cache/context-reads.ts'
import type { Build, CopyStep } from '../model/build.ts'
import { fact } from './fact.ts'
import { absolutePath, baseName, destinationOf } from './image-paths.ts'

export interface CopiedFile { readonly path: string; readonly size: number }

const sizesOf = fact((build: Build): ReadonlyMap<string, number> => {
  const files = build.context.files()
  return new Map(files === 'unknown' ? [] : files.map(({ path, size }) => [path, size]))
})

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
  if (taken === 'unknown' || target === null || step.parents || step.hasUnknownSource || step.remotes.length > 0 || step.heredocs.length > 0) return 'unknown'
  const sizes = sizesOf(build)
  return [...taken].flatMap(file => {
    const path = placeOf(step, target, file)
    return path === null ? [] : [{ path, size: sizes.get(file) ?? 0 }]
  })
}

/** Of a source folder the content is copied, of a file its last name; a single file may get a new one. */
function placeOf(step: CopyStep, target: string, file: string): string | null {
  for (const source of step.sources) {
    const clean = absolutePath('/', source)!.slice(1)
    const depth = clean === '' ? 0 : clean.split('/').length
    const isWild = /[*?[]/.test(clean)
    if (!isWild && clean !== '' && file !== clean && !file.startsWith(`${clean}/`)) continue
    const rest = file.split('/').slice(depth).join('/')
    if (rest !== '') return absolutePath(target, rest)
    return !isWild && step.sources.length === 1 && !/(?:^|\/)\.{0,2}$/.test(step.target ?? '') ? target : absolutePath(target, baseName(file))
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

/** Bytes that a copy puts at or below a path of the image; 'unknown' when the context does not say. */
export function copiedBytes(build: Build, step: CopyStep, isMeant: (path: string) => boolean): number | 'unknown' {
  const files = copiedFiles(build, step)
  return files === 'unknown' ? files : files.reduce((sum, { path, size }) => (isMeant(path) ? sum + size : sum), 0)
}

/** "about 12 MB": whole megabytes, kilobytes below one. */
export const sizeText = (bytes: number): string => (bytes < 1e6 ? `about ${Math.round(bytes / 1e3)} kB` : `about ${Math.round(bytes / 1e6)} MB`)
