// The pipeline for one file: text → syntax → build → findings.
import type { ContextFiles, IgnoreFile } from './model/build.ts'

/** Everything the engine knows about the world. Later evidence (history, durations, workflows) becomes further optional fields. */
export interface Input {
  readonly path: string
  readonly text: string
  /** The ignore file in force: the Dockerfile's own, else the context's. */
  readonly ignoreFile?: IgnoreFile
  readonly context?: ContextFiles
  readonly target?: string
}
