// The bundle as a script that takes V8's bytecode from a file beside it. The build records that file for the V8 it runs on;
// V8 itself checks that it fits, all but the source, of which it only compares the length.
import { readFileSync } from 'node:fs'
import { Script } from 'node:vm'

/** What start.ts exports. */
export interface Bundle { start(threads: string): Promise<void>; work(): Promise<void> }

export const codeCacheFile = (folder: string): string => `${folder}/start.${process.versions.v8}.${process.arch}.cache`

export const bundleFile = (folder: string): string => `${folder}/start.cjs`

/** From recorded bytecode where the build left some for this V8, else from the compile cache that Node 22.8 and newer have. */
export function loadBundle(folder: string, require: NodeJS.Require): Bundle {
  const bytecode = recordedBytecode(folder)
  if (bytecode) return runBundle(bundleScript(folder, bytecode), require)
  const { enableCompileCache } = process.getBuiltinModule('node:module') as { readonly enableCompileCache?: () => void }
  enableCompileCache?.()
  return require(bundleFile(folder)) as Bundle
}

/** null where there is none. The build removes the old ones before it bundles; times tell nothing, since npm unpacks files in any order. */
function recordedBytecode(folder: string): Buffer | null {
  try {
    return readFileSync(codeCacheFile(folder))
  } catch {
    return null
  }
}

export const wrapped = (source: string): string => `(function (require, module) {${source}\n})`

/** What it imports on demand it must require: V8 forgets with recorded bytecode how to import. */
export function bundleScript(folder: string, cachedData?: Buffer): Script {
  // The record holds this name, so it must not be a path of the machine that built the package.
  return new Script(wrapped(readFileSync(bundleFile(folder), 'latin1')), { filename: 'cachemiss/dist/start.cjs', ...cachedData && { cachedData } })
}

export function runBundle(script: Script, require: NodeJS.Require): Bundle {
  const module = { exports: {} }
  ;(script.runInThisContext() as (require: NodeJS.Require, module: { exports: object }) => void)(require, module)
  return module.exports as Bundle
}
