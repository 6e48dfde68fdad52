// The entry of the command line.
import { loadBundle } from './code-cache.ts'

void loadBundle(__dirname, require).start(`${__dirname}/worker.cjs`)
