// What a thread does that lints some of the files of a run: see threads.ts.
import { rules } from '../index.ts'
import { configSearch } from './config-file.ts'
import { lintOne, settings } from './lint-one.ts'
import type { Linting } from './lint-one.ts'
import { surroundings } from './place.ts'
import { resultCache } from './result-cache.ts'
import { lintBatch, takeBatch } from './threads.ts'
import type { Task } from './threads.ts'

export async function work(): Promise<void> {
  const { parentPort, workerData } = process.getBuiltinModule('node:worker_threads')
  const task = workerData as Task
  const { options, named } = task
  const cwd = options.cwd ?? process.cwd()
  const search = await configSearch({ cwd, file: options.config })
  const known = { rules, loaded: [] }
  const opened = options.cache ? resultCache(options.cache, { cwd, context: options.context }) : null
  // Why it cannot be used, the main thread says.
  const cache = typeof opened === 'string' ? null : opened
  const linting: Linting = { options, search, stdin: null, named: new Set(named), texts: [], fixing: null, cache, known, surround: surroundings({ cwd, context: options.context }), settingsOf: settings(options, known) }
  for (let batch = takeBatch(task); batch; batch = takeBatch(task)) parentPort!.postMessage(await lintBatch(batch, search, file => lintOne(file, linting)))
}
