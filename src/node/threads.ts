// Many files on several threads, this one among them: each takes the next few neighbours that nobody has, and the results come in
// the order of the files, equal to those of one thread. A thread that dies costs the files it had in hand, never the run.
import type { Worker } from 'node:worker_threads'
import type { ConfigSearch } from './config-file.ts'
import type { FoundFile } from './discover.ts'
import { failed } from './lint-one.ts'
import type { Linted, Linting } from './lint-one.ts'
import type { LintOptions } from './run.ts'

type LintedOne = Linted | 'template' | null
type Lint = (file: FoundFile) => Promise<LintedOne>

export interface Threads {
  /** The module that calls `work` of thread.ts. */
  readonly file: string
  /** Besides this one; default: by the number of processors. */
  readonly count?: number
  /** No more files than these are linted by one thread; default: what pays. */
  readonly fewFiles?: number
}

/** What a thread is started with. */
export interface Task {
  readonly files: readonly FoundFile[]
  /** Without functions. */
  readonly options: LintOptions
  /** Absolute paths that were named one by one. */
  readonly named: readonly string[]
  /** How many batches are taken, then the number of the thread that took each. */
  readonly taken: SharedArrayBuffer
  readonly number: number
}
/** `notes` are the warnings of the search for configs that came up here first. */
export interface Batch { readonly index: number; readonly linted: readonly LintedOne[]; readonly notes: readonly string[] }

/** Files as they are asked for, which is to be done in their order. */
export interface Sharing {
  at(index: number): Promise<LintedOne>
  /** Warnings of the search for configs, once all files were asked for. */
  notes(): readonly string[]
  end(): Promise<unknown>
}

/** Enough that a message costs little, few enough that all threads end together. */
const batchSize = 16
const fewFiles = 150
/** Each costs as much memory as a run of its own. */
const mostThreads = 3

/** null where one thread does as well, and where files depend on each other or on what cannot be sent to a thread. */
export function shareFiles(files: readonly FoundFile[], linting: Linting, lint: Lint): Sharing | null {
  const { options: { threads }, stdin, fixing, known } = linting
  if (!threads || stdin || fixing || known.loaded.length > 0 || files.length <= (threads.fewFiles ?? fewFiles)) return null
  const count = threads.count ?? Math.min(process.getBuiltinModule('node:os').availableParallelism() - 1, mostThreads)
  return count < 1 ? null : sharing(files, linting, { file: threads.file, count }, lint)
}

/** The next files that nobody has; null when there are none. */
export function takeBatch({ files, taken, number }: Pick<Task, 'files' | 'taken' | 'number'>): { readonly index: number; readonly files: readonly FoundFile[] } | null {
  const shared = new Int32Array(taken)
  const index = Atomics.add(shared, 0, 1)
  if (index * batchSize >= files.length) return null
  Atomics.store(shared, index + 1, number)
  return { index, files: filesOf({ files }, index) }
}

const filesOf = ({ files }: Pick<Task, 'files'>, index: number): readonly FoundFile[] => files.slice(index * batchSize, (index + 1) * batchSize)

export async function lintBatch({ index, files }: NonNullable<ReturnType<typeof takeBatch>>, search: ConfigSearch, lint: Lint): Promise<Batch> {
  const known = search.warnings().length
  const linted: LintedOne[] = []
  for (const file of files) linted.push(await lint(file))
  return { index, linted, notes: search.warnings().slice(known) }
}

function sharing(files: readonly FoundFile[], { options, named, search }: Linting, { file, count }: { readonly file: string; readonly count: number }, lint: Lint): Sharing {
  const total = Math.ceil(files.length / batchSize)
  const task: Task = { files, options: JSON.parse(JSON.stringify({ ...options, files: undefined })) as LintOptions, named: [...named], taken: new SharedArrayBuffer(4 * (total + 1)), number: 0 }
  const notes: (readonly string[])[] = [search.warnings()]
  const batches: (Batch | undefined)[] = Array.from({ length: total })
  const asked = { awake: () => {} }
  const keep = (batch: Batch): void => {
    batches[batch.index] = batch
    notes[batch.index + 1] = batch.notes
    asked.awake()
  }
  const crew = startThreads(file, count, task, { keep, isKept: index => notes[index + 1] !== undefined })
  return {
    async at(index) {
      const place = Math.floor(index / batchSize)
      for (let batch = batches[place]; ; batch = batches[place]) {
        if (batch && index % batchSize === batch.linted.length - 1) batches[place] = undefined
        if (batch) return batch.linted[index % batchSize]!
        const next = takeBatch(task)
        if (next) keep(await lintBatch(next, search, lint))
        // Between two batches this thread hears from the others.
        await (next ? new Promise(setImmediate) : new Promise<void>(resolve => { asked.awake = resolve }))
      }
    },
    notes: () => [...new Set(notes.flat())],
    end: () => Promise.all(crew.map(thread => thread.terminate())),
  }
}

interface Keeper { keep(batch: Batch): void; isKept(index: number): boolean }

/** What a thread that ends has taken and not sent is lost; so is, with the last one, what nobody says to have. */
function startThreads(file: string, count: number, task: Task, { keep, isKept }: Keeper): readonly Worker[] {
  const { Worker: Thread } = process.getBuiltinModule('node:worker_threads')
  const shared = new Int32Array(task.taken)
  let living = count
  return Array.from({ length: count }, (_, index) => {
    const number = index + 1
    const thread = new Thread(file, { workerData: { ...task, number } satisfies Task })
    let reason: string | null = null
    thread.on('message', keep)
    thread.on('error', error => { reason = error.message })
    thread.on('exit', code => {
      living--
      const lost = (at: number): boolean => !isKept(at) && (shared[at + 1] === number || living === 0 && shared[at + 1] === 0 && at < shared[0]!)
      for (let at = 0; at < shared.length - 1; at++) if (lost(at)) keep({ index: at, notes: [], linted: filesOf(task, at).map(found => failed(found, { path: found.path, message: `not linted, as the thread that had it has ended: ${reason ?? `it stopped with exit code ${code}`}` })) })
    })
    return thread
  })
}
