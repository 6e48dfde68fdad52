// The entry of a thread that lints some of the files of a run.
import { loadBundle } from './code-cache.ts'

void loadBundle(__dirname, require).work()
