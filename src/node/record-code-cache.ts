// Run by the build only: lints once without output and writes the bytecode of all that took part.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import v8 from 'node:v8'
import { bundleScript, codeCacheFile, runBundle } from './code-cache.ts'

const folder = resolve('dist')
const script = bundleScript(folder)
const require = createRequire(`${folder}/`)
const silent = { ...fs, writeSync: (_: number, bytes: Uint8Array) => bytes.length }
// V8 refuses bytecode that was recorded under other flags.
v8.setFlagsFromString = () => {}
process.on('exit', () => {
  process.exitCode = 0
  fs.writeFileSync(codeCacheFile(folder), script.createCachedData())
})
void runBundle(script, ((name: string) => name === 'node:fs' ? silent : require(name)) as NodeJS.Require).start('')
