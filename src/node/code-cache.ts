// The bundle as a script that takes V8's bytecode from a file beside it. The build records that file for the V8 it runs on;
// V8 itself checks that it fits, all but the source, of which it only compares the length.
import { readFileSync, statSync } from 'node:fs'
import { Script } from 'node:vm'

export type Run = (require: NodeJS.Require) => void

export const codeCacheFile = (folder: string): string => `${folder}/start.${process.versions.v8}.${process.arch}.cache`

/** null where none was recorded since the bundle was made. */
export function recordedBytecode(folder: string): Buffer | null {
  try {
    const file = codeCacheFile(folder)
    return statSync(file).mtimeMs >= statSync(bundleFile(folder)).mtimeMs ? readFileSync(file) : null
  } catch {
    return null
  }
}

const bundleFile = (folder: string): string => `${folder}/start.cjs`

/** What it imports on demand it must require: V8 forgets with recorded bytecode how to import. */
export function bundleScript(folder: string, cachedData?: Buffer): Script {
  const filename = bundleFile(folder)
  return new Script(`(function (require) {${readFileSync(filename, 'latin1')}\n})`, { filename, ...cachedData && { cachedData } })
}
