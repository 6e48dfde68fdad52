// The entry of the command line: starts the bundle, with recorded bytecode where the build left some for this V8,
// else from the compile cache that Node 22.8 and newer have.
import { bundleScript, recordedBytecode } from './code-cache.ts'
import type { Run } from './code-cache.ts'

const bytecode = recordedBytecode(__dirname)
if (bytecode) (bundleScript(__dirname, bytecode).runInThisContext() as Run)(require)
else {
  const { enableCompileCache } = process.getBuiltinModule('node:module') as { readonly enableCompileCache?: () => void }
  enableCompileCache?.()
  require('./start.cjs')
}
