// Run by the build only: lints without output and writes the bytecode of all that took part.
import { spawnSync } from 'node:child_process'
import fs from 'node:fs'
import { createRequire } from 'node:module'
import { resolve } from 'node:path'
import v8 from 'node:v8'
import { bundleFile, bundleScript, codeCacheFile, runBundle, wrapped } from './code-cache.ts'

const folder = resolve('dist')
const script = bundleScript(folder)
const require = createRequire(`${folder}/`)
const silent = { ...fs, writeSync: (_: number, bytes: Uint8Array) => bytes.length }
const { setFlagsFromString } = v8
// Bytecode that is old, or that faster code has replaced, would be missing in the record.
const replacing = ['flush-bytecode', 'sparkplug']
for (const flag of replacing) setFlagsFromString(`--no-${flag}`)
v8.setFlagsFromString = () => {}
process.on('exit', () => {
  process.exitCode = 0
  // V8 refuses what was recorded under other flags.
  for (const flag of replacing) setFlagsFromString(`--${flag}`)
  fs.writeFileSync(codeCacheFile(folder), script.createCachedData())
  // Whether setting them back was enough only another process can tell. Without a record Node has a cache of its own.
  if (isRefused()) fs.rmSync(codeCacheFile(folder))
})

void runBundle(script, ((name: string) => name === 'node:fs' ? silent : require(name)) as NodeJS.Require).start('')

function isRefused(): boolean {
  const check = `const { readFileSync } = require('fs'), [file, record] = process.argv.slice(1)
    process.exit(Number(new (require('vm').Script)((${wrapped.toString()})(readFileSync(file, 'latin1')), { cachedData: readFileSync(record) }).cachedDataRejected))`
  return spawnSync(process.execPath, ['-e', check, bundleFile(folder), codeCacheFile(folder)]).status !== 0
}
