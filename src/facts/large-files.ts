// Large files that a copy of the whole context takes along although no image can need them.
import { contextFilesOf } from '../cache/context-reads.ts'
import type { Build, FileEntry } from '../model/build.ts'
import { baseName } from '../model/paths.ts'
import { wholeContextReaders, type ContextReader } from './broad-copies.ts'
import { fact } from './fact.ts'
import { isGitIgnored } from './git-ignores.ts'

/** A leftover says what happened or keeps an earlier state; else git ignores it, and other checkouts do without. */
export interface LargeFile { readonly path: string; readonly size: number; readonly isGitIgnored: boolean; readonly isLeftover: boolean }
export interface LargeFiles { readonly step: ContextReader; readonly files: readonly LargeFile[] }

/** What large files are called. Asking for the size of every source file would take long. */
const MAY_BE_LARGE = /\.(?:sql|sqlite3?|db|dump|bak|backup|old|rdb|aof|gz|tgz|zip|tar|7z|xz|bz2|zst|rar|iso|img|ova|qcow2|vmdk|vdi|vhdx?|dmg|mp4|m4v|mov|avi|mkv|webm|wav|flac|mp3|psd|ai|tiff?|gif|pt|pth|ckpt|onnx|safetensors|gguf|ggml|h5|hdf5|pkl|joblib|npy|npz|parquet|feather|arrow|csv|tsv|jsonl|ndjson|xlsx|pdf|log|hprof|dmp|core|trace|prof|mmdb|pcap|har|tfrecord|bin|dat|deb|rpm|msi|exe|jar|war)$|(?:^|\/)(?:core|core\.\d+|nohup\.out)$/i
/** What only says what happened, or keeps an earlier state: wanted in no image, even from the repository. */
const LEFTOVER = /\.(?:log|hprof|dmp|bak|backup|core|ova|qcow2|vmdk|vdi|vhdx?|psd)$|(?:^|\/)(?:core\.\d+|nohup\.out)$/i
/** Where builds outside the image leave what the image is made of, and folders that other rules speak of. */
const MADE_FOR_IT = /(?:^|\/)(?:dist|build|out|output|target|bin|obj|publish|release|public|static|assets|\.output|\.next|node_modules|\.venv|venv|vendor|\.git|wheels?|wheelhouse|artifacts?|deps|packages)\//
/** Fetched on purpose before the build, by whoever builds. */
const FETCHED = /\.(?:pt|pth|ckpt|onnx|safetensors|gguf|ggml|h5|hdf5|bin|mmdb|deb|rpm|msi|exe|jar|war|tgz|gz|zip|tar|xz|bz2|zst|dat)$/i

const candidates = new WeakMap<readonly FileEntry[], readonly FileEntry[]>()
function mayBeLarge(files: readonly FileEntry[]): readonly FileEntry[] {
  const known = candidates.get(files) ?? files.filter(({ path, link }) => link === undefined && MAY_BE_LARGE.test(path))
  candidates.set(files, known)
  return known
}

/** In the order of their size. Null without any of at least so many bytes. */
export function largeFiles(build: Build, bytes: number): LargeFiles | null {
  const [step] = wholeContextReaders(build).filter(reader => !reader.onbuild)
  const listed = step ? build.context.files() : 'unknown'
  if (!step || listed === 'unknown') return null
  const large = mayBeLarge(listed).filter(({ size }) => size >= bytes)
  const taken = large.length > 0 ? contextFilesOf(build, step) : 'unknown'
  if (taken === 'unknown') return null
  const files = large.flatMap(({ path, size }): readonly LargeFile[] => {
    if (!taken.has(path) || MADE_FOR_IT.test(path) || namedTexts(build).some(text => text.includes(baseName(path)))) return []
    const isIgnored = isGitIgnored(build, path)
    const isLeftover = LEFTOVER.test(path)
    return isLeftover || isIgnored && !FETCHED.test(path) && !isKeptByDvc(build, path) ? [{ path, size, isGitIgnored: isIgnored, isLeftover }] : []
  })
  return files.length === 0 ? null : { step, files: [...files].sort((a, b) => b.size - a.size) }
}

/** DVC tells git to ignore what it keeps itself: the file, or the folder it lies in. */
const isKeptByDvc = ({ context: { source } }: Build, path: string): boolean => source !== null
  && path.split('/').some((_, at, parts) => source.read(`${parts.slice(0, at + 1).join('/')}.dvc`) !== null || source.read([...parts.slice(0, at), 'dvc.yaml'].join('/')) !== null)

const namedTexts = fact((build: Build): readonly string[] => build.stages.flatMap(({ instructions }) => instructions.map(({ text }) => text)))
