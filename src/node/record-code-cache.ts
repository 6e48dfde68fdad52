// Run by the build only: lints once without output and writes the bytecode of all that took part.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import { bundleScript, codeCacheFile } from './code-cache.ts'
import type { Run } from './code-cache.ts'

const folder = resolve('dist')
const script = bundleScript(folder)
const require = createRequire(`${folder}/`)
const silent = { ...fs, writeSync: (_: number, bytes: Uint8Array) => bytes.length }
const run = script.runInThisContext() as Run
process.on('exit', () => {
  process.exitCode = 0
  fs.writeFileSync(codeCacheFile(folder), script.createCachedData())
})
run(((name: string) => name === 'node:fs' ? silent : require(name)) as NodeJS.Require)
